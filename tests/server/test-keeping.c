/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Backups, the way back, anchors and warnings, with the server writing meanwhile and yihu-ctl as an
 * administrator runs it. */

#include "ctl-run.h"

#include "base/error.h"
#include "sql/database.h"
#include "store/sqlite/sealed-backup.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define MINUTE_MS (60 * 1000)
#define HOUR_MS (60 * 60 * 1000)

static char *
get_path (Fixture *self, const char *name)
{
  return g_build_filename (self->directory, name, NULL);
}

static const YihuCondition *
get_condition (Fixture *self)
{
  return yihu_caretaker_get_condition (self->server->caretaker);
}

static gboolean
has_looked (gpointer data)
{
  return get_condition (data)->looked_at_us > 0;
}

/* The register is copied over a store that has its anchor already: that one goes. */
static void
fill (Fixture *self)
{
  g_autofree char *anchors = get_path (self, YIHU_ANCHOR_FILE);

  fixture_fill (self);
  fixture_stop (self);
  g_unlink (anchors);
  fixture_start (self);
  fixture_spin (has_looked, self);
}

static void
tamper (Fixture *self, const char *sql)
{
  g_autofree char *path = get_path (self, YIHU_STORE_FILE);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) raw = yihu_database_open (path, YIHU_DATABASE_DURABLE, &error);

  g_assert_no_error (error);
  yihu_database_exec (raw, sql, &error);
  g_assert_no_error (error);
}

static void
make_order (Fixture *self, const char *token, const char *id)
{
  g_autoptr (YihuCommand) command = fixture_new_order (id, "e1");
  g_autoptr (Answer) answer = fixture_command (self, token, command);

  g_assert_cmpuint (answer->status, ==, 200);
}

static guint
count_files (const char *path, const char *suffix)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    n += g_str_has_suffix (name, suffix);
  return n;
}

/* Night by night: one backup a night, the oldest goes, and what people do meanwhile is not held up.
 */
typedef struct
{
  Fixture *fixture;
  gint64 after_us;
} Night;

static gboolean
is_backed_up (gpointer data)
{
  Night *night = data;

  if (get_condition (night->fixture)->backup_at_us > night->after_us)
    return TRUE;
  /* A look has ended: the next one. */
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (night->fixture->clock), MINUTE_MS);
  return FALSE;
}

static void
set_up_nightly (Fixture *self, gconstpointer data)
{
  self->backups = g_dir_make_tmp ("yihu-backups-XXXXXX", NULL);
  if (data != NULL)
    {
      g_autofree char *key = g_build_filename (self->backups, "key", NULL);

      g_assert_true (yihu_seal_key_create (key, NULL));
      self->backup_key = g_strconcat (key, ".pub", NULL);
    }
  fixture_set_up (self, "fake clock");
}

static void
tear_down_nightly (Fixture *self, gconstpointer data)
{
  g_autofree char *clean = g_strconcat ("rm -r ", self->backups, NULL);

  fixture_tear_down (self, data);
  g_spawn_command_line_sync (clean, NULL, NULL, NULL, NULL);
  g_free (self->backups);
  g_free (self->backup_key);
}

static void
test_nightly (Fixture *self, gconstpointer data)
{
  g_autofree char *anchors_path = NULL;
  g_autoptr (GArray) anchors = NULL;

  fill (self);
  for (guint i = 0; i < 4; i++)
    {
      Night night = { self, get_condition (self)->backup_at_us };
      g_autofree char *order = g_strdup_printf ("o%u", i);
      g_autofree char *token = NULL;

      fixture_spin (is_backed_up, &night);
      token = fixture_login_anew (self, "operator");
      make_order (self, token, order);
      if (i < 3)
        yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 24 * HOUR_MS);
    }
  /* Minutes went by while the last one was made, perhaps enough for the next night: that one ends.
   */
  fixture_stop (self);
  g_assert_cmpuint (count_files (self->backups, ".db"), ==, data != NULL ? 0 : 2);
  g_assert_cmpuint (count_files (self->backups, ".db.sealed"), ==, data != NULL ? 2 : 0);
  g_assert_cmpuint (count_files (self->directory, ".db"), ==, 1); /* no plain copy is left */
  g_assert_cmpuint (count_files (self->backups, ".part"), ==, 0);
  anchors_path = get_path (self, YIHU_ANCHOR_FILE);
  anchors = yihu_anchors_load (anchors_path, NULL, NULL);
  g_assert_nonnull (anchors);
  g_assert_cmpuint (anchors->len, >=, 4);
}

/* What is to be looked at. */

