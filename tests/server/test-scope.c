/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who gets which rows: accounts of random roles and districts, random rows of every kind that come,
 * change, and move between districts. What the server hands out by snapshot, feed, catch-up, lists
 * and single objects is compared with a predicate written here, from the digits of the codes and
 * the words of docs/protocol.md alone; of the server's own rules nothing is used.
 *
 * What is true afterwards is read from the tables of the store, not through its filters. */

#include "fixture.h"

#include "base/error.h"
#include "domain/kinds.h"

#include <string.h>

#define N_PEOPLE 20
#define N_IDS 15 /* of each kind */
#define N_ROWS 120
#define N_STEPS 150
#define N_OBJECTS 40
#define PROVINCE G_GINT64_CONSTANT (210000000000)

typedef struct
{
  const char *role;
  gint64 division;
  char *login;
  char *provider;
  char *token;
  GHashTable *copy; /* "elder e1" to "version": what a console would hold */
  gint64 cursor;
  Live *live; /* (owned) (nullable) */
} Person;

typedef struct
{
  Fixture fixture;
  GRand *random;
  GArray *divisions; /* gint64, all levels and 0 */
  GPtrArray *people; /* Person */
} World;

/* --- the reference --- */

/* The digits that name a district: a community 12, a street 9, a county 6, a city 4, a province 2.
 */
static guint
count_digits (const char *code)
{
  static const guint levels[] = { 2, 4, 6, 9 };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (strspn (code + levels[i], "0") == 12 - levels[i])
      return levels[i];
  return 12;
}

static gboolean
lies_in (gint64 division, gint64 district)
{
  g_autofree char *code = g_strdup_printf ("%012" G_GINT64_FORMAT, division);
  g_autofree char *around = g_strdup_printf ("%012" G_GINT64_FORMAT, district);

  return division == 0 || district == 0 || strncmp (code, around, count_digits (around)) == 0;
}

static gboolean
has_desk (const Person *person)
{
  return g_str_equal (person->role, "operator") || g_str_equal (person->role, "supervisor")
         || g_str_equal (person->role, "reviewer");
}

static gboolean
gets_kind (const Person *person, const char *kind)
{
  if (g_str_equal (kind, "account"))
    return FALSE;
  return has_desk (person)
         || (g_str_equal (person->role, "switchboard")
             && (g_str_equal (kind, "call") || g_str_equal (kind, "seat")));
}

static gboolean
may_see (const Person *person, const char *kind, gint64 division)
{
  return gets_kind (person, kind) && lies_in (division, person->division);
}

static GHashTable *
new_copy (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* --- the city --- */

static gint64
choose_division (World *self)
{
  return g_array_index (self->divisions, gint64,
                        g_rand_int_range (self->random, 0, (int) self->divisions->len));
}

static const char *
choose (World *self, const char *const *words)
{
  return words[g_rand_int_range (self->random, 0, (int) g_strv_length ((GStrv) words))];
}

static void
add_division (World *self, GString *csv, gint64 code, guint level)
{
  g_array_append_val (self->divisions, code);
  g_string_append_printf (csv, "%" G_GINT64_FORMAT ",D%u,%u\n", code, self->divisions->len, level);
}

/* Neighbours by number, and the last number of a level, whose range ends where the next begins. */
static void
add_below (World *self, GString *csv, gint64 code, guint level)
{
  static const gint64 units[] = { 0, 0, 0, 1000000, 1000, 1 };
  static const gint64 last[] = { 0, 0, 0, 99, 999, 999 };
  gint64 numbers[] = { 1, 2, last[level] };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gint64 child = code + numbers[i] * units[level];

      if (level > 3 && g_rand_boolean (self->random))
        continue;
      add_division (self, csv, child, level);
      if (level < 5)
        add_below (self, csv, child, level + 1);
    }
}

static void
make_divisions (World *self, const char *admin)
{
  g_autoptr (GString) csv = g_string_new ("id,name,level\n");
  gint64 nowhere = 0;

  g_array_append_val (self->divisions, nowhere);
  add_division (self, csv, PROVINCE, 1);
  for (guint i = 8; i < 10; i++)
    {
      gint64 city = PROVINCE + i * G_GINT64_CONSTANT (100000000);

      add_division (self, csv, city, 2);
      add_below (self, csv, city, 3);
    }
  fixture_import (&self->fixture, admin, "division", csv->str);
}

