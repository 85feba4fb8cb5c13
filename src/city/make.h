/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* "yihu-city make": writes the whole city into a directory, the same bytes for the same options. */

G_BEGIN_DECLS

#define YIHU_CITY_AS_OF 20261121
#define YIHU_CITY_EDITION 1 /* goes up whenever the same options make another city */

typedef struct
{
  guint n_elders;
  guint64 seed;
  int as_of; /* yyyymmdd */
  guint rtsp_port;
  gboolean has_demo_passwords;
  const char *password; /* (nullable) one for all, where there are no demo passwords */
  const char *directory;
} YihuMakeOptions;

gboolean yihu_make_city (const YihuMakeOptions *options, GError **error);

G_END_DECLS
