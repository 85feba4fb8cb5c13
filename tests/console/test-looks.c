/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What lies over the desk, looked at: no text of it is cut, and all of it fits on the display, also
 * in large type. Texts are not named here, so that it runs in any language; with YIHU_SCREENS set
 * each state leaves a picture there (see look.h). */

#include "../client/fake-server.h"
#include "console/desk/reveal-card.h"
#include "look.h"
#include "real-desk.h"
#include "widget-tree.h"
#include "wire/record-change.h"

#include <adwaita.h>

/* A label that ends in an ellipsis, or is given less than it needs. */
static GtkWidget *
find_cut (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_LABEL (widget)
      && pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_cut (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
look_at (RealDesk *desk, GtkWidget *card, const char *name)
{
  GtkWidget *window = GTK_WIDGET (desk->window);
  graphene_rect_t bounds;
  GtkWidget *cut;

  fake_wait (gtk_widget_get_mapped (card) && gtk_widget_get_height (card) > 0);
  tree_settle ();
  look_keep (window, name);
  cut = find_cut (card);
  if (cut != NULL)
    g_error ("%s: cut: %s", name, gtk_label_get_text (GTK_LABEL (cut)));
  g_assert_true (gtk_widget_compute_bounds (card, window, &bounds));
  g_assert_cmpfloat (bounds.origin.x, >=, 0);
  g_assert_cmpfloat (bounds.origin.x + bounds.size.width, <=, gtk_widget_get_width (window));
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, gtk_widget_get_height (window));
}

static void
act (RealDesk *desk, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (desk->window), action, NULL));
  tree_settle ();
}

/* e1 as one side wants it, in fields that are long, short, chosen and masked. */
static void
change (RealDesk *desk, YihuElder *wanted, gboolean mine)
{
  static const struct
  {
    const char *name;
    const char *mine;
    const char *theirs;
  } texts[] = {
    { "mobility", "坐轮椅，上下楼需两人协助", "卧床，家属照料" },
    { "address", "站前区建丰街道盼盼路 18 号 3 单元 402 室", "站前区建丰街道学府路 6 号" },
    { "remarks", "先按两声门铃再敲门；听力不好，请大声说话，白天多在楼下活动室", "" },
    { "hospital", "市中心医院", "市中心医院" },
    { "medicines", "降压药早晚各一次，降糖药饭前", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (mine || texts[i].theirs != NULL)
      yihu_record_set_text (wanted, yihu_record_type_find_field (&yihu_elder_type, texts[i].name),
                            mine ? texts[i].mine : texts[i].theirs);
}

/* A refused change of e1, opened from the list. */
static void
open_conflict (RealDesk *desk)
{
  g_autoptr (YihuElder) seen = yihu_book_get (desk->book, &yihu_elder_type, "e1");
  g_autoptr (YihuElder) mine = yihu_record_dup (seen);
  g_autoptr (YihuElder) theirs = yihu_record_dup (seen);
  g_autoptr (YihuCommand) first = yihu_command_new ("elder.update", "e1", 0, g_get_real_time ());
  g_autoptr (YihuCommand) second =
      yihu_command_new ("elder.update", "e1", seen->record.version, g_get_real_time ());
  g_autofree char *token = fixture_login (&desk->server, "county");
  g_autoptr (Answer) answer = NULL;
  g_autoptr (YihuTodo) row = NULL;
  GListModel *list = yihu_todo_model_get_list (desk->window->todo);

  change (desk, mine, TRUE);
  change (desk, theirs, FALSE);
  yihu_record_change_write (first->args, seen, theirs);
  yihu_record_change_write (second->args, seen, mine);
  answer = fixture_command (&desk->server, token, first);
  yihu_book_submit_async (desk->book, second, NULL, NULL, NULL);
  fake_wait (g_list_model_get_n_items (list) == 1);
  row = g_list_model_get_item (list, 0);
  yihu_desk_window_show_todo (desk->window, row);
  fake_wait (gtk_widget_get_visible (desk->window->conflict));
}

static void
test_editor (RealDesk *desk, gconstpointer data)
{
  real_desk_show (desk, "e1");
  act (desk, "win.edit");
  look_at (desk, desk->window->editor, "over-editor");
  act (desk, "win.save"); /* nothing was changed */
  look_at (desk, desk->window->editor, "over-editor-sentence");
}

static void
test_conflict (RealDesk *desk, gconstpointer data)
{
  open_conflict (desk);
  look_at (desk, desk->window->conflict, "over-conflict");
  act (desk, "win.save"); /* says what to decide first */
  look_at (desk, desk->window->conflict, "over-conflict-open");
}

static void
test_reveal (RealDesk *desk, gconstpointer data)
{
  real_desk_show (desk, "e1");
  act (desk, "win.reveal");
  look_at (desk, desk->window->reveal, "over-reveal");
  act (desk, "win.save"); /* no reason yet */
  look_at (desk, desk->window->reveal, "over-reveal-sentence");
}

static void
test_help (RealDesk *desk, gconstpointer data)
{
  act (desk, "win.help");
  look_at (desk, desk->window->help, "over-help");
}

/* A change that was not saved, in the list. */
static void
test_parked (RealDesk *desk, gconstpointer data)
{
  GtkWidget *remarks;

  real_desk_show (desk, "e1");
  act (desk, "win.edit");
  remarks = gtk_window_get_focus (GTK_WINDOW (desk->window));
  gtk_editable_set_text (GTK_EDITABLE (remarks), "王秀英（小）");
  real_desk_show (desk, "e2");
  fake_wait (g_list_model_get_n_items (yihu_todo_model_get_list (desk->window->todo)) == 1);
  look_at (desk, desk->window->todo_list, "list-parked");
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/looks/" name, RealDesk, NULL, real_desk_open, func, real_desk_tear_down)
  real_desk_init_tests (&argc, &argv);
  ADD ("editor", test_editor);
  ADD ("conflict", test_conflict);
  ADD ("reveal", test_reveal);
  ADD ("help", test_help);
  ADD ("parked", test_parked);
  return g_test_run ();
}
