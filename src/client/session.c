/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Logging in and what the log-in told; the typed calls. How a request travels is in
 * session-request.c. The token and the base URL may be read by any thread (tools and downloads do),
 * so they are behind a lock; all else belongs to the main context. */

#include "client/session.h"

#include "base/error.h"
#include "client/session-private.h"
#include "wire/protocol.h"
#include "wire/record-json.h"

#include <sodium.h>
#include <string.h>

#define LOGIN_TIMEOUT_S 15
#define CALL_TIMEOUT_S 15
#define KEY_BYTES 32
#define OFFLINE_HOURS 72 /* where the server says nothing */
#define OFFLINE_MAX_HOURS (24 * 30)
#define DEFAULT_LOCK_MINUTES 10
#define MAX_RECOVERY 32

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
  gint64 lock_minutes;
  YihuAccount *account; /* (owned) (nullable) */
  YihuDivisionRange scope;
  gint64 epoch;
  gint64 clock_offset_us;
  GBytes *scope_key; /* (owned) (nullable) */
  GBytes *desk_key; /* (owned) (nullable) */
  gint64 offline_us;
  GBytes *sip_secret; /* (owned) (nullable) */
  char *sip_registrar;
  char *sip_user;
  char *sip_password;
};

G_DEFINE_FINAL_TYPE (YihuSession, yihu_session, G_TYPE_OBJECT)

static void
forget_login (YihuSession *self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->token, g_free);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->account, yihu_account_unref);
  g_clear_pointer (&self->scope_key, g_bytes_unref);
  g_clear_pointer (&self->desk_key, g_bytes_unref);
  g_clear_pointer (&self->sip_secret, g_bytes_unref);
  g_clear_pointer (&self->sip_registrar, g_free);
  g_clear_pointer (&self->sip_user, g_free);
  g_clear_pointer (&self->sip_password, g_free);
  self->scope = (YihuDivisionRange){ 0 };
  self->epoch = 0;
}

static void
forget_refusal (YihuSession *self)
{
  g_free (self->refusal.factor);
  g_free (self->refusal.secret);
  g_free (self->refusal.uri);
  self->refusal = (YihuLoginRefusal){ 0 };
}

static void
yihu_session_finalize (GObject *object)
{
  YihuSession *self = YIHU_SESSION (object);

  forget_login (self);
  forget_refusal (self);
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
  self->lock_minutes = DEFAULT_LOCK_MINUTES;
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

  forget_refusal (self);
  return json_pack ("{s:s, s:s, s:s, s:i, s:s*}", "login", login, "password", password, "device",
                    self->device, "protocol", YIHU_PROTOCOL_VERSION, "code", code);
}

/* An absent key is no error: not every role gets one. */
static gboolean
read_key (const json_t *answer, const char *name, GBytes **key, GError **error)
{
  const char *text = NULL;
  g_autofree guchar *bytes = NULL;
  gsize size = 0;

  if (!yihu_json_read_text (answer, name, FALSE, 256, &text, error))
    return FALSE;
  if (text == NULL || *text == '\0')
    return TRUE;
  bytes = g_base64_decode (text, &size);
  if (size != KEY_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field '%s': not a key of %d bytes", name,
                   KEY_BYTES);
      return FALSE;
    }
  *key = g_bytes_new (bytes, size);
  sodium_memzero (bytes, size);
  return TRUE;
}

static gboolean
read_sip (YihuSession *self, const json_t *answer, GError **error)
{
  const json_t *sip = NULL;
  const char *registrar = NULL;
  const char *user = NULL;
  const char *password = NULL;

  if (!yihu_json_read_object (answer, "sip", FALSE, &sip, error))
    return FALSE;
  if (sip == NULL)
    return TRUE;
  if (!yihu_json_read_text (sip, "registrar", TRUE, 256, &registrar, error)
      || !yihu_json_read_text (sip, "user", TRUE, 64, &user, error)
      || !yihu_json_read_text (sip, "password", TRUE, 128, &password, error))
    return FALSE;
  self->sip_registrar = g_strdup (registrar);
  self->sip_user = g_strdup (user);
  self->sip_password = g_strdup (password);
  return TRUE;
}

