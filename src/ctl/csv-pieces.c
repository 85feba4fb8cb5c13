/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Walks a CSV text row by row, minding quotes, to find where it may be cut. Judges nothing: that is
 * the server's. */

#include "ctl/csv-pieces.h"

#include <string.h>

/* Position behind the row that begins at @from; counts the lines in it. */
static gsize
find_row_end (const char *text, gsize length, gsize from, guint *n_lines)
{
  gboolean is_quoted = FALSE;

  for (gsize i = from; i < length; i++)
    {
      if (text[i] == '"')
        is_quoted = !is_quoted;
      else if (text[i] == '\n')
        {
          (*n_lines)++;
          if (!is_quoted)
            return i + 1;
        }
    }
  return length;
}

/* Whether the row at @position is. */
static gboolean
is_left_out (YihuCsvPieces *self)
{
  for (; self->left_out != NULL && self->n_passed < self->left_out->len; self->n_passed++)
    {
      guint line = g_array_index (self->left_out, YihuCsvRepeat, self->n_passed).line;

      if (line >= self->line)
        return line == self->line;
    }
  return FALSE;
}

void
yihu_csv_pieces_init (YihuCsvPieces *self, const char *text, gsize length, const GArray *left_out)
{
  guint n_lines = 0;

  self->text = text;
  self->length = length;
  self->header_length = find_row_end (text, length, 0, &n_lines);
  self->position = self->header_length;
  self->line = 1 + n_lines;
  self->left_out = left_out;
  self->n_passed = 0;
}

GBytes *
yihu_csv_pieces_next (YihuCsvPieces *self, gsize max_bytes, guint *first_line)
{
  gsize begin;
  GByteArray *piece;

  while (self->position < self->length && is_left_out (self))
    self->position = find_row_end (self->text, self->length, self->position, &self->line);
  begin = self->position;
  if (begin >= self->length)
    return NULL;
  *first_line = self->line;
  do
    {
      guint n_lines = 0;
      gsize end = find_row_end (self->text, self->length, self->position, &n_lines);

      if (end - begin + self->header_length > max_bytes && self->position > begin)
        break;
      self->position = end;
      self->line += n_lines;
    }
  while (self->position < self->length && !is_left_out (self));

  piece = g_byte_array_sized_new (self->header_length + (guint) (self->position - begin));
  g_byte_array_append (piece, (const guint8 *) self->text, (guint) self->header_length);
  g_byte_array_append (piece, (const guint8 *) self->text + begin,
                       (guint) (self->position - begin));
  return g_byte_array_free_to_bytes (piece);
}
