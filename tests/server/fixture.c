/* SPDX-License-Identifier: GPL-3.0-or-later */

/* See fixture.h. Waiting is always for an event, with a deadline that only a broken test meets. */

#include "fixture.h"

#include "base/error.h"
#include "cluster.h"
#include "domain/kinds.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <zstd.h>

#define PATIENCE_S 120

static gboolean
on_patience (gpointer data)
{
  g_error ("a test waited %d s for something that did not come", PATIENCE_S);
  return G_SOURCE_REMOVE;
}

void
fixture_spin (gboolean (*is_done) (gpointer data), gpointer data)
{
  guint patience = g_timeout_add_seconds (PATIENCE_S, on_patience, NULL);

  while (!is_done (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
}

static Cluster *cluster;

static void
end_cluster (void)
{
  g_clear_pointer (&cluster, cluster_free);
}

Cluster *
fixture_get_cluster (void)
{
  if (cluster == NULL && g_strcmp0 (g_getenv ("YIHU_TEST_STORE"), "postgresql") == 0)
    {
      cluster = cluster_new ();
      atexit (end_cluster);
    }
  return cluster;
}

/* @template: (nullable): what it begins as. Returns: (transfer full) (nullable): a file is used */
static char *
make_store (const char *template)
{
  static guint n_stores;
  g_autofree char *name = g_strdup_printf ("server%u", ++n_stores);

  if (fixture_get_cluster () == NULL)
    return NULL;
  return cluster_make_database (fixture_get_cluster (), name, template);
}

void
fixture_start (Fixture *self)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->port);
  YihuServerConfig config = { .data_dir = self->directory,
                              .store = self->store,
                              .listen = listen,
                              .sip_registrar = "sip:127.0.0.1:5060",
                              .tenant_name = "test",
                              .area_code = "0417",
                              .is_second_factor_off = !self->asks_second_factor,
                              .reveals_per_hour = self->reveals_per_hour,
                              .reveals_per_day = self->reveals_per_day };
  g_autofree char *pem = self->tls ? g_build_filename (self->tls, "server.pem", NULL) : NULL;
  g_autofree char *key = self->tls ? g_build_filename (self->tls, "server.key", NULL) : NULL;
  g_autofree char *ca = self->tls ? g_build_filename (self->tls, "ca.pem", NULL) : NULL;
  g_autoptr (GTlsDatabase) authorities = NULL;
  g_autoptr (GError) error = NULL;

  config.backup_dir = self->backups;
  config.backup_key = self->backup_key;
  config.backup_keep = 2;
  config.tls_certificate = pem;
  config.tls_key = key;
  config.tls_client_ca = self->wants_clients ? ca : NULL;
  self->server = yihu_server_new (&config, self->clock, &error);
  g_assert_no_error (error);
  g_free (self->url);
  self->port = yihu_server_get_port (self->server);
  self->url = g_strdup_printf ("%s://127.0.0.1:%u", pem ? "https" : "http", self->port);
  if (ca != NULL)
    authorities = g_tls_file_database_new (ca, &error);
  g_assert_no_error (error);
  self->soup = soup_session_new_with_options ("max-conns", 64, "max-conns-per-host", 64,
                                              "tls-database", authorities, NULL);
}

void
fixture_stop (Fixture *self)
{
  soup_session_abort (self->soup);
  g_clear_object (&self->soup);
  yihu_server_stop (self->server);
  g_clear_object (&self->server);
}

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("yihu-server-XXXXXX", &error);
  g_assert_no_error (error);
  self->store = make_store (NULL);
  self->is_filled = FALSE;
  self->clock = data != NULL ? yihu_fake_clock_new (g_get_real_time ()) : yihu_clock_new ();
  yihu_server_init_administrator (self->directory, self->store, "admin", FIXTURE_PASSWORD,
                                  self->clock, &error);
  g_assert_no_error (error);
  fixture_start (self);
}

