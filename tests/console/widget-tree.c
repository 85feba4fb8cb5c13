/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Walks widgets the way a person looks: what is hidden, or lies on another page of a stack, is not
 * found by its words. */

#include "widget-tree.h"

#include <string.h>

static const char *
get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_INSCRIPTION (widget))
    return gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  if (GTK_IS_TEXT (widget))
    return gtk_editable_get_text (GTK_EDITABLE (widget));
  return NULL;
}

GtkWidget *
tree_find (GtkWidget *widget, const char *words)
{
  const char *text = get_text (widget);

  if (!gtk_widget_get_visible (widget) || !gtk_widget_get_child_visible (widget))
    return NULL;
  if (text != NULL && strstr (text, words) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = tree_find (child, words);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
tree_find_type (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = tree_find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
tree_settle (void)
{
  for (guint i = 0; i < 500 && g_main_context_pending (NULL); i++)
    g_main_context_iteration (NULL, FALSE);
}

void
tree_shoot (const char *name)
{
  const char *place = g_getenv ("YIHU_SHOTS");
  g_autofree char *path = place != NULL ? g_strdup_printf ("%s/%s.png", place, name) : NULL;
  const char *const command[] = { "import", "-window", "root", path, NULL };

  if (path == NULL)
    return;
  tree_settle ();
  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
}
