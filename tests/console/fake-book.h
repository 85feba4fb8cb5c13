/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"

/* A YihuBook without cache and server, for tests of screens: it implements console/book.h, so it is
 * linked before the library and the real one stays out. Records are put in by hand. */

G_BEGIN_DECLS

YihuBook *yihu_fake_book_new (YihuAccount *account, gint64 now_us);

/* Keeps @record (takes a reference); with @tell it comes as from the feed. */
void yihu_fake_book_put (YihuBook *self, gpointer record, gboolean tell);
void yihu_fake_book_set_state (YihuBook *self, YihuBookState state);
void yihu_fake_book_set_now_us (YihuBook *self, gint64 now_us);
void yihu_fake_book_set_synced_at_us (YihuBook *self, gint64 at_us);
void yihu_fake_book_set_basemap (YihuBook *self, const char *path);
void yihu_fake_book_tell_figures (YihuBook *self, const YihuFigures *figures);
void yihu_fake_book_fail_lists (YihuBook *self, const GError *error); /* (nullable) */
void yihu_fake_book_fail_submits (YihuBook *self, const GError *error); /* (nullable) */

/* Commands that were submitted and not yet dropped: YihuCommand, oldest first. */
GPtrArray *yihu_fake_book_peek_commands (YihuBook *self);
/* The centre refuses the newest command: the record goes back to what it was. */
void yihu_fake_book_refuse_last (YihuBook *self, const GError *error);
gboolean yihu_fake_book_watches_figures (YihuBook *self);

G_END_DECLS
