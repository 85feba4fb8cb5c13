/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Search as you type over a small sealed city: which typed text finds whom, in which order. */

#include "cache/search.h"
#include "sample.h"

#include <string.h>

#define HOME G_GINT64_CONSTANT (210804000000)
#define ELSEWHERE G_GINT64_CONSTANT (210811000000)

static const struct
{
  const char *id;
  const char *name;
  const char *phone;
} people[] = {
  { "wang", "王秀英", "+8613879044412" },   { "zheng", "郑思琪", "+8613900000001" },
  { "shan", "单国强", "+8613900000002" },   { "qiu", "仇英", "+8613900000003" },
  { "xie", "解放", "+8613900000004" },      { "piao", "朴正姬", "+8613900000005" },
  { "miao", "缪玉兰", "+8613900000006" },   { "yuchi", "尉迟恭", "+8613900000007" },
  { "lv", "吕玉兰", "+8613900000008" },     { "ou", "区玉珍", "+864172817331" },
  { "ouyang", "欧阳修", "+8613900000010" }, { "guli", "买买提·古丽", "+8613900000011" },
  { "zhang", "张伟", "+8613900000012" },    { "zhang2", "章伟", "+8613900000013" },
  { "wangw", "汪秀英", "+8613900000014" },  { "zeng", "曾国华", "+8613900000015" },
  { "zha", "查良镛", "+8613900000016" },    { "ge", "盖叫天", "+8613900000017" },
  { "qin", "覃秀兰", "+8613900000018" },    { "ren", "任桂英", "+8613900000019" },
  { "moqi", "万俟卨", "+8613900000020" },   { "hua", "华佗", "+8613900000021" },
};

static YihuElder *
find_elder (GPtrArray *records, const char *id)
{
  for (guint i = 0; i < records->len; i++)
    if (strcmp (YIHU_RECORD (g_ptr_array_index (records, i))->id, id) == 0)
      return g_ptr_array_index (records, i);
  g_assert_not_reached ();
}

static void
add_device (GPtrArray *records, const char *id, const char *elder, const char *number)
{
  YihuDevice *device = yihu_device_new (id);

  device->record.version = 1;
  device->record.division = HOME;
  device->elder = g_strdup (elder);
  device->number = g_strdup (number);
  g_ptr_array_add (records, device);
}

/* Addresses, ID numbers and terminals of some. */
static void
fill (GPtrArray *records)
{
  static const struct
  {
    const char *id;
    const char *address;
  } homes[] = {
    { "wang", "鲅鱼圈区红海街道 海东路12号 金海湾 3号楼2单元501室" },
    { "qiu", "鲅鱼圈区红海街道海东路99号望海花园" },
    { "xie", "站前区建丰街道 B座 1203" },
    { "piao", "海东路，红海街" }, /* the same characters, not side by side */
  };
  YihuElder *wang = find_elder (records, "wang");

  for (guint i = 0; i < G_N_ELEMENTS (homes); i++)
    yihu_record_take (find_elder (records, homes[i].id)->address, g_strdup (homes[i].address));
  wang->birth = 19420304;
  yihu_record_take (wang->id_card, g_strdup ("21080419420304002X"));
  yihu_record_take (find_elder (records, "qiu")->id_card, g_strdup ("210804194203059876"));
  find_elder (records, "qiu")->birth = 19420305;
  add_device (records, "D1", "zheng", "YH-2025-0012");
  add_device (records, "D2", "shan", "860001234567893");
}

static void
set_up (Sample *sample, gconstpointer data)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);

  sample_set_up (sample, data);
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    g_ptr_array_add (records, sample_elder (people[i].id, people[i].name, people[i].phone, HOME));
  g_ptr_array_add (records, sample_kin ("K1", "shan", "+8615566667777", 0));
  /* Two ends alike: the index names one of them first. */
  g_ptr_array_add (records, sample_kin ("K2", "miao", "+8615511234500", 0));
  g_ptr_array_add (records, sample_kin ("K3", "miao", "+8615522234500", 1));
  fill (records);
  sample_write (sample->city, sample->key, 1, records);
}

