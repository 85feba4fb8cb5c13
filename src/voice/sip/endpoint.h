/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/clock.h"
#include "voice/sip/sip-dialog.h"

/* The switchboard's SIP socket: new calls, registrations of seats and their wishes. It knows who
 * may say something (digest), not what follows from it. */

G_BEGIN_DECLS

typedef struct _YihuEndpoint YihuEndpoint;

typedef struct
{
  void (*invite) (gpointer data, YihuDialog *dialog); /* a new call; take a reference */
  /* A phone registered, or did so again. Returns: TRUE where the seat was not known to be there. */
  gboolean (*seat_bound) (gpointer data, const char *seat, const char *contact);
  void (*seat_gone) (gpointer data, const char *seat);
  void (*seat_wish) (gpointer data, const char *seat, gboolean wants_ready);
} YihuEndpointFuncs;

/* @port 0: the kernel's choice. YIHU_ERROR_FAILED where it cannot be bound. */
YihuEndpoint *yihu_endpoint_new (const char *host,
                                 guint port,
                                 YihuClock *clock,
                                 const YihuEndpointFuncs *funcs,
                                 gpointer data,
                                 GError **error);
void yihu_endpoint_free (YihuEndpoint *self); /* says good-bye to everybody, at most 2 s */

const char *yihu_endpoint_get_host (YihuEndpoint *self);
guint yihu_endpoint_get_port (YihuEndpoint *self);
void yihu_endpoint_set_secret (YihuEndpoint *self,
                               GBytes *secret); /* without it nobody registers */

/* Rings a seat's phone. @caller: number as sent, or "". Returns: (transfer full) (nullable) */
YihuDialog *yihu_endpoint_invite_seat (YihuEndpoint *self,
                                       const char *contact,
                                       const char *caller,
                                       const char *call_id,
                                       gboolean is_emergency,
                                       const char *description);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuEndpoint, yihu_endpoint_free)

G_END_DECLS
