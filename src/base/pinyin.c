/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Search keys of names. A name becomes a row of syllables (hanzi) and of other characters that
 * stand for themselves; the first one or two are read by the lists of surnames. Further keys
 * replace one syllable at a time by another modern reading, so that their number stays small: most
 * names have only two (the given name alone). More than a million names are read when a snapshot is
 * built, so there is one buffer and no hash table. */

#include "base/pinyin.h"

#include "base/pinyin-surnames.h"
#include "pinyin-table.h"

#include <stdlib.h>
#include <string.h>

#define MAX_CHARACTERS 32
#define MAX_OTHERS 32
#define MAX_SYLLABLE 7

typedef struct
{
  gunichar character;
  const char *readings; /* comma separated; NULL: stands for itself */
  char syllable[MAX_SYLLABLE + 1];
} Sign;

static int
compare_codes (gconstpointer a, gconstpointer b)
{
  const guint32 *left = a;
  const guint32 *right = b;

  return *left < *right ? -1 : *left > *right;
}

static const char *
find_rare (gunichar character)
{
  const guint32 code = character;
  const guint32 *found = bsearch (&code, pinyin_rare, G_N_ELEMENTS (pinyin_rare),
                                  sizeof pinyin_rare[0], compare_codes);

  if (found == NULL)
    return "";
  return pinyin_texts + pinyin_offsets[pinyin_rare_numbers[found - pinyin_rare]];
}

const char *
yihu_pinyin_get_readings (gunichar character)
{
  const char *readings = "";

  if (character >= PINYIN_FIRST && character <= PINYIN_LAST)
    readings = pinyin_texts + pinyin_offsets[pinyin_dense[character - PINYIN_FIRST]];
  else if (character > 0x7f)
    readings = find_rare (character);
  return *readings != '\0' ? readings : NULL;
}

guint
yihu_pinyin_find_syllables (const char *prefix, const char *const **first)
{
  guint from = 0;
  guint to = G_N_ELEMENTS (pinyin_syllables);
  guint n = 0;

  while (from < to)
    {
      guint middle = (from + to) / 2;

      if (strcmp (pinyin_syllables[middle], prefix) < 0)
        from = middle + 1;
      else
        to = middle;
    }
  while (from + n < G_N_ELEMENTS (pinyin_syllables)
         && g_str_has_prefix (pinyin_syllables[from + n], prefix))
    n++;
  *first = pinyin_syllables + from;
  return n;
}

/* Copies the syllable at @text, which ends at a comma, a space or the end. Returns: what follows
 * the separator, or NULL at the end. */
static const char *
copy_syllable (char *syllable, const char *text)
{
  gsize length = strcspn (text, ", ");
  gsize copied = MIN (length, MAX_SYLLABLE);

  memcpy (syllable, text, copied);
  syllable[copied] = '\0';
  return text[length] != '\0' ? text + length + 1 : NULL;
}

/* Spaces, middle dots and the like do not belong to a key. */
static gboolean
is_kept (gunichar character)
{
  return g_unichar_isalnum (character);
}

static void
sign_set_everyday (Sign *sign)
{
  if (sign->readings != NULL)
    copy_syllable (sign->syllable, sign->readings);
  else
    sign->syllable[g_unichar_to_utf8 (g_unichar_tolower (sign->character), sign->syllable)] = '\0';
}

static guint
read_signs (const char *name, Sign *signs)
{
  guint n = 0;

  for (const char *p = name; *p != '\0' && n < MAX_CHARACTERS; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (!is_kept (character))
        continue;
      signs[n].character = character;
      signs[n].readings = yihu_pinyin_get_readings (character);
      sign_set_everyday (&signs[n]);
      n++;
    }
  return n;
}

const char *
yihu_pinyin_skip_surname (const char *name)
{
  const char *dot = g_strrstr (name, "·");
  const YihuSurname *surname = dot == NULL ? yihu_surname_find (name) : NULL;

  if (dot != NULL)
    return dot + strlen ("·");
  if (surname != NULL)
    return name + strlen (surname->hanzi);
  return *name != '\0' ? g_utf8_next_char (name) : name;
}

static guint
count_signs (const char *from, const char *to)
{
  guint n = 0;

  for (const char *p = from; p < to; p = g_utf8_next_char (p))
    n += is_kept (g_utf8_get_char (p));
  return n;
}

/* Reads the surname as a surname. */
static void
read_surname (const char *name, Sign *signs, guint n)
{
  const YihuSurname *surname = yihu_surname_find (name);
  const char *reading = surname != NULL ? surname->readings : NULL;
  guint length = 0;

  while (reading != NULL && length < n)
    reading = copy_syllable (signs[length++].syllable, reading);
}

