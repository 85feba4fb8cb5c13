/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Text of the base map: the Simplified Chinese face by name, because Pango would take Japanese
 * shapes in an English or C locale; no hinting, so that the same label looks the same in two tiles;
 * a halo in the colour of the ground, so that it can be read on roads and borders. */

#include "map/tiles/label-painter.h"

#define FONT_FAMILY "Noto Sans CJK SC"
#define HALO_PX 3.0

PangoContext *
yihu_label_context_new (void)
{
  PangoFontMap *map = pango_cairo_font_map_get_default (); /* one a thread */
  PangoContext *context = pango_font_map_create_context (map);
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_context_set_language (context, pango_language_from_string ("zh-cn"));
  pango_context_set_round_glyph_positions (context, FALSE);
  return context;
}

static PangoLayout *
label_layout (PangoContext *context, const char *text, gssize length, YihuFeatureClass class)
{
  YihuLabelStyle style = yihu_label_style (class);
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *font = pango_font_description_new ();

  pango_font_description_set_family_static (font, FONT_FAMILY);
  pango_font_description_set_absolute_size (font, style.size_px * PANGO_SCALE);
  pango_font_description_set_weight (font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, length);
  return layout;
}

static void
layout_size (PangoLayout *layout, double *width_px, double *height_px)
{
  int width, height;

  pango_layout_get_size (layout, &width, &height);
  *width_px = (double) width / PANGO_SCALE;
  *height_px = (double) height / PANGO_SCALE;
}

void
yihu_label_measure (PangoContext *context,
                    const char *text,
                    YihuFeatureClass class,
                    double *width_px,
                    double *height_px)
{
  g_autoptr (PangoLayout) layout = label_layout (context, text, -1, class);

  layout_size (layout, width_px, height_px);
}

static void
set_colour (cairo_t *cr, guint32 colour)
{
  GdkRGBA rgba;

  yihu_map_palette_get_rgba (colour, &rgba);
  gdk_cairo_set_source_rgba (cr, &rgba);
}

/* Paints @layout around the origin of @cr. */
static void
paint_centred (cairo_t *cr, PangoLayout *layout, guint32 text, guint32 halo)
{
  double width, height;

  layout_size (layout, &width, &height);
  cairo_move_to (cr, -width / 2, -height / 2);
  pango_cairo_layout_path (cr, layout);
  cairo_set_line_width (cr, HALO_PX);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  set_colour (cr, halo);
  cairo_stroke (cr);
  cairo_move_to (cr, -width / 2, -height / 2);
  set_colour (cr, text);
  pango_cairo_show_layout (cr, layout);
}

static void
paint_stacked (const YihuLabel *label,
               cairo_t *cr,
               PangoContext *context,
               guint32 text,
               guint32 halo)
{
  long n = g_utf8_strlen (label->text, -1);
  double step_px = yihu_label_style (label->class).size_px * 1.1;
  const char *character = label->text;

  for (long i = 0; i < n; i++)
    {
      const char *next = g_utf8_next_char (character);
      g_autoptr (PangoLayout) layout =
          label_layout (context, character, next - character, label->class);

      cairo_save (cr);
      cairo_translate (cr, (i - (n - 1) / 2.0) * step_px, 0);
      cairo_rotate (cr, -G_PI / 2);
      paint_centred (cr, layout, text, halo);
      cairo_restore (cr);
      character = next;
    }
}

void
yihu_label_paint (const YihuLabel *label,
                  cairo_t *cr,
                  PangoContext *context,
                  const YihuMapPalette *palette,
                  double left_px,
                  double top_px)
{
  guint32 text = palette->feature[label->class].text;

  cairo_save (cr);
  cairo_new_path (cr);
  cairo_translate (cr, label->x - left_px, label->y - top_px);
  cairo_rotate (cr, label->angle);
  if (label->stacked)
    {
      paint_stacked (label, cr, context, text, palette->halo);
    }
  else
    {
      g_autoptr (PangoLayout) layout = label_layout (context, label->text, -1, label->class);

      paint_centred (cr, layout, text, palette->halo);
    }
  cairo_restore (cr);
}
