/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/geo-point.h"

/* What can be marked on the map. Each mark has its own colour and its own shape. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_MAP_ELDER, /* orange triangle, ringed: the person of the call */
  YIHU_MAP_HOME, /* filled circle: address in review */
  YIHU_MAP_CHECK_IN, /* triangle: where staff checked in */
  YIHU_MAP_PROVIDER, /* amber diamond */
  YIHU_MAP_INSTITUTION, /* green square */
  YIHU_MAP_CENTRE, /* small green square */
  YIHU_MAP_HOSPITAL, /* red cross on white */
  YIHU_MAP_CALL, /* blue dot: a call of today */
} YihuMapMark;
#define YIHU_N_MAP_MARKS 8

typedef struct
{
  YihuMapMark mark;
  YihuGeoPoint point;
  char *id; /* (nullable) */
  char *label; /* (nullable): shown at close zoom and on hover */
  gboolean pulse; /* only while animations are on */
} YihuMapItem;

G_END_DECLS
