/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The store: what it must do in any engine, and in PostgreSQL also where the writes of many
 * commands go out together. What an engine refuses at opening is its own and tested at the end. */

#include "base/error.h"
#include "cluster.h"
#include "store/audit-verify.h"
#include "store/postgres/postgres-store.h"
#include "store/sqlite/sqlite-store.h"
#include "store/store-private.h"
#include "store/store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define CITY ((YihuDivisionRange){ 210800000000, 210900000000 })
#define WEST ((YihuDivisionRange){ 210802000000, 210803000000 })

typedef enum
{
  SQLITE = 1,
  POSTGRES,
  POSTGRES_GROUP,
} Kind;

typedef struct
{
  Kind kind;
  char *directory;
  char *path; /* or address */
  char *database;
  YihuStore *store;
} Fixture;

static Cluster *cluster; /* started by the first test that needs it */
static guint n_databases;

static YihuStore *
open_store (const char *path)
{
  g_autoptr (GError) error = NULL;
  YihuStore *store = yihu_postgres_store_is_address (path) ? yihu_postgres_store_open (path, &error)
                                                           : yihu_sqlite_store_open (path, &error);

  g_assert_no_error (error);
  return store;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->kind = GPOINTER_TO_INT (data);
  self->directory = g_dir_make_tmp ("yihu-store-XXXXXX", NULL);
  if (self->kind == SQLITE)
    {
      self->path = g_build_filename (self->directory, "yihu.db", NULL);
    }
  else
    {
      if (cluster == NULL)
        cluster = cluster_new ();
      self->database = g_strdup_printf ("store%u", ++n_databases);
      self->path = cluster_make_database (cluster, self->database, NULL);
    }
  self->store = open_store (self->path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "yihu.db", "yihu.db-wal", "yihu.db-shm" };

  g_clear_object (&self->store);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->path);
  g_free (self->database);
}

static void
begin (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  if (self->kind == POSTGRES_GROUP)
    g_assert_true (yihu_store_begin_group (self->store, &error));
  else
    g_assert_true (yihu_store_begin (self->store, TRUE, &error));
  g_assert_no_error (error);
}

static void
commit (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (yihu_store_commit (self->store, &error));
  g_assert_no_error (error);
}

static void
put (Fixture *self, gpointer record)
{
  g_autoptr (YihuRecord) owned = record;
  g_autoptr (GError) error = NULL;

  yihu_store_put_record (self->store, owned, &error);
  g_assert_no_error (error);
}

static YihuElder *
make_elder (const char *id, gint64 division, const char *phone)
{
  YihuElder *elder = yihu_elder_new (id);

  elder->record.version = 1;
  elder->record.division = division;
  elder->name = g_strdup ("王秀英");
  elder->birth = 19400101;
  elder->phone = g_strdup (phone);
  elder->id_card = g_strdup ("only here");
  elder->living = YIHU_LIVING_ALONE;
  return elder;
}

/* Every kind comes back as it was put, server fields included. */
static void
test_every_kind (Fixture *self, gconstpointer data)
{
  begin (self);
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      const YihuRecordType *type = yihu_record_types[i];
      g_autoptr (YihuRecord) record = yihu_record_new (type, "some-id");
      g_autoptr (YihuRecord) back = NULL;
      g_autoptr (GError) error = NULL;
      gint64 version = 0;
      gint64 division = 0;

      record->version = 7;
      record->division = 210802001001;
      for (guint j = 0; j < type->n_fields; j++)
        if (type->fields[j].kind == YIHU_FIELD_TEXT)
          yihu_record_set_text (record, &type->fields[j], "'值\"");
        else
          yihu_record_set_int (record, &type->fields[j], 1);
      g_assert_null (yihu_store_get_record (self->store, type, "some-id", &error));
      g_assert_no_error (error);
      put (self, yihu_record_ref (record));
      back = yihu_store_get_record (self->store, type, "some-id", &error);
      g_assert_no_error (error);
      g_assert_true (yihu_record_equal (record, back));
      g_assert_true (
          yihu_store_find_head (self->store, type, "some-id", &version, &division, &error));
      g_assert_cmpint (version, ==, 7);
      g_assert_cmpint (division, ==, 210802001001);
      g_assert_true (
          yihu_store_find_head (self->store, type, "another", &version, &division, &error));
      g_assert_cmpint (version, ==, 0);
    }
  commit (self);
}

