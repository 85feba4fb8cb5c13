/* SPDX-License-Identifier: GPL-3.0-or-later */

/* YihuPhone in memory: states change at once and nothing is sent anywhere. */

#include "phone/fake-phone.h"

#include "phone/phone-private.h"

#define YIHU_TYPE_FAKE_CALL (yihu_fake_call_get_type ())
G_DECLARE_FINAL_TYPE (YihuFakeCall, yihu_fake_call, YIHU, FAKE_CALL, YihuPhoneCall)

struct _YihuFakeCall
{
  YihuPhoneCall parent_instance;
  char *dialled; /* (owned) */
  gboolean muted;
};

struct _YihuFakePhone
{
  YihuPhone parent_instance;
  GPtrArray *calls; /* (owned) YihuPhoneCall */
  char *seat; /* (owned) */
  gboolean shut_down;
};

G_DEFINE_FINAL_TYPE (YihuFakeCall, yihu_fake_call, YIHU_TYPE_PHONE_CALL)
G_DEFINE_FINAL_TYPE (YihuFakePhone, yihu_fake_phone, YIHU_TYPE_PHONE)

static void
yihu_fake_call_answer (YihuPhoneCall *call)
{
  if (yihu_phone_call_get_state (call) == YIHU_PHONE_CALL_RINGING)
    yihu_phone_call_set_state (call, YIHU_PHONE_CALL_TALKING, 0);
}

static void
yihu_fake_call_hang_up (YihuPhoneCall *call)
{
  YihuPhoneCallState state = yihu_phone_call_get_state (call);
  int status = state == YIHU_PHONE_CALL_RINGING ? 603 : state == YIHU_PHONE_CALL_DIALLING ? 487 : 0;

  yihu_phone_call_set_state (call, YIHU_PHONE_CALL_ENDED, status);
}

static void
yihu_fake_call_set_held (YihuPhoneCall *call, gboolean held)
{
  YihuPhoneCallState state = yihu_phone_call_get_state (call);

  if (state == (held ? YIHU_PHONE_CALL_TALKING : YIHU_PHONE_CALL_HELD))
    yihu_phone_call_set_state (call, held ? YIHU_PHONE_CALL_HELD : YIHU_PHONE_CALL_TALKING, 0);
}

static void
yihu_fake_call_set_muted (YihuPhoneCall *call, gboolean muted)
{
  YIHU_FAKE_CALL (call)->muted = muted;
}

static void
yihu_fake_call_finalize (GObject *object)
{
  g_free (YIHU_FAKE_CALL (object)->dialled);
  G_OBJECT_CLASS (yihu_fake_call_parent_class)->finalize (object);
}

static void
yihu_fake_call_class_init (YihuFakeCallClass *klass)
{
  YihuPhoneCallClass *call_class = YIHU_PHONE_CALL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = yihu_fake_call_finalize;
  call_class->answer = yihu_fake_call_answer;
  call_class->hang_up = yihu_fake_call_hang_up;
  call_class->set_held = yihu_fake_call_set_held;
  call_class->set_muted = yihu_fake_call_set_muted;
}

static void
yihu_fake_call_init (YihuFakeCall *self)
{
  self->dialled = g_strdup ("");
}

static YihuPhoneCall *
yihu_fake_phone_dial (YihuPhone *phone, const char *uri, const char *const *headers, GError **error)
{
  YihuFakePhone *self = YIHU_FAKE_PHONE (phone);
  YihuFakeCall *call = g_object_new (YIHU_TYPE_FAKE_CALL, NULL);

  g_free (call->dialled);
  call->dialled = g_strdup (uri);
  yihu_phone_call_set_state (YIHU_PHONE_CALL (call), YIHU_PHONE_CALL_DIALLING, 0);
  g_ptr_array_add (self->calls, g_object_ref (call));
  return YIHU_PHONE_CALL (call);
}

static void
yihu_fake_phone_send_seat (YihuPhone *phone, const char *state)
{
  YihuFakePhone *self = YIHU_FAKE_PHONE (phone);

  g_free (self->seat);
  self->seat = g_strdup (state);
}

static void
yihu_fake_phone_shutdown (YihuPhone *phone)
{
  YihuFakePhone *self = YIHU_FAKE_PHONE (phone);

  self->shut_down = TRUE;
  for (guint i = 0; i < self->calls->len; i++)
    yihu_phone_call_hang_up (self->calls->pdata[i]);
  g_ptr_array_set_size (self->calls, 0);
  yihu_phone_set_registered (phone, FALSE);
}

static void
yihu_fake_phone_finalize (GObject *object)
{
  YihuFakePhone *self = YIHU_FAKE_PHONE (object);

  g_ptr_array_unref (self->calls);
  g_free (self->seat);
  G_OBJECT_CLASS (yihu_fake_phone_parent_class)->finalize (object);
}

static void
yihu_fake_phone_class_init (YihuFakePhoneClass *klass)
{
  YihuPhoneClass *phone_class = YIHU_PHONE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = yihu_fake_phone_finalize;
  phone_class->dial = yihu_fake_phone_dial;
  phone_class->send_seat = yihu_fake_phone_send_seat;
  phone_class->shutdown = yihu_fake_phone_shutdown;
}

static void
yihu_fake_phone_init (YihuFakePhone *self)
{
  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
  self->seat = g_strdup ("");
}

YihuPhone *
yihu_fake_phone_new (void)
{
  return g_object_new (YIHU_TYPE_FAKE_PHONE, NULL);
}

void
yihu_fake_phone_set_registered (YihuFakePhone *self, gboolean registered)
{
  yihu_phone_set_registered (YIHU_PHONE (self), registered);
}

YihuPhoneCall *
yihu_fake_phone_ring (YihuFakePhone *self, const char *call_id, const char *number)
{
  YihuPhoneCall *call = g_object_new (YIHU_TYPE_FAKE_CALL, NULL);

  yihu_phone_call_set_identity (call, call_id, number);
  g_ptr_array_add (self->calls, g_object_ref (call));
  yihu_phone_emit_incoming (YIHU_PHONE (self), call);
  return call;
}

void
yihu_fake_phone_answer (YihuPhoneCall *call)
{
  if (yihu_phone_call_get_state (call) == YIHU_PHONE_CALL_DIALLING)
    yihu_phone_call_set_state (call, YIHU_PHONE_CALL_TALKING, 0);
}

void
yihu_fake_phone_end (YihuPhoneCall *call, int status)
{
  yihu_phone_call_set_state (call, YIHU_PHONE_CALL_ENDED, status);
}

void
yihu_fake_phone_set_level (YihuPhoneCall *call, double level_dbfs)
{
  yihu_phone_call_set_level (call, level_dbfs);
}

const char *
yihu_fake_phone_get_seat (YihuFakePhone *self)
{
  return self->seat;
}

const char *
yihu_fake_phone_get_dialled (YihuPhoneCall *call)
{
  return YIHU_FAKE_CALL (call)->dialled;
}

gboolean
yihu_fake_phone_is_muted (YihuPhoneCall *call)
{
  return YIHU_FAKE_CALL (call)->muted;
}

gboolean
yihu_fake_phone_is_shut_down (YihuFakePhone *self)
{
  return self->shut_down;
}
