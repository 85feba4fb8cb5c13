/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Counting for the wall. Pure arithmetic over facts of two days; the definitions are in
 * docs/figures.md and nowhere else. Days are those of Asia/Shanghai (UTC+8, no summer time). */

#include "server/work/figures.h"

#include "rules/service-level.h"

#include <string.h>

#define DAY_US G_TIME_SPAN_DAY
#define HOUR_US G_TIME_SPAN_HOUR
#define SHANGHAI_OFFSET_US (8 * HOUR_US)
#define PROMPT_US (15 * G_USEC_PER_SEC)

typedef struct
{
  YihuFigures *figures;
  gint64 now_us;
  gint64 today_us; /* beginning of the local day */
  YihuServiceLevel today;
  YihuDivisionLevel level; /* of the divisions that are told apart */
  gint64 on_time[YIHU_FIGURES_MAX_DIVISIONS];
  gint64 finished[YIHU_FIGURES_MAX_DIVISIONS];
} Count;

static gint64
get_day_start (gint64 at_us)
{
  return (at_us + SHANGHAI_OFFSET_US) / DAY_US * DAY_US - SHANGHAI_OFFSET_US;
}

static void
count_present (Count *count, const YihuCallFact *fact)
{
  YihuFigures *figures = count->figures;

  if (fact->urgency == YIHU_URGENCY_URGENT && fact->state <= YIHU_CALL_WRAPUP)
    figures->urgent_calls++;
  if (fact->state == YIHU_CALL_QUEUED || fact->state == YIHU_CALL_RINGING)
    {
      figures->waiting++;
      figures->longest_wait_ms =
          MAX (figures->longest_wait_ms, (count->now_us - fact->ring_at_us) / 1000);
    }
  else if (fact->state == YIHU_CALL_TALKING)
    {
      figures->talking++;
    }
}

static void
count_today (Count *count, const YihuCallFact *fact)
{
  YihuFigures *figures = count->figures;

  figures->calls_today++;
  figures->calls_by_hour[MIN ((fact->ring_at_us - count->today_us) / HOUR_US, 23)]++;
  if (fact->answer_at_us > 0 || fact->end_at_us > 0)
    yihu_service_level_add (&count->today, fact->ring_at_us, fact->answer_at_us, PROMPT_US);
}

static void
on_call (const YihuCallFact *fact, gpointer data)
{
  Count *count = data;
  gint64 yesterday_us = count->today_us - DAY_US;

  count_present (count, fact);
  if (fact->ring_at_us > count->now_us)
    return;
  if (fact->ring_at_us >= count->today_us)
    {
      count_today (count, fact);
      return;
    }
  count->figures
      ->calls_by_hour_yesterday[CLAMP ((fact->ring_at_us - yesterday_us) / HOUR_US, 0, 23)]++;
  if (fact->ring_at_us < count->now_us - DAY_US)
    count->figures->calls_yesterday++;
}

static int
find_division (Count *count, gint64 code)
{
  gint64 parent = yihu_division_code_get_parent (code, count->level);

  for (guint i = 0; i < count->figures->n_divisions; i++)
    if (count->figures->divisions[i].division == parent)
      return i;
  return -1;
}

static gboolean
is_open (const YihuOrderFact *fact)
{
  return fact->state <= YIHU_ORDER_STARTED;
}

/* The time asked for has passed and nobody has come. */
static gboolean
is_late (const Count *count, const YihuOrderFact *fact)
{
  return fact->state <= YIHU_ORDER_ACCEPTED && fact->due_at_us > 0
         && fact->due_at_us < count->now_us;
}

static void
count_finished (Count *count, const YihuOrderFact *fact, int division)
{
  if (fact->finished_at_us < count->today_us || division < 0)
    return;
  count->finished[division]++;
  if (fact->due_at_us == 0 || (fact->arrived_at_us > 0 && fact->arrived_at_us <= fact->due_at_us))
    count->on_time[division]++;
}

