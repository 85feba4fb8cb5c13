/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Lines from whoever started the city. "#" begins a comment. */

G_BEGIN_DECLS

/* @words: the line, cut at spaces into at most three; the last keeps its spaces. None: the input is
 * at its end. */
typedef void (*YihuControlFunc) (const char *const *words, guint n_words, gpointer data);

typedef struct _YihuControl YihuControl;

YihuControl *yihu_control_new (GInputStream *input, YihuControlFunc func, gpointer data);
void yihu_control_free (YihuControl *self);

G_END_DECLS
