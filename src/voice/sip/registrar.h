/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

/* Where each seat's phone is: one address a seat, the newest, until it expires. No SIP in here. */

G_BEGIN_DECLS

#define YIHU_REGISTRAR_MAX_CONTACT 256
#define YIHU_REGISTRAR_MAX_SECONDS 60

typedef struct _YihuRegistrar YihuRegistrar;

/* @contact: NULL: the seat is gone. Called on every change and not on a refresh. */
typedef void (*YihuRegistrarFunc) (gpointer data, const char *seat, const char *contact);

YihuRegistrar *yihu_registrar_new (YihuClock *clock, YihuRegistrarFunc on_change, gpointer data);
void yihu_registrar_free (YihuRegistrar *self);

/* @expires_s: as asked; 0 unbinds. Returns: seconds granted. */
guint
yihu_registrar_bind (YihuRegistrar *self, const char *seat, const char *contact, guint expires_s);
const char *yihu_registrar_find (YihuRegistrar *self, const char *seat); /* (nullable) contact */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuRegistrar, yihu_registrar_free)

G_END_DECLS
