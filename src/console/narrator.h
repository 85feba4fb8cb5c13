/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"

/* Tells on standard output what happens, a line an event, for demonstrations ("14:02:11 call
 * 0417-2817 331 ringing seat 03 王秀英 82"). Only where the program was asked to (--narrate): it
 * names people, so it is for the invented city. */

G_BEGIN_DECLS

#define YIHU_TYPE_NARRATOR (yihu_narrator_get_type ())
G_DECLARE_FINAL_TYPE (YihuNarrator, yihu_narrator, YIHU, NARRATOR, GObject)

/* Begins at once; ends with the object. */
YihuNarrator *yihu_narrator_new (YihuBook *book);

G_END_DECLS
