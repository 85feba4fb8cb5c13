/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes certificates with GnuTLS. The file names are fixed, so that unit files and documentation
 * can name them; a key never leaves the directory, and nothing here overwrites an authority. */

#include "ctl/tls.h"

#include "base/error.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define AUTHORITY_DAYS 3650
#define EARLY_S 3600 /* clocks of consoles go wrong */
#define SERIAL_BYTES 16
#define MAX_HOSTS 64
#define MAX_NAME 64 /* X.509's bound of a common name */
#define PEM_BYTES (256 * 1024)

typedef struct
{
  gnutls_x509_crt_t certificate; /* (owned) */
  gnutls_x509_privkey_t key; /* (owned) */
} Pair;

static void
pair_clear (Pair *pair)
{
  if (pair->certificate != NULL)
    gnutls_x509_crt_deinit (pair->certificate);
  if (pair->key != NULL)
    gnutls_x509_privkey_deinit (pair->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

/* TRUE where @code is good. */
static gboolean
check (int code, const char *attempt, GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "%s: %s", attempt, gnutls_strerror (code));
  return FALSE;
}

static gboolean
init_pair (Pair *pair, GError **error)
{
  return check (gnutls_x509_crt_init (&pair->certificate), "make a certificate", error)
         && check (gnutls_x509_privkey_init (&pair->key), "make a key", error);
}

/* Names. */

static gboolean
is_good_name (const char *name)
{
  return *name != '\0' && *name != '.' && *name != '-' && strlen (name) <= MAX_NAME
         && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
                == strlen (name);
}

static gboolean
add_host (gnutls_x509_crt_t certificate, const char *host, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  g_autofree char *ascii = address == NULL ? g_hostname_to_ascii (host) : NULL;

  if (address != NULL)
    return check (gnutls_x509_crt_set_subject_alt_name (
                      certificate, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (address),
                      (guint) g_inet_address_get_native_size (address), GNUTLS_FSAN_APPEND),
                  "write an address into a certificate", error);
  if (ascii == NULL || strlen (ascii) > 253 || !is_good_name (*ascii == '*' ? "x" : ascii)
      || strchr (ascii, '/') != NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "'%s' is not a host's name or address: without https:// and port", host);
      return FALSE;
    }
  return check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, ascii,
                                                      (guint) strlen (ascii), GNUTLS_FSAN_APPEND),
                "write a name into a certificate", error);
}

static gboolean
add_hosts (gnutls_x509_crt_t certificate, const char *const *hosts, GError **error)
{
  if (hosts == NULL || hosts[0] == NULL || g_strv_length ((char **) hosts) > MAX_HOSTS)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "say under which names or addresses the consoles reach the server: --host NAME, "
                   "1 to %d times",
                   MAX_HOSTS);
      return FALSE;
    }
  for (guint i = 0; hosts[i] != NULL; i++)
    if (!add_host (certificate, hosts[i], error))
      return FALSE;
  return TRUE;
}

/* (transfer full): names and addresses that stand in @certificate */
static GStrv
list_hosts (gnutls_x509_crt_t certificate)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  char value[256];
  guint type = 0;

  for (guint i = 0; i < MAX_HOSTS; i++)
    {
      size_t size = sizeof value - 1;
      int code = gnutls_x509_crt_get_subject_alt_name2 (certificate, i, value, &size, &type, NULL);

      if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        break;
      if (code >= 0 && type == GNUTLS_SAN_DNSNAME)
        {
          value[size] = '\0';
          g_strv_builder_add (builder, value);
        }
      else if (code >= 0 && type == GNUTLS_SAN_IPADDRESS && (size == 4 || size == 16))
        {
          g_autoptr (GInetAddress) address =
              g_inet_address_new_from_bytes ((const guint8 *) value, size == 4
                                                                         ? G_SOCKET_FAMILY_IPV4
                                                                         : G_SOCKET_FAMILY_IPV6);
          g_autofree char *text = g_inet_address_to_string (address);

          g_strv_builder_add (builder, text);
        }
    }
  return g_strv_builder_end (builder);
}

/* Files. */

static gboolean
export_certificate (gnutls_x509_crt_t certificate, GString *text, GError **error)
{
  gnutls_datum_t pem = { NULL, 0 };

  if (!check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem), "write PEM", error))
    return FALSE;
  g_string_append_len (text, (const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return TRUE;
}

static gboolean
export_key (gnutls_x509_privkey_t key, GString *text, GError **error)
{
  gnutls_datum_t pem = { NULL, 0 };

  if (!check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                                 &pem),
              "write PEM", error))
    return FALSE;
  g_string_append_len (text, (const char *) pem.data, pem.size);
  gnutls_memset (pem.data, 0, pem.size);
  gnutls_free (pem.data);
  return TRUE;
}

static gboolean
save (const char *directory, const char *name, GString *text, int mode, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  return g_file_set_contents_full (path, text->str, (gssize) text->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   mode, error);
}

