/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Authorities and this computer's own certificate. A certificate that does not verify is never
 * accepted; why it did not is kept with the message, because the transport only says
 * "unacceptable".
 */

#include "client/trust.h"

#include "base/error.h"

#define FLAGS_KEY "yihu-certificate-flags"

struct _YihuTrust
{
  gatomicrefcount n_refs;
  GTlsDatabase *authorities; /* (owned) (nullable) */
  GTlsCertificate *certificate; /* (owned) (nullable) */
};

static char *
make_absolute (const char *path)
{
  return g_canonicalize_filename (path, NULL);
}

static gboolean
load_files (YihuTrust *self, const char *ca_file, const char *certificate_file, GError **error)
{
  if (ca_file != NULL)
    {
      g_autofree char *path = make_absolute (ca_file);

      /* The database takes an empty file silently, and then trusts nobody. */
      g_autolist (GTlsCertificate) list = g_tls_certificate_list_new_from_file (path, error);

      if (list == NULL)
        {
          if (error != NULL && *error == NULL)
            g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "it holds no certificate");
          g_prefix_error (error, "authority '%s': ", ca_file);
          return FALSE;
        }
      self->authorities = g_tls_file_database_new (path, error);
      if (self->authorities == NULL)
        return FALSE;
    }
  if (certificate_file != NULL)
    {
      self->certificate = g_tls_certificate_new_from_file (certificate_file, error);
      if (self->certificate == NULL)
        {
          g_prefix_error (error, "certificate '%s': ", certificate_file);
          return FALSE;
        }
    }
  return TRUE;
}

YihuTrust *
yihu_trust_new (const char *ca_file, const char *certificate_file, GError **error)
{
  g_autoptr (YihuTrust) self = g_new0 (YihuTrust, 1);

  g_atomic_ref_count_init (&self->n_refs);
  return load_files (self, ca_file, certificate_file, error) ? g_steal_pointer (&self) : NULL;
}

YihuTrust *
yihu_trust_ref (YihuTrust *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

void
yihu_trust_unref (YihuTrust *self)
{
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  g_clear_object (&self->authorities);
  g_clear_object (&self->certificate);
  g_free (self);
}

void
yihu_trust_prepare_session (YihuTrust *self, SoupSession *soup)
{
  if (self != NULL && self->authorities != NULL)
    soup_session_set_tls_database (soup, self->authorities);
}

static gboolean
on_accept_certificate (SoupMessage *message,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags flags,
                       gpointer data)
{
  g_object_set_data (G_OBJECT (message), FLAGS_KEY, GUINT_TO_POINTER ((guint) flags));
  return FALSE;
}

void
yihu_trust_prepare_message (YihuTrust *self, SoupMessage *message)
{
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
  if (self != NULL && self->certificate != NULL)
    soup_message_set_tls_client_certificate (message, self->certificate);
}

static char *
format_day (GDateTime *time)
{
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d") : g_strdup ("?");
}

static void
explain_expired (SoupMessage *message, gboolean is_too_early, GError **error)
{
  GTlsCertificate *certificate = soup_message_get_tls_peer_certificate (message);
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *day = NULL;

  if (certificate != NULL)
    time = is_too_early ? g_tls_certificate_get_not_valid_before (certificate)
                        : g_tls_certificate_get_not_valid_after (certificate);
  day = format_day (time);
  if (is_too_early)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_CERT_EXPIRED,
                 "the server's certificate is valid only from %s: is this computer's clock right?",
                 day);
  else
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_CERT_EXPIRED,
                 "the server's certificate ended on %s: renew it (yihu-ctl tls server)", day);
}

gboolean
yihu_trust_explain (SoupMessage *message, const GError *problem, GError **error)
{
  guint flags = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (message), FLAGS_KEY));

  if (g_error_matches (problem, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED))
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_CERT_NEEDED,
                 "the server admits only clients with a certificate of its authority: %s",
                 problem->message);
  else if ((flags
            & (G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_REVOKED | G_TLS_CERTIFICATE_INSECURE
               | G_TLS_CERTIFICATE_GENERIC_ERROR))
           != 0)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_CERT_UNKNOWN,
                 "no authority that is trusted here has signed the server's certificate: give its "
                 "ca.pem with --ca");
  else if ((flags & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_CERT_NAME,
                 "the server's certificate is for other names than '%s'",
                 g_uri_get_host (soup_message_get_uri (message)));
  else if ((flags & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED)) != 0)
    explain_expired (message, (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0, error);
  else
    return FALSE;
  return TRUE;
}
