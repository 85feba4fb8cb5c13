/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "base/geo-point.h"

/* Makes base map packages for the tests: a small invented town with coast, river, parks, streets,
 * districts and names; or an empty package to which a test adds rows of its own, good or bad. */

G_BEGIN_DECLS

sqlite3 *yihu_test_package_create (const char *path); /* tables and meta; a transaction is open */
void yihu_test_package_add (sqlite3 *db,
                            const char *class,
                            const char *name, /* (nullable) */
                            int min_zoom,
                            const YihuGeoPoint *points,
                            guint n_points);
void yihu_test_package_add_blob (sqlite3 *db,
                                 const char *class,
                                 const char *name,
                                 int min_zoom,
                                 gconstpointer blob,
                                 gsize size);
void yihu_test_package_finish (sqlite3 *db);

#define YIHU_TEST_TOWN_LAT 40.66
#define YIHU_TEST_TOWN_LON 122.23
void yihu_test_package_make_town (const char *path);

G_END_DECLS
