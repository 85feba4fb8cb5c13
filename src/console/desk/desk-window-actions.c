/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The verbs of the desk. Each is one GAction with one name, used by button, key, menu and test
 * alike; what can not be done now is insensitive. Nothing here throws text away. */

#include "console/desk/desk-window-private.h"

#include "base/error.h"
#include "base/identifier.h"
#include "console/desk/caller-panel.h"
#include "console/desk/order-form.h"
#include "console/desk/place-panel.h"
#include "console/desk/search-panel.h"
#include "console/desk/side-column.h"
#include "console/words.h"

#include <glib/gi18n.h>

void
yihu_desk_window_toast (YihuDeskWindow *self, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, 4);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), toast);
}

static void
window_say_error (YihuDeskWindow *self, const GError *error)
{
  g_autofree char *words = yihu_words_error (error);

  yihu_order_form_say (YIHU_ORDER_FORM (self->form), words);
}

/* --- the call --- */

static void
on_answer (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  yihu_desk_call_answer (self->call);
}

static void
on_hangup (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  yihu_desk_call_hang_up (self->call);
}

static void
on_hold (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  yihu_desk_call_toggle_hold (self->call);
}

static void
on_mute (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  yihu_desk_call_toggle_mute (self->call);
}

static void
on_seat (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;
  YihuPhone *phone = yihu_desk_call_get_phone (self->call);

  self->wants_ready = !self->wants_ready;
  if (phone != NULL)
    yihu_phone_send_seat (phone, self->wants_ready ? "ready" : "away");
  yihu_desk_window_update_actions (self);
}

static void
on_outcome_change (GSimpleAction *action, GVariant *value, gpointer data)
{
  YihuDeskWindow *self = data;
  const YihuField *field = yihu_record_type_find_field (&yihu_call_type, "outcome");
  int outcome = yihu_field_find_nick (field, g_variant_get_string (value, NULL));

  if (outcome >= 0)
    yihu_desk_call_set_outcome (self->call, (YihuCallOutcome) outcome);
}

static void
on_number_added (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuDeskWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!yihu_book_submit_finish (YIHU_BOOK (object), result, &error) && self->call != NULL)
    window_say_error (self, error);
}

/* The number that called goes to the elder, where it is not there yet and a place is free. */
static void
window_add_number (YihuDeskWindow *self, YihuElder *elder)
{
  const char *number = yihu_desk_call_get_number (self->call);
  gboolean second = elder->phone != NULL && *elder->phone != '\0';
  g_autoptr (YihuCommand) command = NULL;
  g_autoptr (YihuElder) overlay = NULL;

  if (*number == '\0' || yihu_desk_call_get_caller (self->call) != YIHU_CALLER_UNKNOWN
      || (second && elder->phone2 != NULL && *elder->phone2 != '\0'))
    return;
  command = yihu_command_new ("elder.add-phone", elder->record.id, elder->record.version,
                              yihu_book_get_now_us (self->book));
  yihu_command_set_text (command, "phone", number);
  overlay = yihu_record_dup (elder);
  if (second)
    yihu_record_take (overlay->phone2, g_strdup (number));
  else
    yihu_record_take (overlay->phone, g_strdup (number));
  yihu_book_submit_async (self->book, command, overlay, on_number_added, g_object_ref (self));
}

static void
on_identified (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuDeskWindow) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = yihu_desk_call_identify_finish (YIHU_DESK_CALL (object), result, &error);

  if (self->call == NULL)
    return;
  if (done)
    yihu_desk_window_show_call (self);
  else
    window_say_error (self, error);
}

static void
on_identify (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;
  g_autoptr (YihuElder) elder = yihu_elder_ref (self->elder);

  window_add_number (self, elder);
  yihu_desk_call_identify_async (self->call, elder, on_identified, g_object_ref (self));
}

/* --- saving --- */

/* What is being written: the form keeps its text until it is, and is not saved twice. */
typedef struct
{
  YihuDeskWindow *window; /* (owned) */
  char *form; /* as it stood */
  char *call; /* "" outside a call */
  char *sentence; /* for the toast */
  gboolean is_order; /* else advice */
  gboolean closes; /* wrap-up ends with it */
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->window);
  g_free (saving->form);
  g_free (saving->call);
  g_free (saving->sentence);
  g_free (saving);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static Saving *
saving_new (YihuDeskWindow *self, gboolean is_order, const char *sentence)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->window = g_object_ref (self);
  saving->form = yihu_order_form_to_text (YIHU_ORDER_FORM (self->form));
  saving->call = g_strdup (yihu_drafts_get_open (self->drafts)->call);
  saving->sentence = g_strdup (sentence);
  saving->is_order = is_order;
  self->saving = TRUE;
  return saving;
}

static void
window_note_saved (YihuDeskWindow *self, const Saving *saving)
{
  g_autofree char *form = yihu_order_form_to_text (YIHU_ORDER_FORM (self->form));
  gboolean same_call =
      *saving->call != '\0' && g_str_equal (saving->call, yihu_desk_call_get_id (self->call));

  if (same_call && saving->is_order)
    yihu_desk_call_note_order (self->call);
  else if (same_call)
    yihu_desk_call_set_outcome (self->call, YIHU_OUTCOME_ADVICE);
  /* What was typed on a slow disk meanwhile is not what was saved. */
  if (g_str_equal (form, saving->form))
    yihu_desk_window_clear_form (self);
  yihu_desk_window_toast (self, saving->sentence);
}

