/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The newest events: as many as fit in number, as many as fit in bytes, and always the newest. */

#include "domain/kinds.h"
#include "server/live/event-ring.h"

static void
append (YihuEventRing *ring, gint64 seq, gsize length)
{
  g_autoptr (YihuFeedEvent) event =
      yihu_feed_event_new (seq, &yihu_note_type, 0, g_strnfill (length, 'x'));

  yihu_event_ring_append (ring, event);
}

static void
assert_holds (YihuEventRing *ring, gint64 first, gint64 last)
{
  g_assert_cmpint (yihu_event_ring_get_first (ring), ==, first);
  g_assert_cmpint (yihu_event_ring_get_last (ring), ==, last);
  for (gint64 seq = first; seq <= last; seq++)
    g_assert_cmpint (yihu_event_ring_get (ring, seq)->seq, ==, seq);
}

static void
test_number (void)
{
  g_autoptr (YihuEventRing) ring = yihu_event_ring_new (100);
  const gint64 last = 100 + 3 * YIHU_EVENT_RING_SIZE + 7;

  assert_holds (ring, 101, 100);
  for (gint64 seq = 101; seq <= last; seq++)
    append (ring, seq, 10);
  assert_holds (ring, last - YIHU_EVENT_RING_SIZE + 1, last);
}

static void
test_bytes (void)
{
  g_autoptr (YihuEventRing) ring = yihu_event_ring_new (0);
  const gsize length = YIHU_EVENT_RING_BYTES / 64;

  for (gint64 seq = 1; seq <= 1000; seq++)
    append (ring, seq, length);
  assert_holds (ring, 1000 - 63, 1000);
  append (ring, 1001, 2 * length);
  assert_holds (ring, 1001 - 62, 1001);
  append (ring, 1002, YIHU_EVENT_RING_BYTES + 1);
  assert_holds (ring, 1002, 1002);
  for (gint64 seq = 1003; seq <= 1100; seq++)
    append (ring, seq, 10);
  assert_holds (ring, 1003, 1100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-ring/number", test_number);
  g_test_add_func ("/event-ring/bytes", test_bytes);
  return g_test_run ();
}
