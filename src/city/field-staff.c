/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One loop of looking for orders and, beside it, one small machine an order: wait, send, wait for
 * the answer, next step. The machine's command is kept until the server has answered it; only then
 * does the order move on. What the server refuses is dropped: the next look shows the truth. */

#include "city/field-staff.h"

#include "base/error.h"
#include "city/visit.h"

#define RETRY_FIRST_MS 1000
#define RETRY_CAP_MS 15000
#define MAX_ORDERS 1000

typedef enum
{
  STAFF_STOPPED,
  STAFF_LOGGED_OUT,
  STAFF_LOGGING_IN,
  STAFF_READY,
} StaffState;

struct _YihuFieldStaff
{
  GObject parent_instance;
  YihuClock *clock; /* (owned) */
  YihuStaffLine *line; /* (owned) */
  char *provider;
  char *name;
  double pace;
  guint poll_ms;
  guint64 seed;
  YihuFieldStaffFunc func;
  gpointer data;
  StaffState state;
  gboolean is_online; /* told so */
  gboolean is_polling;
  guint attempts; /* in vain, of log-in and look */
  GSource *timer; /* (owned) (nullable): next log-in or look */
  GHashTable *jobs; /* (owned) order id (owned by the Job) to Job */
  GHashTable *refused; /* (owned) order id to its version when the server refused our step */
};

/* One order being worked on. Freed when the table drops it and no request is under way. */
typedef struct
{
  YihuFieldStaff *staff; /* (not owned); NULL once dropped */
  YihuVisit *visit; /* (owned) */
  char *id; /* (owned) */
  YihuCommand *command; /* (owned) (nullable): sent, not answered */
  GSource *timer; /* (owned) (nullable) */
  guint attempts;
  gboolean is_under_way;
} Job;

G_DEFINE_FINAL_TYPE (YihuFieldStaff, yihu_field_staff, G_TYPE_OBJECT)

static void staff_poll (gpointer data);
static void staff_login (gpointer data);
static void job_send (gpointer data);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
job_free (Job *job)
{
  clear_source (&job->timer);
  g_clear_pointer (&job->command, yihu_command_unref);
  yihu_visit_free (job->visit);
  g_free (job->id);
  g_free (job);
}

static void
job_drop (gpointer data)
{
  Job *job = data;

  job->staff = NULL;
  clear_source (&job->timer);
  if (!job->is_under_way)
    job_free (job);
}

static void
yihu_field_staff_dispose (GObject *object)
{
  YihuFieldStaff *self = YIHU_FIELD_STAFF (object);

  yihu_field_staff_stop (self);
  g_clear_object (&self->line);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (yihu_field_staff_parent_class)->dispose (object);
}

static void
yihu_field_staff_finalize (GObject *object)
{
  YihuFieldStaff *self = YIHU_FIELD_STAFF (object);

  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->refused);
  g_free (self->provider);
  g_free (self->name);
  G_OBJECT_CLASS (yihu_field_staff_parent_class)->finalize (object);
}

static void
yihu_field_staff_class_init (YihuFieldStaffClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_field_staff_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_field_staff_finalize;
}

static void
yihu_field_staff_init (YihuFieldStaff *self)
{
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, job_drop);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

YihuFieldStaff *
yihu_field_staff_new (YihuClock *clock,
                      YihuStaffLine *line,
                      const YihuFieldStaffOptions *options,
                      YihuFieldStaffFunc func,
                      gpointer data)
{
  YihuFieldStaff *self = g_object_new (YIHU_TYPE_FIELD_STAFF, NULL);

  self->clock = g_object_ref (clock);
  self->line = g_object_ref (line);
  self->provider = g_strdup (options->provider);
  self->name = g_strdup (options->name);
  self->pace = options->pace;
  self->poll_ms = options->poll_ms;
  self->seed = options->seed;
  self->func = func;
  self->data = data;
  return self;
}

guint
yihu_field_staff_get_n_visits (YihuFieldStaff *self)
{
  return g_hash_table_size (self->jobs);
}

static void
tell (YihuFieldStaff *self, const char *line)
{
  self->func (line, self->data);
}

static void
set_online (YihuFieldStaff *self, gboolean is_online, const char *why)
{
  g_autofree char *line = NULL;

  if (self->is_online == is_online)
    return;
  self->is_online = is_online;
  line = g_strdup_printf ("staff %s %s%s%s", self->name, is_online ? "online" : "offline",
                          *why != '\0' ? " " : "", why);
  tell (self, line);
}

