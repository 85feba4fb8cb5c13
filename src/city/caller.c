/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The states of a caller are those of his call; what is added is patience and having said enough.
 * One timer at a time. */

#include "city/caller.h"

#include <math.h>

struct _YihuCaller
{
  GObject parent_instance;
  YihuClock *clock; /* (owned) */
  YihuPhone *phone; /* (owned) */
  YihuPhoneCall *call; /* (owned) (nullable) */
  YihuCallerCard *card; /* (owned) */
  YihuCallerMood mood;
  YihuCallerFunc func;
  gpointer data;
  GSource *timer; /* (owned) (nullable) */
  const char *why; /* (nullable) we hung up because */
  gboolean is_answered;
  gboolean is_over;
};

G_DEFINE_FINAL_TYPE (YihuCaller, yihu_caller, G_TYPE_OBJECT)

static void
stop_timer (YihuCaller *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
yihu_caller_dispose (GObject *object)
{
  YihuCaller *self = YIHU_CALLER (object);

  stop_timer (self);
  if (self->call != NULL)
    g_signal_handlers_disconnect_by_data (self->call, self);
  g_clear_object (&self->call);
  if (self->phone != NULL)
    yihu_phone_shutdown (self->phone);
  g_clear_object (&self->phone);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->card, yihu_caller_card_free);
  G_OBJECT_CLASS (yihu_caller_parent_class)->dispose (object);
}

static void
yihu_caller_class_init (YihuCallerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_caller_dispose;
}

static void
yihu_caller_init (YihuCaller *self)
{
}

YihuCaller *
yihu_caller_new (YihuClock *clock,
                 YihuPhone *phone,
                 YihuCallerCard *card,
                 const YihuCallerMood *mood,
                 YihuCallerFunc func,
                 gpointer data)
{
  YihuCaller *self = g_object_new (YIHU_TYPE_CALLER, NULL);

  self->clock = g_object_ref (clock);
  self->phone = g_object_ref (phone);
  self->card = card;
  self->mood = *mood;
  self->func = func;
  self->data = data;
  return self;
}

const YihuCallerCard *
yihu_caller_get_card (YihuCaller *self)
{
  return self->card;
}

gboolean
yihu_caller_is_over (YihuCaller *self)
{
  return self->is_over;
}

static void
end (YihuCaller *self, const char *detail)
{
  if (self->is_over)
    return;
  self->is_over = TRUE;
  stop_timer (self);
  g_object_ref (self); /* whoever is told may drop us */
  self->func (self, "ended", detail, self->data);
  g_object_unref (self);
}

static void
hang_up_because (YihuCaller *self, const char *why)
{
  stop_timer (self);
  self->why = why;
  if (self->call != NULL)
    yihu_phone_call_hang_up (self->call);
}

static void
on_patience_over (gpointer data)
{
  YihuCaller *self = data;

  hang_up_because (self, self->mood.is_fleeting ? "hung-up-ringing" : "gave-up");
}

static void
on_talk_over (gpointer data)
{
  hang_up_because (data, "hung-up");
}

static void
set_timer (YihuCaller *self, double seconds, GSourceOnceFunc func)
{
  double limited = CLAMP (seconds, 0.05, 7200);

  stop_timer (self);
  self->timer = yihu_clock_add_timer (self->clock, (guint) (limited * 1000), func, self, NULL);
}

static void
on_ended (YihuCaller *self)
{
  int status = yihu_phone_call_get_status (self->call);
  g_autofree char *detail = NULL;

  if (self->why != NULL)
    detail = g_strdup (self->why);
  else if (self->is_answered)
    detail = g_strdup ("by-operator");
  else
    detail = g_strdup_printf ("refused %d", status);
  end (self, detail);
}

static void
on_state (YihuPhoneCall *call, GParamSpec *spec, YihuCaller *self)
{
  switch (yihu_phone_call_get_state (call))
    {
    case YIHU_PHONE_CALL_TALKING:
      if (self->is_answered)
        return;
      self->is_answered = TRUE;
      set_timer (self, self->mood.talk_s, on_talk_over);
      self->func (self, "answered", "", self->data);
      return;
    case YIHU_PHONE_CALL_ENDED:
      on_ended (self);
      return;
    default:
      return;
    }
}

void
yihu_caller_dial (YihuCaller *self, const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *failure = NULL;
  const char *headers[3] = { NULL };
  guint n = 0;

  g_return_if_fail (self->call == NULL);

  if (self->card->is_one_key)
    headers[n++] = "Priority: emergency";
  if (*self->card->number == '\0')
    headers[n++] = "Privacy: id";
  self->func (self, "dialling", "", self->data);
  self->call = yihu_phone_dial (self->phone, uri, n > 0 ? headers : NULL, &error);
  if (self->call == NULL)
    {
      failure = g_strdup_printf ("failed %s", error->message);
      end (self, failure);
      return;
    }
  g_signal_connect (self->call, "notify::state", G_CALLBACK (on_state), self);
  set_timer (self, self->mood.is_fleeting ? MIN (self->mood.patience_s, 3) : self->mood.patience_s,
             on_patience_over);
}

void
yihu_caller_hang_up (YihuCaller *self)
{
  if (!self->is_over)
    hang_up_because (self, "hung-up");
}
