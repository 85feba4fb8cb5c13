/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The point layer. snapshot() walks all items, keeps what is in view (at most MAX_NODES pictures,
 * because nodes are what a frame pays for; calls are one picture together) and notes where it drew
 * what: hit tests look at that list only, so that a click always means what was on the screen. */

#include "map/layers/point-layer.h"

#include <math.h>

#include "map/layers/mark-painter.h"
#include "map/layers/point-cloud.h"

#define MAX_NODES 1000
#define LABEL_ZOOM 15
#define FAR_ZOOM 11.5 /* below it places are drawn smaller */
#define MAX_LABELS 80
#define HIT_SLACK_PX 5.0
#define CALL_ALPHA 0.75

typedef struct
{
  YihuMapMark mark;
  YihuWorldPoint world;
  char *id; /* (owned) (nullable) */
  char *label; /* (owned) (nullable) */
} Point;

typedef struct
{
  const Point *point;
  double x;
  double y;
} Drawn;

struct _YihuPointLayer
{
  YihuMapLayer parent_instance;

  GHashTable *sets; /* name -> GArray of Point */
  YihuMarkPainter *painter; /* (owned) */
  gboolean dark;
  gboolean far; /* in the last frame */
  GArray *drawn; /* (element-type Drawn), the uppermost last; valid until the sets change */
  GArray *calls; /* (element-type YihuWorldPoint): all calls of all sets */
  GArray *label_boxes; /* (element-type graphene_rect_t): of this frame */
  GdkTexture *cloud; /* (owned) (nullable): the calls as last painted */
  graphene_rect_t cloud_place;
  YihuMapFrame cloud_frame;
  gboolean cloud_valid;
  const Point *hovered; /* (nullable): in a set */
};

G_DEFINE_FINAL_TYPE (YihuPointLayer, yihu_point_layer, YIHU_TYPE_MAP_LAYER)

/* What lies over what. */
static const YihuMapMark order[] = { YIHU_MAP_CENTRE,   YIHU_MAP_INSTITUTION, YIHU_MAP_PROVIDER,
                                     YIHU_MAP_HOSPITAL, YIHU_MAP_HOME,        YIHU_MAP_CHECK_IN,
                                     YIHU_MAP_ELDER };

static void
point_clear (gpointer data)
{
  Point *point = data;

  g_free (point->id);
  g_free (point->label);
}

static gboolean
same_frame (const YihuMapFrame *a, const YihuMapFrame *b)
{
  return a->scale_px == b->scale_px && a->left_px == b->left_px && a->top_px == b->top_px
         && a->width == b->width && a->height == b->height && a->device_scale == b->device_scale;
}

static void
append_cloud (YihuPointLayer *self, GtkSnapshot *snapshot, const YihuMapFrame *frame)
{
  if (!self->cloud_valid || !same_frame (&self->cloud_frame, frame))
    {
      g_clear_object (&self->cloud);
      self->cloud =
          yihu_point_cloud_paint ((const YihuWorldPoint *) (gpointer) self->calls->data,
                                  self->calls->len, frame,
                                  yihu_mark_get_colour (YIHU_MAP_CALL, self->dark), CALL_ALPHA,
                                  yihu_mark_get_radius_px (YIHU_MAP_CALL, self->far),
                                  &self->cloud_place);
      self->cloud_frame = *frame;
      self->cloud_valid = TRUE;
    }
  if (self->cloud != NULL)
    gtk_snapshot_append_texture (snapshot, self->cloud, &self->cloud_place);
}

static graphene_rect_t
centred (GdkTexture *texture, double x, double y, int device_scale)
{
  double width = (double) gdk_texture_get_width (texture) / device_scale;
  double height = (double) gdk_texture_get_height (texture) / device_scale;

  return GRAPHENE_RECT_INIT (floor (x - width / 2), floor (y - height / 2), width, height);
}

static void
append_mark (YihuPointLayer *self,
             GtkSnapshot *snapshot,
             const YihuMapFrame *frame,
             const Point *point)
{
  double radius = yihu_mark_get_radius_px (point->mark, self->far) + 3;
  Drawn drawn = { point, yihu_map_frame_x (frame, point->world),
                  yihu_map_frame_y (frame, point->world) };
  GdkTexture *texture;
  graphene_rect_t place;

  if (drawn.x < -radius || drawn.y < -radius || drawn.x > frame->width + radius
      || drawn.y > frame->height + radius || self->drawn->len >= MAX_NODES)
    return;
  texture = yihu_mark_painter_get_mark (self->painter, point->mark, self->far);
  place = centred (texture, drawn.x, drawn.y, frame->device_scale);
  gtk_snapshot_append_texture (snapshot, texture, &place);
  g_array_append_val (self->drawn, drawn);
}

