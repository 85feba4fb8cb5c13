/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The card of one matter. Which buttons there are follows from the flow tables alone; a step that
 * needs a reason is insensitive until one is written. Closed and opened again, it reads the record
 * anew; while open it follows the feed. */

#include "console/desk/order-card.h"

#include "console/desk/conflict-card.h"
#include "console/format.h"
#include "console/masking.h"
#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"
#include "domain/flow.h"

#include <glib/gi18n.h>

struct _YihuOrderCard
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  YihuCatalogue *catalogue; /* (owned) */
  YihuTodo *row; /* (owned) (nullable) */
  YihuOrder *order; /* (owned) (nullable) newest version shown */
  GtkWidget *panel;
  GtkWidget *headline;
  GtkWidget *facts;
  GtkWidget *steps;
  GtkWidget *reason;
  GtkWidget *sentence;
  GtkWidget *buttons;
};

G_DEFINE_FINAL_TYPE (YihuOrderCard, yihu_order_card, GTK_TYPE_BOX)

enum
{
  DISMISSED,
  SAID,
  COMPARE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
card_clear_box (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static void
card_dismiss (YihuOrderCard *self)
{
  g_clear_object (&self->row);
  g_clear_pointer (&self->order, yihu_order_unref);
  g_signal_emit (self, signals[DISMISSED], 0);
}

/* A decision on its way to the file; the card may show something else when it is there. */
typedef struct
{
  YihuOrderCard *card; /* (owned) */
  char *key;
  const char *sentence; /* static */
} Deciding;

static Deciding *
card_begin (YihuOrderCard *self, const char *sentence)
{
  Deciding *deciding = g_new0 (Deciding, 1);

  deciding->card = g_object_ref (self);
  deciding->key = g_strdup (yihu_todo_get_key (self->row));
  deciding->sentence = sentence;
  gtk_widget_set_sensitive (self->buttons, FALSE);
  return deciding;
}

static void
card_finish (Deciding *taken, const GError *error)
{
  g_autofree Deciding *deciding = taken;
  g_autoptr (YihuOrderCard) self = deciding->card;
  g_autofree char *key = deciding->key;
  g_autofree char *words = NULL;
  gboolean shown = g_str_equal (yihu_order_card_get_key (self), key);

  if (self->book == NULL)
    return;
  gtk_widget_set_sensitive (self->buttons, TRUE);
  if (error == NULL)
    {
      g_signal_emit (self, signals[SAID], 0, deciding->sentence);
      if (shown)
        card_dismiss (self);
      return;
    }
  words = yihu_words_error (error);
  yihu_alert_label_say (self->sentence, words);
}

static void
on_submitted (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  yihu_book_submit_finish (YIHU_BOOK (object), result, &error);
  card_finish (data, error);
}

static void
on_decided (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  yihu_book_decide_finish (YIHU_BOOK (object), result, &error);
  card_finish (data, error);
}

static char *
card_dup_reason (YihuOrderCard *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->reason))));
}

static void
on_move_clicked (GtkButton *button, YihuOrderCard *self)
{
  const YihuFlowMove *move = g_object_get_data (G_OBJECT (button), "move");
  g_autofree char *name = g_strconcat ("order.", move->verb, NULL);
  g_autofree char *reason = card_dup_reason (self);
  g_autoptr (YihuOrder) overlay = yihu_record_dup (self->order);
  g_autoptr (YihuCommand) command =
      yihu_command_new (name, self->order->record.id, self->order->record.version,
                        yihu_book_get_now_us (self->book));

  yihu_command_set_text (command, "reason", reason);
  overlay->state = move->to;
  yihu_record_take (overlay->reason, g_strdup (reason));
  yihu_book_submit_async (self->book, command, overlay, on_submitted,
                          card_begin (self, yihu_words_order_step (move->verb)));
}

static void
on_retry_clicked (YihuOrderCard *self)
{
  yihu_book_decide_async (self->book, yihu_todo_get_key (self->row), YIHU_OUTBOX_SEND, NULL, NULL,
                          on_decided, card_begin (self, _ ("Sent again.")));
}

static void
on_drop_clicked (YihuOrderCard *self)
{
  yihu_book_decide_async (self->book, yihu_todo_get_key (self->row), YIHU_OUTBOX_DROP, NULL, NULL,
                          on_decided, card_begin (self, _ ("Dropped.")));
}

