/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <atspi/atspi.h>

/* The console as a person meets it: names are read through AT-SPI, keys are typed by xdotool,
 * pictures are taken of the whole display. Names match exactly unless a function says otherwise: a
 * substring once made a step vacuous. */

G_BEGIN_DECLS

typedef struct _Screen Screen;

/* Waits for the program with this pid on the accessibility bus. */
Screen *screen_new (guint pid, guint deadline_s);
void screen_free (Screen *self);

void screen_key (Screen *self, const char *key); /* "F2", "ctrl+Return" */
void screen_type (Screen *self, const char *text);

gboolean screen_has (Screen *self, const char *name); /* something showing has exactly this name */
gboolean screen_has_part (Screen *self, const char *part); /* … contains this in its name or text */
void screen_wait (Screen *self, const char *name, guint deadline_s);
void screen_wait_part (Screen *self, const char *part, guint deadline_s);
void screen_wait_gone (Screen *self, const char *name, guint deadline_s);
char *
screen_get_text (Screen *self,
                 const char *name); /* content of the text field with this name (transfer full) */
void screen_set_text (Screen *self, const char *name, const char *text);
void screen_activate (Screen *self, const char *name); /* first action of what has this name */
void screen_dump (Screen *self); /* the accessible tree to standard error */
void screen_shoot (const char *name); /* PNG of the display below the artefact directory */

G_END_DECLS
