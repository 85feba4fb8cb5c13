/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The reviewer's hands: a queue worked off by keys, a decision that the centre refuses, a disk that
 * is full, words that belong to an order. */

#include "base/error.h"
#include "console/review/review-screen.h"
#include "console/review/review-window-private.h"
#include "sample-city.h"
#include "screen-stage.h"

#define N_ORDERS 20

static YihuReviewWindow *
open_review (YihuScreenStage *stage, guint n_orders)
{
  YihuReviewWindow *window;

  yihu_screen_stage_open (stage, &yihu_review_screen,
                          yihu_sample_book (YIHU_ROLE_REVIEWER, n_orders));
  window = YIHU_REVIEW_WINDOW (stage->window);
  yihu_screen_stage_wait_until (yihu_review_source_get_state (window->source)
                                != YIHU_REVIEW_LOADING);
  yihu_screen_stage_settle ();
  return window;
}

static char *
dup_id_at (YihuReviewWindow *window, guint position)
{
  g_autoptr (YihuReviewItem) item = g_list_model_get_item (G_LIST_MODEL (window->list), position);

  return g_strdup (yihu_review_item_get_order (item)->record.id);
}

static guint
count_shown (YihuReviewWindow *window)
{
  return g_list_model_get_n_items (G_LIST_MODEL (window->list));
}

static YihuCommand *
peek_last_command (YihuScreenStage *stage)
{
  GPtrArray *commands = yihu_fake_book_peek_commands (stage->book);

  g_assert_cmpuint (commands->len, >, 0);
  return g_ptr_array_index (commands, commands->len - 1);
}

static gboolean
has_focus_within (GtkWidget *widget)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* Down, pass, return with a reason: three orders without the mouse, each opened by itself. */
static void
test_keys (void)
{
  YihuScreenStage stage = { 0 };
  YihuReviewWindow *window = open_review (&stage, N_ORDERS);
  GPtrArray *commands = yihu_fake_book_peek_commands (stage.book);
  g_autofree char *second = dup_id_at (window, 1);
  g_autofree char *third = dup_id_at (window, 2);
  g_autofree char *fourth = dup_id_at (window, 3);

  g_assert_cmpuint (count_shown (window), ==, N_ORDERS);
  yihu_screen_stage_press (&stage, "Down");
  yihu_screen_stage_wait_until (g_strcmp0 (window->current, second) == 0);

  yihu_screen_stage_press (&stage, "ctrl+Return");
  yihu_screen_stage_wait_until (commands->len == 1);
  g_assert_cmpstr (peek_last_command (&stage)->name, ==, "order.approve");
  g_assert_cmpstr (peek_last_command (&stage)->object, ==, second);
  g_assert_cmpint (peek_last_command (&stage)->base, ==, 6);
  yihu_screen_stage_wait_until (g_strcmp0 (window->current, third) == 0);
  g_assert_cmpuint (count_shown (window), ==, N_ORDERS - 1);

  /* Without a reason nothing goes out, and the cursor stands where the reason belongs. */
  yihu_screen_stage_press (&stage, "ctrl+BackSpace");
  yihu_screen_stage_wait_until (has_focus_within (window->reason));
  g_assert_cmpuint (commands->len, ==, 1);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (window->alert)), ==, "Returning needs a reason.");

  /* The key decides also while the reason is being written. */
  gtk_editable_set_text (GTK_EDITABLE (window->reason), "  position 1.2 km off ");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (window->alert)), ==, "");
  yihu_screen_stage_press (&stage, "ctrl+BackSpace");
  yihu_screen_stage_wait_until (commands->len == 2);
  g_assert_cmpstr (peek_last_command (&stage)->name, ==, "order.return");
  g_assert_cmpstr (peek_last_command (&stage)->object, ==, third);
  g_assert_cmpstr (json_string_value (json_object_get (peek_last_command (&stage)->args, "reason")),
                   ==, "position 1.2 km off");
  yihu_screen_stage_wait_until (g_strcmp0 (window->current, fourth) == 0);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (window->reason)), ==, "");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (window->waiting)), ==, "To review 18");
  yihu_screen_stage_close (&stage);
}

/* The last one passed leaves an empty table that says so, and verbs that do nothing. */
static void
test_to_the_end (void)
{
  YihuScreenStage stage = { 0 };
  YihuReviewWindow *window = open_review (&stage, 2);

  for (guint i = 0; i < 3; i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (window), "win.approve", NULL);
      yihu_screen_stage_settle (); /* the next one comes up when this one is kept */
    }
  g_assert_cmpuint (yihu_fake_book_peek_commands (stage.book)->len, ==, 2);
  yihu_screen_stage_settle ();
  g_assert_cmpuint (count_shown (window), ==, 0);
  g_assert_null (window->current);
  g_assert_cmpint (yihu_panel_get_state (window->table_panel), ==, YIHU_PANEL_EMPTY);
  g_assert_false (gtk_widget_get_sensitive (window->approve_button));

  /* They are under "approved". */
  gtk_drop_down_set_selected (window->state_filter, 1);
  yihu_screen_stage_settle ();
  g_assert_cmpuint (count_shown (window), ==, 2);
  g_assert_nonnull (window->current);
  g_assert_false (gtk_widget_get_sensitive (window->approve_button));
  yihu_screen_stage_close (&stage);
}

