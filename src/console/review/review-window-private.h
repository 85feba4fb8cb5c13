/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/panel.h"
#include "console/review/review-card.h"
#include "console/review/review-list.h"
#include "console/review/review-place.h"
#include "console/review/review-source.h"
#include "console/review/review-timeline.h"
#include "console/review/review-window.h"
#include "console/status-bar.h"

/* Shared by review-window.c (building, what is shown), review-window-table.c (columns, selection),
 * review-window-actions.c (verbs). */

G_BEGIN_DECLS

struct _YihuReviewWindow
{
  AdwApplicationWindow parent_instance;

  YihuBook *book; /* (owned) */
  gboolean deciding; /* a decision is being written */
  YihuTicker *ticker; /* (owned) */
  YihuReviewList *list; /* (owned) */
  YihuReviewSource *source; /* (owned) */
  GtkSingleSelection *selection; /* (owned) */
  GPtrArray *providers; /* (owned) YihuProvider, in the order of the drop-down, from its entry 1 */
  char *current; /* (owned) (nullable) id of the order on the right */
  guint place; /* where it stands or stood */
  guint sync; /* idle source that brings selection and right side together; 0: none */
  guint search_timer; /* debounce; 0: none */

  AdwWindowTitle *title;
  GtkWidget *search;
  GtkDropDown *state_filter;
  GtkDropDown *verdict_filter;
  GtkDropDown *provider_filter;
  GtkWidget *refused_bar;
  GtkWidget *refused_words;
  GtkWidget *retry_refused;
  GtkWidget *drop_refused;
  GtkWidget *waiting;
  GtkWidget *wrong;
  GtkWidget *doubt;
  GtkWidget *sound;
  GtkWidget *progress;
  GtkWidget *progress_words;
  YihuPanel *table_panel;
  GtkColumnView *table;
  GtkColumnViewColumn *community_column; /* owned by table */
  GtkColumnViewColumn *amount_column; /* owned by table */
  GtkWidget *details;
  YihuReviewCard *card;
  YihuPanel *timeline_panel;
  YihuReviewTimeline *timeline;
  YihuReviewPlace *place_view;
  GtkWidget *reason;
  GtkWidget *alert;
  GtkWidget *return_button;
  GtkWidget *approve_button;
  AdwToastOverlay *toasts;
  GtkOverlay *overlay;
  GtkWidget *help; /* owned by overlay */
  YihuStatusBar *status_bar;
  GtkBox *foot;
};

/* review-window-table.c */
void yihu_review_window_make_table (YihuReviewWindow *self);
void yihu_review_window_select (YihuReviewWindow *self, guint position);
void yihu_review_window_move (YihuReviewWindow *self, int by);
/* After a change of the list: keeps the order on the right, or takes the one at its place. */
void yihu_review_window_sync (YihuReviewWindow *self);

/* review-window.c */
YihuReviewItem *yihu_review_window_get_item (YihuReviewWindow *self); /* (nullable) */
void yihu_review_window_show_item (YihuReviewWindow *self, YihuReviewItem *item); /* (nullable) */
void yihu_review_window_show_refused (YihuReviewWindow *self);

/* review-window-actions.c */
void yihu_review_window_add_actions (YihuReviewWindow *self);
void yihu_review_window_update_actions (YihuReviewWindow *self);

G_END_DECLS