static void
append_marks (YihuPointLayer *self, GtkSnapshot *snapshot, const YihuMapFrame *frame)
{
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      GHashTableIter iter;
      gpointer value;

      g_hash_table_iter_init (&iter, self->sets);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          GArray *points = value;

          for (guint k = 0; k < points->len; k++)
            if (g_array_index (points, Point, k).mark == order[i])
              append_mark (self, snapshot, frame, &g_array_index (points, Point, k));
        }
    }
}

/* A label under its mark, where it covers neither another label nor another mark. Returns: FALSE
 * where the picture is not painted yet. */
static gboolean
append_label (YihuPointLayer *self, GtkSnapshot *snapshot, const YihuMapFrame *frame, guint index)
{
  const Drawn *drawn = &g_array_index (self->drawn, Drawn, index);
  GdkTexture *texture;
  graphene_rect_t place;

  if (drawn->point->label == NULL || drawn->point == self->hovered)
    return TRUE;
  texture = yihu_mark_painter_get_label (self->painter, drawn->point->label, FALSE);
  if (texture == NULL)
    return FALSE;
  place = centred (texture, drawn->x, drawn->y, frame->device_scale);
  place.origin.y = drawn->y + yihu_mark_get_radius_px (drawn->point->mark, self->far) + 1;
  for (guint i = 0; i < self->label_boxes->len; i++)
    if (graphene_rect_intersection (&g_array_index (self->label_boxes, graphene_rect_t, i), &place,
                                    NULL))
      return TRUE;
  gtk_snapshot_append_texture (snapshot, texture, &place);
  g_array_append_val (self->label_boxes, place);
  return TRUE;
}

static gboolean
draw_again (gpointer data)
{
  gtk_widget_queue_draw (data);
  return G_SOURCE_REMOVE;
}

static void
append_labels (YihuPointLayer *self, GtkSnapshot *snapshot, const YihuMapFrame *frame)
{
  gboolean complete = TRUE;

  g_array_set_size (self->label_boxes, 0);
  for (guint i = self->drawn->len; i > 0 && self->label_boxes->len < MAX_LABELS; i--)
    complete = append_label (self, snapshot, frame, i - 1) && complete;
  if (!complete)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, draw_again, g_object_ref (self), g_object_unref);
}

static void
append_hover (YihuPointLayer *self, GtkSnapshot *snapshot, const YihuMapFrame *frame)
{
  GdkTexture *texture;
  graphene_rect_t place;
  double x, y, radius;

  if (self->hovered == NULL || self->hovered->label == NULL)
    return;
  x = yihu_map_frame_x (frame, self->hovered->world);
  y = yihu_map_frame_y (frame, self->hovered->world);
  radius = yihu_mark_get_radius_px (self->hovered->mark, self->far) + 6;
  texture = yihu_mark_painter_get_label (self->painter, self->hovered->label, TRUE);
  place = centred (texture, x, y, frame->device_scale);
  place.origin.y = y - radius - place.size.height;
  if (place.origin.y < 0)
    place.origin.y = y + radius;
  place.origin.x = CLAMP (place.origin.x, 0, MAX (0, frame->width - place.size.width));
  gtk_snapshot_append_texture (snapshot, texture, &place);
}

static void
yihu_point_layer_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  YihuPointLayer *self = YIHU_POINT_LAYER (widget);
  double zoom;
  YihuMapFrame frame = yihu_map_layer_get_frame (YIHU_MAP_LAYER (self), &zoom);

  yihu_mark_painter_set_look (self->painter, frame.device_scale, self->dark);
  yihu_mark_painter_begin_frame (self->painter);
  g_array_set_size (self->drawn, 0);
  self->far = zoom < FAR_ZOOM;
  append_cloud (self, snapshot, &frame);
  append_marks (self, snapshot, &frame);
  if (zoom >= LABEL_ZOOM)
    append_labels (self, snapshot, &frame);
  append_hover (self, snapshot, &frame);
}

