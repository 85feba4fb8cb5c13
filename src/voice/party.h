/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "voice/room/media.h"
#include "voice/sip/dialog.h"

/* One leg of a conversation: a dialog and its sound. */

G_BEGIN_DECLS

typedef struct _YihuParty YihuParty;

typedef enum
{
  YIHU_PARTY_CALLER,
  YIHU_PARTY_OPERATOR,
  /* provider, hospital, family and supervisor come as further parties of the same room */
} YihuPartyRole;

YihuParty *yihu_party_new (YihuMedia *media, YihuPartyRole role, GError **error);

/* Hangs up where the dialog still lives. */
void yihu_party_free (YihuParty *self);

YihuPartyRole yihu_party_get_role (YihuParty *self);
YihuDialog *yihu_party_get_dialog (YihuParty *self); /* (nullable) */
void yihu_party_set_dialog (YihuParty *self, YihuDialog *dialog);

/* Texts of our side. */
char *yihu_party_print_offer (YihuParty *self);
char *yihu_party_print_answer (YihuParty *self, const YihuSessionDescription *offer);

/* The peer's side is known: sound goes there. */
void yihu_party_set_remote (YihuParty *self, const YihuSessionDescription *remote);
void yihu_party_join (YihuParty *self, YihuMediaRoom *room);

typedef enum
{
  YIHU_PARTY_NO_NEWS,
  YIHU_PARTY_WENT_SILENT, /* no packet for YIHU_PARTY_LOST_MS: marked lost */
  YIHU_PARTY_STILL_SILENT, /* each YIHU_PARTY_PROBE_MS while lost */
  YIHU_PARTY_CAME_BACK,
} YihuPartyNews;

#define YIHU_PARTY_LOST_MS 20000
#define YIHU_PARTY_PROBE_MS 30000

/* What follows from how long nothing came; the arithmetic alone. */
typedef struct
{
  gboolean is_lost;
  guint probed_ms; /* silence at the last probe */
} YihuSilence;

YihuPartyNews yihu_silence_judge (YihuSilence *self, guint silence_ms, gboolean is_held);

YihuPartyNews yihu_party_check_sound (YihuParty *self);
void yihu_party_get_quality (YihuParty *self, YihuLegQuality *quality);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuParty, yihu_party_free)

G_END_DECLS
