/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The vector tile painter. Shapes first, in the order of the classes, then labels in a pass of
 * their own from the plan of that scale. Plans are few (one a zoom step) and shared by the worker
 * threads; the one who comes first makes it while the others wait for it, not the main thread. */

#include "map/tiles/vector-source.h"

#include <math.h>

#include "base/error.h"
#include "map/tiles/feature-path.h"
#include "map/tiles/label-painter.h"

#define MAX_ZOOM 18
#define MAX_PLANS 4
#define MAX_TILE_SIDE 2048 /* device pixels: 512 * scale 4 */

struct _YihuVectorSource
{
  GObject parent_instance;

  YihuBasePackage *package; /* (owned) */
  const YihuMapPalette *palette;
  gboolean has_land;
  GMutex lock; /* protects plans; held while one is made */
  GPtrArray *plans; /* (element-type YihuLabelPlan) (owned), the newest last */
};

typedef struct
{
  YihuVectorSource *source;
  YihuTileView view;
  cairo_t *cr;
  double zoom; /* for widths: with its fraction */
} Painter;

static void tile_source_init (YihuTileSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (YihuVectorSource,
                               yihu_vector_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (YIHU_TYPE_TILE_SOURCE, tile_source_init))

static void
set_colour (cairo_t *cr, guint32 colour)
{
  GdkRGBA rgba;

  yihu_map_palette_get_rgba (colour, &rgba);
  gdk_cairo_set_source_rgba (cr, &rgba);
}

static gboolean
is_drawn (const Painter *painter, const YihuMapFeature *feature, double margin_px)
{
  return feature->min_zoom <= painter->zoom
         && yihu_tile_view_touches (&painter->view, feature, margin_px);
}

static void
fill_class (Painter *painter, YihuFeatureClass class)
{
  guint n;
  const YihuMapFeature *features =
      yihu_base_package_get_features (painter->source->package, class, &n);

  set_colour (painter->cr, painter->source->palette->feature[class].fill);
  for (guint i = 0; i < n; i++)
    if (is_drawn (painter, &features[i], 1))
      {
        cairo_new_path (painter->cr);
        yihu_tile_view_add_area (&painter->view, &features[i], painter->cr);
        cairo_fill (painter->cr);
      }
}

static void
stroke_features (Painter *painter,
                 const YihuMapFeature *features,
                 guint n_features,
                 YihuLineStyle style,
                 double width_px,
                 guint32 colour)
{
  gboolean dashed = style.kind == YIHU_LINE_DASHED;

  if (width_px <= 0)
    return;
  set_colour (painter->cr, colour);
  cairo_set_line_cap (painter->cr, dashed ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (painter->cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < n_features; i++)
    if (is_drawn (painter, &features[i], width_px))
      yihu_tile_view_stroke (&painter->view, &features[i], painter->cr, width_px,
                             dashed ? style.dash_px : NULL);
}

static void
stroke_class (Painter *painter, YihuFeatureClass class, double width_px, guint32 colour)
{
  guint n;
  const YihuMapFeature *features =
      yihu_base_package_get_features (painter->source->package, class, &n);

  stroke_features (painter, features, n, yihu_line_style (class, painter->zoom), width_px, colour);
}

static void
stroke_casing (Painter *painter, YihuFeatureClass class)
{
  YihuLineStyle style = yihu_line_style (class, painter->zoom);

  if (style.casing_px > 0 && style.width_px > 0)
    stroke_class (painter, class, style.width_px + style.casing_px,
                  painter->source->palette->feature[class].casing);
}

/* A road too thin for a casing takes its colour: pale lines on pale ground are lost. */
static void
stroke_fill (Painter *painter, YihuFeatureClass class)
{
  YihuLineStyle style = yihu_line_style (class, painter->zoom);
  const YihuFeatureColours *colours = &painter->source->palette->feature[class];
  gboolean thin = class == YIHU_FEATURE_ROAD_MAJOR && style.casing_px <= 0;

  stroke_class (painter, class, style.width_px, thin ? colours->casing : colours->fill);
}

static void
stroke_shore (Painter *painter, YihuFeatureClass class)
{
  stroke_class (painter, class, yihu_line_style (class, painter->zoom).width_px,
                painter->source->palette->feature[class].casing);
}

static void
stroke_borders (Painter *painter, YihuFeatureClass class)
{
  YihuLineStyle style = yihu_line_style (class, painter->zoom);
  guint n;
  const YihuMapFeature *borders =
      yihu_base_package_get_borders (painter->source->package, class, &n);

  stroke_features (painter, borders, n, style, style.width_px,
                   painter->source->palette->feature[class].casing);
}

static void
paint_shapes (Painter *painter)
{
  const YihuMapPalette *palette = painter->source->palette;

  set_colour (painter->cr,
              painter->source->has_land ? palette->sea : palette->feature[YIHU_FEATURE_LAND].fill);
  cairo_paint (painter->cr);
  fill_class (painter, YIHU_FEATURE_LAND);
  fill_class (painter, YIHU_FEATURE_PARK);
  stroke_shore (painter, YIHU_FEATURE_LAND);
  fill_class (painter, YIHU_FEATURE_WATER);
  stroke_shore (painter, YIHU_FEATURE_WATER);
  stroke_fill (painter, YIHU_FEATURE_RIVER);
  stroke_borders (painter, YIHU_FEATURE_STREET);
  stroke_borders (painter, YIHU_FEATURE_DISTRICT);
  stroke_fill (painter, YIHU_FEATURE_RAIL);
  stroke_casing (painter, YIHU_FEATURE_ROAD_MINOR);
  stroke_casing (painter, YIHU_FEATURE_ROAD_MAJOR);
  stroke_fill (painter, YIHU_FEATURE_ROAD_MINOR);
  stroke_fill (painter, YIHU_FEATURE_ROAD_MAJOR);
}

static YihuLabelPlan *
find_plan (YihuVectorSource *self, guint zoom, double scale_px)
{
  for (guint i = 0; i < self->plans->len; i++)
    {
      YihuLabelPlan *plan = g_ptr_array_index (self->plans, i);

      if (yihu_label_plan_get_zoom (plan) == zoom
          && yihu_label_plan_get_scale_px (plan) == scale_px)
        return yihu_label_plan_ref (plan);
    }
  return NULL;
}

static YihuLabelPlan *
ensure_plan (YihuVectorSource *self,
             PangoContext *context,
             guint zoom,
             double scale_px,
             GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  YihuLabelPlan *plan = find_plan (self, zoom, scale_px);

  if (plan != NULL)
    return plan;
  plan = yihu_label_plan_new (self->package, context, zoom, scale_px, cancellable);
  if (plan == NULL)
    return NULL;
  if (self->plans->len >= MAX_PLANS)
    g_ptr_array_remove_index (self->plans, 0);
  g_ptr_array_add (self->plans, yihu_label_plan_ref (plan));
  return plan;
}

static void
paint_labels (Painter *painter, YihuLabelPlan *plan, PangoContext *context)
{
  const YihuTileView *view = &painter->view;
  guint n;
  const YihuLabel *labels = yihu_label_plan_get_labels (plan, &n);

  for (guint i = 0; i < n; i++)
    if (labels[i].right > view->left_px && labels[i].left < view->left_px + view->width_px
        && labels[i].bottom > view->top_px && labels[i].top < view->top_px + view->height_px)
      yihu_label_paint (&labels[i], painter->cr, context, painter->source->palette, view->left_px,
                        view->top_px);
}

/* Three bytes a pixel: what GSK takes for opaque without a look at alpha. */
static GdkTexture *
texture_from_surface (cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  gsize size = (gsize) width * height * 3;
  guint8 *pixels = g_malloc (size);
  guint8 *to = pixels;
  g_autoptr (GBytes) bytes = NULL;

  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    {
      const guint32 *from = (const guint32 *) (gpointer) (cairo_image_surface_get_data (surface)
                                                          + (gsize) y * stride);

      for (int x = 0; x < width; x++)
        {
          *to++ = (from[x] >> 16) & 0xff;
          *to++ = (from[x] >> 8) & 0xff;
          *to++ = from[x] & 0xff;
        }
    }
  bytes = g_bytes_new_take (pixels, size);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8, bytes, (gsize) width * 3);
}

static void
paint_tile (Painter *painter, const YihuTileRequest *request, GCancellable *cancellable)
{
  PangoContext *context = yihu_label_context_new ();
  YihuLabelPlan *plan =
      ensure_plan (painter->source, context, request->key.z, request->scale_px, cancellable);

  if (plan != NULL)
    {
      paint_shapes (painter);
      paint_labels (painter, plan, context);
      yihu_label_plan_unref (plan);
    }
  g_object_unref (context);
}

static GdkTexture *
vector_source_draw (YihuTileSource *source,
                    const YihuTileRequest *request,
                    GCancellable *cancellable,
                    GError **error)
{
  Painter painter = { .source = YIHU_VECTOR_SOURCE (source),
                      .zoom = log2 (request->scale_px / YIHU_TILE_BASE_PX) };
  double left, top;
  int width, height;
  cairo_surface_t *surface;
  GdkTexture *texture = NULL;

  yihu_tile_request_get_area (request, &left, &top, &width, &height);
  if (width <= 0 || height <= 0 || width > MAX_TILE_SIDE || height > MAX_TILE_SIDE)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID, "tile of impossible size");
      return NULL;
    }
  painter.view = (YihuTileView){ .scale_px = request->scale_px,
                                 .left_px = left / request->device_scale,
                                 .top_px = top / request->device_scale,
                                 .width_px = (double) width / request->device_scale,
                                 .height_px = (double) height / request->device_scale };
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  painter.cr = cairo_create (surface);
  cairo_scale (painter.cr, request->device_scale, request->device_scale);
  paint_tile (&painter, request, cancellable);
  cairo_destroy (painter.cr);
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    texture = texture_from_surface (surface);
  cairo_surface_destroy (surface);
  return texture;
}

