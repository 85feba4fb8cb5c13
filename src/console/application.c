/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The frame: log-in, then the screen of the role; later log-ins when the server turned the session
 * away. Such a log-in never takes the keyboard from somebody who types: then it waits behind the
 * button of the status bar ("app.log-in"). It holds what it composes and hands it to screens
 * through their context; it is not a place where screens look things up. */

#include "console/application.h"

#include "base/error.h"
#include "console/login-window.h"
#include "console/resources.h"
#include "console/screen-lock.h"
#include "console/words.h"

#include <glib/gi18n.h>
#include <string.h>

struct _YihuApplication
{
  AdwApplication parent_instance;

  YihuBook *book; /* (owned) */
  YihuTicker *ticker; /* (owned) */
  YihuPhoneFactory make_phone; /* (nullable) */
  char *area_code; /* (owned) */
  YihuScreenLock *lock; /* (owned) */
  GPtrArray *screens; /* (owned) const YihuScreen, not owned */
  char *asked_screen; /* (owned) (nullable) */
  char *login; /* (owned) (nullable) */
  char *password; /* (owned) (nullable) until it has led to a log-in, or to none */
  YihuLoginWindow *login_window; /* (nullable) owned by GTK */
  GCancellable *cancellable; /* (owned) */
  GCancellable *login_cancellable; /* (owned) (nullable): of the last log-in */
  gboolean opened; /* a screen has been opened */
};

G_DEFINE_FINAL_TYPE (YihuApplication, yihu_application, ADW_TYPE_APPLICATION)

static void
application_begin_login (YihuApplication *self, const char *login, const char *password);
static void application_open_for_account (YihuApplication *self);

static void
application_cancel_login (YihuApplication *self)
{
  g_cancellable_cancel (self->login_cancellable);
}

void
yihu_console_register_resources (void)
{
  /* A static library drops an object that nobody names, and the resource with it. */
  yihu_console_register_resource ();
}

static const YihuScreen *
application_find_screen (YihuApplication *self, const char *name)
{
  for (guint i = 0; i < self->screens->len; i++)
    {
      const YihuScreen *screen = g_ptr_array_index (self->screens, i);

      if (g_strcmp0 (screen->name, name) == 0)
        return screen;
    }
  return NULL;
}

static const YihuScreen *
application_find_home (YihuApplication *self, guint role_bit)
{
  for (guint i = 0; i < self->screens->len; i++)
    {
      const YihuScreen *screen = g_ptr_array_index (self->screens, i);

      if (screen->home_roles & role_bit)
        return screen;
    }
  return NULL;
}

static GtkWindow *
application_find_window (YihuApplication *self, const YihuScreen *screen)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (g_object_get_data (l->data, "yihu-screen") == screen)
      return l->data;
  return NULL;
}

static void
application_open (YihuApplication *self, const YihuScreen *screen)
{
  GtkWindow *window = application_find_window (self, screen);
  YihuScreenContext context = { GTK_APPLICATION (self), self->book, self->ticker, self->make_phone,
                                self->area_code };

  if (window == NULL)
    {
      yihu_keys_install (screen->keys, screen->n_keys, GTK_APPLICATION (self));
      window = screen->create (&context);
      g_object_set_data (G_OBJECT (window), "yihu-screen", (gpointer) screen);
      if (!screen->never_locks)
        yihu_screen_lock_guard (self->lock, ADW_APPLICATION_WINDOW (window), screen);
    }
  self->opened = TRUE;
  gtk_window_present (window);
}

/* An open screen belongs to who opened it: its seat, its texts. */
static gboolean
application_is_of_another (YihuApplication *self, const char *login)
{
  YihuAccount *account = yihu_book_get_account (self->book);

  return self->opened && account != NULL && g_strcmp0 (account->login, login) != 0;
}

/* The password goes out again, now with the code. */
static void
application_show_code (YihuApplication *self, const char *code)
{
  g_autofree char *login = g_strdup (self->login);
  g_autofree char *password = g_steal_pointer (&self->password);

  yihu_session_set_code (yihu_book_get_session (self->book), code);
  application_begin_login (self, login, password != NULL ? password : "");
}

