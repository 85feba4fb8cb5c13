/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Not a test: opens review or wall over the sample city, to be looked at and photographed.
 *   show-screen review|wall [--dark] [--orders N] [--state sound|stale|offline|empty|failed]
 *               [--huge] [--none] [--width W --height H]
 * It ends by itself when it is killed. */

#include <adwaita.h>
#include <glib/gi18n.h>
#include <locale.h>

#include "base/bounded-json.h"
#include "base/error.h"
#include "console/application.h"
#include "console/review/review-screen.h"
#include "console/wall/wall-screen.h"
#include "sample-city.h"

static gboolean dark;
static gboolean huge;
static gboolean none;
static int n_orders = 400;
static int width;
static int height;
static gboolean dump;
static char *state;
static char *basemap;
static char *screen_name;

static const GOptionEntry entries[] = {
  { "dark", 0, 0, G_OPTION_ARG_NONE, &dark, NULL, NULL },
  { "huge", 0, 0, G_OPTION_ARG_NONE, &huge, NULL, NULL },
  { "none", 0, 0, G_OPTION_ARG_NONE, &none, NULL, NULL },
  { "dump", 0, 0, G_OPTION_ARG_NONE, &dump, NULL, NULL },
  { "orders", 0, 0, G_OPTION_ARG_INT, &n_orders, NULL, NULL },
  { "width", 0, 0, G_OPTION_ARG_INT, &width, NULL, NULL },
  { "height", 0, 0, G_OPTION_ARG_INT, &height, NULL, NULL },
  { "state", 0, 0, G_OPTION_ARG_STRING, &state, NULL, NULL },
  { "basemap", 0, 0, G_OPTION_ARG_FILENAME, &basemap, NULL, NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static void
make_huge (YihuFigures *figures)
{
  figures->calls_today = 1234567;
  figures->calls_yesterday = 3;
  figures->mean_wait_ms = 754000;
  figures->longest_wait_ms = 7200000;
  figures->waiting = 4321;
  figures->open_orders = 98765432;
  figures->late_orders = 1234567;
  figures->urgent_calls = 128;
  figures->answered_in_15_s_today = 2000;
  figures->calls_by_hour[13] = 123456;
}

static void
tell (YihuBook *book, const char *name)
{
  YihuFigures figures;

  yihu_sample_figures (&figures);
  if (huge)
    make_huge (&figures);
  if (none)
    figures = (YihuFigures){ .at_us = figures.at_us };
  if (g_strcmp0 (state, "empty") != 0 && g_strcmp0 (name, "wall") == 0)
    yihu_fake_book_tell_figures (book, &figures);
  if (g_strcmp0 (state, "stale") == 0)
    yihu_fake_book_set_now_us (book, YIHU_SAMPLE_NOW_US + 12 * G_USEC_PER_SEC);
  if (g_strcmp0 (state, "offline") == 0)
    {
      yihu_fake_book_set_now_us (book, YIHU_SAMPLE_NOW_US + 400 * G_USEC_PER_SEC);
      yihu_fake_book_set_state (book, YIHU_BOOK_OFFLINE);
    }
}

static void
dump_sizes (GtkWidget *widget, int depth)
{
  int least;
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, -1, &least, &natural, NULL, NULL);
  if (depth < 8)
    g_print ("%*s%s min %d nat %d is %d\n", depth * 2, "", G_OBJECT_TYPE_NAME (widget), least,
             natural, gtk_widget_get_height (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    dump_sizes (child, depth + 1);
}

static gboolean
on_dump (gpointer window)
{
  dump_sizes (window, 0);
  return G_SOURCE_REMOVE;
}

static void
on_activate (GtkApplication *application, gpointer data)
{
  const YihuScreen *screen =
      g_str_equal (screen_name, "wall") ? &yihu_wall_screen : &yihu_review_screen;
  YihuBook *book = yihu_sample_book (g_str_equal (screen_name, "wall") ? YIHU_ROLE_SUPERVISOR
                                                                       : YIHU_ROLE_REVIEWER,
                                     g_strcmp0 (state, "empty") == 0 ? 0 : (guint) n_orders);
  g_autoptr (YihuClock) clock = yihu_clock_new ();
  YihuScreenContext context = { .application = application,
                                .book = book,
                                .ticker = yihu_ticker_new (clock) };
  GtkWindow *window;

  if (g_strcmp0 (state, "failed") == 0)
    {
      g_autoptr (GError) error = g_error_new (YIHU_ERROR, YIHU_ERROR_CORRUPT, "damaged");
      yihu_fake_book_fail_lists (book, error);
    }
  yihu_fake_book_set_basemap (book, basemap);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
  yihu_keys_install (screen->keys, screen->n_keys, application);
  window = screen->create (&context);
  if (width > 0)
    gtk_window_set_default_size (window, width, height);
  gtk_window_present (window);
  tell (book, screen_name);
  if (dump)
    g_timeout_add (1500, on_dump, window);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("review|wall");
  g_autoptr (AdwApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("YIHU_LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, NULL) || argc != 2)
    return 2;
  screen_name = argv[1];
  yihu_json_init ();
  yihu_console_register_resources ();
  application =
      g_object_new (ADW_TYPE_APPLICATION, "application-id", "cn.yihu.ShowScreen", "flags",
                    G_APPLICATION_NON_UNIQUE, "resource-base-path", YIHU_RESOURCE_PATH, NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 0, NULL);
}
