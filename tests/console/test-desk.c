/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The desk on a display, over a real book and a fake telephone: what the operator sees and keeps at
 * each step of a call. Verbs are driven through their actions, texts read from the widgets. */

#include "fixture.h"

#include "base/bounded-json.h"
#include "console/application.h"
#include "console/desk/banner.h"
#include "console/desk/call-box.h"
#include "console/desk/caller-panel.h"
#include "console/desk/desk-header.h"
#include "console/desk/desk-screen.h"
#include "console/desk/desk-window-private.h"
#include "console/desk/order-card.h"
#include "console/desk/order-form.h"
#include "console/desk/register-form.h"
#include "console/desk/wrapup.h"
#include "console/login-window.h"
#include "console/panel.h"
#include "phone/fake-phone.h"
#include "widget-tree.h"

#include <gst/gst.h>
#include <string.h>

typedef struct
{
  Fixture *city;
  YihuPhone *phone;
  YihuDeskWindow *window;
  YihuPhoneCall *line; /* (nullable) */
} Desk;

/* --- looking at the screen --- */

/* Whether a text that holds @words is shown below @widget. */
static gboolean
shows (gpointer widget, const char *words)
{
  return tree_find (widget, words) != NULL;
}

static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) && shows (widget, label))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
on_deadline (gpointer data)
{
  g_error ("%s does not come true", (const char *) data);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint deadline_id = g_timeout_add_seconds (20, on_deadline, (gpointer) #condition);            \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (deadline_id);                                                                 \
  }                                                                                                \
  G_STMT_END

/* --- driving it --- */

static void
set_up_window (Desk *desk)
{
  YihuScreenContext context = { NULL, desk->city->book, desk->city->ticker, NULL, "0417" };

  desk->window = yihu_desk_window_new (&context);
  yihu_desk_call_set_phone (desk->window->call, desk->phone);
  yihu_fake_phone_set_registered (YIHU_FAKE_PHONE (desk->phone), TRUE);
  yihu_desk_window_update_actions (desk->window);
  gtk_window_set_default_size (GTK_WINDOW (desk->window), 1900, 1000);
  gtk_window_present (GTK_WINDOW (desk->window));
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (desk->window)));
  fixture_settle (desk->city);
}

static void
set_up (Desk *desk, gconstpointer data)
{
  desk->city = fixture_new (FIXTURE_NOW_US);
  desk->phone = yihu_fake_phone_new ();
  set_up_window (desk);
}

static void
close_window (Desk *desk)
{
  YihuDeskWindow *window = desk->window;

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &desk->window);
  gtk_window_destroy (GTK_WINDOW (window));
  wait_until (desk->window == NULL);
}

static void
tear_down (Desk *desk, gconstpointer data)
{
  g_clear_object (&desk->line);
  close_window (desk);
  g_clear_object (&desk->phone);
  fixture_free (desk->city);
}

static void
act (Desk *desk, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (desk->window), action, NULL));
  fixture_settle (desk->city);
}

static void
ring (Desk *desk, const char *call, const char *number)
{
  g_clear_object (&desk->line);
  desk->line = yihu_fake_phone_ring (YIHU_FAKE_PHONE (desk->phone), call, number);
  fixture_settle (desk->city);
}

static GtkTextView *
get_note (Desk *desk)
{
  return GTK_TEXT_VIEW (
      gtk_widget_get_template_child (desk->window->form, YIHU_TYPE_ORDER_FORM, "note"));
}

static void
type_note (Desk *desk, const char *text)
{
  gtk_widget_grab_focus (GTK_WIDGET (get_note (desk)));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (get_note (desk)), text, -1);
  fixture_settle (desk->city);
}

static void
assert_note (Desk *desk, const char *expected)
{
  g_autofree char *note = yihu_order_form_dup_note (YIHU_ORDER_FORM (desk->window->form));

  g_assert_cmpstr (note, ==, expected);
}

static gboolean
can (Desk *desk, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (desk->window), action);
}