/* --- keys --- */

typedef struct
{
  char full[MAX_CHARACTERS * MAX_SYLLABLE + 1];
  char initials[MAX_CHARACTERS * MAX_SYLLABLE + 1];
} Keys;

/* Of a character that stands for itself the whole is the initial: "b2" finds what is called B2. */
static void
make_keys (const Sign *signs, guint from, guint n, Keys *keys)
{
  char *full = keys->full;
  char *initials = keys->initials;

  for (guint i = from; i < n; i++)
    {
      full = g_stpcpy (full, signs[i].syllable);
      if (signs[i].readings != NULL)
        *initials++ = signs[i].syllable[0];
      else
        initials = g_stpcpy (initials, signs[i].syllable);
    }
  *full = '\0';
  *initials = '\0';
}

static void
add_other (YihuPinyin *self, GPtrArray *others, const char *key)
{
  if (*key == '\0' || others->len >= MAX_OTHERS || strcmp (key, self->full) == 0
      || strcmp (key, self->initials) == 0)
    return;
  for (guint i = 0; i < others->len; i++)
    if (strcmp (key, g_ptr_array_index (others, i)) == 0)
      return;
  g_ptr_array_add (others, g_strdup (key));
}

/* "lv" is typed as "lu" too, and "nve" as "nue". */
static void
add_with_u (YihuPinyin *self, GPtrArray *others, const Keys *keys)
{
  Keys with_u = *keys;

  add_other (self, others, keys->full);
  add_other (self, others, keys->initials);
  if (strchr (keys->full, 'v') == NULL)
    return;
  g_strdelimit (with_u.full, "v", 'u');
  add_other (self, others, with_u.full);
}

/* Every reading of the sign at @at, with the other signs as they are. */
static void
add_readings (YihuPinyin *self, GPtrArray *others, Sign *signs, guint n, guint at)
{
  const Sign saved = signs[at];
  const char *reading = saved.readings;
  Keys keys;

  while (reading != NULL)
    {
      reading = copy_syllable (signs[at].syllable, reading);
      make_keys (signs, 0, n, &keys);
      add_with_u (self, others, &keys);
    }
  signs[at] = saved;
}

/* The whole name as if it had no surname: "weichi…" for 尉迟. */
static void
add_everyday (YihuPinyin *self, GPtrArray *others, const Sign *signs, guint n)
{
  Sign plain[MAX_CHARACTERS];
  Keys keys;

  memcpy (plain, signs, n * sizeof plain[0]);
  for (guint i = 0; i < n; i++)
    sign_set_everyday (&plain[i]);
  make_keys (plain, 0, n, &keys);
  add_with_u (self, others, &keys);
}

static gboolean
has_hanzi (const Sign *signs, guint n)
{
  for (guint i = 0; i < n; i++)
    if (signs[i].readings != NULL)
      return TRUE;
  return FALSE;
}

YihuPinyin *
yihu_pinyin_new (const char *name)
{
  YihuPinyin *self = g_new0 (YihuPinyin, 1);
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  Sign signs[MAX_CHARACTERS];
  guint n, given;
  Keys keys;

  if (name == NULL || !g_utf8_validate (name, -1, NULL))
    name = "";
  n = read_signs (name, signs);
  read_surname (name, signs, n);
  given = MIN (count_signs (name, yihu_pinyin_skip_surname (name)), n);
  make_keys (signs, 0, n, &keys);
  self->full = g_strdup (keys.full);
  self->initials = g_strdup (keys.initials);
  if (has_hanzi (signs, n))
    {
      make_keys (signs, given, n, &keys);
      *keys.initials = '\0'; /* of a given name they would name half the city */
      add_with_u (self, others, &keys);
      make_keys (signs, 0, n, &keys);
      add_with_u (self, others, &keys);
      add_everyday (self, others, signs, n);
      for (guint i = 0; i < n; i++)
        if (signs[i].readings != NULL && strchr (signs[i].readings, ',') != NULL)
          add_readings (self, others, signs, n, i);
    }
  g_ptr_array_add (others, NULL);
  self->others = (char **) g_ptr_array_free (g_steal_pointer (&others), FALSE);
  return self;
}

void
yihu_pinyin_free (YihuPinyin *self)
{
  if (self == NULL)
    return;
  g_free (self->full);
  g_free (self->initials);
  g_strfreev (self->others);
  g_free (self);
}
