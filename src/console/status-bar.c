/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one line that says whether the centre is there, how old the copy is and what waits to be
 * sent. It never hides anything when the centre is gone; it says so. */

#include "console/status-bar.h"

#include "console/format.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

struct _YihuStatusBar
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  GtkWidget *strip; /* (nullable) */
  GtkWidget *extra;
  GtkWidget *key; /* where the key of the copy lies, where that is worth a word */
  GtkWidget *log_in; /* only where the centre has ended the session */
  GtkWidget *line;
  gint64 n_elders; /* counting is not free: read again at a reset and once a minute */
  guint beats;
};

G_DEFINE_FINAL_TYPE (YihuStatusBar, yihu_status_bar, GTK_TYPE_BOX)

#define COUNT_EVERY_BEATS 60

char *
yihu_status_bar_describe (YihuBookState state,
                          gboolean is_disk_full,
                          int latency_ms,
                          gint64 n_elders,
                          gint64 synced_at_us,
                          gint64 now_us,
                          guint pending)
{
  GString *text = g_string_new (state == YIHU_BOOK_ONLINE ? "● " : "○ ");
  g_autofree char *count = yihu_format_count (n_elders);

  g_string_append (text, is_disk_full ? _ ("The disk of this computer is full")
                                      : yihu_words_book_state (state));
  if (state == YIHU_BOOK_ONLINE && latency_ms >= 0)
    g_string_append_printf (text, " %d ms", latency_ms);
  g_string_append (text, " · ");
  g_string_append_printf (text, _ ("%s elders here"), count);
  g_string_append (text, " · ");
  if (synced_at_us <= 0)
    g_string_append (text, _ ("never synced"));
  else
    {
      g_autofree char *time = yihu_format_clock (synced_at_us);

      g_string_append_printf (text, _ ("synced %s"), time);
      if (state != YIHU_BOOK_ONLINE)
        {
          g_autofree char *age = yihu_format_age (now_us - synced_at_us);

          g_string_append_printf (text, " (%s)", age);
        }
    }
  g_string_append (text, " · ");
  g_string_append_printf (text, _ ("%u to send"), pending);
  return g_string_free (text, FALSE);
}

static void
status_bar_refresh (YihuStatusBar *self)
{
  YihuBookState state = yihu_book_get_state (self->book);
  const YihuFetchProgress *fetch = yihu_book_get_fetch (self->book);
  g_autofree char *step = fetch != NULL ? yihu_words_fetch (fetch) : NULL;
  g_autofree char *state_text = NULL;
  g_autofree char *text = NULL;
  int latency_ms = -1;

  g_object_get (self->book, "latency-ms", &latency_ms, NULL);
  state_text = yihu_status_bar_describe (state, yihu_book_is_disk_full (self->book), latency_ms,
                                         self->n_elders, yihu_book_get_synced_at_us (self->book),
                                         yihu_book_get_now_us (self->book),
                                         yihu_book_get_pending (self->book));
  text = step != NULL ? g_strdup_printf ("%s · %s", step, state_text) : g_strdup (state_text);
  yihu_label_set (self->line, text);
  yihu_widget_set_class (self->line, "ok", state == YIHU_BOOK_ONLINE);
  yihu_widget_set_class (self->line, "p2t", state != YIHU_BOOK_ONLINE);
  gtk_widget_set_visible (self->log_in, state == YIHU_BOOK_REFUSED);
}

static void
status_bar_show_key (YihuStatusBar *self)
{
  gtk_widget_set_visible (self->key, yihu_book_get_key_place (self->book) == YIHU_KEY_PLACE_FILE);
}

static void
status_bar_count (YihuStatusBar *self)
{
  self->n_elders = yihu_book_count_elders (self->book);
  status_bar_refresh (self);
}

static void
on_ticker_tick (YihuTicker *ticker, YihuStatusBar *self)
{
  if (++self->beats % COUNT_EVERY_BEATS == 0)
    self->n_elders = yihu_book_count_elders (self->book);
  status_bar_refresh (self);
}

static void
yihu_status_bar_dispose (GObject *object)
{
  YihuStatusBar *self = YIHU_STATUS_BAR (object);

  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_status_bar_parent_class)->dispose (object);
}

static void
yihu_status_bar_class_init (YihuStatusBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_status_bar_dispose;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_log_out_button (void)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Log out"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.logout");
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "caption");
  gtk_widget_set_tooltip_text (button, _ ("End your work at this computer (Ctrl+Shift+Q)"));
  return button;
}

static void
yihu_status_bar_init (YihuStatusBar *self)
{
  GtkWidget *space = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "fkeys");
  yihu_widget_set_name (GTK_WIDGET (self), _ ("Status"));
  gtk_widget_set_hexpand (space, TRUE);
  self->extra = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->extra, "caption");
  self->key = gtk_label_new (_ ("△ No key store"));
  gtk_widget_add_css_class (self->key, "caption");
  gtk_widget_set_visible (self->key, FALSE);
  gtk_widget_set_tooltip_text (
      self->key,
      _ ("This computer has no key store, or it is locked: the key of the local copy lies "
         "in its file, protected by your password alone."));
  self->line = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->line, "caption");
  gtk_widget_add_css_class (self->line, "num");
  gtk_label_set_ellipsize (GTK_LABEL (self->line), PANGO_ELLIPSIZE_START);
  gtk_box_append (GTK_BOX (self), space);
  gtk_box_append (GTK_BOX (self), self->extra);
  gtk_box_append (GTK_BOX (self), self->key);
  self->log_in = gtk_button_new_with_label (_ ("▲ Log in again"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->log_in), "app.log-in");
  gtk_widget_set_focus_on_click (self->log_in, FALSE);
  gtk_widget_add_css_class (self->log_in, "destructive-action");
  gtk_box_append (GTK_BOX (self), self->log_in);
  gtk_box_append (GTK_BOX (self), self->line);
  gtk_box_append (GTK_BOX (self), make_log_out_button ());
}

GtkWidget *
yihu_status_bar_new (YihuBook *book, YihuTicker *ticker)
{
  YihuStatusBar *self = g_object_new (YIHU_TYPE_STATUS_BAR, NULL);

  self->book = g_object_ref (book);
  g_signal_connect_object (book, "notify::state", G_CALLBACK (status_bar_count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (book, "notify::pending", G_CALLBACK (status_bar_refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (book, "reset", G_CALLBACK (status_bar_count), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (ticker, "tick", G_CALLBACK (on_ticker_tick), self, 0);
  g_signal_connect_object (book, "notify::key-place", G_CALLBACK (status_bar_show_key), self,
                           G_CONNECT_SWAPPED);
  status_bar_show_key (self);
  status_bar_count (self);
  return GTK_WIDGET (self);
}

void
yihu_status_bar_set_keys (YihuStatusBar *self, const YihuKey *keys, guint n_keys)
{
  if (self->strip != NULL)
    gtk_box_remove (GTK_BOX (self), self->strip);
  self->strip = yihu_keys_make_strip (keys, n_keys);
  gtk_box_prepend (GTK_BOX (self), self->strip);
}

void
yihu_status_bar_set_extra (YihuStatusBar *self, const char *words, gboolean alarming)
{
  yihu_label_set (self->extra, words);
  yihu_widget_set_class (self->extra, "p3t", alarming);
}
