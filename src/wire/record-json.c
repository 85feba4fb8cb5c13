/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Records to and from JSON. A server field may be missing even where it is required, because the
 * feed leaves it out; whoever stores a new record checks it with yihu_record_validate(). */

#include "wire/record-json.h"

#include "base/error.h"

#define ID_MAX_BYTES 36
#define DIVISION_MAX G_GINT64_CONSTANT (999999999999)

static void
set_int (json_t *object, const char *name, gint64 value)
{
  if (value != 0)
    json_object_set_new_nocheck (object, name, json_integer (value));
}

static void
set_text (json_t *object, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    json_object_set_new (object, name, json_string (value));
}

json_t *
yihu_record_to_json (gconstpointer record, gboolean with_server_fields)
{
  const YihuRecord *self = record;
  json_t *object;

  g_return_val_if_fail (self != NULL, NULL);

  object = json_object ();
  set_text (object, "id", self->id);
  set_int (object, "version", self->version);
  set_int (object, "division", self->division);
  for (guint i = 0; i < self->type->n_fields; i++)
    {
      const YihuField *field = &self->type->fields[i];

      if ((field->flags & YIHU_FIELD_SERVER) && !with_server_fields)
        continue;
      if (field->kind == YIHU_FIELD_INT)
        set_int (object, field->name, yihu_record_get_int (self, field));
      else
        set_text (object, field->name, yihu_record_get_text (self, field));
    }
  return object;
}

static gboolean
is_needed (const YihuField *field)
{
  return (field->flags & YIHU_FIELD_REQUIRED) && !(field->flags & YIHU_FIELD_SERVER);
}

static gboolean
read_text (YihuRecord *record, const YihuField *field, const json_t *object, GError **error)
{
  const char *text = NULL;

  if (!yihu_json_read_text (object, field->name, is_needed (field), (gsize) field->highest, &text,
                            error))
    return FALSE;
  if (is_needed (field) && *text == '\0')
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field '%s': is empty", field->name);
      return FALSE;
    }
  yihu_record_set_text (record, field, text);
  return TRUE;
}

/* 0 stands for "unknown" and is always allowed where the field is not required. */
static gboolean
read_int (YihuRecord *record, const YihuField *field, const json_t *object, GError **error)
{
  const json_t *member = json_object_get (object, field->name);
  gint64 value = 0;

  if (!is_needed (field) && json_is_integer (member) && json_integer_value (member) == 0)
    return TRUE;
  if (!yihu_json_read_int (object, field->name, is_needed (field), field->lowest, field->highest,
                           &value, error))
    return FALSE;
  yihu_record_set_int (record, field, value);
  return TRUE;
}

static gboolean
read_enum (YihuRecord *record, const YihuField *field, const json_t *object, GError **error)
{
  const char *nick = NULL;
  int value;

  if (!yihu_json_read_text (object, field->name, is_needed (field), 64, &nick, error))
    return FALSE;
  value = nick != NULL ? yihu_field_find_nick (field, nick) : 0;
  if (value < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field '%s': is none of its values",
                   field->name);
      return FALSE;
    }
  yihu_record_set_int (record, field, value);
  return TRUE;
}

static gboolean
read_field (YihuRecord *record, const YihuField *field, const json_t *object, GError **error)
{
  switch (field->kind)
    {
    case YIHU_FIELD_TEXT:
      return read_text (record, field, object, error);
    case YIHU_FIELD_INT:
      return read_int (record, field, object, error);
    case YIHU_FIELD_ENUM:
      return read_enum (record, field, object, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

gpointer
yihu_record_from_json (const YihuRecordType *type, const json_t *object, GError **error)
{
  g_autoptr (YihuRecord) record = NULL;
  const char *id = NULL;

  g_return_val_if_fail (type != NULL, NULL);

  if (!json_is_object (object))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s: a record is an object", type->name);
      return NULL;
    }
  if (!yihu_json_read_text (object, "id", TRUE, ID_MAX_BYTES, &id, error))
    return NULL;
  if (*id == '\0')
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field 'id': is empty");
      return NULL;
    }
  record = yihu_record_new (type, id);
  if (!yihu_json_read_int (object, "version", FALSE, 0, G_MAXINT64, &record->version, error)
      || !yihu_json_read_int (object, "division", FALSE, 0, DIVISION_MAX, &record->division, error))
    return NULL;
  for (guint i = 0; i < type->n_fields; i++)
    if (!read_field (record, &type->fields[i], object, error))
      return NULL;
  return g_steal_pointer (&record);
}
