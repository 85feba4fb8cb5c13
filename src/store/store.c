/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Passes each call on to the engine. Knows no engine; checks only what a programmer can get wrong.
 */

#include "store/store-interface.h"

G_DEFINE_INTERFACE (YihuStore, yihu_store, G_TYPE_OBJECT)

static void
yihu_store_default_init (YihuStoreInterface *iface)
{
}

void
yihu_idem_clear (YihuIdem *idem)
{
  g_clear_pointer (&idem->account, g_free);
  g_clear_pointer (&idem->body_hash, g_free);
  g_clear_pointer (&idem->reply, g_free);
}

YihuStore *
yihu_store_open_reader (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), NULL);
  return YIHU_STORE_GET_IFACE (self)->open_reader (self, error);
}

gboolean
yihu_store_begin (YihuStore *self, gboolean for_writing, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->begin (self, for_writing, error);
}

gboolean
yihu_store_commit (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->commit (self, error);
}

void
yihu_store_rollback (YihuStore *self)
{
  g_return_if_fail (YIHU_IS_STORE (self));
  YIHU_STORE_GET_IFACE (self)->rollback (self);
}

gboolean
yihu_store_savepoint (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->savepoint (self, error);
}

gboolean
yihu_store_release (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->release (self, error);
}

void
yihu_store_rollback_to (YihuStore *self)
{
  g_return_if_fail (YIHU_IS_STORE (self));
  YIHU_STORE_GET_IFACE (self)->rollback_to (self);
}

gboolean
yihu_store_checkpoint (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->checkpoint (self, error);
}

gboolean
yihu_store_get_tenant (YihuStore *self, YihuTenant *tenant, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->get_tenant (self, tenant, error);
}

gboolean
yihu_store_put_tenant (YihuStore *self, const YihuTenant *tenant, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->put_tenant (self, tenant, error);
}

gboolean
yihu_store_put_record (YihuStore *self, gconstpointer record, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->put_record (self, record, error);
}

gpointer
yihu_store_get_record (YihuStore *self, const YihuRecordType *type, const char *id, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), NULL);
  return YIHU_STORE_GET_IFACE (self)->get_record (self, type, id, error);
}

gboolean
yihu_store_find_head (YihuStore *self,
                      const YihuRecordType *type,
                      const char *id,
                      gint64 *version,
                      gint64 *division,
                      GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->find_head (self, type, id, version, division, error);
}

gboolean
yihu_store_each_record (YihuStore *self,
                        const YihuRecordType *type,
                        YihuDivisionRange range,
                        gint64 since_us,
                        YihuStoreRecordFunc func,
                        gpointer data,
                        GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->each_record (self, type, range, since_us, func, data, error);
}

gboolean
yihu_store_count_records (YihuStore *self,
                          const YihuRecordType *type,
                          YihuDivisionRange range,
                          gint64 *count,
                          GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->count_records (self, type, range, count, error);
}

gboolean
yihu_store_append_feed (YihuStore *self, const YihuFeedRow *row, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->append_feed (self, row, error);
}

gboolean
yihu_store_each_feed (YihuStore *self,
                      gint64 since,
                      guint limit,
                      YihuStoreFeedFunc func,
                      gpointer data,
                      GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->each_feed (self, since, limit, func, data, error);
}

gboolean
yihu_store_find_idem (YihuStore *self, const char *key, YihuIdem *idem, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->find_idem (self, key, idem, error);
}

gboolean
yihu_store_put_idem (YihuStore *self, const char *key, const YihuIdem *idem, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->put_idem (self, key, idem, error);
}

gboolean
yihu_store_append_audit (YihuStore *self, const YihuAuditRow *row, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->append_audit (self, row, error);
}

gboolean
yihu_store_each_audit (YihuStore *self,
                       gint64 after,
                       guint limit,
                       YihuStoreAuditFunc func,
                       gpointer data,
                       GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->each_audit (self, after, limit, func, data, error);
}

gboolean
yihu_store_purge (YihuStore *self,
                  gint64 now_us,
                  gint64 idem_before_us,
                  gint64 feed_before_us,
                  GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->purge (self, now_us, idem_before_us, feed_before_us, error);
}

gboolean
yihu_store_get_secret (YihuStore *self, const char *name, GBytes **secret, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->get_secret (self, name, secret, error);
}

gboolean
yihu_store_put_secret (YihuStore *self, const char *name, GBytes *secret, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->put_secret (self, name, secret, error);
}

gboolean
yihu_store_find_account (YihuStore *self,
                         const char *field,
                         const char *value,
                         YihuAccount **account,
                         GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->find_account (self, field, value, account, error);
}

gboolean
yihu_store_get_password (YihuStore *self, const char *account, char **hash, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->get_password (self, account, hash, error);
}

gboolean
yihu_store_put_password (YihuStore *self, const char *account, const char *hash, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->put_password (self, account, hash, error);
}

gboolean
yihu_store_put_session (YihuStore *self, const YihuSessionRow *row, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->put_session (self, row, error);
}

gboolean
yihu_store_delete_sessions (YihuStore *self,
                            const char *token_hash,
                            const char *account,
                            GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->delete_sessions (self, token_hash, account, error);
}

gboolean
yihu_store_each_session (YihuStore *self,
                         gint64 now_us,
                         YihuStoreSessionFunc func,
                         gpointer data,
                         GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->each_session (self, now_us, func, data, error);
}

GPtrArray *
yihu_store_find_callers (YihuStore *self, const char *number, guint limit, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), NULL);
  return YIHU_STORE_GET_IFACE (self)->find_callers (self, number, limit, error);
}

gboolean
yihu_store_find_price (YihuStore *self,
                       const char *provider,
                       const char *item,
                       YihuPrice **price,
                       GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->find_price (self, provider, item, price, error);
}

GPtrArray *
yihu_store_list_orders (YihuStore *self,
                        const char *provider,
                        guint states,
                        guint limit,
                        GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), NULL);
  return YIHU_STORE_GET_IFACE (self)->list_orders (self, provider, states, limit, error);
}

gboolean
yihu_store_find_last_step (YihuStore *self, const char *order, YihuOrderStep **step, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->find_last_step (self, order, step, error);
}

gboolean
yihu_store_take_number (YihuStore *self, const char *counter, gint64 *number, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->take_number (self, counter, number, error);
}

gboolean
yihu_store_each_call_fact (YihuStore *self,
                           YihuDivisionRange range,
                           gint64 since_us,
                           YihuStoreCallFunc func,
                           gpointer data,
                           GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->each_call_fact (self, range, since_us, func, data, error);
}

gboolean
yihu_store_each_order_fact (YihuStore *self,
                            YihuDivisionRange range,
                            gint64 since_us,
                            YihuStoreOrderFunc func,
                            gpointer data,
                            GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return YIHU_STORE_GET_IFACE (self)->each_order_fact (self, range, since_us, func, data, error);
}
