/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One reader job counts all ranges that are watched. A count that is still running when the next
 * second comes is not joined by another: a slow disk makes the wall older, not the server slower.
 */

#include "server/live/figures-watch.h"

#include "server/work/figures.h"

#define REGISTER_US (60 * G_USEC_PER_SEC)

typedef struct
{
  YihuDivisionRange range;
  YihuFigures figures; /* with the sizes of the register as at register_at_us */
  gint64 register_at_us;
} Known;

struct _YihuFiguresWatch
{
  YihuReaders *readers; /* (owned) */
  YihuFiguresFunc func; /* NULL after free */
  gpointer data;
  GArray *known; /* (owned) (element-type Known) */
  gboolean is_counting;
  gboolean is_freed;
};

typedef struct
{
  YihuFiguresWatch *watch;
  GArray *ranges; /* (owned) */
  YihuFigures *figures; /* (owned) one a range */
  gboolean *are_good;
  YihuFigures *recent; /* (owned) one a range; at_us 0: none */
  gint64 now_us;
} Count;

YihuFiguresWatch *
yihu_figures_watch_new (YihuReaders *readers, YihuFiguresFunc func, gpointer data)
{
  YihuFiguresWatch *self = g_new0 (YihuFiguresWatch, 1);

  self->readers = g_object_ref (readers);
  self->known = g_array_new (FALSE, TRUE, sizeof (Known));
  self->func = func;
  self->data = data;
  return self;
}

static void
watch_release (YihuFiguresWatch *self)
{
  g_object_unref (self->readers);
  g_array_unref (self->known);
  g_free (self);
}

void
yihu_figures_watch_free (YihuFiguresWatch *self)
{
  self->is_freed = TRUE;
  if (!self->is_counting)
    watch_release (self);
}

static void
run_count (YihuStore *store, gpointer data)
{
  Count *count = data;

  for (guint i = 0; i < count->ranges->len; i++)
    {
      g_autoptr (GError) error = NULL;

      count->are_good[i] =
          yihu_figures_count (store, g_array_index (count->ranges, YihuDivisionRange, i),
                              count->now_us, count->recent[i].at_us > 0 ? &count->recent[i] : NULL,
                              &count->figures[i], &error);
      if (error != NULL)
        g_warning ("the figures could not be counted: %s", error->message);
    }
}

static Known *
find_known (YihuFiguresWatch *self, YihuDivisionRange range)
{
  for (guint i = 0; i < self->known->len; i++)
    {
      Known *known = &g_array_index (self->known, Known, i);

      if (known->range.lo == range.lo && known->range.hi == range.hi)
        return known;
    }
  return NULL;
}

static void
keep (YihuFiguresWatch *self, YihuDivisionRange range, const YihuFigures *figures, gboolean is_new)
{
  Known *known = find_known (self, range);

  if (known == NULL)
    {
      g_array_set_size (self->known, self->known->len + 1);
      known = &g_array_index (self->known, Known, self->known->len - 1);
      known->range = range;
    }
  if (is_new)
    known->register_at_us = figures->at_us;
  known->figures = *figures;
}

static void
count_free (Count *count)
{
  g_array_unref (count->ranges);
  g_free (count->figures);
  g_free (count->are_good);
  g_free (count->recent);
  g_free (count);
}

static void
on_count_done (gpointer data)
{
  Count *count = data;
  YihuFiguresWatch *self = count->watch;

  self->is_counting = FALSE;
  for (guint i = 0; !self->is_freed && i < count->ranges->len; i++)
    if (count->are_good[i])
      {
        YihuDivisionRange range = g_array_index (count->ranges, YihuDivisionRange, i);

        keep (self, range, &count->figures[i], count->recent[i].at_us == 0);
        self->func (range, &count->figures[i], self->data);
      }
  if (self->is_freed)
    watch_release (self);
  count_free (count);
}

void
yihu_figures_watch_count (YihuFiguresWatch *self, GArray *ranges, gint64 now_us)
{
  Count *count;

  if (self->is_counting || ranges->len == 0)
    return;
  count = g_new0 (Count, 1);
  count->watch = self;
  count->ranges = g_array_ref (ranges);
  count->figures = g_new0 (YihuFigures, ranges->len);
  count->are_good = g_new0 (gboolean, ranges->len);
  count->recent = g_new0 (YihuFigures, ranges->len);
  count->now_us = now_us;
  for (guint i = 0; i < ranges->len; i++)
    {
      Known *known = find_known (self, g_array_index (ranges, YihuDivisionRange, i));

      if (known != NULL && known->register_at_us + REGISTER_US > now_us)
        count->recent[i] = known->figures;
    }
  self->is_counting = yihu_readers_push (self->readers, run_count, on_count_done, count, NULL);
  if (!self->is_counting)
    count_free (count);
}
