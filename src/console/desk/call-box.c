/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The head of the card. Tags are rebuilt only when another person is shown; the timer is an
 * inscription, so a beat redraws one cell. */

#include "console/desk/call-box.h"

#include "console/widgets.h"
#include "console/words.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _YihuCallBox
{
  GtkBox parent_instance;

  GtkWidget *avatar;
  GtkWidget *name;
  GtkWidget *line;
  GtkWidget *badge;
  GtkWidget *tags;
  GtkWidget *detail;
  GtkWidget *state;
  GtkWidget *timer;
  gboolean compact;
};

G_DEFINE_FINAL_TYPE (YihuCallBox, yihu_call_box, GTK_TYPE_BOX)

static void
yihu_call_box_class_init (YihuCallBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/cn/yihu/Console/ui/desk/call-box.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuCallBox, avatar);
  gtk_widget_class_bind_template_child (widget_class, YihuCallBox, name);
  gtk_widget_class_bind_template_child (widget_class, YihuCallBox, line);
  gtk_widget_class_bind_template_child (widget_class, YihuCallBox, badge);
  gtk_widget_class_bind_template_child (widget_class, YihuCallBox, tags);
  gtk_widget_class_bind_template_child (widget_class, YihuCallBox, detail);
  gtk_widget_class_bind_template_child (widget_class, YihuCallBox, state);
  gtk_widget_class_bind_template_child (widget_class, YihuCallBox, timer);
}

static void
yihu_call_box_init (YihuCallBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  yihu_call_box_set_urgency (self, -1);
  yihu_call_box_set_timer (self, "");
}

GtkWidget *
yihu_call_box_new (void)
{
  return g_object_new (YIHU_TYPE_CALL_BOX, NULL);
}

static void
call_box_clear_tags (YihuCallBox *self)
{
  GtkWidget *tag;

  while ((tag = gtk_widget_get_first_child (self->tags)) != NULL)
    gtk_box_remove (GTK_BOX (self->tags), tag);
}

static void
call_box_add_tag (YihuCallBox *self, const char *text, const char *css_class)
{
  gtk_box_append (GTK_BOX (self->tags), yihu_tag_new (text, css_class));
}

static void
call_box_make_tags (YihuCallBox *self, const YihuElder *elder)
{
  call_box_clear_tags (self);
  if (elder->status != YIHU_ELDER_ACTIVE)
    call_box_add_tag (self,
                      elder->status == YIHU_ELDER_DECEASED ? _ ("Registered as deceased")
                                                           : _ ("Moved away"),
                      "p3t");
  if (elder->risk != YIHU_RISK_NORMAL)
    call_box_add_tag (self, yihu_words_risk (elder->risk),
                      elder->risk == YIHU_RISK_HIGH ? "p3t" : "p2t");
  if (elder->ability != YIHU_ABILITY_ABLE)
    call_box_add_tag (self, yihu_words_ability (elder->ability), NULL);
  if (elder->subsidy != YIHU_SUBSIDY_NONE)
    call_box_add_tag (self, yihu_words_subsidy (elder->subsidy), NULL);
}

static char *
call_box_make_detail (const YihuElder *elder,
                      const char *source,
                      const char *place,
                      gboolean unlocked)
{
  GString *text = g_string_new (source);

  if (*place != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? "　" : "", place);
  if (unlocked && elder->key_holder != NULL && *elder->key_holder != '\0')
    {
      g_string_append (text, "　");
      g_string_append_printf (text, _ ("Key: %s"), elder->key_holder);
    }
  if (elder->dialect != NULL && *elder->dialect != '\0')
    {
      g_string_append (text, "　");
      g_string_append_printf (text, _ ("Speaks %s"), elder->dialect);
    }
  return g_string_free (text, FALSE);
}

void
yihu_call_box_show_elder (YihuCallBox *self,
                          const YihuElder *elder,
                          int today,
                          const char *source,
                          const char *place,
                          gboolean unlocked)
{
  g_autofree char *line = yihu_words_person_line (elder, today);
  g_autofree char *detail = call_box_make_detail (elder, source, place, unlocked);
  g_autofree char *name = elder->appellation != NULL && *elder->appellation != '\0'
                              ? g_strdup_printf ("%s（%s）", elder->name, elder->appellation)
                              : g_strdup (elder->name);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", name, line);

  gtk_widget_set_visible (self->avatar, !self->compact);
  adw_avatar_set_text (ADW_AVATAR (self->avatar), elder->name);
  yihu_label_set (self->name, elder->name);
  gtk_widget_set_tooltip_text (self->name, name);
  yihu_label_set (self->line, line);
  yihu_label_set (self->detail, detail);
  gtk_widget_set_tooltip_text (self->detail, detail);
  call_box_make_tags (self, elder);
  yihu_widget_set_name (GTK_WIDGET (self), spoken);
}

void
yihu_call_box_show_words (YihuCallBox *self, const char *title, const char *detail)
{
  gtk_widget_set_visible (self->avatar, FALSE);
  adw_avatar_set_text (ADW_AVATAR (self->avatar), "");
  yihu_label_set (self->name, title);
  gtk_widget_set_tooltip_text (self->name, NULL);
  gtk_widget_set_tooltip_text (self->detail, NULL);
  yihu_label_set (self->line, "");
  yihu_label_set (self->detail, detail);
  call_box_clear_tags (self);
  yihu_widget_set_name (GTK_WIDGET (self), title);
}

void
yihu_call_box_set_urgency (YihuCallBox *self, gint64 urgency)
{
  gtk_widget_set_visible (self->badge, urgency >= 0);
  if (urgency >= 0)
    yihu_badge_set_urgency (self->badge, urgency);
}

void
yihu_call_box_set_call (YihuCallBox *self, YihuCallBoxMood mood, const char *words)
{
  static const char *const classes[] = { "quiet", "ringing", "talking", "held", "wrapup" };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    yihu_widget_set_class (GTK_WIDGET (self), classes[i], i == mood);
  yihu_label_set (self->state, words);
}

void
yihu_call_box_set_compact (YihuCallBox *self, gboolean compact)
{
  const char *text = adw_avatar_get_text (ADW_AVATAR (self->avatar));

  self->compact = compact;
  gtk_widget_set_visible (self->avatar, !compact && text != NULL && *text != '\0');
}

void
yihu_call_box_set_timer (YihuCallBox *self, const char *timer)
{
  yihu_inscription_set (self->timer, timer);
  gtk_widget_set_visible (self->timer, *timer != '\0');
}
