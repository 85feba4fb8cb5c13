/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The video tile of the desk. A camera of an institution shows people, so there is no picture
 * without a live call; the grant names the call and the server writes it into its audit. A camera
 * that refuses gets a new grant now and then, never the old one again: that may have run out. */

#include "console/desk/video-panel.h"

#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"
#include "video/video-tile.h"

#include <glib/gi18n.h>

#define GRANT_AGAIN_US (20 * G_USEC_PER_SEC) /* before the stream tries the refused one again */

struct _YihuVideoPanel
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  YihuCatalogue *catalogue; /* (owned) */
  YihuStream *stream; /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  char *camera; /* (owned) (nullable) watched now */
  char *call; /* (owned) (nullable) */
  gint64 asked_at_us;
  GtkWidget *panel;
  GtkWidget *tile;
};

G_DEFINE_FINAL_TYPE (YihuVideoPanel, yihu_video_panel, GTK_TYPE_BOX)

static void
on_grant_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuVideoPanel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuCameraGrant) grant =
      yihu_session_grant_camera_finish (YIHU_SESSION (source), result, &error);
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (grant == NULL)
    {
      words = yihu_words_error (error);
      yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_FAILED, words);
      return;
    }
  yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_CONTENT, NULL);
  yihu_stream_play (self->stream, grant->url, grant->user, grant->password);
}

static void
yihu_video_panel_dispose (GObject *object)
{
  YihuVideoPanel *self = YIHU_VIDEO_PANEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->stream != NULL)
    yihu_stream_stop (self->stream);
  g_clear_object (&self->stream);
  g_clear_object (&self->book);
  g_clear_object (&self->catalogue);
  g_clear_pointer (&self->camera, g_free);
  g_clear_pointer (&self->call, g_free);
  G_OBJECT_CLASS (yihu_video_panel_parent_class)->dispose (object);
}

static void
yihu_video_panel_class_init (YihuVideoPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_video_panel_dispose;
}

static void
yihu_video_panel_init (YihuVideoPanel *self)
{
  self->stream = yihu_stream_new ();
  self->tile = yihu_video_tile_new ();
  yihu_video_tile_set_words (YIHU_VIDEO_TILE (self->tile), yihu_words_stream_states ());
  yihu_video_tile_set_stream (YIHU_VIDEO_TILE (self->tile), self->stream);
  gtk_widget_set_size_request (self->tile, -1, 150);
  yihu_widget_set_name (self->tile, _ ("Camera of the nearest institution"));
  self->panel = yihu_panel_new (_ ("Nearest camera"), self->tile);
  gtk_widget_set_hexpand (self->panel, TRUE);
  gtk_box_append (GTK_BOX (self), self->panel);
}

GtkWidget *
yihu_video_panel_new (YihuBook *book, YihuCatalogue *catalogue)
{
  YihuVideoPanel *self = g_object_new (YIHU_TYPE_VIDEO_PANEL, NULL);

  self->book = g_object_ref (book);
  self->catalogue = g_object_ref (catalogue);
  yihu_video_panel_stop (self);
  return GTK_WIDGET (self);
}

static void
video_ask_grant (YihuVideoPanel *self)
{
  g_autofree char *reason = g_strdup_printf ("call %s", self->call);

  self->asked_at_us = yihu_book_get_now_us (self->book);
  self->cancellable = g_cancellable_new ();
  yihu_session_grant_camera_async (yihu_book_get_session (self->book), self->camera, reason,
                                   self->cancellable, on_grant_ready, g_object_ref (self));
}

static void
video_ask (YihuVideoPanel *self, YihuInstitution *institution, YihuCamera *camera)
{
  g_autofree char *title =
      g_strdup_printf ("%s · %s", institution->name, camera->name != NULL ? camera->name : "");

  yihu_video_tile_set_title (YIHU_VIDEO_TILE (self->tile), title);
  yihu_panel_set_note (YIHU_PANEL (self->panel), institution->name);
  yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_LOADING, _ ("Asking for the camera…"));
  video_ask_grant (self);
}

void
yihu_video_panel_beat (YihuVideoPanel *self, gint64 now_us)
{
  if (self->camera != NULL && self->cancellable == NULL
      && yihu_stream_get_state (self->stream) == YIHU_STREAM_REFUSED
      && now_us - self->asked_at_us >= GRANT_AGAIN_US
      && yihu_book_get_state (self->book) == YIHU_BOOK_ONLINE)
    video_ask_grant (self);
}

void
yihu_video_panel_watch (YihuVideoPanel *self, YihuGeoPoint point, const char *call)
{
  YihuCamera *camera = NULL;
  YihuInstitution *institution = yihu_geo_point_is_set (point) && *call != '\0'
                                     ? yihu_catalogue_find_watched (self->catalogue, point, &camera)
                                     : NULL;

  if (camera == NULL)
    {
      yihu_video_panel_stop (self);
      return;
    }
  if (g_strcmp0 (self->camera, camera->record.id) == 0 && g_strcmp0 (self->call, call) == 0)
    return;
  yihu_video_panel_stop (self);
  self->camera = g_strdup (camera->record.id);
  self->call = g_strdup (call);
  if (yihu_book_get_state (self->book) != YIHU_BOOK_ONLINE
      || yihu_book_get_session (self->book) == NULL)
    {
      g_clear_pointer (&self->camera, g_free); /* asked again at the next change */
      yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_FAILED,
                            _ ("No camera while the centre cannot be reached."));
      return;
    }
  video_ask (self, institution, camera);
}

void
yihu_video_panel_stop (YihuVideoPanel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->camera, g_free);
  g_clear_pointer (&self->call, g_free);
  yihu_stream_stop (self->stream);
  yihu_panel_set_note (YIHU_PANEL (self->panel), "");
  yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_EMPTY,
                        _ ("Pictures are shown during a call only."));
}
