/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The rules of the queue (docs/telephony.md):
 *
 * - A call rings one seat at a time, for YIHU_QUEUE_RING_MS.
 * - A seat that refused or did not answer stays ready, goes to the end of the line, rests a moment,
 *   and gets the same call again only when every other ready seat has had it. It is not put away:
 *   with one operator on duty nobody would answer any more.
 * - A seat that cannot be reached is offline until it registers again.
 *
 * Invariant: a seat is RINGING or BUSY exactly when one call names it. The functions of the owner
 * may call back into the queue; serve() therefore runs in rounds, never nested. */

#include "voice/queue/call-queue.h"

#include <string.h>

typedef enum
{
  WAITING,
  RINGING,
  TALKING,
} Stage;

typedef struct
{
  char *id; /* (owned) */
  gboolean is_emergency;
  guint64 turn; /* order of coming */
  Stage stage;
  YihuQueueSeat *seat; /* (nullable): RINGING, TALKING */
  GHashTable *tried; /* (owned) ids of seats that did not take it */
  GSource *ring_timer; /* (owned) (nullable) */
  YihuCallQueue *queue;
} Entry;

struct _YihuCallQueue
{
  YihuClock *clock; /* (owned) */
  YihuCallQueueFuncs funcs;
  gpointer data;
  GHashTable *seats; /* (owned) id -> YihuQueueSeat */
  GPtrArray *entries; /* (owned) Entry, most urgent first */
  guint64 next_turn;
  gboolean is_serving;
  gboolean serve_again;
};

typedef struct
{
  YihuCallQueue *queue;
  char *seat;
} SeatTimer;

static void serve (YihuCallQueue *self);

static void
entry_stop_ringing (Entry *entry)
{
  if (entry->ring_timer != NULL)
    g_source_destroy (entry->ring_timer);
  g_clear_pointer (&entry->ring_timer, g_source_unref);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  entry_stop_ringing (entry);
  g_hash_table_unref (entry->tried);
  g_free (entry->id);
  g_free (entry);
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *x = *(const Entry *const *) a;
  const Entry *y = *(const Entry *const *) b;

  if (x->is_emergency != y->is_emergency)
    return x->is_emergency ? -1 : 1;
  return x->turn < y->turn ? -1 : x->turn > y->turn;
}

static Entry *
find_entry (YihuCallQueue *self, const char *call)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];
      if (strcmp (entry->id, call) == 0)
        return entry;
    }
  return NULL;
}

static Entry *
find_entry_of_seat (YihuCallQueue *self, const YihuQueueSeat *seat)
{
  return seat->call != NULL ? find_entry (self, seat->call) : NULL;
}

static void
set_seat (YihuCallQueue *self, YihuQueueSeat *seat, YihuSeatState state, const char *call)
{
  if (yihu_queue_seat_set (seat, state, call, self->clock))
    self->funcs.seat_changed (self->data, seat);
}

/* Timers of seats */

static void
seat_timer_free (gpointer data)
{
  SeatTimer *timer = data;

  g_free (timer->seat);
  g_free (timer);
}

static void
start_seat_timer (YihuCallQueue *self, YihuQueueSeat *seat, guint delay_ms, GSourceOnceFunc func)
{
  SeatTimer *timer = g_new0 (SeatTimer, 1);

  timer->queue = self;
  timer->seat = g_strdup (seat->id);
  yihu_queue_seat_stop_timer (seat);
  seat->timer = yihu_clock_add_timer (self->clock, delay_ms, func, timer, seat_timer_free);
}

static void
on_rest_over (gpointer data)
{
  SeatTimer *timer = data;
  YihuCallQueue *self = timer->queue;
  YihuQueueSeat *seat = g_hash_table_lookup (self->seats, timer->seat);

  seat->rests_until_us = 0;
  yihu_queue_seat_stop_timer (seat);
  serve (self);
}

/* Back to what the operator wants. @keep_place: his place in the line stays. */
static void
free_seat (YihuCallQueue *self, YihuQueueSeat *seat, gboolean keep_place)
{
  yihu_queue_seat_stop_timer (seat);
  seat->rests_until_us = 0;
  if (!keep_place)
    seat->ready_since_us = yihu_clock_get_monotonic_us (self->clock);
  if (!seat->is_online)
    set_seat (self, seat, YIHU_SEAT_OFFLINE, NULL);
  else
    set_seat (self, seat, seat->wants_ready ? YIHU_SEAT_READY : YIHU_SEAT_AWAY, NULL);
}

