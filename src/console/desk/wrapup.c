/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Wrap-up 话后处理. The text of the form is saved already; this only asks how the call ended. */

#include "console/desk/wrapup.h"

#include "console/words.h"

struct _YihuWrapup
{
  GtkBox parent_instance;

  GtkWidget *outcomes;
  GtkWidget *save;
};

G_DEFINE_FINAL_TYPE (YihuWrapup, yihu_wrapup, GTK_TYPE_BOX)

static void
yihu_wrapup_class_init (YihuWrapupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/cn/yihu/Console/ui/desk/wrapup.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuWrapup, outcomes);
  gtk_widget_class_bind_template_child (widget_class, YihuWrapup, save);
}

static void
yihu_wrapup_init (YihuWrapup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
wrapup_add_outcome (YihuWrapup *self,
                    const YihuKey *keys,
                    guint n_keys,
                    const YihuField *field,
                    gint64 outcome)
{
  GtkWidget *button = gtk_toggle_button_new ();

  gtk_button_set_label (GTK_BUTTON (button), yihu_words_call_outcome (outcome));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.outcome");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", field->nicks[outcome]);
  yihu_keys_dress_button (keys, n_keys, GTK_BUTTON (button));
  gtk_flow_box_append (GTK_FLOW_BOX (self->outcomes), button);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
}

GtkWidget *
yihu_wrapup_new (const YihuKey *keys, guint n_keys)
{
  YihuWrapup *self = g_object_new (YIHU_TYPE_WRAPUP, NULL);
  const YihuField *field = yihu_record_type_find_field (&yihu_call_type, "outcome");

  for (gint64 outcome = YIHU_OUTCOME_ORDER; outcome <= YIHU_OUTCOME_OTHER; outcome++)
    wrapup_add_outcome (self, keys, n_keys, field, outcome);
  yihu_keys_dress_button (keys, n_keys, GTK_BUTTON (self->save));
  return GTK_WIDGET (self);
}
