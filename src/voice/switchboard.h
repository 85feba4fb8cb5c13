/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "voice/link.h"
#include "voice/room/media.h"
#include "voice/sip/dialog.h"

/* Calls from INVITE to hang-up: who is offered to whom, when the two hear each other, what the
 * server is told. It alone knows queue, rooms and dialogs together. Main thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_SWITCHBOARD (yihu_switchboard_get_type ())
G_DECLARE_FINAL_TYPE (YihuSwitchboard, yihu_switchboard, YIHU, SWITCHBOARD, GObject)

/* How a seat is rung. Returns: (transfer full) (nullable) */
typedef YihuDialog *(*YihuSwitchboardInviteFunc) (gpointer data,
                                                  const char *contact,
                                                  const char *caller, /* number as sent, or "" */
                                                  const char *call_id,
                                                  gboolean is_emergency,
                                                  const char *description);

YihuSwitchboard *yihu_switchboard_new (YihuClock *clock,
                                       YihuLink *link,
                                       YihuMedia *media,
                                       const char *area_code,
                                       YihuSwitchboardInviteFunc invite,
                                       gpointer data);

/* Ends all calls; nothing is rung any more. */
void yihu_switchboard_shutdown (YihuSwitchboard *self);

/* What the endpoint hears. */
void yihu_switchboard_take_call (YihuSwitchboard *self, YihuDialog *dialog);
gboolean yihu_switchboard_bind_seat (YihuSwitchboard *self, const char *seat, const char *contact);
void yihu_switchboard_unbind_seat (YihuSwitchboard *self, const char *seat);
void yihu_switchboard_set_wish (YihuSwitchboard *self, const char *seat, gboolean wants_ready);

guint yihu_switchboard_get_n_calls (YihuSwitchboard *self);

G_END_DECLS
