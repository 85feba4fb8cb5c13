/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The outbox: the file is the truth, the rows in memory say only what is on its way. A row leaves
 * the file after the server's answer and never before, and the server answers a repeated key with
 * the first answer, so every doubt (lost answer, lost connection, killed console) is settled by
 * sending again. Of one object only the oldest row is ever on its way; a refused row stands before
 * those behind it until somebody decides. */

#include "client/outbox.h"

#include "base/error.h"
#include "base/identifier.h"
#include "client/live-private.h"

#include <string.h>

#define MAX_IN_FLIGHT 32
#define RESEND_MS 10000 /* an answer that takes longer is taken for lost */
#define BUSY_RETRY_MS 2000

const char *const yihu_outbox_schema =
    "CREATE TABLE IF NOT EXISTS outbox (n INTEGER PRIMARY KEY AUTOINCREMENT,"
    " key TEXT NOT NULL UNIQUE, object TEXT NOT NULL, command TEXT NOT NULL,"
    " refused INTEGER NOT NULL DEFAULT 0, error TEXT, message TEXT)";

typedef struct
{
  gint64 n;
  YihuCommand *command; /* (owned) */
  gboolean refused;
  GError *error; /* (owned) (nullable) */
  gint64 sent_at_us; /* monotonic; 0: not on its way */
  gint64 not_before_us; /* monotonic: the server was busy */
} Row;

struct _YihuOutbox
{
  GObject parent_instance;

  YihuDatabase *database;
  YihuLive *live; /* (owned) (nullable) */
  GPtrArray *rows; /* Row, oldest first */
  gint64 last_n; /* newest row that has been read from the file */
  guint pending;
  guint undecided;
  gboolean welcomed; /* the live connection took commands when we last looked */
  GSource *timer; /* (owned) (nullable): looks for lost answers */
};

enum
{
  PROP_PENDING = 1,
  PROP_UNDECIDED,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum
{
  SETTLED,
  REFUSED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (YihuOutbox, yihu_outbox, G_TYPE_OBJECT)

static void send_waiting (YihuOutbox *self);

static void
row_free (gpointer data)
{
  Row *row = data;

  yihu_command_unref (row->command);
  g_clear_error (&row->error);
  g_free (row);
}

static void
count (YihuOutbox *self)
{
  guint refused = 0;
  guint pending;

  for (guint i = 0; i < self->rows->len; i++)
    refused += ((Row *) g_ptr_array_index (self->rows, i))->refused;
  pending = self->rows->len - refused;
  if (pending != self->pending)
    {
      self->pending = pending;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PENDING]);
    }
  if (refused != self->undecided)
    {
      self->undecided = refused;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNDECIDED]);
    }
}

static Row *
find_row (YihuOutbox *self, const char *key)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      if (strcmp (row->command->key, key) == 0)
        return row;
    }
  return NULL;
}

/* --- the file --- */

static YihuCommand *
parse_command (const char *text, GError **error)
{
  g_autoptr (json_t) json = yihu_json_parse (text, -1, 0, error);

  return json != NULL ? yihu_command_from_json (json, error) : NULL;
}

static char *
print_command (const YihuCommand *command)
{
  g_autoptr (json_t) json = yihu_command_to_json (command);

  return yihu_json_print (json);
}

static Row *
read_row (YihuRows *rows, GError **error)
{
  YihuCommand *command = parse_command (yihu_rows_get_text (rows, 1), error);
  Row *row;

  if (command == NULL)
    return NULL;
  row = g_new0 (Row, 1);
  row->n = yihu_rows_get_int (rows, 0);
  row->command = command;
  row->refused = yihu_rows_get_int (rows, 2) != 0;
  if (row->refused)
    {
      const char *message = yihu_rows_get_text (rows, 4);

      row->error = g_error_new (YIHU_ERROR, yihu_error_from_wire (yihu_rows_get_text (rows, 3)),
                                "%s", message != NULL ? message : "refused");
    }
  return row;
}

