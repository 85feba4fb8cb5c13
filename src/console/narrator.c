/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Puts changes of calls, orders and the connection into lines. Reads the book's signals, keeps the
 * last state of each object so that a line stands for a move and not for every new version. */

#include "console/narrator.h"

#include "base/person-id.h"
#include "base/phone-number.h"

#include <stdio.h>

struct _YihuNarrator
{
  GObject parent_instance;

  YihuBook *book;
  GHashTable *states; /* (owned) id -> last state + 1 */
  YihuBookState told_state;
};

G_DEFINE_FINAL_TYPE (YihuNarrator, yihu_narrator, G_TYPE_OBJECT)

static void narrator_say (YihuNarrator *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
narrator_say (YihuNarrator *self, const char *format, ...)
{
  g_autoptr (GDateTime) now =
      g_date_time_new_from_unix_local (yihu_book_get_now_us (self->book) / G_USEC_PER_SEC);
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printf ("%s %s\n", time, text);
  fflush (stdout);
}

/* TRUE where @state is not the state that was told last. */
static gboolean
narrator_note_state (YihuNarrator *self, const char *id, gint64 state)
{
  gpointer told = g_hash_table_lookup (self->states, id);

  if (GPOINTER_TO_INT (told) == state + 1)
    return FALSE;
  g_hash_table_replace (self->states, g_strdup (id), GINT_TO_POINTER ((int) state + 1));
  return TRUE;
}

static char *
narrator_dup_elder (YihuNarrator *self, const char *id)
{
  g_autoptr (YihuElder) elder = NULL;

  if (id != NULL && *id != '\0')
    elder = yihu_book_get (self->book, &yihu_elder_type, id);
  if (elder == NULL)
    return g_strdup ("unknown");
  return g_strdup_printf ("%s %d", elder->name,
                          yihu_date_get_age ((int) elder->birth,
                                             yihu_date_from_us (
                                                 yihu_book_get_now_us (self->book))));
}

static void
on_call_changed (YihuBook *book, YihuRecord *record, YihuNarrator *self)
{
  YihuCall *call = (YihuCall *) record;
  const YihuField *field = yihu_record_type_find_field (&yihu_call_type, "state");
  g_autofree char *elder = NULL;
  g_autofree char *number = NULL;
  gboolean has_seat = call->seat != NULL && *call->seat != '\0';

  if (!narrator_note_state (self, record->id, call->state))
    return;
  elder = narrator_dup_elder (self, call->elder);
  number = call->number != NULL && *call->number != '\0' ? yihu_phone_number_format (call->number)
                                                         : g_strdup ("withheld");
  narrator_say (self, "call %s %s%s%s %s", number, yihu_record_get_text (record, field),
                has_seat ? " seat " : "", has_seat ? call->seat : "", elder);
}

static void
on_order_changed (YihuBook *book, YihuRecord *record, YihuNarrator *self)
{
  YihuOrder *order = (YihuOrder *) record;
  const YihuField *field = yihu_record_type_find_field (&yihu_order_type, "state");
  g_autoptr (YihuServiceItem) item = NULL;
  g_autofree char *elder = NULL;

  if (!narrator_note_state (self, record->id, order->state))
    return;
  item = yihu_book_get (self->book, &yihu_service_item_type, order->item);
  elder = narrator_dup_elder (self, order->elder);
  narrator_say (self, "order %s %s %s %s",
                order->number != NULL && *order->number != '\0' ? order->number : "(waiting)",
                yihu_record_get_text (record, field), item != NULL ? item->name : order->item,
                elder);
}

/* Catching up is daily life and no news. */
static void
on_state_changed (YihuBook *book, GParamSpec *pspec, YihuNarrator *self)
{
  static const char *const words[] = { [YIHU_BOOK_FETCHING] = "fetching the register",
                                       [YIHU_BOOK_OFFLINE] = "offline",
                                       [YIHU_BOOK_ONLINE] = "connected",
                                       [YIHU_BOOK_REFUSED] = "refused by the server" };
  YihuBookState state = yihu_book_get_state (book);

  if (state == YIHU_BOOK_CLOSED || state == YIHU_BOOK_CATCHING_UP || state == self->told_state)
    return;
  self->told_state = state;
  narrator_say (self, "desk %s", words[state]);
}

static void
on_refused (YihuBook *book, YihuCommand *command, const GError *error, YihuNarrator *self)
{
  narrator_say (self, "refused %s: %s", command->name, error->message);
}

static void
yihu_narrator_dispose (GObject *object)
{
  YihuNarrator *self = YIHU_NARRATOR (object);

  if (self->book != NULL)
    g_signal_handlers_disconnect_by_data (self->book, self);
  g_clear_object (&self->book);
  g_clear_pointer (&self->states, g_hash_table_unref);
  G_OBJECT_CLASS (yihu_narrator_parent_class)->dispose (object);
}

static void
yihu_narrator_class_init (YihuNarratorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_narrator_dispose;
}

static void
yihu_narrator_init (YihuNarrator *self)
{
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

YihuNarrator *
yihu_narrator_new (YihuBook *book)
{
  YihuNarrator *self = g_object_new (YIHU_TYPE_NARRATOR, NULL);

  self->book = g_object_ref (book);
  g_signal_connect (book, "record-changed::call", G_CALLBACK (on_call_changed), self);
  g_signal_connect (book, "record-changed::service_order", G_CALLBACK (on_order_changed), self);
  g_signal_connect (book, "notify::state", G_CALLBACK (on_state_changed), self);
  g_signal_connect (book, "refused", G_CALLBACK (on_refused), self);
  return self;
}
