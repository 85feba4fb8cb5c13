/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bounded-json.h"
#include "server/http/server-private.h"
#include "snapshot/snapshot.h"
#include "wire/command.h"

#include <libsoup/soup.h>

/* A server in this process on a port of the kernel's choice, with a small register, and a plain
 * libsoup client in the same main context. */

typedef struct
{
  char *directory;
  char *store; /* address in PostgreSQL; NULL: a file in the directory */
  YihuClock *clock;
  YihuServer *server;
  SoupSession *soup;
  char *url;
  guint port; /* of the first start; the next ones listen there again */
  gboolean is_filled;
  char *tls; /* (nullable) directory of certificates: the server speaks https */
  char *backups; /* (nullable) directory: a nightly backup from midnight on, two stay */
  char *backup_key; /* (nullable) file of a public key: they are sealed */
  gboolean wants_clients; /* to have a certificate */
  gboolean asks_second_factor;
  guint reveals_per_hour; /* 0: the server's own limit */
  guint reveals_per_day;
  const char *device; /* from which requests come; NULL: "test", where log-ins are made */
  gboolean reuses_connections; /* libsoup makes a new one for every POST otherwise */
} Fixture;

typedef struct
{
  guint status; /* 0: no answer */
  json_t *json; /* NULL: not JSON */
  GBytes *body;
  SoupMessage *message;
} Answer;

/* With YIHU_TEST_STORE=postgresql in the environment each fixture has a database in a PostgreSQL of
 * the test program's own; NULL else. */
typedef struct _Cluster Cluster;
Cluster *fixture_get_cluster (void);

/* @data not NULL: with a clock that stands still. */
void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);
void fixture_start (Fixture *self);
void fixture_stop (Fixture *self);
void fixture_spin (gboolean (*is_done) (gpointer data), gpointer data);
void fixture_remove_directory (const char *path); /* with all in it */

void fixture_authorize (Fixture *self, SoupMessage *message, const char *token);
Answer *fixture_send (Fixture *self,
                      const char *token,
                      const char *method,
                      const char *path,
                      const char *body,
                      gssize length);
void answer_free (Answer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)
const char *answer_get_text (const Answer *answer, const char *key);
gint64 answer_get_int (const Answer *answer, const char *key);
const char *answer_get_header (const Answer *answer, const char *name);
gint64 answer_get_header_int (const Answer *answer, const char *name); /* -1: none */
#define assert_error(answer, code)                                                                 \
  g_assert_cmpstr (answer_get_text (answer, "error"), ==, yihu_error_get_wire (code))

/* Returns: token (transfer full) */
char *fixture_login (Fixture *self, const char *login);
char *fixture_login_anew (Fixture *self, const char *login);
#define FIXTURE_PASSWORD "a good password"

/* The register: divisions 210800000000, …802, …803 with a street and a community each; elders e1
 * (802), e2 and e3 (803, sharing +8613800000023), providers p1 (active), p2 (suspended), items i1,
 * i2, price of p1 for i1, institution h1 with camera c1, kin k1 of e1. Accounts operator (city,
 * seat 01), county (operator of 802, seat 02), supervisor, reviewer, auditor, provider (p1),
 * provider2 (p2), switchboard. */
void fixture_fill (Fixture *self);
void fixture_fill_slowly (Fixture *self); /* without a copy: for a store that cannot be copied */
void fixture_add_account (Fixture *self,
                          const char *token,
                          const char *login,
                          const char *role,
                          gint64 division,
                          const char *seat,
                          const char *provider);
void fixture_import (Fixture *self, const char *token, const char *kind, const char *csv);

Answer *fixture_command (Fixture *self, const char *token, YihuCommand *command);
Answer *
fixture_command_text (Fixture *self, const char *token, const char *name, const char *id, ...);
/* The file in an answer to /v1/snapshot, opened with the key that @login gets. (transfer full) */
YihuSnapshotFile *fixture_open_snapshot (Fixture *self, const Answer *answer, const char *login);
YihuCommand *fixture_new_order (const char *id, const char *elder);
YihuCommand *fixture_new_call (const char *id, const char *number);

/* A live connection. */
typedef struct
{
  SoupWebsocketConnection *connection;
  GQueue frames; /* json_t */
  gboolean is_closed;
  GError *error;
} Live;
Live *live_open (Fixture *self, const char *token);
void live_free (Live *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Live, live_free)
void live_send (Live *live, json_t *frame); /* takes it */
json_t *live_next (Live *live, const char *key); /* waits for a frame with @key (transfer full) */
void live_wait_closed (Live *live);
