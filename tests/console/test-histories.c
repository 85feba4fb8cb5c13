/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Random histories of two desks, a provider and the real server, with cuts and restarts, held
 * against a model that could not be simpler: what was handed in and not refused has happened
 * exactly once; every step that the server keeps is a move of the flow table; and at the end each
 * desk's copy equals the server's register within that desk's districts. Time is virtual; the seed
 * is GLib's, printed by the test and taken by --seed. */

#include "../client/fake-server.h"
#include "../server/fixture.h"
#include "base/error.h"
#include "base/identifier.h"
#include "book-waits.h"
#include "console/book-private.h"
#include "domain/kinds.h"
#include "wire/record-change.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_DESKS 2
#define N_STEPS 120
#define TICK_MS 200
#define REASON "changed their mind"

typedef struct
{
  Fixture *server;
  const char *login;
  YihuDivisionRange scope;
  const char *const *elders; /* that may be written about from here */
  guint n_elders;
  char *directory;
  YihuBook *book; /* NULL: the console is not running */
} Desk;

/* What the model knows of a command that a desk handed in. */
typedef struct
{
  char *name;
  char *object;
  gboolean is_refused;
  const YihuField *field; /* of a card's change: which one, from what, to what */
  char *before;
  char *after;
} Wish;

typedef struct
{
  Fixture server;
  Desk desks[N_DESKS];
  GHashTable *wishes; /* key -> Wish */
  GPtrArray *orders; /* char *: ids handed in so far */
  GHashTable *moves; /* "o1 accept": moves of the provider that were acknowledged */
  GRand *random;
  guint counter; /* for ids */
} History;

static const char *const all_elders[] = { "e1", "e2" }; /* e3 moves about */

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_free (wish->name);
  g_free (wish->object);
  g_free (wish->before);
  g_free (wish->after);
  g_free (wish);
}

/* Lets everything that is due happen, and some of what lies ahead. */
static void
let_time_pass (History *history, guint ms)
{
  fake_settle ();
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (history->server.clock), ms);
  fake_settle ();
}

#define run_until(history, condition)                                                              \
  do                                                                                               \
    {                                                                                              \
      for (guint turn_ = 0; !(condition); turn_++)                                                 \
        {                                                                                          \
          if (turn_ == 2000)                                                                       \
            g_error ("%s:%d: never so: %s", __FILE__, __LINE__, #condition);                       \
          let_time_pass (history, TICK_MS);                                                        \
        }                                                                                          \
    }                                                                                              \
  while (FALSE)

static void
on_dropped (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  yihu_book_decide_finish (YIHU_BOOK (object), result, &error);
  g_assert_no_error (error);
}

/* A refused wish is given up at once, as a person would who sees why. */
static void
on_refused (YihuBook *book, YihuCommand *command, const GError *error, History *history)
{
  Wish *wish = g_hash_table_lookup (history->wishes, command->key);

  g_assert_nonnull (wish);
  g_test_message ("%s %s refused: %s", wish->name, wish->object, error->message);
  wish->is_refused = TRUE;
  yihu_book_decide_async (book, command->key, YIHU_OUTBOX_DROP, NULL, NULL, on_dropped, NULL);
}

static void
desk_open (History *history, Desk *desk)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  desk->book = yihu_book_new (history->server.url, desk->directory, history->server.clock);
  g_signal_connect (desk->book, "refused", G_CALLBACK (on_refused), history);
  yihu_book_login_async (desk->book, desk->login, FIXTURE_PASSWORD, NULL, fake_on_ready, &result);
  run_until (history, result != NULL);
  yihu_book_login_finish (desk->book, result, &error);
  g_assert_no_error (error);
}

static void
desk_close (Desk *desk)
{
  yihu_book_close (desk->book);
  fake_finalize (desk->book);
  desk->book = NULL;
}

static Wish *
desk_submit (History *history, Desk *desk, YihuCommand *command, gpointer overlay)
{
  Wish *wish = g_new0 (Wish, 1);
  g_autoptr (GError) error = NULL;

  wish->name = g_strdup (command->name);
  wish->object = g_strdup (command->object);
  g_hash_table_insert (history->wishes, g_strdup (command->key), wish);
  waits_submit (desk->book, command, overlay, &error);
  g_assert_no_error (error);
  return wish;
}

static char *
make_id (History *history, const char *letter)
{
  return g_strdup_printf ("%s%u", letter, ++history->counter);
}

