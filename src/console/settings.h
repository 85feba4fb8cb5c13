/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Settings of this computer (data/cn.yihu.Console.gschema.xml). A console that runs without being
 * installed has none and takes the defaults of its callers. */

G_BEGIN_DECLS

/* (transfer full) (nullable): NULL where it is empty or there are no settings. */
char *yihu_settings_dup_text (const char *key);

G_END_DECLS
