/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The help card, made from the table of keys. */

#include "console/help-overlay.h"

#include "console/widgets.h"

#include <glib/gi18n.h>

#define N_COLUMNS 2

GtkWidget *
yihu_help_overlay_new (const YihuKey *keys, guint n_keys)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *title = gtk_label_new (_ ("Keys"));
  GtkWidget *grid = gtk_grid_new ();
  int n_shown = 0;

  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 14);
  for (guint i = 0; i < n_keys; i++)
    {
      g_autofree char *cap = yihu_key_dup_cap (&keys[i]);
      GtkWidget *keycap, *label;

      if (cap == NULL)
        continue;
      keycap = yihu_keycap_new (cap);
      label = gtk_label_new (_ (keys[i].label));
      gtk_widget_set_halign (keycap, GTK_ALIGN_END);
      gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
      gtk_widget_set_size_request (label, 220, -1);
      gtk_grid_attach (GTK_GRID (grid), keycap, n_shown % N_COLUMNS * 2, n_shown / N_COLUMNS, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), label, n_shown % N_COLUMNS * 2 + 1, n_shown / N_COLUMNS, 1,
                       1);
      n_shown++;
    }
  gtk_widget_add_css_class (title, "title-3");
  gtk_box_append (GTK_BOX (card), title);
  gtk_box_append (GTK_BOX (card), grid);
  gtk_widget_add_css_class (card, "help-card");
  gtk_widget_set_halign (card, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (card, GTK_ALIGN_CENTER);
  yihu_widget_set_name (card, _ ("Keys"));
  return card;
}
