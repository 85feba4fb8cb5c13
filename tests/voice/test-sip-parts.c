/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Digest with the vector of RFC 2617, nonces in virtual time, bindings of the registrar, bodies of
 * seat messages. */

#include "base/error.h"
#include "voice/sip/digest.h"
#include "voice/sip/registrar.h"
#include "voice/sip/seat-message.h"

#include <string.h>

static void
test_digest_vector (void)
{
  const YihuDigestAnswer answer = { .username = "Mufasa",
                                    .realm = "testrealm@host.com",
                                    .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                                    .uri = "/dir/index.html",
                                    .qop = "auth",
                                    .nc = "00000001",
                                    .cnonce = "0a4f113b" };
  g_autofree char *response = yihu_digest_compute ("GET", &answer, "Circle Of Life");

  g_assert_cmpstr (response, ==, "6629fae49393a05397450978507c4ef1");
}

typedef struct
{
  YihuClock *clock;
  YihuDigest *digest;
  char *nonce;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *challenge = NULL;
  const char *start;

  f->clock = yihu_fake_clock_new (1700000000000000);
  f->digest = yihu_digest_new (f->clock, "yihu");
  challenge = yihu_digest_make_challenge (f->digest, FALSE);
  g_assert_nonnull (strstr (challenge, "realm=\"yihu\""));
  g_assert_null (strstr (challenge, "stale"));
  start = strstr (challenge, "nonce=\"") + 7;
  f->nonce = g_strndup (start, strcspn (start, "\""));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yihu_digest_free (f->digest);
  g_object_unref (f->clock);
  g_free (f->nonce);
}

static YihuDigestVerdict
check (Fixture *f, const char *said_password, const char *right_password, const char *nonce)
{
  YihuDigestAnswer answer = { .username = "03.1",
                              .realm = "yihu",
                              .nonce = nonce,
                              .uri = "sip:127.0.0.1",
                              .qop = "auth",
                              .nc = "00000001",
                              .cnonce = "x" };
  g_autofree char *response = yihu_digest_compute ("REGISTER", &answer, said_password);

  answer.response = response;
  return yihu_digest_check (f->digest, "REGISTER", &answer, right_password);
}

static void
test_digest (Fixture *f, gconstpointer data)
{
  g_autofree char *forged = g_strdup (f->nonce);
  g_autofree char *challenge = NULL;
  YihuDigestAnswer empty = { 0 };

  g_assert_cmpint (check (f, "good", "good", f->nonce), ==, YIHU_DIGEST_GOOD);
  g_assert_cmpint (check (f, "bad", "good", f->nonce), ==, YIHU_DIGEST_BAD);
  g_assert_cmpint (check (f, "good", "good", "0.0"), ==, YIHU_DIGEST_STALE);
  g_assert_cmpint (check (f, "good", "good", ""), ==, YIHU_DIGEST_STALE);
  forged[strlen (forged) - 1] ^= 1;
  g_assert_cmpint (check (f, "good", "good", forged), ==, YIHU_DIGEST_STALE);
  g_assert_cmpint (yihu_digest_check (f->digest, "REGISTER", &empty, "good"), ==, YIHU_DIGEST_BAD);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (f->clock), 299000);
  g_assert_cmpint (check (f, "good", "good", f->nonce), ==, YIHU_DIGEST_GOOD);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (f->clock), 2000);
  g_assert_cmpint (check (f, "good", "good", f->nonce), ==, YIHU_DIGEST_STALE);
  g_assert_cmpint (check (f, "bad", "good", f->nonce), ==, YIHU_DIGEST_BAD);
  challenge = yihu_digest_make_challenge (f->digest, TRUE);
  g_assert_nonnull (strstr (challenge, "stale=true"));
}

