/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From the book to the list. An order waits in a queue, is put together with its elder and steps on
 * the main thread (the book is read there; each read is short, a slice ends after 2 ms), is
 * verified with its batch on a worker thread, and only then shown. Batches grow while loading, so
 * that the first rows come at once and the table is rebuilt only a few times. What changes
 * meanwhile is simply queued again: the later item replaces the earlier one. */

#include "console/review/review-source.h"

#define SLICE_US 2000
/* A timer, not an idle source: without a graphics card a turning spinner keeps the main loop busy
 * with frames, and idle sources would wait until it stops, which is when they are done. */
#define SLICE_EVERY_MS 4
#define FIRST_BATCH 64
#define BATCH_GROWTH 6
#define MAX_ORDERS 5000

struct _YihuReviewSource
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  YihuReviewList *list; /* (owned) */
  GCancellable *cancellable; /* (owned) of the load that is running */
  GQueue waiting; /* (owned) YihuOrder to be put together */
  GPtrArray *batch; /* (owned) YihuReviewItem put together, not yet verified */
  guint batch_size; /* verified when it has so many */
  guint n_verifying;
  guint total; /* of the load */
  guint slices; /* timer; 0: none */
  gboolean listed; /* the orders of this load are known */
  gboolean loaded; /* and were all shown once; what the feed brings later is no load */
  GError *error; /* (owned) (nullable) */
};

enum
{
  CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (YihuReviewSource, yihu_review_source, G_TYPE_OBJECT)

static void
review_source_stop (YihuReviewSource *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->slices, g_source_remove);
  g_queue_clear_full (&self->waiting, yihu_record_unref);
  if (self->batch != NULL)
    g_ptr_array_set_size (self->batch, 0);
}

static void
yihu_review_source_dispose (GObject *object)
{
  YihuReviewSource *self = YIHU_REVIEW_SOURCE (object);

  review_source_stop (self);
  g_clear_pointer (&self->batch, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->list);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_review_source_parent_class)->dispose (object);
}

static void
yihu_review_source_class_init (YihuReviewSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_review_source_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_review_source_init (YihuReviewSource *self)
{
  self->batch = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->waiting);
}

static gpointer
get_referred (YihuBook *book, const YihuRecordType *type, const char *id)
{
  return id != NULL && *id != '\0' ? yihu_book_get (book, type, id) : NULL;
}

static YihuReviewItem *
review_source_make_item (YihuReviewSource *self, YihuOrder *order)
{
  g_autoptr (YihuElder) elder = get_referred (self->book, &yihu_elder_type, order->elder);
  g_autoptr (YihuServiceItem) service =
      get_referred (self->book, &yihu_service_item_type, order->item);
  g_autoptr (YihuProvider) provider =
      get_referred (self->book, &yihu_provider_type, order->provider);
  g_autoptr (GPtrArray) steps = yihu_book_list_steps (self->book, order->record.id);
  const char *community = yihu_book_get_division_name (self->book, order->record.division);
  YihuReviewItem *item;

  item = yihu_review_item_new (order, elder, service, provider, steps, community);
  yihu_review_item_set_pace (item, yihu_book_get_visit_pace (self->book));
  return item;
}

static void
verify_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *items = data;

  for (guint i = 0; i < items->len && !g_cancellable_is_cancelled (cancellable); i++)
    yihu_review_item_verify (g_ptr_array_index (items, i));
  g_task_return_boolean (task, TRUE);
}

/* FALSE: while the item was verified, something newer of its order has been shown or queued. */
static gboolean
review_source_is_current (YihuReviewSource *self, YihuReviewItem *item)
{
  const YihuOrder *order = yihu_review_item_get_order (item);
  YihuReviewItem *known = yihu_review_list_find (self->list, order->record.id);
  g_autoptr (YihuOrder) truth = NULL;

  if (known == NULL || yihu_record_equal (yihu_review_item_get_order (known), order))
    return TRUE;
  truth = yihu_book_get (self->book, &yihu_order_type, order->record.id);
  return truth != NULL && yihu_record_equal (truth, order);
}

static void
review_source_look_done (YihuReviewSource *self)
{
  self->loaded = self->loaded
                 || (self->listed && self->waiting.length == 0 && self->batch->len == 0
                     && self->n_verifying == 0);
}

