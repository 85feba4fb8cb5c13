/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keeps one hit, which the next answer replaces: rows and their widgets stay. */

#include "console/desk/search-item.h"

struct _YihuSearchItem
{
  GObject parent_instance;

  YihuSearchHit *hit; /* (owned) */
};

G_DEFINE_FINAL_TYPE (YihuSearchItem, yihu_search_item, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
yihu_search_item_finalize (GObject *object)
{
  yihu_search_hit_free (YIHU_SEARCH_ITEM (object)->hit);
  G_OBJECT_CLASS (yihu_search_item_parent_class)->finalize (object);
}

static void
yihu_search_item_class_init (YihuSearchItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_search_item_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_search_item_init (YihuSearchItem *self)
{
}

YihuSearchItem *
yihu_search_item_new (YihuSearchHit *hit)
{
  YihuSearchItem *self = g_object_new (YIHU_TYPE_SEARCH_ITEM, NULL);

  self->hit = hit;
  return self;
}

const YihuSearchHit *
yihu_search_item_get (YihuSearchItem *self)
{
  return self->hit;
}

void
yihu_search_item_take (YihuSearchItem *self, YihuSearchHit *hit)
{
  yihu_search_hit_free (self->hit);
  self->hit = hit;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
yihu_search_item_equals (YihuSearchItem *self, const YihuSearchHit *hit)
{
  const YihuSearchHit *own = self->hit;

  return own->met == hit->met && own->n_open == hit->n_open
         && own->contact_at_us == hit->contact_at_us && g_strcmp0 (own->number, hit->number) == 0
         && g_strcmp0 (own->relation, hit->relation) == 0
         && yihu_record_equal (own->elder, hit->elder);
}
