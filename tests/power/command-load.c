/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Many consoles at once, as plain as can be, so that what is measured is the server: N connections,
 * each with one command under way (note.add for one elder), the next as soon as the answer is
 * there. Each key that was answered "ok" goes to standard output, one a line; at the end, or when
 * the server goes away, the count and the seconds go to standard error.
 *
 * command-load PORT TOKEN ELDER CONNECTIONS SECONDS */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEY_LENGTH 36
#define MAX_ANSWER 65536

typedef struct
{
  int socket;
  char key[KEY_LENGTH + 1];
  char answer[MAX_ANSWER];
  gsize length;
} Console;

static guint64 n_keys;
static guint32 run_id;

/* Version and variant of UUIDv7, else a plain count: unique and cheap. */
static void
make_key (char *key)
{
  n_keys++;
  g_snprintf (key, KEY_LENGTH + 1, "%08x-%04x-7%03x-8%03x-%012x", run_id, (guint) (n_keys >> 32), 0,
              0, (guint) n_keys);
}

static gboolean
open_console (Console *self, guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int yes = 1;

  self->socket = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (self->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return connect (self->socket, (struct sockaddr *) &address, sizeof address) == 0;
}

static gboolean
send_command (Console *self, const char *token, const char *elder)
{
  char body[512];
  char request[1024];
  int length;

  make_key (self->key);
  length = g_snprintf (
      body, sizeof body,
      "{\"key\":\"%s\",\"name\":\"note.add\",\"object\":\"%s\",\"at_us\":%" G_GINT64_FORMAT
      ",\"args\":{\"note\":{\"id\":\"%s\",\"elder\":\"%s\",\"text\":\"asked for "
      "lunch at eleven, door code unchanged\"}}}",
      self->key, self->key, g_get_real_time (), self->key, elder);
  length = g_snprintf (
      request, sizeof request,
      "POST /v1/command HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
      "X-Yihu-Device: test\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
      token, length, body);
  self->length = 0;
  return send (self->socket, request, (gsize) length, MSG_NOSIGNAL) == length;
}

/* Returns: 1 when the answer is whole, 0 when more must come, -1 when the server is gone. */
static int
read_answer (Console *self, gboolean *is_ok)
{
  gssize n = recv (self->socket, self->answer + self->length, MAX_ANSWER - 1 - self->length, 0);
  const char *body;
  const char *header;

  if (n <= 0)
    return -1;
  self->length += (gsize) n;
  self->answer[self->length] = '\0';
  body = strstr (self->answer, "\r\n\r\n");
  header = strcasestr (self->answer, "content-length:");
  if (body == NULL || header == NULL || header > body)
    return 0;
  body += 4;
  if (self->length < (gsize) (body - self->answer) + (gsize) atol (header + 15))
    return 0;
  *is_ok = strncmp (self->answer, "HTTP/1.1 200", 12) == 0;
  return 1;
}

static void
tell (const char *key)
{
  char line[KEY_LENGTH + 2];

  memcpy (line, key, KEY_LENGTH);
  line[KEY_LENGTH] = '\n';
  if (fwrite (line, KEY_LENGTH + 1, 1, stdout) != 1)
    g_error ("standard output is gone");
}

int
main (int argc, char **argv)
{
  guint n_consoles;
  gint64 end_us;
  gint64 start_us;
  g_autofree Console *consoles = NULL;
  g_autofree struct pollfd *polls = NULL;
  guint64 n_ok = 0;
  guint n_alive;

  if (argc != 6)
    g_error ("command-load PORT TOKEN ELDER CONNECTIONS SECONDS");
  run_id = g_random_int ();
  n_consoles = (guint) atoi (argv[4]);
  consoles = g_new0 (Console, n_consoles);
  polls = g_new0 (struct pollfd, n_consoles);
  start_us = g_get_monotonic_time ();
  end_us = start_us + (gint64) (atof (argv[5]) * G_USEC_PER_SEC);
  n_alive = n_consoles;
  for (guint i = 0; i < n_consoles; i++)
    {
      if (!open_console (&consoles[i], (guint16) atoi (argv[1]))
          || !send_command (&consoles[i], argv[2], argv[3]))
        g_error ("no connection: %s", g_strerror (errno));
      polls[i] = (struct pollfd){ consoles[i].socket, POLLIN, 0 };
    }
  while (n_alive > 0 && g_get_monotonic_time () < end_us)
    {
      if (poll (polls, n_consoles, 100) < 0)
        continue;
      for (guint i = 0; i < n_consoles; i++)
        {
          gboolean is_ok = FALSE;
          int state;

          if ((polls[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0)
            continue;
          state = read_answer (&consoles[i], &is_ok);
          if (state > 0 && is_ok)
            {
              n_ok++;
              tell (consoles[i].key);
            }
          if (state < 0 || (state > 0 && !send_command (&consoles[i], argv[2], argv[3])))
            {
              polls[i].fd = -1;
              n_alive--;
            }
        }
    }
  fprintf (stderr, "%" G_GUINT64_FORMAT " %.6f\n", n_ok,
           (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC);
  return 0;
}
