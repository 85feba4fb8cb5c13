/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The caption of a film: what room it is, that it is a demonstration, and the second of the loop.
 * Written by Pango into a mask, laid over the brightness of the picture. */

#include "city/clips.h"

#include <pango/pangocairo.h>

#define BAR_HEIGHT 30
#define MARGIN 8

static void
write_text (cairo_t *cr, const char *text, gboolean at_right)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC 13");
  int width;

  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  cairo_move_to (cr, at_right ? YIHU_CLIP_WIDTH - MARGIN - width : MARGIN, 3);
  pango_cairo_show_layout (cr, layout);
  pango_font_description_free (font);
}

static void
blend (guint8 *i420, const guint8 *mask, int stride)
{
  for (int y = 0; y < BAR_HEIGHT; y++)
    for (int x = 0; x < YIHU_CLIP_WIDTH; x++)
      {
        guint8 *luma = &i420[y * YIHU_CLIP_WIDTH + x];
        int alpha = mask[y * stride + x];

        *luma = (guint8) ((*luma * 2 / 5 * (255 - alpha) + 232 * alpha) / 255);
      }
}

void
yihu_clip_write_caption (guint index, guint frame, guint8 *i420)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_A8, YIHU_CLIP_WIDTH, BAR_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  g_autofree char *left = g_strdup_printf ("%s  演示画面", yihu_clip_get_room (index));
  g_autofree char *right =
      g_strdup_printf ("%02u:%02u", frame / YIHU_CLIP_FPS, frame % YIHU_CLIP_FPS);

  write_text (cr, left, FALSE);
  write_text (cr, right, TRUE);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  blend (i420, cairo_image_surface_get_data (surface), cairo_image_surface_get_stride (surface));
  cairo_surface_destroy (surface);
}
