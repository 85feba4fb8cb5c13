/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The console's two files: opening what is whole, damaged, foreign or absent; applying the feed;
 * overlay and drafts; the look-up by number. */

#define _GNU_SOURCE /* memmem(), truncate() */
#include "base/error.h"
#include "cache/search.h"
#include "sample.h"
#include "snapshot/snapshot.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIVISION G_GINT64_CONSTANT (210804001002)

static void
write_city (Sample *sample)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  YihuElder *second = sample_elder ("E2", "李桂兰", "+8613900000002", DIVISION);

  second->phone2 = g_strdup ("+864172817331,801");
  g_ptr_array_add (records, sample_elder ("E1", "王秀英", "+8613900000001", DIVISION));
  g_ptr_array_add (records, second);
  g_ptr_array_add (records, sample_elder ("E3", "张三", "+8613900000001", DIVISION));
  g_ptr_array_add (records, sample_kin ("K1", "E2", "+8613700000001", 1));
  g_ptr_array_add (records, sample_kin ("K2", "E1", "+8613700000001", 0));
  g_ptr_array_add (records, sample_kin ("K3", "E1", "+8613900000001", 2));
  g_ptr_array_add (records, sample_order ("O1", "E1", YIHU_ORDER_PLACED, 300));
  g_ptr_array_add (records, sample_order ("O2", "E1", YIHU_ORDER_ACCEPTED, 100));
  g_ptr_array_add (records, sample_order ("O3", "E2", YIHU_ORDER_FINISHED, 200));
  sample_write (sample->city, sample->key, 40, records);
}

static void
set_up (Sample *sample, gconstpointer data)
{
  sample_set_up (sample, data);
  write_city (sample);
}

static char *
take_ids (GPtrArray *records)
{
  g_autoptr (GPtrArray) owned = records;
  GString *ids = g_string_new (NULL);

  g_assert_nonnull (owned);
  for (guint i = 0; i < owned->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
                            YIHU_RECORD (g_ptr_array_index (owned, i))->id);
  return g_string_free (ids, FALSE);
}

#define assert_ids(list, expected)                                                                 \
  do                                                                                               \
    {                                                                                              \
      g_autofree char *ids_ = take_ids (list);                                                     \
      g_assert_cmpstr (ids_, ==, expected);                                                        \
    }                                                                                              \
  while (FALSE)

