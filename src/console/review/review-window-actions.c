/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a reviewer can do with an order. A decision is written down (overlay and outbox, one
 * transaction) before the table shows it, works without the centre, and comes back in the bar above
 * if the centre refuses it. */

#include "console/review/review-window-private.h"

#include "console/widgets.h"
#include "console/words.h"
#include "domain/flow.h"
#include "wire/command.h"

#include <glib/gi18n.h>
#include <string.h>

static char *
dup_reason (YihuReviewWindow *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->reason))));
}

static gboolean
window_allows (YihuReviewWindow *self, const char *verb)
{
  YihuReviewItem *item = yihu_review_window_get_item (self);
  YihuAccount *account = yihu_book_get_account (self->book);

  return item != NULL && account != NULL
         && yihu_flow_allows (&yihu_order_flow, (int) yihu_review_item_get_order (item)->state,
                              verb, account->role);
}

static void
window_complain (YihuReviewWindow *self, const char *words)
{
  yihu_alert_label_say (self->alert, words);
  yihu_widget_set_class (self->alert, "said", *words != '\0');
}

/* The order as it will be. */
static YihuOrder *
make_overlay (const YihuOrder *order, int state, const char *reason)
{
  YihuOrder *overlay = yihu_record_dup (order);

  overlay->record.version++;
  overlay->state = state;
  yihu_record_take (overlay->reason, g_strdup (reason));
  return overlay;
}

/* A decision on its way to the file. */
typedef struct
{
  YihuReviewWindow *window; /* (owned) */
  YihuOrder *overlay; /* (owned) */
  char *sentence;
} Deciding;

static void
deciding_free (Deciding *deciding)
{
  yihu_order_unref (deciding->overlay);
  g_object_unref (deciding->window);
  g_free (deciding->sentence);
  g_free (deciding);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Deciding, deciding_free)

static void
on_decided (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Deciding) deciding = data;
  YihuReviewWindow *self = deciding->window;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  AdwToast *toast;
  gboolean kept = yihu_book_submit_finish (YIHU_BOOK (object), result, &error);

  self->deciding = FALSE;
  if (self->book == NULL)
    return;
  if (!kept)
    {
      words = yihu_words_error (error);
      window_complain (self, words);
      return;
    }
  window_complain (self, "");
  gtk_editable_set_text (GTK_EDITABLE (self->reason), "");
  yihu_review_source_show_decision (self->source, deciding->overlay);
  yihu_review_window_sync (self);
  toast = adw_toast_new (deciding->sentence);
  adw_toast_set_timeout (toast, 2);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
window_decide (YihuReviewWindow *self, const char *verb, const char *reason)
{
  YihuReviewItem *item = yihu_review_window_get_item (self);
  const YihuOrder *order = yihu_review_item_get_order (item);
  const YihuFlowMove *move = yihu_flow_find (&yihu_order_flow, (int) order->state, verb);
  g_autofree char *name = g_strdup_printf ("order.%s", verb);
  g_autoptr (YihuCommand) command = yihu_command_new (name, order->record.id, order->record.version,
                                                      yihu_book_get_now_us (self->book));
  Deciding *deciding;

  if (self->deciding)
    return;
  self->deciding = TRUE;
  deciding = g_new0 (Deciding, 1);
  deciding->window = g_object_ref (self);
  deciding->overlay = make_overlay (order, move->to, reason);
  /* Translators: %1$s is "Approved" or "Returned by review", %2$s the number of the order. */
  deciding->sentence = g_strdup_printf (_ ("%1$s: %2$s"), yihu_words_order_step (verb),
                                        yihu_review_item_get_number (item));
  if (*reason != '\0')
    yihu_command_set_text (command, "reason", reason);
  yihu_book_submit_async (self->book, command, deciding->overlay, on_decided, deciding);
}

static void
on_approve (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuReviewWindow *self = data;

  if (window_allows (self, "approve"))
    window_decide (self, "approve", "");
}

