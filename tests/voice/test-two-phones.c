/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real switchboard and real softphones over SIP and RTP on 127.0.0.1, with a link that only
 * remembers: registration, call, sound both ways at its level, every way to end, the queue. Time of
 * the switchboard is the real one here; virtual time is in test-switchboard. */

#include "base/bounded-json.h"
#include "fake-link.h"
#include "goertzel.h"
#include "phone/sip-phone.h"
#include "talk.h"
#include "voice/sip/endpoint.h"
#include "voice/switchboard.h"
#include "wire/sip-credential.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>

#define TONE(hz) "audiotestsrc samplesperbuffer=160 is-live=true volume=0.1 freq=" #hz
#define SILENT "fakesink sync=false"

typedef struct
{
  YihuClock *clock;
  TestLink *link;
  YihuMedia *media;
  YihuSwitchboard *board;
  YihuEndpoint *endpoint;
  GBytes *secret;
  char *registrar;
  char *directory;
  char *heard_by_elder;
  char *heard_by_operator;
  YihuPhone *elder;
  YihuPhone *operator;
  GPtrArray *incoming; /* (owned) YihuPhoneCall at any operator, in order */
} Fixture;

static void
on_invite (gpointer data, YihuDialog *dialog)
{
  yihu_switchboard_take_call (((Fixture *) data)->board, dialog);
}

static gboolean
on_seat_bound (gpointer data, const char *seat, const char *contact)
{
  return yihu_switchboard_bind_seat (((Fixture *) data)->board, seat, contact);
}

static void
on_seat_gone (gpointer data, const char *seat)
{
  yihu_switchboard_unbind_seat (((Fixture *) data)->board, seat);
}

static void
on_seat_wish (gpointer data, const char *seat, gboolean wants_ready)
{
  yihu_switchboard_set_wish (((Fixture *) data)->board, seat, wants_ready);
}

static YihuDialog *
invite_seat (gpointer data,
             const char *contact,
             const char *caller,
             const char *call_id,
             gboolean is_emergency,
             const char *description)
{
  return yihu_endpoint_invite_seat (((Fixture *) data)->endpoint, contact, caller, call_id,
                                    is_emergency, description);
}

static void
on_incoming (YihuPhone *phone, YihuPhoneCall *call, Fixture *f)
{
  g_ptr_array_add (f->incoming, g_object_ref (call));
}

static YihuPhone *
new_phone (YihuSipPhoneConfig *config, const char *wav)
{
  g_autofree char *sound_out =
      wav != NULL ? g_strdup_printf ("wavenc ! filesink location=%s", wav) : g_strdup (SILENT);
  g_autoptr (GError) error = NULL;
  YihuPhone *phone;

  config->bind_host = "127.0.0.1";
  config->sound_out = sound_out;
  phone = yihu_sip_phone_new (config, &error);
  g_assert_no_error (error);
  return phone;
}

static YihuPhone *
new_operator (Fixture *f, const char *seat, const char *wav, gboolean with_right_password)
{
  g_autofree char *user =
      yihu_sip_credential_make_user (seat, g_get_real_time () + G_TIME_SPAN_HOUR);
  g_autofree char *password = yihu_sip_credential_make_password (user, f->secret);
  YihuSipPhoneConfig config = { .registrar = f->registrar,
                                .user = user,
                                .password = with_right_password ? password : "wrong",
                                .sound_in = TONE (440) };
  YihuPhone *phone = new_phone (&config, wav);

  g_signal_connect (phone, "incoming", G_CALLBACK (on_incoming), f);
  return phone;
}

