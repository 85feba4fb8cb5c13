/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The choice between two changes of one card. What is sent is a new change whose base is the row as
 * the centre has it now, so that a third change meanwhile is again a conflict and never lost. Where
 * all is theirs nothing is sent. A field is never written over unseen: where it is masked and
 * somebody else changed it, only theirs can be taken until a call or a reveal unlocks it. */

#include "console/desk/conflict-card.h"

#include "base/error.h"
#include "console/desk/card-fields.h"
#include "console/keys.h"
#include "console/widgets.h"
#include "console/words.h"
#include "wire/record-change.h"

#include <glib/gi18n.h>

#define CELL_CHARS 22
#define LIST_MAX_HEIGHT 460

typedef enum
{
  SIDE_NONE,
  SIDE_MINE,
  SIDE_THEIRS,
} Side;

/* One field of the change. */
typedef struct
{
  const YihuField *field;
  Side chosen;
  gboolean contested; /* changed by both, and not to the same */
  gboolean locked; /* masked, and contested */
  GtkWidget *row;
  GtkWidget *mark;
  GtkWidget *mine;
  GtkWidget *theirs;
  GtkWidget *before;
} Choice;

struct _YihuConflictCard
{
  YihuOverCard parent_instance;

  YihuBook *book; /* (owned) */
  char *key; /* (owned) (nullable) of the refused command */
  YihuElder *base; /* (owned) (nullable) */
  YihuElder *mine; /* (owned) (nullable) */
  YihuElder *theirs; /* (owned) (nullable) */
  GArray *choices; /* (owned) Choice */
  gboolean unlocked;
  gboolean sending;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (YihuConflictCard, yihu_conflict_card, YIHU_TYPE_OVER_CARD)

static guint decided_signal;

static void
card_say (YihuConflictCard *self, const char *sentence)
{
  yihu_over_card_say (YIHU_OVER_CARD (self), sentence);
}

static void
card_forget (YihuConflictCard *self)
{
  g_array_set_size (self->choices, 0);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->base, yihu_elder_unref);
  g_clear_pointer (&self->mine, yihu_elder_unref);
  g_clear_pointer (&self->theirs, yihu_elder_unref);
}

static void
card_close (YihuConflictCard *self)
{
  GtkWidget *row;

  yihu_over_card_hide (YIHU_OVER_CARD (self));
  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  card_forget (self);
}

/* --- showing --- */

static const char *
side_words (const Choice *choice)
{
  switch (choice->chosen)
    {
    case SIDE_MINE:
      return _ ("mine");
    case SIDE_THEIRS:
      return _ ("theirs");
    default:
      return _ ("not decided");
    }
}

/* Shape and word before colour: "✓" is what will be, "○" what could be. */
static void
show_cell (GtkWidget *cell, const char *value, gboolean chosen)
{
  g_autofree char *text = g_strconcat (chosen ? "✓ " : "○ ", value, NULL);

  yihu_label_set (gtk_button_get_child (GTK_BUTTON (cell)), text);
  yihu_widget_set_class (cell, "chosen", chosen);
}

static void
card_show_choice (YihuConflictCard *self, Choice *choice)
{
  const char *words = yihu_card_field_words (choice->field);
  g_autofree char *mine = yihu_card_field_dup_shown (self->mine, choice->field, self->unlocked);
  g_autofree char *theirs = yihu_card_field_dup_shown (self->theirs, choice->field, self->unlocked);
  g_autofree char *base = yihu_card_field_dup_shown (self->base, choice->field, self->unlocked);
  const char *mark = choice->contested ? _ ("≠ both changed") : _ ("✎ only mine");
  g_autofree char *spoken = NULL;
  g_autofree char *mine_name = g_strdup_printf (_ ("%s, mine: %s"), words, mine);
  g_autofree char *theirs_name = g_strdup_printf (_ ("%s, theirs: %s"), words, theirs);

  if (yihu_card_field_is_same (choice->field, self->mine, self->theirs))
    mark = _ ("＝ the same");
  show_cell (choice->mine, mine, choice->chosen == SIDE_MINE);
  show_cell (choice->theirs, theirs, choice->chosen == SIDE_THEIRS);
  yihu_label_set (choice->mark, choice->locked ? _ ("≠ both changed · masked") : mark);
  yihu_label_set (choice->before, base);
  yihu_widget_set_class (choice->mark, "p3t", choice->contested && choice->chosen == SIDE_NONE);
  yihu_widget_set_name (choice->mine, mine_name);
  yihu_widget_set_name (choice->theirs, theirs_name);
  /* Translators: field; what both saw; the two changes; "not decided", "mine" or "theirs". */
  spoken = g_strdup_printf (_ ("%s, mine: %s, theirs: %s, before: %s, chosen: %s"), words, mine,
                            theirs, base, side_words (choice));
  yihu_widget_set_name (choice->row, spoken);
}

