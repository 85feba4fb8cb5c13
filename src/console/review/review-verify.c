/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Takes from an order's steps what rules/visit-check asks for, and says its findings in words. The
 * last step of a verb counts: a returned order may have been served again. */

#include "console/review/review-verify.h"

#include "console/format.h"
#include "rules/visit-check.h"

#include <glib/gi18n.h>
#include <string.h>

void
yihu_review_finding_free (YihuReviewFinding *finding)
{
  g_free (finding->brief);
  g_free (finding->text);
  g_free (finding);
}

static const YihuOrderStep *
find_last_step (const GPtrArray *steps, const char *verb)
{
  for (guint i = steps->len; i > 0; i--)
    {
      const YihuOrderStep *step = g_ptr_array_index (steps, i - 1);

      if (g_strcmp0 (step->verb, verb) == 0)
        return step;
    }
  return NULL;
}

static void
read_visit (YihuVisit *visit,
            const YihuOrder *order,
            const YihuElder *elder,
            const YihuServiceItem *service,
            const GPtrArray *steps,
            double pace)
{
  const YihuOrderStep *arrive = find_last_step (steps, "arrive");
  const YihuOrderStep *start = find_last_step (steps, "start");
  const YihuOrderStep *finish = find_last_step (steps, "finish");

  *visit = (YihuVisit){ 0 };
  if (elder != NULL)
    visit->address = yihu_geo_point_from_e7 (elder->lat_e7, elder->lon_e7);
  if (arrive != NULL)
    visit->check_in = yihu_geo_point_from_e7 (arrive->lat_e7, arrive->lon_e7);
  if (start != NULL)
    visit->started_at_us = start->at_us;
  visit->finished_at_us = finish != NULL ? finish->at_us : order->finished_at_us;
  if (visit->started_at_us != 0 && visit->finished_at_us != 0)
    visit->finished_at_us =
        visit->started_at_us
        + (gint64) ((double) (visit->finished_at_us - visit->started_at_us) * pace);
  if (service != NULL)
    visit->usual_minutes = service->minutes;
}

static char *
minutes_text (gint64 seconds)
{
  if (seconds < 60)
    return g_strdup_printf (_ ("%d s"), (int) seconds);
  return g_strdup_printf (_ ("%d min"), (int) ((seconds + 30) / 60));
}

static void
say_position (const YihuFinding *finding, YihuReviewFinding *said)
{
  g_autofree char *measured = yihu_format_distance ((double) finding->measured);
  g_autofree char *allowed = yihu_format_distance ((double) finding->allowed);

  said->verb = "arrive";
  switch (finding->code)
    {
    case YIHU_FINDING_POSITION_FAR:
      said->brief = g_strdup_printf (_ ("%s off the address"), measured);
      said->text = g_strdup_printf (_ ("%s off the address (allowed %s)"), measured, allowed);
      break;
    case YIHU_FINDING_NO_POSITION:
      said->brief = g_strdup (_ ("No position"));
      said->text = g_strdup (_ ("Checked in without a position"));
      break;
    case YIHU_FINDING_NO_ADDRESS_POSITION:
      said->brief = g_strdup (_ ("Address not on the map"));
      said->text = g_strdup (_ ("The elder's address has no position to compare with"));
      break;
    default:
      said->text = g_strdup_printf (_ ("%s off the address (allowed %s)"), measured, allowed);
      break;
    }
}

static void
say_duration (const YihuFinding *finding, YihuReviewFinding *said)
{
  g_autofree char *measured = minutes_text (finding->measured);
  g_autofree char *allowed = minutes_text (finding->allowed);

  said->verb = "finish";
  switch (finding->code)
    {
    case YIHU_FINDING_TOO_SHORT:
      said->brief = g_strdup_printf (_ ("Short: %s"), measured);
      said->text = g_strdup_printf (_ ("%s (at least %s)"), measured, allowed);
      break;
    case YIHU_FINDING_NO_TIMES:
      said->brief = g_strdup (_ ("Times missing"));
      said->text = g_strdup (_ ("Start or finish was not recorded"));
      break;
    case YIHU_FINDING_TIMES_REVERSED:
      said->brief = g_strdup (_ ("Finish before start"));
      said->text = g_strdup (_ ("Finished before it was started"));
      break;
    default:
      said->text = finding->allowed > 0
                       ? g_strdup_printf (_ ("%s (at least %s)"), measured, allowed)
                       : g_strdup (measured);
      break;
    }
}

static YihuReviewVerdict
verdict_of (YihuSeverity severity)
{
  switch (severity)
    {
    case YIHU_SEVERITY_OK:
      return YIHU_REVIEW_SOUND;
    case YIHU_SEVERITY_DOUBT:
      return YIHU_REVIEW_DOUBT;
    default:
      return YIHU_REVIEW_WRONG;
    }
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const YihuReviewFinding *left = *(YihuReviewFinding *const *) a;
  const YihuReviewFinding *right = *(YihuReviewFinding *const *) b;

  return (int) right->verdict - (int) left->verdict;
}

GPtrArray *
yihu_review_verify (const YihuOrder *order,
                    const YihuElder *elder,
                    const YihuServiceItem *service,
                    const GPtrArray *steps,
                    double pace)
{
  GPtrArray *said = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_review_finding_free);
  YihuFinding findings[YIHU_VISIT_N_FINDINGS];
  YihuVisit visit;

  read_visit (&visit, order, elder, service, steps, pace);
  yihu_visit_check (&visit, findings);
  for (guint i = 0; i < YIHU_VISIT_N_FINDINGS; i++)
    {
      YihuReviewFinding *finding = g_new0 (YihuReviewFinding, 1);

      finding->verdict = verdict_of (findings[i].severity);
      if (i == 0)
        say_position (&findings[i], finding);
      else
        say_duration (&findings[i], finding);
      g_ptr_array_add (said, finding);
    }
  g_ptr_array_sort (said, compare_findings);
  return said;
}
