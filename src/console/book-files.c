/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The book's files: opening them (off the main thread, because a first look at a large file is
 * slow on a cold disk), taking in a snapshot, closing. A snapshot is downloaded and checked beside
 * the old city; only for the moment of the exchange does every side let go of the old one. */

#include "console/book-private.h"

#include "base/error.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>

/* --- opening --- */

typedef struct
{
  char *directory;
  gboolean online;
  GBytes *key; /* (nullable): from the log-in */
  GBytes *desk_key; /* (nullable): from the log-in */
  YihuKeyRing *ring; /* (owned) (nullable) */
  char *server_url;
  YihuWorkerThread *desk_thread; /* (owned) */
  char *login;
  char *password;
  gint64 now_us;
  gint64 epoch;
  gint64 wiped_at_us; /* of the account; 0 without the server */
  YihuDivisionRange scope;

  YihuCache *writer;
  YihuCache *reader;
  YihuCache *desk;
  YihuBookShelf *shelf;
  YihuDeskFile *keeper;
  YihuOutbox *outbox;
  YihuDeskLogin *kept; /* (nullable): the log-in by which it was opened without the server */
  gint64 n_elders;
  gboolean fits;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_pointer (&opening->reader, yihu_cache_close);
  g_clear_pointer (&opening->desk, yihu_cache_close);
  g_clear_pointer (&opening->writer, yihu_cache_close);
  g_clear_pointer (&opening->shelf, yihu_book_shelf_free);
  g_clear_pointer (&opening->kept, yihu_desk_login_free);
  g_clear_object (&opening->outbox);
  g_clear_pointer (&opening->keeper, yihu_desk_file_close);
  g_clear_object (&opening->desk_thread);
  g_clear_object (&opening->ring);
  g_clear_pointer (&opening->key, g_bytes_unref);
  g_clear_pointer (&opening->desk_key, g_bytes_unref);
  g_free (opening->server_url);
  g_free (opening->directory);
  g_free (opening->login);
  g_free (opening->password);
  g_free (opening);
}

/* Where the key's place does not answer, that is what has to be said. */
static GBytes *
find_parcel (Opening *opening, GCancellable *cancellable, GError **error)
{
  if (opening->ring != NULL)
    return yihu_key_ring_find (opening->ring, opening->server_url, opening->login, cancellable,
                               error);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED, "there is no secret store");
  return NULL;
}

static gboolean
unlock (Opening *opening, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) parcel = NULL;
  g_autoptr (GError) local = NULL;
  gboolean is_elsewhere = FALSE;

  if (!yihu_desk_file_find_login (opening->keeper, opening->login, &is_elsewhere, error))
    return FALSE;
  if (is_elsewhere && (parcel = find_parcel (opening, cancellable, &local)) == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED, "%s", local->message);
      return FALSE;
    }
  opening->kept = yihu_desk_file_unlock (opening->keeper, opening->login, opening->password, parcel,
                                         opening->now_us, error);
  if (opening->kept == NULL)
    return FALSE;
  opening->key = g_bytes_ref (opening->kept->scope_key);
  opening->desk_key =
      opening->kept->desk_key != NULL ? g_bytes_ref (opening->kept->desk_key) : NULL;
  return TRUE;
}

/* Overlay rows that a crash left without their command. */
static gboolean
sweep (Opening *opening, GError **error)
{
  g_autoptr (GPtrArray) rows = yihu_outbox_list (opening->outbox);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (keys, ((YihuOutboxRow *) g_ptr_array_index (rows, i))->key);
  g_ptr_array_add (keys, NULL);
  return yihu_desk_file_sweep_overlay (opening->keeper, (const char *const *) keys->pdata,
                                       yihu_cache_get_cursor (opening->writer), error);
}

/* Opens the desk file with its keys. */
static gboolean
open_desk (Opening *opening, GError **error)
{
  opening->keeper = yihu_desk_file_open (opening->directory, error);
  if (opening->keeper == NULL)
    return FALSE;
  yihu_desk_file_set_keys (opening->keeper, opening->desk_key, opening->key);
  return TRUE;
}

/* The account was wiped, or its rights narrowed, while this computer was away: what lies here goes
 * before anybody reads it. A break in between only does it again. */
static gboolean
obey_wipe (Opening *opening, GError **error)
{
  gint64 unsent = 0;

  if (yihu_desk_file_knows_wipe (opening->keeper, opening->wiped_at_us))
    return TRUE;
  g_clear_pointer (&opening->keeper, yihu_desk_file_close);
  return yihu_cache_wipe (opening->directory, &unsent, error) && open_desk (opening, error)
         && yihu_desk_file_note_wipe (opening->keeper, opening->wiped_at_us, error);
}

