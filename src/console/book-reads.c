/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the screens read: small things at once, searches and lists on the reader thread. A read that
 * meets damage answers with what there is and asks for a new snapshot. */

#include "console/book-private.h"

#include "base/error.h"

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func (yihu_record_unref);
}

void
yihu_book_take_read_error (YihuBook *self, GError **error)
{
  if (*error == NULL)
    return;
  if (g_error_matches (*error, YIHU_ERROR, YIHU_ERROR_CORRUPT) && !self->needs_snapshot)
    {
      g_info ("the city's file is damaged: %s", (*error)->message);
      self->needs_snapshot = TRUE;
      if (self->is_usable && yihu_session_is_logged_in (self->session))
        yihu_book_come_back_later (self);
    }
  else if (!g_error_matches (*error, YIHU_ERROR, YIHU_ERROR_CORRUPT))
    g_info ("a read of the city failed: %s", (*error)->message);
  g_clear_error (error);
}

/* Never NULL: a screen shows an empty list where the file cannot be read. */
static GPtrArray *
take_list (YihuBook *self, GPtrArray *records, GError **error)
{
  yihu_book_take_read_error (self, error);
  return records != NULL ? records : new_list ();
}

GPtrArray *
yihu_book_find_by_phone (YihuBook *self, const char *normalized)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *elders = NULL;

  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);

  if (self->desk != NULL)
    elders = yihu_cache_find_by_phone (self->desk, normalized, &error);
  return take_list (self, elders, &error);
}

gpointer
yihu_book_get (YihuBook *self, const YihuRecordType *type, const char *id)
{
  g_autoptr (GError) error = NULL;
  gpointer record = NULL;

  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);
  g_return_val_if_fail (type != NULL, NULL);

  if (self->desk == NULL || id == NULL || *id == '\0')
    return NULL;
  if (yihu_book_shelf_holds (self->shelf, type))
    {
      record = yihu_book_shelf_peek (self->shelf, type, id);
      return record != NULL ? yihu_record_ref (record) : NULL;
    }
  record = yihu_cache_get (self->desk, type, id, &error);
  yihu_book_take_read_error (self, &error);
  return record;
}

GPtrArray *
yihu_book_list_kin (YihuBook *self, const char *elder)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *kin = NULL;

  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);

  if (self->desk != NULL)
    kin = yihu_cache_list_kin (self->desk, elder, &error);
  return take_list (self, kin, &error);
}

GPtrArray *
yihu_book_list_all (YihuBook *self, const YihuRecordType *type)
{
  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);

  if (self->shelf == NULL)
    return new_list ();
  return yihu_book_shelf_list (self->shelf, type);
}

GPtrArray *
yihu_book_list_steps (YihuBook *self, const char *order)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *steps = NULL;

  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);

  if (self->desk != NULL)
    steps = yihu_cache_list_steps (self->desk, order, &error);
  return take_list (self, steps, &error);
}

GPtrArray *
yihu_book_list_notes (YihuBook *self,
                      const char *elder,
                      const char *call,
                      const char *order,
                      guint limit)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *notes = NULL;

  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);

  if (self->desk != NULL)
    notes = yihu_cache_list_notes (self->desk, elder, call, order, limit, &error);
  return take_list (self, notes, &error);
}

const char *
yihu_book_get_division_name (YihuBook *self, gint64 division)
{
  char id[32];
  const YihuDivision *record;

  g_return_val_if_fail (YIHU_IS_BOOK (self), "");

  if (self->shelf == NULL || division <= 0)
    return "";
  g_snprintf (id, sizeof id, "%012" G_GINT64_FORMAT, division);
  record = yihu_book_shelf_peek (self->shelf, &yihu_division_type, id);
  return record != NULL && record->name != NULL ? record->name : "";
}

/* --- on the reader thread --- */

typedef struct
{
  char *text; /* (nullable): what to search for, or the elder */
  guint state_mask;
  guint limit;
  YihuDivisionRange home;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->text);
  g_free (question);
}

static void
return_list (GTask *task, GPtrArray *records, GError *error)
{
  if (records != NULL)
    g_task_return_pointer (task, records, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
search_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuBook *self = source;
  Question *question = data;
  GError *error = NULL;
  YihuSearchResult *result =
      yihu_cache_search (self->reader, question->text, question->home.lo, question->home.hi,
                         question->limit, cancellable, &error);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) yihu_search_result_free);
  else
    g_task_return_error (task, error);
}

static void
orders_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuBook *self = source;
  Question *question = data;
  GError *error = NULL;

  return_list (task,
               yihu_cache_list_orders (self->reader, question->state_mask, question->text,
                                       question->limit, &error),
               error);
}

static void
calls_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuBook *self = source;
  Question *question = data;
  GError *error = NULL;

  return_list (task,
               yihu_cache_list_calls (self->reader, question->state_mask, question->text,
                                      question->limit, &error),
               error);
}

static void
ask (YihuBook *self,
     const char *text,
     guint state_mask,
     guint limit,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer data,
     gpointer tag,
     GTaskThreadFunc func)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  Question *question = g_new0 (Question, 1);

  question->text = g_strdup (text);
  question->state_mask = state_mask;
  question->limit = limit;
  if (self->account != NULL)
    question->home = yihu_division_code_get_range (self->account->record.division);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, question, question_free);
  if (self->has_files)
    yihu_worker_thread_push (self->reader_thread, task, func);
  else if (func == search_thread)
    g_task_return_pointer (task, yihu_search_result_new (text),
                           (GDestroyNotify) yihu_search_result_free);
  else
    return_list (task, new_list (), NULL);
}

static gpointer
finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local = NULL;
  gpointer records;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  records = g_task_propagate_pointer (G_TASK (result), &local);
  if (local != NULL)
    {
      g_autoptr (GError) copy = g_error_copy (local);

      if (g_error_matches (local, YIHU_ERROR, YIHU_ERROR_CORRUPT))
        yihu_book_take_read_error (self, &copy);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return records;
}

void
yihu_book_search_async (YihuBook *self,
                        const char *text,
                        guint limit,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  g_return_if_fail (YIHU_IS_BOOK (self));
  ask (self, text, 0, limit, cancellable, callback, data, yihu_book_search_async, search_thread);
}

YihuSearchResult *
yihu_book_search_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

void
yihu_book_list_orders_async (YihuBook *self,
                             guint state_mask,
                             const char *elder,
                             guint limit,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  g_return_if_fail (YIHU_IS_BOOK (self));
  ask (self, elder, state_mask, limit, cancellable, callback, data, yihu_book_list_orders_async,
       orders_thread);
}

GPtrArray *
yihu_book_list_orders_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

void
yihu_book_list_calls_async (YihuBook *self,
                            guint state_mask,
                            const char *elder,
                            guint limit,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_return_if_fail (YIHU_IS_BOOK (self));
  ask (self, elder, state_mask, limit, cancellable, callback, data, yihu_book_list_calls_async,
       calls_thread);
}

GPtrArray *
yihu_book_list_calls_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}