/* Reads what came into the file behind the rows that are known: only what was committed. */
static gboolean
read_new_rows (YihuOutbox *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = yihu_database_query (
      self->database,
      "SELECT n, command, refused, error, message FROM outbox WHERE n > ?1 ORDER BY n", error, "i",
      self->last_n);

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    {
      g_autoptr (GError) problem = NULL;
      Row *row = read_row (rows, &problem);

      self->last_n = yihu_rows_get_int (rows, 0);
      if (row != NULL)
        g_ptr_array_add (self->rows, row);
      else
        g_message ("a command in the outbox cannot be read: %s", problem->message);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* --- sending --- */

static void
on_timer (gpointer data)
{
  YihuOutbox *self = data;
  gint64 now_us;

  g_clear_pointer (&self->timer, g_source_unref);
  if (self->live == NULL)
    return;
  now_us = yihu_clock_get_monotonic_us (yihu_live_get_clock (self->live));
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      if (row->sent_at_us != 0 && now_us - row->sent_at_us >= RESEND_MS * 1000)
        row->sent_at_us = 0;
    }
  send_waiting (self);
}

static gboolean
is_anything_waiting (YihuOutbox *self)
{
  return self->pending > 0 && self->live != NULL;
}

static void
arm_timer (YihuOutbox *self)
{
  if (self->timer == NULL && is_anything_waiting (self))
    self->timer = yihu_clock_add_timer (yihu_live_get_clock (self->live), BUSY_RETRY_MS, on_timer,
                                        self, NULL);
}

static gboolean
is_live (YihuOutbox *self)
{
  YihuLiveState state;

  if (self->live == NULL)
    return FALSE;
  state = yihu_live_get_state (self->live);
  return state == YIHU_LIVE_CATCHING_UP || state == YIHU_LIVE_ONLINE;
}

/* The oldest row of each object may go. */
static void
send_waiting (YihuOutbox *self)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  guint in_flight = 0;
  gint64 now_us;

  if (!is_live (self))
    return;
  now_us = MAX (yihu_clock_get_monotonic_us (yihu_live_get_clock (self->live)), 1);
  for (guint i = 0; i < self->rows->len; i++)
    in_flight += ((Row *) g_ptr_array_index (self->rows, i))->sent_at_us != 0;
  for (guint i = 0; i < self->rows->len && in_flight < MAX_IN_FLIGHT; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      if (!g_hash_table_add (taken, row->command->object) || row->refused || row->sent_at_us != 0
          || row->not_before_us > now_us)
        continue;
      if (!yihu_live_send (self->live, row->command))
        break;
      row->sent_at_us = now_us;
      in_flight++;
    }
  arm_timer (self);
}

/* Answers that say nothing about the command itself: it is sent again. */
static gboolean
is_passing (const GError *error)
{
  static const YihuError passing[] = { YIHU_ERROR_BUSY, YIHU_ERROR_OFFLINE, YIHU_ERROR_TIMEOUT,
                                       YIHU_ERROR_FULL, YIHU_ERROR_UNAUTHORIZED };

  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    if (g_error_matches (error, YIHU_ERROR, passing[i]))
      return TRUE;
  return FALSE;
}

static gboolean
remove_row (YihuOutbox *self, Row *row, GError **error)
{
  if (!yihu_database_run (self->database, "DELETE FROM outbox WHERE n = ?1", error, "i", row->n))
    return FALSE;
  g_ptr_array_remove (self->rows, row);
  count (self);
  return TRUE;
}

static void
settle (YihuOutbox *self, Row *row, YihuReply *reply)
{
  g_autoptr (YihuCommand) command = yihu_command_ref (row->command);
  g_autoptr (GError) error = NULL;

  if (!remove_row (self, row, &error))
    {
      /* The file keeps it, so it will be sent again and answered the same. */
      g_message ("cannot take an answered command out of the outbox: %s", error->message);
      row->not_before_us =
          yihu_clock_get_monotonic_us (yihu_live_get_clock (self->live)) + BUSY_RETRY_MS * 1000;
      return;
    }
  g_signal_emit (self, signals[SETTLED], 0, command, reply);
}

static void
refuse (YihuOutbox *self, Row *row, YihuReply *reply)
{
  g_autoptr (YihuCommand) command = yihu_command_ref (row->command);
  g_autoptr (GError) error = NULL;
  YihuError code = reply->error != NULL && reply->error->domain == YIHU_ERROR
                       ? (YihuError) reply->error->code
                   : reply->state == YIHU_REPLY_CONFLICT ? YIHU_ERROR_CONFLICT
                                                         : YIHU_ERROR_REJECTED;
  const char *message = reply->error != NULL ? reply->error->message : "refused";

  row->refused = TRUE;
  row->error = g_error_new (YIHU_ERROR, code, "%s", message);
  if (!yihu_database_run (self->database,
                          "UPDATE outbox SET refused = 1, error = ?2, message = ?3 WHERE n = ?1",
                          &error, "iss", row->n, yihu_error_get_wire (code), message))
    g_message ("cannot keep a refusal in the outbox: %s", error->message);
  count (self);
  g_signal_emit (self, signals[REFUSED], 0, command, reply);
}

static void
on_reply (YihuLive *live, YihuReply *reply, YihuOutbox *self)
{
  g_autoptr (YihuOutbox) guard = g_object_ref (self);
  Row *row = find_row (self, reply->key);

  if (row == NULL || row->refused)
    return;
  row->sent_at_us = 0;
  if (reply->state == YIHU_REPLY_OK)
    settle (self, row, reply);
  else if (is_passing (reply->error))
    row->not_before_us =
        yihu_clock_get_monotonic_us (yihu_live_get_clock (live)) + BUSY_RETRY_MS * 1000;
  else
    refuse (self, row, reply);
  send_waiting (self);
}

static void
on_live_state (YihuOutbox *self)
{
  gboolean welcomed = is_live (self);

  if (welcomed == self->welcomed)
    return;
  self->welcomed = welcomed;
  for (guint i = 0; i < self->rows->len; i++)
    ((Row *) g_ptr_array_index (self->rows, i))->sent_at_us = 0;
  send_waiting (self);
}