static YihuPhone *
new_caller (const char *number, const char *wav)
{
  YihuSipPhoneConfig config = { .user = number, .sound_in = TONE (620) };

  return new_phone (&config, wav);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const YihuEndpointFuncs funcs = { on_invite, on_seat_bound, on_seat_gone, on_seat_wish };
  g_autoptr (GError) error = NULL;

  f->clock = yihu_clock_new ();
  f->link = test_link_new ();
  f->media = yihu_media_new ("127.0.0.1");
  f->secret = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  f->board = yihu_switchboard_new (f->clock, YIHU_LINK (f->link), f->media, "0417", invite_seat, f);
  f->endpoint = yihu_endpoint_new ("127.0.0.1", 0, f->clock, &funcs, f, &error);
  g_assert_no_error (error);
  yihu_endpoint_set_secret (f->endpoint, f->secret);
  f->registrar = g_strdup_printf ("sip:127.0.0.1:%u", yihu_endpoint_get_port (f->endpoint));
  f->directory = g_dir_make_tmp ("yihu-voice-XXXXXX", NULL);
  f->heard_by_elder = g_build_filename (f->directory, "elder.wav", NULL);
  f->heard_by_operator = g_build_filename (f->directory, "operator.wav", NULL);
  f->incoming = g_ptr_array_new_with_free_func (g_object_unref);
  f->elder = new_caller ("13842171234", f->heard_by_elder);
  f->operator= new_operator (f, "03", f->heard_by_operator, TRUE);
}

static void
shut_down_phones (Fixture *f)
{
  if (f->elder != NULL)
    yihu_phone_shutdown (f->elder);
  if (f->operator!= NULL)
    yihu_phone_shutdown (f->operator);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  shut_down_phones (f);
  g_ptr_array_unref (f->incoming);
  g_clear_object (&f->elder);
  g_clear_object (&f->operator);
  yihu_switchboard_shutdown (f->board);
  yihu_endpoint_free (f->endpoint);
  g_assert_cmpuint (yihu_switchboard_get_n_calls (f->board), ==, 0);
  g_assert_finalize_object (f->board);
  yihu_media_free (f->media);
  g_assert_finalize_object (f->link);
  g_object_unref (f->clock);
  g_bytes_unref (f->secret);
  g_unlink (f->heard_by_elder);
  g_unlink (f->heard_by_operator);
  g_rmdir (f->directory);
  g_free (f->registrar);
  g_free (f->directory);
  g_free (f->heard_by_elder);
  g_free (f->heard_by_operator);
}

/* Waiting: for a condition, never for a time. The test's own timeout is the deadline. */

static void
turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static void
wait_state (YihuPhoneCall *call, YihuPhoneCallState state)
{
  while (yihu_phone_call_get_state (call) != state)
    turn ();
}

static YihuPhoneCall *
wait_incoming (Fixture *f, guint n)
{
  while (f->incoming->len <= n)
    turn ();
  return f->incoming->pdata[n];
}

static void
wait_seat (Fixture *f, const char *seat, const char *state)
{
  for (;;)
    {
      g_autofree char *states = test_link_print_seat (f->link, seat);

      if (g_str_has_suffix (states, state))
        return;
      turn ();
    }
}

static void
make_ready (Fixture *f, YihuPhone *phone, const char *seat)
{
  yihu_phone_send_seat (phone, "ready");
  wait_seat (f, seat, "ready");
}

static YihuPhoneCall *
dial (Fixture *f, YihuPhone *phone, gboolean is_emergency)
{
  const char *headers[] = { is_emergency ? "Priority: emergency" : NULL, NULL };
  g_autofree char *uri =
      g_strdup_printf ("sip:12349@127.0.0.1:%u", yihu_endpoint_get_port (f->endpoint));
  g_autoptr (GError) error = NULL;
  YihuPhoneCall *call = yihu_phone_dial (phone, uri, headers, &error);

  g_assert_no_error (error);
  return call;
}

static void
assert_calls (Fixture *f, const char *call, const char *expected)
{
  g_autofree char *steps = test_link_print_calls (f->link, call);

  g_assert_cmpstr (steps, ==, expected);
}

static void
assert_tone (const char *path, double tone_hz, gboolean is_there)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ToneWav) wav = tone_wav_load (path, &error);
  double level_db;

  g_assert_no_error (error);
  level_db = tone_wav_last_second_db (wav, tone_hz);
  g_test_message ("%s: %g Hz at %.1f dB", path, tone_hz, level_db);
  if (is_there)
    g_assert_cmpfloat_with_epsilon (level_db, -20, 1.5);
  else
    g_assert_cmpfloat (level_db, <, -60);
}

/* Tests */