static YihuCommand *
find_command (Desk *desk, const char *name, guint *count)
{
  g_autoptr (GPtrArray) rows = yihu_book_list_outbox (desk->city->book);
  YihuCommand *found = NULL;

  *count = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      YihuCommand *command = ((YihuOutboxRow *) g_ptr_array_index (rows, i))->command;

      if (!g_str_equal (command->name, name))
        continue;
      g_clear_pointer (&found, yihu_command_unref);
      found = yihu_command_ref (command);
      (*count)++;
    }
  return found;
}

static void
end_by_record (Desk *desk, YihuCallState state)
{
  g_autoptr (YihuCall) call = fixture_make_call (desk->city, "call-1", FIXTURE_PHONE_WANG,
                                                 "elder-wang", state, FIXTURE_SEAT);

  fixture_feed (desk->city, call);
  fixture_settle (desk->city);
}

/* --- tests --- */

/* What the cover of a locked screen asks the desk, before the call's record is there and after. */
static void
test_screen_knows_the_urgency (Desk *desk, gconstpointer data)
{
  GtkWindow *window = GTK_WINDOW (desk->window);
  g_autoptr (YihuCall) call = fixture_make_call (desk->city, "call-1", FIXTURE_PHONE_WANG,
                                                 "elder-wang", YIHU_CALL_RINGING, FIXTURE_SEAT);

  g_assert_cmpint (yihu_desk_screen.get_urgency (window), ==, YIHU_URGENCY_GENERAL);
  ring (desk, "call-1", FIXTURE_PHONE_WANG);
  g_assert_cmpint (yihu_desk_screen.get_urgency (window), ==, YIHU_URGENCY_GENERAL);
  call->urgency = YIHU_URGENCY_URGENT;
  fixture_feed (desk->city, call);
  fixture_settle (desk->city);
  g_assert_cmpint (yihu_desk_screen.get_urgency (window), ==, YIHU_URGENCY_URGENT);
}

static void
test_call_becomes_an_order (Desk *desk, gconstpointer data)
{
  YihuDeskWindow *window = desk->window;
  g_autoptr (YihuCommand) create = NULL;
  g_autoptr (YihuCommand) close = NULL;
  const json_t *order;
  guint count;

  g_assert_true (shows (window->call_box, "No call"));
  ring (desk, "call-1", FIXTURE_PHONE_WANG);
  g_assert_true (yihu_banner_is_ringing (YIHU_BANNER (window->banner)));
  g_assert_true (shows (window->banner, "王秀英"));
  g_assert_true (shows (window->call_box, "王秀英"));
  g_assert_true (shows (window->call_box, "Ringing"));
  g_assert_true (shows (window->card, "青霉素"));
  g_assert_true (shows (window->card, "138 3790 4412")); /* unlocked by the call */
  g_assert_true (shows (window->alert, "Incoming call: 王秀英"));

  act (desk, "win.answer");
  g_assert_false (yihu_banner_is_ringing (YIHU_BANNER (window->banner)));
  g_assert_true (shows (window->call_box, "Talking"));
  act (desk, "win.order");
  g_assert_true (GTK_WIDGET (get_note (desk)) == gtk_window_get_focus (GTK_WINDOW (window)));
  type_note (desk, "要送午餐");
  act (desk, "win.save");
  create = find_command (desk, "order.create", &count);
  g_assert_cmpuint (count, ==, 1);
  order = json_object_get (create->args, "order");
  g_assert_cmpstr (json_string_value (json_object_get (order, "elder")), ==, "elder-wang");
  g_assert_cmpstr (json_string_value (json_object_get (order, "call")), ==, "call-1");
  g_assert_cmpstr (json_string_value (json_object_get (order, "provider")), ==, "provider-near");
  g_assert_cmpstr (json_string_value (json_object_get (order, "note")), ==, "要送午餐");
  assert_note (desk, "");
  g_assert_true (shows (window->toasts, "kept here"));
  g_assert_cmpuint (g_list_model_get_n_items (yihu_todo_model_get_list (window->todo)), ==, 4);

  act (desk, "win.hangup");
  g_assert_true (shows (window->call_box, "Wrap-up"));
  g_assert_true (shows (window->call_stack, "Order placed"));
  end_by_record (desk, YIHU_CALL_WRAPUP);
  act (desk, "win.save");
  close = find_command (desk, "call.close", &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (close->args, "outcome")), ==, "order");
  g_assert_true (shows (window->call_box, "No call"));
  g_clear_pointer (&create, yihu_command_unref);
  create = find_command (desk, "order.create", &count);
  g_assert_cmpuint (count, ==, 1); /* saving wrap-up made no second one */
}

