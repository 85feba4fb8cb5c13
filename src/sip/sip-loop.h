/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sofia-sip/su_wait.h>

/* sofia's root on a main context of its own, driven by the caller's thread-default context. So a
 * shutdown may wait for its last answers without running anybody else's sources. */

G_BEGIN_DECLS

typedef struct _YihuSipLoop YihuSipLoop;

YihuSipLoop *yihu_sip_loop_new (void); /* attached to the thread-default context */
void yihu_sip_loop_free (YihuSipLoop *self);
su_root_t *yihu_sip_loop_get_root (YihuSipLoop *self);

/* Runs only SIP events until *@done or @timeout_ms have passed. Returns: *@done. Not from within a
 * SIP event. */
gboolean yihu_sip_loop_wait (YihuSipLoop *self, const gboolean *done, guint timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSipLoop, yihu_sip_loop_free)

G_END_DECLS
