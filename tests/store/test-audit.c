/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The audit chain under an attacker's hands: every bit of every field, rows taken out, exchanged,
 * cut off, and the whole chain written anew; and the anchors that notice what the chain cannot. */

#include "base/error.h"
#include "sql/database.h"
#include "store/audit-verify.h"
#include "store/sqlite/sqlite-store.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define N_ROWS 12
#define DAY_US G_TIME_SPAN_DAY
#define NOW_US (G_GINT64_CONSTANT (1795000000) * G_USEC_PER_SEC)

typedef struct
{
  char *directory;
  char *path;
  YihuStore *store;
  YihuDatabase *raw; /* the attacker's */
} Fixture;

static void
append (YihuStore *store, gint64 n)
{
  g_autofree char *object = g_strdup_printf ("o%" G_GINT64_FORMAT, n);
  g_autoptr (GError) error = NULL;
  YihuAuditRow row = { .at_us = NOW_US + n,
                       .account = "admin",
                       .device = "desk-07",
                       .what = "reveal",
                       .object = object,
                       .reason = "因为" };

  g_assert_true (yihu_store_append_audit (store, &row, &error));
  g_assert_no_error (error);
}

static void
append_rows (Fixture *self, gint64 from, gint64 to)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (yihu_store_begin (self->store, TRUE, &error));
  for (gint64 i = from; i <= to; i++)
    append (self->store, i);
  g_assert_true (yihu_store_commit (self->store, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("yihu-audit-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "yihu.db", NULL);
  self->store = yihu_sqlite_store_open (self->path, &error);
  g_assert_no_error (error);
  append_rows (self, 1, N_ROWS);
  self->raw = yihu_database_open (self->path, YIHU_DATABASE_DURABLE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) directory = g_dir_open (self->directory, 0, NULL);
  const char *name;

  yihu_database_close (self->raw);
  g_clear_object (&self->store);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->path);
}

static void
tamper (Fixture *self, const char *sql)
{
  g_autoptr (GError) error = NULL;

  yihu_database_exec (self->raw, sql, &error);
  g_assert_no_error (error);
}

static YihuAuditVerdict
verify (Fixture *self, const GArray *anchors)
{
  YihuAuditVerdict verdict;
  g_autoptr (GError) error = NULL;

  yihu_store_verify_audit (self->store, anchors, NULL, &verdict, &error);
  g_assert_no_error (error);
  return verdict;
}

static void
assert_fault (Fixture *self, const GArray *anchors, YihuAuditFault why, gint64 bad)
{
  YihuAuditVerdict verdict = verify (self, anchors);
  g_autofree char *words = yihu_audit_verdict_describe (&verdict);

  g_assert_cmpint (verdict.walk.why, ==, why);
  g_assert_cmpint (verdict.walk.bad, ==, bad);
  g_assert_true ((words != NULL) == (why != YIHU_AUDIT_GOOD));
}

static GArray *
anchor_rows (Fixture *self, const gint64 *numbers, guint n)
{
  GArray *anchors = g_array_new (FALSE, TRUE, sizeof (YihuAnchor));

  for (guint i = 0; i < n; i++)
    {
      YihuAuditWalk walk;
      YihuAnchor anchor = { .at_us = NOW_US + i * DAY_US, .number = numbers[i] };

      yihu_audit_walk_init (&walk, 0, "");
      g_assert_true (yihu_store_walk_audit (self->store, &walk, (guint) numbers[i], NULL));
      g_strlcpy (anchor.hash, walk.hash, sizeof anchor.hash);
      g_array_append_val (anchors, anchor);
    }
  return anchors;
}

static GBytes *
read_cell (Fixture *self, const char *column, gint64 number)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT CAST(%s AS BLOB) FROM audit WHERE number = ?1", column);
  g_autoptr (YihuRows) rows = yihu_database_query (self->raw, sql, NULL, "i", number);

  g_assert_true (yihu_rows_next (rows, NULL));
  return yihu_rows_get_blob (rows, 0);
}

static void
write_cell (Fixture *self, const char *column, gint64 number, GBytes *value)
{
  g_autofree char *sql =
      g_strdup_printf ("UPDATE audit SET %s = CAST(?2 AS TEXT) WHERE number = ?1", column);
  g_autoptr (GError) error = NULL;

  yihu_database_run (self->raw, sql, &error, "ib", number, value);
  g_assert_no_error (error);
}

