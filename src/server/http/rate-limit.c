/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A bucket is made when its name first comes and forgotten when it is full, so the table holds only
 * who has just asked. When it is full of names all the same, unknown ones wait: many addresses at
 * once are an attack, and who is known goes on being served. */

#include "server/http/rate-limit.h"

#include <math.h>

#define MAX_NAMES 50000
#define FULL_TABLE_WAIT_S 5

typedef struct
{
  double level;
  gint64 at_us; /* monotonic: when the level was so */
} Bucket;

struct _YihuRateLimit
{
  YihuClock *clock; /* (owned) */
  double per_second;
  double burst;
  GHashTable *buckets; /* (owned) Bucket by name */
};

YihuRateLimit *
yihu_rate_limit_new (YihuClock *clock, double per_second, double burst)
{
  YihuRateLimit *self = g_new0 (YihuRateLimit, 1);

  self->clock = g_object_ref (clock);
  self->per_second = per_second;
  self->burst = burst;
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
yihu_rate_limit_free (YihuRateLimit *self)
{
  g_object_unref (self->clock);
  g_hash_table_unref (self->buckets);
  g_free (self);
}

static void
refill (YihuRateLimit *self, Bucket *bucket, gint64 now_us)
{
  double seconds = (double) (now_us - bucket->at_us) / G_USEC_PER_SEC;

  bucket->level = MIN (self->burst, bucket->level + seconds * self->per_second);
  bucket->at_us = now_us;
}

guint
yihu_rate_limit_take (YihuRateLimit *self, const char *name)
{
  gint64 now_us = yihu_clock_get_monotonic_us (self->clock);
  Bucket *bucket = g_hash_table_lookup (self->buckets, name);

  if (bucket == NULL)
    {
      if (g_hash_table_size (self->buckets) >= MAX_NAMES)
        return FULL_TABLE_WAIT_S;
      bucket = g_new0 (Bucket, 1);
      bucket->level = self->burst;
      bucket->at_us = now_us;
      g_hash_table_insert (self->buckets, g_strdup (name), bucket);
    }
  refill (self, bucket, now_us);
  if (bucket->level < 1)
    return (guint) ceil ((1 - bucket->level) / self->per_second);
  bucket->level -= 1;
  return 0;
}

static gboolean
is_full (gpointer key, gpointer value, gpointer data)
{
  YihuRateLimit *self = data;
  Bucket *bucket = value;

  refill (self, bucket, yihu_clock_get_monotonic_us (self->clock));
  return bucket->level >= self->burst;
}

void
yihu_rate_limit_sweep (YihuRateLimit *self)
{
  g_hash_table_foreach_remove (self->buckets, is_full, self);
}
