/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "client/trust.h"
#include "wire/command.h"

/* The switchboard's post to yihu-server: a file in which every event stands before it is sent, so
 * that each arrives once, however long the server was away; and the log-in, which brings the secret
 * of the SIP passwords. It writes to the disk and waits for it, so it lives on a thread of its own:
 * everything here belongs to the one thread (and its thread-default context) that made it. */

G_BEGIN_DECLS

typedef struct _YihuEventPost YihuEventPost;

typedef struct
{
  const char *server; /* URL */
  const char *login;
  const char *password;
  const char *data_dir; /* made (0700) where it is missing; a damaged file in it is put aside */
  YihuTrust *trust; /* (nullable): whom to believe over https */
} YihuEventPostConfig;

/* The log-in told the secret, or another one than before. */
typedef void (*YihuEventPostSecretFunc) (gpointer data, GBytes *secret);

YihuEventPost *yihu_event_post_new (const YihuEventPostConfig *config,
                                    YihuClock *clock,
                                    YihuEventPostSecretFunc tell_secret,
                                    gpointer data,
                                    GError **error);
void yihu_event_post_free (YihuEventPost *self); /* writes what waits to the file, disconnects */

void yihu_event_post_start (YihuEventPost *self); /* logs in; again and again */
void yihu_event_post_send (YihuEventPost *self, YihuCommand *command);

/* Of the last log-in ever: (nullable). */
GBytes *yihu_event_post_get_secret (YihuEventPost *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuEventPost, yihu_event_post_free)

G_END_DECLS
