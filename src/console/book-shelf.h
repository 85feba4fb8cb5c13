/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/cache.h"

/* The small kinds (divisions, providers, items, prices, institutions, cameras, seats) in memory:
 * screens ask for them all the time. Belongs to one thread at a time. */

G_BEGIN_DECLS

typedef struct _YihuBookShelf YihuBookShelf;

YihuBookShelf *yihu_book_shelf_load (YihuCache *cache, GError **error);
void yihu_book_shelf_free (YihuBookShelf *self);

gboolean yihu_book_shelf_holds (YihuBookShelf *self, const YihuRecordType *type);
void yihu_book_shelf_put (YihuBookShelf *self, gpointer record); /* takes a reference */
void yihu_book_shelf_remove (YihuBookShelf *self, const YihuRecordType *type, const char *id);
gpointer yihu_book_shelf_peek (YihuBookShelf *self, const YihuRecordType *type, const char *id);
GPtrArray *yihu_book_shelf_list (YihuBookShelf *self, const YihuRecordType *type); /* by id */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuBookShelf, yihu_book_shelf_free)

G_END_DECLS