void
fixture_remove_directory (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        fixture_remove_directory (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  if (self->server != NULL)
    fixture_stop (self);
  g_clear_object (&self->clock);
  fixture_remove_directory (self->directory);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->store, g_free);
  g_clear_pointer (&self->url, g_free);
}

/* Requests. */

typedef struct
{
  GBytes *body;
  gboolean is_done;
} Wait;

static void
on_body_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  wait->body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, NULL);
  wait->is_done = TRUE;
}

static gboolean
is_wait_done (gpointer data)
{
  return ((Wait *) data)->is_done;
}

void
fixture_authorize (Fixture *self, SoupMessage *message, const char *token)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *value = g_strconcat ("Bearer ", token, NULL);
  const char *device = self->device != NULL ? self->device : "test";

  soup_message_headers_replace (headers, "Authorization", value);
  if (*device != '\0')
    soup_message_headers_replace (headers, "X-Yihu-Device", device);
}

Answer *
fixture_send (Fixture *self,
              const char *token,
              const char *method,
              const char *path,
              const char *body,
              gssize length)
{
  g_autofree char *url = g_strconcat (self->url, path, NULL);
  Answer *answer = g_new0 (Answer, 1);
  Wait wait = { 0 };

  answer->message = soup_message_new (method, url);
  if (self->reuses_connections)
    soup_message_add_flags (answer->message, SOUP_MESSAGE_IDEMPOTENT);
  if (token != NULL)
    fixture_authorize (self, answer->message, token);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, length < 0 ? strlen (body) : (gsize) length);

      soup_message_set_request_body_from_bytes (answer->message, "application/octet-stream", bytes);
    }
  soup_session_send_and_read_async (self->soup, answer->message, G_PRIORITY_DEFAULT, NULL,
                                    on_body_ready, &wait);
  fixture_spin (is_wait_done, &wait);
  answer->body = wait.body;
  answer->status = wait.body != NULL ? soup_message_get_status (answer->message) : 0;
  if (wait.body != NULL)
    answer->json =
        json_loadb (g_bytes_get_data (wait.body, NULL), g_bytes_get_size (wait.body), 0, NULL);
  return answer;
}

void
answer_free (Answer *answer)
{
  g_clear_pointer (&answer->json, json_decref);
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_object_unref (answer->message);
  g_free (answer);
}

const char *
answer_get_text (const Answer *answer, const char *key)
{
  return json_string_value (json_object_get (answer->json, key));
}

gint64
answer_get_int (const Answer *answer, const char *key)
{
  return json_integer_value (json_object_get (answer->json, key));
}

const char *
answer_get_header (const Answer *answer, const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (answer->message), name);
}

