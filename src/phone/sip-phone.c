/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real line: registration with digest, calls in and out, the seat's wish as MESSAGE. It is
 * reached under a random contact user, so nobody who did not get it from the registrar can ring it
 * (its plain user works too, where one phone of the stack has it).
 *
 * The registrar says "X-Yihu-Seat: new" when it did not know the seat before: then it has been
 * started anew, and the wish is sent again. Never without that sign: "ready" ends a wrap-up. */

#include "phone/sip-phone.h"

#include "base/clock.h"
#include "base/error.h"
#include "phone/phone-private.h"
#include "phone/sip-call.h"
#include "phone/sip-line.h"
#include "sip/sip-header.h"

#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su_uniqueid.h>
#include <string.h>

#define MAX_CALLS 8
#define EXPIRES "60"
#define RETRY_FIRST_MS 500
#define RETRY_CAP_MS 15000
#define SHUTDOWN_MS 1000

/* sofia-sip deletes the thread key of its random numbers when the program ends, also one that it
 * never made: then it hits key 0, which GLib's memory slices own, and a program that only printed
 * its --version aborts. One number drawn before main() gives it a key of its own. */
__attribute__ ((constructor)) static void
take_thread_key (void)
{
  su_random64 ();
}

struct _YihuSipPhone
{
  YihuPhone parent_instance;
  YihuSipLine *line; /* (owned) */
  YihuClock *clock; /* (owned) */
  char *registrar; /* (owned) (nullable) */
  char *user; /* (owned) */
  char *password; /* (owned) (nullable) */
  char *contact_user; /* (owned) random */
  char *from; /* (owned) value of From */
  char *uri; /* (owned) */
  char *sound_in; /* (owned) */
  char *sound_out; /* (owned) */

  YihuSipTarget invites; /* INVITEs for us */
  YihuSipTarget registration;
  nua_handle_t *register_handle; /* (owned) (nullable) */
  gboolean has_answered_challenge;
  guint attempt;
  GSource *retry; /* (owned) (nullable) */

  YihuSipTarget seat;
  nua_handle_t *seat_handle; /* (owned) (nullable) */
  gboolean has_answered_seat_challenge;
  char *wish; /* (owned) (nullable) */

  GPtrArray *calls; /* (owned) YihuSipCall, not yet released */
  GPtrArray *sounds; /* (owned) YihuSound of calls that are over, not yet finished */
  gboolean is_shut_down;
  gboolean is_quiet; /* shut down, and nothing of ours lives in sofia any more */
};

G_DEFINE_FINAL_TYPE (YihuSipPhone, yihu_sip_phone, YIHU_TYPE_PHONE)

static void phone_register (YihuSipPhone *self);

#define PHONE_OF(target, member)                                                                   \
  ((YihuSipPhone *) ((char *) (target) -G_STRUCT_OFFSET (YihuSipPhone, member)))

/* Answers a challenge. FALSE: there is none, or no password. */
static gboolean
authenticate (YihuSipPhone *self, const YihuSipEvent *event)
{
  const msg_auth_t *challenge;
  const char *realm;
  g_autofree char *credentials = NULL;

  if (event->sip == NULL || self->password == NULL)
    return FALSE;
  challenge =
      event->status == 407 ? event->sip->sip_proxy_authenticate : event->sip->sip_www_authenticate;
  /* With its quotation marks, as NUTAG_AUTH wants it. */
  realm = challenge != NULL ? msg_params_find (challenge->au_params, "realm=") : NULL;
  if (realm == NULL || strlen (realm) > YIHU_SIP_MAX_VALUE)
    return FALSE;
  credentials = g_strdup_printf ("Digest:%s:%s:%s", realm, self->user, self->password);
  nua_authenticate (event->handle, NUTAG_AUTH (credentials), TAG_END ());
  return TRUE;
}

static void
check_quiet (YihuSipPhone *self)
{
  self->is_quiet = self->is_shut_down && self->calls->len == 0 && self->register_handle == NULL;
}

