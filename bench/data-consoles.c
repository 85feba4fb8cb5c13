/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The consoles of a city in one small program, for the bars of the feed: so many live connections,
 * one of which also writes notes, and a switchboard that begins calls. Each event carries the
 * moment at which its command was sent in its id, so what is measured holds the command, the commit
 * and the way to the console. Each console checks that the numbers of its events have no gap and no
 * double.
 *
 *   data-consoles --port P --tokens FILE --cursor N --epoch E …
 *
 * FILE: the switchboard's token, then one or more of consoles, a line each. Prints "ready" when all
 * are welcome, begins at a line of standard input, and ends with one line of JSON. */

#define _GNU_SOURCE
#include "data-socket.h"
#include "domain/kinds.h"
#include "wire/command.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#define MAX_EVENTS 64
#define ACK_MS 1000
#define ACK_EVENTS 500
#define DRAIN_US (5 * G_USEC_PER_SEC)

typedef struct
{
  DataSocket *socket;
  gboolean is_welcome;
  gboolean is_voice;
  gint64 at; /* number of the newest event */
  gint64 to;
  gint64 acked;
  gint64 ack_due_us;
} Console;

typedef struct
{
  int poll;
  GPtrArray *consoles; /* Console; the last is the switchboard */
  guint n_welcome;
  guint64 n_delivered;
  guint64 n_doubled;
  guint64 n_missed;
  guint64 n_bytes;
  guint64 n_frames;
  guint n_refused;
  GArray *notes_us; /* guint32: ages */
  GArray *calls_us;
} Load;

static int port;
static char *token_file;
static char *device = "";
static char *elder = "";
static gint64 cursor;
static gint64 epoch = 1;
static int n_consoles = 200;
static int rate = 50;
static int calls_every = 10;
static int seconds = 20;
static int note_bytes = 40;

static const GOptionEntry entries[] = {
  { "port", 0, 0, G_OPTION_ARG_INT, &port, "Of the server", "PORT" },
  { "tokens", 0, 0, G_OPTION_ARG_FILENAME, &token_file, "Who they are", "FILE" },
  { "device", 0, 0, G_OPTION_ARG_STRING, &device, "The computer they logged in from", "NAME" },
  { "elder", 0, 0, G_OPTION_ARG_STRING, &elder, "Whom the notes are about", "ID" },
  { "cursor", 0, 0, G_OPTION_ARG_INT64, &cursor, "Where they begin", "N" },
  { "epoch", 0, 0, G_OPTION_ARG_INT64, &epoch, "Of the tenant", "N" },
  { "consoles", 0, 0, G_OPTION_ARG_INT, &n_consoles, "How many", "N" },
  { "rate", 0, 0, G_OPTION_ARG_INT, &rate, "Commands a second", "N" },
  { "calls-every", 0, 0, G_OPTION_ARG_INT, &calls_every, "Each Nth of them is a call", "N" },
  { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long", "N" },
  { "note-bytes", 0, 0, G_OPTION_ARG_INT, &note_bytes, "Length of a note", "N" },
  G_OPTION_ENTRY_NULL
};

static void
add_console (Load *self, const char *token, gboolean is_voice)
{
  Console *console = g_new0 (Console, 1);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = console };
  g_autofree char *request =
      g_strdup_printf ("GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Authorization: Bearer %s\r\nX-Yihu-Device: %s\r\n\r\n",
                       port, token, device);
  g_autofree char *hello = g_strdup_printf ("{\"hello\":{\"cursor\":%" G_GINT64_FORMAT
                                            ",\"epoch\":%" G_GINT64_FORMAT ",\"protocol\":1}}",
                                            cursor, epoch);

  console->socket = data_socket_new (data_socket_connect (port), TRUE);
  console->is_voice = is_voice;
  console->at = console->to = console->acked = cursor;
  console->ack_due_us = g_get_monotonic_time () + self->consoles->len * 5000;
  epoll_ctl (self->poll, EPOLL_CTL_ADD, console->socket->fd, &event);
  data_socket_send_bytes (console->socket, request, strlen (request));
  data_socket_send_text (console->socket, hello, strlen (hello));
  g_ptr_array_add (self->consoles, console);
}

static void
console_free (gpointer data)
{
  Console *console = data;

  data_socket_free (console->socket);
  g_free (console);
}

/* Events. */

static guint32
get_age_us (const char *id)
{
  const char *dash = strrchr (id, '-');

  return g_get_monotonic_time () - g_ascii_strtoll (dash + 1, NULL, 10);
}