static void
test_ringing_leaves_the_typist_alone (Desk *desk, gconstpointer data)
{
  g_autoptr (YihuElder) chen = yihu_book_get (desk->city->book, &yihu_elder_type, "elder-chen");
  GtkWindow *window = GTK_WINDOW (desk->window);

  yihu_desk_window_show_elder (desk->window, chen);
  type_note (desk, "half a sente");
  ring (desk, "call-1", FIXTURE_PHONE_WANG);
  g_assert_true (shows (desk->window->banner, "王秀英"));
  g_assert_true (gtk_window_get_focus (window) == GTK_WIDGET (get_note (desk)));
  assert_note (desk, "half a sente");
  g_assert_true (shows (desk->window->call_box, "陈德明"));

  act (desk, "win.answer");
  g_assert_true (shows (desk->window->call_box, "王秀英"));
  assert_note (desk, "");
  g_assert_true (shows (desk->window->todo_list, "陈德明 · Unfinished form"));

  type_note (desk, "for Wang");
  {
    g_autoptr (YihuTodo) parked =
        g_list_model_get_item (yihu_todo_model_get_list (desk->window->todo), 0);

    yihu_desk_window_show_todo (desk->window, parked);
  }
  assert_note (desk, "half a sente");
  g_assert_true (shows (desk->window->call_box, "陈德明"));
  act (desk, "win.order"); /* F9: back to the caller */
  assert_note (desk, "for Wang");
  g_assert_true (shows (desk->window->call_box, "王秀英"));
}

static void
test_free_hands_get_the_button (Desk *desk, gconstpointer data)
{
  ring (desk, "call-1", FIXTURE_PHONE_WANG);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (desk->window)),
                                         desk->window->banner));
}

static void
test_several_elders (Desk *desk, gconstpointer data)
{
  GtkWidget *list;
  GtkListBoxRow *row;
  guint count;
  g_autoptr (YihuCommand) identify = NULL;

  ring (desk, "call-1", FIXTURE_PHONE_SHARED);
  act (desk, "win.answer");
  g_assert_true (shows (desk->window->call_box, "Several elders"));
  g_assert_true (shows (desk->window->caller, "陈德明"));
  g_assert_true (shows (desk->window->caller, "李桂兰"));
  act (desk, "win.order"); /* whose? */
  g_assert_true (shows (desk->window->form, "Say first who is calling"));
  list =
      gtk_widget_get_ancestor (gtk_window_get_focus (GTK_WINDOW (desk->window)), GTK_TYPE_LIST_BOX);
  g_assert_nonnull (list);
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 1);
  g_signal_emit_by_name (list, "row-activated", row);
  fixture_settle (desk->city);
  g_assert_nonnull (desk->window->elder);
  g_assert_true (shows (desk->window->call_box, desk->window->elder->name));
  identify = find_command (desk, "call.identify", &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (identify->args, "elder")), ==,
                   desk->window->elder->record.id);
}

static void
fill (Desk *desk, GtkWidget *form, const char *field, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (
                             gtk_widget_get_template_child (form, YIHU_TYPE_REGISTER_FORM, field)),
                         text);
}

