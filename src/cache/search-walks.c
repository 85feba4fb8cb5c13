/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The walks of a search. Each way of typing is one or a few walks along an ordinary index from the
 * typed text to the typed text followed by the last character there is; none goes further than a
 * fixed number of entries. Who has something open is walked for by itself, so that a case is found
 * however many people of that name there are. What a walk gives is a candidate: whether the person
 * is really meant, the unsealed row must tell (cache-search.c). */

#include "base/pinyin.h"
#include "cache/search-private.h"

#include <string.h>

#define MAX_WALK 60 /* entries of an index */
#define MAX_ASIDE 15
#define MAX_SHORT 30 /* where there are several walks of a kind */
#define MAX_NUMBERS 40 /* three digits end thousands of numbers: the next one tells more */
#define MAX_CODES 20
#define MAX_NAMES 200 /* where each must be unsealed and compared */
#define MAX_MIXED 90
#define MAX_FILTERED 1000 /* entries looked through for what else is asked of them */
#define LAST_CHARACTER "\xf4\x8f\xbf\xbf" /* U+10FFFF */

/* A walk gives n, division and pinyin as far as its index has them, open and contact where it knows
 * that it needs them, the kin where it is along number_key, and takes its limit as last parameter.
 * None looks at the elder's own row: what is missing is looked up afterwards, once for each
 * candidate (cache-search.c). */
#define BARE(column) "SELECT " column ", 0, NULL"

typedef enum
{
  TELLS_WHO,
  TELLS_CASE, /* what is open, and the last contact */
  TELLS_KIN, /* and whose number it is */
} WalkTells;

typedef struct
{
  YihuSearchMet met;
  guint limit;
  gboolean is_mixed; /* keep what mixed typing fits */
  WalkTells tells; /* also */
} Walk;

