/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire/figures.h"

/* The five large figures of the wall as text. Pure. Definitions: docs/figures.md. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_WALL_CALLS,
  YIHU_WALL_ANSWERED,
  YIHU_WALL_WAIT,
  YIHU_WALL_ORDERS,
  YIHU_WALL_URGENT,
  YIHU_WALL_N_TILES,
} YihuWallFigure;

typedef enum
{
  YIHU_WALL_TONE_PLAIN,
  YIHU_WALL_TONE_GOOD,
  YIHU_WALL_TONE_WARN, /* missed target: also ▼ in the words */
  YIHU_WALL_TONE_ACT, /* somebody is in danger */
  YIHU_WALL_TONE_NOTE, /* the words below ask for a look: ▲ */
} YihuWallTone;

typedef struct
{
  char *value; /* (owned) "8,214", "—" where there is none */
  char *unit; /* (owned) "" where there is none */
  char *note; /* (owned) the line below: yesterday, target */
  YihuWallTone tone;
} YihuWallText;

/* Part of the calls answered within 15 s that a centre aims at, percent. */
#define YIHU_WALL_ANSWERED_TARGET_PERCENT 80

/* @figures: (nullable): nothing has come yet. */
void yihu_wall_text_init (YihuWallText *self, YihuWallFigure which, const YihuFigures *figures);
void yihu_wall_text_clear (YihuWallText *self);

const char *yihu_wall_figure_get_title (YihuWallFigure which);
const char *yihu_wall_figure_get_definition (YihuWallFigure which);

/* "98.6 %"; rounded down, so that 100.0 means all. (transfer full) */
char *yihu_wall_percent_text (gint64 part, gint64 whole);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (YihuWallText, yihu_wall_text_clear)

G_END_DECLS
