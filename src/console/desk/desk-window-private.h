/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/desk/catalogue.h"
#include "console/desk/desk-window.h"
#include "console/desk/drafts.h"
#include "console/desk/ring-tone.h"
#include "console/desk/shift.h"
#include "console/desk/todo-model.h"

/* What the files of the desk window share:
 *   desk-window.c          composing, layout, the beat
 *   desk-window-actions.c  verbs: what a key or button does
 *   desk-window-card.c     who is on the card, drafts parked and restored
 *   desk-window-edit.c     changing the card, and the choice between two changes
 *   desk-window-reveal.c   what is masked, shown for a logged reason
 *   desk-window-call.c     the call at the seat: ringing, talking, wrap-up, the line */

G_BEGIN_DECLS

struct _YihuDeskWindow
{
  AdwApplicationWindow parent_instance;

  YihuBook *book; /* (owned) */
  YihuTicker *ticker; /* (owned) */
  YihuPhoneFactory make_phone; /* (nullable) */
  char *seat; /* (owned) "" for an account without one */
  char *area_code; /* (owned) */
  YihuDeskCall *call; /* (owned) */
  YihuCatalogue *catalogue; /* (owned) */
  YihuTodoModel *todo; /* (owned) */
  YihuShift *shift; /* (owned) */
  YihuRingTone *ring; /* (owned) */
  YihuDrafts *drafts; /* (owned) */
  GCancellable *cancellable; /* (owned) */

  /* The card. */
  YihuElder *elder; /* (owned) (nullable) */
  gboolean on_call; /* the card is the call's own, known caller or not */
  gboolean card_waits; /* somebody was typing when the call came: the card opens with F2 */
  gboolean focus_due; /* the banner's button has not been offered the focus for this call yet */
  char *drawn_call; /* (owned) (nullable) call whose card is to be marked as drawn */
  gulong paint_id;
  GdkFrameClock *paint_clock; /* (unowned) while paint_id */

  /* What a logged reason shows. */
  char *revealed; /* (owned) (nullable) whose card */
  char *revealed_id_card; /* (owned) (nullable) */
  gint64 reveal_until_us; /* monotonic; 0: nothing */

  /* The line. */
  char *line_user; /* (owned) (nullable) SIP user the phone was made for */
  char *line_error; /* (owned) (nullable) sentence */
  gboolean wants_ready;

  gboolean saving; /* the form is being written */
  gboolean usable; /* marked */
  gboolean compact;
  double text_scale;
  gint64 key_at_us; /* monotonic, last key pressed */

  GtkWidget *toasts;
  GtkWidget *header;
  GtkWidget *banner;
  GtkWidget *left;
  GtkWidget *centre;
  GtkWidget *queue;
  GtkWidget *todo_list;
  GtkWidget *call_box;
  GtkWidget *call_stack;
  GtkWidget *wrapup;
  GtkWidget *hold_button;
  GtkWidget *mute_button;
  GtkWidget *identify_button;
  GtkWidget *card_stack;
  GtkWidget *card;
  GtkWidget *caller;
  GtkWidget *work_stack;
  GtkWidget *form;
  GtkWidget *order_card;
  GtkWidget *history;
  GtkWidget *side;
  GtkWidget *place;
  GtkWidget *video;
  GtkWidget *nearby;
  GtkWidget *legs;
  GtkWidget *alert;
  GtkWidget *editor;
  GtkWidget *conflict;
  GtkWidget *reveal;
  GtkWidget *search;
  GtkWidget *help;
  GtkWidget *status;
};

/* desk-window-actions.c */
void yihu_desk_window_add_actions (YihuDeskWindow *self);
void yihu_desk_window_update_actions (YihuDeskWindow *self);
void yihu_desk_window_close_call (YihuDeskWindow *self); /* end of wrap-up */
void yihu_desk_window_toast (YihuDeskWindow *self, const char *sentence);

/* desk-window-card.c */
void yihu_desk_window_show_call (YihuDeskWindow *self); /* the card of the call at the seat */
void yihu_desk_window_show_elder (YihuDeskWindow *self, YihuElder *elder); /* (nullable) */
void yihu_desk_window_show_todo (YihuDeskWindow *self, YihuTodo *row);
void yihu_desk_window_show_form (YihuDeskWindow *self);
void yihu_desk_window_refresh_card (YihuDeskWindow *self);
void yihu_desk_window_restore (YihuDeskWindow *self); /* after a start */
void yihu_desk_window_form_changed (YihuDeskWindow *self);
void yihu_desk_window_clear_form (YihuDeskWindow *self); /* what was in it is saved elsewhere */
gboolean yihu_desk_window_is_typing (YihuDeskWindow *self);
gboolean yihu_desk_window_is_unlocked (YihuDeskWindow *self);

/* desk-window-edit.c */
void yihu_desk_window_make_edit (YihuDeskWindow *self, GtkOverlay *overlay);
void yihu_desk_window_edit_card (YihuDeskWindow *self); /* of the elder on the card */
void yihu_desk_window_compare (YihuDeskWindow *self); /* the refused change of the open row */
gboolean yihu_desk_window_save_edit (YihuDeskWindow *self); /* FALSE: nothing lies open */
gboolean yihu_desk_window_leave_edit (YihuDeskWindow *self);
void yihu_desk_window_park_edit (YihuDeskWindow *self); /* closes, keeping what was typed */
void yihu_desk_window_refresh_edit (YihuDeskWindow *self); /* who is unlocked may have changed */

/* desk-window-reveal.c */
void yihu_desk_window_make_reveal (YihuDeskWindow *self, GtkOverlay *overlay);
void yihu_desk_window_ask_reveal (YihuDeskWindow *self); /* of the elder on the card */
gboolean yihu_desk_window_is_revealed (YihuDeskWindow *self); /* the elder on the card */
void yihu_desk_window_show_lock (YihuDeskWindow *self); /* why the card is masked or not */
void yihu_desk_window_beat_reveal (YihuDeskWindow *self);
void yihu_desk_window_forget_reveal (YihuDeskWindow *self);

/* desk-window-call.c */
void yihu_desk_window_connect_call (YihuDeskWindow *self);
void yihu_desk_window_refresh_call (YihuDeskWindow *self);
void yihu_desk_window_beat_call (YihuDeskWindow *self, gint64 now_us);
void yihu_desk_window_adopt_calls (YihuDeskWindow *self); /* what already runs at this seat */
YihuSeatState yihu_desk_window_get_seat_state (YihuDeskWindow *self);
void yihu_desk_window_drop_line (YihuDeskWindow *self);

G_END_DECLS