static void
clear_timer (YihuOutbox *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
yihu_outbox_set_live (YihuOutbox *self, YihuLive *live)
{
  clear_timer (self);
  if (self->live != NULL)
    g_signal_handlers_disconnect_by_data (self->live, self);
  g_set_object (&self->live, live);
  self->welcomed = FALSE;
  if (live == NULL)
    return;
  g_signal_connect_object (live, "reply", G_CALLBACK (on_reply), self, 0);
  g_signal_connect_object (live, "notify::state", G_CALLBACK (on_live_state), self,
                           G_CONNECT_SWAPPED);
  on_live_state (self);
}

/* --- object --- */

static void
yihu_outbox_dispose (GObject *object)
{
  YihuOutbox *self = YIHU_OUTBOX (object);

  yihu_outbox_set_live (self, NULL);
  G_OBJECT_CLASS (yihu_outbox_parent_class)->dispose (object);
}

static void
yihu_outbox_finalize (GObject *object)
{
  g_ptr_array_unref (YIHU_OUTBOX (object)->rows);
  G_OBJECT_CLASS (yihu_outbox_parent_class)->finalize (object);
}

static void
yihu_outbox_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YihuOutbox *self = YIHU_OUTBOX (object);

  if (id == PROP_PENDING)
    g_value_set_uint (value, self->pending);
  else if (id == PROP_UNDECIDED)
    g_value_set_uint (value, self->undecided);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
yihu_outbox_class_init (YihuOutboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = yihu_outbox_dispose;
  object_class->finalize = yihu_outbox_finalize;
  object_class->get_property = yihu_outbox_get_property;

  props[PROP_PENDING] = g_param_spec_uint ("pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_UNDECIDED] = g_param_spec_uint ("undecided", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SETTLED] = g_signal_new ("settled", YIHU_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
  signals[REFUSED] = g_signal_new ("refused", YIHU_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
yihu_outbox_init (YihuOutbox *self)
{
  self->rows = g_ptr_array_new_with_free_func (row_free);
}

YihuOutbox *
yihu_outbox_new (YihuDatabase *database, GError **error)
{
  g_autoptr (YihuOutbox) self = g_object_new (YIHU_TYPE_OUTBOX, NULL);

  self->database = database;
  if (!yihu_database_exec (database, yihu_outbox_schema, error) || !read_new_rows (self, error))
    return NULL;
  count (self);
  return g_steal_pointer (&self);
}

gboolean
yihu_outbox_append (YihuOutbox *self, YihuCommand *command, GError **error)
{
  g_autofree char *text = print_command (command);

  return yihu_database_run (self->database,
                            "INSERT INTO outbox (key, object, command) VALUES (?1, ?2, ?3)", error,
                            "sss", command->key, command->object, text);
}

void
yihu_outbox_flush (YihuOutbox *self)
{
  g_autoptr (GError) error = NULL;

  if (!read_new_rows (self, &error))
    g_message ("cannot read the outbox: %s", error->message);
  count (self);
  send_waiting (self);
}

guint
yihu_outbox_get_pending (YihuOutbox *self)
{
  return self->pending;
}

guint
yihu_outbox_get_undecided (YihuOutbox *self)
{
  return self->undecided;
}

static void
outbox_row_free (gpointer data)
{
  YihuOutboxRow *row = data;

  yihu_command_unref (row->command);
  g_clear_error (&row->error);
  g_free (row);
}

GPtrArray *
yihu_outbox_list (YihuOutbox *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (outbox_row_free);

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);
      YihuOutboxRow *copy = g_new0 (YihuOutboxRow, 1);

      copy->command = yihu_command_ref (row->command);
      copy->refused = row->refused;
      copy->error = row->error != NULL ? g_error_copy (row->error) : NULL;
      g_ptr_array_add (list, copy);
    }
  return list;
}

static Row *
lookup_refused (YihuOutbox *self, const char *key, GError **error)
{
  Row *row = find_row (self, key);

  if (row != NULL && row->refused)
    return row;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "no refused command with this key");
  return NULL;
}

gboolean
yihu_outbox_drop (YihuOutbox *self, const char *key, GError **error)
{
  Row *row = lookup_refused (self, key, error);

  if (row == NULL || !remove_row (self, row, error))
    return FALSE;
  send_waiting (self);
  return TRUE;
}

gboolean
yihu_outbox_retry (YihuOutbox *self, const char *key, GError **error)
{
  Row *row = lookup_refused (self, key, error);
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;
  YihuCommand *again;

  if (row == NULL)
    return FALSE;
  before = print_command (row->command);
  again = parse_command (before, error);
  if (again == NULL)
    return FALSE;
  g_free (again->key);
  again->key = yihu_identifier_new ();
  text = print_command (again);
  if (!yihu_database_run (self->database,
                          "UPDATE outbox SET key = ?2, command = ?3, refused = 0, error = NULL,"
                          " message = NULL WHERE n = ?1",
                          error, "iss", row->n, again->key, text))
    {
      yihu_command_unref (again);
      return FALSE;
    }
  yihu_command_unref (row->command);
  row->command = again;
  row->refused = FALSE;
  g_clear_error (&row->error);
  count (self);
  send_waiting (self);
  return TRUE;
}
