/* SPDX-License-Identifier: GPL-3.0-or-later */

/* nua's events sorted: those of a known handle to their dialog, new INVITEs to the switchboard,
 * REGISTER and MESSAGE answered here. Each REGISTER and MESSAGE outside a dialog brings a handle of
 * its own, which ends with the answer. Broken messages are answered with 400 by sofia itself. */

#include "voice/sip/endpoint.h"

#include "base/error.h"
#include "sip/sip-header.h"
#include "sip/sip-loop.h"
#include "voice/sip/digest.h"
#include "voice/sip/registrar.h"
#include "voice/sip/seat-message.h"
#include "wire/sip-credential.h"

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <string.h>

#define REALM "yihu"
#define START_MS 5000
#define SHUTDOWN_MS 2000
#define MAX_SEAT_BYTES 16 /* as in the record of a seat */
#define DEFAULT_EXPIRES 60

struct _YihuEndpoint
{
  char *host; /* (owned) */
  guint port;
  YihuClock *clock; /* (owned) */
  YihuEndpointFuncs funcs;
  gpointer data;
  YihuSipLoop *loop; /* (owned) */
  nua_t *nua;
  YihuDigest *digest; /* (owned) */
  YihuRegistrar *registrar; /* (owned) */
  GBytes *secret; /* (owned) (nullable) */
  gboolean has_params;
  gboolean is_closing;
  gboolean is_down;
};

/* Who is it? */

static char *
dup_parameter (const msg_auth_t *auth, const char *name_and_equals)
{
  const char *value = msg_params_find (auth->au_params, name_and_equals);
  gsize length;

  if (value == NULL)
    return NULL;
  length = strlen (value);
  if (length > 512)
    return NULL;
  if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
    return g_strndup (value + 1, length - 2);
  return g_strdup (value);
}

static YihuDigestVerdict
check_authorization (YihuEndpoint *self, const msg_auth_t *auth, const char *method, char **seat)
{
  g_autofree char *username = dup_parameter (auth, "username=");
  g_autofree char *realm = dup_parameter (auth, "realm=");
  g_autofree char *nonce = dup_parameter (auth, "nonce=");
  g_autofree char *uri = dup_parameter (auth, "uri=");
  g_autofree char *response = dup_parameter (auth, "response=");
  g_autofree char *qop = dup_parameter (auth, "qop=");
  g_autofree char *nc = dup_parameter (auth, "nc=");
  g_autofree char *cnonce = dup_parameter (auth, "cnonce=");
  YihuDigestAnswer answer = { username, realm, nonce, uri, response, qop, nc, cnonce };
  g_autofree char *password = NULL;
  g_autofree char *name = NULL;
  YihuDigestVerdict verdict;

  if (username == NULL || self->secret == NULL
      || !yihu_sip_credential_parse_user (username, yihu_clock_get_now_us (self->clock), &name,
                                          NULL)
      || strlen (name) > MAX_SEAT_BYTES)
    return YIHU_DIGEST_BAD;
  password = yihu_sip_credential_make_password (username, self->secret);
  verdict = yihu_digest_check (self->digest, method, &answer, password);
  if (verdict == YIHU_DIGEST_GOOD)
    *seat = g_steal_pointer (&name);
  return verdict;
}

/* Returns: (transfer full) (nullable) the seat that proved itself; otherwise it was challenged, or
 * refused where it gave wrong credentials. */
static char *
authenticate (YihuEndpoint *self, nua_handle_t *handle, const sip_t *sip)
{
  const char *method = sip->sip_request->rq_method_name;
  YihuDigestVerdict verdict = YIHU_DIGEST_STALE;
  gboolean has_tried = FALSE;
  g_autofree char *challenge = NULL;
  char *seat = NULL;

  for (const sip_authorization_t *auth = sip->sip_authorization; auth != NULL; auth = auth->au_next)
    {
      if (auth->au_scheme == NULL || g_ascii_strcasecmp (auth->au_scheme, "Digest") != 0)
        continue;
      has_tried = TRUE;
      verdict = check_authorization (self, auth, method, &seat);
      if (verdict == YIHU_DIGEST_GOOD)
        return seat;
    }
  if (has_tried && verdict == YIHU_DIGEST_BAD)
    {
      nua_respond (handle, SIP_403_FORBIDDEN, NUTAG_WITH_THIS (self->nua), TAG_END ());
      return NULL;
    }
  challenge = yihu_digest_make_challenge (self->digest, has_tried);
  nua_respond (handle, SIP_401_UNAUTHORIZED, NUTAG_WITH_THIS (self->nua),
               SIPTAG_WWW_AUTHENTICATE_STR (challenge), TAG_END ());
  return NULL;
}

/* Requests */

static guint
read_expires (const sip_t *sip)
{
  guint64 value = DEFAULT_EXPIRES;

  if (sip->sip_contact != NULL && sip->sip_contact->m_expires != NULL)
    value = g_ascii_strtoull (sip->sip_contact->m_expires, NULL, 10);
  else if (sip->sip_expires != NULL)
    value = sip->sip_expires->ex_delta;
  return (guint) MIN (value, 3600);
}

