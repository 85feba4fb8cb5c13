/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/division-code.h"
#include "cache/cache.h"
#include "snapshot/snapshot.h"

/* What the files of the cache share: the two connections and the reading of rows. */

G_BEGIN_DECLS

struct _YihuCache
{
  char *directory; /* (owned) */
  char *city_path; /* (owned) */
  gboolean is_reader;
  GBytes *key; /* (owned) (nullable) */
  YihuDeskFile *desk; /* (owned) */
  YihuSnapshotFile *city; /* (owned) (nullable) */
  YihuDivisionRange scope; /* of the city */
  gboolean owes_purge; /* rows were taken away, but the log or the file still holds their bytes */
};

/* Appends each row of @rows, whose columns from @first_column on are those of @type. */
gboolean yihu_cache_read_rows (YihuCache *self,
                               const YihuRecordType *type,
                               YihuRows *rows,
                               guint first_column,
                               GPtrArray *records,
                               GError **error);

/* The record as the city has it. NULL without error: none. */
gpointer
yihu_cache_get_base (YihuCache *self, const YihuRecordType *type, const char *id, GError **error);

G_END_DECLS
