/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Encoding and sealing of personal fields; the forms are described in sealed.h. The decoder takes
 * nothing for granted although the seal was checked before it: a key in wrong hands must not
 * become a crash. Knows nothing of SQL. */

#include "snapshot/sealed.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define FORMAT 1
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

G_STATIC_ASSERT (YIHU_SEALED_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

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

GByteArray *
yihu_sealed_encode (gconstpointer record)
{
  const YihuRecordType *type = ((const YihuRecord *) record)->type;
  GByteArray *array = g_byte_array_sized_new (256);
  guint8 format = FORMAT;
  guint count = 0;

  for (guint i = 0; i < type->n_fields; i++)
    count += field_is_sealed (&type->fields[i]);
  g_byte_array_append (array, &format, 1);
  append_varint (array, count);
  for (guint i = 0; i < type->n_fields; i++)
    if (field_is_sealed (&type->fields[i]))
      append_field (array, record, &type->fields[i]);
  return array;
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

/* Kind and id with a zero between them: neither can contain one. */
static gsize
write_additional (char additional[128], const char *kind, const char *id)
{
  gsize kind_length = MIN (strlen (kind), 63);
  gsize id_length = MIN (strlen (id), 63);

  memcpy (additional, kind, kind_length);
  additional[kind_length] = '\0';
  memcpy (additional + kind_length + 1, id, id_length);
  return kind_length + 1 + id_length;
}

GByteArray *
yihu_sealed_seal (const guint8 *key,
                  const char *kind,
                  const char *id,
                  const guint8 *plain,
                  gsize size)
{
  char additional[128];
  gsize additional_length = write_additional (additional, kind, id);
  GByteArray *sealed = g_byte_array_sized_new (NONCE_BYTES + size + TAG_BYTES);

  g_byte_array_set_size (sealed, NONCE_BYTES + size + TAG_BYTES);
  randombytes_buf (sealed->data, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed->data + NONCE_BYTES, NULL, plain, size,
                                              (const guint8 *) additional, additional_length, NULL,
                                              sealed->data, key);
  return sealed;
}

GByteArray *
yihu_sealed_open (const guint8 *key,
                  const char *kind,
                  const char *id,
                  const guint8 *sealed,
                  gsize size,
                  GError **error)
{
  g_autoptr (GByteArray) plain = NULL;
  char additional[128];
  gsize additional_length = write_additional (additional, kind, id);

  if (size >= NONCE_BYTES + TAG_BYTES)
    {
      plain = g_byte_array_sized_new (size - NONCE_BYTES - TAG_BYTES + 1);
      g_byte_array_set_size (plain, size - NONCE_BYTES - TAG_BYTES);
      if (crypto_aead_xchacha20poly1305_ietf_decrypt (plain->data, NULL, NULL, sealed + NONCE_BYTES,
                                                      size - NONCE_BYTES,
                                                      (const guint8 *) additional,
                                                      additional_length, sealed, key)
          == 0)
        return g_steal_pointer (&plain);
    }
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
               "sealed fields of kind '%s' do not open with this key", kind);
  return NULL;
}