/* Calls */

static void
prune_sounds (YihuSipPhone *self)
{
  for (guint i = self->sounds->len; i-- > 0;)
    if (yihu_sound_is_finished (self->sounds->pdata[i]))
      g_ptr_array_remove_index_fast (self->sounds, i);
}

static void
on_call_released (YihuSipCall *call, GParamSpec *spec, YihuSipPhone *self)
{
  YihuSound *sound = yihu_sip_call_get_sound (call);

  g_signal_handlers_disconnect_by_data (call, self);
  prune_sounds (self);
  if (sound != NULL)
    g_ptr_array_add (self->sounds, yihu_sound_ref (sound));
  g_ptr_array_remove (self->calls, call);
  check_quiet (self);
}

static void
keep_call (YihuSipPhone *self, YihuSipCall *call)
{
  g_ptr_array_add (self->calls, g_object_ref (call));
  g_signal_connect (call, "notify::released", G_CALLBACK (on_call_released), self);
}

static void
on_invite (YihuSipTarget *target, const YihuSipEvent *event)
{
  YihuSipPhone *self = PHONE_OF (target, invites);
  YihuSipCallSounds sounds = { self->sound_in, self->sound_out };
  g_autoptr (YihuSipCall) call = NULL;

  if (self->calls->len >= MAX_CALLS)
    {
      nua_respond (event->handle, SIP_486_BUSY_HERE, TAG_END ());
      nua_handle_destroy (event->handle);
      return;
    }
  call = yihu_sip_call_new_incoming (self->line, &sounds, event);
  if (call == NULL)
    return;
  keep_call (self, call);
  yihu_phone_emit_incoming (YIHU_PHONE (self), YIHU_PHONE_CALL (call));
}

static char *
join_headers (const char *const *headers, GError **error)
{
  if (headers == NULL || headers[0] == NULL)
    return NULL;
  for (guint i = 0; headers[i] != NULL; i++)
    if (strpbrk (headers[i], "\r\n") != NULL || strchr (headers[i], ':') == NULL)
      {
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "header %u is not 'Name: value'", i);
        return NULL;
      }
  return g_strjoinv ("\r\n", (char **) headers);
}

static YihuPhoneCall *
yihu_sip_phone_dial (YihuPhone *phone, const char *uri, const char *const *headers, GError **error)
{
  YihuSipPhone *self = YIHU_SIP_PHONE (phone);
  YihuSipCallSounds sounds = { self->sound_in, self->sound_out };
  g_autoptr (GError) local_error = NULL;
  g_autofree char *joined = join_headers (headers, &local_error);
  YihuSipCall *call;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (self->is_shut_down || self->calls->len >= MAX_CALLS)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_BUSY, "this phone takes no further call");
      return NULL;
    }
  if (!g_str_has_prefix (uri, "sip:") || strpbrk (uri, "\r\n<>\" ") != NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "'%.64s' is no SIP address", uri);
      return NULL;
    }
  call = yihu_sip_call_new_outgoing (self->line, &sounds, self->from, uri, joined, error);
  if (call != NULL)
    keep_call (self, call);
  return call != NULL ? YIHU_PHONE_CALL (call) : NULL;
}

/* The seat */

static void
drop_seat_handle (YihuSipPhone *self)
{
  yihu_sip_line_release (&self->seat_handle);
}

static void
on_seat_event (YihuSipTarget *target, const YihuSipEvent *event)
{
  YihuSipPhone *self = PHONE_OF (target, seat);

  if (event->event != nua_r_message || event->status < 200)
    return;
  if ((event->status == 401 || event->status == 407) && !self->is_shut_down
      && !self->has_answered_seat_challenge)
    {
      self->has_answered_seat_challenge = TRUE;
      if (authenticate (self, event))
        return;
    }
  if (event->status >= 300)
    g_message ("phone: the switchboard refused the seat's wish: %d", event->status);
  drop_seat_handle (self);
}

