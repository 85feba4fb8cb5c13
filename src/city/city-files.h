/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

#include <gio/gio.h>

/* Reads back what "make" has written, as far as "live" needs it. */

G_BEGIN_DECLS

/* All rows of KIND.csv in @directory. (transfer full) (element-type YihuRecord) */
GPtrArray *
yihu_city_read_records (const char *directory, const YihuRecordType *type, GError **error);

typedef struct
{
  char *login;
  char *provider;
  char *password;
} YihuStaffLogin;

/* The accounts of providers in accounts.csv. (transfer full) (element-type YihuStaffLogin) */
GPtrArray *yihu_city_read_staff (const char *directory, const char *password, GError **error);

G_END_DECLS
