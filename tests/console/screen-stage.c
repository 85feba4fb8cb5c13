/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The stage for tests of screens. Keys are sent through the X server by xdotool, so that
 * accelerators, focus and input method take part as they do for a person. */

#include "screen-stage.h"

#include "look.h"

#include <string.h>

#include "base/bounded-json.h"
#include "console/application.h"

void
yihu_screen_stage_init_tests (int *argc, char ***argv)
{
  /* The bridge of a real desktop would write into the test's output. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (argc, argv, NULL);
  adw_init ();
  yihu_json_init ();
  yihu_console_register_resources ();
  look_init ();
}

void
yihu_screen_stage_open (YihuScreenStage *self, const YihuScreen *screen, YihuBook *book)
{
  static guint n_opened = 0; /* the bus keeps the name of an application for a while */
  g_autofree char *id = g_strdup_printf ("cn.yihu.Test%u", ++n_opened);
  g_autoptr (YihuClock) clock = yihu_clock_new ();
  g_autoptr (GError) error = NULL;
  YihuScreenContext context = { 0 };

  self->application =
      g_object_new (ADW_TYPE_APPLICATION, "application-id", id, "flags", G_APPLICATION_NON_UNIQUE,
                    "resource-base-path", YIHU_RESOURCE_PATH, NULL);
  g_application_register (G_APPLICATION (self->application), NULL, &error);
  g_assert_no_error (error);
  self->book = book;
  self->ticker = yihu_ticker_new (clock);
  yihu_keys_install (screen->keys, screen->n_keys, GTK_APPLICATION (self->application));
  context.application = GTK_APPLICATION (self->application);
  context.book = self->book;
  context.ticker = self->ticker;
  self->window = screen->create (&context);
  gtk_window_present (self->window);
  yihu_screen_stage_wait_until (gtk_widget_get_mapped (GTK_WIDGET (self->window)));
  yihu_screen_stage_settle ();
}

void
yihu_screen_stage_close (YihuScreenStage *self)
{
  GtkWindow *window = self->window;

  if (window != NULL)
    {
      g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
      gtk_window_destroy (self->window);
      yihu_screen_stage_wait_until (window == NULL);
    }
  g_clear_object (&self->ticker);
  g_assert_finalize_object (g_steal_pointer (&self->book));
  g_clear_object (&self->application);
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer n_left)
{
  return --*(guint *) n_left > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
yihu_screen_stage_press (YihuScreenStage *self, const char *key)
{
  const char *const command[] = { "xdotool", "key", "--clearmodifiers", key, NULL };
  g_autoptr (GError) error = NULL;
  int status = 0;
  guint n_frames = 3;

  gtk_widget_add_tick_callback (GTK_WIDGET (self->window), on_frame, &n_frames, NULL);
  yihu_screen_stage_wait_until (n_frames == 0);
  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static gboolean
on_turn_over (gpointer data)
{
  gboolean *over = data;

  *over = TRUE;
  return G_SOURCE_REMOVE;
}

void
yihu_screen_stage_turn (void)
{
  gboolean over = FALSE;
  guint timeout = g_timeout_add (50, on_turn_over, &over);

  g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (timeout);
}

void
yihu_screen_stage_settle (void)
{
  for (guint i = 0; i < 10000 && g_main_context_pending (NULL); i++)
    g_main_context_iteration (NULL, FALSE);
}

char *
yihu_screen_stage_draw (GtkWidget *widget, int width, int height)
{
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GdkPaintable) paintable = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  g_autoptr (GBytes) bytes = NULL;

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  yihu_screen_stage_wait_until (gtk_widget_get_width (widget) > 0);
  paintable = gtk_widget_paintable_new (widget);
  yihu_screen_stage_wait_until (gdk_paintable_get_intrinsic_width (paintable) > 0);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  gtk_window_destroy (GTK_WINDOW (window));
  if (node == NULL)
    return NULL;
  bytes = gsk_render_node_serialize (node);
  gsk_render_node_unref (node);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

guint
yihu_screen_stage_count (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, what)) != NULL; at += strlen (what))
    n++;
  return n;
}
