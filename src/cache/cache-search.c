/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Search as you type: candidates from the walks (search-walks.c) are ranked, then unsealed and
 * compared (search-check.c) from the best on until there are enough, at most 500; then what this
 * desk registered or changed itself is laid over. The next key cancels the search: SQLite asks
 * between its steps, and so does the loop here. */

#include "base/error.h"
#include "base/pinyin.h"
#include "cache/search-private.h"

#include <string.h>

#define MAX_UNSEALED 500
#define CASES 32 /* looked up at once */
#define STEPS_BETWEEN_ASKING 1000 /* of SQLite's machine: some tens of microseconds */

void
yihu_search_hit_free (YihuSearchHit *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->elder, yihu_elder_unref);
  g_free (self->number);
  g_free (self->relation);
  g_free (self);
}

static void
candidate_free (gpointer data)
{
  YihuSearchCandidate *candidate = data;

  if (candidate == NULL) /* it was kept elsewhere */
    return;
  g_clear_pointer (&candidate->hit, yihu_search_hit_free);
  g_free (candidate);
}

static const char *
insert_pinyin (YihuSearch *self, const char *pinyin)
{
  return pinyin != NULL ? g_string_chunk_insert (self->strings, pinyin) : "";
}

YihuSearchCandidate *
yihu_search_add (YihuSearch *self, gint64 n, gint64 division, const char *pinyin, YihuSearchMet met)
{
  YihuSearchCandidate *candidate;

  if (!g_hash_table_add (self->seen, GSIZE_TO_POINTER (n)))
    return NULL;
  candidate = g_new0 (YihuSearchCandidate, 1);
  candidate->n = n;
  candidate->division = division;
  candidate->pinyin = insert_pinyin (self, pinyin);
  candidate->hit = g_new0 (YihuSearchHit, 1);
  candidate->hit->met = met;
  g_ptr_array_add (self->candidates, candidate);
  return candidate;
}

/* --- rank --- */

static int
compare_numbers (gint64 left, gint64 right)
{
  return left < right ? -1 : left > right;
}

static int
compare_candidates (gconstpointer a, gconstpointer b, gpointer data)
{
  const YihuSearchCandidate *left = *(const YihuSearchCandidate *const *) a;
  const YihuSearchCandidate *right = *(const YihuSearchCandidate *const *) b;
  const YihuDivisionRange *home = data;
  int order = yihu_division_range_contains (*home, right->division)
              - yihu_division_range_contains (*home, left->division);

  if (order == 0)
    order = (right->hit->n_open > 0) - (left->hit->n_open > 0);
  if (order == 0)
    order = compare_numbers (right->hit->contact_at_us, left->hit->contact_at_us);
  if (order == 0)
    order = (int) left->hit->met - (int) right->hit->met;
  if (order == 0)
    order = strcmp (left->pinyin, right->pinyin);
  return order != 0 ? order : compare_numbers (left->n, right->n);
}

static void
rank (YihuSearch *self)
{
  g_ptr_array_sort_with_data (self->candidates, compare_candidates, &self->home);
}

/* --- what rank needs and the walks did not give --- */

