/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Panels under each other or as tabs: the same widgets, only their visibility changes, so a map or
 * a picture keeps its state when the window is resized. */

#include "console/desk/side-column.h"

#include "console/widgets.h"

struct _YihuSideColumn
{
  GtkBox parent_instance;

  GtkWidget *tabs;
  GtkWidget *first_tab; /* (nullable) head of the group */
  GPtrArray *panels; /* (owned) GtkWidget, not owned */
  GPtrArray *buttons; /* (owned) GtkToggleButton, not owned */
  gboolean tabbed;
};

G_DEFINE_FINAL_TYPE (YihuSideColumn, yihu_side_column, GTK_TYPE_BOX)

static void
side_column_update (YihuSideColumn *self)
{
  gtk_widget_set_visible (self->tabs, self->tabbed);
  for (guint i = 0; i < self->panels->len; i++)
    {
      GtkToggleButton *button = g_ptr_array_index (self->buttons, i);

      gtk_widget_set_visible (g_ptr_array_index (self->panels, i),
                              !self->tabbed || gtk_toggle_button_get_active (button));
    }
}

static void
yihu_side_column_finalize (GObject *object)
{
  YihuSideColumn *self = YIHU_SIDE_COLUMN (object);

  g_ptr_array_unref (self->panels);
  g_ptr_array_unref (self->buttons);
  G_OBJECT_CLASS (yihu_side_column_parent_class)->finalize (object);
}

static void
yihu_side_column_class_init (YihuSideColumnClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_side_column_finalize;
}

static void
yihu_side_column_init (YihuSideColumn *self)
{
  self->panels = g_ptr_array_new ();
  self->buttons = g_ptr_array_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 10);
  self->tabs = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->tabs, "linked");
  gtk_box_set_homogeneous (GTK_BOX (self->tabs), TRUE);
  gtk_widget_set_visible (self->tabs, FALSE);
  gtk_box_append (GTK_BOX (self), self->tabs);
}

GtkWidget *
yihu_side_column_new (void)
{
  return g_object_new (YIHU_TYPE_SIDE_COLUMN, NULL);
}

void
yihu_side_column_add (YihuSideColumn *self, const char *title, GtkWidget *panel, gboolean expand)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (title);

  if (self->first_tab == NULL)
    {
      self->first_tab = button;
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
    }
  else
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (self->first_tab));
  yihu_widget_set_name (button, title);
  g_signal_connect_object (button, "toggled", G_CALLBACK (side_column_update), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->tabs), button);
  gtk_box_append (GTK_BOX (self), panel);
  gtk_widget_set_vexpand (panel, expand);
  g_ptr_array_add (self->panels, panel);
  g_ptr_array_add (self->buttons, button);
  side_column_update (self);
}

void
yihu_side_column_set_tabbed (YihuSideColumn *self, gboolean tabbed)
{
  if (self->tabbed == tabbed)
    return;
  self->tabbed = tabbed;
  side_column_update (self);
}

void
yihu_side_column_show (YihuSideColumn *self, GtkWidget *panel)
{
  guint index;

  if (g_ptr_array_find (self->panels, panel, &index))
    gtk_toggle_button_set_active (g_ptr_array_index (self->buttons, index), TRUE);
}
