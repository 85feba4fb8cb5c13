/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"
#include "domain/record.h"

/* Bringing files into a server: the same path for a real centre and for the demo city. */

G_BEGIN_DECLS

typedef struct
{
  gboolean all_or_nothing; /* one bad row refuses its file: it is checked as a whole first */
  gboolean quiet; /* no feed entries: consoles fetch a new snapshot */
  const char *area_code; /* for landlines without one */
} YihuImportOptions;

typedef struct
{
  gint64 accepted;
  gint64 refused;
} YihuImportResult;

/* Sends @path in pieces; progress and refused rows go to standard error, a line each. */
gboolean yihu_import_file (YihuSession *session,
                           const YihuRecordType *type,
                           const char *path,
                           const YihuImportOptions *options,
                           YihuImportResult *result,
                           GError **error);

/* accounts.csv: the columns of an account and "password". */
gboolean yihu_import_accounts (YihuSession *session,
                               const char *path,
                               YihuImportResult *result,
                               GError **error);

/* All files of a directory that bear the name of a kind, in the order of yihu_record_types, then
 * accounts.csv. */
gboolean yihu_import_directory (YihuSession *session,
                                const char *directory,
                                const YihuImportOptions *options,
                                YihuImportResult *result,
                                GError **error);

gboolean yihu_import_map (YihuSession *session, const char *path, GError **error);

gboolean yihu_import_account (YihuSession *session,
                              gconstpointer account,
                              const char *password,
                              GError **error);

G_END_DECLS
