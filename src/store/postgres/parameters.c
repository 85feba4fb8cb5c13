/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From the values of sql/ to PostgreSQL's binary form: numbers with the most significant byte
 * first, texts as they are, arrays and bytes as whoever made them wrote them. Every kind says its
 * type, so that the database guesses none. */

#include "store/postgres/parameters.h"

#include <string.h>

#define OID_BYTEA 17
#define OID_INT8 20
#define OID_TEXT 25
#define OID_TEXT_ARRAY 1009
#define OID_INT8_ARRAY 1016

static Oid
find_bytes_type (char kind)
{
  return kind == 'I' ? OID_INT8_ARRAY : kind == 'S' ? OID_TEXT_ARRAY : OID_BYTEA;
}

void
yihu_pg_parameters_fill (YihuPgParameters *self, const YihuSqlValue *values, guint n_values)
{
  for (guint i = 0; i < n_values; i++)
    {
      gsize size = 0;

      self->formats[i] = 1;
      switch (values[i].kind)
        {
        case 'i':
          self->types[i] = OID_INT8;
          self->numbers[i] = GINT64_TO_BE (values[i].number);
          self->values[i] = (const char *) &self->numbers[i];
          self->lengths[i] = sizeof (gint64);
          break;
        case 's':
          self->types[i] = OID_TEXT;
          self->values[i] = values[i].text;
          self->lengths[i] = values[i].text != NULL ? (int) strlen (values[i].text) : 0;
          break;
        default:
          self->types[i] = find_bytes_type (values[i].kind);
          self->values[i] =
              values[i].bytes != NULL ? g_bytes_get_data (values[i].bytes, &size) : NULL;
          if (values[i].bytes != NULL && self->values[i] == NULL)
            self->values[i] = ""; /* empty, not NULL */
          self->lengths[i] = (int) size;
        }
    }
}
