/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Getting to the server and back to it. A log-in goes to the server first; where nobody answers,
 * what the last log-in left opens the copy, and the book goes on asking the server in the
 * background, because every minute without it is a minute of old data. A refusal (wrong password,
 * account closed, newer protocol) is an answer and is never got round by the copy. */

#include "console/book-private.h"

#include "base/error.h"
#include "base/mark.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define RETRY_FIRST_MS 500
#define RETRY_CAP_MS 10000

/* Nobody there, or somebody who cannot answer: the copy may stand in. */
static gboolean
is_outage (const GError *error)
{
  return g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_FAILED)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_FULL);
}

static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_DISABLED)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_SECOND_FACTOR)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_VERSION);
}

void
yihu_book_refuse (YihuBook *self, GError *error)
{
  self->is_refused = TRUE;
  yihu_book_take_error (self, error);
  yihu_book_update_state (self);
}

static void
take_account (YihuBook *self)
{
  gint64 now_us;

  self->offline_us = yihu_session_get_offline_us (self->session);
  now_us = yihu_clock_get_now_us (self->clock) + yihu_session_get_clock_offset_us (self->session);
  yihu_book_set_server_time (self, now_us, now_us);
  g_clear_pointer (&self->account, yihu_account_unref);
  self->account = yihu_account_ref (yihu_session_get_account (self->session));
  self->scope = yihu_session_get_scope (self->session);
}

gboolean
yihu_book_city_fits (YihuBook *self, YihuCache *cache)
{
  GBytes *key = yihu_session_get_scope_key (self->session);
  GBytes *present = yihu_cache_get_key (cache);

  return yihu_cache_has_city (cache) && key != NULL && present != NULL
         && g_bytes_equal (key, present) && !self->needs_snapshot
         && yihu_cache_get_epoch (cache) == yihu_session_get_epoch (self->session)
         && yihu_cache_get_scope_lo (cache) == self->scope.lo
         && yihu_cache_get_scope_hi (cache) == self->scope.hi;
}

/* --- base map --- */

static char *
make_basemap_path (YihuBook *self)
{
  return g_build_filename (self->cache_directory, "basemap.db", NULL);
}

static void
look_for_basemap (YihuBook *self)
{
  g_autofree char *path = make_basemap_path (self);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    yihu_book_set_basemap (self, path);
}

static void
fetch_basemap (YihuBook *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autofree char *path = make_basemap_path (self);
  g_autofree char *etag = g_strconcat (path, ".etag", NULL);

  yihu_session_download_changed_async (self->session, YIHU_PROTOCOL_PATH "/basemap", path, etag,
                                       NULL, NULL, self->cancellable, callback, data);
}

static void
on_basemap_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuBook) self = data;
  g_autoptr (GError) error = NULL;

  if (yihu_session_download_finish (YIHU_SESSION (object), result, &error))
    look_for_basemap (self);
  else
    g_info ("no new base map: %s", error->message);
}

/* --- back to the server --- */

static void
on_retry (gpointer data)
{
  YihuBook *self = data;

  g_clear_pointer (&self->retry_timer, g_source_unref);
  yihu_book_go_live (self);
}

void
yihu_book_come_back_later (YihuBook *self)
{
  if (self->retry_timer != NULL || self->cancellable == NULL || self->is_refused)
    return;
  self->retry_timer =
      yihu_clock_add_timer (self->clock,
                            yihu_clock_back_off_ms (self->attempt++, RETRY_FIRST_MS, RETRY_CAP_MS),
                            on_retry, self, NULL);
}

static void
on_snapshot_back (GObject *object, GAsyncResult *result, gpointer data)
{
  YihuBook *self = YIHU_BOOK (object);
  g_autoptr (GError) error = NULL;

  if (!yihu_book_fetch_snapshot_finish (self, result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      yihu_book_take_error (self, g_steal_pointer (&error));
      yihu_book_come_back_later (self);
      return;
    }
  self->synced_at_us = yihu_cache_get_synced_at_us (self->desk);
  g_signal_emit (self, yihu_book_signals[YIHU_BOOK_SIGNAL_RESET], 0);
  if (yihu_book_city_fits (self, self->desk))
    {
      yihu_book_go_live (self);
      return;
    }
  yihu_book_take_error (self, g_error_new (YIHU_ERROR, YIHU_ERROR_CORRUPT,
                                           "the snapshot does not belong to this log-in"));
  yihu_book_come_back_later (self);
}

/* WIPE, too, where the account was wiped or its rights narrowed since the copy was opened: nobody
 * may have told this computer while it was away. */
static gboolean
finish_log_in_again (YihuBook *self, GAsyncResult *result, GError **error)
{
  if (!yihu_session_login_finish (self->session, result, error))
    return FALSE;
  if (yihu_session_get_account (self->session)->wiped_at_us <= self->account->wiped_at_us)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_WIPE, "the copy of this account was withdrawn");
  return FALSE;
}

