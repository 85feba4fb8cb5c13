/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-ctl as a person runs it, against a real server: what it prints and how it ends. */

#include "ctl-run.h"

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

  g_free (write_file (self, "division.csv", "id,name,level\n210802001001,Here,5\n"));
  g_free (
      write_file (self, "elder.csv", "id,division,name,birth\ne1,210802001001,王秀英,19400101\n"));
  g_free (write_file (self, "kin.csv", "id,elder,name\nk1,e1,王刚\n"));
  g_free (write_file (self, "accounts.csv",
                      "id,division,login,name,role,password\n"
                      "a1,210800000000,op01,Op,operator," FIXTURE_PASSWORD "\n"));
  result = run (self, FIXTURE_PASSWORD, words);
  g_assert_cmpint (result.exit, ==, 0);
  g_assert_nonnull (strstr (result.out, "4 accepted, 0 refused"));
  g_free (fixture_login (self, "op01"));
}

#define ADD(name, func)                                                                            \
  g_test_add ("/server/ctl/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("import", test_import);
  ADD ("bad-csv", test_bad_csv);
  ADD ("account-and-audit", test_account_and_audit);
  ADD ("directory", test_directory);
  return g_test_run ();
}
