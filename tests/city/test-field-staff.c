/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field staff against a scripted server, in virtual time: the four steps in their order, with
 * positions; an outage in the middle repeats the same key and loses nothing; a refusal is believed;
 * an expired token leads to a new log-in. */

#include "base/bounded-json.h"
#include "base/error.h"
#include "city/field-staff.h"
#include "wire/command.h"

#include <string.h>

/* --- the server --- */

#define TEST_TYPE_LINE (test_line_get_type ())
G_DECLARE_FINAL_TYPE (TestLine, test_line, TEST, LINE, GObject)

struct _TestLine
{
  GObject parent_instance;
  const char *state; /* of the one order; NULL: there is none */
  gint64 version;
  GPtrArray *commands; /* "name key" of each command that arrived */
  guint n_logins;
  guint n_looks;
  guint lost_answers; /* done, but the answer does not arrive */
  gboolean is_down;
  gboolean is_expired;
  gboolean refuses;
  char *done_key; /* of the last command that was done */
  gint64 lat_e7; /* of the last command; 0: none */
};

static void test_line_iface_init (YihuStaffLineInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (TestLine,
                               test_line,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (YIHU_TYPE_STAFF_LINE, test_line_iface_init))

static void
test_line_finalize (GObject *object)
{
  TestLine *self = TEST_LINE (object);

  g_ptr_array_unref (self->commands);
  g_free (self->done_key);
  G_OBJECT_CLASS (test_line_parent_class)->finalize (object);
}

static void
test_line_class_init (TestLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_line_finalize;
}

static void
test_line_init (TestLine *self)
{
  self->commands = g_ptr_array_new_with_free_func (g_free);
  self->version = 1;
}

static void
line_login_async (YihuStaffLine *line, GAsyncReadyCallback callback, gpointer data)
{
  TestLine *self = TEST_LINE (line);
  g_autoptr (GTask) task = g_task_new (line, NULL, callback, data);

  self->n_logins++;
  if (self->is_down)
    {
      g_task_return_new_error (task, YIHU_ERROR, YIHU_ERROR_OFFLINE, "down");
      return;
    }
  self->is_expired = FALSE;
  g_task_return_boolean (task, TRUE);
}

static gboolean
line_login_finish (YihuStaffLine *line, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static json_t *
make_order (TestLine *self)
{
  return json_pack ("{s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "id", "o1", "version",
                    (json_int_t) self->version, "number", "DD1", "elder", "e1", "item", "i1",
                    "provider", "p1", "state", self->state);
}

static json_t *
answer_orders (TestLine *self)
{
  self->n_looks++;
  if (self->state == NULL || strcmp (self->state, "finished") == 0)
    return json_pack ("{s:[]}", "orders");
  return json_pack ("{s:[{s:o, s:{s:i, s:i}, s:{s:i, s:i}}]}", "orders", "order", make_order (self),
                    "elder", "lat_e7", 406000000, "lon_e7", 1222000000, "item", "minutes", 30,
                    "lead_minutes", 60);
}

static const char *
state_after (const char *name)
{
  static const char *const moves[][2] = { { "order.accept", "accepted" },
                                          { "order.arrive", "arrived" },
                                          { "order.start", "started" },
                                          { "order.finish", "finished" } };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    if (strcmp (moves[i][0], name) == 0)
      return moves[i][1];
  g_assert_not_reached ();
}

static json_t *
answer_command (TestLine *self, json_t *body, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (YihuCommand) command = yihu_command_from_json (body, &problem);

  g_assert_no_error (problem);
  g_assert_cmpstr (command->object, ==, "o1");
  g_ptr_array_add (self->commands, g_strdup_printf ("%s %s", command->name, command->key));
  self->lat_e7 = json_integer_value (json_object_get (command->args, "lat_e7"));
  if (self->refuses)
    return json_pack ("{s:s, s:s, s:s, s:s}", "key", command->key, "state", "rejected", "error",
                      "rejected", "message", "cancelled");
  if (g_strcmp0 (self->done_key, command->key) != 0)
    {
      g_free (self->done_key);
      self->done_key = g_strdup (command->key);
      self->state = state_after (command->name);
      self->version++;
    }
  if (self->lost_answers > 0)
    {
      self->lost_answers--;
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_OFFLINE, "cut");
      return NULL;
    }
  return json_pack ("{s:s, s:i, s:s, s:[s, o]}", "key", command->key, "seq", 7, "state", "ok",
                    "record", "order", make_order (self));
}

static void
line_request_async (YihuStaffLine *line,
                    const char *method,
                    const char *path,
                    json_t *body,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  TestLine *self = TEST_LINE (line);
  g_autoptr (GTask) task = g_task_new (line, NULL, callback, data);
  GError *error = NULL;
  json_t *answer = NULL;

  if (self->is_down)
    error = g_error_new (YIHU_ERROR, YIHU_ERROR_OFFLINE, "down");
  else if (self->is_expired)
    error = g_error_new (YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED, "expired");
  else if (strcmp (method, "GET") == 0)
    answer = answer_orders (self);
  else
    answer = answer_command (self, body, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) json_decref);
}