static gboolean
has_warning (Fixture *self, const char *name)
{
  g_autoptr (Answer) answer = fixture_send (self, NULL, "GET", "/v1/health", NULL, 0);
  const json_t *warnings = json_object_get (answer->json, "degraded");
  json_t *warning;
  size_t i;

  g_assert_cmpuint (answer->status, ==, 200);
  json_array_foreach (warnings, i,
                      warning) if (g_strcmp0 (json_string_value (warning), name) == 0) return TRUE;
  return FALSE;
}

static void
test_warnings (Fixture *self, gconstpointer data)
{
  g_autofree char *note = get_path (self, YIHU_BACKUP_NOTE);
  YihuBackupFacts facts = { .bytes = 1 };
  g_auto (Run) health = { 0 };

  fill (self);
  g_assert_false (has_warning (self, "backup")); /* a new centre */
  g_assert_false (has_warning (self, "clock"));
  g_assert_false (has_warning (self, "anchor"));
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 37 * HOUR_MS);
  g_assert_true (has_warning (self, "backup"));
  health = run (self, FIXTURE_PASSWORD, "health");
  g_assert_cmpint (health.exit, ==, 2);
  g_assert_nonnull (strstr (health.out, "WARNING: there is no good backup"));

  /* The newest entry is from the day after: the clock was set back. */
  fixture_stop (self);
  tamper (self, "INSERT INTO feed SELECT seq + 1, at_us + 864000000000, division, kind, body FROM "
                "feed ORDER BY seq DESC LIMIT 1; UPDATE tenant SET seq = seq + 1");
  facts.at_us = yihu_clock_get_now_us (self->clock);
  g_assert_true (yihu_backup_note_write (note, "x.db", &facts, NULL));
  fixture_start (self);
  fixture_spin (has_looked, self);
  g_assert_true (has_warning (self, "clock"));
  g_assert_false (has_warning (self, "backup"));
}

/* The audit as an auditor checks it, over the network and in a file. */
static void
test_audit (Fixture *self, gconstpointer data)
{
  g_autofree char *file = get_path (self, "copy.db");
  g_autofree char *anchors = get_path (self, YIHU_ANCHOR_FILE);
  g_autofree char *backup = g_strconcat ("--data-dir ", self->directory, " backup ", file, NULL);
  g_autofree char *offline =
      g_strconcat ("audit verify --file ", file, " --anchors ", anchors, NULL);
  g_autofree char *token = NULL;
  g_auto (Run) good = { 0 };
  g_auto (Run) copied = { 0 };
  g_auto (Run) again = { 0 };
  g_auto (Run) good_file = { 0 };
  g_auto (Run) printed = { 0 };
  g_auto (Run) cut = { 0 };
  g_auto (Run) changed = { 0 };
  g_autofree char *text = NULL;

  fill (self);
  token = fixture_login (self, "operator");
  make_order (self, token, "o1");
  good = run (self, FIXTURE_PASSWORD, "audit verify");
  g_assert_cmpint (good.exit, ==, 0);
  g_assert_nonnull (strstr (good.out, "1 anchors fit\ngood"));
  copied = run (self, FIXTURE_PASSWORD, backup);
  g_assert_cmpint (copied.exit, ==, 0);
  again = run (self, FIXTURE_PASSWORD, backup);
  g_assert_cmpint (again.exit, ==, 1);
  g_assert_nonnull (strstr (again.err, "nothing is overwritten"));
  good_file = run (self, FIXTURE_PASSWORD, offline);
  g_assert_cmpint (good_file.exit, ==, 0);
  printed = run (self, FIXTURE_PASSWORD, "audit anchors");
  g_file_get_contents (anchors, &text, NULL, NULL);
  g_assert_cmpstr (printed.out, ==, text);

  tamper (self, "UPDATE audit SET account = 'nobody' WHERE number = 3");
  changed = run (self, FIXTURE_PASSWORD, "audit verify");
  g_assert_cmpint (changed.exit, ==, 2);
  g_assert_nonnull (strstr (changed.out, "NOT GOOD: row 3"));
  tamper (self, "DELETE FROM audit");
  cut = run (self, FIXTURE_PASSWORD, "audit verify");
  g_assert_cmpint (cut.exit, ==, 2);
  g_assert_nonnull (strstr (cut.out, "its end is missing"));
}

