/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two questions to a visit: was somebody there, and long enough? */

#include "rules/visit-check.h"

#include <math.h>

#define SECONDS_PER_MINUTE 60

static YihuFinding
check_position (const YihuVisit *visit)
{
  YihuFinding finding = { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 0,
                          YIHU_VISIT_MAX_DISTANCE_M };

  if (!yihu_geo_point_is_set (visit->check_in))
    finding.code = YIHU_FINDING_NO_POSITION;
  else if (!yihu_geo_point_is_set (visit->address))
    finding.code = YIHU_FINDING_NO_ADDRESS_POSITION;
  if (finding.code != YIHU_FINDING_POSITION_NEAR)
    {
      finding.severity = YIHU_SEVERITY_DOUBT;
      return finding;
    }

  finding.measured = llround (yihu_geo_point_distance_m (visit->address, visit->check_in));
  if (finding.measured > finding.allowed)
    {
      finding.code = YIHU_FINDING_POSITION_FAR;
      finding.severity = YIHU_SEVERITY_ALARM;
    }
  return finding;
}

/* The least whole number of seconds that is enough. */
static gint64
least_duration_s (gint64 usual_minutes)
{
  return (usual_minutes * SECONDS_PER_MINUTE * YIHU_VISIT_MIN_PERCENT + 99) / 100;
}

static YihuFinding
check_duration (const YihuVisit *visit)
{
  YihuFinding finding = { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 0,
                          least_duration_s (visit->usual_minutes) };
  gint64 duration_us = visit->finished_at_us - visit->started_at_us;

  if (visit->started_at_us == 0 || visit->finished_at_us == 0)
    {
      finding.code = YIHU_FINDING_NO_TIMES;
      finding.severity = YIHU_SEVERITY_DOUBT;
      return finding;
    }

  finding.measured = duration_us / G_USEC_PER_SEC;
  if (duration_us < 0)
    {
      finding.code = YIHU_FINDING_TIMES_REVERSED;
      finding.severity = YIHU_SEVERITY_ALARM;
    }
  else if (finding.measured < finding.allowed)
    {
      finding.code = YIHU_FINDING_TOO_SHORT;
      finding.severity = YIHU_SEVERITY_DOUBT;
    }
  return finding;
}

void
yihu_visit_check (const YihuVisit *visit, YihuFinding findings[YIHU_VISIT_N_FINDINGS])
{
  g_return_if_fail (visit != NULL);

  findings[0] = check_position (visit);
  findings[1] = check_duration (visit);
}

YihuSeverity
yihu_findings_get_severity (const YihuFinding *findings, guint n_findings)
{
  YihuSeverity severity = YIHU_SEVERITY_OK;

  for (guint i = 0; i < n_findings; i++)
    severity = MAX (severity, findings[i].severity);
  return severity;
}

const char *
yihu_finding_code_get_nick (YihuFindingCode code)
{
  static const char *const nicks[] = {
    [YIHU_FINDING_POSITION_NEAR] = "position-near",
    [YIHU_FINDING_POSITION_FAR] = "position-far",
    [YIHU_FINDING_NO_POSITION] = "no-position",
    [YIHU_FINDING_NO_ADDRESS_POSITION] = "no-address-position",
    [YIHU_FINDING_LONG_ENOUGH] = "long-enough",
    [YIHU_FINDING_TOO_SHORT] = "too-short",
    [YIHU_FINDING_NO_TIMES] = "no-times",
    [YIHU_FINDING_TIMES_REVERSED] = "times-reversed",
  };

  g_return_val_if_fail (code < G_N_ELEMENTS (nicks), "");
  return nicks[code];
}
