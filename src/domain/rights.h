/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/account.h"

/* What a role may do at all, as capability bits, and how far a thing that is done reaches, as a
 * scope. Each route and each command declares one of each in its own table; what declares nothing
 * is given to nobody. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_CAPABILITY_NONE = 0, /* not declared: nobody */
  YIHU_CAPABILITY_SESSION = 1u << 0, /* see and end the own log-in */
  YIHU_CAPABILITY_COPY = 1u << 1, /* hold a copy of the register */
  YIHU_CAPABILITY_FEED = 1u << 2, /* read what changed */
  YIHU_CAPABILITY_LIVE = 1u << 3, /* a live connection */
  YIHU_CAPABILITY_COMMAND = 1u << 4, /* give commands; each has its own rule */
  YIHU_CAPABILITY_REVEAL = 1u << 5, /* see server fields of a person for a logged reason */
  YIHU_CAPABILITY_CAMERA = 1u << 6, /* look through a camera for a logged reason */
  YIHU_CAPABILITY_DESK = 1u << 7, /* answer calls, register elders, place orders */
  YIHU_CAPABILITY_NOTE = 1u << 8, /* write notes */
  YIHU_CAPABILITY_FLOW = 1u << 9, /* move along a flow; the flow table says who which way */
  YIHU_CAPABILITY_VISIT = 1u << 10, /* the orders of the own provider */
  YIHU_CAPABILITY_SWITCH = 1u << 11, /* calls and seats, for the switchboard */
  YIHU_CAPABILITY_IMPORT = 1u << 12, /* the register and the base map as files */
  YIHU_CAPABILITY_ACCOUNTS = 1u << 13, /* accounts and everybody's sessions */
  YIHU_CAPABILITY_AUDIT = 1u << 14, /* read the audit */
  YIHU_CAPABILITY_PUBLIC = 1u << 30, /* without a log-in */
} YihuCapability;

typedef enum
{
  YIHU_SCOPE_UNDECLARED,
  YIHU_SCOPE_NOTHING, /* holds nothing of any district */
  YIHU_SCOPE_OWN, /* the account's own; where it has ACCOUNTS, that of accounts in its districts */
  YIHU_SCOPE_ROWS, /* each row by its district: what is outside is left out or refused by itself */
  YIHU_SCOPE_OBJECT, /* the object's district must be one of the account */
  YIHU_SCOPE_HAND, /* as OBJECT; for a provider's staff, the provider's own instead */
  YIHU_SCOPE_TENANT, /* only accounts of the whole city */
} YihuScope;

/* YihuCapability bits of @role; 0 for a role that is none. */
guint yihu_role_get_capabilities (YihuRole role);
/* Mask of 1 << YihuRole of those who have @capability. */
guint yihu_capability_get_roles (YihuCapability capability);

/* GB/T 22239 level 3: whoever sees the whole city or the accounts must show two factors. */
gboolean yihu_role_needs_second_factor (YihuRole role);

G_END_DECLS
