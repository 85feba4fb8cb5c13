/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The call at this seat: who and what it is. Two sources tell about it and either may be first or
 * alone: the softphone (works without the server) and the call's record in the feed (works without
 * the softphone).
 *
 * Invariants: the telephone's word on talking and ended wins while it holds the call; the record's
 * word wins otherwise. `elder` is set exactly when the caller is KNOWN. What is chosen in wrap-up
 * waits in YihuClosings until the flow table allows call.close. */

#include "console/desk/desk-call-private.h"

#include "base/phone-number.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (YihuDeskCall, yihu_desk_call, G_TYPE_OBJECT)

enum
{
  CHANGED,
  BEGUN,
  ENDED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
replace_text (char **text, const char *value)
{
  char *copy = g_strdup (value);

  g_free (*text);
  *text = copy;
}

static void
desk_call_emit (YihuDeskCall *self, guint signal)
{
  g_signal_emit (self, signals[signal], 0);
}

void
yihu_desk_call_tell (YihuDeskCall *self)
{
  desk_call_emit (self, CHANGED);
}

static void
desk_call_set_state (YihuDeskCall *self, YihuDeskCallState state)
{
  if (self->state == state)
    return;
  /* Holding does not restart the talk clock. */
  if (!(yihu_desk_call_is_live (self)
        && (state == YIHU_DESK_CALL_TALKING || state == YIHU_DESK_CALL_HELD)))
    self->since_us = yihu_book_get_now_us (self->book);
  self->state = state;
}

static void
desk_call_drop_line (YihuDeskCall *self)
{
  if (self->line != NULL)
    g_signal_handlers_disconnect_by_data (self->line, self);
  g_clear_object (&self->line);
  self->muted = FALSE;
}

static void
desk_call_clear (YihuDeskCall *self)
{
  desk_call_drop_line (self);
  replace_text (&self->id, "");
  replace_text (&self->number, "");
  g_clear_pointer (&self->record, yihu_call_unref);
  g_clear_pointer (&self->elder, yihu_elder_unref);
  g_ptr_array_set_size (self->candidates, 0);
  self->outcome = YIHU_OUTCOME_NONE;
  self->has_order = FALSE;
  self->state = YIHU_DESK_CALL_IDLE;
}

void
yihu_desk_call_end (YihuDeskCall *self)
{
  desk_call_clear (self);
  desk_call_emit (self, ENDED);
  desk_call_emit (self, CHANGED);
}

/* Who is calling: what the record says, else who has the number. */
static void
desk_call_find_caller (YihuDeskCall *self)
{
  const char *known = self->record != NULL ? self->record->elder : NULL;

  if (known != NULL && *known != '\0')
    {
      if (self->elder != NULL && g_str_equal (self->elder->record.id, known))
        return;
      g_clear_pointer (&self->elder, yihu_elder_unref);
      self->elder = yihu_book_get (self->book, &yihu_elder_type, known);
      if (self->elder != NULL)
        return;
    }
  if (self->elder != NULL || self->candidates->len > 0 || *self->number == '\0')
    return;

  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  self->candidates = yihu_book_find_by_phone (self->book, self->number);
  if (self->candidates == NULL)
    self->candidates = g_ptr_array_new_with_free_func (yihu_record_unref);
  if (self->candidates->len == 1)
    self->elder = yihu_elder_ref (g_ptr_array_index (self->candidates, 0));
}

static void
desk_call_take_number (YihuDeskCall *self, const char *raw)
{
  g_autofree char *number = NULL;

  if (*self->number != '\0' || raw == NULL || *raw == '\0')
    return;
  number = yihu_phone_number_normalize (raw, self->area_code);
  if (number != NULL)
    replace_text (&self->number, number);
}

/* @told: (nullable): the record that brought the news; else what the book has of it. */
static void
desk_call_begin (YihuDeskCall *self, const char *id, const char *number, YihuCall *told)
{
  if (self->state == YIHU_DESK_CALL_WRAPUP)
    yihu_desk_call_close (self, NULL);
  desk_call_clear (self);
  replace_text (&self->id, id);
  desk_call_take_number (self, number);
  if (told != NULL)
    self->record = yihu_call_ref (told);
  else if (*id != '\0')
    self->record = yihu_book_get (self->book, &yihu_call_type, id);
  if (self->record != NULL)
    desk_call_take_number (self, self->record->number);
  desk_call_find_caller (self);
  desk_call_set_state (self, YIHU_DESK_CALL_RINGING);
  desk_call_emit (self, BEGUN);
}

static void
on_line_state (YihuDeskCall *self)
{
  switch (yihu_phone_call_get_state (self->line))
    {
    case YIHU_PHONE_CALL_TALKING:
      desk_call_set_state (self, YIHU_DESK_CALL_TALKING);
      break;
    case YIHU_PHONE_CALL_HELD:
      desk_call_set_state (self, YIHU_DESK_CALL_HELD);
      break;
    case YIHU_PHONE_CALL_ENDED:
      desk_call_drop_line (self);
      if (!yihu_desk_call_is_live (self))
        {
          if (self->state == YIHU_DESK_CALL_RINGING)
            yihu_desk_call_end (self);
          return;
        }
      desk_call_set_state (self, YIHU_DESK_CALL_WRAPUP);
      break;
    default:
      return;
    }
  desk_call_emit (self, CHANGED);
}

static void
on_phone_incoming (YihuDeskCall *self, YihuPhoneCall *line)
{
  const char *id = yihu_phone_call_get_call_id (line);
  gboolean same = *id != '\0' && g_str_equal (self->id, id);
  gboolean again = same && yihu_desk_call_is_live (self);

  if (yihu_desk_call_has_line (self) && !again)
    return; /* one call a seat: the switchboard offers it to another */
  if (!same)
    desk_call_begin (self, id, yihu_phone_call_get_number (line), NULL);
  desk_call_drop_line (self);
  self->line = g_object_ref (line);
  g_signal_connect_object (line, "notify::state", G_CALLBACK (on_line_state), self,
                           G_CONNECT_SWAPPED);
  if (same)
    {
      desk_call_take_number (self, yihu_phone_call_get_number (line));
      desk_call_find_caller (self);
    }
  /* The desk or its line was lost in a live call: the switchboard rings the same call again. */
  if (again)
    yihu_phone_call_answer (line);
  desk_call_emit (self, CHANGED);
}

static YihuDeskCallState
record_get_desk_state (const YihuCall *record)
{
  switch (record->state)
    {
    case YIHU_CALL_RINGING:
      return YIHU_DESK_CALL_RINGING;
    case YIHU_CALL_TALKING:
      return YIHU_DESK_CALL_TALKING;
    case YIHU_CALL_WRAPUP:
      return YIHU_DESK_CALL_WRAPUP;
    default:
      return YIHU_DESK_CALL_IDLE;
    }
}

/* What the record says about the call that is here already. */
static void
desk_call_follow_record (YihuDeskCall *self)
{
  YihuDeskCallState told = record_get_desk_state (self->record);
  gboolean mine = g_strcmp0 (self->record->seat, self->seat) == 0;

  if (self->state == YIHU_DESK_CALL_WRAPUP)
    {
      if (self->record->state == YIHU_CALL_CLOSED)
        yihu_desk_call_end (self);
      return;
    }
  if (self->line != NULL)
    return;
  if (!mine || told == YIHU_DESK_CALL_IDLE)
    yihu_desk_call_end (self);
  else if (!(told == YIHU_DESK_CALL_RINGING && yihu_desk_call_is_live (self)))
    desk_call_set_state (self, told);
}

static void
on_book_call (YihuBook *book, gpointer data, YihuDeskCall *self)
{
  YihuCall *record = data;
  gboolean mine = *self->seat != '\0' && g_strcmp0 (record->seat, self->seat) == 0;

  if (yihu_closings_has (self->closings, record->record.id))
    g_hash_table_add (self->finished, g_strdup (record->record.id));
  yihu_closings_offer (self->closings, record);
  if (self->state != YIHU_DESK_CALL_IDLE && g_str_equal (self->id, record->record.id))
    {
      g_clear_pointer (&self->record, yihu_call_unref);
      self->record = yihu_call_ref (record);
      desk_call_take_number (self, record->number);
      desk_call_find_caller (self);
      desk_call_follow_record (self);
      desk_call_emit (self, CHANGED);
    }
  else if (mine && self->state == YIHU_DESK_CALL_IDLE
           && !g_hash_table_contains (self->finished, record->record.id)
           && record_get_desk_state (record) != YIHU_DESK_CALL_IDLE)
    {
      desk_call_begin (self, record->record.id, record->number, record);
      desk_call_follow_record (self);
      if (record->answer_at_us > 0)
        self->since_us = record->answer_at_us;
      desk_call_emit (self, CHANGED);
    }
}

static void
on_closing_failed (YihuClosings *closings, const GError *error, YihuDeskCall *self)
{
  g_signal_emit (self, signals[FAILED], 0, error);
}

static void
yihu_desk_call_dispose (GObject *object)
{
  YihuDeskCall *self = YIHU_DESK_CALL (object);

  desk_call_clear (self);
  g_clear_object (&self->phone);
  g_clear_object (&self->closings);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_desk_call_parent_class)->dispose (object);
}

