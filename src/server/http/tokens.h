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
  gint64 begun_at_us;
  gint64 seen_at_us; /* last request; 0: none since the server's start */
  gint64 expires_at_us;
} YihuToken;

/* What a person sees of a session is the beginning of its hash. */
#define YIHU_TOKEN_ID_CHARACTERS 16
#define YIHU_DEVICE_HEADER "X-Yihu-Device"

#define YIHU_TOKEN_LIFE_US (12 * G_TIME_SPAN_HOUR)

YihuTokens *yihu_tokens_new (GBytes *key);
void yihu_tokens_free (YihuTokens *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuTokens, yihu_tokens_free)

/* Those of an earlier run that have not expired. */
gboolean yihu_tokens_load (YihuTokens *self, YihuStore *store, gint64 now_us, GError **error);

char *yihu_tokens_make (void); /* 32 random bytes, URL-safe base64 */
char *yihu_tokens_hash (YihuTokens *self, const char *token);
void yihu_tokens_add (YihuTokens *self, const char *hash, YihuActor *actor, gint64 expires_at_us);

/* A token is good only from the device that logged in. @authorization, @device: values of their
 * headers (nullable), @device escaped as in a URI. UNAUTHORIZED. (transfer none) */
YihuToken *yihu_tokens_lookup (YihuTokens *self,
                               const char *authorization,
                               const char *device,
                               gint64 now_us,
                               GError **error);
/* @hash: whole, or its first characters. (nullable) (transfer none) */
const YihuToken *yihu_tokens_find (YihuTokens *self, const char *hash);
typedef void (*YihuTokenFunc) (const YihuToken *token, gpointer data);
void yihu_tokens_foreach (YihuTokens *self, gint64 now_us, YihuTokenFunc func, gpointer data);
guint yihu_tokens_count (YihuTokens *self, const char *account, gint64 now_us);
void yihu_tokens_remove (YihuTokens *self, const char *hash);
void yihu_tokens_remove_account (YihuTokens *self, const char *account);

G_END_DECLS