static YihuLoginWindow *
application_get_login_window (YihuApplication *self)
{
  if (self->login_window == NULL)
    {
      GtkWindow *over = gtk_application_get_active_window (GTK_APPLICATION (self));

      self->login_window = yihu_login_window_new (GTK_APPLICATION (self), self->login);
      gtk_window_set_transient_for (GTK_WINDOW (self->login_window), over);
      g_object_add_weak_pointer (G_OBJECT (self->login_window), (gpointer *) &self->login_window);
      g_signal_connect_object (self->login_window, "cancelled",
                               G_CALLBACK (application_cancel_login), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->login_window, "submitted",
                               G_CALLBACK (application_begin_login), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->login_window, "code", G_CALLBACK (application_show_code), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->login_window, "confirmed",
                               G_CALLBACK (application_open_for_account), self, G_CONNECT_SWAPPED);
    }
  gtk_window_present (GTK_WINDOW (self->login_window));
  return self->login_window;
}

static void
application_open_for_account (YihuApplication *self)
{
  YihuAccount *account = yihu_book_get_account (self->book);
  guint role_bit = account != NULL ? YIHU_ROLE_BIT (account->role) : 0;
  const YihuScreen *screen = self->asked_screen != NULL
                                 ? application_find_screen (self, self->asked_screen)
                                 : application_find_home (self, role_bit);

  if (screen == NULL || !(screen->roles & role_bit))
    {
      yihu_login_window_fail (application_get_login_window (self),
                              _ ("This account has no screen here: its role is served elsewhere."));
      return;
    }
  yihu_screen_lock_uncover (self->lock);
  application_open (self, screen);
  if (self->login_window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->login_window));
}

static void
application_forget_password (YihuApplication *self)
{
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_clear_pointer (&self->password, g_free);
}

static void
application_tell_refusal (YihuApplication *self, const GError *error)
{
  const YihuLoginRefusal *refusal = yihu_session_get_refusal (yihu_book_get_session (self->book));
  YihuLoginWindow *window = application_get_login_window (self);
  /* Over an open screen the copy is there, whether or not the centre can be reached. */
  gboolean is_away = self->opened
                     && (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE)
                         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT));
  g_autofree char *sentence =
      is_away ? yihu_words_error (error) : yihu_words_login_refusal (error, refusal->factor);
  gboolean asks = g_error_matches (error, YIHU_ERROR, YIHU_ERROR_SECOND_FACTOR)
                  && g_strcmp0 (refusal->factor, "lost") != 0;

  g_info ("log-in: %s", error->message);
  if (!asks || refusal->retry_after_s > 0)
    application_forget_password (self);
  if (refusal->retry_after_s > 0)
    yihu_login_window_lock (window, sentence, refusal->retry_after_s);
  else if (asks)
    yihu_login_window_ask_code (window, refusal->secret, refusal->uri, sentence);
  else
    yihu_login_window_fail (window, sentence);
}

static void
on_login_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuApplication) self = data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) recovery = NULL;

  if (yihu_book_login_finish (self->book, result, &error))
    {
      application_forget_password (self);
      recovery = yihu_session_take_recovery (yihu_book_get_session (self->book));
      if (recovery != NULL)
        yihu_login_window_show_recovery (application_get_login_window (self),
                                         (const char *const *) recovery);
      else
        application_open_for_account (self);
    }
  else if (!g_cancellable_is_cancelled (self->cancellable))
    application_tell_refusal (self, error);
  g_application_release (G_APPLICATION (self));
}

static void
application_begin_login (YihuApplication *self, const char *login, const char *password)
{
  char *name = g_strdup (login);
  char *kept = g_strdup (password);

  application_forget_password (self);
  if (application_is_of_another (self, login))
    {
      yihu_login_window_fail (application_get_login_window (self),
                              _ ("The open screen belongs to somebody else. Close it first, or log "
                                 "in with the account that opened it."));
      explicit_bzero (kept, strlen (kept));
      g_free (kept);
      g_free (name);
      return;
    }
  g_free (self->login);
  self->login = name;
  self->password = kept;
  g_application_hold (G_APPLICATION (self));
  g_clear_object (&self->login_cancellable);
  self->login_cancellable = g_cancellable_new ();
  yihu_book_login_async (self->book, name, kept, self->login_cancellable, on_login_ready,
                         g_object_ref (self));
}

static gboolean
application_is_typed_in (YihuApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  GtkWidget *focus = window != NULL ? gtk_window_get_focus (window) : NULL;

  return focus != NULL && (GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus));
}

