/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the wall shows, and how old it says it is. Figures come about once a second from the server;
 * events and dots from the feed. Nothing is ever taken away when the centre is silent: the last
 * figures stay, greyed and hatched, under words that say since when. */

#include "console/wall/wall-window-private.h"

#include "base/person-id.h"
#include "console/format.h"
#include "console/settings.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

#define MAX_CALLS_READ 500
#define MAX_ORDERS_READ 500
#define EVERY_STATE 0xffu

static const char *
wall_window_get_district (YihuWallWindow *self, gint64 division)
{
  gint64 county = yihu_division_code_get_parent (division, YIHU_DIVISION_LEVEL_COUNTY);
  const char *name = yihu_book_get_division_name (self->book, county);

  if (*name == '\0')
    name = yihu_book_get_division_name (self->book, division);
  return *name != '\0' ? name : "—"; /* a caller whom nobody knows has no district */
}

/* Age of the figures; -1: there are none. */
static gint64
wall_window_get_age_us (YihuWallWindow *self, gint64 now_us)
{
  return self->has_figures ? MAX (0, now_us - self->figures.at_us) : -1;
}

static gboolean
wall_window_is_gone (YihuWallWindow *self)
{
  YihuBookState state = yihu_book_get_state (self->book);

  return state == YIHU_BOOK_OFFLINE || state == YIHU_BOOK_REFUSED || state == YIHU_BOOK_CLOSED;
}

static void
wall_window_show_alarm (YihuWallWindow *self, gint64 age_us, gint64 now_us)
{
  YihuBookState state = yihu_book_get_state (self->book);
  gboolean gone = wall_window_is_gone (self);
  gboolean silent = !gone && age_us > YIHU_WALL_SILENT_US;
  g_autofree char *note = NULL;
  const char *words = "";

  if (state == YIHU_BOOK_REFUSED)
    words = _ ("▲ The centre has ended this session");
  else if (gone)
    words = _ ("▲ No connection to the centre");
  else if (silent)
    words = _ ("▲ The centre sends no new figures");

  if (age_us < 0)
    note = g_strdup (_ ("No figures yet; trying again"));
  else
    {
      g_autofree char *time = yihu_format_clock (self->figures.at_us);
      g_autofree char *age = yihu_format_age (age_us);

      note = g_strdup_printf (_ ("Figures below are of %s (%s); trying again"), time, age);
    }
  if (gtk_widget_get_visible (self->alarm) != (gone || silent))
    {
      gtk_widget_set_visible (self->alarm, gone || silent);
      yihu_wall_window_fit (self);
    }
  yihu_label_set (self->alarm_words, words);
  yihu_label_set (self->alarm_note, gone || silent ? note : "");
  yihu_widget_set_class (self->root, "gone", gone || silent);
}

static void
wall_window_show_health (YihuWallWindow *self, gint64 age_us)
{
  gboolean gone = wall_window_is_gone (self);
  gboolean stale = age_us > YIHU_WALL_STALE_US;
  g_autofree char *words = NULL;

  if (gone)
    words = g_strdup (_ ("▲ Centre offline"));
  else if (age_us < 0)
    words = g_strdup (_ ("○ Waiting for figures"));
  else if (stale)
    words = g_strdup_printf (_ ("◆ Figures %d s old"), (int) (age_us / G_USEC_PER_SEC));
  else
    words = g_strdup_printf (_ ("● Running · figures %d s old"), (int) (age_us / G_USEC_PER_SEC));
  yihu_label_set (self->health, words);
  yihu_widget_set_class (self->health, "good", !gone && !stale && age_us >= 0);
  yihu_widget_set_class (self->health, "warn", !gone && stale);
  yihu_widget_set_class (self->health, "act", gone);
}

static void
wall_window_show_age (YihuWallWindow *self)
{
  gint64 now_us = yihu_book_get_now_us (self->book);
  gint64 age_us = wall_window_get_age_us (self, now_us);
  gboolean stale = age_us > YIHU_WALL_STALE_US || (age_us >= 0 && wall_window_is_gone (self));
  const YihuFigures *figures = self->has_figures ? &self->figures : NULL;

  wall_window_show_alarm (self, age_us, now_us);
  wall_window_show_health (self, age_us);
  for (int i = 0; i < YIHU_WALL_N_TILES; i++)
    yihu_wall_tile_show (self->tile[i], figures, stale);
  yihu_widget_set_class (self->categories_panel, "stale", stale);
  yihu_widget_set_class (self->districts_panel, "stale", stale);
  yihu_widget_set_class (self->hours_panel, "stale", stale);
}

