/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql/database.h"

/* What a store's file is looked at for when it is opened. Waiting; the connection's thread. */

G_BEGIN_DECLS

/* Pages and their order (PRAGMA quick_check), for at most @patience_us: a start must not take
 * minutes because the city is large. CORRUPT; TRUE also where the time was not enough, which is
 * said: the nightly backup reads every page. */
gboolean yihu_sqlite_check_pages (YihuDatabase *database, gint64 patience_us, GError **error);

/* Every table and index of @model, a new and empty store, is there. A missing index is made again,
 * which is said; a missing table is CORRUPT. */
gboolean yihu_sqlite_check_structure (YihuDatabase *database, YihuDatabase *model, GError **error);

G_END_DECLS
