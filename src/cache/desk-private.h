/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/desk-file.h"

/* What the files of the desk file share. */

G_BEGIN_DECLS

struct _YihuDeskFile
{
  YihuDatabase *database; /* (owned) */
  GBytes *key; /* (owned) (nullable) */
  GBytes *old_key; /* (owned) (nullable): of the time without a desk key; opens, never seals */
};

/* (transfer full); LOCKED where no key is set. */
GBytes *yihu_desk_file_seal_or_fail (YihuDeskFile *self,
                                     const char *kind,
                                     const char *id,
                                     const char *text,
                                     GError **error);

/* desk-overlay.c: within a transaction */
gboolean yihu_desk_file_seal_plain_overlay (YihuDeskFile *self, GError **error);

G_END_DECLS
