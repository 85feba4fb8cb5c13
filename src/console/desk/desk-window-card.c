/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who is on the card. One matter is open at a time (the call at the seat, or an elder that was
 * looked up); opening another parks the form of the one before. The person's data is unlocked only
 * while the card is the live call's own, or for the time of a logged reveal. */

#include "console/desk/desk-window-private.h"

#include "base/person-id.h"
#include "base/phone-number.h"
#include "console/desk/call-box.h"
#include "console/desk/caller-panel.h"
#include "console/desk/card-draft.h"
#include "console/desk/card-panels.h"
#include "console/desk/conflict-card.h"
#include "console/desk/history-list.h"
#include "console/desk/nearby-panel.h"
#include "console/desk/order-card.h"
#include "console/desk/order-form.h"
#include "console/desk/place-panel.h"
#include "console/desk/video-panel.h"
#include "console/format.h"
#include "console/masking.h"
#include "console/words.h"

#include <glib/gi18n.h>

#define TYPING_US (2 * G_USEC_PER_SEC)

static gboolean
card_is_callers (YihuDeskWindow *self)
{
  YihuElder *caller = yihu_desk_call_get_elder (self->call);

  return yihu_desk_call_get_state (self->call) != YIHU_DESK_CALL_IDLE && self->elder != NULL
         && caller != NULL && g_str_equal (caller->record.id, self->elder->record.id);
}

gboolean
yihu_desk_window_is_unlocked (YihuDeskWindow *self)
{
  return card_is_callers (self) || yihu_desk_window_is_revealed (self);
}

/* Somebody types: the focus is in a text that holds something, or a key was pressed just now. */
gboolean
yihu_desk_window_is_typing (YihuDeskWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (GTK_IS_TEXT_VIEW (focus))
    return gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (GTK_TEXT_VIEW (focus))) > 0
           || g_get_monotonic_time () - self->key_at_us < TYPING_US;
  if (GTK_IS_TEXT (focus))
    return *gtk_editable_get_text (GTK_EDITABLE (focus)) != '\0'
           || g_get_monotonic_time () - self->key_at_us < TYPING_US;
  return FALSE;
}

static char *
card_make_source (YihuDeskWindow *self)
{
  const char *number = yihu_desk_call_get_number (self->call);
  YihuCall *record = yihu_desk_call_get_record (self->call);
  const char *called = record != NULL && record->called != NULL && *record->called != '\0'
                           ? record->called
                           : "12349";
  g_autofree char *shown = NULL;

  if (!self->on_call || yihu_desk_call_get_state (self->call) == YIHU_DESK_CALL_IDLE)
    return g_strdup ("");
  shown = *number != '\0' ? yihu_phone_number_format (number) : g_strdup (_ ("number withheld"));
  return g_strdup_printf ("%s ⟶ %s", shown, called);
}

static void
card_show_unknown (YihuDeskWindow *self)
{
  YihuCallerKind kind = yihu_desk_call_get_caller (self->call);
  g_autofree char *source = card_make_source (self);
  const char *title = kind == YIHU_CALLER_SEVERAL   ? _ ("Several elders on this number")
                      : kind == YIHU_CALLER_UNKNOWN ? _ ("Unregistered number")
                                                    : _ ("Number withheld");

  yihu_call_box_show_words (YIHU_CALL_BOX (self->call_box), title, source);
  yihu_caller_panel_show (YIHU_CALLER_PANEL (self->caller), kind,
                          yihu_desk_call_get_candidates (self->call),
                          yihu_desk_call_get_number (self->call));
  gtk_stack_set_visible_child (GTK_STACK (self->card_stack), self->caller);
}

static void
card_show_person (YihuDeskWindow *self)
{
  int today = yihu_date_from_us (yihu_book_get_now_us (self->book));
  gboolean unlocked = yihu_desk_window_is_unlocked (self);
  const char *division = yihu_book_get_division_name (self->book, self->elder->record.division);
  g_autofree char *source = card_make_source (self);
  g_autofree char *place = yihu_show_address (self->elder, division, unlocked);
  g_autoptr (GPtrArray) kin = yihu_book_list_kin (self->book, self->elder->record.id);

  yihu_call_box_show_elder (YIHU_CALL_BOX (self->call_box), self->elder, today, source, place,
                            unlocked);
  yihu_card_panels_show (YIHU_CARD_PANELS (self->card), self->elder, kin, division, unlocked);
  yihu_desk_window_show_lock (self);
  gtk_stack_set_visible_child (GTK_STACK (self->card_stack), self->card);
}

static void
card_show_nobody (YihuDeskWindow *self)
{
  yihu_call_box_show_words (YIHU_CALL_BOX (self->call_box), _ ("No call"),
                            _ ("The card opens by itself when a call comes. F3 finds an elder."));
  yihu_card_panels_show (YIHU_CARD_PANELS (self->card), NULL, NULL, "", FALSE);
  gtk_stack_set_visible_child (GTK_STACK (self->card_stack), self->card);
}