static void
on_form_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Saving) saving = data;
  YihuDeskWindow *self = saving->window;
  g_autoptr (GError) error = NULL;
  gboolean kept = yihu_book_submit_finish (YIHU_BOOK (object), result, &error);

  self->saving = FALSE;
  if (self->call == NULL)
    return;
  if (!kept)
    {
      window_say_error (self, error);
      return;
    }
  window_note_saved (self, saving);
  if (saving->closes && yihu_desk_call_get_state (self->call) == YIHU_DESK_CALL_WRAPUP)
    yihu_desk_window_close_call (self);
}

static void
window_place_order (YihuDeskWindow *self, gboolean closes)
{
  YihuAccount *account = yihu_book_get_account (self->book);
  const YihuDraftMatter *matter = yihu_drafts_get_open (self->drafts);
  gint64 now_us = yihu_book_get_now_us (self->book);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuOrder) order =
      yihu_order_form_build (YIHU_ORDER_FORM (self->form), now_us, &error);
  g_autoptr (YihuCommand) command = NULL;
  g_autofree char *sentence = NULL;
  Saving *saving;

  if (order == NULL)
    return;
  order->call = g_strdup (matter->call);
  order->seat = g_strdup (self->seat);
  order->placed_by = g_strdup (account != NULL ? account->record.id : "");
  command = yihu_command_new ("order.create", order->record.id, 0, now_us);
  yihu_command_set_record (command, "order", order);
  sentence =
      g_strdup_printf (yihu_book_get_state (self->book) == YIHU_BOOK_ONLINE
                           ? _ ("Order sent to %s")
                           : _ ("Order for %s kept here; it is sent when the centre is back"),
                       yihu_catalogue_get_provider_name (self->catalogue, order->provider));
  saving = saving_new (self, TRUE, sentence);
  saving->closes = closes;
  yihu_book_submit_async (self->book, command, order, on_form_saved, saving);
}

void
yihu_desk_window_close_call (YihuDeskWindow *self)
{
  YihuOrderForm *form = YIHU_ORDER_FORM (self->form);
  gboolean own =
      g_str_equal (yihu_drafts_get_open (self->drafts)->call, yihu_desk_call_get_id (self->call));
  gboolean order_begun = self->elder != NULL && yihu_order_form_is_begun (form);
  g_autofree char *note = own && !order_begun ? yihu_order_form_dup_note (form) : NULL;

  /* The note goes with the call, which keeps it in a draft of its own until it is in the outbox:
   * out of the form, or it would be parked as a draft as well. */
  if (note != NULL)
    yihu_desk_window_clear_form (self);
  yihu_desk_call_close (self->call, note);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;
  YihuOrderForm *form = YIHU_ORDER_FORM (self->form);
  gboolean wrapup = yihu_desk_call_get_state (self->call) == YIHU_DESK_CALL_WRAPUP;
  gboolean dirty = yihu_order_form_is_dirty (form);

  if (yihu_desk_window_save_edit (self))
    return;
  yihu_desk_window_show_form (self);
  if (self->saving)
    yihu_order_form_say (form, _ ("Being saved…"));
  else if (!wrapup && !dirty)
    yihu_order_form_say (form, _ ("Nothing to save yet: F9 begins an order."));
  /* In wrap-up a bare note is the call's note; an order is one that was begun, for somebody. */
  else if (dirty && (!wrapup || (self->elder != NULL && yihu_order_form_is_begun (form))))
    window_place_order (self, wrapup);
  else
    yihu_desk_window_close_call (self);
}

static void
on_advice (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;
  YihuAccount *account = yihu_book_get_account (self->book);
  const YihuDraftMatter *matter = yihu_drafts_get_open (self->drafts);
  g_autofree char *id = yihu_identifier_new ();
  g_autofree char *text = yihu_order_form_dup_note (YIHU_ORDER_FORM (self->form));
  g_autoptr (YihuNote) note = yihu_note_new (id);
  g_autoptr (YihuCommand) command = NULL;

  if (self->saving)
    return;
  if (*text == '\0')
    {
      yihu_order_form_say (YIHU_ORDER_FORM (self->form), _ ("Write down what was advised."));
      yihu_order_form_focus (YIHU_ORDER_FORM (self->form));
      return;
    }
  note->record.division = self->elder != NULL ? self->elder->record.division : 0;
  note->elder = g_strdup (self->elder != NULL ? self->elder->record.id : "");
  note->call = g_strdup (matter->call);
  note->text = g_strdup (text);
  note->at_us = yihu_book_get_now_us (self->book);
  note->author = g_strdup (account != NULL ? account->record.id : "");
  note->author_name = g_strdup (account != NULL ? account->name : "");
  command = yihu_command_new ("note.add", id, 0, note->at_us);
  yihu_command_set_record (command, "note", note);
  yihu_book_submit_async (self->book, command, note, on_form_saved,
                          saving_new (self, FALSE, _ ("Saved as advice.")));
}