static void
person_free (gpointer data)
{
  Person *person = data;

  g_clear_pointer (&person->live, live_free);
  g_hash_table_unref (person->copy);
  g_free (person->login);
  g_free (person->provider);
  g_free (person->token);
  g_free (person);
}

/* Every role once, then desks, which see the most. */
static void
make_people (World *self, const char *admin)
{
  static const char *const roles[] = { "operator", "supervisor",  "reviewer", "administrator",
                                       "auditor",  "switchboard", "device",   "provider" };
  static const char *const providers[] = { "p1", "p2", NULL };

  for (guint i = 0; i < N_PEOPLE; i++)
    {
      Person *person = g_new0 (Person, 1);

      person->role = i < 2 * G_N_ELEMENTS (roles) ? roles[i % G_N_ELEMENTS (roles)] : "operator";
      person->division = choose_division (self);
      person->login = g_strdup_printf ("person%u", i);
      person->provider = g_strdup (choose (self, providers));
      person->copy = new_copy ();
      fixture_add_account (&self->fixture, admin, person->login, person->role, person->division, "",
                           person->provider);
      person->token = fixture_login_anew (&self->fixture, person->login);
      g_ptr_array_add (self->people, person);
      g_test_message ("%s %s %" G_GINT64_FORMAT " '%s'", person->login, person->role,
                      person->division, person->provider);
    }
}

/* --- writing, on the writer's thread as every use case does --- */

typedef struct
{
  YihuRecord *record; /* (owned): as it shall be */
  gboolean is_done;
} Write;

static gboolean
run_write (YihuWork *work, gpointer data, GError **error)
{
  Write *write = data;
  g_autoptr (YihuRecord) record = yihu_record_dup (write->record);
  g_autoptr (GError) problem = NULL;
  g_autoptr (YihuRecord) old =
      yihu_store_get_record (work->store, record->type, record->id, &problem);

  g_assert_no_error (problem);
  return yihu_work_save (work, record, old, TRUE, error);
}

static void
on_write_done (const GError *error, gpointer data)
{
  g_assert_no_error (error);
  ((Write *) data)->is_done = TRUE;
}

static gboolean
is_written (gpointer data)
{
  return ((Write *) data)->is_done;
}

static void
write_row (World *self, gpointer record)
{
  Write write = { record, FALSE };

  yihu_writer_push (self->fixture.server->writer, run_write, on_write_done, &write, NULL);
  fixture_spin (is_written, &write);
}

static void
fill_fields (World *self, YihuRecord *record)
{
  for (guint i = 0; i < record->type->n_fields; i++)
    {
      const YihuField *field = &record->type->fields[i];
      g_autofree char *text = g_strdup_printf ("%u", g_rand_int_range (self->random, 0, 1000));

      if (field->kind == YIHU_FIELD_TEXT && strlen (text) <= (gsize) field->highest)
        yihu_record_set_text (record, field, text);
      else if (field->kind == YIHU_FIELD_INT)
        yihu_record_set_int (record, field, field->lowest > 0 ? field->lowest : 0);
    }
}

/* Young enough for every snapshot. */
static void
make_young (World *self, YihuRecord *record)
{
  static const char *const names[] = { "ring_at_us", "placed_at_us", "at_us" };
  gint64 now_us = yihu_clock_get_now_us (self->fixture.clock);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const YihuField *field = yihu_record_type_find_field (record->type, names[i]);

      if (field != NULL)
        yihu_record_set_int (record, field, now_us);
    }
}

static void
set_text (YihuRecord *record, const char *name, const char *value)
{
  const YihuField *field = yihu_record_type_find_field (record->type, name);

  if (field != NULL)
    yihu_record_set_text (record, field, value);
}

static char *
choose_id (World *self, const YihuRecordType *type)
{
  return g_strdup_printf ("%s%d", type->name, g_rand_int_range (self->random, 0, N_IDS));
}

static gint64
find_division (World *self, const char *elder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) reader = yihu_store_open_reader (self->fixture.server->store, &error);
  g_autoptr (YihuRecord) record = yihu_store_get_record (reader, &yihu_elder_type, elder, &error);

  g_assert_no_error (error);
  return record->division;
}