/* The copy is gone or locked: what is typed has nowhere to go any more. */
static gboolean
application_is_withdrawn (YihuApplication *self)
{
  const GError *error = yihu_book_get_error (self->book);

  return g_error_matches (error, YIHU_ERROR, YIHU_ERROR_WIPE)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT);
}

/* Screens hold what they show: where the copy was taken away they go too. Each writes nothing more,
 * because there is nothing left to write to. */
static void
application_close_screens (YihuApplication *self)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  for (GList *l = windows; l != NULL; l = l->next)
    if (l->data != self->login_window)
      gtk_window_destroy (l->data);
  self->opened = FALSE;
}

/* Says why a new log-in is needed, over the open screen where there still is one. */
static void
application_ask_again (YihuApplication *self)
{
  const GError *error = yihu_book_get_error (self->book);
  gint64 left = yihu_book_get_left_sealed (self->book);
  YihuLoginWindow *window = application_get_login_window (self);
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_WIPE))
    {
      sentence = g_strdup_printf (_ ("The centre has withdrawn this account's access: the local "
                                     "copy and its keys have been "
                                     "removed. Not yet sent and still sealed here: %d."),
                                  (int) left);
      application_close_screens (self);
    }
  else if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT))
    {
      sentence = g_strdup_printf (
          _ ("The local copy is locked: the centre has not answered for too long. It opens again "
             "as soon as the centre answers. Not yet sent and kept: %d."),
          (int) left);
      application_close_screens (self);
    }
  else
    sentence = g_error_matches (error, YIHU_ERROR, YIHU_ERROR_VERSION)
                   ? yihu_words_error (error)
                   : g_strdup (_ ("The centre has ended this session. Log in again; the screen and "
                                  "what waits to be sent are kept."));
  yihu_login_window_fail (window, sentence);
}

/* The first snapshot of a large city takes seconds: the window then shows how far it is. The server
 * may also turn a running session away: log in again over the open screen. */
static void
on_book_state (YihuApplication *self)
{
  YihuBookState state = yihu_book_get_state (self->book);
  double progress = 0;

  if (state == YIHU_BOOK_FETCHING && !self->opened)
    {
      g_autofree char *sentence = yihu_words_fetch (yihu_book_get_fetch (self->book));

      g_object_get (self->book, "progress", &progress, NULL);
      yihu_login_window_set_progress (application_get_login_window (self), progress, sentence);
    }
  else if (state == YIHU_BOOK_REFUSED && self->opened
           && (application_is_withdrawn (self) || !application_is_typed_in (self)))
    application_ask_again (self);
}

static void
on_log_in_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuApplication *self = data;

  if (yihu_book_get_state (self->book) == YIHU_BOOK_REFUSED)
    application_ask_again (self);
}

static void
on_screen_activated (GSimpleAction *action, GVariant *name, gpointer data)
{
  YihuApplication *self = data;
  YihuAccount *account = yihu_book_get_account (self->book);
  const YihuScreen *screen = application_find_screen (self, g_variant_get_string (name, NULL));

  if (screen != NULL && account != NULL && (screen->roles & YIHU_ROLE_BIT (account->role)))
    application_open (self, screen);
}

/* Ends the work of a person at this computer: nobody opens the copy afterwards without the centre.
 */
static void
application_log_out (YihuApplication *self)
{
  YihuLoginWindow *window = application_get_login_window (self);
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  for (GList *l = windows; l != NULL; l = l->next)
    if (l->data != window)
      gtk_window_close (l->data); /* each writes down what it holds */
  self->opened = FALSE;
  yihu_book_logout (self->book);
}

/* Asks first: the button lies within reach of a hand that wanted something else, and a call may be
 * going on. */
static void
on_logout_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuApplication *self = data;
  GtkWindow *over = gtk_application_get_active_window (GTK_APPLICATION (self));
  GtkWidget *question;

  if (over == NULL || ADW_IS_MESSAGE_DIALOG (over) || yihu_book_get_account (self->book) == NULL)
    return;
  question = adw_message_dialog_new (
      over, _ ("Log out?"),
      _ ("The screen closes, and a call on it ends. The local copy opens again only when the "
         "centre answers; what waits to be sent is kept."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (question), "cancel", _ ("Stay"), "logout",
                                    _ ("Log out"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (question), "logout",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (question), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (question), "cancel");
  g_signal_connect_object (question, "response::logout", G_CALLBACK (application_log_out), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (question));
}

static void
on_lock_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  yihu_screen_lock_cover (YIHU_APPLICATION (data)->lock);
}

