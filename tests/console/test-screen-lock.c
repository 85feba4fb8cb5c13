/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lock of an untouched console: when it comes, what it hides and keeps, what stays possible. */

#include "console/application.h"
#include "console/screen-lock.h"
#include "console/widgets.h"
#include "domain/call.h"
#include "look.h"
#include "sample-city.h"
#include "screen-stage.h"
#include "widget-tree.h"

static guint n_answered;
static guint n_ordered;
static guint n_uprooted;

static void
on_answer (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  n_answered++;
  g_simple_action_set_enabled (action, FALSE);
}

static void
on_order (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  n_ordered++;
}

static void
on_root_changed (void)
{
  n_uprooted++;
}

static GtkWindow *
create_window (const YihuScreenContext *context)
{
  static const GActionEntry actions[] = { { "answer", on_answer, NULL, NULL, NULL, { 0 } },
                                          { "hangup", on_order, NULL, NULL, NULL, { 0 } },
                                          { "order", on_order, NULL, NULL, NULL, { 0 } } };
  GtkWidget *window =
      g_object_new (ADW_TYPE_APPLICATION_WINDOW, "application", context->application,
                    "default-width", 900, "default-height", 600, NULL);
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *entry = gtk_entry_new ();

  gtk_box_append (GTK_BOX (content), entry);
  gtk_box_append (GTK_BOX (content), yihu_alert_label_new ());
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), NULL);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), content);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), overlay);
  gtk_widget_grab_focus (entry);
  return GTK_WINDOW (window);
}

static const YihuKey keys[] = {
  { "win.answer", "F2", "Answer", YIHU_KEY_WHILE_LOCKED },
  { "win.hangup", "F4", "Hang up", YIHU_KEY_WHILE_LOCKED },
  { "win.order", "F9", "Order", YIHU_KEY_PLAIN },
};

static gint64 urgency;

static gint64
get_urgency (GtkWindow *window)
{
  return urgency;
}

static const YihuScreen screen = { .name = "test",
                                   .title = "Test",
                                   .keys = keys,
                                   .n_keys = G_N_ELEMENTS (keys),
                                   .create = create_window,
                                   .get_urgency = get_urgency };

typedef struct
{
  YihuScreenStage stage;
  YihuClock *clock; /* (owned) fake */
  YihuTicker *ticker; /* (owned) of the fake clock */
  YihuScreenLock *lock; /* (owned) */
  GtkWidget *entry;
} LockStage;

static void
enable (LockStage *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->stage.window), name)),
      enabled);
}

static void
set_up (LockStage *self, gconstpointer data)
{
  n_answered = n_ordered = n_uprooted = 0;
  urgency = YIHU_URGENCY_GENERAL;
  yihu_screen_stage_open (&self->stage, &screen, yihu_sample_book (YIHU_ROLE_OPERATOR, 3));
  self->clock = yihu_fake_clock_new (YIHU_SAMPLE_NOW_US);
  self->ticker = yihu_ticker_new (self->clock);
  self->lock = yihu_screen_lock_new (GTK_APPLICATION (self->stage.application), self->stage.book,
                                     self->ticker);
  self->entry = gtk_widget_get_first_child (gtk_overlay_get_child (GTK_OVERLAY (
      adw_application_window_get_content (ADW_APPLICATION_WINDOW (self->stage.window)))));
  g_signal_connect (self->entry, "notify::root", G_CALLBACK (on_root_changed), NULL);
  yihu_screen_lock_guard (self->lock, ADW_APPLICATION_WINDOW (self->stage.window), &screen);
  gtk_widget_grab_focus (self->entry);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "typed");
  enable (self, "answer", FALSE);
  enable (self, "hangup", FALSE);
}

static void
tear_down (LockStage *self, gconstpointer data)
{
  g_clear_object (&self->lock);
  yihu_screen_stage_close (&self->stage);
  g_clear_object (&self->ticker);
  g_clear_object (&self->clock);
}