static gboolean
append_id (gpointer record, gpointer data)
{
  g_ptr_array_add (data, g_strdup (YIHU_RECORD (record)->id));
  return TRUE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
list (Fixture *self, const YihuRecordType *type, YihuDivisionRange range, gint64 since_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  yihu_store_each_record (self->store, type, range, since_us, append_id, ids, &error);
  g_assert_no_error (error);
  g_ptr_array_sort (ids, compare_ids);
  g_ptr_array_add (ids, g_strdup ("")); /* a blank behind each */
  g_ptr_array_add (ids, NULL);
  return g_strjoinv (" ", (char **) ids->pdata);
}

static void
put_order (Fixture *self, const char *id, gint64 placed_at_us, YihuOrderState state)
{
  YihuOrder *order = yihu_order_new (id);

  order->record.version = 1;
  order->record.division = 210802001001;
  order->provider = g_strdup ("p1");
  order->placed_at_us = placed_at_us;
  order->due_at_us = 1000 - placed_at_us;
  order->state = state;
  put (self, order);
}

static void
test_ranges (Fixture *self, gconstpointer data)
{
  g_autofree char *city = NULL;
  g_autofree char *west = NULL;
  g_autofree char *orders = NULL;
  gint64 count = 0;

  begin (self);
  put (self, make_elder ("b", 210802001001, ""));
  put (self, make_elder ("a", 210803001001, ""));
  put (self, make_elder ("c", 0, ""));
  put (self, make_elder ("d", 210900000000, ""));
  put_order (self, "old-open", 10, YIHU_ORDER_ACCEPTED);
  put_order (self, "old-done", 10, YIHU_ORDER_APPROVED);
  put_order (self, "new-done", 100, YIHU_ORDER_APPROVED);
  commit (self);
  city = list (self, &yihu_elder_type, CITY, 0);
  g_assert_cmpstr (city, ==, "a b c ");
  west = list (self, &yihu_elder_type, WEST, 0);
  g_assert_cmpstr (west, ==, "b c ");
  orders = list (self, &yihu_order_type, CITY, 50);
  g_assert_cmpstr (orders, ==, "new-done old-open ");
  g_assert_true (yihu_store_count_records (self->store, &yihu_elder_type, WEST, &count, NULL));
  g_assert_cmpint (count, ==, 2);
}

static void
assert_callers (Fixture *self, const char *number, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ids = yihu_store_find_callers (self->store, number, 10, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s ", (char *) g_ptr_array_index (ids, i));
  g_assert_cmpstr (text->str, ==, expected);
}

static void
put_kin (Fixture *self, const char *id, const char *elder, const char *phone)
{
  YihuKin *kin = yihu_kin_new (id);

  kin->record.version = 1;
  kin->elder = g_strdup (elder);
  kin->phone = g_strdup (phone);
  put (self, kin);
}

static void
test_callers (Fixture *self, gconstpointer data)
{
  YihuElder *dead = make_elder ("dead", 1, "+861");
  YihuElder *second = make_elder ("second", 1, "");

  dead->status = YIHU_ELDER_DECEASED;
  second->phone2 = g_strdup ("+862");
  begin (self);
  put (self, make_elder ("first", 1, "+861"));
  put (self, dead);
  put (self, second);
  put_kin (self, "k1", "first", "+862");
  put_kin (self, "k2", "first", "+863");
  put_kin (self, "k3", "first", "+863");
  put_kin (self, "k4", "dead", "+864");
  commit (self);
  assert_callers (self, "+861", "first ");
  assert_callers (self, "+862", "second "); /* an own number wins over kin's */
  assert_callers (self, "+863", "first ");
  assert_callers (self, "+864", "");
  assert_callers (self, "+865", "");
  assert_callers (self, "", "");
}

static gboolean
append_seq (const YihuFeedRow *row, gpointer data)
{
  g_string_append_printf (data, "%" G_GINT64_FORMAT "%s ", row->seq, row->body);
  return TRUE;
}

static char *
list_feed (Fixture *self, gint64 since, guint limit)
{
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  yihu_store_each_feed (self->store, since, limit, append_seq, text, &error);
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static void
test_feed_and_purge (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *middle = NULL;
  g_autofree char *rest = NULL;
  YihuTenant tenant = { 4, 9, 0 };

  begin (self);
  for (gint64 seq = 1; seq <= 4; seq++)
    {
      YihuFeedRow row = { seq, seq * 10, 210802001001, "elder", "x" };

      g_assert_true (yihu_store_append_feed (self->store, &row, &error));
    }
  g_assert_true (yihu_store_put_tenant (self->store, &tenant, &error));
  commit (self);
  middle = list_feed (self, 1, 2);
  g_assert_cmpstr (middle, ==, "2x 3x ");

  begin (self);
  g_assert_true (yihu_store_purge (self->store, 0, 0, 25, &error));
  commit (self);
  rest = list_feed (self, 0, 100);
  g_assert_cmpstr (rest, ==, "3x 4x ");
  g_assert_true (yihu_store_get_tenant (self->store, &tenant, &error));
  g_assert_cmpint (tenant.seq, ==, 4);
  g_assert_cmpint (tenant.epoch, ==, 9);
  g_assert_cmpint (tenant.floor, ==, 2);
}

static void
test_savepoint (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *ids = NULL;

  begin (self);
  g_assert_true (yihu_store_savepoint (self->store, &error));
  put (self, make_elder ("kept", 1, ""));
  g_assert_true (yihu_store_release (self->store, &error));
  g_assert_true (yihu_store_savepoint (self->store, &error));
  put (self, make_elder ("undone", 1, ""));
  yihu_store_rollback_to (self->store);
  put (self, make_elder ("after", 1, ""));
  g_assert_true (yihu_store_release (self->store, &error));
  commit (self);
  begin (self);
  put (self, make_elder ("rolled-back", 1, ""));
  yihu_store_rollback (self->store);
  ids = list (self, &yihu_elder_type, ((YihuDivisionRange){ 0, 10 }), 0);
  g_assert_cmpstr (ids, ==, "after kept ");
}

/* A reader sees what was committed, and within a transaction always the same. */
static void
test_readers (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) reader = yihu_store_open_reader (self->store, &error);
  g_autoptr (YihuElder) record = make_elder ("y", 1, "");
  gint64 count = -1;

  g_assert_no_error (error);
  begin (self);
  put (self, make_elder ("x", 1, ""));
  g_assert_true (yihu_store_begin (reader, FALSE, &error));
  g_assert_true (yihu_store_count_records (reader, &yihu_elder_type, CITY, &count, &error));
  g_assert_cmpint (count, ==, 0);
  commit (self);
  g_assert_true (yihu_store_count_records (reader, &yihu_elder_type, ((YihuDivisionRange){ 0, 9 }),
                                           &count, &error));
  g_assert_cmpint (count, ==, 0);
  yihu_store_rollback (reader);
  g_assert_true (yihu_store_count_records (reader, &yihu_elder_type, ((YihuDivisionRange){ 0, 9 }),
                                           &count, &error));
  g_assert_cmpint (count, ==, 1);
  g_assert_false (yihu_store_put_record (reader, record, &error));
  g_assert_nonnull (error);
}

static void
test_idem (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (YihuIdem) none = { 0 };
  g_auto (YihuIdem) found = { 0 };
  YihuIdem idem = { (char *) "account", (char *) "hash", 50, (char *) "{\"state\":\"ok\"}" };

  begin (self);
  g_assert_true (yihu_store_find_idem (self->store, "key", &none, &error));
  g_assert_null (none.reply);
  g_assert_true (yihu_store_put_idem (self->store, "key", &idem, &error));
  g_assert_true (yihu_store_find_idem (self->store, "key", &found, &error));
  g_assert_cmpstr (found.reply, ==, idem.reply);
  g_assert_cmpstr (found.body_hash, ==, "hash");
  g_assert_cmpstr (found.account, ==, "account");
  if (self->kind != POSTGRES_GROUP)
    {
      g_assert_true (yihu_store_savepoint (self->store, &error));
      g_assert_false (yihu_store_put_idem (self->store, "key", &idem, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CONFLICT);
      g_clear_error (&error);
      yihu_store_rollback_to (self->store);
      g_assert_true (yihu_store_release (self->store, &error));
    }
  g_assert_true (yihu_store_purge (self->store, 0, 51, 0, &error));
  g_assert_true (yihu_store_find_idem (self->store, "key", &none, &error));
  g_assert_null (none.reply);
  commit (self);
}

static void
append_audit (Fixture *self, gint64 at_us, const char *what)
{
  g_autoptr (GError) error = NULL;
  YihuAuditRow row = { .at_us = at_us, .account = "a", .what = what, .reason = "因为" };

  g_assert_true (yihu_store_append_audit (self->store, &row, &error));
  g_assert_no_error (error);
}

static void
tamper (Fixture *self, const char *sql)
{
  sqlite3 *raw = NULL;

  if (self->kind != SQLITE)
    {
      cluster_exec (cluster, self->database, sql);
      return;
    }
  g_assert_cmpint (sqlite3_open (self->path, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (raw);
}

static gint64
find_bad (Fixture *self)
{
  YihuAuditVerdict verdict;
  g_autoptr (GError) error = NULL;

  yihu_store_verify_audit (self->store, NULL, NULL, &verdict, &error);
  g_assert_no_error (error);
  return verdict.walk.bad;
}

static void
test_audit_chain (Fixture *self, gconstpointer data)
{
  g_autofree char *hash = NULL;
  gint64 number = -1;

  g_assert_true (yihu_store_find_audit_head (self->store, &number, &hash, NULL));
  g_assert_cmpint (number, ==, 0);
  begin (self);
  for (gint64 i = 1; i <= 5; i++)
    append_audit (self, i, "order.accept");
  commit (self);
  g_assert_cmpint (find_bad (self), ==, 0);
  g_assert_true (yihu_store_find_audit_head (self->store, &number, &hash, NULL));
  g_assert_cmpint (number, ==, 5);
  g_assert_cmpuint (strlen (hash), ==, YIHU_AUDIT_HASH_LENGTH);

  tamper (self, "UPDATE audit SET what = 'order.cancel' WHERE number = 3");
  g_assert_cmpint (find_bad (self), ==, 3);
  tamper (self, "UPDATE audit SET what = 'order.accept' WHERE number = 3");
  tamper (self, "DELETE FROM audit WHERE number = 2");
  g_assert_cmpint (find_bad (self), ==, 3);
}

static void
count_session (const YihuSessionRow *row, gpointer data)
{
  (*(guint *) data)++;
}

static guint
count_sessions (Fixture *self, gint64 now_us)
{
  guint n = 0;

  g_assert_true (yihu_store_each_session (self->store, now_us, count_session, &n, NULL));
  return n;
}

static void
test_accounts (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  YihuAccount *account = yihu_account_new ("acc");
  g_autoptr (YihuAccount) found = NULL;
  g_autofree char *hash = NULL;
  g_autoptr (GBytes) secret = g_bytes_new ("\0abc", 4);
  g_autoptr (GBytes) back = NULL;
  YihuSessionRow first = { "h1", "acc", "desk", 100 };
  YihuSessionRow second = { "h2", "acc", "desk", 200 };
  YihuSessionRow third = { "h3", "other", "desk", 200 };

  account->record.version = 1;
  account->login = g_strdup ("anna");
  account->name = g_strdup ("Anna");
  account->seat = g_strdup ("03");
  begin (self);
  put (self, account);
  g_assert_true (yihu_store_find_account (self->store, "login", "anna", &found, &error));
  g_assert_cmpstr (found->record.id, ==, "acc");
  g_clear_pointer (&found, yihu_account_unref);
  g_assert_true (yihu_store_find_account (self->store, "seat", "03", &found, &error));
  g_assert_cmpstr (found->record.id, ==, "acc");
  g_clear_pointer (&found, yihu_account_unref);
  g_assert_true (yihu_store_find_account (self->store, "seat", "", &found, &error));
  g_assert_null (found);

  g_assert_true (yihu_store_put_password (self->store, "acc", "first", &error));
  g_assert_true (yihu_store_put_password (self->store, "acc", "second", &error));
  g_assert_true (yihu_store_get_password (self->store, "acc", &hash, &error));
  g_assert_cmpstr (hash, ==, "second");
  g_assert_true (yihu_store_put_secret (self->store, "name", secret, &error));
  g_assert_true (yihu_store_get_secret (self->store, "name", &back, &error));
  g_assert_true (g_bytes_equal (secret, back));

  g_assert_true (yihu_store_put_session (self->store, &first, &error));
  g_assert_true (yihu_store_put_session (self->store, &second, &error));
  g_assert_true (yihu_store_put_session (self->store, &third, &error));
  g_assert_cmpuint (count_sessions (self, 100), ==, 2);
  g_assert_true (yihu_store_delete_sessions (self->store, NULL, "acc", &error));
  g_assert_cmpuint (count_sessions (self, 0), ==, 1);
  g_assert_true (yihu_store_delete_sessions (self->store, "h3", NULL, &error));
  g_assert_cmpuint (count_sessions (self, 0), ==, 0);
  commit (self);
}

static void
test_numbers_and_lists (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) orders = NULL;
  YihuPrice *price = yihu_price_new ("q");
  g_autoptr (YihuPrice) found = NULL;
  gint64 number = 0;

  price->record.version = 1;
  price->provider = g_strdup ("p1");
  price->item = g_strdup ("i1");
  price->price_fen = 1234;
  begin (self);
  for (gint64 i = 1; i <= 3; i++)
    {
      g_assert_true (yihu_store_take_number (self->store, "a", &number, NULL));
      g_assert_cmpint (number, ==, i);
    }
  g_assert_true (yihu_store_take_number (self->store, "b", &number, NULL));
  g_assert_cmpint (number, ==, 1);
  put (self, price);
  put_order (self, "o1", 1, YIHU_ORDER_PLACED);
  put_order (self, "o2", 2, YIHU_ORDER_ACCEPTED);
  put_order (self, "o3", 3, YIHU_ORDER_CANCELLED);
  commit (self);
  g_assert_true (yihu_store_find_price (self->store, "p1", "i1", &found, NULL));
  g_assert_cmpint (found->price_fen, ==, 1234);
  g_clear_pointer (&found, yihu_price_unref);
  g_assert_true (yihu_store_find_price (self->store, "p1", "i2", &found, NULL));
  g_assert_null (found);
  orders =
      yihu_store_list_orders (self->store, "p1",
                              (1u << YIHU_ORDER_PLACED) | (1u << YIHU_ORDER_ACCEPTED), 10, NULL);
  g_assert_cmpuint (orders->len, ==, 2);
  g_assert_cmpstr (YIHU_RECORD (g_ptr_array_index (orders, 0))->id, ==, "o2"); /* due earlier */
}

/* A full disk: the write fails with the right code, nothing is half there, and the store goes on
 * when there is room again. */
static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 count = 0;

  begin (self);
  yihu_sqlite_store_limit_pages (self->store, 1);
  for (guint i = 0; error == NULL && i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autoptr (YihuElder) elder = make_elder (id, 1, "");

      yihu_store_put_record (self->store, elder, &error);
    }
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FULL);
  yihu_store_rollback (self->store);
  yihu_sqlite_store_limit_pages (self->store, 0);
  begin (self);
  put (self, make_elder ("after", 1, ""));
  commit (self);
  g_assert_true (yihu_store_count_records (self->store, &yihu_elder_type,
                                           ((YihuDivisionRange){ 0, 9 }), &count, NULL));
  g_assert_cmpint (count, ==, 1);
}

static void
test_reopen (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuRecord) elder = NULL;

  begin (self);
  put (self, make_elder ("x", 1, ""));
  commit (self);
  g_clear_object (&self->store);

  /* A field that an older version did not have. */
  tamper (self, "ALTER TABLE elder DROP COLUMN dialect");
  self->store = open_store (self->path);
  elder = yihu_store_get_record (self->store, &yihu_elder_type, "x", &error);
  g_assert_no_error (error);
  g_assert_nonnull (elder);
}

static void
assert_refused (Fixture *self, YihuError code)
{
  g_autoptr (GError) error = NULL;
  YihuStore *store = yihu_sqlite_store_open (self->path, &error);

  g_assert_null (store);
  g_assert_error (error, YIHU_ERROR, (int) code);
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  g_autofree char *page = g_malloc0 (4096);

  begin (self);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      put (self, make_elder (id, 1, id));
    }
  commit (self);
  g_assert_true (yihu_store_checkpoint (self->store, NULL));
  g_clear_object (&self->store);

  tamper (self, "PRAGMA user_version = 999");
  assert_refused (self, YIHU_ERROR_VERSION);
  tamper (self, "PRAGMA user_version = 1");

  {
    FILE *file = g_fopen (self->path, "r+");

    fseek (file, 4096 * 70, SEEK_SET);
    for (guint i = 0; i < 20; i++)
      g_assert_cmpuint (fwrite (page, 4096, 1, file), ==, 1);
    fclose (file);
  }
  assert_refused (self, YIHU_ERROR_CORRUPT);
  g_assert_true (g_file_set_contents (self->path, "this is not a database at all", -1, NULL));
  assert_refused (self, YIHU_ERROR_CORRUPT);
}

