/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Changes of single fields: disjoint ones hold both, the same field is a conflict, nothing outside
 * the card gets through; and the change that is written is the change that is read. */

#include "base/error.h"
#include "domain/elder.h"
#include "wire/record-change.h"

static YihuElder *
make_elder (void)
{
  YihuElder *elder = yihu_elder_new ("e1");

  elder->record.version = 3;
  elder->name = g_strdup ("王秀英");
  elder->phone = g_strdup ("+8613800000001");
  elder->address = g_strdup ("建丰街道1号");
  elder->birth = 19400101;
  elder->history = g_strdup ("old");
  return elder;
}

static json_t *
write_change (gconstpointer seen, gconstpointer wanted, guint expected)
{
  json_t *args = json_object ();

  g_assert_cmpuint (yihu_record_change_write (args, seen, wanted), ==, expected);
  return args;
}

static void
test_merge (void)
{
  g_autoptr (YihuElder) seen = make_elder ();
  g_autoptr (YihuElder) mine = yihu_record_dup (seen);
  g_autoptr (YihuElder) theirs = yihu_record_dup (seen);
  g_autoptr (GError) error = NULL;

  yihu_record_take (mine->address, g_strdup ("新兴大街18号"));
  yihu_record_take (mine->phone, NULL);
  mine->living = YIHU_LIVING_ALONE;
  mine->birth = 19410101;
  mine->subsidy = YIHU_SUBSIDY_A; /* not of the card: never written */
  yihu_record_take (theirs->name, g_strdup ("王秀瑛"));
  yihu_record_take (theirs->remarks, g_strdup ("听力差"));

  g_autoptr (json_t) args = write_change (seen, mine, 4);
  g_autoptr (YihuElder) merged = yihu_record_dup (theirs);
  g_autoptr (YihuElder) base = NULL;
  g_autoptr (GPtrArray) fields = yihu_record_change_list (&yihu_elder_type, args);

  g_assert_true (yihu_record_change_apply (merged, args, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (merged->name, ==, "王秀瑛");
  g_assert_cmpstr (merged->remarks, ==, "听力差");
  g_assert_cmpstr (merged->address, ==, "新兴大街18号");
  g_assert_true (merged->phone == NULL || *merged->phone == '\0');
  g_assert_cmpint (merged->living, ==, YIHU_LIVING_ALONE);
  g_assert_cmpint (merged->birth, ==, 19410101);
  g_assert_cmpint (merged->subsidy, ==, YIHU_SUBSIDY_NONE);
  g_assert_cmpstr (merged->history, ==, "old");
  g_assert_cmpuint (fields->len, ==, 4);
  base = yihu_record_change_dup_base (merged, args);
  g_assert_cmpstr (base->address, ==, "建丰街道1号");
  g_assert_cmpstr (base->name, ==, "王秀瑛");
}

static void
test_conflict (void)
{
  g_autoptr (YihuElder) seen = make_elder ();
  g_autoptr (YihuElder) mine = yihu_record_dup (seen);
  g_autoptr (YihuElder) theirs = yihu_record_dup (seen);
  g_autoptr (GError) error = NULL;

  yihu_record_take (mine->address, g_strdup ("A"));
  yihu_record_take (mine->phone, g_strdup ("+8613800000002"));
  yihu_record_take (theirs->address, g_strdup ("B"));

  g_autoptr (json_t) args = write_change (seen, mine, 2);
  g_autoptr (YihuElder) row = yihu_record_dup (theirs);
  g_autoptr (YihuElder) agreed = yihu_record_dup (mine);

  g_assert_false (yihu_record_change_apply (row, args, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CONFLICT);
  g_assert_nonnull (g_strrstr (error->message, "address"));
  g_assert_null (g_strrstr (error->message, "phone"));
  g_assert_true (yihu_record_change_apply (agreed, args, NULL)); /* both wanted the same */
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "{}",
    "{\"base\":{},\"set\":[]}",
    "{\"base\":{},\"set\":{\"shoe\":\"1\"}}",
    "{\"base\":{},\"set\":{\"id\":\"e2\"}}",
    "{\"base\":{\"division\":1},\"set\":{}}",
    "{\"base\":{},\"set\":{\"subsidy\":\"a\"}}",
    "{\"base\":{},\"set\":{\"id_card\":\"210802194001011234\"}}",
    "{\"base\":{\"living\":\"alone\"},\"set\":{\"living\":\"moon\"}}",
    "{\"base\":{\"birth\":19400101},\"set\":{\"birth\":99999999}}",
    "{\"base\":{\"birth\":19400101},\"set\":{\"birth\":\"x\"}}",
    "{\"base\":{\"name\":\"王秀英\"},\"set\":{\"name\":\"\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (YihuElder) elder = make_elder ();
      g_autoptr (json_t) args = json_loads (bad[i], 0, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (yihu_record_change_apply (elder, args, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/record-change/merge", test_merge);
  g_test_add_func ("/wire/record-change/conflict", test_conflict);
  g_test_add_func ("/wire/record-change/bad", test_bad);
  return g_test_run ();
}
