/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The form over a card. Its fields come from the record's table, never from a
 * list of its own. What is sent is the difference between what the operator saw
 * and what the form says: a field that was not touched is no change, whatever
 * others do to it meanwhile. The draft holds both, so that a form taken up
 * again still says against what it was written. */

#include "console/desk/card-editor.h"

#include "base/person-id.h"
#include "console/desk/card-draft.h"
#include "console/desk/card-fields.h"
#include "console/desk/card-line.h"
#include "console/widgets.h"
#include "console/words.h"
#include "wire/record-change.h"

#include <glib/gi18n.h>

#define GRID_WIDTH 820
#define GRID_MAX_HEIGHT 620

struct _YihuCardEditor
{
  YihuOverCard parent_instance;

  YihuBook *book; /* (owned) */
  char *area_code; /* (owned) */
  YihuElder *seen; /* (owned) (nullable): NULL while closed */
  GPtrArray *lines; /* (owned) YihuCardLine */
  gboolean unlocked;
  gboolean filling;
  gboolean saving;
  gboolean asked; /* whether to throw the changes away */
  GtkWidget *grid;
};

G_DEFINE_FINAL_TYPE (YihuCardEditor, yihu_card_editor, YIHU_TYPE_OVER_CARD)

static guint draft_signal;

static YihuCardLine *
editor_get_line (YihuCardEditor *self, guint index)
{
  return g_ptr_array_index (self->lines, index);
}

static void
editor_say (YihuCardEditor *self, const char *sentence)
{
  yihu_over_card_say (YIHU_OVER_CARD (self), sentence);
}

static gboolean
editor_is_changed (YihuCardEditor *self)
{
  for (guint i = 0; i < self->lines->len; i++)
    if (yihu_card_line_is_changed (editor_get_line (self, i), self->seen))
      return TRUE;
  return FALSE;
}

static void
editor_save_draft (YihuCardEditor *self, gboolean keep)
{
  g_autoptr (GKeyFile) draft = g_key_file_new ();
  gboolean kept = FALSE;

  for (guint i = 0; keep && i < self->lines->len; i++)
    {
      const YihuCardLine *line = editor_get_line (self, i);
      g_autofree char *form = yihu_card_line_dup_form (line);

      if (!yihu_card_line_is_changed (line, self->seen))
        continue;
      kept = TRUE;
      yihu_card_draft_set (draft, yihu_card_line_get_field (line), self->seen, form);
    }
  yihu_card_draft_save (self->book, self->seen->record.id, draft);
  g_signal_emit (self, draft_signal, 0, self->seen->record.id, self->seen->name, kept);
}

/* (transfer full) (nullable): NULL after a sentence was said. */
static YihuElder *
editor_read (YihuCardEditor *self)
{
  int today = yihu_date_from_us (yihu_book_get_now_us (self->book));
  g_autoptr (YihuElder) wanted = yihu_record_dup (self->seen);

  for (guint i = 0; i < self->lines->len; i++)
    {
      YihuCardLine *line = editor_get_line (self, i);
      GtkWidget *input = yihu_card_line_get_input (line);
      g_autofree char *sentence =
          yihu_card_line_read (line, self->seen, today, self->area_code, wanted);

      if (sentence == NULL)
        continue;
      editor_say (self, sentence);
      if (gtk_widget_get_visible (input))
        gtk_entry_grab_focus_without_selecting (GTK_ENTRY (input)); /* typed on, nothing goes */
      return NULL;
    }
  return g_steal_pointer (&wanted);
}

/* Says what is too long, but leaves the focus: somebody is typing. */
static void
on_changed (YihuCardEditor *self)
{
  g_autofree char *sentence = NULL;

  if (self->filling || self->seen == NULL)
    return;
  self->asked = FALSE;
  for (guint i = 0; i < self->lines->len; i++)
    {
      g_autofree char *wrong = yihu_card_line_check_length (editor_get_line (self, i));

      if (wrong != NULL)
        {
          g_free (sentence);
          sentence = g_steal_pointer (&wrong);
        }
    }
  editor_say (self, sentence != NULL ? sentence : "");
  editor_save_draft (self, TRUE);
}

/* --- making --- */

/* Two fields a line; long ones take a whole one. @place counts half lines. */
static int
editor_add_line (YihuCardEditor *self, const YihuField *field, int place)
{
  gboolean is_long = yihu_card_field_is_long (field);
  GtkWidget *label = gtk_label_new (yihu_card_field_words (field));
  YihuCardLine *line = yihu_card_line_new (field, G_CALLBACK (on_changed), G_OBJECT (self));

  place += is_long ? place % 2 : 0;
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_grid_attach (GTK_GRID (self->grid), label, place % 2 * 2, place / 2, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), yihu_card_line_get_box (line), place % 2 * 2 + 1,
                   place / 2, is_long ? 3 : 1, 1);
  g_ptr_array_add (self->lines, line);
  return place + (is_long ? 2 : 1);
}

