/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The making of the copy. The key is a constant: nobody in this city exists. */

#include "bench-city.h"

#include "cache/desk-login.h"
#include "city/census.h"
#include "snapshot/snapshot.h"

#include <glib/gstdio.h>

#define SEED 7
#define AS_OF 20260601
#define BATCH 20000 /* elders a transaction */
#define EVERY_DEVICE 8
#define EVERY_OPEN 200
#define EVERY_CALL 20
#define SAMPLES 4000 /* elders, with their kin, the dictionary is trained with */

typedef struct
{
  YihuSnapshotFile *file;
  guint n; /* elders so far */
  gint64 now_us;
} Making;

static void
check (gboolean done, GError *error)
{
  if (!done)
    g_error ("the copy cannot be made: %s", error != NULL ? error->message : "?");
}

static void
put (Making *self, gpointer record)
{
  GError *error = NULL;

  ((YihuRecord *) record)->version = 1;
  check (yihu_snapshot_file_put (self->file, record, &error), error);
}

static void
put_device (Making *self, const YihuElder *elder)
{
  g_autofree char *id = g_strdup_printf ("00000000-0000-7000-8001-%012u", self->n);
  g_autoptr (YihuDevice) device = yihu_device_new (id);

  device->record.division = elder->record.division;
  device->number = g_strdup_printf ("86%013" G_GUINT64_FORMAT,
                                    (guint64) self->n * 2654435761u % 10000000000000u);
  device->elder = g_strdup (elder->record.id);
  put (self, device);
}

static void
put_order (Making *self, const YihuElder *elder)
{
  g_autofree char *id = g_strdup_printf ("00000000-0000-7000-8002-%012u", self->n);
  g_autoptr (YihuOrder) order = yihu_order_new (id);

  order->record.division = elder->record.division;
  order->elder = g_strdup (elder->record.id);
  order->item = g_strdup ("I");
  order->provider = g_strdup ("P");
  order->state = YIHU_ORDER_ACCEPTED;
  order->placed_at_us = order->due_at_us = self->now_us;
  put (self, order);
}

static void
put_call (Making *self, const YihuElder *elder)
{
  g_autofree char *id = g_strdup_printf ("00000000-0000-7000-8003-%012u", self->n);
  g_autoptr (YihuCall) call = yihu_call_new (id);

  call->record.division = elder->record.division;
  call->number = g_strdup (elder->phone);
  call->elder = g_strdup (elder->record.id);
  call->state = YIHU_CALL_CLOSED;
  call->ring_at_us = self->now_us - (gint64) self->n * G_TIME_SPAN_SECOND;
  put (self, call);
}

static gboolean
on_household (const YihuHousehold *household, gpointer data, GError **error)
{
  Making *self = data;
  YihuDatabase *database = yihu_snapshot_file_get_database (self->file);

  for (guint i = 0; i < household->n_elders; i++)
    {
      YihuElder *elder = household->elders[i];

      if (self->n % BATCH == 0 && self->n > 0
          && (!yihu_database_commit (database, error) || !yihu_database_begin (database, error)))
        return FALSE;
      put (self, elder);
      if (self->n % EVERY_DEVICE == 0)
        put_device (self, elder);
      if (self->n % EVERY_OPEN == 0)
        put_order (self, elder);
      if (self->n % EVERY_CALL == 0)
        put_call (self, elder);
      self->n++;
    }
  for (guint i = 0; i < household->kin->len; i++)
    put (self, g_ptr_array_index (household->kin, i));
  return TRUE;
}

static void
put_divisions (Making *self, YihuPlan *plan)
{
  for (guint i = 0; i < yihu_plan_get_n_areas (plan); i++)
    {
      const YihuArea *area = yihu_plan_get_area (plan, i);
      g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, area->code);
      g_autoptr (YihuDivision) division = yihu_division_new (id);

      division->record.division = area->code;
      division->name = g_strdup (area->name);
      division->level = area->level;
      put (self, division);
    }
}

/* As the server does it: from a sample, before the first row. */
static gboolean
collect_household (const YihuHousehold *household, gpointer data, GError **error)
{
  GPtrArray *records = data;

  for (guint i = 0; i < household->n_elders; i++)
    g_ptr_array_add (records, yihu_record_ref (household->elders[i]));
  for (guint i = 0; i < household->kin->len; i++)
    g_ptr_array_add (records, yihu_record_ref (g_ptr_array_index (household->kin, i)));
  return TRUE;
}

static void
train (YihuSnapshotFile *file, YihuCatalogue *catalogue, guint n)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);

  check (yihu_census_take (catalogue, AS_OF, MIN (n, SAMPLES), collect_household, records, &error),
         error);
  check (yihu_snapshot_file_train (file, records, &error), error);
}

static void
make_city (const char *path, GBytes *key, guint n)
{
  GError *error = NULL;
  g_autoptr (YihuPlan) plan = yihu_plan_new (SEED);
  g_autoptr (YihuPeople) people = yihu_people_new (AS_OF);
  g_autoptr (YihuCatalogue) catalogue = yihu_catalogue_new (plan, people, SEED, 0);
  g_autoptr (YihuSnapshotFile) file = yihu_snapshot_file_create (path, key, &error);
  Making making = { file, 0, g_get_real_time () };

  check (file != NULL, error);
  check (yihu_database_begin (yihu_snapshot_file_get_database (file), &error), error);
  train (file, catalogue, n);
  put_divisions (&making, plan);
  check (yihu_census_take (catalogue, AS_OF, n, on_household, &making, &error), error);
  check (yihu_database_commit (yihu_snapshot_file_get_database (file), &error), error);
  check (yihu_snapshot_file_finish (file, BENCH_CITY_LO, BENCH_CITY_HI, 1, 1, making.now_us,
                                    &error),
         error);
}

static void
keep_login (YihuCache *cache, GBytes *key, const char *login, const char *password)
{
  GError *error = NULL;
  YihuAccount *account = yihu_account_new ("bench");
  g_autoptr (YihuDeskLogin) kept = g_new0 (YihuDeskLogin, 1);
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) parcel = NULL;

  account->record.version = 1;
  account->record.division = BENCH_CITY_LO;
  account->login = g_strdup (login);
  account->name = g_strdup ("测试");
  account->seat = g_strdup ("03");
  kept->account = account;
  kept->lo = BENCH_CITY_LO;
  kept->hi = BENCH_CITY_HI;
  kept->scope_key = g_bytes_ref (key);
  kept->at_us = g_get_real_time ();
  kept->offline_us = 72 * G_TIME_SPAN_HOUR;
  check (yihu_desk_login_wrap (kept, password, &salt, &parcel, &error), error);
  check (yihu_desk_file_keep_login (yihu_cache_get_desk (cache), login, salt, parcel, &error),
         error);
}

YihuCache *
bench_city_open (const char *directory, guint n, const char *login, const char *password)
{
  GError *error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autofree char *city = g_build_filename (directory, "city.db", NULL);
  g_autofree char *made = g_strconcat (city, ".new", NULL);
  YihuCache *cache;

  check (g_mkdir_with_parents (directory, 0700) == 0, NULL);
  cache = yihu_cache_open (directory, key, NULL);
  if (cache == NULL || yihu_cache_count_elders (cache) != n) /* none, or one of an older make */
    {
      g_clear_pointer (&cache, yihu_cache_close);
      make_city (made, key, n);
      check (g_rename (made, city) == 0, NULL);
      cache = yihu_cache_open (directory, key, &error);
    }
  check (cache != NULL && yihu_cache_count_elders (cache) == n, error);
  keep_login (cache, key, login, password);
  return cache;
}