static void
test_operator_hangs_up (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) call = NULL;
  YihuPhoneCall *ring;
  YihuCommand *begin;
  json_t *record;
  g_autofree char *seat = NULL;

  make_ready (f, f->operator, "03");
  call = dial (f, f->elder, FALSE);
  ring = wait_incoming (f, 0);
  begin = test_link_find (f->link, "call.begin", 0);
  record = json_object_get (begin->args, "call");
  g_assert_cmpstr (yihu_phone_call_get_call_id (ring), ==, begin->object);
  g_assert_cmpstr (yihu_phone_call_get_number (ring), ==, "13842171234");
  g_assert_cmpstr (json_string_value (json_object_get (record, "number")), ==, "+8613842171234");
  g_assert_cmpstr (json_string_value (json_object_get (record, "number_raw")), ==, "13842171234");
  g_assert_cmpstr (json_string_value (json_object_get (record, "called")), ==, "12349");
  g_assert_cmpint (yihu_phone_call_get_state (call), ==, YIHU_PHONE_CALL_DIALLING);

  yihu_phone_call_answer (ring);
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  talk_when_heard (call, ring, 1300);
  yihu_phone_call_hang_up (ring);
  wait_state (call, YIHU_PHONE_CALL_ENDED);
  g_assert_cmpint (yihu_phone_call_get_status (call), ==, 0);
  wait_seat (f, "03", "wrapup");
  shut_down_phones (f);
  assert_calls (f, NULL, "begin offer 03 answer 03 end operator");
  seat = test_link_print_seat (f->link, "03");
  g_assert_true (g_str_has_prefix (seat, "away ready ringing busy wrapup"));
  assert_tone (f->heard_by_elder, 440, TRUE);
  assert_tone (f->heard_by_elder, 620, FALSE);
  assert_tone (f->heard_by_operator, 620, TRUE);
  assert_tone (f->heard_by_operator, 440, FALSE);
}

static void
test_caller_hangs_up (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) call = NULL;

  make_ready (f, f->operator, "03");
  call = dial (f, f->elder, TRUE);
  yihu_phone_call_answer (wait_incoming (f, 0));
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  yihu_phone_call_hang_up (call);
  wait_state (wait_incoming (f, 0), YIHU_PHONE_CALL_ENDED);
  wait_seat (f, "03", "wrapup");
  assert_calls (f, NULL, "begin offer 03 answer 03 end caller");
  /* Sooner than after the whole wrap-up, when the operator says so. */
  make_ready (f, f->operator, "03");
}

static void
test_caller_gives_up_while_it_rings (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) call = NULL;
  YihuPhoneCall *ring;

  make_ready (f, f->operator, "03");
  call = dial (f, f->elder, FALSE);
  ring = wait_incoming (f, 0);
  yihu_phone_call_hang_up (call);
  wait_state (ring, YIHU_PHONE_CALL_ENDED);
  g_assert_cmpint (yihu_phone_call_get_status (ring), ==, 487);
  wait_seat (f, "03", "ringing ready");
  assert_calls (f, NULL, "begin offer 03 miss caller");
}

static void
test_caller_gives_up_in_the_queue (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) call = dial (f, f->elder, FALSE);

  while (test_link_count (f->link, "call.begin") == 0)
    turn ();
  yihu_phone_call_hang_up (call);
  while (test_link_count (f->link, "call.miss") == 0)
    turn ();
  assert_calls (f, NULL, "begin miss caller");
  g_assert_cmpuint (f->incoming->len, ==, 0);
}

static void
test_anonymous_caller (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhone) anonymous = new_caller ("anonymous", NULL);
  g_autoptr (YihuPhoneCall) call = NULL;
  YihuPhoneCall *ring;
  json_t *record;

  make_ready (f, f->operator, "03");
  call = dial (f, anonymous, FALSE);
  ring = wait_incoming (f, 0);
  g_assert_cmpstr (yihu_phone_call_get_number (ring), ==, "");
  record = json_object_get (test_link_find (f->link, "call.begin", 0)->args, "call");
  g_assert_null (json_object_get (record, "number"));
  yihu_phone_call_answer (ring);
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  yihu_phone_call_hang_up (call);
  wait_state (ring, YIHU_PHONE_CALL_ENDED);
  yihu_phone_shutdown (anonymous);
}

