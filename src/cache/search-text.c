/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Normalising and cutting typed text. The cutter goes by the table of syllables; where several cuts
 * are possible all are kept, because only the names tell which was meant. */

#include "cache/search-text.h"

#include "base/fold.h"
#include "base/pinyin.h"

#include <string.h>

#define LONGEST_SYLLABLE 6
#define MAX_STEPS 4000 /* of looking for cuts; only what no name is needs more */

/* --- cutting --- */

typedef struct
{
  YihuSearchText *text;
  gsize lengths[YIHU_SEARCH_MAX_PIECES];
  guint n_wanted;
  guint n_steps;
} Cutting;

/* "lu" is also how ü is typed. */
static gboolean
is_syllable (const char *piece, gboolean is_beginning)
{
  const char *const *first;
  g_autofree char *umlaut = NULL;

  if (yihu_pinyin_find_syllables (piece, &first) > 0)
    return is_beginning || strcmp (first[0], piece) == 0;
  if ((piece[0] != 'l' && piece[0] != 'n') || piece[1] != 'u')
    return FALSE;
  umlaut = g_strdup (piece);
  umlaut[1] = 'v';
  return yihu_pinyin_find_syllables (umlaut, &first) > 0
         && (is_beginning || strcmp (first[0], umlaut) == 0);
}

static gboolean
is_piece (const char *from, gsize length, gboolean is_last)
{
  char piece[LONGEST_SYLLABLE + 1];
  gboolean is_begun = length == 1 || (length == 2 && from[1] == 'h');

  memcpy (piece, from, length);
  piece[length] = '\0';
  return is_syllable (piece, is_last || is_begun);
}

static void
add_cut (Cutting *self)
{
  YihuSearchCut *cut = &self->text->cuts[self->text->n_cuts];
  const char *cursor = self->text->text;

  if (strlen (cursor) == self->n_wanted) /* initials alone */
    return;
  self->text->n_cuts++;
  cut->n_pieces = self->n_wanted;
  cut->initials = g_new0 (char, self->n_wanted + 1);
  for (guint i = 0; i < self->n_wanted; i++)
    {
      cut->initials[i] = *cursor;
      cut->pieces[i] = g_strndup (cursor, self->lengths[i]);
      cursor += self->lengths[i];
    }
}

/* The longest piece first. */
static void
cut_from (Cutting *self, const char *cursor, guint piece)
{
  gsize left = strlen (cursor);
  guint n_after = self->n_wanted - piece - 1;

  for (gsize length = MIN (left, LONGEST_SYLLABLE); length > 0; length--)
    {
      if (self->text->n_cuts == YIHU_SEARCH_MAX_CUTS || ++self->n_steps > MAX_STEPS)
        return;
      if (left - length < n_after || left - length > (gsize) n_after * LONGEST_SYLLABLE
          || !is_piece (cursor, length, n_after == 0))
        continue;
      self->lengths[piece] = length;
      if (n_after == 0)
        add_cut (self);
      else
        cut_from (self, cursor + length, piece + 1);
    }
}

static void
cut_text (YihuSearchText *self)
{
  Cutting cutting = { .text = self };

  for (guint n = 2; n <= YIHU_SEARCH_MAX_PIECES; n++)
    {
      cutting.n_wanted = n;
      cut_from (&cutting, self->text, 0);
    }
}

/* Blanks around the text come with pasting; control characters inside it never belong there. */
static YihuSearchKind
find_fault (const char *typed)
{
  if (!g_utf8_validate (typed, -1, NULL))
    return YIHU_SEARCH_UNREADABLE;
  if (*typed == '\0')
    return YIHU_SEARCH_NOTHING;
  if (g_utf8_strlen (typed, -1) > YIHU_SEARCH_TEXT_MAX)
    return YIHU_SEARCH_TOO_LONG;
  for (const char *p = typed; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return YIHU_SEARCH_UNREADABLE;
  return YIHU_SEARCH_NAME;
}

static void
replace_umlaut (YihuSearchText *self)
{
  g_auto (GStrv) pieces = g_strsplit (self->text, "ü", -1);

  g_free (self->text);
  self->text = g_strjoinv ("v", pieces);
}

static YihuSearchKind
classify (const char *text)
{
  gsize length = strlen (text);

  if (length == 0)
    return YIHU_SEARCH_UNREADABLE;
  if (g_utf8_strlen (text, -1) > YIHU_SEARCH_TEXT_MAX) /* one sign can be many in simple form */
    return YIHU_SEARCH_TOO_LONG;
  if (strspn (text, "0123456789") == length)
    return length >= YIHU_SEARCH_MIN_DIGITS ? YIHU_SEARCH_DIGITS : YIHU_SEARCH_TOO_SHORT;
  if (strspn (text, "abcdefghijklmnopqrstuvwxyz") == length)
    return YIHU_SEARCH_LETTERS;
  if (strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789") == length)
    return YIHU_SEARCH_CODE;
  return YIHU_SEARCH_NAME;
}

YihuSearchText *
yihu_search_text_new (const char *typed)
{
  YihuSearchText *self = g_new0 (YihuSearchText, 1);
  g_autofree char *stripped = g_strstrip (g_strdup (typed != NULL ? typed : ""));

  self->kind = find_fault (stripped);
  self->text = self->kind == YIHU_SEARCH_NAME ? yihu_fold_text (stripped) : g_strdup ("");
  if (self->kind == YIHU_SEARCH_NAME)
    {
      replace_umlaut (self);
      self->kind = classify (self->text);
    }
  if (self->kind == YIHU_SEARCH_LETTERS)
    cut_text (self);
  return self;
}

void
yihu_search_text_free (YihuSearchText *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_cuts; i++)
    {
      for (guint j = 0; j < self->cuts[i].n_pieces; j++)
        g_free (self->cuts[i].pieces[j]);
      g_free (self->cuts[i].initials);
    }
  g_free (self->text);
  g_free (self);
}

/* Where a syllable of the name ends is not in the file, so each place is tried at which the next
 * piece could begin. */
static gboolean
matches_from (const YihuSearchCut *self, guint piece, const char *pinyin)
{
  const char *typed = self->pieces[piece];
  gsize length = strlen (typed);

  for (gsize i = 0; i < length; i++)
    if (pinyin[i] != typed[i] && !(pinyin[i] == 'v' && typed[i] == 'u'))
      return FALSE;
  if (piece + 1 == self->n_pieces)
    return TRUE;
  for (gsize i = length; i <= LONGEST_SYLLABLE && pinyin[i - 1] != '\0' && pinyin[i] != '\0'; i++)
    if (matches_from (self, piece + 1, pinyin + i))
      return TRUE;
  return FALSE;
}

gboolean
yihu_search_text_matches_pinyin (const YihuSearchText *self, const char *pinyin)
{
  for (guint i = 0; i < self->n_cuts; i++)
    if (matches_from (&self->cuts[i], 0, pinyin))
      return TRUE;
  return FALSE;
}
