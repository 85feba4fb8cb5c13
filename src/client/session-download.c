/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Large files: streamed to disk in a thread of their own, hashed on the way, synced before anybody
 * is told. A file is written beside its place and renamed, so a name never stands for half a file.
 */

#include "client/session-private.h"

#include "base/error.h"
#include "base/file-io.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES (256 * 1024)
#define SILENCE_S 150 /* a snapshot of a large city is built while we wait */
#define HASH_BYTES 32

typedef struct
{
  SoupMessage *message; /* (owned) */
  char *file;
  char *part; /* where it is written until it is whole */
  char *etag_file; /* (nullable) */
  YihuProgressFunc progress; /* (nullable) */
  gpointer progress_data;
} Download;

typedef struct
{
  YihuProgressFunc progress;
  gpointer data;
  gint64 done;
  gint64 total;
} Progress;

static void
download_free (gpointer data)
{
  Download *download = data;

  g_clear_object (&download->message);
  g_free (download->file);
  g_free (download->part);
  g_free (download->etag_file);
  g_free (download);
}

static gboolean
on_progress (gpointer data)
{
  Progress *progress = data;

  progress->progress (progress->done, progress->total, progress->data);
  return G_SOURCE_REMOVE;
}

static void
tell_progress (GTask *task, gint64 done, gint64 total)
{
  Download *download = g_task_get_task_data (task);
  g_autoptr (GSource) source = NULL;
  Progress progress = { download->progress, download->progress_data, done, total };

  if (download->progress == NULL)
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_progress, g_memdup2 (&progress, sizeof progress), g_free);
  g_source_attach (source, g_task_get_context (task));
}

static gboolean
check_hash (SoupMessage *message, const guint8 *hash, GError **error)
{
  const char *expected =
      soup_message_headers_get_one (soup_message_get_response_headers (message), "X-Yihu-Blake2b");
  char hex[2 * HASH_BYTES + 1];

  if (expected == NULL)
    return TRUE;
  sodium_bin2hex (hex, sizeof hex, hash, HASH_BYTES);
  if (g_ascii_strcasecmp (hex, expected) == 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
               "a download does not have the hash announced");
  return FALSE;
}

/* Copies the body into @fd. */
static gboolean
copy_body (GTask *task, GInputStream *stream, int fd, GCancellable *cancellable, GError **error)
{
  Download *download = g_task_get_task_data (task);
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  SoupMessageHeaders *headers = soup_message_get_response_headers (download->message);
  gint64 total = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
                     ? soup_message_headers_get_content_length (headers)
                     : -1;
  gint64 done = 0;
  crypto_generichash_state state;
  guint8 hash[HASH_BYTES];
  gsize n;

  crypto_generichash_init (&state, NULL, 0, HASH_BYTES);
  do
    {
      if (!g_input_stream_read_all (stream, buffer, CHUNK_BYTES, &n, cancellable, error)
          || !yihu_file_write (fd, buffer, n, "write a download", error))
        return FALSE;
      crypto_generichash_update (&state, buffer, n);
      done += (gint64) n;
      tell_progress (task, done, total);
    }
  while (n == CHUNK_BYTES);
  crypto_generichash_final (&state, hash, sizeof hash);
  if (total >= 0 && done != total)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_OFFLINE, "a download broke off");
      return FALSE;
    }
  if (fsync (fd) != 0)
    return yihu_file_set_error ("sync a download", NULL, error);
  return check_hash (download->message, hash, error);
}

