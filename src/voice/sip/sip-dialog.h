/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* sofia's opaque pointers get their types by these macros, before its headers. */
#define NUA_MAGIC_T struct _YihuEndpoint
#define NUA_HMAGIC_T struct _YihuSipDialog

#include <sofia-sip/nua.h>

#include "voice/sip/dialog.h"

G_BEGIN_DECLS

#define YIHU_TYPE_SIP_DIALOG (yihu_sip_dialog_get_type ())
G_DECLARE_FINAL_TYPE (YihuSipDialog, yihu_sip_dialog, YIHU, SIP_DIALOG, YihuDialog)

/* Takes the handle of a new INVITE. NULL: refused, and the refusal is on its way. */
YihuSipDialog *yihu_sip_dialog_new_incoming (nua_handle_t *handle, const sip_t *sip);

typedef struct
{
  const char *uri;
  const char *from; /* value of From */
  const char *call_id; /* X-Yihu-Call */
  gboolean is_emergency;
  const char *description; /* our offer */
} YihuInvite;

YihuSipDialog *yihu_sip_dialog_new_outgoing (nua_t *nua, const YihuInvite *invite);

/* An event of its handle. */
void yihu_sip_dialog_handle (YihuSipDialog *self, nua_event_t event, int status, const sip_t *sip);

G_END_DECLS
