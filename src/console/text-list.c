/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Drop-downs of strings that keep their place. */

#include "console/text-list.h"

static void
on_text_setup (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (cell, label);
}

static void
on_text_bind (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  GtkStringObject *text = gtk_list_item_get_item (cell);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (cell)),
                      gtk_string_object_get_string (text));
}

void
yihu_text_list_dress (GtkDropDown *list)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_text_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_text_bind), NULL);
  gtk_drop_down_set_factory (list, factory);
}

void
yihu_text_list_fill (GtkDropDown *list, GtkStringList *texts, guint selected)
{
  gtk_drop_down_set_model (list, G_LIST_MODEL (texts));
  gtk_drop_down_set_selected (list, selected);
  g_object_unref (texts);
}
