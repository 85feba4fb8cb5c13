/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may do what to whom: every role in every district against every route and every command, made
 * from the tables of the server itself. A route or command that declares no capability or scope, or
 * that has no sample here, fails the test: a rule that nobody tried is no rule. What the tables
 * declare is held against what is written down here a second time, so that a slip in them is seen
 * as well.
 *
 * The object of every sample lies in WEST; EAST is another county. */

#include "fixture.h"

#include "base/error.h"
#include "server/http/routes.h"
#include "server/work/commands.h"

#include <string.h>

#define WEST G_GINT64_CONSTANT (210802001001)

/* One district a level, and one beside them. */
static const gint64 districts[] = { 0,
                                    G_GINT64_CONSTANT (210800000000),
                                    G_GINT64_CONSTANT (210802000000),
                                    G_GINT64_CONSTANT (210802001000),
                                    WEST,
                                    G_GINT64_CONSTANT (210803000000) };

typedef struct
{
  YihuRole role;
  gint64 division;
  YihuActor *actor; /* (owned) */
  char *token;
} Person;

static void
person_free (gpointer data)
{
  Person *person = data;

  yihu_actor_unref (person->actor);
  g_free (person->token);
  g_free (person);
}

static Person *
person_new (Fixture *fixture, const char *admin, YihuRole role, gint64 division)
{
  const char *name = yihu_record_type_find_field (&yihu_account_type, "role")->nicks[role];
  g_autofree char *login = g_strdup_printf ("%s-%" G_GINT64_FORMAT, name, division);
  g_autoptr (YihuAccount) account = yihu_account_new (login);
  Person *person = g_new0 (Person, 1);

  fixture_add_account (fixture, admin, login, name, division, "", "p1");
  account->record.division = division;
  account->role = role;
  account->provider = g_strdup ("p1");
  person->role = role;
  person->division = division;
  person->actor = yihu_actor_new (account, "test");
  person->token = fixture_login_anew (fixture, login);
  return person;
}

static GPtrArray *
make_people (Fixture *fixture)
{
  g_autofree char *admin = fixture_login (fixture, "admin");
  GPtrArray *people = g_ptr_array_new_with_free_func (person_free);

  fixture_add_account (fixture, admin, "west", "reviewer", WEST, "", "");
  for (guint role = 0; role < YIHU_N_ROLES; role++)
    for (guint i = 0; i < G_N_ELEMENTS (districts); i++)
      g_ptr_array_add (people, person_new (fixture, admin, role, districts[i]));
  return people;
}

/* What the documents say, to hold the server's tables against: in the order of YihuRole. */
static guint
read_roles (const char *letters)
{
  static const char *const all = "osraupvd";
  guint roles = 0;

  G_STATIC_ASSERT (YIHU_N_ROLES == 8);
  for (; *letters != '\0'; letters++)
    roles |= 1u << (strchr (all, *letters) - all);
  return roles;
}

