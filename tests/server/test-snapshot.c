/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Snapshots as a console meets them: what is in them, that they can be fetched in pieces, that they
 * outlive the server, and that one built while the register changes holds exactly its number. */

#include "fixture.h"

#include "base/error.h"
#include "domain/kinds.h"
#include "snapshot/snapshot.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <zstd.h>

typedef struct
{
  Fixture fixture;
  char *admin;
  char *desk;
} World;

static void
set_up (World *self, gconstpointer data)
{
  fixture_set_up (&self->fixture, data);
  fixture_fill (&self->fixture);
  self->admin = fixture_login (&self->fixture, "admin");
  self->desk = fixture_login (&self->fixture, "operator");
}

static void
tear_down (World *self, gconstpointer data)
{
  g_free (self->admin);
  g_free (self->desk);
  fixture_tear_down (&self->fixture, data);
}

static SoupMessage *
new_message (World *self, const char *range, const char *condition)
{
  g_autofree char *url = g_strconcat (self->fixture.url, "/v1/snapshot", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", self->desk, NULL);
  SoupMessage *message = soup_message_new ("GET", url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_replace (headers, "Authorization", bearer);
  soup_message_headers_replace (headers, "X-Yihu-Device", "test");
  if (range != NULL)
    soup_message_headers_replace (headers, "Range", range);
  if (condition != NULL)
    soup_message_headers_replace (headers, "If-Range", condition);
  return message;
}

typedef struct
{
  GBytes *body; /* (owned) (nullable) */
  gboolean is_done;
} Pending;

static void
on_body (GObject *object, GAsyncResult *result, gpointer data)
{
  Pending *pending = data;
  g_autoptr (GError) error = NULL;

  pending->body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, &error);
  g_assert_no_error (error);
  pending->is_done = TRUE;
}

static gboolean
is_done (gpointer data)
{
  return ((Pending *) data)->is_done;
}

static void
ask (World *self, SoupMessage *message, Pending *pending)
{
  pending->is_done = FALSE;
  soup_session_send_and_read_async (self->fixture.soup, message, G_PRIORITY_DEFAULT, NULL, on_body,
                                    pending);
}

static Answer *
take_answer (SoupMessage *message, Pending *pending)
{
  Answer *answer = g_new0 (Answer, 1);

  fixture_spin (is_done, pending);
  answer->message = g_object_ref (message);
  answer->body = g_steal_pointer (&pending->body);
  answer->status = soup_message_get_status (message);
  return answer;
}

static Answer *
get_once (World *self, const char *range, const char *condition)
{
  g_autoptr (SoupMessage) message = new_message (self, range, condition);
  Pending pending = { 0 };

  ask (self, message, &pending);
  return take_answer (message, &pending);
}

/* On a busy machine the server says 202 for a while before the file is there. */
static Answer *
get (World *self, const char *range, const char *condition)
{
  Answer *answer;

  while ((answer = get_once (self, range, condition))->status == SOUP_STATUS_ACCEPTED)
    answer_free (answer);
  return answer;
}

static Answer *
get_as (World *self, const char *token, const char *path)
{
  Answer *answer;

  while ((answer = fixture_send (&self->fixture, token, "GET", path, NULL, 0))->status
         == SOUP_STATUS_ACCEPTED)
    answer_free (answer);
  return answer;
}

static char *
list (YihuSnapshotFile *file, const YihuRecordType *type)
{
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM %s ORDER BY id",
                                          yihu_snapshot_file_columns (file, type), type->name);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (file), sql, &error, "");
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  while (yihu_rows_next (rows, &error))
    {
      g_autoptr (YihuRecord) record = yihu_snapshot_file_read (file, type, rows, 0, &error);

      g_assert_no_error (error);
      g_string_append_printf (text, "%s ", record->id);
      if (type == &yihu_elder_type)
        {
          g_assert_cmpstr (((YihuElder *) record)->history, ==, NULL);
          g_string_append_printf (text, "%s ", ((YihuElder *) record)->name);
        }
    }
  return g_string_free (text, FALSE);
}

