/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The search panel on a display, over a real book: what each way of typing shows, what is masked,
 * and that a search without rows says why, each reason in words of its own. */

#include "fixture.h"

#include "base/bounded-json.h"
#include "console/desk/search-panel.h"
#include "console/line-row.h"
#include "widget-tree.h"
#include "wire/command.h"

#include <string.h>

#define N_NAMESAKES 15

typedef struct
{
  Fixture *city;
  GtkWidget *window;
  GtkWidget *panel;
  GtkWidget *entry;
} Stage;

/* All texts that can be seen below @widget, a blank between. */
static void
collect (GtkWidget *widget, GString *text)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (text, "%s ", gtk_label_get_text (GTK_LABEL (widget)));
  else if (GTK_IS_INSCRIPTION (widget))
    g_string_append_printf (text, "%s ", gtk_inscription_get_text (GTK_INSCRIPTION (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, text);
}

static char *
read_panel (Stage *stage)
{
  g_autoptr (GString) text = g_string_new (NULL);

  collect (stage->panel, text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
set_up (Stage *stage, gconstpointer data)
{
  g_autoptr (YihuTicker) ticker = NULL;

  stage->city = fixture_new (FIXTURE_NOW_US);
  ticker = yihu_ticker_new (stage->city->clock);
  stage->window = gtk_window_new ();
  stage->panel = yihu_search_panel_new (stage->city->book, ticker);
  gtk_window_set_child (GTK_WINDOW (stage->window), stage->panel);
  gtk_window_present (GTK_WINDOW (stage->window));
  yihu_search_panel_open (YIHU_SEARCH_PANEL (stage->panel));
  stage->entry = tree_find_type (stage->panel, GTK_TYPE_ENTRY);
  fixture_settle (stage->city);
}

static void
tear_down (Stage *stage, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (stage->window));
  fixture_free (stage->city);
}

static void
type (Stage *stage, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (stage->entry), text);
  fixture_settle (stage->city);
}

static void
assert_shows (Stage *stage, const char *typed, const char *words)
{
  g_autofree char *text = NULL;

  type (stage, typed);
  text = read_panel (stage);
  if (strstr (text, words) == NULL)
    g_error ("'%.40s' shows '%s', not '%s'", typed, text, words);
}

static void
test_found (Stage *stage, gconstpointer data)
{
  g_autofree char *text = NULL;

  assert_shows (stage, "王秀英", "王秀英");
  assert_shows (stage, "wxy", "王秀英");
  assert_shows (stage, "wangxy", "王秀英");
  assert_shows (stage, "7331", "王秀英");
  text = read_panel (stage);
  g_assert_nonnull (strstr (text, "***7331")); /* masked */
  g_assert_null (strstr (text, "2817331"));
  g_assert_null (strstr (text, "2817 331"));
}

/* Every state without rows has words that no other has. */
static void
test_nobody (Stage *stage, gconstpointer data)
{
  static const struct
  {
    const char *typed;
    const char *words;
  } rows[] = {
    { "", "Find an elder" },
    { "12", "Three digits at least." },
    { "王\tx", "That cannot be searched for" },
    { "%%%", "That cannot be searched for" },
    { "zzzzz", "Nobody found in the local copy" },
    { "龘龘", "type a third character" },
    { "龘龘龘", "Fewer letters find more." },
  };
  g_autofree char *much = g_strnfill (10000, 'w');

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      assert_shows (stage, rows[i].typed, rows[i].words);
      assert_shows (stage, "wxy", "王秀英");
    }
  assert_shows (stage, much, "That is too long");
  assert_shows (stage, "wxy", "王秀英");
}

/* Only the last of many keys is answered, and Enter before the answer takes its first row. */
static void
test_superseded (Stage *stage, gconstpointer data)
{
  static const char *const keys[] = { "c", "ch", "che", "chen", "w", "wx", "wxy" };
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_editable_set_text (GTK_EDITABLE (stage->entry), keys[i]);
  fixture_settle (stage->city);
  text = read_panel (stage);
  g_assert_nonnull (strstr (text, "王秀英"));
  g_assert_null (strstr (text, "陈德明"));
}

static void
on_chosen (YihuSearchPanel *panel, YihuElder *elder, YihuElder **chosen)
{
  *chosen = yihu_elder_ref (elder);
}

static void
test_enter (Stage *stage, gconstpointer data)
{
  g_autoptr (YihuElder) chosen = NULL;

  g_signal_connect (stage->panel, "chosen", G_CALLBACK (on_chosen), &chosen);
  gtk_editable_set_text (GTK_EDITABLE (stage->entry), "chendm");
  g_signal_emit_by_name (stage->entry, "activate");
  g_assert_null (chosen);
  fixture_settle (stage->city);
  g_assert_nonnull (chosen);
  g_assert_cmpstr (chosen->name, ==, "陈德明");
}

static GtkWidget *
find_alert (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget)
      && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) == GTK_ACCESSIBLE_ROLE_ALERT)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_alert (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The alert says every answer, and stays mapped: one that comes into sight says nothing. */
static void
test_alert (Stage *stage, gconstpointer data)
{
  GtkWidget *alert = find_alert (stage->panel);

  g_assert_nonnull (alert);
  type (stage, "wxy");
  g_assert_true (gtk_widget_get_mapped (alert));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (alert)), ==, "1 found");
  type (stage, "zzzzz");
  g_assert_true (gtk_widget_get_mapped (alert));
  g_assert_true (g_str_has_prefix (gtk_label_get_text (GTK_LABEL (alert)), "Nobody found"));
}