static void
test_wrong_password (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhone) stranger = new_operator (f, "04", NULL, FALSE);
  g_autoptr (YihuPhone) late = NULL;
  g_autoptr (YihuPhone) known = NULL;
  g_autofree char *user = yihu_sip_credential_make_user ("06", g_get_real_time () - 1000000);
  g_autofree char *password = yihu_sip_credential_make_password (user, f->secret);
  YihuSipPhoneConfig expired = { .registrar = f->registrar, .user = user, .password = password };

  late = new_phone (&expired, NULL);
  known = new_operator (f, "05", NULL, TRUE);
  yihu_phone_send_seat (late, "ready");
  yihu_phone_send_seat (stranger, "ready");
  make_ready (f, known, "05"); /* asked later, served since */
  g_assert_false (yihu_phone_is_registered (stranger));
  g_assert_false (yihu_phone_is_registered (late));
  {
    g_autofree char *seat = test_link_print_seat (f->link, "04");
    g_assert_cmpstr (seat, ==, "");
  }
  yihu_phone_shutdown (late);
  yihu_phone_shutdown (stranger);
  yihu_phone_shutdown (known);
}

/* Two callers, one operator: the second waits, an emergency would overtake; after the wrap-up the
 * next one rings. A refusal with another seat ready goes on to that one. */
static void
test_queue (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhone) second = new_caller ("04172817331", NULL);
  g_autoptr (YihuPhone) other = new_operator (f, "04", NULL, TRUE);
  g_autoptr (YihuPhoneCall) call_1 = NULL;
  g_autoptr (YihuPhoneCall) call_2 = NULL;
  YihuPhoneCall *ring;

  make_ready (f, f->operator, "03");
  call_1 = dial (f, f->elder, FALSE);
  yihu_phone_call_answer (wait_incoming (f, 0));
  wait_state (call_1, YIHU_PHONE_CALL_TALKING);
  call_2 = dial (f, second, FALSE);
  while (test_link_count (f->link, "call.begin") < 2)
    turn ();
  g_assert_cmpuint (f->incoming->len, ==, 1);
  yihu_phone_call_hang_up (call_1);
  wait_seat (f, "03", "wrapup");
  yihu_phone_send_seat (other, "ready"); /* and rings in the same moment */
  ring = wait_incoming (f, 1);
  g_assert_cmpstr (yihu_phone_call_get_number (ring), ==, "04172817331");
  yihu_phone_send_seat (f->operator, "ready");
  wait_seat (f, "03", "ready");
  yihu_phone_call_hang_up (ring); /* refused: on to the other seat */
  ring = wait_incoming (f, 2);
  g_assert_cmpstr (yihu_phone_call_get_number (ring), ==, "04172817331");
  yihu_phone_call_answer (ring);
  wait_state (call_2, YIHU_PHONE_CALL_TALKING);
  yihu_phone_call_hang_up (ring);
  wait_state (call_2, YIHU_PHONE_CALL_ENDED);
  assert_calls (f, test_link_find (f->link, "call.begin", 1)->object,
                "begin offer 04 requeue offer 03 answer 03 end operator");
  yihu_phone_shutdown (second);
  yihu_phone_shutdown (other);
}

/* The console was killed and started anew: its phone registers from another address and is called
 * into the same conversation. */
static void
test_operator_comes_back (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) call = NULL;
  YihuPhone *dead = f->operator;
  YihuPhoneCall *ring;

  make_ready (f, f->operator, "03");
  call = dial (f, f->elder, FALSE);
  ring = wait_incoming (f, 0);
  yihu_phone_call_answer (ring);
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  f->operator= new_operator (f, "03", f->heard_by_operator, TRUE);
  g_assert_cmpstr (yihu_phone_call_get_call_id (wait_incoming (f, 1)), ==,
                   yihu_phone_call_get_call_id (ring));
  yihu_phone_call_answer (f->incoming->pdata[1]);
  wait_state (ring, YIHU_PHONE_CALL_ENDED);
  yihu_phone_shutdown (dead);
  g_object_unref (dead);
  g_assert_cmpint (yihu_phone_call_get_state (call), ==, YIHU_PHONE_CALL_TALKING);
  talk_when_heard (f->incoming->pdata[1], NULL, 1300);
  yihu_phone_call_hang_up (f->incoming->pdata[1]);
  wait_state (call, YIHU_PHONE_CALL_ENDED);
  shut_down_phones (f);
  assert_calls (f, NULL, "begin offer 03 answer 03 end operator");
  assert_tone (f->heard_by_operator, 620, TRUE);
}

