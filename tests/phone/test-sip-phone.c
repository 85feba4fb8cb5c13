/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two real phones call each other directly: sound both ways at its level, silence after the end of
 * a file, mute, hold, hang-up by each side, refusal, CANCEL, bad input, many phones. */

#include "base/error.h"
#include "goertzel.h"
#include "phone/sip-phone.h"
#include "talk.h"

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>

#define TONE(hz) "audiotestsrc samplesperbuffer=160 is-live=true volume=0.1 freq=" #hz
#define SILENT "fakesink sync=false"

typedef struct
{
  char *directory;
  char *heard_by_elder;
  char *heard_by_operator;
  YihuPhone *elder;
  YihuPhone *operator;
  YihuPhoneCall *incoming; /* (owned) newest at the operator */
  guint n_levels;
} Fixture;

static void
on_incoming (YihuPhone *phone, YihuPhoneCall *call, Fixture *f)
{
  g_set_object (&f->incoming, call);
}

static YihuPhone *
new_phone (const char *user, const char *sound_in, const char *wav)
{
  g_autofree char *sound_out =
      wav != NULL ? g_strdup_printf ("wavenc ! filesink location=%s", wav) : g_strdup (SILENT);
  YihuSipPhoneConfig config = {
    .bind_host = "127.0.0.1",
    .user = user,
    .display = "Test \"phone\"",
    .sound_in = sound_in,
    .sound_out = sound_out,
  };
  g_autoptr (GError) error = NULL;
  YihuPhone *phone = yihu_sip_phone_new (&config, &error);

  g_assert_no_error (error);
  return phone;
}

static void
set_up (Fixture *f, gconstpointer elder_sound)
{
  f->directory = g_dir_make_tmp ("yihu-phone-XXXXXX", NULL);
  f->heard_by_elder = g_build_filename (f->directory, "elder.wav", NULL);
  f->heard_by_operator = g_build_filename (f->directory, "operator.wav", NULL);
  f->elder =
      new_phone ("13800000001", elder_sound != NULL ? elder_sound : TONE (620), f->heard_by_elder);
  f->operator= new_phone ("03", TONE (440), f->heard_by_operator);
  g_signal_connect (f->operator, "incoming", G_CALLBACK (on_incoming), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->incoming);
  g_clear_object (&f->elder);
  g_clear_object (&f->operator);
  g_unlink (f->heard_by_elder);
  g_unlink (f->heard_by_operator);
  g_rmdir (f->directory);
  g_free (f->heard_by_elder);
  g_free (f->heard_by_operator);
  g_free (f->directory);
}

static void
wait_state (YihuPhoneCall *call, YihuPhoneCallState state)
{
  while (yihu_phone_call_get_state (call) != state)
    g_main_context_iteration (NULL, TRUE);
}

static YihuPhoneCall *
dial (Fixture *f)
{
  const char *headers[] = { "X-Yihu-Call: 0190b5a4-1111-7abc-8def-0123456789ab",
                            "Priority: emergency", NULL };
  g_autoptr (GError) error = NULL;
  YihuPhoneCall *call =
      yihu_phone_dial (f->elder, yihu_sip_phone_get_uri (YIHU_SIP_PHONE (f->operator)), headers,
                       &error);

  g_assert_no_error (error);
  while (f->incoming == NULL)
    g_main_context_iteration (NULL, TRUE);
  return call;
}

static void
shut_down (Fixture *f)
{
  yihu_phone_shutdown (f->elder);
  yihu_phone_shutdown (f->operator);
}

static void
assert_tone (const char *path, double tone_hz, double level_db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ToneWav) wav = tone_wav_load (path, &error);

  g_assert_no_error (error);
  g_test_message ("%g Hz: %.1f dB", tone_hz, tone_wav_last_second_db (wav, tone_hz));
  if (level_db > -90)
    g_assert_cmpfloat_with_epsilon (tone_wav_last_second_db (wav, tone_hz), level_db, 1.5);
  else
    g_assert_cmpfloat (tone_wav_last_second_db (wav, tone_hz), <, -60);
}

static void
on_level (YihuPhoneCall *call, GParamSpec *spec, Fixture *f)
{
  if (yihu_phone_call_get_level (call) > -40)
    f->n_levels++;
}

static void
test_talk (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) call = dial (f);

  g_assert_cmpstr (yihu_phone_call_get_number (f->incoming), ==, "13800000001");
  g_assert_cmpstr (yihu_phone_call_get_call_id (f->incoming), ==,
                   "0190b5a4-1111-7abc-8def-0123456789ab");
  g_assert_cmpint (yihu_phone_call_get_state (call), ==, YIHU_PHONE_CALL_DIALLING);
  yihu_phone_call_answer (f->incoming);
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  g_signal_connect (f->incoming, "notify::level", G_CALLBACK (on_level), f);
  talk_when_heard (call, f->incoming, 1300);
  g_assert_cmpuint (f->n_levels, >, 0);
  yihu_phone_call_hang_up (f->incoming);
  wait_state (call, YIHU_PHONE_CALL_ENDED);
  g_assert_cmpint (yihu_phone_call_get_status (call), ==, 0);
  g_assert_cmpfloat (yihu_phone_call_get_level (call), ==, -90);
  shut_down (f);
  assert_tone (f->heard_by_elder, 440, -20);
  assert_tone (f->heard_by_elder, 620, -100);
  assert_tone (f->heard_by_operator, 620, -20);
  assert_tone (f->heard_by_operator, 440, -100);
}

