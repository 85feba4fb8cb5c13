/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Dots blended into one picture of their bounding box, by hand: the dot is a small mask that is
 * laid over the pixels with the ordinary "over" of premultiplied colours. */

#include "map/layers/point-cloud.h"

#include <math.h>

#define MAX_MASK 64

typedef struct
{
  int side;
  guint8 alpha[MAX_MASK * MAX_MASK];
} Mask;

typedef struct
{
  int x;
  int y;
} Spot;

static void
make_mask (Mask *mask, double radius, double alpha)
{
  mask->side = MIN (2 * (int) ceil (radius) + 1, MAX_MASK);
  for (int y = 0; y < mask->side; y++)
    for (int x = 0; x < mask->side; x++)
      {
        double distance = hypot (x - mask->side / 2, y - mask->side / 2);
        double cover = CLAMP (radius + 0.5 - distance, 0, 1);

        mask->alpha[y * mask->side + x] = (guint8) (255 * alpha * cover + 0.5);
      }
}

static guint8
over (guint8 below, guint value, guint alpha)
{
  return (guint8) ((value * alpha + below * (255 - alpha) + 127) / 255);
}

static void
lay (guint8 *pixels, int width, Spot at, const Mask *mask, guint32 colour)
{
  for (int y = 0; y < mask->side; y++)
    for (int x = 0; x < mask->side; x++)
      {
        guint alpha = mask->alpha[y * mask->side + x];
        guint8 *pixel = pixels + 4 * ((gsize) (at.y + y) * width + at.x + x);

        pixel[0] = over (pixel[0], colour & 0xff, alpha);
        pixel[1] = over (pixel[1], (colour >> 8) & 0xff, alpha);
        pixel[2] = over (pixel[2], (colour >> 16) & 0xff, alpha);
        pixel[3] = over (pixel[3], 255, alpha);
      }
}

/* The visible dots' mask corners, in device pixels of the widget. */
static GArray *
find_spots (const YihuWorldPoint *points, guint n_points, const YihuMapFrame *frame, int reach)
{
  GArray *spots = g_array_new (FALSE, FALSE, sizeof (Spot));
  int width = frame->width * frame->device_scale;
  int height = frame->height * frame->device_scale;

  for (guint i = 0; i < n_points; i++)
    {
      double x = yihu_map_frame_x (frame, points[i]) * frame->device_scale;
      double y = yihu_map_frame_y (frame, points[i]) * frame->device_scale;
      Spot spot;

      if (x < -reach || y < -reach || x > width + reach || y > height + reach)
        continue;
      spot = (Spot){ (int) x - reach, (int) y - reach };
      g_array_append_val (spots, spot);
    }
  return spots;
}

GdkTexture *
yihu_point_cloud_paint (const YihuWorldPoint *points,
                        guint n_points,
                        const YihuMapFrame *frame,
                        guint32 colour,
                        double alpha,
                        double radius_px,
                        graphene_rect_t *place)
{
  double scale = frame->device_scale;
  g_autoptr (GArray) spots = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Mask mask;
  Spot low = { G_MAXINT, G_MAXINT };
  Spot high = { G_MININT, G_MININT };
  int width, height;
  guint8 *pixels;

  make_mask (&mask, radius_px * scale, alpha);
  spots = find_spots (points, n_points, frame, mask.side / 2);
  if (spots->len == 0)
    return NULL;
  for (guint i = 0; i < spots->len; i++)
    {
      Spot spot = g_array_index (spots, Spot, i);

      low = (Spot){ MIN (low.x, spot.x), MIN (low.y, spot.y) };
      high = (Spot){ MAX (high.x, spot.x), MAX (high.y, spot.y) };
    }
  width = high.x - low.x + mask.side;
  height = high.y - low.y + mask.side;
  pixels = g_malloc0 ((gsize) width * height * 4);
  for (guint i = 0; i < spots->len; i++)
    {
      Spot spot = g_array_index (spots, Spot, i);

      lay (pixels, width, (Spot){ spot.x - low.x, spot.y - low.y }, &mask, colour);
    }
  *place = GRAPHENE_RECT_INIT (low.x / scale, low.y / scale, width / scale, height / scale);
  bytes = g_bytes_new_take (pixels, (gsize) width * height * 4);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes,
                                 (gsize) width * 4);
}
