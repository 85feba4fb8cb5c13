/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The cover. It asks and tells; it unlocks nothing. */

#include "console/lock-cover.h"

#include "console/widgets.h"
#include "console/words.h"
#include "domain/call.h"

#include <glib/gi18n.h>
#include <string.h>

struct _YihuLockCover
{
  AdwBin parent_instance;

  GtkWidget *strip;
  GtkWidget *call;
  GtkBox *verbs;
  GtkWidget *who;
  GtkEditable *password;
  GtkWidget *submit;
  GtkWidget *sentence;
};

G_DEFINE_FINAL_TYPE (YihuLockCover, yihu_lock_cover, ADW_TYPE_BIN)

static guint unlock_signal;

static void
on_submit (YihuLockCover *self)
{
  g_autofree char *password = g_strdup (gtk_editable_get_text (self->password));

  gtk_editable_set_text (self->password, "");
  if (*password == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->password));
  else
    g_signal_emit (self, unlock_signal, 0, password);
  explicit_bzero (password, strlen (password));
}

static void
yihu_lock_cover_class_init (YihuLockCoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  unlock_signal = g_signal_new ("unlock", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/cn/yihu/Console/ui/lock-cover.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuLockCover, strip);
  gtk_widget_class_bind_template_child (widget_class, YihuLockCover, call);
  gtk_widget_class_bind_template_child (widget_class, YihuLockCover, verbs);
  gtk_widget_class_bind_template_child (widget_class, YihuLockCover, who);
  gtk_widget_class_bind_template_child (widget_class, YihuLockCover, password);
  gtk_widget_class_bind_template_child (widget_class, YihuLockCover, submit);
  gtk_widget_class_bind_template_child (widget_class, YihuLockCover, sentence);
  gtk_widget_class_bind_template_callback (widget_class, on_submit);
}

static void
yihu_lock_cover_init (YihuLockCover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The button is there while its verb is possible. */
static void
add_verb (YihuLockCover *self, const YihuKey *keys, guint n_keys, const YihuKey *key)
{
  GtkWidget *button = gtk_button_new_with_label (_ (key->label));
  const char *verb = strchr (key->action, '.');
  g_autofree char *css_class = g_strconcat ("verb-", verb != NULL ? verb + 1 : "", NULL);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), key->action);
  yihu_keys_dress_button (keys, n_keys, GTK_BUTTON (button));
  gtk_widget_add_css_class (button, css_class);
  gtk_widget_set_focus_on_click (button, FALSE);
  g_object_bind_property (button, "sensitive", button, "visible", G_BINDING_SYNC_CREATE);
  gtk_box_append (self->verbs, button);
}

GtkWidget *
yihu_lock_cover_new (const char *who, const YihuKey *keys, guint n_keys)
{
  YihuLockCover *self = g_object_new (YIHU_TYPE_LOCK_COVER, NULL);
  g_autofree char *text =
      g_strdup_printf (_ ("%s: enter the password to go on. What you typed is kept."), who);

  yihu_label_set (self->who, text);
  for (guint i = 0; i < n_keys; i++)
    if (keys[i].flags & YIHU_KEY_WHILE_LOCKED)
      add_verb (self, keys, n_keys, &keys[i]);
  return GTK_WIDGET (self);
}

/* An ordinary call says only that it rings; (transfer full) */
static char *
describe_call (YihuLockCoverCall call, gboolean is_pressing, gint64 urgency)
{
  static const char *const sentences[] = {
    "",
    N_ ("● A call is ringing"),
    N_ ("● You are in a call. Unlock to see who it is."),
  };

  if (is_pressing) /* "▲ Urgent" */
    return g_strdup_printf (_ ("%s: a call is ringing"), yihu_words_urgency_badge (urgency));
  return g_strdup (call != YIHU_LOCK_COVER_QUIET ? _ (sentences[call]) : "");
}

void
yihu_lock_cover_set_call (YihuLockCover *self, YihuLockCoverCall call, gint64 urgency)
{
  gboolean is_pressing = call == YIHU_LOCK_COVER_RINGING && urgency >= YIHU_URGENCY_SOON;
  g_autofree char *sentence = describe_call (call, is_pressing, urgency);

  yihu_widget_set_class (self->strip, "ringing", call == YIHU_LOCK_COVER_RINGING);
  yihu_widget_set_class (self->strip, "talking", call == YIHU_LOCK_COVER_TALKING);
  yihu_widget_set_class (self->strip, "lockcall", call != YIHU_LOCK_COVER_QUIET);
  yihu_widget_set_class (self->call, "badge", is_pressing);
  yihu_widget_set_class (self->call, yihu_words_urgency_class (YIHU_URGENCY_SOON),
                         is_pressing && urgency == YIHU_URGENCY_SOON);
  yihu_widget_set_class (self->call, yihu_words_urgency_class (YIHU_URGENCY_URGENT),
                         is_pressing && urgency == YIHU_URGENCY_URGENT);
  yihu_alert_label_say (self->call, sentence);
}

void
yihu_lock_cover_refuse (YihuLockCover *self, const char *sentence)
{
  yihu_alert_label_say (self->sentence, sentence);
  yihu_lock_cover_focus (self);
}

void
yihu_lock_cover_focus (YihuLockCover *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}
