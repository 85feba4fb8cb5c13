/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One entry a log-in name that went wrong lately, known or not: an unknown name must not behave
 * otherwise. The table is bounded; where it is full, one that is not locked makes room. */

#include "server/http/lockout.h"

#define MAX_TRIES 5
#define WINDOW_US G_TIME_SPAN_MINUTE
#define FIRST_LOCK_US G_TIME_SPAN_MINUTE
#define LONGEST_LOCK_US (15 * G_TIME_SPAN_MINUTE)
#define MEMORY_US G_TIME_SPAN_HOUR
#define MAX_NAMES 10000

typedef struct
{
  guint n_wrong; /* since since_us */
  guint n_under_way;
  guint n_locks;
  gint64 since_us; /* all times monotonic */
  gint64 locked_until_us;
  gint64 last_us; /* of a wrong try */
} Entry;

struct _YihuLockout
{
  YihuClock *clock; /* (owned) */
  GHashTable *entries; /* (owned) Entry by name */
};

YihuLockout *
yihu_lockout_new (YihuClock *clock)
{
  YihuLockout *self = g_new0 (YihuLockout, 1);

  self->clock = g_object_ref (clock);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
yihu_lockout_free (YihuLockout *self)
{
  g_object_unref (self->clock);
  g_hash_table_unref (self->entries);
  g_free (self);
}

static gboolean
is_forgotten (const Entry *entry, gint64 now_us)
{
  gint64 memory_us = entry->n_locks > 0 ? MEMORY_US : WINDOW_US;

  return entry->n_under_way == 0 && entry->locked_until_us <= now_us
         && entry->last_us + memory_us <= now_us;
}

static gboolean
forget_old (gpointer key, gpointer value, gpointer data)
{
  return is_forgotten (value, *(gint64 *) data);
}

static gboolean
is_not_locked (gpointer key, gpointer value, gpointer data)
{
  Entry *entry = value;

  return entry->n_under_way == 0 && entry->locked_until_us <= *(gint64 *) data;
}

static void
make_room (YihuLockout *self, gint64 now_us)
{
  if (g_hash_table_size (self->entries) < MAX_NAMES)
    return;
  if (g_hash_table_foreach_remove (self->entries, forget_old, &now_us) == 0)
    g_hash_table_foreach_remove (self->entries, is_not_locked, &now_us);
}

static guint
get_wait_s (const Entry *entry, gint64 now_us)
{
  gint64 left_us = entry->locked_until_us - now_us;

  return left_us > 0 ? (guint) ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC) : 0;
}

static Entry *
find (YihuLockout *self, const char *name, gint64 now_us)
{
  Entry *entry = g_hash_table_lookup (self->entries, name);

  if (entry == NULL || !is_forgotten (entry, now_us))
    return entry;
  g_hash_table_remove (self->entries, name);
  return NULL;
}

guint
yihu_lockout_begin (YihuLockout *self, const char *name)
{
  gint64 now_us = yihu_clock_get_monotonic_us (self->clock);
  Entry *entry = find (self, name, now_us);
  guint wait_s;

  if (entry == NULL)
    {
      make_room (self, now_us);
      entry = g_new0 (Entry, 1);
      entry->since_us = now_us;
      entry->last_us = now_us;
      g_hash_table_insert (self->entries, g_strdup (name), entry);
    }
  wait_s = get_wait_s (entry, now_us);
  if (wait_s > 0)
    return wait_s;
  if (entry->since_us + WINDOW_US <= now_us)
    {
      entry->n_wrong = 0;
      entry->since_us = now_us;
    }
  if (entry->n_wrong + entry->n_under_way >= MAX_TRIES)
    return 1; /* those under way will tell */
  entry->n_under_way++;
  return 0;
}

void
yihu_lockout_end (YihuLockout *self, const char *name, YihuTryEnd end)
{
  gint64 now_us = yihu_clock_get_monotonic_us (self->clock);
  Entry *entry = g_hash_table_lookup (self->entries, name);

  if (entry == NULL)
    return; /* somebody has unlocked the name meanwhile */
  if (entry->n_under_way > 0)
    entry->n_under_way--;
  if (end == YIHU_TRY_RIGHT)
    {
      entry->n_wrong = entry->n_locks = 0;
      entry->last_us = now_us - WINDOW_US;
    }
  if (end != YIHU_TRY_WRONG)
    return;
  entry->last_us = now_us;
  if (++entry->n_wrong < MAX_TRIES)
    return;
  entry->locked_until_us = now_us + MIN (FIRST_LOCK_US << MIN (entry->n_locks, 8), LONGEST_LOCK_US);
  entry->n_locks++;
  entry->n_wrong = 0;
}

guint
yihu_lockout_get_wait_s (YihuLockout *self, const char *name)
{
  const Entry *entry = g_hash_table_lookup (self->entries, name);

  return entry != NULL ? get_wait_s (entry, yihu_clock_get_monotonic_us (self->clock)) : 0;
}

void
yihu_lockout_forget (YihuLockout *self, const char *name)
{
  g_hash_table_remove (self->entries, name);
}
