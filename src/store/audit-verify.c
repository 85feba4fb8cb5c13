/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pages end where an anchor stands, so that the chain's hash at that row can be compared with it;
 * what comes behind the last row is judged by the anchors that were not reached. */

#include "store/audit-verify.h"

static void
find_fault (YihuAuditVerdict *verdict, const YihuAnchor *anchor, YihuAuditFault why)
{
  verdict->anchor = anchor;
  verdict->walk.bad = anchor->number;
  verdict->walk.why = why;
}

/* All anchors of the row that the walk has reached; several days may have the same. */
static void
compare_anchors (YihuAuditVerdict *verdict, const GArray *anchors)
{
  for (guint i = 0; i < anchors->len; i++)
    {
      const YihuAnchor *anchor = &g_array_index (anchors, YihuAnchor, i);

      if (anchor->is_void || anchor->number != verdict->walk.number || anchor->number == 0)
        continue;
      if (g_strcmp0 (anchor->hash, verdict->walk.hash) != 0)
        {
          find_fault (verdict, anchor, YIHU_AUDIT_REWRITTEN);
          return;
        }
      verdict->n_anchors++;
    }
}

static guint
count_void (const GArray *anchors)
{
  guint n = 0;

  for (guint i = 0; i < anchors->len; i++)
    n += g_array_index (anchors, YihuAnchor, i).is_void;
  return n;
}

gboolean
yihu_audit_verify (YihuAuditPageFunc page,
                   gpointer page_data,
                   const GArray *anchors,
                   YihuAuditProgressFunc progress,
                   gpointer progress_data,
                   GCancellable *cancellable,
                   YihuAuditVerdict *verdict,
                   GError **error)
{
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (YihuAnchor));
  const GArray *known = anchors != NULL ? anchors : none;
  YihuAuditWalk *walk = &verdict->walk;
  gint64 asked = 0;
  gint64 begin = 0;

  *verdict = (YihuAuditVerdict){ 0 };
  yihu_audit_walk_init (walk, 0, "");
  verdict->n_void = count_void (known);
  do
    {
      const YihuAnchor *next = yihu_anchors_find_next (known, walk->number);

      begin = walk->number;
      asked = next != NULL ? MIN (YIHU_AUDIT_PAGE, next->number - begin) : YIHU_AUDIT_PAGE;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !page (walk, (guint) asked, page_data, error))
        return FALSE;
      if (walk->bad == 0 && walk->number > begin)
        compare_anchors (verdict, known);
      if (progress != NULL)
        progress (walk, progress_data);
    }
  while (walk->bad == 0 && walk->number - begin == asked);
  if (walk->bad == 0 && yihu_anchors_find_next (known, walk->number) != NULL)
    find_fault (verdict, yihu_anchors_find_next (known, walk->number), YIHU_AUDIT_CUT);
  return TRUE;
}

static gboolean
read_page (YihuAuditWalk *walk, guint limit, gpointer data, GError **error)
{
  return yihu_store_walk_audit (data, walk, limit, error);
}

gboolean
yihu_store_verify_audit (YihuStore *self,
                         const GArray *anchors,
                         GCancellable *cancellable,
                         YihuAuditVerdict *verdict,
                         GError **error)
{
  return yihu_audit_verify (read_page, self, anchors, NULL, NULL, cancellable, verdict, error);
}

static char *
format_day (const YihuAnchor *anchor)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (anchor->at_us / G_USEC_PER_SEC);

  return g_date_time_format (time, "%Y-%m-%d %H:%M UTC");
}

char *
yihu_audit_verdict_describe (const YihuAuditVerdict *verdict)
{
  const YihuAuditWalk *walk = &verdict->walk;
  g_autofree char *day = verdict->anchor != NULL ? format_day (verdict->anchor) : NULL;

  switch (walk->why)
    {
    case YIHU_AUDIT_MISSING:
      return g_strdup_printf ("before row %" G_GINT64_FORMAT " rows are missing: the last good one "
                              "is %" G_GINT64_FORMAT,
                              walk->bad, walk->number);
    case YIHU_AUDIT_CHANGED:
      return g_strdup_printf ("row %" G_GINT64_FORMAT
                              " is not what was written: it or its hash was "
                              "changed",
                              walk->bad);
    case YIHU_AUDIT_UNLINKED:
      return g_strdup_printf ("row %" G_GINT64_FORMAT
                              " was not written behind row %" G_GINT64_FORMAT
                              ": rows were exchanged or put in",
                              walk->bad, walk->number);
    case YIHU_AUDIT_REWRITTEN:
      return g_strdup_printf ("row %" G_GINT64_FORMAT
                              " is not the one that was anchored on %s: the "
                              "chain was written anew",
                              walk->bad, day);
    case YIHU_AUDIT_CUT:
      return g_strdup_printf ("the chain ends at row %" G_GINT64_FORMAT
                              ", but row %" G_GINT64_FORMAT
                              " was anchored on %s: its end is missing",
                              walk->number, walk->bad, day);
    case YIHU_AUDIT_GOOD:
    default:
      return NULL;
    }
}
