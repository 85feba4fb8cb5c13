/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The form over a card. Its fields come from the record's table, never from a
 * list of its own. What is sent is the difference between what the operator saw
 * and what the form says: a field that was not touched is no change, whatever
 * others do to it meanwhile. The draft holds both, so that a form taken up
 * again still says against what it was written. */

#include "console/desk/card-editor.h"

#include "base/person-id.h"
#include "base/phone-number.h"
#include "console/desk/card-draft.h"
#include "console/desk/card-fields.h"
#include "console/desk/register-form.h"
#include "console/text-list.h"
#include "console/widgets.h"
#include "console/words.h"
#include "wire/record-change.h"

#include <glib/gi18n.h>
#include <string.h>

#define BYTES_PER_CHARACTER 3 /* of a Chinese one in UTF-8 */

typedef struct
{
  const YihuField *field;
  GtkWidget *input; /* entry or drop-down */
  GtkWidget *masked; /* (nullable) what stands there while it is masked */
} Line;

struct _YihuCardEditor
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  char *area_code; /* (owned) */
  YihuElder *seen; /* (owned) (nullable): NULL while closed */
  GArray *lines; /* (owned) Line */
  gboolean unlocked;
  gboolean filling;
  gboolean saving;
  gboolean asked; /* whether to throw the changes away */
  GtkWidget *title;
  GtkWidget *grid;
  GtkWidget *sentence;
  GtkWidget *last; /* for Tab */
};

G_DEFINE_FINAL_TYPE (YihuCardEditor, yihu_card_editor, GTK_TYPE_BOX)

enum
{
  SAID,
  DISMISSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static Line *
editor_get_line (YihuCardEditor *self, guint index)
{
  return &g_array_index (self->lines, Line, index);
}

static gboolean
line_is_changed (const Line *line, const YihuElder *seen)
{
  g_autofree char *text = NULL;

  if (line->field->kind == YIHU_FIELD_ENUM)
    return gtk_drop_down_get_selected (GTK_DROP_DOWN (line->input))
           != (guint) yihu_record_get_int (seen, line->field);
  text = yihu_card_field_dup_text (seen, line->field);
  return strcmp (gtk_editable_get_text (GTK_EDITABLE (line->input)), text) != 0;
}

static gboolean
editor_is_changed (YihuCardEditor *self)
{
  for (guint i = 0; i < self->lines->len; i++)
    if (line_is_changed (editor_get_line (self, i), self->seen))
      return TRUE;
  return FALSE;
}

static char *
line_dup_form (const Line *line)
{
  if (line->field->kind == YIHU_FIELD_ENUM)
    return g_strdup_printf ("%u", gtk_drop_down_get_selected (GTK_DROP_DOWN (line->input)));
  return g_strdup (gtk_editable_get_text (GTK_EDITABLE (line->input)));
}

static void
editor_save_draft (YihuCardEditor *self, gboolean keep)
{
  g_autoptr (GKeyFile) draft = g_key_file_new ();

  for (guint i = 0; keep && i < self->lines->len; i++)
    {
      const Line *line = editor_get_line (self, i);
      g_autofree char *form = line_dup_form (line);

      if (line_is_changed (line, self->seen))
        yihu_card_draft_set (draft, line->field, self->seen, form);
    }
  yihu_card_draft_save (self->book, self->seen->record.id, draft);
}

/* --- filling --- */

static void
editor_lock_line (YihuCardEditor *self, Line *line)
{
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;
  g_autofree char *spoken = NULL;
  const char *why = _ ("masked; opens in a call");

  if (line->masked == NULL)
    return;
  if (!self->unlocked && line_is_changed (line, self->seen))
    why = _ ("masked; your change is kept");
  shown = yihu_card_field_dup_shown (self->seen, line->field, FALSE);
  text = g_strdup_printf ("%s　%s", shown, why);
  spoken = g_strdup_printf ("%s, %s", yihu_card_field_words (line->field), text);
  gtk_editable_set_text (GTK_EDITABLE (line->masked), text);
  yihu_widget_set_name (line->masked, spoken);
  if (!self->unlocked)
    yihu_widget_release_focus (line->input);
  gtk_widget_set_visible (line->input, self->unlocked);
  gtk_widget_set_visible (line->masked, !self->unlocked);
}

static void
editor_fill_line (YihuCardEditor *self, Line *line, GKeyFile *draft)
{
  g_autofree char *text = draft != NULL ? yihu_card_draft_dup_form (draft, line->field) : NULL;
  guint choice;

  gtk_widget_remove_css_class (line->input, "error");
  if (line->field->kind == YIHU_FIELD_ENUM)
    {
      choice = text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10)
                            : (guint) yihu_record_get_int (self->seen, line->field);
      if (choice < yihu_card_field_count_choices (line->field))
        gtk_drop_down_set_selected (GTK_DROP_DOWN (line->input), choice);
      return;
    }
  if (text == NULL)
    text = yihu_card_field_dup_text (self->seen, line->field);
  gtk_editable_set_text (GTK_EDITABLE (line->input), text);
}

