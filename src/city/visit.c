/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The steps of a visit by the order's flow table, and how long people take for them. One in twenty
 * reports from far away and one in fifteen is gone too soon, so that reviewers find something. */

#include "city/visit.h"

#include "base/error.h"
#include "domain/flow.h"
#include "domain/service-item.h"
#include "wire/record-json.h"

#include <math.h>

#define FAR_SHARE 0.05
#define HASTY_SHARE 0.065
#define E7_PER_METRE 90.0

static const struct
{
  YihuOrderState state;
  const char *verb;
} steps[] = {
  { YIHU_ORDER_PLACED, "accept" },
  { YIHU_ORDER_ACCEPTED, "arrive" },
  { YIHU_ORDER_ARRIVED, "start" },
  { YIHU_ORDER_STARTED, "finish" },
};

static gboolean
read_row (YihuVisit *self, const json_t *row, GError **error)
{
  const json_t *order = NULL;
  const json_t *elder = NULL;
  const json_t *item = NULL;

  if (!json_is_object (row))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "an order is no object");
      return FALSE;
    }
  self->minutes = 45;
  self->lead_minutes = 120;
  if (!yihu_json_read_object (row, "order", TRUE, &order, error)
      || !yihu_json_read_object (row, "elder", FALSE, &elder, error)
      || !yihu_json_read_object (row, "item", FALSE, &item, error))
    return FALSE;
  if (elder != NULL
      && (!yihu_json_read_int (elder, "lat_e7", FALSE, -900000000, 900000000, &self->home_lat_e7,
                               error)
          || !yihu_json_read_int (elder, "lon_e7", FALSE, -1800000000, 1800000000,
                                  &self->home_lon_e7, error)))
    return FALSE;
  if (item != NULL
      && (!yihu_json_read_int (item, "minutes", FALSE, 0, 1440, &self->minutes, error)
          || !yihu_json_read_int (item, "lead_minutes", FALSE, 0, 43200, &self->lead_minutes,
                                  error)))
    return FALSE;
  self->order = yihu_record_from_json (&yihu_order_type, order, error);
  return self->order != NULL;
}

YihuVisit *
yihu_visit_new (const json_t *row, guint64 seed, GError **error)
{
  g_autoptr (YihuVisit) self = g_new0 (YihuVisit, 1);

  if (!read_row (self, row, error))
    return NULL;
  self->random = yihu_random_new (seed, self->order->record.id, 0);
  self->is_far = yihu_random_chance (&self->random, FAR_SHARE);
  self->is_hasty = yihu_random_chance (&self->random, HASTY_SHARE);
  return g_steal_pointer (&self);
}

void
yihu_visit_free (YihuVisit *self)
{
  g_clear_pointer (&self->order, yihu_order_unref);
  g_free (self);
}

const char *
yihu_visit_get_verb (YihuVisit *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (self->order->state == (gint64) steps[i].state)
      return steps[i].verb;
  return NULL;
}

double
yihu_visit_draw_delay_s (YihuVisit *self, double pace)
{
  gboolean is_urgent = self->order->urgency >= YIHU_URGENCY_URGENT;
  double seconds;

  switch (self->order->state)
    {
    case YIHU_ORDER_PLACED:
      seconds = yihu_random_log_normal (&self->random, is_urgent ? 25 : 90, 0.5);
      break;
    case YIHU_ORDER_ACCEPTED:
      seconds = yihu_random_log_normal (&self->random,
                                        60 * CLAMP ((double) self->lead_minutes * 0.4, 6, 40), 0.3);
      break;
    case YIHU_ORDER_ARRIVED:
      seconds = yihu_random_log_normal (&self->random, 100, 0.4);
      break;
    default:
      seconds = 60 * (double) MAX (self->minutes, 5)
                * (self->is_hasty ? 0.25 : yihu_random_range (&self->random, 0.9, 1.25));
      break;
    }
  return seconds / pace;
}

static void
draw_position (YihuVisit *self, gint64 *lat_e7, gint64 *lon_e7)
{
  double angle = yihu_random_range (&self->random, 0, 2 * G_PI);
  double metres = self->is_far ? yihu_random_range (&self->random, 1500, 6000)
                               : fabs (yihu_random_normal (&self->random)) * 22;

  *lat_e7 = self->home_lat_e7 + (gint64) (metres * sin (angle) * E7_PER_METRE);
  *lon_e7 = self->home_lon_e7 + (gint64) (metres * cos (angle) * E7_PER_METRE * 1.31);
}

YihuCommand *
yihu_visit_make_command (YihuVisit *self, gint64 at_us)
{
  const char *verb = yihu_visit_get_verb (self);
  g_autofree char *name = g_strconcat ("order.", verb, NULL);
  YihuCommand *command =
      yihu_command_new (name, self->order->record.id, self->order->record.version, at_us);
  gint64 lat_e7, lon_e7;

  if (self->order->state != YIHU_ORDER_PLACED && self->home_lat_e7 != 0)
    {
      draw_position (self, &lat_e7, &lon_e7);
      yihu_command_set_int (command, "lat_e7", lat_e7);
      yihu_command_set_int (command, "lon_e7", lon_e7);
    }
  return command;
}

void
yihu_visit_advance (YihuVisit *self, const YihuRecord *record)
{
  const char *verb = yihu_visit_get_verb (self);
  const YihuFlowMove *move =
      verb != NULL ? yihu_flow_find (&yihu_order_flow, (int) self->order->state, verb) : NULL;
  YihuOrder *next;

  if (record != NULL && record->type == &yihu_order_type
      && g_str_equal (record->id, self->order->record.id))
    next = yihu_record_ref ((gpointer) record);
  else
    {
      next = yihu_record_dup (self->order);
      next->state = move != NULL ? move->to : next->state;
      next->record.version++;
    }
  yihu_order_unref (self->order);
  self->order = next;
}
