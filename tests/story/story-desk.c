/* SPDX-License-Identifier: GPL-3.0-or-later */

/* First light, told with the real programs: an elder telephones, the desk shows who it is, both
 * hear each other, an order is made and served, the server goes away and comes back, and everything
 * happened exactly once. Driven by keys and accessible names. */

#include "cache/desk-login.h"
#include "goertzel.h"
#include "screen.h"
#include "world.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#define N_ELDERS 2000
#define SEED 7
#define DESK_FILE "cache-op03/account-op03/desk.db"
#define OPERATOR_HZ 440
#define ELDER_HZ 620
#define HEARD_BYTES (4 * 8000 * 2) /* four seconds */
#define TOLERANCE_DB 1.5
#define SILENCE_DB (-40.0) /* a gap in the other tone spreads over all frequencies */
#define N_SLICES 12
#define SLICE_S 0.25

typedef struct
{
  char *id;
  char *name;
  char *number; /* as it is dialled from: without +86 */
} Elder;

/* Somebody whose number is only his own. */
static Elder
pick_elder (World *world)
{
#define ALONE                                                                                      \
  " FROM elder WHERE phone LIKE '+861%%' AND living = 'alone' AND phone NOT IN (SELECT phone "     \
  "FROM "                                                                                          \
  "kin) AND phone IN (SELECT phone FROM elder GROUP BY phone HAVING count(*) = 1) ORDER BY id "    \
  "LIMIT 1"
  Elder elder = { world_query_text (world, "SELECT id" ALONE),
                  world_query_text (world, "SELECT name" ALONE),
                  world_query_text (world, "SELECT substr(phone, 4)" ALONE) };

  g_assert_nonnull (elder.number);
  return elder;
#undef ALONE
}

static gboolean
has_heard_enough (World *world, gpointer path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && status.st_size > HEARD_BYTES;
}

/* Looked at in slices of a quarter of a second: on a busy machine packets come late and are
 * concealed, so not every slice is whole, but the tone must be there at its level, and one's own
 * never. */
static void
assert_hears (const char *path, guint present_hz, guint absent_hz)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ToneWav) wav = tone_wav_load (path, &error);
  guint n_right = 0;
  double loudest_absent = TONE_FLOOR_DB;

  g_assert_no_error (error);
  for (guint i = 0; i < N_SLICES; i++)
    {
      double at_s = 0.75 + i * SLICE_S;

      n_right +=
          fabs (tone_wav_level_db (wav, present_hz, at_s, SLICE_S) - STORY_TONE_DB) < TOLERANCE_DB;
      loudest_absent = MAX (loudest_absent, tone_wav_level_db (wav, absent_hz, at_s, SLICE_S));
    }
  g_test_message ("%s: %u Hz right in %u of %u slices, %u Hz at most %.1f dB", path, present_hz,
                  n_right, N_SLICES, absent_hz, loudest_absent);
  g_assert_cmpuint (n_right, >=, N_SLICES / 2);
  g_assert_cmpfloat (loudest_absent, <, SILENCE_DB);
}

/* A call rings, the card is there, F2, and both hear each other. */
static void
tell_call (World *world, Screen *screen, const Elder *elder, const char *heard)
{
  g_autofree char *heard_by_elder = NULL;

  g_assert_false (screen_has (screen, "坐席状态：振铃中"));
  world_call (world, elder->number, ELDER_HZ);
  screen_wait (screen, "坐席状态：振铃中", 20);
  screen_wait (screen, elder->name, 5);
  screen_shoot ("desk-ringing");
  g_assert_false (screen_has (screen, "坐席状态：通话中"));
  screen_key (screen, "F2");
  screen_wait (screen, "坐席状态：通话中", 10);
  world_wait_count (world, "the server knows that they talk", 10,
                    "SELECT count(*) FROM call WHERE state = 'talking'", 1);
  world_wait (world, "the desk hears for four seconds", 20, has_heard_enough, (gpointer) heard);
  heard_by_elder = world_get_heard (world);
  world_wait (world, "the elder hears for four seconds", 20, has_heard_enough, heard_by_elder);
  screen_shoot ("desk-call");
}

/* F9, a sentence, Ctrl+Enter. */
static void
make_order (Screen *screen, const char *note)
{
  screen_key (screen, "F9");
  screen_set_text (screen, "诉求记录", note);
  screen_key (screen, "ctrl+Return");
}

static void
tell_order (World *world, Screen *screen)
{
  g_assert_cmpint (world_query (world, "SELECT count(*) FROM service_order"), ==, 0);
  make_order (screen, "老人要订一份午饭，少盐。");
  world_wait_count (world, "the order is on the server", 10, "SELECT count(*) FROM service_order",
                    1);
  screen_wait_part (screen, "已接单", 60);
  world_wait_count (world, "the provider has accepted", 60,
                    "SELECT count(*) FROM order_step WHERE verb = 'accept'", 1);
  screen_shoot ("desk-order");
}

static void
tell_outage (World *world, Screen *screen)
{
  world_stop_server (world);
  screen_wait_part (screen, "待发 0", 10);
  screen_wait_part (screen, "中心已断开", 20);
  make_order (screen, "再订一次助浴，下午来。");
  screen_wait_part (screen, "待发 1", 10);
  screen_shoot ("desk-offline");
  world_start_server (world);
  screen_wait_part (screen, "待发 0", 30);
  screen_wait_part (screen, "中心已连接", 30);
  world_wait_count (world, "both orders are there once", 30, "SELECT count(*) FROM service_order",
                    2);
  g_assert_cmpint (world_query (world, "SELECT count(DISTINCT note) FROM service_order"), ==, 2);
  g_assert_cmpint (world_query (world, "SELECT count(*) FROM audit WHERE what = 'order.create'"),
                   ==, 2);
}