/* The desk file first and alone: sealing what an older program left rewrites it. */
static gboolean
open_keeper (Opening *opening, GCancellable *cancellable, GError **error)
{
  if (!open_desk (opening, error)
      || (opening->online ? !obey_wipe (opening, error) : !unlock (opening, cancellable, error)))
    return FALSE;
  opening->outbox =
      yihu_outbox_new_threaded (yihu_desk_file_get_database (opening->keeper), opening->desk_thread,
                                &yihu_book_keeper, opening->keeper, error);
  return opening->outbox != NULL && yihu_desk_file_seal_plain (opening->keeper, error);
}

static YihuCache *
open_cache (Opening *opening, GError **error)
{
  YihuCache *cache = yihu_cache_open (opening->directory, opening->key, error);

  if (cache != NULL)
    yihu_desk_file_set_keys (yihu_cache_get_desk (cache), opening->desk_key, opening->key);
  return cache;
}

static gboolean
open_all (Opening *opening, GCancellable *cancellable, GError **error)
{
  if (!open_keeper (opening, cancellable, error)
      || (opening->writer = open_cache (opening, error)) == NULL || !sweep (opening, error))
    return FALSE;
  if (!opening->online && !yihu_cache_has_city (opening->writer))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no copy of the city here");
      return FALSE;
    }
  opening->fits = yihu_cache_has_city (opening->writer)
                  && (!opening->online
                      || (yihu_cache_get_epoch (opening->writer) == opening->epoch
                          && yihu_cache_get_scope_lo (opening->writer) == opening->scope.lo
                          && yihu_cache_get_scope_hi (opening->writer) == opening->scope.hi));
  opening->desk = open_cache (opening, error);
  if (opening->desk == NULL)
    return FALSE;
  opening->reader = yihu_cache_open_reader (opening->writer, error);
  if (opening->reader == NULL)
    return FALSE;
  opening->shelf = yihu_book_shelf_load (opening->writer, error);
  opening->n_elders = yihu_cache_count_elders (opening->writer);
  return opening->shelf != NULL;
}

static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (open_all (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

char *
yihu_book_make_directory (YihuBook *self)
{
  g_autofree char *name = g_uri_escape_string (self->login, NULL, TRUE);

  /* Neither "." nor "..", nor a name that another file has. */
  return g_strdup_printf ("%s/account-%s", self->cache_directory, name);
}

void
yihu_book_open_files_async (YihuBook *self,
                            gboolean online,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, callback, data);
  Opening *opening = g_new0 (Opening, 1);
  GBytes *key = yihu_session_get_scope_key (self->session);
  GBytes *desk_key = yihu_session_get_desk_key (self->session);

  opening->directory = yihu_book_make_directory (self);
  opening->online = online;
  opening->key = online && key != NULL ? g_bytes_ref (key) : NULL;
  opening->desk_key = online && desk_key != NULL ? g_bytes_ref (desk_key) : NULL;
  g_set_object (&opening->ring, self->ring);
  opening->server_url = g_strdup (self->server_url);
  opening->login = g_strdup (self->login);
  opening->password = g_strdup (self->password);
  opening->now_us = yihu_clock_get_now_us (self->clock);
  opening->wiped_at_us = online ? yihu_session_get_account (self->session)->wiped_at_us : 0;
  opening->epoch = yihu_session_get_epoch (self->session);
  opening->scope = yihu_session_get_scope (self->session);
  self->writer_thread = yihu_worker_thread_new ("book-writer");
  self->reader_thread = yihu_worker_thread_new ("book-reader");
  self->desk_thread = yihu_worker_thread_new ("book-desk");
  g_set_object (&opening->desk_thread, self->desk_thread);
  g_task_set_source_tag (task, yihu_book_open_files_async);
  g_task_set_task_data (task, opening, opening_free);
  yihu_worker_thread_push (self->keys_thread, task, open_thread);
}

static void
adopt (YihuBook *self, Opening *opening)
{
  self->has_files = TRUE;
  self->writer = g_steal_pointer (&opening->writer);
  self->reader = g_steal_pointer (&opening->reader);
  self->desk = g_steal_pointer (&opening->desk);
  self->shelf = g_steal_pointer (&opening->shelf);
  self->n_elders = opening->n_elders;
  self->keeper = g_steal_pointer (&opening->keeper);
  self->outbox = g_steal_pointer (&opening->outbox);
  if (opening->kept == NULL)
    return;
  g_clear_pointer (&self->account, yihu_account_unref);
  self->account = yihu_account_ref (opening->kept->account);
  self->scope.lo = yihu_cache_get_scope_lo (self->desk);
  self->scope.hi = yihu_cache_get_scope_hi (self->desk);
  self->offline_us = opening->kept->offline_us;
  yihu_book_set_server_time (self,
                             yihu_clock_get_now_us (self->clock) + opening->kept->clock_offset_us,
                             opening->kept->heard_us);
}

gboolean
yihu_book_open_files_finish (YihuBook *self, GAsyncResult *result, gboolean *fits, GError **error)
{
  Opening *opening = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *fits = opening->fits;
  adopt (self, opening);
  return TRUE;
}

/* What is left to be ended and closed, by the thread that also opens and erases. */
typedef struct
{
  YihuWorkerThread *threads[3]; /* (owned) (nullable) */
  YihuOutbox *outbox; /* (owned) (nullable): of the main context, let go of there */
  YihuDeskFile *keeper; /* (owned) (nullable) */
  YihuCache *caches[3]; /* (owned) (nullable) */
} Closing;

static void
close_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Closing *closing = data;

  for (guint i = 0; i < G_N_ELEMENTS (closing->threads); i++)
    if (closing->threads[i] != NULL)
      yihu_worker_thread_shutdown (closing->threads[i]);
  for (guint i = 0; i < G_N_ELEMENTS (closing->threads); i++)
    g_clear_object (&closing->threads[i]);
  g_clear_pointer (&closing->keeper, yihu_desk_file_close);
  for (guint i = 0; i < G_N_ELEMENTS (closing->caches); i++)
    g_clear_pointer (&closing->caches[i], yihu_cache_close);
  g_task_return_boolean (task, TRUE);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  Closing *closing = g_task_get_task_data (G_TASK (result));

  g_clear_object (&closing->outbox);
}