static void
test_refused (void)
{
  YihuScreenStage stage = { 0 };
  YihuReviewWindow *window = open_review (&stage, N_ORDERS);
  g_autoptr (GError) error = g_error_new (YIHU_ERROR, YIHU_ERROR_CONFLICT, "somebody was first");

  g_assert_false (gtk_widget_get_visible (window->refused_bar));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.approve", NULL);
  yihu_screen_stage_wait_until (count_shown (window) == N_ORDERS - 1);

  yihu_fake_book_refuse_last (stage.book, error);
  yihu_screen_stage_wait_until (count_shown (window) == N_ORDERS);
  g_assert_true (gtk_widget_get_visible (window->refused_bar));
  g_assert_nonnull (
      g_strstr_len (gtk_label_get_text (GTK_LABEL (window->refused_words)), -1, "Approve"));

  gtk_widget_activate_action (GTK_WIDGET (window), "win.drop-refused", NULL);
  yihu_screen_stage_wait_until (!gtk_widget_get_visible (window->refused_bar));
  yihu_screen_stage_close (&stage);
}

/* Disk full: nothing moves, the words stay. */
static void
test_disk_full (void)
{
  YihuScreenStage stage = { 0 };
  YihuReviewWindow *window = open_review (&stage, N_ORDERS);
  g_autoptr (GError) error = g_error_new (YIHU_ERROR, YIHU_ERROR_FULL, "no space");
  g_autofree char *first = dup_id_at (window, 0);

  yihu_fake_book_fail_submits (stage.book, error);
  gtk_editable_set_text (GTK_EDITABLE (window->reason), "no finish photo");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.return", NULL);
  yihu_screen_stage_settle ();
  g_assert_cmpuint (count_shown (window), ==, N_ORDERS);
  g_assert_cmpstr (window->current, ==, first);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (window->reason)), ==, "no finish photo");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (window->alert)), !=, "");
  yihu_screen_stage_close (&stage);
}

/* A half-written reason waits with its order. */
static void
test_draft (void)
{
  YihuScreenStage stage = { 0 };
  YihuReviewWindow *window = open_review (&stage, N_ORDERS);

  gtk_editable_set_text (GTK_EDITABLE (window->reason), "half a sen");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next", NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (window->reason)), ==, "");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous", NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (window->reason)), ==, "half a sen");
  yihu_screen_stage_close (&stage);
}

/* What comes from the feed while somebody looks never takes the order away that is open. */
static void
test_feed (void)
{
  YihuScreenStage stage = { 0 };
  YihuReviewWindow *window = open_review (&stage, N_ORDERS);
  g_autoptr (YihuOrder) fresh = NULL;
  g_autofree char *open = NULL;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.next", NULL);
  open = g_strdup (window->current);
  {
    g_autoptr (YihuOrder) old = yihu_book_get (stage.book, &yihu_order_type, "order-0");

    fresh = yihu_order_new ("order-new");
    fresh->number = g_strdup ("DD20261121-9999");
    fresh->elder = g_strdup (old->elder);
    fresh->state = YIHU_ORDER_FINISHED;
    fresh->finished_at_us = old->finished_at_us - 1;
  }
  yihu_fake_book_put (stage.book, fresh, TRUE);
  yihu_screen_stage_wait_until (count_shown (window) == N_ORDERS + 1);
  yihu_screen_stage_settle ();
  g_assert_cmpstr (window->current, ==, open);
  yihu_screen_stage_close (&stage);
}

static void
test_search_and_filter (void)
{
  YihuScreenStage stage = { 0 };
  YihuReviewWindow *window = open_review (&stage, N_ORDERS);

  yihu_screen_stage_press (&stage, "F3");
  yihu_screen_stage_wait_until (has_focus_within (window->search));
  gtk_editable_set_text (GTK_EDITABLE (window->search), "wxy");
  yihu_screen_stage_press (&stage, "Return");
  yihu_screen_stage_wait_until (count_shown (window) < N_ORDERS);
  g_assert_cmpuint (count_shown (window), >, 0);
  for (guint i = 0; i < count_shown (window); i++)
    {
      g_autoptr (YihuReviewItem) item = g_list_model_get_item (G_LIST_MODEL (window->list), i);
      g_assert_cmpstr (yihu_review_item_get_elder (item)->name, ==, "王秀英");
    }
  gtk_editable_set_text (GTK_EDITABLE (window->search), "");
  gtk_drop_down_set_selected (window->verdict_filter, 1);
  yihu_screen_stage_settle ();
  g_assert_cmpuint (count_shown (window), ==, 2); /* orders 3 and 12 */
  yihu_screen_stage_close (&stage);
}

static void
test_cannot_read (void)
{
  YihuScreenStage stage = { 0 };
  YihuBook *book = yihu_sample_book (YIHU_ROLE_REVIEWER, 3);
  g_autoptr (GError) error = g_error_new (YIHU_ERROR, YIHU_ERROR_CORRUPT, "damaged");
  YihuReviewWindow *window;

  yihu_fake_book_fail_lists (book, error);
  yihu_screen_stage_open (&stage, &yihu_review_screen, book);
  window = YIHU_REVIEW_WINDOW (stage.window);
  yihu_screen_stage_wait_until (yihu_panel_get_state (window->table_panel) == YIHU_PANEL_FAILED);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (window->waiting)), ==, "To review —");
  yihu_screen_stage_close (&stage);
}

int
main (int argc, char **argv)
{
  yihu_screen_stage_init_tests (&argc, &argv);
  g_test_add_func ("/review/keys", test_keys);
  g_test_add_func ("/review/to-the-end", test_to_the_end);
  g_test_add_func ("/review/refused", test_refused);
  g_test_add_func ("/review/disk-full", test_disk_full);
  g_test_add_func ("/review/draft", test_draft);
  g_test_add_func ("/review/feed", test_feed);
  g_test_add_func ("/review/search-and-filter", test_search_and_filter);
  g_test_add_func ("/review/cannot-read", test_cannot_read);
  return g_test_run ();
}
