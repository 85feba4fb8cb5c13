/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The table of tokens. The store keeps the same hashes, so that a restart logs nobody out. */

#include "server/http/tokens.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 32
#define MAX_TOKEN 128

struct _YihuTokens
{
  GBytes *key; /* (owned) */
  GHashTable *by_hash; /* (owned) YihuToken by its hash */
};

static void
token_free (gpointer data)
{
  YihuToken *token = data;

  yihu_actor_unref (token->actor);
  g_free (token->hash);
  g_free (token);
}

YihuTokens *
yihu_tokens_new (GBytes *key)
{
  YihuTokens *self = g_new0 (YihuTokens, 1);

  self->key = g_bytes_ref (key);
  self->by_hash = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, token_free);
  return self;
}

void
yihu_tokens_free (YihuTokens *self)
{
  g_bytes_unref (self->key);
  g_hash_table_unref (self->by_hash);
  g_free (self);
}

typedef struct
{
  char *hash;
  char *account;
  char *device;
  gint64 expires_at_us;
} Found;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_free (found->hash);
  g_free (found->account);
  g_free (found->device);
  g_free (found);
}

static void
on_session (const YihuSessionRow *row, gpointer data)
{
  GPtrArray *list = data;
  Found *found = g_new0 (Found, 1);

  found->hash = g_strdup (row->token_hash);
  found->account = g_strdup (row->account);
  found->device = g_strdup (row->device);
  found->expires_at_us = row->expires_at_us;
  g_ptr_array_add (list, found);
}

gboolean
yihu_tokens_load (YihuTokens *self, YihuStore *store, gint64 now_us, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (found_free);

  if (!yihu_store_each_session (store, now_us, on_session, list, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      Found *found = g_ptr_array_index (list, i);
      GError *local_error = NULL;
      g_autoptr (YihuAccount) account =
          yihu_store_get_record (store, &yihu_account_type, found->account, &local_error);
      g_autoptr (YihuActor) actor = NULL;

      if (local_error != NULL)
        {
          g_propagate_error (error, local_error);
          return FALSE;
        }
      if (account == NULL || account->disabled)
        continue;
      actor = yihu_actor_new (account, found->device);
      yihu_tokens_add (self, found->hash, actor, found->expires_at_us);
    }
  return TRUE;
}

char *
yihu_tokens_make (void)
{
  guchar bytes[TOKEN_BYTES];
  char *text = g_malloc (64);

  randombytes_buf (bytes, sizeof bytes);
  return sodium_bin2base64 (text, 64, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

char *
yihu_tokens_hash (YihuTokens *self, const char *token)
{
  guchar hash[32];
  gsize key_length = 0;
  const guchar *key = g_bytes_get_data (self->key, &key_length);
  char *hex = g_malloc (2 * sizeof hash + 1);

  crypto_generichash (hash, sizeof hash, (const guchar *) token, strlen (token), key, key_length);
  return sodium_bin2hex (hex, 2 * sizeof hash + 1, hash, sizeof hash);
}

void
yihu_tokens_add (YihuTokens *self, const char *hash, YihuActor *actor, gint64 expires_at_us)
{
  YihuToken *token = g_new0 (YihuToken, 1);

  token->actor = yihu_actor_ref (actor);
  token->hash = g_strdup (hash);
  token->begun_at_us = expires_at_us - YIHU_TOKEN_LIFE_US;
  token->expires_at_us = expires_at_us;
  g_hash_table_replace (self->by_hash, token->hash, token);
}

static gboolean
is_of_device (const YihuToken *token, const char *device)
{
  g_autofree char *bound = g_uri_escape_string (token->actor->device, NULL, FALSE);

  return g_str_equal (bound, device != NULL ? device : "");
}

YihuToken *
yihu_tokens_lookup (YihuTokens *self,
                    const char *authorization,
                    const char *device,
                    gint64 now_us,
                    GError **error)
{
  YihuToken *token = NULL;

  if (authorization != NULL && g_ascii_strncasecmp (authorization, "Bearer ", 7) == 0
      && strlen (authorization) < MAX_TOKEN)
    {
      g_autofree char *hash = yihu_tokens_hash (self, authorization + 7);

      token = g_hash_table_lookup (self->by_hash, hash);
    }
  if (token != NULL && token->expires_at_us <= now_us)
    {
      g_hash_table_remove (self->by_hash, token->hash);
      token = NULL;
    }
  if (token == NULL)
    g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED,
                         "no valid token: log in first");
  else if (!is_of_device (token, device))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED,
                           "this token belongs to another device");
      return NULL;
    }
  else
    token->seen_at_us = now_us;
  return token;
}

const YihuToken *
yihu_tokens_find (YihuTokens *self, const char *hash)
{
  const YihuToken *token = g_hash_table_lookup (self->by_hash, hash);
  GHashTableIter iter;
  gpointer value;

  if (token != NULL || strlen (hash) != YIHU_TOKEN_ID_CHARACTERS)
    return token;
  g_hash_table_iter_init (&iter, self->by_hash);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (g_str_has_prefix (((YihuToken *) value)->hash, hash))
      return value;
  return NULL;
}

void
yihu_tokens_foreach (YihuTokens *self, gint64 now_us, YihuTokenFunc func, gpointer data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_hash);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((YihuToken *) value)->expires_at_us > now_us)
      func (value, data);
}

typedef struct
{
  const char *account;
  guint n;
} Count;

static void
count_token (const YihuToken *token, gpointer data)
{
  Count *count = data;

  if (g_str_equal (token->actor->account->record.id, count->account))
    count->n++;
}

guint
yihu_tokens_count (YihuTokens *self, const char *account, gint64 now_us)
{
  Count count = { account, 0 };

  yihu_tokens_foreach (self, now_us, count_token, &count);
  return count.n;
}

void
yihu_tokens_remove (YihuTokens *self, const char *hash)
{
  g_hash_table_remove (self->by_hash, hash);
}

static gboolean
is_of_account (gpointer key, gpointer value, gpointer account)
{
  YihuToken *token = value;

  return g_str_equal (token->actor->account->record.id, account);
}

void
yihu_tokens_remove_account (YihuTokens *self, const char *account)
{
  g_hash_table_foreach_remove (self->by_hash, is_of_account, (gpointer) account);
}
