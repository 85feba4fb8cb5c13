/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether an unsealed elder is what was typed, and by what: index entries alone cannot tell,
 * because hashes meet, tails are cut, and three neighbouring characters need not be neighbours of
 * the next three. Also the whole comparison for elders that are in no index, those of the overlay.
 */

#include "base/fold.h"
#include "base/phone-number.h"
#include "base/pinyin.h"
#include "cache/search-private.h"

#include <string.h>

/* What may stand before a whole number. */
static gboolean
is_trunk (const char *typed, gsize length)
{
  static const char *const trunks[] = { "", "0", "86", "0086", "860" };

  for (guint i = 0; i < G_N_ELEMENTS (trunks); i++)
    if (strlen (trunks[i]) == length && strncmp (typed, trunks[i], length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
number_ends_with (const char *number, const char *typed)
{
  g_autofree char *digits = NULL;
  gsize length;

  if (number == NULL || *number == '\0')
    return FALSE;
  digits = g_strreverse (yihu_phone_number_reverse (number));
  if (g_str_has_suffix (digits, typed))
    return TRUE;
  length = strlen (digits);
  if (*digits == '0') /* the area code's own zero may be missing behind +86 */
    length--;
  return g_str_has_suffix (typed, digits + strlen (digits) - length)
         && is_trunk (typed, strlen (typed) - length);
}

/* Of the eighteen characters the cache knows the birth day and the last six. */
static gboolean
id_ends_with (const YihuElder *elder, const char *typed)
{
  g_autofree char *known = NULL;
  g_autofree char *folded = NULL;
  gsize length = strlen (typed);

  if (elder->id_tail == NULL || strlen (elder->id_tail) != YIHU_ELDER_ID_TAIL || length > 18)
    return FALSE;
  /* The last two digits of the birth day are the first two of the tail. */
  known = g_strdup_printf ("%08" G_GINT64_FORMAT "%s", elder->birth, elder->id_tail + 2);
  folded = yihu_fold_text (elder->birth > 0 ? known : elder->id_tail);
  return strlen (folded) >= length ? g_str_has_suffix (folded, typed)
                                   : g_str_has_suffix (typed, folded);
}

static gboolean
name_contains (const char *name, const char *typed)
{
  g_autofree char *folded = yihu_fold_text (name);

  return strstr (folded, typed) != NULL;
}

static gboolean
name_begins_with (const char *name, const char *typed)
{
  g_autofree char *folded = yihu_fold_text (name);

  return g_str_has_prefix (folded, typed);
}

static gboolean
set_met (YihuSearchHit *hit, YihuSearchMet met, const char *number, const char *relation)
{
  hit->met = met;
  g_free (hit->number);
  g_free (hit->relation);
  hit->number = g_strdup (number);
  hit->relation = g_strdup (relation);
  return TRUE;
}

static gboolean
check_name (YihuSearchHit *hit, const char *typed)
{
  if (name_begins_with (hit->elder->name, typed))
    return set_met (hit, YIHU_SEARCH_MET_NAME, NULL, NULL);
  if (name_contains (hit->elder->name, typed))
    return set_met (hit, YIHU_SEARCH_MET_ASIDE, NULL, NULL);
  return g_utf8_strlen (typed, -1) >= YIHU_SEARCH_MIN_ADDRESS
         && name_contains (hit->elder->address, typed)
         && set_met (hit, YIHU_SEARCH_MET_ADDRESS, NULL, NULL);
}

static gboolean
check_own_numbers (YihuSearchHit *hit, const char *typed)
{
  if (number_ends_with (hit->elder->phone, typed))
    return set_met (hit, YIHU_SEARCH_MET_PHONE, hit->elder->phone, NULL);
  if (number_ends_with (hit->elder->phone2, typed))
    return set_met (hit, YIHU_SEARCH_MET_PHONE, hit->elder->phone2, NULL);
  return id_ends_with (hit->elder, typed) && set_met (hit, YIHU_SEARCH_MET_ID, NULL, NULL);
}

static gboolean
kin_matches (YihuSearch *self, YihuSearchHit *hit, const YihuKin *kin)
{
  return number_ends_with (kin->phone, self->text->text)
         && set_met (hit, YIHU_SEARCH_MET_KIN_PHONE, kin->phone, kin->relation);
}

/* Those of the elder's kin in the copy that @condition leaves, only as far as the first whose
 * number it is. */
static gboolean
check_kin_where (YihuSearch *self,
                 YihuSearchCandidate *candidate,
                 const char *condition,
                 gboolean *matches,
                 GError **error)
{
  YihuSnapshotFile *city = self->cache->city;
  g_autoptr (GError) local = NULL;
  g_autofree char *sql =
      g_strdup_printf ("SELECT %s FROM kin WHERE %s",
                       yihu_snapshot_file_columns (city, &yihu_kin_type), condition);
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (city), sql, error, "si",
                           candidate->hit->elder->record.id, candidate->kin);

  if (rows == NULL)
    return FALSE;
  while (!*matches && yihu_rows_next (rows, &local))
    {
      g_autoptr (YihuKin) kin = yihu_snapshot_file_read (city, &yihu_kin_type, rows, 0, error);

      if (kin == NULL)
        return FALSE;
      *matches = kin_matches (self, candidate->hit, kin);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* First the one that the index names: the others are looks at pages of their own. */
static gboolean
check_kin_of_city (YihuSearch *self,
                   YihuSearchCandidate *candidate,
                   gboolean *matches,
                   GError **error)
{
  if (candidate->kin != 0
      && !check_kin_where (self, candidate, "n = ?2 AND elder = ?1", matches, error))
    return FALSE;
  return *matches
         || check_kin_where (self, candidate, "elder = ?1 AND n != ?2 ORDER BY rank LIMIT 100",
                             matches, error);
}

static gboolean
check_kin (YihuSearch *self, YihuSearchCandidate *candidate, gboolean *matches, GError **error)
{
  g_autoptr (GPtrArray) kin = NULL;

  if (self->kin_overlay == NULL)
    self->kin_overlay = yihu_desk_file_list_overlay (self->cache->desk, &yihu_kin_type, error);
  if (self->kin_overlay == NULL)
    return FALSE;
  if (self->kin_overlay->len == 0)
    return check_kin_of_city (self, candidate, matches, error);
  kin = yihu_cache_list_kin (self->cache, candidate->hit->elder->record.id, error);
  if (kin == NULL)
    return FALSE;
  for (guint i = 0; i < kin->len && !*matches; i++)
    *matches = kin_matches (self, candidate->hit, g_ptr_array_index (kin, i));
  return TRUE;
}

static gboolean
check_devices (YihuSearch *self, YihuSearchHit *hit, gboolean *matches, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (self->cache->city),
                           "SELECT number, number_key FROM device WHERE elder = ?1 LIMIT 64", error,
                           "s", hit->elder->record.id);

  if (rows == NULL)
    return FALSE;
  while (!*matches && yihu_rows_next (rows, &local))
    {
      const char *key = yihu_rows_get_text (rows, 1);

      *matches =
          key != NULL
          && (g_str_has_prefix (key, self->text->text) || g_str_has_suffix (key, self->text->text))
          && set_met (hit, YIHU_SEARCH_MET_DEVICE, yihu_rows_get_text (rows, 0), NULL);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
letters_match (const YihuSearchText *text, const YihuElder *elder)
{
  g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (elder->name);

  if (g_str_has_prefix (pinyin->full, text->text) || g_str_has_prefix (pinyin->initials, text->text)
      || yihu_search_text_matches_pinyin (text, pinyin->full))
    return TRUE;
  for (guint i = 0; pinyin->others != NULL && pinyin->others[i] != NULL; i++)
    if (g_str_has_prefix (pinyin->others[i], text->text))
      return TRUE;
  return FALSE;
}

static gboolean
check_codes (YihuSearch *self, YihuSearchCandidate *candidate, gboolean *matches, GError **error)
{
  YihuSearchHit *hit = candidate->hit;
  gboolean by_device = hit->met == YIHU_SEARCH_MET_DEVICE;

  *matches = check_own_numbers (hit, self->text->text);
  if (*matches || self->cache->city == NULL)
    return TRUE;
  /* First where the walk came from: each is a query of its own. */
  if (by_device)
    return check_devices (self, hit, matches, error)
           && (*matches || check_kin (self, candidate, matches, error));
  return check_kin (self, candidate, matches, error)
         && (*matches || check_devices (self, hit, matches, error));
}

gboolean
yihu_search_check (YihuSearch *self,
                   YihuSearchCandidate *candidate,
                   gboolean *matches,
                   GError **error)
{
  YihuSearchHit *hit = candidate->hit;
  YihuSearchMet met = hit->met;

  switch (self->text->kind)
    {
    case YIHU_SEARCH_NAME:
      *matches = check_name (hit, self->text->text);
      return TRUE;
    case YIHU_SEARCH_DIGITS:
      return check_codes (self, candidate, matches, error);
    case YIHU_SEARCH_CODE:
      if (letters_match (self->text, hit->elder))
        return *matches = set_met (hit, met, NULL, NULL);
      return check_codes (self, candidate, matches, error);
    default:
      *matches = letters_match (self->text, hit->elder);
      return TRUE;
    }
}