static json_t *
line_request_finish (YihuStaffLine *line, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gint64
line_get_server_time_us (YihuStaffLine *line)
{
  return G_GINT64_CONSTANT (1790000000000000);
}

static void
test_line_iface_init (YihuStaffLineInterface *iface)
{
  iface->login_async = line_login_async;
  iface->login_finish = line_login_finish;
  iface->request_async = line_request_async;
  iface->request_finish = line_request_finish;
  iface->get_server_time_us = line_get_server_time_us;
}

/* --- the tests --- */

typedef struct
{
  YihuClock *clock;
  TestLine *line;
  YihuFieldStaff *staff;
  GString *log;
} Fixture;

static void
on_line (const char *line, gpointer data)
{
  g_string_append_printf (((Fixture *) data)->log, "%s\n", line);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  YihuFieldStaffOptions options = {
    .provider = "p1", .name = "安康护理站", .pace = 50, .poll_ms = 2000, .seed = 9
  };

  fixture->clock = yihu_fake_clock_new (1790000000000000);
  fixture->line = g_object_new (TEST_TYPE_LINE, NULL);
  fixture->log = g_string_new (NULL);
  fixture->staff = yihu_field_staff_new (fixture->clock, YIHU_STAFF_LINE (fixture->line), &options,
                                         on_line, fixture);
  yihu_field_staff_start (fixture->staff, 10);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  yihu_field_staff_stop (fixture->staff);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (fixture->staff);
  g_object_unref (fixture->line);
  g_object_unref (fixture->clock);
  g_string_free (fixture->log, TRUE);
}

static void
pass (Fixture *fixture, guint seconds)
{
  for (guint i = 0; i < seconds * 10; i++)
    {
      yihu_fake_clock_advance (YIHU_FAKE_CLOCK (fixture->clock), 100);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static void
test_four_steps (Fixture *fixture, gconstpointer unused)
{
  static const char *const names[] = { "order.accept ", "order.arrive ", "order.start ",
                                       "order.finish " };

  fixture->line->state = "placed";
  pass (fixture, 1);
  g_assert_cmpuint (fixture->line->n_logins, ==, 1);
  g_assert_cmpuint (fixture->line->n_looks, ==, 1);
  pass (fixture, 300);
  g_assert_cmpuint (fixture->line->commands->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_true (g_str_has_prefix (g_ptr_array_index (fixture->line->commands, i), names[i]));
  g_assert_cmpint (ABS (fixture->line->lat_e7 - 406000000), <, 700000);
  g_assert_cmpint (fixture->line->lat_e7, !=, 0);
  g_assert_cmpstr (fixture->log->str, ==,
                   "staff 安康护理站 online\n"
                   "order DD1 accepted 安康护理站\n"
                   "order DD1 arrived 安康护理站\n"
                   "order DD1 started 安康护理站\n"
                   "order DD1 finished 安康护理站\n");
  g_assert_cmpuint (yihu_field_staff_get_n_visits (fixture->staff), ==, 0);
}

static void
test_lost_answers (Fixture *fixture, gconstpointer unused)
{
  fixture->line->state = "placed";
  fixture->line->lost_answers = 3;
  pass (fixture, 400);
  g_assert_cmpuint (fixture->line->commands->len, ==, 7);
  for (guint i = 1; i < 4; i++)
    g_assert_cmpstr (g_ptr_array_index (fixture->line->commands, 0), ==,
                     g_ptr_array_index (fixture->line->commands, i));
  g_assert_cmpstr (fixture->line->state, ==, "finished");
  g_assert_cmpint (fixture->line->version, ==, 5);
}

static void
test_outage (Fixture *fixture, gconstpointer unused)
{
  fixture->line->is_down = TRUE;
  fixture->line->state = "placed";
  pass (fixture, 20);
  g_assert_cmpuint (fixture->line->commands->len, ==, 0);
  fixture->line->is_down = FALSE;
  pass (fixture, 40);
  g_assert_cmpuint (fixture->line->commands->len, >=, 1);
  fixture->line->is_down = TRUE;
  pass (fixture, 600);
  g_assert_nonnull (strstr (fixture->log->str, "staff 安康护理站 offline"));
  fixture->line->is_down = FALSE;
  pass (fixture, 300);
  g_assert_cmpstr (fixture->line->state, ==, "finished");
  g_assert_cmpint (fixture->line->version, ==, 5);
}

static void
test_refusal (Fixture *fixture, gconstpointer unused)
{
  fixture->line->state = "placed";
  fixture->line->refuses = TRUE;
  pass (fixture, 120);
  g_assert_cmpuint (fixture->line->commands->len, ==, 1);
  g_assert_nonnull (strstr (fixture->log->str, "order DD1 refused order.accept"));
  /* somebody has changed the order: try again */
  fixture->line->refuses = FALSE;
  fixture->line->version++;
  pass (fixture, 300);
  g_assert_cmpstr (fixture->line->state, ==, "finished");
}

static void
test_expired (Fixture *fixture, gconstpointer unused)
{
  pass (fixture, 5);
  fixture->line->is_expired = TRUE;
  pass (fixture, 10);
  g_assert_cmpuint (fixture->line->n_logins, ==, 2);
  fixture->line->state = "accepted"; /* begun before this program was started */
  pass (fixture, 300);
  g_assert_cmpuint (fixture->line->commands->len, ==, 3);
  g_assert_cmpstr (fixture->line->state, ==, "finished");
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/city/field-staff/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("four-steps", test_four_steps);
  ADD ("lost-answers", test_lost_answers);
  ADD ("outage", test_outage);
  ADD ("refusal", test_refusal);
  ADD ("expired", test_expired);
  return g_test_run ();
}
