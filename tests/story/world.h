/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* The real programs of Yihu in a directory of their own on loopback, for tests that tell a story
 * and for benchmarks. Ports are the kernel's choice; every process is ended by its pid when the
 * world ends. Errors end the test (g_error). */

G_BEGIN_DECLS

#define STORY_TONE_DB (-13.98) /* what operator and elder say: 0.2 of full scale */

typedef struct
{
  char *directory; /* temporary; removed when the story held */
  guint server_port;
  guint sip_port;
  guint rtsp_port;
  char *password; /* of every demo account */
  GSubprocess *server;
  GSubprocess *voice;
  GSubprocess *city;
  GSubprocess *console;
  GSubprocess *elder; /* baresip */
} World;

World *world_new (guint n_elders, guint seed);
void world_free (World *self);

/* The city's files, the server's store with everything imported. */
void world_make_city (World *self, guint n_elders, guint seed);
void world_start_server (World *self);
void world_stop_server (World *self); /* SIGTERM, waits for the end */
void world_start_voice (World *self);
void world_start_city (World *self, const char *const *options);

/* @options: further arguments. Sound: operator says @tone_hz, what it hears goes to @heard (WAV,
 * when it ends). */
void world_start_console (World *self,
                          const char *login,
                          guint tone_hz,
                          const char *heard,
                          const char *const *options);
guint world_get_pid (GSubprocess *process);
void world_kill_console (World *self); /* SIGKILL */
void world_stop_console (World *self); /* SIGTERM, waits */

/* An independent telephone (baresip) at @number that calls 12349 and says a tone; what it hears is
 * written below its directory. hang_up ends it by SIGTERM, which sends BYE. */
void world_call (World *self, const char *number, guint tone_hz);
void world_hang_up (World *self);
char *world_get_heard (World *self); /* path of what the telephone heard (transfer full) */

/* For the parts of the world. */
GSubprocess *world_spawn (World *self, const char *name, const char *const *argv);
void world_end (GSubprocess **process, int signal_number);

/* One number out of the server's store, read beside it: "SELECT count(*) …". */
gint64 world_query (World *self, const char *sql);
gint64 world_query_file (const char *path, const char *sql);
char *world_query_text (World *self, const char *sql); /* (transfer full) (nullable) */
char *world_path (World *self, const char *name); /* below the directory (transfer full) */

/* Polls @check every 20 ms until it is TRUE; fails the test, naming @what, after @deadline_s. */
typedef gboolean (*WorldCheck) (World *self, gpointer data);
void world_wait (World *self, const char *what, guint deadline_s, WorldCheck check, gpointer data);
void
world_wait_count (World *self, const char *what, guint deadline_s, const char *sql, gint64 count);

G_END_DECLS
