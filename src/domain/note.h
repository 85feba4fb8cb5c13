/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* A remark on an elder, call or order. Append only, so it never conflicts. */

G_BEGIN_DECLS

typedef struct
{
  YihuRecord record;
  char *elder;
  char *call;
  char *service_order;
  char *text;
  gint64 at_us;
  char *author; /* account */
  char *author_name;
} YihuNote;

YIHU_DEFINE_RECORD (YihuNote, yihu_note)

G_END_DECLS
