/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opens the desk over the test city with a fake telephone, in a given moment of a call, for
 * screenshots: desk-preview MOMENT [dark] [big], MOMENT one of idle, ringing, ringing-several,
 * talking, several, unknown, register, wrapup, stale, search, help. Ends with the window. */

#include "fixture.h"

#include "base/bounded-json.h"
#include "console/application.h"
#include "console/desk/desk-window.h"
#include "phone/fake-phone.h"

#include <glib/gi18n.h>
#include <gst/gst.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  Fixture *fixture;
  YihuPhone *phone; /* (owned) */
  YihuDeskWindow *window;
  const char *moment;
  gboolean big; /* text at 125 % */
} Preview;

static gboolean
is (Preview *preview, const char *moment)
{
  return strcmp (preview->moment, moment) == 0;
}

static void
add_queue (Preview *preview)
{
  static const struct
  {
    const char *id;
    const char *number;
    const char *elder;
    int urgency;
    int waits_s;
  } calls[] = { { "q1", FIXTURE_PHONE_SHARED, "elder-chen", YIHU_URGENCY_URGENT, 8 },
                { "q2", "+864172900900", "elder-zhao", YIHU_URGENCY_SOON, 21 },
                { "q3", FIXTURE_PHONE_UNKNOWN, "", YIHU_URGENCY_GENERAL, 34 },
                { "q4", "", "", YIHU_URGENCY_QUERY, 52 } };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (YihuCall) call = fixture_make_call (preview->fixture, calls[i].id, calls[i].number,
                                                     calls[i].elder, YIHU_CALL_QUEUED, "");

      call->urgency = calls[i].urgency;
      call->ring_at_us -= calls[i].waits_s * G_USEC_PER_SEC;
      fixture_feed (preview->fixture, call);
    }
}

static void
play (Preview *preview)
{
  const char *number = is (preview, "several") || is (preview, "ringing-several")
                           ? FIXTURE_PHONE_SHARED
                       : is (preview, "unknown") || is (preview, "register") ? FIXTURE_PHONE_UNKNOWN
                                                                             : FIXTURE_PHONE_WANG;
  YihuPhoneCall *line;

  add_queue (preview);
  if (is (preview, "search"))
    g_action_group_activate_action (G_ACTION_GROUP (preview->window), "search", NULL);
  if (is (preview, "help"))
    g_action_group_activate_action (G_ACTION_GROUP (preview->window), "help", NULL);
  if (is (preview, "idle") || is (preview, "search") || is (preview, "help"))
    return;
  line = yihu_fake_phone_ring (YIHU_FAKE_PHONE (preview->phone), "call-1", number);
  if (g_str_has_prefix (preview->moment, "ringing"))
    return;
  g_action_group_activate_action (G_ACTION_GROUP (preview->window), "answer", NULL);
  yihu_fake_phone_set_level (line, -18);
  g_action_group_activate_action (G_ACTION_GROUP (preview->window), "order", NULL);
  if (is (preview, "wrapup"))
    yihu_fake_phone_end (line, 0);
  if (is (preview, "stale"))
    yihu_fake_clock_advance (YIHU_FAKE_CLOCK (preview->fixture->clock), 10 * 60 * 1000);
}

static gboolean
on_second (gpointer data)
{
  Preview *preview = data;

  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (preview->fixture->clock), 1000);
  return G_SOURCE_CONTINUE;
}

static Preview *the_preview; /* the factory of a telephone has no user data */

static YihuPhone *
give_phone (YihuSession *session, GError **error)
{
  return g_object_ref (the_preview->phone);
}

static void
on_activate (GtkApplication *application, Preview *preview)
{
  YihuScreenContext context = { application, preview->fixture->book, preview->fixture->ticker,
                                give_phone, "0417" };

  if (preview->big)
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (96 * 1.25 * 1024), NULL);
  yihu_keys_install (yihu_desk_keys, yihu_desk_n_keys, application);
  preview->window = yihu_desk_window_new (&context);
  yihu_desk_call_set_phone (yihu_desk_window_get_call (preview->window), preview->phone);
  yihu_fake_phone_set_registered (YIHU_FAKE_PHONE (preview->phone), TRUE);
  /* Without a window manager nobody fits the window to the screen. */
  if (g_getenv ("PREVIEW_WIDTH") != NULL)
    gtk_window_set_default_size (GTK_WINDOW (preview->window), atoi (g_getenv ("PREVIEW_WIDTH")),
                                 atoi (g_getenv ("PREVIEW_HEIGHT")));
  gtk_window_present (GTK_WINDOW (preview->window));
  play (preview);
  g_timeout_add_seconds (1, on_second, preview);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;
  Preview preview = { 0 };

  setlocale (LC_ALL, "");
  bindtextdomain ("yihu",
                  g_getenv ("YIHU_LOCALEDIR") ? g_getenv ("YIHU_LOCALEDIR") : YIHU_LOCALEDIR);
  bind_textdomain_codeset ("yihu", "UTF-8");
  textdomain ("yihu");
  yihu_json_init ();
  gst_init (NULL, NULL);
  yihu_console_register_resources ();
  preview.moment = argc > 1 ? argv[1] : "idle";
  preview.fixture = fixture_new (FIXTURE_NOW_US);
  preview.phone = yihu_fake_phone_new ();
  the_preview = &preview;
  application =
      g_object_new (ADW_TYPE_APPLICATION, "application-id", "cn.yihu.Console.Preview", "flags",
                    G_APPLICATION_NON_UNIQUE, "resource-base-path", YIHU_RESOURCE_PATH, NULL);
  for (int i = 2; i < argc; i++)
    if (strcmp (argv[i], "big") == 0)
      preview.big = TRUE;
    else if (strcmp (argv[i], "dark") == 0)
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          ADW_COLOR_SCHEME_FORCE_DARK);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &preview);
  g_application_run (G_APPLICATION (application), 0, NULL);
  g_clear_object (&preview.phone);
  fixture_free (preview.fixture);
  return 0;
}