static guint
card_count_open (YihuConflictCard *self)
{
  guint n = 0;

  for (guint i = 0; i < self->choices->len; i++)
    n += g_array_index (self->choices, Choice, i).chosen == SIDE_NONE;
  return n;
}

static void
card_choose (YihuConflictCard *self, guint index, Side side)
{
  Choice *choice = &g_array_index (self->choices, Choice, index);
  g_autofree char *said = NULL;
  guint n_open;

  if (side == SIDE_MINE && choice->locked)
    {
      card_say (self, _ ("This is masked: nobody may write over what they cannot see. Take "
                         "theirs, or show it with Ctrl+R."));
      return;
    }
  choice->chosen = side;
  card_show_choice (self, choice);
  n_open = card_count_open (self);
  said = n_open > 0
             ? g_strdup_printf (_ ("%s: %s. %u to decide."), yihu_card_field_words (choice->field),
                                side_words (choice), n_open)
             : g_strdup_printf (_ ("%s: %s. Ctrl+Enter sends the decision."),
                                yihu_card_field_words (choice->field), side_words (choice));
  card_say (self, said);
}

static void
card_focus (YihuConflictCard *self, guint index)
{
  Choice *choice = &g_array_index (self->choices, Choice, index);

  gtk_list_box_select_row (GTK_LIST_BOX (self->list), GTK_LIST_BOX_ROW (choice->row));
  gtk_widget_grab_focus (choice->row);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                YihuConflictCard *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));
  guint index = row != NULL ? (guint) gtk_list_box_row_get_index (row) : self->choices->len;

  if (index >= self->choices->len || modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return FALSE;
  if (keyval == GDK_KEY_1 || keyval == GDK_KEY_KP_1)
    card_choose (self, index, SIDE_MINE);
  else if (keyval == GDK_KEY_2 || keyval == GDK_KEY_KP_2)
    card_choose (self, index, SIDE_THEIRS);
  else
    return FALSE;
  return TRUE;
}

static void
on_cell_clicked (GtkWidget *cell, YihuConflictCard *self)
{
  for (guint i = 0; i < self->choices->len; i++)
    {
      Choice *choice = &g_array_index (self->choices, Choice, i);

      if (cell != choice->mine && cell != choice->theirs)
        continue;
      card_focus (self, i);
      card_choose (self, i, cell == choice->mine ? SIDE_MINE : SIDE_THEIRS);
    }
}

/* --- making --- */

static GtkWidget *
make_label (const char *text, int n_chars, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), n_chars);
  gtk_label_set_max_width_chars (GTK_LABEL (label), n_chars);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
card_make_cell (YihuConflictCard *self)
{
  GtkWidget *cell = gtk_button_new ();

  gtk_button_set_child (GTK_BUTTON (cell), make_label ("", CELL_CHARS, NULL));
  gtk_widget_set_focusable (cell, FALSE);
  gtk_widget_add_css_class (cell, "side");
  g_signal_connect_object (cell, "clicked", G_CALLBACK (on_cell_clicked), self, 0);
  return cell;
}

static GtkWidget *
make_line (void)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  gtk_widget_add_css_class (line, "conflict-line");
  return line;
}

static gboolean
is_locked (YihuConflictCard *self, const Choice *choice)
{
  return choice->contested && !self->unlocked && yihu_card_field_is_masked (choice->field);
}

static void
card_add_choice (YihuConflictCard *self, const YihuField *field)
{
  gboolean same = yihu_card_field_is_same (field, self->mine, self->theirs);
  gboolean untouched = yihu_card_field_is_same (field, self->base, self->theirs);
  Choice choice = { .field = field, .contested = !same && !untouched };
  GtkWidget *line = make_line ();
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  choice.chosen = choice.contested ? SIDE_NONE : SIDE_MINE;
  choice.locked = is_locked (self, &choice);
  choice.mark = make_label ("", 14, "caption");
  choice.mine = card_make_cell (self);
  choice.theirs = card_make_cell (self);
  choice.before = make_label ("", CELL_CHARS, "dim-label");
  choice.row = gtk_list_box_row_new ();
  gtk_box_append (GTK_BOX (names), make_label (yihu_card_field_words (field), 14, "heading"));
  gtk_box_append (GTK_BOX (names), choice.mark);
  gtk_box_append (GTK_BOX (line), names);
  gtk_box_append (GTK_BOX (line), choice.mine);
  gtk_box_append (GTK_BOX (line), choice.theirs);
  gtk_box_append (GTK_BOX (line), choice.before);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (choice.row), line);
  gtk_list_box_append (GTK_LIST_BOX (self->list), choice.row);
  g_array_append_val (self->choices, choice);
  card_show_choice (self, &choice);
}

