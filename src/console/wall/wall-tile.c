/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Shows one figure's text (wall-text.h) as label, value, unit and note. It touches a label only
 * when its text changed: the wall hears the same figures each second for weeks. */

#include "console/wall/wall-tile.h"

#include "console/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define LONG_VALUE 7 /* characters; a longer figure is set smaller */

struct _YihuWallTile
{
  GtkWidget parent_instance;

  YihuWallFigure which;
  YihuWallTone tone;

  GtkMenuButton *button;
  GtkLabel *title;
  GtkLabel *value;
  GtkLabel *unit;
  GtkLabel *note;
  GtkLabel *definition;
};

G_DEFINE_FINAL_TYPE (YihuWallTile, yihu_wall_tile, GTK_TYPE_WIDGET)

static const char *const tone_classes[] = { NULL, "good", "warn", "act", "watch" };

/* TRUE: it was another text. */
static gboolean
set_text (GtkLabel *label, const char *text)
{
  gboolean changed = g_strcmp0 (gtk_label_get_text (label), text) != 0;

  yihu_label_set (GTK_WIDGET (label), text);
  return changed;
}

static void
wall_tile_set_tone (YihuWallTile *self, YihuWallTone tone)
{
  if (tone == self->tone)
    return;
  for (guint i = 1; i < G_N_ELEMENTS (tone_classes); i++)
    yihu_widget_set_class (GTK_WIDGET (self), tone_classes[i], i == tone);
  self->tone = tone;
}

static void
yihu_wall_tile_dispose (GObject *object)
{
  YihuWallTile *self = YIHU_WALL_TILE (object);

  g_clear_pointer ((GtkWidget **) &self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (yihu_wall_tile_parent_class)->dispose (object);
}

static void
yihu_wall_tile_class_init (YihuWallTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = yihu_wall_tile_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/cn/yihu/Console/ui/wall/wall-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuWallTile, button);
  gtk_widget_class_bind_template_child (widget_class, YihuWallTile, title);
  gtk_widget_class_bind_template_child (widget_class, YihuWallTile, value);
  gtk_widget_class_bind_template_child (widget_class, YihuWallTile, unit);
  gtk_widget_class_bind_template_child (widget_class, YihuWallTile, note);
  gtk_widget_class_bind_template_child (widget_class, YihuWallTile, definition);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "walltile");
}

static void
yihu_wall_tile_init (YihuWallTile *self)
{
  GtkWidget *toggle;

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A menu button centres what it holds; a tile's words stand left. */
  toggle = gtk_widget_get_first_child (GTK_WIDGET (self->button));
  gtk_widget_set_halign (gtk_widget_get_first_child (toggle), GTK_ALIGN_FILL);
}

GtkWidget *
yihu_wall_tile_new (YihuWallFigure which)
{
  YihuWallTile *self = g_object_new (YIHU_TYPE_WALL_TILE, NULL);

  self->which = which;
  gtk_label_set_text (self->title, yihu_wall_figure_get_title (which));
  gtk_label_set_text (self->definition, yihu_wall_figure_get_definition (which));
  yihu_wall_tile_show (self, NULL, FALSE);
  return GTK_WIDGET (self);
}

void
yihu_wall_tile_show (YihuWallTile *self, const YihuFigures *figures, gboolean stale)
{
  g_auto (YihuWallText) text = { 0 };
  gboolean changed;

  g_return_if_fail (YIHU_IS_WALL_TILE (self));

  yihu_wall_text_init (&text, self->which, figures);
  changed = set_text (self->value, text.value);
  changed = set_text (self->unit, text.unit) || changed;
  changed = set_text (self->note, text.note) || changed;
  yihu_widget_set_class (GTK_WIDGET (self->value), "long",
                         g_utf8_strlen (text.value, -1) > LONG_VALUE);
  wall_tile_set_tone (self, text.tone);
  yihu_widget_set_class (GTK_WIDGET (self), "stale", stale);
  if (changed)
    {
      g_autofree char *spoken =
          g_strdup_printf ("%s: %s %s. %s", yihu_wall_figure_get_title (self->which), text.value,
                           text.unit, text.note);
      yihu_widget_set_name (GTK_WIDGET (self->button), spoken);
    }
}

void
yihu_wall_tile_explain (YihuWallTile *self, gboolean shown)
{
  if (shown)
    gtk_menu_button_popup (self->button);
  else
    gtk_menu_button_popdown (self->button);
}

gboolean
yihu_wall_tile_is_explained (YihuWallTile *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (gtk_menu_button_get_popover (self->button)));
}