/* What a screen reader is told of a row is all that the row says. */
static void
test_spoken (Stage *stage, gconstpointer data)
{
  GtkWidget *row;

  type (stage, "wxy");
  row = tree_find_type (stage->panel, YIHU_TYPE_LINE_ROW);
  g_assert_nonnull (row);
  g_assert_true (
      gtk_test_accessible_has_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL));
}

static void
register_namesake (Stage *stage, guint number)
{
  g_autofree char *id = g_strdup_printf ("n%u", number);
  g_autoptr (YihuElder) elder = yihu_elder_new (id);
  g_autoptr (YihuCommand) command = yihu_command_new ("elder.register", id, 0, FIXTURE_NOW_US);

  elder->name = g_strdup ("褚小雁");
  yihu_command_set_record (command, "elder", (YihuRecord *) elder);
  yihu_book_submit_async (stage->city->book, command, elder, NULL, NULL);
  fixture_settle (stage->city);
}

static guint
count_rows (Stage *stage)
{
  GtkWidget *list = tree_find_type (stage->panel, GTK_TYPE_LIST_BOX);
  guint count = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    count += gtk_widget_get_mapped (row);
  return count;
}

/* More rows than are seen come when somebody goes there, or where there is room for them, and go
 * with the next key. */
static void
test_rest (Stage *stage, gconstpointer data)
{
  GtkWidget *scrolled = tree_find_type (stage->panel, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *way = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));

  for (guint i = 0; i < N_NAMESAKES; i++)
    register_namesake (stage, i);
  assert_shows (stage, "chuxy", "褚小雁");
  while (count_rows (stage) != N_NAMESAKES) /* what the test waits for, or its end */
    {
      gtk_adjustment_set_value (way, G_MAXINT);
      g_main_context_iteration (NULL, TRUE);
    }
  type (stage, "wxy");
  g_assert_cmpuint (count_rows (stage), ==, 1);
}

/* What stood in the rows before cannot be chosen when nobody was found. */
static void
test_nobody_chosen (Stage *stage, gconstpointer data)
{
  g_autoptr (YihuElder) chosen = NULL;

  g_signal_connect (stage->panel, "chosen", G_CALLBACK (on_chosen), &chosen);
  assert_shows (stage, "wxy", "王秀英");
  assert_shows (stage, "zzzzz", "Nobody found");
  g_signal_emit_by_name (stage->entry, "activate");
  type (stage, "");
  g_signal_emit_by_name (stage->entry, "activate");
  g_assert_null (chosen);
  g_assert_cmpuint (count_rows (stage), ==, 0);
}

static void
press (GtkWidget *entry, guint keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (entry);
  gboolean is_handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !is_handled; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &is_handled);
    }
  g_assert_true (is_handled);
}

static gboolean
is_in_sight (GtkWidget *row, GtkWidget *scrolled)
{
  graphene_rect_t place;

  return gtk_widget_compute_bounds (row, scrolled, &place) && place.size.height > 0
         && place.origin.y >= 0
         && place.origin.y + place.size.height <= (float) gtk_widget_get_height (scrolled);
}

/* Down goes to the last of more rows than are seen, and the list goes along; Up comes back. */
static void
test_keys_scroll (Stage *stage, gconstpointer data)
{
  GtkListBox *list = GTK_LIST_BOX (tree_find_type (stage->panel, GTK_TYPE_LIST_BOX));
  GtkWidget *scrolled = tree_find_type (stage->panel, GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *first = GTK_WIDGET (gtk_list_box_get_row_at_index (list, 0));
  GtkWidget *last = GTK_WIDGET (gtk_list_box_get_row_at_index (list, N_NAMESAKES - 1));

  for (guint i = 0; i < N_NAMESAKES; i++)
    register_namesake (stage, i);
  assert_shows (stage, "chuxy", "褚小雁");
  while (!is_in_sight (first, scrolled)) /* what the test waits for, or its end */
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_in_sight (last, scrolled));
  for (guint i = 0; i < N_NAMESAKES; i++) /* once more than there are rows */
    press (stage->entry, GDK_KEY_Down);
  g_assert_true (gtk_list_box_get_selected_row (list) == GTK_LIST_BOX_ROW (last));
  while (!is_in_sight (last, scrolled))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_in_sight (first, scrolled));
  for (guint i = 0; i < N_NAMESAKES; i++)
    press (stage->entry, GDK_KEY_Up);
  g_assert_true (gtk_list_box_get_selected_row (list) == GTK_LIST_BOX_ROW (first));
  while (!is_in_sight (first, scrolled))
    g_main_context_iteration (NULL, TRUE);
}

/* A click makes GTK give its row the focus; the keys stay where they are typed. */
static void
test_keys_stay (Stage *stage, gconstpointer data)
{
  GtkWidget *list = tree_find_type (stage->panel, GTK_TYPE_LIST_BOX);
  GtkListBoxRow *row;

  assert_shows (stage, "wxy", "王秀英");
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0);
  g_assert_false (gtk_widget_grab_focus (GTK_WIDGET (row)));
  g_assert_false (gtk_widget_grab_focus (list));
  g_assert_true (
      gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (stage->window)), stage->entry));
}

#define ADD(name, func) g_test_add ("/search-panel/" name, Stage, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  ADD ("found", test_found);
  ADD ("nobody", test_nobody);
  ADD ("superseded", test_superseded);
  ADD ("enter", test_enter);
  ADD ("alert", test_alert);
  ADD ("spoken", test_spoken);
  ADD ("rest", test_rest);
  ADD ("nobody-chosen", test_nobody_chosen);
  ADD ("keys-scroll", test_keys_scroll);
  ADD ("keys-stay", test_keys_stay);
  return g_test_run ();
}
