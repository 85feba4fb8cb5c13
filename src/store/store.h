/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/division-code.h"
#include "domain/flow.h"
#include "domain/kinds.h"

#include <gio/gio.h>

/* What the server keeps for ever: records, the feed, idempotency keys, the audit chain, accounts
 * and their sessions, in SQLite or in PostgreSQL. One object is one connection and belongs to one
 * thread at a time; yihu_store_open_reader() gives further ones that can only read. Nothing here
 * decides: flows, rights and numbering are server/work's. Feed bodies and replies are opaque text.
 *
 * YIHU_ERROR_FULL: no space left; the transaction may be gone, roll back. YIHU_ERROR_CORRUPT: the
 * file is damaged. */

G_BEGIN_DECLS

#define YIHU_TYPE_STORE (yihu_store_get_type ())
G_DECLARE_FINAL_TYPE (YihuStore, yihu_store, YIHU, STORE, GObject)

/* The tenant's counters: newest sequence number, epoch of the snapshots, and the last number that
 * has been forgotten (a cursor below it is too old). */
typedef struct
{
  gint64 seq;
  gint64 epoch;
  gint64 floor;
} YihuTenant;

typedef struct
{
  gint64 seq;
  gint64 at_us;
  gint64 division; /* who may see it; 0 = everybody */
  const char *kind;
  const char *body; /* the event as it goes out */
} YihuFeedRow;

typedef struct
{
  char *account;
  char *body_hash;
  gint64 at_us;
  char *reply;
} YihuIdem;
void yihu_idem_clear (YihuIdem *idem);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (YihuIdem, yihu_idem_clear)

/* Texts are never NULL when read. */
typedef struct
{
  gint64 number; /* given by the store */
  gint64 at_us;
  const char *account;
  const char *device;
  const char *what;
  const char *object;
  const char *reason;
  const char *previous_hash; /* hex; given by the store */
  const char *hash; /* hex BLAKE2b-256 over the previous hash and all of the above */
} YihuAuditRow;

typedef struct
{
  const char *token_hash; /* hex */
  const char *account;
  const char *device;
  gint64 expires_at_us;
} YihuSessionRow;

/* What figures are counted from. */
typedef struct
{
  gint64 division;
  YihuCallState state;
  YihuUrgency urgency;
  gint64 ring_at_us;
  gint64 answer_at_us;
  gint64 end_at_us;
} YihuCallFact;

typedef struct
{
  gint64 division;
  YihuOrderState state;
  gint64 placed_at_us;
  gint64 due_at_us;
  gint64 finished_at_us;
  gint64 arrived_at_us; /* first "arrive" step; 0: none */
  YihuCategory category;
} YihuOrderFact;

/* Return FALSE to stop. Rows and records are (transfer none) and valid during the call. */
typedef gboolean (*YihuStoreRecordFunc) (gpointer record, gpointer data);
typedef gboolean (*YihuStoreFeedFunc) (const YihuFeedRow *row, gpointer data);
typedef gboolean (*YihuStoreAuditFunc) (const YihuAuditRow *row, gpointer data);
typedef void (*YihuStoreSessionFunc) (const YihuSessionRow *row, gpointer data);
typedef void (*YihuStoreCallFunc) (const YihuCallFact *fact, gpointer data);
typedef void (*YihuStoreOrderFunc) (const YihuOrderFact *fact, gpointer data);

/* @address: "postgresql://…" or the path of an SQLite file, which is made if it is not there.
 * Returns: (transfer full): the writer's connection */
YihuStore *yihu_store_open (const char *address, GError **error);
YihuStore *yihu_store_open_reader (YihuStore *self, GError **error);

/* Everything of @source into the empty @target, of whatever engines; all or nothing. @func is told
 * each table. Counts and the audit chain are checked. REJECTED: the target is not empty. */
typedef void (*YihuStoreCopyFunc) (const char *table, gint64 n_rows, gpointer data);
gboolean yihu_store_copy (YihuStore *source,
                          YihuStore *target,
                          YihuStoreCopyFunc func,
                          gpointer data,
                          GError **error);

/* After YIHU_ERROR_OFFLINE: a new connection in place of the broken one. What was being committed
 * may or may not be there: read the tenant again. */
gboolean yihu_store_reconnect (YihuStore *self, GError **error);
/* Reading that is still going on at this monotonic time ends with YIHU_ERROR_TIMEOUT, because a
 * long reader of a SQLite store keeps its journal from being folded in; 0: none. PostgreSQL needs
 * none: its readers hold up nobody. */
void yihu_store_set_deadline (YihuStore *self, gint64 deadline_us);

/* A reader's transaction sees one state of the data until its rollback. */
gboolean yihu_store_begin (YihuStore *self, gboolean for_writing, GError **error);
/* For writing many commands at once: a failed write may be told later, by a read, a savepoint's end
 * or the commit; then roll back and write each by itself, in transactions that tell at once. */
gboolean yihu_store_begin_group (YihuStore *self, GError **error);
/* Inside a group, between begin and end nothing is done: reading functions say what will be read
 * and find nothing, writing ones succeed. What was said is then fetched in one round trip. FALSE:
 * this store reads without any, there is nothing to fetch ahead. */
gboolean yihu_store_begin_prefetch (YihuStore *self);
void yihu_store_end_prefetch (YihuStore *self);
gboolean yihu_store_commit (YihuStore *self, GError **error);
void yihu_store_rollback (YihuStore *self);
/* One level, inside a transaction. */
gboolean yihu_store_savepoint (YihuStore *self, GError **error);
gboolean yihu_store_release (YihuStore *self, GError **error);
void yihu_store_rollback_to (YihuStore *self);
gboolean yihu_store_checkpoint (YihuStore *self, GError **error);

