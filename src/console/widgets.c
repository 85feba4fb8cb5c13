/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Small shared pieces. A status is always colour and shape and word; colours are in the style
 * sheets only. */

#include "console/widgets.h"

#include "console/words.h"

#define KEY_WIDTH_CHARS 9

GtkWidget *
yihu_badge_new (void)
{
  GtkWidget *badge = gtk_label_new (NULL);

  gtk_widget_add_css_class (badge, "badge");
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  return badge;
}

void
yihu_badge_set_urgency (GtkWidget *badge, gint64 urgency)
{
  const char *wanted = yihu_words_urgency_class (urgency);

  for (gint64 other = 0; other < 4; other++)
    {
      const char *css_class = yihu_words_urgency_class (other);

      yihu_widget_set_class (badge, css_class, g_str_equal (css_class, wanted));
    }
  yihu_label_set (badge, yihu_words_urgency_badge (urgency));
}

GtkWidget *
yihu_tag_new (const char *text, const char *css_class)
{
  GtkWidget *tag = gtk_label_new (text);

  gtk_widget_add_css_class (tag, "tag");
  if (css_class != NULL)
    gtk_widget_add_css_class (tag, css_class);
  gtk_widget_set_valign (tag, GTK_ALIGN_CENTER);
  return tag;
}

GtkWidget *
yihu_alert_label_new (void)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT,
                                   "ellipsize", PANGO_ELLIPSIZE_END, "xalign", 0.0, NULL);

  gtk_widget_add_css_class (label, "alert");
  gtk_widget_add_css_class (label, "blank");
  return label;
}

static void
on_alert_mapped (GtkWidget *label, const char *text)
{
  g_autofree char *waiting = g_strdup (text); /* goes with the handler */

  g_signal_handlers_disconnect_by_func (label, on_alert_mapped, (gpointer) text);
  yihu_alert_label_say (label, waiting);
}

static void
free_waiting (gpointer text, GClosure *closure)
{
  g_free (text);
}

/* A screen reader tells a new text also where the label is hidden: under a locked screen it would
 * say who is calling. TRUE: @text waits until the label is seen. */
static gboolean
alert_label_waits (GtkWidget *label, const char *text)
{
  GtkRoot *root = gtk_widget_get_root (label);

  g_signal_handlers_disconnect_matched (label, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_alert_mapped,
                                        NULL);
  if (gtk_widget_get_mapped (label) || root == NULL || !gtk_widget_get_mapped (GTK_WIDGET (root)))
    return FALSE;
  g_signal_connect_data (label, "map", G_CALLBACK (on_alert_mapped), g_strdup (text), free_waiting,
                         G_CONNECT_AFTER);
  return TRUE;
}

void
yihu_alert_label_say (GtkWidget *label, const char *text)
{
  if (alert_label_waits (label, text))
    return;
  /* Mapped all the time, but an empty one must not take a line of the screen. */
  yihu_widget_set_class (label, "blank", text == NULL || *text == '\0');
  yihu_label_set (label, text);
}

void
yihu_label_set (GtkWidget *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text != NULL ? text : "") != 0)
    gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
}

void
yihu_inscription_set (GtkWidget *inscription, const char *text)
{
  /* Never NULL: GTK 4.8 measures the text for a screen reader without looking. */
  const char *shown = text != NULL ? text : "";

  if (g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (inscription)), shown) != 0)
    gtk_inscription_set_text (GTK_INSCRIPTION (inscription), shown);
}

void
yihu_widget_set_class (GtkWidget *widget, const char *css_class, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, css_class);
  else
    gtk_widget_remove_css_class (widget, css_class);
}

void
yihu_widget_set_name (GtkWidget *widget, const char *accessible_name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  accessible_name, -1);
}

GtkWidget *
yihu_figure_new (guint n_chars, const char *css_class)
{
  GtkWidget *figure = gtk_inscription_new ("");

  gtk_inscription_set_min_chars (GTK_INSCRIPTION (figure), n_chars);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (figure), n_chars);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (figure), 1.0f);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (figure), GTK_INSCRIPTION_OVERFLOW_CLIP);
  gtk_widget_set_valign (figure, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (figure, "num");
  if (css_class != NULL)
    gtk_widget_add_css_class (figure, css_class);
  return figure;
}

GtkWidget *
yihu_pair_new (const char *key, GtkWidget **value)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *key_label = gtk_label_new (key);

  *value = gtk_label_new (NULL);
  gtk_label_set_width_chars (GTK_LABEL (key_label), KEY_WIDTH_CHARS);
  gtk_label_set_xalign (GTK_LABEL (key_label), 0.0f);
  gtk_widget_add_css_class (key_label, "dim-label");
  gtk_widget_add_css_class (key_label, "k");
  gtk_label_set_xalign (GTK_LABEL (*value), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (*value), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (*value, TRUE);
  gtk_widget_add_css_class (*value, "v");
  gtk_box_append (GTK_BOX (box), key_label);
  gtk_box_append (GTK_BOX (box), *value);
  return box;
}

void
yihu_widget_release_focus (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget)))
    gtk_root_set_focus (root, NULL);
}

void
yihu_widget_set_sensitive (GtkWidget *widget, gboolean sensitive)
{
  if (!sensitive)
    yihu_widget_release_focus (widget);
  gtk_widget_set_sensitive (widget, sensitive);
}
