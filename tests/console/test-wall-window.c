/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The wall as it is drawn: figures, their age, a silent and a lost centre, charts. */

#include <math.h>

#include "console/wall/wall-screen.h"
#include "console/wall/wall-window-private.h"
#include "look.h"
#include "sample-city.h"
#include "screen-stage.h"

static YihuWallWindow *
open_wall (YihuScreenStage *stage)
{
  yihu_screen_stage_open (stage, &yihu_wall_screen, yihu_sample_book (YIHU_ROLE_SUPERVISOR, 30));
  yihu_screen_stage_wait_until (yihu_wall_events_get_n (YIHU_WALL_WINDOW (stage->window)->events)
                                > 0);
  return YIHU_WALL_WINDOW (stage->window);
}

static void
tell_sample (YihuScreenStage *stage)
{
  YihuFigures figures;

  yihu_sample_figures (&figures);
  yihu_fake_book_tell_figures (stage->book, &figures);
}

static void
move_to (YihuScreenStage *stage, gint64 seconds)
{
  yihu_fake_book_set_now_us (stage->book, YIHU_SAMPLE_NOW_US + seconds * G_USEC_PER_SEC);
  g_signal_emit_by_name (stage->ticker, "tick");
}

static const char *
get_health (YihuWallWindow *wall)
{
  return gtk_label_get_text (GTK_LABEL (wall->health));
}

static gboolean
is_stale (YihuWallWindow *wall)
{
  return gtk_widget_has_css_class (GTK_WIDGET (wall->tile[0]), "stale");
}

static void
test_age (void)
{
  YihuScreenStage stage = { 0 };
  YihuWallWindow *wall = open_wall (&stage);

  g_assert_true (yihu_fake_book_watches_figures (stage.book));
  g_assert_cmpstr (get_health (wall), ==, "○ Waiting for figures");
  g_assert_false (is_stale (wall));

  tell_sample (&stage);
  g_assert_cmpstr (get_health (wall), ==, "● Running · figures 0 s old");
  move_to (&stage, 4);
  g_assert_false (is_stale (wall));
  move_to (&stage, 6);
  g_assert_cmpstr (get_health (wall), ==, "◆ Figures 6 s old");
  g_assert_true (is_stale (wall));
  g_assert_false (gtk_widget_get_visible (wall->alarm));
  move_to (&stage, 40);
  g_assert_true (gtk_widget_get_visible (wall->alarm));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (wall->alarm_words)), ==,
                   "▲ The centre sends no new figures");
  move_to (&stage, 0);
  tell_sample (&stage);
  g_assert_false (is_stale (wall));
  g_assert_false (gtk_widget_get_visible (wall->alarm));
  yihu_screen_stage_close (&stage);
}

/* The last figures stay, under words that say since when. */
static void
test_lost (void)
{
  YihuScreenStage stage = { 0 };
  YihuWallWindow *wall = open_wall (&stage);
  double em_px;

  tell_sample (&stage);
  yihu_screen_stage_settle ();
  em_px = wall->em_px;
  yihu_fake_book_set_state (stage.book, YIHU_BOOK_OFFLINE);
  move_to (&stage, 400);
  g_assert_true (gtk_widget_get_visible (wall->alarm));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (wall->alarm_words)), ==,
                   "▲ No connection to the centre");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (wall->alarm_note)), ==,
                   "Figures below are of 14:32:06 (6 min ago); trying again");
  g_assert_true (gtk_widget_has_css_class (wall->root, "gone"));
  g_assert_true (is_stale (wall));
  /* The bar takes its height from everything, so that nothing falls off the screen. */
  yihu_screen_stage_wait_until (wall->em_px < em_px);

  yihu_fake_book_set_state (stage.book, YIHU_BOOK_ONLINE);
  move_to (&stage, 0);
  tell_sample (&stage);
  g_assert_false (gtk_widget_get_visible (wall->alarm));
  yihu_screen_stage_wait_until (fabs (wall->em_px - em_px) < 0.1);
  yihu_screen_stage_close (&stage);
}

