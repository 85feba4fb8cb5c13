/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/audit-anchor.h"

/* The whole check of an audit chain against its anchors, in pages from wherever they come: a store,
 * a file, or a server far away. Waiting; may be cancelled between pages. */

G_BEGIN_DECLS

#define YIHU_AUDIT_PAGE 20000 /* rows: a reader is held for some tenths of a second */

/* Takes the walk at most @limit rows further, as yihu_store_walk_audit(). */
typedef gboolean (*YihuAuditPageFunc) (YihuAuditWalk *walk,
                                       guint limit,
                                       gpointer data,
                                       GError **error);
typedef void (*YihuAuditProgressFunc) (const YihuAuditWalk *walk, gpointer data);

typedef struct
{
  YihuAuditWalk walk; /* walk.bad: the first row that does not fit; 0: the chain is good */
  const YihuAnchor *anchor; /* (nullable): which one does not fit; belongs to the array */
  guint n_anchors; /* that fit */
  guint n_void; /* taken back by a restore */
} YihuAuditVerdict;

/* @anchors: (nullable): sorted. FALSE only where reading failed or was cancelled. */
gboolean yihu_audit_verify (YihuAuditPageFunc page,
                            gpointer page_data,
                            const GArray *anchors,
                            YihuAuditProgressFunc progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            YihuAuditVerdict *verdict,
                            GError **error);
/* The same over a store. */
gboolean yihu_store_verify_audit (YihuStore *self,
                                  const GArray *anchors,
                                  GCancellable *cancellable,
                                  YihuAuditVerdict *verdict,
                                  GError **error);

/* What is wrong, for an auditor; NULL: nothing. (transfer full) */
char *yihu_audit_verdict_describe (const YihuAuditVerdict *verdict);

G_END_DECLS
