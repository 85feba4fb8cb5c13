/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "domain/kinds.h"
#include "phone/phone.h"

/* The call at this seat, from ringing to closed: joins what the telephone knows (INVITE, talking,
 * held, ended) with what the feed knows (the call's record, who the caller is), whichever comes
 * first. One at a time. Knows no widget. Main thread. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_DESK_CALL_IDLE,
  YIHU_DESK_CALL_RINGING,
  YIHU_DESK_CALL_TALKING,
  YIHU_DESK_CALL_HELD,
  YIHU_DESK_CALL_WRAPUP,
} YihuDeskCallState;

typedef enum
{
  YIHU_CALLER_KNOWN, /* one elder */
  YIHU_CALLER_SEVERAL, /* several elders on the number: choose */
  YIHU_CALLER_UNKNOWN, /* number not registered */
  YIHU_CALLER_WITHHELD, /* no number */
} YihuCallerKind;

#define YIHU_WRAPUP_US (90 * G_USEC_PER_SEC)

#define YIHU_TYPE_DESK_CALL (yihu_desk_call_get_type ())
G_DECLARE_FINAL_TYPE (YihuDeskCall, yihu_desk_call, YIHU, DESK_CALL, GObject)

/* Signals: "changed" (): state, record, caller or hold changed. "begun" (): another call is here.
 * "ended" (): it is over and closed; the seat is free. "failed" (const GError *error): the closing
 * of a call could not be written yet; it is kept and tried again. */
YihuDeskCall *yihu_desk_call_new (YihuBook *book, const char *seat, const char *area_code);
void yihu_desk_call_set_phone (YihuDeskCall *self, YihuPhone *phone); /* (nullable) */
YihuPhone *yihu_desk_call_get_phone (YihuDeskCall *self); /* (nullable) */

YihuDeskCallState yihu_desk_call_get_state (YihuDeskCall *self);
gboolean yihu_desk_call_is_live (YihuDeskCall *self); /* talking or held */
gboolean yihu_desk_call_is_muted (YihuDeskCall *self);
gboolean yihu_desk_call_has_line (YihuDeskCall *self); /* the softphone holds this call */
const char *yihu_desk_call_get_id (YihuDeskCall *self); /* "" where the switchboard gave none */
const char *yihu_desk_call_get_number (YihuDeskCall *self); /* normalised, "" withheld */
YihuCall *yihu_desk_call_get_record (YihuDeskCall *self); /* (nullable) */
gint64 yihu_desk_call_get_urgency (YihuDeskCall *self);
YihuCallerKind yihu_desk_call_get_caller (YihuDeskCall *self);
YihuElder *yihu_desk_call_get_elder (YihuDeskCall *self); /* (nullable) */
GPtrArray *yihu_desk_call_get_candidates (YihuDeskCall *self); /* YihuElder, may be empty */
gint64 yihu_desk_call_get_since_us (YihuDeskCall *self); /* of the present state, server time */

double yihu_desk_call_get_level (YihuDeskCall *self); /* dBFS of what is heard; -90: nothing */

/* A call that runs at this seat already, as after a restart of the desk. */
void yihu_desk_call_adopt (YihuDeskCall *self, YihuCall *record);

void yihu_desk_call_answer (YihuDeskCall *self);
void yihu_desk_call_hang_up (YihuDeskCall *self);
void yihu_desk_call_toggle_hold (YihuDeskCall *self);
void yihu_desk_call_toggle_mute (YihuDeskCall *self);

/* Says who is calling; so it is once the command is kept. */
void yihu_desk_call_identify_async (YihuDeskCall *self,
                                    YihuElder *elder,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
gboolean yihu_desk_call_identify_finish (YihuDeskCall *self, GAsyncResult *result, GError **error);
void yihu_desk_call_note_order (YihuDeskCall *self); /* an order was made in this call */

/* The outcome chosen so far in wrap-up; YIHU_OUTCOME_NONE with an order in the call reads as
 * YIHU_OUTCOME_ORDER. */
void yihu_desk_call_set_outcome (YihuDeskCall *self, YihuCallOutcome outcome);
YihuCallOutcome yihu_desk_call_get_outcome (YihuDeskCall *self);

/* Ends wrap-up: call.close goes out as soon as the switchboard has ended the call in the record (it
 * is kept in a draft until then), and the seat is told to be ready. @note: (nullable) */
void yihu_desk_call_close (YihuDeskCall *self, const char *note);

G_END_DECLS
