/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes a city.db as the server would (snapshot/), keeps a log-in as a session would have left it,
 * and opens a book over both with a server address where nobody listens. */

#include "fixture.h"

#include "cache/desk-login.h"
#include "console/book-private.h"

#include "cache/cache.h"
#include "snapshot/snapshot.h"

#include <glib/gstdio.h>
#include <string.h>

#define COUNTY G_GINT64_CONSTANT (210802000000)
#define STREET G_GINT64_CONSTANT (210802001000)
#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

static GBytes *
make_key (void)
{
  guint8 key[YIHU_SNAPSHOT_KEY_BYTES];

  memset (key, 7, sizeof key);
  return g_bytes_new (key, sizeof key);
}

static void
put (YihuSnapshotFile *file, gpointer taken)
{
  g_autoptr (YihuRecord) record = taken;
  g_autoptr (GError) error = NULL;

  if (record->version == 0)
    record->version = 1;
  yihu_snapshot_file_put (file, record, &error);
  g_assert_no_error (error);
}

static void
put_division (YihuSnapshotFile *file, gint64 code, const char *name, gint64 level)
{
  g_autofree char *id = g_strdup_printf ("%012" G_GINT64_FORMAT, code);
  YihuDivision *division = yihu_division_new (id);

  division->record.division = code;
  division->name = g_strdup (name);
  division->level = level;
  put (file, division);
}

static YihuElder *
make_elder (const char *id, const char *name, gint64 birth, const char *phone)
{
  YihuElder *elder = yihu_elder_new (id);

  elder->record.division = STREET;
  elder->name = g_strdup (name);
  elder->birth = birth;
  elder->phone = g_strdup (phone);
  elder->address = g_strdup ("渤海大街西 218 号 6 栋 2 单元 1103（有电梯）");
  elder->lat_e7 = 406700000;
  elder->lon_e7 = 1222400000;
  return elder;
}

static void
put_elders (YihuSnapshotFile *file)
{
  YihuElder *wang = make_elder ("elder-wang", "王秀英", 19440305, FIXTURE_PHONE_WANG);

  wang->appellation = g_strdup ("王阿姨");
  wang->phone2 = g_strdup ("+8613837904412");
  wang->living = YIHU_LIVING_ALONE;
  wang->ability = YIHU_ABILITY_MODERATE;
  wang->subsidy = YIHU_SUBSIDY_A;
  wang->risk = YIHU_RISK_HIGH;
  wang->conditions = g_strdup ("高血压 3 级　冠心病（2019 支架）　2 型糖尿病");
  wang->medicines = g_strdup ("阿司匹林　氨氯地平　二甲双胍");
  wang->allergies = g_strdup ("青霉素");
  wang->mobility = g_strdup ("助行器，左膝置换 2023");
  wang->hospital = g_strdup ("市中心医院 急诊");
  wang->key_holder = g_strdup ("门卫老李");
  wang->dialect = g_strdup ("营口话");
  put (file, wang);
  put (file, make_elder ("elder-chen", "陈德明", 19350611, FIXTURE_PHONE_SHARED));
  put (file, make_elder ("elder-li", "李桂兰", 19380210, FIXTURE_PHONE_SHARED));
  put (file, make_elder ("elder-zhao", "赵国华", 19500910, "+864172900900"));
}

static void
put_kin (YihuSnapshotFile *file)
{
  YihuKin *son = yihu_kin_new ("kin-1");
  YihuKin *neighbour = yihu_kin_new ("kin-2");

  son->record.division = neighbour->record.division = STREET;
  son->elder = g_strdup ("elder-wang");
  son->relation = g_strdup ("儿子");
  son->name = g_strdup ("王建军");
  son->phone = g_strdup ("+8613938882017");
  son->place = g_strdup ("沈阳");
  neighbour->elder = g_strdup ("elder-wang");
  neighbour->relation = g_strdup ("邻居");
  neighbour->name = g_strdup ("张阿姨");
  neighbour->phone = g_strdup ("+864172817520");
  neighbour->rank = 1;
  put (file, son);
  put (file, neighbour);
}

static void
put_provider (YihuSnapshotFile *file, const char *id, const char *name, gint64 offset_e7)
{
  YihuProvider *provider = yihu_provider_new (id);
  YihuPrice *price;
  static const char *const items[] = { "item-bath", "item-meal" };

  provider->record.division = COUNTY;
  provider->name = g_strdup (name);
  provider->lat_e7 = 406700000 + offset_e7;
  provider->lon_e7 = 1222400000 + offset_e7;
  provider->stars = 480;
  provider->capacity = 4;
  put (file, provider);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_autofree char *price_id = g_strdup_printf ("price-%s-%u", id, i);

      price = yihu_price_new (price_id);
      price->provider = g_strdup (id);
      price->item = g_strdup (items[i]);
      price->price_fen = 4800;
      price->subsidy_fen = 4000;
      put (file, price);
    }
}

