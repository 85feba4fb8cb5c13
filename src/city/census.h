/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/catalogue.h"

#include <gio/gio.h>

/* All elders of the city with their kin, household by household in the order of the communities,
 * never more than one household in memory. Each household draws from a stream of its own. */

G_BEGIN_DECLS

typedef struct
{
  YihuElder *elders[2];
  guint n_elders;
  GPtrArray *kin; /* (element-type YihuKin) */
} YihuHousehold;

/* FALSE with error stops the census. */
typedef gboolean (*YihuHouseholdFunc) (const YihuHousehold *household,
                                       gpointer data,
                                       GError **error);

/* @as_of: yyyymmdd. Calls @func until exactly @n_elders have been told of. */
gboolean yihu_census_take (YihuCatalogue *catalogue,
                           int as_of,
                           guint n_elders,
                           YihuHouseholdFunc func,
                           gpointer data,
                           GError **error);

G_END_DECLS
