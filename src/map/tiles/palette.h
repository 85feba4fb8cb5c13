/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

#include "map/tiles/base-package.h"

/* How the base map looks: colours of the light map (desk, review) and the dark one (wall, dark
 * style), and widths and fonts by zoom. The one place with map colours, because tiles are painted
 * by workers that no style sheet reaches. */

G_BEGIN_DECLS

typedef struct
{
  guint32 fill; /* 0xRRGGBB */
  guint32 casing; /* outline of lines, border of areas */
  guint32 text;
} YihuFeatureColours;

typedef struct
{
  guint32 sea; /* outside of all land, where the package has land */
  guint32 halo; /* behind labels */
  YihuFeatureColours feature[YIHU_N_FEATURE_CLASSES];
} YihuMapPalette;

typedef enum
{
  YIHU_LINE_NONE,
  YIHU_LINE_SOLID,
  YIHU_LINE_DASHED,
} YihuLineKind;

typedef struct
{
  double width_px; /* of the fill; 0: not drawn at this zoom */
  double casing_px; /* added on both sides together; 0: none */
  YihuLineKind kind;
  double dash_px[2];
} YihuLineStyle;

typedef struct
{
  double size_px;
  gboolean bold;
  guint lowest_zoom;
  guint highest_zoom;
  guint rank; /* lower ranks are placed first */
} YihuLabelStyle;

const YihuMapPalette *yihu_map_palette_get (gboolean dark);
void yihu_map_palette_get_rgba (guint32 colour, GdkRGBA *rgba);
YihuLineStyle yihu_line_style (YihuFeatureClass class, double zoom);
YihuLabelStyle yihu_label_style (YihuFeatureClass class);

G_END_DECLS
