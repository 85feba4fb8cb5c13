/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Composition of the server, and the door itself: each request is checked (route, token, role,
 * size) when its headers are there, before a byte of its body is kept, and again when it is run.
 *
 * Order of stopping: no new connections and no new work; writer and readers finish what they have,
 * their answers and events still go out, live connections are told and closed, then all is let go.
 */

#include "server/http/server-private.h"

#include "base/error.h"
#include "base/identifier.h"
#include "server/http/routes.h"
#include "server/http/server-key.h"
#include "server/work/accounts.h"
#include "store/sqlite/backup.h"
#include "wire/protocol.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define BACKLOG 512
#define N_READERS 3
#define DEFAULT_OFFLINE_HOURS 72
#define DEFAULT_LOCK_MINUTES 10
#define DEFAULT_REVEALS_PER_HOUR 50
#define DEFAULT_REVEALS_PER_DAY 200
#define DEFAULT_MAX_CONNECTIONS 1024
#define DEFAULT_REQUESTS_PER_S 500
#define SECRET_BYTES 32
#define DEFAULT_BACKUPS 14
#define PURGE_MS (10 * 60 * 1000)
#define MAX_DISCARDED (64 * 1024)
#define STOP_PATIENCE_US (3 * G_USEC_PER_SEC)

static guint signal_superseded;

G_DEFINE_FINAL_TYPE (YihuServer, yihu_server, G_TYPE_OBJECT)

/* The door. */

static YihuToken *
find_token (YihuServer *self, SoupServerMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return yihu_tokens_lookup (self->tokens, soup_message_headers_get_one (headers, "Authorization"),
                             soup_message_headers_get_one (headers, YIHU_DEVICE_HEADER),
                             yihu_clock_get_now_us (self->clock), error);
}

static const YihuRoute *
check_request (YihuServer *self,
               SoupServerMessage *message,
               const char *path,
               char **object,
               YihuToken **token,
               gboolean *is_wrong_method,
               GError **error)
{
  const YihuRoute *route = yihu_routes_lookup (soup_server_message_get_method (message), path,
                                               object, is_wrong_method, error);

  *token = NULL;
  if (route == NULL || route->capability == YIHU_CAPABILITY_PUBLIC)
    return route;
  *token = find_token (self, message, error);
  if (*token == NULL)
    return NULL;
  return yihu_actor_check_right ((*token)->actor, route->capability, route->scope, error) ? route
                                                                                          : NULL;
}

/* A refusal ends the connection only where a long body would otherwise have to be read away: who is
 * refused on a new connection each time would soon have none left. */
static void
refuse (SoupServerMessage *message, const GError *error, gboolean is_wrong_method)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED
      || soup_message_headers_get_content_length (headers) > MAX_DISCARDED)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                  "close");
  yihu_http_set_error (message, error);
  if (is_wrong_method)
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
}

/* Only browsers send one, and no page is a client of ours. */
static gboolean
check_origin (SoupServerMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_one (headers, "Origin") == NULL)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN, "this is not for web pages");
  return FALSE;
}

/* libsoup 3.2.3 keeps for ever what belongs to a connection that its client closed while idle. Our
 * own programs are few and stay; whoever comes and goes gets a connection for one answer. */
static gboolean
may_stay (const YihuToken *token)
{
  return token != NULL && yihu_actor_get_role (token->actor) != YIHU_ROLE_PROVIDER;
}

/* When the headers are there. */
static void
on_headers (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  YihuServer *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *object = NULL;
  gboolean is_wrong_method = FALSE;
  YihuToken *token = NULL;
  const YihuRoute *route;

  yihu_guard_note_headers (self->guard, message);
  if (yihu_guard_drop_malformed (message))
    return;
  if (!yihu_guard_allow (self->guard, message, &error) || !check_origin (message, &error))
    {
      refuse (message, error, FALSE);
      return;
    }
  route = check_request (self, message, path, &object, &token, &is_wrong_method, &error);
  if (route != NULL && !yihu_guard_limit_body (self->guard, message, route->max_body))
    g_set_error (&error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE,
                 "the body is larger than %" G_GSIZE_FORMAT " bytes", route->max_body);
  if (error != NULL)
    refuse (message, error, is_wrong_method);
}

/* When the body is there. */
static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  YihuServer *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *object = NULL;
  gboolean is_wrong_method = FALSE;
  YihuToken *token = NULL;
  const YihuRoute *route =
      check_request (self, message, path, &object, &token, &is_wrong_method, &error);
  g_autoptr (YihuExchange) exchange = NULL;

  yihu_guard_note_body (self->guard, message);
  if (route == NULL)
    {
      refuse (message, error, is_wrong_method);
      return;
    }
  if (route->run == NULL)
    return; /* a WebSocket handshake; refused by libsoup where it is none */
  if (!may_stay (token) && route->run != yihu_route_login && route->run != yihu_route_health)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                  "close");
  exchange = yihu_exchange_new (self, message, query);
  exchange->object = g_steal_pointer (&object);
  if (token != NULL)
    {
      exchange->actor = yihu_actor_ref (token->actor);
      exchange->token_hash = g_strdup (token->hash);
      exchange->expires_at_us = token->expires_at_us;
    }
  route->run (exchange);
}

