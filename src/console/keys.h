/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* One table of verbs a screen: action, accelerators, words. Keycaps on buttons, the foot strip, the
 * help overlay and GtkApplication's accelerators are all made from it, so a key is typed once. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_KEY_PLAIN = 0, /* help only */
  YIHU_KEY_IN_STRIP = 1 << 0, /* also in the foot strip */
  YIHU_KEY_WHILE_LOCKED = 1 << 1, /* stays possible while the screen is covered */
} YihuKeyFlags;

typedef struct
{
  const char *action; /* detailed name: "win.answer", "win.outcome('order')" */
  const char *accels; /* "F2", several "F3|<Control>k"; the first is on the keycap; NULL: no key */
  const char *label; /* N_("Answer") */
  YihuKeyFlags flags;
} YihuKey;

const YihuKey *yihu_keys_find (const YihuKey *keys, guint n_keys, const char *action);
char *yihu_key_dup_cap (const YihuKey *key); /* "Ctrl+Enter"; NULL where it has no key */
void yihu_keys_install (const YihuKey *keys, guint n_keys, GtkApplication *application);

/* A label drawn as a keycap. */
GtkWidget *yihu_keycap_new (const char *cap);

/* Puts a button's label and its keycap side by side (the key follows from its action), and gives it
 * an accessible name. A button whose action has no key keeps the label alone. */
void yihu_keys_dress_button (const YihuKey *keys, guint n_keys, GtkButton *button);

/* "[F1] Help  [F2] Answer …" from the table, for the foot of a screen. (transfer floating) */
GtkWidget *yihu_keys_make_strip (const YihuKey *keys, guint n_keys);

G_END_DECLS