static void
on_order (const YihuOrderFact *fact, gpointer data)
{
  Count *count = data;
  YihuFigures *figures = count->figures;
  int division = find_division (count, fact->division);

  if (fact->placed_at_us >= count->today_us && fact->category < YIHU_FIGURES_N_CATEGORIES)
    figures->orders_by_category[fact->category]++;
  count_finished (count, fact, division);
  if (is_open (fact))
    {
      figures->open_orders++;
      if (division >= 0)
        figures->divisions[division].open_orders++;
    }
  if (is_late (count, fact))
    {
      figures->late_orders++;
      if (division >= 0)
        figures->divisions[division].late_orders++;
    }
}

static gboolean
on_seat (gpointer record, gpointer data)
{
  const YihuSeat *seat = record;
  Count *count = data;

  if (seat->state != YIHU_SEAT_OFFLINE)
    count->figures->seats_online++;
  if (seat->state == YIHU_SEAT_READY)
    count->figures->seats_ready++;
  return TRUE;
}

static gboolean
on_division (gpointer record, gpointer data)
{
  const YihuDivision *division = record;
  Count *count = data;
  YihuFigures *figures = count->figures;

  if (yihu_division_code_get_level (division->record.division) == count->level
      && figures->n_divisions < YIHU_FIGURES_MAX_DIVISIONS)
    figures->divisions[figures->n_divisions++] =
        (YihuDivisionFigures){ division->record.division, 0, 0, -1 };
  return TRUE;
}

/* The level below the range: a city tells its counties apart, a county its streets. */
static YihuDivisionLevel
get_inner_level (YihuDivisionRange range)
{
  gint64 span = range.hi - range.lo;

  if (span > G_GINT64_CONSTANT (1000000))
    return YIHU_DIVISION_LEVEL_COUNTY;
  return span > 1000 ? YIHU_DIVISION_LEVEL_STREET : YIHU_DIVISION_LEVEL_COMMUNITY;
}

static gboolean
count_register (YihuStore *store,
                YihuDivisionRange range,
                const YihuFigures *recent,
                YihuFigures *figures,
                GError **error)
{
  if (recent != NULL)
    {
      figures->elders = recent->elders;
      figures->providers = recent->providers;
      figures->institutions = recent->institutions;
      return TRUE;
    }
  return yihu_store_count_records (store, &yihu_elder_type, range, &figures->elders, error)
         && yihu_store_count_records (store, &yihu_provider_type, range, &figures->providers, error)
         && yihu_store_count_records (store, &yihu_institution_type, range, &figures->institutions,
                                      error);
}

static gboolean
count_all (YihuStore *store, YihuDivisionRange range, Count *count, GError **error)
{
  gint64 yesterday_us = count->today_us - DAY_US;

  return yihu_store_each_record (store, &yihu_division_type, range, 0, on_division, count, error)
         && yihu_store_each_call_fact (store, range, yesterday_us, on_call, count, error)
         && yihu_store_each_order_fact (store, range, count->today_us, on_order, count, error)
         && yihu_store_each_record (store, &yihu_seat_type, range, 0, on_seat, count, error);
}

gboolean
yihu_figures_count (YihuStore *store,
                    YihuDivisionRange range,
                    gint64 now_us,
                    const YihuFigures *recent,
                    YihuFigures *figures,
                    GError **error)
{
  Count count = { .figures = figures,
                  .now_us = now_us,
                  .today_us = get_day_start (now_us),
                  .level = get_inner_level (range) };
  gboolean ok;

  memset (figures, 0, sizeof *figures);
  figures->at_us = now_us;
  if (!yihu_store_begin (store, FALSE, error))
    return FALSE;
  ok = count_all (store, range, &count, error)
       && count_register (store, range, recent, figures, error);
  yihu_store_rollback (store);
  figures->answered_today = count.today.n_answered;
  figures->answered_in_15_s_today = count.today.n_in_time;
  figures->missed_today = count.today.n_missed;
  figures->mean_wait_ms = MAX (yihu_service_level_get_mean_wait_ms (&count.today), 0);
  for (guint i = 0; i < figures->n_divisions; i++)
    if (count.finished[i] > 0)
      figures->divisions[i].on_time_percent = 100 * count.on_time[i] / count.finished[i];
  return ok;
}