static void
assert_hash (const Answer *answer)
{
  guchar hash[32];
  char hex[65];
  g_autofree char *tag = NULL;

  crypto_generichash (hash, sizeof hash, g_bytes_get_data (answer->body, NULL),
                      g_bytes_get_size (answer->body), NULL, 0);
  sodium_bin2hex (hex, sizeof hex, hash, sizeof hash);
  tag = g_strdup_printf ("\"%s\"", hex);
  g_assert_cmpstr (answer_get_header (answer, "X-Yihu-Blake2b"), ==, hex);
  g_assert_cmpstr (answer_get_header (answer, "ETag"), ==, tag);
}

static void
test_content (World *self, gconstpointer data)
{
  g_autofree char *county = fixture_login (&self->fixture, "county");
  g_autoptr (Answer) city_answer = get (self, NULL, NULL);
  g_autoptr (Answer) county_answer = get_as (self, county, "/v1/snapshot");
  g_autoptr (Answer) old_schema = get_as (self, county, "/v1/snapshot?schema=1");
  g_autoptr (YihuSnapshotFile) city = NULL;
  g_autoptr (YihuSnapshotFile) west = NULL;
  g_autofree char *city_elders = NULL;
  g_autofree char *west_elders = NULL;
  gint64 seq = yihu_hub_get_tenant (self->fixture.server->hub)->seq;

  g_assert_cmpuint (city_answer->status, ==, 200);
  g_assert_cmpint (answer_get_header_int (city_answer, "X-Yihu-Seq"), ==, seq);
  g_assert_cmpint (answer_get_header_int (city_answer, "X-Yihu-Epoch"), ==, 1);
  assert_hash (city_answer);
  city = fixture_open_snapshot (&self->fixture, city_answer, "operator");
  city_elders = list (city, &yihu_elder_type);
  g_assert_cmpstr (city_elders, ==, "e1 王秀英 e2 李大山 e3 张桂兰 ");
  g_assert_cmpint (yihu_snapshot_file_get_meta (city, "seq"), ==, seq);
  g_assert_cmpint (yihu_snapshot_file_get_meta (city, "epoch"), ==, 1);
  g_clear_pointer (&city, yihu_snapshot_file_close);

  west = fixture_open_snapshot (&self->fixture, county_answer, "county");
  west_elders = list (west, &yihu_elder_type);
  g_assert_cmpstr (west_elders, ==, "e1 王秀英 ");
  g_assert_cmpint (yihu_snapshot_file_get_meta (west, "lo"), ==, 210802000000);
  assert_error (old_schema, YIHU_ERROR_NOT_FOUND);
}

/* A young file is given again, one of an old epoch is not. */
static void
test_reuse (World *self, gconstpointer data)
{
  g_autoptr (Answer) first = get (self, NULL, NULL);
  g_autoptr (YihuCommand) order = fixture_new_order ("o1", "e1");
  g_autoptr (Answer) placed = fixture_command (&self->fixture, self->desk, order);
  g_autoptr (Answer) second = get (self, NULL, NULL);
  g_autoptr (Answer) third = NULL;

  g_assert_cmpuint (placed->status, ==, 200);
  g_assert_cmpstr (answer_get_header (first, "ETag"), ==, answer_get_header (second, "ETag"));
  answer_free (fixture_send (&self->fixture, self->admin, "POST", "/v1/import/provider?quiet=1",
                             "id,name\np7,Quiet\n", -1));
  third = get (self, NULL, NULL);
  g_assert_cmpstr (answer_get_header (first, "ETag"), !=, answer_get_header (third, "ETag"));
  g_assert_cmpint (answer_get_header_int (third, "X-Yihu-Epoch"), ==, 2);
}