static void
test_open (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (YihuCache) reader = yihu_cache_open_reader (cache, NULL);
  g_autoptr (YihuElder) elder = NULL;
  g_autofree char *desk = g_build_filename (sample->directory, "desk.db", NULL);
  GStatBuf info;

  g_assert_true (yihu_cache_has_city (cache));
  g_assert_cmpint (yihu_cache_get_cursor (cache), ==, 40);
  g_assert_cmpint (yihu_cache_get_epoch (cache), ==, SAMPLE_EPOCH);
  g_assert_cmpint (yihu_cache_get_scope_lo (cache), ==, SAMPLE_LO);
  g_assert_cmpint (yihu_cache_count_elders (cache), ==, 3);
  elder = yihu_cache_get (reader, &yihu_elder_type, "E1", NULL);
  g_assert_cmpstr (elder->name, ==, "王秀英");
  g_assert_null (yihu_cache_get (reader, &yihu_elder_type, "E9", NULL));
  g_assert_cmpint (g_stat (desk, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_absent (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = NULL;

  g_unlink (sample->city);
  cache = sample_open (sample);
  g_assert_false (yihu_cache_has_city (cache));
  g_assert_cmpint (yihu_cache_count_elders (cache), ==, 0);
  g_assert_null (yihu_cache_get (cache, &yihu_elder_type, "E1", NULL));
  assert_ids (yihu_cache_find_by_phone (cache, "+8613900000001", NULL), "");
  {
    g_autoptr (YihuSearchResult) result = yihu_cache_search (cache, "wang", 0, 0, 20, NULL, NULL);

    g_assert_cmpuint (result->hits->len, ==, 0);
  }
  assert_ids (yihu_cache_list_orders (cache, 0, NULL, 20, NULL), "");
}

static void
put_outbox_and_draft (Sample *sample)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (YihuOrder) order = sample_order ("O9", "E1", YIHU_ORDER_PLACED, 1);

  g_assert_true (yihu_desk_file_put_overlay (yihu_cache_get_desk (cache), "key-9", order, NULL));
  g_assert_true (
      yihu_desk_file_save_draft (yihu_cache_get_desk (cache), "order:1", "少放盐", NULL));
}

static void
assert_kept (YihuCache *cache)
{
  g_autofree char *draft = yihu_desk_file_load_draft (yihu_cache_get_desk (cache), "order:1");
  g_autoptr (YihuOrder) order = yihu_cache_get (cache, &yihu_order_type, "O9", NULL);

  g_assert_cmpstr (draft, ==, "少放盐");
  g_assert_nonnull (order);
}

/* Each way in which the city's file can be unusable; what the person did stays. */
static void
check_unusable (Sample *sample, const char *content, gsize cut_to, gboolean is_set_aside)
{
  g_autoptr (YihuCache) cache = NULL;
  g_autofree char *aside = g_strconcat (sample->city, ".damaged", NULL);

  write_city (sample);
  put_outbox_and_draft (sample);
  if (content != NULL)
    g_assert_true (g_file_set_contents (sample->city, content, -1, NULL));
  else
    g_assert_cmpint (truncate (sample->city, (off_t) cut_to), ==, 0);
  cache = sample_open (sample);
  g_assert_false (yihu_cache_has_city (cache));
  g_assert_false (g_file_test (sample->city, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS) == is_set_aside);
  assert_kept (cache);
  g_unlink (aside);
}

static void
test_damaged (Sample *sample, gconstpointer data)
{
  check_unusable (sample, "this was a database once, but somebody wrote over it", 0, TRUE);
  check_unusable (sample, NULL, 50, TRUE);
  check_unusable (sample, NULL, 20480, TRUE);
}

static void
test_newer_schema (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = NULL;

  {
    g_autoptr (YihuDatabase) database =
        yihu_database_open (sample->city, YIHU_DATABASE_CACHE, NULL);

    g_assert_true (yihu_database_exec (database, "PRAGMA user_version=1000", NULL));
  }
  cache = sample_open (sample);
  g_assert_false (yihu_cache_has_city (cache));
  g_assert_false (g_file_test (sample->city, G_FILE_TEST_EXISTS));
}

static void
test_other_key (Sample *sample, gconstpointer data)
{
  guint8 other[32] = { 1 };
  g_autoptr (GBytes) key = g_bytes_new (other, sizeof other);
  g_autoptr (YihuCache) cache = yihu_cache_open (sample->directory, key, NULL);

  g_assert_false (yihu_cache_has_city (cache));
  /* It may be the right one for the next log-in. */
  yihu_cache_reopen_city (cache, sample->key);
  g_assert_true (yihu_cache_has_city (cache));
}

static void
test_damaged_desk (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = NULL;
  g_autofree char *desk = g_build_filename (sample->directory, "desk.db", NULL);
  g_autofree char *aside = g_strconcat (desk, ".damaged", NULL);

  g_assert_true (g_file_set_contents (desk, "damaged beyond repair, no header", -1, NULL));
  cache = sample_open (sample);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  g_assert_true (yihu_desk_file_save_draft (yihu_cache_get_desk (cache), "a", "b", NULL));
}

static void
test_install (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autofree char *file = g_build_filename (sample->directory, "city.new", NULL);
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_event_free);
  g_autoptr (GError) error = NULL;

  /* The old city has a write-ahead log, which the new one must not inherit. */
  g_ptr_array_add (events, sample_event (41, sample_elder ("E4", "赵四", NULL, DIVISION)));
  g_assert_true (yihu_cache_apply (cache, events, 41, NULL));
  g_ptr_array_add (records, sample_elder ("E7", "周七", NULL, DIVISION));
  sample_write (file, sample->key, 90, records);
  g_assert_true (yihu_cache_check_snapshot (file, sample->key, &error));
  g_assert_no_error (error);
  g_assert_true (yihu_cache_install_snapshot (cache, file, sample->key, &error));
  g_assert_no_error (error);
  g_assert_cmpint (yihu_cache_get_cursor (cache), ==, 90);
  g_assert_cmpint (yihu_cache_count_elders (cache), ==, 1);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));

  sample_write (file, sample->key, 91, records);
  g_assert_cmpint (truncate (file, 24576), ==, 0);
  g_assert_false (yihu_cache_check_snapshot (file, sample->key, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

static void
test_apply (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (YihuCache) reader = yihu_cache_open_reader (cache, NULL);
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_event_free);
  YihuElder *moved = sample_elder ("E1", "王秀英", "+8613911111111", DIVISION);
  YihuEvent *removed;
  g_autoptr (GError) error = NULL;

  moved->record.version = 2;
  g_ptr_array_add (events, sample_event (41, moved));
  removed = sample_event (42, sample_elder ("E3", "张三", NULL, DIVISION));
  removed->op = YIHU_EVENT_REVOKE;
  g_ptr_array_add (events, removed);
  for (guint twice = 0; twice < 2; twice++)
    {
      g_assert_true (yihu_cache_apply (cache, events, 45, &error));
      g_assert_no_error (error);
      g_assert_cmpint (yihu_cache_get_cursor (reader), ==, 45);
      assert_ids (yihu_cache_find_by_phone (reader, "+8613911111111", NULL), "E1");
      g_assert_null (yihu_cache_get (reader, &yihu_elder_type, "E3", NULL));
    }
  /* An old batch again: nothing goes back. */
  moved->record.version = 1;
  g_assert_true (yihu_cache_apply (cache, events, 43, &error));
  g_assert_cmpint (yihu_cache_get_cursor (cache), ==, 45);
}

#define REVOKED_ELDERS 400

static YihuElder *
make_zhuge (guint n, guint which)
{
  g_autofree char *id = g_strdup_printf ("%s-%u", which == 0 ? "stays" : "leaves", n);
  YihuElder *elder =
      sample_elder (id, which == 0 ? "王秀英" : "诸葛明", "+8613911112222", DIVISION);

  elder->record.version = 1;
  return elder;
}

static gboolean
holds_bytes (Sample *sample, const char *suffix, const char *text)
{
  g_autofree char *path = g_strconcat (sample->city, suffix, NULL);
  g_autofree char *content = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &content, &length, NULL))
    return FALSE;
  return memmem (content, length, text, strlen (text)) != NULL;
}