static void
assert_private (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

/* On the real clock, whatever the test is told. */
static void
set_up_drill (Fixture *self, gconstpointer data)
{
  fixture_set_up (self, NULL);
}

/* A backup for which there is no key, or not the right one, is no backup: said clearly, and nothing
 * is there afterwards that was not before. */
static void
refuse_without_key (Fixture *self, const char *file, const char *key)
{
  g_autofree char *store = get_path (self, YIHU_STORE_FILE);
  g_autofree char *other = g_strconcat (key, "-other", NULL);
  g_autofree char *make_other = g_strconcat ("seal key ", other, NULL);
  g_autofree char *restore = g_strconcat ("--data-dir ", self->directory, " restore ", file, NULL);
  g_autofree char *restore_other = g_strconcat ("--backup-key ", other, " ", restore, NULL);
  g_autofree char *restore_public = g_strconcat ("--backup-key ", key, ".pub ", restore, NULL);
  g_auto (Run) made = run (self, FIXTURE_PASSWORD, make_other);
  g_auto (Run) none = run (self, FIXTURE_PASSWORD, restore);
  g_auto (Run) wrong = run (self, FIXTURE_PASSWORD, restore_other);
  g_auto (Run) public = run (self, FIXTURE_PASSWORD, restore_public);

  g_assert_cmpint (made.exit, ==, 0);
  g_assert_cmpint (none.exit, ==, 1);
  g_assert_nonnull (strstr (none.err, "is sealed: say which key opens it"));
  g_assert_cmpint (wrong.exit, ==, 1);
  g_assert_nonnull (strstr (wrong.err, "was sealed for another key"));
  g_assert_cmpint (public.exit, ==, 1);
  g_assert_nonnull (strstr (public.err, "opens with the secret half of its key only"));
  g_assert_false (g_file_test (store, G_FILE_TEST_EXISTS));
}

/* The audit of a sealed backup is checked in what it unseals to. */
static void
verify_unsealed (Fixture *self, const char *file, const char *key)
{
  g_autofree char *plain = get_path (self, "unsealed");
  g_autofree char *unseal = g_strconcat ("--backup-key ", key, " unseal ", file, " ", plain, NULL);
  g_autofree char *verify = g_strconcat ("audit verify --file ", plain, NULL);
  g_auto (Run) unsealed = run (self, FIXTURE_PASSWORD, unseal);
  g_auto (Run) verified = { 0 };

  g_assert_cmpint (unsealed.exit, ==, 0);
  assert_private (plain);
  verified = run (self, FIXTURE_PASSWORD, verify);
  g_assert_cmpint (verified.exit, ==, 0);
}

/* The drill, with a plain backup and a sealed one: a backup while people write, more writing, the
 * loss of the store, the way back. A console whose cursor is ahead of the restored store takes a
 * new snapshot; tokens are void. */
static void
test_restore (Fixture *self, gconstpointer data)
{
  g_autofree char *file = get_path (self, "backup.db");
  g_autofree char *store = get_path (self, YIHU_STORE_FILE);
  g_autofree char *moved = get_path (self, "lost.db");
  g_autofree char *key = get_path (self, "seal.key");
  g_autofree char *make_key = g_strconcat ("seal key ", key, NULL);
  g_autofree char *backup = g_strconcat (data != NULL ? "--backup-key " : "",
                                         data != NULL ? key : "", data != NULL ? ".pub " : "",
                                         "--data-dir ", self->directory, " backup ", file, NULL);
  g_autofree char *restore = g_strconcat (data != NULL ? "--backup-key " : "",
                                          data != NULL ? key : "", data != NULL ? " " : "",
                                          "--data-dir ", self->directory, " restore ", file, NULL);
  g_autofree char *token = NULL;
  g_autofree char *new_token = NULL;
  g_autofree char *changes = NULL;
  g_autoptr (Live) live = NULL;
  g_autoptr (Answer) old = NULL;
  g_autoptr (Answer) ahead = NULL;
  g_autoptr (Answer) lost = NULL;
  g_auto (Run) copied = { 0 };
  g_auto (Run) key_made = { 0 };
  g_auto (Run) too_early = { 0 };
  g_auto (Run) occupied = { 0 };
  g_auto (Run) restored = { 0 };
  g_auto (Run) verified = { 0 };
  YihuTenant before;

  fill (self);
  token = fixture_login (self, "operator");
  make_order (self, token, "kept");
  key_made = run (self, FIXTURE_PASSWORD, make_key);
  g_assert_cmpint (key_made.exit, ==, 0);
  copied = run (self, FIXTURE_PASSWORD, backup);
  g_assert_cmpint (copied.exit, ==, 0);
  assert_private (file);
  g_assert_cmpint (yihu_sealed_file_is (file), ==, data != NULL);
  make_order (self, token, "lost");
  before = *yihu_hub_get_tenant (self->server->hub);
  too_early = run (self, FIXTURE_PASSWORD, restore);
  g_assert_cmpint (too_early.exit, ==, 1);
  g_assert_nonnull (strstr (too_early.err, "a server is running"));

  fixture_stop (self);
  occupied = run (self, FIXTURE_PASSWORD, restore);
  g_assert_cmpint (occupied.exit, ==, 1);
  g_assert_nonnull (strstr (occupied.err, "nothing is overwritten"));
  g_assert_cmpint (g_rename (store, moved), ==, 0);
  if (data != NULL)
    {
      refuse_without_key (self, file, key);
      verify_unsealed (self, file, key);
    }
  restored = run (self, FIXTURE_PASSWORD, restore);
  g_assert_cmpint (restored.exit, ==, 0);
  assert_private (store);

  fixture_start (self);
  g_assert_cmpint (yihu_hub_get_tenant (self->server->hub)->epoch, >, before.epoch);
  g_assert_cmpint (yihu_hub_get_tenant (self->server->hub)->seq, <, before.seq);
  old = fixture_send (self, token, "GET", "/v1/changes?since=0&epoch=1", NULL, 0);
  g_assert_cmpuint (old->status, ==, 401);
  new_token = fixture_login_anew (self, "operator");
  changes = g_strdup_printf ("/v1/changes?since=%" G_GINT64_FORMAT "&epoch=%" G_GINT64_FORMAT,
                             before.seq, before.epoch);
  ahead = fixture_send (self, new_token, "GET", changes, NULL, 0);
  assert_error (ahead, YIHU_ERROR_RESNAPSHOT);
  live = live_open (self, new_token);
  live_send (live, json_pack ("{s:{s:I, s:I, s:i}}", "hello", "cursor", (json_int_t) before.seq,
                              "epoch", (json_int_t) before.epoch, "protocol", 1));
  json_decref (live_next (live, "resnapshot"));
  lost = fixture_command_text (self, new_token, "order.cancel", "lost", "reason", "x", NULL);
  assert_error (lost, YIHU_ERROR_NOT_FOUND);
  make_order (self, new_token, "lost");
  verified = run (self, FIXTURE_PASSWORD, "audit verify");
  g_assert_cmpint (verified.exit, ==, 0);
}

/* A backup that is not good gets no name, and is never brought back. */
static void
test_bad_backup (Fixture *self, gconstpointer data)
{
  g_autofree char *file = get_path (self, "backup.db");
  g_autofree char *other = get_path (self, "other.db");
  g_autofree char *path = get_path (self, YIHU_STORE_FILE);
  g_autofree char *text = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  YihuBackupFacts facts;
  YihuAnchor anchor;
  gsize length = 0;

  fill (self);
  tamper (self, "UPDATE audit SET reason = 'x' WHERE number = 2");
  g_assert_false (yihu_sqlite_backup (path, file, 1, NULL, NULL, NULL, NULL, &facts, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "row 2"));
  g_clear_error (&error);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  tamper (self, "UPDATE audit SET reason = '' WHERE number = 2");

  g_cancellable_cancel (cancellable);
  g_assert_false (
      yihu_sqlite_backup (path, file, 1, NULL, NULL, NULL, cancellable, &facts, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (count_files (self->directory, ".part"), ==, 0);

  g_assert_true (yihu_sqlite_backup (path, file, 1, NULL, NULL, NULL, NULL, &facts, &error));
  g_assert_no_error (error);
  g_file_get_contents (file, &text, &length, &error);
  memset (text + length / 2, 0x5a, 4096);
  g_file_set_contents (file, text, (gssize) length, &error);
  g_assert_false (yihu_sqlite_restore (file, other, 1, &anchor, &facts, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
}

#define ADD(name, clock, before, func, after)                                                      \
  g_test_add ("/server/keeping/" name, Fixture, clock, before, func, after)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("nightly", NULL, set_up_nightly, test_nightly, tear_down_nightly);
  ADD ("nightly-sealed", "sealed", set_up_nightly, test_nightly, tear_down_nightly);
  ADD ("warnings", "fake clock", fixture_set_up, test_warnings, fixture_tear_down);
  ADD ("audit", NULL, fixture_set_up, test_audit, fixture_tear_down);
  ADD ("restore", NULL, fixture_set_up, test_restore, fixture_tear_down);
  g_test_add ("/server/keeping/restore-sealed", Fixture, "sealed", set_up_drill, test_restore,
              fixture_tear_down);
  ADD ("bad-backup", NULL, fixture_set_up, test_bad_backup, fixture_tear_down);
  return g_test_run ();
}