/* Ids in order, separated by blanks. */
static char *
search (YihuCache *cache, const char *text, gint64 lo, gint64 hi, guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuSearchResult) result =
      yihu_cache_search (cache, text, lo, hi, limit, NULL, &error);
  g_autoptr (GString) ids = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < result->hits->len; i++)
    g_string_append_printf (
        ids, "%s%s", i > 0 ? " " : "",
        ((YihuSearchHit *) g_ptr_array_index (result->hits, i))->elder->record.id);
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static const struct
{
  const char *text;
  const char *ids;
} table[] = {
  /* characters: the whole name, a surname, a given name, polyphones */
  { "王秀英", "wang" },
  { "王", "wang" },
  { "秀英", "wang wangw" },
  { "英", "qiu" },
  { "单", "shan" },
  { "单国", "shan" },
  { "国强", "shan" },
  { "仇英", "qiu" },
  { "解放", "xie" },
  { "朴正", "piao" },
  { "缪", "miao" },
  { "玉兰", "lv miao" },
  { "尉", "yuchi" },
  { "尉迟", "yuchi" },
  { "尉迟恭", "yuchi" },
  { "恭", "yuchi" },
  { "欧阳修", "ouyang" },
  { "章", "zhang2" },
  { "章伟", "zhang2" },
  { "张伟", "zhang" },
  { "买买提古丽", "guli" },
  { "买买提·古丽", "guli" },
  { "龘", "" },
  /* full pinyin, everyday reading and others */
  { "wangxiuying", "wang wangw" },
  { "wangx", "wang wangw" },
  { "WANG Xiu Ying", "wang wangw" },
  { "shan", "shan" },
  { "shanguo", "shan" },
  { "danguoqiang", "shan" },
  { "qiuying", "qiu" },
  { "chouying", "qiu" },
  { "xief", "xie" },
  { "jief", "xie" },
  { "piao", "piao" },
  { "puzheng", "piao" },
  { "miaoyu", "miao" },
  { "yuchigong", "yuchi" },
  { "weichi", "yuchi" },
  { "lvyulan", "lv" },
  { "luyulan", "lv" },
  { "lüyulan", "lv" },
  { "ouyuzhen", "ou" },
  { "quyu", "ou" },
  { "maimaiti", "guli" },
  { "xiuying", "wang wangw" },
  /* initials, and mixed typing */
  { "wxy", "wang wangw" },
  { "sgq", "shan" },
  { "zhengsq", "zheng" },
  { "zhsq", "zheng" },
  { "zsiqi", "zheng" },
  { "zsq", "zheng" },
  { "wxiuy", "wang wangw" },
  { "zhengxq", "" },
  { "chsq", "" },
  { "shangq", "shan" }, /* not "shang" */
  { "lyulan", "lv" },
  { "oyuzhen", "ou" },
  { "dgq", "shan" },
  /* ends of numbers, own and kin's */
  { "4412", "wang" },
  { "412", "wang" },
  { "13879044412", "wang" },
  { "138 7904 4412", "wang" },
  { "13779044412", "" },
  { "04172817331", "ou" },
  { "2817331", "ou" },
  { "0417-2817 331", "ou" },
  { "４４１２", "wang" },
  { "66667777", "shan" },
  { "7777", "shan" },
  { "55667777", "" },
  { "234500", "miao" },
  { "1234500", "miao" },
  { "2234500", "miao" },
  { "3234500", "" },
  { "12", "" },
  { "+86 138 7904 4412", "wang" },
  { "008613879044412", "wang" },
  { "+86 417 2817331", "ou" },
  /* ends of ID numbers, terminals */
  { "002x", "wang" },
  { "04002X", "wang" },
  { "19420304002X", "wang" },
  { "21080419420304002X", "wang" },
  { "21080419420305002X", "" },
  { "9876", "qiu" },
  { "yh2025", "zheng" },
  { "YH-2025-0012", "zheng" },
  { "0012", "zhang zheng" },
  { "20250012", "zheng" },
  { "7893", "shan" },
  { "860001234567893", "shan" },
  /* parts of addresses: three characters and more, blanks and width of no account */
  { "海东路", "piao qiu wang" },
  { "红海街道海", "qiu wang" },
  { "海东路红海", "piao" },
  { "东路99", "qiu" },
  { "金海湾3号楼", "wang" },
  { "金海湾　３号楼", "wang" },
  { "b座1203", "xie" },
  { "海东", "" },
  { "海东街", "" },
  { "站前区建设", "" },
  { "曾", "zeng" },
  { "zengg", "zeng" },
  { "cengg", "zeng" },
  { "zhaliang", "zha" },
  { "chaliang", "zha" },
  { "gejiao", "ge" },
  { "gaijiao", "ge" },
  { "qinxiu", "qin" },
  { "tanxiu", "qin" },
  { "rengui", "ren" },
  { "moqixie", "moqi" },
  { "wanqi", "moqi" },
  { "万俟", "moqi" },
  { "huatuo", "hua" },
  { "lsyulan", "" },
  { "luyul", "lv" },
  { "luylan", "lv" },
  { "古丽", "guli" },
  { "guli", "guli" },
  /* nothing to search for */
  { "", "" },
  { "   ", "" },
  { "·", "" },
  { "w\tx", "" },
  { "\xff\xfe", "" },
  { "%", "" },
  { "'", "" },
  { "' OR 1=1 --", "" },
};

