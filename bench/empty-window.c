/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The control of desk.start and desk.idle: an empty libadwaita window that says when it has drawn
 * its first frame, and then does nothing. */

#include "base/mark.h"

#include <adwaita.h>

static void
on_after_paint (GdkFrameClock *clock, gpointer data)
{
  yihu_mark ("empty.drawn", "");
  g_signal_handlers_disconnect_by_func (clock, on_after_paint, data);
}

static void
on_activate (GApplication *application, gpointer data)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (application));

  gtk_window_set_default_size (GTK_WINDOW (window), 1920, 1080);
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_after_paint),
                    NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application =
      adw_application_new ("cn.yihu.EmptyWindow", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
