/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The titled card with its states and the age of its data. Knows nothing of what it holds; the age
 * is words first, hatching second, so it is readable without colour. */

#include "console/panel.h"

#include "console/format.h"
#include "console/widgets.h"

#include <glib/gi18n.h>

struct _YihuPanel
{
  GtkBox parent_instance;

  GtkWidget *header;
  GtkWidget *title;
  GtkWidget *note;
  GtkWidget *age;
  GtkWidget *stack;
  GtkWidget *message_box;
  GtkWidget *spinner;
  GtkWidget *message;
  GtkWidget *child; /* (nullable) */
  YihuPanelState state;
};

G_DEFINE_FINAL_TYPE (YihuPanel, yihu_panel, GTK_TYPE_BOX)

enum
{
  PROP_TITLE = 1,
  PROP_NOTE,
  PROP_CHILD,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
yihu_panel_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  YihuPanel *self = YIHU_PANEL (object);

  switch (id)
    {
    case PROP_TITLE:
      yihu_panel_set_title (self, g_value_get_string (value));
      break;
    case PROP_NOTE:
      yihu_panel_set_note (self, g_value_get_string (value));
      break;
    case PROP_CHILD:
      yihu_panel_set_child (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
yihu_panel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YihuPanel *self = YIHU_PANEL (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_text (GTK_LABEL (self->title)));
      break;
    case PROP_NOTE:
      g_value_set_string (value, gtk_label_get_text (GTK_LABEL (self->note)));
      break;
    case PROP_CHILD:
      g_value_set_object (value, self->child);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
yihu_panel_class_init (YihuPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = yihu_panel_set_property;
  object_class->get_property = yihu_panel_get_property;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, "", flags);
  properties[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
panel_make_label (const char *css_class, gboolean expand)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, expand);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
panel_make_header (YihuPanel *self)
{
  self->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->title = panel_make_label ("panel-title", FALSE);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_NONE);
  self->note = panel_make_label ("caption", TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->note), 1.0f);
  gtk_widget_add_css_class (self->note, "dim-label");
  gtk_widget_add_css_class (self->note, "num");
  self->age = panel_make_label ("caption", FALSE);
  gtk_widget_add_css_class (self->age, "panel-age");
  gtk_widget_set_visible (self->age, FALSE);
  gtk_box_append (GTK_BOX (self->header), self->title);
  gtk_box_append (GTK_BOX (self->header), self->note);
  gtk_box_append (GTK_BOX (self->header), self->age);
}

static void
panel_make_message (YihuPanel *self)
{
  self->message_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  gtk_widget_set_valign (self->message_box, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->message_box, "panel-message");
  self->spinner = gtk_spinner_new ();
  gtk_widget_set_visible (self->spinner, FALSE);
  self->message = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->message), GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (self->message_box), self->spinner);
  gtk_box_append (GTK_BOX (self->message_box), self->message);
}

static void
yihu_panel_init (YihuPanel *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self), "panel");
  panel_make_header (self);
  panel_make_message (self);
  self->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), self->message_box, "message");
  gtk_box_append (GTK_BOX (self), self->header);
  gtk_box_append (GTK_BOX (self), self->stack);
}

GtkWidget *
yihu_panel_new (const char *title, GtkWidget *child)
{
  return g_object_new (YIHU_TYPE_PANEL, "title", title, "child", child, NULL);
}

void
yihu_panel_set_child (YihuPanel *self, GtkWidget *child)
{
  g_return_if_fail (YIHU_IS_PANEL (self));

  if (self->child != NULL)
    gtk_stack_remove (GTK_STACK (self->stack), self->child);
  self->child = child;
  if (child == NULL)
    return;
  gtk_stack_add_named (GTK_STACK (self->stack), child, "content");
  if (self->state == YIHU_PANEL_CONTENT)
    gtk_stack_set_visible_child (GTK_STACK (self->stack), child);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHILD]);
}

void
yihu_panel_set_title (YihuPanel *self, const char *title)
{
  g_return_if_fail (YIHU_IS_PANEL (self));

  yihu_label_set (self->title, title);
  yihu_widget_set_name (GTK_WIDGET (self), title != NULL ? title : "");
}

void
yihu_panel_set_note (YihuPanel *self, const char *note)
{
  g_return_if_fail (YIHU_IS_PANEL (self));

  yihu_label_set (self->note, note);
}

void
yihu_panel_set_state (YihuPanel *self, YihuPanelState state, const char *words)
{
  g_return_if_fail (YIHU_IS_PANEL (self));

  self->state = state;
  if (state == YIHU_PANEL_CONTENT)
    {
      if (self->child != NULL)
        gtk_stack_set_visible_child (GTK_STACK (self->stack), self->child);
      gtk_spinner_stop (GTK_SPINNER (self->spinner));
      return;
    }
  yihu_label_set (self->message, words);
  yihu_widget_set_class (self->message_box, "failed", state == YIHU_PANEL_FAILED);
  yihu_widget_set_class (self->message_box, "empty", state == YIHU_PANEL_EMPTY);
  gtk_widget_set_visible (self->spinner, state == YIHU_PANEL_LOADING);
  if (state == YIHU_PANEL_LOADING)
    gtk_spinner_start (GTK_SPINNER (self->spinner));
  else
    gtk_spinner_stop (GTK_SPINNER (self->spinner));
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->message_box);
}

YihuPanelState
yihu_panel_get_state (YihuPanel *self)
{
  return self->state;
}

void
yihu_panel_set_freshness (YihuPanel *self, YihuBookState state, gint64 synced_at_us, gint64 now_us)
{
  g_autofree char *words = NULL;
  gboolean live = state == YIHU_BOOK_ONLINE;
  gint64 age_us = now_us - synced_at_us;

  if (live)
    words = g_strdup (_ ("live"));
  else if (synced_at_us <= 0)
    words = g_strdup (_ ("no data yet"));
  else
    {
      g_autofree char *time = yihu_format_due (synced_at_us, now_us);
      g_autofree char *age = yihu_format_age (age_us);

      /* Translators: time of the newest data, and how long ago that is. */
      words = g_strdup_printf (_ ("as of %s, %s"), time, age);
    }
  yihu_label_set (self->age, words);
  gtk_widget_set_visible (self->age, TRUE);
  yihu_widget_set_class (self->age, "ok", live);
  yihu_widget_set_class (self->age, "p2t", !live);
  yihu_widget_set_class (GTK_WIDGET (self), "stale",
                         !live && (synced_at_us <= 0 || age_us > YIHU_PANEL_STALE_US));
}