static void
on_close_missed_clicked (YihuOrderCard *self)
{
  YihuCall *call = yihu_todo_get_call (self->row);
  gint64 now_us = yihu_book_get_now_us (self->book);
  g_autofree char *note = card_dup_reason (self);
  g_autoptr (YihuCall) overlay = yihu_record_dup (call);
  g_autoptr (YihuCommand) command =
      yihu_command_new ("call.close", call->record.id, call->record.version, now_us);

  yihu_command_set_text (command, "outcome", "other");
  yihu_command_set_text (command, "note", note);
  overlay->state = YIHU_CALL_CLOSED;
  overlay->outcome = YIHU_OUTCOME_OTHER;
  overlay->close_at_us = now_us;
  yihu_record_take (overlay->note, g_strdup (note));
  yihu_book_submit_async (self->book, command, overlay, on_submitted,
                          card_begin (self, _ ("The missed call is closed.")));
}

static void
on_compare_clicked (YihuOrderCard *self)
{
  g_signal_emit (self, signals[COMPARE], 0);
}

static void
card_add_button (YihuOrderCard *self, const char *label, const char *css_class, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  if (css_class != NULL)
    gtk_widget_add_css_class (button, css_class);
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->buttons), button);
}

/* A move that needs a reason waits for one. */
static void
on_reason_changed (YihuOrderCard *self)
{
  g_autofree char *reason = card_dup_reason (self);
  GtkWidget *button;

  for (button = gtk_widget_get_first_child (self->buttons); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    if (g_object_get_data (G_OBJECT (button), "needs-reason") != NULL)
      gtk_widget_set_sensitive (button, *reason != '\0');
}

static void
card_add_moves (YihuOrderCard *self)
{
  YihuAccount *account = yihu_book_get_account (self->book);
  gboolean reason_wanted = FALSE;

  for (guint i = 0; i < yihu_order_flow.n_moves; i++)
    {
      const YihuFlowMove *move = &yihu_order_flow.moves[i];
      GtkWidget *button;

      if (account == NULL || move->from != (int) self->order->state
          || !(move->roles & (1u << account->role)))
        continue;
      button = gtk_button_new_with_label (yihu_words_order_verb (move->verb));
      g_object_set_data (G_OBJECT (button), "move", (gpointer) move);
      if (move->needs_reason)
        g_object_set_data (G_OBJECT (button), "needs-reason", (gpointer) "yes");
      reason_wanted |= move->needs_reason;
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_move_clicked), self, 0);
      gtk_box_append (GTK_BOX (self->buttons), button);
    }
  gtk_widget_set_visible (self->reason, reason_wanted);
  on_reason_changed (self);
}

static void
card_add_step (YihuOrderCard *self, const YihuOrderStep *step)
{
  g_autofree char *stamp = yihu_format_stamp (step->at_us);
  GString *text = g_string_new (NULL);
  GtkWidget *label;

  g_string_append_printf (text, "✓ %s　%s　%s", stamp, yihu_words_order_step (step->verb),
                          step->actor_name != NULL ? step->actor_name : "");
  if (step->reason != NULL && *step->reason != '\0')
    g_string_append_printf (text, "　%s", step->reason);
  label = gtk_label_new (text->str);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "num");
  gtk_box_append (GTK_BOX (self->steps), label);
  g_string_free (text, TRUE);
}

static void
card_show_steps (YihuOrderCard *self)
{
  g_autoptr (GPtrArray) steps = yihu_book_list_steps (self->book, self->order->record.id);

  card_clear_box (self->steps);
  for (guint i = 0; steps != NULL && i < steps->len; i++)
    card_add_step (self, g_ptr_array_index (steps, i));
}

static void
card_show_order (YihuOrderCard *self)
{
  YihuOrder *order = self->order;
  gint64 now_us = yihu_book_get_now_us (self->book);
  g_autofree char *due = yihu_format_due (order->due_at_us, now_us);
  g_autofree char *price = yihu_format_money (order->price_fen);
  g_autofree char *subsidy = yihu_format_money (order->subsidy_fen);
  gboolean numbered = order->number != NULL && *order->number != '\0';
  g_autofree char *headline = g_strdup_printf ("%s · %s", yihu_todo_get_elder_name (self->row),
                                               yihu_words_order_state (order->state));
  g_autofree char *facts =
      g_strdup_printf (_ ("%s · %s · arrival %s · %s (subsidy %s)%s%s"),
                       yihu_catalogue_get_item_name (self->catalogue, order->item),
                       yihu_catalogue_get_provider_name (self->catalogue, order->provider), due,
                       price, subsidy, order->note != NULL && *order->note != '\0' ? "\n" : "",
                       order->note != NULL ? order->note : "");

  yihu_panel_set_title (YIHU_PANEL (self->panel), _ ("Order"));
  yihu_panel_set_note (YIHU_PANEL (self->panel),
                       numbered ? order->number : _ ("number follows from the centre"));
  yihu_label_set (self->headline, headline);
  yihu_label_set (self->facts, facts);
  if (order->reason != NULL && *order->reason != '\0')
    {
      g_autofree char *reason = g_strdup_printf (_ ("Reason: %s"), order->reason);

      yihu_alert_label_say (self->sentence, reason);
    }
  card_show_steps (self);
  card_add_moves (self);
}