/* @stem: "ca" gives ca.pem and ca.key. */
static gboolean
save_pair (const char *directory, const char *stem, const Pair *pair, GError **error)
{
  g_autofree char *pem_name = g_strconcat (stem, ".pem", NULL);
  g_autofree char *key_name = g_strconcat (stem, ".key", NULL);
  g_autoptr (GString) pem = g_string_new (NULL);
  g_autoptr (GString) key = g_string_new (NULL);
  gboolean done = export_certificate (pair->certificate, pem, error)
                  && export_key (pair->key, key, error)
                  && save (directory, key_name, key, 0600, error)
                  && save (directory, pem_name, pem, 0644, error);

  gnutls_memset (key->str, 0, key->len);
  return done;
}

static gboolean
load_text (const char *directory, const char *name, char **text, gsize *length, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  if (!g_file_get_contents (path, text, length, error))
    return FALSE;
  if (*length <= PEM_BYTES)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "'%s' is too large for a certificate", path);
  return FALSE;
}

static gboolean
load_certificate (const char *directory, const char *name, Pair *pair, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *attempt = g_strconcat ("read ", name, NULL);
  gsize length = 0;
  gnutls_datum_t pem;

  if (!load_text (directory, name, &text, &length, error))
    return FALSE;
  pem = (gnutls_datum_t){ (guchar *) text, (guint) length };
  return check (gnutls_x509_crt_import (pair->certificate, &pem, GNUTLS_X509_FMT_PEM), attempt,
                error);
}

static gboolean
load_authority (const char *directory, Pair *pair, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  gnutls_datum_t pem;
  gboolean done;

  if (!init_pair (pair, error) || !load_certificate (directory, "ca.pem", pair, error)
      || !load_text (directory, "ca.key", &text, &length, error))
    {
      g_prefix_error (error, "there is no authority here (yihu-ctl tls init): ");
      return FALSE;
    }
  pem = (gnutls_datum_t){ (guchar *) text, (guint) length };
  done = check (gnutls_x509_privkey_import (pair->key, &pem, GNUTLS_X509_FMT_PEM), "read ca.key",
                error);
  gnutls_memset (text, 0, length);
  return done;
}

/* Certificates. */

static gboolean
begin (Pair *pair, const char *common_name, int days, GError **error)
{
  guchar serial[SERIAL_BYTES];
  const gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  gnutls_x509_crt_t certificate;

  if (!init_pair (pair, error)
      || !check (gnutls_rnd (GNUTLS_RND_RANDOM, serial, sizeof serial), "draw a number", error))
    return FALSE;
  serial[0] = (serial[0] & 0x3f) | 0x40; /* positive, and of full length */
  certificate = pair->certificate;
  return check (gnutls_x509_privkey_generate (pair->key, GNUTLS_PK_ECDSA,
                                              GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                "make a key", error)
         && check (gnutls_x509_crt_set_version (certificate, 3), "set the version", error)
         && check (gnutls_x509_crt_set_serial (certificate, serial, sizeof serial),
                   "set the number", error)
         && check (gnutls_x509_crt_set_activation_time (certificate, (time_t) (now_s - EARLY_S)),
                   "set the first day", error)
         && check (gnutls_x509_crt_set_expiration_time (certificate,
                                                        (time_t) (now_s + days * 86400LL)),
                   "set the last day", error)
         && check (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                                  common_name, (guint) strlen (common_name)),
                   "set the name", error)
         && check (gnutls_x509_crt_set_key (certificate, pair->key), "set the key", error);
}

static gboolean
set_key_id (Pair *pair, const Pair *authority, GError **error)
{
  guchar id[64];
  size_t size = sizeof id;

  if (!check (gnutls_x509_crt_get_key_id (pair->certificate, GNUTLS_KEYID_USE_SHA1, id, &size),
              "name the key", error)
      || !check (gnutls_x509_crt_set_subject_key_id (pair->certificate, id, size), "name the key",
                 error))
    return FALSE;
  size = sizeof id;
  return check (gnutls_x509_crt_get_key_id (authority->certificate, GNUTLS_KEYID_USE_SHA1, id,
                                            &size),
                "name the authority", error)
         && check (gnutls_x509_crt_set_authority_key_id (pair->certificate, id, size),
                   "name the authority", error);
}

static gboolean
sign (Pair *pair, const Pair *authority, GError **error)
{
  return check (gnutls_x509_crt_sign2 (pair->certificate, authority->certificate, authority->key,
                                       GNUTLS_DIG_SHA256, 0),
                "sign", error);
}

static gboolean
make_authority (Pair *pair, GError **error)
{
  return begin (pair, "Yihu", AUTHORITY_DAYS, error)
         && check (gnutls_x509_crt_set_basic_constraints (pair->certificate, 1, 0),
                   "say 'authority'", error)
         && check (gnutls_x509_crt_set_key_usage (pair->certificate,
                                                  GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN),
                   "set the use", error)
         && set_key_id (pair, pair, error) && sign (pair, pair, error);
}