/* In any district, belonging to any elder, order and provider. */
static void
write_row_of (World *self, const YihuRecordType *type, const char *id)
{
  static const char *const providers[] = { "p1", "p2", "p3", NULL };
  g_autofree char *elder = choose_id (self, &yihu_elder_type);
  g_autofree char *order = choose_id (self, &yihu_order_type);
  g_autoptr (YihuRecord) record = yihu_record_new (type, id);

  record->division = choose_division (self);
  fill_fields (self, record);
  make_young (self, record);
  set_text (record, "elder", elder);
  set_text (record, "service_order", order);
  set_text (record, "provider", choose (self, providers));
  if (type == &yihu_order_type)
    ((YihuOrder *) record)->state = YIHU_ORDER_PLACED;
  if (type == &yihu_kin_type)
    record->division = find_division (self, elder);
  write_row (self, record);
}

/* What others refer to is there from the beginning. */
static void
write_all_of (World *self, const YihuRecordType *type)
{
  for (guint i = 0; i < N_IDS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s%u", type->name, i);

      write_row_of (self, type, id);
    }
}

/* An id that is there already is a change, mostly with another district. */
static void
write_random_row (World *self)
{
  const YihuRecordType *type;
  g_autofree char *id = NULL;

  do
    type = yihu_record_types[g_rand_int_range (self->random, 0, (int) yihu_n_record_types)];
  while (type == &yihu_account_type || type == &yihu_division_type);
  id = choose_id (self, type);
  write_row_of (self, type, id);
}

/* Calls and seats go out at once and take along what waits. */
static void
write_last_row (World *self)
{
  g_autoptr (YihuCall) call = yihu_call_new ("last");

  make_young (self, &call->record);
  write_row (self, call);
}

/* --- what is there --- */

typedef struct
{
  const char *kind;
  const char *id;
  gint64 version;
  gint64 division;
} Row;

typedef void (*RowFunc) (const Row *row, gpointer data);

/* Kin are where their elder is, however often that has moved. */
static void
each_row (World *self, RowFunc func, gpointer data)
{
  static const char kin[] = "SELECT kin.id, kin.version, elder.division FROM kin "
                            "JOIN elder ON elder.id = kin.elder";
  g_autofree char *path = g_build_filename (self->fixture.directory, "yihu.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) store = yihu_database_open (path, YIHU_DATABASE_READER, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      const char *kind = yihu_record_types[i]->name;
      g_autofree char *sql = g_strdup_printf ("SELECT id, version, division FROM \"%s\"", kind);
      g_autoptr (YihuRows) rows =
          yihu_database_query (store, g_str_equal (kind, "kin") ? kin : sql, &error, "");

      while (rows != NULL && yihu_rows_next (rows, &error))
        {
          Row row = { kind, yihu_rows_get_text (rows, 0), yihu_rows_get_int (rows, 1),
                      yihu_rows_get_int (rows, 2) };

          func (&row, data);
        }
      g_assert_no_error (error);
    }
}

static void
put_in_copy (GHashTable *copy, const char *kind, const char *id, gint64 version)
{
  g_hash_table_replace (copy, g_strdup_printf ("%s %s", kind, id),
                        g_strdup_printf ("%" G_GINT64_FORMAT, version));
}

typedef struct
{
  const Person *person;
  GHashTable *rows;
} Expected;

static void
expect_row (const Row *row, gpointer data)
{
  Expected *expected = data;

  if (may_see (expected->person, row->kind, row->division))
    put_in_copy (expected->rows, row->kind, row->id, row->version);
}

static GHashTable *
list_visible (World *self, const Person *person)
{
  Expected expected = { person, new_copy () };

  each_row (self, expect_row, &expected);
  return expected.rows;
}

static void
assert_copy (World *self, const Person *person, GHashTable *copy, const char *what)
{
  g_autoptr (GHashTable) expected = list_visible (self, person);
  GHashTableIter iter;
  gpointer key;
  gpointer version;

  g_hash_table_iter_init (&iter, copy);
  while (g_hash_table_iter_next (&iter, &key, &version))
    if (!g_hash_table_contains (expected, key))
      g_error ("%s: %s (%s of %" G_GINT64_FORMAT ") has %s", what, person->login, person->role,
               person->division, (char *) key);
  g_hash_table_iter_init (&iter, expected);
  while (g_hash_table_iter_next (&iter, &key, &version))
    if (g_strcmp0 (g_hash_table_lookup (copy, key), version) != 0)
      g_error ("%s: %s (%s of %" G_GINT64_FORMAT ") has version %s of %s, not %s", what,
               person->login, person->role, person->division,
               (char *) g_hash_table_lookup (copy, key), (char *) key, (char *) version);
}

