/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One lock for all windows of a console. Content that is covered is also hidden, so that neither a
 * screen reader nor a screen shot of the window has it; it is not destroyed, so that texts stay.
 * While it is covered only the keys of the verbs that stay possible are bound, and the focus stays
 * on the cover whoever asks for it.
 *
 * The password is compared with that of the open log-in, which the book keeps to come back after an
 * outage: unlocking needs neither server nor disk, and cannot fail when a life hangs on it. Whoever
 * guesses waits longer each time, but never so long that an operator in a call is kept from it.
 *
 * A call keeps the screen open, because who talks touches nothing. One that only rings does not: at
 * a desk that everybody left it would ring the cover away for ever. It puts the cover off, no more.
 */

#include "console/screen-lock.h"

#include "console/lock-cover.h"
#include "console/widgets.h"
#include "domain/call.h"

#include <glib/gi18n.h>

#define MAX_WRONG 5
#define FIRST_WAIT_US (30 * G_USEC_PER_SEC)
#define LONGEST_WAIT_US (120 * G_USEC_PER_SEC)

typedef struct
{
  AdwApplicationWindow *window; /* not owned: leaves the list when it goes */
  const YihuScreen *screen;
  GtkWidget *overlay;
  GtkWidget *content;
  GtkWidget *cover; /* (nullable) weak: while covered */
  GtkWidget *focus; /* (nullable) weak: where the person was */
} Guarded;

struct _YihuScreenLock
{
  GObject parent_instance;

  GtkApplication *application; /* not owned: it owns this */
  YihuBook *book; /* (owned) */
  YihuClock *clock; /* (owned) */
  GPtrArray *guarded; /* (owned) Guarded */
  gint64 touched_us; /* monotonic */
  double x; /* where the pointer was: GTK tells moves where there are none */
  double y;
  gboolean is_covered;
  guint n_wrong; /* passwords since the last right one or wait */
  gint64 wait_us; /* the next wait after MAX_WRONG of them */
  gint64 deaf_until_us; /* monotonic */
};

G_DEFINE_FINAL_TYPE (YihuScreenLock, yihu_screen_lock, G_TYPE_OBJECT)

static void
guarded_free (gpointer data)
{
  Guarded *guarded = data;

  g_clear_weak_pointer (&guarded->cover);
  g_clear_weak_pointer (&guarded->focus);
  g_free (guarded);
}

static void
touch (YihuScreenLock *self)
{
  self->touched_us = yihu_clock_get_monotonic_us (self->clock);
}

/* --- what the telephone does --- */

static gboolean
can_do (Guarded *guarded, const char *action)
{
  return GTK_IS_APPLICATION_WINDOW (guarded->window)
         && g_action_group_has_action (G_ACTION_GROUP (guarded->window), action)
         && g_action_group_get_action_enabled (G_ACTION_GROUP (guarded->window), action);
}

static gboolean
can_any_do (YihuScreenLock *self, const char *action)
{
  for (guint i = 0; i < self->guarded->len; i++)
    if (can_do (g_ptr_array_index (self->guarded, i), action))
      return TRUE;
  return FALSE;
}

static gint64
get_urgency (Guarded *guarded)
{
  return guarded->screen->get_urgency != NULL
             ? guarded->screen->get_urgency (GTK_WINDOW (guarded->window))
             : YIHU_URGENCY_GENERAL;
}

static void
tell_call (Guarded *guarded)
{
  if (guarded->cover != NULL)
    yihu_lock_cover_set_call (YIHU_LOCK_COVER (guarded->cover),
                              can_do (guarded, "answer")   ? YIHU_LOCK_COVER_RINGING
                              : can_do (guarded, "hangup") ? YIHU_LOCK_COVER_TALKING
                                                           : YIHU_LOCK_COVER_QUIET,
                              get_urgency (guarded));
}

static void
on_action_enabled (GActionGroup *group, const char *name, gboolean enabled, Guarded *guarded)
{
  if (g_str_equal (name, "answer") || g_str_equal (name, "hangup"))
    tell_call (guarded);
}

/* --- covering --- */