/* What the operator had asked for, in full: it is in no list any more. */
static char *
card_describe_new_order (YihuOrderCard *self, const YihuCommand *command)
{
  g_autoptr (YihuOrder) order = yihu_command_get_record (command, "order", &yihu_order_type);
  g_autoptr (YihuElder) elder = order != NULL && order->elder != NULL
                                    ? yihu_book_get (self->book, &yihu_elder_type, order->elder)
                                    : NULL;

  if (order == NULL)
    return g_strdup ("");
  return g_strdup_printf ("\n%s · %s · %s\n%s", elder != NULL ? elder->name : "—",
                          yihu_catalogue_get_item_name (self->catalogue, order->item),
                          yihu_catalogue_get_provider_name (self->catalogue, order->provider),
                          order->note != NULL ? order->note : "");
}

/* Whose card it was, and the number of a call that was to go onto it. */
static char *
card_describe_elder_change (YihuOrderCard *self, const YihuCommand *command)
{
  g_autoptr (YihuElder) elder = yihu_book_get (self->book, &yihu_elder_type, command->object);
  const char *phone = yihu_command_get_text (command, "phone");
  g_autofree char *shown = yihu_show_phone (phone, FALSE);

  if (elder == NULL)
    return g_strdup ("");
  return g_strconcat ("\n", elder->name, *shown != '\0' ? " · " : "", shown, NULL);
}

static void
card_add_decisions (YihuOrderCard *self, const char *send)
{
  if (send != NULL)
    card_add_button (self, send, "suggested-action", G_CALLBACK (on_retry_clicked));
  card_add_button (self, _ ("Drop it"), "hangbtn", G_CALLBACK (on_drop_clicked));
}

static void
card_show_refused (YihuOrderCard *self, YihuCommand *command)
{
  g_autofree char *why = yihu_words_refusal (command->name, yihu_todo_get_error (self->row));
  g_autofree char *when = yihu_format_stamp (command->at_us);
  g_autofree char *said = g_strdup_printf (_ ("Made at %s. The centre did not accept it."), when);
  g_autofree char *asked = g_str_equal (command->name, "order.create")
                               ? card_describe_new_order (self, command)
                               : card_describe_elder_change (self, command);
  g_autofree char *facts = g_strconcat (said, asked, NULL);

  yihu_panel_set_title (YIHU_PANEL (self->panel), _ ("Refused: decide"));
  yihu_label_set (self->facts, facts);
  yihu_alert_label_say (self->sentence, why);
  /* The same change again would only be refused again. */
  if (yihu_conflict_card_takes (self->row))
    card_add_button (self, _ ("Compare and decide"), "suggested-action",
                     G_CALLBACK (on_compare_clicked));
  card_add_decisions (self, yihu_conflict_card_takes (self->row) ? NULL : _ ("Send again"));
}

static void
card_show_stale (YihuOrderCard *self, YihuCommand *command)
{
  g_autofree char *when = yihu_format_stamp (command->at_us);
  g_autofree char *age = yihu_format_age (yihu_book_get_now_us (self->book) - command->at_us);
  g_autofree char *said =
      g_strdup_printf (_ ("Made at %s (%s), while the centre was away."), when, age);
  g_autofree char *asked = g_str_equal (command->name, "order.create")
                               ? card_describe_new_order (self, command)
                               : g_strdup ("");
  g_autofree char *facts = g_strconcat (said, asked, NULL);

  yihu_panel_set_title (YIHU_PANEL (self->panel), _ ("Waited too long: confirm"));
  yihu_label_set (self->facts, facts);
  yihu_alert_label_say (self->sentence,
                        _ ("It was not sent: meanwhile somebody may have gone already, "
                           "or it is no longer wanted."));
  card_add_decisions (self, _ ("Send it now"));
}

static void
card_show_undecided (YihuOrderCard *self)
{
  YihuCommand *command = yihu_todo_get_command (self->row);

  yihu_panel_set_note (YIHU_PANEL (self->panel), "");
  gtk_widget_set_visible (self->reason, FALSE);
  if (command == NULL)
    {
      yihu_panel_set_title (YIHU_PANEL (self->panel), _ ("Cannot be read: decide"));
      yihu_label_set (self->headline, _ ("A change that cannot be read"));
      yihu_label_set (self->facts, _ ("It was kept by another version of the desk, or is damaged. "
                                      "It was not sent; what came after it waits."));
      card_add_decisions (self, NULL);
      return;
    }
  yihu_label_set (self->headline, yihu_words_command (command->name));
  if (yihu_todo_get_outbox_state (self->row) == YIHU_OUTBOX_STALE)
    card_show_stale (self, command);
  else
    card_show_refused (self, command);
}

