/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The border set: edges without direction, compared by their vertices, which neighbours share
 * exactly because they come from one drawing. Beyond MAX_EDGES nothing is remembered any more: a
 * file of absurd size then shows double borders instead of filling the memory. */

#include "map/tiles/borders.h"

#define MAX_EDGES 400000

struct _YihuBorderSet
{
  GHashTable *edges; /* Edge -> itself */
};

typedef struct
{
  YihuMapVertex a;
  YihuMapVertex b;
} Edge;

static guint
edge_hash (gconstpointer key)
{
  const Edge *edge = key;

  return (edge->a.x * 2654435761u) ^ (edge->a.y * 40503u) ^ (edge->b.x * 2246822519u)
         ^ (edge->b.y * 3266489917u);
}

static gboolean
edge_equal (gconstpointer a, gconstpointer b)
{
  const Edge *left = a;
  const Edge *right = b;

  return left->a.x == right->a.x && left->a.y == right->a.y && left->b.x == right->b.x
         && left->b.y == right->b.y;
}

YihuBorderSet *
yihu_border_set_new (void)
{
  YihuBorderSet *self = g_new0 (YihuBorderSet, 1);

  self->edges = g_hash_table_new_full (edge_hash, edge_equal, g_free, NULL);
  return self;
}

void
yihu_border_set_free (YihuBorderSet *self)
{
  g_hash_table_unref (self->edges);
  g_free (self);
}

/* Returns: whether the edge is new. */
static gboolean
note_edge (YihuBorderSet *self, YihuMapVertex a, YihuMapVertex b)
{
  gboolean swap = a.x > b.x || (a.x == b.x && a.y > b.y);
  Edge edge = { swap ? b : a, swap ? a : b };

  if (g_hash_table_size (self->edges) >= MAX_EDGES)
    return !g_hash_table_contains (self->edges, &edge);
  return g_hash_table_add (self->edges, g_memdup2 (&edge, sizeof edge));
}

void
yihu_border_set_add_ring (YihuBorderSet *self,
                          const YihuMapVertex *ring,
                          guint n,
                          YihuBorderFunc func,
                          gpointer data)
{
  g_autoptr (GArray) run = g_array_new (FALSE, FALSE, sizeof (YihuMapVertex));

  for (guint i = 0; i < n; i++)
    {
      YihuMapVertex a = ring[i];
      YihuMapVertex b = ring[(i + 1) % n];

      if (note_edge (self, a, b))
        {
          if (run->len == 0)
            g_array_append_val (run, a);
          g_array_append_val (run, b);
          continue;
        }
      if (run->len > 0)
        func ((const YihuMapVertex *) (gpointer) run->data, run->len, data);
      g_array_set_size (run, 0);
    }
  if (run->len > 0)
    func ((const YihuMapVertex *) (gpointer) run->data, run->len, data);
}