static void
set_timer (YihuFieldStaff *self, guint delay_ms, GSourceOnceFunc func)
{
  clear_source (&self->timer);
  self->timer = yihu_clock_add_timer (self->clock, delay_ms, func, self, NULL);
}

/* --- one order --- */

static void
job_wait (Job *job, guint delay_ms)
{
  clear_source (&job->timer);
  job->timer = yihu_clock_add_timer (job->staff->clock, delay_ms, job_send, job, NULL);
}

static void
job_plan (Job *job)
{
  double delay_s = yihu_visit_draw_delay_s (job->visit, job->staff->pace);

  job->attempts = 0;
  if (yihu_visit_get_verb (job->visit) == NULL)
    g_hash_table_remove (job->staff->jobs, job->id);
  else
    job_wait (job, (guint) CLAMP (delay_s * 1000, 20, 86400000));
}

/* An answer that will not change by asking again. */
static gboolean
is_verdict (const GError *error)
{
  return error->domain == YIHU_ERROR
         && (error->code == YIHU_ERROR_REJECTED || error->code == YIHU_ERROR_CONFLICT
             || error->code == YIHU_ERROR_FORBIDDEN || error->code == YIHU_ERROR_NOT_FOUND
             || error->code == YIHU_ERROR_INVALID || error->code == YIHU_ERROR_KEY_REUSED
             || error->code == YIHU_ERROR_UNKNOWN);
}

static void
job_refused (Job *job, const GError *error)
{
  g_autofree char *line =
      g_strdup_printf ("order %s refused %s %s %s",
                       job->visit->order->number != NULL ? job->visit->order->number : job->id,
                       job->command->name, job->staff->name,
                       yihu_error_get_wire ((YihuError) error->code));

  gint64 *version = g_memdup2 (&job->visit->order->record.version, sizeof (gint64));

  g_hash_table_insert (job->staff->refused, g_strdup (job->id), version);
  tell (job->staff, line);
  g_hash_table_remove (job->staff->jobs, job->id);
}

static void
job_done (Job *job, const YihuReply *reply)
{
  static const char *const words[] = { "placed",   "accepted", "arrived",  "started",
                                       "finished", "approved", "returned", "cancelled" };
  g_autofree char *line = NULL;

  g_clear_pointer (&job->command, yihu_command_unref);
  yihu_visit_advance (job->visit, reply->record);
  line = g_strdup_printf (
      "order %s %s %s", job->visit->order->number != NULL ? job->visit->order->number : job->id,
      words[CLAMP (job->visit->order->state, 0, (gint64) G_N_ELEMENTS (words) - 1)],
      job->staff->name);
  tell (job->staff, line);
  job_plan (job);
}

/* No answer: the same command again, later. */
static void
job_retry (Job *job, const GError *error)
{
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED)
      && job->staff->state == STAFF_READY)
    {
      job->staff->state = STAFF_LOGGED_OUT;
      set_timer (job->staff, RETRY_FIRST_MS, staff_login);
    }
  job_wait (job, yihu_clock_back_off_ms (job->attempts++, RETRY_FIRST_MS, RETRY_CAP_MS));
}

static void
on_command_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) answer =
      YIHU_STAFF_LINE_GET_IFACE (object)->request_finish (YIHU_STAFF_LINE (object), result, &error);
  g_autoptr (YihuReply) reply = answer != NULL ? yihu_reply_from_json (answer, &error) : NULL;

  job->is_under_way = FALSE;
  if (job->staff == NULL)
    job_free (job);
  else if (reply != NULL && reply->state == YIHU_REPLY_OK)
    job_done (job, reply);
  else if (reply != NULL && reply->error != NULL)
    job_refused (job, reply->error);
  else if (error != NULL && answer == NULL && is_verdict (error))
    job_refused (job, error);
  else
    job_retry (job, error);
}

static void
job_send (gpointer data)
{
  Job *job = data;
  YihuFieldStaff *staff = job->staff;
  YihuStaffLineInterface *iface = YIHU_STAFF_LINE_GET_IFACE (staff->line);
  g_autoptr (json_t) body = NULL;

  clear_source (&job->timer);
  if (job->command == NULL)
    job->command = yihu_visit_make_command (job->visit, iface->get_server_time_us (staff->line));
  if (staff->state != STAFF_READY)
    {
      job_wait (job, RETRY_FIRST_MS);
      return;
    }
  body = yihu_command_to_json (job->command);
  job->is_under_way = TRUE;
  iface->request_async (staff->line, "POST", "/v1/command", body, on_command_ready, job);
}

