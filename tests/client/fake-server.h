/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "base/clock.h"
#include "client/outbox.h"

/* A server that does as it is told: it keeps what a real one keeps (the feed, first answers by key)
 * and loses, delays or refuses on demand. In the test's main context, on a port of the kernel's. */

#define FAKE_NOW_US G_GINT64_CONSTANT (1763700000000000)

typedef struct
{
  SoupServer *soup; /* NULL while stopped */
  guint port;
  char *url;

  GPtrArray *sockets; /* SoupWebsocketConnection: open ones */
  GPtrArray *frames; /* json_t: every frame that came, oldest first */
  GPtrArray *requests; /* char *: "GET /v1/changes?…" */

  /* the feed */
  gint64 seq;
  GPtrArray *feed; /* json_t: one event each, seq 1…n */
  guint page; /* most events in a page of /v1/changes */
  gboolean resnapshot; /* 410 on /v1/changes */

  /* commands */
  GHashTable *answers; /* key -> reply text: given again */
  GPtrArray *applied; /* char *: objects and names in order, "O1 order.accept" */
  GHashTable *refusals; /* object -> GINT_TO_POINTER (YihuError) */
  guint lose_replies; /* so many replies are lost */
  gboolean cut_after_apply; /* the connection breaks instead of the next reply */
  gboolean hold_replies;
  GPtrArray *held; /* reply texts */
  guint commands_seen;

  /* the log-in and the handshake */
  int login_status; /* 0: fine */
  int login_protocol;
  int handshake_status; /* 0: fine */
  gboolean no_welcome;
  gboolean no_pong;
  gboolean push_on_hello; /* sends the feed behind the cursor with the welcome */
  gboolean behind_on_hello;
} FakeServer;

FakeServer *fake_server_new (void);
void fake_server_free (FakeServer *self);
void fake_server_start (FakeServer *self); /* on the same port as before */
void fake_server_stop (FakeServer *self); /* breaks every connection */

/* A new event in the feed: a call record. Not pushed. */
void fake_server_add_call (FakeServer *self, const char *id);
void fake_server_push (FakeServer *self, gint64 from); /* events behind @from to every socket */
void fake_server_send (FakeServer *self, const char *text);
void fake_server_close_sockets (FakeServer *self, gushort code);
void fake_server_release_replies (FakeServer *self);
const char *fake_server_last_frame (FakeServer *self, const char *member); /* its value as text */
guint fake_server_count_requests (FakeServer *self, const char *prefix);

/* Runs the main context until @condition holds; fails the test after 120 s. */
#define fake_wait(condition)                                                                       \
  do                                                                                               \
    {                                                                                              \
      gint64 until_ = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;                              \
                                                                                                   \
      while (!(condition))                                                                         \
        {                                                                                          \
          if (g_get_monotonic_time () > until_)                                                    \
            g_error ("%s:%d: never so: %s", __FILE__, __LINE__, #condition);                       \
          fake_iterate ();                                                                         \
        }                                                                                          \
    }                                                                                              \
  while (FALSE)
void fake_iterate (void);
/* A GAsyncReadyCallback that keeps the result for fake_wait(). @data: a GAsyncResult ** to NULL,
 * (transfer full) then */
void fake_on_ready (GObject *object, GAsyncResult *result, gpointer data);
void fake_settle (void); /* until the main context has nothing to do for a moment */

/* Gives up the last reference of the main thread and waits until the object is gone: the thread of
 * a task may hold it a moment longer than its answer takes. */
void fake_finalize (gpointer object);

YihuSession *fake_log_in (FakeServer *self);
