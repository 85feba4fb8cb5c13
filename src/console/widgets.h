/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"

/* The small pieces that every screen shares: badges, tags, alert label, key-value rows, and the
 * one-line setters that touch a widget only when something changed. */

G_BEGIN_DECLS

/* "▲ Urgent" in its colour: colour, shape and word. */
GtkWidget *yihu_badge_new (void);
void yihu_badge_set_urgency (GtkWidget *badge, gint64 urgency);

/* A bordered word: "Subsidy class A". @css_class (nullable): "p3t". */
GtkWidget *yihu_tag_new (const char *text, const char *css_class);

/* A label of role ALERT: mapped from the beginning and empty; setting its text is what a screen
 * reader hears (hidden -> shown emits nothing in GTK 4.8). */
GtkWidget *yihu_alert_label_new (void);
void yihu_alert_label_say (GtkWidget *label, const char *text);

/* Set only what differs: no relayout, no redraw, no accessible event otherwise. */
void yihu_label_set (GtkWidget *label, const char *text);
void yihu_inscription_set (GtkWidget *inscription, const char *text);
void yihu_widget_set_class (GtkWidget *widget, const char *css_class, gboolean on);
void yihu_widget_set_name (GtkWidget *widget, const char *accessible_name);

/* Figures that change each second: an inscription of fixed width, so that a beat is one redraw and
 * no layout. Right aligned. */
GtkWidget *yihu_figure_new (guint n_chars, const char *css_class);

/* "Phone   138 3790 4412": dim key of a common width, ellipsized value. */
GtkWidget *yihu_pair_new (const char *key, GtkWidget **value);

/* GTK 4.8 leaves the focus in a widget that goes out of sight or becomes insensitive. An entry then
 * warns at its next blink, and a button swallows every key, accelerators too: after F2 on a focused
 * button the desk was deaf. So take the focus out before hiding a part of a window … */
void yihu_widget_release_focus (GtkWidget *widget);
/* … and make insensitive by this what can have the focus. */
void yihu_widget_set_sensitive (GtkWidget *widget, gboolean sensitive);

G_END_DECLS
