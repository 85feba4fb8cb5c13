/* SPDX-License-Identifier: GPL-3.0-or-later */

/* TLS at the door. A client's certificate is taken only where it verified without a single error
 * against the client authority: libsoup asks our handler in every case, and without that authority
 * the handler would be the only check, so it is connected only with one. */

#include "server/http/tls.h"

#include "base/error.h"

#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

struct _YihuDoorTls
{
  SoupServer *soup; /* the owner's */
  char *certificate_file;
  char *key_file;
  gint64 expires_at_us;
};

void
yihu_door_tls_init (void)
{
  g_setenv ("G_TLS_GNUTLS_PRIORITY", PRIORITY, TRUE);
}

static gboolean
on_accept_certificate (SoupServerMessage *message,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer data)
{
  return errors == 0;
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
}

static gboolean
require_clients (SoupServer *soup, const char *client_ca_file, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (client_ca_file, NULL);
  g_autolist (GTlsCertificate) list = g_tls_certificate_list_new_from_file (path, error);
  g_autoptr (GTlsDatabase) authorities = NULL;

  if (list == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "it holds no certificate");
      g_prefix_error (error, "authority of the clients '%s': ", client_ca_file);
      return FALSE;
    }
  authorities = g_tls_file_database_new (path, error);
  if (authorities == NULL)
    return FALSE;
  soup_server_set_tls_database (soup, authorities);
  soup_server_set_tls_auth_mode (soup, G_TLS_AUTHENTICATION_REQUIRED);
  g_signal_connect (soup, "request-started", G_CALLBACK (on_request_started), NULL);
  return TRUE;
}

gboolean
yihu_door_tls_reload (YihuDoorTls *self, GError **error)
{
  g_autoptr (GTlsCertificate) certificate =
      g_tls_certificate_new_from_files (self->certificate_file, self->key_file, error);
  g_autoptr (GDateTime) end = NULL;

  if (certificate == NULL)
    {
      g_prefix_error (error, "certificate '%s' with key '%s': ", self->certificate_file,
                      self->key_file);
      return FALSE;
    }
  end = g_tls_certificate_get_not_valid_after (certificate);
  self->expires_at_us = end != NULL ? g_date_time_to_unix (end) * G_USEC_PER_SEC : 0;
  soup_server_set_tls_certificate (self->soup, certificate);
  return TRUE;
}

YihuDoorTls *
yihu_door_tls_new (SoupServer *soup,
                   const char *certificate_file,
                   const char *key_file,
                   const char *client_ca_file,
                   GError **error)
{
  YihuDoorTls *self = g_new0 (YihuDoorTls, 1);
  GError *problem = NULL;

  self->soup = soup;
  self->certificate_file = g_strdup (certificate_file);
  self->key_file = g_strdup (key_file);
  if (yihu_door_tls_reload (self, &problem)
      && (client_ca_file == NULL || require_clients (soup, client_ca_file, &problem)))
    return self;
  g_propagate_error (error, problem);
  yihu_door_tls_free (self);
  return NULL;
}

void
yihu_door_tls_free (YihuDoorTls *self)
{
  g_free (self->certificate_file);
  g_free (self->key_file);
  g_free (self);
}

gint64
yihu_door_tls_get_expires_at_us (YihuDoorTls *self)
{
  return self->expires_at_us;
}
