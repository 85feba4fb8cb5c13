/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How the server is: in one line for whoever asks, and in figures for a monitor (the text format of
 * Prometheus). Figures tell how much a centre works and so are only for a monitor on this machine
 * and for administrators and auditors. Nothing here waits: what another thread does is read from
 * its counters.
 *
 * Invariant: health is "ok" exactly as long as commands are taken and committed; what merely will
 * go wrong soon stands in "degraded". */

#include "server/http/routes.h"

#include "base/error.h"
#include "wire/protocol.h"

#include <stdio.h>
#include <unistd.h>

#define STUCK_US (5 * G_USEC_PER_SEC)
#define LONG_QUEUE 64
#define MANY_BEHIND 2 /* at least, and a tenth of all */
#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

typedef struct
{
  YihuWriterFigures writer;
  YihuHubFigures hub;
  YihuTenant tenant;
  guint n_reads_waiting;
  guint n_connections;
  guint64 n_refused;
  guint64 n_cut;
  gint64 busy_us; /* of the writer's present transaction */
  gint64 certificate_expires_at_us; /* 0: none */
  YihuCondition condition;
  gboolean is_offline;
} State;

static void
take_state (YihuServer *server, State *state)
{
  yihu_writer_get_figures (server->writer, &state->writer);
  yihu_hub_get_figures (server->hub, &state->hub);
  yihu_guard_get_counts (server->guard, &state->n_refused, &state->n_cut);
  state->tenant = *yihu_hub_get_tenant (server->hub);
  state->n_reads_waiting = yihu_readers_get_waiting (server->readers);
  state->n_connections = yihu_guard_get_size (server->guard);
  state->is_offline = yihu_writer_is_offline (server->writer);
  state->condition = *yihu_caretaker_get_condition (server->caretaker);
  if (server->tls != NULL)
    state->certificate_expires_at_us = yihu_door_tls_get_expires_at_us (server->tls);
  if (state->writer.busy_since_us > 0)
    state->busy_us = yihu_clock_get_monotonic_us (server->clock) - state->writer.busy_since_us;
}

static gboolean
is_writer_stuck (const State *state)
{
  return state->is_offline || state->busy_us >= STUCK_US;
}

static void
add_if (GString *list, gboolean is_so, const char *word)
{
  if (is_so)
    g_string_append_printf (list, "%s\"%s\"", list->str[list->len - 1] == '[' ? "" : ",", word);
}

static void
add_degraded (GString *text, YihuServer *server, const State *state)
{
  g_auto (GStrv) neglected =
      yihu_caretaker_list_neglected (server->caretaker, state->certificate_expires_at_us);

  g_string_append (text, ",\"degraded\":[");
  add_if (text, is_writer_stuck (state), "writer");
  add_if (text, state->n_reads_waiting >= LONG_QUEUE, "readers");
  add_if (text, state->hub.n_behind >= MANY_BEHIND && state->hub.n_behind * 10 >= state->hub.n_live,
          "feed");
  for (guint i = 0; neglected[i] != NULL; i++)
    add_if (text, TRUE, neglected[i]);
  g_string_append_c (text, ']');
}

/* Written straight down: making objects of it first would be a fifth of the answer's cost, and
 * whoever asks is nobody yet. Only the tenant's name needs escaping; it comes escaped. */
void
yihu_route_health (YihuExchange *exchange)
{
  YihuServer *server = exchange->server;
  State state = { 0 };
  GString *text = g_string_sized_new (512);
  gboolean is_stuck;

  take_state (server, &state);
  is_stuck = is_writer_stuck (&state);
  g_string_append (text, is_stuck ? "{\"ok\":false" : "{\"ok\":true");
  add_degraded (text, server, &state);
  g_string_append_printf (text,
                          ",\"version\":%d,\"time_us\":%" G_GINT64_FORMAT
                          ",\"tenant\":%s,\"anchor_at_us\":%" G_GINT64_FORMAT
                          ",\"backup_at_us\":%" G_GINT64_FORMAT,
                          YIHU_PROTOCOL_VERSION, yihu_clock_get_now_us (server->clock),
                          server->tenant_json, state.condition.anchor_at_us,
                          state.condition.backup_at_us);
  if (state.certificate_expires_at_us > 0)
    g_string_append_printf (text, ",\"certificate_expires_at_us\":%" G_GINT64_FORMAT,
                            state.certificate_expires_at_us);
  if (is_stuck)
    g_string_append_printf (text, ",\"error\":\"%s\",\"message\":\"nothing can be committed\"",
                            yihu_error_get_wire (YIHU_ERROR_OFFLINE));
  g_string_append_c (text, '}');
  yihu_exchange_answer_text (exchange, is_stuck ? SOUP_STATUS_SERVICE_UNAVAILABLE : SOUP_STATUS_OK,
                             g_string_free (text, FALSE));
}

/* Metrics. */

static void
add_figure (GString *text, const char *name, const char *type, double value, const char *help)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, "# HELP yihu_%s %s\n# TYPE yihu_%s %s\nyihu_%s %s\n", name, help,
                          name, type, name,
                          g_ascii_formatd (number, sizeof number, "%.15g", value));
}

static double
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  gint64 pages = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)
      || sscanf (text, "%*s %" G_GINT64_MODIFIER "d", &pages) != 1)
    return 0;
  return (double) pages * sysconf (_SC_PAGESIZE);
}

