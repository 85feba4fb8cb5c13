/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The table of commands and the frame around each: idempotency key first, then role, then the use
 * case, then the audit row; rows, feed, audit and the kept answer are one transaction.
 *
 * Invariant: an answer that was decided (ok or refused) is kept under its key and given again; an
 * outage (full disk, full queue) is not an answer and is not kept, so the same key may be tried
 * again. */

#include "server/work/commands.h"

#include "base/error.h"
#include "server/work/use-case.h"

#include <string.h>

#define CAN(name) YIHU_CAPABILITY_##name
#define OF(name) YIHU_SCOPE_##name

static const struct
{
  const char *name;
  YihuCapability capability;
  YihuScope scope;
  YihuUseCase run;
} commands[] = {
  { "order.create", CAN (DESK), OF (OBJECT), yihu_orders_create },
  { "note.add", CAN (NOTE), OF (OBJECT), yihu_notes_add },
  { "elder.register", CAN (DESK), OF (OBJECT), yihu_elders_register },
  { "elder.add-phone", CAN (DESK), OF (OBJECT), yihu_elders_add_phone },
  { "elder.update", CAN (DESK), OF (OBJECT), yihu_elders_update },
  { "call.identify", CAN (DESK), OF (OBJECT), yihu_calls_identify },
  { "call.close", CAN (DESK), OF (OBJECT), yihu_calls_close },
  { "call.begin", CAN (SWITCH), OF (TENANT), yihu_calls_begin },
  { "seat.set", CAN (SWITCH), OF (TENANT), yihu_seats_set },
};

/* Verbs of the flows; the flow table itself says which roles. */
static const struct
{
  const char *prefix;
  const YihuFlow *flow;
  YihuScope scope;
  YihuUseCase run;
} flows[] = {
  { "order.", &yihu_order_flow, OF (HAND), yihu_orders_move },
  { "call.", &yihu_call_flow, OF (OBJECT), yihu_calls_move },
};

static guint
flow_roles (const YihuFlow *flow, const char *verb)
{
  guint roles = 0;

  for (guint i = 0; i < flow->n_moves; i++)
    if (g_str_equal (flow->moves[i].verb, verb))
      roles |= flow->moves[i].roles;
  return roles;
}

static YihuUseCase
find_use_case (const char *name, YihuCommandRule *rule)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      {
        *rule = (YihuCommandRule){ name, commands[i].capability, commands[i].scope,
                                   yihu_capability_get_roles (commands[i].capability) };
        return commands[i].run;
      }
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    if (g_str_has_prefix (name, flows[i].prefix))
      {
        guint roles = flow_roles (flows[i].flow, name + strlen (flows[i].prefix));

        *rule = (YihuCommandRule){ name, CAN (FLOW), flows[i].scope,
                                   roles & yihu_capability_get_roles (CAN (FLOW)) };
        return roles != 0 ? flows[i].run : NULL;
      }
  return NULL;
}

gboolean
yihu_commands_find_rule (const char *name, YihuCommandRule *rule)
{
  return find_use_case (name, rule) != NULL;
}

static gboolean
has_rule (GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL);
}

GPtrArray *
yihu_commands_list_names (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_ptr_array_add (names, g_strdup (commands[i].name));
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    for (guint j = 0; j < flows[i].flow->n_moves; j++)
      {
        g_autofree char *name = g_strconcat (flows[i].prefix, flows[i].flow->moves[j].verb, NULL);

        if (!has_rule (names, name))
          g_ptr_array_add (names, g_steal_pointer (&name));
      }
  return g_steal_pointer (&names);
}

static gboolean
run_use_case (YihuWork *work,
              YihuActor *actor,
              YihuCommand *command,
              YihuRecord **row,
              GError **error)
{
  YihuCommandRule rule = { 0 };
  YihuUseCase run = find_use_case (command->name, &rule);
  const char *reason = json_string_value (json_object_get (command->args, "reason"));

  if (run == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNKNOWN, "there is no such command");
      return FALSE;
    }
  if ((rule.roles & (1u << yihu_actor_get_role (actor))) == 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN, "'%s' is not for this role",
                   command->name);
      return FALSE;
    }
  return yihu_actor_check_right (actor, rule.capability, rule.scope, error)
         && run (work, actor, command, row, error)
         && yihu_work_audit (work, actor, command->name, command->object, reason, error);
}

