/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Changing a card and deciding between two changes, by keys: the real desk on a display, xdotool
 * for the hands, the real server in this process. What the server has afterwards is read from its
 * own store. */

#include "../client/fake-server.h"
#include "console/desk/card-editor.h"
#include "console/desk/conflict-card.h"
#include "real-desk.h"
#include "sql/database.h"
#include "widget-tree.h"
#include "wire/record-change.h"

#include <adwaita.h>
#include <gdk/x11/gdkx.h>
#include <gst/gst.h>
#include <string.h>

/* --- hands and eyes --- */

static void
run (const char *const *command)
{
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **) command, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
count_key (GtkEventControllerKey *keys, guint value, guint code, GdkModifierType state, guint *n)
{
  *n += 1;
  return FALSE;
}

/* There is no window manager: the focus is given by hand. Waits until the window has heard it. */
static void
do_keys (RealDesk *desk, const char *verb, const char *what, guint n)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (desk->window));
  g_autofree char *id = g_strdup_printf ("%lu", gdk_x11_surface_get_xid (surface));
  GtkEventController *keys = gtk_event_controller_key_new ();
  guint n_heard = 0;

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (desk->window), keys);
  g_signal_connect (keys, "key-released", G_CALLBACK (count_key), &n_heard);
  if (!gtk_window_is_active (GTK_WINDOW (desk->window)))
    run ((const char *[]){ "xdotool", "windowfocus", "--sync", id, NULL });
  run ((const char *[]){ "xdotool", verb, what, NULL });
  fake_wait (n_heard >= n);
  gtk_widget_remove_controller (GTK_WIDGET (desk->window), keys);
  tree_settle ();
}

static void
press (RealDesk *desk, const char *key)
{
  do_keys (desk, "key", key, 1);
}

static void
type_text (RealDesk *desk, const char *text)
{
  do_keys (desk, "type", text, (guint) strlen (text));
}

static gboolean
has_name (GtkWidget *widget, const char *name)
{
  g_autofree char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                                               GTK_ACCESSIBLE_PROPERTY_LABEL, name);

  return other == NULL;
}

/* Whether the focus is in what a screen reader calls so. */
static gboolean
is_at (RealDesk *desk, const char *name)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (desk->window));

  for (; focus != NULL && focus != GTK_WIDGET (desk->window); focus = gtk_widget_get_parent (focus))
    if (has_name (focus, name))
      return TRUE;
  return FALSE;
}

static void
go_to (RealDesk *desk, const char *name)
{
  for (guint i = 0; !is_at (desk, name); i++)
    {
      g_assert_cmpuint (i, <, 40);
      press (desk, "Tab");
    }
}

static void
shoot_both (RealDesk *desk, const char *name)
{
  g_autofree char *dark = g_strconcat (name, "-dark", NULL);

  tree_shoot (name);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  tree_shoot (dark);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

static gboolean
server_has (RealDesk *desk, const char *where)
{
  g_autofree char *path = g_build_filename (desk->server.directory, "yihu.db", NULL);
  g_autofree char *sql =
      g_strdup_printf ("SELECT count(*) FROM elder WHERE id = 'e1' AND %s", where);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) store = yihu_database_open (path, YIHU_DATABASE_DURABLE, &error);
  gint64 n = 0;

  g_assert_no_error (error);
  yihu_database_query_int (store, sql, &n, &error, "");
  g_assert_no_error (error);
  return n == 1;
}

/* --- set-up --- */

static void
set_up (RealDesk *desk, gconstpointer data)
{
  real_desk_set_up (desk, data);
  real_desk_start_online (desk);
  fake_wait (gtk_widget_get_mapped (GTK_WIDGET (desk->window)));
  tree_settle ();
}

static void
show (RealDesk *desk, const char *id)
{
  g_autoptr (YihuElder) elder = yihu_book_get (desk->book, &yihu_elder_type, id);

  g_assert_nonnull (elder);
  yihu_desk_window_show_elder (desk->window, elder);
  tree_settle ();
}

static void
open_editor (RealDesk *desk)
{
  show (desk, "e1");
  press (desk, "ctrl+e");
  g_assert_true (gtk_widget_get_visible (desk->window->editor));
}