static void
test_table (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *ids = search (cache, table[i].text, HOME, HOME + 1, 20);

      if (strcmp (ids, table[i].ids) != 0)
        g_test_fail_printf ("'%s' finds '%s', not '%s'", table[i].text, ids, table[i].ids);
    }
}

static void
test_too_long (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autofree char *most = g_strnfill (64, 'w');
  g_autofree char *more = g_strnfill (65, 'w');
  g_autoptr (YihuSearchText) kept = yihu_search_text_new (most);
  g_autoptr (YihuSearchText) refused = yihu_search_text_new (more);

  g_assert_cmpint (kept->kind, ==, YIHU_SEARCH_LETTERS);
  g_assert_cmpint (refused->kind, ==, YIHU_SEARCH_TOO_LONG);
}

static void
test_home_first (Sample *sample, gconstpointer data)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (YihuCache) cache = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *first = NULL;

  g_ptr_array_add (records, sample_elder ("a", "李安", NULL, ELSEWHERE));
  g_ptr_array_add (records, sample_elder ("b", "李波", NULL, HOME + 1));
  g_ptr_array_add (records, sample_elder ("c", "李财", NULL, ELSEWHERE));
  g_ptr_array_add (records, sample_elder ("d", "李德", NULL, HOME));
  sample_write (sample->city, sample->key, 1, records);
  cache = sample_open (sample);
  ids = search (cache, "li", HOME, HOME + 1000000, 20);
  g_assert_cmpstr (ids, ==, "b d a c");
  first = search (cache, "李", HOME, HOME + 1000000, 2);
  g_assert_cmpstr (first, ==, "b d");
}

/* A rare surname is found among a thousand of the same sound. */
static void
test_rare_among_common (Sample *sample, gconstpointer data)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (YihuCache) cache = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *full = NULL;

  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *id = g_strdup_printf ("E%04u", i);

      g_ptr_array_add (records, sample_elder (id, "张伟", NULL, HOME));
    }
  g_ptr_array_add (records, sample_elder ("rare", "章伟", NULL, HOME));
  sample_write (sample->city, sample->key, 1, records);
  cache = sample_open (sample);
  ids = search (cache, "章", 0, 0, 20);
  g_assert_cmpstr (ids, ==, "rare");
  full = search (cache, "章伟", 0, 0, 20);
  g_assert_cmpstr (full, ==, "rare");
}