static void
pass_minutes (LockStage *self, guint minutes)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), (gint64) minutes * 60 * 1000);
  g_signal_emit_by_name (self->ticker, "tick");
  yihu_screen_stage_settle ();
}

static void
type_text (LockStage *self, const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      const char key[] = { *c, '\0' };

      yihu_screen_stage_press (&self->stage, key);
    }
}

static void
test_idle (LockStage *self, gconstpointer data)
{
  pass_minutes (self, 9);
  g_assert_false (yihu_screen_lock_is_covered (self->lock));
  yihu_screen_stage_press (&self->stage, "End"); /* somebody is there */
  yihu_screen_stage_settle ();
  pass_minutes (self, 9);
  g_assert_false (yihu_screen_lock_is_covered (self->lock));
  pass_minutes (self, 1);
  g_assert_true (yihu_screen_lock_is_covered (self->lock));
  g_assert_false (gtk_widget_get_mapped (self->entry));
}

/* What leaves its window and comes back has lost its fonts. */
static void
test_stays (LockStage *self, gconstpointer data)
{
  yihu_screen_lock_cover (self->lock);
  yihu_screen_stage_settle ();
  yihu_screen_lock_uncover (self->lock);
  yihu_screen_stage_settle ();
  g_assert_true (gtk_widget_get_mapped (self->entry));
  g_assert_cmpuint (n_uprooted, ==, 0);
}

/* Nothing but the calls' verbs; the text and the place are as they were. */
static void
test_locked_and_back (LockStage *self, gconstpointer data)
{
  yihu_screen_lock_cover (self->lock);
  yihu_screen_stage_settle ();
  yihu_screen_stage_press (&self->stage, "F9");
  yihu_screen_stage_settle ();
  g_assert_cmpuint (n_ordered, ==, 0);
  type_text (self, "wrong");
  yihu_screen_stage_press (&self->stage, "Return");
  yihu_screen_stage_settle ();
  g_assert_true (yihu_screen_lock_is_covered (self->lock));
  type_text (self, "secret");
  yihu_screen_stage_press (&self->stage, "Return");
  yihu_screen_stage_wait_until (!yihu_screen_lock_is_covered (self->lock));
  yihu_screen_stage_wait_until (gtk_widget_get_mapped (self->entry));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (self->entry)), ==, "typed");
  yihu_screen_stage_press (&self->stage, "F9");
  yihu_screen_stage_wait_until (n_ordered == 1);
}

static void
test_call (LockStage *self, gconstpointer data)
{
  enable (self, "hangup", TRUE); /* in a call: nobody touches anything for an hour */
  pass_minutes (self, 60);
  g_assert_false (yihu_screen_lock_is_covered (self->lock));
  enable (self, "hangup", FALSE);
  pass_minutes (self, 10);
  g_assert_true (yihu_screen_lock_is_covered (self->lock));

  enable (self, "answer", TRUE);
  yihu_screen_stage_settle ();
  look_keep (GTK_WIDGET (self->stage.window), "lock-ringing");
  yihu_screen_stage_press (&self->stage, "F2");
  yihu_screen_stage_wait_until (n_answered == 1);
  enable (self, "hangup", TRUE);
  yihu_screen_stage_settle ();
  look_keep (GTK_WIDGET (self->stage.window), "lock-talking");
  g_assert_true (yihu_screen_lock_is_covered (self->lock));
  g_assert_false (gtk_widget_get_mapped (self->entry));
}

static gboolean
says (LockStage *self, const char *badge)
{
  g_autofree char *words =
      g_strdup_printf (look_words ("%s: a call is ringing"), look_words (badge));

  return tree_find (GTK_WIDGET (self->stage.window), words) != NULL;
}

