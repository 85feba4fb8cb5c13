/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* A terminal 终端 in somebody's home or on somebody's wrist. Its number is what is printed on it
 * and what its maker's cloud or the trunk tells; the elder is whom it calls for. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_DEVICE_BUTTON,
  YIHU_DEVICE_WATCH,
  YIHU_DEVICE_CORD,
  YIHU_DEVICE_SMOKE,
  YIHU_DEVICE_GAS,
  YIHU_DEVICE_FALL,
  YIHU_DEVICE_HUB,
  YIHU_DEVICE_OTHER,
} YihuDeviceType;

typedef enum
{
  YIHU_DEVICE_IN_USE,
  YIHU_DEVICE_RETIRED,
} YihuDeviceStatus;

typedef struct
{
  YihuRecord record;
  char *number;
  gint64 type; /* YihuDeviceType */
  char *elder;
  char *place; /* where it hangs: 卧室 */
  gint64 status; /* YihuDeviceStatus */
} YihuDevice;

YIHU_DEFINE_RECORD (YihuDevice, yihu_device)

G_END_DECLS