static void
tell_hang_up (World *world, Screen *screen)
{
  screen_key (screen, "F4");
  screen_wait (screen, "坐席状态：话后处理", 10);
  screen_shoot ("desk-wrapup");
  world_wait_count (world, "the server knows that it is over", 10,
                    "SELECT count(*) FROM call WHERE state = 'wrapup'", 1);
  screen_key (screen, "ctrl+1");
  screen_key (screen, "ctrl+Return");
  world_wait_count (world, "the call is closed with its outcome", 10,
                    "SELECT count(*) FROM call WHERE state = 'closed' AND outcome <> 'none'", 1);
}

static void
test_first_light (void)
{
  World *world = world_new (N_ELDERS, SEED);
  Elder elder = pick_elder (world);
  g_autofree char *heard = world_path (world, "desk-heard.wav");
  g_autofree char *heard_by_elder = NULL;
  Screen *screen;

  g_test_message ("seed %d, elder %s", SEED, elder.id);
  world_start_voice (world);
  world_start_city (world, (const char *[]){ "--calls-per-hour", "0", "--pace", "100", NULL });
  world_start_console (world, "op03", OPERATOR_HZ, heard, NULL);
  screen = screen_new (world_get_pid (world->console), 30);
  screen_wait_part (screen, "中心已连接", 30);
  screen_wait (screen, "坐席状态：就绪", 20);
  screen_shoot ("desk-ready");

  tell_call (world, screen, &elder, heard);
  tell_order (world, screen);
  tell_outage (world, screen);
  tell_hang_up (world, screen);

  heard_by_elder = world_get_heard (world);
  world_hang_up (world);
  world_stop_console (world);
  assert_hears (heard, ELDER_HZ, OPERATOR_HZ);
  assert_hears (heard_by_elder, OPERATOR_HZ, ELDER_HZ);
  screen_free (screen);
  g_free (elder.id);
  g_free (elder.name);
  g_free (elder.number);
  world_free (world);
}

/* Orders that wait: what they say is sealed, that they are there is not. */
static gboolean
has_waiting_order (World *world, gpointer data)
{
  g_autofree char *path = world_path (world, DESK_FILE);

  return world_query_file (path, "SELECT count(*) FROM overlay WHERE kind = 'service_order'") == 1;
}

/* Reads the file as the desk itself would after a start without the server. */
static gboolean
has_draft (World *world, gpointer text)
{
  g_autofree char *path = world_path (world, DESK_FILE);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (YihuDeskFile) desk = yihu_desk_file_open (directory, NULL);
  g_autoptr (YihuDeskLogin) login = NULL;
  g_autoptr (YihuRows) rows = NULL;
  gboolean found = FALSE;

  if (desk == NULL)
    return FALSE;
  login = yihu_desk_file_unlock (desk, "op03", world->password, NULL, g_get_real_time (), NULL);
  rows =
      yihu_database_query (yihu_desk_file_get_database (desk), "SELECT name FROM draft", NULL, "");
  while (login != NULL && !found && yihu_rows_next (rows, NULL))
    {
      g_autofree char *draft = yihu_desk_file_load_draft (desk, yihu_rows_get_text (rows, 0));

      found = draft != NULL && strstr (draft, text) != NULL;
    }
  g_clear_pointer (&rows, yihu_rows_free);
  return found;
}

/* A text in the form outlives the console. */
static void
test_killed_console (void)
{
  World *world = world_new (N_ELDERS, SEED);
  Elder elder = pick_elder (world);
  Screen *screen;
  g_autofree char *text = NULL;

  world_start_voice (world);
  world_start_console (world, "op03", OPERATOR_HZ, NULL, NULL);
  screen = screen_new (world_get_pid (world->console), 30);
  screen_wait (screen, "坐席状态：就绪", 30);
  world_call (world, elder.number, ELDER_HZ);
  screen_wait (screen, "坐席状态：振铃中", 20);
  screen_key (screen, "F2");
  screen_wait (screen, "坐席状态：通话中", 10);
  screen_key (screen, "F9");
  world_stop_server (world);
  screen_wait_part (screen, "中心已断开", 20);
  make_order (screen, "断网时派的单");
  world_wait (world, "the order waits in the outbox", 10, has_waiting_order, NULL);
  screen_key (screen, "F9");
  screen_set_text (screen, "诉求记录", "又写到一半");
  world_wait (world, "the draft is on the disk", 10, has_draft, (gpointer) "又写到一半");
  world_kill_console (world);
  screen_free (screen);

  world_start_console (world, "op03", OPERATOR_HZ, NULL, NULL);
  screen = screen_new (world_get_pid (world->console), 30);
  screen_wait_part (screen, "待发 1", 30);
  screen_wait_part (screen, "又写到一半", 30);
  world_start_server (world);
  screen_wait_part (screen, "待发 0", 30);
  world_wait_count (world, "the order arrived once", 10, "SELECT count(*) FROM service_order", 1);
  world_hang_up (world);
  screen_free (screen);
  g_free (elder.id);
  g_free (elder.name);
  g_free (elder.number);
  world_free (world);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  /* libatspi warns while it talks to a program that is just starting or ending. The programs under
   * test have their own fatal warnings. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/story/first-light", test_first_light);
  g_test_add_func ("/story/killed-console", test_killed_console);
  return g_test_run ();
}
