/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The rows of a CSV text whose id stands further up already. The server, which gets a file in
 * pieces, sees that within a piece only; beyond it the later row would replace the earlier one, and
 * a person would be lost. */

G_BEGIN_DECLS

typedef struct
{
  guint line; /* from 1 */
  guint first_line; /* where the id stands first */
} YihuCsvRepeat;

/* What cannot be read, a text without header or column "id" too, is the server's to judge: it has
 * no repeats. (transfer full) (element-type YihuCsvRepeat): by line */
GArray *yihu_csv_list_repeats (const char *text, gsize length);

G_END_DECLS
