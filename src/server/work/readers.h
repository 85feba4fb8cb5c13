/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* A few threads, each with its own reading connection: nothing that touches the disk runs on the
 * main loop. */

G_BEGIN_DECLS

#define YIHU_TYPE_READERS (yihu_readers_get_type ())
G_DECLARE_FINAL_TYPE (YihuReaders, yihu_readers, YIHU, READERS, GObject)

typedef void (*YihuReaderFunc) (YihuStore *store, gpointer data); /* in a reader's thread */
typedef void (*YihuReaderDoneFunc) (gpointer data); /* in the main context */

YihuReaders *yihu_readers_new (YihuStore *store, guint n_threads, GError **error);

/* FALSE with YIHU_ERROR_BUSY when too much waits; then @done is not called. */
gboolean yihu_readers_push (YihuReaders *self,
                            YihuReaderFunc run,
                            YihuReaderDoneFunc done,
                            gpointer data,
                            GError **error);

guint yihu_readers_get_waiting (YihuReaders *self);

/* Finishes what is queued. */
void yihu_readers_shutdown (YihuReaders *self);

G_END_DECLS
