/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Puts the parts of the living city together and runs them in one main loop. What blocks at the
 * start (synthesis of speech, encoding of films) runs in a thread; calls begin when it is done. */

#include "city/live.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/person-id.h"
#include "city/callers.h"
#include "city/cameras.h"
#include "city/city-files.h"
#include "city/control.h"
#include "city/field-staff.h"
#include "city/make.h"
#include "domain/camera.h"
#include "domain/provider.h"
#include "phone/sip-phone.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOGIN_SPREAD_MS 150

typedef struct
{
  const YihuLiveOptions *options;
  GMainLoop *loop; /* (owned) */
  YihuClock *clock; /* (owned) */
  YihuSpeech *speech; /* (owned) */
  YihuCallerBook *book; /* (owned) (nullable) */
  YihuCallers *callers; /* (owned) (nullable) */
  YihuCameras *cameras; /* (owned) (nullable) */
  GPtrArray *camera_records; /* (owned) (nullable) */
  GPtrArray *staff; /* (owned) (element-type YihuFieldStaff) */
  YihuControl *control; /* (owned) */
  int status;
} YihuLive;

/* One happening, one line. */
static void
tell (const char *line, gpointer data)
{
  g_autofree char *clean = g_strdelimit (g_strdup (line), "\r\n", ' ');

  printf ("%s\n", clean);
  fflush (stdout);
}

static void G_GNUC_PRINTF (2, 3) tell_format (YihuLive *self, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tell (line, self);
}

/* --- callers --- */

static YihuPhone *
make_phone (const YihuCallerCard *card, gpointer data, GError **error)
{
  YihuLive *self = data;
  g_autofree char *sound = yihu_speech_describe (self->speech, card->phrase, card->is_male,
                                                 (guint) MAX (card->elder, 0));
  YihuSipPhoneConfig config = {
    .bind_host = "127.0.0.1",
    .user = card->sent,
    .display = *card->number == '\0' ? "Anonymous" : NULL,
    .sound_in = sound,
    .sound_out = "fakesink sync=false async=false",
  };

  return yihu_sip_phone_new (&config, error);
}

static gboolean
set_up_callers (YihuLive *self, GError **error)
{
  const YihuLiveOptions *options = self->options;
  g_autofree char *path = g_build_filename (options->directory, "callers.csv", NULL);
  g_autofree char *uri = NULL;
  YihuCallersOptions callers = {
    .peak_per_hour = options->calls_per_hour,
    .is_flat = options->is_flat,
    .start_second = options->start_second,
    .talk_median_s = options->talk_s,
    .patience_median_s = options->patience_s,
    .most = options->most_calls,
    .seed = options->seed,
  };

  if (options->sip == NULL)
    return TRUE;
  if (!g_str_has_prefix (options->sip, "sip:"))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "--sip: '%s' is no SIP address",
                   options->sip);
      return FALSE;
    }
  self->book = yihu_caller_book_new (path, self->speech, options->seed,
                                     yihu_date_from_us (g_get_real_time ()), error);
  if (self->book == NULL)
    return FALSE;
  uri = g_strconcat ("sip:12349@", options->sip + strlen ("sip:"), NULL);
  callers.uri = uri;
  self->callers = yihu_callers_new (self->clock, self->book, &callers, make_phone, tell, self);
  return TRUE;
}

/* --- field staff --- */

static const char *
find_provider_name (GPtrArray *providers, const char *id)
{
  for (guint i = 0; i < providers->len; i++)
    {
      const YihuProvider *provider = g_ptr_array_index (providers, i);

      if (g_str_equal (provider->record.id, id))
        return provider->name;
    }
  return id;
}

