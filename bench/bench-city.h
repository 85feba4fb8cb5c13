/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/cache.h"

/* A console's copy of a large city, for the bars of look-up and search. */

#define BENCH_CITY_LO G_GINT64_CONSTANT (210800000000)
#define BENCH_CITY_HI G_GINT64_CONSTANT (210900000000)

/* Opens the copy in @directory, which is made first where there is none of @n elders of this make:
 * the people of the demo city's census with kin and ID numbers, a terminal for every eighth, orders
 * and calls, through the same writer as the server's snapshots. Anybody may start a console on it
 * (docs/offline-copy.md): the log-in is kept under @login and @password. Ends the program where it
 * cannot be. */
YihuCache *
bench_city_open (const char *directory, guint n, const char *login, const char *password);
