/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What all use cases share: loading, saving with version and feed entry, the audit row, and going
 * back. Invariant: tenant.seq and the events are those of the rows written so far in this
 * transaction; yihu_work_undo() takes back all three together, so that the feed has no gap. */

#include "server/work/work.h"

#include "base/error.h"
#include "wire/event.h"
#include "wire/protocol.h"

#define CLOCK_SKEW_US (5 * G_USEC_PER_SEC * 60)
#define OUTBOX_LIFE_US (G_TIME_SPAN_DAY * YIHU_IDEMPOTENCY_DAYS)

YihuWork *
yihu_work_new (YihuStore *store, YihuClock *clock, const char *area_code)
{
  YihuWork *self = g_new0 (YihuWork, 1);

  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->area_code = g_strdup (area_code);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_feed_event_unref);
  return self;
}

void
yihu_work_free (YihuWork *self)
{
  g_object_unref (self->store);
  g_object_unref (self->clock);
  g_free (self->area_code);
  g_ptr_array_unref (self->events);
  g_free (self);
}

gint64
yihu_work_get_now_us (YihuWork *self)
{
  return yihu_clock_get_now_us (self->clock);
}

gint64
yihu_work_get_act_us (YihuWork *self, const YihuCommand *command)
{
  gint64 now_us = yihu_work_get_now_us (self);

  if (command->at_us > now_us + CLOCK_SKEW_US || command->at_us < now_us - OUTBOX_LIFE_US)
    return now_us;
  return command->at_us;
}

gpointer
yihu_work_load (YihuWork *self, const YihuRecordType *type, const char *id, GError **error)
{
  GError *local_error = NULL;
  gpointer record = yihu_store_get_record (self->store, type, id, &local_error);

  if (record == NULL && local_error == NULL)
    g_set_error (&local_error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no such %s", type->name);
  if (local_error != NULL)
    g_propagate_error (error, local_error);
  return record;
}

static gboolean
append_event (YihuWork *self, YihuEventOp op, YihuRecord *record, gint64 division, GError **error)
{
  g_autoptr (YihuEvent) event = yihu_event_new (self->tenant.seq + 1, op, record);
  g_autoptr (json_t) json = yihu_event_to_json (event);
  g_autofree char *text = yihu_json_print (json);
  YihuFeedRow row = { event->seq, yihu_work_get_now_us (self), division, record->type->name, text };

  if (!yihu_store_append_feed (self->store, &row, error))
    return FALSE;
  self->tenant.seq++;
  g_ptr_array_add (self->events, yihu_feed_event_new (event->seq, record->type, division,
                                                      g_steal_pointer (&text)));
  return TRUE;
}

/* Never what a client or a file says it is. */
static void
fill_id_tail (YihuElder *elder)
{
  char *tail = NULL;

  yihu_record_take (elder->id_tail, NULL);
  tail = yihu_elder_dup_id_tail (elder);
  yihu_record_take (elder->id_tail, tail);
}

/* Who may not see an elder any more may not see whom the elder trusts either. What happened in the
 * old district (calls, orders, notes) stays there. */
static gboolean
move_kin (YihuWork *self, const YihuRecord *elder, gboolean in_feed, GError **error)
{
  g_autoptr (GPtrArray) kin = yihu_store_list_kin (self->store, elder->id, error);

  if (kin == NULL)
    return FALSE;
  for (guint i = 0; i < kin->len; i++)
    {
      const YihuRecord *old = g_ptr_array_index (kin, i);
      g_autoptr (YihuRecord) moved = yihu_record_dup (old);

      moved->division = elder->division;
      if (!yihu_work_save (self, moved, old, in_feed, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
append_events (YihuWork *self, YihuRecord *row, const YihuRecord *before, GError **error)
{
  if (before != NULL && before->division != row->division && row->division != 0
      && !append_event (self, YIHU_EVENT_REVOKE, row, before->division, error))
    return FALSE;
  return append_event (self, YIHU_EVENT_UPSERT, row, row->division, error);
}

gboolean
yihu_work_save (YihuWork *self,
                gpointer record,
                gconstpointer old,
                gboolean in_feed,
                GError **error)
{
  YihuRecord *row = record;
  const YihuRecord *before = old;

  row->version = before != NULL ? before->version + 1 : 1;
  if (row->type == &yihu_elder_type)
    fill_id_tail (record);
  if (!yihu_record_validate (row, error) || !yihu_store_put_record (self->store, row, error))
    return FALSE;
  if (in_feed && !append_events (self, row, before, error))
    return FALSE;
  return row->type != &yihu_elder_type || before == NULL || before->division == row->division
         || move_kin (self, row, in_feed, error);
}

gboolean
yihu_work_audit (YihuWork *self,
                 const YihuActor *actor,
                 const char *what,
                 const char *object,
                 const char *reason,
                 GError **error)
{
  YihuAuditRow row = { .at_us = yihu_work_get_now_us (self),
                       .account = actor != NULL ? actor->account->record.id : "",
                       .device = actor != NULL ? actor->device : "",
                       .what = what,
                       .object = object,
                       .reason = reason };

  return yihu_store_append_audit (self->store, &row, error);
}

void
yihu_work_bump_epoch (YihuWork *self)
{
  self->tenant.epoch++;
}

gboolean
yihu_work_mark (YihuWork *self, GError **error)
{
  self->undo_tenant = self->tenant;
  self->undo_events = self->events->len;
  return yihu_store_savepoint (self->store, error);
}

void
yihu_work_undo (YihuWork *self)
{
  yihu_store_rollback_to (self->store);
  self->tenant = self->undo_tenant;
  g_ptr_array_set_size (self->events, self->undo_events);
}
