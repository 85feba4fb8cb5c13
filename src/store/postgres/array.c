/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The form (src/backend/utils/adt/arrayfuncs.c, array_recv): number of dimensions, whether there
 * are NULLs, type of the values, then length and lower bound of the dimension, then each value as
 * its length and bytes; all numbers 32 bit, big end first. */

#include "store/postgres/array.h"

#include <string.h>

#define OID_INT8 20
#define OID_TEXT 25
#define LENGTH_OFFSET 12

static void
append_number (GByteArray *bytes, gint32 number)
{
  guint32 big = GUINT32_TO_BE ((guint32) number);

  g_byte_array_append (bytes, (const guint8 *) &big, sizeof big);
}

void
yihu_pg_array_init (YihuPgArray *self, char kind)
{
  self->kind = kind;
  self->n_values = 0;
  self->bytes = g_byte_array_new ();
  append_number (self->bytes, 1);
  append_number (self->bytes, 0);
  append_number (self->bytes, kind == 'i' ? OID_INT8 : OID_TEXT);
  append_number (self->bytes, 0); /* the length, known at the end */
  append_number (self->bytes, 1);
}

void
yihu_pg_array_clear (YihuPgArray *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
}

void
yihu_pg_array_add (YihuPgArray *self, const YihuSqlValue *value)
{
  gint64 number;
  gsize length;

  self->n_values++;
  if (self->kind == 'i')
    {
      number = GINT64_TO_BE (value->number);
      append_number (self->bytes, sizeof number);
      g_byte_array_append (self->bytes, (const guint8 *) &number, sizeof number);
      return;
    }
  length = strlen (value->text);
  append_number (self->bytes, (gint32) length);
  g_byte_array_append (self->bytes, (const guint8 *) value->text, (guint) length);
}

YihuSqlValue
yihu_pg_array_take (YihuPgArray *self)
{
  guint32 length = GUINT32_TO_BE (self->n_values);
  YihuSqlValue value = { self->kind == 'i' ? 'I' : 'S', .bytes = NULL };

  memcpy (self->bytes->data + LENGTH_OFFSET, &length, sizeof length);
  value.bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->bytes));
  yihu_pg_array_init (self, self->kind);
  return value;
}
