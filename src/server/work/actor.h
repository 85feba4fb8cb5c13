/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/division-code.h"
#include "domain/rights.h"

/* Who does something: an account at a device, and the districts it may touch. Immutable,
 * reference-counted, any thread. */

G_BEGIN_DECLS

typedef struct
{
  YihuAccount *account; /* (owned) */
  char *device;
  YihuDivisionRange scope;
} YihuActor;

YihuActor *yihu_actor_new (YihuAccount *account, const char *device);
YihuActor *yihu_actor_ref (YihuActor *self);
void yihu_actor_unref (YihuActor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuActor, yihu_actor_unref)

YihuRole yihu_actor_get_role (const YihuActor *self);

/* Division 0 belongs to the whole tenant and so to everybody in it. */
gboolean yihu_actor_sees (const YihuActor *self, gint64 division);
gboolean yihu_actor_check (const YihuActor *self, gint64 division, GError **error); /* FORBIDDEN */

/* May @self hand out or take away rights over @division? An account gives no more than it has. */
gboolean yihu_actor_check_subtree (const YihuActor *self, gint64 division, GError **error);
/* The part of a rule that needs no object: the role's capability, and TENANT. FORBIDDEN. */
gboolean yihu_actor_check_right (const YihuActor *self,
                                 YihuCapability capability,
                                 YihuScope scope,
                                 GError **error);

/* Whether @now may see less than @before: closed, in another role, or in districts that do not hold
 * all the old ones. What its consoles keep is then no longer all theirs. */
gboolean yihu_account_sees_less (const YihuAccount *before, const YihuAccount *now);

/* Whether the feed of @role carries records of @type at all. */
gboolean yihu_role_gets_kind (YihuRole role, const YihuRecordType *type);

G_END_DECLS