static void
on_live (SoupServer *soup,
         SoupServerMessage *message,
         const char *path,
         SoupWebsocketConnection *connection,
         gpointer data)
{
  YihuServer *self = data;
  YihuToken *token = find_token (self, message, NULL);

  yihu_guard_release (self->guard, message);
  if (token == NULL)
    {
      soup_websocket_connection_close (connection, 4401, "unauthorized");
      return;
    }
  yihu_hub_add (self->hub, connection, soup_server_message_get_socket (message), token->actor,
                token->hash, token->expires_at_us);
}

/* Opening. */

gboolean
yihu_server_lock_directory (const char *data_dir, int *lock_file, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, "lock", NULL);

  if (g_mkdir_with_parents (data_dir, 0700) != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "make the data directory '%s': %s",
                   data_dir, g_strerror (errno));
      return FALSE;
    }
  *lock_file = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (*lock_file >= 0 && flock (*lock_file, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
               "the data directory '%s' is in use by another server (%s)", data_dir,
               g_strerror (errno));
  return FALSE;
}

char *
yihu_server_dup_store_address (const char *data_dir, const char *store)
{
  return store != NULL ? g_strdup (store) : g_build_filename (data_dir, YIHU_STORE_FILE, NULL);
}

/* A secret of the tenant, made once. Before the writer runs. */
static GBytes *
ensure_secret (YihuStore *store, const char *name, GError **error)
{
  g_autoptr (GBytes) secret = NULL;
  guchar bytes[SECRET_BYTES];

  if (!yihu_store_get_secret (store, name, &secret, error))
    return NULL;
  if (secret != NULL)
    return g_steal_pointer (&secret);
  randombytes_buf (bytes, sizeof bytes);
  secret = g_bytes_new (bytes, sizeof bytes);
  if (!yihu_store_begin (store, TRUE, error))
    return NULL;
  if (yihu_store_put_secret (store, name, secret, error) && yihu_store_commit (store, error))
    return g_steal_pointer (&secret);
  yihu_store_rollback (store);
  return NULL;
}

static void
on_superseded (gpointer data)
{
  g_signal_emit (data, signal_superseded, 0);
}

static void
on_publish (GPtrArray *events, const YihuTenant *tenant, gpointer data)
{
  YihuServer *self = data;

  if (self->hub != NULL)
    yihu_hub_publish (self->hub, events, tenant);
}

static gboolean
run_purge (YihuWork *work, gpointer data, GError **error)
{
  gint64 now_us = yihu_work_get_now_us (work);
  YihuTenant tenant = { 0 };

  if (!yihu_store_purge (work->store, now_us, now_us - YIHU_IDEMPOTENCY_DAYS * G_TIME_SPAN_DAY,
                         now_us - YIHU_FEED_DAYS * G_TIME_SPAN_DAY, error)
      || !yihu_store_get_tenant (work->store, &tenant, error))
    return FALSE;
  work->tenant.floor = tenant.floor;
  return TRUE;
}

static void
on_purged (const GError *error, gpointer data)
{
  if (error != NULL && !g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE))
    g_warning ("old entries could not be removed: %s", error->message);
}

static void
on_purge_timer (gpointer data)
{
  YihuServer *self = data;

  g_clear_pointer (&self->purge_timer, g_source_unref);
  self->purge_timer = yihu_clock_add_timer (self->clock, PURGE_MS, on_purge_timer, self, NULL);
  yihu_writer_push (self->writer, run_purge, on_purged, NULL, NULL);
}

static gboolean
open_caretaker (YihuServer *self, const YihuServerConfig *config, GError **error)
{
  g_autofree char *path = g_build_filename (self->data_dir, YIHU_STORE_FILE, NULL);
  const YihuCaretakerConfig care = { .data_dir = self->data_dir,
                                     .store_path = config->store == NULL ? path : NULL,
                                     .anchor_key = config->anchor_key,
                                     .backup_dir = config->backup_dir,
                                     .backup_key = config->backup_key,
                                     .backup_hour = config->backup_hour,
                                     .backup_keep = config->backup_keep > 0 ? config->backup_keep
                                                                            : DEFAULT_BACKUPS };

  self->caretaker = yihu_caretaker_new (&care, self->readers, self->clock, error);
  return self->caretaker != NULL;
}

