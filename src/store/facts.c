/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Narrow rows for counting: only the columns that figures need, so that a wall which asks once a
 * second reads a day's calls and orders in milliseconds. What is counted is decided elsewhere. */

#include "store/store-private.h"

static gint64
find_value (const YihuRecordType *type, const char *field, const char *nick)
{
  return MAX (yihu_field_find_nick (yihu_record_type_find_field (type, field), nick), 0);
}

gboolean
yihu_store_each_call_fact (YihuStore *self,
                           YihuDivisionRange range,
                           gint64 since_us,
                           YihuStoreCallFunc func,
                           gpointer data,
                           GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_stream (self,
                         "SELECT division, state, urgency, ring_at_us, answer_at_us, end_at_us "
                         "FROM call WHERE " YIHU_SQL_IN_RANGE " AND ring_at_us >= ?3",
                         error, "iii", range.lo, range.hi, since_us);

  if (rows == NULL)
    return FALSE;
  while (yihu_cursor_next (rows, &local_error))
    {
      YihuCallFact fact = {
        yihu_cursor_get_int (rows, 0),
        find_value (&yihu_call_type, "state", yihu_cursor_get_text (rows, 1)),
        find_value (&yihu_call_type, "urgency", yihu_cursor_get_text (rows, 2)),
        yihu_cursor_get_int (rows, 3),
        yihu_cursor_get_int (rows, 4),
        yihu_cursor_get_int (rows, 5),
      };

      func (&fact, data);
    }
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}

gboolean
yihu_store_each_order_fact (YihuStore *self,
                            YihuDivisionRange range,
                            gint64 since_us,
                            YihuStoreOrderFunc func,
                            gpointer data,
                            GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows = yihu_store_stream (
      self,
      "SELECT o.division, o.state, o.placed_at_us, o.due_at_us, o.finished_at_us, "
      "(SELECT min(s.at_us) FROM order_step s WHERE s.service_order = o.id AND s.verb = 'arrive'), "
      "i.category FROM service_order o LEFT JOIN service_item i ON i.id = o.item "
      "WHERE (o.division = 0 OR (o.division >= ?1 AND o.division < ?2)) AND "
      "(o.state IN ('placed', 'accepted', 'arrived', 'started') OR o.placed_at_us >= ?3 "
      "OR (o.finished_at_us > 0 AND o.finished_at_us >= ?3))",
      error, "iii", range.lo, range.hi, since_us);

  if (rows == NULL)
    return FALSE;
  while (yihu_cursor_next (rows, &local_error))
    {
      const char *category = yihu_cursor_get_text (rows, 6);
      YihuOrderFact fact = {
        yihu_cursor_get_int (rows, 0),
        find_value (&yihu_order_type, "state", yihu_cursor_get_text (rows, 1)),
        yihu_cursor_get_int (rows, 2),
        yihu_cursor_get_int (rows, 3),
        yihu_cursor_get_int (rows, 4),
        yihu_cursor_get_int (rows, 5),
        find_value (&yihu_service_item_type, "category", category != NULL ? category : ""),
      };

      func (&fact, data);
    }
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}
