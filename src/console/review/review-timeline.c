/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The timeline of one order: first as data, then as rows of a grid whose cells are made once, since
 * the reviewer goes through a hundred orders an hour. */

#include "console/review/review-timeline.h"

#include "console/format.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_ROWS 12

enum
{
  COLUMN_MARK,
  COLUMN_TITLE,
  COLUMN_TIME,
  COLUMN_TEXT,
  N_COLUMNS,
};

struct _YihuReviewTimeline
{
  GtkGrid parent_instance;

  GtkWidget *cells[MAX_ROWS][N_COLUMNS];
};

G_DEFINE_FINAL_TYPE (YihuReviewTimeline, yihu_review_timeline, GTK_TYPE_GRID)

static const char *const mark_signs[] = { "●", "◆", "▲", "○" };
static const char *const mark_classes[] = { "ok", "p2t", "p3t", "dim-label" };

/* What every served order goes through. */
static const char *const usual_verbs[] = { "create", "accept", "arrive", "start", "finish" };

static void
timeline_entry_free (gpointer data)
{
  YihuTimelineEntry *entry = data;

  g_free (entry->text);
  g_free (entry);
}

static YihuTimelineEntry *
timeline_entry_new (YihuTimelineMark mark, const char *verb, gint64 at_us, char *text)
{
  YihuTimelineEntry *entry = g_new0 (YihuTimelineEntry, 1);

  entry->mark = mark;
  entry->verb = verb;
  entry->at_us = at_us;
  entry->text = text;
  return entry;
}

static const YihuReviewFinding *
find_finding (YihuReviewItem *item, const char *verb)
{
  const GPtrArray *findings = yihu_review_item_get_findings (item);

  for (guint i = 0; findings != NULL && i < findings->len; i++)
    {
      const YihuReviewFinding *finding = g_ptr_array_index (findings, i);

      if (g_strcmp0 (finding->verb, verb) == 0)
        return finding;
    }
  return NULL;
}

static char *
join (const char *first, const char *second)
{
  if (first == NULL || *first == '\0')
    return g_strdup (second != NULL ? second : "");
  if (second == NULL || *second == '\0')
    return g_strdup (first);
  return g_strdup_printf ("%s · %s", first, second);
}

static char *
placed_text (YihuReviewItem *item, const char *actor)
{
  const YihuOrder *order = yihu_review_item_get_order (item);
  const YihuProvider *provider = yihu_review_item_get_provider (item);
  g_autofree char *seat = order->seat != NULL && *order->seat != '\0'
                              ? g_strdup_printf (_ ("Seat %s"), order->seat)
                              : g_strdup (actor != NULL ? actor : "");

  if (provider == NULL)
    return g_steal_pointer (&seat);
  return g_strdup_printf ("%s → %s", seat, provider->name);
}

/* Is @step the last one of its verb? Findings are about the last one. */
static gboolean
is_last_of_verb (const GPtrArray *steps, guint position)
{
  const YihuOrderStep *step = g_ptr_array_index (steps, position);

  for (guint i = position + 1; i < steps->len; i++)
    {
      const YihuOrderStep *later = g_ptr_array_index (steps, i);

      if (g_strcmp0 (later->verb, step->verb) == 0)
        return FALSE;
    }
  return TRUE;
}

static YihuTimelineEntry *
make_entry (YihuReviewItem *item, const GPtrArray *steps, guint position)
{
  static const YihuTimelineMark marks[] = { YIHU_TIMELINE_DONE, YIHU_TIMELINE_DOUBT,
                                            YIHU_TIMELINE_WRONG };
  const YihuOrderStep *step = g_ptr_array_index (steps, position);
  const YihuReviewFinding *finding =
      is_last_of_verb (steps, position) ? find_finding (item, step->verb) : NULL;

  if (g_strcmp0 (step->verb, "create") == 0)
    return timeline_entry_new (YIHU_TIMELINE_DONE, step->verb, step->at_us,
                               placed_text (item, step->actor_name));
  if (finding != NULL)
    return timeline_entry_new (marks[finding->verdict], step->verb, step->at_us,
                               join (finding->text, step->actor_name));
  return timeline_entry_new (YIHU_TIMELINE_DONE, step->verb, step->at_us,
                             join (step->actor_name, step->reason));
}

static gboolean
has_verb (const GPtrArray *entries, const char *verb, guint *position)
{
  for (guint i = entries->len; i > 0; i--)
    {
      const YihuTimelineEntry *entry = g_ptr_array_index (entries, i - 1);

      if (g_strcmp0 (entry->verb, verb) != 0)
        continue;
      *position = i - 1;
      return TRUE;
    }
  return FALSE;
}

