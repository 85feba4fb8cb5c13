/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "phone/phone.h"
#include "phone/sip-line.h"
#include "phone/sound.h"

/* One SIP dialog with its sound. It keeps itself alive as long as sofia knows its handle. */

G_BEGIN_DECLS

#define YIHU_TYPE_SIP_CALL (yihu_sip_call_get_type ())
G_DECLARE_FINAL_TYPE (YihuSipCall, yihu_sip_call, YIHU, SIP_CALL, YihuPhoneCall)

typedef struct
{
  const char *sound_in;
  const char *sound_out;
} YihuSipCallSounds;

/* Calls @to; @from is the value of From, @headers (nullable) further header lines joined by CRLF.
 */
YihuSipCall *yihu_sip_call_new_outgoing (YihuSipLine *line,
                                         const YihuSipCallSounds *sounds,
                                         const char *from,
                                         const char *to,
                                         const char *headers,
                                         GError **error);

/* Takes the handle of a new INVITE. NULL: refused, and the refusal is on its way. */
YihuSipCall *yihu_sip_call_new_incoming (YihuSipLine *line,
                                         const YihuSipCallSounds *sounds,
                                         const YihuSipEvent *invite);

YihuSound *yihu_sip_call_get_sound (YihuSipCall *self); /* (nullable) (transfer none) */

G_END_DECLS
