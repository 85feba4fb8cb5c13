/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/wall/hour-chart.h"
#include "console/wall/ranked-bars.h"
#include "console/wall/wall-districts.h"
#include "console/wall/wall-event-rows.h"
#include "console/wall/wall-map.h"
#include "console/wall/wall-tile.h"
#include "console/wall/wall-window.h"

/* Shared by wall-window.c (window, size, actions) and wall-window-data.c (what is shown when). */

G_BEGIN_DECLS

struct _YihuWallWindow
{
  GtkApplicationWindow parent_instance;

  YihuBook *book; /* (owned) */
  YihuTicker *ticker; /* (owned) */
  YihuWallEvents *events; /* (owned) */
  YihuWallMap *map; /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GtkCssProvider *size_style; /* (owned) font size of the root */
  double em_px;

  YihuFigures figures;
  gboolean has_figures;
  int date; /* yyyymmdd of the day that is shown */

  GtkWidget *root;
  GtkWidget *heading;
  GtkWidget *register_label;
  GtkWidget *health;
  GtkWidget *seats;
  GtkWidget *date_label;
  GtkWidget *clock;
  GtkMenuButton *menu;
  GtkWidget *help;
  GtkWidget *alarm;
  GtkWidget *alarm_words;
  GtkWidget *alarm_note;
  GtkWidget *tiles;
  YihuWallTile *tile[YIHU_WALL_N_TILES]; /* owned by tiles */
  YihuMapView *map_view;
  GtkWidget *calls_legend;
  GtkWidget *categories_panel;
  YihuRankedBars *categories;
  GtkWidget *districts_panel;
  YihuWallDistricts *districts;
  GtkWidget *districts_note;
  YihuWallEventRows *event_rows;
  GtkWidget *events_note;
  GtkWidget *hours_panel;
  YihuHourChart *hours;
};

/* Sizes after the window's height, and whether the alarm takes a part of it. */
void yihu_wall_window_fit (YihuWallWindow *self);
/* Connects to book and ticker, and reads what there is. */
void yihu_wall_window_begin (YihuWallWindow *self);

G_END_DECLS
