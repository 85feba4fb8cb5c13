/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/kinds.h"
#include "sql/database.h"

/* The console's offline copy: two files in one directory.
 *  city.db  the snapshot with the feed applied; can be fetched again at any time (rebuilt when
 * damaged) desk.db  durable: outbox (client/ owns that table), overlay, drafts, settings of the
 * last log-in; never rebuilt What a screen reads = city overlaid by the overlay. Knows nothing of
 * the network.
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
 * can be read until yihu_cache_unlock(). */
YihuCache *yihu_cache_open (const char *directory, GBytes *key, GError **error);
YihuCache *yihu_cache_open_reader (YihuCache *self, GError **error);
void yihu_cache_close (YihuCache *self);
GBytes *yihu_cache_get_key (YihuCache *self); /* (transfer none) (nullable) */
YihuDatabase *
yihu_cache_get_desk (YihuCache *self); /* for the outbox and for shared transactions */

/* The log-in for an offline start: account, scope and the scope key wrapped by a key derived from
 * the password (argon2id). unlock: UNAUTHORIZED for a wrong password, NOT_FOUND where nothing is
 * kept, TIMEOUT where it is older than @max_age_us. */
gboolean yihu_cache_keep_login (YihuCache *self,
                                YihuAccount *account,
                                gint64 lo,
                                gint64 hi,
                                GBytes *key,
                                const char *password,
                                gint64 now_us,
                                GError **error);
YihuAccount *yihu_cache_unlock (YihuCache *self,
                                const char *login,
                                const char *password,
                                gint64 now_us,
                                gint64 max_age_us,
                                GError **error);

gboolean yihu_cache_has_city (YihuCache *self);
gint64 yihu_cache_get_cursor (YihuCache *self);
gint64 yihu_cache_get_epoch (YihuCache *self);
gint64 yihu_cache_count_elders (YihuCache *self);

/* Newest moment (server time) at which the city was known to equal the server's. */
gint64 yihu_cache_get_synced_at_us (YihuCache *self);
gboolean yihu_cache_set_synced_at_us (YihuCache *self, gint64 synced_at_us, GError **error);
gint64 yihu_cache_get_scope_lo (YihuCache *self);
gint64 yihu_cache_get_scope_hi (YihuCache *self);

/* Checks a downloaded file whole (seconds for a large city) against the key @key. */
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
void yihu_cache_discard_city (YihuCache *self); /* found damaged while reading: moved aside */
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

/* Overlay: what a command will have made true, until the reply's seq is reached. Written in the
 * same desk.db transaction as the outbox row. */
gboolean yihu_cache_put_overlay (YihuCache *self,
                                 const char *command_key,
                                 gconstpointer record,
                                 GError **error);
gboolean yihu_cache_settle_overlay (YihuCache *self,
                                    const char *command_key,
                                    gint64 seq,
                                    GError **error); /* goes when cursor >= seq */
gboolean yihu_cache_drop_overlay (YihuCache *self, const char *command_key, GError **error);

/* Drops what no command in @pending_keys (NULL-terminated) and no awaited seq holds up any more: a
 * crash may fall between a reply and its overlay. For the start. */
gboolean
yihu_cache_sweep_overlay (YihuCache *self, const char *const *pending_keys, GError **error);
gint64 yihu_cache_count_overlay (YihuCache *self);
GPtrArray *yihu_cache_list_overlay_of (YihuCache *self,
                                       const char *command_key); /* (transfer full) records */

/* Drafts: text in a form, kept within a second, found again after a crash. @name: "order:CALLID".
 */
gboolean yihu_cache_save_draft (YihuCache *self,
                                const char *name,
                                const char *text,
                                GError **error); /* NULL or "" removes */
char *yihu_cache_load_draft (YihuCache *self, const char *name); /* (transfer full) (nullable) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCache, yihu_cache_close)

G_END_DECLS
