/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A seat without a desk, for tests and trials by hand (docs/telephony.md): registers with a secret,
 * is ready, answers every call, says 440 Hz at -20 dB, records what it hears.
 *
 *   robot-operator REGISTRAR SEAT SECRET-FILE HEARD.wav [TALK_SECONDS]
 *
 * TALK_SECONDS: hangs up so long after it answered and ends; otherwise the caller hangs up. */

#include "phone/sip-phone.h"
#include "wire/sip-credential.h"

#include <gst/gst.h>
#include <stdlib.h>

typedef struct
{
  GMainLoop *loop;
  YihuPhoneCall *call; /* (owned) */
  guint seconds;
} Robot;

static gboolean
on_enough (gpointer data)
{
  yihu_phone_call_hang_up (((Robot *) data)->call);
  return G_SOURCE_REMOVE;
}

static void
on_state (YihuPhoneCall *call, GParamSpec *spec, Robot *robot)
{
  g_print ("call %s state %d\n", yihu_phone_call_get_call_id (call),
           yihu_phone_call_get_state (call));
  if (yihu_phone_call_get_state (call) == YIHU_PHONE_CALL_ENDED)
    g_main_loop_quit (robot->loop);
}

static void
on_incoming (YihuPhone *phone, YihuPhoneCall *call, Robot *robot)
{
  if (robot->call != NULL)
    return;
  robot->call = g_object_ref (call);
  g_signal_connect (call, "notify::state", G_CALLBACK (on_state), robot);
  yihu_phone_call_answer (call);
  if (robot->seconds > 0)
    g_timeout_add_seconds (robot->seconds, on_enough, robot);
}

static GBytes *
load_secret (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  guchar *data;
  gsize length;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  data = g_base64_decode (text, &length);
  return g_bytes_new_take (data, length);
}

int
main (int argc, char **argv)
{
  Robot robot = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (YihuPhone) phone = NULL;
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;
  g_autofree char *sound_out = NULL;

  if (argc < 5)
    return 2;
  gst_init (NULL, NULL);
  secret = load_secret (argv[3], &error);
  if (secret != NULL)
    {
      user = yihu_sip_credential_make_user (argv[2], g_get_real_time () + G_TIME_SPAN_HOUR);
      password = yihu_sip_credential_make_password (user, secret);
      sound_out = g_strdup_printf ("wavenc ! filesink location=%s", argv[4]);
      phone = yihu_sip_phone_new (
          &(YihuSipPhoneConfig){ .bind_host = "127.0.0.1",
                                 .registrar = argv[1],
                                 .user = user,
                                 .password = password,
                                 .sound_in = "audiotestsrc is-live=true samplesperbuffer=160 "
                                             "freq=440 volume=0.1",
                                 .sound_out = sound_out },
          &error);
    }
  if (phone == NULL)
    {
      g_printerr ("robot-operator: %s\n", error->message);
      return 1;
    }
  robot.seconds = argc > 5 ? (guint) atoi (argv[5]) : 0;
  robot.loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (phone, "incoming", G_CALLBACK (on_incoming), &robot);
  yihu_phone_send_seat (phone, "ready");
  g_main_loop_run (robot.loop);
  yihu_phone_shutdown (phone);
  g_clear_object (&robot.call);
  g_main_loop_unref (robot.loop);
  return 0;
}
