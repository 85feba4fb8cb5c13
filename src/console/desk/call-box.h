/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "domain/elder.h"

/* The head of the card: who it is, how urgent, where from, and the call's state and timer. Takes
 * records and words, knows neither book nor telephone. */

G_BEGIN_DECLS

#define YIHU_TYPE_CALL_BOX (yihu_call_box_get_type ())
G_DECLARE_FINAL_TYPE (YihuCallBox, yihu_call_box, YIHU, CALL_BOX, GtkBox)

typedef enum
{
  YIHU_CALL_BOX_QUIET, /* nobody, or only looking at a card */
  YIHU_CALL_BOX_RINGING,
  YIHU_CALL_BOX_TALKING,
  YIHU_CALL_BOX_HELD,
  YIHU_CALL_BOX_WRAPUP,
} YihuCallBoxMood;

GtkWidget *yihu_call_box_new (void);

/* @place: address or division as it may be shown. @source: "138****4412 ⟶ 12349" or "". */
void yihu_call_box_show_elder (YihuCallBox *self,
                               const YihuElder *elder,
                               int today,
                               const char *source,
                               const char *place,
                               gboolean unlocked);
/* Nobody known: "Unregistered number", "Several elders on this number", "Ready". */
void yihu_call_box_show_words (YihuCallBox *self, const char *title, const char *detail);
void yihu_call_box_set_urgency (YihuCallBox *self, gint64 urgency); /* -1: none */
void yihu_call_box_set_call (YihuCallBox *self, YihuCallBoxMood mood, const char *words);
void yihu_call_box_set_compact (YihuCallBox *self, gboolean compact); /* no portrait */
void yihu_call_box_set_timer (YihuCallBox *self, const char *timer); /* "" hides */

G_END_DECLS
