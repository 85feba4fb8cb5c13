/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes the films: frames painted by clip-painter.c, a caption, x264. The caption
 * says that it is a demonstration; the clock in it counts the seconds of the loop. A file
 * appears under its name only when it is complete. */

#include "city/clips.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#define FRAME_BYTES (YIHU_CLIP_WIDTH * YIHU_CLIP_HEIGHT * 3 / 2)
#define PULL_NS (20 * GST_SECOND)
#define VERSION 1 /* of the films: a higher one makes them anew */

static const char *const rooms[YIHU_N_CLIPS] = { "大厅",     "餐厅", "活动室", "院门",
                                                 "一层走廊", "厨房", "庭院" };

const char *
yihu_clip_get_room (guint index)
{
  return rooms[index % YIHU_N_CLIPS];
}

guint
yihu_clip_find (const char *room)
{
  for (guint i = 0; i < YIHU_N_CLIPS; i++)
    if (g_strcmp0 (rooms[i], room) == 0)
      return i;
  return 0;
}

void
yihu_clip_free (YihuClip *clip)
{
  g_ptr_array_unref (clip->units);
  g_free (clip);
}

/* Cuts at access unit delimiters (00 00 00 01 09). */
YihuClip *
yihu_clip_new_from_bytes (GBytes *annex_b, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (annex_b, &size);
  g_autoptr (YihuClip) clip = g_new0 (YihuClip, 1);
  gsize start = 0;
  gboolean has_start = FALSE;

  clip->units = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (gsize i = 0; i + 5 <= size; i++)
    {
      if (data[i] != 0 || data[i + 1] != 0 || data[i + 2] != 0 || data[i + 3] != 1
          || (data[i + 4] & 0x1f) != 9)
        continue;
      if (has_start)
        g_ptr_array_add (clip->units, g_bytes_new_from_bytes (annex_b, start, i - start));
      start = i;
      has_start = TRUE;
    }
  if (has_start)
    g_ptr_array_add (clip->units, g_bytes_new_from_bytes (annex_b, start, size - start));
  if (clip->units->len >= YIHU_CLIP_GROUP)
    return g_steal_pointer (&clip);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the film has only %u pictures",
               clip->units->len);
  return NULL;
}

static GstElement *
build_encoder (GError **error)
{
  g_autofree char *text = g_strdup_printf (
      "appsrc name=in format=time caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 "
      "! x264enc speed-preset=veryfast bitrate=420 key-int-max=%d bframes=0 aud=true threads=1 "
      "option-string=scenecut=0 "
      "! video/x-h264,profile=baseline,stream-format=byte-stream,alignment=au "
      "! appsink name=out sync=false",
      YIHU_CLIP_WIDTH, YIHU_CLIP_HEIGHT, YIHU_CLIP_FPS, YIHU_CLIP_GROUP);

  return gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
}

static void
push_frames (GstElement *pipeline, guint index)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "in");

  for (guint frame = 0; frame < YIHU_CLIP_FRAMES; frame++)
    {
      guint8 *pixels = g_malloc (FRAME_BYTES);
      GstBuffer *buffer;

      yihu_clip_paint (index, frame, pixels);
      yihu_clip_write_caption (index, frame, pixels);
      buffer = gst_buffer_new_wrapped (pixels, FRAME_BYTES);
      GST_BUFFER_PTS (buffer) = frame * GST_SECOND / YIHU_CLIP_FPS;
      GST_BUFFER_DURATION (buffer) = GST_SECOND / YIHU_CLIP_FPS;
      gst_app_src_push_buffer (GST_APP_SRC (source), buffer);
    }
  gst_app_src_end_of_stream (GST_APP_SRC (source));
}

static GBytes *
pull_film (GstElement *pipeline)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  GByteArray *film = g_byte_array_new ();

  while (TRUE)
    {
      g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), PULL_NS);
      GstMapInfo map;

      if (sample == NULL)
        break;
      if (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
        {
          g_byte_array_append (film, map.data, (guint) map.size);
          gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
        }
    }
  return g_byte_array_free_to_bytes (film);
}

static GBytes *
encode (guint index, GError **error)
{
  g_autoptr (GstElement) pipeline = build_encoder (error);
  GBytes *film;

  if (pipeline == NULL)
    return NULL;
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  push_frames (pipeline, index);
  film = pull_film (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return film;
}

YihuClip *
yihu_clip_load (const char *directory, guint index, GError **error)
{
  g_autofree char *name = g_strdup_printf ("room-%u-v%d.h264", index, VERSION);
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GBytes) film = NULL;
  g_autofree char *text = NULL;
  gsize size;

  g_return_val_if_fail (index < YIHU_N_CLIPS, NULL);
  if (g_file_get_contents (path, &text, &size, NULL))
    {
      YihuClip *clip;

      film = g_bytes_new_take (g_steal_pointer (&text), size);
      clip = yihu_clip_new_from_bytes (film, NULL);
      if (clip != NULL)
        return clip;
      g_clear_pointer (&film, g_bytes_unref);
    }
  film = encode (index, error);
  if (film == NULL)
    return NULL;
  g_mkdir_with_parents (directory, 0700);
  if (g_bytes_get_size (film) > 0
      && !g_file_set_contents (path, g_bytes_get_data (film, NULL),
                               (gssize) g_bytes_get_size (film), error))
    return NULL;
  return yihu_clip_new_from_bytes (film, error);
}
