/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Search keys of names: surnames read as surnames, both spellings find, ü, foreign names; the lists
 * are sorted and the table is whole. */

#include "base/pinyin-surnames.h"
#include "base/pinyin.h"

#include <string.h>

static const struct
{
  const char *name;
  const char *full;
  const char *initials;
  const char *others; /* a few that must be there, separated by blanks */
} names[] = {
  { "王秀英", "wangxiuying", "wxy", "xiuying" },
  { "单秀英", "shanxiuying", "sxy", "danxiuying dxy" },
  { "仇英", "qiuying", "qy", "chouying cy ying" },
  { "解珍", "xiezhen", "xz", "jiezhen jz" },
  { "曾国华", "zengguohua", "zgh", "cengguohua cgh guohua" },
  { "查良镛", "zhaliangyong", "zly", "chaliangyong cly" },
  { "朴正姬", "piaozhengji", "pzj", "puzhengji" },
  { "区玉珍", "ouyuzhen", "oyz", "quyuzhen qyz" },
  { "盖叫天", "gejiaotian", "gjt", "gaijiaotian" },
  { "覃秀兰", "qinxiulan", "qxl", "tanxiulan txl" },
  { "缪玉兰", "miaoyulan", "myl", "mouyulan miuyulan" },
  { "任桂英", "renguiying", "rgy", "guiying" },
  { "华玉英", "huayuying", "hyy", "yuying" },
  { "欧阳修", "ouyangxiu", "oyx", "xiu" },
  { "尉迟恭", "yuchigong", "ycg", "weichigong wcg gong" },
  { "万俟卨", "moqixie", "mqx", "wanqixie" },
  { "长孙无忌", "zhangsunwuji", "zswj", "changsunwuji wuji" },
  { "单于夫", "chanyufu", "cyf", "danyufu fu" },
  { "澹台静", "tantaijing", "ttj", "jing" },
  { "吕玉兰", "lvyulan", "lyl", "luyulan yulan" },
  { "王绿女", "wanglvnv", "wln", "wanglunu lunu" },
  { "王长乐", "wangzhangle", "wzl", "wangchangle wcl wangzhangyue" },
  { "王", "wang", "w", "" },
  { "欧阳", "ouyang", "oy", "yang" },
  { "买买提·古丽", "maimaitiguli", "mmtgl", "guli" },
  { "John Smith", "johnsmith", "johnsmith", "" },
  { "李A2", "lia2", "la2", "a2" },
  { "", "", "", "" },
  { " · ", "", "", "" },
};

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (names[i].name);
      g_auto (GStrv) wanted = g_strsplit (names[i].others, " ", -1);

      g_assert_cmpstr (pinyin->full, ==, names[i].full);
      g_assert_cmpstr (pinyin->initials, ==, names[i].initials);
      for (guint j = 0; wanted[j] != NULL && *wanted[j] != '\0'; j++)
        if (!g_strv_contains ((const char *const *) pinyin->others, wanted[j]))
          g_error ("%s is not found by %s", names[i].name, wanted[j]);
    }
}

static void
assert_keys_are_distinct (const YihuPinyin *pinyin)
{
  for (guint i = 0; pinyin->others[i] != NULL; i++)
    {
      g_assert_cmpstr (pinyin->others[i], !=, "");
      g_assert_cmpstr (pinyin->others[i], !=, pinyin->full);
      g_assert_cmpstr (pinyin->others[i], !=, pinyin->initials);
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (pinyin->others[i], !=, pinyin->others[j]);
    }
}

static void
test_keys_are_distinct_and_few (void)
{
  static const char *const common[] = { "王秀英", "李桂兰", "张玉兰", "刘淑珍", "陈桂英" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (names[i].name);

      assert_keys_are_distinct (pinyin);
    }
  /* The side table of extra keys grows with each: an everyday name has the given name only. */
  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    {
      g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (common[i]);

      g_assert_cmpuint (g_strv_length (pinyin->others), ==, 1);
    }
}

static void
test_readings (void)
{
  g_assert_cmpstr (yihu_pinyin_get_readings (0x738b), ==, "wang");
  g_assert_cmpstr (yihu_pinyin_get_readings (0x5355), ==, "dan,chan,shan");
  g_assert_cmpstr (yihu_pinyin_get_readings (0x5415), ==, "lv");
  g_assert_cmpstr (yihu_pinyin_get_readings (0x3400), ==, "qiu");
  g_assert_cmpstr (yihu_pinyin_get_readings (0x20000), ==, "he");
  g_assert_null (yihu_pinyin_get_readings ('a'));
  g_assert_null (yihu_pinyin_get_readings (0));
  g_assert_null (yihu_pinyin_get_readings (0x33ff));
  g_assert_null (yihu_pinyin_get_readings (0x1f600));
  g_assert_null (yihu_pinyin_get_readings (0x10ffff));
}

