/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The frame of the cards over the desk. Knows nothing of what is on them. */

#include "console/desk/over-card.h"

#include "console/widgets.h"

typedef struct
{
  GtkWidget *title;
  GtkWidget *body;
  GtkWidget *sentence;
  GtkWidget *buttons;
} YihuOverCardPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (YihuOverCard, yihu_over_card, GTK_TYPE_BOX)

static guint said_signal;

static YihuOverCardPrivate *
get_private (YihuOverCard *self)
{
  return yihu_over_card_get_instance_private (self);
}

/* Behind the card nothing can be seen that has the focus: at its end Tab begins anew. */
static gboolean
yihu_over_card_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidgetClass *parent = GTK_WIDGET_CLASS (yihu_over_card_parent_class);

  if (parent->focus (widget, direction))
    return TRUE;
  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return FALSE;
  gtk_widget_set_focus_child (widget, NULL);
  return parent->focus (widget, direction);
}

static void
yihu_over_card_class_init (YihuOverCardClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = yihu_over_card_focus;
  said_signal = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
yihu_over_card_init (YihuOverCard *self)
{
  YihuOverCardPrivate *private = get_private (self);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 8);
  gtk_widget_add_css_class (GTK_WIDGET (self), "search-card");
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  private->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (private->title), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (private->title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (private->title, "title-3");
  private->body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  private->sentence = yihu_alert_label_new ();
  gtk_label_set_wrap (GTK_LABEL (private->sentence), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (private->sentence), PANGO_ELLIPSIZE_NONE);
  private->buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_set_halign (private->buttons, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (self), private->title);
  gtk_box_append (GTK_BOX (self), private->body);
  gtk_box_append (GTK_BOX (self), private->sentence);
  gtk_box_append (GTK_BOX (self), private->buttons);
}

void
yihu_over_card_set_name (YihuOverCard *self, const char *accessible_name)
{
  yihu_widget_set_name (GTK_WIDGET (self), accessible_name);
}

void
yihu_over_card_set_title (YihuOverCard *self, const char *title)
{
  yihu_label_set (get_private (self)->title, title);
}

void
yihu_over_card_add (YihuOverCard *self, GtkWidget *part)
{
  gtk_box_append (GTK_BOX (get_private (self)->body), part);
}

void
yihu_over_card_add_scrolled (YihuOverCard *self, GtkWidget *part, int max_height)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), max_height);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), part);
  yihu_over_card_add (self, scrolled);
}

GtkWidget *
yihu_over_card_add_button (YihuOverCard *self,
                           const char *label,
                           gboolean is_main,
                           GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  if (is_main)
    gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (get_private (self)->buttons), button);
  return button;
}

void
yihu_over_card_say (YihuOverCard *self, const char *sentence)
{
  yihu_alert_label_say (get_private (self)->sentence, sentence);
}

void
yihu_over_card_toast (YihuOverCard *self, const char *sentence)
{
  g_signal_emit (self, said_signal, 0, sentence);
}

void
yihu_over_card_show (YihuOverCard *self, GtkWidget *focus)
{
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (focus);
}

void
yihu_over_card_hide (YihuOverCard *self)
{
  yihu_widget_release_focus (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
