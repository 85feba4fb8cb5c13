/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Personal fields as bytes, and bytes under a key: what goes in comes out, and nothing malformed,
 * tampered with or moved to another row does. */

#include "base/error.h"
#include "domain/kinds.h"
#include "snapshot/sealed.h"
#include "snapshot/sealer.h"

#include <sodium.h>
#include <string.h>

static YihuElder *
make_elder (void)
{
  YihuElder *elder = yihu_elder_new ("E1");

  elder->name = g_strdup ("王秀英");
  elder->phone = g_strdup ("+8613800001234");
  elder->address = g_strdup ("鲅鱼圈区红旗街道12号");
  elder->lat_e7 = 402664810;
  elder->lon_e7 = -1221234567;
  elder->remarks = g_strnfill (1024, 'x');
  elder->id_card = g_strdup ("210804194203040022");
  elder->birth = 19420304;
  return elder;
}

static GByteArray *
encode (const YihuElder *elder)
{
  GByteArray *plain = g_byte_array_new ();

  yihu_sealed_encode (elder, plain);
  return plain;
}

static void
test_encode (void)
{
  g_autoptr (YihuElder) elder = make_elder ();
  g_autoptr (YihuElder) copy = yihu_elder_new ("E1");
  g_autoptr (GByteArray) plain = encode (elder);
  g_autoptr (GError) error = NULL;

  g_assert_true (yihu_sealed_decode (copy, plain->data, plain->len, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (copy->name, ==, elder->name);
  g_assert_cmpstr (copy->phone, ==, elder->phone);
  g_assert_cmpstr (copy->address, ==, elder->address);
  g_assert_cmpstr (copy->remarks, ==, elder->remarks);
  g_assert_cmpint (copy->lat_e7, ==, elder->lat_e7);
  g_assert_cmpint (copy->lon_e7, ==, elder->lon_e7);
  /* Not a plain field's business, and never a server field's. */
  g_assert_cmpint (copy->birth, ==, 0);
  g_assert_null (copy->id_card);
}

static void
test_other_versions (void)
{
  static const guint8 fewer[] = { 1, 1, 3, 'a', 'b', 'c' };
  static const guint8 none[] = { 1, 0 };
  g_autoptr (YihuElder) elder = make_elder ();
  g_autoptr (YihuElder) older = yihu_elder_new ("E1");
  g_autoptr (YihuElder) newer = yihu_elder_new ("E1");
  g_autoptr (GByteArray) plain = encode (elder);
  g_autoptr (GError) error = NULL;

  g_assert_true (yihu_sealed_decode (older, fewer, sizeof fewer, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (older->name, ==, "abc");
  g_assert_true (yihu_sealed_decode (older, none, sizeof none, &error));

  /* A newer writer knows one field more: it is skipped. */
  plain->data[1]++;
  g_byte_array_append (plain, (const guint8 *) "\002xy", 3);
  g_assert_true (yihu_sealed_decode (newer, plain->data, plain->len, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (newer->phone, ==, elder->phone);
}

static void
assert_malformed (const guint8 *data, gsize size)
{
  g_autoptr (YihuElder) elder = yihu_elder_new ("E1");
  g_autoptr (GError) error = NULL;

  g_assert_false (yihu_sealed_decode (elder, data, size, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

static void
test_malformed (void)
{
  static const struct
  {
    const char *bytes;
    gsize size;
  } cases[] = {
    { "", 0 },
    { "\001", 1 },
    { "\002\000", 2 }, /* another format */
    { "\001\000x", 3 }, /* something behind the end */
    { "\001\001\005abc", 6 }, /* longer than there is */
    { "\001\001\003a\xff\xff", 6 }, /* not UTF-8 */
    { "\001\001\003a\000b", 6 }, /* a zero in a text */
    { "\001\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11 }, /* a count beyond 64 bits */
    { "\001\001\xff\xff\xff\xff\xff\xff\xff\xff\xff\001", 12 }, /* a length near 2^64 */
  };
  g_autoptr (YihuElder) elder = make_elder ();
  g_autoptr (GByteArray) plain = encode (elder);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_malformed ((const guint8 *) cases[i].bytes, cases[i].size);
  for (guint i = 0; i < plain->len; i++)
    {
      g_autofree guint8 *cut = g_memdup2 (plain->data, MAX (i, 1));

      assert_malformed (cut, i);
    }
}

static void
test_too_long (void)
{
  g_autoptr (YihuElder) elder = make_elder ();
  g_autoptr (GByteArray) plain = NULL;

  yihu_record_take (elder->remarks, g_strnfill (1025, 'x'));
  plain = encode (elder);
  assert_malformed (plain->data, plain->len);
  yihu_record_take (elder->remarks, NULL);
  elder->lat_e7 = 900000001;
  g_byte_array_unref (plain);
  plain = encode (elder);
  assert_malformed (plain->data, plain->len);
}

static void
assert_does_not_open (YihuSealer *sealer,
                      const char *kind,
                      const char *id,
                      gint64 number,
                      const guint8 *data,
                      gsize size)
{
  g_autoptr (GError) error = NULL;
  gsize plain_size;

  g_assert_null (yihu_sealer_open (sealer, kind, id, number, data, size, &plain_size, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

static GByteArray *
seal (YihuSealer *sealer, gint64 number, const guint8 *text, gsize size)
{
  gsize sealed_size;
  const guint8 *sealed = yihu_sealer_seal (sealer, "elder", "E1", number, text, size, &sealed_size);
  GByteArray *array = g_byte_array_new ();

  return g_byte_array_append (array, sealed, (guint) sealed_size);
}

static void
assert_opens (YihuSealer *sealer,
              gint64 number,
              const GByteArray *sealed,
              const guint8 *text,
              gsize size)
{
  g_autoptr (GError) error = NULL;
  gsize plain_size = 0;
  const guint8 *plain = yihu_sealer_open (sealer, "elder", "E1", number, sealed->data, sealed->len,
                                          &plain_size, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (plain, plain_size, text, size);
}

static YihuSealer *
make_sealer (guint8 first)
{
  guint8 key[YIHU_SEALER_KEY_BYTES] = { first, 1, 2, 3 };

  return yihu_sealer_new (key);
}

static void
assert_every_bit_counts (YihuSealer *sealer, gint64 number, GByteArray *sealed)
{
  for (guint i = 0; i < sealed->len; i++)
    {
      sealed->data[i] ^= 1;
      assert_does_not_open (sealer, "elder", "E1", number, sealed->data, sealed->len);
      sealed->data[i] ^= 1;
      assert_does_not_open (sealer, "elder", "E1", number, sealed->data, i);
    }
}

static void
test_seal (void)
{
  static const guint8 text[] = "a name and a number";
  g_autoptr (YihuSealer) sealer = make_sealer (1);
  g_autoptr (YihuSealer) other = make_sealer (2);
  g_autoptr (GByteArray) sealed = seal (sealer, 0, text, sizeof text);
  g_autoptr (GByteArray) again = seal (sealer, 0, text, sizeof text);

  g_assert_cmpuint (sealed->len, ==, sizeof text + 41);
  g_assert_true (memcmp (sealed->data, again->data, sealed->len) != 0);
  assert_opens (sealer, 0, sealed, text, sizeof text);
  assert_opens (sealer, 7, sealed, text, sizeof text); /* has a nonce of its own */
  assert_does_not_open (other, "elder", "E1", 0, sealed->data, sealed->len);
  assert_does_not_open (sealer, "elder", "E2", 0, sealed->data, sealed->len);
  assert_does_not_open (sealer, "kin", "E1", 0, sealed->data, sealed->len);
  assert_every_bit_counts (sealer, 0, sealed);
}

static void
test_numbered (void)
{
  static const guint8 text[] = "a name and a number";
  g_autoptr (YihuSealer) sealer = make_sealer (1);
  g_autoptr (GByteArray) sealed = seal (sealer, 7, text, sizeof text);
  g_autoptr (GByteArray) next = seal (sealer, 8, text, sizeof text);

  g_assert_cmpuint (sealed->len, ==, sizeof text + 17);
  g_assert_true (memcmp (sealed->data, next->data, sealed->len) != 0);
  assert_opens (sealer, 7, sealed, text, sizeof text);
  assert_does_not_open (sealer, "elder", "E1", 8, sealed->data, sealed->len);
  assert_every_bit_counts (sealer, 7, sealed);
}

/* Like addresses of one city. */
static char *
make_sample (guint i)
{
  return g_strdup_printf ("站前区八田地街道青龙山大路%u号新村花园%u号楼%u单元%u室", i % 97, i % 31,
                          i % 5, 101 + i % 700);
}

static GBytes *
train (guint n)
{
  g_autoptr (GByteArray) samples = g_byte_array_new ();
  g_autofree gsize *sizes = g_new (gsize, n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *sample = make_sample (i * 7919);

      sizes[i] = strlen (sample);
      g_byte_array_append (samples, (const guint8 *) sample, (guint) sizes[i]);
    }
  return yihu_sealer_train (samples->data, sizes, n);
}

static void
test_dictionary (void)
{
  g_autoptr (YihuSealer) sealer = make_sealer (1);
  g_autoptr (YihuSealer) without = make_sealer (1);
  g_autoptr (GBytes) dictionary = train (4000);
  g_autofree char *text = make_sample (123457);
  g_autoptr (GByteArray) sealed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (dictionary);
  g_assert_null (train (100));
  g_assert_true (yihu_sealer_set_dictionary (sealer, dictionary, &error));
  g_assert_no_error (error);
  sealed = seal (sealer, 7, (const guint8 *) text, strlen (text));
  g_assert_cmpuint (sealed->len, <, strlen (text) / 2 + 17);
  assert_opens (sealer, 7, sealed, (const guint8 *) text, strlen (text));
  assert_every_bit_counts (sealer, 7, sealed);
  assert_does_not_open (without, "elder", "E1", 7, sealed->data, sealed->len);
}

static void
test_no_dictionary (void)
{
  g_autoptr (YihuSealer) sealer = make_sealer (1);
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("no dictionary at all", 20);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;

  g_assert_false (yihu_sealer_set_dictionary (sealer, nonsense, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (yihu_sealer_set_dictionary (sealer, nothing, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/sealed/encode", test_encode);
  g_test_add_func ("/sealed/other-versions", test_other_versions);
  g_test_add_func ("/sealed/malformed", test_malformed);
  g_test_add_func ("/sealed/too-long", test_too_long);
  g_test_add_func ("/sealed/seal", test_seal);
  g_test_add_func ("/sealed/numbered", test_numbered);
  g_test_add_func ("/sealed/dictionary", test_dictionary);
  g_test_add_func ("/sealed/no-dictionary", test_no_dictionary);
  return g_test_run ();
}