/* PostgreSQL's own. */

/* What was fetched ahead is what the database would answer, whatever was written since. */
static void
test_prefetch (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuElder) before = NULL;
  g_autoptr (YihuElder) other = NULL;
  g_autoptr (YihuElder) after = NULL;
  g_autoptr (YihuElder) undone = NULL;
  gint64 number = 0;

  begin (self);
  put (self, make_elder ("x", 1, "+861"));
  put (self, make_elder ("y", 1, "+862"));
  commit (self);

  begin (self);
  g_assert_true (yihu_store_begin_prefetch (self->store));
  g_assert_null (yihu_store_get_record (self->store, &yihu_elder_type, "x", &error));
  g_assert_null (yihu_store_get_record (self->store, &yihu_elder_type, "y", &error));
  g_ptr_array_unref (yihu_store_find_callers (self->store, "+863", 5, &error));
  g_assert_true (yihu_store_take_number (self->store, "n", &number, &error));
  put (self, make_elder ("never", 1, "+863"));
  g_assert_no_error (error);
  yihu_store_end_prefetch (self->store);

  g_assert_true (yihu_store_savepoint (self->store, &error));
  before = yihu_store_get_record (self->store, &yihu_elder_type, "x", &error);
  g_assert_cmpstr (before->phone, ==, "+861");
  assert_callers (self, "+863", "");
  put (self, make_elder ("x", 1, "+863"));
  other = yihu_store_get_record (self->store, &yihu_elder_type, "y", &error);
  g_assert_cmpstr (other->phone, ==, "+862");
  after = yihu_store_get_record (self->store, &yihu_elder_type, "x", &error);
  g_assert_cmpstr (after->phone, ==, "+863");
  assert_callers (self, "+863", "x ");
  g_assert_true (yihu_store_take_number (self->store, "n", &number, &error));
  g_assert_cmpint (number, ==, 1);
  g_assert_true (yihu_store_take_number (self->store, "n", &number, &error));
  g_assert_cmpint (number, ==, 2);
  yihu_store_rollback_to (self->store);
  undone = yihu_store_get_record (self->store, &yihu_elder_type, "x", &error);
  g_assert_cmpstr (undone->phone, ==, "+861");
  assert_callers (self, "+863", "");
  g_assert_true (yihu_store_release (self->store, &error));
  commit (self);
  g_assert_no_error (error);
}

