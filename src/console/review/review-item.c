/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What one row of the review knows. Built on the main thread from the book, verified on a worker,
 * then only read. The name is kept in full for the search, and shown masked. */

#include "console/review/review-item.h"

#include "base/person-id.h"
#include "base/phone-number.h"
#include "base/pinyin.h"
#include "console/review/review-verify.h"

#include <glib/gi18n.h>
#include <string.h>

struct _YihuReviewItem
{
  GObject parent_instance;

  YihuOrder *order; /* (owned) */
  YihuElder *elder; /* (owned) (nullable) */
  YihuServiceItem *service; /* (owned) (nullable) */
  YihuProvider *provider; /* (owned) (nullable) */
  GPtrArray *steps; /* (owned) YihuOrderStep */
  double pace; /* of the field staff; 1: life */
  GPtrArray *findings; /* (owned) YihuReviewFinding */
  char *community; /* (owned) */
  char *masked_name; /* (owned) */
  char *summary; /* (owned) (nullable) until verified */
  char *key; /* (owned) (nullable) until verified: pieces to search in, one a line */
};

G_DEFINE_FINAL_TYPE (YihuReviewItem, yihu_review_item, G_TYPE_OBJECT)

static void
yihu_review_item_finalize (GObject *object)
{
  YihuReviewItem *self = YIHU_REVIEW_ITEM (object);

  g_clear_pointer (&self->order, yihu_record_unref);
  g_clear_pointer (&self->elder, yihu_record_unref);
  g_clear_pointer (&self->service, yihu_record_unref);
  g_clear_pointer (&self->provider, yihu_record_unref);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_free (self->community);
  g_free (self->masked_name);
  g_free (self->summary);
  g_free (self->key);
  G_OBJECT_CLASS (yihu_review_item_parent_class)->finalize (object);
}

static void
yihu_review_item_class_init (YihuReviewItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_review_item_finalize;
}

static void
yihu_review_item_init (YihuReviewItem *self)
{
  self->pace = 1;
}

static gpointer
ref_record (gpointer record)
{
  return record != NULL ? yihu_record_ref (record) : NULL;
}

YihuReviewItem *
yihu_review_item_new (YihuOrder *order,
                      YihuElder *elder,
                      YihuServiceItem *service,
                      YihuProvider *provider,
                      GPtrArray *steps,
                      const char *community)
{
  YihuReviewItem *self = g_object_new (YIHU_TYPE_REVIEW_ITEM, NULL);

  self->order = yihu_order_ref (order);
  self->elder = ref_record (elder);
  self->service = ref_record (service);
  self->provider = ref_record (provider);
  self->steps = g_ptr_array_ref (steps);
  self->community = g_strdup (community);
  if (elder != NULL && elder->name != NULL)
    self->masked_name = yihu_name_mask (elder->name);
  return self;
}

YihuReviewItem *
yihu_review_item_new_with_order (YihuReviewItem *self, YihuOrder *order)
{
  YihuReviewItem *copy = yihu_review_item_new (order, self->elder, self->service, self->provider,
                                               self->steps, self->community);

  copy->pace = self->pace;
  copy->findings = self->findings != NULL ? g_ptr_array_ref (self->findings) : NULL;
  copy->summary = g_strdup (self->summary);
  copy->key = g_strdup (self->key);
  return copy;
}

static void
append_key (GString *key, const char *piece)
{
  g_autofree char *lower = piece != NULL ? g_utf8_strdown (piece, -1) : NULL;

  if (lower != NULL && *lower != '\0')
    g_string_append_printf (key, "%s\n", lower);
}

static void
append_phone (GString *key, const char *phone)
{
  g_autofree char *written =
      phone != NULL && *phone != '\0' ? yihu_phone_number_format (phone) : NULL;

  if (written == NULL)
    return;
  append_key (key, phone);
  for (const char *c = written; *c != '\0'; c++)
    if (g_ascii_isdigit (*c))
      g_string_append_c (key, *c);
  g_string_append_c (key, '\n');
}