static const char *
choose_elder (History *history, Desk *desk)
{
  return desk->elders[g_rand_int_range (history->random, 0, (int) desk->n_elders)];
}

static void
place_order (History *history, Desk *desk)
{
  g_autofree char *id = make_id (history, "o");
  const char *elder = choose_elder (history, desk);
  g_autoptr (YihuCommand) command = fixture_new_order (id, elder);
  g_autoptr (YihuElder) who = yihu_book_get (desk->book, &yihu_elder_type, elder);
  g_autoptr (YihuOrder) order = yihu_order_new (id);

  order->record.division = who->record.division;
  order->elder = g_strdup (elder);
  order->item = g_strdup ("i1");
  order->provider = g_strdup ("p1");
  desk_submit (history, desk, command, order);
  g_ptr_array_add (history->orders, g_steal_pointer (&id));
}

static void
add_note (History *history, Desk *desk)
{
  g_autofree char *id = make_id (history, "n");
  const char *elder = choose_elder (history, desk);
  g_autoptr (YihuElder) who = yihu_book_get (desk->book, &yihu_elder_type, elder);
  g_autoptr (YihuNote) note = yihu_note_new (id);
  g_autoptr (YihuCommand) command =
      yihu_command_new ("note.add", id, 0, yihu_book_get_now_us (desk->book));

  note->record.division = who->record.division;
  note->elder = g_strdup (elder);
  note->text = g_strdup_printf ("said %s", id);
  note->at_us = yihu_book_get_now_us (desk->book);
  yihu_command_set_record (command, "note", note);
  desk_submit (history, desk, command, note);
}

/* Cancels an order that looks as if it could be; another hand may have been quicker. */
static void
cancel_order (History *history, Desk *desk)
{
  g_autoptr (YihuOrder) order = NULL;
  g_autoptr (YihuOrder) wished = NULL;
  g_autoptr (YihuCommand) command = NULL;

  if (history->orders->len == 0)
    return;
  order = yihu_book_get (
      desk->book, &yihu_order_type,
      history->orders->pdata[g_rand_int_range (history->random, 0, (int) history->orders->len)]);
  if (order == NULL
      || !yihu_flow_allows (&yihu_order_flow, (int) order->state, "cancel", YIHU_ROLE_OPERATOR))
    return;
  command = yihu_command_new ("order.cancel", order->record.id, order->record.version,
                              yihu_book_get_now_us (desk->book));
  yihu_command_set_text (command, "reason", REASON);
  wished = yihu_record_dup (order);
  wished->state = YIHU_ORDER_CANCELLED;
  desk_submit (history, desk, command, wished);
}

/* One field of a card. Somebody else may write into the same one meanwhile. */
static void
edit_card (History *history, Desk *desk)
{
  static const char *const names[] = { "mobility", "remarks", "key_holder" };
  const YihuField *field = yihu_record_type_find_field (
      &yihu_elder_type, names[g_rand_int_range (history->random, 0, G_N_ELEMENTS (names))]);
  const char *elder = choose_elder (history, desk);
  g_autoptr (YihuElder) seen = yihu_book_get (desk->book, &yihu_elder_type, elder);
  g_autoptr (YihuElder) wanted = yihu_record_dup (seen);
  g_autoptr (YihuCommand) command = yihu_command_new ("elder.update", elder, seen->record.version,
                                                      yihu_book_get_now_us (desk->book));
  g_autofree char *text = make_id (history, "text ");
  Wish *wish;

  yihu_record_set_text (wanted, field, text);
  g_assert_cmpuint (yihu_record_change_write (command->args, seen, wanted), ==, 1);
  wish = desk_submit (history, desk, command, wanted);
  wish->field = field;
  wish->before = g_strdup (yihu_record_get_text (seen, field));
  wish->after = g_steal_pointer (&text);
}

/* The provider's telephone: only while the server is there. */
static void
move_order (History *history)
{
  static const char *const verbs[] = { "accept", "accept", "arrive", "start", "finish", "decline" };
  const char *verb = verbs[g_rand_int_range (history->random, 0, G_N_ELEMENTS (verbs))];
  g_autofree char *name = g_strconcat ("order.", verb, NULL);
  g_autofree char *token = NULL;
  g_autoptr (Answer) answer = NULL;
  const char *id;

  if (history->server.server == NULL || history->orders->len == 0)
    return;
  id = history->orders->pdata[g_rand_int_range (history->random, 0, (int) history->orders->len)];
  token = fixture_login (&history->server, "provider");
  answer = fixture_command_text (&history->server, token, name, id, "reason", REASON, NULL);
  if (answer->status == 200)
    g_hash_table_add (history->moves, g_strdup_printf ("%s %s", id, verb));
}