/* --- what the server hands out --- */

static Answer *
ask_until_ready (World *self, const Person *person, const char *path)
{
  for (;;)
    {
      g_autoptr (Answer) answer =
          fixture_send (&self->fixture, person->token, "GET", path, NULL, 0);

      if (answer->status != 202)
        return g_steal_pointer (&answer);
    }
}

static void
read_snapshot (World *self, Person *person)
{
  g_autoptr (Answer) answer = ask_until_ready (self, person, "/v1/snapshot");
  g_autoptr (YihuSnapshotFile) file = NULL;

  if (!has_desk (person))
    {
      g_assert_cmpuint (answer->status, ==, 403);
      return;
    }
  g_assert_cmpuint (answer->status, ==, 200);
  file = fixture_open_snapshot (&self->fixture, answer, person->login);
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      const YihuRecordType *type = yihu_record_types[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuRows) rows = NULL;
      g_autofree char *sql = NULL;

      if (type == &yihu_account_type)
        continue;
      sql = g_strdup_printf ("SELECT %s FROM \"%s\"", yihu_snapshot_file_columns (file, type),
                             type->name);
      rows = yihu_database_query (yihu_snapshot_file_get_database (file), sql, &error, "");
      while (rows != NULL && yihu_rows_next (rows, &error))
        {
          g_autoptr (YihuRecord) record = yihu_snapshot_file_read (file, type, rows, 0, &error);

          g_assert_no_error (error);
          put_in_copy (person->copy, type->name, record->id, record->version);
        }
      g_assert_no_error (error);
    }
  assert_copy (self, person, person->copy, "snapshot");
}

/* [seq, "elder", id, "u", version, {…}] */
static void
apply_event (const Person *person, GHashTable *copy, const json_t *event)
{
  const char *kind = json_string_value (json_array_get (event, 1));
  const char *id = json_string_value (json_array_get (event, 2));
  const char *verb = json_string_value (json_array_get (event, 3));
  json_t *row = json_array_get (event, 5);
  g_autofree char *key = g_strdup_printf ("%s %s", kind, id);

  if (!g_str_equal (verb, "u"))
    {
      g_assert_null (row); /* who may not see it any more does not get it once more */
      if (!g_hash_table_remove (copy, key))
        g_error ("%s heard of %s, which it never had", person->login, key);
      return;
    }
  if (!may_see (person, kind, json_integer_value (json_object_get (row, "division"))))
    g_error ("%s (%s of %" G_GINT64_FORMAT ") was sent %s", person->login, person->role,
             person->division, json_dumps (event, 0));
  put_in_copy (copy, kind, id, json_integer_value (json_array_get (event, 4)));
}

static void
apply_events (const Person *person, GHashTable *copy, const json_t *events)
{
  for (gsize i = 0; i < json_array_size (events); i++)
    apply_event (person, copy, json_array_get (events, i));
}

static gint64
get_seq (World *self)
{
  return yihu_hub_get_tenant (self->fixture.server->hub)->seq;
}

static void
follow (World *self, Person *person)
{
  g_autoptr (json_t) welcome = NULL;

  person->cursor = get_seq (self);
  person->live = live_open (&self->fixture, person->token);
  if (g_str_equal (person->role, "auditor") || g_str_equal (person->role, "device"))
    {
      g_assert_null (person->live->connection);
      return;
    }
  g_assert_nonnull (person->live->connection);
  live_send (person->live,
             json_pack ("{s:{s:I, s:I, s:i}}", "hello", "cursor", (json_int_t) person->cursor,
                        "epoch",
                        (json_int_t) yihu_hub_get_tenant (self->fixture.server->hub)->epoch,
                        "protocol", 1));
  welcome = live_next (person->live, "welcome");
}

