/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/writer.h"

/* Commands: which there are, who may give them, and that each takes effect exactly once. */

G_BEGIN_DECLS

/* In the main context, once; @reply is (transfer none). */
typedef void (*YihuCommandDoneFunc) (const YihuReply *reply, gpointer data);

/* A full queue is answered at once. */
void yihu_commands_submit (YihuWriter *writer,
                           YihuActor *actor,
                           YihuCommand *command,
                           YihuCommandDoneFunc done,
                           gpointer data);

/* The same at once, in the writer's thread, behind yihu_work_mark(). Returns: (transfer full): the
 * answer, also where it is a refusal; NULL with @error for an outage or a reused key. */
YihuReply *
yihu_commands_run (YihuWork *work, YihuActor *actor, YihuCommand *command, GError **error);

/* Who may give a command, and on what. */
typedef struct
{
  const char *name;
  YihuCapability capability;
  YihuScope scope;
  guint roles; /* mask of 1 << YihuRole, of the capability and, for a flow, of its table */
} YihuCommandRule;

gboolean yihu_commands_find_rule (const char *name, YihuCommandRule *rule);
GPtrArray *yihu_commands_list_names (void); /* (transfer full) (element-type utf8) */

G_END_DECLS
