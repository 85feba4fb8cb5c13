/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bench-search DIRECTORY N LOGIN PASSWORD: data.search. In a copy of N elders, drawn people are
 * typed key by key in each way, and each key's search is timed as the console runs it (its limit,
 * ranking and unsealing included). A line a way: "WAY KEYS MISSED/TYPED P50_US P99_US CPU_P50_US
 * CPU_P99_US",
 * then "scan N P50_US": the bare LIKE '%…%' over the pinyin of the same file. Who was typed whole
 * must be found, or there must be more than are shown; otherwise the program fails. */

#include "base/phone-number.h"
#include "base/pinyin.h"
#include "bench-city.h"
#include "cache/search.h"
#include "snapshot/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_PEOPLE 300
#define N_SCANS 10
#define LIMIT 20 /* as the console asks */

typedef struct
{
  YihuCache *cache;
  YihuSnapshotFile *city;
  guint n;
  GArray *us; /* double: of the way under way */
  GArray *cpu_us; /* the same, of this thread alone: without what else the machine does */
  guint typed;
  guint missed;
} Bench;

static double
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

static YihuElder *
draw_elder (Bench *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sql =
      g_strdup_printf ("SELECT %s FROM elder WHERE n = ?1",
                       yihu_snapshot_file_columns (self->city, &yihu_elder_type));
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (self->city), sql, &error, "i",
                           (gint64) g_random_int_range (1, (gint32) self->n + 1));

  if (rows == NULL || !yihu_rows_next (rows, &error))
    g_error ("%s", error != NULL ? error->message : "a row is missing");
  return yihu_snapshot_file_read (self->city, &yihu_elder_type, rows, 0, NULL);
}

/* Returns: whether @elder (nullable) is among the hits, or there are more than are shown. */
static gboolean
ask (Bench *self, const char *typed, const YihuElder *elder)
{
  g_autoptr (GError) error = NULL;
  double cpu_begin = get_cpu_us ();
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (YihuSearchResult) result =
      yihu_cache_search (self->cache, typed, BENCH_CITY_LO, BENCH_CITY_HI, LIMIT, NULL, &error);
  double us = (double) (g_get_monotonic_time () - begin);
  double cpu_us = get_cpu_us () - cpu_begin;
  gboolean found;

  if (result == NULL)
    g_error ("'%s': %s", typed, error->message);
  g_array_append_val (self->us, us);
  g_array_append_val (self->cpu_us, cpu_us);
  found = result->hits->len >= LIMIT;
  for (guint i = 0; i < result->hits->len && !found; i++)
    found = strcmp (((YihuSearchHit *) g_ptr_array_index (result->hits, i))->elder->record.id,
                    elder->record.id)
            == 0;
  return found;
}

/* Every beginning of @typed from @from characters on. */
static void
type (Bench *self, const char *typed, glong from, const YihuElder *elder)
{
  glong length = g_utf8_strlen (typed, -1);
  gboolean found = TRUE;

  for (glong i = from; i <= length; i++)
    {
      g_autofree char *beginning = g_utf8_substring (typed, 0, i);

      found = ask (self, beginning, elder);
    }
  self->typed++;
  self->missed += !found;
}

static void
type_pinyin (Bench *self, const YihuElder *elder)
{
  g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (elder->name);

  type (self, pinyin->full, 1, elder);
}

static void
type_initials (Bench *self, const YihuElder *elder)
{
  g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (elder->name);

  type (self, pinyin->initials, 1, elder);
}

/* Surname by its first letter, the given name in full; and the other way round. */
static void
type_mixed (Bench *self, const YihuElder *elder)
{
  const char *given = yihu_pinyin_skip_surname (elder->name);
  g_autofree char *surname = g_strndup (elder->name, (gsize) (given - elder->name));
  g_autoptr (YihuPinyin) all = yihu_pinyin_new (elder->name);
  g_autoptr (YihuPinyin) first = yihu_pinyin_new (surname);
  g_autofree char *given_whole =
      g_strconcat (first->initials, all->full + MIN (strlen (first->full), strlen (all->full)),
                   NULL);
  g_autofree char *surname_whole =
      g_strconcat (first->full, all->initials + strlen (first->initials), NULL);

  type (self, given_whole, 1, elder);
  type (self, surname_whole, 1, elder);
}

static void
type_phone (Bench *self, const YihuElder *elder)
{
  g_autofree char *reversed = yihu_phone_number_reverse (elder->phone);
  gsize length = strlen (reversed);

  for (gsize i = YIHU_SEARCH_MIN_DIGITS; i <= length; i++)
    {
      g_autofree char *tail = g_strreverse (g_strndup (reversed, i));

      self->typed++;
      self->missed += !ask (self, tail, elder);
    }
}

