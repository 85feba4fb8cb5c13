/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The part of a body that a Range header asks for (RFC 9110, 14.2). */

G_BEGIN_DECLS

typedef enum
{
  YIHU_BYTE_RANGE_WHOLE, /* no header, or one that may be ignored */
  YIHU_BYTE_RANGE_PART,
  YIHU_BYTE_RANGE_OUTSIDE, /* begins behind the end: 416 */
} YihuByteRangeKind;

typedef struct
{
  YihuByteRangeKind kind;
  gint64 from; /* PART: from <= byte < to */
  gint64 to;
} YihuByteRange;

/* One range with a first byte, "bytes=N-" or "bytes=N-M"; several ranges, a suffix and what is
 * malformed are ignored. @text: (nullable). */
void yihu_byte_range_parse (YihuByteRange *self, const char *text, gint64 total);

G_END_DECLS
