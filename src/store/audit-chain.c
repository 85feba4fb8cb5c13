/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The audit is a chain: each row carries the hash of the one before it, so that a row which was
 * changed, inserted or taken out later shows. Works on rows only; the engines keep them.
 *
 * The hash is BLAKE2b-256 over the previous hash and the fields, each followed by a zero byte, so
 * that no two different rows give the same bytes. */

#include "store/audit-chain.h"

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

void
yihu_audit_walk_init (YihuAuditWalk *walk, gint64 after, const char *hash)
{
  *walk = (YihuAuditWalk){ .number = after, .why = YIHU_AUDIT_GOOD };
  g_strlcpy (walk->hash, hash, sizeof walk->hash);
}

static YihuAuditFault
judge (const YihuAuditWalk *walk, const YihuAuditRow *row, const char *hash)
{
  if (row->number != walk->number + 1)
    return YIHU_AUDIT_MISSING;
  if (g_strcmp0 (row->hash, hash) != 0)
    return YIHU_AUDIT_CHANGED;
  return g_strcmp0 (row->previous_hash, walk->hash) == 0 ? YIHU_AUDIT_GOOD : YIHU_AUDIT_UNLINKED;
}

gboolean
yihu_audit_walk_take (YihuAuditWalk *walk, const YihuAuditRow *row)
{
  g_autofree char *hash = yihu_audit_row_hash (row);

  walk->why = judge (walk, row, hash);
  if (walk->why != YIHU_AUDIT_GOOD)
    {
      walk->bad = row->number;
      return FALSE;
    }
  walk->number = row->number;
  walk->n_rows++;
  g_strlcpy (walk->hash, hash, sizeof walk->hash);
  return TRUE;
}

static gboolean
on_row (const YihuAuditRow *row, gpointer data)
{
  return yihu_audit_walk_take (data, row);
}

gboolean
yihu_store_walk_audit (YihuStore *self, YihuAuditWalk *walk, guint limit, GError **error)
{
  return yihu_store_each_audit (self, walk->number, limit, on_row, walk, error);
}

static const char *const faults[] = {
  "good", "missing", "changed", "unlinked", "rewritten", "cut"
};

const char *
yihu_audit_fault_get_nick (YihuAuditFault fault)
{
  return faults[fault];
}