static void
on_log_in_again_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuBook) self = data;
  GError *error = NULL;

  self->is_logging_in = FALSE;
  if (!finish_log_in_again (self, result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_error_free (error);
      else if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_WIPE))
        yihu_book_wipe (self, error);
      else if (is_refusal (error))
        yihu_book_refuse (self, error);
      else
        {
          yihu_book_take_error (self, error);
          yihu_book_come_back_later (self);
        }
      return;
    }
  take_account (self);
  yihu_book_keep_login (self);
  fetch_basemap (self, on_basemap_ready, g_object_ref (self));
  yihu_book_go_live (self);
}

/* One step towards the live connection from wherever the book is: log in where there is no token,
 * fetch a snapshot where the copy does not fit, then connect. */
void
yihu_book_go_live (YihuBook *self)
{
  if (self->cancellable == NULL || self->is_refused || self->is_fetching || self->is_logging_in)
    return;
  yihu_book_clear_timer (&self->retry_timer);
  if (!yihu_session_is_logged_in (self->session))
    {
      self->is_logging_in = TRUE;
      yihu_session_login_async (self->session, self->login, self->password, self->cancellable,
                                on_log_in_again_ready, g_object_ref (self));
    }
  else if (!yihu_book_city_fits (self, self->desk))
    {
      yihu_live_stop (self->live);
      yihu_book_fetch_snapshot_async (self, on_snapshot_back, NULL);
    }
  else
    {
      self->generation++;
      yihu_live_start (self->live, yihu_cache_get_cursor (self->desk));
    }
}

/* --- the first log-in --- */

static void
fail_login (GTask *task, GError *error)
{
  YihuBook *self = g_task_get_source_object (task);
  gboolean newer = g_error_matches (error, YIHU_ERROR, YIHU_ERROR_VERSION);

  /* Another log-in may have begun meanwhile. */
  if (g_task_get_cancellable (task) == self->cancellable)
    {
      yihu_book_close (self);
      if (newer)
        yihu_book_refuse (self, g_error_copy (error));
    }
  g_task_return_error (task, error);
}

static void
become_usable (GTask *task)
{
  YihuBook *self = g_task_get_source_object (task);

  self->is_usable = TRUE;
  self->synced_at_us = yihu_cache_get_synced_at_us (self->desk);
  self->synced_kept_us = self->synced_at_us;
  look_for_basemap (self);
  yihu_book_connect_outbox (self);
  yihu_book_connect_live (self);
  yihu_book_begin_time (self);
  yihu_mark ("book.usable", self->account->record.id);
  if (yihu_session_is_logged_in (self->session))
    {
      yihu_book_keep_login (self);
      yihu_book_go_live (self);
    }
  else
    yihu_book_come_back_later (self);
  yihu_book_update_state (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_first_basemap_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (!yihu_session_download_finish (YIHU_SESSION (object), result, &error))
    g_info ("no base map: %s", error->message);
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    fail_login (task, g_steal_pointer (&error));
  else
    become_usable (task);
}

/* The first time the map is waited for, so that the first screen has one; later it is not. */
static void
finish_login (GTask *task)
{
  YihuBook *self = g_task_get_source_object (task);
  g_autofree char *path = make_basemap_path (self);

  if (!yihu_session_is_logged_in (self->session))
    become_usable (task);
  else if (!g_file_test (path, G_FILE_TEST_EXISTS))
    fetch_basemap (self, on_first_basemap_ready, g_object_ref (task));
  else
    {
      fetch_basemap (self, on_basemap_ready, g_object_ref (self));
      become_usable (task);
    }
}

static void
on_first_snapshot_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (yihu_book_fetch_snapshot_finish (YIHU_BOOK (object), result, &error))
    finish_login (task);
  else
    fail_login (task, error);
}

static void
on_files_open (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  YihuBook *self = g_task_get_source_object (task);
  GError *error = NULL;
  gboolean fits = FALSE;

  if (!yihu_book_open_files_finish (self, result, &fits, &error))
    {
      const GError *outage = g_task_get_task_data (task);

      /* Nothing is kept here, so it is the outage that has to be told. */
      if (outage != NULL && g_error_matches (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND))
        {
          g_clear_error (&error);
          error = g_error_new (YIHU_ERROR, YIHU_ERROR_OFFLINE, "%s", outage->message);
        }
      fail_login (task, error);
    }
  else if (fits)
    finish_login (task);
  else
    yihu_book_fetch_snapshot_async (self, on_first_snapshot_ready, g_object_ref (task));
}

