/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/writer.h"

/* What never leaves the server in feed or snapshot, given out one by one, with a reason, after an
 * audit row is on disk: an elder's ID number or history; the way to a camera. */

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

/* @field: "id_card" or "history". */
void yihu_reveal_elder (YihuWriter *writer,
                        YihuActor *actor,
                        const char *elder,
                        const char *field,
                        const char *reason,
                        YihuRevealDoneFunc done,
                        gpointer data);
void yihu_reveal_camera (YihuWriter *writer,
                         YihuActor *actor,
                         const char *camera,
                         const char *reason,
                         YihuRevealDoneFunc done,
                         gpointer data);

G_END_DECLS
