/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The log-in window. It asks and tells; it logs nobody in. The password leaves the entry only with
 * the signal and is cleared after a failure. What is wrong is said once, for those who listen; the
 * seconds of a lock are counted on the button, for those who look. */

#include "console/login-window.h"

#include "console/qr-code.h"
#include "console/widgets.h"

#include <glib/gi18n.h>

#define SECRET_GROUP 4 /* characters, as people read them out */

struct _YihuLoginWindow
{
  AdwApplicationWindow parent_instance;

  GtkStack *pages;
  GtkWidget *form;
  GtkEditable *login;
  GtkEditable *password;
  GtkWidget *submit;
  GtkWidget *factor;
  GtkWidget *enrolment;
  GtkPicture *qr;
  GtkLabel *secret;
  GtkEditable *code;
  GtkWidget *submit_code;
  GtkWidget *recovery;
  GtkLabel *recovery_codes;
  GtkWidget *kept;
  GtkWidget *sentence;
  GtkProgressBar *progress;
  GtkWidget *cancel;
  gint64 locked_until_us; /* monotonic */
  guint countdown; /* source id */
};

G_DEFINE_FINAL_TYPE (YihuLoginWindow, yihu_login_window, ADW_TYPE_APPLICATION_WINDOW)

static guint submitted_signal;
static guint cancelled_signal;
static guint code_signal;
static guint confirmed_signal;

static void
login_window_set_busy (YihuLoginWindow *self, gboolean busy)
{
  yihu_widget_set_sensitive (GTK_WIDGET (self->pages), !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), busy);
  gtk_widget_set_visible (self->cancel, busy);
  if (!busy)
    return;
  yihu_alert_label_say (self->sentence, "");
  gtk_progress_bar_set_text (self->progress, _ ("Logging in…"));
  gtk_progress_bar_pulse (self->progress);
}

/* The lock is the server's; whoever tries all the same is told again. */
static gboolean
is_locked (YihuLoginWindow *self)
{
  return g_get_monotonic_time () < self->locked_until_us;
}

static void
set_buttons (YihuLoginWindow *self, const char *label, gboolean sensitive)
{
  GtkWidget *buttons[] = { self->submit, self->submit_code };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      gtk_button_set_label (GTK_BUTTON (buttons[i]), label);
      yihu_widget_set_sensitive (buttons[i], sensitive);
    }
}

static gboolean
on_countdown (gpointer data)
{
  YihuLoginWindow *self = data;
  gint64 left_us = self->locked_until_us - g_get_monotonic_time ();
  g_autofree char *label = NULL;

  if (left_us <= 0)
    {
      self->countdown = 0;
      set_buttons (self, _ ("Log in"), TRUE);
      yihu_alert_label_say (self->sentence, _ ("You can try again now."));
      return G_SOURCE_REMOVE;
    }
  label = g_strdup_printf (_ ("Log in (in %d s)"), (int) (left_us / G_USEC_PER_SEC) + 1);
  set_buttons (self, label, FALSE);
  return G_SOURCE_CONTINUE;
}

static void
on_submit (YihuLoginWindow *self)
{
  g_autofree char *login = g_strstrip (g_strdup (gtk_editable_get_text (self->login)));
  g_autofree char *password = g_strdup (gtk_editable_get_text (self->password));

  if (is_locked (self))
    return;
  if (*login == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->login));
  else if (*password == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->password));
  else
    {
      login_window_set_busy (self, TRUE);
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
on_code (YihuLoginWindow *self)
{
  g_autofree char *code = g_strstrip (g_strdup (gtk_editable_get_text (self->code)));

  if (is_locked (self))
    return;
  if (*code == '\0')
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->code));
      return;
    }
  login_window_set_busy (self, TRUE);
  g_signal_emit (self, code_signal, 0, code);
}

static void
on_back (YihuLoginWindow *self)
{
  yihu_alert_label_say (self->sentence, "");
  gtk_stack_set_visible_child (self->pages, self->form);
  gtk_editable_set_text (self->password, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->login));
}