/* Returns: (transfer full) (nullable): an address that can be called. */
static char *
dup_contact (YihuEndpoint *self, const sip_t *sip, const char *seat)
{
  su_home_t home[1] = { SU_HOME_INIT (home) };
  const sip_contact_t *contact = sip->sip_contact;
  char *text = NULL;

  if (contact == NULL)
    return NULL;
  if (contact->m_url->url_type == url_any)
    return g_strdup (yihu_registrar_find (self->registrar, seat));
  if (contact->m_url->url_type != url_sip)
    return NULL;
  su_home_init (home);
  text = g_strdup (url_as_string (home, contact->m_url));
  su_home_deinit (home);
  if (text != NULL
      && (strlen (text) > YIHU_REGISTRAR_MAX_CONTACT || strpbrk (text, "<>\"\r\n ") != NULL))
    g_clear_pointer (&text, g_free);
  return text;
}

static void
respond_registered (YihuEndpoint *self,
                    nua_handle_t *handle,
                    const char *contact,
                    guint granted_s,
                    gboolean is_new)
{
  g_autofree char *value = g_strdup_printf ("<%s>;expires=%u", contact, granted_s);

  nua_respond (handle, SIP_200_OK, NUTAG_WITH_THIS (self->nua),
               TAG_IF (granted_s > 0, SIPTAG_CONTACT_STR (value)),
               TAG_IF (is_new, SIPTAG_HEADER_STR ("X-Yihu-Seat: new")), TAG_END ());
}

static void
on_register (YihuEndpoint *self, nua_handle_t *handle, const sip_t *sip)
{
  g_autofree char *seat = authenticate (self, handle, sip);
  g_autofree char *contact = NULL;
  gboolean is_new = FALSE;
  guint granted_s;

  if (seat == NULL)
    return;
  contact = dup_contact (self, sip, seat);
  if (contact == NULL)
    {
      nua_respond (handle, SIP_400_BAD_REQUEST, NUTAG_WITH_THIS (self->nua), TAG_END ());
      return;
    }
  granted_s = yihu_registrar_bind (self->registrar, seat, contact, read_expires (sip));
  if (granted_s > 0)
    is_new = self->funcs.seat_bound (self->data, seat, contact);
  respond_registered (self, handle, contact, granted_s, is_new);
}

static void
on_message (YihuEndpoint *self, nua_handle_t *handle, const sip_t *sip)
{
  g_autofree char *seat = authenticate (self, handle, sip);
  g_autoptr (GError) error = NULL;
  gboolean wants_ready;

  if (seat == NULL)
    return;
  if (sip->sip_content_type == NULL || sip->sip_content_type->c_type == NULL
      || g_ascii_strcasecmp (sip->sip_content_type->c_type, YIHU_SEAT_MESSAGE_TYPE) != 0)
    {
      nua_respond (handle, SIP_415_UNSUPPORTED_MEDIA, NUTAG_WITH_THIS (self->nua), TAG_END ());
      return;
    }
  if (sip->sip_payload == NULL
      || !yihu_seat_message_parse (sip->sip_payload->pl_data, sip->sip_payload->pl_len,
                                   &wants_ready, &error))
    {
      nua_respond (handle, SIP_400_BAD_REQUEST, NUTAG_WITH_THIS (self->nua), TAG_END ());
      return;
    }
  nua_respond (handle, SIP_200_OK, NUTAG_WITH_THIS (self->nua), TAG_END ());
  self->funcs.seat_wish (self->data, seat, wants_ready);
}

static void
on_invite (YihuEndpoint *self, nua_handle_t *handle, const sip_t *sip)
{
  g_autoptr (YihuSipDialog) dialog = NULL;

  if (self->is_closing)
    {
      nua_respond (handle, SIP_503_SERVICE_UNAVAILABLE, TAG_END ());
      nua_handle_destroy (handle);
      return;
    }
  dialog = yihu_sip_dialog_new_incoming (handle, sip);
  if (dialog != NULL)
    self->funcs.invite (self->data, YIHU_DIALOG (dialog));
}

static void
read_port (YihuEndpoint *self, tagi_t tags[])
{
  const sip_contact_t *contact = NULL;

  tl_gets (tags, NTATAG_CONTACT_REF (contact), TAG_END ());
  if (contact != NULL)
    self->port = contact->m_url->url_port != NULL
                     ? (guint) g_ascii_strtoull (contact->m_url->url_port, NULL, 10)
                     : 5060;
  self->has_params = TRUE;
}