/* The file of the elder is over after 0.3 s: packets go on arriving, with silence in them. */
static void
test_silence_after_a_file (void)
{
  g_autofree char *wav = g_build_filename (g_get_tmp_dir (), "yihu-phone-short.wav", NULL);
  g_autofree char *sound = g_strdup_printf ("filesrc location=%s ! wavparse", wav);
  Fixture f = { 0 };
  g_autoptr (YihuPhoneCall) call = NULL;
  g_autoptr (ToneWav) heard = NULL;

  g_assert_true (tone_wav_write (wav, 620, -20, 0.3, NULL));
  set_up (&f, sound);
  call = dial (&f);
  yihu_phone_call_answer (f.incoming);
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  talk_when_heard (f.incoming, NULL, 1500);
  yihu_phone_call_hang_up (call);
  shut_down (&f);
  heard = tone_wav_load (f.heard_by_operator, NULL);
  g_assert_nonnull (heard);
  g_assert_cmpuint (heard->n_samples, >, 8000);
  g_assert_cmpfloat_with_epsilon (tone_wav_level_db (heard, 620, 0.05, 0.2), -20, 1.5);
  g_assert_cmpfloat (tone_wav_level_db (heard, 620, 0.6, 0.4), <, -60);
  tear_down (&f, NULL);
  g_unlink (wav);
}

static void
test_mute_and_hold (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) call = dial (f);
  g_autoptr (ToneWav) operator_heard = NULL;

  yihu_phone_call_answer (f->incoming);
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  yihu_phone_call_set_muted (call, TRUE);
  yihu_phone_call_set_held (f->incoming, TRUE);
  g_assert_cmpint (yihu_phone_call_get_state (f->incoming), ==, YIHU_PHONE_CALL_HELD);
  talk_for (1200);
  yihu_phone_call_set_held (f->incoming, FALSE);
  g_assert_cmpint (yihu_phone_call_get_state (f->incoming), ==, YIHU_PHONE_CALL_TALKING);
  talk_when_heard (call, NULL, 1300);
  yihu_phone_call_hang_up (call);
  wait_state (f->incoming, YIHU_PHONE_CALL_ENDED);
  shut_down (f);
  assert_tone (f->heard_by_elder, 440, -20);
  operator_heard = tone_wav_load (f->heard_by_operator, NULL);
  g_assert_cmpuint (operator_heard->n_samples, >, 8000);
  g_assert_cmpfloat (tone_wav_level_db (operator_heard, 620, 0.5, 2), <, -60);
}

static void
test_refuse_and_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) refused = dial (f);
  g_autoptr (YihuPhoneCall) cancelled = NULL;

  yihu_phone_call_hang_up (f->incoming);
  wait_state (refused, YIHU_PHONE_CALL_ENDED);
  g_assert_cmpint (yihu_phone_call_get_status (refused), ==, 603);
  g_clear_object (&f->incoming);

  cancelled = dial (f);
  yihu_phone_call_hang_up (cancelled);
  g_assert_cmpint (yihu_phone_call_get_state (cancelled), ==, YIHU_PHONE_CALL_ENDED);
  wait_state (f->incoming, YIHU_PHONE_CALL_ENDED);
  g_assert_cmpint (yihu_phone_call_get_status (f->incoming), ==, 487);
  yihu_phone_call_answer (f->incoming);
  shut_down (f);
}

/* Both give up at the same moment: BYE meets BYE, and an answer meets CANCEL. */
static void
test_crossings (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) call = dial (f);
  g_autoptr (YihuPhoneCall) late = NULL;

  yihu_phone_call_answer (f->incoming);
  yihu_phone_call_hang_up (call);
  wait_state (f->incoming, YIHU_PHONE_CALL_ENDED);
  g_clear_object (&f->incoming);

  late = dial (f);
  yihu_phone_call_answer (f->incoming);
  wait_state (late, YIHU_PHONE_CALL_TALKING);
  yihu_phone_call_hang_up (late);
  yihu_phone_call_hang_up (f->incoming);
  shut_down (f);
}