static void
put_catalogue (YihuSnapshotFile *file)
{
  YihuServiceItem *bath = yihu_service_item_new ("item-bath");
  YihuServiceItem *meal = yihu_service_item_new ("item-meal");
  YihuInstitution *home = yihu_institution_new ("institution-1");
  YihuInstitution *hospital = yihu_institution_new ("institution-2");
  YihuCamera *camera = yihu_camera_new ("camera-1");

  bath->name = g_strdup ("上门助浴");
  bath->category = YIHU_CATEGORY_BATHING;
  bath->lead_minutes = 60;
  meal->name = g_strdup ("送午餐");
  meal->category = YIHU_CATEGORY_MEALS;
  meal->lead_minutes = 40;
  put (file, bath);
  put (file, meal);
  put_provider (file, "provider-near", "安康护理站", 60000);
  put_provider (file, "provider-far", "德康居家护理", 400000);
  home->record.division = hospital->record.division = COUNTY;
  home->name = g_strdup ("建丰社区养老服务中心");
  home->type = YIHU_INSTITUTION_COMMUNITY_CENTRE;
  home->lat_e7 = 406760000;
  home->lon_e7 = 1222460000;
  hospital->name = g_strdup ("市中心医院急救站");
  hospital->type = YIHU_INSTITUTION_HOSPITAL;
  hospital->lat_e7 = 406900000;
  hospital->lon_e7 = 1222500000;
  camera->record.division = COUNTY;
  camera->institution = g_strdup ("institution-1");
  camera->name = g_strdup ("大厅");
  put (file, home);
  put (file, hospital);
  put (file, camera);
}

static void
put_order (YihuSnapshotFile *file,
           const char *id,
           const char *elder,
           gint64 state,
           gint64 urgency,
           gint64 due_at_us,
           const char *reason)
{
  YihuOrder *order = yihu_order_new (id);

  order->record.division = STREET;
  order->number = g_strdup_printf ("DD20261121-%s", id + strlen (id) - 4);
  order->elder = g_strdup (elder);
  order->item = g_strdup ("item-bath");
  order->provider = g_strdup ("provider-near");
  order->state = state;
  order->urgency = urgency;
  order->placed_at_us = due_at_us - 60 * MINUTE_US;
  order->due_at_us = due_at_us;
  order->price_fen = 4800;
  order->subsidy_fen = 4000;
  order->reason = g_strdup (reason);
  put (file, order);
}

static void
put_orders (YihuSnapshotFile *file, gint64 now_us)
{
  put_order (file, "order-0002", "elder-chen", YIHU_ORDER_PLACED, YIHU_URGENCY_GENERAL,
             now_us + 20 * MINUTE_US, NULL);
  put_order (file, "order-0001", "elder-wang", YIHU_ORDER_ACCEPTED, YIHU_URGENCY_SOON,
             now_us - 12 * MINUTE_US, NULL);
  put_order (file, "order-0003", "elder-li", YIHU_ORDER_RETURNED, YIHU_URGENCY_GENERAL,
             now_us - 300 * MINUTE_US, "签到位置距住址 1.2 km");
  put_order (file, "order-0004", "elder-wang", YIHU_ORDER_APPROVED, YIHU_URGENCY_GENERAL,
             now_us - 3000 * MINUTE_US, NULL);
}

static char *
write_snapshot (const char *directory, gint64 now_us)
{
  char *path = g_build_filename (directory, "snapshot.db", NULL);
  g_autoptr (GBytes) key = make_key ();
  g_autoptr (GError) error = NULL;
  YihuSnapshotFile *file = yihu_snapshot_file_create (path, key, &error);

  g_assert_no_error (error);
  put_division (file, G_GINT64_CONSTANT (210800000000), "营口市", YIHU_DIVISION_LEVEL_CITY);
  put_division (file, COUNTY, "站前区", YIHU_DIVISION_LEVEL_COUNTY);
  put_division (file, STREET, "建丰街道", YIHU_DIVISION_LEVEL_STREET);
  put_elders (file);
  put_kin (file);
  put_catalogue (file);
  put_orders (file, now_us);
  yihu_snapshot_file_finish (file, G_GINT64_CONSTANT (210800000000),
                             G_GINT64_CONSTANT (210900000000), 1, 100, now_us, &error);
  g_assert_no_error (error);
  yihu_snapshot_file_close (file);
  return path;
}

