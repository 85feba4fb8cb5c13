/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/socket.h>

#include "voice/room/codec.h"

/* One party's sound: RTP packets in, frames of 160 samples out, and back. No sockets here: packets
 * come and go as bytes, so tests feed them exactly. Owned by the media thread. */

G_BEGIN_DECLS

typedef struct _YihuLeg YihuLeg;

typedef enum
{
  YIHU_LEG_TALK, /* heard by the room, hears the room */
  YIHU_LEG_LISTEN, /* hears the room, is heard by nobody */
  YIHU_LEG_WHISPER, /* hears the room, is heard only by its coach leg */
} YihuLegMode;

/* RFC 3550, section 6.4.1 and appendix A.8; MOS by a cut-down ITU-T G.107. */
typedef struct
{
  guint64 n_received;
  guint64 n_sent;
  guint64 n_lost;
  guint64 n_late;
  guint64 n_foreign; /* from somebody else than the peer */
  double jitter_ms;
  double mos;
} YihuLegQuality;

YihuLeg *yihu_leg_new (void);
void yihu_leg_free (YihuLeg *self);

/* Where the peer said that it is, and what it speaks; forgets who was latched. An empty host: the
 * peer is not to be sent to. */
void yihu_leg_set_remote (YihuLeg *self, const YihuSessionDescription *remote);
void yihu_leg_set_mode (YihuLeg *self, YihuLegMode mode, YihuLeg *coach);
YihuLegMode yihu_leg_get_mode (YihuLeg *self);
YihuLeg *yihu_leg_get_coach (YihuLeg *self); /* (nullable) */
gboolean yihu_leg_is_held (YihuLeg *self); /* the peer put us on hold */

/* A datagram came. FALSE: ignored (not RTP, another payload type, foreign source). The first good
 * packet latches its source (symmetric RTP); the address of the session description always wins. */
gboolean yihu_leg_receive (YihuLeg *self,
                           const guint8 *data,
                           gsize length,
                           const struct sockaddr *from,
                           gint64 arrived_us);

/* Once each 20 ms. FALSE: the leg is silent. @frame is valid until the next pull. */
gboolean yihu_leg_pull (YihuLeg *self, const gint16 **frame);

/* Makes the next packet of @frame. Returns: bytes in @packet (YIHU_RTP_MAX_BYTES), 0: nothing to be
 * sent; @to: (out) (transfer none). */
gsize yihu_leg_make_packet (YihuLeg *self,
                            const gint16 *frame,
                            guint8 *packet,
                            const struct sockaddr **to,
                            socklen_t *to_length);

guint yihu_leg_get_silent_ticks (YihuLeg *self); /* pulls since the last good packet */
void yihu_leg_get_quality (YihuLeg *self, YihuLegQuality *quality);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuLeg, yihu_leg_free)

G_END_DECLS