static void
test_unknown_number_is_registered (Desk *desk, gconstpointer data)
{
  GtkWidget *caller = desk->window->caller;
  GtkWidget *form;
  g_autoptr (YihuCommand) command = NULL;
  guint count;

  ring (desk, "call-1", FIXTURE_PHONE_UNKNOWN);
  act (desk, "win.answer");
  g_assert_true (shows (caller, "138 3790 1174 belongs to nobody"));
  g_signal_emit_by_name (find_button (caller, "Register the elder"), "clicked");
  form = gtk_widget_get_ancestor (gtk_window_get_focus (GTK_WINDOW (desk->window)),
                                  YIHU_TYPE_REGISTER_FORM);
  g_assert_nonnull (form);
  fill (desk, form, "name", "孙淑华");
  fill (desk, form, "birth", "1950-13-01");
  g_signal_emit_by_name (find_button (form, "Register"), "clicked");
  g_assert_true (shows (form, "birth day is not possible"));
  fill (desk, form, "birth", "1950-12-01");
  g_signal_emit_by_name (find_button (form, "Register"), "clicked");
  g_assert_true (shows (form, "Choose the street"));
  gtk_drop_down_set_selected (
      GTK_DROP_DOWN (gtk_widget_get_template_child (form, YIHU_TYPE_REGISTER_FORM, "street")), 1);
  g_signal_emit_by_name (find_button (form, "Register"), "clicked");
  fixture_settle (desk->city);
  command = find_command (desk, "elder.register", &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (json_string_value (
                       json_object_get (json_object_get (command->args, "elder"), "phone")),
                   ==, FIXTURE_PHONE_UNKNOWN);
  g_assert_true (shows (desk->window->call_box, "孙淑华"));
}

static void
test_unknown_number_is_found (Desk *desk, gconstpointer data)
{
  g_autoptr (YihuElder) zhao = yihu_book_get (desk->city->book, &yihu_elder_type, "elder-zhao");
  g_autoptr (YihuCommand) add = NULL;
  g_autoptr (YihuCommand) identify = NULL;
  guint count;

  ring (desk, "call-1", FIXTURE_PHONE_UNKNOWN);
  act (desk, "win.answer");
  g_assert_false (can (desk, "identify"));
  yihu_desk_window_show_elder (desk->window, zhao); /* as found by F3 */
  g_assert_true (can (desk, "identify"));
  act (desk, "win.identify");
  add = find_command (desk, "elder.add-phone", &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (add->args, "phone")), ==,
                   FIXTURE_PHONE_UNKNOWN);
  identify = find_command (desk, "call.identify", &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_true (shows (desk->window->call_box, "赵国华"));
  g_assert_false (can (desk, "identify"));
}

static void
test_masked_unless_the_call_unlocks (Desk *desk, gconstpointer data)
{
  g_autoptr (YihuElder) wang = yihu_book_get (desk->city->book, &yihu_elder_type, "elder-wang");

  yihu_desk_window_show_elder (desk->window, wang);
  fixture_settle (desk->city);
  g_assert_false (shows (desk->window->card, "138 3790 4412"));
  g_assert_false (shows (desk->window->card, "139 3888 2017"));
  g_assert_false (shows (desk->window->call_box, "2 单元 1103"));
  ring (desk, "call-1", FIXTURE_PHONE_WANG);
  g_assert_true (shows (desk->window->card, "138 3790 4412"));
  g_assert_true (shows (desk->window->call_box, "2 单元 1103"));
  yihu_fake_phone_end (desk->line, 487);
  yihu_desk_window_show_elder (desk->window, wang);
  g_assert_false (shows (desk->window->card, "138 3790 4412"));
}

static void
test_actions_follow_the_call (Desk *desk, gconstpointer data)
{
  static const char *const in_call[] = { "hangup", "hold", "mute" };

  g_assert_false (can (desk, "answer"));
  g_assert_false (can (desk, "order"));
  g_assert_true (can (desk, "seat"));
  ring (desk, "call-1", FIXTURE_PHONE_WANG);
  g_assert_true (can (desk, "answer"));
  g_assert_false (can (desk, "seat"));
  for (guint i = 0; i < G_N_ELEMENTS (in_call); i++)
    g_assert_false (can (desk, in_call[i]));
  act (desk, "win.answer");
  g_assert_false (can (desk, "answer"));
  for (guint i = 0; i < G_N_ELEMENTS (in_call); i++)
    g_assert_true (can (desk, in_call[i]));
  act (desk, "win.hangup");
  for (guint i = 0; i < G_N_ELEMENTS (in_call); i++)
    g_assert_false (can (desk, in_call[i]));
  g_assert_true (can (desk, "outcome"));
}

static void
test_wrapup_ends_by_itself (Desk *desk, gconstpointer data)
{
  g_autoptr (YihuCommand) close = NULL;
  guint count;

  ring (desk, "call-1", FIXTURE_PHONE_WANG);
  act (desk, "win.answer");
  type_note (desk, "问公交线路");
  act (desk, "win.hangup");
  end_by_record (desk, YIHU_CALL_WRAPUP);
  g_assert_true (
      gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.outcome", "s", "advice"));
  g_assert_true (shows (desk->window->call_box, "01:30"));
  fixture_advance (desk->city, 30 * 1000);
  g_assert_true (shows (desk->window->call_box, "01:00"));
  fixture_advance (desk->city, 61 * 1000);
  close = find_command (desk, "call.close", &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (close->args, "outcome")), ==, "advice");
  g_assert_cmpstr (json_string_value (json_object_get (close->args, "note")), ==, "问公交线路");
  g_assert_true (shows (desk->window->call_box, "No call"));
  assert_note (desk, "");
  g_assert_false (shows (desk->window->todo_list, "Unfinished form")); /* it went with the call */
}

static void
test_text_survives_a_kill (Desk *desk, gconstpointer data)
{
  ring (desk, "call-1", FIXTURE_PHONE_WANG);
  act (desk, "win.answer");
  act (desk, "win.order");
  type_note (desk, "要送午餐到三楼");
  fixture_advance (desk->city, 1000); /* within a second it is in the file */
  close_window (desk);
  fixture_reopen (desk->city);
  set_up_window (desk);
  assert_note (desk, "要送午餐到三楼");
  g_assert_true (shows (desk->window->call_box, "王秀英"));
  g_assert_true (shows (desk->window->form, "draft, restored"));
}

static void
test_order_form_says_what_is_wrong (Desk *desk, gconstpointer data)
{
  g_autoptr (YihuElder) wang = yihu_book_get (desk->city->book, &yihu_elder_type, "elder-wang");
  GtkEditable *due = GTK_EDITABLE (
      gtk_widget_get_template_child (desk->window->form, YIHU_TYPE_ORDER_FORM, "due"));
  guint count;
  g_autoptr (YihuCommand) none = NULL;

  yihu_desk_window_show_elder (desk->window, wang);
  act (desk, "win.save");
  g_assert_true (shows (desk->window->form, "Nothing to save yet"));
  gtk_editable_set_text (due, "half past");
  act (desk, "win.save");
  g_assert_true (shows (desk->window->form, "not understood"));
  gtk_editable_set_text (due, "2026-11-20 09:00");
  act (desk, "win.save");
  g_assert_true (shows (desk->window->form, "in the past"));
  none = find_command (desk, "order.create", &count);
  g_assert_cmpuint (count, ==, 0);
}

static void
test_returned_order (Desk *desk, gconstpointer data)
{
  g_autoptr (YihuTodo) row =
      g_list_model_get_item (yihu_todo_model_get_list (desk->window->todo), 0);
  GtkWidget *card = desk->window->order_card;
  g_autoptr (YihuCommand) resubmit = NULL;
  guint count;

  g_assert_cmpint (yihu_todo_get_kind (row), ==, YIHU_TODO_RETURNED);
  g_assert_true (shows (desk->window->todo_list, "签到位置距住址 1.2 km"));
  yihu_desk_window_show_todo (desk->window, row);
  fixture_settle (desk->city);
  g_assert_true (shows (card, "签到位置距住址 1.2 km"));
  g_assert_false (gtk_widget_get_sensitive (find_button (card, "Resubmit")));
  gtk_editable_set_text (GTK_EDITABLE (
                             gtk_widget_get_template_child (card, YIHU_TYPE_ORDER_CARD, "reason")),
                         "家属证实在家");
  g_assert_true (gtk_widget_get_sensitive (find_button (card, "Resubmit")));
  g_signal_emit_by_name (find_button (card, "Resubmit"), "clicked");
  fixture_settle (desk->city);
  resubmit = find_command (desk, "order.resubmit", &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (resubmit->args, "reason")), ==,
                   "家属证实在家");
}