/* What the rule says of an object in WEST, reckoned here from codes alone. */
static gboolean
is_above_west (gint64 division)
{
  static const gint64 units[] = { 1, 1000, 1000000, G_GINT64_CONSTANT (100000000) };

  if (division == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (division == WEST / units[i] * units[i])
      return TRUE;
  return FALSE;
}

static gboolean
scope_allows (const Person *person, YihuScope scope)
{
  switch (scope)
    {
    case YIHU_SCOPE_OBJECT:
      return is_above_west (person->division);
    case YIHU_SCOPE_HAND:
      return person->role == YIHU_ROLE_PROVIDER || is_above_west (person->division);
    case YIHU_SCOPE_TENANT:
      return person->division % G_GINT64_CONSTANT (100000000) == 0;
    case YIHU_SCOPE_UNDECLARED:
      return FALSE;
    default:
      return TRUE;
    }
}

/* --- routes --- */

typedef struct
{
  const char *method;
  const char *path; /* of the table */
  const char *roles; /* by their letters, as docs/protocol.md has them */
  YihuScope scope;
  const char *sample;
  const char *body; /* (nullable) */
} RouteSample;

static const RouteSample route_samples[] = {
  { "GET", "/v1/health", "osraupvd", YIHU_SCOPE_NOTHING, "/v1/health", NULL },
  { "GET", "/v1/metrics", "osraupvd", YIHU_SCOPE_NOTHING, "/v1/metrics", NULL },
  { "POST", "/v1/login", "osraupvd", YIHU_SCOPE_OWN, "/v1/login", "{}" },
  { "GET", "/v1/snapshot", "osr", YIHU_SCOPE_ROWS, "/v1/snapshot?schema=1", NULL },
  { "GET", "/v1/changes", "osrv", YIHU_SCOPE_ROWS, "/v1/changes?since=0&epoch=1", NULL },
  { "GET", "/v1/live", "osrapv", YIHU_SCOPE_ROWS, "/v1/live", NULL },
  { "POST", "/v1/command", "osrapv", YIHU_SCOPE_ROWS, "/v1/command", "{}" },
  { "POST", "/v1/reveal", "osr", YIHU_SCOPE_OBJECT, "/v1/reveal",
    "{\"elder\":\"e1\",\"field\":\"history\",\"reason\":\"test\"}" },
  { "POST", "/v1/cameras/*/grant", "osr", YIHU_SCOPE_OBJECT, "/v1/cameras/c1/grant",
    "{\"reason\":\"test\"}" },
  { "GET", "/v1/orders", "p", YIHU_SCOPE_HAND, "/v1/orders", NULL },
  { "GET", "/v1/basemap", "osr", YIHU_SCOPE_NOTHING, "/v1/basemap", NULL },
  { "PUT", "/v1/basemap", "a", YIHU_SCOPE_TENANT, "/v1/basemap", "{}" },
  { "POST", "/v1/import/*", "a", YIHU_SCOPE_ROWS, "/v1/import/elder",
    "id,division,name,sex,birth\ne8,210802001001,王秀兰,female,19400101\n" },
  { "POST", "/v1/accounts", "a", YIHU_SCOPE_OBJECT, "/v1/accounts",
    "{\"account\":{\"id\":\"new\",\"login\":\"new\",\"name\":\"new\",\"division\":210802001001}}" },
  { "GET", "/v1/accounts", "a", YIHU_SCOPE_ROWS, "/v1/accounts", NULL },
  { "POST", "/v1/accounts/*/revoke", "a", YIHU_SCOPE_OBJECT, "/v1/accounts/west/revoke", "{}" },
  { "POST", "/v1/accounts/*/wipe", "a", YIHU_SCOPE_OBJECT, "/v1/accounts/west/wipe", "{}" },
  { "POST", "/v1/accounts/*/reset-factor", "a", YIHU_SCOPE_OBJECT, "/v1/accounts/west/reset-factor",
    "{}" },
  { "POST", "/v1/accounts/*/unlock", "a", YIHU_SCOPE_OBJECT, "/v1/accounts/west/unlock", "{}" },
  { "GET", "/v1/sessions", "osraupvd", YIHU_SCOPE_OWN, "/v1/sessions", NULL },
  { "POST", "/v1/sessions/*/revoke", "osraupvd", YIHU_SCOPE_OWN,
    "/v1/sessions/0123456789abcdef/revoke", "{}" },
  { "GET", "/v1/audit", "au", YIHU_SCOPE_TENANT, "/v1/audit?limit=5", NULL },
  { "GET", "/v1/audit/verify", "au", YIHU_SCOPE_TENANT, "/v1/audit/verify", NULL },
  { "GET", "/v1/audit/anchors", "au", YIHU_SCOPE_TENANT, "/v1/audit/anchors", NULL },
  { "POST", "/v1/logout", "osraupvd", YIHU_SCOPE_OWN, "/v1/logout",
    NULL }, /* the last: it ends the log-in */
};

static const char *const public_paths[] = { "/v1/health", "/v1/metrics", "/v1/login", NULL };

static const RouteSample *
find_route_sample (const YihuRoute *route)
{
  for (guint i = 0; i < G_N_ELEMENTS (route_samples); i++)
    if (g_str_equal (route_samples[i].method, route->method)
        && g_str_equal (route_samples[i].path, route->path))
      return &route_samples[i];
  return NULL;
}

static const YihuRoute *
find_route (const RouteSample *sample)
{
  guint n = 0;
  const YihuRoute *routes = yihu_routes_get_all (&n);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (sample->method, routes[i].method)
        && g_str_equal (sample->path, routes[i].path))
      return &routes[i];
  return NULL;
}

