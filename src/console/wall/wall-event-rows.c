/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of the wall's events: shape, kind, district, state, time. Cells are made once. */

#include "console/wall/wall-event-rows.h"

#include "console/format.h"
#include "console/widgets.h"

enum
{
  COLUMN_MARK,
  COLUMN_KIND,
  COLUMN_PLACE,
  COLUMN_STATE,
  COLUMN_TIME,
  N_COLUMNS,
};

struct _YihuWallEventRows
{
  GtkGrid parent_instance;

  GtkWidget *cells[YIHU_WALL_EVENT_ROWS_N][N_COLUMNS];
};

G_DEFINE_FINAL_TYPE (YihuWallEventRows, yihu_wall_event_rows, GTK_TYPE_GRID)

static const char *const tone_classes[] = { NULL, "good", "warn", "act" };
static const char *const tone_marks[] = { "●", "✓", "◆", "▲" };

static void
yihu_wall_event_rows_class_init (YihuWallEventRowsClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_TABLE);
}

static void
yihu_wall_event_rows_init (YihuWallEventRows *self)
{
  static const char *const classes[] = { "wevent-mark", "wevent-kind", "wevent-place",
                                         "wevent-state", "wevent-time" };

  G_STATIC_ASSERT (G_N_ELEMENTS (classes) == N_COLUMNS);
  gtk_widget_add_css_class (GTK_WIDGET (self), "wevents");
  gtk_grid_set_row_homogeneous (GTK_GRID (self), TRUE);
  for (int row = 0; row < YIHU_WALL_EVENT_ROWS_N; row++)
    for (int column = 0; column < N_COLUMNS; column++)
      {
        GtkWidget *label = gtk_label_new (NULL);

        gtk_widget_add_css_class (label, classes[column]);
        gtk_widget_add_css_class (label, "num");
        gtk_widget_set_hexpand (label, column == COLUMN_KIND);
        gtk_label_set_xalign (GTK_LABEL (label), column == COLUMN_TIME ? 1 : 0);
        if (column == COLUMN_KIND)
          gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
        gtk_grid_attach (GTK_GRID (self), label, column, row, 1, 1);
        self->cells[row][column] = label;
      }
}

static void
wall_event_rows_set_tone (YihuWallEventRows *self, guint row, YihuWallTone tone)
{
  for (guint i = 1; i < G_N_ELEMENTS (tone_classes); i++)
    {
      yihu_widget_set_class (self->cells[row][COLUMN_MARK], tone_classes[i], i == tone);
      yihu_widget_set_class (self->cells[row][COLUMN_STATE], tone_classes[i], i == tone);
    }
}

static void
wall_event_rows_show_row (YihuWallEventRows *self,
                          guint row,
                          const YihuWallEvent *event,
                          gint64 now_us)
{
  g_autofree char *time = event->burning ? yihu_format_timer (now_us - event->at_us)
                                         : yihu_format_due (event->at_us, now_us);

  yihu_label_set (self->cells[row][COLUMN_MARK], tone_marks[event->tone]);
  yihu_label_set (self->cells[row][COLUMN_KIND], event->kind);
  yihu_label_set (self->cells[row][COLUMN_PLACE], event->place);
  yihu_label_set (self->cells[row][COLUMN_STATE], event->state);
  yihu_label_set (self->cells[row][COLUMN_TIME], time);
  wall_event_rows_set_tone (self, row, event->tone);
}

void
yihu_wall_event_rows_show (YihuWallEventRows *self,
                           YihuWallEvents *events,
                           gint64 now_us,
                           const char *empty)
{
  guint n = yihu_wall_events_get_n (events);

  for (guint row = 0; row < YIHU_WALL_EVENT_ROWS_N; row++)
    {
      if (row < n)
        {
          wall_event_rows_show_row (self, row, yihu_wall_events_peek (events, row), now_us);
          continue;
        }
      wall_event_rows_set_tone (self, row, YIHU_WALL_TONE_PLAIN);
      for (int column = 0; column < N_COLUMNS; column++)
        yihu_label_set (self->cells[row][column],
                        n == 0 && row == 0 && column == COLUMN_KIND ? empty : "");
    }
}