/* --- reading --- */

static void
editor_complain (YihuCardEditor *self, Line *line, const char *sentence)
{
  yihu_alert_label_say (self->sentence, sentence);
  gtk_widget_add_css_class (line->input, "error");
}

static gboolean
editor_fail (YihuCardEditor *self, Line *line, const char *sentence)
{
  editor_complain (self, line, sentence);
  if (gtk_widget_get_visible (line->input))
    gtk_widget_grab_focus (line->input);
  return FALSE;
}

/* Says so, but leaves the focus: somebody may be typing elsewhere. */
static gboolean
editor_check_length (YihuCardEditor *self, Line *line, const char *text)
{
  int most = (int) line->field->highest / BYTES_PER_CHARACTER;
  g_autofree char *words = NULL;

  if (strlen (text) <= (gsize) line->field->highest)
    return TRUE;
  /* Translators: field, characters. */
  words = g_strdup_printf (_ ("%s is too long: at most %d Chinese characters fit."),
                           yihu_card_field_words (line->field), most);
  editor_complain (self, line, words);
  return FALSE;
}

static gboolean
editor_read_birth (YihuCardEditor *self, Line *line, const char *text, YihuElder *wanted)
{
  int today = yihu_date_from_us (yihu_book_get_now_us (self->book));
  int birth = *text != '\0' ? yihu_register_parse_birth (text, today) : 0;

  if (*text != '\0' && birth == 0)
    return editor_fail (self, line,
                        _ ("The birth day is not possible. Write 1944-03-05 or the year."));
  yihu_record_set_int (wanted, line->field, birth);
  return TRUE;
}

static gboolean
editor_read_text (YihuCardEditor *self, Line *line, const char *text, YihuElder *wanted)
{
  g_autofree char *phone = NULL;

  if (!editor_check_length (self, line, text))
    {
      gtk_widget_grab_focus (line->input);
      return FALSE;
    }
  if (*text == '\0' && line->field->flags & YIHU_FIELD_REQUIRED)
    return editor_fail (self, line, _ ("The name is missing."));
  if (*text != '\0' && g_str_has_prefix (line->field->name, "phone"))
    {
      phone = yihu_phone_number_normalize (text, self->area_code);
      if (phone == NULL)
        return editor_fail (self, line, _ ("This is not a telephone number."));
      text = phone;
    }
  yihu_record_set_text (wanted, line->field, text);
  return TRUE;
}

static gboolean
editor_read_line (YihuCardEditor *self, Line *line, YihuElder *wanted)
{
  g_autofree char *text = NULL;

  if (!line_is_changed (line, self->seen))
    return TRUE;
  if (line->field->kind == YIHU_FIELD_ENUM)
    {
      yihu_record_set_int (wanted, line->field,
                           gtk_drop_down_get_selected (GTK_DROP_DOWN (line->input)));
      return TRUE;
    }
  text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (line->input))));
  return line->field->kind == YIHU_FIELD_INT ? editor_read_birth (self, line, text, wanted)
                                             : editor_read_text (self, line, text, wanted);
}

