/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SDP of strangers: what is taken must be usable, and our answer to it readable by ourselves. */

#include "sip/session-description.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YihuSessionDescription theirs;
  YihuSessionDescription ours;
  g_autofree char *answer = NULL;

  if (!yihu_session_description_parse ((const char *) data, size, &theirs, NULL))
    return 0;
  g_assert (theirs.codec == YIHU_CODEC_PCMA || theirs.codec == YIHU_CODEC_PCMU);
  g_assert (theirs.port > 0 && theirs.audio < theirs.n_media);
  g_assert (theirs.n_media <= YIHU_SDP_MAX_MEDIA);
  answer =
      yihu_session_description_print_answer (&theirs, "127.0.0.1", 30000, 1, 1,
                                             yihu_sdp_mode_answer (theirs.mode, YIHU_SDP_SENDRECV));
  g_assert (yihu_session_description_parse (answer, strlen (answer), &ours, NULL));
  g_assert (ours.codec == theirs.codec && ours.n_media == theirs.n_media);
  return 0;
}
