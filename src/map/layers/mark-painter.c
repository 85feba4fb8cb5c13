/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The marks. Shape and colour both tell what a mark is (Okabe-Ito family), a white rim sets it off
 * from any ground. Texts are laid out at most a few a frame, because Pango on the main thread is
 * the one thing here that could take milliseconds. */

#include "map/layers/mark-painter.h"

#include <math.h>

#include "map/tiles/palette.h"

#define LABEL_SIZE_PX 12.0
#define LABELS_A_FRAME 6
#define MAX_LABELS 600
#define RING_RADIUS_PX 46.0
#define FAR_SCALE 0.62

typedef enum
{
  SHAPE_DISC,
  SHAPE_TRIANGLE,
  SHAPE_SQUARE,
  SHAPE_DIAMOND,
  SHAPE_CROSS,
} Shape;

static const struct
{
  Shape shape;
  double radius_px;
  double rim_px;
  guint32 light;
  guint32 dark;
} marks[YIHU_N_MAP_MARKS] = {
  [YIHU_MAP_ELDER] = { SHAPE_TRIANGLE, 15, 2, 0xd55e00, 0xd55e00 },
  [YIHU_MAP_HOME] = { SHAPE_DISC, 8, 2, 0x1a5fb4, 0x4c9be8 },
  [YIHU_MAP_CHECK_IN] = { SHAPE_TRIANGLE, 12, 2, 0xb93b00, 0xff7a33 },
  [YIHU_MAP_PROVIDER] = { SHAPE_DIAMOND, 10, 1.5, 0xe69f00, 0xf3b23a },
  [YIHU_MAP_INSTITUTION] = { SHAPE_SQUARE, 6.5, 1.5, 0x009e73, 0x009e73 },
  [YIHU_MAP_CENTRE] = { SHAPE_SQUARE, 4.5, 1, 0x009e73, 0x009e73 },
  [YIHU_MAP_HOSPITAL] = { SHAPE_CROSS, 9, 1.5, 0xc01c28, 0xc01c28 },
  [YIHU_MAP_CALL] = { SHAPE_DISC, 2.5, 0, 0x2a6fbd, 0x4c9be8 },
};

struct _YihuMarkPainter
{
  int device_scale;
  gboolean dark;
  guint painted; /* labels in this frame */
  GdkTexture *mark[2][YIHU_N_MAP_MARKS]; /* (owned) (nullable): near, far */
  GdkTexture *ring[YIHU_RING_PHASES]; /* (owned) (nullable) */
  GHashTable *labels; /* text -> GdkTexture */
  GHashTable *pills;
  PangoContext *context; /* (owned) (nullable) */
};

YihuMarkPainter *
yihu_mark_painter_new (void)
{
  YihuMarkPainter *self = g_new0 (YihuMarkPainter, 1);

  self->device_scale = 1;
  self->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->pills = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  return self;
}

static void
forget (YihuMarkPainter *self)
{
  for (guint i = 0; i < YIHU_N_MAP_MARKS; i++)
    {
      g_clear_object (&self->mark[0][i]);
      g_clear_object (&self->mark[1][i]);
    }
  for (guint i = 0; i < YIHU_RING_PHASES; i++)
    g_clear_object (&self->ring[i]);
  g_hash_table_remove_all (self->labels);
  g_hash_table_remove_all (self->pills);
}

void
yihu_mark_painter_free (YihuMarkPainter *self)
{
  forget (self);
  g_hash_table_unref (self->labels);
  g_hash_table_unref (self->pills);
  g_clear_object (&self->context);
  g_free (self);
}

void
yihu_mark_painter_set_look (YihuMarkPainter *self, int device_scale, gboolean dark)
{
  if (self->device_scale == device_scale && self->dark == dark)
    return;
  self->device_scale = device_scale;
  self->dark = dark;
  forget (self);
}

void
yihu_mark_painter_begin_frame (YihuMarkPainter *self)
{
  self->painted = 0;
  if (g_hash_table_size (self->labels) > MAX_LABELS)
    g_hash_table_remove_all (self->labels);
  if (g_hash_table_size (self->pills) > MAX_LABELS)
    g_hash_table_remove_all (self->pills);
}

