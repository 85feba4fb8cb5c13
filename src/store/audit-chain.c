/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The audit is a chain: each row carries the hash of the one before it, so that a row which was
 * changed, inserted or taken out later shows. Works on rows only; the engines keep them.
 *
 * The hash is BLAKE2b-256 over the previous hash and the fields, each followed by a zero byte, so
 * that no two different rows give the same bytes. */

#include "store/store.h"

#include <sodium.h>

static void
hash_text (crypto_generichash_state *state, const char *text)
{
  const char *value = text != NULL ? text : "";

  crypto_generichash_update (state, (const guchar *) value, strlen (value) + 1);
}

static void
hash_int (crypto_generichash_state *state, gint64 value)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  hash_text (state, text);
}

/* Returns: (transfer full): hex */
char *
yihu_audit_row_hash (const YihuAuditRow *row)
{
  crypto_generichash_state state;
  guchar hash[32];
  char *hex = g_malloc (2 * sizeof hash + 1);

  crypto_generichash_init (&state, NULL, 0, sizeof hash);
  hash_text (&state, row->previous_hash);
  hash_int (&state, row->number);
  hash_int (&state, row->at_us);
  hash_text (&state, row->account);
  hash_text (&state, row->device);
  hash_text (&state, row->what);
  hash_text (&state, row->object);
  hash_text (&state, row->reason);
  crypto_generichash_final (&state, hash, sizeof hash);
  return sodium_bin2hex (hex, 2 * sizeof hash + 1, hash, sizeof hash);
}

typedef struct
{
  char *expected; /* hash of the row before */
  gint64 next; /* number that must come */
  gint64 first_bad;
} Walk;

static gboolean
on_row (const YihuAuditRow *row, gpointer data)
{
  Walk *walk = data;
  g_autofree char *hash = yihu_audit_row_hash (row);

  if (row->number != walk->next || g_strcmp0 (row->previous_hash, walk->expected) != 0
      || g_strcmp0 (row->hash, hash) != 0)
    {
      walk->first_bad = row->number;
      return FALSE;
    }
  g_free (walk->expected);
  walk->expected = g_steal_pointer (&hash);
  walk->next = row->number + 1;
  return TRUE;
}

gboolean
yihu_store_verify_audit (YihuStore *self, gint64 *first_bad, GError **error)
{
  Walk walk = { g_strdup (""), 1, 0 };
  gboolean ok = yihu_store_each_audit (self, 0, G_MAXUINT, on_row, &walk, error);

  g_free (walk.expected);
  *first_bad = walk.first_bad;
  return ok;
}