/* Each bit of the first byte and of the last one of each text field, in the first row, one in the
 * middle, and the last. */
static void
test_text_bits (Fixture *self, gconstpointer data)
{
  static const char *const columns[] = { "account", "device", "what",         "object",
                                         "reason",  "hash",   "previous_hash" };
  static const gint64 numbers[] = { 1, 6, N_ROWS };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
      {
        g_autoptr (GBytes) good = read_cell (self, columns[i], numbers[j]);
        gsize size = g_bytes_get_size (good);

        for (guint bit = 0; size > 0 && bit < 16; bit++)
          {
            g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (good, NULL), size);
            g_autoptr (GBytes) bad = NULL;

            bytes[bit < 8 ? 0 : size - 1] ^= (guint8) (1u << (bit % 8));
            bad = g_bytes_new (bytes, size);
            write_cell (self, columns[i], numbers[j], bad);
            assert_fault (self, NULL, YIHU_AUDIT_CHANGED, numbers[j]);
          }
        write_cell (self, columns[i], numbers[j], good);
      }
  assert_fault (self, NULL, YIHU_AUDIT_GOOD, 0);
}

static void
test_time_bits (Fixture *self, gconstpointer data)
{
  for (guint bit = 0; bit < 64; bit++)
    {
      gint64 at_us = (gint64) ((guint64) (NOW_US + 6) ^ (G_GUINT64_CONSTANT (1) << bit));

      yihu_database_run (self->raw, "UPDATE audit SET at_us = ?1 WHERE number = 6", NULL, "i",
                         at_us);
      assert_fault (self, NULL, YIHU_AUDIT_CHANGED, 6);
    }
}

static void
test_rows (Fixture *self, gconstpointer data)
{
  tamper (self, "CREATE TEMP TABLE keep AS SELECT * FROM audit");
  tamper (self, "DELETE FROM audit WHERE number = 1");
  assert_fault (self, NULL, YIHU_AUDIT_MISSING, 2);
  tamper (self, "DELETE FROM audit; INSERT INTO audit SELECT * FROM keep");

  tamper (self, "DELETE FROM audit WHERE number IN (5, 6, 7)");
  assert_fault (self, NULL, YIHU_AUDIT_MISSING, 8);
  /* Numbers closed up again, as a careful hand would. */
  tamper (self, "UPDATE audit SET number = number - 3 WHERE number > 7");
  assert_fault (self, NULL, YIHU_AUDIT_CHANGED, 5);
  tamper (self, "DELETE FROM audit; INSERT INTO audit SELECT * FROM keep");

  tamper (self, "UPDATE audit SET number = 100 WHERE number = 5;"
                "UPDATE audit SET number = 5 WHERE number = 6;"
                "UPDATE audit SET number = 6 WHERE number = 100");
  assert_fault (self, NULL, YIHU_AUDIT_CHANGED, 5);
  tamper (self, "DELETE FROM audit; INSERT INTO audit SELECT * FROM keep");
  assert_fault (self, NULL, YIHU_AUDIT_GOOD, 0);
}

/* The hash of one row made to fit its new content: the next one does not follow any more. */
static void
test_rehashed_row (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) previous = read_cell (self, "previous_hash", 6);
  g_autofree char *previous_hash =
      g_strndup (g_bytes_get_data (previous, NULL), g_bytes_get_size (previous));
  YihuAuditRow row = { .number = 6,
                       .at_us = NOW_US + 6,
                       .account = "somebody",
                       .device = "desk-07",
                       .what = "reveal",
                       .object = "o6",
                       .reason = "因为",
                       .previous_hash = previous_hash };
  g_autofree char *hash = yihu_audit_row_hash (&row);

  yihu_database_run (self->raw, "UPDATE audit SET account = 'somebody', hash = ?1 WHERE number = 6",
                     NULL, "s", hash);
  assert_fault (self, NULL, YIHU_AUDIT_UNLINKED, 7);
}