/* Outages are not answers. */
static gboolean
is_decision (const GError *error)
{
  if (error->domain != YIHU_ERROR)
    return FALSE;
  switch (error->code)
    {
    case YIHU_ERROR_INVALID:
    case YIHU_ERROR_TOO_LARGE:
    case YIHU_ERROR_FORBIDDEN:
    case YIHU_ERROR_NOT_FOUND:
    case YIHU_ERROR_CONFLICT:
    case YIHU_ERROR_REJECTED:
    case YIHU_ERROR_UNKNOWN:
      return TRUE;
    default:
      return FALSE;
    }
}

/* The kept answer has no row, which would be most of its bytes; it names the kind, and whoever asks
 * again gets the row as it stands now. */
static gboolean
recall_row (YihuWork *work,
            YihuActor *actor,
            YihuCommand *command,
            YihuReply *reply,
            const json_t *kept,
            GError **error)
{
  const char *kind = json_string_value (json_object_get (kept, "row_kind"));
  const YihuRecordType *type = kind != NULL ? yihu_record_type_find (kind) : NULL;
  GError *local_error = NULL;

  if (type == NULL)
    return TRUE;
  reply->record = yihu_store_get_record (work->store, type, command->object, &local_error);
  /* It may have moved to where the account does not see it. */
  if (reply->record != NULL && !yihu_actor_sees (actor, reply->record->division))
    g_clear_pointer (&reply->record, yihu_record_unref);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

/* Where the key is known: TRUE with the first answer in @reply, or KEY_REUSED. */
static gboolean
recall (YihuWork *work,
        YihuActor *actor,
        YihuCommand *command,
        const char *hash,
        YihuReply **reply,
        GError **error)
{
  g_auto (YihuIdem) idem = { 0 };
  g_autoptr (json_t) json = NULL;
  g_autoptr (YihuReply) first = NULL;

  if (!yihu_store_find_idem (work->store, command->key, &idem, error))
    return FALSE;
  if (idem.reply == NULL)
    return TRUE;
  if (!g_str_equal (idem.body_hash, hash) || !g_str_equal (idem.account, actor->account->record.id))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_KEY_REUSED,
                           "this key was used for another command");
      return FALSE;
    }
  json = yihu_json_parse (idem.reply, -1, 0, error);
  first = json != NULL ? yihu_reply_from_json (json, error) : NULL;
  if (first == NULL || !recall_row (work, actor, command, first, json, error))
    return FALSE;
  first->again = TRUE;
  *reply = g_steal_pointer (&first);
  return TRUE;
}

static gboolean
remember (YihuWork *work, YihuActor *actor, const YihuReply *reply, char *hash, GError **error)
{
  g_autoptr (json_t) json = yihu_reply_to_json (reply);
  g_autofree char *text = NULL;
  YihuIdem idem = { actor->account->record.id, hash, yihu_work_get_now_us (work), NULL };

  if (reply->record != NULL)
    json_object_set_new (json, "row_kind", json_string (reply->record->type->name));
  json_object_del (json, "record");
  text = yihu_json_print (json);
  idem.reply = text;
  return yihu_store_put_idem (work->store, reply->key, &idem, error);
}

YihuReply *
yihu_commands_run (YihuWork *work, YihuActor *actor, YihuCommand *command, GError **error)
{
  g_autofree char *hash = yihu_command_dup_hash (command);
  g_autoptr (GError) refusal = NULL;
  g_autoptr (YihuRecord) row = NULL;
  g_autoptr (YihuReply) reply = NULL;

  if (!recall (work, actor, command, hash, &reply, error))
    return NULL;
  if (reply != NULL)
    return g_steal_pointer (&reply);
  if (run_use_case (work, actor, command, &row, &refusal))
    {
      reply = yihu_reply_new (command->key, work->tenant.seq, row);
    }
  else if (is_decision (refusal))
    {
      yihu_work_undo (work);
      reply = yihu_reply_new_error (command->key, refusal, row);
    }
  else
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return NULL;
    }
  return remember (work, actor, reply, hash, error) ? g_steal_pointer (&reply) : NULL;
}

/* On the writer. */

typedef struct
{
  YihuActor *actor; /* (owned) */
  YihuCommand *command; /* (owned) */
  YihuReply *reply; /* (owned) (nullable) */
  YihuCommandDoneFunc done;
  gpointer data;
} Submission;

