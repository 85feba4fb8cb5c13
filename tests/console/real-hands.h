/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "real-desk.h"

/* The operator's hands at the real desk: keys as xdotool names them ("ctrl+Return"). */

void hands_press (RealDesk *desk, const char *key);
void hands_type (RealDesk *desk, const char *text);

/* Whether the focus is in what a screen reader calls so; and Tab until it is. */
gboolean hands_are_at (RealDesk *desk, const char *name);
void hands_go_to (RealDesk *desk, const char *name);
