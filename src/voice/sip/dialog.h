/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "sip/session-description.h"

/* The signalling of one leg as the switchboard sees it. YihuSipDialog is the real one; tests have
 * their own. Main thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_DIALOG (yihu_dialog_get_type ())
G_DECLARE_DERIVABLE_TYPE (YihuDialog, yihu_dialog, YIHU, DIALOG, GObject)

/* Signals:
 *  "answered" (const YihuSessionDescription *remote): our INVITE got its 200
 *  "changed" (const YihuSessionDescription *remote): a re-INVITE; answer it with accept() or
 *     refuse()
 *  "ended" (int status): by the peer or by the network; 0: BYE; the last one. Not emitted after
 *     our own hang_up() or a refuse() of the first INVITE. */
struct _YihuDialogClass
{
  GObjectClass parent_class;

  void (*progress) (YihuDialog *self, int status);
  void (*accept) (YihuDialog *self, const char *description);
  void (*refuse) (YihuDialog *self, int status);
  void (*hang_up) (YihuDialog *self);
  void (*probe) (YihuDialog *self);
};

/* What an INVITE brought. Texts are bounded and never NULL. */
const char *yihu_dialog_get_caller (YihuDialog *self);
const char *yihu_dialog_get_called (YihuDialog *self);
gboolean yihu_dialog_is_emergency (YihuDialog *self);
const YihuSessionDescription *yihu_dialog_get_offer (YihuDialog *self); /* (nullable) */

void yihu_dialog_progress (YihuDialog *self, int status); /* 180, 182: incoming, not answered */
void yihu_dialog_accept (YihuDialog *self, const char *description); /* 200 */
void yihu_dialog_refuse (YihuDialog *self, int status);
void yihu_dialog_hang_up (YihuDialog *self); /* BYE, CANCEL or 603, by its state */
void yihu_dialog_probe (YihuDialog *self); /* asks whether the peer still knows it */

/* For implementations. */
void yihu_dialog_set_request (YihuDialog *self,
                              const char *caller,
                              const char *called,
                              gboolean is_emergency,
                              const YihuSessionDescription *offer);
void yihu_dialog_emit_answered (YihuDialog *self, const YihuSessionDescription *remote);
void yihu_dialog_emit_changed (YihuDialog *self, const YihuSessionDescription *remote);
void yihu_dialog_emit_ended (YihuDialog *self, int status);

G_END_DECLS