static gboolean
receive (GTask *task, GInputStream *stream, GCancellable *cancellable, GError **error)
{
  Download *download = g_task_get_task_data (task);
  int fd = open (download->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean whole;

  if (fd < 0)
    return yihu_file_set_error ("create a download's file", NULL, error);
  whole = copy_body (task, stream, fd, cancellable, error);
  close (fd);
  if (whole && g_rename (download->part, download->file) != 0)
    whole = yihu_file_set_error ("put a download in its place", NULL, error);
  if (!whole)
    g_unlink (download->part);
  return whole;
}

static void
keep_etag (Download *download)
{
  const char *etag =
      soup_message_headers_get_one (soup_message_get_response_headers (download->message), "ETag");
  g_autoptr (GError) error = NULL;

  if (download->etag_file == NULL)
    return;
  if (etag == NULL)
    g_unlink (download->etag_file);
  else if (!g_file_set_contents (download->etag_file, etag, -1, &error))
    g_info ("keep a mark of a download: %s", error->message);
}

static gboolean
set_refusal (SoupMessage *message, GInputStream *stream, GError **error)
{
  char text[4096];
  gsize n = 0;

  if (!g_input_stream_read_all (stream, text, sizeof text, &n, NULL, NULL))
    n = 0;
  yihu_session_parse_answer (message, text, n, NULL, error);
  return FALSE;
}

static gboolean
run_download (GTask *task, GCancellable *cancellable, GError **error)
{
  Download *download = g_task_get_task_data (task);
  YihuSession *session = g_task_get_source_object (task);
  g_autoptr (SoupSession) soup = yihu_session_new_soup (session, SILENCE_S);
  g_autoptr (GInputStream) stream = NULL;
  guint status;

  stream = soup_session_send (soup, download->message, cancellable, error);
  if (stream == NULL)
    return FALSE;
  status = soup_message_get_status (download->message);
  if (status == SOUP_STATUS_NOT_MODIFIED)
    return TRUE;
  if (!SOUP_STATUS_IS_SUCCESSFUL (status))
    return set_refusal (download->message, stream, error);
  if (!receive (task, stream, cancellable, error))
    return FALSE;
  keep_etag (download);
  return TRUE;
}

static void
download_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Download *download = data;
  GError *problem = NULL;
  g_autoptr (GError) error = NULL;

  if (run_download (task, cancellable, &problem))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  yihu_session_propagate_transport (download->message, &error, problem, FALSE, "download");
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
ask_if_changed (Download *download)
{
  g_autofree char *etag = NULL;

  if (!g_file_test (download->file, G_FILE_TEST_EXISTS)
      || !g_file_get_contents (download->etag_file, &etag, NULL, NULL))
    return;
  soup_message_headers_replace (soup_message_get_request_headers (download->message),
                                "If-None-Match", g_strstrip (etag));
}

void
yihu_session_download_changed_async (YihuSession *self,
                                     const char *path,
                                     const char *file,
                                     const char *etag_file,
                                     YihuProgressFunc progress,
                                     gpointer progress_data,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GError) error = NULL;
  Download *download = g_new0 (Download, 1);

  g_task_set_source_tag (task, yihu_session_download_async);
  g_task_set_task_data (task, download, download_free);
  download->file = g_strdup (file);
  download->part = g_strconcat (file, ".part", NULL);
  download->etag_file = g_strdup (etag_file);
  download->progress = progress;
  download->progress_data = progress_data;
  download->message = yihu_session_new_message (self, "GET", path, &error);
  if (download->message == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (etag_file != NULL)
    ask_if_changed (download);
  g_task_run_in_thread (task, download_thread);
}

void
yihu_session_download_async (YihuSession *self,
                             const char *path,
                             const char *file,
                             YihuProgressFunc progress,
                             gpointer progress_data,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  yihu_session_download_changed_async (self, path, file, NULL, progress, progress_data, cancellable,
                                       callback, data);
}

gboolean
yihu_session_download_finish (YihuSession *self, GAsyncResult *result, GError **error)
{
  Download *download;
  const char *epoch;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  download = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  /* A snapshot of a newer epoch than that of the log-in: from now on this one counts. */
  epoch = soup_message_headers_get_one (soup_message_get_response_headers (download->message),
                                        "X-Yihu-Epoch");
  if (epoch != NULL)
    yihu_session_set_epoch (self, g_ascii_strtoll (epoch, NULL, 10));
  return TRUE;
}
