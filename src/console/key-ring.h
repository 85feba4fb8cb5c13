/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* The person's secret store (org.freedesktop.secrets: GNOME Keyring, KWallet, KeePassXC), where the
 * parcel of a kept log-in lies when there is one: on a stolen disk nothing is left then against
 * which a password could be tried. Waits for the store, so: worker threads only, one call at a
 * time. A call is given up after a while, or when its cancellable is cancelled, and then returns
 * whatever the store does. */

G_BEGIN_DECLS

#define YIHU_TYPE_KEY_RING (yihu_key_ring_get_type ())
G_DECLARE_FINAL_TYPE (YihuKeyRing, yihu_key_ring, YIHU, KEY_RING, GObject)

YihuKeyRing *yihu_key_ring_new (void);
void yihu_key_ring_set_patience_ms (YihuKeyRing *self, guint patience_ms); /* 8 s otherwise */

/* @server, @login: whose. LOCKED where there is no store, it is locked, or it does not answer. */
gboolean yihu_key_ring_store (YihuKeyRing *self,
                              const char *server,
                              const char *login,
                              GBytes *parcel,
                              GCancellable *cancellable,
                              GError **error);
/* NOT_FOUND where the store has none. (transfer full) */
GBytes *yihu_key_ring_find (YihuKeyRing *self,
                            const char *server,
                            const char *login,
                            GCancellable *cancellable,
                            GError **error);
/* Nothing to remove is a success. */
gboolean
yihu_key_ring_remove (YihuKeyRing *self, const char *server, const char *login, GError **error);

G_END_DECLS
