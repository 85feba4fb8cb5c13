/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Parties of the call. The level bar shows that sound really arrives: "can you hear me" is the
 * first question of a bad line. */

#include "console/desk/legs-panel.h"

#include "console/panel.h"
#include "console/widgets.h"

#include <glib/gi18n.h>

#define QUIET_DBFS (-60.0)
#define FIGURE_CHARS 10

struct _YihuLegsPanel
{
  GtkBox parent_instance;

  GtkWidget *panel;
  GtkWidget *rows[YIHU_LEGS_MAX];
  GtkWidget *names[YIHU_LEGS_MAX];
  GtkWidget *figures[YIHU_LEGS_MAX];
  const char *classes[YIHU_LEGS_MAX];
  GtkWidget *level;
};

G_DEFINE_FINAL_TYPE (YihuLegsPanel, yihu_legs_panel, GTK_TYPE_BOX)

static void
yihu_legs_panel_class_init (YihuLegsPanelClass *klass)
{
}

static GtkWidget *
legs_make_row (YihuLegsPanel *self, guint leg)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->names[leg] = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->names[leg]), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (self->names[leg]), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->names[leg], TRUE);
  self->figures[leg] = yihu_figure_new (FIGURE_CHARS, NULL);
  gtk_box_append (GTK_BOX (row), self->names[leg]);
  gtk_box_append (GTK_BOX (row), self->figures[leg]);
  self->rows[leg] = row;
  return row;
}

static void
yihu_legs_panel_init (YihuLegsPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  for (guint leg = 0; leg < YIHU_LEGS_MAX; leg++)
    gtk_box_append (GTK_BOX (box), legs_make_row (self, leg));
  self->level = gtk_level_bar_new_for_interval (0, 1);
  yihu_widget_set_name (self->level, _ ("Level of what is heard"));
  gtk_box_append (GTK_BOX (box), self->level);
  self->panel = yihu_panel_new (_ ("Call"), box);
  gtk_widget_set_hexpand (self->panel, TRUE);
  gtk_box_append (GTK_BOX (self), self->panel);
  yihu_legs_panel_set (self, 0, NULL);
}

GtkWidget *
yihu_legs_panel_new (void)
{
  return g_object_new (YIHU_TYPE_LEGS_PANEL, NULL);
}

void
yihu_legs_panel_set (YihuLegsPanel *self, guint leg, const char *name)
{
  g_return_if_fail (leg < YIHU_LEGS_MAX);

  gtk_widget_set_visible (self->rows[leg], name != NULL);
  if (name != NULL)
    yihu_label_set (self->names[leg], name);
  if (leg > 0)
    return;
  if (name != NULL)
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_CONTENT, NULL);
  else
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_EMPTY, _ ("No call."));
}

void
yihu_legs_panel_set_figure (YihuLegsPanel *self,
                            guint leg,
                            const char *figure,
                            const char *css_class)
{
  g_return_if_fail (leg < YIHU_LEGS_MAX);

  if (self->classes[leg] != NULL && g_strcmp0 (self->classes[leg], css_class) != 0)
    gtk_widget_remove_css_class (self->figures[leg], self->classes[leg]);
  if (css_class != NULL)
    gtk_widget_add_css_class (self->figures[leg], css_class);
  self->classes[leg] = g_intern_string (css_class);
  yihu_inscription_set (self->figures[leg], figure);
}

void
yihu_legs_panel_set_level (YihuLegsPanel *self, double level_dbfs)
{
  double value = CLAMP ((level_dbfs - QUIET_DBFS) / -QUIET_DBFS, 0.0, 1.0);

  /* A bar is redrawn for steps that can be seen only. */
  value = (double) (int) (value * 20 + 0.5) / 20;
  if (gtk_level_bar_get_value (GTK_LEVEL_BAR (self->level)) != value)
    gtk_level_bar_set_value (GTK_LEVEL_BAR (self->level), value);
}
