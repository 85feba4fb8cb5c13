/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/screen.h"

G_BEGIN_DECLS

/* The wall 大屏: the whole scope at a glance, for a room, without names. */
extern const YihuScreen yihu_wall_screen;

G_END_DECLS
