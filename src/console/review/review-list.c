/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The model of the review table. Some thousands of orders are kept whole; the shown ones are an
 * array sorted by time of finishing. A handful of changes is told row by row, so that selection and
 * scroll position hold; a load or another filter replaces the rows in two steps. */

#include "console/review/review-list.h"

#include "base/person-id.h"

#include <string.h>

#define SINGLE_CHANGES 8 /* more at once: replaced as a whole */
#define NOWHERE G_MAXUINT

struct _YihuReviewList
{
  GObject parent_instance;

  GHashTable *all; /* (owned) order id -> YihuReviewItem */
  GPtrArray *shown; /* (owned) YihuReviewItem, sorted */
  guint state_mask;
  int verdict;
  char *provider; /* (owned) (nullable) */
  char *text; /* (owned) lower case */
};

enum
{
  COUNTS_CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static GType
review_list_get_item_type (GListModel *model)
{
  return YIHU_TYPE_REVIEW_ITEM;
}

static guint
review_list_get_n_items (GListModel *model)
{
  return YIHU_REVIEW_LIST (model)->shown->len;
}

static gpointer
review_list_get_item (GListModel *model, guint position)
{
  YihuReviewList *self = YIHU_REVIEW_LIST (model);

  return position < self->shown->len ? g_object_ref (g_ptr_array_index (self->shown, position))
                                     : NULL;
}

static void
review_list_init_model (GListModelInterface *iface)
{
  iface->get_item_type = review_list_get_item_type;
  iface->get_n_items = review_list_get_n_items;
  iface->get_item = review_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (YihuReviewList,
                               yihu_review_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, review_list_init_model))

static void
yihu_review_list_finalize (GObject *object)
{
  YihuReviewList *self = YIHU_REVIEW_LIST (object);

  g_ptr_array_unref (self->shown);
  g_hash_table_unref (self->all);
  g_free (self->provider);
  g_free (self->text);
  G_OBJECT_CLASS (yihu_review_list_parent_class)->finalize (object);
}

static void
yihu_review_list_class_init (YihuReviewListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_review_list_finalize;
  signals[COUNTS_CHANGED] = g_signal_new ("counts-changed", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_review_list_init (YihuReviewList *self)
{
  self->all = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
  self->state_mask = 1u << YIHU_ORDER_FINISHED;
  self->verdict = YIHU_REVIEW_ANY;
  self->text = g_strdup ("");
}

YihuReviewList *
yihu_review_list_new (void)
{
  return g_object_new (YIHU_TYPE_REVIEW_LIST, NULL);
}

static const char *
item_get_id (YihuReviewItem *item)
{
  return yihu_review_item_get_order (item)->record.id;
}

static gboolean
review_list_passes (YihuReviewList *self, YihuReviewItem *item)
{
  const YihuOrder *order = yihu_review_item_get_order (item);

  return (self->state_mask & (1u << order->state)) != 0
         && (self->verdict == YIHU_REVIEW_ANY
             || yihu_review_item_get_verdict (item) == (YihuReviewVerdict) self->verdict)
         && (self->provider == NULL || g_strcmp0 (order->provider, self->provider) == 0)
         && yihu_review_item_matches (item, self->text);
}

static int
compare_pointers (gconstpointer a, gconstpointer b)
{
  return yihu_review_item_compare (*(YihuReviewItem *const *) a, *(YihuReviewItem *const *) b);
}

static void
review_list_refill (YihuReviewList *self)
{
  guint before = self->shown->len;
  GHashTableIter iter;
  gpointer item;

  g_ptr_array_set_size (self->shown, 0);
  if (before > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, 0);

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (review_list_passes (self, item))
      g_ptr_array_add (self->shown, g_object_ref (item));
  g_ptr_array_sort (self->shown, compare_pointers);
  if (self->shown->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, self->shown->len);
}

/* Where @item stands, or would stand. */
static guint
review_list_bisect (YihuReviewList *self, YihuReviewItem *item)
{
  guint low = 0;
  guint high = self->shown->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (yihu_review_item_compare (g_ptr_array_index (self->shown, middle), item) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static guint
review_list_find_shown (YihuReviewList *self, YihuReviewItem *item)
{
  guint position = review_list_bisect (self, item);

  return position < self->shown->len && g_ptr_array_index (self->shown, position) == item ? position
                                                                                          : NOWHERE;
}

static void
review_list_hide (YihuReviewList *self, YihuReviewItem *item)
{
  guint position = review_list_find_shown (self, item);

  if (position == NOWHERE)
    return;
  g_ptr_array_remove_index (self->shown, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static void
review_list_put_one (YihuReviewList *self, YihuReviewItem *item)
{
  YihuReviewItem *known = g_hash_table_lookup (self->all, item_get_id (item));
  guint position = known != NULL ? review_list_find_shown (self, known) : NOWHERE;
  gboolean passes = review_list_passes (self, item);

  if (position != NOWHERE && passes && yihu_review_item_compare (known, item) == 0)
    {
      g_object_unref (g_ptr_array_index (self->shown, position));
      g_ptr_array_index (self->shown, position) = g_object_ref (item);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
    }
  else
    {
      if (known != NULL)
        review_list_hide (self, known);
      if (passes)
        {
          position = review_list_bisect (self, item);
          g_ptr_array_insert (self->shown, (int) position, g_object_ref (item));
          g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
        }
    }
  /* The key belongs to the item: both are replaced. */
  g_hash_table_replace (self->all, (gpointer) item_get_id (item), g_object_ref (item));
}

void
yihu_review_list_put (YihuReviewList *self, YihuReviewItem *const *items, guint n_items)
{
  g_return_if_fail (YIHU_IS_REVIEW_LIST (self));

  if (n_items <= SINGLE_CHANGES)
    {
      for (guint i = 0; i < n_items; i++)
        review_list_put_one (self, items[i]);
    }
  else
    {
      for (guint i = 0; i < n_items; i++)
        g_hash_table_replace (self->all, (gpointer) item_get_id (items[i]),
                              g_object_ref (items[i]));
      review_list_refill (self);
    }
  if (n_items > 0)
    g_signal_emit (self, signals[COUNTS_CHANGED], 0);
}

void
yihu_review_list_remove (YihuReviewList *self, const char *order)
{
  YihuReviewItem *item = g_hash_table_lookup (self->all, order);

  if (item == NULL)
    return;
  review_list_hide (self, item);
  g_hash_table_remove (self->all, order);
  g_signal_emit (self, signals[COUNTS_CHANGED], 0);
}

void
yihu_review_list_clear (YihuReviewList *self)
{
  guint before = self->shown->len;

  g_ptr_array_set_size (self->shown, 0);
  g_hash_table_remove_all (self->all);
  if (before > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, 0);
  g_signal_emit (self, signals[COUNTS_CHANGED], 0);
}

void
yihu_review_list_set_filter (YihuReviewList *self, const YihuReviewFilter *filter)
{
  g_autofree char *text = filter->text != NULL ? g_strstrip (g_strdup (filter->text)) : NULL;
  g_autofree char *lower = text != NULL ? g_utf8_strdown (text, -1) : g_strdup ("");

  if (self->state_mask == filter->state_mask && self->verdict == filter->verdict
      && g_strcmp0 (self->provider, filter->provider) == 0 && strcmp (self->text, lower) == 0)
    return;
  self->state_mask = filter->state_mask;
  self->verdict = filter->verdict;
  g_free (self->provider);
  self->provider = g_strdup (filter->provider);
  g_free (self->text);
  self->text = g_steal_pointer (&lower);
  review_list_refill (self);
}

YihuReviewItem *
yihu_review_list_find (YihuReviewList *self, const char *order)
{
  return g_hash_table_lookup (self->all, order);
}

guint
yihu_review_list_find_position (YihuReviewList *self, const char *order)
{
  YihuReviewItem *item = g_hash_table_lookup (self->all, order);

  return item != NULL ? review_list_find_shown (self, item) : NOWHERE;
}

guint
yihu_review_list_count_all (YihuReviewList *self)
{
  return g_hash_table_size (self->all);
}

void
yihu_review_list_count (YihuReviewList *self, gint64 now_us, YihuReviewCounts *counts)
{
  int month = yihu_date_from_us (now_us) / 100;
  GHashTableIter iter;
  gpointer value;

  *counts = (YihuReviewCounts){ 0 };
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const YihuOrder *order = yihu_review_item_get_order (value);
      gboolean waiting = order->state == YIHU_ORDER_FINISHED;
      gboolean of_month = yihu_date_from_us (order->finished_at_us) / 100 == month;

      counts->waiting += waiting;
      if (waiting)
        counts->by_verdict[yihu_review_item_get_verdict (value)]++;
      counts->finished_this_month += of_month;
      counts->decided_this_month += of_month && !waiting;
    }
}