/* @text: behind the bracket of [seq,"kind","id",… */
static void
take_event (Load *self, Console *console, const char *text)
{
  char *rest = NULL;
  gint64 seq = g_ascii_strtoll (text, &rest, 10);
  g_autofree char *id = NULL;
  const char *kind = rest + 2;
  const char *name = strstr (kind, "\",\"") + 3;
  guint32 age_us;

  id = g_strndup (name, strchr (name, '"') - name);
  age_us = get_age_us (id);
  if (seq <= console->at)
    self->n_doubled++;
  else
    self->n_missed += seq - console->at - 1;
  console->at = MAX (console->at, seq);
  self->n_delivered++;
  g_array_append_val (g_str_has_prefix (kind, "call") ? self->calls_us : self->notes_us, age_us);
}

/* Brackets inside of texts do not count. */
static void
take_events (Load *self, Console *console, const char *text, gsize length)
{
  guint depth = 0;
  gboolean is_text = FALSE;

  for (const char *c = text; c < text + length; c++)
    {
      if (is_text && *c == '\\')
        c++;
      else if (*c == '"')
        is_text = !is_text;
      else if (!is_text && (*c == '[' || *c == '{') && depth++ == 2)
        take_event (self, console, c + 1);
      else if (!is_text && (*c == ']' || *c == '}'))
        depth--;
    }
}

static void
send_ack (Console *console, gint64 now_us)
{
  g_autofree char *text = g_strdup_printf ("{\"ack\":%" G_GINT64_FORMAT "}", console->to);

  console->acked = console->to;
  console->ack_due_us = now_us + ACK_MS * 1000;
  data_socket_send_text (console->socket, text, strlen (text));
}

static void
take_text (Load *self, Console *console, const char *text, gsize length)
{
  static const char to[] = "\"to\":";

  self->n_frames++;
  self->n_bytes += length;
  if (g_str_has_prefix (text, "{\"ev\"") && !console->is_voice)
    {
      const char *end = text + length;
      const char *found = end - 1;

      take_events (self, console, text, length);
      while (found > text && strncmp (found, to, strlen (to)) != 0)
        found--;
      console->to = g_ascii_strtoll (found + strlen (to), NULL, 10);
      if (console->to - console->acked >= ACK_EVENTS)
        send_ack (console, g_get_monotonic_time ());
    }
  else if (g_str_has_prefix (text, "{\"welcome\""))
    {
      console->is_welcome = TRUE;
      self->n_welcome++;
    }
  else if (g_str_has_prefix (text, "{\"done\""))
    self->n_refused += memmem (text, length, "\"state\":\"ok\"", 12) == NULL;
  else if (!g_str_has_prefix (text, "{\"ev\"") && !g_str_has_prefix (text, "{\"pong\""))
    g_error ("the server says %.*s", (int) MIN (length, 200), text);
}

static void
take (Load *self, Console *console)
{
  DataSocket *socket = console->socket;
  const char *text;
  gsize length;
  guint opcode;

  if (!data_socket_fill (socket))
    g_error ("the server closed a connection");
  if (!socket->is_upgraded)
    {
      g_autofree char *header = data_socket_take_header (socket);

      if (header == NULL)
        return;
      if (!g_str_has_prefix (header, "HTTP/1.1 101"))
        g_error ("handshake: %s", header);
      socket->is_upgraded = TRUE;
    }
  while (data_socket_take_frame (socket, &opcode, &text, &length))
    {
      if (opcode == 1)
        take_text (self, console, text, length);
      else if (opcode == 9)
        data_socket_send_frame (socket, 10, text, length);
      else if (opcode == 8)
        g_error ("the server closes a connection");
      data_socket_drop (socket, text - (const char *) socket->in->data + length);
    }
}

/* Commands. */

static gpointer
make_record (const char *id, gboolean is_call, guint number)
{
  if (is_call)
    {
      YihuCall *call = yihu_call_new (id);

      call->number = g_strdup_printf ("+86139%08u", number % 100000000);
      call->ring_at_us = g_get_real_time ();
      return call;
    }
  else
    {
      YihuNote *note = yihu_note_new (id);

      note->elder = g_strdup (elder);
      note->text = g_strnfill (note_bytes, 'n');
      return note;
    }
}

