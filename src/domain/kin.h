/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* Kin 亲属, neighbour or carer of an elder, in the order in which to call them. */

G_BEGIN_DECLS

typedef struct
{
  YihuRecord record;
  char *elder;
  char *name;
  char *relation; /* as spoken: 儿子, 邻居 */
  char *phone; /* E.164 */
  char *place;
  gint64 rank; /* 0 is called first */
} YihuKin;

YIHU_DEFINE_RECORD (YihuKin, yihu_kin)

G_END_DECLS
