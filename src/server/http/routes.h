/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/rights.h"
#include "server/http/exchange.h"

/* The one table of what can be asked, by whom, and how large it may be. */

G_BEGIN_DECLS

typedef void (*YihuRouteFunc) (YihuExchange *exchange);

typedef struct
{
  const char *method;
  const char *path; /* one segment may be '*' */
  YihuCapability capability; /* whoever has it; PUBLIC: anybody */
  YihuScope scope; /* TENANT is checked at the door, the others by what runs */
  gsize max_body;
  YihuRouteFunc run; /* NULL: the live connection */
} YihuRoute;

const YihuRoute *yihu_routes_get_all (guint *n_routes);

/* NOT_FOUND; a known path with another method sets @is_wrong_method. @object: (out) (transfer full)
 * (nullable): the segment at '*'. */
const YihuRoute *yihu_routes_lookup (const char *method,
                                     const char *path,
                                     char **object,
                                     gboolean *is_wrong_method,
                                     GError **error);

/* health.c */
void yihu_route_health (YihuExchange *exchange);
void yihu_route_metrics (YihuExchange *exchange);
/* login.c */
void yihu_route_login (YihuExchange *exchange);
/* session-routes.c */
void yihu_route_logout (YihuExchange *exchange);
void yihu_route_sessions (YihuExchange *exchange);
void yihu_route_revoke_session (YihuExchange *exchange);
/* feed-routes.c */
void yihu_route_snapshot (YihuExchange *exchange);
void yihu_route_changes (YihuExchange *exchange);
void yihu_route_get_basemap (YihuExchange *exchange);
void yihu_route_put_basemap (YihuExchange *exchange);
/* work-routes.c */
void yihu_route_command (YihuExchange *exchange);
void yihu_route_reveal (YihuExchange *exchange);
void yihu_route_camera_grant (YihuExchange *exchange);
void yihu_route_orders (YihuExchange *exchange);
/* account-routes.c */
void yihu_route_list_accounts (YihuExchange *exchange);
void yihu_route_put_account (YihuExchange *exchange);
void yihu_route_revoke_account (YihuExchange *exchange);
void yihu_route_wipe_account (YihuExchange *exchange);
void yihu_route_reset_factor (YihuExchange *exchange);
void yihu_route_unlock_account (YihuExchange *exchange);
/* admin-routes.c */
void yihu_route_import (YihuExchange *exchange);
/* audit-routes.c */
void yihu_route_audit (YihuExchange *exchange);
void yihu_route_audit_verify (YihuExchange *exchange);
void yihu_route_audit_anchors (YihuExchange *exchange);

G_END_DECLS