static void
send_command (Load *self, guint number)
{
  gboolean is_call = calls_every > 0 && number % calls_every == 0;
  Console *console = g_ptr_array_index (self->consoles, is_call ? self->consoles->len - 1 : 0);
  g_autofree char *id = g_strdup_printf ("b%u-%" G_GINT64_FORMAT, number, g_get_monotonic_time ());
  g_autoptr (YihuRecord) record = make_record (id, is_call, number);
  g_autoptr (YihuCommand) command =
      yihu_command_new (is_call ? "call.begin" : "note.add", id, 0, g_get_real_time ());
  g_autoptr (json_t) frame = NULL;
  g_autofree char *text = NULL;

  yihu_command_set_record (command, is_call ? "call" : "note", record);
  frame = json_pack ("{s:o}", "cmd", yihu_command_to_json (command));
  text = yihu_json_print (frame);
  data_socket_send_text (console->socket, text, strlen (text));
}

/* Running. */

static void
turn (Load *self, int wait_ms)
{
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->poll, events, MAX_EVENTS, wait_ms);
  gint64 now_us = g_get_monotonic_time ();

  for (int i = 0; i < n; i++)
    take (self, events[i].data.ptr);
  for (guint i = 0; i < self->consoles->len; i++)
    {
      Console *console = g_ptr_array_index (self->consoles, i);

      if (now_us >= console->ack_due_us && console->is_welcome)
        send_ack (console, now_us);
    }
}

static guint
run (Load *self)
{
  gint64 begin_us = g_get_monotonic_time ();
  gint64 end_us = begin_us + seconds * G_USEC_PER_SEC;
  guint n_sent = 0;
  gint64 now_us;

  while ((now_us = g_get_monotonic_time ()) < end_us)
    {
      gint64 due_us = begin_us + n_sent * G_USEC_PER_SEC / rate;

      if (now_us >= due_us)
        send_command (self, ++n_sent);
      else
        turn (self, (due_us - now_us + 999) / 1000);
    }
  return n_sent;
}

static gboolean
is_drained (Load *self, gint64 to)
{
  for (int i = 0; i < n_consoles; i++)
    if (((Console *) g_ptr_array_index (self->consoles, i))->to < to)
      return FALSE;
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a;
  guint32 y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

static guint32
get_share (GArray *values, double share)
{
  g_array_sort (values, compare);
  return values->len == 0 ? 0
                          : g_array_index (values, guint32,
                                           MIN (values->len - 1, (guint) (values->len * share)));
}

static void
print_result (Load *self, guint n_sent)
{
  printf ("{\"sent\":%u,\"refused\":%u,\"expected\":%u,\"delivered\":%" G_GUINT64_FORMAT
          ",\"doubled\":%" G_GUINT64_FORMAT ",\"missed\":%" G_GUINT64_FORMAT
          ",\"frames\":%" G_GUINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT
          ",\"p50_us\":%u,\"p99_us\":%u,\"call_p50_us\":%u,\"call_p99_us\":%u}\n",
          n_sent, self->n_refused, (n_sent - self->n_refused) * n_consoles, self->n_delivered,
          self->n_doubled, self->n_missed, self->n_frames, self->n_bytes,
          get_share (self->notes_us, 0.5), get_share (self->notes_us, 0.99),
          get_share (self->calls_us, 0.5), get_share (self->calls_us, 0.99));
}

static void
connect_all (Load *self)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) tokens = NULL;
  guint n_tokens;

  if (!g_file_get_contents (token_file, &text, NULL, NULL))
    g_error ("no file of tokens");
  tokens = g_strsplit (g_strstrip (text), "\n", 0);
  n_tokens = g_strv_length (tokens) - 1;
  for (int i = 0; i < n_consoles; i++)
    add_console (self, tokens[1 + i % n_tokens], FALSE);
  add_console (self, tokens[0], TRUE);
  while (self->n_welcome < self->consoles->len)
    turn (self, 100);
}

int
main (int argc, char **argv)
{
  Load self = { .poll = epoll_create1 (EPOLL_CLOEXEC) };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  gint64 give_up_us;
  guint n_sent;

  yihu_json_init ();
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, NULL) || port == 0 || token_file == NULL)
    return 64;
  self.consoles = g_ptr_array_new_with_free_func (console_free);
  self.notes_us = g_array_new (FALSE, FALSE, sizeof (guint32));
  self.calls_us = g_array_new (FALSE, FALSE, sizeof (guint32));
  connect_all (&self);
  printf ("ready\n");
  fflush (stdout);
  if (getchar () == EOF)
    return 1;
  n_sent = run (&self);
  give_up_us = g_get_monotonic_time () + DRAIN_US;
  while (!is_drained (&self, cursor + n_sent - self.n_refused)
         && g_get_monotonic_time () < give_up_us)
    turn (&self, 10);
  print_result (&self, n_sent);
  g_ptr_array_unref (self.consoles);
  g_array_unref (self.notes_us);
  g_array_unref (self.calls_us);
  return 0;
}
