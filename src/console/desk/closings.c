/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Finished calls that wait for the switchboard. The draft "closing:SEAT" is a key file with one
 * group a call; a group goes once its command is in the outbox, which is durable itself. */

#include "console/desk/closings.h"

#include "domain/flow.h"

#include <string.h>

struct _YihuClosings
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  char *draft; /* (owned) */
  GKeyFile *calls; /* (owned) */
};

G_DEFINE_FINAL_TYPE (YihuClosings, yihu_closings, G_TYPE_OBJECT)

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
closings_submit (YihuClosings *self,
                 YihuCall *record,
                 YihuCallOutcome outcome,
                 const char *note,
                 const char *elder,
                 GError **error)
{
  const YihuField *field = yihu_record_type_find_field (&yihu_call_type, "outcome");
  gint64 now_us = yihu_book_get_now_us (self->book);
  g_autoptr (YihuCommand) command =
      yihu_command_new ("call.close", record->record.id, record->record.version, now_us);
  g_autoptr (YihuCall) overlay = yihu_record_dup (record);

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
  return yihu_book_submit (self->book, command, overlay, error);
}

static void
yihu_closings_finalize (GObject *object)
{
  YihuClosings *self = YIHU_CLOSINGS (object);

  g_clear_object (&self->book);
  g_free (self->draft);
  g_key_file_unref (self->calls);
  G_OBJECT_CLASS (yihu_closings_parent_class)->finalize (object);
}

static void
yihu_closings_class_init (YihuClosingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_closings_finalize;
}

static void
yihu_closings_init (YihuClosings *self)
{
  self->calls = g_key_file_new ();
}

YihuClosings *
yihu_closings_new (YihuBook *book, const char *seat)
{
  YihuClosings *self = g_object_new (YIHU_TYPE_CLOSINGS, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) calls = NULL;

  self->book = g_object_ref (book);
  self->draft = g_strconcat ("closing:", seat, NULL);
  text = yihu_book_load_draft (book, self->draft);
  if (text == NULL || !g_key_file_load_from_data (self->calls, text, -1, 0, NULL))
    return self;

  calls = g_key_file_get_groups (self->calls, NULL);
  for (guint i = 0; calls[i] != NULL; i++)
    {
      g_autoptr (YihuCall) record = yihu_book_get (book, &yihu_call_type, calls[i]);

      if (record != NULL)
        yihu_closings_offer (self, record);
    }
  return self;
}

gboolean
yihu_closings_add (YihuClosings *self,
                   const char *call,
                   YihuCall *record,
                   YihuCallOutcome outcome,
                   const char *note,
                   const char *elder,
                   GError **error)
{
  if (record != NULL && closings_allows (record))
    return closings_submit (self, record, outcome, note, elder, error);

  if (record != NULL && record->state == YIHU_CALL_CLOSED)
    return TRUE;
  g_key_file_set_integer (self->calls, call, "outcome", outcome);
  g_key_file_set_string (self->calls, call, "note", note != NULL ? note : "");
  g_key_file_set_string (self->calls, call, "elder", elder != NULL ? elder : "");
  closings_save (self);
  return TRUE;
}

void
yihu_closings_offer (YihuClosings *self, YihuCall *record)
{
  const char *call = record->record.id;
  g_autofree char *note = NULL;
  g_autofree char *elder = NULL;
  g_autoptr (GError) error = NULL;
  int outcome;

  if (!yihu_closings_has (self, call))
    return;
  if (closings_allows (record))
    {
      outcome = g_key_file_get_integer (self->calls, call, "outcome", NULL);
      note = g_key_file_get_string (self->calls, call, "note", NULL);
      elder = g_key_file_get_string (self->calls, call, "elder", NULL);
      outcome = CLAMP (outcome, YIHU_OUTCOME_NONE, YIHU_OUTCOME_OTHER);
      /* Out of the list first: submitting brings the record here again. */
      g_key_file_remove_group (self->calls, call, NULL);
      if (!closings_submit (self, record, outcome, note, elder, &error))
        {
          g_info ("call %s stays to be closed: %s", call, error->message);
          yihu_closings_add (self, call, NULL, outcome, note, elder, NULL);
          return;
        }
    }
  else if (record->state == YIHU_CALL_CLOSED)
    g_key_file_remove_group (self->calls, call, NULL);
  else
    return;
  closings_save (self);
}

gboolean
yihu_closings_has (YihuClosings *self, const char *call)
{
  return g_key_file_has_group (self->calls, call);
}
