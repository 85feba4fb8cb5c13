/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The vectors of the RFCs, and what a server must refuse: a code used before, one too old, one that
 * is not six digits. */

#include "base/totp.h"

static GBytes *
rfc_seed (void)
{
  return g_bytes_new_static ("12345678901234567890", 20);
}

/* RFC 4226, appendix D. */
static void
test_hotp (void)
{
  static const guint32 expected[] = { 755224, 287082, 359152, 969429, 338314,
                                      254676, 287922, 162583, 399871, 520489 };
  g_autoptr (GBytes) seed = rfc_seed ();

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (yihu_hotp_compute (seed, i, 6), ==, expected[i]);
}

/* RFC 6238, appendix B, SHA-1; eight digits there, of which an authenticator shows the last six. */
static void
test_totp (void)
{
  static const struct
  {
    gint64 at_s;
    guint32 code;
  } cases[] = { { 59, 94287082 },         { 1111111109, 7081804 },  { 1111111111, 14050471 },
                { 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000LL, 65353130 } };
  g_autoptr (GBytes) seed = rfc_seed ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *code = yihu_totp_make_code (seed, cases[i].at_s * G_USEC_PER_SEC);
      g_autofree char *expected = g_strdup_printf ("%06u", cases[i].code % 1000000);

      g_assert_cmpuint (yihu_hotp_compute (seed, cases[i].at_s / 30, 8), ==, cases[i].code);
      g_assert_cmpstr (code, ==, expected);
    }
}

static void
test_once (void)
{
  g_autoptr (GBytes) seed = rfc_seed ();
  gint64 now_us = G_GINT64_CONSTANT (1800000015) * G_USEC_PER_SEC;
  gint64 step_us = YIHU_TOTP_STEP_S * G_USEC_PER_SEC;
  g_autofree char *code = yihu_totp_make_code (seed, now_us);
  g_autofree char *before = yihu_totp_make_code (seed, now_us - step_us);
  g_autofree char *after = yihu_totp_make_code (seed, now_us + step_us);
  g_autofree char *old = yihu_totp_make_code (seed, now_us - 2 * step_us);
  g_autofree char *early = yihu_totp_make_code (seed, now_us + 2 * step_us);
  gint64 last = 0;

  g_assert_false (yihu_totp_verify (seed, old, now_us, &last));
  g_assert_false (yihu_totp_verify (seed, early, now_us, &last));
  g_assert_cmpint (last, ==, 0);
  g_assert_true (yihu_totp_verify (seed, before, now_us, &last));
  g_assert_false (yihu_totp_verify (seed, before, now_us, &last));
  g_assert_true (yihu_totp_verify (seed, code, now_us, &last));
  g_assert_false (yihu_totp_verify (seed, code, now_us, &last));
  g_assert_true (yihu_totp_verify (seed, after, now_us, &last));
  g_assert_false (yihu_totp_verify (seed, code, now_us, &last)); /* older than the last one used */
}

static void
test_malformed (void)
{
  static const char *const codes[] = { "",       "1",      "12345",        "1234567", "12345x",
                                       "-12345", "+12345", "１２３４５６", "123456\n" };
  g_autoptr (GBytes) seed = rfc_seed ();
  gint64 last = 0;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_false (yihu_totp_verify (seed, codes[i], G_USEC_PER_SEC, &last));
}

/* RFC 4648, section 10. */
static void
test_base32 (void)
{
  static const char *const cases[][2] = { { "f", "MY" },           { "fo", "MZXQ" },
                                          { "foo", "MZXW6" },      { "foob", "MZXW6YQ" },
                                          { "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" } };
  g_autoptr (GBytes) spaced = yihu_base32_decode ("mzxw 6ytb-oi======");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) plain = g_bytes_new (cases[i][0], strlen (cases[i][0]));
      g_autofree char *text = yihu_base32_encode (plain);
      g_autoptr (GBytes) back = yihu_base32_decode (text);

      g_assert_cmpstr (text, ==, cases[i][1]);
      g_assert_true (g_bytes_equal (plain, back));
    }
  g_assert_cmpmem (g_bytes_get_data (spaced, NULL), g_bytes_get_size (spaced), "foobar", 6);
  g_assert_null (yihu_base32_decode (""));
  g_assert_null (yihu_base32_decode ("MZXW1"));
  g_assert_null (yihu_base32_decode ("老人"));
}

static void
test_uri (void)
{
  g_autoptr (GBytes) seed = rfc_seed ();
  g_autofree char *uri = yihu_totp_make_uri ("颐呼 12349", "sup 01", seed);

  g_assert_cmpstr (uri, ==,
                   "otpauth://totp/%E9%A2%90%E5%91%BC%2012349:sup%2001?secret="
                   "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E9%A2%90%E5%91%BC%2012349&algorithm="
                   "SHA1&digits=6&period=30");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/totp/hotp", test_hotp);
  g_test_add_func ("/base/totp/totp", test_totp);
  g_test_add_func ("/base/totp/once", test_once);
  g_test_add_func ("/base/totp/malformed", test_malformed);
  g_test_add_func ("/base/totp/base32", test_base32);
  g_test_add_func ("/base/totp/uri", test_uri);
  return g_test_run ();
}