static YihuGeoPoint
card_get_point (YihuDeskWindow *self)
{
  YihuGeoPoint nowhere = { 0, 0 };

  return self->elder != NULL ? yihu_geo_point_from_e7 (self->elder->lat_e7, self->elder->lon_e7)
                             : nowhere;
}

/* The camera's reason is the live call; wrap-up is no longer one. */
static void
card_show_video (YihuDeskWindow *self)
{
  if (card_is_callers (self) && yihu_desk_call_is_live (self->call))
    yihu_video_panel_watch (YIHU_VIDEO_PANEL (self->video), card_get_point (self),
                            yihu_desk_call_get_id (self->call));
  else
    yihu_video_panel_stop (YIHU_VIDEO_PANEL (self->video));
}

void
yihu_desk_window_refresh_card (YihuDeskWindow *self)
{
  gboolean busy = yihu_desk_call_get_state (self->call) != YIHU_DESK_CALL_IDLE;

  if (self->elder != NULL)
    card_show_person (self);
  else if (self->on_call && busy)
    card_show_unknown (self);
  else
    card_show_nobody (self);
  yihu_history_list_show (YIHU_HISTORY_LIST (self->history),
                          self->elder != NULL ? self->elder->record.id : NULL);
  yihu_place_panel_show (YIHU_PLACE_PANEL (self->place), self->elder);
  yihu_nearby_panel_show (YIHU_NEARBY_PANEL (self->nearby), card_get_point (self));
  yihu_order_form_set_elder (YIHU_ORDER_FORM (self->form), self->elder);
  card_show_video (self);
  yihu_desk_window_refresh_edit (self);
  yihu_desk_window_refresh_call (self);
  yihu_desk_window_update_actions (self);
}

static void
card_set_elder (YihuDeskWindow *self, YihuElder *elder)
{
  if (elder != NULL)
    yihu_elder_ref (elder);
  g_clear_pointer (&self->elder, yihu_elder_unref);
  self->elder = elder;
}

/* The form now belongs to another matter: what was in it is parked and shows in the to-do list. */
static void
card_take_form (YihuDeskWindow *self, const YihuDraftMatter *before, gboolean parked, char *text)
{
  g_autofree char *taken = text;
  const YihuDraftMatter *open = yihu_drafts_get_open (self->drafts);

  if (parked)
    yihu_todo_model_add_parked (self->todo, YIHU_TODO_PARKED, before->name, before->title);
  yihu_todo_model_remove_parked (self->todo, open->name);
  yihu_order_form_load_text (YIHU_ORDER_FORM (self->form), taken);
  yihu_order_form_set_note (YIHU_ORDER_FORM (self->form), taken != NULL ? _ ("draft, saved") : "");
}

static YihuDraftMatter *
copy_matter (const YihuDraftMatter *matter)
{
  YihuDraftMatter *copy = g_new0 (YihuDraftMatter, 1);

  copy->name = g_strdup (matter->name);
  copy->call = g_strdup (matter->call);
  copy->elder = g_strdup (matter->elder);
  copy->title = g_strdup (matter->title);
  return copy;
}

static void
card_open_matter (YihuDeskWindow *self, const char *call, const char *title)
{
  g_autoptr (YihuDraftMatter) before = copy_matter (yihu_drafts_get_open (self->drafts));
  g_autofree char *text = yihu_order_form_to_text (YIHU_ORDER_FORM (self->form));
  gboolean parked;
  char *opened =
      yihu_drafts_open (self->drafts, text, call, self->elder != NULL ? self->elder->record.id : "",
                        title, &parked);

  if (g_str_equal (before->name, yihu_drafts_get_open (self->drafts)->name))
    g_free (opened);
  else
    card_take_form (self, before, parked, opened);
}

void
yihu_desk_window_show_form (YihuDeskWindow *self)
{
  yihu_desk_window_park_edit (self);
  gtk_stack_set_visible_child (GTK_STACK (self->work_stack), self->form);
}

void
yihu_desk_window_show_call (YihuDeskWindow *self)
{
  const char *title = _ ("Unregistered number");

  self->on_call = TRUE;
  self->card_waits = FALSE;
  card_set_elder (self, yihu_desk_call_get_elder (self->call));
  if (self->elder != NULL)
    title = self->elder->name;
  card_open_matter (self, yihu_desk_call_get_id (self->call), title);
  yihu_desk_window_show_form (self);
  yihu_desk_window_refresh_card (self);
}

void
yihu_desk_window_show_elder (YihuDeskWindow *self, YihuElder *elder)
{
  YihuElder *caller = yihu_desk_call_get_elder (self->call);

  if (elder != NULL && caller != NULL && g_str_equal (caller->record.id, elder->record.id))
    {
      yihu_desk_window_show_call (self);
      return;
    }
  self->on_call = FALSE;
  card_set_elder (self, elder);
  card_open_matter (self, "", elder != NULL ? elder->name : "");
  yihu_desk_window_show_form (self);
  yihu_desk_window_refresh_card (self);
}