static gboolean
read_scope (YihuSession *self, const json_t *answer, GError **error)
{
  const json_t *scope = NULL;
  gint64 highest = G_GINT64_CONSTANT (1000000000000);

  if (!yihu_json_read_object (answer, "scope", FALSE, &scope, error))
    return FALSE;
  return scope == NULL
         || (yihu_json_read_int (scope, "lo", TRUE, 0, highest, &self->scope.lo, error)
             && yihu_json_read_int (scope, "hi", TRUE, 0, highest, &self->scope.hi, error));
}

static gboolean
read_limits (YihuSession *self, const json_t *answer, GError **error)
{
  const json_t *limits = NULL;
  gint64 hours = OFFLINE_HOURS;

  self->lock_minutes = DEFAULT_LOCK_MINUTES;
  if (!yihu_json_read_object (answer, "limits", FALSE, &limits, error)
      || (limits != NULL
          && (!yihu_json_read_int (limits, "offline_hours", FALSE, 0, OFFLINE_MAX_HOURS, &hours,
                                   error)
              || !yihu_json_read_int (limits, "lock_minutes", FALSE, 1, 24 * 60,
                                      &self->lock_minutes, error))))
    return FALSE;
  self->offline_us = hours * G_TIME_SPAN_HOUR;
  return TRUE;
}

/* Missing but for an enrolment. */
static void
read_recovery (YihuSession *self, const json_t *answer)
{
  const json_t *list = json_object_get (answer, "recovery");
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < MIN (json_array_size (list), MAX_RECOVERY); i++)
    if (json_is_string (json_array_get (list, i)))
      g_ptr_array_add (codes, g_strdup (json_string_value (json_array_get (list, i))));
  g_clear_pointer (&self->recovery, g_strfreev);
  if (codes->len == 0)
    return;
  g_ptr_array_add (codes, NULL);
  self->recovery = (GStrv) g_ptr_array_free (g_steal_pointer (&codes), FALSE);
}

static void
take_refusal (YihuSession *self, const json_t *body)
{
  const char *factor = NULL;
  const char *secret = NULL;
  const char *uri = NULL;
  gint64 wait_s = 0;

  if (!json_is_object (body))
    return;
  yihu_json_read_int (body, "retry_after_s", FALSE, 0, 24 * 3600, &wait_s, NULL);
  yihu_json_read_text (body, "factor", FALSE, 16, &factor, NULL);
  yihu_json_read_text (body, "secret", FALSE, 64, &secret, NULL);
  yihu_json_read_text (body, "uri", FALSE, 512, &uri, NULL);
  self->refusal =
      (YihuLoginRefusal){ (guint) wait_s, g_strdup (factor), g_strdup (secret), g_strdup (uri) };
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
  const char *token = NULL;
  const json_t *account = NULL;
  gint64 server_time_us = 0;
  gint64 protocol = YIHU_PROTOCOL_VERSION;

  forget_login (self);
  if (!yihu_json_read_int (answer, "protocol", FALSE, 0, G_MAXINT32, &protocol, error))
    return FALSE;
  if (protocol > YIHU_PROTOCOL_VERSION)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_VERSION,
                   "the server speaks protocol %" G_GINT64_FORMAT ", this program %d", protocol,
                   YIHU_PROTOCOL_VERSION);
      return FALSE;
    }
  if (!yihu_json_read_text (answer, "token", TRUE, 512, &token, error)
      || !yihu_json_read_object (answer, "account", TRUE, &account, error)
      || !yihu_json_read_int (answer, "epoch", FALSE, 0, G_MAXINT64, &self->epoch, error)
      || !yihu_json_read_int (answer, "server_time_us", FALSE, 0, G_MAXINT64, &server_time_us,
                              error)
      || !read_scope (self, answer, error) || !read_sip (self, answer, error)
      || !read_limits (self, answer, error)
      || !read_key (answer, "scope_key", &self->scope_key, error)
      || !read_key (answer, "desk_key", &self->desk_key, error)
      || !read_key (answer, "sip_secret", &self->sip_secret, error))
    return FALSE;
  self->account = yihu_record_from_json (&yihu_account_type, account, error);
  if (self->account == NULL)
    return FALSE;
  if (server_time_us > 0)
    self->clock_offset_us = server_time_us - (asked_at_us + (answered_at_us - asked_at_us) / 2);
  g_mutex_lock (&self->lock);
  self->token = g_strdup (token);
  g_mutex_unlock (&self->lock);
  read_recovery (self, answer);
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
  forget_login (self);
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
    take_refusal (self, yihu_session_peek_refusal (result));
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

  take_refusal (self, refusal);
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
  return self->account != NULL;
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
  return self->account;
}