static void
wall_window_show_clock (YihuWallWindow *self)
{
  static const char *const weekdays[] = { N_ ("Monday"),   N_ ("Tuesday"), N_ ("Wednesday"),
                                          N_ ("Thursday"), N_ ("Friday"),  N_ ("Saturday"),
                                          N_ ("Sunday") };
  gint64 now_us = yihu_book_get_now_us (self->book);
  g_autofree char *clock = yihu_format_time (now_us);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / G_USEC_PER_SEC);
  g_autofree char *date = NULL;

  /* Translators: month, day, weekday. */
  date = g_strdup_printf (_ ("%1$d/%2$d %3$s"), g_date_time_get_month (now),
                          g_date_time_get_day_of_month (now),
                          _ (weekdays[g_date_time_get_day_of_week (now) - 1]));
  yihu_label_set (self->clock, clock);
  yihu_label_set (self->date_label, date);
}

static void
wall_window_show_heading (YihuWallWindow *self)
{
  g_autofree char *heading = yihu_settings_dup_text ("wall-title");

  if (heading == NULL)
    {
      YihuAccount *account = yihu_book_get_account (self->book);
      const char *place =
          account != NULL ? yihu_book_get_division_name (self->book, account->record.division) : "";

      /* Translators: %s is a city or district. */
      heading = g_strdup_printf (_ ("%s elder-care command centre"), place);
    }
  yihu_label_set (self->heading, g_strstrip (heading));
}

static void
wall_window_show_head (YihuWallWindow *self)
{
  const YihuFigures *figures = &self->figures;
  g_autofree char *elders = yihu_format_count (figures->elders);
  g_autofree char *institutions = yihu_format_count (figures->institutions);
  g_autofree char *providers = yihu_format_count (figures->providers);
  g_autofree char *text = g_strdup_printf (_ ("Elders %s  Institutions %s  Providers %s"), elders,
                                           institutions, providers);
  g_autofree char *seats = figures->seats_online > 0 ? g_strdup_printf (_ ("Seats ready %d of %d"),
                                                                        (int) figures->seats_ready,
                                                                        (int) figures->seats_online)
                                                     : g_strdup (_ ("No seat is on"));

  yihu_label_set (self->register_label, text);
  yihu_label_set (self->seats, seats);
}

static int
figures_get_hour (const YihuFigures *figures)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (figures->at_us / G_USEC_PER_SEC);

  return g_date_time_get_hour (at);
}

static void
wall_window_show_panels (YihuWallWindow *self)
{
  const char *names[YIHU_FIGURES_N_CATEGORIES];
  g_autofree char *note = NULL;

  for (int i = 0; i < YIHU_FIGURES_N_CATEGORIES; i++)
    names[i] = yihu_words_category (i);
  yihu_ranked_bars_set (self->categories, names, self->figures.orders_by_category,
                        YIHU_FIGURES_N_CATEGORIES);
  yihu_wall_districts_show (self->districts, self->book, &self->figures);
  note = g_strdup_printf (_ ("▼ on time below %d%%"), YIHU_WALL_ON_TIME_WARN_PERCENT);
  yihu_label_set (self->districts_note, note);
  yihu_hour_chart_set (self->hours, self->figures.calls_by_hour,
                       self->figures.calls_by_hour_yesterday, figures_get_hour (&self->figures));
}

static void
wall_window_show_events (YihuWallWindow *self)
{
  guint n = yihu_wall_events_get_n (self->events);
  guint n_burning = yihu_wall_events_count_burning (self->events);
  g_autofree char *legend = NULL;
  g_autofree char *note = NULL;

  yihu_wall_event_rows_show (self->event_rows, self->events, yihu_book_get_now_us (self->book),
                             _ ("Nothing has happened today"));
  if (n_burning > 0)
    note = g_strdup_printf (_ ("%d urgent in hand"), (int) n_burning);
  else if (n > YIHU_WALL_EVENT_ROWS_N)
    note = g_strdup_printf (_ ("+%d more"), (int) (n - YIHU_WALL_EVENT_ROWS_N));
  yihu_label_set (self->events_note, note);
  yihu_widget_set_class (self->events_note, "act", n_burning > 0);

  legend = g_strdup_printf (_ ("● Calls today, located %d"),
                            (int) yihu_wall_map_count_calls (self->map));
  yihu_label_set (self->calls_legend, legend);
}