static void
test_digest_parts (Fixture *f, gconstpointer data)
{
  YihuDigestAnswer answer = {
    .username = "03.1", .realm = "yihu", .nonce = f->nonce, .uri = "sip:127.0.0.1"
  };
  g_autofree char *response = yihu_digest_compute ("REGISTER", &answer, "good");

  answer.response = response; /* without qop, as old phones answer */
  g_assert_cmpint (yihu_digest_check (f->digest, "REGISTER", &answer, "good"), ==,
                   YIHU_DIGEST_GOOD);
  g_assert_cmpint (yihu_digest_check (f->digest, "MESSAGE", &answer, "good"), ==, YIHU_DIGEST_BAD);
  answer.realm = "other";
  g_assert_cmpint (yihu_digest_check (f->digest, "REGISTER", &answer, "good"), ==, YIHU_DIGEST_BAD);
  answer.realm = "yihu";
  answer.qop = "auth-int";
  g_assert_cmpint (yihu_digest_check (f->digest, "REGISTER", &answer, "good"), ==, YIHU_DIGEST_BAD);
  answer.qop = "auth"; /* and no nc, no cnonce */
  g_assert_cmpint (yihu_digest_check (f->digest, "REGISTER", &answer, "good"), ==, YIHU_DIGEST_BAD);
}

/* Registrar */

static void
on_binding (gpointer data, const char *seat, const char *contact)
{
  g_string_append_printf (data, "%s=%s;", seat, contact != NULL ? contact : "-");
}

static void
test_registrar (void)
{
  g_autoptr (YihuClock) clock = yihu_fake_clock_new (0);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (YihuRegistrar) registrar = yihu_registrar_new (clock, on_binding, log);

  g_assert_cmpuint (yihu_registrar_bind (registrar, "03", "sip:a@1", 3600), ==, 60);
  g_assert_cmpuint (yihu_registrar_bind (registrar, "04", "sip:d@1", 1), ==, 5);
  g_assert_cmpstr (yihu_registrar_find (registrar, "03"), ==, "sip:a@1");
  g_assert_cmpstr (log->str, ==, "03=sip:a@1;04=sip:d@1;");
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (clock), 8999);
  g_assert_nonnull (yihu_registrar_find (registrar, "04")); /* its refresh may be on the way */
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (clock), 1);
  g_assert_null (yihu_registrar_find (registrar, "04"));

  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (clock), 50000);
  yihu_registrar_bind (registrar, "03", "sip:a@1", 60); /* a refresh is no news */
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (clock), 50000);
  g_assert_nonnull (yihu_registrar_find (registrar, "03"));
  yihu_registrar_bind (registrar, "03", "sip:b@1", 60); /* another phone */
  yihu_registrar_bind (registrar, "03", "sip:a@1", 0); /* the old one says good-bye: too late */
  g_assert_cmpstr (yihu_registrar_find (registrar, "03"), ==, "sip:b@1");
  yihu_registrar_bind (registrar, "03", "sip:b@1", 0);
  g_assert_null (yihu_registrar_find (registrar, "03"));
  g_assert_cmpstr (log->str, ==, "03=sip:a@1;04=sip:d@1;04=-;03=sip:b@1;03=-;");
}

/* Seat messages */

typedef struct
{
  const char *body;
  int verdict; /* 1 ready, 0 away, -1 refused */
} MessageCase;

static void
test_seat_messages (void)
{
  static const MessageCase cases[] = {
    { "ready", 1 },  { "away", 0 },        { " ready\r\n", 1 }, { "away\n", 0 }, { "", -1 },
    { "Ready", -1 }, { "ready away", -1 }, { "readyy", -1 },    { "  ", -1 },    { "read", -1 },
  };
  char big[YIHU_SEAT_MESSAGE_MAX_BYTES + 1];
  gboolean wants_ready;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean ok =
          yihu_seat_message_parse (cases[i].body, strlen (cases[i].body), &wants_ready, &error);

      g_assert_cmpint (ok ? wants_ready : -1, ==, cases[i].verdict);
      if (!ok)
        g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
    }
  memset (big, ' ', sizeof big);
  memcpy (big, "ready", 5);
  g_assert_false (yihu_seat_message_parse (big, sizeof big, &wants_ready, NULL));
  g_assert_true (yihu_seat_message_parse (big, sizeof big - 1, &wants_ready, NULL));
  g_assert_false (yihu_seat_message_parse (NULL, 0, &wants_ready, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voice/digest/vector", test_digest_vector);
  g_test_add ("/voice/digest/check", Fixture, NULL, set_up, test_digest, tear_down);
  g_test_add ("/voice/digest/parts", Fixture, NULL, set_up, test_digest_parts, tear_down);
  g_test_add_func ("/voice/registrar/bindings", test_registrar);
  g_test_add_func ("/voice/seat-message/table", test_seat_messages);
  return g_test_run ();
}