/* --- looking for orders --- */

/* Refused as it still stands: asking again would change nothing. */
static gboolean
is_refused (YihuFieldStaff *self, const YihuOrder *order)
{
  const gint64 *version = g_hash_table_lookup (self->refused, order->record.id);

  return version != NULL && *version >= order->record.version;
}

static void
take_order (YihuFieldStaff *self, const json_t *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuVisit) visit = yihu_visit_new (row, self->seed, &error);
  Job *job;

  if (visit == NULL)
    {
      g_autofree char *line = g_strdup_printf ("warning staff %s %s", self->name, error->message);

      tell (self, line);
      return;
    }
  if (g_hash_table_contains (self->jobs, visit->order->record.id)
      || yihu_visit_get_verb (visit) == NULL || is_refused (self, visit->order))
    return;
  job = g_new0 (Job, 1);
  job->staff = self;
  job->id = g_strdup (visit->order->record.id);
  job->visit = g_steal_pointer (&visit);
  g_hash_table_insert (self->jobs, job->id, job);
  job_plan (job);
}

static void
on_poll_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuFieldStaff) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) answer =
      YIHU_STAFF_LINE_GET_IFACE (object)->request_finish (YIHU_STAFF_LINE (object), result, &error);
  const json_t *orders = NULL;

  self->is_polling = FALSE;
  if (self->state != STAFF_READY)
    return;
  if (answer == NULL || !yihu_json_read_array (answer, "orders", TRUE, MAX_ORDERS, &orders, &error))
    {
      gboolean is_expired = g_error_matches (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED);

      set_online (self, FALSE, error != NULL ? error->message : "");
      if (is_expired)
        self->state = STAFF_LOGGED_OUT;
      set_timer (self, yihu_clock_back_off_ms (self->attempts++, RETRY_FIRST_MS, RETRY_CAP_MS),
                 is_expired ? staff_login : staff_poll);
      return;
    }
  self->attempts = 0;
  set_online (self, TRUE, "");
  for (gsize i = 0; i < json_array_size (orders); i++)
    take_order (self, json_array_get (orders, i));
  set_timer (self, self->poll_ms, staff_poll);
}

static void
staff_poll (gpointer data)
{
  YihuFieldStaff *self = data;
  g_autofree char *path =
      g_strdup_printf ("/v1/orders?provider=%s&state=placed,accepted,arrived,started",
                       self->provider);

  clear_source (&self->timer);
  if (self->is_polling)
    return;
  self->is_polling = TRUE;
  YIHU_STAFF_LINE_GET_IFACE (self->line)
      ->request_async (self->line, "GET", path, NULL, on_poll_ready, g_object_ref (self));
}

static void
on_login_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuFieldStaff) self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok =
      YIHU_STAFF_LINE_GET_IFACE (object)->login_finish (YIHU_STAFF_LINE (object), result, &error);

  if (self->state != STAFF_LOGGING_IN)
    return;
  if (ok)
    {
      self->state = STAFF_READY;
      self->attempts = 0;
      staff_poll (self);
      return;
    }
  self->state = STAFF_LOGGED_OUT;
  if (self->attempts == 0)
    {
      g_autofree char *line =
          g_strdup_printf ("warning staff %s log-in: %s", self->name, error->message);

      tell (self, line);
    }
  set_timer (self, yihu_clock_back_off_ms (self->attempts++, 2 * RETRY_FIRST_MS, 2 * RETRY_CAP_MS),
             staff_login);
}

static void
staff_login (gpointer data)
{
  YihuFieldStaff *self = data;

  clear_source (&self->timer);
  if (self->state != STAFF_LOGGED_OUT)
    return;
  self->state = STAFF_LOGGING_IN;
  YIHU_STAFF_LINE_GET_IFACE (self->line)
      ->login_async (self->line, on_login_ready, g_object_ref (self));
}

void
yihu_field_staff_start (YihuFieldStaff *self, guint delay_ms)
{
  if (self->state != STAFF_STOPPED)
    return;
  self->state = STAFF_LOGGED_OUT;
  set_timer (self, delay_ms, staff_login);
}

void
yihu_field_staff_stop (YihuFieldStaff *self)
{
  self->state = STAFF_STOPPED;
  clear_source (&self->timer);
  g_hash_table_remove_all (self->jobs);
}
