/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The desk file: nothing that a person typed stands readable in it or in its log, not even after an
 * older program wrote it so; the kept log-in, its age, and a clock that is turned back; the wipe.
 */

#define _GNU_SOURCE /* memmem() */
#include "base/error.h"
#include "cache/cache.h"
#include "cache/desk-login.h"
#include "client/outbox.h"
#include "wire/record-json.h"

#include <glib/gstdio.h>
#include <string.h>

#define HOUR G_TIME_SPAN_HOUR
#define NAME "王秀英"
#define PHONE "13912345678"
#define TEXT "少放盐，门禁密码四三二一"

typedef struct
{
  char *directory;
  GBytes *key;
  GBytes *scope_key;
} Fixture;

static GBytes *
make_key (guint8 fill)
{
  guint8 bytes[YIHU_DESK_KEY_BYTES];

  memset (bytes, fill, sizeof bytes);
  return g_bytes_new (bytes, sizeof bytes);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp ("yihu-desk-XXXXXX", NULL);
  self->key = make_key (1);
  self->scope_key = make_key (2);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) directory = g_dir_open (self->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_bytes_unref (self->key);
  g_bytes_unref (self->scope_key);
  g_free (self->directory);
}

static YihuDeskFile *
open_desk (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  YihuDeskFile *desk = yihu_desk_file_open (self->directory, &error);

  g_assert_no_error (error);
  yihu_desk_file_set_keys (desk, self->key, self->scope_key);
  return desk;
}

/* What a thief of the disk can look for. Returns: in how many of the files it stands. */
static guint
count_files_with (Fixture *self, const char *needle)
{
  g_autoptr (GDir) directory = g_dir_open (self->directory, 0, NULL);
  const char *name;
  guint found = 0;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);
      g_autofree char *bytes = NULL;
      gsize size = 0;

      g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
      found += memmem (bytes, size, needle, strlen (needle)) != NULL;
    }
  return found;
}

static void
assert_no_trace (Fixture *self)
{
  g_assert_cmpuint (count_files_with (self, NAME), ==, 0);
  g_assert_cmpuint (count_files_with (self, PHONE), ==, 0);
  g_assert_cmpuint (count_files_with (self, TEXT), ==, 0);
}

static YihuElder *
make_elder (void)
{
  YihuElder *elder = yihu_elder_new ("E9");

  elder->name = g_strdup (NAME);
  elder->phone = g_strdup ("+86" PHONE);
  elder->remarks = g_strdup (TEXT);
  return elder;
}

static GBytes *
seal_row (const char *key, const char *text, gpointer data)
{
  return yihu_desk_file_seal (data, "command", key, text);
}

static char *
open_row (const char *key, GBytes *sealed, gpointer data, GError **error)
{
  return yihu_desk_file_open_sealed (data, "command", key, sealed, error);
}

static const YihuOutboxKeeper keeper = { .seal = seal_row, .open = open_row };

static YihuOutbox *
open_outbox (YihuDeskFile *desk)
{
  g_autoptr (GError) error = NULL;
  YihuOutbox *outbox =
      yihu_outbox_new_threaded (yihu_desk_file_get_database (desk), NULL, &keeper, desk, &error);

  g_assert_no_error (error);
  return outbox;
}

static void
append_elder (YihuOutbox *outbox, YihuElder *elder)
{
  g_autoptr (YihuCommand) command = yihu_command_new ("elder.register", "E9", 0, 1);

  yihu_command_set_record (command, "elder", elder);
  g_assert_true (yihu_outbox_append (outbox, command, NULL));
}

/* With the files open, so that the log is looked at too. */
static void
test_sealed (Fixture *self, gconstpointer data)
{
  g_autoptr (YihuDeskFile) desk = open_desk (self);
  g_autoptr (YihuDeskFile) reader = NULL;
  g_autoptr (YihuOutbox) outbox = open_outbox (desk);
  g_autoptr (YihuElder) elder = make_elder ();
  g_autoptr (YihuElder) back = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *draft = NULL;

  append_elder (outbox, elder);
  g_assert_true (yihu_desk_file_put_overlay (desk, "key", elder, NULL));
  g_assert_true (yihu_desk_file_save_draft (desk, "order:1", TEXT "“" NAME "”", NULL));
  g_assert_cmpuint (count_files_with (self, "order:1"), >, 0); /* the search itself works */
  assert_no_trace (self);

  reader = yihu_desk_file_open_reader (desk, NULL);
  back = yihu_desk_file_get_overlay (reader, &yihu_elder_type, "E9", NULL);
  draft = yihu_desk_file_load_draft (reader, "order:1");
  yihu_outbox_flush (outbox);
  rows = yihu_outbox_list (outbox);
  g_assert_cmpstr (back->name, ==, NAME);
  g_assert_cmpstr (draft, ==, TEXT "“" NAME "”");
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_nonnull (((YihuOutboxRow *) rows->pdata[0])->command);
}