/* How urgent the call is may come after it; who it is does not come at all. */
static void
test_urgent (LockStage *self, gconstpointer data)
{
  yihu_screen_lock_cover (self->lock);
  enable (self, "answer", TRUE);
  yihu_screen_stage_settle ();
  g_assert_nonnull (
      tree_find (GTK_WIDGET (self->stage.window), look_words ("● A call is ringing")));
  urgency = YIHU_URGENCY_URGENT;
  pass_minutes (self, 0);
  g_assert_true (says (self, "▲ Urgent"));
  look_keep (GTK_WIDGET (self->stage.window), "lock-urgent");
  urgency = YIHU_URGENCY_SOON;
  pass_minutes (self, 0);
  g_assert_true (says (self, "◆ Pressing"));
  look_keep (GTK_WIDGET (self->stage.window), "lock-pressing");
  enable (self, "answer", FALSE);
  yihu_screen_stage_settle ();
  g_assert_false (says (self, "◆ Pressing"));
}

/* A desk that everybody left rings now and then: that keeps nobody's data open. */
static void
test_ringing (LockStage *self, gconstpointer data)
{
  for (guint i = 0; i < 4; i++)
    {
      enable (self, "answer", TRUE);
      pass_minutes (self, 3);
      g_assert_false (yihu_screen_lock_is_covered (self->lock));
      if (i < 3)
        enable (self, "answer", FALSE);
    }
  enable (self, "answer", FALSE); /* it rang off */
  pass_minutes (self, 0);
  g_assert_true (yihu_screen_lock_is_covered (self->lock));
}

/* A call behind the cover may ask for the focus and say who it is: not now. */
static void
test_behind (LockStage *self, gconstpointer data)
{
  GtkWidget *alert = gtk_widget_get_next_sibling (self->entry);

  yihu_alert_label_say (alert, "before");
  yihu_screen_lock_cover (self->lock);
  yihu_screen_stage_settle ();
  gtk_widget_grab_focus (self->entry);
  yihu_alert_label_say (alert, "a name");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (alert)), ==, "before");
  type_text (self, "secret");
  yihu_screen_stage_press (&self->stage, "Return");
  yihu_screen_stage_wait_until (!yihu_screen_lock_is_covered (self->lock));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (alert)), ==, "a name");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (self->entry)), ==, "typed");
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (self->stage.window), self->entry));
}

static void
guess (LockStage *self, const char *password)
{
  type_text (self, password);
  yihu_screen_stage_press (&self->stage, "Return");
  yihu_screen_stage_settle ();
}

/* Five wrong ones, and even the right one waits; five more wait longer. */
static void
test_guessing (LockStage *self, gconstpointer data)
{
  yihu_screen_lock_cover (self->lock);
  yihu_screen_stage_settle ();
  for (guint round = 1; round <= 2; round++)
    {
      for (guint i = 0; i < 5; i++)
        guess (self, "x");
      look_keep (GTK_WIDGET (self->stage.window), "lock-guessed");
      yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), (gint64) round * 29 * 1000);
      guess (self, "secret");
      g_assert_true (yihu_screen_lock_is_covered (self->lock));
      yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), (gint64) round * 2 * 1000);
    }
  guess (self, "secret");
  g_assert_false (yihu_screen_lock_is_covered (self->lock));
}

/* Who logs out under the cover leaves no cover to the next one. */
static void
test_next_person (LockStage *self, gconstpointer data)
{
  yihu_screen_lock_cover (self->lock);
  gtk_window_destroy (self->stage.window);
  yihu_screen_stage_wait_until (!yihu_screen_lock_is_covered (self->lock));
  self->stage.window = NULL;
}

int
main (int argc, char **argv)
{
  yihu_screen_stage_init_tests (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/console/screen-lock/" name, LockStage, NULL, set_up, func, tear_down)
  ADD ("idle", test_idle);
  ADD ("stays", test_stays);
  ADD ("locked-and-back", test_locked_and_back);
  ADD ("call", test_call);
  ADD ("urgent", test_urgent);
  ADD ("ringing", test_ringing);
  ADD ("behind", test_behind);
  ADD ("guessing", test_guessing);
  ADD ("next-person", test_next_person);
  return g_test_run ();
}
