/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The review without a display: verification in words, the timeline, search, and the list model
 * under a replay of every change that it tells. */

#include <glib.h>
#include <string.h>

#include "console/review/review-list.h"
#include "console/review/review-timeline.h"
#include "sample-city.h"

static YihuReviewItem *
make_item_at_pace (YihuBook *book, guint i, double pace)
{
  g_autofree char *id = yihu_sample_order_id (i);
  g_autoptr (YihuOrder) order = yihu_book_get (book, &yihu_order_type, id);
  g_autoptr (YihuElder) elder = yihu_book_get (book, &yihu_elder_type, order->elder);
  g_autoptr (YihuServiceItem) service = yihu_book_get (book, &yihu_service_item_type, order->item);
  g_autoptr (YihuProvider) provider = yihu_book_get (book, &yihu_provider_type, order->provider);
  g_autoptr (GPtrArray) steps = yihu_book_list_steps (book, id);
  YihuReviewItem *item = yihu_review_item_new (order, elder, service, provider, steps, "建丰社区");

  yihu_review_item_set_pace (item, pace);
  yihu_review_item_verify (item);
  return item;
}

static YihuReviewItem *
make_item (YihuBook *book, guint i)
{
  return make_item_at_pace (book, i, 1);
}

static void
test_verdicts (void)
{
  g_autoptr (YihuBook) book = yihu_sample_book (YIHU_ROLE_REVIEWER, 12);
  g_autoptr (YihuReviewItem) sound = make_item (book, 0);
  g_autoptr (YihuReviewItem) brief = make_item (book, 2);
  g_autoptr (YihuReviewItem) far = make_item (book, 3);

  g_assert_cmpint (yihu_review_item_get_verdict (sound), ==, YIHU_REVIEW_SOUND);
  g_assert_cmpstr (yihu_review_item_get_summary (sound), ==, "✓ All passed");
  g_assert_cmpint (yihu_review_item_get_verdict (brief), ==, YIHU_REVIEW_DOUBT);
  g_assert_cmpstr (yihu_review_item_get_summary (brief), ==, "◆ Short: 30 min");
  g_assert_cmpint (yihu_review_item_get_verdict (far), ==, YIHU_REVIEW_WRONG);
  g_assert_cmpstr (yihu_review_item_get_summary (far), ==, "▲ 1.2 km off the address");
  g_assert_cmpuint (yihu_review_item_count (far, YIHU_REVIEW_WRONG), ==, 1);
  g_assert_cmpuint (yihu_review_item_count (far, YIHU_REVIEW_DOUBT), ==, 0);
}

/* Hurrying field staff of a demo city are judged in the city's time. */
static void
test_pace (void)
{
  g_autoptr (YihuBook) book = yihu_sample_book (YIHU_ROLE_REVIEWER, 12);
  g_autoptr (YihuReviewItem) brief = make_item_at_pace (book, 2, 10);
  g_autoptr (YihuReviewItem) far = make_item_at_pace (book, 3, 10);

  g_assert_cmpint (yihu_review_item_get_verdict (brief), ==, YIHU_REVIEW_SOUND);
  g_assert_cmpstr (yihu_review_item_get_summary (far), ==, "▲ 1.2 km off the address");
}

/* The name is found, and never shown. */
static void
test_mask_and_search (void)
{
  g_autoptr (YihuBook) book = yihu_sample_book (YIHU_ROLE_REVIEWER, 1);
  g_autoptr (YihuReviewItem) item = make_item (book, 0); /* 王秀英, 138 0013 8000 */
  static const char *const hits[] = {
    "", "王秀", "wangxiu", "wxy", "13800138000", "8000", "dd20261121-0001", "0001"
  };
  static const char *const misses[] = { "李", "wxz", "13800138001", "dd20261121-0002" };

  g_assert_cmpstr (yihu_review_item_get_masked_name (item), ==, "王**");
  for (guint i = 0; i < G_N_ELEMENTS (hits); i++)
    g_assert_true (yihu_review_item_matches (item, hits[i]));
  for (guint i = 0; i < G_N_ELEMENTS (misses); i++)
    g_assert_false (yihu_review_item_matches (item, misses[i]));
}

static char *
describe_timeline (YihuReviewItem *item)
{
  static const char *const signs[] = { "●", "◆", "▲", "○" };
  g_autoptr (GPtrArray) entries = yihu_review_timeline_make (item);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      const YihuTimelineEntry *entry = g_ptr_array_index (entries, i);
      g_string_append_printf (text, "%s%s ", signs[entry->mark], entry->verb);
    }
  return g_string_free (text, FALSE);
}