static void
test_midnight (void)
{
  YihuScreenStage stage = { 0 };
  YihuWallWindow *wall = open_wall (&stage);

  g_assert_cmpuint (yihu_wall_events_get_n (wall->events), >, 0);
  move_to (&stage, 24 * 3600);
  yihu_screen_stage_settle ();
  g_assert_cmpuint (yihu_wall_events_get_n (wall->events), ==, 0);
  yihu_screen_stage_close (&stage);
}

static void
test_call_comes (void)
{
  YihuScreenStage stage = { 0 };
  YihuWallWindow *wall = open_wall (&stage);
  g_autoptr (YihuCall) call = yihu_call_new ("call-new");
  guint n_before;

  yihu_screen_stage_wait_until (yihu_wall_map_count_calls (wall->map) == 120);
  n_before = yihu_wall_events_count_burning (wall->events);
  call->record.division = YIHU_SAMPLE_COUNTY;
  call->elder = g_strdup ("elder-1");
  call->urgency = YIHU_URGENCY_URGENT;
  call->state = YIHU_CALL_RINGING;
  call->ring_at_us = YIHU_SAMPLE_NOW_US;
  yihu_fake_book_put (stage.book, call, TRUE);
  g_assert_cmpuint (yihu_wall_events_count_burning (wall->events), ==, n_before + 1);
  yihu_screen_stage_wait_until (yihu_wall_map_count_calls (wall->map) == 121);
  yihu_screen_stage_close (&stage);
}

static void
test_order_moves (void)
{
  YihuScreenStage stage = { 0 };
  YihuWallWindow *wall = open_wall (&stage);
  g_autoptr (YihuOrder) order = yihu_order_new ("order-of-today");
  guint n_before = yihu_wall_events_get_n (wall->events);

  order->record.division = YIHU_SAMPLE_COUNTY;
  order->item = g_strdup ("item-1");
  order->state = YIHU_ORDER_ACCEPTED;
  yihu_fake_book_put (stage.book, order, TRUE);
  g_assert_cmpuint (yihu_wall_events_get_n (wall->events), ==, n_before + 1);
  yihu_screen_stage_close (&stage);
}

/* Number keys say what a figure means; the same key closes it. */
static void
test_explain (void)
{
  YihuScreenStage stage = { 0 };
  YihuWallWindow *wall = open_wall (&stage);

  yihu_screen_stage_press (&stage, "2");
  yihu_screen_stage_wait_until (yihu_wall_tile_is_explained (wall->tile[1]));
  g_assert_false (yihu_wall_tile_is_explained (wall->tile[0]));
  gtk_widget_activate_action (GTK_WIDGET (wall), "win.explain", "i", 1);
  yihu_screen_stage_wait_until (!yihu_wall_tile_is_explained (wall->tile[1]));
  yihu_screen_stage_close (&stage);
}

static void
on_logout (GSimpleAction *action, GVariant *parameter, gpointer n)
{
  *(guint *) n += 1;
}

/* A wall that hangs somewhere can be left, by hand and by key. */
static void
test_log_out (void)
{
  YihuScreenStage stage = { 0 };
  YihuWallWindow *wall = open_wall (&stage);
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (wall->menu));
  g_autoptr (GSimpleAction) logout = g_simple_action_new ("logout", NULL);
  guint n = 0;

  g_signal_connect (logout, "activate", G_CALLBACK (on_logout), &n);
  g_action_map_add_action (G_ACTION_MAP (stage.application), G_ACTION (logout));
  look_keep (GTK_WIDGET (wall), "wall");
  yihu_screen_stage_press (&stage, "ctrl+shift+q");
  yihu_screen_stage_wait_until (n == 1);
  yihu_screen_stage_press (&stage, "F1");
  yihu_screen_stage_wait_until (gtk_widget_get_mapped (popover));
  look_keep (popover, "wall-help");
  g_assert_true (gtk_widget_activate (gtk_widget_get_last_child (wall->help)));
  yihu_screen_stage_wait_until (n == 2);
  yihu_screen_stage_press (&stage, "Escape");
  yihu_screen_stage_wait_until (!gtk_widget_get_mapped (popover));
  yihu_screen_stage_close (&stage);
}

