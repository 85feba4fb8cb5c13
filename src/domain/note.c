/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuNote. */

#include "domain/note.h"

#include "domain/record-table.h"

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuNote, elder, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuNote, call, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuNote, service_order, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuNote, text, YIHU_FIELD_REQUIRED | YIHU_FIELD_PERSONAL, 4096),
  YIHU_INT_FIELD (YihuNote, at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_TEXT_FIELD (YihuNote, author, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuNote, author_name, YIHU_FIELD_PLAIN, 96),
};

YIHU_RECORD_TYPE (YihuNote, yihu_note, "note")
