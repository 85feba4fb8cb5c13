/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The wall's counts to and from JSON: one table names the plain counts; hours and categories are
 * arrays; a division is [code, open, late, on time]. */

#include "wire/figures.h"

#include "base/error.h"

#define COUNT_MAX G_GINT64_CONSTANT (1000000000000000000)
#define DIVISION_MAX G_GINT64_CONSTANT (999999999999)

#define COUNT(member)                                                                              \
  {                                                                                                \
    .name = #member, .offset = G_STRUCT_OFFSET (YihuFigures, member)                               \
  }

static const struct
{
  const char *name;
  gsize offset;
} counts[] = {
  COUNT (at_us),
  COUNT (calls_today),
  COUNT (calls_yesterday),
  COUNT (answered_today),
  COUNT (answered_in_15_s_today),
  COUNT (missed_today),
  COUNT (mean_wait_ms),
  COUNT (waiting),
  COUNT (longest_wait_ms),
  COUNT (talking),
  COUNT (seats_ready),
  COUNT (seats_online),
  COUNT (open_orders),
  COUNT (late_orders),
  COUNT (urgent_calls),
  COUNT (elders),
  COUNT (providers),
  COUNT (institutions),
};

static const struct
{
  const char *name;
  gsize offset;
  gsize length;
} series[] = {
  { "calls_by_hour", G_STRUCT_OFFSET (YihuFigures, calls_by_hour), 24 },
  { "calls_by_hour_yesterday", G_STRUCT_OFFSET (YihuFigures, calls_by_hour_yesterday), 24 },
  { "orders_by_category", G_STRUCT_OFFSET (YihuFigures, orders_by_category),
    YIHU_FIGURES_N_CATEGORIES },
};

static json_t *
ints_to_json (const gint64 *values, gsize length)
{
  json_t *array = json_array ();

  for (gsize i = 0; i < length; i++)
    json_array_append_new (array, json_integer (values[i]));
  return array;
}

json_t *
yihu_figures_to_json (const YihuFigures *self)
{
  json_t *object = json_object ();
  json_t *divisions = json_array ();

  g_return_val_if_fail (self->n_divisions <= YIHU_FIGURES_MAX_DIVISIONS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    json_object_set_new (object, counts[i].name,
                         json_integer (
                             G_STRUCT_MEMBER (gint64, (gpointer) self, counts[i].offset)));
  for (guint i = 0; i < G_N_ELEMENTS (series); i++)
    json_object_set_new (object, series[i].name,
                         ints_to_json (G_STRUCT_MEMBER_P ((gpointer) self, series[i].offset),
                                       series[i].length));
  for (guint i = 0; i < self->n_divisions; i++)
    {
      const YihuDivisionFigures *division = &self->divisions[i];
      gint64 values[] = { division->division, division->open_orders, division->late_orders,
                          division->on_time_percent };

      json_array_append_new (divisions, ints_to_json (values, G_N_ELEMENTS (values)));
    }
  json_object_set_new (object, "divisions", divisions);
  return object;
}

static gboolean
ints_from_json (const json_t *array, gint64 *values, gsize length)
{
  if (json_array_size (array) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      const json_t *item = json_array_get (array, i);

      if (!json_is_integer (item) || json_integer_value (item) < -1
          || json_integer_value (item) > COUNT_MAX)
        return FALSE;
      values[i] = json_integer_value (item);
    }
  return TRUE;
}

static gboolean
read_series (const json_t *object, YihuFigures *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (series); i++)
    {
      const json_t *array = NULL;

      if (!yihu_json_read_array (object, series[i].name, FALSE, series[i].length, &array, error))
        return FALSE;
      if (array == NULL
          || ints_from_json (array, G_STRUCT_MEMBER_P (self, series[i].offset), series[i].length))
        continue;
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "field '%s': is not a list of %" G_GSIZE_FORMAT " counts", series[i].name,
                   series[i].length);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_divisions (const json_t *object, YihuFigures *self, GError **error)
{
  const json_t *array = NULL;

  if (!yihu_json_read_array (object, "divisions", FALSE, YIHU_FIGURES_MAX_DIVISIONS, &array, error))
    return FALSE;
  self->n_divisions = (guint) json_array_size (array);
  for (guint i = 0; i < self->n_divisions; i++)
    {
      gint64 values[4] = { 0 };

      if (!ints_from_json (json_array_get (array, i), values, G_N_ELEMENTS (values))
          || values[0] < 0 || values[0] > DIVISION_MAX || values[3] > 100)
        {
          g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                       "field 'divisions': is not of the form [code, open, late, percent]");
          return FALSE;
        }
      self->divisions[i] = (YihuDivisionFigures){ values[0], values[1], values[2], values[3] };
    }
  return TRUE;
}

gboolean
yihu_figures_from_json (const json_t *object, YihuFigures *self, GError **error)
{
  YihuFigures figures = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (!yihu_json_read_int (object, counts[i].name, FALSE, 0, COUNT_MAX,
                             G_STRUCT_MEMBER_P (&figures, counts[i].offset), error))
      return FALSE;
  if (!read_series (object, &figures, error) || !read_divisions (object, &figures, error))
    return FALSE;
  *self = figures;
  return TRUE;
}
