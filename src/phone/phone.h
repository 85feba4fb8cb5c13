/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* The softphone as the desk and the simulator see it: an abstract line. YihuSipPhone is the real
 * one (sofia-sip, GStreamer); YihuFakePhone is for tests of what stands above it. Main thread only.
 */

G_BEGIN_DECLS

typedef enum
{
  YIHU_PHONE_CALL_RINGING, /* incoming, not answered */
  YIHU_PHONE_CALL_DIALLING, /* outgoing, not answered */
  YIHU_PHONE_CALL_TALKING,
  YIHU_PHONE_CALL_HELD,
  YIHU_PHONE_CALL_ENDED, /* last state */
} YihuPhoneCallState;

#define YIHU_TYPE_PHONE_CALL (yihu_phone_call_get_type ())
G_DECLARE_DERIVABLE_TYPE (YihuPhoneCall, yihu_phone_call, YIHU, PHONE_CALL, GObject)

/* Properties (all notify): "state" (int), "level" (double dBFS of what is heard, -90..0). */
struct _YihuPhoneCallClass
{
  GObjectClass parent_class;

  void (*answer) (YihuPhoneCall *self);
  void (*hang_up) (YihuPhoneCall *self); /* refuse, cancel or bye */
  void (*set_held) (YihuPhoneCall *self, gboolean held);
  void (*set_muted) (YihuPhoneCall *self, gboolean muted); /* goes on sending silence */
};

YihuPhoneCallState yihu_phone_call_get_state (YihuPhoneCall *self);
const char *yihu_phone_call_get_call_id (YihuPhoneCall *self); /* X-Yihu-Call, or "" */
const char *yihu_phone_call_get_number (YihuPhoneCall *self); /* the caller, as sent, or "" */
int yihu_phone_call_get_status (YihuPhoneCall *self); /* SIP status that ended it; 0: BYE */
double yihu_phone_call_get_level (YihuPhoneCall *self);
void yihu_phone_call_answer (YihuPhoneCall *self);
void yihu_phone_call_hang_up (YihuPhoneCall *self);
void yihu_phone_call_set_held (YihuPhoneCall *self, gboolean held);
void yihu_phone_call_set_muted (YihuPhoneCall *self, gboolean muted);

#define YIHU_TYPE_PHONE (yihu_phone_get_type ())
G_DECLARE_DERIVABLE_TYPE (YihuPhone, yihu_phone, YIHU, PHONE, GObject)

/* Signals: "incoming" (YihuPhoneCall *call). Properties: "registered" (boolean, notify). */
struct _YihuPhoneClass
{
  GObjectClass parent_class;

  YihuPhoneCall *(*dial) (YihuPhone *self,
                          const char *uri,
                          const char *const *headers,
                          GError **error);
  void (*send_seat) (YihuPhone *self, const char *state);
  void (*shutdown) (YihuPhone *self);
};

gboolean yihu_phone_is_registered (YihuPhone *self);

/* @headers: (nullable) (array zero-terminated=1): "Name: value". Returns: (transfer full) */
YihuPhoneCall *
yihu_phone_dial (YihuPhone *self, const char *uri, const char *const *headers, GError **error);

/* Tells the switchboard what the seat wants: "ready" or "away". Works without the server. */
void yihu_phone_send_seat (YihuPhone *self, const char *state);

/* Ends calls, unregisters; the object may be dropped afterwards. */
void yihu_phone_shutdown (YihuPhone *self);

G_END_DECLS