static gboolean
set_up_staff (YihuLive *self, GError **error)
{
  const YihuLiveOptions *options = self->options;
  g_autoptr (GPtrArray) providers = NULL;
  g_autoptr (GPtrArray) logins = NULL;

  if (options->server == NULL)
    return TRUE;
  providers = yihu_city_read_records (options->directory, &yihu_provider_type, error);
  if (providers == NULL)
    return FALSE;
  logins = yihu_city_read_staff (options->directory, g_getenv ("YIHU_CITY_PASSWORD"), error);
  if (logins == NULL)
    return FALSE;
  for (guint i = 0; i < logins->len; i++)
    {
      const YihuStaffLogin *login = g_ptr_array_index (logins, i);
      g_autoptr (YihuStaffLine) line = NULL;
      YihuFieldStaffOptions staff = {
        .provider = login->provider,
        .name = find_provider_name (providers, login->provider),
        .pace = options->pace,
        .poll_ms = options->poll_ms,
        .seed = options->seed,
      };
      YihuFieldStaff *member;

      if (login->password == NULL)
        {
          tell_format (self, "warning staff %s has no password", login->login);
          continue;
        }
      line = yihu_session_line_new (options->server, login->login, login->password, options->trust);
      member = yihu_field_staff_new (self->clock, line, &staff, tell, self);
      g_ptr_array_add (self->staff, member);
      yihu_field_staff_start (member, i * LOGIN_SPREAD_MS);
    }
  return TRUE;
}

/* --- cameras --- */

static gboolean
set_up_cameras (YihuLive *self, GError **error)
{
  if (self->options->rtsp_port < 0)
    return TRUE;
  self->camera_records =
      yihu_city_read_records (self->options->directory, &yihu_camera_type, error);
  if (self->camera_records == NULL)
    return FALSE;
  self->cameras = yihu_cameras_new ((guint) self->options->rtsp_port, error);
  return self->cameras != NULL;
}