/* Figures that nobody has seen must not break the drawing. */
static void
test_extremes (void)
{
  YihuScreenStage stage = { 0 };
  YihuFigures figures = { .at_us = YIHU_SAMPLE_NOW_US };
  YihuWallWindow *wall = open_wall (&stage);

  yihu_fake_book_tell_figures (stage.book, &figures);
  yihu_screen_stage_settle ();
  memset (&figures, 0x7f, sizeof figures);
  figures.at_us = YIHU_SAMPLE_NOW_US;
  figures.n_divisions = YIHU_FIGURES_MAX_DIVISIONS;
  yihu_fake_book_tell_figures (stage.book, &figures);
  yihu_screen_stage_settle ();
  g_assert_cmpstr (get_health (wall), ==, "● Running · figures 0 s old");
  yihu_screen_stage_close (&stage);
}

static void
test_hour_chart (void)
{
  GtkWidget *chart = yihu_hour_chart_new ();
  YihuFigures figures;
  g_autofree char *drawn = NULL;

  yihu_sample_figures (&figures);
  g_object_ref_sink (chart);
  yihu_hour_chart_set (YIHU_HOUR_CHART (chart), figures.calls_by_hour,
                       figures.calls_by_hour_yesterday, 14);
  drawn = yihu_screen_stage_draw (chart, 700, 300);
  g_assert_cmpuint (yihu_screen_stage_count (drawn, "rounded-clip"), ==, 15); /* bars */
  g_assert_cmpuint (yihu_screen_stage_count (drawn, "cairo"), ==, 1); /* the line */
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_ROLE_IMG);
  g_object_unref (chart);
}

static void
test_hour_chart_of_nothing (void)
{
  GtkWidget *chart = g_object_ref_sink (yihu_hour_chart_new ());
  g_autofree char *drawn = yihu_screen_stage_draw (chart, 700, 300);

  g_assert_cmpuint (yihu_screen_stage_count (drawn, "rounded-clip"), ==, 0);
  g_assert_cmpuint (yihu_screen_stage_count (drawn, "cairo"), ==, 0);
  g_assert_cmpuint (yihu_screen_stage_count (drawn, "color {"), >=, 2); /* its scale */
  g_object_unref (chart);
}

static void
test_ranked_bars (void)
{
  static const char *const names[] = { "a", "b", "c", "d", "e" };
  static const gint64 counts[] = { 3, 0, 9, 3, -1 };
  GtkWidget *widget = g_object_ref_sink (yihu_ranked_bars_new ());
  YihuRankedBars *bars = YIHU_RANKED_BARS (widget);
  g_autofree char *drawn = NULL;

  yihu_ranked_bars_set (bars, names, counts, G_N_ELEMENTS (names));
  g_assert_cmpuint (yihu_ranked_bars_get_n (bars), ==, 3);
  g_assert_cmpstr (yihu_ranked_bars_get_name (bars, 0), ==, "c");
  g_assert_cmpstr (yihu_ranked_bars_get_name (bars, 1), ==, "a");
  g_assert_cmpstr (yihu_ranked_bars_get_name (bars, 2), ==, "d");
  drawn = yihu_screen_stage_draw (widget, 400, 300);
  g_assert_cmpuint (yihu_screen_stage_count (drawn, "rounded-clip"), ==, 3);
  g_object_unref (widget);
}

int
main (int argc, char **argv)
{
  yihu_screen_stage_init_tests (&argc, &argv);
  g_test_add_func ("/wall/age", test_age);
  g_test_add_func ("/wall/lost", test_lost);
  g_test_add_func ("/wall/midnight", test_midnight);
  g_test_add_func ("/wall/call-comes", test_call_comes);
  g_test_add_func ("/wall/order-moves", test_order_moves);
  g_test_add_func ("/wall/explain", test_explain);
  g_test_add_func ("/wall/log-out", test_log_out);
  g_test_add_func ("/wall/extremes", test_extremes);
  g_test_add_func ("/wall/chart/hours", test_hour_chart);
  g_test_add_func ("/wall/chart/hours-of-nothing", test_hour_chart_of_nothing);
  g_test_add_func ("/wall/chart/ranked", test_ranked_bars);
  return g_test_run ();
}
