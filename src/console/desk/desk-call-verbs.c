/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the operator does with the call at the seat: answer, hold, say who it is, close. The
 * telephone and the record tell what came of it (desk-call.c); only mute, outcome and the end of
 * wrap-up are the desk's own. */

#include "console/desk/desk-call-private.h"

void
yihu_desk_call_answer (YihuDeskCall *self)
{
  if (self->line != NULL && self->state == YIHU_DESK_CALL_RINGING)
    yihu_phone_call_answer (self->line);
}

void
yihu_desk_call_hang_up (YihuDeskCall *self)
{
  if (self->line != NULL)
    yihu_phone_call_hang_up (self->line);
}

void
yihu_desk_call_toggle_hold (YihuDeskCall *self)
{
  if (self->line != NULL && yihu_desk_call_is_live (self))
    yihu_phone_call_set_held (self->line, self->state != YIHU_DESK_CALL_HELD);
}

void
yihu_desk_call_toggle_mute (YihuDeskCall *self)
{
  if (self->line == NULL || !yihu_desk_call_is_live (self))
    return;
  self->muted = !self->muted;
  yihu_phone_call_set_muted (self->line, self->muted);
  yihu_desk_call_tell (self);
}

typedef struct
{
  char *call;
  YihuElder *elder; /* (owned) */
} Identifying;

static void
identifying_free (gpointer data)
{
  Identifying *identifying = data;

  yihu_elder_unref (identifying->elder);
  g_free (identifying->call);
  g_free (identifying);
}

/* Meanwhile another call may be at the seat. */
static void
desk_call_take_elder (YihuDeskCall *self, const Identifying *identifying)
{
  if (self->state == YIHU_DESK_CALL_IDLE || !g_str_equal (self->id, identifying->call))
    return;
  yihu_elder_ref (identifying->elder);
  g_clear_pointer (&self->elder, yihu_elder_unref);
  self->elder = identifying->elder;
  yihu_desk_call_tell (self);
}

static void
on_identified (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!yihu_book_submit_finish (YIHU_BOOK (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  desk_call_take_elder (g_task_get_source_object (task), g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

void
yihu_desk_call_identify_async (YihuDeskCall *self,
                               YihuElder *elder,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  GTask *task = g_task_new (self, NULL, callback, data);
  Identifying *identifying = g_new0 (Identifying, 1);
  g_autoptr (YihuCommand) command = NULL;
  g_autoptr (YihuCall) overlay = NULL;

  g_task_set_source_tag (task, yihu_desk_call_identify_async);
  identifying->call = g_strdup (self->id);
  identifying->elder = yihu_elder_ref (elder);
  g_task_set_task_data (task, identifying, identifying_free);
  if (*self->id == '\0')
    {
      desk_call_take_elder (self, identifying);
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  command = yihu_command_new ("call.identify", self->id,
                              self->record != NULL ? self->record->record.version : 0,
                              yihu_book_get_now_us (self->book));
  yihu_command_set_text (command, "elder", elder->record.id);
  if (self->record != NULL)
    {
      overlay = yihu_record_dup (self->record);
      yihu_record_take (overlay->elder, g_strdup (elder->record.id));
    }
  yihu_book_submit_async (self->book, command, overlay, on_identified, task);
}

gboolean
yihu_desk_call_identify_finish (YihuDeskCall *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
yihu_desk_call_note_order (YihuDeskCall *self)
{
  self->has_order = TRUE;
  yihu_desk_call_tell (self);
}

void
yihu_desk_call_set_outcome (YihuDeskCall *self, YihuCallOutcome outcome)
{
  self->outcome = outcome;
  yihu_desk_call_tell (self);
}

YihuCallOutcome
yihu_desk_call_get_outcome (YihuDeskCall *self)
{
  if (self->outcome == YIHU_OUTCOME_NONE && self->has_order)
    return YIHU_OUTCOME_ORDER;
  return self->outcome;
}

void
yihu_desk_call_close (YihuDeskCall *self, const char *note)
{
  g_return_if_fail (self->state == YIHU_DESK_CALL_WRAPUP);

  g_hash_table_add (self->finished, g_strdup (self->id));
  if (*self->id != '\0')
    yihu_closings_add (self->closings, self->id, self->record, yihu_desk_call_get_outcome (self),
                       note, self->elder != NULL ? self->elder->record.id : NULL);
  if (self->phone != NULL)
    yihu_phone_send_seat (self->phone, "ready");
  yihu_desk_call_end (self);
}
