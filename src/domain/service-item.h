/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* A service item 服务项目 of the priced catalogue. Categories: meals 助餐, cleaning 助洁, bathing
 * 助浴, medical 助医, escort 助行, errands 助购, company 助聊, repairs 维修, rehabilitation 康复,
 * culture 文娱, emergency 紧急救助, advice 咨询. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_CATEGORY_MEALS,
  YIHU_CATEGORY_CLEANING,
  YIHU_CATEGORY_BATHING,
  YIHU_CATEGORY_MEDICAL,
  YIHU_CATEGORY_ESCORT,
  YIHU_CATEGORY_ERRANDS,
  YIHU_CATEGORY_COMPANY,
  YIHU_CATEGORY_REPAIRS,
  YIHU_CATEGORY_REHABILITATION,
  YIHU_CATEGORY_CULTURE,
  YIHU_CATEGORY_EMERGENCY,
  YIHU_CATEGORY_ADVICE,
} YihuCategory;

typedef struct
{
  YihuRecord record;
  char *name;
  gint64 category; /* YihuCategory */
  gint64 minutes; /* usual length of a visit */
  gint64 lead_minutes; /* usual time from order to arrival */
} YihuServiceItem;

YIHU_DEFINE_RECORD (YihuServiceItem, yihu_service_item)

G_END_DECLS