static void
test_timeline (void)
{
  g_autoptr (YihuBook) book = yihu_sample_book (YIHU_ROLE_REVIEWER, 12);
  g_autoptr (YihuReviewItem) brief = make_item (book, 2);
  g_autoptr (YihuReviewItem) far = make_item (book, 3);
  g_autofree char *brief_text = describe_timeline (brief);
  g_autofree char *far_text = describe_timeline (far);
  g_autoptr (GPtrArray) entries = yihu_review_timeline_make (far);
  const YihuTimelineEntry *arrival = g_ptr_array_index (entries, 2);

  g_assert_cmpstr (brief_text, ==, "●create ●accept ●arrive ●start ◆finish ○approve ");
  g_assert_cmpstr (far_text, ==, "●create ●accept ▲arrive ●start ●finish ○approve ");
  g_assert_cmpstr (arrival->text, ==, "1.2 km off the address (allowed 200 m) · 何秀兰");
}

/* A step that was never recorded shows as missing, at its place, with what that means. */
static void
test_timeline_with_gaps (void)
{
  g_autoptr (YihuBook) book = yihu_sample_book (YIHU_ROLE_REVIEWER, 1);
  g_autoptr (YihuOrder) order = yihu_book_get (book, &yihu_order_type, "order-0");
  g_autoptr (GPtrArray) steps = yihu_book_list_steps (book, "order-0");
  g_autoptr (YihuReviewItem) item = NULL;
  g_autofree char *text = NULL;

  g_ptr_array_remove_index (steps, 3); /* start */
  g_ptr_array_remove_index (steps, 2); /* arrive */
  item = yihu_review_item_new (order, NULL, NULL, NULL, steps, "");
  yihu_review_item_verify (item);
  text = describe_timeline (item);
  g_assert_cmpstr (text, ==, "●create ●accept ◆arrive ○start ◆finish ○approve ");
  g_assert_cmpint (yihu_review_item_get_verdict (item), ==, YIHU_REVIEW_DOUBT);
}

/* What a view would see: the rows after replaying each change. */
typedef struct
{
  GPtrArray *rows; /* borrowed pointers */
  GListModel *model;
  gboolean both; /* a change removed and added more than one row in one step */
} Mirror;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Mirror *mirror)
{
  g_assert_cmpuint (position + removed, <=, mirror->rows->len);
  if (removed > 0)
    g_ptr_array_remove_range (mirror->rows, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, position + i);
      g_ptr_array_insert (mirror->rows, (int) (position + i), item);
    }
  if (removed > 1 && added > 1)
    mirror->both = TRUE;
}

static void
assert_mirrored (Mirror *mirror)
{
  YihuReviewItem *before = NULL;

  g_assert_cmpuint (mirror->rows->len, ==, g_list_model_get_n_items (mirror->model));
  for (guint i = 0; i < mirror->rows->len; i++)
    {
      g_autoptr (YihuReviewItem) item = g_list_model_get_item (mirror->model, i);
      const char *id = yihu_review_item_get_order (item)->record.id;

      g_assert_true (item == g_ptr_array_index (mirror->rows, i));
      g_assert_true (before == NULL || yihu_review_item_compare (before, item) < 0);
      g_assert_cmpuint (yihu_review_list_find_position (YIHU_REVIEW_LIST (mirror->model), id), ==,
                        i);
      before = item;
    }
  g_assert_false (mirror->both);
}

static YihuReviewItem *
make_changed_item (YihuBook *book, guint i, GRand *random)
{
  static const YihuOrderState states[] = { YIHU_ORDER_FINISHED, YIHU_ORDER_FINISHED,
                                           YIHU_ORDER_APPROVED, YIHU_ORDER_RETURNED };
  g_autoptr (YihuReviewItem) item = make_item (book, i);
  g_autoptr (YihuOrder) order = yihu_record_dup (yihu_review_item_get_order (item));

  order->state = states[g_rand_int_range (random, 0, G_N_ELEMENTS (states))];
  if (g_rand_boolean (random))
    order->finished_at_us += g_rand_int_range (random, -1000, 1000) * G_USEC_PER_SEC;
  return yihu_review_item_new_with_order (item, order);
}

static void
put_some (YihuReviewList *list, YihuBook *book, GRand *random, guint n_orders)
{
  guint n = (guint) g_rand_int_range (random, 1, 20);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items,
                     make_changed_item (book, (guint) g_rand_int_range (random, 0, (int) n_orders),
                                        random));
  yihu_review_list_put (list, (YihuReviewItem *const *) items->pdata, items->len);
}