/* Records anywhere in an answer are of the person's districts. */
static void
assert_within (const Person *person, json_t *json, const char *what)
{
  const char *key;
  json_t *child;
  gsize i;

  json_array_foreach (json, i, child) assert_within (person, child, what);
  json_object_foreach (json, key, child)
  {
    if (g_str_equal (key, "division")
        && !yihu_actor_sees (person->actor, json_integer_value (child)))
      g_error ("%s: a row of %" JSON_INTEGER_FORMAT " went to %" G_GINT64_FORMAT, what,
               json_integer_value (child), person->division);
    assert_within (person, child, what);
  }
}

static void
try_route (Fixture *fixture, const Person *person, const RouteSample *sample)
{
  const YihuRoute *route = find_route (sample);
  gboolean has_right = (yihu_capability_get_roles (route->capability) & (1u << person->role)) != 0;
  gboolean may = has_right && scope_allows (person, route->scope);
  g_autoptr (Answer) answer =
      fixture_send (fixture, person->token, sample->method, sample->sample, sample->body, -1);

  if (route->capability == YIHU_CAPABILITY_PUBLIC)
    return;
  if ((answer->status == 403) == may || answer->status == 401 || answer->status >= 500)
    g_error ("%s %s: %u for role %d in %" G_GINT64_FORMAT, sample->method, sample->sample,
             answer->status, person->role, person->division);
  if (!may)
    assert_error (answer, YIHU_ERROR_FORBIDDEN);
  else if (g_str_equal (sample->path, "/v1/import/*"))
    g_assert_cmpint (answer_get_int (answer, "accepted"), ==, is_above_west (person->division));
  else if (person->role != YIHU_ROLE_PROVIDER)
    assert_within (person, answer->json, sample->sample);
}

static void
test_route_rules (void)
{
  guint n = 0;
  const YihuRoute *routes = yihu_routes_get_all (&n);

  for (guint i = 0; i < n; i++)
    {
      const RouteSample *sample;

      if (routes[i].capability == YIHU_CAPABILITY_NONE || routes[i].scope == YIHU_SCOPE_UNDECLARED)
        g_error ("%s %s: declares no rule", routes[i].method, routes[i].path);
      sample = find_route_sample (&routes[i]);
      if (sample == NULL)
        g_error ("%s %s: has no sample here", routes[i].method, routes[i].path);
      if (routes[i].capability == YIHU_CAPABILITY_PUBLIC)
        g_assert_true (g_strv_contains (public_paths, routes[i].path));
      else if (yihu_capability_get_roles (routes[i].capability) != read_roles (sample->roles))
        g_error ("%s %s: is not for '%s'", routes[i].method, routes[i].path, sample->roles);
      if (routes[i].scope != sample->scope)
        g_error ("%s %s: has another scope", routes[i].method, routes[i].path);
    }
}

/* --- commands --- */

typedef YihuCommand *(*MakeFunc) (const char *name, const char *id);

static YihuCommand *
make_on_order (const char *name, const char *id)
{
  YihuCommand *command = yihu_command_new (name, "o1", 0, g_get_real_time ());

  yihu_command_set_text (command, "reason", "test");
  return command;
}

static YihuCommand *
make_on_call (const char *name, const char *id)
{
  YihuCommand *command = yihu_command_new (name, "k1", 0, g_get_real_time ());

  yihu_command_set_text (command, "elder", "e1");
  return command;
}

static YihuCommand *
make_order (const char *name, const char *id)
{
  return fixture_new_order (id, "e1");
}

static YihuCommand *
make_call (const char *name, const char *id)
{
  return fixture_new_call (id, "13800000001");
}

static YihuCommand *
make_note (const char *name, const char *id)
{
  YihuCommand *command = yihu_command_new (name, id, 0, g_get_real_time ());
  g_autoptr (YihuNote) note = yihu_note_new (id);

  note->elder = g_strdup ("e1");
  note->text = g_strdup ("test");
  yihu_command_set_record (command, "note", note);
  return command;
}

