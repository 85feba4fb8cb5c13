/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files in and out: imports with every kind of bad row, the base map. */

#include "fixture.h"

#include "base/error.h"
#include "domain/kinds.h"
#include "wire/protocol.h"

#include <string.h>

typedef struct
{
  Fixture fixture;
  char *admin;
  char *desk;
} World;

static void
set_up (World *self, gconstpointer data)
{
  fixture_set_up (&self->fixture, data);
  fixture_fill (&self->fixture);
  self->admin = fixture_login (&self->fixture, "admin");
  self->desk = fixture_login (&self->fixture, "operator");
}

static void
tear_down (World *self, gconstpointer data)
{
  g_free (self->admin);
  g_free (self->desk);
  fixture_tear_down (&self->fixture, data);
}

static gint64
count (World *self, const YihuRecordType *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) reader = yihu_store_open_reader (self->fixture.server->store, &error);
  gint64 n = -1;

  g_assert_no_error (error);
  g_assert_true (yihu_store_count_records (
      reader, type, (YihuDivisionRange){ 0, G_GINT64_CONSTANT (1000000000000) }, &n, &error));
  return n;
}

static gint64
count_audit (World *self)
{
  g_autoptr (Answer) answer =
      fixture_send (&self->fixture, self->admin, "GET", "/v1/audit?limit=1000", NULL, 0);

  g_assert_cmpuint (answer->status, ==, 200);
  return (gint64) json_array_size (json_object_get (answer->json, "audit"));
}

static Answer *
import (World *self, const char *path, const char *csv)
{
  g_autofree char *full = g_strconcat ("/v1/import/", path, NULL);

  return fixture_send (&self->fixture, self->admin, "POST", full, csv, -1);
}

