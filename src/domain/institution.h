/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* An institution 养老机构, community centre 社区养老服务中心(站) or hospital on the map. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_INSTITUTION_INSTITUTION,
  YIHU_INSTITUTION_COMMUNITY_CENTRE,
  YIHU_INSTITUTION_HOSPITAL,
} YihuInstitutionType;

typedef struct
{
  YihuRecord record;
  char *name;
  gint64 type; /* YihuInstitutionType */
  char *phone; /* E.164 */
  char *address;
  gint64 lat_e7; /* WGS-84, 1e-7 degree; 0/0 unknown */
  gint64 lon_e7;
  gint64 beds;
  gint64 residents;
} YihuInstitution;

YIHU_DEFINE_RECORD (YihuInstitution, yihu_institution)

G_END_DECLS
