/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* The table that an engine fills in; callers use the functions of store.h, which say what each
 * means. */

G_BEGIN_DECLS

struct _YihuStoreInterface
{
  GTypeInterface parent_iface;

  YihuStore *(*open_reader) (YihuStore *self, GError **error);
  gboolean (*begin) (YihuStore *self, gboolean for_writing, GError **error);
  gboolean (*commit) (YihuStore *self, GError **error);
  void (*rollback) (YihuStore *self);
  gboolean (*savepoint) (YihuStore *self, GError **error);
  gboolean (*release) (YihuStore *self, GError **error);
  void (*rollback_to) (YihuStore *self);
  gboolean (*checkpoint) (YihuStore *self, GError **error);

  gboolean (*get_tenant) (YihuStore *self, YihuTenant *tenant, GError **error);
  gboolean (*put_tenant) (YihuStore *self, const YihuTenant *tenant, GError **error);

  gboolean (*put_record) (YihuStore *self, gconstpointer record, GError **error);
  gpointer (*get_record) (YihuStore *self,
                          const YihuRecordType *type,
                          const char *id,
                          GError **error);
  gboolean (*find_head) (YihuStore *self,
                         const YihuRecordType *type,
                         const char *id,
                         gint64 *version,
                         gint64 *division,
                         GError **error);
  gboolean (*each_record) (YihuStore *self,
                           const YihuRecordType *type,
                           YihuDivisionRange range,
                           gint64 since_us,
                           YihuStoreRecordFunc func,
                           gpointer data,
                           GError **error);
  gboolean (*count_records) (YihuStore *self,
                             const YihuRecordType *type,
                             YihuDivisionRange range,
                             gint64 *count,
                             GError **error);

  gboolean (*append_feed) (YihuStore *self, const YihuFeedRow *row, GError **error);
  gboolean (*each_feed) (YihuStore *self,
                         gint64 since,
                         guint limit,
                         YihuStoreFeedFunc func,
                         gpointer data,
                         GError **error);
  gboolean (*find_idem) (YihuStore *self, const char *key, YihuIdem *idem, GError **error);
  gboolean (*put_idem) (YihuStore *self, const char *key, const YihuIdem *idem, GError **error);
  gboolean (*append_audit) (YihuStore *self, const YihuAuditRow *row, GError **error);
  gboolean (*each_audit) (YihuStore *self,
                          gint64 after,
                          guint limit,
                          YihuStoreAuditFunc func,
                          gpointer data,
                          GError **error);
  gboolean (*purge) (YihuStore *self,
                     gint64 now_us,
                     gint64 idem_before_us,
                     gint64 feed_before_us,
                     GError **error);

  gboolean (*get_secret) (YihuStore *self, const char *name, GBytes **secret, GError **error);
  gboolean (*put_secret) (YihuStore *self, const char *name, GBytes *secret, GError **error);
  gboolean (*find_account) (YihuStore *self,
                            const char *field,
                            const char *value,
                            YihuAccount **account,
                            GError **error);
  gboolean (*get_password) (YihuStore *self, const char *account, char **hash, GError **error);
  gboolean (*put_password) (YihuStore *self, const char *account, const char *hash, GError **error);
  gboolean (*put_session) (YihuStore *self, const YihuSessionRow *row, GError **error);
  gboolean (*delete_sessions) (YihuStore *self,
                               const char *token_hash,
                               const char *account,
                               GError **error);
  gboolean (*each_session) (YihuStore *self,
                            gint64 now_us,
                            YihuStoreSessionFunc func,
                            gpointer data,
                            GError **error);

  GPtrArray *(*find_callers) (YihuStore *self, const char *number, guint limit, GError **error);
  gboolean (*find_price) (YihuStore *self,
                          const char *provider,
                          const char *item,
                          YihuPrice **price,
                          GError **error);
  GPtrArray *(*list_orders) (YihuStore *self,
                             const char *provider,
                             guint states,
                             guint limit,
                             GError **error);
  gboolean (*find_last_step) (YihuStore *self,
                              const char *order,
                              YihuOrderStep **step,
                              GError **error);
  gboolean (*take_number) (YihuStore *self, const char *counter, gint64 *number, GError **error);
  gboolean (*each_call_fact) (YihuStore *self,
                              YihuDivisionRange range,
                              gint64 since_us,
                              YihuStoreCallFunc func,
                              gpointer data,
                              GError **error);
  gboolean (*each_order_fact) (YihuStore *self,
                               YihuDivisionRange range,
                               gint64 since_us,
                               YihuStoreOrderFunc func,
                               gpointer data,
                               GError **error);
};

G_END_DECLS
