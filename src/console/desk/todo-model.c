/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The list of what waits. One row object a record, replaced (never changed) when the record
 * changes, so the list widget rebinds exactly that row. Reads open orders and missed calls once,
 * then follows the feed. */

#include "console/desk/todo-model.h"

#include <gtk/gtk.h>
#include <string.h>

#define MAX_ORDERS 2000
#define MAX_MISSED 100
#define MASK(state) (1u << (state))
#define OPEN_STATES                                                                                \
  (MASK (YIHU_ORDER_PLACED) | MASK (YIHU_ORDER_ACCEPTED) | MASK (YIHU_ORDER_ARRIVED)               \
   | MASK (YIHU_ORDER_STARTED))
#define LISTED_STATES (OPEN_STATES | MASK (YIHU_ORDER_RETURNED))

struct _YihuTodo
{
  GObject parent_instance;

  YihuTodoKind kind;
  char *key; /* (owned) */
  YihuBook *book; /* (owned) (nullable): for the name, which is read when the row is first shown */
  char *elder_name; /* (owned) (nullable) */
  YihuOrder *order; /* (owned) (nullable) */
  YihuCall *call; /* (owned) (nullable) */
  YihuCommand *command; /* (owned) (nullable) */
  YihuOutboxState outbox_state;
  YihuRecord *current; /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (YihuTodo, yihu_todo, G_TYPE_OBJECT)

struct _YihuTodoModel
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  GListStore *store; /* (owned) */
  GListModel *sorted; /* (owned) */
  GHashTable *rows; /* (owned) key -> YihuTodo in the store */
  GHashTable *loads; /* (owned) provider id -> count of open orders */
  GCancellable *cancellable; /* (owned) */
  guint n_reads; /* under way */
  GPtrArray *batch; /* (nullable) rows of a first read, which go into the store in one step */
};

G_DEFINE_FINAL_TYPE (YihuTodoModel, yihu_todo_model, G_TYPE_OBJECT)