YihuDivisionRange
yihu_session_get_scope (YihuSession *self)
{
  return self->scope;
}

gint64
yihu_session_get_epoch (YihuSession *self)
{
  return self->epoch;
}

void
yihu_session_set_epoch (YihuSession *self, gint64 epoch)
{
  self->epoch = epoch;
}

gint64
yihu_session_get_clock_offset_us (YihuSession *self)
{
  return self->clock_offset_us;
}

GBytes *
yihu_session_get_desk_key (YihuSession *self)
{
  return self->desk_key;
}

gint64
yihu_session_get_offline_us (YihuSession *self)
{
  return self->offline_us;
}

GBytes *
yihu_session_get_scope_key (YihuSession *self)
{
  return self->scope_key;
}

GBytes *
yihu_session_get_sip_secret (YihuSession *self)
{
  return self->sip_secret;
}

const char *
yihu_session_get_sip_registrar (YihuSession *self)
{
  return self->sip_registrar;
}

const char *
yihu_session_get_sip_user (YihuSession *self)
{
  return self->sip_user;
}

const char *
yihu_session_get_sip_password (YihuSession *self)
{
  return self->sip_password;
}

/* --- typed calls --- */

void
yihu_camera_grant_free (YihuCameraGrant *grant)
{
  if (grant == NULL)
    return;
  g_free (grant->url);
  g_free (grant->user);
  g_free (grant->password);
  g_free (grant);
}

void
yihu_session_grant_camera_async (YihuSession *self,
                                 const char *camera,
                                 const char *reason,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  g_autofree char *id = g_uri_escape_string (camera, NULL, FALSE);
  g_autofree char *path = g_strdup_printf (YIHU_PROTOCOL_PATH "/cameras/%s/grant", id);
  g_autoptr (json_t) body = json_pack ("{s:s}", "reason", reason);

  yihu_session_request_async (self, "POST", path, body, CALL_TIMEOUT_S, cancellable, callback,
                              data);
}

YihuCameraGrant *
yihu_session_grant_camera_finish (YihuSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (json_t) answer = yihu_session_request_finish (self, result, &local);
  g_autoptr (YihuCameraGrant) grant = g_new0 (YihuCameraGrant, 1);
  const char *url = NULL;
  const char *user = NULL;
  const char *password = NULL;

  if (local == NULL && yihu_json_read_text (answer, "url", TRUE, 512, &url, &local)
      && yihu_json_read_text (answer, "user", FALSE, 128, &user, &local)
      && yihu_json_read_text (answer, "password", FALSE, 128, &password, &local)
      && yihu_json_read_int (answer, "until_us", FALSE, 0, G_MAXINT64, &grant->until_us, &local))
    {
      grant->url = g_strdup (url);
      grant->user = g_strdup (user != NULL ? user : "");
      grant->password = g_strdup (password != NULL ? password : "");
      return g_steal_pointer (&grant);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

void
yihu_session_reveal_async (YihuSession *self,
                           const char *elder,
                           const char *field,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_autoptr (json_t) body =
      json_pack ("{s:s, s:s, s:s}", "elder", elder, "field", field, "reason", reason);

  yihu_session_request_async (self, "POST", YIHU_PROTOCOL_PATH "/reveal", body, CALL_TIMEOUT_S,
                              cancellable, callback, data);
}

char *
yihu_session_reveal_finish (YihuSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (json_t) answer = yihu_session_request_finish (self, result, &local);
  const char *value = NULL;

  if (local == NULL && yihu_json_read_text (answer, "value", TRUE, 64 * 1024, &value, &local))
    return g_strdup (value);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
