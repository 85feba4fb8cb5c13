/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "client/trust.h"
#include "voice/link.h"

/* The link to yihu-server, as the thread of the calls sees it: an event post (event-post.h) on a
 * thread of its own, so that no call waits for the disk. What has been sent stands in the post's
 * file a moment later, in the same order. Made, used and freed in one thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_SERVER_LINK (yihu_server_link_get_type ())
G_DECLARE_FINAL_TYPE (YihuServerLink, yihu_server_link, YIHU, SERVER_LINK, YihuLink)

/* Signal: "secret" (GBytes *): the log-in told it, or another one than before.
 * @trust: (nullable): whom to believe over https. @data_dir is made (0700) where it is missing; a
 * damaged file in it is put aside. */
YihuServerLink *yihu_server_link_new (const char *server,
                                      const char *login,
                                      const char *password,
                                      const char *data_dir,
                                      YihuTrust *trust,
                                      YihuClock *clock,
                                      GError **error);
void yihu_server_link_start (YihuServerLink *self);

/* Writes what waits to the file and disconnects. Waits for the disk. Nothing may be sent after it.
 */
void yihu_server_link_stop (YihuServerLink *self);

/* Of the last log-in ever, (nullable): lets seats register while the server is away. */
GBytes *yihu_server_link_get_secret (YihuServerLink *self);

G_END_DECLS
