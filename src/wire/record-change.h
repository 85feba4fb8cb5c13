/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bounded-json.h"
#include "domain/record.h"

/* A change of single fields of a record: {"base":{field:value…},"set":{field:value…}}, what the
 * person saw and what shall be. Two changes of different fields both hold; of the same field the
 * first one holds and the second is a conflict. The same rule on both sides: the server decides by
 * it, the desk shows by it. Values as in a record's JSON; a missing one is empty. Any thread. */

G_BEGIN_DECLS

/* Writes the card fields in which @wanted differs from @seen into the arguments of a command.
 * Returns: how many. */
guint yihu_record_change_write (json_t *args, gconstpointer seen, gconstpointer wanted);

/* Sets the fields in @record, which is under construction. INVALID where a field is unknown or not
 * of the card, or a value is outside its field's range; CONFLICT, naming the fields, where one was
 * changed by somebody else meanwhile. After an error @record is of no use. */
gboolean yihu_record_change_apply (gpointer record, const json_t *args, GError **error);

/* For a person who decides. Returns: (transfer full) the fields (const YihuField *) of the change
 * in the order of the table; those that are not of the card are left out. */
GPtrArray *yihu_record_change_list (const YihuRecordType *type, const json_t *args);

/* The record as the person saw it: @record with the base values. (transfer full) (nullable): NULL
 * where the change cannot be read. */
gpointer yihu_record_change_dup_base (gconstpointer record, const json_t *args);
gpointer yihu_record_change_dup_wanted (gconstpointer record, const json_t *args);

G_END_DECLS
