/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The table of routes, as docs/protocol.md says it. */

#include "server/http/routes.h"

#include "base/error.h"

#include <string.h>

#define MIB (1024 * 1024)
#define CAN(name) YIHU_CAPABILITY_##name
#define OF(name) YIHU_SCOPE_##name

static const YihuRoute routes[] = {
  { "GET", "/v1/health", CAN (PUBLIC), OF (NOTHING), 0, yihu_route_health },
  { "GET", "/v1/metrics", CAN (PUBLIC), OF (NOTHING), 0, yihu_route_metrics },
  { "POST", "/v1/login", CAN (PUBLIC), OF (OWN), 64 * 1024, yihu_route_login },
  { "POST", "/v1/logout", CAN (SESSION), OF (OWN), 64 * 1024, yihu_route_logout },
  { "GET", "/v1/snapshot", CAN (COPY), OF (ROWS), 0, yihu_route_snapshot },
  { "GET", "/v1/changes", CAN (FEED), OF (ROWS), 0, yihu_route_changes },
  { "GET", "/v1/live", CAN (LIVE), OF (ROWS), 0, NULL },
  { "POST", "/v1/command", CAN (COMMAND), OF (ROWS), MIB, yihu_route_command },
  { "POST", "/v1/reveal", CAN (REVEAL), OF (OBJECT), MIB, yihu_route_reveal },
  { "POST", "/v1/cameras/*/grant", CAN (CAMERA), OF (OBJECT), MIB, yihu_route_camera_grant },
  { "GET", "/v1/orders", CAN (VISIT), OF (HAND), 0, yihu_route_orders },
  { "GET", "/v1/basemap", CAN (COPY), OF (NOTHING), 0, yihu_route_get_basemap },
  { "PUT", "/v1/basemap", CAN (IMPORT), OF (TENANT), 64 * MIB, yihu_route_put_basemap },
  { "POST", "/v1/import/*", CAN (IMPORT), OF (ROWS), 8 * MIB, yihu_route_import },
  { "GET", "/v1/accounts", CAN (ACCOUNTS), OF (ROWS), 0, yihu_route_list_accounts },
  { "POST", "/v1/accounts", CAN (ACCOUNTS), OF (OBJECT), MIB, yihu_route_put_account },
  { "POST", "/v1/accounts/*/revoke", CAN (ACCOUNTS), OF (OBJECT), MIB, yihu_route_revoke_account },
  { "POST", "/v1/accounts/*/wipe", CAN (ACCOUNTS), OF (OBJECT), MIB, yihu_route_wipe_account },
  { "POST", "/v1/accounts/*/reset-factor", CAN (ACCOUNTS), OF (OBJECT), MIB,
    yihu_route_reset_factor },
  { "POST", "/v1/accounts/*/unlock", CAN (ACCOUNTS), OF (OBJECT), MIB, yihu_route_unlock_account },
  { "GET", "/v1/sessions", CAN (SESSION), OF (OWN), 0, yihu_route_sessions },
  { "POST", "/v1/sessions/*/revoke", CAN (SESSION), OF (OWN), MIB, yihu_route_revoke_session },
  { "GET", "/v1/audit", CAN (AUDIT), OF (TENANT), 0, yihu_route_audit },
  { "GET", "/v1/audit/verify", CAN (AUDIT), OF (TENANT), 0, yihu_route_audit_verify },
  { "GET", "/v1/audit/anchors", CAN (AUDIT), OF (TENANT), 0, yihu_route_audit_anchors },
};

const YihuRoute *
yihu_routes_get_all (guint *n_routes)
{
  *n_routes = G_N_ELEMENTS (routes);
  return routes;
}

static gboolean
matches (const YihuRoute *route, const char *path, char **object)
{
  const char *star = strchr (route->path, '*');
  gsize before;
  gsize after;
  gsize length;

  if (star == NULL)
    return g_str_equal (route->path, path);
  before = star - route->path;
  after = strlen (star + 1);
  length = strlen (path);
  if (length <= before + after || strncmp (route->path, path, before) != 0
      || !g_str_equal (path + length - after, star + 1)
      || memchr (path + before, '/', length - before - after) != NULL)
    return FALSE;
  g_free (*object);
  *object = g_strndup (path + before, length - before - after);
  return TRUE;
}

const YihuRoute *
yihu_routes_lookup (const char *method,
                    const char *path,
                    char **object,
                    gboolean *is_wrong_method,
                    GError **error)
{
  *object = NULL;
  *is_wrong_method = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (!matches (&routes[i], path, object))
        continue;
      *is_wrong_method = !g_str_equal (routes[i].method, method);
      if (!*is_wrong_method)
        return &routes[i];
    }
  g_clear_pointer (object, g_free);
  if (*is_wrong_method)
    g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "this path has no such method");
  else
    g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no such path");
  return NULL;
}
