/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The keys of the copy and how long they may be used: what a good log-in leaves for a start without
 * the server, the server's time, the end of the time without it, log-out and wipe.
 *
 * Time: the server's clock is taken over at the log-in and with each sign of life and then carried
 * on by a clock that never jumps, so that setting the computer's clock changes nothing while the
 * desk runs. Once a minute it is kept how late it is and whether the server was heard, so that
 * setting it between two starts does not help either. */

#include "console/book-private.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define KEEP_TIME_MS 60000

/* --- the server's time --- */

void
yihu_book_set_server_time (YihuBook *self, gint64 time_us, gint64 heard_us)
{
  self->time_us = time_us;
  self->heard_us = heard_us;
  self->time_at_us = yihu_clock_get_monotonic_us (self->clock);
}

gint64
yihu_book_get_now_us (YihuBook *self)
{
  if (self->time_at_us == 0)
    return yihu_clock_get_now_us (self->clock);
  return self->time_us + yihu_clock_get_monotonic_us (self->clock) - self->time_at_us;
}

typedef struct
{
  YihuDeskFile *keeper;
  gint64 now_us;
  gboolean heard;
} TimeWork;

static gboolean
note_time (YihuDatabase *database, gpointer data, GError **error)
{
  TimeWork *work = data;

  return yihu_desk_file_note_time (work->keeper, work->now_us, work->heard, error);
}

/* The copy has been used for longer than the server allows: nobody reads it until the server has
 * been asked. What was decided stays sealed where it is. */
static void
lock (YihuBook *self)
{
  gint64 left = yihu_book_get_pending (self) + yihu_book_get_undecided (self);

  g_message ("the copy is locked: the server has not been heard for too long");
  yihu_book_close (self);
  self->left_sealed = left;
  yihu_book_refuse (self, g_error_new_literal (YIHU_ERROR, YIHU_ERROR_TIMEOUT,
                                               "the copy may not be used so long without the"
                                               " server"));
}

static void
on_time_timer (gpointer data)
{
  g_autoptr (YihuBook) self = g_object_ref (data);
  gint64 now_us = yihu_book_get_now_us (self);

  g_clear_pointer (&self->time_timer, g_source_unref);
  if (self->state != YIHU_BOOK_ONLINE && self->offline_us > 0
      && now_us - self->heard_us > self->offline_us)
    lock (self);
  else
    yihu_book_begin_time (self);
}

void
yihu_book_begin_time (YihuBook *self)
{
  TimeWork *work = g_new0 (TimeWork, 1);

  work->keeper = self->keeper;
  work->now_us = yihu_book_get_now_us (self);
  work->heard = self->state == YIHU_BOOK_ONLINE;
  yihu_outbox_append_async (self->outbox, NULL, note_time, work, g_free, NULL, NULL);
  self->time_timer = yihu_clock_add_timer (self->clock, KEEP_TIME_MS, on_time_timer, self, NULL);
}

/* --- what a good log-in leaves --- */

typedef struct
{
  YihuDeskLogin *login;
  YihuKeyRing *ring; /* (nullable) */
  char *directory;
  char *server_url;
  char *name;
  char *password;
  YihuKeyPlace place;
} Keep;

static void
keep_free (gpointer data)
{
  Keep *keep = data;

  yihu_desk_login_free (keep->login);
  g_clear_object (&keep->ring);
  sodium_memzero (keep->password, strlen (keep->password));
  g_free (keep->password);
  g_free (keep->directory);
  g_free (keep->server_url);
  g_free (keep->name);
  g_free (keep);
}

static gboolean
lay_in_store (Keep *what, GBytes *salt, GBytes *parcel, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) pack = yihu_desk_login_pack (salt, parcel);
  g_autoptr (GError) no_store = NULL;

  if (yihu_key_ring_store (what->ring, what->server_url, what->name, pack, cancellable, &no_store))
    what->place = YIHU_KEY_PLACE_STORE;
  else if (!g_cancellable_is_cancelled (cancellable))
    g_message ("the key of the copy lies in its file: %s", no_store->message);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Into the store first: the file must not forget its parcel before the store has it. Closed
 * meanwhile, everything stays as it was: what the last log-in left in the file, or what the store
 * has, opens by itself. */
static gboolean
keep (Keep *what, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) parcel = NULL;
  g_autoptr (YihuDeskFile) desk = NULL;

  what->place = YIHU_KEY_PLACE_FILE;
  if (!yihu_desk_login_wrap (what->login, what->password, &salt, &parcel, error)
      || (what->ring != NULL && !lay_in_store (what, salt, parcel, cancellable, error)))
    return FALSE;
  desk = yihu_desk_file_open (what->directory, error);
  return desk != NULL
         && yihu_desk_file_keep_login (desk, what->name, salt,
                                       what->place == YIHU_KEY_PLACE_STORE ? NULL : parcel, error);
}

