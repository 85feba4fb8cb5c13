/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A Feistel network over an even number of bits is a permutation whatever its round function is;
 * applying it again while the result lies outside the range keeps it one on the range. */

#include "city/phone-book.h"

#include "city/random.h"

#define ROUNDS 4

static guint64
permute (guint64 seed, guint64 value, guint half_bits)
{
  guint64 mask = (G_GUINT64_CONSTANT (1) << half_bits) - 1;
  guint64 left = value >> half_bits;
  guint64 right = value & mask;

  for (guint round = 0; round < ROUNDS; round++)
    {
      guint64 next = left ^ (yihu_random_mix (seed ^ (right << 8) ^ round) & mask);

      left = right;
      right = next;
    }
  return left << half_bits | right;
}

static guint64
permute_below (guint64 seed, guint64 value, guint half_bits, guint64 bound)
{
  do
    value = permute (seed, value, half_bits);
  while (value >= bound);
  return value;
}

char *
yihu_phone_book_landline (guint64 seed, guint64 index)
{
  guint64 local;

  g_return_val_if_fail (index < YIHU_PHONE_BOOK_LANDLINES, NULL);
  local = permute_below (seed ^ 0x6c616e64, index, 12, YIHU_PHONE_BOOK_LANDLINES);
  return g_strdup_printf ("+86417%" G_GUINT64_FORMAT, local + 2000000);
}

char *
yihu_phone_book_mobile (guint64 seed, guint64 index)
{
  static const guint prefixes[30] = { 130, 131, 132, 133, 134, 135, 136, 137, 138, 139,
                                      150, 151, 152, 153, 155, 156, 157, 158, 159, 166,
                                      176, 177, 180, 181, 182, 183, 186, 187, 188, 189 };
  guint64 number;

  g_return_val_if_fail (index < YIHU_PHONE_BOOK_MOBILES, NULL);
  number = permute_below (seed ^ 0x6d6f62, index, 16, YIHU_PHONE_BOOK_MOBILES);
  return g_strdup_printf ("+86%u%08" G_GUINT64_FORMAT, prefixes[number / 100000000],
                          number % 100000000);
}
