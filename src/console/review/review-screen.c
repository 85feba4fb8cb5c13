/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How the review registers itself, and its verbs. Letters stay free: Chinese input methods own
 * them. Up and Down belong to the table and are not in this list. */

#include "console/review/review-screen.h"

#include "console/review/review-window.h"

#include <glib/gi18n.h>

const YihuKey yihu_review_keys[] = {
  { "win.help", "F1", N_ ("Help"), YIHU_KEY_IN_STRIP },
  { "win.search", "F3|<Control>k", N_ ("Search"), YIHU_KEY_IN_STRIP },
  { "win.previous", "<Alt>Up|<Alt>Page_Up", N_ ("Previous order"), YIHU_KEY_IN_STRIP },
  { "win.next", "<Alt>Down|<Alt>Page_Down", N_ ("Next order"), YIHU_KEY_IN_STRIP },
  { "win.reason", "F7", N_ ("Write a reason"), YIHU_KEY_IN_STRIP },
  { "win.reveal", "F8", N_ ("Reveal the elder"), YIHU_KEY_IN_STRIP },
  { "win.approve", "<Control>Return|<Control>KP_Enter", N_ ("Approve"), YIHU_KEY_IN_STRIP },
  { "win.return", "<Control>BackSpace", N_ ("Return"), YIHU_KEY_IN_STRIP },
  { "app.lock", "<Control>l", N_ ("Lock the screen"), YIHU_KEY_PLAIN },
  { "app.logout", "<Control><Shift>q", N_ ("Log out"), YIHU_KEY_PLAIN },
  { "win.retry-refused", NULL, N_ ("Send again"), YIHU_KEY_PLAIN },
  { "win.drop-refused", NULL, N_ ("Give up"), YIHU_KEY_PLAIN },
};
const guint yihu_review_n_keys = G_N_ELEMENTS (yihu_review_keys);

const YihuScreen yihu_review_screen = {
  .name = "review",
  .title = N_ ("Order review"),
  .roles = YIHU_ROLE_BIT (YIHU_ROLE_REVIEWER),
  .home_roles = YIHU_ROLE_BIT (YIHU_ROLE_REVIEWER),
  .keys = yihu_review_keys,
  .n_keys = G_N_ELEMENTS (yihu_review_keys),
  .create = yihu_review_window_new,
};
