/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Figures as text. Local time is the process's time zone (the console runs in the city's); all
 * input is microseconds UTC, fen, metres. */

#include "console/format.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

static GDateTime *
local_time (gint64 at_us)
{
  return g_date_time_new_from_unix_local (at_us / G_USEC_PER_SEC);
}

static char *
format_time (gint64 at_us, const char *format)
{
  g_autoptr (GDateTime) time = at_us > 0 ? local_time (at_us) : NULL;

  return time != NULL ? g_date_time_format (time, format) : g_strdup ("");
}

char *
yihu_format_wait (gint64 duration_us)
{
  gint64 seconds = MAX (duration_us, 0) / G_USEC_PER_SEC;

  if (seconds >= 3600)
    return g_strdup_printf ("%d:%02d:%02d", (int) (seconds / 3600), (int) (seconds / 60 % 60),
                            (int) (seconds % 60));
  return g_strdup_printf ("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}

char *
yihu_format_timer (gint64 duration_us)
{
  gint64 seconds = MAX (duration_us, 0) / G_USEC_PER_SEC;

  if (seconds >= 3600)
    return yihu_format_wait (duration_us);
  return g_strdup_printf ("%02d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}

char *
yihu_format_clock (gint64 at_us)
{
  return format_time (at_us, "%H:%M:%S");
}

char *
yihu_format_time (gint64 at_us)
{
  return format_time (at_us, "%H:%M");
}

char *
yihu_format_stamp (gint64 at_us)
{
  return format_time (at_us, "%m-%d %H:%M");
}

char *
yihu_format_due (gint64 at_us, gint64 now_us)
{
  g_autoptr (GDateTime) at = at_us > 0 ? local_time (at_us) : NULL;
  g_autoptr (GDateTime) now = local_time (now_us);

  if (at == NULL)
    return g_strdup ("—");
  if (g_date_time_get_year (at) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (at) == g_date_time_get_day_of_year (now))
    return g_date_time_format (at, "%H:%M");
  return g_date_time_format (at, "%m-%d %H:%M");
}

char *
yihu_format_money (gint64 fen)
{
  if (fen % 100 == 0)
    return g_strdup_printf ("¥%" G_GINT64_FORMAT, fen / 100);
  return g_strdup_printf ("¥%" G_GINT64_FORMAT ".%02d", fen / 100, (int) ABS (fen % 100));
}

char *
yihu_format_distance (double distance_m)
{
  if (distance_m < 995)
    return g_strdup_printf ("%.0f m", distance_m);
  return g_strdup_printf (distance_m < 99500 ? "%.1f km" : "%.0f km", distance_m / 1000);
}

char *
yihu_format_count (gint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  GString *text = g_string_new (NULL);
  gsize n_digits = strlen (digits);

  for (gsize i = 0; i < n_digits; i++)
    {
      g_string_append_c (text, digits[i]);
      if ((n_digits - 1 - i) % 3 == 0 && i + 1 < n_digits && digits[i] != '-')
        g_string_append_c (text, ',');
    }
  return g_string_free (text, FALSE);
}

static char *
format_span (gint64 span_us, const char *minutes, const char *hours, const char *days)
{
  if (span_us < HOUR_US)
    return g_strdup_printf (minutes, (int) (span_us / MINUTE_US));
  if (span_us < 2 * DAY_US)
    return g_strdup_printf (hours, (int) (span_us / HOUR_US));
  return g_strdup_printf (days, (int) (span_us / DAY_US));
}

char *
yihu_format_age (gint64 age_us)
{
  if (age_us < 5 * G_USEC_PER_SEC)
    return g_strdup (_ ("just now"));
  if (age_us < MINUTE_US)
    return g_strdup_printf (_ ("%d s ago"), (int) (age_us / G_USEC_PER_SEC));
  return format_span (age_us, _ ("%d min ago"), _ ("%d h ago"), _ ("%d days ago"));
}

char *
yihu_format_late (gint64 late_us)
{
  return format_span (late_us, _ ("%d min late"), _ ("%d h late"), _ ("%d days late"));
}

char *
yihu_format_star (gint64 hundredths)
{
  return hundredths > 0 ? g_strdup_printf ("★%.1f", (double) hundredths / 100) : g_strdup ("");
}

static gint64
due_from_parts (int year, int month, int day, int hour, int minute)
{
  g_autoptr (GDateTime) time = NULL;

  if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return -1;
  time = g_date_time_new_local (year, month, day, hour, minute, 0);
  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : -1;
}

static gboolean
scan_clock (const char *text, int *hour, int *minute)
{
  int length = 0;

  /* A Chinese keyboard gives the full-width colon. */
  if (sscanf (text, "%2d:%2d%n", hour, minute, &length) == 2
      || sscanf (text, "%2d：%2d%n", hour, minute, &length) == 2
      || (strlen (text) == 4 && strspn (text, "0123456789") == 4
          && sscanf (text, "%2d%2d%n", hour, minute, &length) == 2))
    return text[length] == '\0';
  return FALSE;
}

gint64
yihu_format_parse_due (const char *text, gint64 now_us)
{
  g_autoptr (GDateTime) now = local_time (now_us);
  g_autofree char *clean = g_strstrip (g_strdup (text));
  int year = g_date_time_get_year (now);
  int month, day, hour, minute, length = 0;
  gint64 due_us;

  if (clean[0] == '+')
    {
      if (sscanf (clean, "+%4d%n", &minute, &length) != 1 || clean[length] != '\0' || minute < 0)
        return -1;
      return now_us + minute * MINUTE_US;
    }
  if (scan_clock (clean, &hour, &minute))
    {
      due_us = due_from_parts (year, g_date_time_get_month (now),
                               g_date_time_get_day_of_month (now), hour, minute);
      return due_us > 0 && due_us < now_us - MINUTE_US ? due_us + DAY_US : due_us;
    }
  if (sscanf (clean, "%4d-%2d-%2d %n", &year, &month, &day, &length) == 3 && length > 0
      && scan_clock (clean + length, &hour, &minute))
    return due_from_parts (year, month, day, hour, minute);
  year = g_date_time_get_year (now);
  length = 0;
  if (sscanf (clean, "%2d-%2d %n", &month, &day, &length) == 2 && length > 0
      && scan_clock (clean + length, &hour, &minute))
    return due_from_parts (year, month, day, hour, minute);
  return -1;
}
