/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the frames of the live connection say, and the pages of /v1/changes. While pages are pulled,
 * pushed events are dropped: the server has told that it stopped, and begins again behind our
 * acknowledgement; taking one early would move the cursor over a gap. */

#include "client/live-private.h"
#include "client/session-private.h"

#include "base/error.h"
#include "wire/protocol.h"

#define PAGE_EVENTS 500 /* more would hold up the main loop while they are read */
#define MAX_PAGE_EVENTS 5000
#define PAGE_TIMEOUT_S 30
#define MAX_FRAME_BYTES (1024 * 1024)

/* An event that this program cannot read is left out and not the end of the feed: a reconnect
 * would only bring it again. */
static GPtrArray *
read_events (const json_t *array)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_event_free);

  for (gsize i = 0; i < json_array_size (array); i++)
    {
      g_autoptr (GError) error = NULL;
      YihuEvent *event = yihu_event_from_json (json_array_get (array, i), &error);

      if (event != NULL)
        g_ptr_array_add (events, event);
      else if (error != NULL)
        g_message ("an event of the feed was left out: %s", error->message);
    }
  return events;
}

static void
deliver (YihuLive *self, GPtrArray *events, gint64 to)
{
  self->delivered = to;
  self->newest = MAX (self->newest, to);
  g_signal_emit (self, yihu_live_signals[YIHU_LIVE_SIGNAL_EVENTS], 0, events, to);
}

static gboolean
take_events (YihuLive *self, const json_t *frame, GError **error)
{
  g_autoptr (GPtrArray) events = NULL;
  const json_t *array = NULL;
  gint64 to = 0;

  if (!yihu_json_read_array (frame, "ev", TRUE, MAX_PAGE_EVENTS, &array, error)
      || !yihu_json_read_int (frame, "to", TRUE, 0, G_MAXINT64, &to, error))
    return FALSE;
  if (self->behind || to <= self->delivered)
    return TRUE;
  events = read_events (array);
  deliver (self, events, to);
  return TRUE;
}

/* What the server's clock says, for whoever orders by it. */
static void
take_time (YihuLive *self, const json_t *object)
{
  gint64 time_us = 0;

  if (yihu_json_read_int (object, "time_us", FALSE, 1, G_MAXINT64, &time_us, NULL) && time_us > 0)
    g_signal_emit (self, yihu_live_signals[YIHU_LIVE_SIGNAL_TIME], 0, time_us);
}

static gboolean
take_welcome (YihuLive *self, const json_t *welcome, GError **error)
{
  gint64 newest = 0;

  if (!yihu_json_read_int (welcome, "seq", TRUE, 0, G_MAXINT64, &newest, error))
    return FALSE;
  self->newest = newest;
  self->welcomed = TRUE;
  take_time (self, welcome);
  yihu_live_ready (self);
  yihu_live_update_state (self);
  return TRUE;
}

static gboolean
take_behind (YihuLive *self, const json_t *behind, GError **error)
{
  gint64 to = 0;

  if (!yihu_json_read_int (behind, "to", FALSE, 0, G_MAXINT64, &to, error))
    return FALSE;
  self->newest = MAX (self->newest, to);
  self->behind = TRUE;
  yihu_live_update_state (self);
  if (!self->pulling && self->cursor >= self->delivered)
    yihu_live_pull (self);
  else
    self->more = TRUE; /* as soon as what was delivered is applied */
  return TRUE;
}

static gboolean
take_reply (YihuLive *self, const json_t *done, GError **error)
{
  g_autoptr (YihuReply) reply = yihu_reply_from_json (done, error);

  if (reply == NULL)
    return FALSE;
  g_signal_emit (self, yihu_live_signals[YIHU_LIVE_SIGNAL_REPLY], 0, reply);
  return TRUE;
}

static gboolean
take_figures (YihuLive *self, const json_t *object, GError **error)
{
  g_autofree YihuFigures *figures = g_new0 (YihuFigures, 1);

  if (!yihu_figures_from_json (object, figures, error))
    return FALSE;
  g_signal_emit (self, yihu_live_signals[YIHU_LIVE_SIGNAL_FIGURES], 0, figures);
  return TRUE;
}

static void
take_pong (YihuLive *self)
{
  gint64 took_us;

  if (self->ping_at_us == 0)
    return;
  took_us = yihu_clock_get_monotonic_us (self->clock) - self->ping_at_us;
  self->ping_at_us = 0;
  yihu_live_set_latency (self, (int) CLAMP (took_us / 1000, 0, G_MAXINT));
}

