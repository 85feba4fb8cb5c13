/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-ctl as a person runs it, against a real server: what it prints and how it ends. */

#include "ctl-run.h"

#include "base/totp.h"
#include "domain/kinds.h"

#include <string.h>

static char *
write_file (Fixture *self, const char *name, const char *text)
{
  char *path = g_build_filename (self->directory, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

static gint64
count_elders (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) reader = yihu_store_open_reader (self->server->store, &error);
  gint64 n = -1;

  g_assert_no_error (error);
  yihu_store_count_records (reader, &yihu_elder_type,
                            (YihuDivisionRange){ 0, G_GINT64_CONSTANT (1000000000000) }, &n,
                            &error);
  g_assert_no_error (error);
  return n;
}

static void
test_import (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *words = NULL;
  g_auto (Run) refused = { 0 };
  g_auto (Run) good = { 0 };
  g_auto (Run) missing = { 0 };

  fixture_fill (self);
  path = write_file (self, "kin.csv",
                     "id,elder,name\nk5,e1,张三\nk6,e99,张三\n\"k7\",e2,\"张\n三\"\nk8,e98,x\n");
  words = g_strconcat ("import kin ", path, NULL);
  refused = run (self, FIXTURE_PASSWORD, words);
  g_assert_cmpint (refused.exit, ==, 2);
  g_assert_nonnull (strstr (refused.out, "2 accepted, 2 refused"));
  g_assert_nonnull (strstr (refused.err, "line 3: field 'elder'"));
  g_assert_nonnull (strstr (refused.err, "line 6: field 'elder'"));
  g_assert_null (strstr (refused.err, "张"));

  g_free (write_file (self, "kin.csv", "id,elder,name\nk5,e1,李四\n"));
  good = run (self, FIXTURE_PASSWORD, words);
  g_assert_cmpint (good.exit, ==, 0);
  missing = run (self, FIXTURE_PASSWORD, "import kin /nowhere/kin.csv");
  g_assert_cmpint (missing.exit, ==, 1);
}

/* A file of several pieces with one bad row in the middle, and at its end an id of its beginning.
 */
static char *
write_long_file (Fixture *self, guint n_rows)
{
  g_autoptr (GString) csv = g_string_new ("id,division,name,birth,remarks,conditions\n");
  g_autofree char *remarks = g_strnfill (1000, 'x');
  g_autofree char *conditions = g_strnfill (500, 'y');

  for (guint i = 0; i < n_rows; i++)
    g_string_append_printf (csv, "g%u,210802001001,x,%s,%s,%s\n", i == n_rows - 1 ? 5 : i,
                            i == n_rows / 2 ? "19400230" : "19400101", remarks, conditions);
  return write_file (self, "elder.csv", csv->str);
}

static void
test_long_import (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *words = NULL;
  g_autofree char *all = NULL;
  g_auto (Run) nothing = { 0 };
  g_auto (Run) rest = { 0 };
  g_auto (Run) good = { 0 };

  fixture_fill (self);
  path = write_long_file (self, 6000); /* 9 MB; a piece is 4 MB */
  words = g_strconcat ("import elder ", path, NULL);
  all = g_strconcat ("--all ", words, NULL);
  nothing = run (self, FIXTURE_PASSWORD, all);
  g_assert_cmpint (nothing.exit, ==, 2);
  g_assert_nonnull (strstr (nothing.out, "0 accepted, 2 refused"));
  g_assert_nonnull (strstr (nothing.err, "line 3002: field 'birth'"));
  g_assert_nonnull (strstr (nothing.err, "line 6001: field 'id': stands in line 7 already"));
  g_assert_nonnull (strstr (nothing.err, "nothing of the file was imported"));
  g_assert_cmpint (count_elders (self), ==, 3);

  rest = run (self, FIXTURE_PASSWORD, words);
  g_assert_cmpint (rest.exit, ==, 2);
  g_assert_nonnull (strstr (rest.out, "5998 accepted, 2 refused"));
  g_assert_nonnull (strstr (rest.err, "line 3002: field 'birth'"));
  g_assert_nonnull (strstr (rest.err, "line 6001: field 'id': stands in line 7 already"));
  g_assert_cmpint (count_elders (self), ==, 3 + 5998);

  g_free (write_file (self, "elder.csv", "id,division,name,birth\nh1,210802001001,x,19400101\n"));
  good = run (self, FIXTURE_PASSWORD, all);
  g_assert_cmpint (good.exit, ==, 0);
  g_assert_nonnull (strstr (good.out, "1 accepted, 0 refused"));
}

/* What who imports reads of a file that cannot be right; nothing of a broken file is taken in. */
static void
test_bad_csv (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *csv;
    int exit;
    const char *out; /* (nullable) */
    const char *words; /* on standard error */
  } cases[] = {
    { "id,name\nx,\xcd\xf5\xd0\xe3\xd3\xa2\n", 1, NULL,
      "not UTF-8 at byte 10; the text reads as GB 18030" },
    { "name,birth\nx,19400101\n", 1, NULL, "column 'id' is missing" },
    { "id,division,name,birth\ng1,210802001001,x,19400230\n", 2, "0 accepted, 1 refused",
      "line 2: field 'birth': is no day of the calendar" },
    { "id,division,name,birth\ng1,210802001001,x,18850101\n", 2, "0 accepted, 1 refused",
      "line 2: field 'birth': gives an age above 130" },
    { "id,division,name\ng1,210802001001,x\ng1,210802001001,y\n", 2, "1 accepted, 1 refused",
      "line 3: field 'id'" },
  };
  g_autofree char *path = g_build_filename (self->directory, "elder.csv", NULL);
  g_autofree char *words = g_strconcat ("import elder ", path, NULL);

  fixture_fill (self);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Run) result = { 0 };

      g_free (write_file (self, "elder.csv", cases[i].csv));
      result = run (self, FIXTURE_PASSWORD, words);
      g_test_message ("%s%s", result.out, result.err);
      g_assert_cmpint (result.exit, ==, cases[i].exit);
      g_assert_nonnull (strstr (result.err, cases[i].words));
      if (cases[i].out != NULL)
        g_assert_nonnull (strstr (result.out, cases[i].out));
    }
}

