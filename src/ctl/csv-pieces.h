/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ctl/csv-repeats.h"

/* Cuts a CSV text into pieces that each begin with its header and end at the end of a row, never
 * inside a quoted field. */

G_BEGIN_DECLS

typedef struct
{
  const char *text; /* (not owned) must outlive the pieces */
  gsize length;
  gsize header_length; /* with its line end */
  gsize position;
  guint line; /* of @position, from 1 */
  const GArray
      *left_out; /* (not owned) (nullable) YihuCsvRepeat by line: must outlive the pieces */
  guint n_passed; /* of these */
} YihuCsvPieces;

/* The rows of @left_out are in no piece. */
void
yihu_csv_pieces_init (YihuCsvPieces *self, const char *text, gsize length, const GArray *left_out);

/* The next piece of at most about @max_bytes (one longer row makes a piece of its own), or NULL at
 * the end. @first_line: number of its first row in the whole file. (transfer full) */
GBytes *yihu_csv_pieces_next (YihuCsvPieces *self, gsize max_bytes, guint *first_line);

G_END_DECLS
