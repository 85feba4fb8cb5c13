/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How the wall registers itself. */

#include "console/wall/wall-screen.h"

#include "console/wall/wall-window.h"

#include <glib/gi18n.h>

static const YihuKey wall_keys[] = {
  { "win.help", "F1", N_ ("Keys and log-out"), YIHU_KEY_PLAIN },
  { "win.explain(0)", "1", N_ ("What is: calls today"), YIHU_KEY_PLAIN },
  { "win.explain(1)", "2", N_ ("What is: answered within 15 s"), YIHU_KEY_PLAIN },
  { "win.explain(2)", "3", N_ ("What is: mean wait"), YIHU_KEY_PLAIN },
  { "win.explain(3)", "4", N_ ("What is: open orders"), YIHU_KEY_PLAIN },
  { "win.explain(4)", "5", N_ ("What is: urgent, being handled"), YIHU_KEY_PLAIN },
  { "win.fit-map", "Home", N_ ("Whole city on the map"), YIHU_KEY_PLAIN },
  { "win.fullscreen", "F11", N_ ("Full screen on and off"), YIHU_KEY_PLAIN },
  { "app.logout", "<Control><Shift>q", N_ ("Log out"), YIHU_KEY_PLAIN },
};

const YihuScreen yihu_wall_screen = {
  .name = "wall",
  .title = N_ ("Wall"),
  .roles = YIHU_ROLE_BIT (YIHU_ROLE_SUPERVISOR) | YIHU_ROLE_BIT (YIHU_ROLE_OPERATOR)
           | YIHU_ROLE_BIT (YIHU_ROLE_REVIEWER),
  .home_roles = YIHU_ROLE_BIT (YIHU_ROLE_SUPERVISOR),
  .keys = wall_keys,
  .n_keys = G_N_ELEMENTS (wall_keys),
  .never_locks = TRUE,
  .create = yihu_wall_window_new,
};
