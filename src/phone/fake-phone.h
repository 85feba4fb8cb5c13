/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "phone/phone.h"

/* A phone without a network, for tests of what stands above it: the test plays the other side. */

G_BEGIN_DECLS

#define YIHU_TYPE_FAKE_PHONE (yihu_fake_phone_get_type ())
G_DECLARE_FINAL_TYPE (YihuFakePhone, yihu_fake_phone, YIHU, FAKE_PHONE, YihuPhone)

YihuPhone *yihu_fake_phone_new (void);
void yihu_fake_phone_set_registered (YihuFakePhone *self, gboolean registered);

/* Somebody calls. Returns: (transfer full) the ringing call, after "incoming". */
YihuPhoneCall *yihu_fake_phone_ring (YihuFakePhone *self, const char *call_id, const char *number);

/* The other side answers a call that was dialled, or ends any call (status 0: BYE). */
void yihu_fake_phone_answer (YihuPhoneCall *call);
void yihu_fake_phone_end (YihuPhoneCall *call, int status);
void yihu_fake_phone_set_level (YihuPhoneCall *call, double level_dbfs);

/* What the program under test did. */
const char *yihu_fake_phone_get_seat (YihuFakePhone *self); /* last send_seat, or "" */
const char *yihu_fake_phone_get_dialled (YihuPhoneCall *call); /* URI, or "" */
gboolean yihu_fake_phone_is_muted (YihuPhoneCall *call);
gboolean yihu_fake_phone_is_shut_down (YihuFakePhone *self);

G_END_DECLS
