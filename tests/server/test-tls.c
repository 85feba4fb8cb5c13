/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The server behind its own authority's certificate, with the real client library: what is
 * believed, what is refused and in which words, which versions of TLS are spoken, and that a
 * renewed certificate is taken without a restart. */

#include "fixture.h"

#include "base/error.h"
#include "client/live.h"
#include "ctl/tls.h"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>

static const char *const here[] = { "127.0.0.1", "localhost", NULL };
static const char *const elsewhere[] = { "yihu.example", NULL };

/* @data: the clock stands still */
static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->tls = g_dir_make_tmp ("yihu-tls-XXXXXX", &error);
  g_assert_no_error (error);
  yihu_tls_init (self->tls, here, YIHU_TLS_DAYS, &error);
  g_assert_no_error (error);
  fixture_set_up (self, data);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) directory = g_dir_open (self->tls, 0, NULL);
  const char *name;

  fixture_tear_down (self, data);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->tls, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->tls);
  g_clear_pointer (&self->tls, g_free);
}

static char *
get_file (Fixture *self, const char *name)
{
  return g_build_filename (self->tls, name, NULL);
}

typedef struct
{
  gboolean is_done;
  GError *error;
} Wait;

static void
on_login_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  yihu_session_login_finish (YIHU_SESSION (object), result, &wait->error);
  wait->is_done = TRUE;
}

static gboolean
is_wait_done (gpointer data)
{
  return ((Wait *) data)->is_done;
}

/* @ca, @certificate: names of files, (nullable). Returns: (transfer full) (nullable) the error. */
static GError *
log_in (Fixture *self, YihuSession **session, const char *ca, const char *certificate)
{
  g_autofree char *ca_file = ca != NULL ? get_file (self, ca) : NULL;
  g_autofree char *certificate_file = certificate != NULL ? get_file (self, certificate) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuTrust) trust = yihu_trust_new (ca_file, certificate_file, &error);
  g_autoptr (YihuSession) mine = yihu_session_new (self->url, "test");
  Wait wait = { 0 };

  g_assert_no_error (error);
  yihu_session_set_trust (mine, trust);
  yihu_session_login_async (mine, "admin", FIXTURE_PASSWORD, NULL, on_login_ready, &wait);
  fixture_spin (is_wait_done, &wait);
  if (session != NULL)
    *session = g_steal_pointer (&mine);
  return wait.error;
}

static gboolean
is_online (gpointer live)
{
  return yihu_live_get_state (live) == YIHU_LIVE_ONLINE;
}

static void
on_applied (YihuLive *live, GPtrArray *events, gint64 to, gpointer data)
{
  yihu_live_set_cursor (live, to);
}

static void
on_downloaded (GObject *object, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  yihu_session_download_finish (YIHU_SESSION (object), result, &wait->error);
  wait->is_done = TRUE;
}

/* Requests, the WebSocket and a download on a thread of its own all go through the certificate. */
static void
test_whole_way (Fixture *self, gconstpointer data)
{
  g_autofree char *file = get_file (self, "health");
  g_autoptr (YihuSession) session = NULL;
  g_autoptr (GError) error = log_in (self, &session, "ca.pem", NULL);
  g_autoptr (YihuLive) live = NULL;
  Wait wait = { 0 };

  g_assert_no_error (error);
  live = yihu_live_new (session, self->clock);
  g_signal_connect (live, "events", G_CALLBACK (on_applied), NULL);
  yihu_live_start (live, 0);
  fixture_spin (is_online, live);
  yihu_session_download_async (session, "/v1/health", file, NULL, NULL, NULL, on_downloaded, &wait);
  fixture_spin (is_wait_done, &wait);
  g_assert_no_error (wait.error);
  yihu_live_stop (live);
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) unknown = log_in (self, NULL, NULL, NULL);
  g_autoptr (GError) name = NULL;
  g_autoptr (GError) expired = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_error (unknown, YIHU_ERROR, YIHU_ERROR_CERT_UNKNOWN);

  yihu_tls_make_server (self->tls, elsewhere, YIHU_TLS_DAYS, &error);
  g_assert_no_error (error);
  g_assert_true (yihu_server_reload_certificate (self->server, &error));
  name = log_in (self, NULL, "ca.pem", NULL);
  g_assert_error (name, YIHU_ERROR, YIHU_ERROR_CERT_NAME);
  g_assert_nonnull (strstr (name->message, "127.0.0.1"));

  yihu_tls_make_server (self->tls, here, -1, &error);
  g_assert_no_error (error);
  g_assert_true (yihu_server_reload_certificate (self->server, &error));
  expired = log_in (self, NULL, "ca.pem", NULL);
  g_assert_error (expired, YIHU_ERROR, YIHU_ERROR_CERT_EXPIRED);
}