static void
test_account_and_audit (Fixture *self, gconstpointer data)
{
  g_auto (Run) added = { 0 };
  g_auto (Run) audit = { 0 };
  g_auto (Run) wrong = { 0 };
  g_autofree char *token = NULL;

  fixture_fill (self);
  added = run (self, FIXTURE_PASSWORD,
               "account add op77 --name Anna --role operator --division 2108 --seat 77");
  g_assert_cmpint (added.exit, ==, 0);
  token = fixture_login (self, "op77");
  g_assert_nonnull (token);
  audit = run (self, FIXTURE_PASSWORD, "audit list");
  g_assert_cmpint (audit.exit, ==, 0);
  g_assert_nonnull (strstr (audit.out, "account.put"));
  wrong = run (self, "not the password", "audit list");
  g_assert_cmpint (wrong.exit, ==, 1);
  g_assert_nonnull (strstr (wrong.err, "password"));
}

static void
test_directory (Fixture *self, gconstpointer data)
{
  g_autofree char *words = g_strconcat ("--quiet import-dir ", self->directory, NULL);
  g_auto (Run) result = { 0 };

  g_free (write_file (self, "division.csv",
                      "id,name,level\n210800000000,City,2\n210802001001,Here,5\n"));
  g_free (
      write_file (self, "elder.csv", "id,division,name,birth\ne1,210802001001,王秀英,19400101\n"));
  g_free (write_file (self, "kin.csv", "id,elder,name\nk1,e1,王刚\n"));
  g_free (write_file (self, "accounts.csv",
                      "id,division,login,name,role,password\n"
                      "a1,210800000000,op01,Op,operator," FIXTURE_PASSWORD "\n"));
  result = run (self, FIXTURE_PASSWORD, words);
  g_assert_cmpint (result.exit, ==, 0);
  g_assert_nonnull (strstr (result.out, "5 accepted, 0 refused"));
  g_free (fixture_login (self, "op01"));
}

