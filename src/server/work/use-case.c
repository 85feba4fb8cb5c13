/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The steps that several use cases share. */

#include "server/work/use-case.h"

#include "base/error.h"
#include "wire/record-json.h"

#include <string.h>

gpointer
yihu_use_case_read_record (const YihuCommand *command,
                           const char *name,
                           const YihuRecordType *type,
                           GError **error)
{
  const json_t *object = NULL;
  g_autoptr (YihuRecord) record = NULL;

  if (!yihu_json_read_object (command->args, name, TRUE, &object, error))
    return NULL;
  record = yihu_record_from_json (type, object, error);
  if (record == NULL)
    return NULL;
  if (g_strcmp0 (record->id, command->object) != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field 'object': is not the id of the %s",
                   name);
      return NULL;
    }
  return g_steal_pointer (&record);
}

gboolean
yihu_use_case_check_new (YihuWork *work,
                         YihuActor *actor,
                         const YihuRecordType *type,
                         const char *id,
                         YihuRecord **row,
                         GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuRecord) old = yihu_store_get_record (work->store, type, id, &local_error);

  if (old != NULL && yihu_actor_sees (actor, old->division))
    *row = yihu_record_ref (old);
  if (old != NULL)
    g_set_error (&local_error, YIHU_ERROR, YIHU_ERROR_CONFLICT, "this %s exists already",
                 type->name);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

gboolean
yihu_use_case_check_division (YihuWork *work, gint64 division, GError **error)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, division);
  gint64 version = 0;

  if (!yihu_store_find_head (work->store, &yihu_division_type, id, &version, NULL, error))
    return FALSE;
  if (version > 0)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                       "field 'division': is not a known division");
  return FALSE;
}

YihuElder *
yihu_use_case_load_elder (YihuWork *work, YihuActor *actor, const char *id, GError **error)
{
  g_autoptr (YihuElder) elder = yihu_work_load (work, &yihu_elder_type, id, error);

  if (elder == NULL || !yihu_actor_check (actor, elder->record.division, error))
    return NULL;
  return g_steal_pointer (&elder);
}

gboolean
yihu_use_case_read_nick (const YihuCommand *command,
                         const char *name,
                         const YihuField *field,
                         gint64 *value,
                         GError **error)
{
  const char *nick = NULL;
  int index;

  if (!yihu_json_read_text (command->args, name, FALSE, 64, &nick, error))
    return FALSE;
  if (nick == NULL || *nick == '\0')
    return TRUE;
  index = yihu_field_find_nick (field, nick);
  if (index < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field '%s': has no such value", name);
      return FALSE;
    }
  *value = index;
  return TRUE;
}

const char *
yihu_use_case_get_verb (const YihuCommand *command)
{
  const char *dot = strchr (command->name, '.');

  return dot != NULL ? dot + 1 : "";
}