/* What no chain can notice by itself. */
static void
test_tail_and_rewriting (Fixture *self, gconstpointer data)
{
  static const gint64 numbers[] = { 4, 4, 9 };
  g_autoptr (GArray) anchors = anchor_rows (self, numbers, G_N_ELEMENTS (numbers));
  YihuAuditVerdict verdict = verify (self, anchors);

  g_assert_cmpint (verdict.walk.bad, ==, 0);
  g_assert_cmpint (verdict.walk.n_rows, ==, N_ROWS);
  g_assert_cmpint (verdict.n_anchors, ==, 3);

  tamper (self, "DELETE FROM audit WHERE number > 9");
  assert_fault (self, anchors, YIHU_AUDIT_GOOD, 0); /* younger than the newest anchor */
  tamper (self, "DELETE FROM audit WHERE number > 8");
  assert_fault (self, NULL, YIHU_AUDIT_GOOD, 0);
  assert_fault (self, anchors, YIHU_AUDIT_CUT, 9);

  /* The rows from 3 on anew, each with a hash that fits: the chain is whole, the anchors are not.
   */
  tamper (self, "DELETE FROM audit WHERE number > 2");
  g_clear_object (&self->store);
  self->store = yihu_sqlite_store_open (self->path, NULL);
  append_rows (self, 300, 300 + N_ROWS);
  assert_fault (self, NULL, YIHU_AUDIT_GOOD, 0);
  assert_fault (self, anchors, YIHU_AUDIT_REWRITTEN, 4);
  tamper (self, "DELETE FROM audit");
  assert_fault (self, anchors, YIHU_AUDIT_CUT, 4);
}

/* A restore takes back the anchors above it, and only those before its line. */
static void
test_restored (Fixture *self, gconstpointer data)
{
  static const gint64 numbers[] = { 4, 9 };
  g_autoptr (GArray) first = anchor_rows (self, numbers, 2);
  static const gint64 restored[] = { 6 };
  g_autoptr (GArray) line = anchor_rows (self, restored, 1);
  g_autofree char *path = g_build_filename (self->directory, "anchors.txt", NULL);
  g_autoptr (GArray) anchors = NULL;
  g_autoptr (GError) error = NULL;

  g_array_index (line, YihuAnchor, 0).kind = YIHU_ANCHOR_RESTORED;
  g_array_append_vals (first, line->data, 1);
  for (guint i = 0; i < first->len; i++)
    {
      g_autofree char *text = yihu_anchor_format (&g_array_index (first, YihuAnchor, i), NULL);

      g_assert_true (yihu_anchor_append (path, text, &error));
    }
  tamper (self, "DELETE FROM audit WHERE number > 6");
  g_clear_object (&self->store);
  self->store = yihu_sqlite_store_open (self->path, NULL);
  append_rows (self, 100, 110);
  anchors = yihu_anchors_load (path, NULL, &error);
  g_assert_no_error (error);
  yihu_anchors_sort (anchors);
  assert_fault (self, anchors, YIHU_AUDIT_GOOD, 0);
  g_assert_cmpint (verify (self, anchors).n_void, ==, 1);
  g_assert_cmpint (verify (self, anchors).n_anchors, ==, 2);
}

static void
assert_anchors (const char *path, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) anchors = yihu_anchors_load (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (anchors->len, ==, n);
}

/* A file whose last line was broken off at any byte: the whole lines before it are read, and the
 * next append takes the rest away. A broken line that has its end is not passed over. */