static void
set_some_filter (YihuReviewList *list, GRand *random)
{
  static const char *const texts[] = { "", "王", "li", "0001", "zzz" };
  YihuReviewFilter filter = {
    .state_mask = g_rand_boolean (random) ? 1u << YIHU_ORDER_FINISHED : 0xffu,
    .verdict = g_rand_int_range (random, -1, 3),
    .provider = g_rand_boolean (random) ? "provider-1" : NULL,
    .text = texts[g_rand_int_range (random, 0, G_N_ELEMENTS (texts))],
  };

  yihu_review_list_set_filter (list, &filter);
}

static void
test_replay (void)
{
  guint32 seed = g_test_rand_int_range (0, G_MAXINT32);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (YihuBook) book = yihu_sample_book (YIHU_ROLE_REVIEWER, 40);
  g_autoptr (YihuReviewList) list = yihu_review_list_new ();
  Mirror mirror = { g_ptr_array_new (), G_LIST_MODEL (list), FALSE };

  g_test_message ("seed %u", seed);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  for (int step = 0; step < 400; step++)
    {
      g_autofree char *id = yihu_sample_order_id ((guint) g_rand_int_range (random, 0, 40));

      switch (g_rand_int_range (random, 0, 8))
        {
        case 0:
          yihu_review_list_remove (list, id);
          break;
        case 1:
          set_some_filter (list, random);
          break;
        case 2:
          if (g_rand_int_range (random, 0, 10) == 0)
            yihu_review_list_clear (list);
          break;
        default:
          put_some (list, book, random, 40);
          break;
        }
      assert_mirrored (&mirror);
    }
  g_ptr_array_unref (mirror.rows);
}

static void
test_counts (void)
{
  g_autoptr (YihuBook) book = yihu_sample_book (YIHU_ROLE_REVIEWER, 63);
  g_autoptr (YihuReviewList) list = yihu_review_list_new ();
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (YihuOrder) approved = NULL;
  g_autoptr (YihuReviewItem) decided = NULL;
  YihuReviewCounts counts;

  for (guint i = 0; i < 63; i++)
    g_ptr_array_add (items, make_item (book, i));
  yihu_review_list_put (list, (YihuReviewItem *const *) items->pdata, items->len);
  yihu_review_list_count (list, YIHU_SAMPLE_NOW_US, &counts);
  g_assert_cmpuint (counts.waiting, ==, 63);
  g_assert_cmpuint (counts.by_verdict[YIHU_REVIEW_WRONG], ==, 7);
  g_assert_cmpuint (counts.by_verdict[YIHU_REVIEW_DOUBT], ==, 8); /* of 9, one is wrong as well */
  g_assert_cmpuint (counts.by_verdict[YIHU_REVIEW_SOUND], ==, 48);
  g_assert_cmpuint (counts.decided_this_month, ==, 0);
  g_assert_cmpuint (counts.finished_this_month, ==, 63);

  approved = yihu_record_dup (yihu_review_item_get_order (g_ptr_array_index (items, 5)));
  approved->state = YIHU_ORDER_APPROVED;
  decided = yihu_review_item_new_with_order (g_ptr_array_index (items, 5), approved);
  yihu_review_list_put (list, &decided, 1);
  yihu_review_list_count (list, YIHU_SAMPLE_NOW_US, &counts);
  g_assert_cmpuint (counts.waiting, ==, 62);
  g_assert_cmpuint (counts.decided_this_month, ==, 1);
  g_assert_cmpuint (counts.finished_this_month, ==, 63);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 62);

  /* Last month's do not count for this month. */
  yihu_review_list_count (list, YIHU_SAMPLE_NOW_US + G_GINT64_CONSTANT (2592000000000), &counts);
  g_assert_cmpuint (counts.finished_this_month, ==, 0);
  g_assert_cmpuint (counts.waiting, ==, 62);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/review/verdicts", test_verdicts);
  g_test_add_func ("/review/pace", test_pace);
  g_test_add_func ("/review/mask-and-search", test_mask_and_search);
  g_test_add_func ("/review/timeline", test_timeline);
  g_test_add_func ("/review/timeline-with-gaps", test_timeline_with_gaps);
  g_test_add_func ("/review/list/replay", test_replay);
  g_test_add_func ("/review/list/counts", test_counts);
  return g_test_run ();
}
