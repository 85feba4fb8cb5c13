/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads the word lists out of the program's resources and draws from them by weight: running sums
 * of a column, built when it is first drawn from, and a binary search. */

#include "city/word-list.h"

#include "city-resources.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_COLUMNS 8

struct _YihuWordList
{
  char *text; /* (owned) the cells point into it */
  GPtrArray *cells; /* (owned) (element-type utf8) MAX_COLUMNS a row */
  double *sums[MAX_COLUMNS]; /* (owned) (nullable) running sums of the weights of a column */
};

static void
add_row (YihuWordList *self, char *line)
{
  guint filled = 0;

  while (filled < MAX_COLUMNS)
    {
      char *cell = line == NULL ? (char *) "" : strsep (&line, "\t");

      g_ptr_array_add (self->cells, cell);
      filled++;
    }
}

YihuWordList *
yihu_word_list_new (const char *name)
{
  g_autofree char *path = g_strconcat ("/cn/yihu/city/", name, ".txt", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_resource_lookup_data (yihu_city_get_resource (), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  YihuWordList *self;
  char *rest;

  if (bytes == NULL)
    g_error ("word list %s: %s", name, error->message);

  self = g_new0 (YihuWordList, 1);
  self->text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  self->cells = g_ptr_array_new ();
  rest = self->text;
  while (rest != NULL)
    {
      char *line = strsep (&rest, "\n");

      if (*line != '\0' && *line != '#')
        add_row (self, line);
    }
  return self;
}

void
yihu_word_list_free (YihuWordList *self)
{
  for (guint i = 0; i < MAX_COLUMNS; i++)
    g_free (self->sums[i]);
  g_ptr_array_unref (self->cells);
  g_free (self->text);
  g_free (self);
}

guint
yihu_word_list_get_length (YihuWordList *self)
{
  return self->cells->len / MAX_COLUMNS;
}

const char *
yihu_word_list_get (YihuWordList *self, guint row)
{
  return yihu_word_list_get_cell (self, row, 0);
}

const char *
yihu_word_list_get_cell (YihuWordList *self, guint row, guint column)
{
  g_return_val_if_fail (column < MAX_COLUMNS && row < yihu_word_list_get_length (self), "");
  return g_ptr_array_index (self->cells, row * MAX_COLUMNS + column);
}

double
yihu_word_list_get_number (YihuWordList *self, guint row, guint column)
{
  return g_ascii_strtod (yihu_word_list_get_cell (self, row, column), NULL);
}

static const double *
get_sums (YihuWordList *self, guint column)
{
  double sum = 0;

  if (self->sums[column] != NULL)
    return self->sums[column];

  self->sums[column] = g_new (double, yihu_word_list_get_length (self));
  for (guint row = 0; row < yihu_word_list_get_length (self); row++)
    {
      sum += yihu_word_list_get_number (self, row, column);
      self->sums[column][row] = sum;
    }
  return self->sums[column];
}

guint
yihu_word_list_draw (YihuWordList *self, YihuRandom *random, guint column)
{
  guint length = yihu_word_list_get_length (self);
  const double *sums;
  double wanted;
  guint low = 0;
  guint high = length - 1;

  g_return_val_if_fail (length > 0 && column < MAX_COLUMNS, 0);
  if (column == 0)
    return yihu_random_below (random, length);

  sums = get_sums (self, column);
  wanted = yihu_random_unit (random) * sums[length - 1];
  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (sums[middle] > wanted)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

const char *
yihu_word_list_draw_word (YihuWordList *self, YihuRandom *random, guint column)
{
  return yihu_word_list_get (self, yihu_word_list_draw (self, random, column));
}