static void
test_ages_are_said (Desk *desk, gconstpointer data)
{
  YihuDeskWindow *window = desk->window;
  GtkWidget *panels[] = { window->queue,   window->todo_list, window->card,  window->form,
                          window->history, window->place,     window->nearby };

  fixture_advance (desk->city, 3 * 60 * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (panels); i++)
    g_assert_true (shows (panels[i], "3 min ago"));
  g_assert_true (shows (window->header, "3 min ago"));
  g_assert_true (shows (window->status, "Centre offline"));
  g_assert_true (shows (window->queue, "waiting calls are not known"));
}

static void
test_narrow_window_has_tabs (Desk *desk, gconstpointer data)
{
  g_assert_true (gtk_widget_get_mapped (desk->window->place));
  g_assert_true (gtk_widget_get_mapped (desk->window->nearby));
  close_window (desk);
  {
    YihuScreenContext context = { NULL, desk->city->book, desk->city->ticker, NULL, "0417" };

    desk->window = yihu_desk_window_new (&context);
  }
  gtk_window_set_default_size (GTK_WINDOW (desk->window), 1366, 768);
  gtk_window_present (GTK_WINDOW (desk->window));
  wait_until (desk->window->compact);
  wait_until (gtk_widget_get_width (GTK_WIDGET (desk->window)) > 0);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (desk->window)), <=, 1366);
  g_assert_true (gtk_widget_get_visible (desk->window->place));
  g_assert_false (gtk_widget_get_visible (desk->window->nearby));
  g_signal_emit_by_name (find_button (desk->window->side, "Nearby"), "clicked");
  g_assert_true (gtk_widget_get_visible (desk->window->nearby));
  g_assert_false (gtk_widget_get_visible (desk->window->place));
}

