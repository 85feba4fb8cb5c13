/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The form in which search compares texts. */

#include "base/fold.h"

static const struct
{
  const char *text;
  const char *folded;
} table[] = {
  { "王秀英", "王秀英" },
  { "买买提·古丽", "买买提古丽" },
  { "站前区 建丰街道 12-3 号（东）", "站前区建丰街道123号东" },
  { "YH-2025 0012", "yh20250012" },
  { "１３８７９０４", "1387904" },
  { "ＡＢＣ", "abc" },
  { "e\xcc\x81", "\xc3\xa9" },
  { "㐂", "㐂" },
  { "豈", "豈" },
  { "", "" },
  { " \t\n·%", "" },
  { "\xff\xfe", "" },
  { NULL, "" },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *folded = yihu_fold_text (table[i].text);
      g_autofree char *again = yihu_fold_text (folded);

      g_assert_cmpstr (folded, ==, table[i].folded);
      g_assert_cmpstr (again, ==, folded);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fold/table", test_table);
  return g_test_run ();
}