/* A wrong file at a renewal leaves the present certificate; a right one is taken at once. */
static void
test_renewal (Fixture *self, gconstpointer data)
{
  g_autofree char *pem = get_file (self, "server.pem");
  g_autoptr (GError) broken = NULL;
  g_autoptr (GError) still = NULL;
  g_autoptr (GError) renewed = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (pem, "nonsense", -1, &error);
  g_assert_no_error (error);
  g_assert_false (yihu_server_reload_certificate (self->server, &broken));
  g_assert_nonnull (strstr (broken->message, "server.pem"));
  still = log_in (self, NULL, "ca.pem", NULL);
  g_assert_no_error (still);

  /* The names of the certificate before: none can be read from nonsense. */
  g_assert_false (yihu_tls_make_server (self->tls, NULL, YIHU_TLS_DAYS, &error));
  g_clear_error (&error);
  g_assert_true (yihu_tls_make_server (self->tls, here, YIHU_TLS_DAYS, &error));
  g_assert_true (yihu_tls_make_server (self->tls, NULL, YIHU_TLS_DAYS, &error));
  g_assert_true (yihu_server_reload_certificate (self->server, &error));
  renewed = log_in (self, NULL, "ca.pem", NULL);
  g_assert_no_error (renewed);
}

static void
set_up_mutual (Fixture *self, gconstpointer data)
{
  self->wants_clients = TRUE;
  set_up (self, data);
}

/* Without a certificate, with one of another authority, with one that ended, with a good one. */
static void
test_mutual (Fixture *self, gconstpointer data)
{
  g_autofree char *strange = g_dir_make_tmp ("yihu-tls-XXXXXX", NULL);
  g_autofree char *strange_file = g_build_filename (strange, "desk.pem", NULL);
  g_autofree char *copy = get_file (self, "strange.pem");
  g_autofree char *text = NULL;
  g_autofree char *clean = g_strconcat ("rm -r ", strange, NULL);
  g_autoptr (GError) none = NULL;
  g_autoptr (GError) other = NULL;
  g_autoptr (GError) ended = NULL;
  g_autoptr (GError) good = NULL;
  g_autoptr (GError) error = NULL;

  yihu_tls_init (strange, here, YIHU_TLS_DAYS, &error);
  g_assert_no_error (error);
  yihu_tls_make_client (strange, "desk", YIHU_TLS_DAYS, &error);
  g_assert_no_error (error);
  g_file_get_contents (strange_file, &text, NULL, &error);
  g_file_set_contents (copy, text, -1, &error);
  g_assert_no_error (error);
  g_spawn_command_line_sync (clean, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  yihu_tls_make_client (self->tls, "old", -1, &error);
  yihu_tls_make_client (self->tls, "desk-07", YIHU_TLS_DAYS, &error);
  g_assert_no_error (error);

  none = log_in (self, NULL, "ca.pem", NULL);
  g_assert_error (none, YIHU_ERROR, YIHU_ERROR_CERT_NEEDED);
  other = log_in (self, NULL, "ca.pem", "strange.pem");
  g_assert_nonnull (other);
  ended = log_in (self, NULL, "ca.pem", "old.pem");
  g_assert_nonnull (ended);
  good = log_in (self, NULL, "ca.pem", "desk-07.pem");
  g_assert_no_error (good);
}

/* A client that offers one version only. */
typedef struct
{
  guint port;
  const char *versions;
  int result; /* of the handshake: a GnuTLS code */
  gint is_done;
} Offer;

static gpointer
shake_hands (gpointer data)
{
  Offer *offer = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) offer->port, NULL, NULL);
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t session;

  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_init (&session, GNUTLS_CLIENT);
  g_assert_cmpint (gnutls_priority_set_direct (session, offer->versions, NULL), ==, 0);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (session, g_socket_get_fd (g_socket_connection_get_socket (connection)));
  do
    offer->result = gnutls_handshake (session);
  while (offer->result < 0 && !gnutls_error_is_fatal (offer->result));
  gnutls_deinit (session);
  gnutls_certificate_free_credentials (credentials);
  g_atomic_int_set (&offer->is_done, 1);
  g_main_context_wakeup (NULL);
  return NULL;
}

static gboolean
is_offer_done (gpointer data)
{
  return g_atomic_int_get (&((Offer *) data)->is_done);
}

