/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Changing a card and deciding between two changes, by keys: the real desk on a display, xdotool
 * for the hands, the real server in this process. What the server has afterwards is read from its
 * own store. */

#include "../client/fake-server.h"
#include "console/desk/card-editor.h"
#include "console/desk/conflict-card.h"
#include "look.h"
#include "real-hands.h"
#include "widget-tree.h"
#include "wire/record-change.h"

#include <adwaita.h>
#include <string.h>

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
  g_autofree char *sql =
      g_strdup_printf ("SELECT count(*) FROM elder WHERE id = 'e1' AND %s", where);

  return real_desk_ask_store (desk, sql) == 1;
}

static void
open_editor (RealDesk *desk)
{
  real_desk_show (desk, "e1");
  hands_press (desk, "ctrl+e");
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
  hands_press (desk, "ctrl+Return");
  fake_wait (!gtk_widget_get_visible (desk->window->editor));
}

/* Mine: "wheelchair" and a remark; theirs: "bedridden". Opened from the to-do list. */
static void
open_conflict (RealDesk *desk)
{
  open_editor (desk);
  hands_go_to (desk, "Mobility");
  hands_type (desk, "wheelchair");
  hands_go_to (desk, "Remarks");
  hands_type (desk, "rings twice");
  colleague_sets (desk, "mobility", "bedridden");
  g_assert_true (gtk_widget_get_visible (desk->window->editor)); /* nothing typed is taken */
  save_editor (desk);
  fake_wait (yihu_book_get_undecided (desk->book) == 1);
  fake_wait (tree_find (desk->window->todo_list, "Refused") != NULL);
  hands_press (desk, "ctrl+t");
  hands_press (desk, "Return");
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
  hands_go_to (desk, "Mobility");
  hands_type (desk, "walks with a stick");
  shoot_both (desk, "card-edit");
  save_editor (desk);
  fake_wait (server_has (desk, "mobility = 'walks with a stick' AND phone = '+8613800000001'"));
  fake_wait (tree_find (desk->window->card, "walks with a stick") != NULL);
}

static void
test_leave (RealDesk *desk, gconstpointer data)
{
  open_editor (desk);
  hands_go_to (desk, "Mobility");
  hands_press (desk, "x");
  hands_press (desk, "Escape");
  g_assert_nonnull (tree_find (desk->window->editor, "Throw the changes away?"));
  hands_press (desk, "Escape");
  g_assert_false (gtk_widget_get_visible (desk->window->editor));
  open_editor (desk);
  hands_press (desk, "Escape"); /* nothing changed: no question */
  g_assert_false (gtk_widget_get_visible (desk->window->editor));
  g_assert_cmpuint (yihu_book_get_pending (desk->book), ==, 0);
}

/* The work on the desk goes on over an open form, which is there again later. */
static void
test_parked (RealDesk *desk, gconstpointer data)
{
  open_editor (desk);
  hands_go_to (desk, "Mobility");
  hands_type (desk, "wheelchair");
  g_assert_null (tree_find (desk->window->todo_list, "Card not saved")); /* it lies open */
  real_desk_show (desk, "e2");
  g_assert_false (gtk_widget_get_visible (desk->window->editor));
  fake_wait (tree_find (desk->window->todo_list, "王秀英 · Card not saved") != NULL);
  colleague_sets (desk, "mobility", "bedridden");
  look_keep (GTK_WIDGET (desk->window), "card-parked");
  hands_press (desk, "ctrl+t");
  hands_press (desk, "Return");
  fake_wait (gtk_widget_get_visible (desk->window->editor));
  fake_wait (tree_find (desk->window->todo_list, "Card not saved") == NULL);
  g_assert_nonnull (tree_find (desk->window->editor, "What was typed before is here again."));
  save_editor (desk);
  fake_wait (yihu_book_get_undecided (desk->book) == 1); /* against what was seen then */
  g_assert_true (server_has (desk, "mobility = 'bedridden'"));
}

/* A desk that died with the form open: listed after the start, until it is thrown away. */
static void
test_killed (RealDesk *desk, gconstpointer data)
{
  open_editor (desk);
  hands_go_to (desk, "Mobility");
  hands_type (desk, "wheelchair");
  real_desk_stop (desk);
  real_desk_start_online (desk);
  fake_wait (tree_find (desk->window->todo_list, "王秀英 · Card not saved") != NULL);
  hands_press (desk, "ctrl+t");
  hands_press (desk, "Return");
  fake_wait (tree_find (desk->window->editor, "wheelchair") != NULL);
  hands_press (desk, "Escape");
  hands_press (desk, "Escape");
  g_assert_false (gtk_widget_get_visible (desk->window->editor));
  fake_wait (tree_find (desk->window->todo_list, "Card not saved") == NULL);
}