static gboolean
open_rooms (YihuServer *self, const YihuServerConfig *config, GError **error)
{
  g_autofree char *address = yihu_server_dup_store_address (config->data_dir, config->store);
  g_autofree char *snapshots = g_build_filename (self->data_dir, "snapshots", NULL);
  g_autoptr (GBytes) token_key = NULL;
  YihuTenant tenant = { 0 };

  self->store = yihu_store_open (address, error);
  if (self->store == NULL)
    return FALSE;
  token_key = ensure_secret (self->store, "token-key", error);
  self->sip_secret = token_key != NULL ? ensure_secret (self->store, "sip-secret", error) : NULL;
  if (self->sip_secret == NULL || !yihu_store_get_tenant (self->store, &tenant, error))
    return FALSE;
  self->tokens = yihu_tokens_new (token_key);
  self->lockout = yihu_lockout_new (self->clock);
  if (self->asks_second_factor)
    {
      self->factor_key = yihu_server_key_ensure (self->data_dir, error);
      if (self->factor_key == NULL)
        return FALSE;
    }
  if (!yihu_tokens_load (self->tokens, self->store, yihu_clock_get_now_us (self->clock), error))
    return FALSE;
  self->shelf = yihu_snapshot_shelf_new (self->store, self->clock, snapshots, error);
  self->readers = self->shelf != NULL ? yihu_readers_new (self->store, N_READERS, error) : NULL;
  if (self->readers == NULL)
    return FALSE;
  self->passwords = yihu_password_pool_new ();
  self->writer = yihu_writer_new (self->store, self->clock, self->area_code, config->max_batch,
                                  on_publish, self, error);
  if (self->writer == NULL)
    return FALSE;
  yihu_writer_set_superseded_func (self->writer, on_superseded, self);
  self->hub = yihu_hub_new (self->writer, self->readers, self->clock, &tenant);
  on_purge_timer (self);
  return TRUE;
}

/* Our own socket, because libsoup's has a backlog of 10. */
static GSocket *
make_socket (const char *listen, guint *port, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (listen, 0, error);
  g_autoptr (GInetAddress) host = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (connectable == NULL)
    return NULL;
  host = g_inet_address_new_from_string (
      g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable)));
  if (host == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "'%s' is not ADDRESS:PORT", listen);
      return NULL;
    }
  address =
      g_inet_socket_address_new (host,
                                 g_network_address_get_port (G_NETWORK_ADDRESS (connectable)));
  socket = g_socket_new (g_inet_address_get_family (host), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return NULL;
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return g_steal_pointer (&socket);
}

static gboolean
open_tls (YihuServer *self, const YihuServerConfig *config, GError **error)
{
  if (config->tls_certificate == NULL && config->tls_key == NULL && config->tls_client_ca == NULL)
    return TRUE;
  if (config->tls_certificate == NULL || config->tls_key == NULL)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                           "TLS needs both a certificate and its key");
      return FALSE;
    }
  self->tls = yihu_door_tls_new (self->soup, config->tls_certificate, config->tls_key,
                                 config->tls_client_ca, error);
  return self->tls != NULL;
}

static gboolean
open_door (YihuServer *self, const YihuServerConfig *config, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  guint max = config->max_connections > 0 ? config->max_connections : DEFAULT_MAX_CONNECTIONS;
  int requests = config->requests_per_s != 0 ? config->requests_per_s : DEFAULT_REQUESTS_PER_S;

  self->soup = soup_server_new ("server-header", "yihu", NULL);
  if (!open_tls (self, config, error))
    return FALSE;
  soup_server_remove_websocket_extension (self->soup, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  self->guard = yihu_guard_new (self->soup, self->clock, max, MAX (requests, 0));
  soup_server_add_early_handler (self->soup, NULL, on_headers, self, NULL);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  soup_server_add_early_handler (self->soup, "/v1/live", on_headers, self, NULL);
  soup_server_add_websocket_handler (self->soup, "/v1/live", NULL, NULL, on_live, self, NULL);
  socket = make_socket (config->listen, &self->port, error);
  return socket != NULL
         && soup_server_listen_socket (self->soup, socket,
                                       self->tls != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0, error);
}

static guint
pick (guint given, guint normal)
{
  return given > 0 ? given : normal;
}

static void
take_limits (YihuServer *self, const YihuServerConfig *config)
{
  self->asks_second_factor = !config->is_second_factor_off;
  self->offline_hours = pick (config->offline_hours, DEFAULT_OFFLINE_HOURS);
  self->lock_minutes = pick (config->lock_minutes, DEFAULT_LOCK_MINUTES);
  self->reveals_per_hour = pick (config->reveals_per_hour, DEFAULT_REVEALS_PER_HOUR);
  self->reveals_per_day = pick (config->reveals_per_day, DEFAULT_REVEALS_PER_DAY);
  if (config->is_second_factor_off)
    g_message ("no second factor is asked: for demonstrations and tests only");
}

YihuServer *
yihu_server_new (const YihuServerConfig *config, YihuClock *clock, GError **error)
{
  g_autoptr (YihuServer) self = NULL;

  g_return_val_if_fail (config != NULL && config->data_dir != NULL && config->listen != NULL, NULL);

  if (sodium_init () < 0)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FAILED, "start libsodium");
      return NULL;
    }
  self = g_object_new (YIHU_TYPE_SERVER, NULL);
  self->clock = g_object_ref (clock);
  self->data_dir = g_strdup (config->data_dir);
  self->sip_registrar = g_strdup (config->sip_registrar != NULL ? config->sip_registrar : "");
  self->tenant_name = g_strdup (config->tenant_name != NULL ? config->tenant_name : "");
  self->tenant_json = yihu_json_print_text (self->tenant_name);
  self->area_code = g_strdup (config->area_code != NULL ? config->area_code : "");
  take_limits (self, config);
  if (!yihu_server_lock_directory (config->data_dir, &self->lock_file, error)
      || !open_rooms (self, config, error) || !open_caretaker (self, config, error)
      || !open_door (self, config, error))
    {
      yihu_server_stop (self);
      return NULL;
    }
  return g_steal_pointer (&self);
}

