/* SPDX-License-Identifier: GPL-3.0-or-later */

/* PCG-XSH-RR 64/32 and the few distributions that the city needs. Nothing here reads a clock, the
 * environment or an address. */

#include "city/random.h"

#include "base/identifier.h"

#include <math.h>

#define PCG_MULTIPLIER G_GUINT64_CONSTANT (6364136223846793005)
#define GOLDEN_GAMMA G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

guint64
yihu_random_mix (guint64 value)
{
  value += GOLDEN_GAMMA;
  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ (value >> 31);
}

YihuRandom
yihu_random_new (guint64 seed, const char *label, guint64 number)
{
  guint64 hash = yihu_random_mix (seed);
  YihuRandom self;

  for (const char *c = label; *c != '\0'; c++)
    hash = yihu_random_mix (hash ^ (guint8) *c);
  hash = yihu_random_mix (hash ^ number);

  self.state = hash;
  self.increment = yihu_random_mix (hash) | 1;
  yihu_random_next (&self);
  return self;
}

guint32
yihu_random_next (YihuRandom *self)
{
  guint64 old = self->state;
  guint32 shifted = (guint32) (((old >> 18) ^ old) >> 27);
  guint32 turn = (guint32) (old >> 59);

  self->state = old * PCG_MULTIPLIER + self->increment;
  return (shifted >> turn) | (shifted << ((32 - turn) & 31));
}

guint64
yihu_random_next64 (YihuRandom *self)
{
  guint64 high = yihu_random_next (self);

  return high << 32 | yihu_random_next (self);
}

guint
yihu_random_below (YihuRandom *self, guint bound)
{
  guint32 threshold;

  g_return_val_if_fail (bound > 0, 0);
  threshold = (guint32) -bound % bound;
  while (TRUE)
    {
      guint32 value = yihu_random_next (self);

      if (value >= threshold)
        return value % bound;
    }
}

int
yihu_random_between (YihuRandom *self, int lowest, int highest)
{
  return lowest + (int) yihu_random_below (self, (guint) (highest - lowest + 1));
}

double
yihu_random_unit (YihuRandom *self)
{
  return yihu_random_next (self) / 4294967296.0;
}

double
yihu_random_range (YihuRandom *self, double low, double high)
{
  return low + (high - low) * yihu_random_unit (self);
}

gboolean
yihu_random_chance (YihuRandom *self, double probability)
{
  return yihu_random_unit (self) < probability;
}

double
yihu_random_normal (YihuRandom *self)
{
  double radius = sqrt (2 * yihu_random_exponential (self));

  return radius * cos (2 * G_PI * yihu_random_unit (self));
}

double
yihu_random_exponential (YihuRandom *self)
{
  return -log (1.0 - yihu_random_unit (self));
}

double
yihu_random_log_normal (YihuRandom *self, double median, double sigma)
{
  return median * exp (sigma * yihu_random_normal (self));
}

char *
yihu_random_identifier (YihuRandom *self, gint64 at_us)
{
  guint64 high = yihu_random_next64 (self);

  return yihu_identifier_new_at (at_us, high, yihu_random_next64 (self));
}