static void
yihu_desk_call_finalize (GObject *object)
{
  YihuDeskCall *self = YIHU_DESK_CALL (object);

  g_hash_table_unref (self->finished);
  g_ptr_array_unref (self->candidates);
  g_free (self->id);
  g_free (self->number);
  g_free (self->seat);
  g_free (self->area_code);
  G_OBJECT_CLASS (yihu_desk_call_parent_class)->finalize (object);
}

static void
yihu_desk_call_class_init (YihuDeskCallClass *klass)
{
  static const char *const names[N_SIGNALS] = { "changed", "begun", "ended" };

  G_OBJECT_CLASS (klass)->dispose = yihu_desk_call_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_desk_call_finalize;
  for (guint i = 0; i < FAILED; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
yihu_desk_call_init (YihuDeskCall *self)
{
  self->candidates = g_ptr_array_new_with_free_func (yihu_record_unref);
  self->finished = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->id = g_strdup ("");
  self->number = g_strdup ("");
}

YihuDeskCall *
yihu_desk_call_new (YihuBook *book, const char *seat, const char *area_code)
{
  YihuDeskCall *self = g_object_new (YIHU_TYPE_DESK_CALL, NULL);

  self->book = g_object_ref (book);
  self->seat = g_strdup (seat != NULL ? seat : "");
  self->area_code = g_strdup (area_code);
  self->closings = yihu_closings_new (book, self->seat);
  g_signal_connect_object (self->closings, "failed", G_CALLBACK (on_closing_failed), self, 0);
  g_signal_connect_object (book, "record-changed::call", G_CALLBACK (on_book_call), self, 0);
  return self;
}

void
yihu_desk_call_set_phone (YihuDeskCall *self, YihuPhone *phone)
{
  g_return_if_fail (YIHU_IS_DESK_CALL (self));

  if (self->phone != NULL)
    g_signal_handlers_disconnect_by_data (self->phone, self);
  g_set_object (&self->phone, phone);
  if (phone != NULL)
    g_signal_connect_object (phone, "incoming", G_CALLBACK (on_phone_incoming), self,
                             G_CONNECT_SWAPPED);
}

YihuPhone *
yihu_desk_call_get_phone (YihuDeskCall *self)
{
  return self->phone;
}

YihuDeskCallState
yihu_desk_call_get_state (YihuDeskCall *self)
{
  return self->state;
}

gboolean
yihu_desk_call_is_live (YihuDeskCall *self)
{
  return self->state == YIHU_DESK_CALL_TALKING || self->state == YIHU_DESK_CALL_HELD;
}

gboolean
yihu_desk_call_is_muted (YihuDeskCall *self)
{
  return self->muted;
}

gboolean
yihu_desk_call_has_line (YihuDeskCall *self)
{
  return self->line != NULL;
}

const char *
yihu_desk_call_get_id (YihuDeskCall *self)
{
  return self->id;
}

const char *
yihu_desk_call_get_number (YihuDeskCall *self)
{
  return self->number;
}

YihuCall *
yihu_desk_call_get_record (YihuDeskCall *self)
{
  return self->record;
}

gint64
yihu_desk_call_get_urgency (YihuDeskCall *self)
{
  return self->record != NULL ? self->record->urgency : YIHU_URGENCY_GENERAL;
}

YihuCallerKind
yihu_desk_call_get_caller (YihuDeskCall *self)
{
  if (self->elder != NULL)
    return YIHU_CALLER_KNOWN;
  if (self->candidates->len > 1)
    return YIHU_CALLER_SEVERAL;
  return *self->number != '\0' ? YIHU_CALLER_UNKNOWN : YIHU_CALLER_WITHHELD;
}

YihuElder *
yihu_desk_call_get_elder (YihuDeskCall *self)
{
  return self->elder;
}

GPtrArray *
yihu_desk_call_get_candidates (YihuDeskCall *self)
{
  return self->candidates;
}

gint64
yihu_desk_call_get_since_us (YihuDeskCall *self)
{
  return self->since_us;
}

double
yihu_desk_call_get_level (YihuDeskCall *self)
{
  return self->line != NULL ? yihu_phone_call_get_level (self->line) : -90.0;
}

void
yihu_desk_call_adopt (YihuDeskCall *self, YihuCall *record)
{
  if (self->state == YIHU_DESK_CALL_IDLE)
    on_book_call (self->book, record, self);
}
