/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reference counting, copying, comparing and checking of records by their field tables. Knows no
 * single kind (the list of all is in kinds.c) and nothing of JSON, SQL or the screen. */

#include "domain/record.h"

#include "base/error.h"

#include <string.h>

static inline char **
text_member (gconstpointer record, const YihuField *field)
{
  return (char **) ((char *) record + field->offset);
}

static inline gint64 *
int_member (gconstpointer record, const YihuField *field)
{
  return (gint64 *) ((char *) record + field->offset);
}

gpointer
yihu_record_new (const YihuRecordType *type, const char *id)
{
  YihuRecord *record = g_atomic_rc_box_alloc0 (type->size);

  record->type = type;
  record->id = g_strdup (id);
  return record;
}

gpointer
yihu_record_ref (gpointer record)
{
  return g_atomic_rc_box_acquire (record);
}

static void
record_clear (gpointer data)
{
  YihuRecord *record = data;

  g_free (record->id);
  for (guint i = 0; i < record->type->n_fields; i++)
    if (record->type->fields[i].kind == YIHU_FIELD_TEXT)
      g_free (*text_member (record, &record->type->fields[i]));
}

void
yihu_record_unref (gpointer record)
{
  g_atomic_rc_box_release_full (record, record_clear);
}

gpointer
yihu_record_dup (gconstpointer record)
{
  const YihuRecord *source = record;
  YihuRecord *copy = yihu_record_new (source->type, source->id);

  copy->version = source->version;
  copy->division = source->division;
  for (guint i = 0; i < source->type->n_fields; i++)
    {
      const YihuField *field = &source->type->fields[i];

      if (field->kind == YIHU_FIELD_TEXT)
        *text_member (copy, field) = g_strdup (*text_member (source, field));
      else
        *int_member (copy, field) = *int_member (source, field);
    }
  return copy;
}

gboolean
yihu_record_equal (gconstpointer a, gconstpointer b)
{
  const YihuRecord *left = a;
  const YihuRecord *right = b;

  if (left->type != right->type || g_strcmp0 (left->id, right->id) != 0
      || left->version != right->version || left->division != right->division)
    return FALSE;

  for (guint i = 0; i < left->type->n_fields; i++)
    {
      const YihuField *field = &left->type->fields[i];

      if (field->kind == YIHU_FIELD_TEXT
              ? strcmp (yihu_record_get_text (left, field), yihu_record_get_text (right, field))
                    != 0
              : *int_member (left, field) != *int_member (right, field))
        return FALSE;
    }
  return TRUE;
}

static gboolean
field_validate (gconstpointer record, const YihuField *field, GError **error)
{
  const YihuRecord *self = record;

  if (field->kind == YIHU_FIELD_TEXT)
    {
      const char *text = yihu_record_get_text (record, field);

      if ((field->flags & YIHU_FIELD_REQUIRED) && *text == '\0')
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s: field '%s' is missing",
                     self->type->name, field->name);
      else if (strlen (text) > (gsize) field->highest)
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                     "%s: field '%s' is longer than %" G_GINT64_FORMAT " bytes", self->type->name,
                     field->name, field->highest);
      else if (!g_utf8_validate (text, -1, NULL))
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s: field '%s' is not UTF-8",
                     self->type->name, field->name);
      else
        return TRUE;
      return FALSE;
    }

  gint64 value = *int_member (record, field);
  gint64 lowest = field->kind == YIHU_FIELD_ENUM ? 0 : field->lowest;
  gint64 highest = field->kind == YIHU_FIELD_ENUM
                       ? (gint64) g_strv_length ((char **) field->nicks) - 1
                       : field->highest;

  if (value >= lowest && value <= highest)
    return TRUE;
  if (value == 0 && !(field->flags & YIHU_FIELD_REQUIRED) && field->kind == YIHU_FIELD_INT)
    return TRUE; /* unknown, like an empty text */
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
               "%s: field '%s' is outside %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT,
               self->type->name, field->name, lowest, highest);
  return FALSE;
}

gboolean
yihu_record_validate (gconstpointer record, GError **error)
{
  const YihuRecord *self = record;

  if (self->id == NULL || *self->id == '\0' || strlen (self->id) > 36)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s: field 'id' must have 1 to 36 bytes",
                   self->type->name);
      return FALSE;
    }
  if (self->division < 0 || self->division > G_GINT64_CONSTANT (999999999999))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s: field 'division' is not a code",
                   self->type->name);
      return FALSE;
    }
  for (guint i = 0; i < self->type->n_fields; i++)
    if (!field_validate (record, &self->type->fields[i], error))
      return FALSE;
  return TRUE;
}

const YihuField *
yihu_record_type_find_field (const YihuRecordType *type, const char *name)
{
  for (guint i = 0; i < type->n_fields; i++)
    if (strcmp (type->fields[i].name, name) == 0)
      return &type->fields[i];
  return NULL;
}

const char *
yihu_record_get_text (gconstpointer record, const YihuField *field)
{
  const char *text;

  if (field->kind == YIHU_FIELD_ENUM)
    return field->nicks[*int_member (record, field)];
  text = *text_member (record, field);
  return text != NULL ? text : "";
}

gint64
yihu_record_get_int (gconstpointer record, const YihuField *field)
{
  return *int_member (record, field);
}

void
yihu_record_set_text (gpointer record, const YihuField *field, const char *value)
{
  yihu_record_take (*text_member (record, field), g_strdup (value));
}

void
yihu_record_set_int (gpointer record, const YihuField *field, gint64 value)
{
  *int_member (record, field) = value;
}

int
yihu_field_find_nick (const YihuField *field, const char *nick)
{
  for (int i = 0; field->nicks[i] != NULL; i++)
    if (strcmp (field->nicks[i], nick) == 0)
      return i;
  return -1;
}
