/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* sofia's opaque pointers get their types by these macros, before its headers. */
#define NUA_MAGIC_T struct _YihuSipLine
#define NUA_HMAGIC_T struct _YihuSipTarget

#include <gio/gio.h>
#include <sofia-sip/nua.h>

/* One SIP socket and stack for all phones of a thread that bind to the same host: a hundred callers
 * of the demo city cost one port and one thread of sofia. */

G_BEGIN_DECLS

typedef struct _YihuSipLine YihuSipLine;
typedef struct _YihuSipTarget YihuSipTarget;

typedef struct
{
  nua_event_t event;
  int status;
  const char *phrase;
  nua_handle_t *handle;
  const sip_t *sip; /* (nullable) */
} YihuSipEvent;

/* Whoever owns a handle; embedded in the owner. Released handles bring no events. */
struct _YihuSipTarget
{
  void (*on_event) (YihuSipTarget *target, const YihuSipEvent *event);
};

/* Returns: (transfer full): shared within the thread. */
YihuSipLine *yihu_sip_line_acquire (const char *bind_host, GError **error);
YihuSipLine *yihu_sip_line_ref (YihuSipLine *self);
void yihu_sip_line_unref (YihuSipLine *self);

const char *yihu_sip_line_get_host (YihuSipLine *self);
guint yihu_sip_line_get_port (YihuSipLine *self);
nua_t *yihu_sip_line_get_nua (YihuSipLine *self);

/* INVITEs for "sip:USER@…" go to @target as nua_i_invite, with an unbound handle. */
void yihu_sip_line_add_user (YihuSipLine *self, const char *user, YihuSipTarget *target);
void yihu_sip_line_remove_user (YihuSipLine *self, const char *user, YihuSipTarget *target);

/* Makes a handle of an INVITE bring its events to @target; ends that again and drops it. */
void yihu_sip_line_bind (nua_handle_t *handle, YihuSipTarget *target);
void yihu_sip_line_release (nua_handle_t **handle);

/* Runs only SIP events until *@done; at once where a SIP event is being handled. */
void yihu_sip_line_wait (YihuSipLine *self, const gboolean *done, guint timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSipLine, yihu_sip_line_unref)

G_END_DECLS
