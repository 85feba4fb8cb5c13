/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "phone/phone.h"

/* For the classes that implement a phone: how they tell what happened. */

G_BEGIN_DECLS

/* Before the call is shown to anybody. */
void yihu_phone_call_set_identity (YihuPhoneCall *self, const char *call_id, const char *number);

/* @status: SIP status where @state is ENDED. An ended call stays ended. */
void yihu_phone_call_set_state (YihuPhoneCall *self, YihuPhoneCallState state, int status);
void yihu_phone_call_set_level (YihuPhoneCall *self, double level_dbfs);

void yihu_phone_set_registered (YihuPhone *self, gboolean registered);
void yihu_phone_emit_incoming (YihuPhone *self, YihuPhoneCall *call);

G_END_DECLS