enum
{
  PROP_LOADING = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
yihu_todo_finalize (GObject *object)
{
  YihuTodo *self = YIHU_TODO (object);

  g_free (self->key);
  g_free (self->elder_name);
  g_clear_object (&self->book);
  g_clear_pointer (&self->order, yihu_order_unref);
  g_clear_pointer (&self->call, yihu_call_unref);
  g_clear_pointer (&self->command, yihu_command_unref);
  g_clear_pointer (&self->current, yihu_record_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (yihu_todo_parent_class)->finalize (object);
}

static void
yihu_todo_class_init (YihuTodoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_todo_finalize;
}

static void
yihu_todo_init (YihuTodo *self)
{
}

YihuTodoKind
yihu_todo_get_kind (YihuTodo *self)
{
  return self->kind;
}

const char *
yihu_todo_get_key (YihuTodo *self)
{
  return self->key;
}

YihuOrder *
yihu_todo_get_order (YihuTodo *self)
{
  return self->order;
}

YihuCall *
yihu_todo_get_call (YihuTodo *self)
{
  return self->call;
}

YihuCommand *
yihu_todo_get_command (YihuTodo *self)
{
  return self->command;
}

YihuOutboxState
yihu_todo_get_outbox_state (YihuTodo *self)
{
  return self->outbox_state;
}

YihuRecord *
yihu_todo_get_current (YihuTodo *self)
{
  return self->current;
}

const GError *
yihu_todo_get_error (YihuTodo *self)
{
  return self->error;
}

const char *
yihu_todo_get_elder_name (YihuTodo *self)
{
  const char *id = self->order != NULL  ? self->order->elder
                   : self->call != NULL ? self->call->elder
                                        : NULL;

  if (self->elder_name == NULL && self->book != NULL && id != NULL && *id != '\0')
    {
      g_autoptr (YihuElder) elder = yihu_book_get (self->book, &yihu_elder_type, id);

      self->elder_name = g_strdup (elder != NULL ? elder->name : "");
    }
  return self->elder_name != NULL ? self->elder_name : "";
}

gint64
yihu_todo_get_urgency (YihuTodo *self)
{
  if (self->order != NULL)
    return self->order->urgency;
  return self->call != NULL ? self->call->urgency : -1;
}

gint64
yihu_todo_get_due_us (YihuTodo *self)
{
  if (self->order != NULL)
    return self->order->due_at_us;
  if (self->call != NULL)
    return self->call->ring_at_us;
  return self->command != NULL ? self->command->at_us : 0;
}

int
yihu_todo_compare (YihuTodo *a, YihuTodo *b)
{
  gint64 due_a = yihu_todo_get_due_us (a);
  gint64 due_b = yihu_todo_get_due_us (b);

  if (a->kind != b->kind)
    return a->kind < b->kind ? -1 : 1;
  if (due_a != due_b)
    return due_a < due_b ? -1 : 1;
  return strcmp (a->key, b->key);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  return yihu_todo_compare ((YihuTodo *) a, (YihuTodo *) b);
}

static void
model_count_load (YihuTodoModel *self, YihuTodo *row, int by)
{
  const char *provider;
  int load;

  if (row->kind != YIHU_TODO_ORDER || row->order->provider == NULL)
    return;
  provider = row->order->provider;
  load = GPOINTER_TO_INT (g_hash_table_lookup (self->loads, provider)) + by;
  g_hash_table_insert (self->loads, g_strdup (provider), GINT_TO_POINTER (load));
}

static void
model_remove (YihuTodoModel *self, const char *key)
{
  YihuTodo *row = g_hash_table_lookup (self->rows, key);
  guint position;

  if (row == NULL)
    return;
  model_count_load (self, row, -1);
  if (g_list_store_find (self->store, row, &position))
    {
      g_hash_table_remove (self->rows, key);
      g_list_store_remove (self->store, position);
    }
}

/* Takes the row. Replaces in place, so that a list keeps its scroll position and selection. */
static void
model_put (YihuTodoModel *self, YihuTodo *taken)
{
  g_autoptr (YihuTodo) row = taken;
  YihuTodo *old = g_hash_table_lookup (self->rows, row->key);
  guint position;

  model_count_load (self, row, 1);
  if (old != NULL && g_list_store_find (self->store, old, &position))
    {
      model_count_load (self, old, -1);
      g_hash_table_replace (self->rows, row->key, row);
      g_list_store_splice (self->store, position, 1, (gpointer *) &row, 1);
      return;
    }
  g_hash_table_replace (self->rows, row->key, row);
  if (self->batch != NULL)
    g_ptr_array_add (self->batch, g_steal_pointer (&row));
  else
    g_list_store_append (self->store, row);
}

static YihuTodo *
todo_new (YihuTodoKind kind, const char *key)
{
  YihuTodo *row = g_object_new (YIHU_TYPE_TODO, NULL);

  row->kind = kind;
  row->key = g_strdup (key);
  return row;
}

static void
model_put_order (YihuTodoModel *self, YihuOrder *order)
{
  const char *id = order->record.id;
  gboolean here = g_hash_table_contains (self->rows, id);
  gboolean refused_it = order->state == YIHU_ORDER_CANCELLED && order->reason != NULL;
  YihuTodoKind kind;
  YihuTodo *row;

  if (MASK (order->state) & OPEN_STATES)
    kind = YIHU_TODO_ORDER;
  else if (order->state == YIHU_ORDER_RETURNED || (here && refused_it))
    kind = YIHU_TODO_RETURNED;
  else if (here && order->state == YIHU_ORDER_FINISHED)
    kind = YIHU_TODO_DONE;
  else
    {
      model_remove (self, id);
      return;
    }
  row = todo_new (kind, id);
  row->order = yihu_order_ref (order);
  row->book = g_object_ref (self->book);
  model_put (self, row);
}

static void
model_put_call (YihuTodoModel *self, YihuCall *call)
{
  YihuTodo *row;

  if (call->state != YIHU_CALL_MISSED)
    {
      model_remove (self, call->record.id);
      return;
    }
  row = todo_new (YIHU_TODO_MISSED, call->record.id);
  row->call = yihu_call_ref (call);
  row->book = g_object_ref (self->book);
  model_put (self, row);
}

static void
model_remove_refused (YihuTodoModel *self)
{
  GHashTableIter iter;
  gpointer value;
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((YihuTodo *) value)->kind == YIHU_TODO_REFUSED)
      g_ptr_array_add (gone, g_strdup (((YihuTodo *) value)->key));
  for (guint i = 0; i < gone->len; i++)
    model_remove (self, g_ptr_array_index (gone, i));
}

static void
model_read_refused (YihuTodoModel *self)
{
  g_autoptr (GPtrArray) outbox = NULL;

  model_remove_refused (self);
  if (yihu_book_get_undecided (self->book) == 0)
    return;
  outbox = yihu_book_list_outbox (self->book);
  for (guint i = 0; outbox != NULL && i < outbox->len; i++)
    {
      YihuOutboxRow *waiting = g_ptr_array_index (outbox, i);
      YihuTodo *row;

      if (waiting->state == YIHU_OUTBOX_WAITING)
        continue;
      row = todo_new (YIHU_TODO_REFUSED, waiting->key);
      row->command = waiting->command != NULL ? yihu_command_ref (waiting->command) : NULL;
      row->current = waiting->current != NULL ? yihu_record_ref (waiting->current) : NULL;
      row->outbox_state = waiting->state;
      row->error = waiting->error != NULL ? g_error_copy (waiting->error) : NULL;
      model_put (self, row);
    }
}

static void
model_begin_batch (YihuTodoModel *self)
{
  self->batch = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
model_end_batch (YihuTodoModel *self)
{
  g_autoptr (GPtrArray) batch = g_steal_pointer (&self->batch);

  g_list_store_splice (self->store, g_list_model_get_n_items (G_LIST_MODEL (self->store)), 0,
                       batch->pdata, batch->len);
}

static void
model_read_done (YihuTodoModel *self)
{
  if (--self->n_reads == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
on_orders_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuTodoModel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) orders = yihu_book_list_orders_finish (YIHU_BOOK (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  model_begin_batch (self);
  for (guint i = 0; orders != NULL && i < orders->len; i++)
    model_put_order (self, g_ptr_array_index (orders, i));
  model_end_batch (self);
  model_read_done (self);
}

static void
on_calls_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuTodoModel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = yihu_book_list_calls_finish (YIHU_BOOK (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  model_begin_batch (self);
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    model_put_call (self, g_ptr_array_index (calls, i));
  model_end_batch (self);
  model_read_done (self);
}

static gboolean
is_parked (const YihuTodo *row)
{
  return row->kind == YIHU_TODO_PARKED || row->kind == YIHU_TODO_CARD;
}

static void
model_remove_kinds (YihuTodoModel *self, gboolean keep_parked)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->store)); i > 0; i--)
    {
      g_autoptr (YihuTodo) row = g_list_model_get_item (G_LIST_MODEL (self->store), i - 1);

      if (!keep_parked || !is_parked (row))
        model_remove (self, row->key);
    }
}

static void
model_read (YihuTodoModel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->n_reads = 2;
  model_remove_kinds (self, TRUE);
  model_read_refused (self);
  yihu_book_list_orders_async (self->book, LISTED_STATES, NULL, MAX_ORDERS, self->cancellable,
                               on_orders_ready, g_object_ref (self));
  yihu_book_list_calls_async (self->book, MASK (YIHU_CALL_MISSED), NULL, MAX_MISSED,
                              self->cancellable, on_calls_ready, g_object_ref (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
on_order_changed (YihuBook *book, gpointer record, YihuTodoModel *self)
{
  model_put_order (self, record);
}

static void
on_call_changed (YihuBook *book, gpointer record, YihuTodoModel *self)
{
  model_put_call (self, record);
}

static void
on_record_removed (YihuBook *book, const char *id, YihuTodoModel *self)
{
  model_remove (self, id);
}

static void
yihu_todo_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADING)
    g_value_set_boolean (value, YIHU_TODO_MODEL (object)->n_reads > 0);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
yihu_todo_model_dispose (GObject *object)
{
  YihuTodoModel *self = YIHU_TODO_MODEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_todo_model_parent_class)->dispose (object);
}

static void
yihu_todo_model_finalize (GObject *object)
{
  YihuTodoModel *self = YIHU_TODO_MODEL (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->sorted);
  g_clear_object (&self->store);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->loads);
  G_OBJECT_CLASS (yihu_todo_model_parent_class)->finalize (object);
}

static void
yihu_todo_model_class_init (YihuTodoModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = yihu_todo_model_get_property;
  object_class->dispose = yihu_todo_model_dispose;
  object_class->finalize = yihu_todo_model_finalize;
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
yihu_todo_model_init (YihuTodoModel *self)
{
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare_rows, NULL, NULL));