static void
expect (Fixture *self, const char *words, int exit_code, const char *in_output)
{
  g_auto (Run) result = run (self, FIXTURE_PASSWORD, words);

  g_test_message ("%s: %d %s %s", words, result.exit, result.out, result.err);
  g_assert_cmpint (result.exit, ==, exit_code);
  g_assert_nonnull (strstr (exit_code == 0 ? result.out : result.err, in_output));
}

/* Everything about an account from the command line, and no log-in left behind by it. */
static void
test_accounts (Fixture *self, gconstpointer data)
{
  g_autofree char *admin = NULL;
  g_autofree char *token = NULL;
  g_autoptr (Answer) dead = NULL;
  g_autoptr (Answer) left = NULL;

  fixture_fill (self);
  admin = fixture_login (self, "admin");
  token = fixture_login (self, "county");
  expect (self, "account list", 0, "county\tcounty\toperator\t210802000000\tenabled\t1 sessions");
  expect (self, "session list", 0, "county\ttest");
  expect (self, "account role county reviewer", 0, "changed");
  dead = fixture_send (self, token, "GET", "/v1/sessions", NULL, -1);
  g_assert_cmpuint (dead->status, ==, 401);
  expect (self, "account disable county", 0, "changed");
  expect (self, "account list", 0, "county\tcounty\treviewer\t210802000000\tdisabled");
  expect (self, "account enable county", 0, "changed");
  expect (self, "account password county", 0, "changed");
  expect (self, "account wipe county", 0, "done");
  expect (self, "account unlock county", 0, "done");
  expect (self, "account role county king", 1, "'king' is no role");
  expect (self, "account revoke nobody", 1, "no account 'nobody'");
  expect (self, "account disable admin", 1, "own account");
  expect (self, "session revoke 0123456789abcdef", 1, "no such session");
  left = fixture_send (self, admin, "GET", "/v1/sessions", NULL, -1);
  g_assert_null (strstr (g_bytes_get_data (left->body, NULL), "yihu-ctl"));
}

static void
set_up_with_factor (Fixture *self, gconstpointer data)
{
  self->asks_second_factor = TRUE;
  fixture_set_up (self, data);
}

/* The secret is told, a code enrols, and one log-in is good for many commands. */
static void
test_factor (Fixture *self, gconstpointer data)
{
  g_auto (Run) asked = run (self, FIXTURE_PASSWORD, "login");
  g_auto (Run) entered = { 0 };
  g_autofree char *secret = NULL;
  g_autofree char *code = NULL;
  g_autoptr (GBytes) seed = NULL;
  const char *line;

  g_assert_cmpint (asked.exit, ==, 1);
  line = strstr (asked.err, "\n  ");
  g_assert_nonnull (line);
  secret = g_strndup (line + 3, 32);
  seed = yihu_base32_decode (secret);
  g_assert_nonnull (seed);
  code = yihu_totp_make_code (seed, yihu_clock_get_now_us (self->clock));
  entered = run_with_code (self, FIXTURE_PASSWORD, code, "login");
  g_assert_cmpint (entered.exit, ==, 0);
  g_assert_nonnull (strstr (entered.err, "Recovery codes"));
  expect (self, "account list", 0, "admin");
  expect (self, "session list", 0, "this one");
  expect (self, "logout", 0, "");
  expect (self, "account list", 1, "YIHU_CODE");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/server/ctl/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("import", test_import);
  ADD ("long-import", test_long_import);
  ADD ("bad-csv", test_bad_csv);
  ADD ("account-and-audit", test_account_and_audit);
  ADD ("directory", test_directory);
  ADD ("accounts", test_accounts);
  g_test_add ("/server/ctl/factor", Fixture, NULL, set_up_with_factor, test_factor,
              fixture_tear_down);
  return g_test_run ();
}