/* Takes the rows of @rows (owned). */
static gboolean
take_rows (YihuSearch *self, YihuRows *rows, const Walk *walk, GError **error)
{
  g_autoptr (YihuRows) owned = rows;
  g_autoptr (GError) local = NULL;
  guint n = 0;

  if (rows == NULL)
    return FALSE;
  for (; yihu_rows_next (rows, &local); n++)
    {
      const char *pinyin = yihu_rows_get_text (rows, 2);
      YihuSearchCandidate *candidate;

      if (walk->is_mixed && !yihu_search_text_matches_pinyin (self->text, pinyin ? pinyin : ""))
        continue;
      candidate = yihu_search_add (self, yihu_rows_get_int (rows, 0), yihu_rows_get_int (rows, 1),
                                   pinyin, walk->met);
      if (candidate == NULL || walk->tells == TELLS_WHO)
        continue;
      candidate->has_case = TRUE;
      candidate->hit->n_open = yihu_rows_get_int (rows, 3);
      candidate->hit->contact_at_us = yihu_rows_get_int (rows, 4);
      if (walk->tells == TELLS_KIN)
        candidate->kin = yihu_rows_get_int (rows, 5);
    }
  self->has_more |= n == walk->limit;
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static YihuDatabase *
get_database (YihuSearch *self)
{
  return yihu_snapshot_file_get_database (self->cache->city);
}

static gboolean
is_over (YihuSearch *self, GError **error)
{
  return g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

/* ?1 <= key < ?2 of texts. */
static gboolean
walk_text (YihuSearch *self, const char *sql, const char *from, const Walk *walk, GError **error)
{
  g_autofree char *to = g_strconcat (from, LAST_CHARACTER, NULL);

  return !is_over (self, error)
         && take_rows (self,
                       yihu_database_query (get_database (self), sql, error, "ssi", from, to,
                                            (gint64) walk->limit),
                       walk, error);
}

/* ?1 <= key < ?2 of numbers. */
static gboolean
walk_numbers (YihuSearch *self,
              const char *sql,
              gint64 from,
              gint64 to,
              const Walk *walk,
              GError **error)
{
  return !is_over (self, error)
         && take_rows (self,
                       yihu_database_query (get_database (self), sql, error, "iii", from, to,
                                            (gint64) walk->limit),
                       walk, error);
}

static const char pinyin_sql[] = "SELECT n, division, pinyin FROM elder"
                                 " WHERE pinyin >= ?1 AND pinyin < ?2 ORDER BY pinyin LIMIT ?3";
static const char initials_sql[] = "SELECT n, division, pinyin FROM elder"
                                   " WHERE initials >= ?1 AND initials < ?2"
                                   " ORDER BY initials, pinyin LIMIT ?3";
/* The reading that was typed serves as well for the order among those found by another reading. */
static const char key_sql[] = "SELECT elder, 0, key FROM elder_key"
                              " WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3";
static const char open_pinyin_sql[] =
    "SELECT elder, 0, pinyin, open, contact_at_us FROM elder_case"
    " WHERE open > 0 AND pinyin >= ?1 AND pinyin < ?2 ORDER BY pinyin LIMIT ?3";
static const char open_initials_sql[] =
    "SELECT elder, 0, pinyin, open, contact_at_us FROM elder_case"
    " WHERE open > 0 AND initials >= ?1 AND initials < ?2 ORDER BY initials LIMIT ?3";

/* --- the home district among many --- */

/* Looks through the next entries only, so that a small district costs no more than a large one. */
static gboolean
walk_home (YihuSearch *self, const char *sql, GError **error)
{
  const Walk walk = { YIHU_SEARCH_MET_NAME, MAX_WALK, FALSE, TELLS_WHO };
  g_autofree char *to = g_strconcat (self->text->text, LAST_CHARACTER, NULL);

  return !is_over (self, error)
         && take_rows (self,
                       yihu_database_query (get_database (self), sql, error, "ssiiii",
                                            self->text->text, to, self->home.lo, self->home.hi,
                                            (gint64) walk.limit, (gint64) MAX_FILTERED),
                       &walk, error);
}

#define HOME_SQL(order)                                                                            \
  "SELECT n, division, pinyin FROM (SELECT n, division, pinyin FROM elder WHERE " order            \
  " >= ?1 AND " order " < ?2 ORDER BY " order ", pinyin LIMIT ?6)"                                 \
  " WHERE division >= ?3 AND division < ?4 LIMIT ?5"

/* --- letters --- */

static gboolean
walk_plain (YihuSearch *self, GError **error)
{
  const Walk open = { YIHU_SEARCH_MET_NAME, MAX_WALK, FALSE, TELLS_CASE };
  const Walk direct = { YIHU_SEARCH_MET_NAME, MAX_WALK, FALSE, TELLS_WHO };
  Walk aside = { YIHU_SEARCH_MET_ASIDE, MAX_WALK, FALSE, TELLS_WHO };
  const char *typed = self->text->text;
  gboolean is_letter = typed[1] == '\0'; /* by pinyin and by initials they are the same people */

  if (!walk_text (self, open_pinyin_sql, typed, &open, error)
      || (!is_letter && !walk_text (self, open_initials_sql, typed, &open, error)))
    return FALSE;
  /* Whoever has nothing open would stand behind all of these. */
  if (!self->is_home_a_part && self->candidates->len > self->limit)
    return TRUE;
  if (!walk_text (self, pinyin_sql, typed, &direct, error)
      || (!is_letter && !walk_text (self, initials_sql, typed, &direct, error)))
    return FALSE;
  if (self->has_more && self->is_home_a_part
      && (!walk_home (self, HOME_SQL ("pinyin"), error)
          || !walk_home (self, HOME_SQL ("initials"), error)))
    return FALSE;
  /* Where there are many by their own name, the others wait. */
  if (self->candidates->len >= MAX_WALK)
    aside.limit = MAX_ASIDE;
  return walk_text (self, key_sql, typed, &aside, error);
}

/* Names with just these initials whose pinyin begins with @from. */
static gboolean
walk_initials_from (YihuSearch *self, const char *initials, const char *from, GError **error)
{
  static const char sql[] = "SELECT n, division, pinyin FROM elder"
                            " WHERE initials = ?1 AND pinyin >= ?2 AND pinyin < ?3"
                            " ORDER BY pinyin LIMIT ?4";
  const Walk walk = { YIHU_SEARCH_MET_NAME, MAX_SHORT, TRUE, TELLS_WHO };
  g_autofree char *to = g_strconcat (from, LAST_CHARACTER, NULL);

  return !is_over (self, error)
         && take_rows (self,
                       yihu_database_query (get_database (self), sql, error, "sssi", initials, from,
                                            to, (gint64) walk.limit),
                       &walk, error);
}

/* The first piece from @from on that only begins a syllable; the last one if there is none. */
static guint
find_begun (const YihuSearchCut *cut, guint from)
{
  while (from + 1 < cut->n_pieces && cut->pieces[from][1] != '\0'
         && strpbrk (cut->pieces[from], "aeiouv") != NULL)
    from++;
  return from;
}

/* Each syllable that the first begun piece may be is a range of its own of names of any length:
 * thirty short walks are cheaper than looking through all of the initials. The last piece is one
 * range with what stands before it; what stands behind a second begun one the rows must tell. */
static gboolean
walk_cut_as (YihuSearch *self, const YihuSearchCut *cut, const char *head, GError **error)
{
  const Walk walk = { YIHU_SEARCH_MET_NAME, MAX_SHORT, TRUE, TELLS_WHO };
  guint begun = find_begun (cut, 0);
  guint next = find_begun (cut, MIN (begun + 1, cut->n_pieces - 1));
  g_autoptr (GString) tail = g_string_new (NULL);
  const char *const last[] = { cut->pieces[begun] };
  const char *const *syllables = last;
  guint n =
      begun + 1 < cut->n_pieces ? yihu_pinyin_find_syllables (cut->pieces[begun], &syllables) : 1;

  for (guint i = begun + 1; i <= next; i++)
    g_string_append (tail, cut->pieces[i]);
  for (guint i = 0; i < n && self->candidates->len < MAX_MIXED; i++)
    {
      g_autofree char *from = g_strconcat (head, syllables[i], tail->str, NULL);

      if (next + 1 < cut->n_pieces ? !walk_initials_from (self, cut->initials, from, error)
                                   : !walk_text (self, pinyin_sql, from, &walk, error))
        return FALSE;
    }
  return TRUE;
}

/* The same again with ü where u was typed for it. */
static gboolean
walk_cut (YihuSearch *self, const YihuSearchCut *cut, GError **error)
{
  guint begun = find_begun (cut, 0);
  g_autoptr (GString) head = g_string_new (NULL);

  for (guint i = 0; i < begun; i++)
    g_string_append (head, cut->pieces[i]);
  if (!walk_cut_as (self, cut, head->str, error))
    return FALSE;
  if (begun == 0 || strchr ("ln", head->str[0]) == NULL || head->str[1] != 'u')
    return TRUE;
  head->str[1] = 'v';
  return walk_cut_as (self, cut, head->str, error);
}

static gboolean
walk_mixed (YihuSearch *self, GError **error)
{
  /* Longer names, of which the last syllables are not typed yet. */
  static const char longer_sql[] = "SELECT n, division, pinyin FROM elder"
                                   " WHERE initials > ?1 AND initials < ?2"
                                   " ORDER BY initials, pinyin LIMIT ?3";
  const Walk longer = { YIHU_SEARCH_MET_NAME, MAX_FILTERED, TRUE, TELLS_WHO };
  const Walk open = { YIHU_SEARCH_MET_NAME, MAX_WALK, TRUE, TELLS_CASE };
  const YihuSearchCut *cuts = self->text->cuts;
  gboolean is_plain_cut = self->has_more && self->candidates->len >= MAX_WALK;

  if (!walk_text (self, open_initials_sql, cuts[0].initials, &open, error))
    return FALSE;
  /* Where already more begin with just what was typed than are looked at ("lix" for 李秀英), those
   * for whom it would be short for something longer (刘秀英) wait for the next key. */
  if (is_plain_cut)
    return TRUE;
  for (guint i = 0; i < self->text->n_cuts && self->candidates->len <= self->limit; i++)
    if (!walk_cut (self, &cuts[i], error))
      return FALSE;
  return cuts[0].n_pieces == 2 || self->candidates->len > self->limit
         || walk_text (self, longer_sql, cuts[0].initials, &longer, error);
}

/* --- digits --- */

static const char phone_sql[] =
    "SELECT k.elder, 0, NULL, c.open, c.contact_at_us, k.kin FROM number_key AS k"
    " LEFT JOIN elder_case AS c ON c.elder = k.elder WHERE k.key >= ?1 AND k.key < ?2 LIMIT ?3";
static const char id_sql[] =
    "SELECT e.n, 0, NULL, c.open, c.contact_at_us FROM elder AS e"
    " LEFT JOIN elder_case AS c ON c.elder = e.n WHERE e.id_tail_r >= ?1 AND e.id_tail_r < ?2"
    " LIMIT ?3";
static const char device_sql[] =
    BARE ("e.n") " FROM device AS d CROSS JOIN elder AS e ON e.id = d.elder"
                 " WHERE d.number_key >= ?1 AND d.number_key < ?2 LIMIT ?3";
static const char device_tail_sql[] =
    BARE ("e.n") " FROM device AS d CROSS JOIN elder AS e ON e.id = d.elder"
                 " WHERE d.number_r >= ?1 AND d.number_r < ?2 LIMIT ?3";

static gboolean
walk_codes (YihuSearch *self, GError **error)
{
  const Walk id = { YIHU_SEARCH_MET_ID, MAX_CODES, FALSE, TELLS_CASE };
  Walk device = { YIHU_SEARCH_MET_DEVICE, MAX_CODES, FALSE, TELLS_WHO };
  g_autofree char *tail = g_utf8_strreverse (self->text->text, -1);
  g_autofree char *id_tail = g_strndup (tail, YIHU_ELDER_ID_TAIL);

  if (!walk_text (self, id_sql, id_tail, &id, error))
    return FALSE;
  /* Each is a look at two rows. */
  if (self->candidates->len >= MAX_NUMBERS)
    device.limit = MAX_ASIDE;
  return walk_text (self, device_sql, self->text->text, &device, error)
         && walk_text (self, device_tail_sql, tail, &device, error);
}

static gboolean
walk_digits (YihuSearch *self, GError **error)
{
  const Walk phone = { YIHU_SEARCH_MET_PHONE, MAX_NUMBERS, FALSE, TELLS_KIN };
  g_autofree char *tail = g_utf8_strreverse (self->text->text, -1);
  gint64 from;
  gint64 to;

  yihu_snapshot_file_tail_range (tail, &from, &to);
  return walk_numbers (self, phone_sql, from, to, &phone, error) && walk_codes (self, error);
}

/* --- characters --- */

static const char name_sql[] = BARE ("n") " FROM elder WHERE name_hash >= ?1 AND name_hash < ?2"
                                          " LIMIT ?3";
static const char given_sql[] = BARE ("n") " FROM elder WHERE given_hash >= ?1 AND given_hash < ?2"
                                           " LIMIT ?3";

/* Of those with something open who sound alike only the ones who are written so: others would use
 * up what may be unsealed. */
static gboolean
walk_open_names (YihuSearch *self, gint64 from, gint64 to, GError **error)
{
  static const char sql[] = "SELECT e.n, e.division, e.pinyin, c.open, c.contact_at_us"
                            " FROM elder_case AS c CROSS JOIN elder AS e ON e.n = c.elder"
                            " WHERE c.open > 0 AND c.pinyin >= ?1 AND c.pinyin < ?2"
                            " AND e.name_hash >= ?3 AND e.name_hash < ?4 LIMIT ?5";
  const Walk walk = { YIHU_SEARCH_MET_NAME, MAX_WALK, FALSE, TELLS_CASE };
  g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (self->text->text);
  g_autofree char *end = g_strconcat (pinyin->full, LAST_CHARACTER, NULL);

  return !is_over (self, error)
         && take_rows (self,
                       yihu_database_query (get_database (self), sql, error, "ssiii", pinyin->full,
                                            end, from, to, (gint64) walk.limit),
                       &walk, error);
}

/* The hashes of the first characters are one range, whatever these are read like. */
static gboolean
walk_names (YihuSearch *self, GError **error)
{
  const Walk direct = { YIHU_SEARCH_MET_NAME, MAX_NAMES, FALSE, TELLS_WHO };
  const Walk aside = { YIHU_SEARCH_MET_ASIDE, MAX_NAMES, FALSE, TELLS_WHO };
  YihuSnapshotFile *city = self->cache->city;
  gint64 from;
  gint64 to;

  yihu_snapshot_file_hash_name (city, self->text->text, &from, &to);
  if (!walk_open_names (self, from, to, error)
      || !walk_numbers (self, name_sql, from, to, &direct, error))
    return FALSE;
  yihu_snapshot_file_hash_given (city, self->text->text, &from, &to);
  return walk_numbers (self, given_sql, from, to, &aside, error);
}

/* Each three neighbouring characters must be there; that they are neighbours of each other too, the
 * unsealed address tells. */
static gboolean
walk_addresses (YihuSearch *self, GError **error)
{
  static const char sql[] =
      BARE ("rowid") " FROM elder_address WHERE elder_address MATCH ?1 LIMIT ?2";
  const Walk walk = { YIHU_SEARCH_MET_ADDRESS, MAX_NAMES, FALSE, TELLS_WHO };
  g_autoptr (GString) parts = g_string_new (NULL);
  const char *text = self->text->text;
  const char *end = g_utf8_offset_to_pointer (text, YIHU_SEARCH_MIN_ADDRESS);

  for (;; text = g_utf8_next_char (text), end = g_utf8_next_char (end))
    {
      g_string_append_printf (parts, "%s\"%.*s\"", parts->len > 0 ? " AND " : "",
                              (int) (end - text), text);
      if (*end == '\0')
        break;
    }
  return !is_over (self, error)
         && take_rows (self,
                       yihu_database_query (get_database (self), sql, error, "si", parts->str,
                                            (gint64) walk.limit),
                       &walk, error);
}

gboolean
yihu_search_walk (YihuSearch *self, GError **error)
{
  switch (self->text->kind)
    {
    case YIHU_SEARCH_DIGITS:
      return walk_digits (self, error);
    case YIHU_SEARCH_LETTERS:
      return walk_plain (self, error) && (self->text->n_cuts == 0 || walk_mixed (self, error));
    case YIHU_SEARCH_CODE:
      return walk_plain (self, error) && walk_codes (self, error);
    case YIHU_SEARCH_NAME:
      return walk_names (self, error)
             && (g_utf8_strlen (self->text->text, -1) < YIHU_SEARCH_MIN_ADDRESS
                 || walk_addresses (self, error));
    case YIHU_SEARCH_NOTHING:
    case YIHU_SEARCH_TOO_SHORT:
    case YIHU_SEARCH_TOO_LONG:
    case YIHU_SEARCH_UNREADABLE:
    default:
      return TRUE;
    }
}
