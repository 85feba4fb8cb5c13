/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Calls: begun and moved by the switchboard, identified and closed by the operator. The server
 * looks the number up itself, so that every console sees the same elder; where several elders share
 * a number the operator chooses. */

#include "server/work/use-case.h"

#include "base/error.h"

#define TEXT_OR_EMPTY(text) ((text) != NULL ? (text) : "")

/* Exactly one elder with this number, else none. */
static gboolean
find_caller (YihuWork *work, YihuCall *call, GError **error)
{
  g_autoptr (GPtrArray) ids = yihu_store_find_callers (work->store, TEXT_OR_EMPTY (call->number),
                                                       YIHU_CALLERS_ASKED, error);
  gint64 version = 0;

  if (ids == NULL)
    return FALSE;
  yihu_record_take (call->elder, NULL);
  call->record.division = 0;
  if (ids->len != 1)
    return TRUE;
  call->elder = g_strdup (g_ptr_array_index (ids, 0));
  return yihu_store_find_head (work->store, &yihu_elder_type, call->elder, &version,
                               &call->record.division, error);
}

gboolean
yihu_calls_begin (YihuWork *work,
                  YihuActor *actor,
                  YihuCommand *command,
                  YihuRecord **row,
                  GError **error)
{
  g_autoptr (YihuCall) call = yihu_use_case_read_record (command, "call", &yihu_call_type, error);

  if (call == NULL
      || !yihu_use_case_check_new (work, actor, &yihu_call_type, command->object, row, error)
      || !find_caller (work, call, error))
    return FALSE;
  call->state = YIHU_CALL_QUEUED;
  if (call->ring_at_us == 0)
    call->ring_at_us = yihu_work_get_act_us (work, command);
  call->answer_at_us = call->end_at_us = call->close_at_us = 0;
  if (!yihu_work_save (work, call, NULL, TRUE, error))
    return FALSE;
  *row = yihu_record_ref (call);
  return TRUE;
}

/* The call as it stands, in @row as well, if the actor may touch it. */
static YihuCall *
load_call (YihuWork *work, YihuActor *actor, YihuCommand *command, YihuRecord **row, GError **error)
{
  g_autoptr (YihuCall) call = yihu_work_load (work, &yihu_call_type, command->object, error);

  if (call == NULL || !yihu_actor_check (actor, call->record.division, error))
    return NULL;
  *row = yihu_record_ref (call);
  return g_steal_pointer (&call);
}

static gboolean
save_call (YihuWork *work, YihuCall *next, YihuCall *old, YihuRecord **row, GError **error)
{
  if (!yihu_work_save (work, next, old, TRUE, error))
    return FALSE;
  yihu_record_unref (*row);
  *row = yihu_record_ref (next);
  return TRUE;
}

static gboolean
set_elder (YihuWork *work, YihuActor *actor, YihuCall *call, const char *id, GError **error)
{
  g_autoptr (YihuElder) elder = yihu_use_case_load_elder (work, actor, id, error);

  if (elder == NULL)
    return FALSE;
  yihu_record_take (call->elder, g_strdup (id));
  call->record.division = elder->record.division;
  return TRUE;
}

gboolean
yihu_calls_identify (YihuWork *work,
                     YihuActor *actor,
                     YihuCommand *command,
                     YihuRecord **row,
                     GError **error)
{
  g_autoptr (YihuCall) call = load_call (work, actor, command, row, error);
  g_autoptr (YihuCall) next = NULL;
  const char *elder = NULL;

  if (call == NULL || !yihu_json_read_text (command->args, "elder", TRUE, 36, &elder, error))
    return FALSE;
  if (g_strcmp0 (call->elder, elder) == 0)
    return TRUE;
  next = yihu_record_dup (call);
  return set_elder (work, actor, next, elder, error) && save_call (work, next, call, row, error);
}