/* The call's number finds no place any more: said in words of its own, mended on the card. */
static void
test_no_place_for_number (RealDesk *desk, gconstpointer data)
{
  g_autoptr (YihuCommand) command =
      yihu_command_new ("elder.add-phone", "e1", 1, g_get_real_time ());

  colleague_sets (desk, "phone2", "+8613800000009");
  yihu_command_set_text (command, "phone", "+8613700000007");
  yihu_book_submit_async (desk->book, command, NULL, NULL, NULL);
  fake_wait (yihu_book_get_undecided (desk->book) == 1);
  fake_wait (tree_find (desk->window->todo_list, "two telephone numbers already") != NULL);
  hands_press (desk, "ctrl+t");
  hands_press (desk, "Return");
  fake_wait (tree_find (desk->window->order_card, "王秀英 · 137****0007") != NULL);
  g_assert_nonnull (tree_find (desk->window->order_card, "Take one away (Ctrl+E)"));
  look_keep (GTK_WIDGET (desk->window), "add-phone-refused");
  g_assert_true (gtk_widget_is_sensitive (desk->window->card));
  g_assert_cmpstr (desk->window->elder->record.id, ==, "e1");
}

static void
test_too_long (RealDesk *desk, gconstpointer data)
{
  g_autofree char *text = g_strnfill (2000, 'x');
  g_autoptr (GString) long_text = g_string_new (NULL);

  for (guint i = 0; i < 342; i++) /* 1,026 bytes */
    g_string_append (long_text, "慢");
  open_editor (desk);
  hands_go_to (desk, "Remarks");
  gtk_editable_set_text (GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (desk->window))),
                         long_text->str);
  g_assert_nonnull (tree_find (desk->window->editor, "Remarks is too long: at most 341"));
  hands_go_to (desk, "Name");
  hands_press (desk, "x");
  g_assert_true (hands_are_at (desk, "Name")); /* said, but the focus is left to who types */
  g_assert_nonnull (tree_find (desk->window->editor, "Remarks is too long: at most 341"));
  hands_press (desk, "ctrl+Return");
  g_assert_true (hands_are_at (desk, "Remarks"));
  g_assert_true (gtk_widget_get_visible (desk->window->editor));
  g_assert_cmpuint (yihu_book_get_pending (desk->book), ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (desk->window))), "");
  hands_go_to (desk, "Born");
  gtk_editable_set_text (GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (desk->window))), text);
  hands_press (desk, "ctrl+Return");
  g_assert_nonnull (tree_find (desk->window->editor, "The birth day is not possible"));
}

static void
test_conflict_mine (RealDesk *desk, gconstpointer data)
{
  open_conflict (desk);
  g_assert_nonnull (tree_find (desk->window->conflict, "○ wheelchair"));
  g_assert_nonnull (tree_find (desk->window->conflict, "○ bedridden"));
  g_assert_nonnull (tree_find (desk->window->conflict, "✓ rings twice"));
  fake_wait (hands_are_at (desk, "Mobility, mine: wheelchair, theirs: bedridden, before: —, "
                                 "chosen: not decided"));
  shoot_both (desk, "card-conflict");
  hands_press (desk, "ctrl+Return");
  g_assert_nonnull (tree_find (desk->window->conflict, "Decide first: Mobility"));
  hands_press (desk, "1");
  g_assert_true (
      hands_are_at (desk,
                    "Mobility, mine: wheelchair, theirs: bedridden, before: —, chosen: mine"));
  hands_press (desk, "Down");
  g_assert_true (
      hands_are_at (desk, "Remarks, mine: rings twice, theirs: —, before: —, chosen: mine"));
  tree_shoot ("card-conflict-decided");
  hands_press (desk, "ctrl+Return");
  fake_wait (!gtk_widget_get_visible (desk->window->conflict));
  fake_wait (yihu_book_get_undecided (desk->book) == 0 && yihu_book_get_pending (desk->book) == 0);
  g_assert_true (server_has (desk, "mobility = 'wheelchair' AND remarks = 'rings twice'"));
}

static void
test_conflict_theirs (RealDesk *desk, gconstpointer data)
{
  open_conflict (desk);
  hands_press (desk, "Escape"); /* later */
  g_assert_false (gtk_widget_get_visible (desk->window->conflict));
  g_assert_cmpuint (yihu_book_get_undecided (desk->book), ==, 1);
  hands_press (desk, "ctrl+t");
  hands_press (desk, "Return");
  hands_press (desk, "2");
  hands_press (desk, "Down");
  hands_press (desk, "2");
  hands_press (desk, "ctrl+Return");
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
  hands_press (desk, "ctrl+t");
  hands_press (desk, "Return");
  fake_wait (gtk_widget_get_visible (desk->window->conflict));
  g_assert_null (tree_find (desk->window->conflict, "street"));
  hands_press (desk, "1");
  g_assert_nonnull (tree_find (desk->window->conflict, "This is masked"));
  hands_press (desk, "2");
  hands_press (desk, "ctrl+Return");
  fake_wait (yihu_book_get_undecided (desk->book) == 0);
  g_assert_true (server_has (desk, "address = 'their street 2'"));
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/card-edit/" name, RealDesk, NULL, real_desk_open, func, real_desk_tear_down)
  real_desk_init_tests (&argc, &argv);
  ADD ("edit", test_edit);
  ADD ("leave", test_leave);
  ADD ("parked", test_parked);
  ADD ("killed", test_killed);
  ADD ("no-place-for-number", test_no_place_for_number);
  ADD ("too-long", test_too_long);
  ADD ("conflict-mine", test_conflict_mine);
  ADD ("conflict-theirs", test_conflict_theirs);
  ADD ("conflict-masked", test_conflict_masked);
  return g_test_run ();
}