/* --- moving about --- */

static void
on_order (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  /* From the caller, whoever was being looked at. */
  if (yihu_desk_call_get_state (self->call) != YIHU_DESK_CALL_IDLE && !self->on_call)
    yihu_desk_window_show_call (self);
  yihu_desk_window_show_form (self);
  if (self->elder == NULL)
    {
      yihu_order_form_say (YIHU_ORDER_FORM (self->form), _ ("Say first who is calling."));
      yihu_caller_panel_focus (YIHU_CALLER_PANEL (self->caller));
      return;
    }
  yihu_order_form_begin (YIHU_ORDER_FORM (self->form));
  yihu_order_form_focus (YIHU_ORDER_FORM (self->form));
}

static void
on_edit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  yihu_desk_window_edit_card (data);
}

static void
on_reveal (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  yihu_desk_window_ask_reveal (data);
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  yihu_search_panel_open (YIHU_SEARCH_PANEL (self->search));
}

static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  gtk_widget_set_visible (self->help, !gtk_widget_get_visible (self->help));
}

static void
on_map (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  yihu_side_column_show (YIHU_SIDE_COLUMN (self->side), self->place);
  yihu_place_panel_focus (YIHU_PLACE_PANEL (self->place));
}

static void
on_todo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuDeskWindow *self = data;

  gtk_widget_child_focus (self->todo_list, GTK_DIR_TAB_FORWARD);
}

static void
on_fullscreen (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = data;

  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

void
yihu_desk_window_add_actions (YihuDeskWindow *self)
{
  static const GActionEntry entries[] = {
    { "help", on_help, NULL, NULL, NULL, { 0 } },
    { "answer", on_answer, NULL, NULL, NULL, { 0 } },
    { "search", on_search, NULL, NULL, NULL, { 0 } },
    { "hangup", on_hangup, NULL, NULL, NULL, { 0 } },
    { "hold", on_hold, NULL, NULL, NULL, { 0 } },
    { "mute", on_mute, NULL, NULL, NULL, { 0 } },
    { "seat", on_seat, NULL, NULL, NULL, { 0 } },
    { "order", on_order, NULL, NULL, NULL, { 0 } },
    { "save", on_save, NULL, NULL, NULL, { 0 } },
    { "advice", on_advice, NULL, NULL, NULL, { 0 } },
    { "identify", on_identify, NULL, NULL, NULL, { 0 } },
    { "edit", on_edit, NULL, NULL, NULL, { 0 } },
    { "reveal", on_reveal, NULL, NULL, NULL, { 0 } },
    { "map", on_map, NULL, NULL, NULL, { 0 } },
    { "todo", on_todo, NULL, NULL, NULL, { 0 } },
    { "fullscreen", on_fullscreen, NULL, NULL, NULL, { 0 } },
    { "outcome", NULL, "s", "'none'", on_outcome_change, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

static void
window_enable (YihuDeskWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* A button that becomes insensitive keeps the focus and swallows every key (see widgets.h). */
static void
window_keep_keys (YihuDeskWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus != NULL && (!gtk_widget_is_sensitive (focus) || !gtk_widget_get_mapped (focus)))
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

void
yihu_desk_window_update_actions (YihuDeskWindow *self)
{
  const YihuField *field = yihu_record_type_find_field (&yihu_call_type, "outcome");
  YihuDeskCallState state = yihu_desk_call_get_state (self->call);
  YihuElder *caller = yihu_desk_call_get_elder (self->call);
  gboolean line = yihu_desk_call_has_line (self->call);
  gboolean live = yihu_desk_call_is_live (self->call);
  gboolean other = self->elder != NULL
                   && (caller == NULL || !g_str_equal (caller->record.id, self->elder->record.id));
  GAction *outcome = g_action_map_lookup_action (G_ACTION_MAP (self), "outcome");

  window_enable (self, "answer", line && state == YIHU_DESK_CALL_RINGING);
  window_enable (self, "hangup", line && live);
  window_enable (self, "hold", line && live);
  window_enable (self, "mute", line && live);
  window_enable (self, "seat",
                 state == YIHU_DESK_CALL_IDLE && yihu_desk_call_get_phone (self->call) != NULL);
  window_enable (self, "order", self->elder != NULL || state != YIHU_DESK_CALL_IDLE);
  window_enable (self, "edit", self->elder != NULL);
  window_enable (self, "reveal", self->elder != NULL);
  window_enable (self, "advice", self->elder != NULL || state != YIHU_DESK_CALL_IDLE);
  window_enable (self, "identify", other && state != YIHU_DESK_CALL_IDLE);
  window_enable (self, "outcome", state != YIHU_DESK_CALL_IDLE);
  gtk_widget_set_visible (self->identify_button, other && state != YIHU_DESK_CALL_IDLE);
  g_simple_action_set_state (G_SIMPLE_ACTION (outcome),
                             g_variant_new_string (
                                 field->nicks[yihu_desk_call_get_outcome (self->call)]));
  window_keep_keys (self);
}