/* Of @n candidates, at most CASES, in one statement; NULL, which is nobody's number, fills up. */
static gboolean
look_up_cases (YihuSearch *self, YihuSearchCandidate **candidates, guint n, GError **error)
{
  static const char sql[] = "SELECT elder, open, contact_at_us FROM elder_case WHERE elder IN"
                            " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                            " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  YihuSqlValue values[CASES];
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = NULL;

  for (guint i = 0; i < n; i++)
    values[i] = (YihuSqlValue){ 'i', .number = candidates[i]->n };
  rows = yihu_database_query_values (yihu_snapshot_file_get_database (self->cache->city), sql,
                                     values, n, error);
  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    for (guint i = 0; i < n; i++)
      if (candidates[i]->n == yihu_rows_get_int (rows, 0))
        {
          candidates[i]->hit->n_open = yihu_rows_get_int (rows, 1);
          candidates[i]->hit->contact_at_us = yihu_rows_get_int (rows, 2);
        }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
look_up_division (YihuSearch *self, YihuSearchCandidate *candidate, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (yihu_database_query_int (yihu_snapshot_file_get_database (self->cache->city),
                               "SELECT division FROM elder WHERE n = ?1", &candidate->division,
                               &local, "i", candidate->n)
      || g_error_matches (local, YIHU_ERROR, YIHU_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* The district is a look at a page of its own for each, and where the whole copy is home, or none
 * of it, it does not matter. */
static gboolean
look_up (YihuSearch *self, GError **error)
{
  YihuSearchCandidate *unknown[CASES];
  guint n = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      YihuSearchCandidate *candidate = g_ptr_array_index (self->candidates, i);

      if (!self->is_home_a_part)
        candidate->division = 0;
      else if (candidate->division == 0 && !look_up_division (self, candidate, error))
        return FALSE;
      if (!candidate->has_case)
        unknown[n++] = candidate;
      if (n < CASES)
        continue;
      if (!look_up_cases (self, unknown, n, error))
        return FALSE;
      n = 0;
    }
  return n == 0 || look_up_cases (self, unknown, n, error);
}

/* --- unsealing --- */

/* Also what rank had done without. */
static gboolean
unseal (YihuSearch *self, YihuSearchCandidate *candidate, const char *sql, GError **error)
{
  g_autoptr (GError) local = NULL;
  YihuSnapshotFile *city = self->cache->city;
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (city), sql, error, "i", candidate->n);

  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local))
    {
      candidate->pinyin = insert_pinyin (self, yihu_rows_get_text (rows, 0));
      candidate->hit->elder = yihu_snapshot_file_read (city, &yihu_elder_type, rows, 1, &local);
    }
  if (candidate->hit->elder != NULL)
    candidate->division = candidate->hit->elder->record.division;
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Pinyin in an index is the name's own; everything else must be compared. */
static gboolean
unseal_and_check (YihuSearch *self,
                  YihuSearchCandidate *candidate,
                  const char *sql,
                  gboolean *matches,
                  GError **error)
{
  *matches = FALSE;
  if (!unseal (self, candidate, sql, error))
    return FALSE;
  if (candidate->hit->elder == NULL)
    return TRUE;
  if (self->text->kind != YIHU_SEARCH_LETTERS)
    return yihu_search_check (self, candidate, matches, error);
  *matches = TRUE;
  return TRUE;
}

static gboolean
unseal_candidates (YihuSearch *self, guint limit, GError **error)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (candidate_free);
  g_autofree char *sql =
      g_strdup_printf ("SELECT pinyin, %s FROM elder WHERE n = ?1",
                       yihu_snapshot_file_columns (self->cache->city, &yihu_elder_type));
  guint i;

  if (!look_up (self, error))
    return FALSE;
  rank (self);
  for (i = 0; i < self->candidates->len && i < MAX_UNSEALED && kept->len < limit; i++)
    {
      YihuSearchCandidate *candidate = g_ptr_array_index (self->candidates, i);
      gboolean matches;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error)
          || !unseal_and_check (self, candidate, sql, &matches, error))
        return FALSE;
      if (!matches)
        continue;
      g_ptr_array_add (kept, candidate);
      self->candidates->pdata[i] = NULL;
    }
  self->has_more |= i < self->candidates->len;
  g_ptr_array_unref (self->candidates);
  self->candidates = g_steal_pointer (&kept);
  return TRUE;
}

/* --- overlay --- */

static void
remove_elder (GPtrArray *candidates, const char *id)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const YihuSearchCandidate *candidate = g_ptr_array_index (candidates, i);

      if (strcmp (candidate->hit->elder->record.id, id) == 0)
        {
          g_ptr_array_remove_index (candidates, i);
          return;
        }
    }
}

/* Elders that this desk registered or changed and the server has not yet told back. */
static gboolean
lay_over (YihuSearch *self, GError **error)
{
  g_autoptr (GPtrArray) overlay =
      yihu_desk_file_list_overlay (self->cache->desk, &yihu_elder_type, error);

  if (overlay == NULL)
    return FALSE;
  for (guint i = 0; i < overlay->len; i++)
    {
      YihuElder *elder = g_ptr_array_index (overlay, i);
      g_autoptr (YihuElder) current =
          yihu_cache_get (self->cache, &yihu_elder_type, elder->record.id, NULL);
      g_autoptr (YihuPinyin) pinyin = NULL;
      YihuSearchCandidate *candidate;
      gboolean matches = FALSE;

      if (current == NULL || !yihu_record_equal (current, elder))
        continue;
      remove_elder (self->candidates, elder->record.id);
      pinyin = yihu_pinyin_new (elder->name);
      candidate = yihu_search_add (self, -1 - (gint64) i, elder->record.division, pinyin->full,
                                   YIHU_SEARCH_MET_NAME);
      candidate->hit->elder = yihu_elder_ref (elder);
      if (!yihu_search_check (self, candidate, &matches, error))
        return FALSE;
      if (!matches)
        g_ptr_array_remove_index (self->candidates, self->candidates->len - 1);
    }
  return TRUE;
}

