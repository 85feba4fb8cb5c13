/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The sealed column's two forms: what goes in comes out, and nothing malformed, tampered with or
 * moved to another row does. */

#include "base/error.h"
#include "domain/kinds.h"
#include "snapshot/sealed.h"

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

static void
test_encode (void)
{
  g_autoptr (YihuElder) elder = make_elder ();
  g_autoptr (YihuElder) copy = yihu_elder_new ("E1");
  g_autoptr (GByteArray) plain = yihu_sealed_encode (elder);
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
  g_autoptr (GByteArray) plain = yihu_sealed_encode (elder);
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
  g_autoptr (GByteArray) plain = yihu_sealed_encode (elder);

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
  plain = yihu_sealed_encode (elder);
  assert_malformed (plain->data, plain->len);
  yihu_record_take (elder->remarks, NULL);
  elder->lat_e7 = 900000001;
  g_byte_array_unref (plain);
  plain = yihu_sealed_encode (elder);
  assert_malformed (plain->data, plain->len);
}

static void
assert_does_not_open (const guint8 *key,
                      const char *kind,
                      const char *id,
                      const guint8 *data,
                      gsize size)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_sealed_open (key, kind, id, data, size, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

static void
test_seal (void)
{
  static const guint8 text[] = "a name and a number";
  guint8 key[YIHU_SEALED_KEY_BYTES];
  guint8 other[YIHU_SEALED_KEY_BYTES];
  g_autoptr (GByteArray) sealed = NULL;
  g_autoptr (GByteArray) again = NULL;
  g_autoptr (GByteArray) plain = NULL;

  randombytes_buf (key, sizeof key);
  randombytes_buf (other, sizeof other);
  sealed = yihu_sealed_seal (key, "elder", "E1", text, sizeof text);
  again = yihu_sealed_seal (key, "elder", "E1", text, sizeof text);
  g_assert_cmpuint (sealed->len, ==, sizeof text + 40);
  g_assert_true (memcmp (sealed->data, again->data, sealed->len) != 0);

  plain = yihu_sealed_open (key, "elder", "E1", sealed->data, sealed->len, NULL);
  g_assert_cmpmem (plain->data, plain->len, text, sizeof text);
  assert_does_not_open (other, "elder", "E1", sealed->data, sealed->len);
  assert_does_not_open (key, "elder", "E2", sealed->data, sealed->len);
  assert_does_not_open (key, "kin", "E1", sealed->data, sealed->len);
  assert_does_not_open (key, "elder", "E1", sealed->data, 39);
  for (guint i = 0; i < sealed->len; i++)
    {
      sealed->data[i] ^= 1;
      assert_does_not_open (key, "elder", "E1", sealed->data, sealed->len);
      sealed->data[i] ^= 1;
    }
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
  return g_test_run ();
}
