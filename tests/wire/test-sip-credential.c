/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SIP users: their end, their form, and passwords that nobody makes without the secret. */

#include "base/error.h"
#include "wire/sip-credential.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define EXPIRY (1751335200 * SECOND)

static GBytes *
secret_new (guint8 byte)
{
  guint8 bytes[32];

  memset (bytes, byte, sizeof bytes);
  return g_bytes_new (bytes, sizeof bytes);
}

static void
test_user (void)
{
  g_autofree char *user = yihu_sip_credential_make_user ("03", EXPIRY);
  g_autofree char *seat = NULL;
  g_autofree char *late = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (user, ==, "03.1751335200");
  g_assert_true (yihu_sip_credential_parse_user (user, EXPIRY - 1, &seat, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (seat, ==, "03");
  g_assert_false (yihu_sip_credential_parse_user (user, EXPIRY, &late, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED);
  g_assert_null (late);
}

static void
test_malformed_users (void)
{
  static const char *const users[] = { NULL,
                                       "",
                                       "03",
                                       ".1751335200",
                                       "03.",
                                       "03.-1",
                                       "03. 1751335200",
                                       "03.x",
                                       "0 3.9",
                                       "03@x.999",
                                       "03/.9",
                                       "03.1e9",
                                       "03.9999999999999",
                                       "0.3.1751335200",
                                       "12345678901234567.1751335200" };

  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autofree char *seat = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (yihu_sip_credential_parse_user (users[i], 0, &seat, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED);
    }
}

static void
test_password (void)
{
  g_autoptr (GBytes) secret = secret_new (7);
  g_autoptr (GBytes) other_secret = secret_new (8);
  g_autofree char *password = yihu_sip_credential_make_password ("03.1751335200", secret);
  g_autofree char *again = yihu_sip_credential_make_password ("03.1751335200", secret);
  g_autofree char *later = yihu_sip_credential_make_password ("03.1751335201", secret);
  g_autofree char *forged = yihu_sip_credential_make_password ("03.1751335200", other_secret);

  /* Computed independently: BLAKE2b, 16 bytes, keyed, URL-safe base64 without padding. */
  g_assert_cmpstr (password, ==, "pgzjo5GytM8ETIlSw6zPbA");
  g_assert_cmpstr (again, ==, password);
  g_assert_cmpstr (later, !=, password);
  g_assert_cmpstr (forged, !=, password);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/sip-credential/user", test_user);
  g_test_add_func ("/wire/sip-credential/malformed", test_malformed_users);
  g_test_add_func ("/wire/sip-credential/password", test_password);
  return g_test_run ();
}