/* --- the whole --- */

static int
on_progress (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

static gboolean
is_home_a_part (YihuSearch *self)
{
  return self->home.hi > self->home.lo
         && (self->home.lo > yihu_cache_get_scope_lo (self->cache)
             || self->home.hi < yihu_cache_get_scope_hi (self->cache));
}

/* In one transaction: forty statements that would each take and give back the file's lock, and
 * would see the feed come in between. */
static gboolean
search_city (YihuSearch *self, guint limit, GError **error)
{
  YihuDatabase *database;
  sqlite3 *sqlite;
  gboolean begins;
  gboolean done;

  if (self->cache->city == NULL || self->cache->key == NULL)
    return TRUE;
  database = yihu_snapshot_file_get_database (self->cache->city);
  sqlite = yihu_database_get (database);
  if (self->cancellable != NULL)
    sqlite3_progress_handler (sqlite, STEPS_BETWEEN_ASKING, on_progress, self->cancellable);
  begins = sqlite3_get_autocommit (sqlite) != 0;
  done = !begins || yihu_database_run (database, "BEGIN", error, "");
  self->is_home_a_part = is_home_a_part (self);
  done = done && yihu_search_walk (self, error) && unseal_candidates (self, limit, error);
  sqlite3_progress_handler (sqlite, 0, NULL, NULL);
  if (begins)
    yihu_database_rollback (database);
  return done;
}

static void
take_hits (YihuSearch *self, guint limit, YihuSearchResult *result)
{
  rank (self);
  for (guint i = 0; i < self->candidates->len && i < limit; i++)
    {
      YihuSearchCandidate *candidate = g_ptr_array_index (self->candidates, i);

      g_ptr_array_add (result->hits, g_steal_pointer (&candidate->hit));
    }
  result->has_more = self->has_more || self->candidates->len > limit;
}

static gboolean
run (YihuSearch *self, guint limit, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (search_city (self, limit, &local) && lay_over (self, &local))
    return TRUE;
  /* A walk that was cut short by the next key. */
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static YihuSearchResult *
result_new (const YihuSearchText *text)
{
  YihuSearchResult *self = g_new0 (YihuSearchResult, 1);

  self->kind = text->kind;
  self->hits = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_search_hit_free);
  self->address_waits =
      text->kind == YIHU_SEARCH_NAME && g_utf8_strlen (text->text, -1) < YIHU_SEARCH_MIN_ADDRESS;
  return self;
}

YihuSearchResult *
yihu_search_result_new (const char *text)
{
  g_autoptr (YihuSearchText) typed = yihu_search_text_new (text);

  return result_new (typed);
}

void
yihu_search_result_free (YihuSearchResult *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->hits);
  g_free (self);
}

YihuSearchResult *
yihu_cache_search (YihuCache *self,
                   const char *text,
                   gint64 home_lo,
                   gint64 home_hi,
                   guint limit,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (YihuSearchText) typed = yihu_search_text_new (text);
  g_autoptr (YihuSearchResult) result = result_new (typed);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GStringChunk) strings = g_string_chunk_new (4096);
  YihuSearch search = { .cache = self,
                        .text = typed,
                        .home = { home_lo, home_hi },
                        .limit = limit,
                        .cancellable = cancellable,
                        .seen = seen,
                        .strings = strings };
  gboolean done;

  if (typed->kind < YIHU_SEARCH_DIGITS)
    return g_steal_pointer (&result);
  search.candidates = g_ptr_array_new_with_free_func (candidate_free);
  done = run (&search, limit, error);
  if (done)
    take_hits (&search, limit, result);
  g_ptr_array_unref (search.candidates);
  g_clear_pointer (&search.kin_overlay, g_ptr_array_unref);
  return done ? g_steal_pointer (&result) : NULL;
}