static char *
make_key (YihuReviewItem *self)
{
  GString *key = g_string_new (NULL);

  append_key (key, self->order->number);
  if (self->elder == NULL)
    return g_string_free (key, FALSE);

  append_key (key, self->elder->name);
  append_phone (key, self->elder->phone);
  append_phone (key, self->elder->phone2);
  if (self->elder->name != NULL && *self->elder->name != '\0')
    {
      g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (self->elder->name);

      append_key (key, pinyin->full);
      append_key (key, pinyin->initials);
      for (char **other = pinyin->others; other != NULL && *other != NULL; other++)
        append_key (key, *other);
    }
  return g_string_free (key, FALSE);
}

static char *
make_summary (YihuReviewItem *self)
{
  const YihuReviewFinding *worst =
      self->findings->len > 0 ? g_ptr_array_index (self->findings, 0) : NULL;

  if (worst == NULL || worst->verdict == YIHU_REVIEW_SOUND)
    return g_strdup (_ ("✓ All passed"));
  return g_strdup_printf ("%s %s", worst->verdict == YIHU_REVIEW_WRONG ? "▲" : "◆", worst->brief);
}

void
yihu_review_item_set_pace (YihuReviewItem *self, double pace)
{
  self->pace = pace;
}

void
yihu_review_item_verify (YihuReviewItem *self)
{
  g_return_if_fail (self->findings == NULL);

  self->findings =
      yihu_review_verify (self->order, self->elder, self->service, self->steps, self->pace);
  self->summary = make_summary (self);
  self->key = make_key (self);
}

const YihuOrder *
yihu_review_item_get_order (YihuReviewItem *self)
{
  return self->order;
}

const YihuElder *
yihu_review_item_get_elder (YihuReviewItem *self)
{
  return self->elder;
}

const YihuServiceItem *
yihu_review_item_get_service (YihuReviewItem *self)
{
  return self->service;
}

const YihuProvider *
yihu_review_item_get_provider (YihuReviewItem *self)
{
  return self->provider;
}

const GPtrArray *
yihu_review_item_get_steps (YihuReviewItem *self)
{
  return self->steps;
}

const GPtrArray *
yihu_review_item_get_findings (YihuReviewItem *self)
{
  return self->findings;
}

YihuReviewVerdict
yihu_review_item_get_verdict (YihuReviewItem *self)
{
  const YihuReviewFinding *worst;

  if (self->findings == NULL || self->findings->len == 0)
    return YIHU_REVIEW_SOUND;
  worst = g_ptr_array_index (self->findings, 0);
  return worst->verdict;
}

guint
yihu_review_item_count (YihuReviewItem *self, YihuReviewVerdict verdict)
{
  guint n = 0;

  for (guint i = 0; self->findings != NULL && i < self->findings->len; i++)
    {
      const YihuReviewFinding *finding = g_ptr_array_index (self->findings, i);
      n += finding->verdict == verdict;
    }
  return n;
}

const char *
yihu_review_item_get_number (YihuReviewItem *self)
{
  const char *number = self->order->number;

  return number != NULL && *number != '\0' ? number : _ ("(no number yet)");
}

const char *
yihu_review_item_get_masked_name (YihuReviewItem *self)
{
  return self->masked_name != NULL ? self->masked_name : "—";
}

const char *
yihu_review_item_get_community (YihuReviewItem *self)
{
  return self->community;
}

const char *
yihu_review_item_get_summary (YihuReviewItem *self)
{
  return self->summary != NULL ? self->summary : "";
}

gboolean
yihu_review_item_matches (YihuReviewItem *self, const char *text)
{
  return *text == '\0' || (self->key != NULL && strstr (self->key, text) != NULL);
}

int
yihu_review_item_compare (YihuReviewItem *a, YihuReviewItem *b)
{
  if (a->order->finished_at_us != b->order->finished_at_us)
    return a->order->finished_at_us < b->order->finished_at_us ? -1 : 1;
  return strcmp (a->order->record.id, b->order->record.id);
}
