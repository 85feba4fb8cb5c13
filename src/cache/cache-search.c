/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Search as you type. Each way of typing is one or a few walks along an ordinary index from the
 * typed text to the typed text followed by the last character there is; none walks further than a
 * fixed number of entries, and only what will be shown is unsealed. Names typed in characters are
 * the exception: index entries lead to at most 500 sealed rows, which are opened and compared.
 *
 * Order: the home district first, then how the text was met (name or initials before other
 * readings, given names and numbers of kin), then the name's pinyin. */

#include "base/division-code.h"
#include "base/error.h"
#include "base/phone-number.h"
#include "base/pinyin.h"
#include "cache/cache-private.h"
#include "cache/search-text.h"

#include <string.h>

#define MAX_WALK 500 /* index entries a walk */
#define MAX_KEY_WALK 200 /* where each entry costs a look at its row */
#define MAX_UNSEALED 500
#define LAST_CHARACTER "\xf4\x8f\xbf\xbf" /* U+10FFFF */

enum
{
  MET_DIRECTLY,
  MET_ASIDE,
};

typedef struct
{
  gint64 n;
  gint64 division;
  guint met;
  char *pinyin; /* (owned) */
  YihuElder *elder; /* (owned) (nullable) until it is unsealed */
} Hit;

typedef struct
{
  YihuCache *cache;
  const YihuSearchText *text;
  YihuDivisionRange home;
  GCancellable *cancellable;
  GPtrArray *hits; /* Hit */
  GHashTable *seen; /* n of the hits */
  const char *row_sql; /* reads one elder by n */
} Search;

static void
hit_free (gpointer data)
{
  Hit *hit = data;

  g_free (hit->pinyin);
  g_clear_pointer (&hit->elder, yihu_elder_unref);
  g_free (hit);
}

static Hit *
add_hit (Search *self, gint64 n, gint64 division, guint met, const char *pinyin)
{
  Hit *hit;

  if (!g_hash_table_add (self->seen, GSIZE_TO_POINTER (n)))
    return NULL;
  hit = g_new0 (Hit, 1);
  hit->n = n;
  hit->division = division;
  hit->met = met;
  hit->pinyin = g_strdup (pinyin != NULL ? pinyin : "");
  g_ptr_array_add (self->hits, hit);
  return hit;
}

