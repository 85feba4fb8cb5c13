/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One field of a card in its editor. What it is and how long it may be comes from the record's
 * table. Knows neither draft file nor server. */

#include "console/desk/card-line.h"

#include "base/person-id.h"
#include "base/phone-number.h"
#include "console/desk/card-draft.h"
#include "console/desk/card-fields.h"
#include "console/desk/register-form.h"
#include "console/text-list.h"
#include "console/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define BYTES_PER_CHARACTER 3 /* of a Chinese one in UTF-8 */
#define DATE_CHARS 16

struct _YihuCardLine
{
  const YihuField *field;
  GtkWidget *box;
  GtkWidget *input; /* entry or drop-down */
  GtkWidget *masked; /* (nullable) what stands there while it is masked */
};

/* --- making --- */

static GtkWidget *
make_entry (const YihuField *field, GCallback changed, GObject *owner)
{
  GtkWidget *entry = gtk_entry_new ();

  /* A character has at least one byte: what is longer can never fit and is not even taken. */
  gtk_entry_set_max_length (GTK_ENTRY (entry),
                            field->kind == YIHU_FIELD_TEXT ? (int) field->highest : DATE_CHARS);
  g_signal_connect_object (entry, "changed", changed, owner, G_CONNECT_SWAPPED);
  return entry;
}

static GtkWidget *
make_list (const YihuField *field, GCallback changed, GObject *owner)
{
  GtkStringList *texts = gtk_string_list_new (NULL);
  GtkWidget *list = gtk_drop_down_new (NULL, NULL);

  for (guint i = 0; i < yihu_card_field_count_choices (field); i++)
    gtk_string_list_append (texts, yihu_card_field_choice_words (field, i));
  yihu_text_list_dress (GTK_DROP_DOWN (list));
  yihu_text_list_fill (GTK_DROP_DOWN (list), texts, 0);
  g_signal_connect_object (list, "notify::selected", changed, owner, G_CONNECT_SWAPPED);
  return list;
}

static GtkWidget *
make_masked (void)
{
  GtkWidget *entry = gtk_entry_new (); /* a label could not have the focus and be heard */

  gtk_editable_set_editable (GTK_EDITABLE (entry), FALSE);
  gtk_widget_set_hexpand (entry, TRUE);
  gtk_widget_add_css_class (entry, "dim-label");
  return entry;
}

YihuCardLine *
yihu_card_line_new (const YihuField *field, GCallback changed, GObject *owner)
{
  YihuCardLine *self = g_new0 (YihuCardLine, 1);

  self->field = field;
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->input = field->kind == YIHU_FIELD_ENUM ? make_list (field, changed, owner)
                                               : make_entry (field, changed, owner);
  gtk_widget_set_hexpand (self->input, TRUE);
  yihu_widget_set_name (self->input, yihu_card_field_words (field));
  gtk_box_append (GTK_BOX (self->box), self->input);
  if (yihu_card_field_is_masked (field))
    {
      self->masked = make_masked ();
      gtk_box_append (GTK_BOX (self->box), self->masked);
    }
  return self;
}

void
yihu_card_line_free (YihuCardLine *self)
{
  g_free (self);
}

const YihuField *
yihu_card_line_get_field (const YihuCardLine *self)
{
  return self->field;
}

GtkWidget *
yihu_card_line_get_box (YihuCardLine *self)
{
  return self->box;
}

GtkWidget *
yihu_card_line_get_input (YihuCardLine *self)
{
  return self->input;
}

/* --- filling --- */

void
yihu_card_line_fill (YihuCardLine *self, const YihuElder *seen, GKeyFile *draft)
{
  g_autofree char *text = draft != NULL ? yihu_card_draft_dup_form (draft, self->field) : NULL;
  guint choice;

  gtk_widget_remove_css_class (self->input, "error");
  if (self->field->kind == YIHU_FIELD_ENUM)
    {
      choice = text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10)
                            : (guint) yihu_record_get_int (seen, self->field);
      if (choice < yihu_card_field_count_choices (self->field))
        gtk_drop_down_set_selected (GTK_DROP_DOWN (self->input), choice);
      return;
    }
  if (text == NULL)
    text = yihu_card_field_dup_text (seen, self->field);
  gtk_editable_set_text (GTK_EDITABLE (self->input), text);
}