gboolean
yihu_calls_close (YihuWork *work,
                  YihuActor *actor,
                  YihuCommand *command,
                  YihuRecord **row,
                  GError **error)
{
  g_autoptr (YihuCall) call = load_call (work, actor, command, row, error);
  g_autoptr (YihuCall) next = NULL;
  const YihuFlowMove *move;
  const char *note = NULL;
  const char *elder = NULL;

  if (call == NULL)
    return FALSE;
  if (call->state == YIHU_CALL_CLOSED)
    return TRUE;
  move = yihu_flow_lookup (&yihu_call_flow, call->state, "close", yihu_actor_get_role (actor), NULL,
                           error);
  next = yihu_record_dup (call);
  if (move == NULL
      || !yihu_use_case_read_nick (command, "outcome",
                                   yihu_record_type_find_field (&yihu_call_type, "outcome"),
                                   &next->outcome, error)
      || !yihu_json_read_text (command->args, "note", FALSE, 4096, &note, error)
      || !yihu_json_read_text (command->args, "elder", FALSE, 36, &elder, error))
    return FALSE;
  next->state = move->to;
  next->close_at_us = yihu_work_get_act_us (work, command);
  if (note != NULL)
    yihu_record_take (next->note, g_strdup (note));
  if (next->operator== NULL || * next->operator== '\0')
    yihu_record_take (next->operator, g_strdup (actor->account->record.id));
  if (elder != NULL && *elder != '\0' && g_strcmp0 (elder, call->elder) != 0
      && !set_elder (work, actor, next, elder, error))
    return FALSE;
  return save_call (work, next, call, row, error);
}

/* The seat of "offer" and "answer", and the operator who sits there. */
static gboolean
set_seat (YihuWork *work, YihuCommand *command, YihuCall *call, GError **error)
{
  g_autoptr (YihuAccount) account = NULL;
  const char *seat = NULL;

  if (!yihu_json_read_text (command->args, "seat", FALSE, 16, &seat, error))
    return FALSE;
  if (seat == NULL || *seat == '\0')
    return TRUE;
  if (!yihu_store_find_account (work->store, "seat", seat, &account, error))
    return FALSE;
  yihu_record_take (call->seat, g_strdup (seat));
  yihu_record_take (call->operator, account != NULL ? g_strdup (account->record.id) : NULL);
  return TRUE;
}

static gboolean
apply_move (YihuWork *work,
            YihuCommand *command,
            const YihuFlowMove *move,
            YihuCall *next,
            GError **error)
{
  gint64 act_us = yihu_work_get_act_us (work, command);

  next->state = move->to;
  switch (move->to)
    {
    case YIHU_CALL_RINGING:
      return set_seat (work, command, next, error);
    case YIHU_CALL_TALKING:
      next->answer_at_us = act_us;
      return set_seat (work, command, next, error);
    case YIHU_CALL_QUEUED:
      yihu_record_take (next->seat, NULL);
      yihu_record_take (next->operator, NULL);
      return TRUE;
    default:
      next->end_at_us = act_us;
      return yihu_use_case_read_nick (command, "ended_by",
                                      yihu_record_type_find_field (&yihu_call_type, "ended_by"),
                                      &next->ended_by, error);
    }
}

gboolean
yihu_calls_move (YihuWork *work,
                 YihuActor *actor,
                 YihuCommand *command,
                 YihuRecord **row,
                 GError **error)
{
  const char *verb = yihu_use_case_get_verb (command);
  g_autoptr (YihuCall) call = load_call (work, actor, command, row, error);
  g_autoptr (YihuCall) next = NULL;
  const YihuFlowMove *move;

  if (call == NULL)
    return FALSE;
  move = yihu_flow_lookup (&yihu_call_flow, call->state, verb, yihu_actor_get_role (actor), NULL,
                           error);
  if (move == NULL)
    return FALSE;
  next = yihu_record_dup (call);
  return apply_move (work, command, move, next, error) && save_call (work, next, call, row, error);
}