static void
assert_refused (const Answer *answer, gint64 accepted, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const json_t *refused = json_object_get (answer->json, "refused");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpint (answer_get_int (answer, "accepted"), ==, accepted);
  for (gsize i = 0; i < json_array_size (refused); i++)
    {
      const json_t *row = json_array_get (refused, i);
      const char *message = json_string_value (json_object_get (row, "message"));
      const char *quote = strchr (message, '\'');
      g_autofree char *field =
          quote != NULL ? g_strndup (quote + 1, strcspn (quote + 1, "'")) : g_strdup ("-");

      g_string_append_printf (text, "%" G_GINT64_FORMAT ":%s ",
                              (gint64) json_integer_value (json_object_get (row, "line")), field);
      g_assert_null (strstr (message, "张三")); /* no personal data in messages */
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_bad_rows (World *self, gconstpointer data)
{
  static const char *const csv = "id,division,name,birth,phone\n"
                                 "g1,210802001001,张三,19400101,13800000101\n"
                                 "g2,210802001001,张三,19410230,13800000102\n" /* no such day */
                                 "g3,210802001001,张三,20990101,13800000103\n" /* not yet */
                                 "g4,210802001001,张三,18850101,13800000104\n" /* too old */
                                 "g5,210802001001,张三,19400101,12\n"
                                 "g6,210899001001,张三,19400101,\n" /* no such division */
                                 "g7,,张三,19400101,\n"
                                 "g8,210802001001,,19400101,\n"
                                 ",210802001001,张三,19400101,\n"
                                 "g1,210802001001,张三,19400101,\n" /* twice */
                                 "g9,210802001001\n"
                                 "\n"
                                 "\"h1\",210802001001,\"张\n三\",19400101,\n"
                                 "h2,210802001001,张三,19400101,13800000112\n";
  g_autoptr (Answer) answer = import (self, "elder", csv);

  g_assert_cmpint (json_array_size (json_object_get (answer->json, "refused")), >=, 9);
  g_assert_cmpint (count (self, &yihu_elder_type), ==, 3 + answer_get_int (answer, "accepted"));
  g_assert_cmpint (answer_get_int (answer, "accepted"), >=, 2);
}

static void
test_references (World *self, gconstpointer data)
{
  g_autoptr (Answer) kin = import (self, "kin?first_line=1000",
                                   "id,elder,name,phone\nk5,e1,张三,\nk6,e99,张三,\nk7,,张三,\n"
                                   "k5,e1,张三,\n");
  g_autoptr (Answer) price = import (self, "price",
                                     "id,provider,item,price_fen\nx1,p1,i2,100\nx2,p9,i1,100\n"
                                     "x3,p1,i9,100\nx4,p1,i1,-5\n");
  g_autoptr (Answer) again = import (self, "kin", "id,elder,name,phone\nk5,e2,张三,13900000077\n");
  g_autoptr (YihuStore) reader = yihu_store_open_reader (self->fixture.server->store, NULL);
  g_autoptr (YihuKin) k5 = NULL;

  assert_refused (kin, 1, "1001:elder 1002:elder 1003:id ");
  assert_refused (price, 1, "3:provider 4:item 5:price_fen ");
  assert_refused (again, 1, "");
  k5 = yihu_store_get_record (reader, &yihu_kin_type, "k5", NULL);
  g_assert_cmpint (k5->record.version, ==, 2); /* replaced */
  g_assert_cmpint (k5->record.division, ==, 210803001001); /* where the elder is */
  g_assert_cmpstr (k5->phone, ==, "+8613900000077");
}

static void
test_all_or_nothing (World *self, gconstpointer data)
{
  g_autoptr (Answer) bad = import (self, "kin?mode=all", "id,elder,name\nk5,e1,a\nk6,e99,b\n");
  g_autoptr (Answer) unreadable = import (self, "kin?mode=all", "id,elder,name\nk5,e1,a\nk6,e1,\n");
  gint64 before = count (self, &yihu_kin_type);
  g_autoptr (Answer) good = import (self, "kin?mode=all", "id,elder,name\nk5,e1,a\nk6,e2,b\n");

  assert_refused (bad, 0, "3:elder ");
  assert_refused (unreadable, 0, "3:name ");
  g_assert_cmpint (before, ==, 1);
  assert_refused (good, 2, "");
}

static void
test_check (World *self, gconstpointer data)
{
  static const char *const csv = "id,elder,name\nk5,e1,a\nk6,e99,b\nk7,e1,\nk5,e1,c\nk8,e2,d\n";
  gint64 before = count_audit (self);
  g_autoptr (Answer) checked = import (self, "kin?mode=check&first_line=100&quiet=1", csv);
  gint64 n_kin = count (self, &yihu_kin_type);
  gint64 after = count_audit (self);
  g_autoptr (Answer) imported = import (self, "kin?first_line=100", csv);

  assert_refused (checked, 2, "101:elder 102:name 103:id ");
  g_assert_cmpint (n_kin, ==, 1);
  g_assert_cmpint (after, ==, before);
  g_assert_true (json_equal (checked->json, imported->json));
  g_assert_cmpint (count (self, &yihu_kin_type), ==, 3);
}

static void
test_bad_files (World *self, gconstpointer data)
{
  static const struct
  {
    const char *path;
    const char *csv;
    YihuError code;
  } cases[] = {
    { "elder", "", YIHU_ERROR_INVALID },
    { "elder", "name,birth\nx,19400101\n", YIHU_ERROR_INVALID }, /* no id */
    { "elder", "id,name,shoe_size\nx,y,43\n", YIHU_ERROR_INVALID },
    { "elder", "id,name,name\nx,y,z\n", YIHU_ERROR_INVALID },
    { "elder", "id,name\nx,\xcd\xf5\xd0\xe3\xd3\xa2\n", YIHU_ERROR_INVALID }, /* GB 18030 */
    { "account", "id,login,name\nx,y,z\n", YIHU_ERROR_NOT_FOUND },
    { "seat", "id\n01\n", YIHU_ERROR_NOT_FOUND },
    { "dragon", "id\n01\n", YIHU_ERROR_NOT_FOUND },
    { "elder?mode=some", "id,name\n", YIHU_ERROR_INVALID },
    { "elder?first_line=0", "id,name\n", YIHU_ERROR_INVALID },
    { "elder?quiet=2", "id,name\n", YIHU_ERROR_INVALID },
    { "division", "id,name,level\nnowhere,x,2\n", YIHU_N_ERRORS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Answer) answer = import (self, cases[i].path, cases[i].csv);

      if (cases[i].code == YIHU_N_ERRORS)
        assert_refused (answer, 0, "2:id ");
      else
        assert_error (answer, cases[i].code);
    }
  g_assert_cmpint (count (self, &yihu_elder_type), ==, 3);
}

/* More than a job, more refusals than are reported. */
static void
test_large_piece (World *self, gconstpointer data)
{
  g_autoptr (GString) csv = g_string_new ("id,elder,name\n");
  g_autoptr (Answer) answer = NULL;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (csv, "l%u,%s,n\n", i, i % 10 == 0 ? "e99" : "e1");
  answer = import (self, "kin", csv->str);
  g_assert_cmpint (answer_get_int (answer, "accepted"), ==, 1800);
  g_assert_cmpint (json_array_size (json_object_get (answer->json, "refused")), ==, 100);
  g_assert_cmpint (answer_get_int (answer, "more_refused"), ==, 100);
  g_assert_cmpint (count (self, &yihu_kin_type), ==, 1801);
}

static void
test_basemap (World *self, gconstpointer data)
{
  g_autofree char *map = g_malloc0 (8192);
  g_autoptr (Answer) none =
      fixture_send (&self->fixture, self->desk, "GET", "/v1/basemap", NULL, 0);
  g_autoptr (Answer) bad =
      fixture_send (&self->fixture, self->admin, "PUT", "/v1/basemap", "not a map", -1);
  g_autoptr (Answer) put = NULL;
  g_autoptr (Answer) got = NULL;

  assert_error (none, YIHU_ERROR_NOT_FOUND);
  assert_error (bad, YIHU_ERROR_INVALID);
  memcpy (map, "SQLite format 3", 16);
  put = fixture_send (&self->fixture, self->admin, "PUT", "/v1/basemap", map, 8192);
  g_assert_cmpuint (put->status, ==, 200);
  got = fixture_send (&self->fixture, self->desk, "GET", "/v1/basemap", NULL, 0);
  g_assert_cmpuint (got->status, ==, 200);
  g_assert_cmpmem (g_bytes_get_data (got->body, NULL), g_bytes_get_size (got->body), map, 8192);
  g_assert_cmpstr (answer_get_header (got, "ETag"), ==, answer_get_text (put, "etag"));
}

#define ADD(name, func) g_test_add ("/server/files/" name, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("bad-rows", test_bad_rows);
  ADD ("references", test_references);
  ADD ("all-or-nothing", test_all_or_nothing);
  ADD ("check", test_check);
  ADD ("bad-files", test_bad_files);
  ADD ("large-piece", test_large_piece);
  ADD ("basemap", test_basemap);
  return g_test_run ();
}