static void
write_cache (const char *directory, gint64 now_us)
{
  g_autofree char *snapshot = write_snapshot (directory, now_us);
  g_autoptr (GBytes) key = make_key ();
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuCache) cache = yihu_cache_open (directory, key, &error);
  g_autoptr (YihuAccount) account = yihu_account_new ("account-zhang");
  g_autoptr (YihuDeskLogin) login = NULL;
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) parcel = NULL;

  g_assert_no_error (error);
  account->login = g_strdup (FIXTURE_LOGIN);
  account->name = g_strdup ("张敏");
  account->role = YIHU_ROLE_OPERATOR;
  account->seat = g_strdup (FIXTURE_SEAT);
  account->record.division = G_GINT64_CONSTANT (210800000000);
  account->record.version = 1;
  yihu_cache_install_snapshot (cache, snapshot, key, &error);
  g_assert_no_error (error);
  login = g_new0 (YihuDeskLogin, 1);
  login->account = yihu_account_ref (account);
  login->lo = G_GINT64_CONSTANT (210800000000);
  login->hi = G_GINT64_CONSTANT (210900000000);
  login->scope_key = g_bytes_ref (key);
  login->at_us = now_us;
  login->offline_us = 72 * G_TIME_SPAN_HOUR;
  yihu_desk_login_wrap (login, FIXTURE_PASSWORD, &salt, &parcel, &error);
  g_assert_no_error (error);
  yihu_desk_file_keep_login (yihu_cache_get_desk (cache), FIXTURE_LOGIN, salt, parcel, &error);
  g_assert_no_error (error);
}

static void
on_login_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  yihu_book_login_finish (YIHU_BOOK (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
open_book (Fixture *self)
{
  gboolean done = FALSE;

  self->book = yihu_book_new ("http://127.0.0.1:1", self->directory, self->clock);
  self->ticker = yihu_ticker_new (self->clock);
  yihu_book_login_async (self->book, FIXTURE_LOGIN, FIXTURE_PASSWORD, NULL, on_login_ready, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

Fixture *
fixture_new (gint64 now_us)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autofree char *account_directory = NULL;

  self->directory = g_dir_make_tmp ("yihu-desk-XXXXXX", NULL);
  self->clock = yihu_fake_clock_new (now_us);
  /* The book keeps a folder an account. */
  account_directory = g_build_filename (self->directory, "account-" FIXTURE_LOGIN, NULL);
  g_mkdir (account_directory, 0700);
  write_cache (account_directory, now_us);
  open_book (self);
  return self;
}

static void
close_book (Fixture *self)
{
  yihu_book_close (self->book);
  g_clear_object (&self->ticker);
  g_clear_object (&self->book);
  fixture_settle (self);
}

Fixture *
fixture_reopen (Fixture *self)
{
  close_book (self);
  open_book (self);
  return self;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
fixture_free (Fixture *self)
{
  close_book (self);
  g_clear_object (&self->clock);
  remove_tree (self->directory);
  g_free (self->directory);
  g_free (self);
}

void
fixture_feed (Fixture *self, gpointer record)
{
  g_autofree char *signal =
      g_strconcat ("record-changed::", YIHU_RECORD (record)->type->name, NULL);

  g_signal_emit_by_name (self->book, signal, record);
}

YihuCall *
fixture_make_call (Fixture *self,
                   const char *id,
                   const char *number,
                   const char *elder,
                   YihuCallState state,
                   const char *seat)
{
  static gint64 version;
  YihuCall *call = yihu_call_new (id);
  gint64 now_us = yihu_clock_get_now_us (self->clock);

  call->record.version = ++version;
  call->record.division = STREET;
  call->number = g_strdup (number);
  call->called = g_strdup ("12349");
  call->elder = g_strdup (elder);
  call->state = state;
  call->urgency = YIHU_URGENCY_GENERAL;
  call->seat = g_strdup (seat);
  call->ring_at_us = now_us;
  if (state >= YIHU_CALL_TALKING && state != YIHU_CALL_MISSED)
    call->answer_at_us = now_us;
  if (state >= YIHU_CALL_WRAPUP)
    call->end_at_us = now_us;
  return call;
}

void
fixture_advance (Fixture *self, guint64 by_ms)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), by_ms);
  fixture_settle (self);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GPtrArray) list = NULL;

  if (YIHU_IS_BOOK (source))
    list = yihu_book_list_orders_finish (YIHU_BOOK (source), result, NULL);
  *(gboolean *) data = TRUE;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
wait_for (gboolean *done)
{
  while (!*done)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
fixture_settle (Fixture *self)
{
  gboolean read = self->book == NULL;
  gboolean written = read || self->book->outbox == NULL;

  /* A read and a write of our own go through the same queues: when they are back, those before them
   * are too. */
  if (!read)
    yihu_book_list_orders_async (self->book, 0, NULL, 1, NULL, on_settled, &read);
  wait_for (&read);
  for (guint i = 0; !written && i < 2; i++)
    {
      gboolean done = FALSE;

      yihu_outbox_append_async (self->book->outbox, NULL, NULL, NULL, NULL, on_written, &done);
      wait_for (&done);
    }
}