/* What was revoked is not to be found in the file any more by whoever reads its bytes: neither the
 * row nor what the search knew of it, in free pages, in half-empty ones or in the log. */
static void
test_revoked_bytes (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (YihuCache) reader = yihu_cache_open_reader (cache, NULL);
  g_autoptr (GPtrArray) come = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_event_free);
  g_autoptr (GPtrArray) go = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_event_free);
  gint64 seq = 40;

  for (guint n = 0; n < REVOKED_ELDERS; n++)
    for (guint which = 0; which < 2; which++)
      g_ptr_array_add (come, sample_event (++seq, make_zhuge (n, which)));
  g_assert_true (yihu_cache_apply (cache, come, seq, NULL));
  g_assert_true (holds_bytes (sample, "-wal", "zhugeming")
                 || holds_bytes (sample, "", "zhugeming"));
  for (guint n = 0; n < REVOKED_ELDERS; n++)
    {
      YihuEvent *event = sample_event (++seq, make_zhuge (n, 1));

      event->op = YIHU_EVENT_REVOKE;
      g_ptr_array_add (go, event);
    }
  g_assert_true (yihu_cache_apply (cache, go, seq, NULL));
  g_assert_null (yihu_cache_get (reader, &yihu_elder_type, "leaves-7", NULL));
  g_assert_true (holds_bytes (sample, "", "stays-"));
  g_assert_true (holds_bytes (sample, "", "wangxiuying"));
  g_assert_false (holds_bytes (sample, "", "leaves-"));
  g_assert_false (holds_bytes (sample, "", "zhugeming"));
  g_assert_false (holds_bytes (sample, "-wal", "leaves-"));
  g_assert_false (holds_bytes (sample, "-wal", "zhugeming"));
}