void
yihu_card_line_set_unlocked (YihuCardLine *self, const YihuElder *seen, gboolean unlocked)
{
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;
  g_autofree char *spoken = NULL;
  const char *why = _ ("masked · Ctrl+R");

  if (self->masked == NULL)
    return;
  if (!unlocked && yihu_card_line_is_changed (self, seen))
    why = _ ("masked; your change is kept");
  shown = yihu_card_field_dup_shown (seen, self->field, FALSE);
  text = g_strdup_printf ("%s　%s", shown, why);
  spoken = g_strdup_printf ("%s, %s", yihu_card_field_words (self->field), text);
  gtk_editable_set_text (GTK_EDITABLE (self->masked), text);
  yihu_widget_set_name (self->masked, spoken);
  if (!unlocked)
    yihu_widget_release_focus (self->input);
  gtk_widget_set_visible (self->input, unlocked);
  gtk_widget_set_visible (self->masked, !unlocked);
}

gboolean
yihu_card_line_is_changed (const YihuCardLine *self, const YihuElder *seen)
{
  g_autofree char *text = NULL;

  if (self->field->kind == YIHU_FIELD_ENUM)
    return gtk_drop_down_get_selected (GTK_DROP_DOWN (self->input))
           != (guint) yihu_record_get_int (seen, self->field);
  text = yihu_card_field_dup_text (seen, self->field);
  return strcmp (gtk_editable_get_text (GTK_EDITABLE (self->input)), text) != 0;
}

char *
yihu_card_line_dup_form (const YihuCardLine *self)
{
  if (self->field->kind == YIHU_FIELD_ENUM)
    return g_strdup_printf ("%u", gtk_drop_down_get_selected (GTK_DROP_DOWN (self->input)));
  return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->input)));
}

/* --- reading --- */

static char *
line_fail (YihuCardLine *self, const char *sentence)
{
  gtk_widget_add_css_class (self->input, "error");
  return g_strdup (sentence);
}

static char *
line_check_length (YihuCardLine *self, const char *text)
{
  int most = (int) self->field->highest / BYTES_PER_CHARACTER;

  if (strlen (text) <= (gsize) self->field->highest)
    return NULL;
  gtk_widget_add_css_class (self->input, "error");
  /* Translators: field, characters. */
  return g_strdup_printf (_ ("%s is too long: at most %d Chinese characters fit."),
                          yihu_card_field_words (self->field), most);
}

char *
yihu_card_line_check_length (YihuCardLine *self)
{
  gtk_widget_remove_css_class (self->input, "error");
  if (self->field->kind != YIHU_FIELD_TEXT)
    return NULL;
  return line_check_length (self, gtk_editable_get_text (GTK_EDITABLE (self->input)));
}

static char *
line_read_birth (YihuCardLine *self, const char *text, int today, YihuElder *wanted)
{
  int birth = *text != '\0' ? yihu_register_parse_birth (text, today) : 0;

  if (*text != '\0' && birth == 0)
    return line_fail (self, _ ("The birth day is not possible. Write 1944-03-05 or the year."));
  yihu_record_set_int (wanted, self->field, birth);
  return NULL;
}

static char *
line_read_text (YihuCardLine *self, const char *text, const char *area_code, YihuElder *wanted)
{
  g_autofree char *phone = NULL;
  char *sentence = line_check_length (self, text);

  if (sentence != NULL)
    return sentence;
  if (*text == '\0' && self->field->flags & YIHU_FIELD_REQUIRED)
    return line_fail (self, _ ("The name is missing."));
  if (*text != '\0' && g_str_has_prefix (self->field->name, "phone"))
    {
      phone = yihu_phone_number_normalize (text, area_code);
      if (phone == NULL)
        return line_fail (self, _ ("This is not a telephone number."));
      text = phone;
    }
  yihu_record_set_text (wanted, self->field, text);
  return NULL;
}

char *
yihu_card_line_read (YihuCardLine *self,
                     const YihuElder *seen,
                     int today,
                     const char *area_code,
                     YihuElder *wanted)
{
  g_autofree char *text = NULL;

  if (!yihu_card_line_is_changed (self, seen))
    return NULL;
  if (self->field->kind == YIHU_FIELD_ENUM)
    {
      yihu_record_set_int (wanted, self->field,
                           gtk_drop_down_get_selected (GTK_DROP_DOWN (self->input)));
      return NULL;
    }
  text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->input))));
  return self->field->kind == YIHU_FIELD_INT ? line_read_birth (self, text, today, wanted)
                                             : line_read_text (self, text, area_code, wanted);
}
