/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pictures are drawn from the widget's own render nodes: no window manager, no screen grabber, and
 * nothing of other windows. */

#include "look.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#define LARGE_DPI (120 * 1024) /* 125 % of 96 */
#define N_TURNS 20 /* transitions are over then */

static gboolean
wants (const char *word)
{
  g_auto (GStrv) words = g_strsplit (g_getenv ("YIHU_LOOK") ? g_getenv ("YIHU_LOOK") : "", ",", -1);

  return g_strv_contains ((const char *const *) words, word);
}

void
look_init (void)
{
  if (wants ("zh"))
    {
      g_setenv ("LANGUAGE", "zh_CN", TRUE);
      setlocale (LC_ALL, "zh_CN.UTF-8");
      bindtextdomain (GETTEXT_PACKAGE, g_getenv ("YIHU_LOCALEDIR"));
      bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
      textdomain (GETTEXT_PACKAGE);
    }
  if (wants ("dark"))
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                        ADW_COLOR_SCHEME_FORCE_DARK);
  if (wants ("large"))
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", LARGE_DPI, NULL);
}

const char *
look_words (const char *words)
{
  return g_dgettext (GETTEXT_PACKAGE, words);
}

static gboolean
on_time (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
look_keep (GtkWidget *window, const char *name)
{
  const char *directory = g_getenv ("YIHU_SCREENS");
  g_autofree char *path = directory != NULL ? g_strdup_printf ("%s/%s.png", directory, name) : NULL;
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GtkSnapshot) snapshot = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  guint timer;

  if (path == NULL)
    return;
  timer = g_timeout_add (50, on_time, NULL);
  for (guint i = 0; i < N_TURNS; i++)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  paintable = gtk_widget_paintable_new (window);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window),
                          gtk_widget_get_height (window));
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL)
    return;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  gdk_texture_save_to_png (texture, path);
}