static int
try_versions (Fixture *self, const char *versions)
{
  Offer offer = { yihu_server_get_port (self->server), versions, 0, 0 };
  GThread *thread = g_thread_new ("offer", shake_hands, &offer);

  fixture_spin (is_offer_done, &offer);
  g_thread_join (thread);
  return offer.result;
}

static void
test_versions (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (try_versions (self, "NORMAL:-VERS-ALL:+VERS-TLS1.0"), <, 0);
  g_assert_cmpint (try_versions (self, "NORMAL:-VERS-ALL:+VERS-TLS1.1"), <, 0);
  g_assert_cmpint (try_versions (self, "NORMAL:-VERS-ALL:+VERS-TLS1.2"), ==, 0);
  g_assert_cmpint (try_versions (self, "NORMAL:-VERS-ALL:+VERS-TLS1.3"), ==, 0);
}

/* Who connects and never shakes hands holds a connection no longer than a silent plain one. */
static gboolean
is_known (gpointer server)
{
  return yihu_guard_get_size (((YihuServer *) server)->guard) == 1;
}

static void
on_end (GObject *object, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  g_assert_cmpint (g_input_stream_read_finish (G_INPUT_STREAM (object), result, NULL), <=, 0);
  wait->is_done = TRUE;
}

static void
test_silent (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1",
                                       (guint16) yihu_server_get_port (self->server), NULL, NULL);
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  Wait wait = { 0 };
  char byte;

  fixture_spin (is_known, self->server);
  g_input_stream_read_async (stream, &byte, 1, G_PRIORITY_DEFAULT, NULL, on_end, &wait);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 12 * 1000);
  fixture_spin (is_wait_done, &wait);
}

/* What the maker writes: modes, no second authority, names that cannot be. */
static void
test_maker (Fixture *self, gconstpointer data)
{
  static const char *const secret[] = { "ca.key", "server.key", "desk.pem" };
  static const char *const bad_hosts[] = { "https://x", "a b", "", "x/y", "name:8080" };
  static const char *const bad_names[] = { "", ".hidden", "../up", "server", "ca", "a b" };
  g_autoptr (GError) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (yihu_tls_make_client (self->tls, "desk", YIHU_TLS_DAYS, &error));
  for (guint i = 0; i < G_N_ELEMENTS (secret); i++)
    {
      g_autofree char *path = get_file (self, secret[i]);
      struct stat info;

      g_assert_cmpint (stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
  g_assert_false (yihu_tls_init (self->tls, here, YIHU_TLS_DAYS, &again));
  g_assert_error (again, YIHU_ERROR, YIHU_ERROR_REJECTED);
  for (guint i = 0; i < G_N_ELEMENTS (bad_hosts); i++)
    {
      const char *const hosts[] = { bad_hosts[i], NULL };

      g_assert_false (yihu_tls_make_server (self->tls, hosts, YIHU_TLS_DAYS, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
      g_clear_error (&error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_names); i++)
    {
      g_assert_false (yihu_tls_make_client (self->tls, bad_names[i], YIHU_TLS_DAYS, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
      g_clear_error (&error);
    }
}

static void
test_bad_files (void)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) empty = NULL;
  g_autoptr (GError) no_key = NULL;
  g_autofree char *path =
      g_strdup_printf ("%s/yihu-empty-%08x.pem", g_get_tmp_dir (), g_random_int ());

  g_assert_null (yihu_trust_new ("/nowhere/ca.pem", NULL, &missing));
  g_assert_nonnull (strstr (missing->message, "/nowhere/ca.pem"));
  g_file_set_contents (path, "", -1, NULL);
  g_assert_null (yihu_trust_new (path, NULL, &empty));
  g_assert_nonnull (strstr (empty->message, "no certificate"));
  g_assert_null (yihu_trust_new (NULL, path, &no_key));
  g_unlink (path);
}

#define ADD(name, clock, before, func)                                                             \
  g_test_add ("/server/tls/" name, Fixture, clock, before, func, tear_down)

int
main (int argc, char **argv)
{

  yihu_door_tls_init ();
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("whole-way", NULL, set_up, test_whole_way);
  ADD ("refusals", NULL, set_up, test_refusals);
  ADD ("renewal", NULL, set_up, test_renewal);
  ADD ("mutual", NULL, set_up_mutual, test_mutual);
  ADD ("versions", NULL, set_up, test_versions);
  ADD ("silent", "fake", set_up, test_silent);
  ADD ("maker", NULL, set_up, test_maker);
  g_test_add_func ("/server/tls/bad-files", test_bad_files);
  return g_test_run ();
}
