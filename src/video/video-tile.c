/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The video tile. Pictures are converted in snapshot(): what is not drawn costs nothing, and a slow
 * interface queues nothing. Under the cairo renderer the picture is a cairo node over an RGB24
 * surface of exactly the tile's device pixels (GTK 4.8 would convert a texture at each draw);
 * under GL it is a texture of the stream's size, which the GPU scales. A surface is dropped only
 * after the node that shows it, and a buffer is written only when nobody shows it. */

#include "video/video-tile.h"

#include <math.h>

#include "video/frame-pool.h"

#define STRIP_PX 26
#define TEXT_MARGIN_PX 8
#define LARGE_TEXT_SCALE 1.3
#define AGE_TICK_S 1
#define DEFAULT_ASPECT (16.0 / 9)

struct _YihuVideoTile
{
  GtkWidget parent_instance;

  YihuStream *stream; /* (owned) (nullable) */
  char *title; /* (owned) */
  char *words[YIHU_STREAM_REFUSED + 1]; /* (owned) */

  YihuPicture *picture; /* (owned) (nullable): the last good one */
  YihuFramePool *pool; /* (owned) */
  guint8 *scratch; /* (owned): planes between scaling and conversion */
  gsize scratch_size;

  GskRenderNode *node; /* (owned) (nullable): the picture as drawn, cairo renderer */
  cairo_surface_t *surface; /* (owned) (nullable): under node */
  GdkTexture *texture; /* (owned) (nullable): the picture as drawn, other renderers */
  graphene_rect_t place; /* of node */
  guint age_id; /* timer: only while an age is shown */
};

G_DEFINE_FINAL_TYPE (YihuVideoTile, yihu_video_tile, GTK_TYPE_WIDGET)

static const char *const default_words[] = { "off",    "connecting", "waiting for a picture",
                                             "live",   "stalled",    "no signal",
                                             "refused" };

/* A state is a word, a shape and a colour. The tile lies on a picture and looks the same in the
 * light and in the dark style. */
static const struct
{
  const char *shape;
  GdkRGBA colour;
} looks[] = {
  [YIHU_STREAM_OFF] = { "○", { 0.66f, 0.73f, 0.79f, 1 } },
  [YIHU_STREAM_CONNECTING] = { "◌", { 0.66f, 0.73f, 0.79f, 1 } },
  [YIHU_STREAM_WAITING_KEY] = { "◎", { 0.66f, 0.73f, 0.79f, 1 } },
  [YIHU_STREAM_LIVE] = { "●", { 0.31f, 0.82f, 0.65f, 1 } },
  [YIHU_STREAM_STALLED] = { "◆", { 0.95f, 0.70f, 0.23f, 1 } },
  [YIHU_STREAM_BACKING_OFF] = { "▲", { 1.00f, 0.60f, 0.40f, 1 } },
  [YIHU_STREAM_REFUSED] = { "▲", { 1.00f, 0.60f, 0.40f, 1 } },
};

static YihuStreamState
get_state (YihuVideoTile *self)
{
  return self->stream != NULL ? yihu_stream_get_state (self->stream) : YIHU_STREAM_OFF;
}

/* Pictures held while the stream has none are old: that must be seen. */
static gboolean
is_held (YihuVideoTile *self)
{
  YihuStreamState state = get_state (self);

  return self->picture != NULL && state != YIHU_STREAM_LIVE;
}

static void
drop_drawing (YihuVideoTile *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_object (&self->texture);
}

/* The largest rectangle of the picture's shape in the tile, on whole pixels. */
static graphene_rect_t
fit (YihuVideoTile *self, double aspect)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  int fit_width = MIN (width, (int) round (height * aspect));
  int fit_height = MIN (height, (int) round (fit_width / aspect));

  return GRAPHENE_RECT_INIT ((width - fit_width) / 2, (height - fit_height) / 2, fit_width,
                             fit_height);
}

static guint8 *
get_scratch (YihuVideoTile *self, gsize size)
{
  if (self->scratch_size != size)
    {
      g_free (self->scratch);
      self->scratch = g_malloc (size);
      self->scratch_size = size;
    }
  return self->scratch;
}