static void
send_wish (YihuSipPhone *self)
{
  if (self->wish == NULL || self->registrar == NULL || self->is_shut_down)
    return;
  drop_seat_handle (self);
  self->has_answered_seat_challenge = FALSE;
  self->seat_handle =
      nua_handle (yihu_sip_line_get_nua (self->line), &self->seat, NUTAG_URL (self->registrar),
                  SIPTAG_TO_STR (self->registrar), SIPTAG_FROM_STR (self->from), TAG_END ());
  if (self->seat_handle == NULL)
    return;
  yihu_sip_line_bind (self->seat_handle, &self->seat);
  nua_message (self->seat_handle, SIPTAG_CONTENT_TYPE_STR ("application/yihu-seat"),
               SIPTAG_PAYLOAD_STR (self->wish), TAG_END ());
}

static void
yihu_sip_phone_send_seat (YihuPhone *phone, const char *state)
{
  YihuSipPhone *self = YIHU_SIP_PHONE (phone);

  g_return_if_fail (g_str_equal (state, "ready") || g_str_equal (state, "away"));
  g_free (self->wish);
  self->wish = g_strdup (state);
  if (yihu_phone_is_registered (phone))
    send_wish (self);
}

/* Registration */

static void
on_retry (gpointer data)
{
  YihuSipPhone *self = data;

  g_clear_pointer (&self->retry, g_source_unref);
  phone_register (self);
}

static void
retry_later (YihuSipPhone *self)
{
  guint delay_ms = yihu_clock_back_off_ms (self->attempt++, RETRY_FIRST_MS, RETRY_CAP_MS);

  yihu_sip_line_release (&self->register_handle);
  yihu_phone_set_registered (YIHU_PHONE (self), FALSE);
  if (self->is_shut_down || self->retry != NULL)
    return;
  self->retry = yihu_clock_add_timer (self->clock, delay_ms, on_retry, self, NULL);
}

static void
on_registered (YihuSipPhone *self, const YihuSipEvent *event)
{
  g_autofree char *note = yihu_sip_dup_header (event->sip, "X-Yihu-Seat");
  gboolean was_registered = yihu_phone_is_registered (YIHU_PHONE (self));

  self->attempt = 0;
  self->has_answered_challenge = FALSE;
  yihu_phone_set_registered (YIHU_PHONE (self), TRUE);
  if (!was_registered || (note != NULL && g_str_equal (note, "new")))
    send_wish (self);
}

static void
on_register_answer (YihuSipPhone *self, const YihuSipEvent *event)
{
  if (event->status < 200)
    return;
  if (event->status < 300)
    {
      on_registered (self, event);
      return;
    }
  if ((event->status == 401 || event->status == 407) && !self->has_answered_challenge)
    {
      self->has_answered_challenge = TRUE;
      if (authenticate (self, event))
        return;
    }
  if (self->attempt == 0)
    g_message ("phone: registration refused: %d", event->status);
  self->has_answered_challenge = FALSE;
  retry_later (self);
}

static void
on_registration_event (YihuSipTarget *target, const YihuSipEvent *event)
{
  g_autoptr (YihuSipPhone) self = g_object_ref (PHONE_OF (target, registration));

  if (event->event == nua_r_register && !self->is_shut_down)
    on_register_answer (self, event);
  else if (event->event == nua_r_unregister && event->status >= 200)
    {
      if ((event->status == 401 || event->status == 407) && !self->has_answered_challenge)
        {
          self->has_answered_challenge = TRUE;
          if (authenticate (self, event))
            return;
        }
      yihu_sip_line_release (&self->register_handle);
      check_quiet (self);
    }
}