static YihuCommand *
make_elder (const char *name, const char *id)
{
  YihuCommand *command = yihu_command_new (name, id, 0, g_get_real_time ());
  g_autoptr (YihuElder) elder = yihu_elder_new (id);

  elder->record.division = WEST;
  elder->name = g_strdup ("王秀兰");
  elder->birth = 19400101;
  yihu_command_set_record (command, "elder", elder);
  return command;
}

static YihuCommand *
make_phone (const char *name, const char *id)
{
  YihuCommand *command = yihu_command_new (name, "e1", 0, g_get_real_time ());

  yihu_command_set_text (command, "phone", "13800000001");
  return command;
}

static YihuCommand *
make_seat (const char *name, const char *id)
{
  YihuCommand *command = yihu_command_new (name, "01", 0, g_get_real_time ());

  yihu_command_set_text (command, "state", "ready");
  return command;
}

typedef struct
{
  const char *name; /* or what it begins with, where it ends with a dot */
  const char *roles; /* NULL: by its flow, which tests/domain walks */
  YihuScope scope;
  MakeFunc make;
} CommandSample;

static const CommandSample command_samples[] = {
  { "order.create", "os", YIHU_SCOPE_OBJECT, make_order },
  { "order.", NULL, YIHU_SCOPE_HAND, make_on_order },
  { "note.add", "osr", YIHU_SCOPE_OBJECT, make_note },
  { "elder.register", "os", YIHU_SCOPE_OBJECT, make_elder },
  { "elder.add-phone", "os", YIHU_SCOPE_OBJECT, make_phone },
  { "elder.update", "os", YIHU_SCOPE_OBJECT, make_phone },
  { "call.begin", "v", YIHU_SCOPE_TENANT, make_call },
  { "call.identify", "os", YIHU_SCOPE_OBJECT, make_on_call },
  { "call.close", "os", YIHU_SCOPE_OBJECT, make_on_call },
  { "call.", NULL, YIHU_SCOPE_OBJECT, make_on_call },
  { "seat.set", "v", YIHU_SCOPE_TENANT, make_seat },
};

static const CommandSample *
find_command_sample (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (command_samples); i++)
    if (g_str_has_suffix (command_samples[i].name, ".")
            ? g_str_has_prefix (name, command_samples[i].name)
            : g_str_equal (name, command_samples[i].name))
      return &command_samples[i];
  return NULL;
}

static void
test_command_rules (void)
{
  g_autoptr (GPtrArray) names = yihu_commands_list_names ();

  g_assert_cmpuint (names->len, >, 8);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const CommandSample *sample;
      YihuCommandRule rule = { 0 };

      g_assert_true (yihu_commands_find_rule (name, &rule));
      if (rule.capability == YIHU_CAPABILITY_NONE || rule.scope == YIHU_SCOPE_UNDECLARED
          || rule.roles == 0)
        g_error ("%s: declares no rule", name);
      sample = find_command_sample (name);
      if (sample == NULL)
        g_error ("%s: has no sample here", name);
      if (rule.scope != sample->scope
          || (sample->roles != NULL && rule.roles != read_roles (sample->roles)))
        g_error ("%s: is not as it is written down", name);
    }
}

static void
try_command (Fixture *fixture, const Person *person, const char *name)
{
  g_autofree char *id = g_strdup_printf ("%s-%d-%" G_GINT64_FORMAT, name, person->role,
                                         person->division / 1000 % 1000000);
  g_autoptr (YihuCommand) command = find_command_sample (name)->make (name, id);
  g_autoptr (Answer) answer = fixture_command (fixture, person->token, command);
  YihuCommandRule rule = { 0 };
  gboolean may;

  g_assert_true (yihu_commands_find_rule (name, &rule));
  may = (yihu_role_get_capabilities (person->role) & YIHU_CAPABILITY_COMMAND) != 0
        && (rule.roles & (1u << person->role)) != 0 && scope_allows (person, rule.scope);
  if ((g_strcmp0 (answer_get_text (answer, "error"), "forbidden") == 0) == may
      || answer->status == 401 || answer->status == 404 || answer->status >= 500)
    g_error ("%s: %u %s for role %d in %" G_GINT64_FORMAT, name, answer->status,
             answer_get_text (answer, "message"), person->role, person->division);
}

