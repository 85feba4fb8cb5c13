/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes small cities. The key is fixed, so that a failure can be looked at afterwards. */

#include "sample.h"

#include "snapshot/snapshot.h"

#include <glib/gstdio.h>
#include <string.h>

void
sample_set_up (Sample *sample, gconstpointer data)
{
  guint8 key[YIHU_SNAPSHOT_KEY_BYTES];

  memset (key, 9, sizeof key);
  sample->directory = g_dir_make_tmp ("yihu-sample-XXXXXX", NULL);
  sample->city = g_build_filename (sample->directory, "city.db", NULL);
  sample->key = g_bytes_new (key, sizeof key);
}

void
sample_remove_tree (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        sample_remove_tree (path);
      else
        g_unlink (path);
    }
  g_rmdir (directory);
}

void
sample_tear_down (Sample *sample, gconstpointer data)
{
  sample_remove_tree (sample->directory);
  g_bytes_unref (sample->key);
  g_free (sample->city);
  g_free (sample->directory);
}

void
sample_write (const char *path, GBytes *key, gint64 seq, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuSnapshotFile) file = yihu_snapshot_file_create (path, key, &error);

  g_assert_no_error (error);
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      yihu_snapshot_file_put (file, g_ptr_array_index (records, i), &error);
      g_assert_no_error (error);
    }
  yihu_snapshot_file_finish (file, SAMPLE_LO, SAMPLE_HI, SAMPLE_EPOCH, seq, 1700000000000000,
                             &error);
  g_assert_no_error (error);
}

YihuCache *
sample_open (Sample *sample)
{
  g_autoptr (GError) error = NULL;
  YihuCache *cache = yihu_cache_open (sample->directory, sample->key, &error);

  g_assert_no_error (error);
  return cache;
}

YihuElder *
sample_elder (const char *id, const char *name, const char *phone, gint64 division)
{
  YihuElder *elder = yihu_elder_new (id);

  elder->record.version = 1;
  elder->record.division = division;
  elder->name = g_strdup (name);
  elder->phone = g_strdup (phone);
  elder->birth = 19420304;
  return elder;
}

YihuKin *
sample_kin (const char *id, const char *elder, const char *phone, gint64 rank)
{
  YihuKin *kin = yihu_kin_new (id);

  kin->record.version = 1;
  kin->elder = g_strdup (elder);
  kin->name = g_strdup ("李建国");
  kin->phone = g_strdup (phone);
  kin->rank = rank;
  return kin;
}

YihuOrder *
sample_order (const char *id, const char *elder, YihuOrderState state, gint64 due_at_us)
{
  YihuOrder *order = yihu_order_new (id);

  order->record.version = 1;
  order->elder = g_strdup (elder);
  order->item = g_strdup ("I1");
  order->provider = g_strdup ("P1");
  order->state = state;
  order->due_at_us = due_at_us;
  return order;
}

YihuEvent *
sample_event (gint64 seq, gpointer record)
{
  g_autoptr (YihuRecord) owned = record;

  return yihu_event_new (seq, YIHU_EVENT_UPSERT, owned);
}