static void
phone_register (YihuSipPhone *self)
{
  const char *host = yihu_sip_line_get_host (self->line);
  const char *domain = strchr (self->registrar, ':') + 1;
  g_autofree char *address = g_strdup_printf ("sip:%s@%s", self->user, domain);
  g_autofree char *contact = g_strdup_printf ("<sip:%s@%s:%u>", self->contact_user, host,
                                              yihu_sip_line_get_port (self->line));

  yihu_sip_line_release (&self->register_handle);
  self->has_answered_challenge = FALSE;
  self->register_handle =
      nua_handle (yihu_sip_line_get_nua (self->line), &self->registration, SIPTAG_TO_STR (address),
                  SIPTAG_FROM_STR (address), TAG_END ());
  if (self->register_handle == NULL)
    {
      retry_later (self);
      return;
    }
  yihu_sip_line_bind (self->register_handle, &self->registration);
  /* nua would otherwise probe its own address by OPTIONS and complain of the answer. */
  nua_register (self->register_handle, NUTAG_REGISTRAR (self->registrar),
                SIPTAG_CONTACT_STR (contact), SIPTAG_EXPIRES_STR (EXPIRES),
                NUTAG_OUTBOUND ("no-outbound no-validate no-options-keepalive"), TAG_END ());
}

/* End */

static void
hang_up_all (YihuSipPhone *self)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->calls->len; i++)
    g_ptr_array_add (calls, g_object_ref (self->calls->pdata[i]));
  for (guint i = 0; i < calls->len; i++)
    yihu_phone_call_hang_up (calls->pdata[i]);
}

static void
wait_for_sounds (YihuSipPhone *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      YihuSound *sound = yihu_sip_call_get_sound (self->calls->pdata[i]);
      if (sound != NULL)
        yihu_sound_wait (sound);
    }
  for (guint i = 0; i < self->sounds->len; i++)
    yihu_sound_wait (self->sounds->pdata[i]);
  g_ptr_array_set_size (self->sounds, 0);
}

static void
yihu_sip_phone_shutdown (YihuPhone *phone)
{
  YihuSipPhone *self = YIHU_SIP_PHONE (phone);

  if (self->is_shut_down || self->line == NULL)
    return;
  self->is_shut_down = TRUE;
  if (self->retry != NULL)
    g_source_destroy (self->retry);
  g_clear_pointer (&self->retry, g_source_unref);
  yihu_sip_line_remove_user (self->line, self->contact_user, &self->invites);
  yihu_sip_line_remove_user (self->line, self->user, &self->invites);
  hang_up_all (self);
  drop_seat_handle (self);
  self->has_answered_challenge = FALSE;
  if (self->register_handle != NULL && yihu_phone_is_registered (phone))
    nua_unregister (self->register_handle, TAG_END ());
  else
    yihu_sip_line_release (&self->register_handle);
  check_quiet (self);
  yihu_sip_line_wait (self->line, &self->is_quiet, SHUTDOWN_MS);
  yihu_sip_line_release (&self->register_handle);
  wait_for_sounds (self);
  yihu_phone_set_registered (phone, FALSE);
}

static void
yihu_sip_phone_dispose (GObject *object)
{
  YihuSipPhone *self = YIHU_SIP_PHONE (object);

  yihu_sip_phone_shutdown (YIHU_PHONE (self));
  for (guint i = 0; i < self->calls->len; i++)
    g_signal_handlers_disconnect_by_data (self->calls->pdata[i], self);
  g_ptr_array_set_size (self->calls, 0);
  g_clear_pointer (&self->line, yihu_sip_line_unref);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (yihu_sip_phone_parent_class)->dispose (object);
}

static void
yihu_sip_phone_finalize (GObject *object)
{
  YihuSipPhone *self = YIHU_SIP_PHONE (object);

  g_ptr_array_unref (self->calls);
  g_ptr_array_unref (self->sounds);
  g_free (self->registrar);
  g_free (self->user);
  g_free (self->password);
  g_free (self->contact_user);
  g_free (self->from);
  g_free (self->uri);
  g_free (self->sound_in);
  g_free (self->sound_out);
  g_free (self->wish);
  G_OBJECT_CLASS (yihu_sip_phone_parent_class)->finalize (object);
}