/* An elder moves house: one desk loses the card, the other may get it. */
static void
move_elder (History *history)
{
  g_autofree char *token = NULL;
  g_autofree char *csv = NULL;

  if (history->server.server == NULL)
    return;
  token = fixture_login (&history->server, "admin");
  csv = g_strdup_printf ("id,division,name,sex,birth,phone,phone2,id_card,history\n"
                         "e3,%s,张桂兰,female,19410506,13800000023,13800000003,,\n",
                         g_rand_boolean (history->random) ? "210802001001" : "210803001001");
  fixture_import (&history->server, token, "elder", csv);
}

static void
cut_or_mend (History *history)
{
  if (history->server.server != NULL)
    fixture_stop (&history->server);
  else
    fixture_start (&history->server);
}

static void
take_step (History *history)
{
  Desk *desk = &history->desks[g_rand_int_range (history->random, 0, N_DESKS)];
  int dice = g_rand_int_range (history->random, 0, 100);

  if (dice < 30)
    place_order (history, desk);
  else if (dice < 45)
    add_note (history, desk);
  else if (dice < 53)
    cancel_order (history, desk);
  else if (dice < 63)
    edit_card (history, desk);
  else if (dice < 66)
    move_elder (history);
  else if (dice < 80)
    move_order (history);
  else if (dice < 87)
    cut_or_mend (history);
  else if (dice < 91)
    {
      desk_close (desk);
      desk_open (history, desk);
    }
  else
    let_time_pass (history, (guint) g_rand_int_range (history->random, 0, 4000));
  fake_settle ();
}

/* --- the end: everybody can reach everybody, and time passes --- */

static gint64
get_server_seq (History *history)
{
  YihuTenant tenant;
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) reader = yihu_store_open_reader (history->server.server->store, &error);

  g_assert_no_error (error);
  yihu_store_get_tenant (reader, &tenant, &error);
  g_assert_no_error (error);
  return tenant.seq;
}

static gboolean
desk_is_level (History *history, Desk *desk)
{
  return yihu_book_get_state (desk->book) == YIHU_BOOK_ONLINE
         && yihu_book_get_pending (desk->book) == 0
         && yihu_desk_file_count_overlay (yihu_cache_get_desk (desk->book->desk)) == 0
         && yihu_book_get_undecided (desk->book) == 0
         && yihu_cache_get_cursor (desk->book->desk) == get_server_seq (history);
}

/* Both at once: what one hands in late the other has still to hear of. */
static gboolean
all_are_level (History *history)
{
  for (guint i = 0; i < N_DESKS; i++)
    if (!desk_is_level (history, &history->desks[i]))
      return FALSE;
  return TRUE;
}

/* --- what must be so --- */

typedef struct
{
  History *history;
  Desk *desk; /* compared with */
  guint n_seen;
  GHashTable *ids; /* id -> "" */
  GHashTable *steps; /* order id -> YihuOrderStep array in the order of the moves */
} Look;

/* What a desk may hold of a record. */
static gpointer
without_server_fields (gconstpointer record)
{
  gpointer copy = yihu_record_dup (record);
  const YihuRecordType *type = YIHU_RECORD (copy)->type;

  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & YIHU_FIELD_SERVER)
      {
        if (type->fields[i].kind == YIHU_FIELD_TEXT)
          yihu_record_set_text (copy, &type->fields[i], "");
        else
          yihu_record_set_int (copy, &type->fields[i], 0);
      }
  return copy;
}

static gboolean
compare_record (gpointer record, gpointer data)
{
  Look *look = data;
  g_autoptr (YihuRecord) expected = without_server_fields (record);
  g_autoptr (YihuRecord) held = yihu_book_get (look->desk->book, expected->type, expected->id);

  if (held == NULL)
    g_error ("%s lacks %s %s", look->desk->login, expected->type->name, expected->id);
  if (!yihu_record_equal (expected, held))
    g_error ("%s: %s %s differs: version %" G_GINT64_FORMAT " held, %" G_GINT64_FORMAT " kept",
             look->desk->login, expected->type->name, expected->id, held->version,
             expected->version);
  look->n_seen++;
  return TRUE;
}

