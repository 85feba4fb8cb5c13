/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The live layer. The timer runs only while a frame has shown a pulsing ring: it is started by
 * snapshot() and ends itself when the last frame showed none, so that a quiet map wakes nobody. */

#include "map/layers/live-layer.h"

#include <math.h>

#include "map/layers/mark-painter.h"
#include "map/tiles/feature-path.h"
#include "map/tiles/palette.h"

#define TICK_MS 84 /* 12 Hz */
#define LINE_PX 2.5
#define LINE_REACH_PX 40.0

typedef struct
{
  YihuWorldPoint world;
  gboolean pulse;
} Ring;

struct _YihuLiveLayer
{
  YihuMapLayer parent_instance;

  GHashTable *sets; /* name -> GArray of Ring */
  YihuMarkPainter *painter; /* (owned) */
  gboolean dark;
  guint phase;
  guint tick_id;
  gboolean pulse_shown; /* in the last frame */
  gboolean has_line;
  YihuWorldPoint from;
  YihuWorldPoint to;
};

G_DEFINE_FINAL_TYPE (YihuLiveLayer, yihu_live_layer, YIHU_TYPE_MAP_LAYER)

static gboolean
may_animate (YihuLiveLayer *self)
{
  gboolean enabled = FALSE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &enabled,
                NULL);
  return enabled && gtk_widget_get_mapped (GTK_WIDGET (self));
}

static gboolean
on_tick (gpointer data)
{
  YihuLiveLayer *self = data;

  if (!self->pulse_shown || !may_animate (self))
    {
      self->tick_id = 0;
      return G_SOURCE_REMOVE;
    }
  self->phase = (self->phase + 1) % YIHU_RING_PHASES;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_CONTINUE;
}

static void
append_line (YihuLiveLayer *self, GtkSnapshot *snapshot, const YihuMapFrame *frame)
{
  static const double dashes[] = { 7, 5 };
  double box[4] = { -LINE_REACH_PX, -LINE_REACH_PX, frame->width + LINE_REACH_PX,
                    frame->height + LINE_REACH_PX };
  double from[2] = { yihu_map_frame_x (frame, self->from), yihu_map_frame_y (frame, self->from) };
  double to[2] = { yihu_map_frame_x (frame, self->to), yihu_map_frame_y (frame, self->to) };
  graphene_rect_t bounds;
  GdkRGBA colour;
  cairo_t *cr;

  if (!self->has_line || !yihu_clip_segment (box, from, to))
    return;
  bounds = GRAPHENE_RECT_INIT (MIN (from[0], to[0]) - LINE_PX, MIN (from[1], to[1]) - LINE_PX,
                               fabs (to[0] - from[0]) + 2 * LINE_PX,
                               fabs (to[1] - from[1]) + 2 * LINE_PX);
  yihu_map_palette_get_rgba (self->dark ? 0x9db8de : 0x33507f, &colour);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, LINE_PX);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_move_to (cr, from[0], from[1]);
  cairo_line_to (cr, to[0], to[1]);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
append_ring (YihuLiveLayer *self,
             GtkSnapshot *snapshot,
             const YihuMapFrame *frame,
             const Ring *ring)
{
  GdkTexture *texture = yihu_mark_painter_get_ring (self->painter, ring->pulse ? self->phase : 0);
  double side = (double) gdk_texture_get_width (texture) / frame->device_scale;
  double x = yihu_map_frame_x (frame, ring->world) - floor (side / 2);
  double y = yihu_map_frame_y (frame, ring->world) - floor (side / 2);

  if (x + side < 0 || y + side < 0 || x > frame->width || y > frame->height)
    return;
  gtk_snapshot_append_texture (snapshot, texture, &GRAPHENE_RECT_INIT (x, y, side, side));
  self->pulse_shown |= ring->pulse;
}

static void
yihu_live_layer_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  YihuLiveLayer *self = YIHU_LIVE_LAYER (widget);
  YihuMapFrame frame = yihu_map_layer_get_frame (YIHU_MAP_LAYER (self), NULL);
  GHashTableIter iter;
  gpointer value;

  yihu_mark_painter_set_look (self->painter, frame.device_scale, self->dark);
  self->pulse_shown = FALSE;
  g_hash_table_iter_init (&iter, self->sets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GArray *rings = value;

      for (guint i = 0; i < rings->len; i++)
        append_ring (self, snapshot, &frame, &g_array_index (rings, Ring, i));
    }
  append_line (self, snapshot, &frame);
  if (self->pulse_shown && self->tick_id == 0 && may_animate (self))
    self->tick_id = g_timeout_add (TICK_MS, on_tick, self);
}

static void
yihu_live_layer_unmap (GtkWidget *widget)
{
  YihuLiveLayer *self = YIHU_LIVE_LAYER (widget);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (yihu_live_layer_parent_class)->unmap (widget);
}

static void
yihu_live_layer_dispose (GObject *object)
{
  YihuLiveLayer *self = YIHU_LIVE_LAYER (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  G_OBJECT_CLASS (yihu_live_layer_parent_class)->dispose (object);
}

static void
yihu_live_layer_finalize (GObject *object)
{
  YihuLiveLayer *self = YIHU_LIVE_LAYER (object);

  g_clear_pointer (&self->sets, g_hash_table_unref);
  g_clear_pointer (&self->painter, yihu_mark_painter_free);
  G_OBJECT_CLASS (yihu_live_layer_parent_class)->finalize (object);
}

static void
yihu_live_layer_class_init (YihuLiveLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_live_layer_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_live_layer_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = yihu_live_layer_snapshot;
  GTK_WIDGET_CLASS (klass)->unmap = yihu_live_layer_unmap;
}

static void
yihu_live_layer_init (YihuLiveLayer *self)
{
  self->sets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self->painter = yihu_mark_painter_new ();
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

YihuLiveLayer *
yihu_live_layer_new (ShumateViewport *viewport)
{
  return g_object_new (YIHU_TYPE_LIVE_LAYER, "viewport", viewport, NULL);
}

void
yihu_live_layer_set_items (YihuLiveLayer *self,
                           const char *set,
                           const YihuMapItem *items,
                           guint n_items)
{
  GArray *rings;

  g_return_if_fail (YIHU_IS_LIVE_LAYER (self));
  g_return_if_fail (set != NULL);

  rings = g_array_new (FALSE, FALSE, sizeof (Ring));
  for (guint i = 0; i < n_items; i++)
    {
      Ring ring = { .pulse = items[i].pulse };

      if (!items[i].pulse && items[i].mark != YIHU_MAP_ELDER)
        continue;
      ring.world = yihu_world_point_from_geo (items[i].point);
      g_array_append_val (rings, ring);
    }
  g_hash_table_replace (self->sets, g_strdup (set), rings);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
yihu_live_layer_set_line (YihuLiveLayer *self, YihuGeoPoint from, YihuGeoPoint to, gboolean visible)
{
  g_return_if_fail (YIHU_IS_LIVE_LAYER (self));

  self->has_line = visible;
  self->from = yihu_world_point_from_geo (from);
  self->to = yihu_world_point_from_geo (to);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
yihu_live_layer_set_dark (YihuLiveLayer *self, gboolean dark)
{
  g_return_if_fail (YIHU_IS_LIVE_LAYER (self));

  self->dark = dark;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
yihu_live_layer_is_ticking (YihuLiveLayer *self)
{
  g_return_val_if_fail (YIHU_IS_LIVE_LAYER (self), FALSE);
  return self->tick_id != 0;
}
