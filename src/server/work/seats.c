/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Seats: what each is doing, told by the switchboard alone. Everybody in the tenant sees them. */

#include "server/work/use-case.h"

#include "base/error.h"

gboolean
yihu_seats_set (YihuWork *work,
                YihuActor *actor,
                YihuCommand *command,
                YihuRecord **row,
                GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuSeat) old =
      yihu_store_get_record (work->store, &yihu_seat_type, command->object, &local_error);
  g_autoptr (YihuSeat) next = NULL;
  g_autoptr (YihuAccount) account = NULL;
  const char *call = NULL;
  const char *state = NULL;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  next = old != NULL ? yihu_record_dup (old) : yihu_seat_new (command->object);
  next->since_us = yihu_work_get_act_us (work, command);
  if (!yihu_json_read_text (command->args, "state", TRUE, 16, &state, error)
      || !yihu_use_case_read_nick (command, "state",
                                   yihu_record_type_find_field (&yihu_seat_type, "state"),
                                   &next->state, error)
      || !yihu_json_read_int (command->args, "since_us", FALSE, 0, G_MAXINT64, &next->since_us,
                              error)
      || !yihu_json_read_text (command->args, "call", FALSE, 36, &call, error)
      || !yihu_store_find_account (work->store, "seat", command->object, &account, error))
    return FALSE;
  yihu_record_take (next->call, g_strdup (call));
  yihu_record_take (next->account, account != NULL ? g_strdup (account->record.id) : NULL);
  yihu_record_take (next->name, account != NULL ? g_strdup (account->name) : NULL);
  if (!yihu_work_save (work, next, old, TRUE, error))
    return FALSE;
  *row = yihu_record_ref (next);
  return TRUE;
}
