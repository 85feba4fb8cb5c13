/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Personal fields as bytes; the form is described in sealed.h. The decoder takes nothing for
 * granted although the seal was checked before it: a key in wrong hands must not become a crash.
 * Knows nothing of SQL, keys or packing. */

#include "snapshot/sealed.h"

#include "base/error.h"

#include <string.h>

#define FORMAT 1

static gboolean
field_is_sealed (const YihuField *field)
{
  return (field->flags & YIHU_FIELD_PERSONAL) && !(field->flags & YIHU_FIELD_SERVER);
}

gboolean
yihu_sealed_has_fields (const YihuRecordType *type)
{
  for (guint i = 0; i < type->n_fields; i++)
    if (field_is_sealed (&type->fields[i]))
      return TRUE;
  return FALSE;
}

/* Writes @value into @bytes, which has room for ten. Returns: how many it took. */
static guint
put_varint (guint8 *bytes, guint64 value)
{
  guint n = 0;

  for (; value >= 0x80; value >>= 7)
    bytes[n++] = 0x80 | (value & 0x7f);
  bytes[n++] = value;
  return n;
}

static void
append_varint (GByteArray *array, guint64 value)
{
  guint8 bytes[10];

  g_byte_array_append (array, bytes, put_varint (bytes, value));
}

static gboolean
take_varint (const guint8 **cursor, const guint8 *end, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; shift < 64 && *cursor < end; shift += 7)
    {
      guint8 byte = *(*cursor)++;

      if (shift == 63 && byte > 1)
        return FALSE;
      *value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

static void
append_field (GByteArray *array, gconstpointer record, const YihuField *field)
{
  if (field->kind == YIHU_FIELD_TEXT)
    {
      const char *text = yihu_record_get_text (record, field);
      gsize length = strlen (text);

      append_varint (array, length);
      g_byte_array_append (array, (const guint8 *) text, length);
      return;
    }

  gint64 value = yihu_record_get_int (record, field);
  guint8 bytes[10];
  guint n = value == 0 ? 0 : put_varint (bytes, ((guint64) value << 1) ^ (guint64) (value >> 63));

  append_varint (array, n);
  g_byte_array_append (array, bytes, n);
}

void
yihu_sealed_encode (gconstpointer record, GByteArray *array)
{
  const YihuRecordType *type = ((const YihuRecord *) record)->type;
  guint8 format = FORMAT;
  guint count = 0;

  for (guint i = 0; i < type->n_fields; i++)
    count += field_is_sealed (&type->fields[i]);
  g_byte_array_append (array, &format, 1);
  append_varint (array, count);
  for (guint i = 0; i < type->n_fields; i++)
    if (field_is_sealed (&type->fields[i]))
      append_field (array, record, &type->fields[i]);
}

static gboolean
decode_text (gpointer record, const YihuField *field, const guint8 *data, gsize size)
{
  if (size > (gsize) field->highest || !g_utf8_validate ((const char *) data, size, NULL))
    return FALSE;
  if (size > 0)
    {
      g_autofree char *text = g_strndup ((const char *) data, size);

      yihu_record_set_text (record, field, text);
    }
  return TRUE;
}

static gboolean
decode_int (gpointer record, const YihuField *field, const guint8 *data, gsize size)
{
  const guint8 *end = data + size;
  guint64 zigzag = 0;
  gint64 value;
  gint64 lowest = field->kind == YIHU_FIELD_ENUM ? 0 : MIN (field->lowest, 0);
  gint64 highest = field->kind == YIHU_FIELD_ENUM
                       ? (gint64) g_strv_length ((char **) field->nicks) - 1
                       : MAX (field->highest, 0);

  if (size > 0 && (!take_varint (&data, end, &zigzag) || data != end))
    return FALSE;
  value = (gint64) (zigzag >> 1) ^ -(gint64) (zigzag & 1);
  if (value < lowest || value > highest)
    return FALSE;
  yihu_record_set_int (record, field, value);
  return TRUE;
}

static gboolean
set_malformed (const YihuRecordType *type, GError **error)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "sealed fields of kind '%s' are malformed",
               type->name);
  return FALSE;
}

gboolean
yihu_sealed_decode (gpointer record, const guint8 *data, gsize size, GError **error)
{
  const YihuRecordType *type = YIHU_RECORD (record)->type;
  const guint8 *end = data + size;
  guint64 count;
  guint64 length;

  if (size == 0 || *data++ != FORMAT || !take_varint (&data, end, &count))
    return set_malformed (type, error);

  for (guint i = 0; i < type->n_fields && count > 0; i++)
    {
      const YihuField *field = &type->fields[i];

      if (!field_is_sealed (field))
        continue;
      if (!take_varint (&data, end, &length) || length > (gsize) (end - data))
        return set_malformed (type, error);
      if (!(field->kind == YIHU_FIELD_TEXT ? decode_text (record, field, data, length)
                                           : decode_int (record, field, data, length)))
        return set_malformed (type, error);
      data += length;
      count--;
    }
  for (; count > 0; count--, data += length)
    if (!take_varint (&data, end, &length) || length > (gsize) (end - data))
      return set_malformed (type, error);
  return data == end || set_malformed (type, error);
}
