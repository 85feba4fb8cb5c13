/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Logging in and out, and what the log-in told. How a request travels is in session-request.c, what
 * is read of the answer in login-answer.c. The token and the base URL may be read by any thread
 * (tools and downloads do), so they are behind a lock; all else belongs to the main context. */

#include "client/session.h"

#include "base/bounded-json.h"
#include "base/error.h"
#include "client/login-answer.h"
#include "client/session-private.h"
#include "wire/protocol.h"

#include <sodium.h>
#include <string.h>

#define LOGIN_TIMEOUT_S 15
#define CALL_TIMEOUT_S 15

struct _YihuSession
{
  GObject parent_instance;

  char *base_url;
  char *device;
  char *device_escaped; /* as a header carries it: a token is bound to its device */
  SoupSession *soup; /* (owned) */
  YihuTrust *trust; /* (owned) (nullable) */
  GMutex lock; /* guards token */
  char *token; /* (owned) (nullable) */

  char *code; /* (owned) (nullable): second factor of the next log-in */
  YihuLoginRefusal refusal;
  GStrv recovery; /* (owned) (nullable) */
  YihuLoginAnswer login; /* nothing but zeros while logged out; its token is the one above */
  gint64 lock_minutes; /* of the last log-in, like the next two */
  gint64 offline_us;
  gint64 clock_offset_us;
};

G_DEFINE_FINAL_TYPE (YihuSession, yihu_session, G_TYPE_OBJECT)

static void
forget_login (YihuSession *self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->token, g_free);
  g_mutex_unlock (&self->lock);
  yihu_login_answer_clear (&self->login);
}

static void
yihu_session_finalize (GObject *object)
{
  YihuSession *self = YIHU_SESSION (object);

  forget_login (self);
  yihu_login_refusal_clear (&self->refusal);
  g_strfreev (self->recovery);
  g_free (self->code);
  g_clear_object (&self->soup);
  g_clear_pointer (&self->trust, yihu_trust_unref);
  g_mutex_clear (&self->lock);
  g_free (self->base_url);
  g_free (self->device);
  g_free (self->device_escaped);
  G_OBJECT_CLASS (yihu_session_parent_class)->finalize (object);
}

static void
yihu_session_class_init (YihuSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_session_finalize;
}

static void
yihu_session_init (YihuSession *self)
{
  g_mutex_init (&self->lock);
  /* Hashing of downloads wants it; a failure shows where keys are used. */
  if (sodium_init () < 0)
    g_info ("libsodium does not start");
  self->soup = yihu_session_new_soup (self, 0);
  self->lock_minutes = YIHU_LOGIN_LOCK_MINUTES;
}

YihuSession *
yihu_session_new (const char *base_url, const char *device)
{
  YihuSession *self;

  g_return_val_if_fail (base_url != NULL && device != NULL, NULL);

  self = g_object_new (YIHU_TYPE_SESSION, NULL);
  self->base_url = g_strdup (base_url);
  for (gsize i = strlen (self->base_url); i > 0 && self->base_url[i - 1] == '/'; i--)
    self->base_url[i - 1] = '\0';
  self->device = g_strdup (device);
  self->device_escaped = g_uri_escape_string (device, NULL, FALSE);
  return self;
}

void
yihu_session_set_trust (YihuSession *self, YihuTrust *trust)
{
  g_return_if_fail (YIHU_IS_SESSION (self) && self->trust == NULL);

  if (trust == NULL)
    return;
  self->trust = yihu_trust_ref (trust);
  yihu_trust_prepare_session (trust, self->soup);
}

YihuTrust *
yihu_session_get_trust (YihuSession *self)
{
  return self->trust;
}

SoupSession *
yihu_session_get_soup (YihuSession *self)
{
  return self->soup;
}

SoupMessage *
yihu_session_new_message (YihuSession *self, const char *method, const char *path, GError **error)
{
  g_autofree char *url = g_strconcat (self->base_url, path, NULL);
  SoupMessage *message = soup_message_new (method, url);

  if (message == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "'%s' is not a server's address",
                   self->base_url);
      return NULL;
    }
  yihu_trust_prepare_message (self->trust, message);
  g_mutex_lock (&self->lock);
  if (self->token != NULL)
    {
      g_autofree char *value = g_strconcat ("Bearer ", self->token, NULL);

      soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                    value);
      soup_message_headers_replace (soup_message_get_request_headers (message), "X-Yihu-Device",
                                    self->device_escaped);
    }
  g_mutex_unlock (&self->lock);
  return message;
}

/* --- log-in --- */

static json_t *
make_login (YihuSession *self, const char *login, const char *password)
{
  g_autofree char *code = g_steal_pointer (&self->code);

  yihu_login_refusal_clear (&self->refusal);
  return json_pack ("{s:s, s:s, s:s, s:i, s:s*}", "login", login, "password", password, "device",
                    self->device, "protocol", YIHU_PROTOCOL_VERSION, "code", code);
}

/* @asked_at_us, @answered_at_us: our clock; the server's reading lies in the middle between them.
 */
