/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The verbs of a screen and their keys: accelerators, keycaps, foot strip. Knows nothing of what a
 * verb does. The cap's text is made here and not by gtk_accelerator_get_label(), which says
 * "Ctrl+Return" and follows the locale: the caps on the operators' keyboards do not. */

#include "console/keys.h"

#include <glib/gi18n.h>
#include <string.h>

const YihuKey *
yihu_keys_find (const YihuKey *keys, guint n_keys, const char *action)
{
  for (guint i = 0; i < n_keys; i++)
    if (strcmp (keys[i].action, action) == 0)
      return &keys[i];
  return NULL;
}

static const char *
key_get_name (guint keyval)
{
  switch (keyval)
    {
    case GDK_KEY_Return:
      return "Enter";
    case GDK_KEY_Escape:
      return "Esc";
    case GDK_KEY_Page_Down:
      return "PgDn";
    case GDK_KEY_Page_Up:
      return "PgUp";
    default:
      return gdk_keyval_name (gdk_keyval_to_upper (keyval));
    }
}

char *
yihu_key_dup_cap (const YihuKey *key)
{
  g_auto (GStrv) accels = NULL;
  GdkModifierType modifiers;
  guint keyval;

  if (key->accels == NULL)
    return NULL;

  accels = g_strsplit (key->accels, "|", 2);
  g_return_val_if_fail (gtk_accelerator_parse (accels[0], &keyval, &modifiers), NULL);
  return g_strconcat (modifiers & GDK_CONTROL_MASK ? "Ctrl+" : "",
                      modifiers & GDK_ALT_MASK ? "Alt+" : "",
                      modifiers & GDK_SHIFT_MASK ? "Shift+" : "", key_get_name (keyval), NULL);
}

void
yihu_keys_install (const YihuKey *keys, guint n_keys, GtkApplication *application)
{
  for (guint i = 0; i < n_keys; i++)
    {
      g_auto (GStrv) accels = g_strsplit (keys[i].accels ? keys[i].accels : "", "|", -1);

      gtk_application_set_accels_for_action (application, keys[i].action,
                                             (const char *const *) accels);
    }
}

GtkWidget *
yihu_keycap_new (const char *cap)
{
  GtkWidget *label = gtk_label_new (cap);

  gtk_widget_add_css_class (label, "keycap");
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  return label;
}

static char *
button_dup_action (GtkButton *button)
{
  const char *name = gtk_actionable_get_action_name (GTK_ACTIONABLE (button));
  GVariant *target = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button));

  return name != NULL ? g_action_print_detailed_name (name, target) : NULL;
}

void
yihu_keys_dress_button (const YihuKey *keys, guint n_keys, GtkButton *button)
{
  g_autofree char *action = button_dup_action (button);
  g_autofree char *label = g_strdup (gtk_button_get_label (button));
  const YihuKey *key = action != NULL ? yihu_keys_find (keys, n_keys, action) : NULL;
  g_autofree char *cap = key != NULL ? yihu_key_dup_cap (key) : NULL;
  GtkWidget *box;

  if (label == NULL && key != NULL)
    label = g_strdup (_ (key->label));
  g_return_if_fail (label != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  if (cap == NULL)
    {
      gtk_button_set_label (button, label);
      return;
    }

  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), gtk_label_new (label));
  gtk_box_append (GTK_BOX (box), yihu_keycap_new (cap));
  gtk_button_set_child (button, box);
}

GtkWidget *
yihu_keys_make_strip (const YihuKey *keys, guint n_keys)
{
  GtkWidget *strip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);

  for (guint i = 0; i < n_keys; i++)
    {
      g_autofree char *cap = yihu_key_dup_cap (&keys[i]);
      GtkWidget *pair, *label;

      if (cap == NULL || !(keys[i].flags & YIHU_KEY_IN_STRIP))
        continue;
      pair = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);
      label = gtk_label_new (_ (keys[i].label));
      gtk_widget_add_css_class (label, "caption");
      gtk_box_append (GTK_BOX (pair), yihu_keycap_new (cap));
      gtk_box_append (GTK_BOX (pair), label);
      gtk_box_append (GTK_BOX (strip), pair);
    }
  return strip;
}