static void
assert_copy_equals (History *history, YihuStore *store, Desk *desk)
{
  static const YihuRecordType *const types[] = { &yihu_division_type, &yihu_elder_type,
                                                 &yihu_kin_type,      &yihu_provider_type,
                                                 &yihu_order_type,    &yihu_order_step_type,
                                                 &yihu_note_type };
  Look look = { .history = history, .desk = desk };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      guint n_before = look.n_seen;

      yihu_store_each_record (store, types[i], desk->scope, 0, compare_record, &look, &error);
      g_assert_no_error (error);
      if (types[i] == &yihu_elder_type) /* nobody who has moved away */
        g_assert_cmpint (yihu_book_count_elders (desk->book), ==, look.n_seen - n_before);
    }
  g_test_message ("%s holds %u records as the server does", desk->login, look.n_seen);
}

static gboolean
collect_id (gpointer record, gpointer data)
{
  Look *look = data;

  g_assert_true (g_hash_table_add (look->ids, g_strdup (YIHU_RECORD (record)->id)));
  return TRUE;
}

static gboolean
collect_step (gpointer record, gpointer data)
{
  Look *look = data;
  YihuOrderStep *step = record;
  GPtrArray *steps = g_hash_table_lookup (look->steps, step->service_order);

  if (steps == NULL)
    {
      steps = g_ptr_array_new_with_free_func (yihu_record_unref);
      g_hash_table_insert (look->steps, g_strdup (step->service_order), steps);
    }
  g_ptr_array_add (steps, yihu_record_ref (step));
  return TRUE;
}

static YihuOrderStep *
find_step_from (GPtrArray *steps, gint64 state)
{
  YihuOrderStep *found = NULL;

  for (guint i = 0; i < steps->len; i++)
    {
      YihuOrderStep *step = steps->pdata[i];

      if (step->from != state || g_str_equal (step->verb, "create"))
        continue;
      g_assert_null (found); /* no order leaves a state twice */
      found = step;
    }
  return found;
}

/* The steps of one order, kept in any order, make one walk through the flow table from its creation
 * to where it stands; and each of them was acknowledged to somebody. */
static gboolean
check_walk (gpointer record, gpointer data)
{
  Look *look = data;
  YihuOrder *order = record;
  GPtrArray *steps = g_hash_table_lookup (look->steps, order->record.id);
  gint64 state = YIHU_ORDER_PLACED;
  guint n_walked = 1; /* its creation */
  YihuOrderStep *step;

  g_assert_nonnull (steps);
  while ((step = find_step_from (steps, state)) != NULL)
    {
      const YihuFlowMove *move = yihu_flow_find (&yihu_order_flow, (int) state, step->verb);
      g_autofree char *acknowledged = g_strdup_printf ("%s %s", order->record.id, step->verb);

      g_assert_nonnull (move);
      g_assert_cmpint (move->to, ==, step->to);
      if (!g_hash_table_remove (look->history->moves, acknowledged))
        g_error ("nobody was told of: %s", acknowledged);
      state = step->to;
      n_walked++;
    }
  g_assert_cmpint (state, ==, order->state);
  g_assert_cmpuint (n_walked, ==, steps->len);
  return TRUE;
}

static void
look_over (YihuStore *store, const YihuRecordType *type, YihuStoreRecordFunc func, Look *look)
{
  static const YihuDivisionRange everywhere = { 0, G_MAXINT64 };
  g_autoptr (GError) error = NULL;

  yihu_store_each_record (store, type, everywhere, 0, func, look, &error);
  g_assert_no_error (error);
}

static void
assert_exactly_once (History *history, YihuStore *store)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) steps =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  Look look = { .history = history, .ids = ids, .steps = steps };
  guint n_made = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, history->wishes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Wish *wish = value;

      n_made += g_str_equal (wish->name, "order.create") || g_str_equal (wish->name, "note.add");
      if (g_str_equal (wish->name, "order.cancel") && !wish->is_refused)
        g_hash_table_add (history->moves, g_strdup_printf ("%s cancel", wish->object));
    }
  look_over (store, &yihu_order_type, collect_id, &look);
  look_over (store, &yihu_note_type, collect_id, &look);
  look_over (store, &yihu_order_step_type, collect_step, &look);
  g_hash_table_iter_init (&iter, history->wishes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Wish *) value)->field == NULL && !g_hash_table_contains (ids, ((Wish *) value)->object))
      g_error ("%s was handed in and is not on the server", ((Wish *) value)->object);
  g_assert_cmpuint (g_hash_table_size (ids), ==, n_made);
  look_over (store, &yihu_order_type, check_walk, &look);
  g_assert_cmpuint (g_hash_table_size (history->moves), ==, 0); /* all that was said is so */
}