static void
test_keys_name_real_actions (Desk *desk, gconstpointer data)
{
  g_autoptr (GHashTable) caps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < yihu_desk_n_keys; i++)
    {
      g_autofree char *name = NULL;
      g_autoptr (GVariant) target = NULL;
      char *cap = yihu_key_dup_cap (&yihu_desk_keys[i]);

      g_assert_true (g_action_parse_detailed_name (yihu_desk_keys[i].action, &name, &target, NULL));
      if (!g_str_has_prefix (name, "app.")) /* the application's own */
        {
          g_assert_true (g_str_has_prefix (name, "win."));
          g_assert_true (g_action_group_has_action (G_ACTION_GROUP (desk->window), name + 4));
        }
      g_assert_true (g_hash_table_add (caps, cap)); /* one key, one verb */
    }
  g_assert_true (g_hash_table_contains (caps, "F2"));
  g_assert_true (g_hash_table_contains (caps, "Ctrl+Enter"));
  g_assert_cmpuint (yihu_desk_n_keys, >=, 18);
}

/* --- single widgets --- */

static void
test_templates (void)
{
  GtkWidget *widgets[] = { yihu_call_box_new (), yihu_banner_new (yihu_desk_keys, yihu_desk_n_keys),
                           yihu_wrapup_new (yihu_desk_keys, yihu_desk_n_keys),
                           yihu_desk_header_new (), yihu_panel_new ("title", NULL) };
  GType types[] = { YIHU_TYPE_ORDER_FORM, YIHU_TYPE_ORDER_CARD, YIHU_TYPE_REGISTER_FORM };

  for (guint i = 0; i < G_N_ELEMENTS (widgets); i++)
    g_object_unref (g_object_ref_sink (widgets[i]));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    g_object_unref (g_object_ref_sink (g_object_new (types[i], NULL)));
}

static void
count_one (guint *count)
{
  (*count)++;
}

/* As Escape does. */
static void
press_cancel (GtkWidget *window)
{
  GtkWidget *cancel =
      GTK_WIDGET (gtk_widget_get_template_child (window, YIHU_TYPE_LOGIN_WINDOW, "cancel"));

  g_assert_true (gtk_widget_get_visible (cancel));
  g_signal_emit_by_name (cancel, "clicked");
}

