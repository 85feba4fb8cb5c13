/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What lies over the desk to change a card: the form, and the choice between two changes. Both give
 * way to the work on the desk, which keeps what was typed. */

#include "console/desk/desk-window-private.h"

#include "console/desk/card-draft.h"
#include "console/desk/card-editor.h"
#include "console/desk/conflict-card.h"
#include "console/desk/order-card.h"
#include "console/desk/reveal-card.h"
#include "console/widgets.h"

#include <glib/gi18n.h>

static gboolean
is_open (GtkWidget *widget)
{
  return gtk_widget_get_visible (widget);
}

static void
on_decided (YihuDeskWindow *self)
{
  yihu_desk_window_show_form (self);
}

/* Listed from the first letter on, so that it is found again after a crash; shown in the list while
 * the form does not lie over the desk. */
static void
on_draft (YihuDeskWindow *self, const char *elder, const char *name, gboolean kept)
{
  g_autofree char *key = yihu_card_draft_dup_name (elder);

  yihu_drafts_note (self->drafts, key, elder, name, kept);
  if (kept && !is_open (self->editor))
    yihu_todo_model_add_parked (self->todo, YIHU_TODO_CARD, key, name);
  else
    yihu_todo_model_remove_parked (self->todo, key);
}

void
yihu_desk_window_make_edit (YihuDeskWindow *self, GtkOverlay *overlay)
{
  self->editor = yihu_card_editor_new (self->book, self->area_code);
  self->conflict = yihu_conflict_card_new (self->book);
  gtk_overlay_add_overlay (overlay, self->editor);
  gtk_overlay_add_overlay (overlay, self->conflict);
  g_signal_connect_object (self->editor, "draft", G_CALLBACK (on_draft), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->editor, "said", G_CALLBACK (yihu_desk_window_toast), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->conflict, "said", G_CALLBACK (yihu_desk_window_toast), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->conflict, "decided", G_CALLBACK (on_decided), self,
                           G_CONNECT_SWAPPED);
}

void
yihu_desk_window_edit_card (YihuDeskWindow *self)
{
  if (self->elder == NULL || is_open (self->editor) || is_open (self->conflict))
    return;
  yihu_card_editor_open (YIHU_CARD_EDITOR (self->editor), self->elder,
                         yihu_desk_window_is_unlocked (self));
}

void
yihu_desk_window_compare (YihuDeskWindow *self)
{
  YihuTodo *row = yihu_order_card_get_row (YIHU_ORDER_CARD (self->order_card));

  if (row == NULL || !yihu_conflict_card_takes (row) || is_open (self->conflict))
    return;
  yihu_card_editor_park (YIHU_CARD_EDITOR (self->editor));
  if (!yihu_conflict_card_open (YIHU_CONFLICT_CARD (self->conflict), row,
                                yihu_desk_window_is_unlocked (self)))
    yihu_desk_window_toast (self, _ ("This change cannot be read; it can only be dropped."));
}

gboolean
yihu_desk_window_save_edit (YihuDeskWindow *self)
{
  if (is_open (self->reveal))
    yihu_reveal_card_confirm (YIHU_REVEAL_CARD (self->reveal));
  else if (is_open (self->conflict))
    yihu_conflict_card_send (YIHU_CONFLICT_CARD (self->conflict));
  else if (is_open (self->editor))
    yihu_card_editor_save (YIHU_CARD_EDITOR (self->editor));
  else
    return FALSE;
  return TRUE;
}

gboolean
yihu_desk_window_leave_edit (YihuDeskWindow *self)
{
  if (is_open (self->reveal))
    yihu_reveal_card_leave (YIHU_REVEAL_CARD (self->reveal));
  else if (is_open (self->conflict))
    yihu_conflict_card_leave (YIHU_CONFLICT_CARD (self->conflict));
  else if (is_open (self->editor))
    yihu_card_editor_leave (YIHU_CARD_EDITOR (self->editor));
  else
    return FALSE;
  return TRUE;
}

void
yihu_desk_window_park_edit (YihuDeskWindow *self)
{
  yihu_reveal_card_leave (YIHU_REVEAL_CARD (self->reveal));
  if (is_open (self->conflict))
    yihu_conflict_card_leave (YIHU_CONFLICT_CARD (self->conflict));
  yihu_card_editor_park (YIHU_CARD_EDITOR (self->editor));
}

void
yihu_desk_window_refresh_edit (YihuDeskWindow *self)
{
  const char *edited = yihu_card_editor_get_elder (YIHU_CARD_EDITOR (self->editor));
  gboolean same = self->elder != NULL && g_str_equal (edited, self->elder->record.id);

  yihu_card_editor_set_unlocked (YIHU_CARD_EDITOR (self->editor),
                                 same && yihu_desk_window_is_unlocked (self));
  yihu_conflict_card_set_unlocked (YIHU_CONFLICT_CARD (self->conflict),
                                   yihu_desk_window_is_unlocked (self));
}
