/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* Somebody or something that may log in. Passwords are not here: only the server's store has their
 * hashes. The districts that an account may see are the subtree of record.division. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_ROLE_OPERATOR,
  YIHU_ROLE_SUPERVISOR,
  YIHU_ROLE_REVIEWER,
  YIHU_ROLE_ADMINISTRATOR,
  YIHU_ROLE_AUDITOR,
  YIHU_ROLE_PROVIDER,
  YIHU_ROLE_SWITCHBOARD,
  YIHU_ROLE_DEVICE,
  YIHU_N_ROLES,
} YihuRole;

typedef struct
{
  YihuRecord record;
  char *login;
  char *name;
  gint64 role; /* YihuRole */
  char *seat; /* seat number of an operator, "03" */
  char *provider; /* id of the provider whose staff this is */
  gint64 disabled;
  gint64
      wiped_at_us; /* copies of the city that its consoles made before are to be removed; 0: none */
} YihuAccount;

YIHU_DEFINE_RECORD (YihuAccount, yihu_account)

G_END_DECLS
