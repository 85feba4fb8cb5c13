/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Drafts: what is typed is gathered for half a second and written by the writer thread. An entry
 * stays here until it is known to be in the file, so that a full disk loses nothing while the
 * program runs and a read always finds the newest text. */

#include "console/book-private.h"

#include "base/error.h"

#define WRITE_AFTER_MS 500
#define RETRY_MS 2000

static void arm (YihuBook *self, guint delay_ms);

static gboolean
write_all (YihuBook *self, GHashTable *drafts, GError **error)
{
  YihuDeskFile *file = yihu_cache_get_desk (self->writer);
  YihuDatabase *desk = yihu_desk_file_get_database (file);
  GHashTableIter iter;
  gpointer name;
  gpointer text;

  if (!yihu_database_begin (desk, error))
    return FALSE;
  g_hash_table_iter_init (&iter, drafts);
  while (g_hash_table_iter_next (&iter, &name, &text))
    if (!yihu_desk_file_save_draft (file, name, text, error))
      {
        yihu_database_rollback (desk);
        return FALSE;
      }
  if (yihu_database_commit (desk, error))
    return TRUE;
  yihu_database_rollback (desk);
  return FALSE;
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (write_all (source, data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  YihuBook *self = YIHU_BOOK (object);
  GHashTable *written = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer name;
  gpointer text;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_message ("drafts could not be written: %s", error->message);
      if (self->writer_thread != NULL)
        arm (self, RETRY_MS);
      return;
    }
  g_hash_table_iter_init (&iter, written);
  while (g_hash_table_iter_next (&iter, &name, &text))
    if (g_strcmp0 (g_hash_table_lookup (self->drafts, name), text) == 0)
      g_hash_table_remove (self->drafts, name);
}

void
yihu_book_flush_drafts (YihuBook *self)
{
  g_autoptr (GTask) task = NULL;
  GHashTable *copy;
  GHashTableIter iter;
  gpointer name;
  gpointer text;

  yihu_book_clear_timer (&self->draft_timer);
  if (g_hash_table_size (self->drafts) == 0 || !self->has_files)
    return;
  copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, &name, &text))
    g_hash_table_insert (copy, g_strdup (name), g_strdup (text));
  task = g_task_new (self, NULL, on_written, NULL);
  g_task_set_source_tag (task, yihu_book_flush_drafts);
  g_task_set_task_data (task, copy, (GDestroyNotify) g_hash_table_unref);
  yihu_worker_thread_push (self->writer_thread, task, write_thread);
}

static void
on_draft_timer (gpointer data)
{
  YihuBook *self = data;

  g_clear_pointer (&self->draft_timer, g_source_unref);
  yihu_book_flush_drafts (self);
}

static void
arm (YihuBook *self, guint delay_ms)
{
  if (self->draft_timer == NULL)
    self->draft_timer = yihu_clock_add_timer (self->clock, delay_ms, on_draft_timer, self, NULL);
}

void
yihu_book_save_draft (YihuBook *self, const char *name, const char *text)
{
  g_return_if_fail (YIHU_IS_BOOK (self));
  g_return_if_fail (name != NULL);

  if (!self->has_files)
    return;
  g_hash_table_replace (self->drafts, g_strdup (name), g_strdup (text != NULL ? text : ""));
  arm (self, WRITE_AFTER_MS);
}

char *
yihu_book_load_draft (YihuBook *self, const char *name)
{
  const char *text;

  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);

  text = g_hash_table_lookup (self->drafts, name);
  if (text != NULL)
    return *text != '\0' ? g_strdup (text) : NULL;
  return self->desk != NULL ? yihu_desk_file_load_draft (yihu_cache_get_desk (self->desk), name)
                            : NULL;
}