static void
test_login_window (void)
{
  YihuLoginWindow *window = yihu_login_window_new (NULL, "zhangmin");
  guint cancelled = 0;

  gtk_window_present (GTK_WINDOW (window));
  yihu_login_window_set_progress (window, 0.42,
                                  "Fetching the register of the city: 12.0 of 28.6 MB");
  g_assert_true (shows (window, "12.0 of 28.6 MB"));
  g_signal_connect_swapped (window, "cancelled", G_CALLBACK (count_one), &cancelled);
  press_cancel (GTK_WIDGET (window));
  g_assert_cmpuint (cancelled, ==, 1);
  yihu_login_window_fail (window, "Account or password is wrong.");
  g_assert_true (shows (window, "Account or password is wrong."));
  g_assert_true (shows (window, "zhangmin"));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_panel_states_differ (void)
{
  GtkWidget *child = gtk_label_new ("content");
  GtkWidget *panel = g_object_ref_sink (yihu_panel_new ("Orders", child));

  g_assert_true (shows (panel, "content"));
  yihu_panel_set_state (YIHU_PANEL (panel), YIHU_PANEL_EMPTY, "none");
  g_assert_false (shows (panel, "content"));
  g_assert_true (shows (panel, "none"));
  yihu_panel_set_state (YIHU_PANEL (panel), YIHU_PANEL_FAILED, "broken");
  g_assert_true (shows (panel, "broken"));
  yihu_panel_set_freshness (YIHU_PANEL (panel), YIHU_BOOK_OFFLINE, FIXTURE_NOW_US,
                            FIXTURE_NOW_US + YIHU_PANEL_STALE_US + 1);
  g_assert_true (gtk_widget_has_css_class (panel, "stale"));
  yihu_panel_set_freshness (YIHU_PANEL (panel), YIHU_BOOK_ONLINE, FIXTURE_NOW_US, FIXTURE_NOW_US);
  g_assert_false (gtk_widget_has_css_class (panel, "stale"));
  g_assert_true (shows (panel, "live"));
  yihu_panel_set_state (YIHU_PANEL (panel), YIHU_PANEL_CONTENT, NULL);
  g_assert_true (shows (panel, "content"));
  g_assert_finalize_object (panel);
}

#define ADD(path, func) g_test_add ("/desk/" path, Desk, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("YIHU_RING_SINK", "fakesink", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  yihu_json_init ();
  gst_init (NULL, NULL);
  yihu_console_register_resources ();
  g_test_add_func ("/widgets/templates", test_templates);
  g_test_add_func ("/widgets/login-window", test_login_window);
  g_test_add_func ("/widgets/panel-states", test_panel_states_differ);
  ADD ("screen-knows-the-urgency", test_screen_knows_the_urgency);
  ADD ("call-becomes-an-order", test_call_becomes_an_order);
  ADD ("ringing-leaves-the-typist-alone", test_ringing_leaves_the_typist_alone);
  ADD ("free-hands-get-the-button", test_free_hands_get_the_button);
  ADD ("several-elders", test_several_elders);
  ADD ("unknown-number-is-registered", test_unknown_number_is_registered);
  ADD ("unknown-number-is-found", test_unknown_number_is_found);
  ADD ("masked-unless-unlocked", test_masked_unless_the_call_unlocks);
  ADD ("actions-follow-the-call", test_actions_follow_the_call);
  ADD ("wrapup-ends-by-itself", test_wrapup_ends_by_itself);
  ADD ("text-survives-a-kill", test_text_survives_a_kill);
  ADD ("form-says-what-is-wrong", test_order_form_says_what_is_wrong);
  ADD ("returned-order", test_returned_order);
  ADD ("ages-are-said", test_ages_are_said);
  ADD ("narrow-window-has-tabs", test_narrow_window_has_tabs);
  ADD ("keys-name-real-actions", test_keys_name_real_actions);
  return g_test_run ();
}
