/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/cache.h"
#include "wire/event.h"

/* A directory with a small city in it, for tests of the cache and of what stands on it. */

typedef struct
{
  char *directory;
  char *city; /* path of city.db */
  GBytes *key;
} Sample;

#define SAMPLE_LO G_GINT64_CONSTANT (210800000000)
#define SAMPLE_HI G_GINT64_CONSTANT (210900000000)
#define SAMPLE_EPOCH 3

void sample_set_up (Sample *sample, gconstpointer data);
void sample_tear_down (Sample *sample, gconstpointer data);

/* Writes a snapshot with @records up to @seq. */
void sample_write (const char *path, GBytes *key, gint64 seq, GPtrArray *records);
YihuCache *sample_open (Sample *sample);

YihuElder *sample_elder (const char *id, const char *name, const char *phone, gint64 division);
YihuKin *sample_kin (const char *id, const char *elder, const char *phone, gint64 rank);
YihuOrder *sample_order (const char *id, const char *elder, YihuOrderState state, gint64 due_at_us);
YihuEvent *sample_event (gint64 seq, gpointer record); /* takes @record over */

void sample_remove_tree (const char *directory);
