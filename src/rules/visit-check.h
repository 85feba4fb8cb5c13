/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/geo-point.h"

/* The automatic verification 自动核验 of a visit, which the reviewer sees beside the proof. It
 * decides nothing: an ALARM says that the record contradicts itself or the address, a DOUBT that
 * something is unusual or cannot be checked. Each question gives exactly one finding, so that the
 * screen can also say what was found in order. Pure. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_SEVERITY_OK,
  YIHU_SEVERITY_DOUBT,
  YIHU_SEVERITY_ALARM,
} YihuSeverity;

typedef enum
{
  /* Where? measured, allowed: metres */
  YIHU_FINDING_POSITION_NEAR, /* OK */
  YIHU_FINDING_POSITION_FAR, /* ALARM: above YIHU_VISIT_MAX_DISTANCE_M */
  YIHU_FINDING_NO_POSITION, /* DOUBT: checked in without a position */
  YIHU_FINDING_NO_ADDRESS_POSITION, /* DOUBT: the elder's address has none */
  /* How long? measured, allowed: seconds */
  YIHU_FINDING_LONG_ENOUGH, /* OK; allowed 0: the item has no usual duration */
  YIHU_FINDING_TOO_SHORT, /* DOUBT: below YIHU_VISIT_MIN_PERCENT of the usual duration */
  YIHU_FINDING_NO_TIMES, /* DOUBT: start or finish is missing */
  YIHU_FINDING_TIMES_REVERSED, /* ALARM: finished before it was started; measured is negative */
} YihuFindingCode;

typedef struct
{
  YihuFindingCode code;
  YihuSeverity severity;
  gint64 measured; /* 0 where nothing could be measured */
  gint64 allowed;
} YihuFinding;

#define YIHU_VISIT_MAX_DISTANCE_M 200
#define YIHU_VISIT_MIN_PERCENT 60
#define YIHU_VISIT_N_FINDINGS 2

typedef struct
{
  YihuGeoPoint address; /* of the elder, WGS-84; 0/0 = unknown */
  YihuGeoPoint check_in; /* of the person who came; 0/0 = none */
  gint64 started_at_us; /* 0 = not recorded */
  gint64 finished_at_us; /* 0 = not recorded */
  gint64 usual_minutes; /* of the service item; 0 = none */
} YihuVisit;

/* First where, then how long. Distances are compared after rounding to metres: what is printed
 * decides. */
void yihu_visit_check (const YihuVisit *visit, YihuFinding findings[YIHU_VISIT_N_FINDINGS]);

/* The gravest one. */
YihuSeverity yihu_findings_get_severity (const YihuFinding *findings, guint n_findings);

const char *yihu_finding_code_get_nick (YihuFindingCode code); /* "position-far" */

G_END_DECLS
