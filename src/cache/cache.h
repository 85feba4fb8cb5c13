/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/desk-file.h"
#include "domain/kinds.h"

/* The console's offline copy: two files in one directory.
 *  city.db  the snapshot with the feed applied; can be fetched again at any time (rebuilt when
 *           damaged)
 *  desk.db  durable: outbox, overlay, drafts, the kept log-in; see cache/desk-file.h
 * What a screen reads = city overlaid by the overlay. Knows nothing of the network.
 *
 * Reads are synchronous and fast (screen-pop < 1 ms). A YihuCache belongs to one thread;
 * yihu_cache_open_reader() gives another thread its own read-only view, and a directory may be
 * opened twice where one side writes the city and the other the desk.
 *
 * An overlay hides a record of the city only while that is not newer (version) than the overlay:
 * what the server says later always shows. */

G_BEGIN_DECLS

typedef struct _YihuCache YihuCache;

/* Opens or makes the directory (0700) and desk.db; city.db may be absent (yihu_cache_has_city()
 * FALSE) or damaged (moved aside as city.db.damaged, absent then). @key: scope key; NULL: no elder
 * can be read until yihu_cache_reopen_city() brings one; the desk file
 * gets the key that follows from it until yihu_desk_file_set_keys(). */
YihuCache *yihu_cache_open (const char *directory, GBytes *key, GError **error);
YihuCache *yihu_cache_open_reader (YihuCache *self, GError **error);
void yihu_cache_close (YihuCache *self);
GBytes *yihu_cache_get_key (YihuCache *self); /* (transfer none) (nullable) */
YihuDeskFile *yihu_cache_get_desk (YihuCache *self); /* (transfer none) */

/* Removes the city for good and, in the desk file, everything but the commands that were not sent.
 * For nobody's directory but one that nobody has open. @unsent: (out): how many those are. */
gboolean yihu_cache_wipe (const char *directory, gint64 *unsent, GError **error);

gboolean yihu_cache_has_city (YihuCache *self);
gint64 yihu_cache_get_cursor (YihuCache *self);
gint64 yihu_cache_get_epoch (YihuCache *self);
gint64 yihu_cache_count_elders (YihuCache *self);

/* Newest moment (server time) at which the city was known to equal the server's. */
gint64 yihu_cache_get_synced_at_us (YihuCache *self);
gboolean yihu_cache_set_synced_at_us (YihuCache *self, gint64 synced_at_us, GError **error);
gint64 yihu_cache_get_scope_lo (YihuCache *self);
gint64 yihu_cache_get_scope_hi (YihuCache *self);

/* Whether a downloaded file, whose hash was compared as it came, is a whole city under @key. Its
 * inside was checked by the server that made it. */
gboolean yihu_cache_check_snapshot (const char *file, GBytes *key, GError **error);

/* Puts a checked file in the place of city.db and opens it with @key. Every other YihuCache of the
 * directory must have let go of the city before (yihu_cache_close_city()) and opens it again
 * afterwards (yihu_cache_reopen_city()): SQLite's side files go by name, so an old connection would
 * take the new file's write-ahead log away. */
gboolean
yihu_cache_install_snapshot (YihuCache *self, const char *file, GBytes *key, GError **error);
void yihu_cache_close_city (YihuCache *self);

/* With @key (nullable: the one from before). A damaged file is moved aside, one of another schema
 * deleted, one of another key left alone; there is no city then. */
void yihu_cache_reopen_city (YihuCache *self, GBytes *key);
gboolean yihu_cache_apply (YihuCache *self,
                           GPtrArray *events,
                           gint64 to,
                           GError **error); /* YihuEvent; one transaction with the cursor */

/* Screen-pop: elders with this number of their own, then of their kin; no duplicates. (transfer
 * full) YihuElder */
GPtrArray *yihu_cache_find_by_phone (YihuCache *self, const char *normalized, GError **error);

/* One record with its overlay; NULL without error: none. (transfer full) */
gpointer
yihu_cache_get (YihuCache *self, const YihuRecordType *type, const char *id, GError **error);

/* Lists (transfer full), overlay applied. */
GPtrArray *yihu_cache_list_kin (YihuCache *self, const char *elder, GError **error); /* by rank */
GPtrArray *
yihu_cache_list_all (YihuCache *self,
                     const YihuRecordType *type,
                     GError **error); /* small kinds only: division, provider, service_item, price,
                                         institution, camera, seat */
GPtrArray *yihu_cache_list_orders (YihuCache *self,
                                   guint state_mask,
                                   const char *elder,
                                   guint limit,
                                   GError **error); /* first due first; with @elder (nullable)
                                                       newest first. Mask 0: all states */
GPtrArray *yihu_cache_list_steps (YihuCache *self, const char *order, GError **error); /* by time */
GPtrArray *yihu_cache_list_calls (YihuCache *self,
                                  guint state_mask,
                                  const char *elder,
                                  guint limit,
                                  GError **error); /* newest first; elder nullable */
GPtrArray *yihu_cache_list_notes (YihuCache *self,
                                  const char *elder,
                                  const char *call,
                                  const char *order,
                                  guint limit,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCache, yihu_cache_close)

G_END_DECLS
