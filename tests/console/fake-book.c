/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The fake behind console/book.h: hash tables instead of a cache, answers in the next turn of the
 * main loop instead of a worker thread. A submitted overlay simply replaces the record; what it was
 * is kept for a refusal. */

#include "fake-book.h"

#include <string.h>

struct _YihuBook
{
  GObject parent_instance;

  YihuAccount *account; /* (owned) */
  YihuBookState state;
  gint64 now_us;
  gint64 synced_at_us;
  char *basemap; /* (owned) (nullable) */
  GHashTable *records; /* (owned) "kind/id" -> YihuRecord */
  GHashTable *drafts; /* (owned) name -> text */
  GPtrArray *commands; /* (owned) YihuCommand */
  GPtrArray *before; /* (owned) YihuRecord (nullable), same index */
  GError *refused; /* (owned) (nullable): the newest command was */
  GError *list_error; /* (owned) (nullable) */
  GError *submit_error; /* (owned) (nullable) */
  gboolean watching;
};

enum
{
  PROP_STATE = 1,
  PROP_PROGRESS,
  PROP_PENDING,
  PROP_UNDECIDED,
  PROP_SYNCED_AT_US,
  PROP_LATENCY_MS,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

enum
{
  RECORD_CHANGED,
  RECORD_REMOVED,
  RESET,
  REFUSED,
  FIGURES,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (YihuBook, yihu_book, G_TYPE_OBJECT)

static void
yihu_book_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YihuBook *self = YIHU_BOOK (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, 1);
      break;
    case PROP_PENDING:
      g_value_set_uint (value, yihu_book_get_pending (self));
      break;
    case PROP_UNDECIDED:
      g_value_set_uint (value, yihu_book_get_undecided (self));
      break;
    case PROP_SYNCED_AT_US:
      g_value_set_int64 (value, self->synced_at_us);
      break;
    default:
      g_value_set_int (value, 3);
      break;
    }
}

static void
unref_nullable (gpointer record)
{
  if (record != NULL)
    yihu_record_unref (record);
}

static void
yihu_book_finalize (GObject *object)
{
  YihuBook *self = YIHU_BOOK (object);

  yihu_record_unref (self->account);
  g_hash_table_unref (self->records);
  g_hash_table_unref (self->drafts);
  g_ptr_array_unref (self->commands);
  g_ptr_array_unref (self->before);
  g_clear_error (&self->refused);
  g_clear_error (&self->list_error);
  g_clear_error (&self->submit_error);
  g_free (self->basemap);
  G_OBJECT_CLASS (yihu_book_parent_class)->finalize (object);
}