gboolean yihu_store_get_tenant (YihuStore *self, YihuTenant *tenant, GError **error);
gboolean yihu_store_put_tenant (YihuStore *self, const YihuTenant *tenant, GError **error);

/* find: TRUE and NULL (or version 0) where there is none; FALSE only with an error. */
gboolean yihu_store_put_record (YihuStore *self, gconstpointer record, GError **error);
gpointer yihu_store_get_record (YihuStore *self,
                                const YihuRecordType *type,
                                const char *id,
                                GError **error); /* NULL without error: none */
gboolean yihu_store_find_head (YihuStore *self,
                               const YihuRecordType *type,
                               const char *id,
                               gint64 *version,
                               gint64 *division,
                               GError **error);
/* In no order. Kinds that grow for ever (calls, orders, steps, notes) give only what is
 * open or younger than @since_us. Division 0 belongs to every range. */
gboolean yihu_store_each_record (YihuStore *self,
                                 const YihuRecordType *type,
                                 YihuDivisionRange range,
                                 gint64 since_us,
                                 YihuStoreRecordFunc func,
                                 gpointer data,
                                 GError **error);
gboolean yihu_store_count_records (YihuStore *self,
                                   const YihuRecordType *type,
                                   YihuDivisionRange range,
                                   gint64 *count,
                                   GError **error);

gboolean yihu_store_append_feed (YihuStore *self, const YihuFeedRow *row, GError **error);
gboolean yihu_store_each_feed (YihuStore *self,
                               gint64 since,
                               guint limit,
                               YihuStoreFeedFunc func,
                               gpointer data,
                               GError **error);
gboolean yihu_store_find_idem (YihuStore *self,
                               const char *key,
                               YihuIdem *idem,
                               GError **error); /* reply NULL: none */
gboolean
yihu_store_put_idem (YihuStore *self, const char *key, const YihuIdem *idem, GError **error);
gboolean yihu_store_append_audit (YihuStore *self, const YihuAuditRow *row, GError **error);
gboolean yihu_store_each_audit (YihuStore *self,
                                gint64 after,
                                guint limit,
                                YihuStoreAuditFunc func,
                                gpointer data,
                                GError **error);
/* The newest row's; 0 and NULL where there is none. @hash: (out) (transfer full) */
gboolean yihu_store_find_audit_head (YihuStore *self, gint64 *number, char **hash, GError **error);
/* How often @account has revealed something at or after @since_us. */
gboolean yihu_store_count_reveals (YihuStore *self,
                                   const char *account,
                                   gint64 since_us,
                                   gint64 *count,
                                   GError **error);
char *yihu_audit_row_hash (const YihuAuditRow *row);
/* Forgets expired sessions, idempotency keys and feed entries; moves the tenant's floor. */
gboolean yihu_store_purge (YihuStore *self,
                           gint64 now_us,
                           gint64 idem_before_us,
                           gint64 feed_before_us,
                           GError **error);

gboolean yihu_store_get_secret (YihuStore *self, const char *name, GBytes **secret, GError **error);
gboolean yihu_store_put_secret (YihuStore *self, const char *name, GBytes *secret, GError **error);
/* @field: "login" or "seat". */
gboolean yihu_store_find_account (YihuStore *self,
                                  const char *field,
                                  const char *value,
                                  YihuAccount **account,
                                  GError **error);
gboolean
yihu_store_get_password (YihuStore *self, const char *account, char **hash, GError **error);
gboolean
yihu_store_put_password (YihuStore *self, const char *account, const char *hash, GError **error);
gboolean yihu_store_put_session (YihuStore *self, const YihuSessionRow *row, GError **error);
/* One of @token_hash and @account. */
gboolean yihu_store_delete_sessions (YihuStore *self,
                                     const char *token_hash,
                                     const char *account,
                                     GError **error);
gboolean yihu_store_each_session (YihuStore *self,
                                  gint64 now_us,
                                  YihuStoreSessionFunc func,
                                  gpointer data,
                                  GError **error);

/* Ids of the active elders with this normalised number; if there are none, of those whose kin have
 * it. (transfer full) (element-type utf8) */
GPtrArray *
yihu_store_find_callers (YihuStore *self, const char *number, guint limit, GError **error);
gboolean yihu_store_find_price (YihuStore *self,
                                const char *provider,
                                const char *item,
                                YihuPrice **price,
                                GError **error);
/* (transfer full) (element-type YihuKin) */
GPtrArray *yihu_store_list_kin (YihuStore *self, const char *elder, GError **error);
/* @states: mask of 1 << YihuOrderState; by due time. (transfer full) (element-type YihuOrder) */
GPtrArray *yihu_store_list_orders (YihuStore *self,
                                   const char *provider,
                                   guint states,
                                   guint limit,
                                   GError **error);
gboolean yihu_store_find_last_step (YihuStore *self,
                                    const char *order,
                                    YihuOrderStep **step,
                                    GError **error);
/* Counts @counter up from 1. */
gboolean
yihu_store_take_number (YihuStore *self, const char *counter, gint64 *number, GError **error);
/* Calls that rang at or after @since_us. */
gboolean yihu_store_each_call_fact (YihuStore *self,
                                    YihuDivisionRange range,
                                    gint64 since_us,
                                    YihuStoreCallFunc func,
                                    gpointer data,
                                    GError **error);
/* Open orders, and those placed or finished at or after @since_us. */
gboolean yihu_store_each_order_fact (YihuStore *self,
                                     YihuDivisionRange range,
                                     gint64 since_us,
                                     YihuStoreOrderFunc func,
                                     gpointer data,
                                     GError **error);

G_END_DECLS
