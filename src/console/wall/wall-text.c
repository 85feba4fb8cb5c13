/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Turns counts into the words of the wall. A figure that cannot be known yet is a dash, never a
 * zero: "no calls" and "no data" are different news. */

#include "console/wall/wall-text.h"

#include "console/format.h"

#include <glib/gi18n.h>

#define MINUTES_FROM_MS 100000 /* above it a wait is written in minutes */

char *
yihu_wall_percent_text (gint64 part, gint64 whole)
{
  gint64 tenths;

  if (whole <= 0)
    return g_strdup ("—");
  tenths = (gint64) ((double) CLAMP (part, 0, whole) / (double) whole * 1000.0 + 1e-9);
  return g_strdup_printf ("%d.%d", (int) (tenths / 10), (int) (tenths % 10));
}

static char *
wait_text (gint64 wait_ms)
{
  if (wait_ms < MINUTES_FROM_MS)
    return g_strdup_printf (_ ("%d s"), (int) ((MAX (0, wait_ms) + 999) / 1000));
  return yihu_format_wait (wait_ms * 1000);
}

static void
text_calls (YihuWallText *self, const YihuFigures *figures)
{
  gint64 before = figures->calls_yesterday;
  gint64 now = figures->calls_today;
  g_autofree char *yesterday = yihu_format_count (before);

  self->value = yihu_format_count (now);
  if (before <= 0)
    {
      self->note = g_strdup (_ ("None by this time yesterday"));
      return;
    }
  if (now == before)
    self->note = g_strdup_printf (_ ("By this time yesterday %s, the same"), yesterday);
  else if (now / 10 >= before)
    self->note = g_strdup_printf (_ ("By this time yesterday %s  ▲ tenfold or more"), yesterday);
  else
    self->note = g_strdup_printf (_ ("By this time yesterday %s  %s %.1f%%"), yesterday,
                                  now > before ? "▲" : "▼",
                                  100.0 * (double) ABS (now - before) / (double) before);
}

static void
text_answered (YihuWallText *self, const YihuFigures *figures)
{
  gint64 offered = figures->answered_today + figures->missed_today;
  g_autofree char *connected = yihu_wall_percent_text (figures->answered_today, offered);
  gboolean reached =
      figures->answered_in_15_s_today * 100 >= offered * YIHU_WALL_ANSWERED_TARGET_PERCENT;

  self->value = yihu_wall_percent_text (figures->answered_in_15_s_today, offered);
  if (offered <= 0)
    {
      self->note = g_strdup_printf (_ ("No finished call yet · target %d%%"),
                                    YIHU_WALL_ANSWERED_TARGET_PERCENT);
      return;
    }
  self->unit = g_strdup ("%");
  self->tone = reached ? YIHU_WALL_TONE_GOOD : YIHU_WALL_TONE_WARN;
  self->note = g_strdup_printf (reached ? _ ("✓ target %d%% · connected %s%%")
                                        : _ ("▼ below %d%% · connected %s%%"),
                                YIHU_WALL_ANSWERED_TARGET_PERCENT, connected);
}

static void
text_wait (YihuWallText *self, const YihuFigures *figures)
{
  g_autofree char *longest = wait_text (figures->longest_wait_ms);
  g_autofree char *waiting = yihu_format_count (figures->waiting);

  if (figures->answered_today <= 0)
    self->value = g_strdup ("—");
  else if (figures->mean_wait_ms < MINUTES_FROM_MS)
    {
      self->value = g_strdup_printf ("%d", (int) ((MAX (0, figures->mean_wait_ms) + 500) / 1000));
      self->unit = g_strdup (_ ("s"));
    }
  else
    {
      self->value = yihu_format_wait (figures->mean_wait_ms * 1000);
      self->unit = g_strdup (figures->mean_wait_ms < 3600000 ? _ ("min") : _ ("h"));
    }
  if (figures->waiting > 0)
    self->note = g_strdup_printf (_ ("Waiting %s · longest %s"), waiting, longest);
  else
    self->note = g_strdup (_ ("Nobody is waiting"));
}

static void
text_orders (YihuWallText *self, const YihuFigures *figures)
{
  g_autofree char *late = yihu_format_count (figures->late_orders);

  self->value = yihu_format_count (figures->open_orders);
  if (figures->late_orders > 0)
    {
      self->note = g_strdup_printf (_ ("▲ %s late"), late);
      self->tone = YIHU_WALL_TONE_NOTE;
    }
  else
    self->note = g_strdup (_ ("✓ None late"));
}

static void
text_urgent (YihuWallText *self, const YihuFigures *figures)
{
  g_autofree char *talking = yihu_format_count (figures->talking);
  g_autofree char *missed = yihu_format_count (figures->missed_today);

  self->value = yihu_format_count (figures->urgent_calls);
  self->unit = g_strdup (_ ("calls"));
  self->note = g_strdup_printf (_ ("Talking %s · missed today %s"), talking, missed);
  if (figures->urgent_calls > 0)
    self->tone = YIHU_WALL_TONE_ACT;
}

void
yihu_wall_text_init (YihuWallText *self, YihuWallFigure which, const YihuFigures *figures)
{
  static void (*const fill[]) (YihuWallText *, const YihuFigures *) = { text_calls, text_answered,
                                                                        text_wait, text_orders,
                                                                        text_urgent };

  G_STATIC_ASSERT (G_N_ELEMENTS (fill) == YIHU_WALL_N_TILES);
  g_return_if_fail (which < YIHU_WALL_N_TILES);

  *self = (YihuWallText){ 0 };
  if (figures != NULL)
    fill[which](self, figures);
  else
    self->note = g_strdup (_ ("No data yet"));
  if (self->value == NULL)
    self->value = g_strdup ("—");
  if (self->unit == NULL)
    self->unit = g_strdup ("");
}

void
yihu_wall_text_clear (YihuWallText *self)
{
  g_clear_pointer (&self->value, g_free);
  g_clear_pointer (&self->unit, g_free);
  g_clear_pointer (&self->note, g_free);
}

const char *
yihu_wall_figure_get_title (YihuWallFigure which)
{
  static const char *const titles[] = {
    N_ ("Calls today"), N_ ("Answered within 15 s"),  N_ ("Mean wait"),
    N_ ("Open orders"), N_ ("Urgent, being handled"),
  };

  g_return_val_if_fail (which < G_N_ELEMENTS (titles), "");

  return _ (titles[which]);
}

/* The words of docs/figures.md. */
const char *
yihu_wall_figure_get_definition (YihuWallFigure which)
{
  static const char *const definitions[] = {
    N_ ("Calls whose first ring came since 0:00 of the local day, whatever became of them. "
        "Compared with the calls of yesterday until the same time of day."),
    N_ ("Calls answered within 15 seconds of the first ring, of all calls of today that were "
        "answered or missed. Connected: answered at all, of the same calls."),
    N_ ("From first ring to answer, mean of the calls answered today. Waiting and longest: calls "
        "that are queued or ringing now."),
    N_ ("Orders placed, accepted, arrived or started, and not yet finished. Late: the asked "
        "arrival has passed and nobody has arrived."),
    N_ ("Calls marked urgent that are queued, ringing, talking or in wrap-up now."),
  };

  g_return_val_if_fail (which < G_N_ELEMENTS (definitions), "");

  return _ (definitions[which]);
}