static void
assert_part (const Answer *part, const Answer *whole, gsize from, gsize to)
{
  const guint8 *bytes = g_bytes_get_data (whole->body, NULL);
  g_autofree char *range =
      g_strdup_printf ("bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, from,
                       to - 1, g_bytes_get_size (whole->body));

  g_assert_cmpuint (part->status, ==, 206);
  g_assert_cmpstr (answer_get_header (part, "Content-Range"), ==, range);
  g_assert_cmpstr (answer_get_header (part, "ETag"), ==, answer_get_header (whole, "ETag"));
  g_assert_cmpmem (g_bytes_get_data (part->body, NULL), g_bytes_get_size (part->body), bytes + from,
                   to - from);
}

static void
test_range (World *self, gconstpointer data)
{
  g_autoptr (Answer) whole = get (self, NULL, NULL);
  gsize size = g_bytes_get_size (whole->body);
  const char *tag = answer_get_header (whole, "ETag");
  g_autofree char *behind = g_strdup_printf ("bytes=%" G_GSIZE_FORMAT "-", size);
  g_autoptr (Answer) first = get (self, "bytes=0-0", NULL);
  g_autoptr (Answer) rest = get (self, "bytes=100-", tag);
  g_autoptr (Answer) long_end = get (self, "bytes=100-99999999999", NULL);
  g_autoptr (Answer) outside = get (self, behind, tag);
  g_autoptr (Answer) other = get (self, "bytes=100-", "\"another\"");
  g_autoptr (Answer) odd = get (self, "bytes=5-2", NULL);
  g_autoptr (Answer) several = get (self, "bytes=0-1,4-5", NULL);
  g_autofree char *star = g_strdup_printf ("bytes */%" G_GSIZE_FORMAT, size);

  assert_part (first, whole, 0, 1);
  assert_part (rest, whole, 100, size);
  assert_part (long_end, whole, 100, size);
  g_assert_cmpuint (outside->status, ==, 416);
  g_assert_cmpstr (answer_get_header (outside, "Content-Range"), ==, star);
  g_assert_cmpuint (g_bytes_get_size (outside->body), ==, 0);
  g_assert_cmpuint (other->status, ==, 200);
  g_assert_true (g_bytes_equal (other->body, whole->body));
  g_assert_cmpuint (odd->status, ==, 200);
  g_assert_cmpuint (several->status, ==, 200);
  g_assert_true (g_bytes_equal (several->body, whole->body));
}

/* Who has begun with a file may end with it although there is a younger one by now. */
static void
test_older_one (World *self, gconstpointer data)
{
  g_autoptr (Answer) old = get (self, NULL, NULL);
  g_autofree char *tag = g_strdup (answer_get_header (old, "ETag"));
  g_autoptr (Answer) young = NULL;
  g_autoptr (Answer) rest = NULL;
  g_autofree char *names = NULL;
  YihuTenant tenant = *yihu_hub_get_tenant (self->fixture.server->hub);

  for (guint i = 0; i < 6000; i += 100)
    {
      g_autoptr (GString) csv = g_string_new ("id,name\n");
      g_autofree char *import = NULL;

      for (guint j = i; j < i + 100; j++)
        g_string_append_printf (csv, "p%u,Provider %u\n", 100 + j, j);
      answer_free (
          fixture_send (&self->fixture, self->admin, "POST", "/v1/import/provider", csv->str, -1));
    }
  g_assert_cmpint (yihu_hub_get_tenant (self->fixture.server->hub)->seq, >=, tenant.seq + 6000);
  young = get (self, NULL, NULL);
  g_assert_cmpstr (answer_get_header (young, "ETag"), !=, tag);
  rest = get (self, "bytes=50-", tag);
  assert_part (rest, old, 50, g_bytes_get_size (old->body));
}