static YihuFrameBuffer *
convert (YihuVideoTile *self, int width, int height)
{
  YihuFrameBuffer *buffer = yihu_frame_pool_get (self->pool, (gsize) width * height * 4);

  yihu_picture_convert (self->picture, buffer->data, width * 4, width, height,
                        get_scratch (self, (gsize) width * height * 3 / 2));
  return buffer;
}

/* For the cairo renderer: a node over the picture in the tile's own device pixels. */
static void
make_node (YihuVideoTile *self, const graphene_rect_t *place)
{
  static const cairo_user_data_key_t key;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = (int) place->size.width * scale & ~1;
  int height = (int) place->size.height * scale & ~1;
  YihuFrameBuffer *buffer;
  cairo_t *cr;

  drop_drawing (self);
  if (width < 2 || height < 2)
    return;
  buffer = convert (self, width, height);
  self->surface = cairo_image_surface_create_for_data (buffer->data, CAIRO_FORMAT_RGB24, width,
                                                       height, width * 4);
  cairo_surface_set_user_data (self->surface, &key, buffer, yihu_frame_buffer_release);
  cairo_surface_set_device_scale (self->surface, scale, scale);
  self->place = *place;
  self->node =
      gsk_cairo_node_new (&GRAPHENE_RECT_INIT (place->origin.x, place->origin.y,
                                               (double) width / scale, (double) height / scale));
  cr = gsk_cairo_node_get_draw_context (self->node);
  cairo_set_source_surface (cr, self->surface, place->origin.x, place->origin.y);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_paint (cr);
  cairo_destroy (cr);
}

static void
make_texture (YihuVideoTile *self)
{
  int width = yihu_picture_get_width (self->picture) & ~1;
  int height = yihu_picture_get_height (self->picture) & ~1;
  YihuFrameBuffer *buffer;
  g_autoptr (GBytes) bytes = NULL;

  drop_drawing (self);
  if (width < 2 || height < 2)
    return;
  buffer = convert (self, width, height);
  bytes =
      g_bytes_new_with_free_func (buffer->data, buffer->size, yihu_frame_buffer_release, buffer);
  self->texture = gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes,
                                          (gsize) width * 4);
}

static gboolean
draws_with_cairo (YihuVideoTile *self)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));

  return native != NULL && GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (native));
}

static gboolean
take_picture (YihuVideoTile *self)
{
  YihuPicture *picture = self->stream != NULL ? yihu_stream_take_picture (self->stream) : NULL;

  if (picture == NULL)
    return FALSE;
  g_clear_pointer (&self->picture, yihu_picture_free);
  self->picture = picture;
  return TRUE;
}

static void
append_picture (YihuVideoTile *self, GtkSnapshot *snapshot)
{
  gboolean fresh = take_picture (self);
  graphene_rect_t place;

  if (self->picture == NULL)
    return;
  place = fit (self, yihu_picture_get_aspect (self->picture));
  if (draws_with_cairo (self))
    {
      if (fresh || self->node == NULL || !graphene_rect_equal (&place, &self->place))
        make_node (self, &place);
      if (self->node != NULL)
        gtk_snapshot_append_node (snapshot, self->node);
    }
  else
    {
      if (fresh || self->texture == NULL)
        make_texture (self);
      if (self->texture != NULL)
        gtk_snapshot_append_texture (snapshot, self->texture, &place);
    }
  if (is_held (self))
    gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0.25f, 0.27f, 0.3f, 0.62f }, &place);
}

/* Words */

static char *
format_age (gint64 age_us)
{
  gint64 seconds = age_us / G_USEC_PER_SEC;

  if (seconds >= 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600,
                            (int) (seconds / 60 % 60), (int) (seconds % 60));
  return g_strdup_printf ("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}

static const char *
get_word (YihuVideoTile *self)
{
  YihuStreamState state = get_state (self);

  return self->words[state] != NULL ? self->words[state] : default_words[state];
}

static char *
state_text (YihuVideoTile *self)
{
  gint64 age_us = self->stream != NULL ? yihu_stream_get_age_us (self->stream) : -1;
  g_autofree char *age = is_held (self) && age_us >= 0 ? format_age (age_us) : NULL;

  return age != NULL
             ? g_strdup_printf ("%s %s · %s", looks[get_state (self)].shape, get_word (self), age)
             : g_strdup_printf ("%s %s", looks[get_state (self)].shape, get_word (self));
}

static PangoLayout *
make_layout (YihuVideoTile *self, const char *text, double scale, int most_px)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_family_new ("Noto Sans CJK SC"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, MAX (most_px, 1) * PANGO_SCALE);
  return layout;
}

static void
append_layout (GtkSnapshot *snapshot,
               PangoLayout *layout,
               const GdkRGBA *colour,
               double x,
               double y)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (floor (x), floor (y)));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