static void
yihu_sip_phone_class_init (YihuSipPhoneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  YihuPhoneClass *phone_class = YIHU_PHONE_CLASS (klass);

  object_class->dispose = yihu_sip_phone_dispose;
  object_class->finalize = yihu_sip_phone_finalize;
  phone_class->dial = yihu_sip_phone_dial;
  phone_class->send_seat = yihu_sip_phone_send_seat;
  phone_class->shutdown = yihu_sip_phone_shutdown;
}

static void
yihu_sip_phone_init (YihuSipPhone *self)
{
  self->invites.on_event = on_invite;
  self->registration.on_event = on_registration_event;
  self->seat.on_event = on_seat_event;
  self->clock = yihu_clock_new ();
  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
  self->sounds = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_sound_unref);
  self->contact_user = g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
}

static char *
choose_sound (const char *wanted, const char *variable, const char *otherwise)
{
  const char *environment = g_getenv (variable);

  if (wanted != NULL)
    return g_strdup (wanted);
  return g_strdup (environment != NULL && *environment != '\0' ? environment : otherwise);
}

static char *
print_from (YihuSipPhone *self, const char *display)
{
  const char *domain = self->registrar != NULL ? strchr (self->registrar, ':') + 1
                                               : yihu_sip_line_get_host (self->line);
  g_autofree char *clean =
      display != NULL ? g_strdelimit (g_strdup (display), "\"\\\r\n", ' ') : NULL;

  if (clean == NULL)
    return g_strdup_printf ("<sip:%s@%s>", self->user, domain);
  return g_strdup_printf ("\"%s\" <sip:%s@%s>", clean, self->user, domain);
}

static gboolean
check_config (const YihuSipPhoneConfig *config, GError **error)
{
  if (config->user == NULL || *config->user == '\0' || strlen (config->user) > YIHU_SIP_MAX_VALUE
      || strpbrk (config->user, "@<>\"\r\n :;") != NULL)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "the SIP user is malformed");
  else if (config->registrar != NULL
           && (!g_str_has_prefix (config->registrar, "sip:")
               || strpbrk (config->registrar, "@<>\"\r\n ;") != NULL))
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "the registrar is not 'sip:HOST:PORT'");
  else
    return TRUE;
  return FALSE;
}

YihuPhone *
yihu_sip_phone_new (const YihuSipPhoneConfig *config, GError **error)
{
  const char *bind_host = config->bind_host != NULL ? config->bind_host : "127.0.0.1";
  g_autoptr (YihuSipPhone) self = NULL;
  YihuSipLine *line;

  if (!check_config (config, error))
    return NULL;
  line = yihu_sip_line_acquire (bind_host, error);
  if (line == NULL)
    return NULL;
  self = g_object_new (YIHU_TYPE_SIP_PHONE, NULL);
  self->line = line;
  self->registrar = g_strdup (config->registrar);
  self->user = g_strdup (config->user);
  self->password = g_strdup (config->password);
  self->from = print_from (self, config->display);
  self->uri = g_strdup_printf ("sip:%s@%s:%u", self->contact_user, bind_host,
                               yihu_sip_line_get_port (line));
  self->sound_in = choose_sound (config->sound_in, "YIHU_AUDIO_SRC", "autoaudiosrc");
  self->sound_out = choose_sound (config->sound_out, "YIHU_AUDIO_SINK", "autoaudiosink");
  yihu_sip_line_add_user (line, self->contact_user, &self->invites);
  yihu_sip_line_add_user (line, self->user, &self->invites);
  if (self->registrar != NULL)
    phone_register (self);
  return YIHU_PHONE (g_steal_pointer (&self));
}

const char *
yihu_sip_phone_get_uri (YihuSipPhone *self)
{
  g_return_val_if_fail (YIHU_IS_SIP_PHONE (self), "");
  return self->uri;
}
