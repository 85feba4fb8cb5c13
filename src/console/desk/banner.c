/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The ringing strip. A banner, never a modal: nothing here grabs; whether the button gets the focus
 * is decided by the window, which knows whether somebody is typing. */

#include "console/desk/banner.h"

#include "console/widgets.h"

#include <glib/gi18n.h>

#define BLINK_MS 500 /* on and off: 1 Hz, below the 2 Hz limit */

struct _YihuBanner
{
  GtkBox parent_instance;

  GtkWidget *badge;
  GtkWidget *who;
  GtkWidget *detail;
  GtkWidget *wait;
  GtkWidget *answer;
  guint blink_id;
  gboolean lit;
};

G_DEFINE_FINAL_TYPE (YihuBanner, yihu_banner, GTK_TYPE_BOX)

static gboolean
on_blink (gpointer data)
{
  YihuBanner *self = data;

  self->lit = !self->lit;
  yihu_widget_set_class (GTK_WIDGET (self), "lit", self->lit);
  return G_SOURCE_CONTINUE;
}

static void
yihu_banner_dispose (GObject *object)
{
  g_clear_handle_id (&YIHU_BANNER (object)->blink_id, g_source_remove);
  G_OBJECT_CLASS (yihu_banner_parent_class)->dispose (object);
}

static void
yihu_banner_class_init (YihuBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = yihu_banner_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/cn/yihu/Console/ui/desk/banner.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuBanner, badge);
  gtk_widget_class_bind_template_child (widget_class, YihuBanner, who);
  gtk_widget_class_bind_template_child (widget_class, YihuBanner, detail);
  gtk_widget_class_bind_template_child (widget_class, YihuBanner, wait);
  gtk_widget_class_bind_template_child (widget_class, YihuBanner, answer);
}

static void
yihu_banner_init (YihuBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
yihu_banner_new (const YihuKey *keys, guint n_keys)
{
  YihuBanner *self = g_object_new (YIHU_TYPE_BANNER, NULL);

  yihu_keys_dress_button (keys, n_keys, GTK_BUTTON (self->answer));
  return GTK_WIDGET (self);
}

void
yihu_banner_ring (YihuBanner *self, gint64 urgency, const char *who, const char *detail)
{
  g_autofree char *spoken = g_strdup_printf (_ ("Call rings: %s"), who);

  yihu_badge_set_urgency (self->badge, urgency);
  yihu_label_set (self->who, who);
  yihu_label_set (self->detail, detail);
  yihu_widget_set_name (GTK_WIDGET (self), spoken);
  if (yihu_banner_is_ringing (self))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  self->blink_id = g_timeout_add (BLINK_MS, on_blink, self);
}

void
yihu_banner_set_wait (YihuBanner *self, const char *wait)
{
  yihu_inscription_set (self->wait, wait);
}

void
yihu_banner_stop (YihuBanner *self)
{
  g_clear_handle_id (&self->blink_id, g_source_remove);
  yihu_widget_release_focus (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

gboolean
yihu_banner_is_ringing (YihuBanner *self)
{
  return self->blink_id != 0;
}

void
yihu_banner_focus_answer (YihuBanner *self)
{
  gtk_widget_grab_focus (self->answer);
}