static YihuOrder *make_order (const char *id, const char *elder, YihuOrderState state);

/* Six hundred open cases of another name that sounds alike do not hide a given name. */
static void
test_open_homophones (Sample *sample, gconstpointer data)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (YihuCache) cache = NULL;
  g_autofree char *ids = NULL;

  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *id = g_strdup_printf ("E%04u", i);
      g_autofree char *order = g_strdup_printf ("O%04u", i);

      g_ptr_array_add (records, sample_elder (id, "李伟", NULL, HOME));
      g_ptr_array_add (records, make_order (order, id, YIHU_ORDER_PLACED));
    }
  g_ptr_array_add (records, sample_elder ("rare", "王丽", NULL, HOME));
  sample_write (sample->city, sample->key, 1, records);
  cache = sample_open (sample);
  ids = search (cache, "丽", 0, 0, 20);
  g_assert_cmpstr (ids, ==, "rare");
}

static YihuOrder *
make_order (const char *id, const char *elder, YihuOrderState state)
{
  YihuOrder *order = yihu_order_new (id);

  order->record.version = 1;
  order->record.division = HOME;
  order->elder = g_strdup (elder);
  order->item = g_strdup ("I");
  order->provider = g_strdup ("P");
  order->state = state;
  return order;
}

static YihuCall *
make_call (const char *id, const char *elder, gint64 ring_at_us)
{
  YihuCall *call = yihu_call_new (id);

  call->record.version = 1;
  call->record.division = HOME;
  call->elder = g_strdup (elder);
  call->state = YIHU_CALL_CLOSED;
  call->ring_at_us = ring_at_us;
  return call;
}

/* Who has something open is found among any number of the same name, then the latest caller; and
 * the same question has the same answer. */
static void
test_rank (Sample *sample, gconstpointer data)
{
  static const char *const typed[] = { "zhang", "zw", "zhangw", "张", "张伟" };
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (YihuCache) cache = NULL;

  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *id = g_strdup_printf ("E%04u", i);

      g_ptr_array_add (records, sample_elder (id, "张伟", NULL, HOME));
    }
  g_ptr_array_add (records, make_order ("O1", "E1400", YIHU_ORDER_ARRIVED));
  g_ptr_array_add (records, make_order ("O2", "E0003", YIHU_ORDER_FINISHED));
  g_ptr_array_add (records, make_call ("C1", "E0009", 1000));
  g_ptr_array_add (records, make_call ("C2", "E0008", 2000));
  sample_write (sample->city, sample->key, 1, records);
  cache = sample_open (sample);
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autofree char *ids = search (cache, typed[i], 0, 0, 4);
      g_autofree char *again = search (cache, typed[i], 0, 0, 4);

      g_assert_cmpstr (ids, ==, "E1400 E0008 E0009 E0000");
      g_assert_cmpstr (again, ==, ids);
    }
}