static char *
find_file (World *self, const char *suffix)
{
  g_autofree char *path = g_build_filename (self->fixture.directory, "snapshots", NULL);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL)
    if (g_str_has_suffix (name, suffix))
      return g_build_filename (path, name, NULL);
  return NULL;
}

static void
restart (World *self)
{
  fixture_stop (&self->fixture);
  fixture_start (&self->fixture);
  g_free (self->desk);
  self->desk = fixture_login_anew (&self->fixture, "operator");
}

static void
test_restart (World *self, gconstpointer data)
{
  g_autoptr (Answer) first = get (self, NULL, NULL);
  g_autoptr (Answer) second = NULL;
  g_autoptr (Answer) third = NULL;
  g_autoptr (Answer) fourth = NULL;
  g_autofree char *file = find_file (self, ".db.zst");
  g_autofree char *stray =
      g_build_filename (self->fixture.directory, "snapshots", "building.db", NULL);
  g_autofree char *side = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_set_contents (stray, "half", -1, NULL));
  restart (self);
  second = get (self, NULL, NULL);
  g_assert_cmpstr (answer_get_header (first, "ETag"), ==, answer_get_header (second, "ETag"));
  g_assert_false (g_file_test (stray, G_FILE_TEST_EXISTS));

  /* A byte went wrong on the disk while the server was away. */
  g_assert_true (g_file_get_contents (file, &bytes, &size, NULL));
  bytes[size / 2] ^= 1;
  g_assert_true (g_file_set_contents (file, bytes, (gssize) size, NULL));
  restart (self);
  third = get (self, NULL, NULL);
  g_assert_cmpuint (third->status, ==, 200);
  g_assert_cmpstr (answer_get_header (first, "ETag"), !=, answer_get_header (third, "ETag"));
  assert_hash (third);

  /* Without its side file it is nothing. */
  side = find_file (self, ".sum");
  g_assert_cmpint (g_unlink (side), ==, 0);
  restart (self);
  fourth = get (self, NULL, NULL);
  g_assert_cmpstr (answer_get_header (third, "ETag"), !=, answer_get_header (fourth, "ETag"));
  assert_hash (fourth);
}

/* Ids of the orders that the feed tells up to @seq. */
static char *
list_fed_orders (World *self, gint64 seq)
{
  g_autoptr (Answer) answer =
      fixture_send (&self->fixture, self->desk, "GET", "/v1/changes?since=0&epoch=1", NULL, 0);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  json_t *event;
  gsize i;

  g_assert_cmpuint (answer->status, ==, 200);
  json_array_foreach (json_object_get (answer->json, "ev"), i, event)
  {
    if (json_integer_value (json_array_get (event, 0)) <= seq
        && strcmp (json_string_value (json_array_get (event, 1)), "service_order") == 0)
      g_ptr_array_add (ids, (char *) json_string_value (json_array_get (event, 2)));
  }
  g_ptr_array_add (ids, (char *) "");
  g_ptr_array_add (ids, NULL);
  return g_strjoinv (" ", (char **) ids->pdata);
}

static void
test_while_writing (World *self, gconstpointer data)
{
  Pending pending = { 0 };
  g_autoptr (SoupMessage) message = new_message (self, NULL, NULL);
  g_autoptr (Answer) answer = NULL;
  g_autoptr (YihuSnapshotFile) file = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *orders = NULL;
  gint64 seq;

  for (guint i = 0; i < 300 && !pending.is_done; i++)
    {
      g_autofree char *id = g_strdup_printf ("o%03u", i);
      g_autoptr (YihuCommand) order = fixture_new_order (id, "e1");

      if (i == 20)
        ask (self, message, &pending);
      answer_free (fixture_command (&self->fixture, self->desk, order));
    }
  answer = take_answer (message, &pending);
  if (answer->status == SOUP_STATUS_ACCEPTED)
    {
      answer_free (answer);
      answer = get (self, NULL, NULL); /* the same one, begun while it was written */
    }
  seq = answer_get_header_int (answer, "X-Yihu-Seq");
  file = fixture_open_snapshot (&self->fixture, answer, "operator");
  orders = list (file, &yihu_order_type);
  expected = list_fed_orders (self, seq);
  g_assert_cmpstr (orders, ==, expected);
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "seq"), ==, seq);
}