/* (transfer full) (nullable): NULL after a sentence was said. */
static YihuElder *
editor_read (YihuCardEditor *self)
{
  g_autoptr (YihuElder) wanted = yihu_record_dup (self->seen);

  for (guint i = 0; i < self->lines->len; i++)
    if (!editor_read_line (self, editor_get_line (self, i), wanted))
      return NULL;
  return g_steal_pointer (&wanted);
}

static void
on_changed (YihuCardEditor *self)
{
  if (self->filling || self->seen == NULL)
    return;
  self->asked = FALSE;
  yihu_alert_label_say (self->sentence, "");
  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = editor_get_line (self, i);

      gtk_widget_remove_css_class (line->input, "error");
      if (line->field->kind == YIHU_FIELD_TEXT)
        editor_check_length (self, line, gtk_editable_get_text (GTK_EDITABLE (line->input)));
    }
  editor_save_draft (self, TRUE);
}

/* --- making --- */

static GtkWidget *
editor_make_entry (YihuCardEditor *self, const YihuField *field)
{
  GtkWidget *entry = gtk_entry_new ();

  /* A character has at least one byte: what is longer can never fit and is not
   * even taken. */
  gtk_entry_set_max_length (GTK_ENTRY (entry),
                            field->kind == YIHU_FIELD_TEXT ? (int) field->highest : 16);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  return entry;
}

static GtkWidget *
editor_make_list (YihuCardEditor *self, const YihuField *field)
{
  GtkStringList *texts = gtk_string_list_new (NULL);
  GtkWidget *list = gtk_drop_down_new (NULL, NULL);

  for (guint i = 0; i < yihu_card_field_count_choices (field); i++)
    gtk_string_list_append (texts, yihu_card_field_choice_words (field, i));
  yihu_text_list_dress (GTK_DROP_DOWN (list));
  yihu_text_list_fill (GTK_DROP_DOWN (list), texts, 0);
  g_signal_connect_object (list, "notify::selected", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
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

/* Two fields a line; long ones take a whole one. @place counts half lines. */
static int
editor_add_line (YihuCardEditor *self, const YihuField *field, int place)
{
  gboolean is_long = yihu_card_field_is_long (field);
  const char *words = yihu_card_field_words (field);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = gtk_label_new (words);
  Line line = { .field = field };

  place += is_long ? place % 2 : 0;
  line.input = field->kind == YIHU_FIELD_ENUM ? editor_make_list (self, field)
                                              : editor_make_entry (self, field);
  gtk_widget_set_hexpand (line.input, TRUE);
  gtk_box_append (GTK_BOX (box), line.input);
  yihu_widget_set_name (line.input, words);
  if (yihu_card_field_is_masked (field))
    {
      line.masked = make_masked ();
      gtk_box_append (GTK_BOX (box), line.masked);
    }
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_grid_attach (GTK_GRID (self->grid), label, place % 2 * 2, place / 2, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), box, place % 2 * 2 + 1, place / 2, is_long ? 3 : 1, 1);
  g_array_append_val (self->lines, line);
  return place + (is_long ? 2 : 1);
}

static GtkWidget *
editor_make_grid (YihuCardEditor *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  int place = 0;

  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 10);
  gtk_widget_set_size_request (self->grid, 820, -1);
  for (guint i = 0; i < yihu_elder_type.n_fields; i++)
    if (yihu_elder_type.fields[i].flags & YIHU_FIELD_CARD)
      place = editor_add_line (self, &yihu_elder_type.fields[i], place);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 620);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->grid);
  return scrolled;
}