static void
add_feed (GString *text, const State *state)
{
  add_figure (text, "feed_seq", "gauge", state->tenant.seq, "Newest number of the feed.");
  add_figure (text, "feed_floor", "gauge", state->tenant.floor,
              "Cursors below this take a snapshot.");
  add_figure (text, "feed_epoch", "gauge", state->tenant.epoch, "Epoch of the snapshots.");
  add_figure (text, "live_connections", "gauge", state->hub.n_live, "Live connections.");
  add_figure (text, "live_behind", "gauge", state->hub.n_behind,
              "Of these, told to pull because they do not keep up.");
  add_figure (text, "live_unacked_events_max", "gauge", state->hub.unacked_events,
              "Unacknowledged events of the slowest.");
  add_figure (text, "live_unacked_bytes_max", "gauge", state->hub.unacked_bytes,
              "Unacknowledged bytes of the slowest.");
  add_figure (text, "live_deliveries_total", "counter", state->hub.n_events,
              "Events sent, counted once for each receiver.");
  add_figure (text, "live_frames_total", "counter", state->hub.n_frames,
              "Frames they were sent in.");
}

static void
add_work (GString *text, const State *state)
{
  add_figure (text, "writer_jobs_total", "counter", state->writer.n_jobs, "Jobs committed.");
  add_figure (text, "writer_commits_total", "counter", state->writer.n_commits,
              "Transactions they were committed in.");
  add_figure (text, "writer_seconds_total", "counter", state->writer.commits_us / 1e6,
              "Time spent in these transactions.");
  add_figure (text, "writer_waiting", "gauge", state->writer.n_waiting, "Jobs that wait.");
  add_figure (text, "writer_busy_seconds", "gauge", state->busy_us / 1e6,
              "Age of the transaction that is open; 0: none.");
  add_figure (text, "writer_offline", "gauge", state->is_offline, "1: the store is out of reach.");
  add_figure (text, "readers_waiting", "gauge", state->n_reads_waiting, "Reads that wait.");
}

/* Times as seconds since 1970, as Prometheus wants them; 0: never. */
static void
add_care (GString *text, const State *state)
{
  add_figure (text, "backup_time_seconds", "gauge", state->condition.backup_at_us / 1e6,
              "When the last good backup was made; 0: never.");
  add_figure (text, "backup_bytes", "gauge", state->condition.backup_bytes, "Its size.");
  add_figure (text, "backup_failed", "gauge", state->condition.backup_failed,
              "1: the last try of a nightly backup failed.");
  add_figure (text, "anchor_time_seconds", "gauge", state->condition.anchor_at_us / 1e6,
              "When the audit was last anchored; 0: never.");
  add_figure (text, "clock_behind_seconds", "gauge", state->condition.clock_behind_us / 1e6,
              "By how much the newest entry is younger than the clock says.");
  if (state->certificate_expires_at_us > 0)
    add_figure (text, "certificate_end_time_seconds", "gauge",
                state->certificate_expires_at_us / 1e6, "When the certificate ends.");
}

static void
add_process (GString *text, const State *state)
{
  add_figure (text, "http_connections", "gauge", state->n_connections,
              "Connections of HTTP, live ones included.");
  add_figure (text, "http_refused_total", "counter", state->n_refused,
              "Requests answered with 429 because they came too often.");
  add_figure (text, "http_cut_total", "counter", state->n_cut,
              "Connections cut: too many, or too slow.");
  add_figure (text, "disk_free_bytes", "gauge", state->condition.disk_free_bytes,
              "Room where the data directory is; -1: not known.");
  add_figure (text, "resident_bytes", "gauge", get_resident_bytes (), "Memory of the server.");
}

/* A proxy on this machine hands on requests from anywhere; it says so. */
static gboolean
is_local (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  return G_IS_INET_SOCKET_ADDRESS (address)
         && g_inet_address_get_is_loopback (
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)))
         && soup_message_headers_get_one (headers, "X-Forwarded-For") == NULL
         && soup_message_headers_get_one (headers, "Forwarded") == NULL
         && soup_message_headers_get_one (headers, "Via") == NULL;
}

static gboolean
may_read_metrics (YihuExchange *exchange, GError **error)
{
  YihuServer *server = exchange->server;
  const char *header =
      soup_message_headers_get_one (soup_server_message_get_request_headers (exchange->message),
                                    "Authorization");
  YihuToken *token;
  YihuRole role;

  if (is_local (exchange->message))
    return TRUE;
  token =
      yihu_tokens_lookup (server->tokens, header,
                          soup_message_headers_get_one (soup_server_message_get_request_headers (
                                                            exchange->message),
                                                        YIHU_DEVICE_HEADER),
                          yihu_clock_get_now_us (server->clock), error);
  if (token == NULL)
    return FALSE;
  role = yihu_actor_get_role (token->actor);
  if (role == YIHU_ROLE_ADMINISTRATOR || role == YIHU_ROLE_AUDITOR)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN, "this is not for this role");
  return FALSE;
}

void
yihu_route_metrics (YihuExchange *exchange)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  State state = { 0 };

  if (!may_read_metrics (exchange, &error))
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  take_state (exchange->server, &state);
  add_figure (text, "up", "gauge", !is_writer_stuck (&state),
              "1: commands are taken and committed.");
  add_feed (text, &state);
  add_work (text, &state);
  add_care (text, &state);
  add_process (text, &state);
  body = g_string_free_to_bytes (g_steal_pointer (&text));
  yihu_exchange_answer_bytes (exchange, TEXT_TYPE, body);
}
