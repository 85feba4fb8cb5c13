/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The abstract call's promises, on the fake: notifications, last state, who may do what when. */

#include "phone/fake-phone.h"

typedef struct
{
  guint n_states;
  YihuPhoneCall *incoming;
} Seen;

static void
on_incoming (YihuPhone *phone, YihuPhoneCall *call, Seen *seen)
{
  seen->incoming = call;
}

static void
on_state (YihuPhoneCall *call, GParamSpec *spec, Seen *seen)
{
  seen->n_states++;
}

static void
test_incoming (void)
{
  g_autoptr (YihuPhone) phone = yihu_fake_phone_new ();
  g_autoptr (YihuPhoneCall) call = NULL;
  Seen seen = { 0 };

  g_signal_connect (phone, "incoming", G_CALLBACK (on_incoming), &seen);
  call = yihu_fake_phone_ring (YIHU_FAKE_PHONE (phone), "id", "13800000000");
  g_signal_connect (call, "notify::state", G_CALLBACK (on_state), &seen);
  g_assert_true (seen.incoming == call);
  g_assert_cmpstr (yihu_phone_call_get_call_id (call), ==, "id");
  g_assert_cmpstr (yihu_phone_call_get_number (call), ==, "13800000000");
  g_assert_cmpint (yihu_phone_call_get_state (call), ==, YIHU_PHONE_CALL_RINGING);
  yihu_phone_call_answer (call);
  g_assert_cmpint (yihu_phone_call_get_state (call), ==, YIHU_PHONE_CALL_TALKING);
  yihu_phone_call_set_held (call, TRUE);
  g_assert_cmpint (yihu_phone_call_get_state (call), ==, YIHU_PHONE_CALL_HELD);
  yihu_phone_call_set_held (call, TRUE);
  yihu_phone_call_set_held (call, FALSE);
  yihu_phone_call_set_muted (call, TRUE);
  g_assert_true (yihu_fake_phone_is_muted (call));
  yihu_fake_phone_end (call, 0);
  g_assert_cmpint (yihu_phone_call_get_state (call), ==, YIHU_PHONE_CALL_ENDED);
  yihu_phone_call_answer (call);
  yihu_phone_call_hang_up (call);
  g_assert_cmpint (yihu_phone_call_get_state (call), ==, YIHU_PHONE_CALL_ENDED);
  g_assert_cmpint (yihu_phone_call_get_status (call), ==, 0);
  g_assert_cmpuint (seen.n_states, ==, 4);
}

static void
test_outgoing_and_end (void)
{
  g_autoptr (YihuPhone) phone = yihu_fake_phone_new ();
  g_autoptr (YihuPhoneCall) call = yihu_phone_dial (phone, "sip:1@2", NULL, NULL);
  g_autoptr (YihuPhoneCall) refused = NULL;
  g_autoptr (YihuPhoneCall) open = NULL;

  g_assert_cmpstr (yihu_fake_phone_get_dialled (call), ==, "sip:1@2");
  yihu_fake_phone_answer (call);
  yihu_fake_phone_set_level (call, -200);
  g_assert_cmpfloat (yihu_phone_call_get_level (call), ==, -90);
  yihu_phone_call_hang_up (call);
  g_assert_cmpint (yihu_phone_call_get_status (call), ==, 0);

  refused = yihu_fake_phone_ring (YIHU_FAKE_PHONE (phone), "", "");
  yihu_phone_call_hang_up (refused);
  g_assert_cmpint (yihu_phone_call_get_status (refused), ==, 603);

  yihu_phone_send_seat (phone, "ready");
  g_assert_cmpstr (yihu_fake_phone_get_seat (YIHU_FAKE_PHONE (phone)), ==, "ready");
  yihu_fake_phone_set_registered (YIHU_FAKE_PHONE (phone), TRUE);
  open = yihu_phone_dial (phone, "sip:1@2", NULL, NULL);
  yihu_phone_shutdown (phone);
  g_assert_false (yihu_phone_is_registered (phone));
  g_assert_cmpint (yihu_phone_call_get_state (open), ==, YIHU_PHONE_CALL_ENDED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phone/fake/incoming", test_incoming);
  g_test_add_func ("/phone/fake/outgoing", test_outgoing_and_end);
  return g_test_run ();
}