static void
card_show_missed (YihuOrderCard *self)
{
  YihuCall *call = yihu_todo_get_call (self->row);
  g_autofree char *when = yihu_format_stamp (call->ring_at_us);
  g_autofree char *facts = g_strdup_printf (_ ("Rang at %s; nobody answered."), when);
  const char *name = yihu_todo_get_elder_name (self->row);

  yihu_panel_set_title (YIHU_PANEL (self->panel), _ ("Missed call"));
  yihu_panel_set_note (YIHU_PANEL (self->panel), when);
  yihu_label_set (self->headline, *name != '\0' ? name : _ ("Unregistered number"));
  yihu_label_set (self->facts, facts);
  gtk_widget_set_visible (self->reason, TRUE);
  card_add_button (self, _ ("Close the missed call"), "suggested-action",
                   G_CALLBACK (on_close_missed_clicked));
}

static void
card_refresh (YihuOrderCard *self)
{
  card_clear_box (self->buttons);
  card_clear_box (self->steps);
  yihu_alert_label_say (self->sentence, "");
  if (yihu_todo_get_kind (self->row) == YIHU_TODO_REFUSED)
    card_show_undecided (self);
  else if (self->order != NULL)
    card_show_order (self);
  else
    card_show_missed (self);
}

static void
on_order_changed (YihuBook *book, gpointer record, YihuOrderCard *self)
{
  YihuOrder *order = record;

  if (self->order == NULL || g_strcmp0 (order->record.id, self->order->record.id) != 0)
    return;
  g_clear_pointer (&self->order, yihu_order_unref);
  self->order = yihu_order_ref (order);
  card_refresh (self);
}

static void
on_step_changed (YihuBook *book, gpointer record, YihuOrderCard *self)
{
  if (self->order != NULL
      && g_strcmp0 (((YihuOrderStep *) record)->service_order, self->order->record.id) == 0)
    card_show_steps (self);
}

static void
yihu_order_card_dispose (GObject *object)
{
  YihuOrderCard *self = YIHU_ORDER_CARD (object);

  g_clear_object (&self->book);
  g_clear_object (&self->catalogue);
  g_clear_object (&self->row);
  g_clear_pointer (&self->order, yihu_order_unref);
  G_OBJECT_CLASS (yihu_order_card_parent_class)->dispose (object);
}

static void
yihu_order_card_class_init (YihuOrderCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_order_card_dispose;
  signals[DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[COMPARE] = g_signal_new ("compare", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (YIHU_TYPE_PANEL);
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/cn/yihu/Console/ui/desk/order-card.ui");
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), YihuOrderCard, panel);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), YihuOrderCard, headline);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), YihuOrderCard, facts);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), YihuOrderCard, steps);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), YihuOrderCard, reason);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), YihuOrderCard, sentence);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), YihuOrderCard, buttons);
  gtk_widget_class_bind_template_callback (GTK_WIDGET_CLASS (klass), card_dismiss);
  gtk_widget_class_bind_template_callback (GTK_WIDGET_CLASS (klass), on_reason_changed);
}

static void
yihu_order_card_init (YihuOrderCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
yihu_order_card_new (YihuBook *book, YihuCatalogue *catalogue)
{
  YihuOrderCard *self = g_object_new (YIHU_TYPE_ORDER_CARD, NULL);

  self->book = g_object_ref (book);
  self->catalogue = g_object_ref (catalogue);
  g_signal_connect_object (book, "record-changed::service_order", G_CALLBACK (on_order_changed),
                           self, 0);
  g_signal_connect_object (book, "record-changed::order_step", G_CALLBACK (on_step_changed), self,
                           0);
  return GTK_WIDGET (self);
}

void
yihu_order_card_show (YihuOrderCard *self, YihuTodo *row)
{
  YihuOrder *order = yihu_todo_get_order (row);

  g_set_object (&self->row, row);
  g_clear_pointer (&self->order, yihu_order_unref);
  self->order = order != NULL ? yihu_order_ref (order) : NULL;
  gtk_editable_set_text (GTK_EDITABLE (self->reason), "");
  card_refresh (self);
}

YihuTodo *
yihu_order_card_get_row (YihuOrderCard *self)
{
  return self->row;
}

const char *
yihu_order_card_get_key (YihuOrderCard *self)
{
  return self->row != NULL ? yihu_todo_get_key (self->row) : "";
}