static GtkWidget *
editor_make_buttons (YihuCardEditor *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *save = gtk_button_new_with_label (_ ("Save the card (Ctrl+Enter)"));
  GtkWidget *leave = gtk_button_new_with_label (_ ("Leave (Esc)"));

  gtk_widget_add_css_class (save, "suggested-action");
  g_signal_connect_object (save, "clicked", G_CALLBACK (yihu_card_editor_save), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (leave, "clicked", G_CALLBACK (yihu_card_editor_leave), self,
                           G_CONNECT_SWAPPED);
  self->last = save;
  gtk_widget_set_halign (buttons, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (buttons), leave);
  gtk_box_append (GTK_BOX (buttons), save);
  return buttons;
}

/* What lies over the desk keeps Tab: behind it nothing can be seen that has the
 * focus. */
static gboolean
yihu_card_editor_focus (GtkWidget *widget, GtkDirectionType direction)
{
  YihuCardEditor *self = YIHU_CARD_EDITOR (widget);

  if (GTK_WIDGET_CLASS (yihu_card_editor_parent_class)->focus (widget, direction))
    return TRUE;
  if (direction == GTK_DIR_TAB_FORWARD)
    return gtk_widget_grab_focus (editor_get_line (self, 0)->input);
  return direction == GTK_DIR_TAB_BACKWARD && gtk_widget_grab_focus (self->last);
}

static void
yihu_card_editor_dispose (GObject *object)
{
  YihuCardEditor *self = YIHU_CARD_EDITOR (object);

  g_clear_pointer (&self->seen, yihu_elder_unref);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_card_editor_parent_class)->dispose (object);
}

static void
yihu_card_editor_finalize (GObject *object)
{
  YihuCardEditor *self = YIHU_CARD_EDITOR (object);

  g_free (self->area_code);
  g_array_unref (self->lines);
  G_OBJECT_CLASS (yihu_card_editor_parent_class)->finalize (object);
}

static void
yihu_card_editor_class_init (YihuCardEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_card_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_card_editor_finalize;
  GTK_WIDGET_CLASS (klass)->focus = yihu_card_editor_focus;
  signals[SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_card_editor_init (YihuCardEditor *self)
{
  self->lines = g_array_new (FALSE, TRUE, sizeof (Line));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 8);
  gtk_widget_add_css_class (GTK_WIDGET (self), "search-card");
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  self->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0.0f);
  gtk_widget_add_css_class (self->title, "title-3");
  self->sentence = yihu_alert_label_new ();
  gtk_box_append (GTK_BOX (self), self->title);
  gtk_box_append (GTK_BOX (self), editor_make_grid (self));
  gtk_box_append (GTK_BOX (self), self->sentence);
  gtk_box_append (GTK_BOX (self), editor_make_buttons (self));
}

/* --- saving --- */

static void
editor_close (YihuCardEditor *self)
{
  yihu_widget_release_focus (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_clear_pointer (&self->seen, yihu_elder_unref);
  g_signal_emit (self, signals[DISMISSED], 0);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuCardEditor) self = data;
  g_autoptr (GError) error = NULL;
  gboolean kept = yihu_book_submit_finish (YIHU_BOOK (object), result, &error);
  g_autofree char *words = NULL;

  self->saving = FALSE;
  gtk_widget_set_sensitive (self->grid, TRUE);
  if (self->book == NULL || self->seen == NULL)
    return;
  if (!kept)
    {
      words = yihu_words_error (error);
      yihu_alert_label_say (self->sentence, words);
      return;
    }
  editor_save_draft (self, FALSE);
  editor_close (self);
  g_signal_emit (self, signals[SAID], 0,
                 yihu_book_get_state (self->book) == YIHU_BOOK_ONLINE
                     ? _ ("The change of the card is sent.")
                     : _ ("The card is kept here; it is sent when the centre is back."));
}

