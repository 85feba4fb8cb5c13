/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rights by role and district. An allow-list: what is not written here is not given. */

#include "server/work/actor.h"

#include "base/error.h"
#include "domain/kinds.h"

#define WHOLE_TENANT_HI G_GINT64_CONSTANT (1000000000000)
#define CONSOLES                                                                                   \
  ((1u << YIHU_ROLE_OPERATOR) | (1u << YIHU_ROLE_SUPERVISOR) | (1u << YIHU_ROLE_REVIEWER))

static void
actor_clear (gpointer data)
{
  YihuActor *self = data;

  yihu_account_unref (self->account);
  g_free (self->device);
}

YihuActor *
yihu_actor_new (YihuAccount *account, const char *device)
{
  YihuActor *self = g_atomic_rc_box_new0 (YihuActor);
  gint64 division = account->record.division;

  self->account = yihu_account_ref (account);
  self->device = g_strdup (device != NULL ? device : "");
  self->scope = (YihuDivisionRange){ 0, WHOLE_TENANT_HI };
  if (division > 0)
    self->scope = yihu_division_code_get_range (division);
  return self;
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

gboolean
yihu_role_gets_kind (YihuRole role, const YihuRecordType *type)
{
  if (type == &yihu_account_type)
    return FALSE;
  if ((1u << role) & CONSOLES)
    return TRUE;
  if (role == YIHU_ROLE_SWITCHBOARD)
    return type == &yihu_call_type || type == &yihu_seat_type;
  return FALSE;
}