gint64
answer_get_header_int (const Answer *answer, const char *name)
{
  const char *text = answer_get_header (answer, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : -1;
}

/* Passwords are slow by design: who has logged in before the register was copied stays logged in
 * in every copy. */
static GHashTable *known_tokens;

char *
fixture_login (Fixture *self, const char *login)
{
  if (known_tokens != NULL && g_hash_table_contains (known_tokens, login) && self->is_filled)
    return g_strdup (g_hash_table_lookup (known_tokens, login));
  return fixture_login_anew (self, login);
}

char *
fixture_login_anew (Fixture *self, const char *login)
{
  g_autofree char *body =
      g_strdup_printf ("{\"login\":\"%s\",\"password\":\"%s\",\"device\":\"test\",\"protocol\":1}",
                       login, FIXTURE_PASSWORD);
  g_autoptr (Answer) answer = fixture_send (self, NULL, "POST", "/v1/login", body, -1);

  g_assert_cmpuint (answer->status, ==, 200);
  return g_strdup (answer_get_text (answer, "token"));
}

/* The register. */

void
fixture_import (Fixture *self, const char *token, const char *kind, const char *csv)
{
  g_autofree char *path = g_strconcat ("/v1/import/", kind, "?mode=all", NULL);
  g_autoptr (Answer) answer = fixture_send (self, token, "POST", path, csv, -1);

  if (answer->status != 200 || json_array_size (json_object_get (answer->json, "refused")) > 0)
    g_error ("import of %s: %u %s", kind, answer->status,
             (const char *) g_bytes_get_data (answer->body, NULL));
}

void
fixture_add_account (Fixture *self,
                     const char *token,
                     const char *login,
                     const char *role,
                     gint64 division,
                     const char *seat,
                     const char *provider)
{
  g_autoptr (json_t) body =
      json_pack ("{s:{s:s, s:s, s:s, s:s, s:I, s:s, s:s}, s:s}", "account", "id", login, "login",
                 login, "name", login, "role", role, "division", (json_int_t) division, "seat",
                 seat, "provider", provider, "password", FIXTURE_PASSWORD);
  g_autofree char *text = json_dumps (body, 0);
  g_autoptr (Answer) answer = fixture_send (self, token, "POST", "/v1/accounts", text, -1);

  if (answer->status != 200)
    g_error ("account %s: %s", login, answer_get_text (answer, "message"));
}

#define CITY G_GINT64_CONSTANT (210800000000)
#define COUNTY G_GINT64_CONSTANT (210802000000)

void
fixture_fill_slowly (Fixture *self)
{
  g_autofree char *token = fixture_login (self, "admin");

  fixture_import (self, token, "division",
                  "id,name,level\n210800000000,City,2\n210802000000,West,3\n"
                  "210802001000,Weststreet,4\n210802001001,Westside,5\n210803000000,East,3\n"
                  "210803001000,Eaststreet,4\n210803001001,Eastside,5\n");
  fixture_import (self, token, "provider",
                  "id,name,phone,status\np1,Good meals,,active\np2,Gone,,suspended\n");
  fixture_import (self, token, "service_item",
                  "id,name,category,minutes,lead_minutes\ni1,Lunch,meals,30,60\n"
                  "i2,Haircut,company,30,60\n");
  fixture_import (self, token, "price",
                  "id,provider,item,price_fen,subsidy_fen\nq1,p1,i1,1500,500\n"
                  "q2,p2,i1,1400,500\n");
  fixture_import (self, token, "institution",
                  "id,division,name,type\nh1,210802001001,House,institution\n");
  fixture_import (self, token, "camera",
                  "id,institution,name,address,user,password\n"
                  "c1,h1,Hall,rtsp://127.0.0.1:1/hall,eye,secret\n");
  fixture_import (self, token, "elder",
                  "id,division,name,sex,birth,phone,phone2,id_card,history\n"
                  "e1,210802001001,王秀英,female,19400101,13800000001,,,old story\n"
                  "e2,210803001001,李大山,male,1938-02-03,13800000023,,,\n"
                  "e3,210803001001,张桂兰,female,19410506,13800000023,13800000003,,\n");
  fixture_import (self, token, "kin",
                  "id,elder,name,relation,phone,rank\nk1,e1,王刚,儿子,13900000001,0\n");
  fixture_add_account (self, token, "operator", "operator", CITY, "01", "");
  fixture_add_account (self, token, "county", "operator", COUNTY, "02", "");
  fixture_add_account (self, token, "supervisor", "supervisor", CITY, "", "");
  fixture_add_account (self, token, "reviewer", "reviewer", CITY, "", "");
  fixture_add_account (self, token, "auditor", "auditor", 0, "", "");
  fixture_add_account (self, token, "provider", "provider", 0, "", "p1");
  fixture_add_account (self, token, "provider2", "provider", 0, "", "p2");
  fixture_add_account (self, token, "switchboard", "switchboard", 0, "", "");
}

static GBytes *
read_store (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->directory, "yihu.db", NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  gsize length = 0;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (text, length);
}

static void
write_store (Fixture *self, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (self->directory, "yihu.db", NULL);
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);

  g_unlink (path); /* what is there is not made shorter */
  g_file_set_contents_full (path, text, length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* The filled store is kept: the file's bytes, or a database that nobody uses again. */
static GBytes *
keep_store (Fixture *self)
{
  g_autofree char *sql = NULL;

  if (self->store == NULL)
    return read_store (self);
  sql = g_strdup_printf ("ALTER DATABASE \"%s\" RENAME TO filled", strrchr (self->store, '/') + 1);
  cluster_exec (cluster, "postgres", sql);
  g_free (self->store);
  self->store = make_store ("filled");
  return g_bytes_new (NULL, 0);
}

static void
restore_store (Fixture *self, GBytes *filled)
{
  if (self->store == NULL)
    {
      write_store (self, filled);
      return;
    }
  g_free (self->store);
  self->store = make_store ("filled");
}

/* Filled once in a process, then copied. */
void
fixture_fill (Fixture *self)
{
  static const char *const logins[] = { "admin",    "operator", "county",    "supervisor",
                                        "reviewer", "provider", "provider2", "switchboard" };
  static GBytes *filled;

  if (filled == NULL)
    {
      fixture_fill_slowly (self);
      known_tokens = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
      for (guint i = 0; i < G_N_ELEMENTS (logins); i++)
        g_hash_table_insert (known_tokens, (char *) logins[i],
                             fixture_login_anew (self, logins[i]));
      fixture_stop (self);
      filled = keep_store (self);
    }
  else
    {
      fixture_stop (self);
      restore_store (self, filled);
    }
  self->is_filled = TRUE;
  fixture_start (self);
}

/* Commands. */

Answer *
fixture_command (Fixture *self, const char *token, YihuCommand *command)
{
  g_autoptr (json_t) json = yihu_command_to_json (command);
  g_autofree char *text = yihu_json_print (json);

  return fixture_send (self, token, "POST", "/v1/command", text, -1);
}

/* Pairs of argument name and text, NULL at the end. */
Answer *
fixture_command_text (Fixture *self, const char *token, const char *name, const char *id, ...)
{
  g_autoptr (YihuCommand) command = yihu_command_new (name, id, 0, g_get_real_time ());
  const char *key;
  va_list args;

  va_start (args, id);
  while ((key = va_arg (args, const char *)) != NULL)
    yihu_command_set_text (command, key, va_arg (args, const char *));
  va_end (args);
  return fixture_command (self, token, command);
}

YihuCommand *
fixture_new_order (const char *id, const char *elder)
{
  g_autoptr (YihuOrder) order = yihu_order_new (id);
  YihuCommand *command = yihu_command_new ("order.create", id, 0, g_get_real_time ());

  order->elder = g_strdup (elder);
  order->item = g_strdup ("i1");
  order->provider = g_strdup ("p1");
  order->urgency = YIHU_URGENCY_GENERAL;
  yihu_command_set_record (command, "order", order);
  return command;
}

YihuCommand *
fixture_new_call (const char *id, const char *number)
{
  g_autoptr (YihuCall) call = yihu_call_new (id);
  YihuCommand *command = yihu_command_new ("call.begin", id, 0, g_get_real_time ());

  call->number_raw = g_strdup (number);
  call->number = g_strdup (number);
  call->called = g_strdup ("12349");
  call->urgency = YIHU_URGENCY_GENERAL;
  call->ring_at_us = g_get_real_time ();
  yihu_command_set_record (command, "call", call);
  return command;
}

/* Snapshots. */

static GBytes *
get_scope_key (Fixture *self, const char *login)
{
  g_autofree char *body =
      g_strdup_printf ("{\"login\":\"%s\",\"password\":\"%s\"}", login, FIXTURE_PASSWORD);
  g_autoptr (Answer) log_in = fixture_send (self, NULL, "POST", "/v1/login", body, -1);
  gsize length = 0;
  guchar *raw = g_base64_decode (answer_get_text (log_in, "scope_key"), &length);

  return g_bytes_new_take (raw, length);
}

YihuSnapshotFile *
fixture_open_snapshot (Fixture *self, const Answer *answer, const char *login)
{
  g_autofree char *path = g_build_filename (self->directory, "fetched.db", NULL);
  g_autoptr (GBytes) key = get_scope_key (self, login);
  gint64 plain_bytes = answer_get_header_int (answer, "X-Yihu-Plain-Bytes");
  g_autofree char *plain = g_malloc ((gsize) plain_bytes);
  gsize size = ZSTD_decompress (plain, (gsize) plain_bytes, g_bytes_get_data (answer->body, NULL),
                                g_bytes_get_size (answer->body));
  g_autoptr (GError) error = NULL;
  YihuSnapshotFile *file;

  g_assert_cmpuint (size, ==, plain_bytes);
  g_assert_true (g_file_set_contents (path, plain, (gssize) size, &error));
  file = yihu_snapshot_file_open (path, key, YIHU_DATABASE_CACHE, &error);
  g_assert_no_error (error);
  return file;
}

/* Live connections. */

static void
on_message (SoupWebsocketConnection *connection, int type, GBytes *message, Live *live)
{
  json_t *frame =
      json_loadb (g_bytes_get_data (message, NULL), g_bytes_get_size (message), 0, NULL);

  g_assert_nonnull (frame);
  g_assert_cmpuint (g_bytes_get_size (message), <, 64 * 1024);
  g_queue_push_tail (&live->frames, frame);
}

static void
on_closed (SoupWebsocketConnection *connection, Live *live)
{
  live->is_closed = TRUE;
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer data)
{
  Live *live = data;

  live->connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (object), result, &live->error);
  if (live->connection == NULL)
    return;
  g_signal_connect (live->connection, "message", G_CALLBACK (on_message), live);
  g_signal_connect (live->connection, "closed", G_CALLBACK (on_closed), live);
}

static gboolean
is_connected (gpointer data)
{
  Live *live = data;

  return live->connection != NULL || live->error != NULL;
}

Live *
live_open (Fixture *self, const char *token)
{
  g_autofree char *url = g_strconcat (self->url, "/v1/live", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  Live *live = g_new0 (Live, 1);

  fixture_authorize (self, message, token);
  soup_session_websocket_connect_async (self->soup, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                        on_connected, live);
  fixture_spin (is_connected, live);
  return live;
}

void
live_free (Live *live)
{
  if (live->connection != NULL)
    g_signal_handlers_disconnect_by_data (live->connection, live);
  if (live->connection != NULL && !live->is_closed
      && soup_websocket_connection_get_state (live->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (live->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_clear_object (&live->connection);
  g_clear_error (&live->error);
  g_queue_clear_full (&live->frames, (GDestroyNotify) json_decref);
  g_free (live);
}

void
live_send (Live *live, json_t *frame)
{
  g_autofree char *text = json_dumps (frame, 0);

  soup_websocket_connection_send_text (live->connection, text);
  json_decref (frame);
}

typedef struct
{
  Live *live;
  const char *key;
  json_t *found;
} Search;

static gboolean
find_frame (gpointer data)
{
  Search *search = data;

  for (GList *link = search->live->frames.head; link != NULL; link = link->next)
    if (json_object_get (link->data, search->key) != NULL)
      {
        search->found = link->data;
        g_queue_delete_link (&search->live->frames, link);
        return TRUE;
      }
  g_assert_false (search->live->is_closed);
  return FALSE;
}

json_t *
live_next (Live *live, const char *key)
{
  Search search = { live, key, NULL };

  fixture_spin (find_frame, &search);
  return search.found;
}

static gboolean
is_live_closed (gpointer data)
{
  return ((Live *) data)->is_closed;
}

void
live_wait_closed (Live *live)
{
  fixture_spin (is_live_closed, live);
}