static guint
vector_source_get_max_zoom (YihuTileSource *source)
{
  return MAX_ZOOM;
}

static void
vector_source_finalize (GObject *object)
{
  YihuVectorSource *self = YIHU_VECTOR_SOURCE (object);

  g_clear_pointer (&self->package, yihu_base_package_unref);
  g_clear_pointer (&self->plans, g_ptr_array_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (yihu_vector_source_parent_class)->finalize (object);
}

static void
tile_source_init (YihuTileSourceInterface *iface)
{
  iface->draw = vector_source_draw;
  iface->get_max_zoom = vector_source_get_max_zoom;
}

static void
yihu_vector_source_class_init (YihuVectorSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vector_source_finalize;
}

static void
yihu_vector_source_init (YihuVectorSource *self)
{
  g_mutex_init (&self->lock);
  self->plans = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_label_plan_unref);
}

YihuTileSource *
yihu_vector_source_new (YihuBasePackage *package, gboolean dark)
{
  YihuVectorSource *self = g_object_new (YIHU_TYPE_VECTOR_SOURCE, NULL);
  guint n_land;

  self->package = yihu_base_package_ref (package);
  self->palette = yihu_map_palette_get (dark);
  yihu_base_package_get_features (package, YIHU_FEATURE_LAND, &n_land);
  self->has_land = n_land > 0;
  return YIHU_TILE_SOURCE (self);
}