/* What was met is told, so that the screen can say it. */
static void
test_met (Sample *sample, gconstpointer data)
{
  static const struct
  {
    const char *typed;
    YihuSearchMet met;
    const char *number;
  } rows[] = {
    { "王秀英", YIHU_SEARCH_MET_NAME, NULL },
    { "44412", YIHU_SEARCH_MET_PHONE, "+8613879044412" },
    { "67777", YIHU_SEARCH_MET_KIN_PHONE, "+8615566667777" },
    { "002x", YIHU_SEARCH_MET_ID, NULL },
    { "yh-2025-0012", YIHU_SEARCH_MET_DEVICE, "YH-2025-0012" },
    { "金海湾", YIHU_SEARCH_MET_ADDRESS, NULL },
  };
  g_autoptr (YihuCache) cache = sample_open (sample);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (YihuSearchResult) result =
          yihu_cache_search (cache, rows[i].typed, 0, 0, 20, NULL, NULL);
      const YihuSearchHit *hit = g_ptr_array_index (result->hits, 0);

      g_assert_cmpuint (result->hits->len, ==, 1);
      g_assert_cmpint (hit->met, ==, rows[i].met);
      g_assert_cmpstr (hit->number, ==, rows[i].number);
    }
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *typed;
    YihuSearchKind kind;
    gboolean address_waits;
  } rows[] = {
    { "", YIHU_SEARCH_NOTHING, FALSE },        { " \n", YIHU_SEARCH_NOTHING, FALSE },
    { NULL, YIHU_SEARCH_NOTHING, FALSE },      { "12", YIHU_SEARCH_TOO_SHORT, FALSE },
    { "w\tx", YIHU_SEARCH_UNREADABLE, FALSE }, { "\xff", YIHU_SEARCH_UNREADABLE, FALSE },
    { "%_'", YIHU_SEARCH_UNREADABLE, FALSE },  { "123", YIHU_SEARCH_DIGITS, FALSE },
    { "wxy", YIHU_SEARCH_LETTERS, FALSE },     { "yh1", YIHU_SEARCH_CODE, FALSE },
    { "王", YIHU_SEARCH_NAME, TRUE },          { "海东路", YIHU_SEARCH_NAME, FALSE },
  };
  g_autofree char *much = g_strnfill (10000, '1');
  g_autoptr (YihuSearchResult) long_result = yihu_search_result_new (much);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (YihuSearchResult) result = yihu_search_result_new (rows[i].typed);

      g_assert_cmpint (result->kind, ==, rows[i].kind);
      g_assert_cmpint (result->address_waits, ==, rows[i].address_waits);
    }
  g_assert_cmpint (long_result->kind, ==, YIHU_SEARCH_TOO_LONG);
}

static void
test_cancelled (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (yihu_cache_search (cache, "wang", 0, 0, 20, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_overlay (Sample *sample, gconstpointer data)
{
  g_autoptr (YihuCache) cache = sample_open (sample);
  g_autoptr (YihuElder) registered = sample_elder ("new", "王新民", "+8613511112222", HOME);
  g_autoptr (YihuElder) renamed = sample_elder ("wang", "黄秀英", "+8613879044412", HOME);
  g_autofree char *by_name = NULL;
  g_autofree char *by_pinyin = NULL;
  g_autofree char *by_tail = NULL;
  g_autofree char *gone = NULL;

  g_assert_true (
      yihu_desk_file_put_overlay (yihu_cache_get_desk (cache), "key-1", registered, NULL));
  g_assert_true (yihu_desk_file_put_overlay (yihu_cache_get_desk (cache), "key-2", renamed, NULL));
  by_name = search (cache, "王新", HOME, HOME + 1, 20);
  g_assert_cmpstr (by_name, ==, "new");
  by_pinyin = search (cache, "huangxy", HOME, HOME + 1, 20);
  g_assert_cmpstr (by_pinyin, ==, "wang");
  by_tail = search (cache, "2222", HOME, HOME + 1, 20);
  g_assert_cmpstr (by_tail, ==, "new");
  gone = search (cache, "王秀英", HOME, HOME + 1, 20);
  g_assert_cmpstr (gone, ==, "");
}

#define ADD(name, func) g_test_add ("/search/" name, Sample, NULL, set_up, func, sample_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  ADD ("table", test_table);
  ADD ("too-long", test_too_long);
  ADD ("home-first", test_home_first);
  ADD ("rare-among-common", test_rare_among_common);
  ADD ("rank", test_rank);
  ADD ("open-homophones", test_open_homophones);
  ADD ("met", test_met);
  g_test_add_func ("/search/kinds", test_kinds);
  ADD ("cancelled", test_cancelled);
  ADD ("overlay", test_overlay);
  return g_test_run ();
}
