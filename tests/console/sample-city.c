/* SPDX-License-Identifier: GPL-3.0-or-later */

/* All names and numbers here are invented. */

#include "sample-city.h"

#define MINUTE_US G_GINT64_CONSTANT (60000000)
#define N_ELDERS 60
#define N_PROVIDERS 5
#define N_CALLS 120

static const char *const surnames[] = {
  "王", "李", "张", "刘", "陈", "欧阳", "赵", "黄", "周", "吴"
};
static const char *const given[] = {
  "秀英", "桂兰", "建国", "德明", "淑珍", "玉兰", "福生", "凤英"
};
static const char *const communities[] = { "建丰社区", "东升社区", "新海社区", "金牛山社区" };
static const char *const provider_names[] = { "德康居家护理", "夕阳红家政", "幸福食堂",
                                              "安康护理站", "营口站前区社区综合养老服务中心" };
static const struct
{
  const char *name;
  YihuCategory category;
  int minutes;
  int price_fen;
} services[] = {
  { "助浴", YIHU_CATEGORY_BATHING, 60, 4800 },
  { "助餐", YIHU_CATEGORY_MEALS, 30, 1550 },
  { "保洁", YIHU_CATEGORY_CLEANING, 90, 6000 },
  { "陪诊", YIHU_CATEGORY_ESCORT, 180, 12000 },
  { "康复护理", YIHU_CATEGORY_REHABILITATION, 45, 8800 },
};

static void
put_division (YihuBook *book, gint64 code, const char *name)
{
  g_autofree char *id = g_strdup_printf ("%012" G_GINT64_FORMAT, code);
  g_autoptr (YihuDivision) division = yihu_division_new (id);

  division->record.division = code;
  division->name = g_strdup (name);
  yihu_fake_book_put (book, division, FALSE);
}

