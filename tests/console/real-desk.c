/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Puts together what main.c of the console does, but for the main loop: the test turns it itself.
 * Closing the windows and the book is what quitting comes down to. */

#include "real-desk.h"

#include "../client/fake-server.h"
#include "base/bounded-json.h"
#include "console/desk/desk-screen.h"
#include "look.h"
#include "sql/database.h"
#include "widget-tree.h"

#include <adwaita.h>
#include <gst/gst.h>

void
real_desk_init_tests (int *argc, char ***argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (argc, argv, NULL);
  adw_init ();
  gst_init (NULL, NULL);
  yihu_json_init ();
  yihu_console_register_resources ();
  look_init ();
}

void
real_desk_set_up (RealDesk *desk, gconstpointer data)
{
  fixture_set_up (&desk->server, NULL);
  fixture_fill (&desk->server);
  desk->directory = g_dir_make_tmp ("yihu-real-desk-XXXXXX", NULL);
  desk->clock = yihu_clock_new ();
}

void
real_desk_tear_down (RealDesk *desk, gconstpointer data)
{
  if (desk->application != NULL)
    real_desk_stop (desk);
  fixture_tear_down (&desk->server, NULL);
  g_object_unref (desk->clock);
  fixture_remove_directory (desk->directory);
  g_free (desk->directory);
}

void
real_desk_start (RealDesk *desk, const char *password)
{
  static guint n_started = 0; /* the bus keeps the name of an application that was not run */
  g_autofree char *id = g_strdup_printf ("cn.yihu.Test%u", ++n_started);
  g_autoptr (GError) error = NULL;

  desk->book = yihu_book_new (desk->server.url, desk->directory, desk->clock);
  desk->ticker = yihu_ticker_new (desk->clock);
  desk->application = yihu_application_new (desk->book, desk->ticker, NULL, "0417");
  yihu_application_add_screen (desk->application, &yihu_desk_screen);
  yihu_application_set_start (desk->application, NULL, "operator", password);
  g_application_set_application_id (G_APPLICATION (desk->application), id);
  g_application_register (G_APPLICATION (desk->application), NULL, &error);
  g_assert_no_error (error);
  g_application_activate (G_APPLICATION (desk->application));
}

void
real_desk_start_online (RealDesk *desk)
{
  real_desk_start (desk, FIXTURE_PASSWORD);
  fake_wait (real_desk_get_window (desk, YIHU_TYPE_DESK_WINDOW) != NULL);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_ONLINE);
  desk->window = YIHU_DESK_WINDOW (real_desk_get_window (desk, YIHU_TYPE_DESK_WINDOW));
}

void
real_desk_stop (RealDesk *desk)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (desk->application))) != NULL)
    gtk_window_destroy (windows->data);
  desk->window = NULL;
  tree_settle ();
  yihu_book_end (desk->book);
  tree_settle ();
  /* An application that was not run keeps itself, and with it the book: closed is enough here. */
  g_clear_object (&desk->application);
  g_clear_object (&desk->ticker);
  g_clear_object (&desk->book);
}

GtkWidget *
real_desk_get_window (RealDesk *desk, GType type)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (desk->application)); l != NULL;
       l = l->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (l->data, type))
      return l->data;
  return NULL;
}

void
real_desk_open (RealDesk *desk, gconstpointer data)
{
  real_desk_set_up (desk, data);
  real_desk_start_online (desk);
  fake_wait (gtk_widget_get_mapped (GTK_WIDGET (desk->window)));
  tree_settle ();
}

void
real_desk_show (RealDesk *desk, const char *id)
{
  g_autoptr (YihuElder) elder = yihu_book_get (desk->book, &yihu_elder_type, id);

  g_assert_nonnull (elder);
  yihu_desk_window_show_elder (desk->window, elder);
  tree_settle ();
}

gint64
real_desk_ask_store (RealDesk *desk, const char *sql)
{
  g_autofree char *path = g_build_filename (desk->server.directory, "yihu.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) store = yihu_database_open (path, YIHU_DATABASE_DURABLE, &error);
  gint64 value = 0;

  g_assert_no_error (error);
  yihu_database_query_int (store, sql, &value, &error, "");
  g_assert_no_error (error);
  return value;
}