static void
bind_keys (YihuScreenLock *self, const YihuScreen *screen, gboolean only_while_locked)
{
  static const char *const none[] = { NULL };

  yihu_keys_install (screen->keys, screen->n_keys, self->application);
  for (guint i = 0; only_while_locked && i < screen->n_keys; i++)
    if (!(screen->keys[i].flags & YIHU_KEY_WHILE_LOCKED))
      gtk_application_set_accels_for_action (self->application, screen->keys[i].action, none);
}

static void on_unlock (YihuLockCover *cover, const char *password, YihuScreenLock *self);

static void
cover_window (YihuScreenLock *self, Guarded *guarded)
{
  YihuAccount *account = yihu_book_get_account (self->book);

  bind_keys (self, guarded->screen, TRUE);
  g_set_weak_pointer (&guarded->focus, gtk_root_get_focus (GTK_ROOT (guarded->window)));
  yihu_widget_release_focus (guarded->content);
  gtk_widget_set_visible (guarded->content, FALSE);
  g_set_weak_pointer (&guarded->cover,
                      yihu_lock_cover_new (account != NULL ? account->name : "",
                                           guarded->screen->keys, guarded->screen->n_keys));
  g_signal_connect_object (guarded->cover, "unlock", G_CALLBACK (on_unlock), self, 0);
  gtk_overlay_add_overlay (GTK_OVERLAY (guarded->overlay), guarded->cover);
  tell_call (guarded);
  yihu_lock_cover_focus (YIHU_LOCK_COVER (guarded->cover));
}

static void
uncover_window (YihuScreenLock *self, Guarded *guarded)
{
  GtkWidget *cover = guarded->cover;

  g_clear_weak_pointer (&guarded->cover); /* no longer covered: it gives the focus away */
  yihu_widget_release_focus (cover);
  gtk_overlay_remove_overlay (GTK_OVERLAY (guarded->overlay), cover);
  gtk_widget_set_visible (guarded->content, TRUE);
  bind_keys (self, guarded->screen, FALSE);
  if (guarded->focus != NULL)
    gtk_widget_grab_focus (guarded->focus);
  g_clear_weak_pointer (&guarded->focus);
}

void
yihu_screen_lock_cover (YihuScreenLock *self)
{
  if (self->is_covered || self->guarded->len == 0)
    return;
  self->is_covered = TRUE;
  for (guint i = 0; i < self->guarded->len; i++)
    cover_window (self, g_ptr_array_index (self->guarded, i));
}

gboolean
yihu_screen_lock_is_covered (YihuScreenLock *self)
{
  return self->is_covered;
}

void
yihu_screen_lock_uncover (YihuScreenLock *self)
{
  touch (self);
  self->n_wrong = 0;
  self->wait_us = FIRST_WAIT_US;
  if (!self->is_covered)
    return;
  self->is_covered = FALSE;
  for (guint i = 0; i < self->guarded->len; i++)
    uncover_window (self, g_ptr_array_index (self->guarded, i));
}

static void
refuse_for_now (YihuScreenLock *self, YihuLockCover *cover, gint64 now_us)
{
  gint64 left_us = self->deaf_until_us - now_us;
  g_autofree char *sentence =
      g_strdup_printf (_ ("Too many wrong passwords. Please wait %d s; calls can be answered "
                          "meanwhile."),
                       (int) ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));

  yihu_lock_cover_refuse (cover, sentence);
}

static void
on_unlock (YihuLockCover *cover, const char *password, YihuScreenLock *self)
{
  gint64 now_us = yihu_clock_get_monotonic_us (self->clock);

  if (now_us < self->deaf_until_us)
    refuse_for_now (self, cover, now_us);
  else if (yihu_book_check_password (self->book, password))
    yihu_screen_lock_uncover (self);
  else if (++self->n_wrong < MAX_WRONG)
    yihu_lock_cover_refuse (cover, _ ("The password is wrong."));
  else
    {
      self->n_wrong = 0;
      self->deaf_until_us = now_us + self->wait_us;
      self->wait_us = MIN (self->wait_us * 2, LONGEST_WAIT_US);
      refuse_for_now (self, cover, now_us);
    }
}

/* How urgent a call is may be known only after it rings. */
static void
on_tick (YihuScreenLock *self)
{
  gint64 patience_us = yihu_book_get_lock_minutes (self->book) * G_TIME_SPAN_MINUTE;

  for (guint i = 0; self->is_covered && i < self->guarded->len; i++)
    tell_call (g_ptr_array_index (self->guarded, i));
  if (can_any_do (self, "hangup"))
    touch (self);
  else if (!can_any_do (self, "answer")
           && yihu_clock_get_monotonic_us (self->clock) - self->touched_us >= patience_us)
    yihu_screen_lock_cover (self);
}

