/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keys go through the X server by xdotool, so that accelerators, focus and input method take part.
 */

#include "real-hands.h"

#include "../client/fake-server.h"
#include "widget-tree.h"

#include <gdk/x11/gdkx.h>
#include <string.h>

static void
run (const char *const *command)
{
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **) command, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
count_key (GtkEventControllerKey *keys, guint value, guint code, GdkModifierType state, guint *n)
{
  *n += 1;
  return FALSE;
}

/* There is no window manager: the focus is given by hand. Waits until the window has heard it. */
static void
do_keys (RealDesk *desk, const char *verb, const char *what, guint n)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (desk->window));
  g_autofree char *id = g_strdup_printf ("%lu", gdk_x11_surface_get_xid (surface));
  GtkEventController *keys = gtk_event_controller_key_new ();
  guint n_heard = 0;

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (desk->window), keys);
  g_signal_connect (keys, "key-released", G_CALLBACK (count_key), &n_heard);
  if (!gtk_window_is_active (GTK_WINDOW (desk->window)))
    run ((const char *[]){ "xdotool", "windowfocus", "--sync", id, NULL });
  run ((const char *[]){ "xdotool", verb, what, NULL });
  fake_wait (n_heard >= n);
  gtk_widget_remove_controller (GTK_WIDGET (desk->window), keys);
  tree_settle ();
}

void
hands_press (RealDesk *desk, const char *key)
{
  do_keys (desk, "key", key, 1);
}

void
hands_type (RealDesk *desk, const char *text)
{
  do_keys (desk, "type", text, (guint) strlen (text));
}

static gboolean
has_name (GtkWidget *widget, const char *name)
{
  g_autofree char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                                               GTK_ACCESSIBLE_PROPERTY_LABEL, name);

  return other == NULL;
}

/* Whether the focus is in what a screen reader calls so. */
gboolean
hands_are_at (RealDesk *desk, const char *name)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (desk->window));

  for (; focus != NULL && focus != GTK_WIDGET (desk->window); focus = gtk_widget_get_parent (focus))
    if (has_name (focus, name))
      return TRUE;
  return FALSE;
}

void
hands_go_to (RealDesk *desk, const char *name)
{
  for (guint i = 0; !hands_are_at (desk, name); i++)
    {
      g_assert_cmpuint (i, <, 40);
      hands_press (desk, "Tab");
    }
}