  self->store = g_list_store_new (YIHU_TYPE_TODO);
  self->sorted =
      G_LIST_MODEL (gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->store)), sorter));
  /* Keys live in the rows, which the store owns. */
  self->rows = g_hash_table_new (g_str_hash, g_str_equal);
  self->loads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

YihuTodoModel *
yihu_todo_model_new (YihuBook *book)
{
  YihuTodoModel *self = g_object_new (YIHU_TYPE_TODO_MODEL, NULL);

  self->book = g_object_ref (book);
  g_signal_connect_object (book, "record-changed::service_order", G_CALLBACK (on_order_changed),
                           self, 0);
  g_signal_connect_object (book, "record-changed::call", G_CALLBACK (on_call_changed), self, 0);
  g_signal_connect_object (book, "record-removed", G_CALLBACK (on_record_removed), self, 0);
  g_signal_connect_object (book, "notify::undecided", G_CALLBACK (model_read_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (book, "reset", G_CALLBACK (model_read), self, G_CONNECT_SWAPPED);
  model_read (self);
  return self;
}

GListModel *
yihu_todo_model_get_list (YihuTodoModel *self)
{
  return self->sorted;
}

gboolean
yihu_todo_model_is_loading (YihuTodoModel *self)
{
  return self->n_reads > 0;
}

guint
yihu_todo_model_count_late (YihuTodoModel *self, gint64 now_us)
{
  GHashTableIter iter;
  gpointer value;
  guint n_late = 0;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      YihuTodo *row = value;

      if (row->kind == YIHU_TODO_ORDER && row->order->state <= YIHU_ORDER_ACCEPTED
          && row->order->due_at_us > 0 && row->order->due_at_us < now_us)
        n_late++;
    }
  return n_late;
}

guint
yihu_todo_model_count_load (YihuTodoModel *self, const char *provider)
{
  return (guint) MAX (0, GPOINTER_TO_INT (g_hash_table_lookup (self->loads, provider)));
}

void
yihu_todo_model_add_parked (YihuTodoModel *self,
                            YihuTodoKind kind,
                            const char *key,
                            const char *name)
{
  YihuTodo *row = todo_new (kind, key);

  row->elder_name = g_strdup (name);
  model_put (self, row);
}

void
yihu_todo_model_remove_parked (YihuTodoModel *self, const char *key)
{
  YihuTodo *row = g_hash_table_lookup (self->rows, key);

  if (row != NULL && is_parked (row))
    model_remove (self, key);
}

void
yihu_todo_model_dismiss (YihuTodoModel *self, const char *key)
{
  YihuTodo *row = g_hash_table_lookup (self->rows, key);

  if (row != NULL
      && (row->kind == YIHU_TODO_DONE
          || (row->kind == YIHU_TODO_RETURNED && row->order->state == YIHU_ORDER_CANCELLED)))
    model_remove (self, key);
}