static void
on_wrapup_over (gpointer data)
{
  SeatTimer *timer = data;
  YihuCallQueue *self = timer->queue;

  free_seat (self, g_hash_table_lookup (self->seats, timer->seat), FALSE);
  serve (self);
}

static void
rest_seat (YihuCallQueue *self, YihuQueueSeat *seat)
{
  free_seat (self, seat, FALSE);
  if (seat->state != YIHU_SEAT_READY)
    return;
  seat->rests_until_us =
      yihu_clock_get_monotonic_us (self->clock) + (gint64) YIHU_QUEUE_REST_MS * 1000;
  start_seat_timer (self, seat, YIHU_QUEUE_REST_MS, on_rest_over);
}

/* Offering */

static YihuQueueSeat *
choose_seat (YihuCallQueue *self, Entry *entry, gboolean *has_resting)
{
  gint64 now_us = yihu_clock_get_monotonic_us (self->clock);
  YihuQueueSeat *best = NULL;
  GHashTableIter iter;
  gpointer value;

  *has_resting = FALSE;
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      YihuQueueSeat *seat = value;
      gboolean is_tried = g_hash_table_contains (entry->tried, seat->id);

      if (seat->state == YIHU_SEAT_READY && !is_tried && seat->rests_until_us > now_us)
        *has_resting = TRUE;
      if (is_tried || !yihu_queue_seat_is_free (seat, now_us))
        continue;
      if (best == NULL || seat->ready_since_us < best->ready_since_us
          || (seat->ready_since_us == best->ready_since_us && strcmp (seat->id, best->id) < 0))
        best = seat;
    }
  return best;
}

static void
requeue (YihuCallQueue *self, Entry *entry)
{
  entry_stop_ringing (entry);
  entry->seat = NULL;
  entry->stage = WAITING;
  self->funcs.requeued (self->data, entry->id);
}

static void
on_ring_over (gpointer data)
{
  Entry *entry = data;
  YihuCallQueue *self = entry->queue;
  YihuQueueSeat *seat = entry->seat;

  g_hash_table_add (entry->tried, g_strdup (seat->id));
  self->funcs.withdraw (self->data, entry->id, seat->id);
  requeue (self, entry);
  rest_seat (self, seat);
  serve (self);
}

static gboolean
offer_first (YihuCallQueue *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];
      YihuQueueSeat *seat;
      gboolean has_resting;

      if (entry->stage != WAITING)
        continue;
      seat = choose_seat (self, entry, &has_resting);
      if (seat == NULL && !has_resting && g_hash_table_size (entry->tried) > 0)
        {
          /* All had it: a new round. */
          g_hash_table_remove_all (entry->tried);
          seat = choose_seat (self, entry, &has_resting);
        }
      if (seat == NULL)
        continue;
      entry->stage = RINGING;
      entry->seat = seat;
      entry->ring_timer =
          yihu_clock_add_timer (self->clock, YIHU_QUEUE_RING_MS, on_ring_over, entry, NULL);
      set_seat (self, seat, YIHU_SEAT_RINGING, entry->id);
      self->funcs.offer (self->data, entry->id, seat->id);
      return TRUE;
    }
  return FALSE;
}

static void
serve (YihuCallQueue *self)
{
  self->serve_again = TRUE;
  if (self->is_serving)
    return;
  self->is_serving = TRUE;
  while (self->serve_again)
    {
      self->serve_again = FALSE;
      while (offer_first (self))
        ;
    }
  self->is_serving = FALSE;
}

/* Public */

YihuCallQueue *
yihu_call_queue_new (YihuClock *clock, const YihuCallQueueFuncs *funcs, gpointer data)
{
  YihuCallQueue *self = g_new0 (YihuCallQueue, 1);

  self->clock = g_object_ref (clock);
  self->funcs = *funcs;
  self->data = data;
  self->seats =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) yihu_queue_seat_free);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

void
yihu_call_queue_free (YihuCallQueue *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->seats);
  g_object_unref (self->clock);
  g_free (self);
}

static YihuQueueSeat *
ensure_seat (YihuCallQueue *self, const char *id)
{
  YihuQueueSeat *seat = g_hash_table_lookup (self->seats, id);

  if (seat == NULL)
    {
      seat = yihu_queue_seat_new (id);
      g_hash_table_insert (self->seats, seat->id, seat);
    }
  return seat;
}