static void
test_broken_off (Fixture *self, gconstpointer data)
{
  static const gint64 numbers[] = { 4, 9 };
  g_autoptr (GArray) rows = anchor_rows (self, numbers, 2);
  g_autofree char *path = g_build_filename (self->directory, "anchors.txt", NULL);
  g_autofree char *first = yihu_anchor_format (&g_array_index (rows, YihuAnchor, 0), NULL);
  g_autofree char *second = yihu_anchor_format (&g_array_index (rows, YihuAnchor, 1), NULL);
  g_autofree char *whole = g_strconcat (first, "\n", second, "\n", NULL);
  g_autoptr (GError) error = NULL;

  for (gsize length = 0; length < strlen (whole); length += 7)
    {
      g_autofree char *text = NULL;

      g_assert_true (g_file_set_contents (path, whole, (gssize) length, &error));
      assert_anchors (path, length > strlen (first) ? 1 : 0);
      if (length <= strlen (first))
        g_assert_true (yihu_anchor_append (path, first, &error));
      g_assert_true (yihu_anchor_append (path, second, &error));
      g_assert_true (g_file_get_contents (path, &text, NULL, &error));
      g_assert_cmpstr (text, ==, whole);
    }
  whole[strlen (first) - 1] = 'x';
  g_assert_true (g_file_set_contents (path, whole, -1, &error));
  g_assert_null (yihu_anchors_load (path, NULL, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  YihuAuditVerdict verdict;

  g_cancellable_cancel (cancellable);
  g_assert_false (yihu_store_verify_audit (self->store, NULL, cancellable, &verdict, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Signatures: each bit of a signed line counts; another key's signature does not. */
static void
test_signature (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->directory, "anchor.key", NULL);
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autofree char *other_path = g_build_filename (self->directory, "other.key", NULL);
  static const gint64 numbers[] = { 4 };
  g_autoptr (GArray) anchors = anchor_rows (self, numbers, 1);
  YihuAnchorKey key, public_key, other;
  g_autofree char *line = NULL;
  g_autofree char *plain = NULL;
  g_autoptr (GError) error = NULL;
  YihuAnchor anchor;

  g_assert_true (yihu_anchor_key_create (path, &error));
  g_assert_false (yihu_anchor_key_create (path, NULL));
  g_assert_true (yihu_anchor_key_create (other_path, &error));
  g_assert_true (yihu_anchor_key_load (path, &key, &error));
  g_assert_true (yihu_anchor_key_load (public_path, &public_key, &error));
  g_assert_true (yihu_anchor_key_load (other_path, &other, &error));
  g_assert_no_error (error);
  g_assert_true (key.has_secret && !public_key.has_secret);
  line = yihu_anchor_format (&g_array_index (anchors, YihuAnchor, 0), &key);
  plain = yihu_anchor_format (&g_array_index (anchors, YihuAnchor, 0), NULL);

  g_assert_true (yihu_anchor_parse (line, &public_key, &anchor, &error));
  g_assert_no_error (error);
  g_assert_true (anchor.is_signed);
  g_assert_cmpint (anchor.number, ==, 4);
  g_assert_true (yihu_anchor_parse (plain, NULL, &anchor, NULL));
  g_assert_false (yihu_anchor_parse (plain, &public_key, &anchor, NULL));
  g_assert_false (yihu_anchor_parse (line, &other, &anchor, NULL));
  for (gsize i = 0; i < strlen (line) * 8; i++)
    {
      g_autofree char *flipped = g_strdup (line);

      flipped[i / 8] = (char) (flipped[i / 8] ^ (1 << (i % 8)));
      g_assert_false (yihu_anchor_parse (flipped, &public_key, &anchor, NULL));
    }
}

static void
test_bad_lines (void)
{
  static const char *const lines[] = {
    "",
    "yihu-anchor",
    "yihu-anchor 2 day 2026-11-22T00:00:03Z 0 -",
    "yihu-anchor 1 week 2026-11-22T00:00:03Z 0 -",
    "yihu-anchor 1 day 2026-11-22 0 -",
    "yihu-anchor 1 day 2026-13-22T00:00:03Z 0 -",
    "yihu-anchor 1 day 2026-11-22T00:00:03Z -1 -",
    "yihu-anchor 1 day 2026-11-22T00:00:03Z 1 -",
    "yihu-anchor 1 day 2026-11-22T00:00:03Z 99999999999999999999 -",
    "yihu-anchor 1 day 2026-11-22T00:00:03Z 1 abcdef",
    "yihu-anchor 1 day 2026-11-22T00:00:03Z 0 - x y",
  };
  YihuAnchor anchor;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (yihu_anchor_parse (lines[i], NULL, &anchor, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
    }
  g_assert_true (
      yihu_anchor_parse ("yihu-anchor 1 day 2026-11-22T00:00:03Z 0 -", NULL, &anchor, NULL));
}

#define ADD(name, func) g_test_add ("/store/audit/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD ("text-bits", test_text_bits);
  ADD ("time-bits", test_time_bits);
  ADD ("rows", test_rows);
  ADD ("rehashed-row", test_rehashed_row);
  ADD ("tail-and-rewriting", test_tail_and_rewriting);
  ADD ("restored", test_restored);
  ADD ("broken-off", test_broken_off);
  ADD ("cancel", test_cancel);
  ADD ("signature", test_signature);
  g_test_add_func ("/store/audit/bad-lines", test_bad_lines);
  return g_test_run ();
}
