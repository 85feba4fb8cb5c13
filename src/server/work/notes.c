/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Notes: append only. A note belongs to an elder, an order or a call, and to its district. */

#include "server/work/use-case.h"

#include "base/error.h"

/* The district of what the note is about; the first of the three that is named. */
static gboolean
find_division (YihuWork *work, const YihuNote *note, gint64 *division, GError **error)
{
  const struct
  {
    const YihuRecordType *type;
    const char *id;
  } subjects[] = { { &yihu_elder_type, note->elder },
                   { &yihu_order_type, note->service_order },
                   { &yihu_call_type, note->call } };

  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    {
      gint64 version = 0;

      if (subjects[i].id == NULL || *subjects[i].id == '\0')
        continue;
      if (!yihu_store_find_head (work->store, subjects[i].type, subjects[i].id, &version, division,
                                 error))
        return FALSE;
      if (version > 0)
        return TRUE;
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no such %s",
                   subjects[i].type->name);
      return FALSE;
    }
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                       "note: names no elder, order or call");
  return FALSE;
}

gboolean
yihu_notes_add (YihuWork *work,
                YihuActor *actor,
                YihuCommand *command,
                YihuRecord **row,
                GError **error)
{
  g_autoptr (YihuNote) note = yihu_use_case_read_record (command, "note", &yihu_note_type, error);

  if (note == NULL
      || !yihu_use_case_check_new (work, actor, &yihu_note_type, command->object, row, error)
      || !find_division (work, note, &note->record.division, error)
      || !yihu_actor_check (actor, note->record.division, error))
    return FALSE;
  note->at_us = yihu_work_get_act_us (work, command);
  yihu_record_take (note->author, g_strdup (actor->account->record.id));
  yihu_record_take (note->author_name, g_strdup (actor->account->name));
  if (!yihu_work_save (work, note, NULL, TRUE, error))
    return FALSE;
  *row = yihu_record_ref (note);
  return TRUE;
}
