/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "phone/phone.h"

G_BEGIN_DECLS

#define YIHU_TYPE_SIP_PHONE (yihu_sip_phone_get_type ())
G_DECLARE_FINAL_TYPE (YihuSipPhone, yihu_sip_phone, YIHU, SIP_PHONE, YihuPhone)

typedef struct
{
  const char *bind_host; /* "127.0.0.1"; the port is the kernel's choice */
  const char *registrar; /* (nullable) "sip:127.0.0.1:5060": NULL does not register */
  const char *user; /* also the From of outgoing calls */
  const char *password; /* (nullable) */
  const char *display; /* (nullable) display name in From */
  const char *sound_in; /* (nullable) GStreamer bin description of what this party says; default:
                           YIHU_AUDIO_SRC or autoaudiosrc */
  const char *
      sound_out; /* (nullable) what it hears goes here; default: YIHU_AUDIO_SINK or autoaudiosink */
} YihuSipPhoneConfig;

/* Binds at once; registers by itself and again after loss. YIHU_ERROR_FAILED where no port can be
 * bound. */
YihuPhone *yihu_sip_phone_new (const YihuSipPhoneConfig *config, GError **error);

/* Where it can be called directly, without a registrar: "sip:USER@HOST:PORT". */
const char *yihu_sip_phone_get_uri (YihuSipPhone *self);

G_END_DECLS
