/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/screen.h"

G_BEGIN_DECLS

/* The operator's desk 坐席台. */
extern const YihuScreen yihu_desk_screen;

G_END_DECLS