static void
test_find_by_phone (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (YihuElder) registered = sample_elder ("N1", "新来", "+8613900000077", DIVISION);
  g_autoptr (YihuElder) second = sample_elder ("E2", "李桂兰", "+8613900000002", DIVISION);

  assert_ids (yihu_cache_find_by_phone (cache, "+8613900000001", NULL), "E1 E3");
  assert_ids (yihu_cache_find_by_phone (cache, "+8613700000001", NULL), "E1 E2");
  assert_ids (yihu_cache_find_by_phone (cache, "+864172817331", NULL), "E2");
  assert_ids (yihu_cache_find_by_phone (cache, "+864172817331,5", NULL), "E2");
  assert_ids (yihu_cache_find_by_phone (cache, "+8613900000009", NULL), "");
  assert_ids (yihu_cache_find_by_phone (cache, "", NULL), "");
  assert_ids (yihu_cache_find_by_phone (cache, NULL, NULL), "");

  /* Registered, or given a number, while the server is away. */
  g_assert_true (yihu_desk_file_put_overlay (yihu_cache_get_desk (cache), "k1", registered, NULL));
  second->phone2 = g_strdup ("+8613900000088");
  g_assert_true (yihu_desk_file_put_overlay (yihu_cache_get_desk (cache), "k2", second, NULL));
  assert_ids (yihu_cache_find_by_phone (cache, "+8613900000077", NULL), "N1");
  assert_ids (yihu_cache_find_by_phone (cache, "+8613900000088", NULL), "E2");
}

static void
test_lists (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  guint open = 1 << YIHU_ORDER_PLACED | 1 << YIHU_ORDER_ACCEPTED;

  assert_ids (yihu_cache_list_orders (cache, open, NULL, 20, NULL), "O2 O1");
  assert_ids (yihu_cache_list_orders (cache, open, NULL, 1, NULL), "O2");
  assert_ids (yihu_cache_list_orders (cache, 0, NULL, 20, NULL), "O2 O3 O1");
  assert_ids (yihu_cache_list_orders (cache, 0, "E1", 20, NULL), "O1 O2");
  assert_ids (yihu_cache_list_kin (cache, "E1", NULL), "K2 K3");
  assert_ids (yihu_cache_list_steps (cache, "O1", NULL), "");
  assert_ids (yihu_cache_list_all (cache, &yihu_provider_type, NULL), "");
}

static void
put_order (YihuCache *cache,
           const char *key,
           const char *id,
           YihuOrderState state,
           gint64 due,
           gint64 version)
{
  g_autoptr (YihuOrder) order = sample_order (id, "E1", state, due);

  order->record.version = version;
  g_assert_true (yihu_desk_file_put_overlay (yihu_cache_get_desk (cache), key, order, NULL));
}

static void
test_overlay (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (YihuCache) reader = yihu_cache_open_reader (cache, NULL);
  guint open = 1 << YIHU_ORDER_PLACED | 1 << YIHU_ORDER_ACCEPTED;

  /* New, changed, and changed out of the list. */
  put_order (cache, "k1", "O8", YIHU_ORDER_PLACED, 50, 0);
  put_order (cache, "k2", "O1", YIHU_ORDER_CANCELLED, 300, 1);
  assert_ids (yihu_cache_list_orders (reader, open, NULL, 20, NULL), "O8 O2");
  g_assert_cmpint (yihu_desk_file_count_overlay (yihu_cache_get_desk (cache)), ==, 2);

  /* The newest of several on one record counts. */
  put_order (cache, "k3", "O8", YIHU_ORDER_CANCELLED, 50, 0);
  assert_ids (yihu_cache_list_orders (reader, open, NULL, 20, NULL), "O2");
  g_assert_true (yihu_desk_file_drop_overlay (yihu_cache_get_desk (cache), "k3", NULL));
  assert_ids (yihu_cache_list_orders (reader, open, NULL, 20, NULL), "O8 O2");
  g_assert_true (yihu_desk_file_drop_overlay (yihu_cache_get_desk (cache), "k2", NULL));
  assert_ids (yihu_cache_list_orders (reader, open, NULL, 20, NULL), "O8 O2 O1");
}

