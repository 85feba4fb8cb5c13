/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bench-lookup DIRECTORY N: desk.lookup. Makes a city file of N elders in DIRECTORY (once; through
 * the same writer as the server's snapshots), then asks for random numbers, found and unknown ones,
 * and prints "p50_us p99_us control_p99_us". The control is the bare SQLite look-up of the same
 * keys without unsealing the record. */

#include "base/phone-number.h"
#include "base/pinyin.h"
#include "cache/cache.h"
#include "snapshot/snapshot.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_ASKED 20000
#define BATCH 20000

static const char *const surnames[] = { "王", "李", "张", "刘", "陈", "杨",
                                        "赵", "黄", "周", "吴", "单", "解" };
static const char *const given[] = { "秀英", "桂兰", "玉珍", "建国", "德明",
                                     "淑华", "凤英", "志强", "文秀", "金花" };

static char *
number_of (guint i)
{
  return g_strdup_printf ("+861%010u",
                          3000000000u + (guint) (((guint64) i * 2654435761u) % 1000000000u));
}

static YihuElder *
elder_of (guint i)
{
  g_autofree char *id = g_strdup_printf ("00000000-0000-7000-8000-%012u", i);
  YihuElder *elder = yihu_elder_new (id);

  elder->record.version = 1;
  elder->record.division = G_GINT64_CONSTANT (210802001000) + i % 849;
  elder->name = g_strconcat (surnames[i % G_N_ELEMENTS (surnames)],
                             given[(i / 7) % G_N_ELEMENTS (given)], NULL);
  elder->birth = 19400101 + (i % 20) * 10000;
  elder->phone = number_of (i);
  elder->address = g_strdup_printf ("站前区建丰街道 %u 号楼 2 单元 %u", i % 300, i % 1200);
  elder->conditions = g_strdup ("高血压 冠心病");
  return elder;
}

static void
make_city (const char *path, GBytes *key, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuSnapshotFile) file = yihu_snapshot_file_create (path, key, &error);

  if (file == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (YihuElder) elder = elder_of (i);

      if (i % BATCH == 0 && !yihu_database_begin (yihu_snapshot_file_get_database (file), &error))
        g_error ("%s", error->message);
      if (!yihu_snapshot_file_put (file, elder, &error))
        g_error ("%s", error->message);
      if ((i % BATCH == BATCH - 1 || i == n - 1)
          && !yihu_database_commit (yihu_snapshot_file_get_database (file), &error))
        g_error ("%s", error->message);
    }
  if (!yihu_snapshot_file_finish (file, 0, G_GINT64_CONSTANT (999999999999), 1, 1, 1, &error))
    g_error ("%s", error->message);
}

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return left < right ? -1 : left > right;
}

static double
percentile (double *samples, guint n, double share)
{
  qsort (samples, n, sizeof *samples, compare_doubles);
  return samples[MIN (n - 1, (guint) (n * share))];
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (YihuCache) cache = NULL;
  g_autoptr (YihuSnapshotFile) control = NULL;
  g_autofree double *samples = g_new (double, N_ASKED);
  g_autofree double *bare = g_new (double, N_ASKED);
  g_autofree char *city = NULL;
  guint n, found = 0;

  if (argc != 3 || (n = (guint) atoi (argv[2])) == 0)
    return 64;
  g_mkdir_with_parents (argv[1], 0700);
  city = g_build_filename (argv[1], "city.db", NULL);
  cache = yihu_cache_open (argv[1], key, NULL);
  /* None yet, or one of an older make. */
  if (cache == NULL || yihu_cache_count_elders (cache) != n)
    {
      g_autofree char *made = g_strconcat (city, ".new", NULL);

      g_clear_pointer (&cache, yihu_cache_close);
      g_unlink (made);
      make_city (made, key, n);
      if (g_rename (made, city) != 0)
        g_error ("%s cannot be renamed", made);
    }
  if (cache == NULL)
    cache = yihu_cache_open (argv[1], key, &error);
  control = yihu_snapshot_file_open (city, key, YIHU_DATABASE_READER, &error);
  if (cache == NULL || control == NULL || yihu_cache_count_elders (cache) != n)
    g_error ("the city file is not usable: %s", error != NULL ? error->message : "wrong count");

  for (guint i = 0; i < N_ASKED; i++)
    {
      g_autofree char *number = number_of (g_random_int_range (0, (gint32) (n + n / 10)));
      g_autoptr (GPtrArray) elders = NULL;
      g_autoptr (YihuRows) rows = NULL;
      gint64 begin = g_get_monotonic_time (), middle;

      elders = yihu_cache_find_by_phone (cache, number, &error);
      middle = g_get_monotonic_time ();
      rows = yihu_database_query (yihu_snapshot_file_get_database (control),
                                  "SELECT elder FROM number_key WHERE key = ?1", &error, "i",
                                  yihu_snapshot_file_number_key (control, number));
      while (rows != NULL && yihu_rows_next (rows, &error))
        ;
      if (error != NULL)
        g_error ("%s", error->message);
      bare[i] = g_get_monotonic_time () - middle;
      samples[i] = middle - begin;
      found += elders->len;
    }
  if (found < N_ASKED / 2)
    g_error ("only %u of %u numbers were found", found, N_ASKED);
  printf ("%.0f %.0f %.0f\n", percentile (samples, N_ASKED, 0.5),
          percentile (samples, N_ASKED, 0.99), percentile (bare, N_ASKED, 0.99));
  return 0;
}
