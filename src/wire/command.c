/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands and the answers to them. The hash tells a repeated command from another one that took
 * the same key: it covers what the command wants, not when it was asked. */

#include "wire/command.h"

#include "base/error.h"
#include "base/identifier.h"
#include "wire/record-json.h"

#include <sodium.h>
#include <string.h>

#define NAME_MAX_BYTES 64
#define OBJECT_MAX_BYTES 36
#define MESSAGE_MAX_BYTES 8192
#define TIME_MAX_US G_GINT64_CONSTANT (4102444800000000) /* 2100-01-01 */

static YihuCommand *
command_alloc (void)
{
  return g_atomic_rc_box_new0 (YihuCommand);
}

YihuCommand *
yihu_command_new (const char *name, const char *object, gint64 base, gint64 at_us)
{
  YihuCommand *self;

  g_return_val_if_fail (name != NULL && object != NULL, NULL);

  self = command_alloc ();
  self->key = yihu_identifier_new ();
  self->name = g_strdup (name);
  self->object = g_strdup (object);
  self->base = base;
  self->at_us = at_us;
  self->args = json_object ();
  return self;
}

YihuCommand *
yihu_command_ref (YihuCommand *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
command_clear (gpointer data)
{
  YihuCommand *self = data;

  g_free (self->key);
  g_free (self->name);
  g_free (self->object);
  json_decref (self->args);
}

void
yihu_command_unref (YihuCommand *self)
{
  g_atomic_rc_box_release_full (self, command_clear);
}

void
yihu_command_set_text (YihuCommand *self, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_new (self->args, name, json_string (value));
}

void
yihu_command_set_int (YihuCommand *self, const char *name, gint64 value)
{
  json_object_set_new (self->args, name, json_integer (value));
}

void
yihu_command_set_record (YihuCommand *self, const char *name, gconstpointer record)
{
  json_object_set_new (self->args, name, yihu_record_to_json (record, FALSE));
}

gpointer
yihu_command_get_record (const YihuCommand *self, const char *name, const YihuRecordType *type)
{
  const json_t *record = json_object_get (self->args, name);

  return record != NULL ? yihu_record_from_json (type, record, NULL) : NULL;
}

const char *
yihu_command_get_text (const YihuCommand *self, const char *name)
{
  return json_string_value (json_object_get (self->args, name));
}

json_t *
yihu_command_to_json (const YihuCommand *self)
{
  json_t *object = json_object ();

  json_object_set_new (object, "key", json_string (self->key));
  json_object_set_new (object, "name", json_string (self->name));
  json_object_set_new (object, "object", json_string (self->object));
  if (self->base != 0)
    json_object_set_new (object, "base", json_integer (self->base));
  json_object_set_new (object, "at_us", json_integer (self->at_us));
  json_object_set (object, "args", self->args);
  return object;
}

static gboolean
name_is_valid (const char *name)
{
  const char *dot = strchr (name, '.');

  return dot != NULL && dot != name && dot[1] != '\0'
         && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen (name);
}

static YihuCommand *
refuse_command (GError **error, const char *field, const char *fault)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field '%s': %s", field, fault);
  return NULL;
}

YihuCommand *
yihu_command_from_json (const json_t *object, GError **error)
{
  g_autoptr (YihuCommand) self = NULL;
  const char *key, *name, *id;
  const json_t *args = NULL;
  gint64 base = 0;
  gint64 at_us = 0;

  if (!yihu_json_read_text (object, "key", TRUE, YIHU_IDENTIFIER_LENGTH, &key, error)
      || !yihu_json_read_text (object, "name", TRUE, NAME_MAX_BYTES, &name, error)
      || !yihu_json_read_text (object, "object", TRUE, OBJECT_MAX_BYTES, &id, error)
      || !yihu_json_read_int (object, "base", FALSE, 0, G_MAXINT64, &base, error)
      || !yihu_json_read_int (object, "at_us", TRUE, 0, TIME_MAX_US, &at_us, error)
      || !yihu_json_read_object (object, "args", FALSE, &args, error))
    return NULL;
  if (!yihu_identifier_is_valid (key))
    return refuse_command (error, "key", "is not a UUID of version 7");
  if (!name_is_valid (name))
    return refuse_command (error, "name", "is not of the form kind.verb");
  if (*id == '\0')
    return refuse_command (error, "object", "is empty");

  self = command_alloc ();
  self->key = g_strdup (key);
  self->name = g_strdup (name);
  self->object = g_strdup (id);
  self->base = base;
  self->at_us = at_us;
  self->args = args != NULL ? json_incref ((json_t *) args) : json_object ();
  return g_steal_pointer (&self);
}

char *
yihu_command_dup_hash (const YihuCommand *self)
{
  g_autoptr (json_t) content =
      json_pack ("[s, s, I, O]", self->name, self->object, (json_int_t) self->base, self->args);
  g_autofree char *text = NULL;
  unsigned char hash[crypto_generichash_BYTES];
  char *hex = g_malloc (2 * sizeof hash + 1);
  gsize length = json_dumpb (content, NULL, 0, JSON_COMPACT | JSON_SORT_KEYS);

  text = g_malloc (length);
  json_dumpb (content, text, length, JSON_COMPACT | JSON_SORT_KEYS);
  crypto_generichash (hash, sizeof hash, (const unsigned char *) text, length, NULL, 0);
  return sodium_bin2hex (hex, 2 * sizeof hash + 1, hash, sizeof hash);
}

