/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Ids are made by programs, never by a database: UUID version 7 (RFC 9562), 36 lower-case
 * characters, sortable by time of making. Monotonic within a process. Any thread. */

G_BEGIN_DECLS

#define YIHU_IDENTIFIER_LENGTH 36

char *yihu_identifier_new (void);
char *yihu_identifier_new_at (gint64 at_us, guint64 random_high, guint64 random_low);
gboolean yihu_identifier_is_valid (const char *text);

/* The 16 bytes of a valid identifier, which sort as its text does. */
#define YIHU_IDENTIFIER_BYTES 16
gboolean yihu_identifier_pack (const char *text, guint8 *bytes); /* FALSE: not a valid one */
void yihu_identifier_unpack (const guint8 *bytes, char *text); /* @text: 37 bytes */

G_END_DECLS
