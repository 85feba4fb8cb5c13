/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/* Fetching the snapshot of the session's scope: waits while the server builds it, unpacks it as it
 * comes, goes on after a break with the bytes that are missing, fetches a wrong one a second time
 * and no more. Main context; the work is done in a thread of its own. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_FETCH_ASKING, /* for the file, or the server again after a break */
  YIHU_FETCH_BUILDING, /* the server is making it; done and total in its own measure */
  YIHU_FETCH_RECEIVING, /* bytes as they travel */
  YIHU_FETCH_CHECKING, /* hash and disk */
} YihuFetchStage;

typedef struct
{
  YihuFetchStage stage;
  gint64 done;
  gint64 total; /* 0: not known */
  gboolean is_second; /* the first one was damaged on its way */
} YihuFetchProgress;

typedef void (*YihuFetchProgressFunc) (const YihuFetchProgress *progress, gpointer data);

/* Into the new file @file (0600, synced). What came is kept beside it on failure, for the next try.
 * OFFLINE after several tries in vain, CORRUPT where
 * the second one was wrong too, FULL where the disk has no room for it. */
void yihu_session_fetch_snapshot_async (YihuSession *self,
                                        int schema,
                                        const char *file,
                                        YihuFetchProgressFunc progress,
                                        gpointer progress_data,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer data);
gboolean
yihu_session_fetch_snapshot_finish (YihuSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