static void
put_divisions (YihuBook *book)
{
  static const struct
  {
    gint64 code;
    const char *name;
  } divisions[] = {
    { 210800000000, "营口市" },   { 210802000000, "站前区" },   { 210803000000, "西市区" },
    { 210804000000, "鲅鱼圈区" }, { 210811000000, "老边区" },   { 210881000000, "盖州市" },
    { 210882000000, "大石桥市" }, { 210802003000, "建丰街道" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (divisions); i++)
    put_division (book, divisions[i].code, divisions[i].name);
  for (guint i = 0; i < G_N_ELEMENTS (communities); i++)
    put_division (book, 210802003000 + 1 + i, communities[i]);
}

static void
put_providers (YihuBook *book)
{
  for (guint i = 0; i < N_PROVIDERS; i++)
    {
      g_autofree char *id = g_strdup_printf ("provider-%u", i);
      g_autoptr (YihuProvider) provider = yihu_provider_new (id);

      provider->name = g_strdup (provider_names[i]);
      provider->phone = g_strdup_printf ("+864172810%03u", i);
      provider->stars = 420 + 13 * i;
      yihu_fake_book_put (book, provider, FALSE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      g_autofree char *id = g_strdup_printf ("item-%u", i);
      g_autoptr (YihuServiceItem) item = yihu_service_item_new (id);

      item->name = g_strdup (services[i].name);
      item->category = services[i].category;
      item->minutes = services[i].minutes;
      yihu_fake_book_put (book, item, FALSE);
    }
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *id = g_strdup_printf ("institution-%u", i);
      g_autoptr (YihuInstitution) institution = yihu_institution_new (id);

      institution->name = g_strdup_printf ("第 %u 养老院", i + 1);
      institution->type = i % 3;
      institution->lat_e7 = 406600000 + (gint64) (i * 37 % 11) * 60000;
      institution->lon_e7 = 1222300000 + (gint64) (i * 53 % 13) * 70000;
      yihu_fake_book_put (book, institution, FALSE);
    }
}

static void
put_elder (YihuBook *book, guint i)
{
  g_autofree char *id = g_strdup_printf ("elder-%u", i);
  g_autoptr (YihuElder) elder = yihu_elder_new (id);

  elder->record.division = 210802003001 + i % G_N_ELEMENTS (communities);
  elder->name = g_strconcat (surnames[i % G_N_ELEMENTS (surnames)],
                             given[i / 3 % G_N_ELEMENTS (given)], NULL);
  elder->sex = i % 2;
  elder->birth = 19350101 + (gint64) (i % 20) * 10000 + 317;
  elder->phone = g_strdup_printf ("+8613800138%03u", i);
  elder->address = g_strdup_printf ("站前区建丰街道学府路 %u 号 3 栋 1 单元 502", 10 + i);
  elder->lat_e7 = 406650000 + (gint64) (i * 29 % 41) * 9000;
  elder->lon_e7 = 1222350000 + (gint64) (i * 31 % 43) * 12000;
  elder->living = i % 3;
  elder->ability = i % 5;
  yihu_fake_book_put (book, elder, FALSE);
}

char *
yihu_sample_order_id (guint i)
{
  return g_strdup_printf ("order-%u", i);
}

static void
put_step (YihuBook *book,
          const YihuOrder *order,
          const char *verb,
          gint64 at_us,
          const char *actor,
          gint64 lat_e7,
          gint64 lon_e7)
{
  g_autofree char *id = g_strdup_printf ("%s-%s", order->record.id, verb);
  g_autoptr (YihuOrderStep) step = yihu_order_step_new (id);

  step->service_order = g_strdup (order->record.id);
  step->verb = g_strdup (verb);
  step->at_us = at_us;
  step->actor_name = g_strdup (actor);
  step->lat_e7 = lat_e7;
  step->lon_e7 = lon_e7;
  yihu_fake_book_put (book, step, FALSE);
}

static void
put_order (YihuBook *book, guint i)
{
  g_autofree char *id = yihu_sample_order_id (i);
  g_autoptr (YihuOrder) order = yihu_order_new (id);
  g_autofree char *elder_id = g_strdup_printf ("elder-%u", i % N_ELDERS);
  g_autoptr (YihuElder) elder = yihu_book_get (book, &yihu_elder_type, elder_id);
  guint service = i % G_N_ELEMENTS (services);
  gint64 usual_us = services[service].minutes * MINUTE_US;
  gint64 start_us = YIHU_SAMPLE_NOW_US - 20 * 24 * 60 * MINUTE_US + (gint64) i * 5 * MINUTE_US;
  gint64 off_e7 = i % 9 == 3 ? 110000 : 3000; /* 1.2 km, or some 30 m */

  order->record.version = 6;
  order->record.division = elder->record.division;
  order->number = g_strdup_printf ("DD20261121-%04u", i + 1);
  order->elder = g_strdup (elder_id);
  order->item = g_strdup_printf ("item-%u", service);
  order->provider = g_strdup_printf ("provider-%u", i / 2 % N_PROVIDERS);
  order->state = YIHU_ORDER_FINISHED;
  order->placed_at_us = start_us - 45 * MINUTE_US;
  order->due_at_us = start_us;
  order->finished_at_us = start_us + (i % 7 == 2 ? usual_us / 3 : usual_us);
  order->price_fen = services[service].price_fen;
  order->subsidy_fen = order->price_fen * 3 / 4 / 100 * 100;
  order->note = g_strdup ("老人行动不便，请先打电话再上门。");
  order->seat = g_strdup ("03");
  put_step (book, order, "create", order->placed_at_us, "张敏", 0, 0);
  put_step (book, order, "accept", order->placed_at_us + 2 * MINUTE_US, "何秀兰", 0, 0);
  put_step (book, order, "arrive", start_us - 2 * MINUTE_US, "何秀兰", elder->lat_e7 + off_e7,
            elder->lon_e7);
  put_step (book, order, "start", start_us, "何秀兰", 0, 0);
  put_step (book, order, "finish", order->finished_at_us, "何秀兰", 0, 0);
  yihu_fake_book_put (book, order, FALSE);
}

static void
put_call (YihuBook *book, guint i)
{
  g_autofree char *id = g_strdup_printf ("call-%u", i);
  g_autoptr (YihuCall) call = yihu_call_new (id);

  call->record.division = 210802003001 + i % G_N_ELEMENTS (communities);
  call->elder = g_strdup_printf ("elder-%u", i % N_ELDERS);
  call->ring_at_us = YIHU_SAMPLE_NOW_US - (gint64) i * 3 * MINUTE_US - 134 * G_USEC_PER_SEC;
  call->state = i == 0 ? YIHU_CALL_TALKING : i % 11 == 4 ? YIHU_CALL_MISSED : YIHU_CALL_CLOSED;
  call->urgency = i % 20 == 0 ? YIHU_URGENCY_URGENT : i % 3;
  call->answer_at_us = call->state == YIHU_CALL_MISSED ? 0 : call->ring_at_us + 6 * G_USEC_PER_SEC;
  call->end_at_us = i == 0 ? 0 : call->ring_at_us + 160 * G_USEC_PER_SEC;
  yihu_fake_book_put (book, call, FALSE);
}

YihuAccount *
yihu_sample_account (YihuRole role)
{
  YihuAccount *account = yihu_account_new ("account-1");

  account->record.division =
      role == YIHU_ROLE_REVIEWER ? YIHU_SAMPLE_COUNTY : G_GINT64_CONSTANT (210800000000);
  account->login = g_strdup ("sample");
  account->name = g_strdup ("刘洋");
  account->role = role;
  return account;
}

YihuBook *
yihu_sample_book (YihuRole role, guint n_orders)
{
  g_autoptr (YihuAccount) account = yihu_sample_account (role);
  YihuBook *book = yihu_fake_book_new (account, YIHU_SAMPLE_NOW_US);

  put_divisions (book);
  put_providers (book);
  for (guint i = 0; i < N_ELDERS; i++)
    put_elder (book, i);
  for (guint i = 0; i < n_orders; i++)
    put_order (book, i);
  for (guint i = 0; i < N_CALLS; i++)
    put_call (book, i);
  return book;
}

void
yihu_sample_figures (YihuFigures *figures)
{
  static const int today[] = {
    38, 22, 15, 12, 18, 64, 180, 310, 520, 640, 702, 655, 540, 480, 312
  };
  static const int yesterday[] = { 41,  25,  17,  13,  16,  58,  171, 296, 498, 612, 688, 640,
                                   566, 470, 590, 602, 640, 598, 470, 352, 260, 180, 110, 60 };
  static const int categories[] = { 2214, 1188, 521, 746, 303, 122, 91, 902, 411, 17, 8, 0 };
  static const YihuDivisionFigures divisions[] = {
    { 210802000000, 248, 2, 97 }, { 210803000000, 231, 0, 96 }, { 210804000000, 171, 1, 93 },
    { 210811000000, 64, 9, 81 },  { 210881000000, 120, 0, -1 }, { 210882000000, 93, 0, 91 },
  };

  *figures = (YihuFigures){
    .at_us = YIHU_SAMPLE_NOW_US - 800000,
    .calls_today = 4508,
    .calls_yesterday = 4338,
    .answered_today = 4402,
    .answered_in_15_s_today = 4340,
    .missed_today = 51,
    .mean_wait_ms = 6140,
    .waiting = 5,
    .longest_wait_ms = 52000,
    .talking = 12,
    .seats_ready = 6,
    .seats_online = 24,
    .open_orders = 927,
    .late_orders = 12,
    .urgent_calls = 3,
    .elders = 850214,
    .providers = 512,
    .institutions = 135,
    .n_divisions = G_N_ELEMENTS (divisions),
  };
  for (guint i = 0; i < G_N_ELEMENTS (today); i++)
    figures->calls_by_hour[i] = today[i];
  for (guint i = 0; i < G_N_ELEMENTS (yesterday); i++)
    figures->calls_by_hour_yesterday[i] = yesterday[i];
  for (guint i = 0; i < G_N_ELEMENTS (categories); i++)
    figures->orders_by_category[i] = categories[i];
  for (guint i = 0; i < G_N_ELEMENTS (divisions); i++)
    figures->divisions[i] = divisions[i];
}
