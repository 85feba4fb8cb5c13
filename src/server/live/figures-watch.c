/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One reader job counts all ranges that are watched. A count that is still running when the next
 * second comes is not joined by another: a slow disk makes the wall older, not the server slower.
 */

#include "server/live/figures-watch.h"

#include "server/work/figures.h"

struct _YihuFiguresWatch
{
  YihuReaders *readers; /* (owned) */
  YihuFiguresFunc func; /* NULL after free */
  gpointer data;
  gboolean is_counting;
  gboolean is_freed;
};

typedef struct
{
  YihuFiguresWatch *watch;
  GArray *ranges; /* (owned) */
  YihuFigures *figures; /* (owned) one a range */
  gboolean *are_good;
  gint64 now_us;
} Count;

YihuFiguresWatch *
yihu_figures_watch_new (YihuReaders *readers, YihuFiguresFunc func, gpointer data)
{
  YihuFiguresWatch *self = g_new0 (YihuFiguresWatch, 1);

  self->readers = g_object_ref (readers);
  self->func = func;
  self->data = data;
  return self;
}

static void
watch_release (YihuFiguresWatch *self)
{
  g_object_unref (self->readers);
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
                              count->now_us, &count->figures[i], &error);
      if (error != NULL)
        g_warning ("the figures could not be counted: %s", error->message);
    }
}

static void
on_count_done (gpointer data)
{
  Count *count = data;
  YihuFiguresWatch *self = count->watch;

  self->is_counting = FALSE;
  for (guint i = 0; !self->is_freed && i < count->ranges->len; i++)
    if (count->are_good[i])
      self->func (g_array_index (count->ranges, YihuDivisionRange, i), &count->figures[i],
                  self->data);
  if (self->is_freed)
    watch_release (self);
  g_array_unref (count->ranges);
  g_free (count->figures);
  g_free (count->are_good);
  g_free (count);
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
  count->now_us = now_us;
  self->is_counting = yihu_readers_push (self->readers, run_count, on_count_done, count, NULL);
  if (!self->is_counting)
    {
      g_array_unref (count->ranges);
      g_free (count->figures);
      g_free (count->are_good);
      g_free (count);
    }
}