static void
keep_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (keep (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuBook) self = data;
  Keep *what = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (self->is_usable && g_strcmp0 (self->login, what->name) == 0)
        {
          self->key_place = what->place;
          yihu_book_notify (self, "key-place");
        }
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("cannot keep the log-in for a start without the server: %s", error->message);
}

void
yihu_book_keep_login (YihuBook *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_kept, g_object_ref (self));
  GBytes *desk_key = yihu_session_get_desk_key (self->session);
  Keep *what = g_new0 (Keep, 1);

  what->login = g_new0 (YihuDeskLogin, 1);
  what->login->account = yihu_account_ref (self->account);
  what->login->lo = self->scope.lo;
  what->login->hi = self->scope.hi;
  what->login->scope_key = g_bytes_ref (yihu_session_get_scope_key (self->session));
  what->login->desk_key = desk_key != NULL ? g_bytes_ref (desk_key) : NULL;
  what->login->at_us = yihu_book_get_now_us (self);
  what->login->offline_us = self->offline_us;
  what->login->clock_offset_us = yihu_session_get_clock_offset_us (self->session);
  g_set_object (&what->ring, self->ring);
  what->directory = yihu_book_make_directory (self);
  what->server_url = g_strdup (self->server_url);
  what->name = g_strdup (self->login);
  what->password = g_strdup (self->password);
  g_task_set_source_tag (task, yihu_book_keep_login);
  g_task_set_task_data (task, what, keep_free);
  yihu_worker_thread_push (self->keys_thread, task, keep_thread);
}

/* --- log-out and wipe --- */

typedef struct
{
  char *directory;
  char *server_url;
  char *name;
  YihuKeyRing *ring; /* (nullable) */
  gboolean everything;
  GError *why; /* (nullable) */
  gint64 left;
} Erase;

static void
erase_free (gpointer data)
{
  Erase *erase = data;

  g_clear_object (&erase->ring);
  g_clear_error (&erase->why);
  g_free (erase->directory);
  g_free (erase->server_url);
  g_free (erase->name);
  g_free (erase);
}

static Erase *
erase_new (YihuBook *self, gboolean everything)
{
  Erase *erase = g_new0 (Erase, 1);

  erase->directory = yihu_book_make_directory (self);
  erase->server_url = g_strdup (self->server_url);
  erase->name = g_strdup (self->login);
  g_set_object (&erase->ring, self->ring);
  erase->everything = everything;
  return erase;
}

static gboolean
erase_files (Erase *erase, GError **error)
{
  g_autoptr (YihuDeskFile) desk = NULL;

  if (erase->everything)
    return yihu_cache_wipe (erase->directory, &erase->left, error);
  desk = yihu_desk_file_open (erase->directory, error);
  return desk != NULL && yihu_desk_file_forget_logins (desk, error);
}

static void
erase_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Erase *erase = data;
  g_autoptr (GError) error = NULL;

  if (!erase_files (erase, &error))
    g_message ("cannot erase the keys of the copy: %s", error->message);
  g_clear_error (&error);
  if (erase->ring != NULL
      && !yihu_key_ring_remove (erase->ring, erase->server_url, erase->name, &error))
    g_message ("cannot erase the key in its store: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
on_erased (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuBook) self = data;
  Erase *erase = g_task_get_task_data (G_TASK (result));

  /* Somebody may have logged in meanwhile. */
  if (erase->why == NULL || self->cancellable != NULL)
    return;
  self->left_sealed = erase->left;
  yihu_book_refuse (self, g_steal_pointer (&erase->why));
}

static void
run_erase (YihuBook *self, Erase *erase)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_erased, g_object_ref (self));

  g_task_set_source_tag (task, run_erase);
  g_task_set_task_data (task, erase, erase_free);
  yihu_worker_thread_push (self->keys_thread, task, erase_thread);
}

void
yihu_book_wipe (YihuBook *self, GError *why)
{
  Erase *erase = erase_new (self, TRUE);

  erase->why = why;
  g_message ("the server has withdrawn the copy of this account");
  yihu_book_close (self);
  run_erase (self, erase);
}

void
yihu_book_logout (YihuBook *self)
{
  Erase *erase;

  g_return_if_fail (YIHU_IS_BOOK (self));

  if (self->login == NULL)
    return;
  erase = erase_new (self, FALSE);
  yihu_book_close (self);
  run_erase (self, erase);
}