/* A colleague changes one field of e1, and this desk has heard of it. */
static void
colleague_sets (RealDesk *desk, const char *name, const char *value)
{
  const YihuField *field = yihu_record_type_find_field (&yihu_elder_type, name);
  g_autoptr (YihuElder) seen = yihu_book_get (desk->book, &yihu_elder_type, "e1");
  g_autoptr (YihuElder) wanted = yihu_record_dup (seen);
  g_autoptr (YihuCommand) command = yihu_command_new ("elder.update", "e1", 0, g_get_real_time ());
  g_autofree char *token = fixture_login (&desk->server, "county");
  g_autoptr (Answer) answer = NULL;
  g_autoptr (YihuElder) now = NULL;

  yihu_record_set_text (wanted, field, value);
  g_assert_cmpuint (yihu_record_change_write (command->args, seen, wanted), ==, 1);
  answer = fixture_command (&desk->server, token, command);
  g_assert_cmpstr (answer_get_text (answer, "state"), ==, "ok");
  do
    {
      fake_iterate ();
      g_clear_pointer (&now, yihu_elder_unref);
      now = yihu_book_get (desk->book, &yihu_elder_type, "e1");
    }
  while (!g_str_equal (yihu_record_get_text (now, field), value));
}

static void
save_editor (RealDesk *desk)
{
  press (desk, "ctrl+Return");
  fake_wait (!gtk_widget_get_visible (desk->window->editor));
}

/* Mine: "wheelchair" and a remark; theirs: "bedridden". Opened from the to-do list. */
static void
open_conflict (RealDesk *desk)
{
  open_editor (desk);
  go_to (desk, "Mobility");
  type_text (desk, "wheelchair");
  go_to (desk, "Remarks");
  type_text (desk, "rings twice");
  colleague_sets (desk, "mobility", "bedridden");
  g_assert_true (gtk_widget_get_visible (desk->window->editor)); /* nothing typed is taken */
  save_editor (desk);
  fake_wait (yihu_book_get_undecided (desk->book) == 1);
  fake_wait (tree_find (desk->window->todo_list, "Refused") != NULL);
  press (desk, "ctrl+t");
  press (desk, "Return");
  fake_wait (gtk_widget_get_visible (desk->window->conflict));
}

/* --- tests --- */

static void
test_edit (RealDesk *desk, gconstpointer data)
{
  open_editor (desk);
  g_assert_nonnull (tree_find (desk->window->editor, "Change the card: 王秀英"));
  g_assert_nonnull (tree_find (desk->window->editor, "138****0001")); /* no call unlocks it */
  g_assert_null (tree_find (desk->window->editor, "0000 0001"));
  go_to (desk, "Mobility");
  type_text (desk, "walks with a stick");
  shoot_both (desk, "card-edit");
  save_editor (desk);
  fake_wait (server_has (desk, "mobility = 'walks with a stick' AND phone = '+8613800000001'"));
  fake_wait (tree_find (desk->window->card, "walks with a stick") != NULL);
}

static void
test_leave (RealDesk *desk, gconstpointer data)
{
  open_editor (desk);
  go_to (desk, "Mobility");
  press (desk, "x");
  press (desk, "Escape");
  g_assert_nonnull (tree_find (desk->window->editor, "Throw the changes away?"));
  press (desk, "Escape");
  g_assert_false (gtk_widget_get_visible (desk->window->editor));
  open_editor (desk);
  press (desk, "Escape"); /* nothing changed: no question */
  g_assert_false (gtk_widget_get_visible (desk->window->editor));
  g_assert_cmpuint (yihu_book_get_pending (desk->book), ==, 0);
}

/* The work on the desk goes on over an open form, which is there again later. */
static void
test_parked (RealDesk *desk, gconstpointer data)
{
  open_editor (desk);
  go_to (desk, "Mobility");
  type_text (desk, "wheelchair");
  show (desk, "e2");
  g_assert_false (gtk_widget_get_visible (desk->window->editor));
  colleague_sets (desk, "mobility", "bedridden");
  open_editor (desk);
  g_assert_nonnull (tree_find (desk->window->editor, "What was typed before is here again."));
  save_editor (desk);
  fake_wait (yihu_book_get_undecided (desk->book) == 1); /* against what was seen then */
  g_assert_true (server_has (desk, "mobility = 'bedridden'"));
}

static void
test_too_long (RealDesk *desk, gconstpointer data)
{
  g_autofree char *text = g_strnfill (2000, 'x');
  g_autoptr (GString) long_text = g_string_new (NULL);

  for (guint i = 0; i < 342; i++) /* 1,026 bytes */
    g_string_append (long_text, "慢");
  open_editor (desk);
  go_to (desk, "Remarks");
  gtk_editable_set_text (GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (desk->window))),
                         long_text->str);
  g_assert_nonnull (tree_find (desk->window->editor, "Remarks is too long: at most 341"));
  go_to (desk, "Name");
  press (desk, "x");
  g_assert_true (is_at (desk, "Name")); /* said, but the focus is left to who types */
  g_assert_nonnull (tree_find (desk->window->editor, "Remarks is too long: at most 341"));
  press (desk, "ctrl+Return");
  g_assert_true (is_at (desk, "Remarks"));
  g_assert_true (gtk_widget_get_visible (desk->window->editor));
  g_assert_cmpuint (yihu_book_get_pending (desk->book), ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (desk->window))), "");
  go_to (desk, "Born");
  gtk_editable_set_text (GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (desk->window))), text);
  press (desk, "ctrl+Return");
  g_assert_nonnull (tree_find (desk->window->editor, "The birth day is not possible"));
}

