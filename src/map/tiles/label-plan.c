/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Placement of labels: candidates are made feature by feature, sorted by rank, and taken one after
 * the other where their box is free. The order is total (rank, zoom of the feature, order in the
 * package, position along the line), so that every run, thread and tile comes to the same plan. */

#include "map/tiles/label-plan.h"

#include <math.h>

#include "map/tiles/label-painter.h"

#define WORLD_SIDE 4294967296.0
#define MAX_CANDIDATES 60000
#define BOX_MARGIN_PX 4.0
#define CELL_PX 128.0
#define SAME_NAME_PX 300.0 /* the same word does not stand twice within this distance */
#define LINE_SPACING_PX 560.0
#define STEEP (G_PI / 4)
#define BEND_PX 4.0 /* a line that leaves its chord further than this carries no label there */

struct _YihuLabelPlan
{
  gatomicrefcount ref_count;
  YihuBasePackage *package; /* (owned): holds the texts */
  GArray *labels; /* (element-type YihuLabel) (owned) */
  double scale_px;
  guint zoom;
};

typedef struct
{
  YihuLabel label;
  guint rank;
  guint min_zoom;
  guint serial;
} Candidate;

typedef struct
{
  double width;
  double height;
} Size;

typedef struct
{
  YihuLabelPlan *plan;
  PangoContext *context;
  GHashTable *sizes[YIHU_N_FEATURE_CLASSES]; /* text -> Size */
  GArray *candidates;
  GHashTable *cells; /* cell -> GArray of index into plan->labels */
  GHashTable *by_name; /* text -> GArray of index into plan->labels */
} Builder;

static Size
builder_measure (Builder *builder, const char *text, YihuFeatureClass class)
{
  GHashTable *sizes = builder->sizes[class];
  Size *size = g_hash_table_lookup (sizes, text);

  if (size == NULL)
    {
      size = g_new (Size, 1);
      yihu_label_measure (builder->context, text, class, &size->width, &size->height);
      g_hash_table_insert (sizes, (char *) text, size);
    }
  return *size;
}

static void
add_candidate (Builder *builder, const YihuMapFeature *feature, YihuLabel label, Size size)
{
  double cosine = fabs (cos (label.angle));
  double sine = fabs (sin (label.angle));
  double half_x = (size.width * cosine + size.height * sine) / 2 + BOX_MARGIN_PX;
  double half_y = (size.width * sine + size.height * cosine) / 2 + BOX_MARGIN_PX;
  Candidate candidate = {
    .label = label,
    .rank = yihu_label_style (feature->class).rank,
    .min_zoom = feature->min_zoom,
    .serial = builder->candidates->len,
  };

  candidate.label.text = feature->name;
  candidate.label.class = feature->class;
  candidate.label.left = label.x - half_x;
  candidate.label.right = label.x + half_x;
  candidate.label.top = label.y - half_y;
  candidate.label.bottom = label.y + half_y;
  g_array_append_val (builder->candidates, candidate);
}

static void
add_point_label (Builder *builder, const YihuMapFeature *feature)
{
  double factor = builder->plan->scale_px / WORLD_SIDE;
  Size size = builder_measure (builder, feature->name, feature->class);
  YihuLabel label = { .x = floor (feature->anchor.x * factor + 0.5),
                      .y = floor (feature->anchor.y * factor + 0.5) };

  if (yihu_feature_class_is_area (feature->class)
      && ((feature->high.x - feature->low.x) * factor < size.width
          || (feature->high.y - feature->low.y) * factor < size.height))
    return;
  add_candidate (builder, feature, label, size);
}

/* Where the line is @at_px from its beginning; @leg walks on from call to call. */
static void
walk_to (const YihuMapFeature *feature,
         const double *along_px,
         double factor,
         double at_px,
         guint *leg,
         double *x,
         double *y)
{
  const YihuMapVertex *a, *b;
  double length, t;

  while (*leg + 2 < feature->n_vertices && along_px[*leg + 1] < at_px)
    (*leg)++;
  a = &feature->vertices[*leg];
  b = &feature->vertices[*leg + 1];
  length = along_px[*leg + 1] - along_px[*leg];
  t = length > 0 ? CLAMP ((at_px - along_px[*leg]) / length, 0, 1) : 0;
  *x = (a->x + t * ((double) b->x - a->x)) * factor;
  *y = (a->y + t * ((double) b->y - a->y)) * factor;
}