static void
go_offline (YihuCallQueue *self, YihuQueueSeat *seat)
{
  Entry *entry = find_entry_of_seat (self, seat);

  seat->wants_ready = FALSE;
  if (entry != NULL && entry->stage == TALKING)
    return; /* the talk goes on without its registration */
  if (entry != NULL)
    {
      self->funcs.withdraw (self->data, entry->id, seat->id);
      requeue (self, entry);
    }
  free_seat (self, seat, FALSE);
  serve (self);
}

void
yihu_call_queue_set_online (YihuCallQueue *self, const char *id, gboolean is_online)
{
  YihuQueueSeat *seat = ensure_seat (self, id);

  if (seat->is_online == is_online)
    return;
  seat->is_online = is_online;
  if (!is_online)
    go_offline (self, seat);
  else if (seat->state == YIHU_SEAT_OFFLINE)
    free_seat (self, seat, FALSE);
}

void
yihu_call_queue_set_wish (YihuCallQueue *self, const char *id, gboolean wants_ready)
{
  YihuQueueSeat *seat = ensure_seat (self, id);

  if (!seat->is_online)
    return;
  seat->wants_ready = wants_ready;
  switch (seat->state)
    {
    case YIHU_SEAT_WRAPUP:
      free_seat (self, seat, FALSE);
      break;
    case YIHU_SEAT_AWAY:
      free_seat (self, seat, !wants_ready);
      break;
    case YIHU_SEAT_READY:
      if (!wants_ready)
        free_seat (self, seat, FALSE);
      break;
    default: /* ringing, busy: takes effect afterwards */
      break;
    }
  serve (self);
}

const YihuQueueSeat *
yihu_call_queue_find_seat (YihuCallQueue *self, const char *seat)
{
  return g_hash_table_lookup (self->seats, seat);
}

void
yihu_call_queue_enter (YihuCallQueue *self, const char *call, gboolean is_emergency)
{
  Entry *entry;

  g_return_if_fail (find_entry (self, call) == NULL);
  entry = g_new0 (Entry, 1);
  entry->id = g_strdup (call);
  entry->is_emergency = is_emergency;
  entry->turn = self->next_turn++;
  entry->tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  entry->queue = self;
  g_ptr_array_add (self->entries, entry);
  g_ptr_array_sort (self->entries, compare_entries);
  serve (self);
}

void
yihu_call_queue_answered (YihuCallQueue *self, const char *call)
{
  Entry *entry = find_entry (self, call);

  if (entry == NULL || entry->stage != RINGING)
    return;
  entry_stop_ringing (entry);
  entry->stage = TALKING;
  set_seat (self, entry->seat, YIHU_SEAT_BUSY, entry->id);
}

void
yihu_call_queue_refused (YihuCallQueue *self, const char *call, gboolean is_unreachable)
{
  Entry *entry = find_entry (self, call);
  YihuQueueSeat *seat;

  if (entry == NULL || entry->stage != RINGING)
    return;
  seat = entry->seat;
  g_hash_table_add (entry->tried, g_strdup (seat->id));
  requeue (self, entry);
  if (is_unreachable)
    {
      seat->is_online = FALSE;
      seat->wants_ready = FALSE;
      free_seat (self, seat, FALSE);
    }
  else
    rest_seat (self, seat);
  serve (self);
}

void
yihu_call_queue_leave (YihuCallQueue *self, const char *call)
{
  Entry *entry = find_entry (self, call);
  YihuQueueSeat *seat;
  Stage stage;

  if (entry == NULL)
    return;
  seat = entry->seat;
  stage = entry->stage;
  if (stage == RINGING)
    self->funcs.withdraw (self->data, entry->id, seat->id);
  g_ptr_array_remove (self->entries, entry);
  if (stage == RINGING)
    free_seat (self, seat, TRUE);
  else if (stage == TALKING && !seat->is_online)
    free_seat (self, seat, FALSE);
  else if (stage == TALKING)
    {
      set_seat (self, seat, YIHU_SEAT_WRAPUP, NULL);
      start_seat_timer (self, seat, YIHU_QUEUE_WRAPUP_MS, on_wrapup_over);
    }
  serve (self);
}

guint
yihu_call_queue_get_waiting (YihuCallQueue *self)
{
  guint n_waiting = 0;

  for (guint i = 0; i < self->entries->len; i++)
    n_waiting += ((Entry *) self->entries->pdata[i])->stage != TALKING;
  return n_waiting;
}

gboolean
yihu_call_queue_is_ringing (YihuCallQueue *self, const char *call)
{
  Entry *entry = find_entry (self, call);

  return entry != NULL && entry->stage == RINGING;
}