static void
yihu_book_class_init (YihuBookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  GSignalFlags detailed = G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED;
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = yihu_book_get_property;
  object_class->finalize = yihu_book_finalize;
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, 9, 0, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_PENDING] = g_param_spec_uint ("pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_UNDECIDED] = g_param_spec_uint ("undecided", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_SYNCED_AT_US] =
      g_param_spec_int64 ("synced-at-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_LATENCY_MS] =
      g_param_spec_int ("latency-ms", NULL, NULL, -1, G_MAXINT, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[RECORD_CHANGED] = g_signal_new ("record-changed", type, detailed, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[RECORD_REMOVED] = g_signal_new ("record-removed", type, detailed, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[RESET] =
      g_signal_new ("reset", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REFUSED] = g_signal_new ("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
  signals[FIGURES] = g_signal_new ("figures", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
yihu_book_init (YihuBook *self)
{
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, yihu_record_unref);
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_command_unref);
  self->before = g_ptr_array_new_with_free_func (unref_nullable);
}

YihuBook *
yihu_fake_book_new (YihuAccount *account, gint64 now_us)
{
  YihuBook *self = g_object_new (YIHU_TYPE_BOOK, NULL);

  self->account = yihu_account_ref (account);
  self->state = YIHU_BOOK_ONLINE;
  self->now_us = now_us;
  self->synced_at_us = now_us;
  return self;
}

static char *
record_key (const YihuRecordType *type, const char *id)
{
  return g_strdup_printf ("%s/%s", type->name, id);
}

void
yihu_fake_book_put (YihuBook *self, gpointer record, gboolean tell)
{
  const YihuRecordType *type = YIHU_RECORD (record)->type;

  g_hash_table_replace (self->records, record_key (type, YIHU_RECORD (record)->id),
                        yihu_record_ref (record));
  if (tell)
    g_signal_emit (self, signals[RECORD_CHANGED], g_quark_from_string (type->name), record);
}

void
yihu_fake_book_set_state (YihuBook *self, YihuBookState state)
{
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
yihu_fake_book_set_now_us (YihuBook *self, gint64 now_us)
{
  self->now_us = now_us;
}

void
yihu_fake_book_set_synced_at_us (YihuBook *self, gint64 at_us)
{
  self->synced_at_us = at_us;
}

void
yihu_fake_book_set_basemap (YihuBook *self, const char *path)
{
  g_free (self->basemap);
  self->basemap = g_strdup (path);
}

void
yihu_fake_book_tell_figures (YihuBook *self, const YihuFigures *figures)
{
  g_signal_emit (self, signals[FIGURES], 0, figures);
}

static void
set_error (GError **member, const GError *error)
{
  g_clear_error (member);
  *member = error != NULL ? g_error_copy (error) : NULL;
}

void
yihu_fake_book_fail_lists (YihuBook *self, const GError *error)
{
  set_error (&self->list_error, error);
}

void
yihu_fake_book_fail_submits (YihuBook *self, const GError *error)
{
  set_error (&self->submit_error, error);
}

GPtrArray *
yihu_fake_book_peek_commands (YihuBook *self)
{
  return self->commands;
}

void
yihu_fake_book_refuse_last (YihuBook *self, const GError *error)
{
  gpointer before = g_ptr_array_index (self->before, self->before->len - 1);

  set_error (&self->refused, error);
  if (before != NULL)
    yihu_fake_book_put (self, before, TRUE);
  g_signal_emit (self, signals[REFUSED], 0,
                 g_ptr_array_index (self->commands, self->commands->len - 1), error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNDECIDED]);
}

gboolean
yihu_fake_book_watches_figures (YihuBook *self)
{
  return self->watching;
}

/* console/book.h from here. */

YihuBook *
yihu_book_new (const char *server_url, const char *cache_directory, YihuClock *clock)
{
  g_assert_not_reached ();
}

void
yihu_book_login_async (YihuBook *self,
                       const char *login,
                       const char *password,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_return_boolean (task, TRUE);
}

gboolean
yihu_book_login_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
yihu_book_get_lock_minutes (YihuBook *self)
{
  return 10;
}

gboolean
yihu_book_check_password (YihuBook *self, const char *password)
{
  return g_str_equal (password, "secret");
}

void
yihu_book_close (YihuBook *self)
{
}

void
yihu_book_end (YihuBook *self)
{
}

const YihuFetchProgress *
yihu_book_get_fetch (YihuBook *self)
{
  return NULL;
}

YihuBookState
yihu_book_get_state (YihuBook *self)
{
  return self->state;
}

double
yihu_book_get_visit_pace (YihuBook *self)
{
  return 1;
}

gboolean
yihu_book_is_disk_full (YihuBook *self)
{
  return FALSE;
}

const GError *
yihu_book_get_error (YihuBook *self)
{
  return NULL;
}

YihuAccount *
yihu_book_get_account (YihuBook *self)
{
  return self->account;
}

YihuSession *
yihu_book_get_session (YihuBook *self)
{
  return NULL;
}

YihuDivisionRange
yihu_book_get_scope (YihuBook *self)
{
  return yihu_division_code_get_range (self->account->record.division);
}

gint64
yihu_book_get_now_us (YihuBook *self)
{
  return self->now_us;
}

gint64
yihu_book_get_synced_at_us (YihuBook *self)
{
  return self->synced_at_us;
}

static GPtrArray *
book_collect (YihuBook *self, const YihuRecordType *type)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (yihu_record_unref);
  GHashTableIter iter;
  gpointer record;

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    if (YIHU_RECORD (record)->type == type)
      g_ptr_array_add (found, yihu_record_ref (record));
  return found;
}

gint64
yihu_book_count_elders (YihuBook *self)
{
  g_autoptr (GPtrArray) elders = book_collect (self, &yihu_elder_type);

  return elders->len;
}

guint
yihu_book_get_pending (YihuBook *self)
{
  return self->commands->len - (self->refused != NULL);
}

guint
yihu_book_get_undecided (YihuBook *self)
{
  return self->refused != NULL;
}

void
yihu_book_watch_figures (YihuBook *self, gboolean on)
{
  self->watching = on;
}

GPtrArray *
yihu_book_find_by_phone (YihuBook *self, const char *normalized)
{
  GPtrArray *elders = book_collect (self, &yihu_elder_type);

  for (guint i = elders->len; i > 0; i--)
    if (g_strcmp0 (((YihuElder *) g_ptr_array_index (elders, i - 1))->phone, normalized) != 0)
      g_ptr_array_remove_index (elders, i - 1);
  return elders;
}

gpointer
yihu_book_get (YihuBook *self, const YihuRecordType *type, const char *id)
{
  g_autofree char *key = record_key (type, id);
  gpointer record = g_hash_table_lookup (self->records, key);

  return record != NULL ? yihu_record_ref (record) : NULL;
}

GPtrArray *
yihu_book_list_kin (YihuBook *self, const char *elder)
{
  return g_ptr_array_new_with_free_func (yihu_record_unref);
}

GPtrArray *
yihu_book_list_all (YihuBook *self, const YihuRecordType *type)
{
  return book_collect (self, type);
}

static int
compare_steps (gconstpointer a, gconstpointer b)
{
  const YihuOrderStep *left = *(YihuOrderStep *const *) a;
  const YihuOrderStep *right = *(YihuOrderStep *const *) b;

  return left->at_us < right->at_us ? -1 : left->at_us > right->at_us;
}

GPtrArray *
yihu_book_list_steps (YihuBook *self, const char *order)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func (yihu_record_unref);
  static const char *const verbs[] = { "create", "accept", "arrive",  "start",
                                       "finish", "return", "resubmit" };

  /* Tests name a step ORDER-VERB: a walk over all records would make a load quadratic. */
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%s", order, verbs[i]);
      gpointer step = yihu_book_get (self, &yihu_order_step_type, id);

      if (step != NULL)
        g_ptr_array_add (steps, step);
    }
  g_ptr_array_sort (steps, compare_steps);
  return steps;
}

GPtrArray *
yihu_book_list_notes (YihuBook *self,
                      const char *elder,
                      const char *call,
                      const char *order,
                      guint limit)
{
  return g_ptr_array_new_with_free_func (yihu_record_unref);
}

const char *
yihu_book_get_division_name (YihuBook *self, gint64 division)
{
  g_autofree char *id = g_strdup_printf ("%012" G_GINT64_FORMAT, division);
  g_autoptr (YihuDivision) found = yihu_book_get (self, &yihu_division_type, id);

  return found != NULL ? found->name : "";
}

static void
book_return_list (YihuBook *self, GTask *task, GPtrArray *list)
{
  if (self->list_error != NULL)
    {
      g_ptr_array_unref (list);
      g_task_return_error (task, g_error_copy (self->list_error));
    }
  else
    g_task_return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref);
}

void
yihu_book_search_async (YihuBook *self,
                        const char *text,
                        guint limit,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  if (self->list_error != NULL)
    g_task_return_error (task, g_error_copy (self->list_error));
  else
    g_task_return_pointer (task, yihu_search_result_new (text),
                           (GDestroyNotify) yihu_search_result_free);
}

YihuSearchResult *
yihu_book_search_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
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
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  GPtrArray *orders = book_collect (self, &yihu_order_type);

  for (guint i = orders->len; i > 0; i--)
    if (!(state_mask & (1u << ((YihuOrder *) g_ptr_array_index (orders, i - 1))->state)))
      g_ptr_array_remove_index_fast (orders, i - 1);
  book_return_list (self, task, orders);
}