static void
on_kept (YihuLoginWindow *self)
{
  gtk_label_set_text (self->recovery_codes, "");
  g_signal_emit (self, confirmed_signal, 0);
}

static void
yihu_login_window_dispose (GObject *object)
{
  YihuLoginWindow *self = YIHU_LOGIN_WINDOW (object);

  g_clear_handle_id (&self->countdown, g_source_remove);
  G_OBJECT_CLASS (yihu_login_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, form);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, login);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, password);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, submit);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, factor);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, enrolment);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, qr);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, secret);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, code);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, submit_code);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, recovery);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, recovery_codes);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, kept);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, sentence);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, YihuLoginWindow, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_submit);
  gtk_widget_class_bind_template_callback (widget_class, on_code);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_kept);
}

static void
yihu_login_window_class_init (YihuLoginWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = yihu_login_window_dispose;
  submitted_signal = g_signal_new ("submitted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  code_signal = g_signal_new ("code", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                              G_TYPE_STRING);
  confirmed_signal =
      g_signal_new ("confirmed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  cancelled_signal =
      g_signal_new ("cancelled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/cn/yihu/Console/ui/login-window.ui");
  bind_children (widget_class);
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
  gtk_stack_set_visible_child (self->pages, self->form);
  gtk_editable_set_text (self->password, "");
  yihu_alert_label_say (self->sentence, sentence);
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

void
yihu_login_window_lock (YihuLoginWindow *self, const char *sentence, guint wait_s)
{
  g_return_if_fail (YIHU_IS_LOGIN_WINDOW (self));

  yihu_login_window_fail (self, sentence);
  self->locked_until_us = g_get_monotonic_time () + (gint64) wait_s * G_USEC_PER_SEC;
  g_clear_handle_id (&self->countdown, g_source_remove);
  self->countdown = g_timeout_add_seconds (1, on_countdown, self);
  on_countdown (self);
}

/* "ABCD EFGH …" */
static char *
group_secret (const char *secret)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; secret[i] != '\0'; i++)
    {
      if (i > 0 && i % SECRET_GROUP == 0)
        g_string_append_c (text, ' ');
      g_string_append_c (text, secret[i]);
    }
  return g_string_free (text, FALSE);
}

static void
show_seed (YihuLoginWindow *self, const char *secret, const char *uri)
{
  g_autofree char *text = secret != NULL ? group_secret (secret) : NULL;
  g_autoptr (GdkTexture) texture = uri != NULL ? yihu_qr_code_new (uri) : NULL;

  gtk_widget_set_visible (self->enrolment, text != NULL);
  gtk_label_set_text (self->secret, text != NULL ? text : "");
  gtk_picture_set_paintable (self->qr, GDK_PAINTABLE (texture));
}

void
yihu_login_window_ask_code (YihuLoginWindow *self,
                            const char *secret,
                            const char *uri,
                            const char *sentence)
{
  g_return_if_fail (YIHU_IS_LOGIN_WINDOW (self));

  login_window_set_busy (self, FALSE);
  show_seed (self, secret, uri);
  gtk_editable_set_text (self->password, "");
  gtk_editable_set_text (self->code, "");
  gtk_stack_set_visible_child (self->pages, self->factor);
  yihu_alert_label_say (self->sentence, sentence);
  gtk_widget_grab_focus (GTK_WIDGET (self->code));
}

void
yihu_login_window_show_recovery (YihuLoginWindow *self, const char *const *codes)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_if_fail (YIHU_IS_LOGIN_WINDOW (self));

  for (guint i = 0; codes[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", codes[i], i % 2 == 0 ? "    " : "\n");
  login_window_set_busy (self, FALSE);
  yihu_alert_label_say (self->sentence, "");
  show_seed (self, NULL, NULL);
  gtk_label_set_text (self->recovery_codes, g_strchomp (text->str));
  gtk_stack_set_visible_child (self->pages, self->recovery);
  gtk_widget_grab_focus (self->kept);
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