/* In a group a failure comes late, belongs to nobody, and takes everything back. */
static void
test_late_failure (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  YihuIdem idem = { (char *) "account", (char *) "hash", 50, (char *) "{}" };
  g_auto (YihuIdem) found = { 0 };

  begin (self);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (yihu_store_savepoint (self->store, &error));
      g_assert_true (yihu_store_put_idem (self->store, "key", &idem, &error));
      g_assert_true (yihu_store_release (self->store, &error));
    }
  g_assert_false (yihu_store_commit (self->store, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_clear_error (&error);
  yihu_store_rollback (self->store);
  g_assert_true (yihu_store_find_idem (self->store, "key", &found, &error));
  g_assert_null (found.reply);

  begin (self);
  put (self, make_elder ("after", 1, ""));
  commit (self);
}

/* The rows of a group go out together: what comes twice, in one command or in two, must still end
 * as if each had gone by itself. */
static void
test_gathered (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *ids = NULL;
  g_autoptr (YihuElder) a = NULL;
  gint64 number = 0;

  begin (self);
  g_assert_true (yihu_store_begin_prefetch (self->store));
  g_assert_null (yihu_store_get_record (self->store, &yihu_elder_type, "a", &error));
  g_assert_null (yihu_store_get_record (self->store, &yihu_elder_type, "b", &error));
  g_assert_null (yihu_store_get_record (self->store, &yihu_elder_type, "a", &error));
  yihu_store_end_prefetch (self->store);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *phone = g_strdup_printf ("+86%u", i);

      g_assert_true (yihu_store_savepoint (self->store, &error));
      put (self, make_elder ("a", 1, "never"));
      put (self, make_elder ("a", 1, phone));
      put (self, make_elder (i == 1 ? "undone" : phone + 1, 1, ""));
      g_assert_true (yihu_store_take_number (self->store, "n", &number, &error));
      g_assert_cmpint (number, ==, i == 2 ? 2 : i + 1);
      if (i == 1)
        yihu_store_rollback_to (self->store);
      g_assert_true (yihu_store_release (self->store, &error));
    }
  commit (self);
  ids = list (self, &yihu_elder_type, ((YihuDivisionRange){ 0, 10 }), 0);
  g_assert_cmpstr (ids, ==, "860 862 a ");
  a = yihu_store_get_record (self->store, &yihu_elder_type, "a", &error);
  g_assert_cmpstr (a->phone, ==, "+862");
}