gboolean
yihu_command_is_dispatch (const YihuCommand *self)
{
  return g_str_has_prefix (self->name, "order.") && strcmp (self->name, "order.approve") != 0
         && strcmp (self->name, "order.return") != 0;
}

/* --- replies --- */

static const char *const reply_states[] = {
  [YIHU_REPLY_OK] = "ok",
  [YIHU_REPLY_REJECTED] = "rejected",
  [YIHU_REPLY_CONFLICT] = "conflict",
};

YihuReply *
yihu_reply_new (const char *key, gint64 seq, gpointer record)
{
  YihuReply *self = g_new0 (YihuReply, 1);

  self->key = g_strdup (key);
  self->seq = seq;
  self->state = YIHU_REPLY_OK;
  self->record = record != NULL ? yihu_record_ref (record) : NULL;
  return self;
}

static YihuReplyState
state_of_error (const GError *error)
{
  return g_error_matches (error, YIHU_ERROR, YIHU_ERROR_CONFLICT) ? YIHU_REPLY_CONFLICT
                                                                  : YIHU_REPLY_REJECTED;
}

YihuReply *
yihu_reply_new_error (const char *key, const GError *error, gpointer record)
{
  YihuReply *self;

  g_return_val_if_fail (error != NULL, NULL);

  self = yihu_reply_new (key, 0, record);
  self->state = state_of_error (error);
  self->error = error->domain == YIHU_ERROR
                    ? g_error_copy (error)
                    : g_error_new_literal (YIHU_ERROR, YIHU_ERROR_FAILED, error->message);
  return self;
}

void
yihu_reply_free (YihuReply *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->record, yihu_record_unref);
  g_clear_error (&self->error);
  g_free (self->key);
  g_free (self);
}

json_t *
yihu_reply_to_json (const YihuReply *self)
{
  json_t *object = json_object ();

  json_object_set_new (object, "key", json_string (self->key));
  json_object_set_new (object, "seq", json_integer (self->seq));
  json_object_set_new (object, "state", json_string (reply_states[self->state]));
  if (self->error != NULL)
    {
      json_object_set_new (object, "error",
                           json_string (yihu_error_get_wire ((YihuError) self->error->code)));
      json_object_set_new (object, "message", json_string (self->error->message));
    }
  if (self->record != NULL)
    json_object_set_new (object, "record",
                         json_pack ("[s, o]", self->record->type->name,
                                    yihu_record_to_json (self->record, FALSE)));
  if (self->again)
    json_object_set_new (object, "again", json_true ());
  return object;
}

static gboolean
read_reply_state (YihuReply *self, const char *state, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (reply_states); i++)
    if (strcmp (reply_states[i], state) == 0)
      {
        self->state = (YihuReplyState) i;
        return TRUE;
      }
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field 'state': is none of its values");
  return FALSE;
}

/* A record of a kind that this version does not know is left out. */
static gboolean
read_reply_record (YihuReply *self, const json_t *pair, GError **error)
{
  const char *kind = json_string_value (json_array_get (pair, 0));
  const YihuRecordType *type;

  if (pair == NULL)
    return TRUE;
  if (kind == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field 'record': names no kind");
      return FALSE;
    }
  if ((type = yihu_record_type_find (kind)) == NULL)
    return TRUE;
  self->record = yihu_record_from_json (type, json_array_get (pair, 1), error);
  return self->record != NULL;
}

YihuReply *
yihu_reply_from_json (const json_t *object, GError **error)
{
  g_autoptr (YihuReply) self = g_new0 (YihuReply, 1);
  const char *key, *state;
  const char *code = NULL;
  const char *message = "";
  const json_t *record = NULL;

  if (!yihu_json_read_text (object, "key", TRUE, YIHU_IDENTIFIER_LENGTH, &key, error)
      || !yihu_json_read_int (object, "seq", FALSE, 0, G_MAXINT64, &self->seq, error)
      || !yihu_json_read_text (object, "state", TRUE, 16, &state, error)
      || !yihu_json_read_text (object, "error", FALSE, 32, &code, error)
      || !yihu_json_read_text (object, "message", FALSE, MESSAGE_MAX_BYTES, &message, error)
      || !yihu_json_read_array (object, "record", FALSE, 2, &record, error)
      || !yihu_json_read_bool (object, "again", FALSE, &self->again, error)
      || !read_reply_state (self, state, error) || !read_reply_record (self, record, error))
    return NULL;
  self->key = g_strdup (key);
  if (self->state != YIHU_REPLY_OK)
    self->error = g_error_new_literal (YIHU_ERROR, (gint) yihu_error_from_wire (code), message);
  return g_steal_pointer (&self);
}