/* One label whose middle is @at_px along the line; FALSE where the line bends too much there. */
static gboolean
add_line_label (Builder *builder,
                const YihuMapFeature *feature,
                const double *along_px,
                double at_px,
                Size size)
{
  double factor = builder->plan->scale_px / WORLD_SIDE;
  guint leg = 0;
  guint first_leg, last_leg;
  double ax, ay, bx, by, chord;
  YihuLabel label = { 0 };

  walk_to (feature, along_px, factor, at_px - size.width / 2, &leg, &ax, &ay);
  first_leg = leg;
  walk_to (feature, along_px, factor, at_px + size.width / 2, &leg, &bx, &by);
  last_leg = leg;
  chord = hypot (bx - ax, by - ay);
  if (chord < size.width * 0.95)
    return FALSE;
  for (guint i = first_leg + 1; i <= last_leg; i++)
    {
      double x = feature->vertices[i].x * factor - ax;
      double y = feature->vertices[i].y * factor - ay;

      if (fabs (x * (by - ay) - y * (bx - ax)) / chord > BEND_PX)
        return FALSE;
    }
  label.x = (ax + bx) / 2;
  label.y = (ay + by) / 2;
  label.angle = atan2 (by - ay, bx - ax);
  if (label.angle <= -STEEP)
    label.angle += G_PI;
  if (label.angle > G_PI - STEEP)
    label.angle -= G_PI;
  label.stacked = label.angle > STEEP;
  add_candidate (builder, feature, label, size);
  return TRUE;
}

static void
add_line_labels (Builder *builder, const YihuMapFeature *feature)
{
  static const double shifts_px[] = { 0, 70, -70, 140, -140 };
  double factor = builder->plan->scale_px / WORLD_SIDE;
  g_autofree double *along_px = g_new (double, feature->n_vertices);
  Size size = builder_measure (builder, feature->name, feature->class);
  double length_px, step_px;
  guint n;

  along_px[0] = 0;
  for (guint i = 1; i < feature->n_vertices; i++)
    along_px[i] = along_px[i - 1]
                  + factor
                        * hypot ((double) feature->vertices[i].x - feature->vertices[i - 1].x,
                                 (double) feature->vertices[i].y - feature->vertices[i - 1].y);
  length_px = along_px[feature->n_vertices - 1];
  if (length_px < size.width + 20)
    return;
  n = (guint) CLAMP (length_px / LINE_SPACING_PX, 1, 500);
  step_px = length_px / n;
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < G_N_ELEMENTS (shifts_px); k++)
      {
        double at_px = (i + 0.5) * step_px + shifts_px[k];

        if (at_px - size.width / 2 < 0 || at_px + size.width / 2 > length_px)
          continue;
        if (add_line_label (builder, feature, along_px, at_px, size))
          break;
      }
}

static void
collect (Builder *builder, guint zoom, GCancellable *cancellable)
{
  for (guint class = 0; class < YIHU_N_FEATURE_CLASSES; class ++)
    {
      YihuLabelStyle style = yihu_label_style (class);
      guint n;
      const YihuMapFeature *features =
          yihu_base_package_get_features (builder->plan->package, class, &n);

      if (zoom < style.lowest_zoom || zoom > style.highest_zoom)
        continue;
      for (guint i = 0; i < n && builder->candidates->len < MAX_CANDIDATES; i++)
        {
          if (features[i].name == NULL || features[i].min_zoom > zoom)
            continue;
          if (g_cancellable_is_cancelled (cancellable))
            return;
          if (class == YIHU_FEATURE_PLACE || yihu_feature_class_is_area (class))
            add_point_label (builder, &features[i]);
          else
            add_line_labels (builder, &features[i]);
        }
    }
}

static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *left = a;
  const Candidate *right = b;

  if (left->rank != right->rank)
    return left->rank < right->rank ? -1 : 1;
  if (left->min_zoom != right->min_zoom)
    return left->min_zoom < right->min_zoom ? -1 : 1;
  return left->serial < right->serial ? -1 : left->serial > right->serial;
}

static guint64
cell_key (double x, double y)
{
  return (guint64) (guint32) (gint32) floor (x) << 32 | (guint32) (gint32) floor (y);
}

