/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Normalising and cutting typed text. The cutter follows the build of Mandarin syllables: an
 * optional consonant (zh, ch, sh count as one), vowels, then n, ng or r unless a vowel follows,
 * which would make it the next syllable's. */

#include "cache/search-text.h"

#include "base/fold.h"

#include <string.h>

static gboolean
is_vowel (char c)
{
  return c != '\0' && strchr ("aeiouv", c) != NULL;
}

static gsize
consonant_length (const char *text)
{
  if (is_vowel (*text) || *text == '\0')
    return 0;
  return strchr ("zcs", *text) != NULL && text[1] == 'h' ? 2 : 1;
}

/* Length of the syllable or lone consonant at the beginning of @text, which is not empty. */
static gsize
piece_length (const char *text)
{
  gsize length = consonant_length (text);

  if (!is_vowel (text[length]))
    return length;
  while (is_vowel (text[length]))
    length++;
  if (text[length] == 'n' && !is_vowel (text[length + 1]))
    {
      length++;
      if (text[length] == 'g' && !is_vowel (text[length + 1]))
        length++;
    }
  else if (text[length] == 'r' && !is_vowel (text[length + 1]))
    length++;
  return length;
}

static void
cut_syllables (YihuSearchText *self)
{
  g_autoptr (GString) initials = g_string_new (NULL);
  const char *cursor = self->text;

  while (*cursor != '\0' && self->n_syllables < YIHU_SEARCH_MAX_SYLLABLES)
    {
      gsize length = piece_length (cursor);

      g_string_append_c (initials, *cursor);
      self->syllables[self->n_syllables++] = g_strndup (cursor, length);
      cursor += length;
    }
  if (*cursor == '\0' && self->n_syllables > 1 && strcmp (initials->str, self->text) != 0)
    {
      self->initials = g_strdup (initials->str);
      return;
    }
  for (guint i = 0; i < self->n_syllables; i++)
    g_clear_pointer (&self->syllables[i], g_free);
  self->n_syllables = 0;
  self->initials = g_strdup ("");
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
    cut_syllables (self);
  else
    self->initials = g_strdup ("");
  return self;
}

void
yihu_search_text_free (YihuSearchText *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_syllables; i++)
    g_free (self->syllables[i]);
  g_free (self->initials);
  g_free (self->text);
  g_free (self);
}

/* "lu" is also how ü is typed. Where a syllable of the name ends is not in the file, so each place
 * is tried at which the next piece could begin; a syllable has at most six letters. */
static gboolean
matches_from (const YihuSearchText *self, guint piece, const char *pinyin)
{
  const char *typed = self->syllables[piece];
  gsize length = strlen (typed);

  for (gsize i = 0; i < length; i++)
    if (pinyin[i] != typed[i] && !(pinyin[i] == 'v' && typed[i] == 'u'))
      return FALSE;
  if (piece + 1 == self->n_syllables)
    return TRUE;
  for (gsize i = length; i <= 6 && pinyin[i - 1] != '\0' && pinyin[i] != '\0'; i++)
    if (matches_from (self, piece + 1, pinyin + i))
      return TRUE;
  return FALSE;
}

gboolean
yihu_search_text_matches_pinyin (const YihuSearchText *self, const char *pinyin)
{
  return self->n_syllables > 0 && matches_from (self, 0, pinyin);
}