static void
test_second_writer (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  YihuStore *second = yihu_postgres_store_open (self->path, &error);

  g_assert_null (second);
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED);
  g_clear_object (&self->store);
  self->store = open_store (self->path);
}

#define BREAK                                                                                      \
  "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = "        \
  "'yihu-server' "                                                                                 \
  "AND datname = current_database()"

/* The connection breaks under a transaction: nothing of it is there, and the next one is whole. */
static void
test_reconnect (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) reader = yihu_store_open_reader (self->store, &error);
  g_autofree char *ids = NULL;
  gint64 count = -1;

  begin (self);
  put (self, make_elder ("lost", 1, ""));
  cluster_exec (cluster, self->database, BREAK);
  g_assert_false (yihu_store_commit (self->store, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_OFFLINE);
  g_clear_error (&error);
  yihu_store_rollback (self->store);
  g_assert_false (yihu_store_begin (self->store, TRUE, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_OFFLINE);
  g_clear_error (&error);
  g_assert_true (yihu_store_reconnect (self->store, &error));
  begin (self);
  put (self, make_elder ("there", 1, ""));
  commit (self);
  ids = list (self, &yihu_elder_type, ((YihuDivisionRange){ 0, 10 }), 0);
  g_assert_cmpstr (ids, ==, "there ");

  /* A reader mends itself. */
  g_assert_true (yihu_store_count_records (reader, &yihu_elder_type, ((YihuDivisionRange){ 0, 9 }),
                                           &count, &error));
  g_assert_cmpint (count, ==, 1);
}

#define SLEEP "SELECT count(*) FROM (SELECT pg_sleep(60) OFFSET 0) AS nap"
#define PATIENCE_US (200 * G_TIME_SPAN_MILLISECOND)

static void
assert_no_timeout (YihuStore *reader)
{
  gint64 is_none = 0;
  g_autoptr (GError) error = NULL;

  yihu_store_query_int (reader,
                        "SELECT count(*) FROM pg_settings WHERE name = 'statement_timeout' AND "
                        "setting = '0'",
                        &is_none, &error, "");
  g_assert_no_error (error);
  g_assert_cmpint (is_none, ==, 1);
}

/* A reader with a deadline is ended by the database, in a transaction and outside, and by itself
 * where the time is over before it asks; afterwards it reads as before, with all the time. */
static void
test_deadline (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) reader = yihu_store_open_reader (self->store, &error);
  gint64 count = 0;

  for (guint i = 0; i < 2; i++)
    {
      const gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;

      yihu_store_set_deadline (reader, deadline_us);
      if (i == 1)
        g_assert_true (yihu_store_begin (reader, FALSE, &error));
      g_assert_false (yihu_store_query_int (reader, SLEEP, &count, &error, ""));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT);
      g_clear_error (&error);
      if (i == 1)
        yihu_store_rollback (reader);
      while (g_get_monotonic_time () < deadline_us)
        g_thread_yield ();
      g_assert_false (yihu_store_count_records (reader, &yihu_elder_type,
                                                ((YihuDivisionRange){ 0, 9 }), &count, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT);
      g_clear_error (&error);
      yihu_store_set_deadline (reader, 0);
      assert_no_timeout (reader);
    }

  /* The deadline goes along to a new connection. */
  yihu_store_set_deadline (reader, g_get_monotonic_time () + 4 * PATIENCE_US);
  cluster_exec (cluster, self->database, BREAK);
  g_assert_false (yihu_store_query_int (reader, SLEEP, &count, &error, ""));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT);
  yihu_store_reconnect (self->store, NULL);
}

