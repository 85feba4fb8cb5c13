/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bench-lookup DIRECTORY N: desk.lookup. In a copy of N elders (bench-city.h) asks for random
 * numbers, known ones and, one in ten, unknown ones, and prints "p50_us p99_us control_p99_us". The
 * control is the bare SQLite look-up of the same keys without unsealing the record. */

#include "bench-city.h"
#include "snapshot/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

#define N_ASKED 20000
#define N_KNOWN 2000 /* different numbers */

/* The numbers of elders from all over the copy. */
static GPtrArray *
draw_numbers (YihuSnapshotFile *city, guint n)
{
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM elder WHERE n = ?1",
                                          yihu_snapshot_file_columns (city, &yihu_elder_type));
  GPtrArray *numbers = g_ptr_array_new_with_free_func (g_free);

  while (numbers->len < N_KNOWN)
    {
      g_autoptr (YihuRows) rows =
          yihu_database_query (yihu_snapshot_file_get_database (city), sql, NULL, "i",
                               (gint64) g_random_int_range (1, (gint32) n + 1));
      g_autoptr (YihuElder) elder = NULL;

      if (rows == NULL || !yihu_rows_next (rows, NULL))
        g_error ("a row is missing");
      elder = yihu_snapshot_file_read (city, &yihu_elder_type, rows, 0, NULL);
      if (elder != NULL && elder->phone != NULL)
        g_ptr_array_add (numbers, g_strdup (elder->phone));
    }
  return numbers;
}

static char *
draw_number (GPtrArray *numbers)
{
  if (g_random_int_range (0, 10) == 0)
    return g_strdup_printf ("+861990%07u", g_random_int_range (0, 10000000));
  return g_strdup (g_ptr_array_index (numbers, g_random_int_range (0, (gint32) numbers->len)));
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
  g_autoptr (YihuCache) cache = NULL;
  g_autoptr (YihuSnapshotFile) control = NULL;
  g_autoptr (GPtrArray) numbers = NULL;
  g_autofree double *samples = g_new (double, N_ASKED);
  g_autofree double *bare = g_new (double, N_ASKED);
  g_autofree char *city = NULL;
  guint n, found = 0;

  if (argc != 3 || (n = (guint) atoi (argv[2])) == 0)
    return 64;
  cache = bench_city_open (argv[1], n, "op03", "bench");
  city = g_build_filename (argv[1], "city.db", NULL);
  control =
      yihu_snapshot_file_open (city, yihu_cache_get_key (cache), YIHU_DATABASE_READER, &error);
  if (control == NULL)
    g_error ("%s", error->message);
  numbers = draw_numbers (control, n);

  for (guint i = 0; i < N_ASKED; i++)
    {
      g_autofree char *number = draw_number (numbers);
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
