/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* Checking the audit chain, page by page: a walk begins behind a row that is known to be good (or
 * before the first) and goes on until a row does not fit. A walk is a plain value; it may rest
 * between pages for as long as it likes, since rows are only ever added. */

G_BEGIN_DECLS

#define YIHU_AUDIT_HASH_LENGTH 64 /* hex of BLAKE2b-256 */

typedef enum
{
  YIHU_AUDIT_GOOD,
  YIHU_AUDIT_MISSING, /* a number is left out before this row */
  YIHU_AUDIT_CHANGED, /* the row is not what was hashed */
  YIHU_AUDIT_UNLINKED, /* the row is whole, but was not written behind the one before it */
  YIHU_AUDIT_REWRITTEN, /* the chain fits itself, but not an anchor */
  YIHU_AUDIT_CUT, /* the chain ends before an anchored row */
} YihuAuditFault;

typedef struct
{
  gint64 number; /* the last good row; 0: none yet */
  char hash[YIHU_AUDIT_HASH_LENGTH + 1]; /* its hash; "": none yet */
  gint64 n_rows; /* looked at and good */
  gint64 bad; /* the first row that does not fit; 0: none */
  YihuAuditFault why;
} YihuAuditWalk;

void yihu_audit_walk_init (YihuAuditWalk *walk, gint64 after, const char *hash);
/* FALSE where the row does not fit; the walk has ended then. */
gboolean yihu_audit_walk_take (YihuAuditWalk *walk, const YihuAuditRow *row);
/* At most @limit rows further. FALSE only where the store cannot be read. */
gboolean yihu_store_walk_audit (YihuStore *self, YihuAuditWalk *walk, guint limit, GError **error);

const char *yihu_audit_fault_get_nick (YihuAuditFault fault); /* "good", "missing" … */

G_END_DECLS
