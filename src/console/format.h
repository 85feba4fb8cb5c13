/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Figures as a person writes them: durations, local times (UTC+8 of the deployment), money,
 * distances. Pure; all (transfer full). */

G_BEGIN_DECLS

char *yihu_format_wait (gint64 duration_us); /* "0:03", "12:05", "1:02:03" */
char *yihu_format_timer (gint64 duration_us); /* "02:14", "1:02:03": the big timer */
char *yihu_format_clock (gint64 at_us); /* "14:32:07" */
char *yihu_format_time (gint64 at_us); /* "14:32" */
char *yihu_format_stamp (gint64 at_us); /* "11-18 09:12"; "" for 0 */
char *yihu_format_due (gint64 at_us, gint64 now_us); /* "14:10" today, else "11-18 14:10" */
char *yihu_format_money (gint64 fen); /* "¥48", "¥48.50" */
char *yihu_format_distance (double distance_m); /* "350 m", "2.1 km" */
char *yihu_format_count (gint64 count); /* "850,214" */
char *yihu_format_age (gint64 age_us); /* "just now", "3 min ago", "2 h ago", "5 days ago" */
char *yihu_format_late (gint64 late_us); /* "12 min late"; minutes, hours, days */
char *yihu_format_star (gint64 hundredths); /* "★4.8"; "" for 0 */

/* Reads what an operator writes for a time to come: "14:30" (today, or tomorrow when past),
 * "1430", "+30" (minutes), "11-22 09:00", "2026-11-22 09:00". -1 where it is none of these. */
gint64 yihu_format_parse_due (const char *text, gint64 now_us);

G_END_DECLS
