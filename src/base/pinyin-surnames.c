/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two lists, written by hand: single surnames that are read otherwise than the character alone, and
 * double surnames in use. Sorted by their UTF-8 bytes (a test checks it), so that a look-up is a
 * binary search. Sources: everyday knowledge, Xiandai Hanyu Cidian. Where usage is divided (盖 ge
 * or gai, 覃 qin or tan) the other reading is found through the general table. */

#include "base/pinyin-surnames.h"

#include <stdlib.h>
#include <string.h>

static const YihuSurname singles[] = {
  { "乐", "yue" },  { "乜", "nie" },  { "仇", "qiu" },  { "佴", "nai" },   { "六", "lu" },
  { "区", "ou" },   { "单", "shan" }, { "卜", "bu" },   { "句", "gou" },   { "召", "shao" },
  { "员", "yun" },  { "折", "she" },  { "曾", "zeng" }, { "朴", "piao" },  { "查", "zha" },
  { "洗", "xian" }, { "牟", "mu" },   { "盖", "ge" },   { "祭", "zhai" },  { "种", "chong" },
  { "秘", "bi" },   { "繁", "po" },   { "缪", "miao" }, { "翟", "zhai" },  { "能", "nai" },
  { "蔚", "yu" },   { "薄", "bo" },   { "藏", "zang" }, { "覃", "qin" },   { "角", "jue" },
  { "解", "xie" },  { "郇", "xun" },  { "都", "du" },   { "重", "chong" }, { "长", "chang" },
  { "阚", "kan" },  { "隗", "wei" },  { "黑", "he" },
};

static const YihuSurname doubles[] = {
  { "万俟", "mo qi" },      { "上官", "shang guan" }, { "东方", "dong fang" },
  { "东郭", "dong guo" },   { "东野", "dong ye" },    { "东门", "dong men" },
  { "乐正", "yue zheng" },  { "亓官", "qi guan" },    { "仆固", "pu gu" },
  { "令狐", "ling hu" },    { "仲孙", "zhong sun" },  { "公冶", "gong ye" },
  { "公孙", "gong sun" },   { "公羊", "gong yang" },  { "公良", "gong liang" },
  { "公西", "gong xi" },    { "单于", "chan yu" },    { "南宫", "nan gong" },
  { "南门", "nan men" },    { "即墨", "ji mo" },      { "司寇", "si kou" },
  { "司徒", "si tu" },      { "司空", "si kong" },    { "司马", "si ma" },
  { "呼延", "hu yan" },     { "哥舒", "ge shu" },     { "壤驷", "rang si" },
  { "夏侯", "xia hou" },    { "太叔", "tai shu" },    { "夹谷", "jia gu" },
  { "子车", "zi ju" },      { "宇文", "yu wen" },     { "完颜", "wan yan" },
  { "宗政", "zong zheng" }, { "宰父", "zai fu" },     { "尉迟", "yu chi" },
  { "屈突", "qu tu" },      { "左丘", "zuo qiu" },    { "巫马", "wu ma" },
  { "张简", "zhang jian" }, { "微生", "wei sheng" },  { "慕容", "mu rong" },
  { "拓跋", "tuo ba" },     { "梁丘", "liang qiu" },  { "欧阳", "ou yang" },
  { "段干", "duan gan" },   { "毌丘", "guan qiu" },   { "淳于", "chun yu" },
  { "漆雕", "qi diao" },    { "澹台", "tan tai" },    { "濮阳", "pu yang" },
  { "独孤", "du gu" },      { "申屠", "shen tu" },    { "百里", "bai li" },
  { "皇甫", "huang fu" },   { "相里", "xiang li" },   { "端木", "duan mu" },
  { "第五", "di wu" },      { "纳兰", "na lan" },     { "羊舌", "yang she" },
  { "耶律", "ye lv" },      { "范姜", "fan jiang" },  { "褚师", "chu shi" },
  { "西门", "xi men" },     { "诸葛", "zhu ge" },     { "谷梁", "gu liang" },
  { "贯丘", "guan qiu" },   { "贺兰", "he lan" },     { "赫连", "he lian" },
  { "轩辕", "xuan yuan" },  { "达奚", "da xi" },      { "钟离", "zhong li" },
  { "长孙", "zhang sun" },  { "闻人", "wen ren" },    { "闾丘", "lv qiu" },
  { "陆费", "lu bi" },      { "颛孙", "zhuan sun" },  { "鲜于", "xian yu" },
};

typedef struct
{
  const char *name;
  gsize length;
} Key;

static int
compare (gconstpointer key, gconstpointer item)
{
  const Key *wanted = key;
  const YihuSurname *surname = item;
  int order = strncmp (wanted->name, surname->hanzi, wanted->length);

  return order != 0 ? order : -(surname->hanzi[wanted->length] != '\0');
}

const YihuSurname *
yihu_surname_find (const char *name)
{
  const char *first_end = *name != '\0' ? g_utf8_next_char (name) : name;
  const char *second_end = *first_end != '\0' ? g_utf8_next_char (first_end) : first_end;
  const YihuSurname *found = NULL;
  Key key = { name, (gsize) (second_end - name) };

  if (second_end > first_end && *second_end != '\0')
    found = bsearch (&key, doubles, G_N_ELEMENTS (doubles), sizeof doubles[0], compare);
  if (found != NULL)
    return found;
  key.length = (gsize) (first_end - name);
  return bsearch (&key, singles, G_N_ELEMENTS (singles), sizeof singles[0], compare);
}