static void
editor_make_grid (YihuCardEditor *self)
{
  int place = 0;

  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 10);
  gtk_widget_set_size_request (self->grid, GRID_WIDTH, -1);
  for (guint i = 0; i < yihu_elder_type.n_fields; i++)
    if (yihu_elder_type.fields[i].flags & YIHU_FIELD_CARD)
      place = editor_add_line (self, &yihu_elder_type.fields[i], place);
  yihu_over_card_add_scrolled (YIHU_OVER_CARD (self), self->grid, GRID_MAX_HEIGHT);
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
  g_ptr_array_unref (self->lines);
  G_OBJECT_CLASS (yihu_card_editor_parent_class)->finalize (object);
}

static void
yihu_card_editor_class_init (YihuCardEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_card_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_card_editor_finalize;
  draft_signal = g_signal_new ("draft", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
yihu_card_editor_init (YihuCardEditor *self)
{
  YihuOverCard *over = YIHU_OVER_CARD (self);

  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_card_line_free);
  editor_make_grid (self);
  yihu_over_card_add_button (over, _ ("Leave (Esc)"), FALSE, G_CALLBACK (yihu_card_editor_leave));
  yihu_over_card_add_button (over, _ ("Save the card (Ctrl+Enter)"), TRUE,
                             G_CALLBACK (yihu_card_editor_save));
}

/* --- saving --- */

static void
editor_close (YihuCardEditor *self)
{
  yihu_over_card_hide (YIHU_OVER_CARD (self));
  g_clear_pointer (&self->seen, yihu_elder_unref);
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
      editor_say (self, words);
      return;
    }
  editor_save_draft (self, FALSE);
  editor_close (self);
  yihu_over_card_toast (YIHU_OVER_CARD (self),
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
      editor_say (self, _ ("Nothing was changed."));
      return;
    }
  /* What others changed meanwhile stays on the screen too. */
  now = yihu_book_get (self->book, &yihu_elder_type, self->seen->record.id);
  overlay = yihu_record_change_dup_wanted (now != NULL ? now : self->seen, command->args);
  if (overlay == NULL)
    {
      editor_say (self, _ ("One of the texts is too long."));
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
      editor_say (self, _ ("Throw the changes away? Esc again throws them away, Ctrl+Enter "
                           "saves."));
      return;
    }
  editor_save_draft (self, FALSE);
  editor_close (self);
}

void
yihu_card_editor_park (YihuCardEditor *self)
{
  g_autoptr (YihuElder) seen = NULL;
  g_autofree char *words = NULL;

  g_return_if_fail (YIHU_IS_CARD_EDITOR (self));

  if (self->seen == NULL || self->saving)
    return;
  if (editor_is_changed (self))
    seen = yihu_elder_ref (self->seen);
  editor_close (self);
  if (seen == NULL)
    return;
  words = g_strdup_printf (_ ("The change of the card of %s is kept: it stands in the to-do list."),
                           seen->name);
  g_signal_emit (self, draft_signal, 0, seen->record.id, seen->name, TRUE);
  yihu_over_card_toast (YIHU_OVER_CARD (self), words);
}

/* --- opening --- */

GtkWidget *
yihu_card_editor_new (YihuBook *book, const char *area_code)
{
  YihuCardEditor *self = g_object_new (YIHU_TYPE_CARD_EDITOR, NULL);

  self->book = g_object_ref (book);
  self->area_code = g_strdup (area_code);
  yihu_over_card_set_name (YIHU_OVER_CARD (self), _ ("Change the card"));
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
      yihu_card_line_fill (editor_get_line (self, i), self->seen, draft);
      yihu_card_line_set_unlocked (editor_get_line (self, i), self->seen, unlocked);
    }
  self->filling = FALSE;
  title = g_strdup_printf (_ ("Change the card: %s"), elder->name);
  yihu_over_card_set_title (YIHU_OVER_CARD (self), title);
  editor_say (self, draft != NULL ? _ ("What was typed before is here again.") : "");
  yihu_over_card_show (YIHU_OVER_CARD (self), yihu_card_line_get_input (editor_get_line (self, 0)));
  g_signal_emit (self, draft_signal, 0, elder->record.id, elder->name, draft != NULL);
}

void
yihu_card_editor_set_unlocked (YihuCardEditor *self, gboolean unlocked)
{
  g_return_if_fail (YIHU_IS_CARD_EDITOR (self));

  if (self->seen == NULL || self->unlocked == unlocked)
    return;
  self->unlocked = unlocked;
  for (guint i = 0; i < self->lines->len; i++)
    yihu_card_line_set_unlocked (editor_get_line (self, i), self->seen, unlocked);
}

const char *
yihu_card_editor_get_elder (YihuCardEditor *self)
{
  g_return_val_if_fail (YIHU_IS_CARD_EDITOR (self), "");

  return self->seen != NULL ? self->seen->record.id : "";
}