static void
apply_order (YihuCache *cache, const char *id, YihuOrderState state, gint64 version, gint64 seq)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_event_free);
  YihuOrder *order = sample_order (id, "E1", state, 300);

  order->record.version = version;
  g_ptr_array_add (events, sample_event (seq, order));
  g_assert_true (yihu_cache_apply (cache, events, seq, NULL));
}

static gint64
get_state (YihuCache *cache, const char *id)
{
  g_autoptr (YihuOrder) order = yihu_cache_get (cache, &yihu_order_type, id, NULL);

  return order != NULL ? order->state : -1;
}

static void
test_overlay_settles (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);

  /* The answer comes before the event: the overlay stays until the cursor is there. */
  put_order (cache, "k1", "O1", YIHU_ORDER_CANCELLED, 300, 1);
  g_assert_true (yihu_desk_file_settle_overlay (yihu_cache_get_desk (cache), "k1", 44, NULL));
  g_assert_cmpint (get_state (cache, "O1"), ==, YIHU_ORDER_CANCELLED);
  apply_order (cache, "O2", YIHU_ORDER_ACCEPTED, 2, 43);
  g_assert_cmpint (yihu_desk_file_count_overlay (yihu_cache_get_desk (cache)), ==, 1);
  apply_order (cache, "O1", YIHU_ORDER_CANCELLED, 2, 44);
  g_assert_cmpint (yihu_desk_file_count_overlay (yihu_cache_get_desk (cache)), ==, 0);

  /* The event comes first: whoever settles looks at the cursor afterwards. */
  put_order (cache, "k2", "O2", YIHU_ORDER_ARRIVED, 300, 2);
  apply_order (cache, "O2", YIHU_ORDER_ARRIVED, 3, 45);
  g_assert_true (yihu_desk_file_settle_overlay (yihu_cache_get_desk (cache), "k2", 45, NULL));
  g_assert_true (yihu_desk_file_reach_overlay (yihu_cache_get_desk (cache), 45, NULL));
  g_assert_cmpint (yihu_desk_file_count_overlay (yihu_cache_get_desk (cache)), ==, 0);

  /* What the server says later is never hidden. */
  put_order (cache, "k3", "O2", YIHU_ORDER_CANCELLED, 300, 3);
  g_assert_cmpint (get_state (cache, "O2"), ==, YIHU_ORDER_CANCELLED);
  apply_order (cache, "O2", YIHU_ORDER_STARTED, 4, 46);
  g_assert_cmpint (get_state (cache, "O2"), ==, YIHU_ORDER_STARTED);
  assert_ids (yihu_cache_list_orders (cache, 1 << YIHU_ORDER_CANCELLED, NULL, 9, NULL), "O1");
}

static void
test_overlay_sweep (Sample *sample, gconstpointer data)
{
  static const char *const pending[] = { "k1", NULL };
  g_autoptr (YihuCache) cache = sample_open (sample);

  put_order (cache, "k1", "O1", YIHU_ORDER_CANCELLED, 300, 1); /* waits for its answer */
  put_order (cache, "k2", "O2", YIHU_ORDER_CANCELLED, 300, 1); /* lost its command in a crash */
  put_order (cache, "k3", "O3", YIHU_ORDER_RETURNED, 300, 1); /* answered, event still to come */
  g_assert_true (yihu_desk_file_settle_overlay (yihu_cache_get_desk (cache), "k3", 60, NULL));
  g_assert_true (yihu_desk_file_sweep_overlay (yihu_cache_get_desk (cache), pending,
                                               yihu_cache_get_cursor (cache), NULL));
  g_assert_cmpint (get_state (cache, "O1"), ==, YIHU_ORDER_CANCELLED);
  g_assert_cmpint (get_state (cache, "O2"), ==, YIHU_ORDER_ACCEPTED);
  g_assert_cmpint (get_state (cache, "O3"), ==, YIHU_ORDER_RETURNED);
}

