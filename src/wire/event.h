/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bounded-json.h"
#include "domain/record.h"

/* One entry of the feed: [seq, "elder", id, "u", version, {…}] with the whole row. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_EVENT_UPSERT, /* "u" */
  YIHU_EVENT_DELETE, /* "d" */
  YIHU_EVENT_REVOKE, /* "r": left your scope */
} YihuEventOp;

typedef struct
{
  gint64 seq;
  const YihuRecordType *type;
  char *id;
  YihuEventOp op;
  gint64 version;
  YihuRecord *record; /* (owned) (nullable): only with UPSERT */
} YihuEvent;

YihuEvent *yihu_event_new (gint64 seq, YihuEventOp op, gpointer record); /* takes a reference */
void yihu_event_free (YihuEvent *self);
json_t *yihu_event_to_json (const YihuEvent *self);

/* An unknown kind gives NULL without an error (a newer server may know more): skip it. */
YihuEvent *yihu_event_from_json (const json_t *array, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuEvent, yihu_event_free)

G_END_DECLS