double
yihu_mark_get_radius_px (YihuMapMark mark, gboolean far)
{
  switch (mark)
    {
    case YIHU_MAP_PROVIDER:
    case YIHU_MAP_INSTITUTION:
    case YIHU_MAP_CENTRE:
    case YIHU_MAP_HOSPITAL:
      return marks[mark].radius_px * (far ? FAR_SCALE : 1);
    default:
      return marks[mark].radius_px;
    }
}

guint32
yihu_mark_get_colour (YihuMapMark mark, gboolean dark)
{
  return dark ? marks[mark].dark : marks[mark].light;
}

static cairo_surface_t *
make_surface (YihuMarkPainter *self, double width_px, double height_px)
{
  int width = (int) ceil (width_px * self->device_scale);
  int height = (int) ceil (height_px * self->device_scale);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);

  cairo_surface_set_device_scale (surface, self->device_scale, self->device_scale);
  return surface;
}

static GdkTexture *
take_texture (cairo_surface_t *surface)
{
  int height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) bytes = NULL;

  cairo_surface_flush (surface);
  bytes =
      g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), (gsize) stride * height,
                                  (GDestroyNotify) cairo_surface_destroy, surface);
  return gdk_memory_texture_new (cairo_image_surface_get_width (surface), height,
                                 GDK_MEMORY_DEFAULT, bytes, stride);
}

static void
set_colour (cairo_t *cr, guint32 colour, double alpha)
{
  GdkRGBA rgba;

  yihu_map_palette_get_rgba (colour, &rgba);
  rgba.alpha = alpha;
  gdk_cairo_set_source_rgba (cr, &rgba);
}

static void
trace (cairo_t *cr, Shape shape, double radius)
{
  switch (shape)
    {
    case SHAPE_DISC:
      cairo_arc (cr, 0, 0, radius, 0, 2 * G_PI);
      break;
    case SHAPE_TRIANGLE:
      cairo_move_to (cr, 0, -radius);
      cairo_line_to (cr, radius * 0.95, radius * 0.72);
      cairo_line_to (cr, -radius * 0.95, radius * 0.72);
      break;
    case SHAPE_SQUARE:
      cairo_rectangle (cr, -radius, -radius, 2 * radius, 2 * radius);
      break;
    case SHAPE_DIAMOND:
      cairo_move_to (cr, 0, -radius);
      cairo_line_to (cr, radius, 0);
      cairo_line_to (cr, 0, radius);
      cairo_line_to (cr, -radius, 0);
      break;
    case SHAPE_CROSS:
      cairo_rectangle (cr, -radius, -radius, 2 * radius, 2 * radius);
      break;
    }
  cairo_close_path (cr);
}

static void
paint_hospital (cairo_t *cr, double radius, guint32 colour)
{
  double arm = radius * 0.62;
  double half = radius * 0.22;

  trace (cr, SHAPE_CROSS, radius);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill_preserve (cr);
  set_colour (cr, colour, 0.75);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  set_colour (cr, colour, 1);
  cairo_rectangle (cr, -arm, -half, 2 * arm, 2 * half);
  cairo_rectangle (cr, -half, -arm, 2 * half, 2 * arm);
  cairo_fill (cr);
}

