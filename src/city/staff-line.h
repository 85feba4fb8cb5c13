/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/trust.h"

#include <gio/gio.h>
#include <jansson.h>

/* The way of a provider's staff to the server: log in, one request at a time. The real one is a
 * client session; tests script one. Asynchronous, main context. */

G_BEGIN_DECLS

#define YIHU_TYPE_STAFF_LINE (yihu_staff_line_get_type ())
G_DECLARE_INTERFACE (YihuStaffLine, yihu_staff_line, YIHU, STAFF_LINE, GObject)

struct _YihuStaffLineInterface
{
  GTypeInterface parent_interface;

  void (*login_async) (YihuStaffLine *self, GAsyncReadyCallback callback, gpointer data);
  gboolean (*login_finish) (YihuStaffLine *self, GAsyncResult *result, GError **error);
  void (*request_async) (YihuStaffLine *self,
                         const char *method,
                         const char *path,
                         json_t *body,
                         GAsyncReadyCallback callback,
                         gpointer data);
  json_t *(*request_finish) (YihuStaffLine *self, GAsyncResult *result, GError **error);
  gint64 (*get_server_time_us) (YihuStaffLine *self);
};

#define YIHU_TYPE_SESSION_LINE (yihu_session_line_get_type ())
G_DECLARE_FINAL_TYPE (YihuSessionLine, yihu_session_line, YIHU, SESSION_LINE, GObject)

/* @trust: (nullable) */
YihuStaffLine *yihu_session_line_new (const char *server,
                                      const char *login,
                                      const char *password,
                                      YihuTrust *trust);

G_END_DECLS
