/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/readers.h"
#include "server/work/writer.h"

#include <libsoup/soup.h>

/* All live connections. Holds the newest events in a ring, so that a batch is text which is only
 * copied; who has fallen behind the ring is told to pull. Main context. */

G_BEGIN_DECLS

#define YIHU_TYPE_HUB (yihu_hub_get_type ())
G_DECLARE_FINAL_TYPE (YihuHub, yihu_hub, YIHU, HUB, GObject)

#define YIHU_HUB_WINDOW_EVENTS 2000
#define YIHU_HUB_WINDOW_BYTES (1024 * 1024)

YihuHub *
yihu_hub_new (YihuWriter *writer, YihuReaders *readers, YihuClock *clock, const YihuTenant *tenant);

/* What the writer has committed. */
void yihu_hub_publish (YihuHub *self, GPtrArray *events, const YihuTenant *tenant);
const YihuTenant *yihu_hub_get_tenant (YihuHub *self);

/* A connection, over @socket, whose token was good at the handshake. */
void yihu_hub_add (YihuHub *self,
                   SoupWebsocketConnection *connection,
                   GSocket *socket,
                   YihuActor *actor,
                   const char *token_hash,
                   gint64 expires_at_us);
guint yihu_hub_get_size (YihuHub *self);

/* Closes with 4401 the connections of one token, or of one account. @wipe: they are told first to
 * remove their copy of the city. */
void yihu_hub_revoke (YihuHub *self, const char *token_hash, const char *account, gboolean wipe);
/* Closes those of an account that became @account: a console is wiped where the account may not see
 * all any more that lies in its file. */
void yihu_hub_replace_account (YihuHub *self, const YihuAccount *account);
/* Tells every client that the server stops; they are gone when they have answered. */
void yihu_hub_close_all (YihuHub *self);
gboolean yihu_hub_is_closing (YihuHub *self);

/* For metrics. */
typedef struct
{
  guint n_live;
  guint n_behind; /* told to pull */
  guint unacked_events; /* the most at one client */
  gsize unacked_bytes;
  guint64 n_events; /* sent, so far */
  guint64 n_frames;
} YihuHubFigures;
void yihu_hub_get_figures (YihuHub *self, YihuHubFigures *figures);

G_END_DECLS
