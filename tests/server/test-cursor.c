/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A reader that follows the feed by "number greater than the last one seen" while eight threads
 * write: through the one writer it misses nothing. The control numbers rows by a sequence in eight
 * transactions at a time, as is often done, and must miss some. */

#include "base/identifier.h"
#include "cluster.h"
#include "server/work/writer.h"
#include "store/postgres/postgres-store.h"

#include <libpq-fe.h>

#define N_WRITERS 8
#define N_ROWS 250 /* of each */

typedef struct
{
  gint64 cursor;
  guint n_seen;
  gboolean is_over; /* atomic: nothing more will come */
} Reader;

/* Ours. */

typedef struct
{
  YihuWriter *writer;
  guint number;
  guint *n_done;
} Source;

static gboolean
write_note (YihuWork *work, gpointer data, GError **error)
{
  g_autofree char *id = yihu_identifier_new ();
  g_autoptr (YihuNote) note = yihu_note_new (id);

  note->text = g_strdup ("x");
  return yihu_work_save (work, note, NULL, TRUE, error);
}

static void
on_note_written (const GError *error, gpointer data)
{
  g_assert_no_error (error);
  (*(guint *) data)++;
}

static gpointer
push_notes (gpointer data)
{
  Source *source = data;

  for (guint i = 0; i < N_ROWS; i++)
    g_assert_true (
        yihu_writer_push (source->writer, write_note, on_note_written, source->n_done, NULL));
  return NULL;
}

static gboolean
on_feed_row (const YihuFeedRow *row, gpointer data)
{
  Reader *reader = data;

  g_assert_cmpint (row->seq, ==, reader->cursor + 1);
  reader->cursor = row->seq;
  reader->n_seen++;
  return TRUE;
}

typedef struct
{
  YihuStore *store;
  Reader reader;
} Follower;

static gpointer
follow_feed (gpointer data)
{
  Follower *self = data;
  gboolean is_over;

  do
    {
      is_over = g_atomic_int_get (&self->reader.is_over);
      g_assert_true (yihu_store_each_feed (self->store, self->reader.cursor, 1000, on_feed_row,
                                           &self->reader, NULL));
    }
  while (!is_over);
  return NULL;
}

static void
test_feed (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  g_autofree char *address = cluster_make_database (cluster, "cursor", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) store = yihu_postgres_store_open (address, &error);
  g_autoptr (YihuClock) clock = yihu_clock_new ();
  g_autoptr (YihuWriter) writer = NULL;
  Follower follower = { 0 };
  Source sources[N_WRITERS];
  GThread *threads[N_WRITERS];
  GThread *thread;
  guint n_done = 0;

  g_assert_no_error (error);
  follower.store = yihu_store_open_reader (store, &error);
  writer = yihu_writer_new (store, clock, "0417", 8, NULL, NULL, &error);
  g_assert_no_error (error);
  thread = g_thread_new ("follow", follow_feed, &follower);
  for (guint i = 0; i < N_WRITERS; i++)
    {
      sources[i] = (Source){ writer, i, &n_done };
      threads[i] = g_thread_new ("write", push_notes, &sources[i]);
    }
  for (guint i = 0; i < N_WRITERS; i++)
    g_thread_join (threads[i]);
  while (n_done < N_WRITERS * N_ROWS)
    g_main_context_iteration (NULL, TRUE);
  g_atomic_int_set (&follower.reader.is_over, TRUE);
  g_thread_join (thread);
  g_assert_cmpuint (follower.reader.n_seen, ==, N_WRITERS * N_ROWS);
  yihu_writer_shutdown (writer);
  g_object_unref (follower.store);
}

/* The control. */

static PGresult *
must (PGconn *connection, const char *sql)
{
  PGresult *result = PQexec (connection, sql);

  if (PQresultStatus (result) != PGRES_COMMAND_OK && PQresultStatus (result) != PGRES_TUPLES_OK)
    g_error ("%s: %s", sql, PQerrorMessage (connection));
  return result;
}

static gpointer
insert_rows (gpointer data)
{
  PGconn *connection = PQconnectdb (data);

  for (guint i = 0; i < N_ROWS; i++)
    {
      PQclear (must (connection, "BEGIN"));
      PQclear (must (connection, "INSERT INTO control DEFAULT VALUES"));
      PQclear (must (connection, "COMMIT"));
    }
  PQfinish (connection);
  return NULL;
}

typedef struct
{
  const char *address;
  Reader reader;
} Control;

static gpointer
follow_control (gpointer data)
{
  Control *self = data;
  PGconn *connection = PQconnectdb (self->address);
  gboolean is_over;

  do
    {
      g_autofree char *sql =
          g_strdup_printf ("SELECT seq FROM control WHERE seq > %" G_GINT64_FORMAT " ORDER BY seq",
                           self->reader.cursor);
      PGresult *result;

      is_over = g_atomic_int_get (&self->reader.is_over);
      result = must (connection, sql);
      for (int i = 0; i < PQntuples (result); i++)
        self->reader.cursor = g_ascii_strtoll (PQgetvalue (result, i, 0), NULL, 10);
      self->reader.n_seen += (guint) PQntuples (result);
      PQclear (result);
    }
  while (!is_over);
  PQfinish (connection);
  return NULL;
}

static void
test_control (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  g_autofree char *address = cluster_make_database (cluster, "control", NULL);
  Control control = { address, { 0 } };
  GThread *threads[N_WRITERS];
  GThread *thread;

  cluster_exec (cluster, "control", "CREATE TABLE control(seq BIGSERIAL PRIMARY KEY, x BIGINT)");
  thread = g_thread_new ("follow", follow_control, &control);
  for (guint i = 0; i < N_WRITERS; i++)
    threads[i] = g_thread_new ("write", insert_rows, address);
  for (guint i = 0; i < N_WRITERS; i++)
    g_thread_join (threads[i]);
  g_atomic_int_set (&control.reader.is_over, TRUE);
  g_thread_join (thread);
  g_test_message ("%u of %u missed", N_WRITERS * N_ROWS - control.reader.n_seen,
                  N_WRITERS * N_ROWS);
  g_assert_cmpuint (control.reader.n_seen, <, N_WRITERS * N_ROWS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/cursor/feed", test_feed);
  g_test_add_func ("/server/cursor/sequence-control", test_control);
  return g_test_run ();
}
