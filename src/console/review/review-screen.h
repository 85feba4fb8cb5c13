/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/screen.h"

G_BEGIN_DECLS

/* The review of finished orders 工单审核. */
extern const YihuScreen yihu_review_screen;

G_END_DECLS
