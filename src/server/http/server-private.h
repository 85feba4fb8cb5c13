/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/http/guard.h"
#include "server/http/lockout.h"
#include "server/http/password-pool.h"
#include "server/http/server.h"
#include "server/http/tls.h"
#include "server/http/tokens.h"
#include "server/live/hub.h"
#include "server/work/caretaker.h"
#include "server/work/snapshot-shelf.h"

/* What the files of the HTTP door share. */

G_BEGIN_DECLS

struct _YihuServer
{
  GObject parent_instance;

  YihuClock *clock; /* (owned) */
  char *data_dir;
  char *sip_registrar;
  char *tenant_name;
  char *tenant_json; /* the same, as a string of JSON */
  char *area_code;
  int lock_file;

  YihuStore *store; /* (owned) the writer's */
  YihuWriter *writer; /* (owned) */
  YihuReaders *readers; /* (owned) */
  YihuSnapshotShelf *shelf; /* (owned) */
  YihuHub *hub; /* (owned) */
  YihuCaretaker *caretaker; /* (owned) */
  YihuTokens *tokens; /* (owned) */
  YihuPasswordPool *passwords; /* (owned) */
  YihuLockout *lockout; /* (owned) */
  GBytes *sip_secret; /* (owned) */
  GBytes *factor_key; /* (owned) (nullable): NULL where no second factor is asked */

  SoupServer *soup; /* (owned) */
  YihuDoorTls *tls; /* (owned) (nullable) */
  YihuGuard *guard; /* (owned) */
  GSource *purge_timer; /* (owned) */
  guint port;
  gboolean asks_second_factor;
  guint offline_hours;
  guint lock_minutes;
  guint reveals_per_hour;
  guint reveals_per_day;
  guint n_exchanges; /* being answered */
  gboolean is_stopped;
};

/* One program a directory. */
gboolean yihu_server_lock_directory (const char *data_dir, int *lock_file, GError **error);
/* Returns: (transfer full): what yihu_store_open() takes. */
char *yihu_server_dup_store_address (const char *data_dir, const char *store);

G_END_DECLS
