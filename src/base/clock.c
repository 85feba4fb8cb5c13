/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real clock, the clock for tests, and the back-off. A timer of the real clock is an ordinary
 * GLib timeout. A timer of the fake clock never falls due by itself: advance() walks the pending
 * timers in order of their due time (then of their making), moves the time to each and runs it, so
 * that a callback sees exactly the time for which it asked. Timers of another thread's context are
 * only made ready; that thread runs them. */

#include "base/clock.h"

#include <time.h>

typedef struct
{
  GSourceOnceFunc callback;
  gpointer data;
  GDestroyNotify destroy;
} TimerCall;

G_DEFINE_TYPE (YihuClock, yihu_clock, G_TYPE_OBJECT)

static gint64
real_get_now_us (YihuClock *self)
{
  return g_get_real_time ();
}

static gint64
real_get_monotonic_us (YihuClock *self)
{
  struct timespec now;

  /* Counts the time that the machine sleeps, which CLOCK_MONOTONIC leaves out. */
  if (clock_gettime (CLOCK_BOOTTIME, &now) != 0)
    return g_get_monotonic_time ();
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static GSource *
real_create_timer (YihuClock *self, guint delay_ms)
{
  return g_timeout_source_new (delay_ms);
}

static void
yihu_clock_class_init (YihuClockClass *klass)
{
  klass->get_now_us = real_get_now_us;
  klass->get_monotonic_us = real_get_monotonic_us;
  klass->create_timer = real_create_timer;
}

static void
yihu_clock_init (YihuClock *self)
{
}

YihuClock *
yihu_clock_new (void)
{
  return g_object_new (YIHU_TYPE_CLOCK, NULL);
}

gint64
yihu_clock_get_now_us (YihuClock *self)
{
  g_return_val_if_fail (YIHU_IS_CLOCK (self), 0);
  return YIHU_CLOCK_GET_CLASS (self)->get_now_us (self);
}

gint64
yihu_clock_get_monotonic_us (YihuClock *self)
{
  g_return_val_if_fail (YIHU_IS_CLOCK (self), 0);
  return YIHU_CLOCK_GET_CLASS (self)->get_monotonic_us (self);
}

guint
yihu_clock_back_off_ms (guint attempt, guint first_ms, guint cap_ms)
{
  guint64 delay_ms = first_ms;

  for (guint i = 0; i < attempt && delay_ms < cap_ms; i++)
    delay_ms *= 2;
  delay_ms = MIN (delay_ms, cap_ms);
  return (guint) MIN (delay_ms * g_random_double_range (0.8, 1.2), (double) G_MAXUINT);
}

static void
timer_call_clear (gpointer data)
{
  TimerCall *call = data;

  if (call->destroy != NULL)
    call->destroy (call->data);
}

static void
timer_call_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, timer_call_clear);
}

static gboolean
timer_call_run (gpointer data)
{
  TimerCall *call = data;

  call->callback (call->data);
  return G_SOURCE_REMOVE;
}

/* A source of the fake clock. It knows its call, because advance() runs it outside of any loop. */
typedef struct
{
  GSource source;
  gint64 due_us; /* monotonic */
  guint64 serial;
  TimerCall *call; /* belongs to the source's callback */
} FakeTimer;

struct _YihuFakeClock
{
  YihuClock parent_instance;

  GMutex lock; /* protects the members below: timers may be made in any thread */
  gint64 now_us;
  gint64 monotonic_us;
  guint64 last_serial;
  GList *timers; /* (element-type FakeTimer) (owned), by due_us, then serial */
};

G_DEFINE_FINAL_TYPE (YihuFakeClock, yihu_fake_clock, YIHU_TYPE_CLOCK)

GSource *
yihu_clock_add_timer (YihuClock *self,
                      guint delay_ms,
                      GSourceOnceFunc callback,
                      gpointer data,
                      GDestroyNotify destroy)
{
  TimerCall *call;
  GSource *source;

  g_return_val_if_fail (YIHU_IS_CLOCK (self), NULL);
  g_return_val_if_fail (callback != NULL, NULL);

  call = g_atomic_rc_box_new0 (TimerCall);
  call->callback = callback;
  call->data = data;
  call->destroy = destroy;

  source = YIHU_CLOCK_GET_CLASS (self)->create_timer (self, delay_ms);
  if (YIHU_IS_FAKE_CLOCK (self))
    ((FakeTimer *) source)->call = call;
  g_source_set_callback (source, timer_call_run, call, timer_call_release);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static gboolean
fake_timer_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback != NULL ? callback (data) : G_SOURCE_REMOVE;
}

