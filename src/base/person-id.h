/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Citizen identity numbers, GB 11643: 17 digits and a check character; 15-digit old cards are
 * extended. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_PERSON_ID_INVALID,
  YIHU_PERSON_ID_VALID,
  YIHU_PERSON_ID_UNKNOWN_COUNTY, /* known province, county not in the current or former lists:
                                    accept, flag */
} YihuPersonIdVerdict;

/* @today: local date as yyyymmdd (Asia/Shanghai). @clean: (out) (transfer full) (nullable): the 18
 * characters, where the verdict is not INVALID. */
YihuPersonIdVerdict yihu_person_id_check (const char *raw, int today, char **clean);
int yihu_person_id_get_birth (const char *clean); /* yyyymmdd */
gboolean yihu_person_id_is_male (const char *clean);
char yihu_person_id_check_digit (const char *seventeen);

/* Calendar dates as yyyymmdd; full years at @today; 29 February counts on 28 February. */
gboolean yihu_date_is_valid (int yyyymmdd);
int yihu_date_get_age (int birth, int today);
int yihu_date_from_us (gint64 at_us); /* local date in Asia/Shanghai, UTC+8 */

/* "2108**********0022"; "王**", "欧阳**" (one star a hidden character). (transfer full) */
char *yihu_person_id_mask (const char *clean);
char *yihu_name_mask (const char *name);

G_END_DECLS
