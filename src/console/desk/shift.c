/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Counts the seat's calls of today from their records. Each call is counted once by its id, so the
 * same record coming again changes nothing; midnight starts anew with the next change. */

#include "console/desk/shift.h"

#include "base/person-id.h"
#include "domain/call.h"

#define MAX_CALLS 600
#define MASK(state) (1u << (state))

struct _YihuShift
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  char *seat; /* (owned) */
  GHashTable *lengths; /* (owned) call id -> gint64 length in us, 0 while it lasts */
  int day; /* yyyymmdd that is counted */
  GCancellable *cancellable; /* (owned) */
};

G_DEFINE_FINAL_TYPE (YihuShift, yihu_shift, G_TYPE_OBJECT)

static guint changed_signal;

static void
shift_count (YihuShift *self, const YihuCall *call)
{
  int today = yihu_date_from_us (yihu_book_get_now_us (self->book));
  gint64 *length;

  if (self->day != today)
    g_hash_table_remove_all (self->lengths);
  self->day = today;
  if (g_strcmp0 (call->seat, self->seat) != 0 || call->answer_at_us <= 0
      || yihu_date_from_us (call->answer_at_us) != today)
    return;
  length = g_new (gint64, 1);
  *length = call->end_at_us > call->answer_at_us ? call->end_at_us - call->answer_at_us : 0;
  g_hash_table_replace (self->lengths, g_strdup (call->record.id), length);
}

static void
on_call_changed (YihuBook *book, gpointer record, YihuShift *self)
{
  shift_count (self, record);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_calls_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuShift) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = yihu_book_list_calls_finish (YIHU_BOOK (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    shift_count (self, g_ptr_array_index (calls, i));
  g_signal_emit (self, changed_signal, 0);
}

static void
yihu_shift_dispose (GObject *object)
{
  YihuShift *self = YIHU_SHIFT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_shift_parent_class)->dispose (object);
}

static void
yihu_shift_finalize (GObject *object)
{
  YihuShift *self = YIHU_SHIFT (object);

  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->lengths);
  g_free (self->seat);
  G_OBJECT_CLASS (yihu_shift_parent_class)->finalize (object);
}

static void
yihu_shift_class_init (YihuShiftClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_shift_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_shift_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_shift_init (YihuShift *self)
{
  self->lengths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->cancellable = g_cancellable_new ();
}

YihuShift *
yihu_shift_new (YihuBook *book, const char *seat)
{
  YihuShift *self = g_object_new (YIHU_TYPE_SHIFT, NULL);

  self->book = g_object_ref (book);
  self->seat = g_strdup (seat);
  g_signal_connect_object (book, "record-changed::call", G_CALLBACK (on_call_changed), self, 0);
  yihu_book_list_calls_async (book,
                              MASK (YIHU_CALL_TALKING) | MASK (YIHU_CALL_WRAPUP)
                                  | MASK (YIHU_CALL_CLOSED),
                              NULL, MAX_CALLS, self->cancellable, on_calls_ready,
                              g_object_ref (self));
  return self;
}

guint
yihu_shift_get_answered (YihuShift *self)
{
  return g_hash_table_size (self->lengths);
}

gint64
yihu_shift_get_mean_us (YihuShift *self)
{
  GHashTableIter iter;
  gpointer value;
  gint64 sum_us = 0;
  guint n_ended = 0;

  g_hash_table_iter_init (&iter, self->lengths);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (*(gint64 *) value > 0)
      {
        sum_us += *(gint64 *) value;
        n_ended++;
      }
  return n_ended > 0 ? sum_us / n_ended : 0;
}