guint
yihu_server_get_port (YihuServer *self)
{
  return self->port;
}

gboolean
yihu_server_reload_certificate (YihuServer *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_SERVER (self), FALSE);
  return self->tls == NULL || yihu_door_tls_reload (self->tls, error);
}

/* What the threads have handed over still has to be answered. */
static void
drain (YihuServer *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  gint64 deadline_us = g_get_monotonic_time () + STOP_PATIENCE_US;

  while (g_get_monotonic_time () < deadline_us)
    if (!g_main_context_iteration (context, FALSE))
      {
        if (self->n_exchanges == 0 && (self->hub == NULL || !yihu_hub_is_closing (self->hub)))
          return;
        g_usleep (1000);
      }
}

static void
stop_listening (SoupServer *soup)
{
  GSList *listeners = soup_server_get_listeners (soup);

  for (GSList *link = listeners; link != NULL; link = link->next)
    g_socket_close (link->data, NULL);
  g_slist_free (listeners);
}

void
yihu_server_stop (YihuServer *self)
{
  g_return_if_fail (YIHU_IS_SERVER (self));

  if (self->is_stopped)
    return;
  self->is_stopped = TRUE;
  if (self->purge_timer != NULL)
    g_source_destroy (self->purge_timer);
  g_clear_pointer (&self->purge_timer, g_source_unref);
  if (self->soup != NULL)
    stop_listening (self->soup);
  if (self->caretaker != NULL)
    yihu_caretaker_stop (self->caretaker);
  if (self->readers != NULL)
    yihu_readers_shutdown (self->readers);
  if (self->shelf != NULL)
    yihu_snapshot_shelf_shutdown (self->shelf);
  if (self->writer != NULL)
    yihu_writer_shutdown (self->writer);
  drain (self);
  if (self->hub != NULL)
    yihu_hub_close_all (self->hub);
  drain (self);
  if (self->guard != NULL)
    yihu_guard_close_all (self->guard);
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  drain (self);
  g_clear_object (&self->hub);
  if (self->lock_file >= 0)
    close (self->lock_file);
  self->lock_file = -1;
}

static void
yihu_server_finalize (GObject *object)
{
  YihuServer *self = YIHU_SERVER (object);

  g_clear_object (&self->soup);
  g_clear_pointer (&self->tls, yihu_door_tls_free);
  g_clear_object (&self->guard);
  g_clear_object (&self->hub);
  g_clear_object (&self->shelf);
  g_clear_object (&self->caretaker);
  g_clear_object (&self->readers);
  g_clear_object (&self->writer);
  g_clear_object (&self->store);
  g_clear_pointer (&self->passwords, yihu_password_pool_free);
  g_clear_pointer (&self->tokens, yihu_tokens_free);
  g_clear_pointer (&self->lockout, yihu_lockout_free);
  g_clear_pointer (&self->factor_key, g_bytes_unref);
  g_clear_pointer (&self->sip_secret, g_bytes_unref);
  g_clear_object (&self->clock);
  g_free (self->data_dir);
  g_free (self->sip_registrar);
  g_free (self->tenant_name);
  g_free (self->tenant_json);
  g_free (self->area_code);
  G_OBJECT_CLASS (yihu_server_parent_class)->finalize (object);
}

static void
yihu_server_class_init (YihuServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_server_finalize;

  /* Another server writes into the store: this one must end. */
  signal_superseded = g_signal_new ("superseded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_server_init (YihuServer *self)
{
  self->lock_file = -1;
}