/* Nothing that anybody sends may end the program; a call goes on as if nothing had come. */
static void
test_rubbish (Fixture *f, gconstpointer data)
{
  static const char *const datagrams[] = {
    "",
    "\r\n\r\n",
    "hello",
    "INVITE",
    "INVITE sip:12349@127.0.0.1 SIP/2.0\r\n\r\n",
    "INVITE sip:12349@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa\r\n"
    "From: ;;;\r\nTo: <<>>\r\nCall-ID: \r\nCSeq: x INVITE\r\nContent-Length: 99999\r\n\r\n",
    "INVITE sip:12349@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKb\r\n"
    "From: <sip:1@127.0.0.1>;tag=a\r\nTo: <sip:2@127.0.0.1>\r\nCall-ID: b@x\r\n"
    "CSeq: 1 INVITE\r\nContact: <sip:1@127.0.0.1:9>\r\nContent-Type: application/sdp\r\n"
    "Content-Length: 7\r\n\r\nv=0\r\nxx",
    "REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKc\r\n"
    "From: <sip:1@127.0.0.1>;tag=a\r\nTo: <sip:2@127.0.0.1>\r\nCall-ID: c@x\r\nCSeq: 1 REGISTER\r\n"
    "Authorization: Digest username=\"03\", realm=yihu\r\nContent-Length: 0\r\n\r\n",
    "MESSAGE sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKd\r\n"
    "From: <sip:1@127.0.0.1>;tag=a\r\nTo: <sip:2@127.0.0.1>\r\nCall-ID: d@x\r\nCSeq: 1 MESSAGE\r\n"
    "Content-Type: application/yihu-seat\r\nContent-Length: 5\r\n\r\nready",
  };
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) to =
      g_inet_socket_address_new_from_string ("127.0.0.1", yihu_endpoint_get_port (f->endpoint));
  g_autofree char *noise = g_malloc (60000);
  g_autoptr (YihuPhoneCall) call = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (datagrams); i++)
    g_socket_send_to (socket, to, datagrams[i], strlen (datagrams[i]), NULL, NULL);
  for (guint i = 0; i < 60000; i++)
    noise[i] = (char) g_test_rand_int_range (0, 256);
  for (guint i = 1; i < 60000; i += 4999)
    g_socket_send_to (socket, to, noise, i, NULL, NULL);
  make_ready (f, f->operator, "03");
  call = dial (f, f->elder, FALSE);
  yihu_phone_call_answer (wait_incoming (f, 0));
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  yihu_phone_call_hang_up (call);
  wait_seat (f, "03", "wrapup");
  g_assert_cmpuint (test_link_count (f->link, "call.begin"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  gst_init (&argc, &argv);
  g_test_add ("/voice/two-phones/operator-hangs-up", Fixture, NULL, set_up, test_operator_hangs_up,
              tear_down);
  g_test_add ("/voice/two-phones/caller-hangs-up", Fixture, NULL, set_up, test_caller_hangs_up,
              tear_down);
  g_test_add ("/voice/two-phones/cancel-while-ringing", Fixture, NULL, set_up,
              test_caller_gives_up_while_it_rings, tear_down);
  g_test_add ("/voice/two-phones/cancel-in-queue", Fixture, NULL, set_up,
              test_caller_gives_up_in_the_queue, tear_down);
  g_test_add ("/voice/two-phones/anonymous", Fixture, NULL, set_up, test_anonymous_caller,
              tear_down);
  g_test_add ("/voice/two-phones/wrong-password", Fixture, NULL, set_up, test_wrong_password,
              tear_down);
  g_test_add ("/voice/two-phones/queue", Fixture, NULL, set_up, test_queue, tear_down);
  g_test_add ("/voice/two-phones/comes-back", Fixture, NULL, set_up, test_operator_comes_back,
              tear_down);
  g_test_add ("/voice/two-phones/rubbish", Fixture, NULL, set_up, test_rubbish, tear_down);
  return g_test_run ();
}
