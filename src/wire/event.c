/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One entry of the feed to and from its array of JSON. */

#include "wire/event.h"

#include "base/error.h"
#include "wire/record-json.h"

#include <string.h>

enum
{
  AT_SEQ,
  AT_KIND,
  AT_ID,
  AT_OP,
  AT_VERSION,
  AT_RECORD,
};

static const char *const ops[] = {
  [YIHU_EVENT_UPSERT] = "u",
  [YIHU_EVENT_DELETE] = "d",
  [YIHU_EVENT_REVOKE] = "r",
};

YihuEvent *
yihu_event_new (gint64 seq, YihuEventOp op, gpointer record)
{
  const YihuRecord *row = record;
  YihuEvent *self;

  g_return_val_if_fail (row != NULL, NULL);

  self = g_new0 (YihuEvent, 1);
  self->seq = seq;
  self->type = row->type;
  self->id = g_strdup (row->id);
  self->op = op;
  self->version = row->version;
  if (op == YIHU_EVENT_UPSERT)
    self->record = yihu_record_ref (record);
  return self;
}

void
yihu_event_free (YihuEvent *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->record, yihu_record_unref);
  g_free (self->id);
  g_free (self);
}

json_t *
yihu_event_to_json (const YihuEvent *self)
{
  json_t *array = json_array ();

  json_array_append_new (array, json_integer (self->seq));
  json_array_append_new (array, json_string (self->type->name));
  json_array_append_new (array, json_string (self->id));
  json_array_append_new (array, json_string (ops[self->op]));
  json_array_append_new (array, json_integer (self->version));
  if (self->record != NULL)
    json_array_append_new (array, yihu_record_to_json (self->record, FALSE));
  return array;
}

static YihuEvent *
refuse (GError **error, const char *fault)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "event: %s", fault);
  return NULL;
}

static gboolean
has_form (const json_t *array)
{
  return json_is_array (array) && json_array_size (array) >= AT_RECORD
         && json_is_integer (json_array_get (array, AT_SEQ))
         && json_is_string (json_array_get (array, AT_KIND))
         && json_is_string (json_array_get (array, AT_ID))
         && json_is_string (json_array_get (array, AT_OP))
         && json_is_integer (json_array_get (array, AT_VERSION));
}

static int
find_op (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    if (strcmp (ops[i], text) == 0)
      return (int) i;
  return -1;
}

YihuEvent *
yihu_event_from_json (const json_t *array, GError **error)
{
  g_autoptr (YihuEvent) self = NULL;
  const YihuRecordType *type;
  int op;

  if (!has_form (array))
    return refuse (error, "not of the form [seq, kind, id, op, version, record]");
  if ((type = yihu_record_type_find (json_string_value (json_array_get (array, AT_KIND)))) == NULL)
    return NULL;
  if ((op = find_op (json_string_value (json_array_get (array, AT_OP)))) < 0)
    return refuse (error, "unknown operation");

  self = g_new0 (YihuEvent, 1);
  self->seq = json_integer_value (json_array_get (array, AT_SEQ));
  self->type = type;
  self->id = g_strdup (json_string_value (json_array_get (array, AT_ID)));
  self->op = (YihuEventOp) op;
  self->version = json_integer_value (json_array_get (array, AT_VERSION));
  if (self->seq < 0 || self->version < 0 || *self->id == '\0' || strlen (self->id) > 36)
    return refuse (error, "seq, version or id out of range");
  if (op != YIHU_EVENT_UPSERT)
    return g_steal_pointer (&self);

  self->record = yihu_record_from_json (type, json_array_get (array, AT_RECORD), error);
  if (self->record == NULL)
    {
      g_prefix_error (error, "event of kind %s: ", type->name);
      return NULL;
    }
  if (strcmp (self->record->id, self->id) != 0 || self->record->version != self->version)
    return refuse (error, "id or version differs from the record's");
  return g_steal_pointer (&self);
}
