/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A camera for tests: an RTSP server in this process, in a thread of its own, on a port of
 * 127.0.0.1 that the kernel chooses. /hall serves a picture of one colour (R 176, G 128, B 80);
 * anything else is 404. A locked server asks for the user "seat" with the password "grant". */

G_BEGIN_DECLS

typedef struct _CameraServer CameraServer;

CameraServer *camera_server_new (guint port, gboolean locked); /* port 0: the kernel's choice */
void camera_server_free (CameraServer *self); /* all its clients lose their connection */
guint camera_server_get_port (CameraServer *self);
char *camera_server_get_url (CameraServer *self, const char *path);
/* The sessions stay open, but no data comes. */
void camera_server_set_stalled (CameraServer *self, gboolean stalled);

/* A port that takes connections and never says a word. */
typedef struct _DumbServer DumbServer;

DumbServer *dumb_server_new (void);
void dumb_server_free (DumbServer *self);
char *dumb_server_get_url (DumbServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CameraServer, camera_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DumbServer, dumb_server_free)

G_END_DECLS