/* A refused command's overlay does not count, and is there again when it is sent again. */
static void
test_overlay_held (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  YihuDeskFile *desk = yihu_cache_get_desk (cache);
  g_autoptr (GPtrArray) held = NULL;

  put_order (cache, "k1", "O1", YIHU_ORDER_CANCELLED, 300, 1);
  g_assert_true (yihu_desk_file_hold_overlay (desk, "k1", NULL));
  g_assert_cmpint (get_state (cache, "O1"), ==, YIHU_ORDER_PLACED);
  g_assert_cmpint (yihu_desk_file_count_overlay (desk), ==, 0);
  assert_ids (yihu_cache_list_orders (cache, 1 << YIHU_ORDER_CANCELLED, NULL, 9, NULL), "");
  held = yihu_desk_file_list_overlay_of (desk, "k1");
  g_assert_cmpuint (held->len, ==, 1);
  g_assert_true (yihu_desk_file_release_overlay (desk, "k1", "k2", NULL));
  g_assert_cmpint (get_state (cache, "O1"), ==, YIHU_ORDER_CANCELLED);
  g_assert_true (yihu_desk_file_drop_overlay (desk, "k2", NULL));
  g_assert_cmpint (get_state (cache, "O1"), ==, YIHU_ORDER_PLACED);
}

static void
assert_draft (YihuCache *cache, const char *name, const char *expected)
{
  g_autofree char *text = yihu_desk_file_load_draft (yihu_cache_get_desk (cache), name);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_drafts (Sample *sample, gconstpointer data)
{
  YihuCache *cache = sample_open (sample);

  g_assert_true (yihu_desk_file_save_draft (yihu_cache_get_desk (cache), "order:1", "少放", NULL));
  g_assert_true (
      yihu_desk_file_save_draft (yihu_cache_get_desk (cache), "order:1", "少放盐", NULL));
  g_assert_true (yihu_desk_file_save_draft (yihu_cache_get_desk (cache), "note:2", "门禁", NULL));
  yihu_cache_close (cache);
  cache = sample_open (sample);
  assert_draft (cache, "order:1", "少放盐");
  assert_draft (cache, "note:2", "门禁");
  assert_draft (cache, "note:3", NULL);
  g_assert_true (yihu_desk_file_save_draft (yihu_cache_get_desk (cache), "note:2", "", NULL));
  g_assert_true (yihu_desk_file_save_draft (yihu_cache_get_desk (cache), "order:1", NULL, NULL));
  assert_draft (cache, "note:2", NULL);
  assert_draft (cache, "order:1", NULL);
  yihu_cache_close (cache);
}

static void
test_synced_at (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);

  g_assert_cmpint (yihu_cache_get_synced_at_us (cache), ==, 1700000000000000);
  g_assert_true (yihu_cache_set_synced_at_us (cache, 1700000000000009, NULL));
  g_assert_cmpint (yihu_cache_get_synced_at_us (cache), ==, 1700000000000009);
}

#define ADD(name, func) g_test_add ("/cache/" name, Sample, NULL, set_up, func, sample_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  ADD ("open", test_open);
  ADD ("absent", test_absent);
  ADD ("damaged", test_damaged);
  ADD ("newer-schema", test_newer_schema);
  ADD ("other-key", test_other_key);
  ADD ("damaged-desk", test_damaged_desk);
  ADD ("install", test_install);
  ADD ("apply", test_apply);
  ADD ("revoked-bytes", test_revoked_bytes);
  ADD ("find-by-phone", test_find_by_phone);
  ADD ("lists", test_lists);
  ADD ("overlay", test_overlay);
  ADD ("overlay-settles", test_overlay_settles);
  ADD ("overlay-sweep", test_overlay_sweep);
  ADD ("overlay-held", test_overlay_held);
  ADD ("drafts", test_drafts);
  ADD ("synced-at", test_synced_at);
  return g_test_run ();
}