static gboolean
accept_login (YihuSession *self,
              const json_t *answer,
              gint64 asked_at_us,
              gint64 answered_at_us,
              GError **error)
{
  YihuLoginAnswer *login = &self->login;

  forget_login (self);
  if (!yihu_login_answer_read (login, answer, error))
    return FALSE;
  self->lock_minutes = login->lock_minutes;
  self->offline_us = login->offline_us;
  if (login->server_time_us > 0)
    self->clock_offset_us =
        login->server_time_us - (asked_at_us + (answered_at_us - asked_at_us) / 2);
  g_strfreev (self->recovery);
  self->recovery = g_steal_pointer (&login->recovery);
  g_mutex_lock (&self->lock);
  self->token = g_steal_pointer (&login->token);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
take_login_answer (YihuSession *self, const json_t *answer, gint64 asked_at_us, GError **error)
{
  if (answer == NULL || !json_is_object (answer))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "the log-in got no answer");
      return FALSE;
    }
  if (accept_login (self, answer, asked_at_us, g_get_real_time (), error))
    return TRUE;
  g_prefix_error (error, "answer to the log-in: ");
  return FALSE;
}

static void
on_login_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  YihuSession *self = YIHU_SESSION (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) answer = yihu_session_request_finish (self, result, &error);
  gint64 *asked_at_us = g_task_get_task_data (task);

  if (error != NULL)
    yihu_login_refusal_read (&self->refusal, yihu_session_peek_refusal (result));
  if (error != NULL || !take_login_answer (self, answer, *asked_at_us, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

void
yihu_session_login_async (YihuSession *self,
                          const char *login,
                          const char *password,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  g_autoptr (json_t) body = make_login (self, login, password);
  gint64 now_us = g_get_real_time ();

  g_task_set_source_tag (task, yihu_session_login_async);
  g_task_set_task_data (task, g_memdup2 (&now_us, sizeof now_us), g_free);
  yihu_session_request_async (self, "POST", YIHU_PROTOCOL_PATH "/login", body, LOGIN_TIMEOUT_S,
                              cancellable, on_login_ready, task);
}

gboolean
yihu_session_login_finish (YihuSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
yihu_session_login_sync (YihuSession *self,
                         const char *login,
                         const char *password,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (json_t) body = make_login (self, login, password);
  gint64 now_us = g_get_real_time ();
  g_autoptr (GError) local = NULL;
  g_autoptr (json_t) refusal = NULL;
  g_autoptr (json_t) answer =
      yihu_session_ask_sync (self, "POST", YIHU_PROTOCOL_PATH "/login", body, LOGIN_TIMEOUT_S,
                             cancellable, &refusal, &local);

  yihu_login_refusal_read (&self->refusal, refusal);
  if (local == NULL)
    return take_login_answer (self, answer, now_us, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
yihu_session_set_code (YihuSession *self, const char *code)
{
  g_free (self->code);
  self->code = g_strdup (code);
}

const YihuLoginRefusal *
yihu_session_get_refusal (YihuSession *self)
{
  return &self->refusal;
}

GStrv
yihu_session_take_recovery (YihuSession *self)
{
  return g_steal_pointer (&self->recovery);
}

void
yihu_session_adopt_token (YihuSession *self, const char *token)
{
  g_mutex_lock (&self->lock);
  g_free (self->token);
  self->token = g_strdup (token);
  g_mutex_unlock (&self->lock);
}

guint
yihu_session_get_lock_minutes (YihuSession *self)
{
  return (guint) self->lock_minutes;
}

gboolean
yihu_session_is_logged_in (YihuSession *self)
{
  return self->login.account != NULL;
}

void
yihu_session_forget (YihuSession *self)
{
  forget_login (self);
}

void
yihu_session_logout (YihuSession *self)
{
  if (!yihu_session_is_logged_in (self))
    return;
  yihu_session_request_async (self, "POST", YIHU_PROTOCOL_PATH "/logout", NULL, CALL_TIMEOUT_S,
                              NULL, NULL, NULL);
  forget_login (self);
}

const char *
yihu_session_get_base_url (YihuSession *self)
{
  return self->base_url;
}

const char *
yihu_session_get_token (YihuSession *self)
{
  return self->token;
}

YihuAccount *
yihu_session_get_account (YihuSession *self)
{
  return self->login.account;
}

YihuDivisionRange
yihu_session_get_scope (YihuSession *self)
{
  return self->login.scope;
}

gint64
yihu_session_get_epoch (YihuSession *self)
{
  return self->login.epoch;
}

void
yihu_session_set_epoch (YihuSession *self, gint64 epoch)
{
  self->login.epoch = epoch;
}

gint64
yihu_session_get_clock_offset_us (YihuSession *self)
{
  return self->clock_offset_us;
}

GBytes *
yihu_session_get_desk_key (YihuSession *self)
{
  return self->login.desk_key;
}

gint64
yihu_session_get_offline_us (YihuSession *self)
{
  return self->offline_us;
}

GBytes *
yihu_session_get_scope_key (YihuSession *self)
{
  return self->login.scope_key;
}

GBytes *
yihu_session_get_sip_secret (YihuSession *self)
{
  return self->login.sip_secret;
}

const char *
yihu_session_get_sip_registrar (YihuSession *self)
{
  return self->login.sip_registrar;
}

const char *
yihu_session_get_sip_user (YihuSession *self)
{
  return self->login.sip_user;
}

const char *
yihu_session_get_sip_password (YihuSession *self)
{
  return self->login.sip_password;
}
