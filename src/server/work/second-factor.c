/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The blob: 24 bytes nonce, then XChaCha20-Poly1305 over JSON {"seed","step","on","codes"}, with
 * the account's id as additional data, so that a blob moved to another account does not open. An
 * empty blob stands for none. Recovery codes have 50 random bits each and are kept as keyed
 * BLAKE2b: they cannot be guessed within the lock-out, so they need no slow hash. */

#include "server/work/second-factor.h"

#include "base/bounded-json.h"
#include "base/totp.h"

#include <sodium.h>
#include <string.h>

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define HASH_BYTES 16
#define RECOVERY_CHARACTERS 10

typedef struct
{
  GBytes *seed; /* (owned) */
  gint64 step; /* of the last code that was used */
  gboolean is_on; /* shown to be in the account's hands */
  json_t *codes; /* (owned): hashes, hex */
} Factor;

static void
factor_clear (Factor *self)
{
  g_clear_pointer (&self->seed, g_bytes_unref);
  g_clear_pointer (&self->codes, json_decref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Factor, factor_clear)

void
yihu_factor_result_clear (YihuFactorResult *result)
{
  g_clear_pointer (&result->seed, g_bytes_unref);
  g_clear_pointer (&result->recovery, g_strfreev);
  result->used_recovery = FALSE;
  result->answer = YIHU_FACTOR_WRONG;
}

static char *
make_name (const char *account)
{
  return g_strconcat ("factor-", account, NULL);
}

/* --- the blob --- */

static GBytes *
seal (GBytes *key, const char *account, const char *text)
{
  gsize length = strlen (text);
  guint8 *blob = g_malloc (NONCE_BYTES + length + TAG_BYTES);

  randombytes_buf (blob, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (blob + NONCE_BYTES, NULL, (const guint8 *) text,
                                              length, (const guint8 *) account, strlen (account),
                                              NULL, blob, g_bytes_get_data (key, NULL));
  return g_bytes_new_take (blob, NONCE_BYTES + length + TAG_BYTES);
}

/* NULL where the key is another or the blob was changed. */
static char *
unseal (GBytes *key, const char *account, GBytes *sealed)
{
  gsize length = 0;
  const guint8 *blob = g_bytes_get_data (sealed, &length);
  g_autofree char *text = NULL;

  if (length < NONCE_BYTES + TAG_BYTES)
    return NULL;
  text = g_malloc0 (length);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt ((guint8 *) text, NULL, NULL, blob + NONCE_BYTES,
                                                  length - NONCE_BYTES, (const guint8 *) account,
                                                  strlen (account), blob,
                                                  g_bytes_get_data (key, NULL))
      != 0)
    return NULL;
  return g_steal_pointer (&text);
}

static gboolean
read_factor (const char *text, Factor *factor, GError **error)
{
  g_autoptr (json_t) json = yihu_json_parse (text, -1, 0, error);
  const char *seed = NULL;
  gint64 is_on = 0;

  if (json == NULL || !yihu_json_read_text (json, "seed", TRUE, 64, &seed, error)
      || !yihu_json_read_int (json, "step", TRUE, 0, G_MAXINT64, &factor->step, error)
      || !yihu_json_read_int (json, "on", TRUE, 0, 1, &is_on, error))
    return FALSE;
  factor->is_on = is_on == 1;
  factor->seed = yihu_base32_decode (seed);
  factor->codes = json_incref (json_object_get (json, "codes"));
  return factor->seed != NULL;
}

/* FALSE: outage. A factor without a seed: there is none, or it @is_lost. */
static gboolean
load (YihuWork *work,
      GBytes *key,
      const char *account,
      Factor *factor,
      gboolean *is_lost,
      GError **error)
{
  g_autofree char *name = make_name (account);
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *text = NULL;

  if (!yihu_store_get_secret (work->store, name, &sealed, error))
    return FALSE;
  if (sealed == NULL || g_bytes_get_size (sealed) == 0)
    return TRUE;
  text = unseal (key, account, sealed);
  *is_lost = text == NULL || !read_factor (text, factor, NULL);
  return TRUE;
}

static gboolean
save (YihuWork *work, GBytes *key, const char *account, const Factor *factor, GError **error)
{
  g_autofree char *name = make_name (account);
  g_autofree char *seed = yihu_base32_encode (factor->seed);
  g_autoptr (json_t) json =
      json_pack ("{s:s, s:I, s:i, s:O}", "seed", seed, "step", (json_int_t) factor->step, "on",
                 factor->is_on ? 1 : 0, "codes", factor->codes);
  g_autofree char *text = yihu_json_print (json);
  g_autoptr (GBytes) sealed = seal (key, account, text);

  return yihu_store_put_secret (work->store, name, sealed, error);
}

/* --- recovery codes --- */

/* Upper case, without what people put between: "abcde-fghij" is what was shown. */
static char *
hash_recovery (GBytes *key, const char *account, const char *code)
{
  g_autoptr (GString) text = g_string_new (account);
  guint8 hash[HASH_BYTES];
  char *hex = g_malloc (2 * HASH_BYTES + 1);

  g_string_append_c (text, '\n');
  for (const char *c = code; *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (text, g_ascii_toupper (*c));
  crypto_generichash (hash, sizeof hash, (const guint8 *) text->str, text->len,
                      g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  return sodium_bin2hex (hex, 2 * HASH_BYTES + 1, hash, sizeof hash);
}

static GStrv
make_recovery (GBytes *key, const char *account, Factor *factor)
{
  GStrv codes = g_new0 (char *, YIHU_RECOVERY_CODES + 1);

  g_clear_pointer (&factor->codes, json_decref);
  factor->codes = json_array ();
  for (guint i = 0; i < YIHU_RECOVERY_CODES; i++)
    {
      guint8 random[RECOVERY_CHARACTERS];
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = NULL;
      g_autofree char *hash = NULL;

      randombytes_buf (random, sizeof random);
      bytes = g_bytes_new (random, sizeof random);
      text = yihu_base32_encode (bytes); /* 16 characters, of which ten are taken */
      codes[i] = g_strdup_printf ("%.5s-%.5s", text, text + 5);
      hash = hash_recovery (key, account, codes[i]);
      json_array_append_new (factor->codes, json_string (hash));
    }
  return codes;
}

static gboolean
use_recovery (GBytes *key, const char *account, Factor *factor, const char *code)
{
  g_autofree char *hash = hash_recovery (key, account, code);

  for (gsize i = 0; i < json_array_size (factor->codes); i++)
    {
      const char *kept = json_string_value (json_array_get (factor->codes, i));

      if (kept != NULL && strlen (kept) == 2 * HASH_BYTES
          && sodium_memcmp (kept, hash, 2 * HASH_BYTES) == 0)
        return json_array_remove (factor->codes, i) == 0;
    }
  return FALSE;
}

/* --- asking --- */

static void
make_seed (Factor *factor)
{
  guint8 seed[YIHU_TOTP_SEED_BYTES];

  randombytes_buf (seed, sizeof seed);
  factor->seed = g_bytes_new (seed, sizeof seed);
  factor->codes = json_array ();
}

static gboolean
try_code (YihuWork *work,
          GBytes *key,
          const char *account,
          Factor *factor,
          const char *code,
          YihuFactorResult *result)
{
  if (yihu_totp_verify (factor->seed, code, yihu_work_get_now_us (work), &factor->step))
    {
      if (!factor->is_on)
        result->recovery = make_recovery (key, account, factor);
      factor->is_on = TRUE;
      return TRUE;
    }
  result->used_recovery = factor->is_on && use_recovery (key, account, factor, code);
  return result->used_recovery;
}

gboolean
yihu_second_factor_ask (YihuWork *work,
                        GBytes *key,
                        const char *account,
                        const char *code,
                        YihuFactorResult *result,
                        GError **error)
{
  g_auto (Factor) factor = { 0 };
  gboolean has_code = code != NULL && *code != '\0';
  gboolean is_lost = FALSE;

  yihu_factor_result_clear (result);
  if (!load (work, key, account, &factor, &is_lost, error))
    return FALSE;
  if (is_lost)
    {
      result->answer = YIHU_FACTOR_LOST;
      return TRUE;
    }
  if (factor.seed == NULL)
    {
      make_seed (&factor);
      has_code = FALSE; /* nobody can know a code of this seed yet */
      if (!save (work, key, account, &factor, error))
        return FALSE;
    }
  if (has_code && try_code (work, key, account, &factor, code, result))
    {
      result->answer = YIHU_FACTOR_PASSED;
      return save (work, key, account, &factor, error);
    }
  if (has_code)
    result->answer = YIHU_FACTOR_WRONG;
  else
    result->answer = factor.is_on ? YIHU_FACTOR_ASKED : YIHU_FACTOR_ENROL;
  if (!factor.is_on)
    result->seed = g_bytes_ref (factor.seed);
  return TRUE;
}

gboolean
yihu_second_factor_reset (YihuWork *work, const char *account, GError **error)
{
  g_autofree char *name = make_name (account);
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);

  return yihu_store_put_secret (work->store, name, none, error);
}
