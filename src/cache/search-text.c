/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Normalising and cutting typed text. The cutter follows the build of Mandarin syllables: an
 * optional consonant (zh, ch, sh count as one), vowels, then n, ng or r unless a vowel follows,
 * which would make it the next syllable's. */

#include "cache/search-text.h"

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

static gboolean
is_separator (gunichar c)
{
  return g_unichar_isspace (c) || c == '-' || c == '\'' || c == 0x2019 || c == 0xb7 || c == 0x2022
         || c == '(' || c == ')' || c == '+';
}

/* Returns: (nullable): NULL where the text is not to be searched for. */
static char *
normalize (const char *typed)
{
  g_autofree char *composed = NULL;
  g_autofree char *small = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!g_utf8_validate (typed, -1, NULL) || g_utf8_strlen (typed, -1) > YIHU_SEARCH_TEXT_MAX)
    return NULL;
  composed = g_utf8_normalize (typed, -1, G_NORMALIZE_ALL_COMPOSE);
  small = composed != NULL ? g_utf8_strdown (composed, -1) : NULL;
  if (small == NULL || g_utf8_strlen (small, -1) > YIHU_SEARCH_TEXT_MAX)
    return NULL;
  for (const char *p = small; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c))
        return NULL;
      if (!is_separator (c))
        g_string_append_unichar (text, c == 0xfc ? 'v' : c);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static YihuSearchKind
classify (const char *text)
{
  gsize length = strlen (text);

  if (length == 0)
    return YIHU_SEARCH_NOTHING;
  if (strspn (text, "0123456789") == length)
    return length >= YIHU_SEARCH_MIN_DIGITS ? YIHU_SEARCH_DIGITS : YIHU_SEARCH_NOTHING;
  if (strspn (text, "abcdefghijklmnopqrstuvwxyz") == length)
    return YIHU_SEARCH_LETTERS;
  return YIHU_SEARCH_NAME;
}

YihuSearchText *
yihu_search_text_new (const char *typed)
{
  YihuSearchText *self = g_new0 (YihuSearchText, 1);

  self->text = typed != NULL ? normalize (typed) : NULL;
  if (self->text == NULL)
    self->text = g_strdup ("");
  self->kind = classify (self->text);
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

/* Where a syllable of the name ends is not in the file, so each place is tried at which the next
 * piece could begin; a syllable has at most six letters. */
static gboolean
matches_from (const YihuSearchText *self, guint piece, const char *pinyin)
{
  gsize length = strlen (self->syllables[piece]);

  if (strncmp (pinyin, self->syllables[piece], length) != 0)
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
