/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rights by role and district. An allow-list: what is not written here is not given. */

#include "server/work/actor.h"

#include "base/error.h"
#include "domain/kinds.h"

#define WHOLE_TENANT_HI G_GINT64_CONSTANT (1000000000000)

static void
actor_clear (gpointer data)
{
  YihuActor *self = data;

  yihu_account_unref (self->account);
  g_free (self->device);
}

static YihuDivisionRange
find_scope (const YihuAccount *account)
{
  if (account->record.division > 0)
    return yihu_division_code_get_range (account->record.division);
  return (YihuDivisionRange){ 0, WHOLE_TENANT_HI };
}

YihuActor *
yihu_actor_new (YihuAccount *account, const char *device)
{
  YihuActor *self = g_atomic_rc_box_new0 (YihuActor);

  self->account = yihu_account_ref (account);
  self->device = g_strdup (device != NULL ? device : "");
  self->scope = find_scope (account);
  return self;
}

gboolean
yihu_account_sees_less (const YihuAccount *before, const YihuAccount *now)
{
  const YihuDivisionRange old = find_scope (before);
  const YihuDivisionRange new = find_scope (now);

  return now->disabled || now->role != before->role || old.lo < new.lo || old.hi > new.hi;
}

YihuActor *
yihu_actor_ref (YihuActor *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
yihu_actor_unref (YihuActor *self)
{
  g_atomic_rc_box_release_full (self, actor_clear);
}

YihuRole
yihu_actor_get_role (const YihuActor *self)
{
  return self->account->role;
}

gboolean
yihu_actor_sees (const YihuActor *self, gint64 division)
{
  return division == 0 || yihu_division_range_contains (self->scope, division);
}

gboolean
yihu_actor_check (const YihuActor *self, gint64 division, GError **error)
{
  if (yihu_actor_sees (self, division))
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN,
                       "this is outside the districts of the account");
  return FALSE;
}

/* Accounts of a city or of division 0: nobody else sees what belongs to no single district. */
static gboolean
is_tenant_wide (const YihuActor *self)
{
  return yihu_division_code_get_level (self->account->record.division) <= YIHU_DIVISION_LEVEL_CITY;
}

gboolean
yihu_actor_check_subtree (const YihuActor *self, gint64 division, GError **error)
{
  YihuDivisionRange range = { 0, WHOLE_TENANT_HI };

  if (division > 0)
    range = yihu_division_code_get_range (division);
  if (yihu_division_range_includes (self->scope, range))
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN,
                       "this reaches beyond the districts of the account");
  return FALSE;
}

gboolean
yihu_actor_check_right (const YihuActor *self,
                        YihuCapability capability,
                        YihuScope scope,
                        GError **error)
{
  if ((yihu_role_get_capabilities (yihu_actor_get_role (self)) & capability) == 0)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN, "this is not for this role");
      return FALSE;
    }
  if (scope != YIHU_SCOPE_UNDECLARED && (scope != YIHU_SCOPE_TENANT || is_tenant_wide (self)))
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN,
                       "this is only for accounts of the whole city");
  return FALSE;
}

gboolean
yihu_role_gets_kind (YihuRole role, const YihuRecordType *type)
{
  if (type == &yihu_account_type)
    return FALSE;
  if (yihu_role_get_capabilities (role) & YIHU_CAPABILITY_COPY)
    return TRUE;
  if (yihu_role_get_capabilities (role) & YIHU_CAPABILITY_SWITCH)
    return type == &yihu_call_type || type == &yihu_seat_type;
  return FALSE;
}