/* The strip at the foot: name to the left, state to the right. */
static void
append_strip (YihuVideoTile *self, GtkSnapshot *snapshot)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  g_autofree char *text = state_text (self);
  g_autoptr (PangoLayout) state = make_layout (self, text, 1, width - 2 * TEXT_MARGIN_PX);
  g_autoptr (PangoLayout) title = NULL;
  int state_width, state_height, title_width, title_height, strip;

  pango_layout_get_pixel_size (state, &state_width, &state_height);
  title = make_layout (self, self->title, 1, width - state_width - 3 * TEXT_MARGIN_PX);
  pango_layout_get_pixel_size (title, &title_width, &title_height);
  strip = MAX (STRIP_PX, MAX (state_height, title_height) + 6);
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0.04f, 0.06f, 0.09f, 0.72f },
                             &GRAPHENE_RECT_INIT (0, height - strip, width, strip));
  if (width - state_width - 3 * TEXT_MARGIN_PX > 20)
    append_layout (snapshot, title, &(GdkRGBA){ 0.93f, 0.95f, 0.97f, 1 }, TEXT_MARGIN_PX,
                   height - strip + (strip - title_height) / 2.0);
  append_layout (snapshot, state, &looks[get_state (self)].colour,
                 width - TEXT_MARGIN_PX - state_width,
                 height - strip + (strip - state_height) / 2.0);
}

/* Without any picture the state stands large in the middle. */
static void
append_placeholder (YihuVideoTile *self, GtkSnapshot *snapshot)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  g_autofree char *text = g_strdup_printf ("%s %s", looks[get_state (self)].shape, get_word (self));
  g_autoptr (PangoLayout) layout =
      make_layout (self, text, LARGE_TEXT_SCALE, width - 2 * TEXT_MARGIN_PX);
  int text_width, text_height;

  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  append_layout (snapshot, layout, &looks[get_state (self)].colour, (width - text_width) / 2.0,
                 (height - STRIP_PX - text_height) / 2.0);
}

static void
yihu_video_tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  YihuVideoTile *self = YIHU_VIDEO_TILE (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);

  if (width < 2 || height < 2)
    return;
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0.06f, 0.09f, 0.12f, 1 },
                             &GRAPHENE_RECT_INIT (0, 0, width, height));
  append_picture (self, snapshot);
  if (self->picture == NULL)
    append_placeholder (self, snapshot);
  append_strip (self, snapshot);
}

/* What the stream reports */

static gboolean
on_age_tick (gpointer data)
{
  gtk_widget_queue_draw (data);
  return G_SOURCE_CONTINUE;
}

static void
update_age_timer (YihuVideoTile *self)
{
  gboolean wanted = is_held (self) && gtk_widget_get_mapped (GTK_WIDGET (self));

  if (wanted && self->age_id == 0)
    self->age_id = g_timeout_add_seconds (AGE_TICK_S, on_age_tick, self);
  else if (!wanted)
    g_clear_handle_id (&self->age_id, g_source_remove);
}

