/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#include "store/store.h"

#include <gio/gio.h>

/* The central server as an object: store, writer, readers, live connections and the HTTP door. One
 * main context; several may live in one process (tests). */

G_BEGIN_DECLS

#define YIHU_TYPE_SERVER (yihu_server_get_type ())
G_DECLARE_FINAL_TYPE (YihuServer, yihu_server, YIHU, SERVER, GObject)

typedef struct
{
  const char *data_dir; /* made if it is not there */
  const char *store; /* (nullable): "postgresql://…" instead of a file in the data directory */
  const char *listen; /* "127.0.0.1:0"; port 0: the kernel chooses */
  const char *sip_registrar; /* "sip:127.0.0.1:5060"; told to operators */
  const char *tenant_name; /* "营口市 12349"; told by health */
  const char *area_code; /* "0417": for telephone numbers without one */
  guint max_connections; /* of one address; 0: 1024 */
  guint max_batch; /* commands in one transaction; 0: 256 */
  int requests_per_s; /* of one address; 0: 500, negative: no limit */
  guint offline_hours; /* how long a console may work without the server; 0: 72 */
  const char *anchor_key; /* (nullable): file of the key that signs the audit's anchors */
  const char *backup_dir; /* (nullable): no nightly backups without */
  const char *backup_key; /* (nullable): file of the public half of a key that seals them */
  guint backup_hour; /* local time, 0 to 23 */
  guint backup_keep; /* how many stay; 0: 14 */
  const char *tls_certificate; /* (nullable): PEM file; without it the door speaks plain HTTP */
  const char *tls_key; /* PEM file */
  const char *tls_client_ca; /* (nullable): PEM file; only its certificates are let in */
  guint lock_minutes; /* a console nobody touches covers itself; 0: 10 */
  guint reveals_per_hour; /* of one account; 0: 50 */
  guint reveals_per_day; /* 0: 200 */
  gboolean is_second_factor_off; /* demonstrations and tests only */
} YihuServerConfig;

YihuServer *yihu_server_new (const YihuServerConfig *config, YihuClock *clock, GError **error);
guint yihu_server_get_port (YihuServer *self);
/* The certificate's files have changed. TRUE without one. */
gboolean yihu_server_reload_certificate (YihuServer *self, GError **error);

/* Signal "superseded": another server has begun to write into the same database; stop this one. */

/* Stops accepting, answers what is under way, writes what is queued, checkpoints. */
void yihu_server_stop (YihuServer *self);

/* Makes the store, if need be, and an administrator who may log in. @store as in the config. */
gboolean yihu_server_init_administrator (const char *data_dir,
                                         const char *store,
                                         const char *login,
                                         const char *password,
                                         YihuClock *clock,
                                         GError **error);

/* Fills the empty store of @data_dir and @store from another one, a file or a database, while no
 * server runs on either. */
gboolean yihu_server_copy_store (const char *data_dir,
                                 const char *store,
                                 const char *from,
                                 YihuStoreCopyFunc func,
                                 gpointer data,
                                 GError **error);

G_END_DECLS