static void
test_bad_input (Fixture *f, gconstpointer data)
{
  const char *split[] = { "X-A: 1\r\nX-B: 2", NULL };
  const char *nameless[] = { "hello", NULL };
  const char *bad_uris[] = { "", "hello", "tel:110", "sip:a@b\r\nX: y", "sip:<a>@b" };
  g_autoptr (GError) error = NULL;
  YihuSipPhoneConfig no_host = { .bind_host = "192.0.2.1", .user = "a" };
  YihuSipPhoneConfig no_user = { .bind_host = "127.0.0.1", .user = "a@b" };
  YihuSipPhoneConfig registrar = { .bind_host = "127.0.0.1", .user = "a", .registrar = "http:x" };
  g_autoptr (YihuPhoneCall) nobody = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad_uris); i++)
    {
      g_assert_null (yihu_phone_dial (f->elder, bad_uris[i], NULL, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
      g_clear_error (&error);
    }
  g_assert_null (yihu_phone_dial (f->elder, "sip:1@127.0.0.1", split, NULL));
  g_assert_null (yihu_phone_dial (f->elder, "sip:1@127.0.0.1", nameless, NULL));
  g_assert_null (yihu_sip_phone_new (&no_host, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_assert_null (yihu_sip_phone_new (&no_user, NULL));
  g_assert_null (yihu_sip_phone_new (&registrar, NULL));

  /* Nobody of that name here. */
  {
    const char *uri = yihu_sip_phone_get_uri (YIHU_SIP_PHONE (f->operator));
    g_autofree char *other = g_strdup_printf ("sip:nobody%s", strchr (uri, '@'));
    nobody = yihu_phone_dial (f->elder, other, NULL, NULL);
  }
  wait_state (nobody, YIHU_PHONE_CALL_ENDED);
  g_assert_cmpint (yihu_phone_call_get_status (nobody), ==, 404);
  shut_down (f);
}

/* A line without a working microphone or loudspeaker is still a line. */
static void
test_broken_devices (void)
{
  g_autoptr (YihuPhone) elder = new_phone ("1", "nosuchelement", NULL);
  Fixture f = { 0 };
  g_autoptr (YihuPhone) operator= new_phone ("2", "filesrc location=/nonexistent ! wavparse", NULL);
  g_autoptr (YihuPhoneCall) call = NULL;

  g_signal_connect (operator, "incoming", G_CALLBACK (on_incoming), &f);
  call = yihu_phone_dial (elder, yihu_sip_phone_get_uri (YIHU_SIP_PHONE (operator)), NULL, NULL);
  while (f.incoming == NULL)
    g_main_context_iteration (NULL, TRUE);
  yihu_phone_call_answer (f.incoming);
  wait_state (call, YIHU_PHONE_CALL_TALKING);
  talk_for (300);
  yihu_phone_call_hang_up (call);
  yihu_phone_shutdown (elder);
  yihu_phone_shutdown (operator);
  g_clear_object (&f.incoming);
}

static void
test_many_phones (void)
{
  g_autoptr (GPtrArray) phones = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  Fixture f = { 0 };
  YihuPhone *called;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *user = g_strdup_printf ("1390000%04u", i);
      g_ptr_array_add (phones, new_phone (user, TONE (620), NULL));
    }
  called = phones->pdata[0];
  g_signal_connect (called, "incoming", G_CALLBACK (on_incoming), &f);
  for (guint i = 1; i < 200; i++)
    g_ptr_array_add (calls, yihu_phone_dial (phones->pdata[i],
                                             yihu_sip_phone_get_uri (YIHU_SIP_PHONE (called)), NULL,
                                             NULL));
  /* One phone takes eight calls; the others are told that it is busy. */
  for (guint i = 0; i < calls->len; i++)
    {
      YihuPhoneCall *call = calls->pdata[i];
      while (yihu_phone_call_get_state (call) == YIHU_PHONE_CALL_DIALLING && i >= 8)
        g_main_context_iteration (NULL, TRUE);
      if (i >= 8)
        g_assert_cmpint (yihu_phone_call_get_status (call), ==, 486);
    }
  for (guint i = 0; i < phones->len; i++)
    yihu_phone_shutdown (phones->pdata[i]);
  g_clear_object (&f.incoming);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/phone/sip/talk", Fixture, NULL, set_up, test_talk, tear_down);
  g_test_add_func ("/phone/sip/silence-after-a-file", test_silence_after_a_file);
  g_test_add ("/phone/sip/mute-and-hold", Fixture, NULL, set_up, test_mute_and_hold, tear_down);
  g_test_add ("/phone/sip/refuse-and-cancel", Fixture, NULL, set_up, test_refuse_and_cancel,
              tear_down);
  g_test_add ("/phone/sip/crossings", Fixture, NULL, set_up, test_crossings, tear_down);
  g_test_add ("/phone/sip/bad-input", Fixture, NULL, set_up, test_bad_input, tear_down);
  g_test_add_func ("/phone/sip/broken-devices", test_broken_devices);
  g_test_add_func ("/phone/sip/many", test_many_phones);
  return g_test_run ();
}
