/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/* What an administrator and an auditor do to keep the centre's memory safe: check the audit, copy
 * the store, bring a copy back, read the server's health. Waiting calls; progress goes to standard
 * error. */

G_BEGIN_DECLS

typedef struct
{
  const char *data_dir; /* of the server, on this machine */
  const char *anchors; /* (nullable): file with anchors of one's own */
  const char *anchor_key; /* (nullable): file of the key that signed them */
  const char *backup_key; /* (nullable): file of the key that seals backups, or opens them */
} YihuKeepingOptions;

typedef enum
{
  YIHU_KEEPING_FAILED, /* with the error */
  YIHU_KEEPING_GOOD,
  YIHU_KEEPING_BAD, /* done, and something is to be looked at: said on standard output */
} YihuKeepingResult;

/* With the server's anchors and those of @options, both. */
YihuKeepingResult
yihu_audit_check_server (YihuSession *session, const YihuKeepingOptions *options, GError **error);
/* A store that nobody uses, or a backup. */
YihuKeepingResult
yihu_audit_check_file (const char *file, const YihuKeepingOptions *options, GError **error);
/* Prints the server's anchors, to be kept elsewhere. */
gboolean yihu_audit_print_anchors (YihuSession *session, GError **error);

gboolean yihu_keeping_backup (const char *file, const YihuKeepingOptions *options, GError **error);
/* REJECTED where a server holds the directory, or where there is a store already. */
gboolean yihu_keeping_restore (const char *file, const YihuKeepingOptions *options, GError **error);

/* Opens a sealed backup into the new file @target; needs the secret half of the key. */
gboolean yihu_keeping_unseal (const char *file,
                              const char *target,
                              const YihuKeepingOptions *options,
                              GError **error);

YihuKeepingResult yihu_keeping_health (YihuSession *session, GError **error);

G_END_DECLS