static void
card_open_parked (YihuDeskWindow *self, const char *name)
{
  g_autoptr (YihuDraftMatter) before = copy_matter (yihu_drafts_get_open (self->drafts));
  g_autofree char *text = yihu_order_form_to_text (YIHU_ORDER_FORM (self->form));
  const YihuDraftMatter *open;
  g_autoptr (YihuElder) elder = NULL;
  gboolean parked;
  char *opened;

  if (yihu_drafts_find_parked (self->drafts, name) == NULL)
    return;
  opened = yihu_drafts_open_parked (self->drafts, text, name, &parked);
  open = yihu_drafts_get_open (self->drafts);
  if (*open->elder != '\0')
    elder = yihu_book_get (self->book, &yihu_elder_type, open->elder);
  self->on_call =
      *open->call != '\0' && g_str_equal (open->call, yihu_desk_call_get_id (self->call));
  card_set_elder (self, elder);
  card_take_form (self, before, parked, opened);
  yihu_desk_window_show_form (self);
  yihu_desk_window_refresh_card (self);
}

static void
card_open_draft (YihuDeskWindow *self, const char *name)
{
  const YihuDraftMatter *matter = yihu_drafts_find_parked (self->drafts, name);
  g_autoptr (YihuElder) elder =
      matter != NULL ? yihu_book_get (self->book, &yihu_elder_type, matter->elder) : NULL;

  if (elder == NULL)
    {
      yihu_desk_window_toast (self, _ ("This person is not in the register of this desk now."));
      return;
    }
  yihu_desk_window_show_elder (self, elder);
  yihu_desk_window_edit_card (self);
}

void
yihu_desk_window_show_todo (YihuDeskWindow *self, YihuTodo *row)
{
  YihuOrder *order = yihu_todo_get_order (row);
  YihuCall *call = yihu_todo_get_call (row);
  const char *id = order != NULL ? order->elder : call != NULL ? call->elder : NULL;
  gboolean conflicts = yihu_conflict_card_takes (row);
  g_autoptr (YihuElder) elder = NULL;

  if (yihu_todo_get_kind (row) == YIHU_TODO_PARKED)
    {
      card_open_parked (self, yihu_todo_get_key (row));
      return;
    }
  if (yihu_todo_get_kind (row) == YIHU_TODO_CARD)
    {
      card_open_draft (self, yihu_todo_get_key (row));
      return;
    }
  if (yihu_todo_get_command (row) != NULL)
    id = yihu_todo_get_command (row)->object; /* nobody where it is not an elder's */
  if (id != NULL && *id != '\0')
    elder = yihu_book_get (self->book, &yihu_elder_type, id);
  if (elder != NULL)
    yihu_desk_window_show_elder (self, elder);
  yihu_order_card_show (YIHU_ORDER_CARD (self->order_card), row);
  gtk_stack_set_visible_child (GTK_STACK (self->work_stack), self->order_card);
  yihu_todo_model_dismiss (self->todo, yihu_todo_get_key (row));
  if (conflicts)
    yihu_desk_window_compare (self);
}

void
yihu_desk_window_restore (YihuDeskWindow *self)
{
  const YihuDraftMatter *open = yihu_drafts_get_open (self->drafts);
  g_autoptr (GPtrArray) parked = yihu_drafts_list_parked (self->drafts);
  g_autofree char *text = yihu_drafts_load_open (self->drafts);
  g_autoptr (YihuElder) elder = NULL;

  for (guint i = 0; i < parked->len; i++)
    {
      const YihuDraftMatter *each = g_ptr_array_index (parked, i);

      yihu_todo_model_add_parked (self->todo,
                                  yihu_card_draft_is_name (each->name) ? YIHU_TODO_CARD
                                                                       : YIHU_TODO_PARKED,
                                  each->name, each->title);
    }
  if (text != NULL)
    {
      if (*open->elder != '\0')
        elder = yihu_book_get (self->book, &yihu_elder_type, open->elder);
      card_set_elder (self, elder);
      yihu_order_form_load_text (YIHU_ORDER_FORM (self->form), text);
      yihu_order_form_set_note (YIHU_ORDER_FORM (self->form), _ ("draft, restored"));
    }
  yihu_desk_window_refresh_card (self);
}

void
yihu_desk_window_form_changed (YihuDeskWindow *self)
{
  g_autofree char *text = yihu_order_form_to_text (YIHU_ORDER_FORM (self->form));

  yihu_drafts_save (self->drafts, text);
  yihu_drafts_set_person (self->drafts, self->elder != NULL ? self->elder->record.id : "",
                          self->elder != NULL ? self->elder->name : _ ("Unregistered number"));
  yihu_order_form_set_note (YIHU_ORDER_FORM (self->form), text != NULL ? _ ("draft, saved") : "");
}

void
yihu_desk_window_clear_form (YihuDeskWindow *self)
{
  yihu_order_form_load_text (YIHU_ORDER_FORM (self->form), NULL);
  yihu_drafts_save (self->drafts, NULL);
  yihu_order_form_set_note (YIHU_ORDER_FORM (self->form), "");
}
