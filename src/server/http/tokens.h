/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/actor.h"
#include "store/store.h"

/* Who is logged in: tokens in memory by their keyed hash, so that a check costs a microsecond and a
 * stolen store does not give tokens. Main context. */

G_BEGIN_DECLS

typedef struct _YihuTokens YihuTokens;

typedef struct
{
  YihuActor *actor; /* (owned) */
  char *hash;
  gint64 expires_at_us;
} YihuToken;

#define YIHU_TOKEN_LIFE_US (12 * G_TIME_SPAN_HOUR)

YihuTokens *yihu_tokens_new (GBytes *key);
void yihu_tokens_free (YihuTokens *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuTokens, yihu_tokens_free)

/* Those of an earlier run that have not expired. */
gboolean yihu_tokens_load (YihuTokens *self, YihuStore *store, gint64 now_us, GError **error);

char *yihu_tokens_make (void); /* 32 random bytes, URL-safe base64 */
char *yihu_tokens_hash (YihuTokens *self, const char *token);
void yihu_tokens_add (YihuTokens *self, const char *hash, YihuActor *actor, gint64 expires_at_us);

/* @header: value of Authorization (nullable). UNAUTHORIZED. (transfer none) */
YihuToken *yihu_tokens_lookup (YihuTokens *self, const char *header, gint64 now_us, GError **error);
void yihu_tokens_remove (YihuTokens *self, const char *hash);
void yihu_tokens_remove_account (YihuTokens *self, const char *account);

G_END_DECLS