static void
on_quit_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (data));

  /* Each window writes down what it holds when it closes. */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
  g_application_quit (data);
}

static void
yihu_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { "quit", on_quit_activated, NULL, NULL, NULL, { 0 } },
    { "log-in", on_log_in_activated, NULL, NULL, NULL, { 0 } },
    { "logout", on_logout_activated, NULL, NULL, NULL, { 0 } },
    { "lock", on_lock_activated, NULL, NULL, NULL, { 0 } },
    { "screen", on_screen_activated, "s", NULL, NULL, { 0 } }
  };
  YihuApplication *self = YIHU_APPLICATION (application);

  G_APPLICATION_CLASS (yihu_application_parent_class)->startup (application);
  /* A blinking cursor is sixty frames a second, and a key's frame waits for the one before it. */
  g_object_set (gtk_settings_get_default (), "gtk-cursor-blink", FALSE, NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (self->book, "notify::state", G_CALLBACK (on_book_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "notify::progress", G_CALLBACK (on_book_state), self,
                           G_CONNECT_SWAPPED);
}

static void
yihu_application_activate (GApplication *application)
{
  YihuApplication *self = YIHU_APPLICATION (application);
  g_autofree char *login = g_strdup (self->login);
  g_autofree char *password = g_steal_pointer (&self->password);

  if (login != NULL && password != NULL)
    application_begin_login (self, login, password);
  else if (!self->opened)
    application_get_login_window (self);
}

static void
yihu_application_shutdown (GApplication *application)
{
  YihuApplication *self = YIHU_APPLICATION (application);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->login_cancellable);
  yihu_book_end (self->book);
  G_APPLICATION_CLASS (yihu_application_parent_class)->shutdown (application);
}

static void
yihu_application_finalize (GObject *object)
{
  YihuApplication *self = YIHU_APPLICATION (object);

  g_clear_object (&self->book);
  g_clear_object (&self->lock);
  g_clear_object (&self->ticker);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->login_cancellable);
  g_clear_weak_pointer (&self->login_window);
  g_ptr_array_unref (self->screens);
  g_free (self->area_code);
  g_free (self->asked_screen);
  g_free (self->login);
  application_forget_password (self);
  G_OBJECT_CLASS (yihu_application_parent_class)->finalize (object);
}

static void
yihu_application_class_init (YihuApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = yihu_application_finalize;
  application_class->startup = yihu_application_startup;
  application_class->activate = yihu_application_activate;
  application_class->shutdown = yihu_application_shutdown;
}

static void
yihu_application_init (YihuApplication *self)
{
  self->screens = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
}

YihuApplication *
yihu_application_new (YihuBook *book,
                      YihuTicker *ticker,
                      YihuPhoneFactory make_phone,
                      const char *area_code)
{
  /* Not unique: desk and wall of one computer may be two programs with two accounts. */
  YihuApplication *self =
      g_object_new (YIHU_TYPE_APPLICATION, "application-id", YIHU_APPLICATION_ID, "flags",
                    G_APPLICATION_NON_UNIQUE, "resource-base-path", YIHU_RESOURCE_PATH, NULL);

  self->book = g_object_ref (book);
  self->ticker = g_object_ref (ticker);
  self->make_phone = make_phone;
  self->lock = yihu_screen_lock_new (GTK_APPLICATION (self), book, ticker);
  self->area_code = g_strdup (area_code);
  return self;
}

void
yihu_application_add_screen (YihuApplication *self, const YihuScreen *screen)
{
  g_return_if_fail (YIHU_IS_APPLICATION (self));

  g_ptr_array_add (self->screens, (gpointer) screen);
}

void
yihu_application_set_start (YihuApplication *self,
                            const char *screen,
                            const char *login,
                            const char *password)
{
  g_return_if_fail (YIHU_IS_APPLICATION (self));

  g_free (self->asked_screen);
  g_free (self->login);
  g_free (self->password);
  self->asked_screen = g_strdup (screen);
  self->login = g_strdup (login);
  self->password = g_strdup (password);
}