static void
test_not_durable (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->store);
  cluster_exec (cluster, "postgres", "ALTER SYSTEM SET fsync = off");
  cluster_exec (cluster, "postgres", "SELECT pg_reload_conf()");
  while (cluster_query_int (cluster, "postgres",
                            "SELECT CASE current_setting('fsync') WHEN 'on' THEN 1 ELSE 0 END"))
    g_thread_yield ();
  self->store = yihu_postgres_store_open (self->path, &error);
  cluster_exec (cluster, "postgres", "ALTER SYSTEM RESET fsync");
  cluster_exec (cluster, "postgres", "SELECT pg_reload_conf()");
  g_assert_null (self->store);
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED);
}

static gboolean
stop_at_once (const YihuFeedRow *row, gpointer data)
{
  (*(gint64 *) data)++;
  return FALSE;
}

/* A reader that stops in the middle of many rows can go on with something else. */
static void
test_stop_early (Fixture *self, gconstpointer data)
{
  g_autofree char *some = NULL;
  gint64 count = 0;

  begin (self);
  for (guint i = 0; i < 500; i++)
    {
      YihuFeedRow row = { i + 1, 1, 0, "elder", "x" };

      g_assert_true (yihu_store_append_feed (self->store, &row, NULL));
    }
  commit (self);
  g_assert_true (yihu_store_each_feed (self->store, 0, 500, stop_at_once, &count, NULL));
  g_assert_cmpint (count, ==, 1);
  some = list_feed (self, 498, 10);
  g_assert_cmpstr (some, ==, "499x 500x ");
}