/* Nothing is waited for: what the threads have in hand goes on, with the files that belong to them,
 * and the next opening or erasing stands in the queue behind it. */
void
yihu_book_close_files (YihuBook *self)
{
  g_autoptr (GTask) task = NULL;
  Closing *closing;

  g_clear_pointer (&self->shelf, yihu_book_shelf_free);
  if (self->writer_thread == NULL)
    return;
  closing = g_new0 (Closing, 1);
  closing->threads[0] = g_steal_pointer (&self->reader_thread);
  closing->threads[1] = g_steal_pointer (&self->writer_thread);
  closing->threads[2] = g_steal_pointer (&self->desk_thread);
  closing->outbox = g_steal_pointer (&self->outbox);
  closing->keeper = g_steal_pointer (&self->keeper);
  closing->caches[0] = g_steal_pointer (&self->desk);
  if (self->has_files)
    {
      closing->caches[1] = self->reader;
      closing->caches[2] = self->writer;
    }
  self->has_files = FALSE;
  task = g_task_new (NULL, NULL, on_closed, NULL);
  g_task_set_source_tag (task, yihu_book_close_files);
  g_task_set_task_data (task, closing, g_free);
  yihu_worker_thread_push (self->keys_thread, task, close_thread);
}

/* --- snapshot --- */

typedef struct
{
  char *file;
  GBytes *key; /* (owned) */
  YihuBookShelf *shelf; /* (owned) (nullable) */
  gint64 n_elders;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_unlink (fetch->file);
  g_free (fetch->file);
  g_bytes_unref (fetch->key);
  g_clear_pointer (&fetch->shelf, yihu_book_shelf_free);
  g_free (fetch);
}

static void
finish_fetch (GTask *task, GError *error)
{
  YihuBook *self = g_task_get_source_object (task);

  /* Somebody may have logged out, and another in, while this was on its way. */
  if (g_task_get_cancellable (task) == self->cancellable)
    {
      self->is_fetching = FALSE;
      self->needs_snapshot = self->needs_snapshot && error != NULL;
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  yihu_book_update_state (self);
}

/* Next step of a fetch on one of the threads; its answer comes to @callback with the fetch's task
 * as data. Nothing cancels a step: half an exchange of files must not be. */
static void
push_step (GTask *task,
           YihuWorkerThread *thread,
           GTaskThreadFunc func,
           GAsyncReadyCallback callback)
{
  YihuBook *self = g_task_get_source_object (task);
  g_autoptr (GTask) step = g_task_new (self, NULL, callback, g_object_ref (task));

  g_task_set_source_tag (step, push_step);
  g_task_set_task_data (step, g_task_get_task_data (task), NULL);
  yihu_worker_thread_push (thread, step, func);
}

/* Takes the answer of a step; on failure the fetch ends. Returns: (transfer full) (nullable): the
 * fetch's task, where it goes on. */
static GTask *
take_step (GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  YihuBook *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error)
      && !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    return g_steal_pointer (&task);
  if (g_task_get_cancellable (task) == self->cancellable && self->desk != NULL)
    yihu_cache_reopen_city (self->desk, NULL);
  finish_fetch (task, error);
  return NULL;
}

