/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads what the server says to a log-in. Everything is bounded and checked; a good answer is read
 * whole or not at all, so that a session never holds half of one. */

#include "client/login-answer.h"

#include "base/error.h"
#include "wire/protocol.h"
#include "wire/record-json.h"

#include <sodium.h>

#define KEY_BYTES 32
#define OFFLINE_HOURS 72 /* where the server says nothing */
#define OFFLINE_MAX_HOURS (24 * 30)
#define MAX_RECOVERY 32

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
read_sip (YihuLoginAnswer *self, const json_t *answer, GError **error)
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
read_scope (YihuLoginAnswer *self, const json_t *answer, GError **error)
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
read_limits (YihuLoginAnswer *self, const json_t *answer, GError **error)
{
  const json_t *limits = NULL;
  gint64 hours = OFFLINE_HOURS;

  self->lock_minutes = YIHU_LOGIN_LOCK_MINUTES;
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
read_recovery (YihuLoginAnswer *self, const json_t *answer)
{
  const json_t *list = json_object_get (answer, "recovery");
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < MIN (json_array_size (list), MAX_RECOVERY); i++)
    if (json_is_string (json_array_get (list, i)))
      g_ptr_array_add (codes, g_strdup (json_string_value (json_array_get (list, i))));
  if (codes->len == 0)
    return;
  g_ptr_array_add (codes, NULL);
  self->recovery = (GStrv) g_ptr_array_free (g_steal_pointer (&codes), FALSE);
}

static gboolean
read_answer (YihuLoginAnswer *self, const json_t *answer, GError **error)
{
  const char *token = NULL;
  const json_t *account = NULL;
  gint64 protocol = YIHU_PROTOCOL_VERSION;

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
      || !yihu_json_read_int (answer, "server_time_us", FALSE, 0, G_MAXINT64, &self->server_time_us,
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
  self->token = g_strdup (token);
  read_recovery (self, answer);
  return TRUE;
}

gboolean
yihu_login_answer_read (YihuLoginAnswer *self, const json_t *answer, GError **error)
{
  if (read_answer (self, answer, error))
    return TRUE;
  yihu_login_answer_clear (self);
  return FALSE;
}

void
yihu_login_answer_clear (YihuLoginAnswer *self)
{
  g_free (self->token);
  g_clear_pointer (&self->account, yihu_account_unref);
  g_clear_pointer (&self->scope_key, g_bytes_unref);
  g_clear_pointer (&self->desk_key, g_bytes_unref);
  g_clear_pointer (&self->sip_secret, g_bytes_unref);
  g_free (self->sip_registrar);
  g_free (self->sip_user);
  g_free (self->sip_password);
  g_strfreev (self->recovery);
  *self = (YihuLoginAnswer){ 0 };
}

void
yihu_login_refusal_read (YihuLoginRefusal *self, const json_t *body)
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
  *self =
      (YihuLoginRefusal){ (guint) wait_s, g_strdup (factor), g_strdup (secret), g_strdup (uri) };
}

void
yihu_login_refusal_clear (YihuLoginRefusal *self)
{
  g_free (self->factor);
  g_free (self->secret);
  g_free (self->uri);
  *self = (YihuLoginRefusal){ 0 };
}
