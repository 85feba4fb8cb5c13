/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The book itself: its state, its properties and signals. The state follows from a few facts
 * (usable, fetching, refused, the live connection) and is worked out in one place. Reads are in
 * book-reads.c, the way to the server in book-login.c, its files in book-files.c, the feed in
 * book-feed.c, what a person decides in book-outbox.c, keys and time in book-keys.c, drafts in
 * book-drafts.c. */

#include "console/book.h"

#include "base/error.h"
#include "console/book-private.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

enum
{
  PROP_STATE = 1,
  PROP_PROGRESS,
  PROP_PENDING,
  PROP_UNDECIDED,
  PROP_SYNCED_AT_US,
  PROP_LATENCY_MS,
  PROP_BASEMAP,
  PROP_KEY_PLACE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];
guint yihu_book_signals[YIHU_BOOK_N_SIGNALS];

G_DEFINE_FINAL_TYPE (YihuBook, yihu_book, G_TYPE_OBJECT)

void
yihu_book_clear_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

static YihuBookState
work_out_state (YihuBook *self)
{
  if (self->is_refused)
    return YIHU_BOOK_REFUSED;
  if (!self->is_usable)
    return self->is_fetching ? YIHU_BOOK_FETCHING : YIHU_BOOK_CLOSED;
  if (self->is_fetching)
    return YIHU_BOOK_CATCHING_UP;
  switch (yihu_live_get_state (self->live))
    {
    case YIHU_LIVE_ONLINE:
      return YIHU_BOOK_ONLINE;
    case YIHU_LIVE_CATCHING_UP:
      return YIHU_BOOK_CATCHING_UP;
    case YIHU_LIVE_OFFLINE:
    case YIHU_LIVE_CONNECTING:
    case YIHU_LIVE_REFUSED:
    default:
      return YIHU_BOOK_OFFLINE;
    }
}

void
yihu_book_update_state (YihuBook *self)
{
  YihuBookState state = work_out_state (self);

  if (state == self->state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
yihu_book_take_error (YihuBook *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
}

void
yihu_book_notify (YihuBook *self, const char *property)
{
  g_object_notify (G_OBJECT (self), property);
}

void
yihu_book_set_progress (YihuBook *self, const YihuFetchProgress *progress)
{
  self->fetch = *progress;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
}

void
yihu_book_set_basemap (YihuBook *self, const char *path)
{
  g_free (self->basemap);
  self->basemap = g_strdup (path);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BASEMAP]);
}

void
yihu_book_set_synced_at_us (YihuBook *self, gint64 at_us)
{
  if (at_us <= self->synced_at_us)
    return;
  self->synced_at_us = at_us;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SYNCED_AT_US]);
}

void
yihu_book_tell_changed (YihuBook *self, gpointer record)
{
  g_signal_emit (self, yihu_book_signals[YIHU_BOOK_SIGNAL_CHANGED],
                 g_quark_from_static_string (YIHU_RECORD (record)->type->name), record);
}

void
yihu_book_tell_removed (YihuBook *self, const YihuRecordType *type, const char *id)
{
  g_signal_emit (self, yihu_book_signals[YIHU_BOOK_SIGNAL_REMOVED],
                 g_quark_from_static_string (type->name), id);
}

/* --- object --- */

static void
yihu_book_dispose (GObject *object)
{
  yihu_book_close (YIHU_BOOK (object));
  G_OBJECT_CLASS (yihu_book_parent_class)->dispose (object);
}

static void
yihu_book_finalize (GObject *object)
{
  YihuBook *self = YIHU_BOOK (object);

  g_clear_object (&self->session);
  g_clear_object (&self->clock);
  g_clear_object (&self->keys_thread);
  g_clear_object (&self->ring);
  g_clear_error (&self->error);
  g_queue_free (self->untold);
  g_hash_table_unref (self->drafts);
  g_free (self->basemap);
  g_free (self->server_url);
  g_free (self->cache_directory);
  G_OBJECT_CLASS (yihu_book_parent_class)->finalize (object);
}