static void
type_id (Bench *self, const YihuElder *elder)
{
  for (gsize i = 3; elder->id_tail != NULL && i <= strlen (elder->id_tail); i++)
    {
      self->typed++;
      self->missed += !ask (self, elder->id_tail + strlen (elder->id_tail) - i, elder);
    }
}

static void
type_name (Bench *self, const YihuElder *elder)
{
  type (self, elder->name, 1, elder);
  type (self, yihu_pinyin_skip_surname (elder->name), 1, elder);
}

/* From a random place of the address on, as somebody says it: street, estate, house. */
static void
type_address (Bench *self, const YihuElder *elder)
{
  glong length = g_utf8_strlen (elder->address, -1);
  glong from = length > 8 ? g_random_int_range (0, (gint32) length - 8) : 0;
  g_autofree char *part = g_utf8_substring (elder->address, from, MIN (from + 8, length));

  type (self, part, 3, elder);
}

static const struct
{
  const char *way;
  void (*type) (Bench *, const YihuElder *);
  double may_miss; /* share */
} ways[] = {
  { "pinyin", type_pinyin, 0 }, { "initials", type_initials, 0 },
  { "mixed", type_mixed, 0.1 }, /* "zhaiyun" is 翟云 for everybody, not 赵海云 */
  { "phone", type_phone, 0 },   { "id", type_id, 0 },
  { "hanzi", type_name, 0 },    { "address", type_address, 0 },
};

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double *left = a;
  const double *right = b;

  return *left < *right ? -1 : *left > *right;
}

static double
percentile (GArray *sorted, double share)
{
  return g_array_index (sorted, double,
                        MIN (sorted->len - 1, (guint) ((double) sorted->len * share)));
}

static void
bench_way (Bench *self, guint way)
{
  g_array_set_size (self->us, 0);
  g_array_set_size (self->cpu_us, 0);
  self->typed = self->missed = 0;
  for (guint i = 0; i < N_PEOPLE; i++)
    {
      g_autoptr (YihuElder) elder = draw_elder (self);

      ways[way].type (self, elder);
    }
  if (self->missed > ways[way].may_miss * self->typed)
    g_error ("%s: %u of %u typed in full were not found", ways[way].way, self->missed, self->typed);
  g_array_sort (self->us, compare_doubles);
  g_array_sort (self->cpu_us, compare_doubles);
  printf ("%s %u %u/%u %.0f %.0f %.0f %.0f\n", ways[way].way, self->us->len, self->missed,
          self->typed, percentile (self->us, 0.5), percentile (self->us, 0.99),
          percentile (self->cpu_us, 0.5), percentile (self->cpu_us, 0.99));
}

static void
bench_scan (Bench *self)
{
  g_array_set_size (self->us, 0);
  for (guint i = 0; i < N_SCANS; i++)
    {
      g_autoptr (YihuElder) elder = draw_elder (self);
      g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (elder->name);
      g_autofree char *like = g_strdup_printf ("%%%s%%", pinyin->full);
      g_autoptr (GError) error = NULL;
      gint64 begin = g_get_monotonic_time ();
      gint64 found = 0;
      double us;

      if (!yihu_database_query_int (yihu_snapshot_file_get_database (self->city),
                                    "SELECT count(*) FROM elder WHERE pinyin LIKE ?1", &found,
                                    &error, "s", like))
        g_error ("%s", error->message);
      us = (double) (g_get_monotonic_time () - begin);
      g_array_append_val (self->us, us);
    }
  g_array_sort (self->us, compare_doubles);
  printf ("scan %u %.0f\n", self->us->len, percentile (self->us, 0.5));
}

int
main (int argc, char **argv)
{
  g_autoptr (YihuCache) cache = NULL;
  g_autoptr (YihuSnapshotFile) city = NULL;
  g_autofree char *path = NULL;
  Bench bench = { 0 };

  if (argc != 5 || (bench.n = (guint) atoi (argv[2])) == 0)
    return 64;
  setvbuf (stdout, NULL, _IOLBF, 0);
  cache = bench_city_open (argv[1], bench.n, argv[3], argv[4]);
  path = g_build_filename (argv[1], "city.db", NULL);
  city = yihu_snapshot_file_open (path, yihu_cache_get_key (cache), YIHU_DATABASE_READER, NULL);
  bench.cache = cache;
  bench.city = city;
  bench.us = g_array_new (FALSE, FALSE, sizeof (double));
  bench.cpu_us = g_array_new (FALSE, FALSE, sizeof (double));
  if (city == NULL)
    return 1;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    bench_way (&bench, i);
  bench_scan (&bench);
  g_array_unref (bench.us);
  g_array_unref (bench.cpu_us);
  return 0;
}