static void
submission_free (Submission *self)
{
  yihu_actor_unref (self->actor);
  yihu_command_unref (self->command);
  g_clear_pointer (&self->reply, yihu_reply_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Submission, submission_free)

static gboolean
run_submission (YihuWork *work, gpointer data, GError **error)
{
  Submission *self = data;

  g_clear_pointer (&self->reply, yihu_reply_free);
  self->reply = yihu_commands_run (work, self->actor, self->command, error);
  return self->reply != NULL;
}

/* What the command will read, as far as its text says: this is only about time, whatever is missing
 * here is read when it is needed. */

static const char *
find_text (const json_t *object, const char *name)
{
  const char *text = json_string_value (json_object_get (object, name));

  return text != NULL ? text : "";
}

static void
prefetch_record (YihuWork *work, const YihuRecordType *type, const char *id)
{
  gpointer none = *id != '\0' ? yihu_store_get_record (work->store, type, id, NULL) : NULL;

  g_clear_pointer (&none, yihu_record_unref);
}

static void
prefetch_order (YihuWork *work, const json_t *order)
{
  YihuPrice *price = NULL;

  prefetch_record (work, &yihu_elder_type, find_text (order, "elder"));
  prefetch_record (work, &yihu_service_item_type, find_text (order, "item"));
  prefetch_record (work, &yihu_provider_type, find_text (order, "provider"));
  yihu_store_find_price (work->store, find_text (order, "provider"), find_text (order, "item"),
                         &price, NULL);
  yihu_orders_prefetch_number (work);
}

static void
prefetch_call (YihuWork *work, const json_t *call)
{
  GPtrArray *none =
      yihu_store_find_callers (work->store, find_text (call, "number"), YIHU_CALLERS_ASKED, NULL);

  g_clear_pointer (&none, g_ptr_array_unref);
}

static void
prefetch_head (YihuWork *work, const YihuRecordType *type, const char *id)
{
  gint64 version = 0;

  if (*id != '\0')
    yihu_store_find_head (work->store, type, id, &version, NULL, NULL);
}

static void
prefetch_note (YihuWork *work, const json_t *note)
{
  prefetch_head (work, &yihu_elder_type, find_text (note, "elder"));
  prefetch_head (work, &yihu_call_type, find_text (note, "call"));
  prefetch_head (work, &yihu_order_type, find_text (note, "service_order"));
}

static void
prefetch_seat (YihuWork *work, const char *seat)
{
  YihuAccount *none = NULL;

  if (*seat != '\0')
    yihu_store_find_account (work->store, "seat", seat, &none, NULL);
}

static void
prefetch_submission (YihuWork *work, gpointer data)
{
  const YihuCommand *command = ((Submission *) data)->command;
  g_autofree char *kind = g_strndup (command->name, strcspn (command->name, "."));
  const YihuRecordType *type =
      g_str_equal (kind, "order") ? &yihu_order_type : yihu_record_type_find (kind);
  const json_t *order = json_object_get (command->args, "order");
  const json_t *call = json_object_get (command->args, "call");
  const json_t *note = json_object_get (command->args, "note");
  g_auto (YihuIdem) idem = { 0 };

  yihu_store_find_idem (work->store, command->key, &idem, NULL);
  if (type != NULL)
    prefetch_record (work, type, command->object);
  if (order != NULL)
    prefetch_order (work, order);
  if (call != NULL)
    prefetch_call (work, call);
  if (note != NULL)
    prefetch_note (work, note);
  prefetch_seat (work,
                 type == &yihu_seat_type ? command->object : find_text (command->args, "seat"));
}

static void
on_command_done (const GError *error, gpointer data)
{
  g_autoptr (Submission) self = data;

  if (error != NULL)
    {
      g_clear_pointer (&self->reply, yihu_reply_free);
      self->reply = yihu_reply_new_error (self->command->key, error, NULL);
    }
  self->done (self->reply, self->data);
}

void
yihu_commands_submit (YihuWriter *writer,
                      YihuActor *actor,
                      YihuCommand *command,
                      YihuCommandDoneFunc done,
                      gpointer data)
{
  Submission *self = g_new0 (Submission, 1);
  g_autoptr (GError) error = NULL;

  self->actor = yihu_actor_ref (actor);
  self->command = yihu_command_ref (command);
  self->done = done;
  self->data = data;
  if (!yihu_writer_push_prefetched (writer, prefetch_submission, run_submission, on_command_done,
                                    self, &error))
    on_command_done (error, self);
}