/* @sql gives n, division, pinyin for ?1 <= key < ?2, at most ?3. */
static gboolean
walk (Search *self,
      const char *sql,
      const char *from,
      guint met,
      gint64 limit,
      gboolean mixed,
      GError **error)
{
  g_autofree char *to = g_strconcat (from, LAST_CHARACTER, NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = NULL;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  rows = yihu_database_query (yihu_snapshot_file_get_database (self->cache->city), sql, error,
                              "ssi", from, to, limit);
  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    {
      const char *pinyin = yihu_rows_get_text (rows, 2);

      if (!mixed || yihu_search_text_matches_pinyin (self->text, pinyin != NULL ? pinyin : ""))
        add_hit (self, yihu_rows_get_int (rows, 0), yihu_rows_get_int (rows, 1), met, pinyin);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static const char pinyin_sql[] =
    "SELECT n, division, pinyin FROM elder WHERE pinyin >= ?1 AND pinyin < ?2"
    " ORDER BY pinyin LIMIT ?3";
static const char initials_sql[] =
    "SELECT n, division, pinyin FROM elder WHERE initials >= ?1 AND initials < ?2"
    " ORDER BY initials, pinyin LIMIT ?3";
static const char key_sql[] =
    "SELECT elder.n, elder.division, elder.pinyin FROM elder_key"
    " CROSS JOIN elder ON elder.n = elder_key.elder"
    " WHERE elder_key.key >= ?1 AND elder_key.key < ?2 ORDER BY elder_key.key LIMIT ?3";
static const char tail_sql[] =
    "SELECT n, division, pinyin FROM elder WHERE phone_r >= ?1 AND phone_r < ?2"
    " ORDER BY phone_r LIMIT ?3";
static const char tail2_sql[] =
    "SELECT n, division, pinyin FROM elder WHERE phone2_r >= ?1 AND phone2_r < ?2"
    " ORDER BY phone2_r LIMIT ?3";
static const char kin_tail_sql[] =
    "SELECT elder.n, elder.division, elder.pinyin FROM kin"
    " CROSS JOIN elder ON elder.id = kin.elder"
    " WHERE kin.phone_r >= ?1 AND kin.phone_r < ?2 ORDER BY kin.phone_r LIMIT ?3";

static gboolean
search_letters (Search *self, GError **error)
{
  const YihuSearchText *text = self->text;

  return walk (self, pinyin_sql, text->text, MET_DIRECTLY, MAX_WALK, FALSE, error)
         && walk (self, initials_sql, text->text, MET_DIRECTLY, MAX_WALK, FALSE, error)
         && (text->n_syllables == 0
             || walk (self, initials_sql, text->initials, MET_DIRECTLY, MAX_WALK, TRUE, error))
         && walk (self, key_sql, text->text, MET_ASIDE, MAX_KEY_WALK, FALSE, error);
}

static gboolean
search_digits (Search *self, GError **error)
{
  g_autofree char *tail = g_utf8_strreverse (self->text->text, -1);

  if (strlen (tail) > YIHU_SNAPSHOT_TAIL_DIGITS)
    tail[YIHU_SNAPSHOT_TAIL_DIGITS] = '\0';
  return walk (self, tail_sql, tail, MET_DIRECTLY, MAX_KEY_WALK, FALSE, error)
         && walk (self, tail2_sql, tail, MET_DIRECTLY, MAX_KEY_WALK, FALSE, error)
         && walk (self, kin_tail_sql, tail, MET_ASIDE, MAX_KEY_WALK, FALSE, error);
}

static gboolean
walk_hashes (Search *self, const char *column, gint64 from, gint64 to, guint met, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT n, division, pinyin FROM elder WHERE %s"
                                          " >= ?1 AND %s < ?2 LIMIT ?3",
                                          column, column);
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = NULL;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  rows = yihu_database_query (yihu_snapshot_file_get_database (self->cache->city), sql, error,
                              "iii", from, to, (gint64) MAX_UNSEALED);
  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    add_hit (self, yihu_rows_get_int (rows, 0), yihu_rows_get_int (rows, 1), met,
             yihu_rows_get_text (rows, 2));
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* The hashes of the first characters are a range of an index, whatever they are read like. */
static gboolean
search_name (Search *self, GError **error)
{
  YihuSnapshotFile *city = self->cache->city;
  const char *typed = self->text->text;
  gint64 from;
  gint64 to;

  yihu_snapshot_file_hash_name (city, typed, &from, &to);
  if (!walk_hashes (self, "name_hash", from, to, MET_DIRECTLY, error))
    return FALSE;
  yihu_snapshot_file_hash_given (city, typed, &from, &to);
  return walk_hashes (self, "given_hash", from, to, MET_ASIDE, error);
}

static gboolean
number_ends_with (const char *number, const char *typed)
{
  g_autofree char *reversed = NULL;
  g_autofree char *tail = NULL;
  gsize length;

  if (number == NULL || *number == '\0')
    return FALSE;
  reversed = yihu_phone_number_reverse (number);
  tail = g_utf8_strreverse (typed, -1);
  length = strlen (tail);
  /* The area code's or trunk's leading zero is no part of a stored number. */
  while (length > YIHU_SNAPSHOT_TAIL_DIGITS && tail[length - 1] == '0')
    tail[--length] = '\0';
  return reversed != NULL && g_str_has_prefix (reversed, tail);
}

static gboolean
name_contains (const char *name, const char *typed)
{
  g_autofree char *small = NULL;

  if (name == NULL)
    return FALSE;
  if (strstr (name, typed) != NULL)
    return TRUE;
  small = g_utf8_strdown (name, -1);
  return strstr (small, typed) != NULL;
}

/* Names with a middle dot are compared without it: nobody types it. */
static gboolean
elder_has_name (const YihuElder *elder, const char *typed)
{
  g_auto (GStrv) pieces = NULL;
  g_autofree char *plain = NULL;

  if (name_contains (elder->name, typed))
    return TRUE;
  if (elder->name == NULL || strstr (elder->name, "·") == NULL)
    return FALSE;
  pieces = g_strsplit (elder->name, "·", -1);
  plain = g_strjoinv (NULL, pieces);
  return name_contains (plain, typed);
}

static gboolean
kin_number_ends_with (Search *self, const YihuElder *elder, gboolean *matches, GError **error)
{
  g_autoptr (GPtrArray) kin = yihu_cache_list_kin (self->cache, elder->record.id, error);

  if (kin == NULL)
    return FALSE;
  for (guint i = 0; i < kin->len && !*matches; i++)
    *matches = number_ends_with (((YihuKin *) g_ptr_array_index (kin, i))->phone, self->text->text);
  return TRUE;
}

/* Whether the unsealed row is what was typed; index entries alone cannot always tell. */
static gboolean
check_hit (Search *self, Hit *hit, gboolean *matches, GError **error)
{
  const char *typed = self->text->text;

  *matches = TRUE;
  if (self->text->kind == YIHU_SEARCH_NAME)
    {
      *matches = elder_has_name (hit->elder, typed);
      if (*matches && !g_str_has_prefix (hit->elder->name, typed))
        hit->met = MET_ASIDE;
      return TRUE;
    }
  if (self->text->kind != YIHU_SEARCH_DIGITS || strlen (typed) <= YIHU_SNAPSHOT_TAIL_DIGITS)
    return TRUE;
  *matches =
      number_ends_with (hit->elder->phone, typed) || number_ends_with (hit->elder->phone2, typed);
  return *matches || kin_number_ends_with (self, hit->elder, matches, error);
}

static gboolean
unseal_hit (Search *self, Hit *hit, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (self->cache->city), self->row_sql,
                           error, "i", hit->n);

  if (rows == NULL || !yihu_cache_read_rows (self->cache, &yihu_elder_type, rows, 0, found, error))
    return FALSE;
  if (found->len > 0)
    hit->elder = yihu_elder_ref (g_ptr_array_index (found, 0));
  return TRUE;
}

static int
compare_hits (gconstpointer a, gconstpointer b, gpointer data)
{
  const Hit *left = *(const Hit *const *) a;
  const Hit *right = *(const Hit *const *) b;
  const YihuDivisionRange *home = data;
  gboolean left_home = yihu_division_range_contains (*home, left->division);
  gboolean right_home = yihu_division_range_contains (*home, right->division);
  int order;

  if (left_home != right_home)
    return left_home ? -1 : 1;
  if (left->met != right->met)
    return left->met < right->met ? -1 : 1;
  order = strcmp (left->pinyin, right->pinyin);
  if (order != 0)
    return order;
  return left->n < right->n ? -1 : left->n > right->n;
}

static gboolean
needs_check (const YihuSearchText *text)
{
  return text->kind == YIHU_SEARCH_NAME
         || (text->kind == YIHU_SEARCH_DIGITS && strlen (text->text) > YIHU_SNAPSHOT_TAIL_DIGITS);
}

/* Unseals in order until there are enough that are what was typed. */
static gboolean
unseal_hits (Search *self, guint limit, GError **error)
{
  guint wanted = needs_check (self->text) ? MAX_UNSEALED : limit;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (hit_free);

  g_ptr_array_sort_with_data (self->hits, compare_hits, &self->home);
  for (guint i = 0; i < self->hits->len && i < wanted && kept->len < limit; i++)
    {
      Hit *hit = g_ptr_array_index (self->hits, i);
      gboolean matches = FALSE;

      if (i % 64 == 63 && g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (!unseal_hit (self, hit, error)
          || (hit->elder != NULL && !check_hit (self, hit, &matches, error)))
        return FALSE;
      if (matches)
        {
          g_ptr_array_add (kept, hit);
          self->hits->pdata[i] = g_new0 (Hit, 1);
        }
    }
  g_ptr_array_unref (self->hits);
  self->hits = g_steal_pointer (&kept);
  g_ptr_array_sort_with_data (self->hits, compare_hits, &self->home);
  return TRUE;
}

static gboolean
letters_match (const YihuSearchText *text, const YihuPinyin *pinyin)
{
  if (g_str_has_prefix (pinyin->full, text->text) || g_str_has_prefix (pinyin->initials, text->text)
      || yihu_search_text_matches_pinyin (text, pinyin->full))
    return TRUE;
  for (guint i = 0; pinyin->others != NULL && pinyin->others[i] != NULL; i++)
    if (g_str_has_prefix (pinyin->others[i], text->text))
      return TRUE;
  return FALSE;
}

static gboolean
overlay_matches (const YihuSearchText *text, const YihuElder *elder, const YihuPinyin *pinyin)
{
  if (text->kind == YIHU_SEARCH_DIGITS)
    return number_ends_with (elder->phone, text->text)
           || number_ends_with (elder->phone2, text->text);
  if (text->kind == YIHU_SEARCH_NAME)
    return elder_has_name (elder, text->text);
  return letters_match (text, pinyin);
}

static void
remove_elder (GPtrArray *hits, const char *id)
{
  for (guint i = 0; i < hits->len; i++)
    if (strcmp (((Hit *) g_ptr_array_index (hits, i))->elder->record.id, id) == 0)
      {
        g_ptr_array_remove_index (hits, i);
        return;
      }
}

/* Elders that this desk registered or changed and the server has not yet told back. */
static gboolean
lay_over (Search *self, GError **error)
{
  g_autoptr (GPtrArray) overlay = yihu_cache_list_overlay (self->cache, &yihu_elder_type, error);

  if (overlay == NULL)
    return FALSE;
  for (guint i = 0; i < overlay->len; i++)
    {
      YihuElder *elder = g_ptr_array_index (overlay, i);
      g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (elder->name != NULL ? elder->name : "");
      g_autoptr (YihuElder) current =
          yihu_cache_get (self->cache, &yihu_elder_type, elder->record.id, NULL);
      Hit *hit;

      if (current == NULL || !yihu_record_equal (current, elder))
        continue;
      remove_elder (self->hits, elder->record.id);
      if (!overlay_matches (self->text, elder, pinyin))
        continue;
      hit = add_hit (self, -1 - (gint64) i, elder->record.division, MET_DIRECTLY, pinyin->full);
      hit->elder = yihu_elder_ref (elder);
    }
  g_ptr_array_sort_with_data (self->hits, compare_hits, &self->home);
  return TRUE;
}

static gboolean
run (Search *self, guint limit, GError **error)
{
  g_autofree char *row_sql = NULL;
  gboolean walked = TRUE;

  if (self->cache->city != NULL && self->cache->key != NULL)
    {
      row_sql = g_strdup_printf ("SELECT %s FROM elder WHERE n = ?1",
                                 yihu_snapshot_file_columns (self->cache->city, &yihu_elder_type));
      self->row_sql = row_sql;
      walked = self->text->kind == YIHU_SEARCH_DIGITS    ? search_digits (self, error)
               : self->text->kind == YIHU_SEARCH_LETTERS ? search_letters (self, error)
                                                         : search_name (self, error);
    }
  return walked && unseal_hits (self, limit, error) && lay_over (self, error);
}

GPtrArray *
yihu_cache_search (YihuCache *self,
                   const char *text,
                   gint64 home_lo,
                   gint64 home_hi,
                   guint limit,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GPtrArray) elders = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (YihuSearchText) typed = yihu_search_text_new (text);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  Search search = { self, typed, { home_lo, home_hi }, cancellable, NULL, seen, NULL };
  gboolean done;

  if (typed->kind == YIHU_SEARCH_NOTHING)
    return g_steal_pointer (&elders);
  search.hits = g_ptr_array_new_with_free_func (hit_free);
  done = run (&search, limit, error);
  for (guint i = 0; done && i < search.hits->len && i < limit; i++)
    g_ptr_array_add (elders, yihu_elder_ref (((Hit *) g_ptr_array_index (search.hits, i))->elder));
  g_ptr_array_unref (search.hits);
  return done ? g_steal_pointer (&elders) : NULL;
}