static void
test_conflict_mine (RealDesk *desk, gconstpointer data)
{
  open_conflict (desk);
  g_assert_nonnull (tree_find (desk->window->conflict, "○ wheelchair"));
  g_assert_nonnull (tree_find (desk->window->conflict, "○ bedridden"));
  g_assert_nonnull (tree_find (desk->window->conflict, "✓ rings twice"));
  fake_wait (is_at (desk, "Mobility, mine: wheelchair, theirs: bedridden, before: —, "
                          "chosen: not decided"));
  shoot_both (desk, "card-conflict");
  press (desk, "ctrl+Return");
  g_assert_nonnull (tree_find (desk->window->conflict, "Decide first: Mobility"));
  press (desk, "1");
  g_assert_true (
      is_at (desk, "Mobility, mine: wheelchair, theirs: bedridden, before: —, chosen: mine"));
  press (desk, "Down");
  g_assert_true (is_at (desk, "Remarks, mine: rings twice, theirs: —, before: —, chosen: mine"));
  tree_shoot ("card-conflict-decided");
  press (desk, "ctrl+Return");
  fake_wait (!gtk_widget_get_visible (desk->window->conflict));
  fake_wait (yihu_book_get_undecided (desk->book) == 0 && yihu_book_get_pending (desk->book) == 0);
  g_assert_true (server_has (desk, "mobility = 'wheelchair' AND remarks = 'rings twice'"));
}

static void
test_conflict_theirs (RealDesk *desk, gconstpointer data)
{
  open_conflict (desk);
  press (desk, "Escape"); /* later */
  g_assert_false (gtk_widget_get_visible (desk->window->conflict));
  g_assert_cmpuint (yihu_book_get_undecided (desk->book), ==, 1);
  press (desk, "ctrl+t");
  press (desk, "Return");
  press (desk, "2");
  press (desk, "Down");
  press (desk, "2");
  press (desk, "ctrl+Return");
  fake_wait (!gtk_widget_get_visible (desk->window->conflict));
  fake_wait (yihu_book_get_undecided (desk->book) == 0 && yihu_book_get_pending (desk->book) == 0);
  g_assert_true (server_has (desk, "mobility = 'bedridden' AND coalesce (remarks, '') = ''"));
}

/* Without a call nobody writes over an address that they cannot see. */
static void
test_conflict_masked (RealDesk *desk, gconstpointer data)
{
  g_autoptr (YihuElder) seen = yihu_book_get (desk->book, &yihu_elder_type, "e1");
  g_autoptr (YihuElder) wanted = yihu_record_dup (seen);
  g_autoptr (YihuCommand) command =
      yihu_command_new ("elder.update", "e1", seen->record.version, g_get_real_time ());

  yihu_record_take (wanted->address, g_strdup ("my street 1"));
  yihu_record_change_write (command->args, seen, wanted);
  colleague_sets (desk, "address", "their street 2");
  yihu_book_submit_async (desk->book, command, NULL, NULL, NULL);
  fake_wait (yihu_book_get_undecided (desk->book) == 1);
  fake_wait (tree_find (desk->window->todo_list, "Refused") != NULL);
  press (desk, "ctrl+t");
  press (desk, "Return");
  fake_wait (gtk_widget_get_visible (desk->window->conflict));
  g_assert_null (tree_find (desk->window->conflict, "street"));
  press (desk, "1");
  g_assert_nonnull (tree_find (desk->window->conflict, "This is masked"));
  press (desk, "2");
  press (desk, "ctrl+Return");
  fake_wait (yihu_book_get_undecided (desk->book) == 0);
  g_assert_true (server_has (desk, "address = 'their street 2'"));
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/card-edit/" name, RealDesk, NULL, set_up, func, real_desk_tear_down)
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  gst_init (NULL, NULL);
  yihu_json_init ();
  yihu_console_register_resources ();
  ADD ("edit", test_edit);
  ADD ("leave", test_leave);
  ADD ("parked", test_parked);
  ADD ("too-long", test_too_long);
  ADD ("conflict-mine", test_conflict_mine);
  ADD ("conflict-theirs", test_conflict_theirs);
  ADD ("conflict-masked", test_conflict_masked);
  return g_test_run ();
}