static void
on_nua_event (nua_event_t event,
              int status,
              char const *phrase,
              nua_t *nua,
              YihuEndpoint *self,
              nua_handle_t *handle,
              YihuSipDialog *dialog,
              sip_t const *sip,
              tagi_t tags[])
{
  if (event == nua_r_get_params)
    read_port (self, tags);
  else if (event == nua_r_shutdown)
    self->is_down = status >= 200;
  else if (dialog != NULL)
    yihu_sip_dialog_handle (dialog, event, status, sip);
  else if (event == nua_i_invite && sip != NULL)
    on_invite (self, handle, sip);
  else if (event == nua_i_register && sip != NULL)
    {
      on_register (self, handle, sip);
      nua_handle_destroy (handle);
    }
  else if (event == nua_i_message && sip != NULL)
    {
      on_message (self, handle, sip);
      nua_handle_destroy (handle);
    }
}

static void
on_binding_changed (gpointer data, const char *seat, const char *contact)
{
  YihuEndpoint *self = data;

  if (contact == NULL)
    self->funcs.seat_gone (self->data, seat);
}

static gboolean
start (YihuEndpoint *self, GError **error)
{
  g_autofree char *port = self->port != 0 ? g_strdup_printf ("%u", self->port) : g_strdup ("*");
  g_autofree char *url = g_strdup_printf ("sip:%s:%s;transport=udp", self->host, port);

  self->port = 0;
  self->nua =
      nua_create (yihu_sip_loop_get_root (self->loop), on_nua_event, self, NUTAG_URL (url),
                  NUTAG_MEDIA_ENABLE (0), NUTAG_AUTOALERT (0), NUTAG_AUTOANSWER (0),
                  NUTAG_SESSION_TIMER (0), NUTAG_ALLOW ("REGISTER"), NUTAG_ALLOW ("MESSAGE"),
                  NUTAG_APPL_METHOD ("REGISTER"), NUTAG_APPL_METHOD ("MESSAGE"),
                  SIPTAG_USER_AGENT_STR ("yihu-voice/1"), TAG_END ());
  if (self->nua != NULL)
    {
      nua_get_params (self->nua, TAG_ANY (), TAG_END ());
      yihu_sip_loop_wait (self->loop, &self->has_params, START_MS);
    }
  if (self->port != 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "SIP port %s:%s cannot be bound", self->host,
               port);
  return FALSE;
}

YihuEndpoint *
yihu_endpoint_new (const char *host,
                   guint port,
                   YihuClock *clock,
                   const YihuEndpointFuncs *funcs,
                   gpointer data,
                   GError **error)
{
  g_autoptr (YihuEndpoint) self = g_new0 (YihuEndpoint, 1);

  self->host = g_strdup (host);
  self->port = port;
  self->clock = g_object_ref (clock);
  self->funcs = *funcs;
  self->data = data;
  self->loop = yihu_sip_loop_new ();
  self->digest = yihu_digest_new (clock, REALM);
  self->registrar = yihu_registrar_new (clock, on_binding_changed, self);
  if (!start (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
yihu_endpoint_free (YihuEndpoint *self)
{
  if (self == NULL)
    return;
  self->is_closing = TRUE;
  if (self->nua != NULL)
    {
      nua_shutdown (self->nua);
      yihu_sip_loop_wait (self->loop, &self->is_down, SHUTDOWN_MS);
      nua_destroy (self->nua);
    }
  yihu_registrar_free (self->registrar);
  yihu_digest_free (self->digest);
  yihu_sip_loop_free (self->loop);
  g_clear_pointer (&self->secret, g_bytes_unref);
  g_object_unref (self->clock);
  g_free (self->host);
  g_free (self);
}

const char *
yihu_endpoint_get_host (YihuEndpoint *self)
{
  return self->host;
}

guint
yihu_endpoint_get_port (YihuEndpoint *self)
{
  return self->port;
}

void
yihu_endpoint_set_secret (YihuEndpoint *self, GBytes *secret)
{
  g_bytes_ref (secret);
  g_clear_pointer (&self->secret, g_bytes_unref);
  self->secret = secret;
}

/* The number as user part of an address: what has a meaning of its own in there is left out. */
static char *
print_caller (YihuEndpoint *self, const char *caller)
{
  g_autoptr (GString) user = g_string_new (NULL);

  for (const char *p = caller; *p != '\0' && user->len < YIHU_SIP_MAX_VALUE; p++)
    if (g_ascii_isalnum (*p) || strchr ("+-.*#", *p) != NULL)
      g_string_append_c (user, *p);
  if (user->len == 0)
    return g_strdup ("\"Anonymous\" <sip:anonymous@anonymous.invalid>");
  return g_strdup_printf ("<sip:%s@%s:%u>", user->str, self->host, self->port);
}

YihuDialog *
yihu_endpoint_invite_seat (YihuEndpoint *self,
                           const char *contact,
                           const char *caller,
                           const char *call_id,
                           gboolean is_emergency,
                           const char *description)
{
  g_autofree char *from = print_caller (self, caller);
  YihuInvite invite = { .uri = contact,
                        .from = from,
                        .call_id = call_id,
                        .is_emergency = is_emergency,
                        .description = description };
  YihuSipDialog *dialog = yihu_sip_dialog_new_outgoing (self->nua, &invite);

  return dialog != NULL ? YIHU_DIALOG (dialog) : NULL;
}