/* --- the shelf itself --- */

typedef struct
{
  guint n_ready;
  guint n_building;
  GError *error;
} Told;

static void
on_told (const YihuSnapshot *snapshot,
         const YihuSnapshotProgress *progress,
         const GError *error,
         gpointer data)
{
  Told *told = data;

  told->n_ready += snapshot != NULL;
  told->n_building += progress != NULL;
  if (error != NULL && told->error == NULL)
    told->error = g_error_copy (error);
}

static gboolean
is_told (gpointer data)
{
  const Told *told = data;

  return told->n_ready > 0 || told->error != NULL;
}

/* Nobody's connection is held for long: who waits is told how far it is, and asks again. */
static void
test_patience (World *self, gconstpointer data)
{
  const YihuTenant *present = yihu_hub_get_tenant (self->fixture.server->hub);
  YihuDivisionRange city = { G_GINT64_CONSTANT (210800000000), G_GINT64_CONSTANT (210900000000) };
  YihuSnapshotShelf *shelf = self->fixture.server->shelf;
  Told told = { 0 };

  yihu_snapshot_shelf_request (shelf, city, present, NULL, on_told, &told);
  g_assert_cmpuint (told.n_ready + told.n_building, ==, 0);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 1001);
  g_assert_cmpuint (told.n_building, ==, 1);
  yihu_snapshot_shelf_request (shelf, city, present, NULL, on_told, &told);
  fixture_spin (is_told, &told);
  g_assert_no_error (told.error);
  g_assert_cmpuint (told.n_building, ==, 1);
  g_assert_cmpuint (told.n_ready, ==, 1); /* the first one is not called again */
  yihu_snapshot_shelf_request (shelf, city, present, NULL, on_told, &told);
  g_assert_cmpuint (told.n_ready, ==, 2);
}

static void
test_names (void)
{
  YihuSnapshot snapshot = { { 210800000000, 210900000000 }, 3, 41, 0, 0, 0, 0, NULL, NULL };
  YihuSnapshot read = { 0 };
  g_autofree char *name = yihu_snapshot_make_name (&snapshot);
  static const char *const wrong[] = {
    "",
    "building.db",
    "snapshot-3-1-2-3-4.db",
    "snapshot-3-1-2-3-4.db.zst.sum",
    "snapshot-3-2-1-3-4.db.zst",
    "snapshot-3-1-2-3.db.zst",
    "snapshot-3-1-2--3-4.db.zst",
    "snapshot-3-1-2-3-99999999999999999999.db.zst",
  };
  int schema = 0;

  g_assert_true (yihu_snapshot_parse_name (name, &read, &schema));
  g_assert_cmpint (schema, ==, YIHU_SNAPSHOT_SCHEMA);
  g_assert_cmpint (read.scope.lo, ==, 210800000000);
  g_assert_cmpint (read.scope.hi, ==, 210900000000);
  g_assert_cmpint (read.epoch, ==, 3);
  g_assert_cmpint (read.seq, ==, 41);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (yihu_snapshot_parse_name (wrong[i], &read, &schema));
}

#define ADD(name, func) g_test_add ("/server/snapshot/" name, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/snapshot/names", test_names);
  ADD ("content", test_content);
  ADD ("reuse", test_reuse);
  ADD ("range", test_range);
  ADD ("older-one", test_older_one);
  ADD ("restart", test_restart);
  ADD ("while-writing", test_while_writing);
  g_test_add ("/server/snapshot/patience", World, "still", set_up, test_patience, tear_down);
  return g_test_run ();
}
