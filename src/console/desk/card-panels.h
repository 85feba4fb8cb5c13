/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "domain/kinds.h"

/* The two cards side by side: basics and contacts, health summary. Takes records. */

G_BEGIN_DECLS

#define YIHU_TYPE_CARD_PANELS (yihu_card_panels_get_type ())
G_DECLARE_FINAL_TYPE (YihuCardPanels, yihu_card_panels, YIHU, CARD_PANELS, GtkBox)

GtkWidget *yihu_card_panels_new (void);

/* @elder nullable: nobody is shown. @kin: YihuKin by rank (nullable). @division: "建丰街道". */
void yihu_card_panels_show (YihuCardPanels *self,
                            const YihuElder *elder,
                            GPtrArray *kin,
                            const char *division,
                            gboolean unlocked);
/* @note: why it is masked or not. @id_card: (nullable): stands on the card while it is given. */
void yihu_card_panels_set_lock (YihuCardPanels *self, const char *note, const char *id_card);
void yihu_card_panels_set_freshness (YihuCardPanels *self,
                                     YihuBookState state,
                                     gint64 synced_at_us,
                                     gint64 now_us);

G_END_DECLS
