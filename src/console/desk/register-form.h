/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "domain/elder.h"

/* The small form that registers an elder in the call: name, sex, birth day, number, address,
 * street, how the person lives. Builds a record, submits nothing. */

G_BEGIN_DECLS

#define YIHU_TYPE_REGISTER_FORM (yihu_register_form_get_type ())
G_DECLARE_FINAL_TYPE (YihuRegisterForm, yihu_register_form, YIHU, REGISTER_FORM, GtkBox)

/* Signals: "submitted" (YihuElder *elder), "dismissed" (). */
GtkWidget *yihu_register_form_new (YihuBook *book);
void yihu_register_form_begin (YihuRegisterForm *self, const char *number, const char *area_code);
void yihu_register_form_say (YihuRegisterForm *self, const char *sentence);

/* "1944-03-05", "19440305", "1944": yyyymmdd (a year alone is its 1 July); 0: not a birth day. */
int yihu_register_parse_birth (const char *text, int today);

G_END_DECLS
