/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The log-in window. It asks and tells; it logs nobody in. The password leaves the entry only with
 * the signal and is cleared after a failure. */

#include "console/login-window.h"

#include "console/widgets.h"

#include <glib/gi18n.h>

struct _YihuLoginWindow
{
  AdwApplicationWindow parent_instance;

  GtkWidget *form;
  GtkEditable *login;
  GtkEditable *password;
  GtkWidget *submit;
  GtkWidget *sentence;
  GtkProgressBar *progress;
  GtkWidget *cancel;
};

G_DEFINE_FINAL_TYPE (YihuLoginWindow, yihu_login_window, ADW_TYPE_APPLICATION_WINDOW)

static guint submitted_signal;
static guint cancelled_signal;

static void
login_window_set_busy (YihuLoginWindow *self, gboolean busy)
{
  yihu_widget_set_sensitive (self->form, !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), busy);
  gtk_widget_set_visible (self->cancel, busy);
}

static void
on_submit (YihuLoginWindow *self)
{
  g_autofree char *login = g_strstrip (g_strdup (gtk_editable_get_text (self->login)));
  g_autofree char *password = g_strdup (gtk_editable_get_text (self->password));

  if (*login == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->login));
  else if (*password == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->password));
  else
    {
      yihu_alert_label_say (self->sentence, "");
      login_window_set_busy (self, TRUE);
      gtk_progress_bar_set_text (self->progress, _ ("Logging in…"));
      gtk_progress_bar_pulse (self->progress);
      g_signal_emit (self, submitted_signal, 0, login, password);
    }
}

static void
on_cancel (YihuLoginWindow *self)
{
  if (gtk_widget_get_visible (self->cancel))
    g_signal_emit (self, cancelled_signal, 0);
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  on_cancel (YIHU_LOGIN_WINDOW (widget));
  return GDK_EVENT_STOP;
}

static void
yihu_login_window_class_init (YihuLoginWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  submitted_signal = g_signal_new ("submitted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  cancelled_signal = g_signal_new ("cancelled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/cn/yihu/Console/ui/login-window.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, form);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, login);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, password);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, submit);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, sentence);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_submit);
}

static void
yihu_login_window_init (YihuLoginWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
}

YihuLoginWindow *
yihu_login_window_new (GtkApplication *application, const char *login)
{
  YihuLoginWindow *self = g_object_new (YIHU_TYPE_LOGIN_WINDOW, "application", application, NULL);

  if (login != NULL)
    {
      gtk_editable_set_text (self->login, login);
      gtk_widget_grab_focus (GTK_WIDGET (self->password));
    }
  return self;
}

void
yihu_login_window_fail (YihuLoginWindow *self, const char *sentence)
{
  g_return_if_fail (YIHU_IS_LOGIN_WINDOW (self));

  login_window_set_busy (self, FALSE);
  gtk_editable_set_text (self->password, "");
  yihu_alert_label_say (self->sentence, sentence);
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

void
yihu_login_window_set_progress (YihuLoginWindow *self, double fraction, const char *sentence)
{
  g_return_if_fail (YIHU_IS_LOGIN_WINDOW (self));

  login_window_set_busy (self, TRUE);
  if (fraction > 0)
    gtk_progress_bar_set_fraction (self->progress, CLAMP (fraction, 0.0, 1.0));
  else
    gtk_progress_bar_pulse (self->progress);
  gtk_progress_bar_set_text (self->progress, sentence);
}
