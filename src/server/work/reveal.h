/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/writer.h"

/* What never leaves the server in feed or snapshot, given out one by one, with a reason, after an
 * audit row is on disk: an elder's ID number or history, or leave to unmask the card; the way to a
 * camera. */

G_BEGIN_DECLS

typedef struct
{
  char *value; /* reveal */
  char *url; /* camera */
  char *user;
  char *password;
  gint64 until_us;
} YihuRevealed;

/* @revealed is (transfer none); NULL with @error. */
typedef void (*YihuRevealDoneFunc) (const YihuRevealed *revealed,
                                    const GError *error,
                                    gpointer data);

/* Of one account: beyond it a reveal is refused with QUOTA, and the refusal is in the audit as
 * "quota.reveal". */
typedef struct
{
  guint per_hour;
  guint per_day;
} YihuRevealQuota;

/* @field: "id_card" or "history"; "card" gives no value, but leave to show what the console has in
 * its own copy: name, numbers and address. */
void yihu_reveal_elder (YihuWriter *writer,
                        YihuActor *actor,
                        const char *elder,
                        const char *field,
                        const char *reason,
                        const YihuRevealQuota *quota,
                        YihuRevealDoneFunc done,
                        gpointer data);
void yihu_reveal_camera (YihuWriter *writer,
                         YihuActor *actor,
                         const char *camera,
                         const char *reason,
                         YihuRevealDoneFunc done,
                         gpointer data);

G_END_DECLS
