/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* A record as an item of a GListModel. */

G_BEGIN_DECLS

#define YIHU_TYPE_RECORD_ITEM (yihu_record_item_get_type ())
G_DECLARE_FINAL_TYPE (YihuRecordItem, yihu_record_item, YIHU, RECORD_ITEM, GObject)

YihuRecordItem *yihu_record_item_new (gpointer record); /* takes a reference */
gpointer yihu_record_item_get (YihuRecordItem *self); /* (transfer none) */

G_END_DECLS