static const Point *
find_at (YihuPointLayer *self, double x, double y)
{
  for (guint i = self->drawn->len; i > 0; i--)
    {
      const Drawn *drawn = &g_array_index (self->drawn, Drawn, i - 1);
      double reach = yihu_mark_get_radius_px (drawn->point->mark, self->far) + HIT_SLACK_PX;

      if (fabs (drawn->x - x) <= reach && fabs (drawn->y - y) <= reach)
        return drawn->point;
    }
  return NULL;
}

static void
yihu_point_layer_finalize (GObject *object)
{
  YihuPointLayer *self = YIHU_POINT_LAYER (object);

  g_clear_pointer (&self->sets, g_hash_table_unref);
  g_clear_pointer (&self->painter, yihu_mark_painter_free);
  g_clear_pointer (&self->drawn, g_array_unref);
  g_clear_pointer (&self->calls, g_array_unref);
  g_clear_pointer (&self->label_boxes, g_array_unref);
  g_clear_object (&self->cloud);
  G_OBJECT_CLASS (yihu_point_layer_parent_class)->finalize (object);
}

static void
yihu_point_layer_class_init (YihuPointLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_point_layer_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = yihu_point_layer_snapshot;
}

static void
yihu_point_layer_init (YihuPointLayer *self)
{
  self->sets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self->painter = yihu_mark_painter_new ();
  self->drawn = g_array_new (FALSE, FALSE, sizeof (Drawn));
  self->calls = g_array_new (FALSE, FALSE, sizeof (YihuWorldPoint));
  self->label_boxes = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));
}

YihuPointLayer *
yihu_point_layer_new (ShumateViewport *viewport)
{
  return g_object_new (YIHU_TYPE_POINT_LAYER, "viewport", viewport, NULL);
}

static void
collect_calls (YihuPointLayer *self)
{
  GHashTableIter iter;
  gpointer value;

  g_array_set_size (self->calls, 0);
  g_hash_table_iter_init (&iter, self->sets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GArray *points = value;

      for (guint i = 0; i < points->len; i++)
        if (g_array_index (points, Point, i).mark == YIHU_MAP_CALL)
          g_array_append_val (self->calls, g_array_index (points, Point, i).world);
    }
  self->cloud_valid = FALSE;
}

void
yihu_point_layer_set_items (YihuPointLayer *self,
                            const char *set,
                            const YihuMapItem *items,
                            guint n_items)
{
  GArray *points;

  g_return_if_fail (YIHU_IS_POINT_LAYER (self));
  g_return_if_fail (set != NULL);

  points = g_array_sized_new (FALSE, FALSE, sizeof (Point), n_items);
  g_array_set_clear_func (points, point_clear);
  for (guint i = 0; i < n_items; i++)
    {
      Point point = { .mark = items[i].mark,
                      .world = yihu_world_point_from_geo (items[i].point),
                      .id = g_strdup (items[i].id),
                      .label = g_strdup (items[i].label) };

      g_array_append_val (points, point);
    }
  self->hovered = NULL;
  g_array_set_size (self->drawn, 0);
  g_hash_table_replace (self->sets, g_strdup (set), points);
  collect_calls (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
yihu_point_layer_set_dark (YihuPointLayer *self, gboolean dark)
{
  g_return_if_fail (YIHU_IS_POINT_LAYER (self));

  self->dark = dark;
  self->cloud_valid = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
yihu_point_layer_get_n_items (YihuPointLayer *self)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_return_val_if_fail (YIHU_IS_POINT_LAYER (self), 0);

  g_hash_table_iter_init (&iter, self->sets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((GArray *) value)->len;
  return n;
}

const char *
yihu_point_layer_pick (YihuPointLayer *self, double x, double y)
{
  const Point *point;

  g_return_val_if_fail (YIHU_IS_POINT_LAYER (self), NULL);

  point = find_at (self, x, y);
  return point == NULL ? NULL : point->id != NULL ? point->id : "";
}

gboolean
yihu_point_layer_set_pointer (YihuPointLayer *self, gboolean inside, double x, double y)
{
  const Point *point;

  g_return_val_if_fail (YIHU_IS_POINT_LAYER (self), FALSE);

  point = inside ? find_at (self, x, y) : NULL;
  if (point != self->hovered)
    {
      self->hovered = point;
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  return point != NULL;
}