static void
wall_window_put_call (YihuWallWindow *self, const YihuCall *call)
{
  if (yihu_date_from_us (call->ring_at_us) != self->date)
    return;
  yihu_wall_events_put_call (self->events, call,
                             wall_window_get_district (self, call->record.division));
  yihu_wall_map_put_call (self->map, call);
}

static void
wall_window_put_order (YihuWallWindow *self, const YihuOrder *order, gint64 at_us)
{
  g_autoptr (YihuServiceItem) item = NULL;

  if (yihu_date_from_us (at_us) != self->date)
    return;
  if (order->item != NULL && *order->item != '\0')
    item = yihu_book_get (self->book, &yihu_service_item_type, order->item);
  yihu_wall_events_put_order (self->events, order, item != NULL ? item->category : -1,
                              wall_window_get_district (self, order->record.division), at_us);
}

static void
on_calls_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = yihu_book_list_calls_finish (YIHU_BOOK (source), result, &error);
  YihuWallWindow *self = data;

  if (calls == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("calls of today: %s", error->message);
      return;
    }
  for (guint i = 0; i < calls->len; i++)
    wall_window_put_call (self, g_ptr_array_index (calls, i));
  wall_window_show_events (self);
}

static void
on_orders_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) orders = yihu_book_list_orders_finish (YIHU_BOOK (source), result, &error);
  YihuWallWindow *self = data;

  if (orders == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("orders of today: %s", error->message);
      return;
    }
  for (guint i = 0; i < orders->len; i++)
    {
      const YihuOrder *order = g_ptr_array_index (orders, i);

      wall_window_put_order (self, order, MAX (order->placed_at_us, order->finished_at_us));
    }
  wall_window_show_events (self);
}

/* A new day, a new snapshot: everything again. */
static void
wall_window_reload (YihuWallWindow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->date = yihu_date_from_us (yihu_book_get_now_us (self->book));
  yihu_wall_events_clear (self->events);
  yihu_wall_map_reset (self->map);
  wall_window_show_heading (self);
  wall_window_show_events (self);
  yihu_book_list_calls_async (self->book, EVERY_STATE, NULL, MAX_CALLS_READ, self->cancellable,
                              on_calls_ready, self);
  yihu_book_list_orders_async (self->book, EVERY_STATE, NULL, MAX_ORDERS_READ, self->cancellable,
                               on_orders_ready, self);
}

static void
on_call_changed (YihuWallWindow *self, YihuRecord *record)
{
  wall_window_put_call (self, (YihuCall *) record);
  wall_window_show_events (self);
}

static void
on_order_changed (YihuWallWindow *self, YihuRecord *record)
{
  wall_window_put_order (self, (YihuOrder *) record, yihu_book_get_now_us (self->book));
  wall_window_show_events (self);
}

static void
on_figures (YihuWallWindow *self, const YihuFigures *figures)
{
  self->figures = *figures;
  self->has_figures = TRUE;
  wall_window_show_head (self);
  wall_window_show_panels (self);
  wall_window_show_age (self);
}

static void
on_tick (YihuWallWindow *self)
{
  if (yihu_date_from_us (yihu_book_get_now_us (self->book)) != self->date)
    wall_window_reload (self);
  wall_window_show_clock (self);
  wall_window_show_age (self);
  wall_window_show_events (self);
  yihu_wall_map_tick (self->map);
}

void
yihu_wall_window_begin (YihuWallWindow *self)
{
  g_signal_connect_object (self->book, "figures", G_CALLBACK (on_figures), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "record-changed::call", G_CALLBACK (on_call_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "record-changed::service_order",
                           G_CALLBACK (on_order_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "reset", G_CALLBACK (wall_window_reload), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "notify::state", G_CALLBACK (wall_window_show_age), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ticker, "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
  yihu_book_watch_figures (self->book, TRUE);
  wall_window_reload (self);
  wall_window_show_clock (self);
  wall_window_show_age (self);
  yihu_wall_map_tick (self->map);
}
