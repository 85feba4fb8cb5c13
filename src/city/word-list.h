/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/random.h"

/* A list of words of the city (data/city/NAME.txt, compiled in): one row a line, cells parted by
 * tabs, '#' begins a comment. The first cell is the word; a column of weights can be drawn from. */

G_BEGIN_DECLS

typedef struct _YihuWordList YihuWordList;

/* Aborts where the list is not compiled in: a programmer's error. (transfer full) */
YihuWordList *yihu_word_list_new (const char *name);
void yihu_word_list_free (YihuWordList *self);

guint yihu_word_list_get_length (YihuWordList *self);
const char *yihu_word_list_get (YihuWordList *self, guint row); /* first cell */
const char *yihu_word_list_get_cell (YihuWordList *self, guint row, guint column); /* "" if short */
double yihu_word_list_get_number (YihuWordList *self, guint row, guint column);

/* Draws a row: evenly, or by the weights of @column (from 1). */
guint yihu_word_list_draw (YihuWordList *self, YihuRandom *random, guint column);
const char *yihu_word_list_draw_word (YihuWordList *self, YihuRandom *random, guint column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuWordList, yihu_word_list_free)

G_END_DECLS