/* The change of this field that was not refused and was made on @text; it is taken out of the
 * model. */
static Wish *
find_change (History *history, const char *elder, const YihuField *field, const char *text)
{
  Wish *found = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, history->wishes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Wish *wish = value;

      if (wish->field != field || wish->is_refused || !g_str_equal (wish->object, elder)
          || !g_str_equal (wish->before, text))
        continue;
      g_assert_null (found); /* two that built on the same text cannot both hold */
      found = wish;
    }
  return found;
}

/* The changes of a card's field that held make one chain from the empty text to what is kept. */
static gboolean
check_card (gpointer record, gpointer data)
{
  Look *look = data;
  const char *elder = YIHU_RECORD (record)->id;

  for (guint i = 0; i < yihu_elder_type.n_fields; i++)
    {
      const YihuField *field = &yihu_elder_type.fields[i];
      const char *text = "";
      Wish *wish;

      while ((wish = find_change (look->history, elder, field, text)) != NULL)
        {
          wish->field = NULL;
          text = wish->after;
          look->n_seen++;
        }
      if (*text != '\0')
        g_assert_cmpstr (yihu_record_get_text (record, field), ==, text);
    }
  return TRUE;
}

static void
assert_no_change_is_lost (History *history, YihuStore *store)
{
  Look look = { .history = history };
  guint n_held = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, history->wishes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n_held += ((Wish *) value)->field != NULL && !((Wish *) value)->is_refused;
  look_over (store, &yihu_elder_type, check_card, &look);
  g_assert_cmpuint (look.n_seen, ==, n_held);
}

static void
set_up (History *history, gconstpointer data)
{
  static const YihuDivisionRange city = { G_GINT64_CONSTANT (210800000000),
                                          G_GINT64_CONSTANT (210900000000) };
  static const YihuDivisionRange county = { G_GINT64_CONSTANT (210802000000),
                                            G_GINT64_CONSTANT (210803000000) };

  /* GLib begins each test at the same place of the seed's numbers. */
  history->random = g_rand_new_with_seed (g_test_rand_int () ^ GPOINTER_TO_UINT (data));
  yihu_json_init ();
  fixture_set_up (&history->server, "virtual time");
  fixture_fill (&history->server);
  history->wishes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, wish_free);
  history->moves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  history->orders = g_ptr_array_new_with_free_func (g_free);
  history->desks[0] =
      (Desk){ .login = "operator", .scope = city, .elders = all_elders, .n_elders = 2 };
  history->desks[1] =
      (Desk){ .login = "county", .scope = county, .elders = all_elders, .n_elders = 1 };
  for (guint i = 0; i < N_DESKS; i++)
    {
      history->desks[i].directory = g_dir_make_tmp ("yihu-desk-XXXXXX", NULL);
      desk_open (history, &history->desks[i]);
    }
}

static void
tear_down (History *history, gconstpointer data)
{
  for (guint i = 0; i < N_DESKS; i++)
    {
      desk_close (&history->desks[i]);
      fixture_remove_directory (history->desks[i].directory);
      g_free (history->desks[i].directory);
    }
  fixture_tear_down (&history->server, NULL);
  g_rand_free (history->random);
  g_hash_table_unref (history->wishes);
  g_hash_table_unref (history->moves);
  g_ptr_array_unref (history->orders);
}

static void
test_history (History *history, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) store = NULL;

  for (guint i = 0; i < N_STEPS; i++)
    take_step (history);
  if (history->server.server == NULL)
    fixture_start (&history->server);
  run_until (history, all_are_level (history));
  store = yihu_store_open_reader (history->server.server->store, &error);
  g_assert_no_error (error);
  assert_exactly_once (history, store);
  assert_no_change_is_lost (history, store);
  for (guint i = 0; i < N_DESKS; i++)
    assert_copy_equals (history, store, &history->desks[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *path = g_strdup_printf ("/histories/%u", i);

      g_test_add (path, History, GUINT_TO_POINTER (i), set_up, test_history, tear_down);
    }
  return g_test_run ();
}
