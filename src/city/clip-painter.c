/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Paints a room in the simplest manner that reads as one: a floor in perspective, a wall with
 * windows and doors, tables, and people as shapes that walk, sit and turn. Everything repeats after
 * the length of the film, so the loop has no seam. */

#include "city/clips.h"
#include "city/random.h"

#include <math.h>
#include <string.h>

#define W YIHU_CLIP_WIDTH
#define H YIHU_CLIP_HEIGHT

typedef struct
{
  guint8 y, u, v;
} Colour;

static Colour
colour (int r, int g, int b)
{
  Colour c = { (guint8) (16 + (66 * r + 129 * g + 25 * b) / 256),
               (guint8) (128 + (-38 * r - 74 * g + 112 * b) / 256),
               (guint8) (128 + (112 * r - 94 * g - 18 * b) / 256) };

  return c;
}

static void
put_row (guint8 *i420, int y, int x0, int x1, Colour c)
{
  guint8 *u = i420 + W * H;
  guint8 *v = u + W * H / 4;

  x0 = CLAMP (x0, 0, W);
  x1 = CLAMP (x1, 0, W);
  if (y < 0 || y >= H || x0 >= x1)
    return;
  memset (i420 + y * W + x0, c.y, (gsize) (x1 - x0));
  if (y % 2 == 0)
    {
      memset (u + y / 2 * (W / 2) + x0 / 2, c.u, (gsize) (x1 - x0 + 1) / 2);
      memset (v + y / 2 * (W / 2) + x0 / 2, c.v, (gsize) (x1 - x0 + 1) / 2);
    }
}

static void
put_box (guint8 *i420, int x, int y, int w, int h, Colour c)
{
  for (int row = y; row < y + h; row++)
    put_row (i420, row, x, x + w, c);
}

static void
put_ellipse (guint8 *i420, double cx, double cy, double rx, double ry, Colour c)
{
  for (int row = (int) (cy - ry); row <= (int) (cy + ry); row++)
    {
      double t = (row - cy) / ry;
      double half = t * t < 1 ? rx * sqrt (1 - t * t) : 0;

      put_row (i420, row, (int) (cx - half), (int) (cx + half), c);
    }
}

static void
put_room (guint8 *i420, guint index, int horizon)
{
  gboolean is_outside = index == 3 || index == 6;
  YihuRandom random = yihu_random_new (index, "room", 0);

  for (int y = 0; y < horizon; y++)
    {
      int light = 196 + y * 30 / horizon - (int) index * 5;

      put_row (i420, y, 0, W,
               is_outside ? colour (150 + y / 4, 190 + y / 6, 225)
                          : colour (light, light - 4, light - 16));
    }
  for (int y = horizon; y < H; y++)
    {
      int shade = 110 + (y - horizon) * 60 / (H - horizon);

      put_row (i420, y, 0, W,
               is_outside ? colour (shade - 10, shade + 18, shade - 34)
                          : colour (shade + 26, shade + 6, shade - 20));
    }
  for (int i = 0; i < 4; i++)
    {
      int x = 24 + i * 160 + yihu_random_between (&random, -12, 12);

      if (is_outside)
        put_ellipse (i420, x + 40, horizon - 40, 46, 52, colour (70, 120 + 8 * i, 64));
      else
        {
          put_box (i420, x, horizon - 108, 92, 76, colour (120, 104, 84));
          put_box (i420, x + 5, horizon - 103, 82, 66, colour (206, 226, 240));
        }
    }
}

static void
put_tables (guint8 *i420, guint index, int horizon)
{
  guint n = index == 4 ? 0 : index == 1 ? 5 : 2;

  for (guint i = 0; i < n; i++)
    {
      int x = 70 + (int) (i * 520 / MAX (n, 1));
      int y = horizon + 50 + (int) (i % 2) * 55;

      put_box (i420, x, y, 96, 12, colour (172, 128, 84));
      put_box (i420, x + 6, y + 12, 7, 34, colour (118, 84, 52));
      put_box (i420, x + 83, y + 12, 7, 34, colour (118, 84, 52));
    }
}

static void
put_person (guint8 *i420, double x, double foot, double height, guint who, double swing)
{
  static const int coats[6][3] = { { 60, 90, 150 },  { 150, 60, 70 },  { 80, 130, 90 },
                                   { 140, 110, 60 }, { 100, 80, 140 }, { 225, 225, 230 } };
  Colour coat = colour (coats[who % 6][0], coats[who % 6][1], coats[who % 6][2]);
  Colour skin = colour (222, 180, 150);
  Colour hair = who % 3 == 0 ? colour (214, 214, 214) : colour (60, 56, 54);
  double w = height * 0.16;

  put_box (i420, (int) (x - w * 0.7 + swing * w), (int) (foot - height * 0.42), (int) (w * 0.6),
           (int) (height * 0.42), colour (52, 56, 72));
  put_box (i420, (int) (x + w * 0.1 - swing * w), (int) (foot - height * 0.42), (int) (w * 0.6),
           (int) (height * 0.42), colour (48, 52, 66));
  put_ellipse (i420, x, foot - height * 0.58, w, height * 0.25, coat);
  put_ellipse (i420, x, foot - height * 0.9, height * 0.085, height * 0.1, hair);
  put_ellipse (i420, x, foot - height * 0.88, height * 0.07, height * 0.08, skin);
}

void
yihu_clip_paint (guint index, guint frame, guint8 *i420)
{
  int horizon = 128 + (int) (index * 13) % 40;
  double t = 2 * G_PI * frame / YIHU_CLIP_FRAMES;
  YihuRandom random = yihu_random_new (index, "people", 0);
  guint n = 2 + index % 4;

  put_room (i420, index, horizon);
  put_tables (i420, index, horizon);
  for (guint i = 0; i < n; i++)
    {
      double phase = yihu_random_range (&random, 0, 2 * G_PI);
      double depth = (i + 1.0) / (n + 1);
      double reach = i % 2 == 0 ? 170 : 6;
      double x = 110 + 430 * yihu_random_unit (&random) + reach * sin (t + phase);
      double foot = horizon + 60 + depth * 130;
      double swing = i % 2 == 0 ? 0.35 * sin (12 * t + phase) : 0;

      put_person (i420, x, foot, 84 + 74 * depth, i + index, swing);
    }
}
