/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Finished calls that wait for the switchboard, or for the disk. The draft "closing:SEAT" is a key
 * file with one group a call; a group goes once its command is kept in the outbox, which is durable
 * itself, and where that fails it is tried again. */

#include "console/desk/closings.h"

#include "domain/flow.h"

#include <string.h>

struct _YihuClosings
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  char *draft; /* (owned) */
  GKeyFile *calls; /* (owned) */
  GHashTable *on_way; /* (owned) ids whose command is being written */
  guint retry; /* source */
};

G_DEFINE_FINAL_TYPE (YihuClosings, yihu_closings, G_TYPE_OBJECT)

#define RETRY_S 5

static guint failed_signal;

static void closings_offer_all (YihuClosings *self);

static void
closings_save (YihuClosings *self)
{
  g_autofree char *text = g_key_file_to_data (self->calls, NULL, NULL);

  yihu_book_save_draft (self->book, self->draft, text);
}

static gboolean
closings_allows (YihuCall *record)
{
  return yihu_flow_allows (&yihu_call_flow, (int) record->state, "close", YIHU_ROLE_OPERATOR);
}

static gboolean
on_retry (gpointer data)
{
  YihuClosings *self = data;

  self->retry = 0;
  closings_offer_all (self);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  YihuClosings *closings; /* (owned) */
  char *call;
} Submitting;

static void
on_submitted (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Submitting *submitting = data;
  g_autoptr (YihuClosings) self = submitting->closings;
  g_autofree char *call = submitting->call;
  g_autoptr (GError) error = NULL;

  g_hash_table_remove (self->on_way, call);
  if (yihu_book_submit_finish (YIHU_BOOK (object), result, &error))
    {
      g_key_file_remove_group (self->calls, call, NULL);
      closings_save (self);
      return;
    }
  g_info ("call %s stays to be closed: %s", call, error->message);
  if (self->retry == 0)
    self->retry = g_timeout_add_seconds (RETRY_S, on_retry, self);
  g_signal_emit (self, failed_signal, 0, error);
}

static void
closings_submit (YihuClosings *self,
                 YihuCall *record,
                 YihuCallOutcome outcome,
                 const char *note,
                 const char *elder)
{
  const YihuField *field = yihu_record_type_find_field (&yihu_call_type, "outcome");
  gint64 now_us = yihu_book_get_now_us (self->book);
  g_autoptr (YihuCommand) command =
      yihu_command_new ("call.close", record->record.id, record->record.version, now_us);
  g_autoptr (YihuCall) overlay = yihu_record_dup (record);
  Submitting *submitting;

  if (!g_hash_table_add (self->on_way, g_strdup (record->record.id)))
    return;
  yihu_command_set_text (command, "outcome", field->nicks[outcome]);
  if (note != NULL && *note != '\0')
    {
      yihu_command_set_text (command, "note", note);
      yihu_record_take (overlay->note, g_strdup (note));
    }
  if (elder != NULL && *elder != '\0')
    {
      yihu_command_set_text (command, "elder", elder);
      yihu_record_take (overlay->elder, g_strdup (elder));
    }
  overlay->state = YIHU_CALL_CLOSED;
  overlay->outcome = outcome;
  overlay->close_at_us = now_us;
  submitting = g_new0 (Submitting, 1);
  submitting->closings = g_object_ref (self);
  submitting->call = g_strdup (record->record.id);
  yihu_book_submit_async (self->book, command, overlay, on_submitted, submitting);
}

static void
yihu_closings_finalize (GObject *object)
{
  YihuClosings *self = YIHU_CLOSINGS (object);

  g_clear_handle_id (&self->retry, g_source_remove);
  g_hash_table_unref (self->on_way);
  g_clear_object (&self->book);
  g_free (self->draft);
  g_key_file_unref (self->calls);
  G_OBJECT_CLASS (yihu_closings_parent_class)->finalize (object);
}

static void
yihu_closings_class_init (YihuClosingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_closings_finalize;
  failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
yihu_closings_init (YihuClosings *self)
{
  self->calls = g_key_file_new ();
  self->on_way = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
closings_offer_all (YihuClosings *self)
{
  g_auto (GStrv) calls = g_key_file_get_groups (self->calls, NULL);

  for (guint i = 0; calls[i] != NULL; i++)
    {
      g_autoptr (YihuCall) record = yihu_book_get (self->book, &yihu_call_type, calls[i]);

      if (record != NULL)
        yihu_closings_offer (self, record);
    }
}

YihuClosings *
yihu_closings_new (YihuBook *book, const char *seat)
{
  YihuClosings *self = g_object_new (YIHU_TYPE_CLOSINGS, NULL);
  g_autofree char *text = NULL;

  self->book = g_object_ref (book);
  self->draft = g_strconcat ("closing:", seat, NULL);
  text = yihu_book_load_draft (book, self->draft);
  if (text != NULL && g_key_file_load_from_data (self->calls, text, -1, 0, NULL))
    closings_offer_all (self);
  return self;
}

void
yihu_closings_add (YihuClosings *self,
                   const char *call,
                   YihuCall *record,
                   YihuCallOutcome outcome,
                   const char *note,
                   const char *elder)
{
  if (record != NULL && record->state == YIHU_CALL_CLOSED)
    return;
  g_key_file_set_integer (self->calls, call, "outcome", outcome);
  g_key_file_set_string (self->calls, call, "note", note != NULL ? note : "");
  g_key_file_set_string (self->calls, call, "elder", elder != NULL ? elder : "");
  closings_save (self);
  if (record != NULL)
    yihu_closings_offer (self, record);
}

void
yihu_closings_offer (YihuClosings *self, YihuCall *record)
{
  const char *call = record->record.id;
  g_autofree char *note = NULL;
  g_autofree char *elder = NULL;
  int outcome;

  if (!yihu_closings_has (self, call) || g_hash_table_contains (self->on_way, call))
    return;
  if (closings_allows (record))
    {
      outcome = g_key_file_get_integer (self->calls, call, "outcome", NULL);
      note = g_key_file_get_string (self->calls, call, "note", NULL);
      elder = g_key_file_get_string (self->calls, call, "elder", NULL);
      closings_submit (self, record, CLAMP (outcome, YIHU_OUTCOME_NONE, YIHU_OUTCOME_OTHER), note,
                       elder);
    }
  else if (record->state == YIHU_CALL_CLOSED)
    {
      g_key_file_remove_group (self->calls, call, NULL);
      closings_save (self);
    }
}

gboolean
yihu_closings_has (YihuClosings *self, const char *call)
{
  return g_key_file_has_group (self->calls, call);
}
