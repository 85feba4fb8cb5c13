/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The list behind the wall's panel of events. A visitor may stand before the wall, so an entry
 * holds kind, district and state and nothing that leads to a person. Entries beyond the limit fall
 * off at the old end, so that weeks unattended need no more memory than a day. */

#include "console/wall/wall-events.h"

#include "console/words.h"

#include <glib/gi18n.h>
#include <string.h>

struct _YihuWallEvents
{
  GObject parent_instance;

  GPtrArray *events; /* (owned) YihuWallEvent, in order of showing */
};

G_DEFINE_FINAL_TYPE (YihuWallEvents, yihu_wall_events, G_TYPE_OBJECT)

static void
wall_event_free (gpointer data)
{
  YihuWallEvent *event = data;

  g_free (event->id);
  g_free (event->kind);
  g_free (event->place);
  g_free (event);
}

static void
yihu_wall_events_finalize (GObject *object)
{
  YihuWallEvents *self = YIHU_WALL_EVENTS (object);

  g_ptr_array_unref (self->events);
  G_OBJECT_CLASS (yihu_wall_events_parent_class)->finalize (object);
}

static void
yihu_wall_events_class_init (YihuWallEventsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_wall_events_finalize;
}

static void
yihu_wall_events_init (YihuWallEvents *self)
{
  self->events = g_ptr_array_new_with_free_func (wall_event_free);
}

YihuWallEvents *
yihu_wall_events_new (void)
{
  return g_object_new (YIHU_TYPE_WALL_EVENTS, NULL);
}

static gboolean
wall_event_precedes (const YihuWallEvent *a, const YihuWallEvent *b)
{
  if (a->burning != b->burning)
    return a->burning;
  if (a->burning)
    return a->at_us < b->at_us; /* who waits longest */
  return a->at_us >= b->at_us;
}

/* Takes @event. */
static void
wall_events_put (YihuWallEvents *self, YihuWallEvent *event)
{
  guint position = 0;

  yihu_wall_events_remove (self, event->id);
  while (position < self->events->len
         && !wall_event_precedes (event, g_ptr_array_index (self->events, position)))
    position++;
  g_ptr_array_insert (self->events, (int) position, event);
  if (self->events->len > YIHU_WALL_EVENTS_MAX)
    g_ptr_array_set_size (self->events, YIHU_WALL_EVENTS_MAX);
}

static const YihuWallEvent *
wall_events_find (YihuWallEvents *self, const char *id)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      const YihuWallEvent *event = g_ptr_array_index (self->events, i);

      if (strcmp (event->id, id) == 0)
        return event;
    }
  return NULL;
}

static gboolean
call_is_going_on (const YihuCall *call)
{
  return call->state == YIHU_CALL_QUEUED || call->state == YIHU_CALL_RINGING
         || call->state == YIHU_CALL_TALKING || call->state == YIHU_CALL_WRAPUP;
}

static gint64
call_get_newest_us (const YihuCall *call)
{
  return MAX (MAX (call->ring_at_us, call->answer_at_us), MAX (call->end_at_us, call->close_at_us));
}

void
yihu_wall_events_put_call (YihuWallEvents *self, const YihuCall *call, const char *place)
{
  YihuWallEvent *event = g_new0 (YihuWallEvent, 1);

  event->id = g_strdup (call->record.id);
  /* Translators: kind of an event on the wall; %s is the urgency. */
  event->kind = g_strdup_printf (_ ("Call · %s"), yihu_words_urgency (call->urgency));
  event->place = g_strdup (place);
  event->state = yihu_words_call_state (call->state);
  event->burning = call->urgency == YIHU_URGENCY_URGENT && call_is_going_on (call);
  event->at_us = event->burning ? call->ring_at_us : call_get_newest_us (call);
  if (event->burning)
    event->tone = YIHU_WALL_TONE_ACT;
  else if (call->state == YIHU_CALL_MISSED)
    event->tone = YIHU_WALL_TONE_WARN;
  else if (call->state == YIHU_CALL_TALKING)
    event->tone = YIHU_WALL_TONE_GOOD;
  wall_events_put (self, event);
}

void
yihu_wall_events_put_order (YihuWallEvents *self,
                            const YihuOrder *order,
                            gint64 category,
                            const char *place,
                            gint64 at_us)
{
  const char *state = yihu_words_order_state (order->state);
  const YihuWallEvent *known = wall_events_find (self, order->record.id);
  YihuWallEvent *event;

  if (known != NULL && g_strcmp0 (known->state, state) == 0)
    return; /* something else about it changed: no news here */
  event = g_new0 (YihuWallEvent, 1);
  event->id = g_strdup (order->record.id);
  event->kind = category >= 0
                    /* Translators: kind of an event on the wall; %s is the category of service. */
                    ? g_strdup_printf (_ ("Order · %s"), yihu_words_category (category))
                    : g_strdup (_ ("Order"));
  event->place = g_strdup (place);
  event->state = state;
  event->at_us = at_us;
  if (order->state == YIHU_ORDER_CANCELLED || order->state == YIHU_ORDER_RETURNED)
    event->tone = YIHU_WALL_TONE_WARN;
  else if (order->state == YIHU_ORDER_FINISHED || order->state == YIHU_ORDER_APPROVED)
    event->tone = YIHU_WALL_TONE_GOOD;
  wall_events_put (self, event);
}

void
yihu_wall_events_remove (YihuWallEvents *self, const char *id)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      const YihuWallEvent *event = g_ptr_array_index (self->events, i);

      if (strcmp (event->id, id) != 0)
        continue;
      g_ptr_array_remove_index (self->events, i);
      return;
    }
}

void
yihu_wall_events_clear (YihuWallEvents *self)
{
  g_ptr_array_set_size (self->events, 0);
}

guint
yihu_wall_events_get_n (YihuWallEvents *self)
{
  return self->events->len;
}

guint
yihu_wall_events_count_burning (YihuWallEvents *self)
{
  guint n = 0;

  while (n < self->events->len && yihu_wall_events_peek (self, n)->burning)
    n++;
  return n;
}

const YihuWallEvent *
yihu_wall_events_peek (YihuWallEvents *self, guint position)
{
  g_return_val_if_fail (position < self->events->len, NULL);

  return g_ptr_array_index (self->events, position);
}
