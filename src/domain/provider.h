/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* A service provider 服务商. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_PROVIDER_ACTIVE,
  YIHU_PROVIDER_SUSPENDED,
} YihuProviderStatus;

typedef struct
{
  YihuRecord record;
  char *name;
  char *phone; /* E.164 */
  char *address;
  gint64 lat_e7; /* WGS-84, 1e-7 degree; 0/0 unknown */
  gint64 lon_e7;
  gint64 stars; /* mean of call-backs, 1/100 star */
  gint64 capacity; /* orders it can work on at once */
  gint64 status; /* YihuProviderStatus */
} YihuProvider;

YIHU_DEFINE_RECORD (YihuProvider, yihu_provider)

G_END_DECLS