static void
set_conditions (YihuLive *self, const char *ids, YihuCameraCondition condition)
{
  g_auto (GStrv) list = g_strsplit (ids != NULL ? ids : "", ",", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (!yihu_cameras_set_condition (self->cameras, g_strstrip (list[i]), condition))
      tell_format (self, "warning camera %s is unknown", list[i]);
}

static void
open_cameras (YihuLive *self)
{
  for (guint i = 0; i < self->camera_records->len; i++)
    {
      const YihuCamera *camera = g_ptr_array_index (self->camera_records, i);

      yihu_cameras_add (self->cameras, camera->record.id, camera->name);
    }
  set_conditions (self, self->options->dead_cameras, YIHU_CAMERA_DEAD);
  set_conditions (self, self->options->silent_cameras, YIHU_CAMERA_SILENT);
  tell_format (self, "ready cameras %u on port %u", yihu_cameras_get_n_cameras (self->cameras),
               yihu_cameras_get_port (self->cameras));
}

/* --- start --- */

static void
run_prepare (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuLive *self = data;
  GError *error = NULL;
  g_autofree char *films = g_build_filename (self->options->cache, "films", NULL);

  if (self->cameras != NULL && !yihu_cameras_load_clips (self->cameras, films, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  /* Without speech the callers are tones: said, not fatal. */
  if (self->callers != NULL && self->options->has_speech)
    yihu_speech_prepare (self->speech, cancellable, &error);
  g_task_return_pointer (task, error, (GDestroyNotify) g_error_free);
}

static void
on_prepared (GObject *object, GAsyncResult *result, gpointer data)
{
  YihuLive *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) speechless = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    {
      tell_format (self, "error cameras: %s", error->message);
      self->status = 1;
      g_main_loop_quit (self->loop);
      return;
    }
  if (speechless != NULL)
    tell_format (self, "warning speech: %s", speechless->message);
  if (self->cameras != NULL)
    open_cameras (self);
  if (self->callers != NULL)
    {
      tell_format (self, "ready callers %u, at most %g calls an hour",
                   yihu_caller_book_get_n_elders (self->book), self->options->calls_per_hour);
      yihu_callers_start (self->callers);
    }
  tell ("ready", self);
}

static void
control_camera (YihuLive *self, const char *verb, const char *id)
{
  YihuCameraCondition condition = g_strcmp0 (verb, "dead") == 0     ? YIHU_CAMERA_DEAD
                                  : g_strcmp0 (verb, "silent") == 0 ? YIHU_CAMERA_SILENT
                                                                    : YIHU_CAMERA_WORKS;

  if (self->cameras == NULL || !yihu_cameras_set_condition (self->cameras, id, condition))
    tell_format (self, "warning camera %s is unknown", id);
}

static void
on_line (const char *const *words, guint n, gpointer data)
{
  YihuLive *self = data;

  if (n == 0 ? self->options->ends_with_input : g_str_equal (words[0], "quit"))
    g_main_loop_quit (self->loop);
  else if (n == 0)
    return;
  else if (g_str_equal (words[0], "call") && n >= 2 && self->callers != NULL)
    {
      if (!yihu_callers_call (self->callers, words[1], n > 2 ? words[2] : NULL))
        tell_format (self, "warning '%s' is no telephone number", words[1]);
    }
  else if (g_str_equal (words[0], "hangup") && self->callers != NULL)
    yihu_callers_hang_up (self->callers, n >= 2 ? words[1] : NULL);
  else if (g_str_equal (words[0], "camera") && n == 3)
    control_camera (self, words[1], words[2]);
  else
    tell ("warning unknown: say call NUMBER [PHRASE], hangup [NUMBER], camera dead|silent|ok ID, "
          "quit",
          self);
}

static gboolean
on_signal (gpointer data)
{
  YihuLive *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, 65536);
  setrlimit (RLIMIT_NOFILE, &limit);
}

static void
tear_down (YihuLive *self)
{
  for (guint i = 0; i < self->staff->len; i++)
    yihu_field_staff_stop (g_ptr_array_index (self->staff, i));
  g_ptr_array_unref (self->staff);
  g_clear_pointer (&self->callers, yihu_callers_free);
  g_clear_pointer (&self->book, yihu_caller_book_free);
  g_clear_pointer (&self->cameras, yihu_cameras_free);
  g_clear_pointer (&self->camera_records, g_ptr_array_unref);
  g_clear_pointer (&self->control, yihu_control_free);
  g_clear_pointer (&self->speech, yihu_speech_free);
  g_clear_object (&self->clock);
  g_main_loop_unref (self->loop);
}

int
yihu_live_run (const YihuLiveOptions *options)
{
  YihuLive self = { .options = options };
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autofree char *sounds = g_build_filename (options->cache, "speech", NULL);
  guint signals[2];

  gst_init (NULL, NULL);
  raise_file_limit ();
  self.loop = g_main_loop_new (NULL, FALSE);
  self.clock = yihu_clock_new ();
  self.staff = g_ptr_array_new_with_free_func (g_object_unref);
  self.speech = yihu_speech_new (options->has_speech ? sounds : NULL);
  signals[0] = g_unix_signal_add (SIGTERM, on_signal, &self);
  signals[1] = g_unix_signal_add (SIGINT, on_signal, &self);
  if (set_up_cameras (&self, &error) && set_up_callers (&self, &error)
      && set_up_staff (&self, &error))
    {
      g_autoptr (GTask) task = g_task_new (NULL, cancellable, on_prepared, &self);

      g_task_set_source_tag (task, yihu_live_run);
      g_task_set_task_data (task, &self, NULL);
      self.control = yihu_control_new (input, on_line, &self);
      g_task_run_in_thread (task, run_prepare);
      g_main_loop_run (self.loop);
      g_cancellable_cancel (cancellable);
      while (!g_task_get_completed (task))
        g_main_context_iteration (NULL, TRUE);
    }
  else
    {
      tell_format (&self, "error %s", error->message);
      self.status = 1;
    }
  g_source_remove (signals[0]);
  g_source_remove (signals[1]);
  tear_down (&self);
  return self.status;
}
