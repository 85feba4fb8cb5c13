/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sip/session-description.h"

/* The sound of one call: microphone to RTP and RTP to ear. Building and ending it takes longer than
 * the main thread may wait, so both happen in other threads. */

G_BEGIN_DECLS

typedef struct _YihuSound YihuSound;

/* In the thread-default context in which the sound was made; about ten times a second. */
typedef void (*YihuSoundLevelFunc) (double level_dbfs, gpointer data);

typedef struct
{
  GSocket *socket; /* for both directions, bound */
  const char *host; /* where to send to */
  guint port;
  YihuCodec codec;
  const char *sound_in; /* bin descriptions, never NULL here */
  const char *sound_out;
  gboolean muted;
  gboolean deaf;
} YihuSoundConfig;

YihuSound *
yihu_sound_new (const YihuSoundConfig *config, YihuSoundLevelFunc on_level, gpointer data);
YihuSound *yihu_sound_ref (YihuSound *self);
void yihu_sound_unref (YihuSound *self);

void yihu_sound_set_muted (YihuSound *self, gboolean muted); /* goes on sending silence */
void yihu_sound_set_deaf (YihuSound *self, gboolean deaf);

/* No level comes any more. What was heard is written to its end in another thread. */
void yihu_sound_stop (YihuSound *self);
gboolean yihu_sound_is_finished (YihuSound *self);
void yihu_sound_wait (YihuSound *self); /* until it is finished: bounded by its own deadlines */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSound, yihu_sound_unref)

G_END_DECLS