static GArray *
index_array (GHashTable *table, gpointer key, gboolean owned_key)
{
  GArray *array = g_hash_table_lookup (table, key);

  if (array == NULL)
    {
      array = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (table, owned_key ? g_memdup2 (key, sizeof (guint64)) : key, array);
    }
  return array;
}

static gboolean
overlaps_in (Builder *builder, GArray *indices, const YihuLabel *label)
{
  for (guint i = 0; i < indices->len; i++)
    {
      const YihuLabel *other =
          &g_array_index (builder->plan->labels, YihuLabel, g_array_index (indices, guint, i));

      if (label->left < other->right && other->left < label->right && label->top < other->bottom
          && other->top < label->bottom)
        return TRUE;
    }
  return FALSE;
}

static gboolean
repeats (Builder *builder, const YihuLabel *label)
{
  GArray *same = index_array (builder->by_name, (gpointer) label->text, FALSE);

  for (guint i = 0; i < same->len; i++)
    {
      const YihuLabel *other =
          &g_array_index (builder->plan->labels, YihuLabel, g_array_index (same, guint, i));

      if (hypot (label->x - other->x, label->y - other->y) < SAME_NAME_PX)
        return TRUE;
    }
  return FALSE;
}

static void
place (Builder *builder, const YihuLabel *label)
{
  guint index = builder->plan->labels->len;

  if (repeats (builder, label))
    return;
  for (double x = floor (label->left / CELL_PX); x * CELL_PX <= label->right; x++)
    for (double y = floor (label->top / CELL_PX); y * CELL_PX <= label->bottom; y++)
      {
        guint64 key = cell_key (x, y);
        GArray *indices = g_hash_table_lookup (builder->cells, &key);

        if (indices != NULL && overlaps_in (builder, indices, label))
          return;
      }
  for (double x = floor (label->left / CELL_PX); x * CELL_PX <= label->right; x++)
    for (double y = floor (label->top / CELL_PX); y * CELL_PX <= label->bottom; y++)
      {
        guint64 key = cell_key (x, y);

        g_array_append_val (index_array (builder->cells, &key, TRUE), index);
      }
  g_array_append_val (index_array (builder->by_name, (gpointer) label->text, FALSE), index);
  g_array_append_val (builder->plan->labels, *label);
}

YihuLabelPlan *
yihu_label_plan_new (YihuBasePackage *package,
                     PangoContext *context,
                     guint zoom,
                     double scale_px,
                     GCancellable *cancellable)
{
  g_autoptr (YihuLabelPlan) self = g_new0 (YihuLabelPlan, 1);
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr (GHashTable) cells =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_array_unref);
  g_autoptr (GHashTable) by_name =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  Builder builder = {
    .plan = self, .context = context, .candidates = candidates, .cells = cells, .by_name = by_name
  };

  g_atomic_ref_count_init (&self->ref_count);
  self->package = yihu_base_package_ref (package);
  self->labels = g_array_new (FALSE, FALSE, sizeof (YihuLabel));
  self->scale_px = scale_px;
  self->zoom = zoom;
  for (guint i = 0; i < YIHU_N_FEATURE_CLASSES; i++)
    builder.sizes[i] = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  collect (&builder, zoom, cancellable);
  g_array_sort (candidates, compare_candidates);
  for (guint i = 0; i < candidates->len && !g_cancellable_is_cancelled (cancellable); i++)
    place (&builder, &g_array_index (candidates, Candidate, i).label);

  for (guint i = 0; i < YIHU_N_FEATURE_CLASSES; i++)
    g_hash_table_unref (builder.sizes[i]);
  return g_cancellable_is_cancelled (cancellable) ? NULL : g_steal_pointer (&self);
}

YihuLabelPlan *
yihu_label_plan_ref (YihuLabelPlan *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
yihu_label_plan_unref (YihuLabelPlan *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  yihu_base_package_unref (self->package);
  g_array_unref (self->labels);
  g_free (self);
}

const YihuLabel *
yihu_label_plan_get_labels (YihuLabelPlan *self, guint *n_labels)
{
  *n_labels = self->labels->len;
  return (const YihuLabel *) (gpointer) self->labels->data;
}

double
yihu_label_plan_get_scale_px (YihuLabelPlan *self)
{
  return self->scale_px;
}

guint
yihu_label_plan_get_zoom (YihuLabelPlan *self)
{
  return self->zoom;
}
