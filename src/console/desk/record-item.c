/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A reference-counted record wrapped in an object, because GListModel holds objects only. */

#include "console/desk/record-item.h"

struct _YihuRecordItem
{
  GObject parent_instance;

  YihuRecord *record; /* (owned) */
};

G_DEFINE_FINAL_TYPE (YihuRecordItem, yihu_record_item, G_TYPE_OBJECT)

static void
yihu_record_item_finalize (GObject *object)
{
  g_clear_pointer (&YIHU_RECORD_ITEM (object)->record, yihu_record_unref);
  G_OBJECT_CLASS (yihu_record_item_parent_class)->finalize (object);
}

static void
yihu_record_item_class_init (YihuRecordItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_record_item_finalize;
}

static void
yihu_record_item_init (YihuRecordItem *self)
{
}

YihuRecordItem *
yihu_record_item_new (gpointer record)
{
  YihuRecordItem *self = g_object_new (YIHU_TYPE_RECORD_ITEM, NULL);

  self->record = yihu_record_ref (record);
  return self;
}

gpointer
yihu_record_item_get (YihuRecordItem *self)
{
  return self->record;
}
