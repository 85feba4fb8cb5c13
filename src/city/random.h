/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The city's own random numbers: PCG-XSH-RR 64/32 (O'Neill 2014), seeded through SplitMix64 from a
 * seed and a label. The same (seed, label, number) gives the same sequence on every machine, and
 * one street's people do not change when another street gets more of them: each thing that is
 * invented draws from a stream of its own. */

G_BEGIN_DECLS

typedef struct
{
  guint64 state;
  guint64 increment;
} YihuRandom;

/* @label names what is drawn ("household"), @number which one of them. */
YihuRandom yihu_random_new (guint64 seed, const char *label, guint64 number);

guint32 yihu_random_next (YihuRandom *self);
guint64 yihu_random_next64 (YihuRandom *self);
guint yihu_random_below (YihuRandom *self, guint bound); /* 0..bound-1 without bias; @bound > 0 */
int yihu_random_between (YihuRandom *self, int lowest, int highest); /* both inclusive */
double yihu_random_unit (YihuRandom *self); /* 0 <= x < 1 */
double yihu_random_range (YihuRandom *self, double low, double high);
gboolean yihu_random_chance (YihuRandom *self, double probability);
double yihu_random_normal (YihuRandom *self); /* mean 0, deviation 1 */
double yihu_random_exponential (YihuRandom *self); /* mean 1 */
double yihu_random_log_normal (YihuRandom *self, double median, double sigma);

/* UUID version 7 of @at_us with this stream's bits. (transfer full) */
char *yihu_random_identifier (YihuRandom *self, gint64 at_us);

/* SplitMix64's finaliser: a well mixed function of @value. */
guint64 yihu_random_mix (guint64 value);

G_END_DECLS
