/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Basics and health of the person on the card. A missing fact reads "—", never nothing; an allergy
 * is red and named. */

#include "console/desk/card-panels.h"

#include "console/masking.h"
#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

struct _YihuCardPanels
{
  GtkBox parent_instance;

  GtkWidget *basics;
  GtkWidget *health;
  GtkWidget *phones;
  GtkWidget *kin_first;
  GtkWidget *kin_second;
  GtkWidget *id_row; /* only while it is shown */
  GtkWidget *id_card;
  GtkWidget *community;
  GtkWidget *hospital;
  GtkWidget *conditions;
  GtkWidget *medicines;
  GtkWidget *allergies;
  GtkWidget *mobility;
  GtkWidget *remarks;
};

G_DEFINE_FINAL_TYPE (YihuCardPanels, yihu_card_panels, GTK_TYPE_BOX)

static void
yihu_card_panels_class_init (YihuCardPanelsClass *klass)
{
}

static GtkWidget *
make_rows (void)
{
  return gtk_box_new (GTK_ORIENTATION_VERTICAL, 5);
}

static void
add_row (GtkWidget *rows, const char *key, GtkWidget **value)
{
  gtk_box_append (GTK_BOX (rows), yihu_pair_new (key, value));
}

/* What a person suffers from may not end in an ellipsis where there is room below. */
static void
wrap_row (GtkWidget *value, int lines)
{
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (value), lines);
}

static void
yihu_card_panels_init (YihuCardPanels *self)
{
  GtkWidget *basics = make_rows ();
  GtkWidget *health = make_rows ();

  gtk_box_set_spacing (GTK_BOX (self), 10);
  gtk_box_set_homogeneous (GTK_BOX (self), TRUE);
  add_row (basics, _ ("Phone"), &self->phones);
  add_row (basics, _ ("Kin"), &self->kin_first);
  add_row (basics, "", &self->kin_second);
  self->id_row = yihu_pair_new (_ ("ID number"), &self->id_card);
  gtk_label_set_selectable (GTK_LABEL (self->id_card), TRUE);
  gtk_box_append (GTK_BOX (basics), self->id_row);
  add_row (basics, _ ("Community"), &self->community);
  add_row (basics, _ ("Contracted hospital"), &self->hospital);
  add_row (health, _ ("Illnesses"), &self->conditions);
  add_row (health, _ ("Medicine"), &self->medicines);
  add_row (health, _ ("Allergy"), &self->allergies);
  add_row (health, _ ("Mobility"), &self->mobility);
  add_row (health, _ ("Remarks"), &self->remarks);
  wrap_row (self->conditions, 2);
  wrap_row (self->medicines, 2);
  wrap_row (self->allergies, 3);
  gtk_widget_add_css_class (self->phones, "num");
  gtk_widget_add_css_class (self->kin_first, "num");
  gtk_widget_add_css_class (self->kin_second, "num");
  gtk_widget_add_css_class (self->id_card, "num");
  self->basics = yihu_panel_new (_ ("Basics and contacts"), basics);
  self->health = yihu_panel_new (_ ("Health summary"), health);
  gtk_box_append (GTK_BOX (self), self->basics);
  gtk_box_append (GTK_BOX (self), self->health);
  yihu_card_panels_show (self, NULL, NULL, "", FALSE);
}

GtkWidget *
yihu_card_panels_new (void)
{
  return g_object_new (YIHU_TYPE_CARD_PANELS, NULL);
}

static void
show_text (GtkWidget *value, const char *text)
{
  const char *shown = text != NULL && *text != '\0' ? text : "—";

  yihu_label_set (value, shown);
  gtk_widget_set_tooltip_text (value, shown);
}

static void
show_kin (GtkWidget *value, GPtrArray *kin, guint rank, gboolean unlocked)
{
  g_autofree char *phone = NULL;
  g_autofree char *text = NULL;
  YihuKin *one;

  if (kin == NULL || kin->len <= rank)
    {
      show_text (value, rank == 0 ? NULL : " ");
      return;
    }
  one = g_ptr_array_index (kin, rank);
  phone = yihu_show_phone (one->phone, unlocked);
  text = g_strdup_printf ("%s %s %s%s%s%s", one->relation != NULL ? one->relation : "",
                          one->name != NULL ? one->name : "", phone,
                          one->place != NULL && *one->place != '\0' ? "（" : "",
                          one->place != NULL ? one->place : "",
                          one->place != NULL && *one->place != '\0' ? "）" : "");
  show_text (value, g_strstrip (text));
}

static void
show_health (YihuCardPanels *self, const YihuElder *elder)
{
  gboolean allergic = elder->allergies != NULL && *elder->allergies != '\0';

  show_text (self->conditions, elder->conditions);
  show_text (self->medicines, elder->medicines);
  show_text (self->allergies, allergic ? elder->allergies : _ ("none known"));
  yihu_widget_set_class (self->allergies, "allergy", allergic);
  show_text (self->mobility, elder->mobility);
  show_text (self->remarks, elder->remarks);
}

void
yihu_card_panels_show (YihuCardPanels *self,
                       const YihuElder *elder,
                       GPtrArray *kin,
                       const char *division,
                       gboolean unlocked)
{
  g_autofree char *phones = NULL;

  if (elder == NULL)
    {
      yihu_panel_set_state (YIHU_PANEL (self->basics), YIHU_PANEL_EMPTY,
                            _ ("Nobody is on the card. F3 finds an elder."));
      yihu_panel_set_state (YIHU_PANEL (self->health), YIHU_PANEL_EMPTY, "—");
      yihu_card_panels_set_lock (self, "", NULL);
      return;
    }
  phones = yihu_show_phones (elder, unlocked);
  show_text (self->phones, phones);
  show_kin (self->kin_first, kin, 0, unlocked);
  show_kin (self->kin_second, kin, 1, unlocked);
  show_text (self->community, division);
  show_text (self->hospital, elder->hospital);
  show_health (self, elder);
  yihu_panel_set_state (YIHU_PANEL (self->basics), YIHU_PANEL_CONTENT, NULL);
  yihu_panel_set_state (YIHU_PANEL (self->health), YIHU_PANEL_CONTENT, NULL);
}

void
yihu_card_panels_set_lock (YihuCardPanels *self, const char *note, const char *id_card)
{
  if (id_card == NULL)
    yihu_widget_release_focus (self->id_row);
  gtk_widget_set_visible (self->id_row, id_card != NULL);
  show_text (self->id_card, id_card);
  yihu_panel_set_note (YIHU_PANEL (self->basics), note);
}

void
yihu_card_panels_set_freshness (YihuCardPanels *self,
                                YihuBookState state,
                                gint64 synced_at_us,
                                gint64 now_us)
{
  yihu_panel_set_freshness (YIHU_PANEL (self->basics), state, synced_at_us, now_us);
  yihu_panel_set_freshness (YIHU_PANEL (self->health), state, synced_at_us, now_us);
}