static gboolean
make_leaf (Pair *pair, const Pair *authority, const char *purpose, GError **error)
{
  return check (gnutls_x509_crt_set_basic_constraints (pair->certificate, 0, -1), "say 'end'",
                error)
         && check (gnutls_x509_crt_set_key_usage (pair->certificate, GNUTLS_KEY_DIGITAL_SIGNATURE),
                   "set the use", error)
         && check (gnutls_x509_crt_set_key_purpose_oid (pair->certificate, purpose, 0),
                   "set the purpose", error)
         && set_key_id (pair, authority, error) && sign (pair, authority, error);
}

static gboolean
make_server (const char *directory,
             const Pair *authority,
             const char *const *hosts,
             int days,
             GError **error)
{
  g_auto (Pair) pair = { 0 };

  return begin (&pair, "Yihu server", days, error) && add_hosts (pair.certificate, hosts, error)
         && make_leaf (&pair, authority, GNUTLS_KP_TLS_WWW_SERVER, error)
         && save_pair (directory, "server", &pair, error);
}

gboolean
yihu_tls_init (const char *directory, const char *const *hosts, int days, GError **error)
{
  g_autofree char *key = g_build_filename (directory, "ca.key", NULL);
  g_autofree char *pem = g_build_filename (directory, "ca.pem", NULL);
  g_auto (Pair) authority = { 0 };
  g_auto (Pair) probe = { 0 };

  if (g_file_test (key, G_FILE_TEST_EXISTS) || g_file_test (pem, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
                   "'%s' holds an authority already; 'tls server' renews the server's certificate",
                   directory);
      return FALSE;
    }
  /* The hosts first: a wrong one must not leave half an authority behind. */
  if (!init_pair (&probe, error) || !add_hosts (probe.certificate, hosts, error))
    return FALSE;
  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "make '%s': %s", directory,
                   g_strerror (errno));
      return FALSE;
    }
  return make_authority (&authority, error) && save_pair (directory, "ca", &authority, error)
         && make_server (directory, &authority, hosts, days, error);
}

gboolean
yihu_tls_make_server (const char *directory, const char *const *hosts, int days, GError **error)
{
  g_auto (Pair) authority = { 0 };
  g_auto (Pair) present = { 0 };
  g_auto (GStrv) names = NULL;

  if (!load_authority (directory, &authority, error))
    return FALSE;
  if (hosts != NULL)
    return make_server (directory, &authority, hosts, days, error);
  if (!init_pair (&present, error) || !load_certificate (directory, "server.pem", &present, error))
    return FALSE;
  names = list_hosts (present.certificate);
  return make_server (directory, &authority, (const char *const *) names, days, error);
}

gboolean
yihu_tls_make_client (const char *directory, const char *name, int days, GError **error)
{
  g_auto (Pair) authority = { 0 };
  g_auto (Pair) pair = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *file = g_strconcat (name, ".pem", NULL);
  gboolean done;

  if (!is_good_name (name) || strcmp (name, "ca") == 0 || strcmp (name, "server") == 0)
    {
      g_set_error (
          error, YIHU_ERROR, YIHU_ERROR_INVALID,
          "'%s' cannot be a client's name: letters, digits, '.', '_', '-', and not 'ca' or "
          "'server'",
          name);
      return FALSE;
    }
  done = load_authority (directory, &authority, error) && begin (&pair, name, days, error)
         && make_leaf (&pair, &authority, GNUTLS_KP_TLS_WWW_CLIENT, error)
         && export_certificate (pair.certificate, text, error) && export_key (pair.key, text, error)
         && save (directory, file, text, 0600, error);
  gnutls_memset (text->str, 0, text->len);
  return done;
}

gboolean
yihu_tls_show (const char *file, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (file);
  g_autofree char *name = g_path_get_basename (file);
  g_auto (Pair) pair = { 0 };
  g_auto (GStrv) hosts = NULL;
  g_autofree char *joined = NULL;
  g_autoptr (GDateTime) end = NULL;
  g_autofree char *day = NULL;
  char subject[256];
  size_t size = sizeof subject;

  if (!init_pair (&pair, error) || !load_certificate (directory, name, &pair, error)
      || !check (gnutls_x509_crt_get_dn (pair.certificate, subject, &size), "read the name", error))
    return FALSE;
  hosts = list_hosts (pair.certificate);
  joined = g_strjoinv (" ", hosts);
  end = g_date_time_new_from_unix_utc (gnutls_x509_crt_get_expiration_time (pair.certificate));
  day = g_date_time_format (end, "%Y-%m-%d");
  g_print ("subject %s\nhosts %s\nuntil %s\n", subject, joined, day);
  return TRUE;
}