/* Usual steps that were never recorded take their place behind the step before them. */
static void
add_missing (YihuReviewItem *item, GPtrArray *entries)
{
  guint behind = 0;

  for (guint i = 0; i < G_N_ELEMENTS (usual_verbs); i++)
    {
      guint position;
      YihuTimelineEntry *entry;
      const YihuReviewFinding *finding;

      if (has_verb (entries, usual_verbs[i], &position))
        {
          behind = position + 1;
          continue;
        }
      finding = find_finding (item, usual_verbs[i]);
      entry = timeline_entry_new (YIHU_TIMELINE_OPEN, usual_verbs[i], 0,
                                  g_strdup (finding != NULL && finding->verdict != YIHU_REVIEW_SOUND
                                                ? finding->text
                                                : _ ("not recorded")));
      if (finding != NULL && finding->verdict == YIHU_REVIEW_WRONG)
        entry->mark = YIHU_TIMELINE_WRONG;
      else if (finding != NULL && finding->verdict == YIHU_REVIEW_DOUBT)
        entry->mark = YIHU_TIMELINE_DOUBT;
      g_ptr_array_insert (entries, (int) behind++, entry);
    }
}

GPtrArray *
yihu_review_timeline_make (YihuReviewItem *item)
{
  const GPtrArray *steps = yihu_review_item_get_steps (item);
  const YihuOrder *order = yihu_review_item_get_order (item);
  GPtrArray *entries = g_ptr_array_new_with_free_func (timeline_entry_free);
  guint position;

  for (guint i = 0; i < steps->len; i++)
    g_ptr_array_add (entries, make_entry (item, steps, i));
  if (!has_verb (entries, "create", &position) && order->placed_at_us > 0)
    g_ptr_array_insert (entries, 0,
                        timeline_entry_new (YIHU_TIMELINE_DONE, "create", order->placed_at_us,
                                            placed_text (item, NULL)));
  add_missing (item, entries);
  if (order->state == YIHU_ORDER_FINISHED)
    g_ptr_array_add (entries, timeline_entry_new (YIHU_TIMELINE_OPEN, "approve", 0,
                                                  g_strdup (_ ("waiting for review"))));
  return entries;
}

static void
yihu_review_timeline_class_init (YihuReviewTimelineClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LIST);
}

static GtkWidget *
make_cell (int column)
{
  static const char *const classes[] = { "stepdot", "heading", "num", "steptext" };
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, classes[column]);
  gtk_widget_set_visible (label, FALSE);
  if (column == COLUMN_TEXT)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_set_hexpand (label, TRUE);
    }
  return label;
}

static void
yihu_review_timeline_init (YihuReviewTimeline *self)
{
  gtk_grid_set_column_spacing (GTK_GRID (self), 12);
  gtk_grid_set_row_spacing (GTK_GRID (self), 4);
  for (int row = 0; row < MAX_ROWS; row++)
    for (int column = 0; column < N_COLUMNS; column++)
      {
        self->cells[row][column] = make_cell (column);
        gtk_grid_attach (GTK_GRID (self), self->cells[row][column], column, row, 1, 1);
      }
}

/* The verb of what has not come is a noun of its own: "Review", not "Approved". */
static const char *
entry_get_title (const YihuTimelineEntry *entry)
{
  if (entry->at_us == 0 && g_strcmp0 (entry->verb, "approve") == 0)
    return _ ("Review");
  return yihu_words_order_step (entry->verb);
}

static void
timeline_show_row (YihuReviewTimeline *self, guint row, const YihuTimelineEntry *entry)
{
  g_autofree char *time = entry->at_us > 0 ? yihu_format_stamp (entry->at_us) : g_strdup ("—");

  for (guint i = 0; i < G_N_ELEMENTS (mark_classes); i++)
    {
      gboolean on = i == entry->mark;

      yihu_widget_set_class (self->cells[row][COLUMN_MARK], mark_classes[i], on);
      if (i == YIHU_TIMELINE_DOUBT || i == YIHU_TIMELINE_WRONG)
        yihu_widget_set_class (self->cells[row][COLUMN_TEXT], mark_classes[i], on);
    }
  yihu_label_set (self->cells[row][COLUMN_MARK], mark_signs[entry->mark]);
  yihu_label_set (self->cells[row][COLUMN_TITLE], entry_get_title (entry));
  yihu_label_set (self->cells[row][COLUMN_TIME], time);
  yihu_label_set (self->cells[row][COLUMN_TEXT], entry->text);
}

void
yihu_review_timeline_show (YihuReviewTimeline *self, YihuReviewItem *item)
{
  g_autoptr (GPtrArray) entries = item != NULL ? yihu_review_timeline_make (item) : NULL;
  guint n = entries != NULL ? entries->len : 0;
  guint first = n > MAX_ROWS ? n - MAX_ROWS : 0; /* the newest ones, should there be that many */

  for (guint row = 0; row < MAX_ROWS; row++)
    {
      if (first + row < n)
        timeline_show_row (self, row, g_ptr_array_index (entries, first + row));
      for (int column = 0; column < N_COLUMNS; column++)
        gtk_widget_set_visible (self->cells[row][column], first + row < n);
    }
}
