/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The row that queue, to-do, search and neighbourhood share. All texts are inscriptions: a row
 * never asks for another width because of what it says, so lists of two thousand scroll smoothly
 * and a beat of the clock is a redraw of one cell. */

#include "console/line-row.h"

#include "console/widgets.h"

#define FIGURE_CHARS 6

struct _YihuLineRow
{
  GtkBox parent_instance;

  GtkWidget *badge;
  GtkWidget *title;
  GtkWidget *subtitle;
  GtkWidget *figure;
  const char *figure_class; /* (nullable) static */
};

G_DEFINE_FINAL_TYPE (YihuLineRow, yihu_line_row, GTK_TYPE_BOX)

static GtkWidget *
line_row_make_text (const char *css_class)
{
  GtkWidget *text = gtk_inscription_new ("");

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 4);
  gtk_widget_add_css_class (text, css_class);
  return text;
}

static void
yihu_line_row_class_init (YihuLineRowClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "linerow");
}

static void
yihu_line_row_init (YihuLineRow *self)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_set_spacing (GTK_BOX (self), 8);
  self->badge = yihu_badge_new ();
  self->title = line_row_make_text ("heading");
  self->subtitle = line_row_make_text ("caption");
  gtk_widget_add_css_class (self->subtitle, "dim-label");
  gtk_widget_add_css_class (self->subtitle, "num");
  self->figure = yihu_figure_new (FIGURE_CHARS, NULL);
  gtk_box_append (GTK_BOX (texts), self->title);
  gtk_box_append (GTK_BOX (texts), self->subtitle);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self), self->badge);
  gtk_box_append (GTK_BOX (self), texts);
  gtk_box_append (GTK_BOX (self), self->figure);
}

GtkWidget *
yihu_line_row_new (void)
{
  return g_object_new (YIHU_TYPE_LINE_ROW, NULL);
}

void
yihu_line_row_set_urgency (YihuLineRow *self, gint64 urgency)
{
  gtk_widget_set_visible (self->badge, urgency >= 0);
  if (urgency >= 0)
    yihu_badge_set_urgency (self->badge, urgency);
}

void
yihu_line_row_set_badge (YihuLineRow *self, const char *text, const char *css_class)
{
  static const char *const classes[] = { "p0", "p1", "p2", "p3", "safe" };

  gtk_widget_set_visible (self->badge, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    yihu_widget_set_class (self->badge, classes[i], g_str_equal (classes[i], css_class));
  yihu_label_set (self->badge, text);
}

void
yihu_line_row_set_title (YihuLineRow *self, const char *title)
{
  yihu_inscription_set (self->title, title);
}

void
yihu_line_row_set_subtitle (YihuLineRow *self, const char *subtitle)
{
  yihu_inscription_set (self->subtitle, subtitle);
}

void
yihu_line_row_set_figure (YihuLineRow *self, const char *figure, const char *css_class)
{
  if (g_strcmp0 (self->figure_class, css_class) != 0)
    {
      if (self->figure_class != NULL)
        gtk_widget_remove_css_class (self->figure, self->figure_class);
      if (css_class != NULL)
        gtk_widget_add_css_class (self->figure, css_class);
      self->figure_class = g_intern_string (css_class);
    }
  yihu_inscription_set (self->figure, figure);
}

void
yihu_line_row_set_figure_width (YihuLineRow *self, guint n_chars)
{
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (self->figure), n_chars);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (self->figure), n_chars);
  gtk_widget_set_margin_end (self->figure, 10);
}

void
yihu_line_row_set_spoken (YihuLineRow *self, const char *spoken)
{
  yihu_widget_set_name (GTK_WIDGET (self), spoken);
}