/* Everything that was sent before the answer to a question that is asked now. */
static GHashTable *
hear (Person *person)
{
  GHashTable *copy = new_copy ();
  GHashTableIter iter;
  gpointer key;
  gpointer version;
  g_autoptr (json_t) pong = NULL;

  g_hash_table_iter_init (&iter, person->copy);
  while (g_hash_table_iter_next (&iter, &key, &version))
    g_hash_table_insert (copy, g_strdup (key), g_strdup (version));
  live_send (person->live, json_pack ("{s:i}", "ping", 1));
  pong = live_next (person->live, "pong");
  for (GList *link = person->live->frames.head; link != NULL; link = link->next)
    {
      g_assert_null (json_object_get (link->data, "behind"));
      apply_events (person, copy, json_object_get (link->data, "ev"));
    }
  return copy;
}

static void
catch_up (World *self, Person *person)
{
  g_autofree char *path = g_strdup_printf ("/v1/changes?since=%" G_GINT64_FORMAT, person->cursor);
  g_autoptr (Answer) answer = fixture_send (&self->fixture, person->token, "GET", path, NULL, 0);

  if (!has_desk (person) && !g_str_equal (person->role, "switchboard"))
    {
      g_assert_cmpuint (answer->status, ==, 403);
      return;
    }
  g_assert_cmpint (answer_get_int (answer, "to"), ==, get_seq (self));
  apply_events (person, person->copy, json_object_get (answer->json, "ev"));
  assert_copy (self, person, person->copy, "catch-up");
}

/* --- lists and single objects --- */

static void
expect_order (const Row *row, gpointer data)
{
  if (g_str_equal (row->kind, "service_order"))
    g_ptr_array_add (data, g_strdup (row->id));
}

/* A provider's staff see the orders of their provider, wherever those lie; nobody else sees a list.
 */
static void
check_orders (World *self, const Person *person)
{
  g_autoptr (Answer) answer =
      fixture_send (&self->fixture, person->token, "GET", "/v1/orders", NULL, 0);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  json_t *orders = json_object_get (answer->json, "orders");
  gsize n_own = 0;

  if (!g_str_equal (person->role, "provider"))
    {
      g_assert_cmpuint (answer->status, ==, 403);
      return;
    }
  g_assert_cmpuint (answer->status, ==, 200);
  each_row (self, expect_order, ids);
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuStore) reader = yihu_store_open_reader (self->fixture.server->store, &error);
      g_autoptr (YihuOrder) order =
          yihu_store_get_record (reader, &yihu_order_type, g_ptr_array_index (ids, i), &error);

      g_assert_no_error (error);
      n_own += g_strcmp0 (order->provider, person->provider) == 0;
    }
  g_assert_cmpuint (json_array_size (orders), ==, n_own);
  for (gsize i = 0; i < json_array_size (orders); i++)
    g_assert_cmpstr (json_string_value (
                         json_object_get (json_object_get (json_array_get (orders, i), "order"),
                                          "provider")),
                     ==, person->provider);
}

/* Who belongs to no district reaches beyond every one. */
static void
expect_account (const Row *row, gpointer data)
{
  Expected *expected = data;
  gint64 district = expected->person->division;

  if (g_str_equal (row->kind, "account") && lies_in (row->division, district)
      && (row->division != 0 || district == 0))
    put_in_copy (expected->rows, row->kind, row->id, 0);
}

static void
check_accounts (World *self, const Person *person)
{
  g_autoptr (Answer) answer =
      fixture_send (&self->fixture, person->token, "GET", "/v1/accounts", NULL, 0);
  g_autoptr (GHashTable) expected = new_copy ();
  Expected data = { person, expected };
  json_t *accounts = json_object_get (answer->json, "accounts");

  if (!g_str_equal (person->role, "administrator"))
    {
      g_assert_cmpuint (answer->status, ==, 403);
      return;
    }
  each_row (self, expect_account, &data);
  g_assert_cmpuint (json_array_size (accounts), ==, g_hash_table_size (expected));
  for (gsize i = 0; i < json_array_size (accounts); i++)
    {
      json_t *account = json_object_get (json_array_get (accounts, i), "account");
      g_autofree char *key =
          g_strdup_printf ("account %s", json_string_value (json_object_get (account, "id")));

      g_assert_true (g_hash_table_contains (expected, key));
    }
}

static void
collect_elder (const Row *row, gpointer data)
{
  if (g_str_equal (row->kind, "elder"))
    g_hash_table_insert (data, g_strdup (row->id),
                         g_memdup2 (&row->division, sizeof row->division));
}