GdkTexture *
yihu_mark_painter_get_mark (YihuMarkPainter *self, YihuMapMark mark, gboolean far)
{
  guint32 colour = self->dark ? marks[mark].dark : marks[mark].light;
  double radius = yihu_mark_get_radius_px (mark, far);
  GdkTexture **kept = &self->mark[far ? 1 : 0][mark];
  double side = 2 * ceil (radius + marks[mark].rim_px + 1);
  cairo_surface_t *surface;
  cairo_t *cr;

  if (*kept != NULL)
    return *kept;
  surface = make_surface (self, side, side);
  cr = cairo_create (surface);
  cairo_translate (cr, side / 2, side / 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  if (marks[mark].shape == SHAPE_CROSS)
    {
      paint_hospital (cr, radius, colour);
    }
  else
    {
      trace (cr, marks[mark].shape, radius);
      if (marks[mark].rim_px > 0)
        {
          cairo_set_source_rgb (cr, 1, 1, 1);
          cairo_set_line_width (cr, 2 * marks[mark].rim_px);
          cairo_stroke_preserve (cr);
        }
      set_colour (cr, colour, 1);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
  *kept = take_texture (surface);
  return *kept;
}

/* Three discs, as on a still picture; the outermost one breathes with the phase. */
GdkTexture *
yihu_mark_painter_get_ring (YihuMarkPainter *self, guint phase)
{
  double side = 2 * ceil (RING_RADIUS_PX);
  double grown = 0.5 - 0.5 * cos (2 * G_PI * phase / YIHU_RING_PHASES);
  cairo_surface_t *surface;
  cairo_t *cr;

  phase %= YIHU_RING_PHASES;
  if (self->ring[phase] != NULL)
    return self->ring[phase];
  surface = make_surface (self, side, side);
  cr = cairo_create (surface);
  cairo_translate (cr, side / 2, side / 2);
  for (guint i = 0; i < 3; i++)
    {
      double radius = 22 + 9 * i + 5 * grown;

      set_colour (cr, marks[YIHU_MAP_ELDER].light, (self->dark ? 0.22 : 0.15) - 0.03 * grown);
      cairo_arc (cr, 0, 0, radius, 0, 2 * G_PI);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
  self->ring[phase] = take_texture (surface);
  return self->ring[phase];
}

static PangoLayout *
label_layout (YihuMarkPainter *self, const char *text)
{
  PangoFontDescription *font = pango_font_description_new ();
  PangoLayout *layout;

  if (self->context == NULL)
    {
      self->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
      pango_context_set_language (self->context, pango_language_from_string ("zh-cn"));
    }
  layout = pango_layout_new (self->context);
  pango_font_description_set_family_static (font, "Noto Sans CJK SC");
  pango_font_description_set_absolute_size (font, LABEL_SIZE_PX * PANGO_SCALE);
  pango_font_description_set_weight (font, PANGO_WEIGHT_MEDIUM);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_width (layout, 260 * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static void
paint_pill (YihuMarkPainter *self, cairo_t *cr, double width, double height)
{
  double r = 5;

  cairo_new_path (cr);
  cairo_arc (cr, width - r - 1, r + 1, r, -G_PI / 2, 0);
  cairo_arc (cr, width - r - 1, height - r - 1, r, 0, G_PI / 2);
  cairo_arc (cr, r + 1, height - r - 1, r, G_PI / 2, G_PI);
  cairo_arc (cr, r + 1, r + 1, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
  set_colour (cr, self->dark ? 0x22303f : 0xffffff, 0.96);
  cairo_fill_preserve (cr);
  set_colour (cr, self->dark ? 0x5f7890 : 0x8a8478, 0.8);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static GdkTexture *
paint_label (YihuMarkPainter *self, const char *text, gboolean pill)
{
  g_autoptr (PangoLayout) layout = label_layout (self, text);
  double pad_x = pill ? 8 : 3;
  double pad_y = pill ? 4 : 2;
  int width, height;
  cairo_surface_t *surface;
  cairo_t *cr;

  pango_layout_get_pixel_size (layout, &width, &height);
  surface = make_surface (self, width + 2 * pad_x, height + 2 * pad_y);
  cr = cairo_create (surface);
  if (pill)
    {
      paint_pill (self, cr, width + 2 * pad_x, height + 2 * pad_y);
    }
  else
    {
      cairo_move_to (cr, pad_x, pad_y);
      pango_cairo_layout_path (cr, layout);
      set_colour (cr, yihu_map_palette_get (self->dark)->halo, 0.95);
      cairo_set_line_width (cr, 3);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke (cr);
    }
  cairo_move_to (cr, pad_x, pad_y);
  set_colour (cr, self->dark ? 0xe6edf3 : 0x2b2721, 1);
  pango_cairo_show_layout (cr, layout);
  cairo_destroy (cr);
  return take_texture (surface);
}

GdkTexture *
yihu_mark_painter_get_label (YihuMarkPainter *self, const char *text, gboolean pill)
{
  GHashTable *table = pill ? self->pills : self->labels;
  GdkTexture *texture = g_hash_table_lookup (table, text);

  if (texture != NULL || (!pill && self->painted >= LABELS_A_FRAME))
    return texture;
  self->painted++;
  texture = paint_label (self, text, pill);
  g_hash_table_insert (table, g_strdup (text), texture);
  return texture;
}
