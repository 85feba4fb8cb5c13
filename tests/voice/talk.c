/* SPDX-License-Identifier: GPL-3.0-or-later */

/* See talk.h. Whoever measures "the last second" of a recording waits here for the first sound
 * before that second begins. */

#include "talk.h"

#define LOUD_DBFS (-26.0)

static gboolean
on_flag (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
talk_for (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, on_flag, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

void
talk_when_heard (YihuPhoneCall *one, YihuPhoneCall *other, guint ms)
{
  while (yihu_phone_call_get_level (one) < LOUD_DBFS
         || (other != NULL && yihu_phone_call_get_level (other) < LOUD_DBFS))
    g_main_context_iteration (NULL, TRUE);
  talk_for (ms);
}