static void
prepare_objects (Fixture *fixture)
{
  g_autofree char *operator= fixture_login (fixture, "operator");
  g_autofree char *switchboard = fixture_login (fixture, "switchboard");
  g_autoptr (YihuCommand) order = fixture_new_order ("o1", "e1");
  g_autoptr (YihuCommand) call = fixture_new_call ("k1", "13800000001");
  g_autoptr (Answer) ordered = fixture_command (fixture, operator, order);
  g_autoptr (Answer) called = fixture_command (fixture, switchboard, call);

  g_assert_cmpuint (ordered->status, ==, 200);
  g_assert_cmpuint (called->status, ==, 200);
}

static void
test_matrix (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (GPtrArray) names = yihu_commands_list_names ();

  fixture->reuses_connections = TRUE;
  fixture_fill (fixture);
  people = make_people (fixture);
  prepare_objects (fixture);
  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);

      for (guint j = 0; j < names->len; j++)
        try_command (fixture, person, g_ptr_array_index (names, j));
      for (guint j = 0; j < G_N_ELEMENTS (route_samples); j++)
        try_route (fixture, person, &route_samples[j]);
    }
}

/* --- what the matrix cannot say --- */

static void
test_other_tenant (Fixture *fixture, gconstpointer data)
{
  Fixture other = { 0 };
  g_autofree char *mine = NULL;
  g_autofree char *theirs = NULL;
  g_autoptr (Answer) here = NULL;
  g_autoptr (Answer) there = NULL;

  fixture_set_up (&other, NULL);
  mine = fixture_login_anew (fixture, "admin");
  theirs = fixture_login_anew (&other, "admin");
  here = fixture_send (fixture, theirs, "GET", "/v1/audit", NULL, -1);
  there = fixture_send (&other, mine, "GET", "/v1/audit", NULL, -1);
  g_assert_cmpuint (here->status, ==, 401);
  g_assert_cmpuint (there->status, ==, 401);
  fixture_tear_down (&other, NULL);
}

static guint
put_account (Fixture *fixture, const char *token, const char *id, const char *rest)
{
  g_autofree char *body =
      g_strdup_printf ("{\"account\":{\"id\":\"%s\",\"login\":\"%s\",\"name\":\"x\",%s},"
                       "\"password\":\"" FIXTURE_PASSWORD "\"}",
                       id, id, rest);
  g_autoptr (Answer) answer = fixture_send (fixture, token, "POST", "/v1/accounts", body, -1);

  return answer->status;
}

/* Nobody hands out more than he has, takes from those above him, or changes his own rights. */
static void
test_giving (Fixture *fixture, gconstpointer data)
{
  g_autofree char *admin = NULL;
  g_autofree char *county = NULL;

  fixture_fill (fixture);
  admin = fixture_login (fixture, "admin");
  g_assert_cmpuint (put_account (fixture, admin, "deputy",
                                 "\"role\":\"administrator\",\"division\":210802000000"),
                    ==, 200);
  county = fixture_login_anew (fixture, "deputy");
  g_assert_cmpuint (put_account (fixture, county, "a", "\"division\":210802001000"), ==, 200);
  g_assert_cmpuint (put_account (fixture, county, "b", "\"division\":0"), ==, 403);
  g_assert_cmpuint (put_account (fixture, county, "c", "\"division\":210800000000"), ==, 403);
  g_assert_cmpuint (put_account (fixture, county, "d", "\"division\":210803001000"), ==, 403);
  g_assert_cmpuint (put_account (fixture, county, "supervisor", "\"division\":210802000000"), ==,
                    403);
  g_assert_cmpuint (put_account (fixture, county, "deputy",
                                 "\"role\":\"supervisor\",\"division\":210802000000"),
                    ==, 403);
  g_assert_cmpuint (put_account (fixture, admin, "nowhere", "\"division\":210899000000"), ==, 400);
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/rights/routes-declare", test_route_rules);
  g_test_add_func ("/server/rights/commands-declare", test_command_rules);
#define ADD(name, func)                                                                            \
  g_test_add ("/server/rights/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("matrix", test_matrix);
  ADD ("other-tenant", test_other_tenant);
  ADD ("giving", test_giving);
  return g_test_run ();
}
