/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bounded-json.h"
#include "server/http/byte-range.h"
#include "server/http/server-private.h"

/* One request on its way to an answer, which may come later from another thread's result. Survives
 * a client that has gone away. Main context, reference-counted. */

G_BEGIN_DECLS

typedef struct
{
  YihuServer *server;
  SoupServerMessage *message; /* (owned) */
  YihuActor *actor; /* (owned) (nullable): a public route */
  char *token_hash; /* (nullable) */
  gint64 expires_at_us;
  char *object; /* what stands at the route's '*' (nullable) */
  GHashTable *query; /* (owned) (nullable) */
  gboolean is_paused;
  gboolean is_finished;
  gboolean is_answered;
} YihuExchange;

YihuExchange *yihu_exchange_new (YihuServer *server, SoupServerMessage *message, GHashTable *query);
YihuExchange *yihu_exchange_ref (YihuExchange *self);
void yihu_exchange_unref (YihuExchange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuExchange, yihu_exchange_unref)

/* The answer will come later. Returns: a reference to hand on. */
YihuExchange *yihu_exchange_pause (YihuExchange *self);

/* Exactly one of these answers; each takes its JSON. */
void yihu_exchange_answer (YihuExchange *self, guint status, json_t *body);
void yihu_exchange_answer_text (YihuExchange *self, guint status, char *body);
void yihu_exchange_answer_bytes (YihuExchange *self, const char *content_type, GBytes *body);
void yihu_exchange_answer_range (YihuExchange *self,
                                 const char *content_type,
                                 GBytes *body,
                                 const YihuByteRange *range); /* 200, 206 or 416 */
/* An error with more members in its body; "retry_after_s" becomes a Retry-After as well. */
void yihu_exchange_answer_refusal (YihuExchange *self, const GError *error, json_t *more);
void yihu_exchange_answer_error (YihuExchange *self, const GError *error);

/* The body as JSON; answers by itself where it is none. (transfer full) */
json_t *yihu_exchange_read_json (YihuExchange *self);
GBytes *yihu_exchange_get_body (YihuExchange *self); /* (transfer full) */

/* Query parameters: FALSE with INVALID where not a number in range. */
gboolean yihu_exchange_query_int (YihuExchange *self,
                                  const char *name,
                                  gint64 lowest,
                                  gint64 highest,
                                  gint64 *value,
                                  GError **error);
const char *yihu_exchange_query_text (YihuExchange *self, const char *name); /* (nullable) */

/* An error as body of an answer, for messages without an exchange. */
void yihu_http_set_error (SoupServerMessage *message, const GError *error);

G_END_DECLS