static void
update_label (YihuVideoTile *self)
{
  g_autofree char *label = *self->title != '\0'
                               ? g_strdup_printf ("%s, %s", self->title, get_word (self))
                               : g_strdup (get_word (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* A stream that was stopped or sent elsewhere must not show the old camera under the new name. */
static void
forget_picture (YihuVideoTile *self)
{
  g_clear_pointer (&self->picture, yihu_picture_free);
  drop_drawing (self);
}

static void
on_state_changed (YihuStream *stream, GParamSpec *pspec, YihuVideoTile *self)
{
  YihuStreamState state = get_state (self);

  if (state == YIHU_STREAM_OFF || state == YIHU_STREAM_CONNECTING)
    forget_picture (self);
  update_label (self);
  update_age_timer (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_frame (YihuStream *stream, YihuVideoTile *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
yihu_video_tile_map (GtkWidget *widget)
{
  YihuVideoTile *self = YIHU_VIDEO_TILE (widget);

  GTK_WIDGET_CLASS (yihu_video_tile_parent_class)->map (widget);
  if (self->stream != NULL)
    yihu_stream_set_watched (self->stream, TRUE);
  update_age_timer (self);
}

static void
yihu_video_tile_unmap (GtkWidget *widget)
{
  YihuVideoTile *self = YIHU_VIDEO_TILE (widget);

  GTK_WIDGET_CLASS (yihu_video_tile_parent_class)->unmap (widget);
  if (self->stream != NULL)
    yihu_stream_set_watched (self->stream, FALSE);
  g_clear_handle_id (&self->age_id, g_source_remove);
}

/* The renderer may be another one when it is realized again. */
static void
yihu_video_tile_unrealize (GtkWidget *widget)
{
  drop_drawing (YIHU_VIDEO_TILE (widget));
  GTK_WIDGET_CLASS (yihu_video_tile_parent_class)->unrealize (widget);
}

static GtkSizeRequestMode
yihu_video_tile_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
yihu_video_tile_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 90;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 180;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    *natural = MAX (*minimum, (int) round (for_size / DEFAULT_ASPECT));
}

static void
yihu_video_tile_dispose (GObject *object)
{
  YihuVideoTile *self = YIHU_VIDEO_TILE (object);

  yihu_video_tile_set_stream (self, NULL);
  g_clear_handle_id (&self->age_id, g_source_remove);
  G_OBJECT_CLASS (yihu_video_tile_parent_class)->dispose (object);
}

static void
yihu_video_tile_finalize (GObject *object)
{
  YihuVideoTile *self = YIHU_VIDEO_TILE (object);

  drop_drawing (self);
  g_clear_pointer (&self->picture, yihu_picture_free);
  g_clear_pointer (&self->pool, yihu_frame_pool_unref);
  g_clear_pointer (&self->scratch, g_free);
  g_clear_pointer (&self->title, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->words); i++)
    g_clear_pointer (&self->words[i], g_free);
  G_OBJECT_CLASS (yihu_video_tile_parent_class)->finalize (object);
}

static void
yihu_video_tile_class_init (YihuVideoTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = yihu_video_tile_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_video_tile_finalize;
  widget_class->snapshot = yihu_video_tile_snapshot;
  widget_class->measure = yihu_video_tile_measure;
  widget_class->get_request_mode = yihu_video_tile_get_request_mode;
  widget_class->map = yihu_video_tile_map;
  widget_class->unmap = yihu_video_tile_unmap;
  widget_class->unrealize = yihu_video_tile_unrealize;
  gtk_widget_class_set_css_name (widget_class, "videotile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
yihu_video_tile_init (YihuVideoTile *self)
{
  self->title = g_strdup ("");
  self->pool = yihu_frame_pool_new ();
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  update_label (self);
}

GtkWidget *
yihu_video_tile_new (void)
{
  return g_object_new (YIHU_TYPE_VIDEO_TILE, NULL);
}

void
yihu_video_tile_set_stream (YihuVideoTile *self, YihuStream *stream)
{
  g_return_if_fail (YIHU_IS_VIDEO_TILE (self));

  if (self->stream == stream)
    return;
  if (self->stream != NULL)
    g_signal_handlers_disconnect_by_data (self->stream, self);
  g_set_object (&self->stream, stream);
  forget_picture (self);
  if (stream != NULL)
    {
      g_signal_connect_object (stream, "notify::state", G_CALLBACK (on_state_changed), self, 0);
      g_signal_connect_object (stream, "frame", G_CALLBACK (on_frame), self, 0);
      yihu_stream_set_watched (stream, gtk_widget_get_mapped (GTK_WIDGET (self)));
    }
  on_state_changed (stream, NULL, self);
}

void
yihu_video_tile_set_title (YihuVideoTile *self, const char *title)
{
  g_return_if_fail (YIHU_IS_VIDEO_TILE (self));

  g_free (self->title);
  self->title = g_strdup (title != NULL ? title : "");
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
yihu_video_tile_set_words (YihuVideoTile *self, const char *const *words)
{
  g_return_if_fail (YIHU_IS_VIDEO_TILE (self));
  g_return_if_fail (words != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (self->words); i++)
    {
      g_free (self->words[i]);
      self->words[i] = g_strdup (words[i]);
    }
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