static GtkWidget *
make_heading (void)
{
  GtkWidget *line = make_line ();
  const char *const texts[] = { _ ("1　Mine"), _ ("2　Theirs"), _ ("Before") };

  gtk_box_append (GTK_BOX (line), make_label ("", 14, "heading"));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *label = make_label (texts[i], CELL_CHARS, "dim-label");

      gtk_widget_add_css_class (label, "side");
      gtk_box_append (GTK_BOX (line), label);
    }
  return line;
}

static void
card_make_list (YihuConflictCard *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (self->list, "conflict-list");
  yihu_widget_set_name (self->list, _ ("Fields to decide"));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (self->list, keys);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, 0);
  yihu_over_card_add_scrolled (YIHU_OVER_CARD (self), self->list, LIST_MAX_HEIGHT);
}

static void
yihu_conflict_card_dispose (GObject *object)
{
  YihuConflictCard *self = YIHU_CONFLICT_CARD (object);

  card_forget (self);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_conflict_card_parent_class)->dispose (object);
}

static void
yihu_conflict_card_finalize (GObject *object)
{
  g_array_unref (YIHU_CONFLICT_CARD (object)->choices);
  G_OBJECT_CLASS (yihu_conflict_card_parent_class)->finalize (object);
}

static void
yihu_conflict_card_class_init (YihuConflictCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_conflict_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_conflict_card_finalize;
  decided_signal = g_signal_new ("decided", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_conflict_card_init (YihuConflictCard *self)
{
  YihuOverCard *over = YIHU_OVER_CARD (self);

  self->choices = g_array_new (FALSE, TRUE, sizeof (Choice));
  yihu_over_card_add (over,
                      make_label (_ ("Up and Down go from field to field; 1 takes mine, 2 theirs."),
                                  60, "dim-label"));
  yihu_over_card_add (over, make_heading ());
  card_make_list (self);
  yihu_over_card_add_button (over, _ ("Decide later (Esc)"), FALSE,
                             G_CALLBACK (yihu_conflict_card_leave));
  yihu_over_card_add_button (over, _ ("Send the decision (Ctrl+Enter)"), TRUE,
                             G_CALLBACK (yihu_conflict_card_send));
}

/* --- deciding --- */

static void
on_decided (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuConflictCard) self = data;
  g_autoptr (GError) error = NULL;
  gboolean kept = yihu_book_decide_finish (YIHU_BOOK (object), result, &error);
  g_autofree char *words = NULL;

  self->sending = FALSE;
  if (self->book == NULL)
    return;
  if (!kept)
    {
      words = yihu_words_error (error);
      card_say (self, words);
      return;
    }
  card_close (self);
  yihu_over_card_toast (YIHU_OVER_CARD (self), _ ("The decision on the card is saved."));
  g_signal_emit (self, decided_signal, 0);
}

static YihuElder *
card_build (YihuConflictCard *self)
{
  YihuElder *wanted = yihu_record_dup (self->theirs);

  for (guint i = 0; i < self->choices->len; i++)
    {
      const Choice *choice = &g_array_index (self->choices, Choice, i);

      if (choice->chosen == SIDE_MINE)
        yihu_card_field_copy (choice->field, wanted, self->mine);
    }
  return wanted;
}

static gboolean
card_check_open (YihuConflictCard *self)
{
  for (guint i = 0; i < self->choices->len; i++)
    {
      const Choice *choice = &g_array_index (self->choices, Choice, i);
      g_autofree char *said = NULL;

      if (choice->chosen != SIDE_NONE)
        continue;
      said = g_strdup_printf (_ ("Decide first: %s. 1 takes mine, 2 theirs."),
                              yihu_card_field_words (choice->field));
      card_say (self, said);
      card_focus (self, i);
      return FALSE;
    }
  return TRUE;
}

void
yihu_conflict_card_send (YihuConflictCard *self)
{
  g_autoptr (YihuElder) wanted = NULL;
  g_autoptr (YihuCommand) command = NULL;
  gboolean differs;

  g_return_if_fail (YIHU_IS_CONFLICT_CARD (self));

  if (self->sending || self->key == NULL || !card_check_open (self))
    return;
  wanted = card_build (self);
  command = yihu_command_new ("elder.update", wanted->record.id, self->theirs->record.version,
                              yihu_book_get_now_us (self->book));
  differs = yihu_record_change_write (command->args, self->theirs, wanted) > 0;
  self->sending = TRUE;
  yihu_book_decide_async (self->book, self->key, differs ? YIHU_OUTBOX_SEND : YIHU_OUTBOX_DROP,
                          differs ? command : NULL, differs ? wanted : NULL, on_decided,
                          g_object_ref (self));
}

void
yihu_conflict_card_leave (YihuConflictCard *self)
{
  g_return_if_fail (YIHU_IS_CONFLICT_CARD (self));

  if (self->sending)
    return;
  card_close (self);
}

void
yihu_conflict_card_set_unlocked (YihuConflictCard *self, gboolean unlocked)
{
  g_return_if_fail (YIHU_IS_CONFLICT_CARD (self));

  if (self->key == NULL || self->unlocked == unlocked)
    return;
  self->unlocked = unlocked;
  for (guint i = 0; i < self->choices->len; i++)
    {
      Choice *choice = &g_array_index (self->choices, Choice, i);

      choice->locked = is_locked (self, choice);
      card_show_choice (self, choice);
    }
}

/* --- opening --- */

GtkWidget *
yihu_conflict_card_new (YihuBook *book)
{
  YihuConflictCard *self = g_object_new (YIHU_TYPE_CONFLICT_CARD, NULL);

  self->book = g_object_ref (book);
  yihu_over_card_set_name (YIHU_OVER_CARD (self), _ ("Two changes of one card"));
  return GTK_WIDGET (self);
}

gboolean
yihu_conflict_card_takes (YihuTodo *row)
{
  YihuCommand *command = yihu_todo_get_command (row);
  YihuRecord *current = yihu_todo_get_current (row);

  return command != NULL && g_str_equal (command->name, "elder.update") && current != NULL
         && current->type == &yihu_elder_type
         && yihu_todo_get_outbox_state (row) == YIHU_OUTBOX_REFUSED
         && g_error_matches (yihu_todo_get_error (row), YIHU_ERROR, YIHU_ERROR_CONFLICT);
}

/* The row as the centre has it: of the refusal, or newer from the feed. */
static YihuElder *
card_dup_theirs (YihuConflictCard *self, YihuTodo *row)
{
  YihuRecord *refused = yihu_todo_get_current (row);
  g_autoptr (YihuElder) now = yihu_book_get (self->book, &yihu_elder_type, refused->id);

  if (now != NULL && now->record.version > refused->version)
    return g_steal_pointer (&now);
  return yihu_record_ref (refused);
}

gboolean
yihu_conflict_card_open (YihuConflictCard *self, YihuTodo *row, gboolean unlocked)
{
  g_autoptr (GPtrArray) fields = NULL;
  g_autofree char *title = NULL;
  const json_t *args;

  g_return_val_if_fail (YIHU_IS_CONFLICT_CARD (self), FALSE);
  g_return_val_if_fail (yihu_conflict_card_takes (row), FALSE);

  if (self->sending)
    return FALSE;
  card_close (self);
  args = yihu_todo_get_command (row)->args;
  self->theirs = card_dup_theirs (self, row);
  self->mine = yihu_record_change_dup_wanted (self->theirs, args);
  self->base = yihu_record_change_dup_base (self->theirs, args);
  fields = yihu_record_change_list (&yihu_elder_type, args);
  if (self->mine == NULL || self->base == NULL || fields->len == 0)
    {
      card_forget (self);
      return FALSE;
    }
  self->key = g_strdup (yihu_todo_get_key (row));
  self->unlocked = unlocked;
  title = g_strdup_printf (_ ("Two changes of one card: %s"), self->theirs->name);
  yihu_over_card_set_title (YIHU_OVER_CARD (self), title);
  for (guint i = 0; i < fields->len; i++)
    card_add_choice (self, g_ptr_array_index (fields, i));
  card_say (self, "");
  yihu_over_card_show (YIHU_OVER_CARD (self), g_array_index (self->choices, Choice, 0).row);
  card_focus (self, 0);
  return TRUE;
}
