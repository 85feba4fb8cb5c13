/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Changes of single fields. A value travels as in a record's JSON, so that reading one is reading a
 * record of that one field: ranges and nicks are checked in one place. */

#include "wire/record-change.h"

#include "base/error.h"
#include "wire/record-json.h"

#include <string.h>

static void
write_value (json_t *object, const YihuField *field, gconstpointer record)
{
  json_object_set_new (object, field->name,
                       field->kind == YIHU_FIELD_INT
                           ? json_integer (yihu_record_get_int (record, field))
                           : json_string (yihu_record_get_text (record, field)));
}

static gboolean
is_same (const YihuField *field, gconstpointer a, gconstpointer b)
{
  return field->kind == YIHU_FIELD_TEXT
             ? strcmp (yihu_record_get_text (a, field), yihu_record_get_text (b, field)) == 0
             : yihu_record_get_int (a, field) == yihu_record_get_int (b, field);
}

static void
copy_value (gpointer to, const YihuField *field, gconstpointer from)
{
  if (field->kind == YIHU_FIELD_TEXT)
    yihu_record_set_text (to, field, yihu_record_get_text (from, field));
  else
    yihu_record_set_int (to, field, yihu_record_get_int (from, field));
}

guint
yihu_record_change_write (json_t *args, gconstpointer seen, gconstpointer wanted)
{
  const YihuRecordType *type = ((const YihuRecord *) seen)->type;
  json_t *base = json_object ();
  json_t *set = json_object ();
  guint n = 0;

  for (guint i = 0; i < type->n_fields; i++)
    {
      const YihuField *field = &type->fields[i];

      if (!(field->flags & YIHU_FIELD_CARD) || is_same (field, seen, wanted))
        continue;
      write_value (base, field, seen);
      write_value (set, field, wanted);
      n++;
    }
  json_object_set_new (args, "base", base);
  json_object_set_new (args, "set", set);
  return n;
}

/* @record with the members of @values put over it, each checked. */
static gpointer
dup_with (gconstpointer record, const json_t *values, GError **error)
{
  g_autoptr (json_t) object = yihu_record_to_json (record, TRUE);
  const YihuRecord *self = record;
  g_autoptr (YihuRecord) checked = NULL;

  json_object_update (object, (json_t *) values);
  checked = yihu_record_from_json (self->type, object, error);
  if (checked == NULL || !yihu_record_validate (checked, error))
    return NULL;
  return g_steal_pointer (&checked);
}

static gboolean
check_names (const YihuRecordType *type, const json_t *values, GError **error)
{
  const char *name;
  json_t *value;

  json_object_foreach ((json_t *) values, name, value)
  {
    const YihuField *field = yihu_record_type_find_field (type, name);

    if (field != NULL && (field->flags & YIHU_FIELD_CARD))
      continue;
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                 "field '%.64s': is not of the card that may be changed", name);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_sides (const YihuRecordType *type,
            const json_t *args,
            const json_t **base,
            const json_t **set,
            GError **error)
{
  return yihu_json_read_object (args, "base", TRUE, base, error)
         && yihu_json_read_object (args, "set", TRUE, set, error)
         && check_names (type, *base, error) && check_names (type, *set, error);
}

gboolean
yihu_record_change_apply (gpointer record, const json_t *args, GError **error)
{
  const YihuRecordType *type = YIHU_RECORD (record)->type;
  g_autoptr (GString) conflicts = g_string_new (NULL);
  g_autoptr (YihuRecord) seen = NULL;
  g_autoptr (YihuRecord) wanted = NULL;
  const json_t *base = NULL;
  const json_t *set = NULL;

  if (!read_sides (type, args, &base, &set, error)
      || (seen = dup_with (record, base, error)) == NULL
      || (wanted = dup_with (record, set, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const YihuField *field = &type->fields[i];

      if (json_object_get (set, field->name) == NULL || is_same (field, record, wanted))
        continue;
      /* What nobody saw nobody may write over. */
      if (json_object_get (base, field->name) == NULL || !is_same (field, record, seen))
        g_string_append_printf (conflicts, "%s%s", conflicts->len > 0 ? ", " : "", field->name);
      else
        copy_value (record, field, wanted);
    }
  if (conflicts->len == 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CONFLICT, "changed by somebody else meanwhile: %s",
               conflicts->str);
  return FALSE;
}

GPtrArray *
yihu_record_change_list (const YihuRecordType *type, const json_t *args)
{
  GPtrArray *fields = g_ptr_array_new ();
  const json_t *set = json_object_get (args, "set");

  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & YIHU_FIELD_CARD)
        && json_object_get (set, type->fields[i].name) != NULL)
      g_ptr_array_add (fields, (gpointer) &type->fields[i]);
  return fields;
}

gpointer
yihu_record_change_dup_base (gconstpointer record, const json_t *args)
{
  const json_t *base = NULL;
  const json_t *set = NULL;

  return read_sides (((const YihuRecord *) record)->type, args, &base, &set, NULL)
             ? dup_with (record, base, NULL)
             : NULL;
}

gpointer
yihu_record_change_dup_wanted (gconstpointer record, const json_t *args)
{
  const json_t *base = NULL;
  const json_t *set = NULL;

  return read_sides (((const YihuRecord *) record)->type, args, &base, &set, NULL)
             ? dup_with (record, set, NULL)
             : NULL;
}
