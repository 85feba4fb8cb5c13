/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A small table of fixed rows: cells are made once and their texts replaced. */

#include "console/wall/wall-districts.h"

#include "console/format.h"
#include "console/widgets.h"

#include <glib/gi18n.h>
#include <stdlib.h>

enum
{
  COLUMN_NAME,
  COLUMN_OPEN,
  COLUMN_ON_TIME,
  COLUMN_LATE,
  N_COLUMNS,
};

struct _YihuWallDistricts
{
  GtkGrid parent_instance;

  GtkWidget *cells[YIHU_WALL_DISTRICTS_SHOWN][N_COLUMNS];
};

G_DEFINE_FINAL_TYPE (YihuWallDistricts, yihu_wall_districts, GTK_TYPE_GRID)

static int
division_compare (gconstpointer a, gconstpointer b)
{
  const YihuDivisionFigures *left = a;
  const YihuDivisionFigures *right = b;
  /* "None finished yet" is not bad. */
  gint64 left_on_time = left->on_time_percent < 0 ? 100 : left->on_time_percent;
  gint64 right_on_time = right->on_time_percent < 0 ? 100 : right->on_time_percent;

  if (left->late_orders != right->late_orders)
    return left->late_orders < right->late_orders ? 1 : -1;
  if (left_on_time != right_on_time)
    return left_on_time < right_on_time ? -1 : 1;
  if (left->open_orders != right->open_orders)
    return left->open_orders < right->open_orders ? 1 : -1;
  return left->division < right->division ? -1 : left->division > right->division;
}

void
yihu_wall_districts_rank (YihuDivisionFigures *divisions, guint n)
{
  if (n > 1)
    qsort (divisions, n, sizeof *divisions, division_compare);
}

static void
yihu_wall_districts_class_init (YihuWallDistrictsClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_TABLE);
}

static GtkWidget *
wall_districts_add (YihuWallDistricts *self, int column, int row, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, css_class);
  gtk_widget_add_css_class (label, "num");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), column == COLUMN_NAME ? 0 : 1);
  gtk_grid_attach (GTK_GRID (self), label, column, row, 1, 1);
  return label;
}

static void
yihu_wall_districts_init (YihuWallDistricts *self)
{
  static const char *const heads[] = { N_ ("District"), N_ ("In hand"), N_ ("On time"),
                                       N_ ("Late") };

  G_STATIC_ASSERT (G_N_ELEMENTS (heads) == N_COLUMNS);
  gtk_widget_add_css_class (GTK_WIDGET (self), "wdistricts");
  for (int column = 0; column < N_COLUMNS; column++)
    {
      GtkWidget *head = wall_districts_add (self, column, 0, "ws");

      gtk_label_set_text (GTK_LABEL (head), _ (heads[column]));
      for (int row = 0; row < YIHU_WALL_DISTRICTS_SHOWN; row++)
        self->cells[row][column] = wall_districts_add (self, column, row + 1, "wcell");
    }
  gtk_grid_set_row_homogeneous (GTK_GRID (self), TRUE);
}

static void
wall_districts_show_row (YihuWallDistricts *self,
                         guint row,
                         const char *name,
                         const YihuDivisionFigures *division)
{
  gboolean slow =
      division->on_time_percent >= 0 && division->on_time_percent < YIHU_WALL_ON_TIME_WARN_PERCENT;
  g_autofree char *open = yihu_format_count (division->open_orders);
  g_autofree char *late = yihu_format_count (division->late_orders);
  g_autofree char *late_text = g_strconcat (division->late_orders > 0 ? "▲ " : "", late, NULL);
  g_autofree char *on_time =
      division->on_time_percent < 0
          ? g_strdup ("—")
          : g_strdup_printf ("%s%d%%", slow ? "▼ " : "", (int) division->on_time_percent);

  yihu_label_set (self->cells[row][COLUMN_NAME], name);
  yihu_label_set (self->cells[row][COLUMN_OPEN], open);
  yihu_label_set (self->cells[row][COLUMN_ON_TIME], on_time);
  yihu_label_set (self->cells[row][COLUMN_LATE], late_text);
  yihu_widget_set_class (self->cells[row][COLUMN_ON_TIME], "warn", slow);
  yihu_widget_set_class (self->cells[row][COLUMN_LATE], "warn", division->late_orders > 0);
}

void
yihu_wall_districts_show (YihuWallDistricts *self, YihuBook *book, const YihuFigures *figures)
{
  g_autofree YihuDivisionFigures *divisions =
      g_memdup2 (figures->divisions, sizeof figures->divisions);
  guint n = MIN (figures->n_divisions, YIHU_FIGURES_MAX_DIVISIONS);

  yihu_wall_districts_rank (divisions, n);
  for (guint row = 0; row < YIHU_WALL_DISTRICTS_SHOWN; row++)
    {
      if (row < n)
        {
          const char *name = yihu_book_get_division_name (book, divisions[row].division);
          wall_districts_show_row (self, row, name, &divisions[row]);
          continue;
        }
      for (int column = 0; column < N_COLUMNS; column++)
        yihu_label_set (self->cells[row][column], n == 0 && row == 0 && column == COLUMN_NAME
                                                      ? _ ("No districts reported")
                                                      : "");
    }
}