void
yihu_card_editor_save (YihuCardEditor *self)
{
  g_autoptr (YihuElder) wanted = NULL;
  g_autoptr (YihuElder) now = NULL;
  g_autoptr (YihuElder) overlay = NULL;
  g_autoptr (YihuCommand) command = NULL;

  g_return_if_fail (YIHU_IS_CARD_EDITOR (self));

  if (self->seen == NULL || self->saving || (wanted = editor_read (self)) == NULL)
    return;
  command = yihu_command_new ("elder.update", self->seen->record.id, self->seen->record.version,
                              yihu_book_get_now_us (self->book));
  if (yihu_record_change_write (command->args, self->seen, wanted) == 0)
    {
      yihu_alert_label_say (self->sentence, _ ("Nothing was changed."));
      return;
    }
  /* What others changed meanwhile stays on the screen too. */
  now = yihu_book_get (self->book, &yihu_elder_type, self->seen->record.id);
  overlay = yihu_record_change_dup_wanted (now != NULL ? now : self->seen, command->args);
  if (overlay == NULL)
    {
      yihu_alert_label_say (self->sentence, _ ("One of the texts is too long."));
      return;
    }
  self->saving = TRUE;
  yihu_widget_set_sensitive (self->grid, FALSE);
  yihu_book_submit_async (self->book, command, overlay, on_saved, g_object_ref (self));
}

void
yihu_card_editor_leave (YihuCardEditor *self)
{
  g_return_if_fail (YIHU_IS_CARD_EDITOR (self));

  if (self->seen == NULL || self->saving)
    return;
  if (!self->asked && editor_is_changed (self))
    {
      self->asked = TRUE;
      yihu_alert_label_say (self->sentence,
                            _ ("Throw the changes away? Esc again throws them away, Ctrl+Enter "
                               "saves."));
      return;
    }
  editor_save_draft (self, FALSE);
  editor_close (self);
}

void
yihu_card_editor_park (YihuCardEditor *self)
{
  g_autofree char *words = NULL;

  g_return_if_fail (YIHU_IS_CARD_EDITOR (self));

  if (self->seen == NULL || self->saving)
    return;
  if (editor_is_changed (self))
    words = g_strdup_printf (_ ("The change of the card of %s is kept: Ctrl+E on that card goes "
                                "on."),
                             self->seen->name);
  editor_close (self);
  if (words != NULL)
    g_signal_emit (self, signals[SAID], 0, words);
}

/* --- opening --- */

GtkWidget *
yihu_card_editor_new (YihuBook *book, const char *area_code)
{
  YihuCardEditor *self = g_object_new (YIHU_TYPE_CARD_EDITOR, NULL);

  self->book = g_object_ref (book);
  self->area_code = g_strdup (area_code);
  yihu_widget_set_name (GTK_WIDGET (self), _ ("Change the card"));
  return GTK_WIDGET (self);
}

void
yihu_card_editor_open (YihuCardEditor *self, YihuElder *elder, gboolean unlocked)
{
  g_autoptr (GKeyFile) draft = NULL;
  g_autofree char *title = NULL;

  g_return_if_fail (YIHU_IS_CARD_EDITOR (self));
  g_return_if_fail (elder != NULL);

  if (self->seen != NULL)
    return;
  draft = yihu_card_draft_load (self->book, elder->record.id);
  self->seen = yihu_card_draft_dup_seen (draft, elder);
  self->unlocked = unlocked;
  self->asked = FALSE;
  self->filling = TRUE;
  for (guint i = 0; i < self->lines->len; i++)
    {
      editor_fill_line (self, editor_get_line (self, i), draft);
      editor_lock_line (self, editor_get_line (self, i));
    }
  self->filling = FALSE;
  title = g_strdup_printf (_ ("Change the card: %s"), elder->name);
  yihu_label_set (self->title, title);
  yihu_alert_label_say (self->sentence,
                        draft != NULL ? _ ("What was typed before is here again.") : "");
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (editor_get_line (self, 0)->input);
}

void
yihu_card_editor_set_unlocked (YihuCardEditor *self, gboolean unlocked)
{
  g_return_if_fail (YIHU_IS_CARD_EDITOR (self));

  if (self->seen == NULL || self->unlocked == unlocked)
    return;
  self->unlocked = unlocked;
  for (guint i = 0; i < self->lines->len; i++)
    editor_lock_line (self, editor_get_line (self, i));
}

const char *
yihu_card_editor_get_elder (YihuCardEditor *self)
{
  g_return_val_if_fail (YIHU_IS_CARD_EDITOR (self), "");

  return self->seen != NULL ? self->seen->record.id : "";
}
