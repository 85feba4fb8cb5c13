/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How the desk registers itself, and its verbs and their keys: function keys, Ctrl and Alt only,
 * because Chinese input methods own the letters. Section 7 of the interface note is the scheme. */

#include "console/desk/desk-screen.h"

#include "console/desk/desk-window.h"

#include <glib/gi18n.h>

const YihuKey yihu_desk_keys[] = {
  { "win.help", "F1", N_ ("Help"), YIHU_KEY_IN_STRIP },
  { "win.answer", "F2", N_ ("Answer"), YIHU_KEY_IN_STRIP | YIHU_KEY_WHILE_LOCKED },
  { "win.search", "F3|<Control>k", N_ ("Find an elder"), YIHU_KEY_IN_STRIP },
  { "win.hangup", "F4", N_ ("Hang up"), YIHU_KEY_IN_STRIP | YIHU_KEY_WHILE_LOCKED },
  { "win.hold", "F8", N_ ("Hold"), YIHU_KEY_IN_STRIP },
  { "win.order", "F9", N_ ("Begin an order"), YIHU_KEY_IN_STRIP },
  { "win.edit", "<Control>e", N_ ("Change the card"), YIHU_KEY_IN_STRIP },
  { "win.reveal", "<Control>r", N_ ("Show what is masked"), YIHU_KEY_PLAIN },
  { "win.map", "F10", N_ ("Map"), YIHU_KEY_IN_STRIP },
  { "win.save", "<Control>Return|<Control>KP_Enter", N_ ("Save"), YIHU_KEY_IN_STRIP },
  { "win.fullscreen", "F11", N_ ("Full screen"), YIHU_KEY_PLAIN },
  { "win.mute", "<Control>m", N_ ("Mute"), YIHU_KEY_PLAIN },
  { "win.identify", "<Control>i", N_ ("This is the caller"), YIHU_KEY_PLAIN },
  { "win.todo", "<Control>t", N_ ("To-do list"), YIHU_KEY_PLAIN },
  { "app.lock", "<Control>l", N_ ("Lock the screen"), YIHU_KEY_PLAIN },
  { "app.logout", "<Control><Shift>q", N_ ("Log out"), YIHU_KEY_PLAIN },
  { "win.outcome::order", "<Control>1", N_ ("Order placed"), YIHU_KEY_PLAIN },
  { "win.outcome::advice", "<Control>2", N_ ("Advice given"), YIHU_KEY_PLAIN },
  { "win.outcome::emergency", "<Control>3", N_ ("Emergency"), YIHU_KEY_PLAIN },
  { "win.outcome::false-alarm", "<Control>4", N_ ("False alarm"), YIHU_KEY_PLAIN },
  { "win.outcome::no-voice", "<Control>5", N_ ("No voice"), YIHU_KEY_PLAIN },
  { "win.outcome::other", "<Control>6", N_ ("Other"), YIHU_KEY_PLAIN },
};
const guint yihu_desk_n_keys = G_N_ELEMENTS (yihu_desk_keys);

static GtkWindow *
create_window (const YihuScreenContext *context)
{
  return GTK_WINDOW (yihu_desk_window_new (context));
}

static gint64
get_urgency (GtkWindow *window)
{
  YihuDeskCall *call = yihu_desk_window_get_call (YIHU_DESK_WINDOW (window));

  return call != NULL ? yihu_desk_call_get_urgency (call) : YIHU_URGENCY_GENERAL;
}

const YihuScreen yihu_desk_screen = {
  .name = "desk",
  .title = N_ ("Operator desk"),
  .roles = YIHU_ROLE_BIT (YIHU_ROLE_OPERATOR) | YIHU_ROLE_BIT (YIHU_ROLE_SUPERVISOR),
  .home_roles = YIHU_ROLE_BIT (YIHU_ROLE_OPERATOR),
  .keys = yihu_desk_keys,
  .n_keys = G_N_ELEMENTS (yihu_desk_keys),
  .create = create_window,
  .get_urgency = get_urgency,
};
