/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "console/screen.h"

/* Logs in and opens the screen that the account's role gives. Knows screens only as YihuScreen. */

G_BEGIN_DECLS

#define YIHU_APPLICATION_ID "cn.yihu.Console"
#define YIHU_RESOURCE_PATH "/cn/yihu/Console"

#define YIHU_TYPE_APPLICATION (yihu_application_get_type ())
G_DECLARE_FINAL_TYPE (YihuApplication, yihu_application, YIHU, APPLICATION, AdwApplication)

YihuApplication *yihu_application_new (YihuBook *book,
                                       YihuTicker *ticker,
                                       YihuPhoneFactory make_phone,
                                       const char *area_code);
void yihu_application_add_screen (YihuApplication *self, const YihuScreen *screen);

/* What the command line asked for; all nullable. With @login and @password it logs in by itself. */
void yihu_application_set_start (YihuApplication *self,
                                 const char *screen,
                                 const char *login,
                                 const char *password);

/* Style, templates and icons; called by main() and by tests of templates before any widget. */
void yihu_console_register_resources (void);

G_END_DECLS