/* Errors after which another try with the same token is of no use. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_WIPE)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN)
         || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_VERSION);
}

static void
take_problem (YihuLive *self, GError *problem)
{
  if (g_error_matches (problem, YIHU_ERROR, YIHU_ERROR_RESNAPSHOT))
    {
      g_error_free (problem);
      yihu_live_resnapshot (self);
    }
  else if (is_final (problem))
    yihu_live_refuse (self, problem);
  else
    yihu_live_lose (self, problem);
}

static void
take_error_frame (YihuLive *self, const json_t *object)
{
  const char *code = NULL;
  const char *message = NULL;

  yihu_json_read_text (object, "error", FALSE, 64, &code, NULL);
  yihu_json_read_text (object, "message", FALSE, 4096, &message, NULL);
  take_problem (self, g_error_new (YIHU_ERROR, yihu_error_from_wire (code), "%s",
                                   message != NULL ? message : "the server refused"));
}

static void
take_resnapshot (YihuLive *self, const json_t *value)
{
  gint64 epoch = 0;

  if (yihu_json_read_int (value, "epoch", FALSE, 1, G_MAXINT64, &epoch, NULL) && epoch > 0)
    yihu_session_set_epoch (self->session, epoch);
  yihu_live_resnapshot (self);
}

static gboolean
take (YihuLive *self, const json_t *frame, GError **error)
{
  const json_t *value;

  if (json_object_get (frame, "ev") != NULL)
    return take_events (self, frame, error);
  if ((value = json_object_get (frame, "done")) != NULL)
    return take_reply (self, value, error);
  if ((value = json_object_get (frame, "welcome")) != NULL)
    return take_welcome (self, value, error);
  if ((value = json_object_get (frame, "behind")) != NULL)
    return take_behind (self, value, error);
  if ((value = json_object_get (frame, "figures")) != NULL)
    return take_figures (self, value, error);
  if (json_object_get (frame, "pong") != NULL)
    {
      take_pong (self);
      take_time (self, frame);
    }
  else if (json_object_get (frame, "wipe") != NULL)
    yihu_live_wipe (self);
  else if ((value = json_object_get (frame, "resnapshot")) != NULL)
    take_resnapshot (self, value);
  else if ((value = json_object_get (frame, "error")) != NULL)
    take_error_frame (self, value);
  return TRUE; /* a newer server may say more than we know */
}

void
yihu_live_take_frame (YihuLive *self, GBytes *text)
{
  g_autoptr (YihuLive) guard = g_object_ref (self);
  GError *error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (text, &size);
  g_autoptr (json_t) frame = yihu_json_parse (data, (gssize) size, MAX_FRAME_BYTES, &error);

  self->heard_at_us = yihu_clock_get_monotonic_us (self->clock);
  if (frame != NULL && take (self, frame, &error))
    return;
  g_prefix_error (&error, "a frame of the server: ");
  yihu_live_lose (self, error);
}

/* --- pages --- */

typedef struct
{
  YihuLive *live; /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Pull;

static void
pull_free (Pull *pull)
{
  g_object_unref (pull->live);
  g_object_unref (pull->cancellable);
  g_free (pull);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pull, pull_free)

static gboolean
take_page (YihuLive *self, const json_t *page, GError **error)
{
  g_autoptr (GPtrArray) events = NULL;
  const json_t *array = NULL;
  gint64 to = 0;
  gboolean more = FALSE;

  if (page == NULL || !yihu_json_read_array (page, "ev", TRUE, MAX_PAGE_EVENTS, &array, error)
      || !yihu_json_read_int (page, "to", TRUE, 0, G_MAXINT64, &to, error)
      || !yihu_json_read_bool (page, "more", FALSE, &more, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "an empty page of the feed");
      return FALSE;
    }
  if (to < self->delivered || (more && to == self->delivered))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "the feed does not advance");
      return FALSE;
    }
  self->more = more;
  if (to == self->delivered)
    {
      /* Nothing is missing: what was to be applied has been. */
      self->behind = FALSE;
      yihu_live_send_frame (self, json_pack ("{s:I}", "ack", (json_int_t) self->cursor));
      yihu_live_update_state (self);
      return TRUE;
    }
  events = read_events (array);
  deliver (self, events, to);
  return TRUE;
}

static void
on_page_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Pull) pull = data;
  YihuLive *self = pull->live;
  GError *error = NULL;
  g_autoptr (json_t) page = yihu_session_request_finish (YIHU_SESSION (object), result, &error);

  if (g_cancellable_is_cancelled (pull->cancellable))
    {
      g_clear_error (&error);
      return;
    }
  self->pulling = FALSE;
  if (error != NULL || !take_page (self, page, &error))
    take_problem (self, error);
}

void
yihu_live_pull (YihuLive *self)
{
  g_autofree char *path =
      g_strdup_printf (YIHU_PROTOCOL_PATH "/changes?since=%" G_GINT64_FORMAT
                                          "&epoch=%" G_GINT64_FORMAT "&limit=%d",
                       self->delivered, yihu_session_get_epoch (self->session), PAGE_EVENTS);
  Pull *pull = g_new0 (Pull, 1);

  pull->live = g_object_ref (self);
  pull->cancellable = g_object_ref (self->cancellable);
  self->pulling = TRUE;
  yihu_session_request_async (self->session, "GET", path, NULL, PAGE_TIMEOUT_S, self->cancellable,
                              on_page_ready, pull);
}