static gboolean
is_forbidden (const Answer *answer)
{
  return g_strcmp0 (answer_get_text (answer, "error"), "forbidden") == 0;
}

static void
check_object (World *self, const Person *person, const char *elder, gint64 division, guint n)
{
  gboolean may = has_desk (person) && lies_in (division, person->division);
  g_autofree char *body =
      g_strdup_printf ("{\"elder\":\"%s\",\"field\":\"history\",\"reason\":\"test\"}", elder);
  g_autoptr (Answer) revealed =
      fixture_send (&self->fixture, person->token, "POST", "/v1/reveal", body, -1);
  g_autofree char *id = g_strdup_printf ("written%u", n);
  g_autoptr (YihuNote) note = yihu_note_new (id);
  g_autoptr (YihuCommand) command = yihu_command_new ("note.add", id, 0, g_get_real_time ());
  g_autoptr (Answer) noted = NULL;

  note->elder = g_strdup (elder);
  note->text = g_strdup ("test");
  yihu_command_set_record (command, "note", note);
  noted = fixture_command (&self->fixture, person->token, command);
  if (is_forbidden (revealed) == may || is_forbidden (noted) == may)
    g_error ("%s (%s of %" G_GINT64_FORMAT ") and %s of %" G_GINT64_FORMAT ": %u, %u",
             person->login, person->role, person->division, elder, division, revealed->status,
             noted->status);
}

static void
check_objects (World *self)
{
  g_autoptr (GHashTable) elders = new_copy ();
  g_autofree char **ids = NULL;
  guint n_ids = 0;

  each_row (self, collect_elder, elders);
  ids = (char **) g_hash_table_get_keys_as_array (elders, &n_ids);
  for (guint i = 0; i < N_OBJECTS; i++)
    {
      const char *id = ids[g_rand_int_range (self->random, 0, (int) n_ids)];
      const Person *person =
          g_ptr_array_index (self->people, g_rand_int_range (self->random, 0, N_PEOPLE));

      check_object (self, person, id, *(gint64 *) g_hash_table_lookup (elders, id), i);
    }
}

/* --- the test --- */

static void
set_up (World *self, gconstpointer data)
{
  guint32 seed = (guint32) g_test_rand_int ();
  g_autofree char *admin = NULL;

  self->fixture.reveals_per_hour = self->fixture.reveals_per_day = 100000;
  self->fixture.reuses_connections = TRUE;
  fixture_set_up (&self->fixture, NULL);
  g_test_message ("seed %u", seed);
  self->random = g_rand_new_with_seed (seed);
  self->divisions = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->people = g_ptr_array_new_with_free_func (person_free);
  admin = fixture_login_anew (&self->fixture, "admin");
  make_divisions (self, admin);
  fixture_import (&self->fixture, admin, "provider",
                  "id,name,phone,status\np1,One,,active\np2,Two,,active\n");
  make_people (self, admin);
}

static void
tear_down (World *self, gconstpointer data)
{
  g_ptr_array_unref (self->people);
  g_array_unref (self->divisions);
  g_rand_free (self->random);
  fixture_tear_down (&self->fixture, NULL);
}

static void
test_rows (World *self, gconstpointer data)
{
  write_all_of (self, &yihu_elder_type);
  write_all_of (self, &yihu_order_type);
  for (guint i = 0; i < N_ROWS; i++)
    write_random_row (self);
  for (guint i = 0; i < self->people->len; i++)
    {
      Person *person = g_ptr_array_index (self->people, i);

      read_snapshot (self, person);
      if (!has_desk (person)) /* it keeps no copy, and follows from the present */
        {
          g_hash_table_unref (person->copy);
          person->copy = list_visible (self, person);
        }
      follow (self, person);
    }

  for (guint i = 0; i < N_STEPS; i++)
    write_random_row (self);
  write_last_row (self);
  for (guint i = 0; i < self->people->len; i++)
    {
      Person *person = g_ptr_array_index (self->people, i);

      if (person->live->connection != NULL)
        {
          g_autoptr (GHashTable) copy = hear (person);

          assert_copy (self, person, copy, "feed");
        }
      catch_up (self, person);
      check_orders (self, person);
      check_accounts (self, person);
    }
  check_objects (self);
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/server/scope/rows", World, NULL, set_up, test_rows, tear_down);
  return g_test_run ();
}
