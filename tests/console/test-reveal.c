/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Showing what is masked for a reason, by keys at the real desk over the real server: what is shown
 * and for how long, what stands in the audit, and how a refusal reads. */

#include "../client/fake-server.h"
#include "console/masking.h"
#include "look.h"
#include "real-hands.h"
#include "widget-tree.h"

#include <adwaita.h>

#define PHONE "138 0000 0001"
#define MASKED "138****0001"

static void
open_small_quota (RealDesk *desk, gconstpointer data)
{
  desk->server.reveals_per_hour = 1;
  real_desk_open (desk, data);
}

static void
ask (RealDesk *desk)
{
  real_desk_show (desk, "e1");
  hands_press (desk, "ctrl+r");
  g_assert_true (gtk_widget_get_visible (desk->window->reveal));
}

static gint64
count_audit (RealDesk *desk, const char *where)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT count(*) FROM audit WHERE object = 'e1' AND %s", where);

  return real_desk_ask_store (desk, sql);
}

static gboolean
card_shows (RealDesk *desk, const char *words)
{
  return tree_find (desk->window->card, words) != NULL;
}

static void
pass_time (RealDesk *desk)
{
  desk->window->reveal_until_us -= YIHU_REVEAL_S * G_USEC_PER_SEC;
  g_signal_emit_by_name (desk->ticker, "tick");
}

static void
test_card (RealDesk *desk, gconstpointer data)
{
  real_desk_show (desk, "e1");
  g_assert_true (card_shows (desk, MASKED));
  ask (desk);
  look_keep (GTK_WIDGET (desk->window), "reveal-ask");
  hands_press (desk, "Return");
  g_assert_nonnull (tree_find (desk->window->reveal, "Choose a reason first"));
  hands_press (desk, "1");
  hands_press (desk, "Return");
  fake_wait (card_shows (desk, PHONE));
  g_assert_false (gtk_widget_get_visible (desk->window->reveal));
  g_assert_true (card_shows (desk, "masked again in"));
  g_assert_nonnull (tree_find (desk->window->status, "are shown for 30 s"));
  g_assert_cmpint (count_audit (desk,
                                "what = 'reveal.card' AND "
                                "account = (SELECT id FROM account WHERE login = 'operator') AND "
                                "reason = 'Call-back to the elder or the family'"),
                   ==, 1);
  look_keep (GTK_WIDGET (desk->window), "reveal-shown");
  real_desk_show (desk, "e2"); /* another person's card stays as it is */
  g_assert_false (card_shows (desk, "masked again in"));
  real_desk_show (desk, "e1");
  g_assert_true (card_shows (desk, PHONE));
  pass_time (desk);
  g_assert_true (card_shows (desk, MASKED));
  g_assert_false (card_shows (desk, PHONE));
  g_assert_nonnull (tree_find (desk->window->status, "Masked again."));
}

/* In words of one's own, and no word of it stays in the foot or on the card afterwards. */
static void
test_id_card (RealDesk *desk, gconstpointer data)
{
  ask (desk);
  hands_go_to (desk, "Reason in more words"); /* Tab goes through all of it and stays inside */
  hands_go_to (desk, "Telephone numbers and address");
  hands_press (desk, "Down");
  g_assert_true (hands_are_at (desk, "ID number"));
  hands_press (desk, "5");
  g_assert_true (hands_are_at (desk, "Reason in more words"));
  hands_type (desk, "x");
  hands_press (desk, "Return");
  g_assert_nonnull (tree_find (desk->window->reveal, "Write the reason in a few words."));
  hands_type (desk, "1 hospital admission");
  hands_press (desk, "Return");
  fake_wait (!gtk_widget_get_visible (desk->window->reveal));
  g_assert_nonnull (tree_find (desk->window->status, "The register has no ID number"));
  g_assert_true (card_shows (desk, "ID number"));
  g_assert_cmpint (count_audit (desk,
                                "what = 'reveal.id_card' AND reason = 'x1 hospital admission'"),
                   ==, 1);
  pass_time (desk);
  g_assert_false (card_shows (desk, "ID number"));
}

static void
test_quota (RealDesk *desk, gconstpointer data)
{
  ask (desk);
  hands_press (desk, "2");
  hands_press (desk, "ctrl+Return");
  fake_wait (card_shows (desk, PHONE));
  pass_time (desk);
  ask (desk);
  hands_press (desk, "2");
  hands_press (desk, "ctrl+Return");
  fake_wait (tree_find (desk->window->reveal, "as many protected entries as you may") != NULL);
  look_keep (GTK_WIDGET (desk->window), "reveal-quota");
  g_assert_true (card_shows (desk, MASKED));
  g_assert_cmpint (count_audit (desk, "what = 'quota.reveal'"), ==, 1);
  hands_press (desk, "Escape");
  g_assert_false (gtk_widget_get_visible (desk->window->reveal));
}

static void
test_offline (RealDesk *desk, gconstpointer data)
{
  fixture_stop (&desk->server);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_OFFLINE);
  ask (desk);
  hands_press (desk, "3");
  hands_press (desk, "Return");
  g_assert_nonnull (tree_find (desk->window->reveal, "The centre is offline"));
  look_keep (GTK_WIDGET (desk->window), "reveal-offline");
  g_assert_true (card_shows (desk, MASKED));
}

int
main (int argc, char **argv)
{
#define ADD(name, set_up, func)                                                                    \
  g_test_add ("/reveal/" name, RealDesk, NULL, set_up, func, real_desk_tear_down)
  real_desk_init_tests (&argc, &argv);
  ADD ("card", real_desk_open, test_card);
  ADD ("id-card", real_desk_open, test_id_card);
  ADD ("quota", open_small_quota, test_quota);
  ADD ("offline", real_desk_open, test_offline);
  return g_test_run ();
}