static void
on_verified (GObject *object, GAsyncResult *result, gpointer data)
{
  YihuReviewSource *self = YIHU_REVIEW_SOURCE (object);
  GPtrArray *items = g_task_get_task_data (G_TASK (result));

  self->n_verifying -= items->len;
  if (!g_task_propagate_boolean (G_TASK (result), NULL) || self->list == NULL)
    return;
  for (guint i = items->len; i > 0; i--)
    if (!review_source_is_current (self, g_ptr_array_index (items, i - 1)))
      g_ptr_array_remove_index (items, i - 1);
  yihu_review_list_put (self->list, (YihuReviewItem *const *) items->pdata, items->len);
  review_source_look_done (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
review_source_verify_batch (YihuReviewSource *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_verified, NULL);

  g_task_set_source_tag (task, review_source_verify_batch);
  g_task_set_task_data (task, self->batch, (GDestroyNotify) g_ptr_array_unref);
  self->n_verifying += self->batch->len;
  self->batch = g_ptr_array_new_with_free_func (g_object_unref);
  self->batch_size *= BATCH_GROWTH;
  g_task_run_in_thread (task, verify_in_thread);
}

static gboolean
on_slice (gpointer data)
{
  YihuReviewSource *self = data;
  gint64 until_us = g_get_monotonic_time () + SLICE_US;

  while (self->waiting.length > 0 && g_get_monotonic_time () < until_us)
    {
      g_autoptr (YihuOrder) order = g_queue_pop_head (&self->waiting);

      g_ptr_array_add (self->batch, review_source_make_item (self, order));
    }
  if (self->batch->len >= self->batch_size || (self->waiting.length == 0 && self->batch->len > 0))
    review_source_verify_batch (self);
  if (self->waiting.length > 0)
    return G_SOURCE_CONTINUE;
  self->slices = 0;
  return G_SOURCE_REMOVE;
}

static void
review_source_queue (YihuReviewSource *self, YihuOrder *order)
{
  g_queue_push_tail (&self->waiting, yihu_order_ref (order));
  if (self->slices == 0)
    self->slices = g_timeout_add (SLICE_EVERY_MS, on_slice, self);
}

static void
on_orders_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuReviewSource) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) orders = yihu_book_list_orders_finish (YIHU_BOOK (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->list == NULL)
    return;
  self->listed = orders != NULL;
  self->error = g_steal_pointer (&error);
  self->total = orders != NULL ? orders->len : 0;
  for (guint i = 0; i < self->total; i++)
    review_source_queue (self, g_ptr_array_index (orders, i));
  review_source_look_done (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
yihu_review_source_reload (YihuReviewSource *self)
{
  review_source_stop (self);
  g_clear_error (&self->error);
  self->cancellable = g_cancellable_new ();
  self->listed = FALSE;
  self->loaded = FALSE;
  self->total = 0;
  self->batch_size = FIRST_BATCH;
  yihu_review_list_clear (self->list);
  yihu_book_list_orders_async (self->book, YIHU_REVIEW_STATES, NULL, MAX_ORDERS, self->cancellable,
                               on_orders_ready, g_object_ref (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_order_changed (YihuReviewSource *self, YihuRecord *record)
{
  YihuOrder *order = (YihuOrder *) record;
  YihuReviewItem *known = yihu_review_list_find (self->list, record->id);

  if (!(YIHU_REVIEW_STATES & (1u << order->state)))
    yihu_review_list_remove (self->list, record->id);
  else if (known == NULL || !yihu_record_equal (yihu_review_item_get_order (known), record))
    review_source_queue (self, order);
}

static void
on_order_removed (YihuReviewSource *self, const char *id)
{
  yihu_review_list_remove (self->list, id);
}

static void
on_step_changed (YihuReviewSource *self, YihuRecord *record)
{
  const YihuOrderStep *step = (const YihuOrderStep *) record;
  g_autoptr (YihuOrder) order = NULL;

  if (step->service_order == NULL
      || yihu_review_list_find (self->list, step->service_order) == NULL)
    return;
  order = yihu_book_get (self->book, &yihu_order_type, step->service_order);
  if (order != NULL && (YIHU_REVIEW_STATES & (1u << order->state)))
    review_source_queue (self, order);
}

YihuReviewSource *
yihu_review_source_new (YihuBook *book, YihuReviewList *list)
{
  YihuReviewSource *self = g_object_new (YIHU_TYPE_REVIEW_SOURCE, NULL);

  self->book = g_object_ref (book);
  self->list = g_object_ref (list);
  g_signal_connect_object (book, "record-changed::service_order", G_CALLBACK (on_order_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (book, "record-changed::order_step", G_CALLBACK (on_step_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (book, "record-removed::service_order", G_CALLBACK (on_order_removed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (book, "reset", G_CALLBACK (yihu_review_source_reload), self,
                           G_CONNECT_SWAPPED);
  yihu_review_source_reload (self);
  return self;
}

YihuReviewState
yihu_review_source_get_state (YihuReviewSource *self)
{
  if (self->error != NULL)
    return YIHU_REVIEW_FAILED;
  return self->loaded ? YIHU_REVIEW_READY : YIHU_REVIEW_LOADING;
}

const GError *
yihu_review_source_get_error (YihuReviewSource *self)
{
  return self->error;
}

void
yihu_review_source_get_progress (YihuReviewSource *self, guint *left, guint *total)
{
  *left = self->waiting.length + self->batch->len + self->n_verifying;
  *total = MAX (self->total, *left);
}

void
yihu_review_source_show_decision (YihuReviewSource *self, YihuOrder *order)
{
  YihuReviewItem *known = yihu_review_list_find (self->list, order->record.id);
  g_autoptr (YihuReviewItem) item = NULL;

  if (known == NULL)
    return;
  item = yihu_review_item_new_with_order (known, order);
  yihu_review_list_put (self->list, &item, 1);
}