static void
yihu_book_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YihuBook *self = YIHU_BOOK (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->fetch.total > 0
                                     ? CLAMP ((double) self->fetch.done / self->fetch.total, 0, 1)
                                     : 0);
      break;
    case PROP_PENDING:
      g_value_set_uint (value, yihu_book_get_pending (self));
      break;
    case PROP_UNDECIDED:
      g_value_set_uint (value, yihu_book_get_undecided (self));
      break;
    case PROP_SYNCED_AT_US:
      g_value_set_int64 (value, yihu_book_get_synced_at_us (self));
      break;
    case PROP_LATENCY_MS:
      g_value_set_int (value, self->live != NULL ? yihu_live_get_latency_ms (self->live) : -1);
      break;
    case PROP_BASEMAP:
      g_value_set_string (value, self->basemap);
      break;
    case PROP_KEY_PLACE:
      g_value_set_int (value, (int) self->key_place);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, YIHU_BOOK_REFUSED, 0, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  props[PROP_PENDING] = g_param_spec_uint ("pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_UNDECIDED] = g_param_spec_uint ("undecided", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_SYNCED_AT_US] =
      g_param_spec_int64 ("synced-at-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_LATENCY_MS] = g_param_spec_int ("latency-ms", NULL, NULL, -1, G_MAXINT, -1, flags);
  props[PROP_BASEMAP] = g_param_spec_string ("basemap", NULL, NULL, NULL, flags);
  props[PROP_KEY_PLACE] =
      g_param_spec_int ("key-place", NULL, NULL, 0, YIHU_KEY_PLACE_FILE, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
yihu_book_class_init (YihuBookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GSignalFlags detailed = G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED;

  object_class->dispose = yihu_book_dispose;
  object_class->finalize = yihu_book_finalize;
  object_class->get_property = yihu_book_get_property;
  install_properties (object_class);

  yihu_book_signals[YIHU_BOOK_SIGNAL_CHANGED] =
      g_signal_new ("record-changed", YIHU_TYPE_BOOK, detailed, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    G_TYPE_POINTER);
  yihu_book_signals[YIHU_BOOK_SIGNAL_REMOVED] =
      g_signal_new ("record-removed", YIHU_TYPE_BOOK, detailed, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    G_TYPE_STRING);
  yihu_book_signals[YIHU_BOOK_SIGNAL_RESET] =
      g_signal_new ("reset", YIHU_TYPE_BOOK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    0);
  yihu_book_signals[YIHU_BOOK_SIGNAL_REFUSED] =
      g_signal_new ("refused", YIHU_TYPE_BOOK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    2, G_TYPE_POINTER, G_TYPE_POINTER);
  yihu_book_signals[YIHU_BOOK_SIGNAL_FIGURES] =
      g_signal_new ("figures", YIHU_TYPE_BOOK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, G_TYPE_POINTER);
}

static void
yihu_book_init (YihuBook *self)
{
  self->untold = g_queue_new ();
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->keys_thread = yihu_worker_thread_new ("book-keys");
  self->generation = 1;
  self->visit_pace = 1;
}

YihuBook *
yihu_book_new (const char *server_url, const char *cache_directory, YihuClock *clock)
{
  YihuBook *self;

  g_return_val_if_fail (server_url != NULL && cache_directory != NULL, NULL);
  g_return_val_if_fail (YIHU_IS_CLOCK (clock), NULL);

  self = g_object_new (YIHU_TYPE_BOOK, NULL);
  self->server_url = g_strdup (server_url);
  self->cache_directory = g_strdup (cache_directory);
  self->clock = g_object_ref (clock);
  self->session = yihu_session_new (server_url, g_get_host_name ());
  return self;
}

static void
forget_person (YihuBook *self)
{
  g_clear_pointer (&self->account, yihu_account_unref);
  g_clear_pointer (&self->login, g_free);
  if (self->password != NULL)
    sodium_memzero (self->password, strlen (self->password));
  g_clear_pointer (&self->password, g_free);
  self->scope = (YihuDivisionRange){ 0 };
  self->n_elders = 0;
  self->synced_at_us = 0;
  self->synced_kept_us = 0;
}

void
yihu_book_close (YihuBook *self)
{
  g_return_if_fail (YIHU_IS_BOOK (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  yihu_book_flush_drafts (self);
  yihu_book_clear_timer (&self->draft_timer);
  yihu_book_clear_timer (&self->retry_timer);
  yihu_book_clear_timer (&self->time_timer);
  yihu_book_forget_feed (self);
  if (self->outbox != NULL)
    {
      yihu_outbox_close (self->outbox); /* what was asked is kept, and answered */
      g_signal_handlers_disconnect_by_data (self->outbox, self);
    }
  if (self->live != NULL)
    {
      yihu_live_stop (self->live); /* tells the age of the data, which is kept */
      g_signal_handlers_disconnect_by_data (self->live, self);
    }
  self->is_usable = FALSE;
  yihu_book_close_files (self);
  g_clear_object (&self->live);
  g_hash_table_remove_all (self->drafts);
  yihu_session_logout (self->session);
  forget_person (self);
  self->is_fetching = FALSE;
  self->is_logging_in = FALSE;
  self->is_refused = FALSE;
  self->needs_snapshot = FALSE;
  self->key_place = YIHU_KEY_PLACE_UNKNOWN;
  self->left_sealed = 0;
  self->time_at_us = 0;
  self->attempt = 0;
  yihu_book_update_state (self);
}

void
yihu_book_end (YihuBook *self)
{
  yihu_book_close (self);
  yihu_worker_thread_shutdown (self->keys_thread);
}

/* --- getters --- */

const YihuFetchProgress *
yihu_book_get_fetch (YihuBook *self)
{
  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);
  return self->is_fetching ? &self->fetch : NULL;
}

YihuBookState
yihu_book_get_state (YihuBook *self)
{
  return self->state;
}

const GError *
yihu_book_get_error (YihuBook *self)
{
  return self->error;
}

gboolean
yihu_book_is_disk_full (YihuBook *self)
{
  return self->state == YIHU_BOOK_OFFLINE
         && g_error_matches (self->error, YIHU_ERROR, YIHU_ERROR_FULL);
}

YihuAccount *
yihu_book_get_account (YihuBook *self)
{
  return self->account;
}

YihuSession *
yihu_book_get_session (YihuBook *self)
{
  return self->session;
}

YihuDivisionRange
yihu_book_get_scope (YihuBook *self)
{
  return self->scope;
}

gint64
yihu_book_get_synced_at_us (YihuBook *self)
{
  return self->state == YIHU_BOOK_ONLINE ? yihu_book_get_heard_at_us (self) : self->synced_at_us;
}

gint64
yihu_book_count_elders (YihuBook *self)
{
  return self->n_elders;
}

guint
yihu_book_get_pending (YihuBook *self)
{
  return self->outbox != NULL ? yihu_outbox_get_pending (self->outbox) : 0;
}

guint
yihu_book_get_undecided (YihuBook *self)
{
  return self->outbox != NULL ? yihu_outbox_get_undecided (self->outbox) : 0;
}

void
yihu_book_set_key_ring (YihuBook *self, YihuKeyRing *ring)
{
  g_set_object (&self->ring, ring);
}

YihuKeyPlace
yihu_book_get_key_place (YihuBook *self)
{
  return self->key_place;
}

gint64
yihu_book_get_left_sealed (YihuBook *self)
{
  return self->left_sealed;
}

const char *
yihu_book_get_basemap (YihuBook *self)
{
  return self->basemap;
}

double
yihu_book_get_visit_pace (YihuBook *self)
{
  return self->visit_pace;
}

void
yihu_book_set_visit_pace (YihuBook *self, double pace)
{
  g_return_if_fail (pace > 0);
  self->visit_pace = pace;
}

void
yihu_book_watch_figures (YihuBook *self, gboolean on)
{
  self->watch_figures = on;
  if (self->live != NULL)
    yihu_live_watch_figures (self->live, on);
}
