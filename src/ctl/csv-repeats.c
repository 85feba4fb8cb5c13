/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One pass over the file, with every id in memory: some 100 bytes a row. */

#include "ctl/csv-repeats.h"

#include "base/csv.h"

#include <string.h>

#define CHUNK_BYTES 65536

typedef struct
{
  GHashTable *first_lines; /* (owned): by id */
  GStringChunk *ids; /* (owned) */
  GArray *repeats;
} Search;

/* Returns: the place of the column "id"; -1: there is none. */
static int
find_id (YihuCsvReader *reader)
{
  char **fields;
  guint n_fields;

  if (!yihu_csv_reader_next (reader, &fields, &n_fields, NULL))
    return -1;
  for (guint i = 0; i < n_fields; i++)
    if (strcmp (g_strstrip (fields[i]), "id") == 0)
      return (int) i;
  return -1;
}

static void
look_at (Search *self, const char *id, guint line)
{
  gpointer first = g_hash_table_lookup (self->first_lines, id);
  YihuCsvRepeat repeat = { line, GPOINTER_TO_UINT (first) };

  if (first != NULL)
    g_array_append_val (self->repeats, repeat);
  else if (*id != '\0')
    g_hash_table_insert (self->first_lines, g_string_chunk_insert (self->ids, id),
                         GUINT_TO_POINTER (line));
}

GArray *
yihu_csv_list_repeats (const char *text, gsize length)
{
  g_autoptr (YihuCsvReader) reader =
      length > 0 ? yihu_csv_reader_new (text, length, NULL) : NULL; /* a mapped file may be NULL */
  g_autoptr (GHashTable) first_lines = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStringChunk) ids = g_string_chunk_new (CHUNK_BYTES);
  Search search = { first_lines, ids, g_array_new (FALSE, FALSE, sizeof (YihuCsvRepeat)) };
  int column = reader != NULL ? find_id (reader) : -1;

  while (column >= 0 && !yihu_csv_reader_is_at_end (reader))
    {
      char **fields;
      guint n_fields;

      if (yihu_csv_reader_next (reader, &fields, &n_fields, NULL) && (guint) column < n_fields)
        look_at (&search, g_strstrip (fields[column]), yihu_csv_reader_get_line (reader));
    }
  return search.repeats;
}
