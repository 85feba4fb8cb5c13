/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The interface, and its real side: a thin coat over YihuSession that keeps log-in and password for
 * the next log-in after a token has expired. */

#include "city/staff-line.h"

#include "client/session.h"

#define TIMEOUT_S 10

G_DEFINE_INTERFACE (YihuStaffLine, yihu_staff_line, G_TYPE_OBJECT)

static void
yihu_staff_line_default_init (YihuStaffLineInterface *iface)
{
}

struct _YihuSessionLine
{
  GObject parent_instance;
  YihuSession *session; /* (owned) */
  char *login;
  char *password;
};

static void session_line_iface_init (YihuStaffLineInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (YihuSessionLine,
                               yihu_session_line,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (YIHU_TYPE_STAFF_LINE,
                                                      session_line_iface_init))

static void
yihu_session_line_finalize (GObject *object)
{
  YihuSessionLine *self = YIHU_SESSION_LINE (object);

  g_clear_object (&self->session);
  g_free (self->login);
  g_free (self->password);
  G_OBJECT_CLASS (yihu_session_line_parent_class)->finalize (object);
}

static void
yihu_session_line_class_init (YihuSessionLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_session_line_finalize;
}

static void
yihu_session_line_init (YihuSessionLine *self)
{
}

YihuStaffLine *
yihu_session_line_new (const char *server,
                       const char *login,
                       const char *password,
                       YihuTrust *trust)
{
  YihuSessionLine *self = g_object_new (YIHU_TYPE_SESSION_LINE, NULL);

  self->session = yihu_session_new (server, "yihu-city");
  yihu_session_set_trust (self->session, trust);
  self->login = g_strdup (login);
  self->password = g_strdup (password);
  return YIHU_STAFF_LINE (self);
}

static void
on_login_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (yihu_session_login_finish (YIHU_SESSION (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
session_login_async (YihuStaffLine *line, GAsyncReadyCallback callback, gpointer data)
{
  YihuSessionLine *self = YIHU_SESSION_LINE (line);
  GTask *task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, session_login_async);
  yihu_session_login_async (self->session, self->login, self->password, NULL, on_login_ready, task);
}

static gboolean
session_login_finish (YihuStaffLine *line, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_request_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  json_t *answer = yihu_session_request_finish (YIHU_SESSION (object), result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) json_decref);
}

static void
session_request_async (YihuStaffLine *line,
                       const char *method,
                       const char *path,
                       json_t *body,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  YihuSessionLine *self = YIHU_SESSION_LINE (line);
  GTask *task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, session_request_async);
  yihu_session_request_async (self->session, method, path, body, TIMEOUT_S, NULL, on_request_ready,
                              task);
}

static json_t *
session_request_finish (YihuStaffLine *line, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gint64
session_get_server_time_us (YihuStaffLine *line)
{
  return g_get_real_time () + yihu_session_get_clock_offset_us (YIHU_SESSION_LINE (line)->session);
}

static void
session_line_iface_init (YihuStaffLineInterface *iface)
{
  iface->login_async = session_login_async;
  iface->login_finish = session_login_finish;
  iface->request_async = session_request_async;
  iface->request_finish = session_request_finish;
  iface->get_server_time_us = session_get_server_time_us;
}