static void
on_return (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuReviewWindow *self = data;
  g_autofree char *reason = dup_reason (self);

  if (!window_allows (self, "return"))
    return;
  if (*reason == '\0')
    {
      window_complain (self, _ ("Returning needs a reason."));
      gtk_widget_grab_focus (self->reason);
      return;
    }
  window_decide (self, "return", reason);
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

static void
on_next (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  yihu_review_window_move (data, 1);
}

static void
on_previous (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  yihu_review_window_move (data, -1);
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuReviewWindow *self = data;

  gtk_widget_grab_focus (self->search);
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

static void
on_reason (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuReviewWindow *self = data;

  gtk_widget_grab_focus (self->reason);
}

static void
on_reveal (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuReviewWindow *self = data;

  yihu_review_card_ask_reason (self->card);
}

static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuReviewWindow *self = data;

  gtk_widget_set_visible (self->help, !gtk_widget_get_visible (self->help));
}

/* The oldest command that needs a decision. */
static const YihuOutboxRow *
find_undecided (GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const YihuOutboxRow *row = g_ptr_array_index (rows, i);

      if (row->state != YIHU_OUTBOX_WAITING)
        return row;
    }
  return NULL;
}

static void
on_settled (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuReviewWindow) self = data;
  g_autoptr (GError) error = NULL;
  gboolean settled = yihu_book_decide_finish (YIHU_BOOK (object), result, &error);

  if (self->book == NULL)
    return;
  if (!settled)
    {
      g_autofree char *words = yihu_words_error (error);

      window_complain (self, words);
    }
  yihu_review_window_show_refused (self);
}

static void
window_settle (YihuReviewWindow *self, YihuOutboxDecision decision)
{
  g_autoptr (GPtrArray) rows = yihu_book_list_outbox (self->book);
  const YihuOutboxRow *undecided = find_undecided (rows);

  if (undecided != NULL)
    yihu_book_decide_async (self->book, undecided->key, decision, NULL, NULL, on_settled,
                            g_object_ref (self));
}

static void
on_retry_refused (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  window_settle (data, YIHU_OUTBOX_SEND);
}

static void
on_drop_refused (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  window_settle (data, YIHU_OUTBOX_DROP);
}

void
yihu_review_window_show_refused (YihuReviewWindow *self)
{
  guint n = yihu_book_get_undecided (self->book);
  g_autoptr (GPtrArray) rows = n > 0 ? yihu_book_list_outbox (self->book) : NULL;
  const YihuOutboxRow *refused = rows != NULL ? find_undecided (rows) : NULL;
  g_autofree char *why = NULL;
  g_autofree char *words = NULL;
  YihuReviewItem *item;

  gtk_widget_set_visible (self->refused_bar, refused != NULL);
  if (refused == NULL)
    {
      yihu_label_set (self->refused_words, "");
      return;
    }
  item = yihu_review_list_find (self->list, refused->object);
  why = refused->error != NULL ? yihu_words_error (refused->error) : g_strdup ("");
  /* Translators: how many, what was wanted, which order, why not. */
  words = g_strdup_printf (_ ("▲ %1$d refused by the centre: %2$s %3$s. %4$s"), (int) n,
                           refused->command != NULL ? yihu_words_command (refused->command->name)
                                                    : _ ("A change that cannot be read"),
                           item != NULL ? yihu_review_item_get_number (item) : "", why);
  yihu_label_set (self->refused_words, words);
}

void
yihu_review_window_update_actions (YihuReviewWindow *self)
{
  GActionMap *map = G_ACTION_MAP (self);
  gboolean approve = window_allows (self, "approve");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "approve")),
                               approve);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "return")),
                               window_allows (self, "return"));
  yihu_widget_set_sensitive (self->reason, approve);
}

void
yihu_review_window_add_actions (YihuReviewWindow *self)
{
  static const GActionEntry actions[] = {
    { "approve", on_approve, NULL, NULL, NULL, { 0 } },
    { "return", on_return, NULL, NULL, NULL, { 0 } },
    { "next", on_next, NULL, NULL, NULL, { 0 } },
    { "previous", on_previous, NULL, NULL, NULL, { 0 } },
    { "search", on_search, NULL, NULL, NULL, { 0 } },
    { "reason", on_reason, NULL, NULL, NULL, { 0 } },
    { "reveal", on_reveal, NULL, NULL, NULL, { 0 } },
    { "help", on_help, NULL, NULL, NULL, { 0 } },
    { "retry-refused", on_retry_refused, NULL, NULL, NULL, { 0 } },
    { "drop-refused", on_drop_refused, NULL, NULL, NULL, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
