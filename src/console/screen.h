/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "console/keys.h"
#include "console/ticker.h"
#include "phone/phone.h"

/* How a screen (desk, wall, review) registers itself. Each screen's folder exports one constant
 * `const YihuScreen yihu_NAME_screen`; main.c hands them to yihu_application_add_screen(). The
 * application knows screens only through this struct, and a screen knows the application only as
 * what opened it: everything it needs is in the context, which it copies into construct properties
 * of its own window. */

G_BEGIN_DECLS

/* The seat's line, made once the server has given SIP credentials; NULL with error where the port
 * cannot be bound. main.c gives the real one, tests a fake. (transfer full) */
typedef YihuPhone *(*YihuPhoneFactory) (YihuSession *session, GError **error);

typedef struct
{
  GtkApplication *application;
  YihuBook *book; /* logged in */
  YihuTicker *ticker; /* one beat a second for every clock, timer and age on screen */
  YihuPhoneFactory make_phone; /* (nullable) */
  const char *area_code; /* of the deployment, "0417": for numbers that come without one */
} YihuScreenContext;

typedef struct
{
  const char *name; /* "desk": also the command line option "--desk" and the target of app.screen */
  const char *title; /* N_("Operator desk") */
  guint roles; /* mask of 1 << YihuRole: who may open it */
  guint home_roles; /* whose first screen it is after log-in */
  const YihuKey *keys; /* the screen's verbs; actions are "win.VERB" of its window */
  guint n_keys;
  gboolean never_locks; /* it shows nobody in full and hangs where people come and go */
  GtkWindow *(*create) (const YihuScreenContext *context); /* not yet presented */
  gint64 (*get_urgency) (GtkWindow *window); /* (nullable): YihuUrgency of its call */
} YihuScreen;

#define YIHU_ROLE_BIT(role) (1u << (role))

G_END_DECLS
