/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is masked on the card, shown for half a minute after the centre has logged the reason. It
 * belongs to one person: another card stays masked, and the same card opened again within the time
 * is still shown. The ID number is nowhere kept but here, and goes with the time. */

#include "console/desk/desk-window-private.h"

#include "console/desk/card-panels.h"
#include "console/desk/reveal-card.h"
#include "console/masking.h"
#include "console/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

static gint64
get_now_us (YihuDeskWindow *self)
{
  return yihu_clock_get_monotonic_us (yihu_ticker_get_clock (self->ticker));
}

static void
forget (YihuDeskWindow *self)
{
  if (self->revealed_id_card != NULL)
    explicit_bzero (self->revealed_id_card, strlen (self->revealed_id_card));
  g_clear_pointer (&self->revealed_id_card, g_free);
  g_clear_pointer (&self->revealed, g_free);
  self->reveal_until_us = 0;
}

/* Said by the alert in the foot, because a screen reader does not hear what changes in a card. */
static void
window_tell (YihuDeskWindow *self)
{
  g_autofree char *words = NULL;

  if (self->revealed_id_card == NULL)
    words =
        g_strdup_printf (_ ("Telephone numbers and address are shown for %d s."), YIHU_REVEAL_S);
  else if (*self->revealed_id_card == '\0')
    words = g_strdup (_ ("The register has no ID number of this person."));
  else
    words = g_strdup_printf (_ ("ID number: %s"), self->revealed_id_card);
  yihu_alert_label_say (self->alert, words);
}

static void
on_revealed (YihuDeskWindow *self, const char *elder, const char *id_card)
{
  forget (self);
  self->revealed = g_strdup (elder);
  self->revealed_id_card = g_strdup (id_card);
  self->reveal_until_us = get_now_us (self) + YIHU_REVEAL_S * G_USEC_PER_SEC;
  yihu_desk_window_refresh_card (self);
  window_tell (self);
}

void
yihu_desk_window_make_reveal (YihuDeskWindow *self, GtkOverlay *overlay)
{
  self->reveal = yihu_reveal_card_new (self->book);
  gtk_overlay_add_overlay (overlay, self->reveal);
  g_signal_connect_object (self->reveal, "revealed", G_CALLBACK (on_revealed), self,
                           G_CONNECT_SWAPPED);
}

void
yihu_desk_window_forget_reveal (YihuDeskWindow *self)
{
  forget (self);
}

void
yihu_desk_window_ask_reveal (YihuDeskWindow *self)
{
  if (self->elder != NULL)
    yihu_reveal_card_open (YIHU_REVEAL_CARD (self->reveal), self->elder,
                           yihu_desk_window_is_unlocked (self));
}

/* Whether it is the person on the card. */
gboolean
yihu_desk_window_is_revealed (YihuDeskWindow *self)
{
  return self->reveal_until_us != 0 && self->elder != NULL
         && g_str_equal (self->revealed, self->elder->record.id);
}

/* What stands over the basics: why something is shown, or how to show it. */
void
yihu_desk_window_show_lock (YihuDeskWindow *self)
{
  gint64 left_us = self->reveal_until_us - get_now_us (self);
  gboolean revealed = yihu_desk_window_is_revealed (self);
  g_autofree char *note =
      revealed ? g_strdup_printf (_ ("masked again in %d s"),
                                  (int) ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC))
               : g_strdup (yihu_desk_window_is_unlocked (self) ? _ ("unlocked by the call")
                                                               : _ ("masked · Ctrl+R shows it"));

  if (self->elder == NULL)
    return;
  yihu_card_panels_set_lock (YIHU_CARD_PANELS (self->card), note,
                             revealed ? self->revealed_id_card : NULL);
}

void
yihu_desk_window_beat_reveal (YihuDeskWindow *self)
{
  if (self->reveal_until_us == 0)
    return;
  if (get_now_us (self) < self->reveal_until_us)
    {
      yihu_desk_window_show_lock (self);
      return;
    }
  forget (self);
  yihu_alert_label_say (self->alert, _ ("Masked again."));
  yihu_desk_window_refresh_card (self);
}