GPtrArray *
yihu_book_list_orders_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
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
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  book_return_list (self, task, book_collect (self, &yihu_call_type));
}

GPtrArray *
yihu_book_list_calls_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
yihu_book_get_basemap (YihuBook *self)
{
  return self->basemap;
}

void
yihu_book_submit_async (YihuBook *self,
                        YihuCommand *command,
                        gpointer overlay,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  if (self->submit_error != NULL)
    {
      g_task_return_error (task, g_error_copy (self->submit_error));
      return;
    }
  g_ptr_array_add (self->commands, yihu_command_ref (command));
  g_ptr_array_add (self->before, overlay != NULL ? yihu_book_get (self, YIHU_RECORD (overlay)->type,
                                                                  command->object)
                                                 : NULL);
  if (overlay != NULL)
    yihu_fake_book_put (self, overlay, TRUE);
  g_task_return_boolean (task, TRUE);
}

gboolean
yihu_book_submit_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

GPtrArray *
yihu_book_list_outbox (YihuBook *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_outbox_row_free);

  for (guint i = 0; i < self->commands->len; i++)
    {
      YihuOutboxRow *row = g_new0 (YihuOutboxRow, 1);

      row->command = yihu_command_ref (g_ptr_array_index (self->commands, i));
      row->key = g_strdup (row->command->key);
      row->object = g_strdup (row->command->object);
      if (self->refused != NULL && i == self->commands->len - 1)
        {
          row->state = YIHU_OUTBOX_REFUSED;
          row->error = g_error_copy (self->refused);
        }
      g_ptr_array_add (rows, row);
    }
  return rows;
}

void
yihu_book_decide_async (YihuBook *self,
                        const char *key,
                        YihuOutboxDecision decision,
                        YihuCommand *instead,
                        gpointer overlay,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  g_clear_error (&self->refused);
  if (decision == YIHU_OUTBOX_DROP)
    {
      g_ptr_array_set_size (self->commands, (int) self->commands->len - 1);
      g_ptr_array_set_size (self->before, (int) self->before->len - 1);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNDECIDED]);
  g_task_return_boolean (task, TRUE);
}

gboolean
yihu_book_decide_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
yihu_book_logout (YihuBook *self)
{
}

gint64
yihu_book_get_left_sealed (YihuBook *self)
{
  return 0;
}

YihuKeyPlace
yihu_book_get_key_place (YihuBook *self)
{
  return YIHU_KEY_PLACE_STORE;
}

void
yihu_book_save_draft (YihuBook *self, const char *name, const char *text)
{
  if (text == NULL || *text == '\0')
    g_hash_table_remove (self->drafts, name);
  else
    g_hash_table_replace (self->drafts, g_strdup (name), g_strdup (text));
}

char *
yihu_book_load_draft (YihuBook *self, const char *name)
{
  return g_strdup (g_hash_table_lookup (self->drafts, name));
}