static void
on_login_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  YihuBook *self = g_task_get_source_object (task);
  GError *error = NULL;
  gboolean online = yihu_session_login_finish (YIHU_SESSION (object), result, &error);

  if (!online && !is_outage (error))
    {
      if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_WIPE)
          && g_task_get_cancellable (task) == self->cancellable)
        {
          yihu_book_wipe (self, g_error_copy (error));
          g_task_return_error (task, error);
        }
      else
        fail_login (task, error);
      return;
    }
  if (online)
    take_account (self);
  else
    {
      yihu_book_take_error (self, g_error_copy (error));
      g_task_set_task_data (task, error, (GDestroyNotify) g_error_free);
    }
  yihu_book_open_files_async (self, online, on_files_open, g_object_ref (task));
}

/* --- the same person again, where the server had turned the session away --- */

static void
on_same_person_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  YihuBook *self = g_task_get_source_object (task);
  GError *error = NULL;

  /* Closed meanwhile: then nothing of this belongs to the book any more. */
  if (g_task_get_cancellable (task) != self->cancellable)
    {
      yihu_session_login_finish (self->session, result, NULL);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the book was closed");
      return;
    }
  self->is_logging_in = FALSE;
  if (!finish_log_in_again (self, result, &error))
    {
      if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_WIPE))
        yihu_book_wipe (self, g_error_copy (error));
      g_task_return_error (task, error);
      return;
    }
  self->is_refused = FALSE;
  yihu_book_take_error (self, NULL);
  g_free (self->password);
  self->password = g_strdup (g_task_get_task_data (task));
  take_account (self);
  yihu_book_keep_login (self);
  fetch_basemap (self, on_basemap_ready, g_object_ref (self));
  yihu_book_go_live (self);
  yihu_book_update_state (self);
  g_task_return_boolean (task, TRUE);
}

static void
password_free (gpointer password)
{
  sodium_memzero (password, strlen (password));
  g_free (password);
}

/* The copy stays open, whatever the answer is: calls go on ringing while somebody types. */
static void
log_in_same_person (YihuBook *self,
                    const char *password,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  GTask *task = g_task_new (self, self->cancellable, callback, data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, log_in_same_person);
  g_task_set_task_data (task, g_strdup (password), password_free);
  self->is_logging_in = TRUE;
  yihu_session_login_async (self->session, self->login, password, self->cancellable,
                            on_same_person_ready, task);
}

static void
on_caller_cancelled (GCancellable *caller, gpointer inner)
{
  g_cancellable_cancel (inner);
}

void
yihu_book_login_async (YihuBook *self,
                       const char *login,
                       const char *password,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  GTask *task;

  g_return_if_fail (YIHU_IS_BOOK (self));
  g_return_if_fail (login != NULL && password != NULL);

  yihu_mark ("book.login", NULL);
  if (self->is_usable && self->is_refused && !self->is_logging_in
      && g_str_equal (login, self->login))
    {
      log_in_same_person (self, password, callback, data);
      return;
    }
  yihu_book_close (self);
  if (g_mkdir_with_parents (self->cache_directory, 0700) != 0)
    g_info ("the cache directory cannot be made");
  self->is_refused = FALSE;
  yihu_book_take_error (self, NULL);
  self->login = g_strdup (login);
  self->password = g_strdup (password);
  self->cancellable = g_cancellable_new ();
  if (cancellable != NULL)
    g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled),
                           g_object_ref (self->cancellable), g_object_unref);
  task = g_task_new (self, self->cancellable, callback, data);
  /* Closing the book after a failure cancels too, and must not hide why. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, yihu_book_login_async);
  yihu_session_login_async (self->session, login, password, self->cancellable, on_login_ready,
                            task);
}

gboolean
yihu_book_login_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
yihu_book_check_password (YihuBook *self, const char *password)
{
  gsize length;

  g_return_val_if_fail (YIHU_IS_BOOK (self) && password != NULL, FALSE);

  if (self->password == NULL || !self->is_usable)
    return FALSE;
  length = strlen (self->password);
  return strlen (password) == length && sodium_memcmp (password, self->password, length) == 0;
}

guint
yihu_book_get_lock_minutes (YihuBook *self)
{
  g_return_val_if_fail (YIHU_IS_BOOK (self), 0);
  return yihu_session_get_lock_minutes (self->session);
}