static GSourceFuncs fake_timer_funcs = { NULL, NULL, fake_timer_dispatch, NULL, NULL, NULL };

static int
fake_timer_compare (gconstpointer a, gconstpointer b)
{
  const FakeTimer *left = a;
  const FakeTimer *right = b;

  if (left->due_us != right->due_us)
    return left->due_us < right->due_us ? -1 : 1;
  return left->serial < right->serial ? -1 : left->serial > right->serial;
}

static GSource *
fake_create_timer (YihuClock *clock, guint delay_ms)
{
  YihuFakeClock *self = YIHU_FAKE_CLOCK (clock);
  GSource *source = g_source_new (&fake_timer_funcs, sizeof (FakeTimer));
  FakeTimer *timer = (FakeTimer *) source;

  g_mutex_lock (&self->lock);
  timer->due_us = self->monotonic_us + (gint64) delay_ms * 1000;
  timer->serial = ++self->last_serial;
  self->timers = g_list_insert_sorted (self->timers, g_source_ref (source), fake_timer_compare);
  g_mutex_unlock (&self->lock);
  return source;
}

static gint64
fake_get_now_us (YihuClock *clock)
{
  YihuFakeClock *self = YIHU_FAKE_CLOCK (clock);
  gint64 now_us;

  g_mutex_lock (&self->lock);
  now_us = self->now_us;
  g_mutex_unlock (&self->lock);
  return now_us;
}

static gint64
fake_get_monotonic_us (YihuClock *clock)
{
  YihuFakeClock *self = YIHU_FAKE_CLOCK (clock);
  gint64 monotonic_us;

  g_mutex_lock (&self->lock);
  monotonic_us = self->monotonic_us;
  g_mutex_unlock (&self->lock);
  return monotonic_us;
}

/* Takes the first timer due until @until_us out of the list and moves the time to it; without one
 * moves the time to @until_us and returns NULL. */
static FakeTimer *
fake_clock_step (YihuFakeClock *self, gint64 until_us)
{
  FakeTimer *timer = NULL;
  gint64 to_us = until_us;

  g_mutex_lock (&self->lock);
  if (self->timers != NULL && ((FakeTimer *) self->timers->data)->due_us <= until_us)
    {
      timer = self->timers->data;
      self->timers = g_list_delete_link (self->timers, self->timers);
      to_us = MAX (timer->due_us, self->monotonic_us);
    }
  self->now_us += to_us - self->monotonic_us;
  self->monotonic_us = to_us;
  g_mutex_unlock (&self->lock);
  return timer;
}

static void
fake_timer_run (FakeTimer *timer)
{
  g_autoptr (GMainContext) here = g_main_context_ref_thread_default ();
  TimerCall *call;

  if (g_source_is_destroyed (&timer->source))
    return;
  if (g_source_get_context (&timer->source) != here)
    {
      g_source_set_ready_time (&timer->source, 0);
      return;
    }
  call = g_atomic_rc_box_acquire (timer->call);
  call->callback (call->data);
  g_source_destroy (&timer->source);
  timer_call_release (call);
}

void
yihu_fake_clock_advance (YihuFakeClock *self, guint64 by_ms)
{
  gint64 until_us;
  FakeTimer *timer;

  g_return_if_fail (YIHU_IS_FAKE_CLOCK (self));

  until_us = fake_get_monotonic_us (YIHU_CLOCK (self)) + (gint64) by_ms * 1000;
  while ((timer = fake_clock_step (self, until_us)) != NULL)
    {
      fake_timer_run (timer);
      g_source_unref (&timer->source);
    }
}

static void
fake_clock_finalize (GObject *object)
{
  YihuFakeClock *self = YIHU_FAKE_CLOCK (object);

  g_list_free_full (self->timers, (GDestroyNotify) g_source_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (yihu_fake_clock_parent_class)->finalize (object);
}

static void
yihu_fake_clock_class_init (YihuFakeClockClass *klass)
{
  YihuClockClass *clock_class = YIHU_CLOCK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fake_clock_finalize;
  clock_class->get_now_us = fake_get_now_us;
  clock_class->get_monotonic_us = fake_get_monotonic_us;
  clock_class->create_timer = fake_create_timer;
}

static void
yihu_fake_clock_init (YihuFakeClock *self)
{
  g_mutex_init (&self->lock);
  self->monotonic_us = G_USEC_PER_SEC; /* not 0, which often means "never" */
}

YihuClock *
yihu_fake_clock_new (gint64 now_us)
{
  YihuFakeClock *self = g_object_new (YIHU_TYPE_FAKE_CLOCK, NULL);

  self->now_us = now_us;
  return YIHU_CLOCK (self);
}
