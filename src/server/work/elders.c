/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Elders as far as a desk may change them: registering an unknown caller, adding a number, and the
 * card, field by field. ID number and history come by import only, subsidies never from a desk. */

#include "server/work/use-case.h"

#include "base/error.h"
#include "base/phone-number.h"
#include "wire/record-change.h"

static gboolean
is_empty (const char *text)
{
  return text == NULL || *text == '\0';
}

static gboolean
normalize (YihuWork *work, char **number, GError **error)
{
  char *normalized;

  if (is_empty (*number))
    return TRUE;
  normalized = yihu_phone_number_normalize (*number, work->area_code);
  if (normalized == NULL)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                           "field 'phone': is not a telephone number");
      return FALSE;
    }
  yihu_record_take (*number, normalized);
  return TRUE;
}

gboolean
yihu_elders_register (YihuWork *work,
                      YihuActor *actor,
                      YihuCommand *command,
                      YihuRecord **row,
                      GError **error)
{
  g_autoptr (YihuElder) elder =
      yihu_use_case_read_record (command, "elder", &yihu_elder_type, error);

  if (elder == NULL
      || !yihu_use_case_check_new (work, actor, &yihu_elder_type, command->object, row, error)
      || !yihu_use_case_check_division (work, elder->record.division, error)
      || !yihu_actor_check (actor, elder->record.division, error)
      || !normalize (work, &elder->phone, error) || !normalize (work, &elder->phone2, error))
    return FALSE;
  yihu_record_take (elder->id_card, NULL);
  yihu_record_take (elder->history, NULL);
  if (!yihu_work_save (work, elder, NULL, TRUE, error))
    return FALSE;
  *row = yihu_record_ref (elder);
  return TRUE;
}

gboolean
yihu_elders_add_phone (YihuWork *work,
                       YihuActor *actor,
                       YihuCommand *command,
                       YihuRecord **row,
                       GError **error)
{
  g_autoptr (YihuElder) elder = yihu_use_case_load_elder (work, actor, command->object, error);
  g_autoptr (YihuElder) next = NULL;
  g_autofree char *phone = NULL;
  const char *raw = NULL;

  if (elder == NULL)
    return FALSE;
  *row = yihu_record_ref (elder);
  if (!yihu_json_read_text (command->args, "phone", TRUE, 64, &raw, error))
    return FALSE;
  phone = g_strdup (raw);
  if (!normalize (work, &phone, error))
    return FALSE;
  if (g_strcmp0 (elder->phone, phone) == 0 || g_strcmp0 (elder->phone2, phone) == 0)
    return TRUE;
  if (is_empty (phone))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field 'phone': is empty");
      return FALSE;
    }
  if (!is_empty (elder->phone) && !is_empty (elder->phone2))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_CONFLICT,
                           "the elder has two telephone numbers already");
      return FALSE;
    }

  next = yihu_record_dup (elder);
  if (is_empty (next->phone))
    yihu_record_take (next->phone, g_steal_pointer (&phone));
  else
    yihu_record_take (next->phone2, g_steal_pointer (&phone));
  if (!yihu_work_save (work, next, elder, TRUE, error))
    return FALSE;
  yihu_record_unref (*row);
  *row = yihu_record_ref (next);
  return TRUE;
}

/* What somebody else changed meanwhile stays, as long as it is another field: one same field, and
 * nothing of the command is done, because its fields were decided together. */
gboolean
yihu_elders_update (YihuWork *work,
                    YihuActor *actor,
                    YihuCommand *command,
                    YihuRecord **row,
                    GError **error)
{
  g_autoptr (YihuElder) elder = yihu_use_case_load_elder (work, actor, command->object, error);
  g_autoptr (YihuElder) next = NULL;

  if (elder == NULL)
    return FALSE;
  *row = yihu_record_ref (elder);
  next = yihu_record_dup (elder);
  if (!yihu_record_change_apply (next, command->args, error)
      || !normalize (work, &next->phone, error) || !normalize (work, &next->phone2, error))
    return FALSE;
  if (yihu_record_equal (next, elder))
    return TRUE;
  if (!yihu_work_save (work, next, elder, TRUE, error))
    return FALSE;
  yihu_record_unref (*row);
  *row = yihu_record_ref (next);
  return TRUE;
}
