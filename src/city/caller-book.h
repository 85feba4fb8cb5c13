/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/speech.h"

/* Who may phone (callers.csv of the city), and a draw of the next caller: an elder from his own
 * number, one of the kin, an unknown or a withheld number. An elder phones once at a time. */

G_BEGIN_DECLS

typedef struct
{
  char *name; /* of the elder; "" where unknown */
  char *number; /* E.164; "" withheld */
  char *sent; /* user part of From, as a trunk would write it */
  const char *relation; /* of the kin who calls; "" the elder */
  int age; /* of the elder; 0 unknown */
  gboolean is_male; /* the voice */
  gboolean is_emergency;
  gboolean is_one_key; /* an alarm terminal dials: Priority: emergency */
  guint phrase;
  int elder; /* index in the book; -1 unknown */
} YihuCallerCard;

void yihu_caller_card_free (YihuCallerCard *card);

typedef struct _YihuCallerBook YihuCallerBook;

/* @path: callers.csv; @today: yyyymmdd. */
YihuCallerBook *yihu_caller_book_new (const char *path,
                                      YihuSpeech *speech,
                                      guint64 seed,
                                      int today,
                                      GError **error);
void yihu_caller_book_free (YihuCallerBook *self);
guint yihu_caller_book_get_n_elders (YihuCallerBook *self);

/* The next caller by chance. (transfer full) */
YihuCallerCard *yihu_caller_book_draw (YihuCallerBook *self);

/* Somebody with @number (any form); unknown where it is nobody's. @phrase: (nullable) its beginning
 * or kind. NULL where the number cannot be read. (transfer full) */
YihuCallerCard *
yihu_caller_book_lookup (YihuCallerBook *self, const char *number, const char *phrase);

/* While a card is out its elder is not drawn again. */
void yihu_caller_book_release (YihuCallerBook *self, const YihuCallerCard *card);

/* For events: "0417-2817331", "13837904412", "anonymous". (transfer full) */
char *yihu_caller_card_dup_number (const YihuCallerCard *card);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCallerBook, yihu_caller_book_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCallerCard, yihu_caller_card_free)

G_END_DECLS