static void
test_table_is_whole (void)
{
  guint n_common = 0, n_all = 0;

  for (gunichar character = 0; character <= 0x10ffff; character++)
    {
      const char *readings = yihu_pinyin_get_readings (character);

      if (readings == NULL)
        continue;
      n_all++;
      n_common += character >= 0x4e00 && character <= 0x9fa5;
      g_assert_cmpuint (strspn (readings, "abcdefghijklmnopqrstuvwxyz,"), ==, strlen (readings));
      g_assert_null (strstr (readings, ",,"));
    }
  g_assert_cmpuint (n_common, >, 20000);
  g_assert_cmpuint (n_all, >, 40000);
}

static void
test_surnames (void)
{
  const YihuSurname *dan = yihu_surname_find ("单");
  const YihuSurname *duo = yihu_surname_find ("欧阳修");

  g_assert_cmpstr (dan->readings, ==, "shan");
  g_assert_cmpstr (duo->hanzi, ==, "欧阳");
  g_assert_cmpstr (duo->readings, ==, "ou yang");
  g_assert_null (yihu_surname_find ("欧阳"));
  g_assert_null (yihu_surname_find ("王单"));
  g_assert_null (yihu_surname_find (""));
}

/* Every surname of the lists is found by itself: so the lists are sorted. */
static void
test_every_surname_is_found (void)
{
  static const char *const all =
      "单仇解曾查朴区盖覃缪折黑繁种洗员秘乐翟牟句乜召阚隗长重能卜祭佴角薄都六郇藏蔚";
  static const char *const doubles[] = {
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
    "长孙", "宇文", "司徒", "司空", "夏侯", "轩辕", "端木", "百里", "南宫", "呼延",
    "万俟", "闻人", "澹台", "濮阳", "淳于", "单于", "申屠", "钟离", "鲜于", "闾丘",
    "司寇", "颛孙", "拓跋", "夹谷", "谷梁", "段干", "西门", "独孤", "赫连", "完颜",
    "耶律", "纳兰", "梁丘", "公羊", "乐正", "亓官", "哥舒", "相里", "范姜", "毌丘"
  };

  for (const char *p = all; *p != '\0'; p = g_utf8_next_char (p))
    {
      const YihuSurname *found = yihu_surname_find (p);

      g_assert_nonnull (found);
      g_assert_true (g_str_has_prefix (p, found->hanzi));
    }
  for (guint i = 0; i < G_N_ELEMENTS (doubles); i++)
    {
      g_autofree char *name = g_strconcat (doubles[i], "明", NULL);
      const YihuSurname *found = yihu_surname_find (name);

      g_assert_nonnull (found);
      g_assert_cmpstr (found->hanzi, ==, doubles[i]);
    }
}

static void
test_strange_names (void)
{
  g_autofree char *long_name = g_strnfill (3000, 'x');
  g_autoptr (YihuPinyin) long_keys = yihu_pinyin_new (long_name);
  g_autoptr (YihuPinyin) broken = yihu_pinyin_new ("\xe7\x8e");
  g_autoptr (YihuPinyin) none = yihu_pinyin_new (NULL);
  GString *hanzi = g_string_new (NULL);
  g_autoptr (YihuPinyin) many = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (hanzi, "单长乐");
  text = g_string_free (hanzi, FALSE);
  many = yihu_pinyin_new (text);
  g_assert_cmpuint (strlen (long_keys->full), ==, 32);
  g_assert_cmpstr (broken->full, ==, "");
  g_assert_cmpstr (none->full, ==, "");
  g_assert_cmpuint (g_strv_length (many->others), <=, 32);
  assert_keys_are_distinct (many);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/pinyin/names", test_names);
  g_test_add_func ("/base/pinyin/distinct", test_keys_are_distinct_and_few);
  g_test_add_func ("/base/pinyin/readings", test_readings);
  g_test_add_func ("/base/pinyin/table", test_table_is_whole);
  g_test_add_func ("/base/pinyin/surnames", test_surnames);
  g_test_add_func ("/base/pinyin/every-surname", test_every_surname_is_found);
  g_test_add_func ("/base/pinyin/strange", test_strange_names);
  return g_test_run ();
}