static void
return_step (GTask *step, gboolean good, GError *error)
{
  if (good)
    g_task_return_boolean (step, TRUE);
  else
    g_task_return_error (step, error);
}

static void
check_thread (GTask *step, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *fetch = data;
  GError *error = NULL;

  return_step (step, yihu_cache_check_snapshot (fetch->file, fetch->key, &error), error);
}

static void
let_go_thread (GTask *step, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuBook *self = source;

  yihu_cache_close_city (self->reader);
  g_task_return_boolean (step, TRUE);
}

static void
install_thread (GTask *step, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuBook *self = source;
  Fetch *fetch = data;
  GError *error = NULL;
  gboolean good = yihu_cache_install_snapshot (self->writer, fetch->file, fetch->key, &error);

  if (good)
    {
      fetch->shelf = yihu_book_shelf_load (self->writer, &error);
      fetch->n_elders = yihu_cache_count_elders (self->writer);
    }
  return_step (step, good && fetch->shelf != NULL, error);
}

static void
reopen_thread (GTask *step, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuBook *self = source;
  Fetch *fetch = data;

  yihu_cache_reopen_city (self->reader, fetch->key);
  g_task_return_boolean (step, TRUE);
}

static void
on_reopened (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = take_step (result, data);

  if (task != NULL)
    finish_fetch (task, NULL);
}

static void
on_installed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = take_step (result, data);
  YihuBook *self = YIHU_BOOK (object);
  Fetch *fetch;

  if (task == NULL)
    return;
  fetch = g_task_get_task_data (task);
  yihu_cache_reopen_city (self->desk, fetch->key);
  g_clear_pointer (&self->shelf, yihu_book_shelf_free);
  self->shelf = g_steal_pointer (&fetch->shelf);
  self->n_elders = fetch->n_elders;
  push_step (task, self->reader_thread, reopen_thread, on_reopened);
}

static void
on_let_go (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = take_step (result, data);

  if (task != NULL)
    push_step (task, YIHU_BOOK (object)->writer_thread, install_thread, on_installed);
}

static void
on_checked (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = take_step (result, data);
  YihuBook *self = YIHU_BOOK (object);

  if (task == NULL)
    return;
  yihu_cache_close_city (self->desk);
  push_step (task, self->reader_thread, let_go_thread, on_let_go);
}

static void
on_downloaded (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  YihuBook *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!yihu_session_fetch_snapshot_finish (YIHU_SESSION (object), result, &error)
      || g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    finish_fetch (task, error);
  else
    push_step (task, self->writer_thread, check_thread, on_checked);
}

static void
on_progress (const YihuFetchProgress *progress, gpointer data)
{
  yihu_book_set_progress (data, progress);
}

void
yihu_book_fetch_snapshot_async (YihuBook *self, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, self->cancellable, callback, data);
  YihuFetchProgress nothing = { YIHU_FETCH_ASKING, 0, 0, FALSE };
  g_autofree char *directory = yihu_book_make_directory (self);
  GBytes *key = yihu_session_get_scope_key (self->session);
  Fetch *fetch;

  g_task_set_source_tag (task, yihu_book_fetch_snapshot_async);
  if (key == NULL)
    {
      g_task_return_new_error (task, YIHU_ERROR, YIHU_ERROR_FORBIDDEN,
                               "this account has no register to read");
      g_object_unref (task);
      return;
    }
  fetch = g_new0 (Fetch, 1);
  fetch->file = g_build_filename (directory, "city.new", NULL);
  fetch->key = g_bytes_ref (key);
  g_task_set_task_data (task, fetch, fetch_free);
  self->is_fetching = TRUE;
  yihu_book_set_progress (self, &nothing);
  yihu_book_update_state (self);
  yihu_session_fetch_snapshot_async (self->session, YIHU_SNAPSHOT_SCHEMA, fetch->file, on_progress,
                                     self, self->cancellable, on_downloaded, task);
}

gboolean
yihu_book_fetch_snapshot_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