/* --- who is there --- */

static gboolean
on_event (GtkEventController *controller, GdkEvent *event, YihuScreenLock *self)
{
  double x = self->x;
  double y = self->y;

  switch (gdk_event_get_event_type (event))
    {
    case GDK_KEY_PRESS:
    case GDK_BUTTON_PRESS:
    case GDK_SCROLL:
    case GDK_TOUCH_BEGIN:
      touch (self);
      break;
    case GDK_MOTION_NOTIFY:
      gdk_event_get_position (event, &self->x, &self->y);
      if (x != self->x || y != self->y)
        touch (self);
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

/* What goes on behind the cover may ask for the focus: a call that comes, a card that opens. */
static void
on_focus_changed (GtkWindow *window, GParamSpec *pspec, Guarded *guarded)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  if (guarded->cover != NULL && (focus == NULL || !gtk_widget_is_ancestor (focus, guarded->cover)))
    yihu_lock_cover_focus (YIHU_LOCK_COVER (guarded->cover));
}

static void
on_window_gone (gpointer data, GObject *window)
{
  YihuScreenLock *self = data;

  for (guint i = self->guarded->len; i > 0; i--)
    if ((GObject *) ((Guarded *) g_ptr_array_index (self->guarded, i - 1))->window == window)
      g_ptr_array_remove_index (self->guarded, i - 1);
  if (self->guarded->len == 0)
    yihu_screen_lock_uncover (self); /* logged out: the next person has given a password */
}

void
yihu_screen_lock_guard (YihuScreenLock *self,
                        AdwApplicationWindow *window,
                        const YihuScreen *screen)
{
  GtkEventController *events;
  Guarded *guarded;

  g_return_if_fail (GTK_IS_OVERLAY (adw_application_window_get_content (window)));

  events = gtk_event_controller_legacy_new (); /* of any kind, in one place */
  guarded = g_new0 (Guarded, 1);
  guarded->window = window;
  guarded->screen = screen;
  guarded->overlay = adw_application_window_get_content (window);
  guarded->content = gtk_overlay_get_child (GTK_OVERLAY (guarded->overlay));
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_object (events, "event", G_CALLBACK (on_event), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (window), events);
  g_signal_connect (window, "notify::focus-widget", G_CALLBACK (on_focus_changed), guarded);
  g_signal_connect (window, "action-enabled-changed", G_CALLBACK (on_action_enabled), guarded);
  g_object_weak_ref (G_OBJECT (window), on_window_gone, self);
  g_ptr_array_add (self->guarded, guarded);
  touch (self);
  if (self->is_covered)
    cover_window (self, guarded);
}

static void
yihu_screen_lock_finalize (GObject *object)
{
  YihuScreenLock *self = YIHU_SCREEN_LOCK (object);

  for (guint i = 0; i < self->guarded->len; i++)
    {
      Guarded *guarded = g_ptr_array_index (self->guarded, i);

      g_signal_handlers_disconnect_by_data (guarded->window, guarded);
      g_object_weak_unref (G_OBJECT (guarded->window), on_window_gone, self);
    }
  g_ptr_array_unref (self->guarded);
  g_object_unref (self->book);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (yihu_screen_lock_parent_class)->finalize (object);
}

static void
yihu_screen_lock_class_init (YihuScreenLockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_screen_lock_finalize;
}

static void
yihu_screen_lock_init (YihuScreenLock *self)
{
  self->guarded = g_ptr_array_new_with_free_func (guarded_free);
  self->wait_us = FIRST_WAIT_US;
}

YihuScreenLock *
yihu_screen_lock_new (GtkApplication *application, YihuBook *book, YihuTicker *ticker)
{
  YihuScreenLock *self = g_object_new (YIHU_TYPE_SCREEN_LOCK, NULL);

  self->application = application;
  self->book = g_object_ref (book);
  self->clock = g_object_ref (yihu_ticker_get_clock (ticker));
  touch (self);
  g_signal_connect_object (ticker, "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
  return self;
}
