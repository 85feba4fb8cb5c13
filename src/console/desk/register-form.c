/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Registering in the call. Only what an operator can ask an elder on the telephone; the street
 * office completes the rest. Nothing is guessed: a number that does not normalise is refused. */

#include "console/desk/register-form.h"

#include "base/identifier.h"
#include "base/person-id.h"
#include "base/phone-number.h"
#include "console/text-list.h"
#include "console/widgets.h"
#include "console/words.h"
#include "domain/division.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

struct _YihuRegisterForm
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  char *area_code; /* (owned) */
  GArray *streets; /* (owned) gint64 division codes, as listed */
  GtkEditable *name;
  GtkEditable *birth;
  GtkEditable *phone;
  GtkEditable *address;
  GtkDropDown *sex;
  GtkDropDown *living;
  GtkDropDown *street;
  GtkWidget *sentence;
};

G_DEFINE_FINAL_TYPE (YihuRegisterForm, yihu_register_form, GTK_TYPE_BOX)

enum
{
  SUBMITTED,
  DISMISSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

int
yihu_register_parse_birth (const char *text, int today)
{
  g_autofree char *clean = g_strstrip (g_strdup (text));
  GString *digits = g_string_new (NULL);
  int date;

  for (const char *c = clean; *c != '\0'; c++)
    if (g_ascii_isdigit (*c))
      g_string_append_c (digits, *c);
    else if (*c != '-' && *c != '.' && *c != '/' && *c != ' ')
      g_string_append (digits, "x");
  if (digits->len == 4)
    g_string_append (digits, "0701");
  date = digits->len == 8 && strspn (digits->str, "0123456789") == 8 ? atoi (digits->str) : 0;
  g_string_free (digits, TRUE);
  if (date == 0 || !yihu_date_is_valid (date) || date > today
      || yihu_date_get_age (date, today) > 130)
    return 0;
  return date;
}

static gboolean
form_fail (YihuRegisterForm *self, gpointer field, const char *sentence)
{
  yihu_alert_label_say (self->sentence, sentence);
  gtk_widget_grab_focus (field);
  return FALSE;
}

static gboolean
form_read (YihuRegisterForm *self, YihuElder *elder)
{
  int today = yihu_date_from_us (yihu_book_get_now_us (self->book));
  guint street = gtk_drop_down_get_selected (self->street);

  elder->name = g_strstrip (g_strdup (gtk_editable_get_text (self->name)));
  elder->birth = yihu_register_parse_birth (gtk_editable_get_text (self->birth), today);
  elder->phone = yihu_phone_number_normalize (gtk_editable_get_text (self->phone), self->area_code);
  elder->address = g_strstrip (g_strdup (gtk_editable_get_text (self->address)));
  elder->sex = gtk_drop_down_get_selected (self->sex);
  elder->living = gtk_drop_down_get_selected (self->living);
  if (*elder->name == '\0')
    return form_fail (self, self->name, _ ("The name is missing."));
  if (elder->birth == 0)
    return form_fail (self, self->birth,
                      _ ("The birth day is not possible. Write 1944-03-05 or the year."));
  if (elder->phone == NULL && *gtk_editable_get_text (self->phone) != '\0')
    return form_fail (self, self->phone, _ ("This is not a telephone number."));
  if (street == 0 || street > self->streets->len)
    return form_fail (self, self->street, _ ("Choose the street."));
  elder->record.division = g_array_index (self->streets, gint64, street - 1);
  return TRUE;
}

static void
on_submit (YihuRegisterForm *self)
{
  g_autofree char *id = yihu_identifier_new ();
  g_autoptr (YihuElder) elder = yihu_elder_new (id);
  g_autoptr (GError) error = NULL;

  if (!form_read (self, elder))
    return;
  if (!yihu_record_validate (elder, &error))
    yihu_alert_label_say (self->sentence, _ ("One of the texts is too long."));
  else
    g_signal_emit (self, signals[SUBMITTED], 0, elder);
}

static void
on_dismiss (YihuRegisterForm *self)
{
  g_signal_emit (self, signals[DISMISSED], 0);
}

static void
yihu_register_form_finalize (GObject *object)
{
  YihuRegisterForm *self = YIHU_REGISTER_FORM (object);

  g_clear_object (&self->book);
  g_free (self->area_code);
  g_array_unref (self->streets);
  G_OBJECT_CLASS (yihu_register_form_parent_class)->finalize (object);
}

static void
yihu_register_form_class_init (YihuRegisterFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = yihu_register_form_finalize;
  signals[SUBMITTED] = g_signal_new ("submitted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/cn/yihu/Console/ui/desk/register-form.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuRegisterForm, name);
  gtk_widget_class_bind_template_child (widget_class, YihuRegisterForm, birth);
  gtk_widget_class_bind_template_child (widget_class, YihuRegisterForm, phone);
  gtk_widget_class_bind_template_child (widget_class, YihuRegisterForm, address);
  gtk_widget_class_bind_template_child (widget_class, YihuRegisterForm, sex);
  gtk_widget_class_bind_template_child (widget_class, YihuRegisterForm, living);
  gtk_widget_class_bind_template_child (widget_class, YihuRegisterForm, street);
  gtk_widget_class_bind_template_child (widget_class, YihuRegisterForm, sentence);
  gtk_widget_class_bind_template_callback (widget_class, on_submit);
  gtk_widget_class_bind_template_callback (widget_class, on_dismiss);
}

static void
yihu_register_form_init (YihuRegisterForm *self)
{
  self->streets = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill_words (GtkDropDown *list, const char *(*words) (gint64), gint64 last)
{
  GtkStringList *texts = gtk_string_list_new (NULL);

  for (gint64 value = 0; value <= last; value++)
    gtk_string_list_append (texts, words (value));
  yihu_text_list_dress (list);
  yihu_text_list_fill (list, texts, 0);
}

static int
compare_divisions (gconstpointer a, gconstpointer b)
{
  const YihuDivision *left = *(YihuDivision *const *) a;
  const YihuDivision *right = *(YihuDivision *const *) b;

  return strcmp (left->record.id, right->record.id);
}

static void
form_fill_streets (YihuRegisterForm *self)
{
  g_autoptr (GPtrArray) all = yihu_book_list_all (self->book, &yihu_division_type);
  g_autoptr (GPtrArray) divisions = g_ptr_array_new ();
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);
  YihuDivisionRange scope = yihu_book_get_scope (self->book);

  for (guint i = 0; all != NULL && i < all->len; i++)
    g_ptr_array_add (divisions, g_ptr_array_index (all, i));
  g_ptr_array_sort (divisions, compare_divisions);
  g_array_set_size (self->streets, 0);
  gtk_string_list_append (texts, _ ("Choose the street"));
  for (guint i = 0; i < divisions->len; i++)
    {
      YihuDivision *division = g_ptr_array_index (divisions, i);
      gint64 code = division->record.division;
      g_autofree char *text = NULL;

      if (division->level != YIHU_DIVISION_LEVEL_STREET
          || !yihu_division_range_contains (scope, code))
        continue;
      text = g_strdup_printf ("%s · %s",
                              yihu_book_get_division_name (
                                  self->book,
                                  yihu_division_code_get_parent (code, YIHU_DIVISION_LEVEL_COUNTY)),
                              division->name);
      g_array_append_val (self->streets, code);
      gtk_string_list_append (texts, text);
    }
  yihu_text_list_dress (self->street);
  yihu_text_list_fill (self->street, g_steal_pointer (&texts), 0);
}

GtkWidget *
yihu_register_form_new (YihuBook *book)
{
  YihuRegisterForm *self = g_object_new (YIHU_TYPE_REGISTER_FORM, NULL);

  self->book = g_object_ref (book);
  fill_words (self->sex, yihu_words_sex, YIHU_SEX_MALE);
  fill_words (self->living, yihu_words_living, YIHU_LIVING_INSTITUTION);
  return GTK_WIDGET (self);
}

void
yihu_register_form_begin (YihuRegisterForm *self, const char *number, const char *area_code)
{
  g_autofree char *shown = *number != '\0' ? yihu_phone_number_format (number) : g_strdup ("");

  g_free (self->area_code);
  self->area_code = g_strdup (area_code);
  form_fill_streets (self);
  gtk_editable_set_text (self->name, "");
  gtk_editable_set_text (self->birth, "");
  gtk_editable_set_text (self->address, "");
  gtk_editable_set_text (self->phone, shown);
  yihu_alert_label_say (self->sentence, "");
}

void
yihu_register_form_say (YihuRegisterForm *self, const char *sentence)
{
  yihu_alert_label_say (self->sentence, sentence);
}