#define ADD_ONE(name, func, kind)                                                                  \
  g_test_add ("/store/" name, Fixture, GINT_TO_POINTER (kind), set_up, func, tear_down)
#define ADD(name, func)                                                                            \
  ADD_ONE ("sqlite/" name, func, SQLITE);                                                          \
  ADD_ONE ("postgres/" name, func, POSTGRES);                                                      \
  ADD_ONE ("postgres-group/" name, func, POSTGRES_GROUP)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  ADD ("every-kind", test_every_kind);
  ADD ("ranges", test_ranges);
  ADD ("callers", test_callers);
  ADD ("feed-and-purge", test_feed_and_purge);
  ADD ("savepoint", test_savepoint);
  ADD ("readers", test_readers);
  ADD ("idem", test_idem);
  ADD ("audit-chain", test_audit_chain);
  ADD ("accounts", test_accounts);
  ADD ("numbers-and-lists", test_numbers_and_lists);
  ADD ("stop-early", test_stop_early);
  ADD ("reopen", test_reopen);
  ADD_ONE ("sqlite/full", test_full, SQLITE);
  ADD_ONE ("sqlite/refusals", test_refusals, SQLITE);
  ADD_ONE ("postgres-group/prefetch", test_prefetch, POSTGRES_GROUP);
  ADD_ONE ("postgres-group/gathered", test_gathered, POSTGRES_GROUP);
  ADD_ONE ("postgres-group/late-failure", test_late_failure, POSTGRES_GROUP);
  ADD_ONE ("postgres/second-writer", test_second_writer, POSTGRES);
  ADD_ONE ("postgres/reconnect", test_reconnect, POSTGRES);
  ADD_ONE ("postgres-group/reconnect", test_reconnect, POSTGRES_GROUP);
  ADD_ONE ("postgres/deadline", test_deadline, POSTGRES);
  ADD_ONE ("postgres/not-durable", test_not_durable, POSTGRES);
  result = g_test_run ();
  g_clear_pointer (&cluster, cluster_free);
  return result;
}
