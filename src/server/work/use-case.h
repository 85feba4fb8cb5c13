/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/work.h"

/* The commands, one function each, a file for each object. A use case reads, decides by the flow
 * tables, saves rows through yihu_work_save(), and leaves the current row in @row: on success for
 * the answer, on a refusal so that the other side sees what stands. The audit row and the
 * idempotency key are the caller's (commands.c). */

G_BEGIN_DECLS

typedef gboolean (*YihuUseCase) (YihuWork *work,
                                 YihuActor *actor,
                                 YihuCommand *command,
                                 YihuRecord **row,
                                 GError **error);

gboolean
yihu_orders_create (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean
yihu_orders_move (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean yihu_notes_add (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean
yihu_elders_register (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean
yihu_elders_add_phone (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean
yihu_elders_update (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean
yihu_calls_begin (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean
yihu_calls_identify (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean
yihu_calls_close (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean yihu_calls_move (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);
gboolean yihu_seats_set (YihuWork *, YihuActor *, YihuCommand *, YihuRecord **row, GError **error);

/* What the next new order of today will ask for; see YihuWriterPrefetchFunc. */
void yihu_orders_prefetch_number (YihuWork *work);
/* How many owners of a number are looked for: more than one is nobody. */
#define YIHU_CALLERS_ASKED 2

/* Shared by use cases. */

/* The record in argument @name; its id must be the command's object. (transfer full) */
gpointer yihu_use_case_read_record (const YihuCommand *command,
                                    const char *name,
                                    const YihuRecordType *type,
                                    GError **error);
/* CONFLICT, with the row if the actor may see it, where one with this id exists already. */
gboolean yihu_use_case_check_new (YihuWork *work,
                                  YihuActor *actor,
                                  const YihuRecordType *type,
                                  const char *id,
                                  YihuRecord **row,
                                  GError **error);
/* INVALID where no such division is in the register: what lies there would be seen by nobody who is
 * responsible. */
gboolean yihu_use_case_check_division (YihuWork *work, gint64 division, GError **error);
/* An elder in the districts of the actor. (transfer full) */
YihuElder *
yihu_use_case_load_elder (YihuWork *work, YihuActor *actor, const char *id, GError **error);
/* A nick in argument @name, index in @field; missing: @value is left. */
gboolean yihu_use_case_read_nick (const YihuCommand *command,
                                  const char *name,
                                  const YihuField *field,
                                  gint64 *value,
                                  GError **error);
/* "accept" of "order.accept" */
const char *yihu_use_case_get_verb (const YihuCommand *command);

G_END_DECLS
