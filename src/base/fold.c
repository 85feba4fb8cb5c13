/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Folding of texts for search. More than a million names and addresses pass here when a snapshot is
 * built, so what is in its form already (characters and small ASCII) is only copied. */

#include "base/fold.h"

#include <string.h>

/* Common characters and plain ASCII have no other form to be composed from. */
static gboolean
is_simple (gunichar c)
{
  return c < 0x80 || (c >= 0x4e00 && c <= 0x9fff);
}

static char *
compose (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (!is_simple (g_utf8_get_char (p)))
      return g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  return g_strdup (text);
}

char *
yihu_fold_text (const char *text)
{
  g_autofree char *composed = NULL;
  g_autoptr (GString) folded = NULL;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return g_strdup ("");
  composed = compose (text);
  folded = g_string_sized_new (composed != NULL ? strlen (composed) : 0);
  for (const char *p = composed; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isalnum (c))
        g_string_append_unichar (folded, g_unichar_tolower (c));
    }
  return g_string_free (g_steal_pointer (&folded), FALSE);
}
