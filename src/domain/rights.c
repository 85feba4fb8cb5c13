/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The table of roles and their capabilities: an allow-list, one row a role. */

#include "domain/rights.h"

#define CONSOLE                                                                                    \
  (YIHU_CAPABILITY_SESSION | YIHU_CAPABILITY_COPY | YIHU_CAPABILITY_FEED | YIHU_CAPABILITY_LIVE    \
   | YIHU_CAPABILITY_COMMAND | YIHU_CAPABILITY_REVEAL | YIHU_CAPABILITY_CAMERA                     \
   | YIHU_CAPABILITY_NOTE | YIHU_CAPABILITY_FLOW)
#define MACHINE (YIHU_CAPABILITY_SESSION | YIHU_CAPABILITY_LIVE | YIHU_CAPABILITY_COMMAND)

static const guint capabilities[] = {
  [YIHU_ROLE_OPERATOR] = CONSOLE | YIHU_CAPABILITY_DESK,
  [YIHU_ROLE_SUPERVISOR] = CONSOLE | YIHU_CAPABILITY_DESK,
  [YIHU_ROLE_REVIEWER] = CONSOLE,
  [YIHU_ROLE_ADMINISTRATOR] =
      MACHINE | YIHU_CAPABILITY_IMPORT | YIHU_CAPABILITY_ACCOUNTS | YIHU_CAPABILITY_AUDIT,
  [YIHU_ROLE_AUDITOR] = YIHU_CAPABILITY_SESSION | YIHU_CAPABILITY_AUDIT,
  [YIHU_ROLE_PROVIDER] = MACHINE | YIHU_CAPABILITY_VISIT | YIHU_CAPABILITY_FLOW,
  [YIHU_ROLE_SWITCHBOARD] =
      MACHINE | YIHU_CAPABILITY_FEED | YIHU_CAPABILITY_SWITCH | YIHU_CAPABILITY_FLOW,
  [YIHU_ROLE_DEVICE] = YIHU_CAPABILITY_SESSION,
};

G_STATIC_ASSERT (G_N_ELEMENTS (capabilities) == YIHU_N_ROLES);

guint
yihu_role_get_capabilities (YihuRole role)
{
  return (guint) role < YIHU_N_ROLES ? capabilities[role] : 0;
}

guint
yihu_capability_get_roles (YihuCapability capability)
{
  guint roles = 0;

  for (guint role = 0; role < YIHU_N_ROLES; role++)
    if (capabilities[role] & capability)
      roles |= 1u << role;
  return roles;
}

gboolean
yihu_role_needs_second_factor (YihuRole role)
{
  return role == YIHU_ROLE_SUPERVISOR || role == YIHU_ROLE_ADMINISTRATOR
         || role == YIHU_ROLE_AUDITOR;
}