/* A seal belongs to its place: rows that change places do not open. */
static void
test_bound (Fixture *self, gconstpointer data)
{
  g_autoptr (YihuDeskFile) desk = open_desk (self);
  g_autoptr (GBytes) sealed = yihu_desk_file_seal (desk, "draft", "a", TEXT);
  g_autofree char *good = yihu_desk_file_open_sealed (desk, "draft", "a", sealed, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (good, ==, TEXT);
  g_assert_null (yihu_desk_file_open_sealed (desk, "draft", "b", sealed, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (yihu_desk_file_open_sealed (desk, "kept", "a", sealed, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_clear_error (&error);
  yihu_desk_file_set_keys (desk, NULL, NULL);
  g_assert_null (yihu_desk_file_open_sealed (desk, "draft", "a", sealed, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (yihu_desk_file_save_draft (desk, "a", TEXT, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED);
}

/* The file as the program before sealing left it. */
static void
write_plain_file (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->directory, "desk.db", NULL);
  g_autoptr (YihuDatabase) database = yihu_database_open (path, YIHU_DATABASE_DURABLE, NULL);
  g_autoptr (YihuElder) elder = make_elder ();
  g_autoptr (json_t) json = yihu_record_to_json (elder, FALSE);
  g_autofree char *body = yihu_json_print (json);
  g_autoptr (YihuCommand) command = yihu_command_new ("elder.register", "E9", 0, 1);
  g_autoptr (json_t) command_json = NULL;
  g_autofree char *text = NULL;

  yihu_command_set_record (command, "elder", elder);
  command_json = yihu_command_to_json (command);
  text = yihu_json_print (command_json);
  g_assert_true (yihu_database_exec (
      database,
      "CREATE TABLE overlay (n INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL,"
      " kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL DEFAULT 0);"
      "CREATE INDEX overlay_record ON overlay (kind, id, n);"
      "CREATE INDEX overlay_command ON overlay (command);"
      "CREATE TABLE draft (name TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL);"
      "CREATE TABLE login (login TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL,"
      " lo INTEGER NOT NULL, hi INTEGER NOT NULL, salt BLOB NOT NULL, wrapped BLOB NOT NULL,"
      " at_us INTEGER NOT NULL); PRAGMA user_version=1",
      NULL));
  g_assert_true (yihu_database_exec (database, yihu_outbox_schema, NULL));
  g_assert_true (yihu_database_run (database,
                                    "INSERT INTO overlay (command, kind, id, body)"
                                    " VALUES (?1, 'elder', 'E9', ?2)",
                                    NULL, "ss", command->key, body));
  g_assert_true (
      yihu_database_run (database, "INSERT INTO draft VALUES ('order:1', ?1)", NULL, "s", TEXT));
  g_assert_true (yihu_database_run (database,
                                    "INSERT INTO outbox (key, object, command, refused, error,"
                                    " message) VALUES (?1, 'E9', ?2, 1, 'conflict', ?3)",
                                    NULL, "sss", command->key, text, NAME " is there"));
  /* Deleted text stays in the pages until somebody writes over it. */
  g_assert_true (
      yihu_database_run (database, "INSERT INTO draft VALUES ('gone', ?1)", NULL, "s", PHONE));
  g_assert_true (yihu_database_exec (database, "DELETE FROM draft WHERE name = 'gone'", NULL));
}

static void
test_plain_file_is_sealed (Fixture *self, gconstpointer data)
{
  g_autoptr (YihuDeskFile) desk = NULL;
  g_autoptr (YihuOutbox) outbox = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (YihuElder) back = NULL;
  g_autofree char *draft = NULL;
  g_autoptr (GError) error = NULL;
  YihuOutboxRow *row;

  write_plain_file (self);
  g_assert_cmpuint (count_files_with (self, NAME), >, 0);
  g_assert_cmpuint (count_files_with (self, PHONE), >, 0);
  desk = open_desk (self);
  outbox = open_outbox (desk);
  g_assert_true (yihu_desk_file_seal_plain (desk, &error));
  g_assert_no_error (error);
  assert_no_trace (self);

  rows = yihu_outbox_list (outbox);
  row = rows->pdata[0];
  g_assert_cmpint (row->state, ==, YIHU_OUTBOX_REFUSED);
  g_assert_error (row->error, YIHU_ERROR, YIHU_ERROR_CONFLICT);
  g_assert_cmpstr (row->error->message, ==, NAME " is there");
  g_assert_cmpstr (row->command->name, ==, "elder.register");
  back = yihu_desk_file_get_overlay (desk, &yihu_elder_type, "E9", NULL);
  g_assert_cmpstr (back->remarks, ==, TEXT);
  draft = yihu_desk_file_load_draft (desk, "order:1");
  g_assert_cmpstr (draft, ==, TEXT);
  g_assert_true (yihu_desk_file_seal_plain (desk, NULL)); /* again: nothing to do */
}

/* --- the kept log-in --- */

static YihuDeskLogin *
make_login (Fixture *self)
{
  YihuDeskLogin *login = g_new0 (YihuDeskLogin, 1);

  login->account = yihu_account_new ("A1");
  login->account->login = g_strdup ("op03");
  login->account->name = g_strdup ("陈静");
  login->lo = 210800000000;
  login->hi = 210900000000;
  login->scope_key = g_bytes_ref (self->scope_key);
  login->desk_key = g_bytes_ref (self->key);
  login->at_us = 100 * HOUR;
  login->offline_us = 8 * HOUR;
  login->clock_offset_us = HOUR;
  return login;
}

static GBytes *
keep_login (Fixture *self, gboolean elsewhere)
{
  g_autoptr (YihuDeskFile) desk = open_desk (self);
  g_autoptr (YihuDeskLogin) login = make_login (self);
  g_autoptr (GBytes) salt = NULL;
  GBytes *parcel = NULL;

  g_assert_true (yihu_desk_login_wrap (login, "geheim", &salt, &parcel, NULL));
  g_assert_true (yihu_desk_file_keep_login (desk, "op03", salt, elsewhere ? NULL : parcel, NULL));
  if (elsewhere)
    {
      GBytes *pack = yihu_desk_login_pack (salt, parcel);

      g_bytes_unref (parcel);
      return pack;
    }
  return parcel;
}

/* @now_us: of a clock that is an hour behind the server's. */
static void
assert_unlock (Fixture *self, const char *password, GBytes *elsewhere, gint64 now_us, int code)
{
  g_autoptr (YihuDeskFile) desk = yihu_desk_file_open (self->directory, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDeskLogin) login =
      yihu_desk_file_unlock (desk, "op03", password, elsewhere, now_us, &error);

  if (code >= 0)
    {
      g_assert_error (error, YIHU_ERROR, code);
      g_assert_null (yihu_desk_file_get_key (desk));
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (login->account->name, ==, "陈静");
  g_assert_true (g_bytes_equal (login->scope_key, self->scope_key));
  g_assert_true (g_bytes_equal (yihu_desk_file_get_key (desk), self->key));
}

static void
test_unlock (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) parcel = keep_login (self, FALSE);

  assert_unlock (self, "geheim", NULL, 101 * HOUR, -1);
  assert_unlock (self, "Geheim", NULL, 101 * HOUR, YIHU_ERROR_UNAUTHORIZED);
  assert_unlock (self, "geheim", NULL, 106 * HOUR, -1);
  assert_unlock (self, "geheim", NULL, 108 * HOUR, YIHU_ERROR_TIMEOUT);
  g_assert_cmpuint (count_files_with (self, "陈静"), ==, 0);
  g_assert_cmpuint (count_files_with (self, "geheim"), ==, 0);
}

static void
test_elsewhere (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) parcel = keep_login (self, TRUE);
  g_autoptr (GBytes) rubbish = g_bytes_new_static ("rubbish", 7);
  g_autoptr (YihuDeskFile) desk = open_desk (self);
  gboolean is_elsewhere = FALSE;

  g_assert_true (yihu_desk_file_find_login (desk, "op03", &is_elsewhere, NULL));
  g_assert_true (is_elsewhere);
  assert_unlock (self, "geheim", NULL, 101 * HOUR, YIHU_ERROR_LOCKED);
  assert_unlock (self, "geheim", rubbish, 101 * HOUR, YIHU_ERROR_CORRUPT);
  assert_unlock (self, "Geheim", parcel, 101 * HOUR, YIHU_ERROR_UNAUTHORIZED);
  assert_unlock (self, "geheim", parcel, 101 * HOUR, -1);
  {
    g_autoptr (GBytes) newer = keep_login (self, TRUE);

    /* The power went between the store and the file: what the store has opens all the same. */
    assert_unlock (self, "geheim", parcel, 101 * HOUR, -1);
    assert_unlock (self, "geheim", newer, 101 * HOUR, -1);
  }
}

/* Time counts from when the server was last heard, and a clock that is turned back helps nobody. */
static void
test_clock (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) parcel = keep_login (self, FALSE);
  g_autoptr (YihuDeskFile) desk = open_desk (self);

  g_assert_true (yihu_desk_file_note_time (desk, 120 * HOUR, TRUE, NULL));
  assert_unlock (self, "geheim", NULL, 126 * HOUR, -1);
  g_assert_true (yihu_desk_file_note_time (desk, 129 * HOUR, FALSE, NULL));
  assert_unlock (self, "geheim", NULL, 101 * HOUR, YIHU_ERROR_TIMEOUT);
  g_assert_true (yihu_desk_file_note_time (desk, 121 * HOUR, FALSE, NULL)); /* never back */
  assert_unlock (self, "geheim", NULL, 121 * HOUR, YIHU_ERROR_TIMEOUT);
  g_assert_true (yihu_desk_file_note_time (desk, 130 * HOUR, TRUE, NULL));
  assert_unlock (self, "geheim", NULL, 121 * HOUR, -1);
  g_assert_true (yihu_desk_file_forget_logins (desk, NULL));
  assert_unlock (self, "geheim", NULL, 121 * HOUR, YIHU_ERROR_NOT_FOUND);
}

static void
test_wipe (Fixture *self, gconstpointer data)
{
  g_autofree char *city = g_build_filename (self->directory, "city.db", NULL);
  g_autoptr (GBytes) parcel = keep_login (self, FALSE);
  g_autoptr (YihuElder) elder = make_elder ();
  g_autoptr (YihuOutbox) outbox = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  YihuDeskFile *desk = open_desk (self);
  gint64 unsent = 0;
  g_autofree char *draft = NULL;

  outbox = open_outbox (desk);
  append_elder (outbox, elder);
  g_clear_object (&outbox);
  g_assert_true (yihu_desk_file_put_overlay (desk, "key", elder, NULL));
  g_assert_true (yihu_desk_file_save_draft (desk, "order:1", TEXT, NULL));
  yihu_desk_file_close (desk);
  g_assert_true (g_file_set_contents (city, NAME, -1, NULL));

  g_assert_true (yihu_cache_wipe (self->directory, &unsent, &error));
  g_assert_no_error (error);
  g_assert_cmpint (unsent, ==, 1);
  g_assert_false (g_file_test (city, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files_with (self, "order:1"), ==, 0);
  assert_unlock (self, "geheim", NULL, 101 * HOUR, YIHU_ERROR_NOT_FOUND);

  /* The next log-in brings the key back, and with it what was not sent. */
  desk = open_desk (self);
  outbox = open_outbox (desk);
  rows = yihu_outbox_list (outbox);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpint (((YihuOutboxRow *) rows->pdata[0])->state, ==, YIHU_OUTBOX_WAITING);
  g_assert_cmpint (yihu_desk_file_count_overlay (desk), ==, 0);
  g_clear_object (&outbox);
  yihu_desk_file_close (desk);
}

#define ADD(name, func) g_test_add ("/desk-file/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  ADD ("sealed", test_sealed);
  ADD ("bound", test_bound);
  ADD ("plain-file-is-sealed", test_plain_file_is_sealed);
  ADD ("unlock", test_unlock);
  ADD ("elsewhere", test_elsewhere);
  ADD ("clock", test_clock);
  ADD ("wipe", test_wipe);
  return g_test_run ();
}
