/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The limits one unit on each side, texts that must be refused, and the readers: type, range,
 * length, the name of the field in the message, and no value in it. */

#include "base/bounded-json.h"
#include "base/error.h"

#include <string.h>

static json_t *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  json_t *json = yihu_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  g_assert_nonnull (json);
  return json;
}

static void
assert_refused (const char *text, gssize length, YihuError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_json_parse (text, length, 0, &error));
  g_assert_error (error, YIHU_ERROR, (int) code);
}

static char *
brackets (guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, i % 2 == 0 ? "[" : "{\"a\":");
  g_string_append (text, "1");
  for (guint i = depth; i > 0; i--)
    g_string_append (text, (i - 1) % 2 == 0 ? "]" : "}");
  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  g_autofree char *deepest = brackets (YIHU_JSON_MAX_DEPTH);
  g_autofree char *too_deep = brackets (YIHU_JSON_MAX_DEPTH + 1);
  g_autofree char *abyss = g_strnfill (100000, '[');
  g_autoptr (json_t) json = parse (deepest);
  g_autoptr (json_t) quoted = NULL;
  g_autofree char *in_string = NULL;

  g_assert_true (json_is_array (json));
  assert_refused (too_deep, -1, YIHU_ERROR_INVALID);
  assert_refused (abyss, -1, YIHU_ERROR_INVALID);

  /* Brackets in a string, behind an escaped quote, are text. */
  abyss[1000] = '\0';
  in_string = g_strdup_printf ("[\"\\\\\\\"%s\"]", abyss);
  quoted = parse (in_string);
  g_assert_cmpuint (json_string_length (json_array_get (quoted, 0)), ==, 1002);
}

static void
test_size (void)
{
  g_autofree char *blanks = g_strnfill (YIHU_JSON_MAX_BYTES + 1, ' ');
  g_autoptr (json_t) json = NULL;
  g_autoptr (GError) error = NULL;

  memcpy (blanks, "[]", 2);
  json = yihu_json_parse (blanks, YIHU_JSON_MAX_BYTES, 0, &error);
  g_assert_no_error (error);
  assert_refused (blanks, YIHU_JSON_MAX_BYTES + 1, YIHU_ERROR_TOO_LARGE);

  g_assert_null (yihu_json_parse ("[1]", -1, 2, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE);
}

static void
test_refused_texts (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "1",
    "\"a\"",
    "null",
    "{",
    "[1,]",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "[1] x",
    "[1][2]",
    "[01]",
    "[1.]",
    "[.5]",
    "[+1]",
    "[NaN]",
    "[Infinity]",
    "[\"\x01\"]",
    "[\"\\x\"]",
    "[\"\\u12\"]",
    "[\"\\ud800\"]",
    "[\"\\u0000\"]",
    "[\"\xff\"]",
    "[\"\xc0\xaf\"]",
    "[\"\xed\xa0\x80\"]",
    "{\"a\":1,\"a\":2}",
    "{\"a\":{\"b\":1,\"b\":1}}",
    "[99999999999999999999]",
    "[1e999]",
    "// c\n[]",
    "\xef\xbb\xbf[]",
    "[1\v]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], -1, YIHU_ERROR_INVALID);
  assert_refused ("[]\0", 3, YIHU_ERROR_INVALID);
}

static void
test_printing (void)
{
  g_autoptr (json_t) json = parse ("{ \"b\" : 1, \"a\" : [ true, null, \"\\u9889\" ] }");
  g_autofree char *text = yihu_json_print (json);

  g_assert_cmpstr (text, ==, "{\"b\":1,\"a\":[true,null,\"颉\"]}");
}

static void
test_memory_is_from_glib (void)
{
  g_autoptr (json_t) json = parse ("[1]");
  g_autofree char *text = json_dumps (json, JSON_COMPACT); /* freed by g_free() */

  g_assert_cmpstr (text, ==, "[1]");
}

#define ASSERT_MESSAGE(error, text)                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);                                        \
    g_assert_cmpstr ((error)->message, ==, text);                                                  \
    g_clear_error (&(error));                                                                      \
  }                                                                                                \
  G_STMT_END

static void
test_read_text (void)
{
  g_autoptr (json_t) json = parse ("{\"a\":\"王秀英\",\"n\":7,\"z\":null}");
  g_autoptr (GError) error = NULL;
  const char *value = "unchanged";

  g_assert_true (yihu_json_read_text (json, "b", FALSE, 9, &value, &error));
  g_assert_cmpstr (value, ==, "unchanged");
  g_assert_true (yihu_json_read_text (json, "a", TRUE, 9, &value, &error));
  g_assert_cmpstr (value, ==, "王秀英");
  g_assert_false (yihu_json_read_text (json, "a", TRUE, 8, &value, &error));
  ASSERT_MESSAGE (error, "field 'a': is longer than 8 bytes");
  g_assert_false (yihu_json_read_text (json, "b", TRUE, 9, &value, &error));
  ASSERT_MESSAGE (error, "field 'b': is missing");
  g_assert_false (yihu_json_read_text (json, "n", FALSE, 9, &value, &error));
  ASSERT_MESSAGE (error, "field 'n': is not a text");
  g_assert_false (yihu_json_read_text (json, "z", FALSE, 9, &value, &error));
  ASSERT_MESSAGE (error, "field 'z': is not a text");
}

static void
test_read_int (void)
{
  g_autoptr (json_t) json = parse ("{\"n\":7,\"r\":7.0,\"s\":\"7\",\"big\":9223372036854775807}");
  g_autoptr (GError) error = NULL;
  gint64 value = -1;

  g_assert_true (yihu_json_read_int (json, "b", FALSE, 0, 9, &value, &error));
  g_assert_cmpint (value, ==, -1);
  g_assert_true (yihu_json_read_int (json, "n", TRUE, 7, 7, &value, &error));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (yihu_json_read_int (json, "big", TRUE, 0, G_MAXINT64, &value, &error));
  g_assert_cmpint (value, ==, G_MAXINT64);
  g_assert_false (yihu_json_read_int (json, "n", TRUE, 8, 9, &value, &error));
  ASSERT_MESSAGE (error, "field 'n': is outside 8..9");
  g_assert_false (yihu_json_read_int (json, "n", TRUE, 0, 6, &value, &error));
  ASSERT_MESSAGE (error, "field 'n': is outside 0..6");
  g_assert_false (yihu_json_read_int (json, "r", TRUE, 0, 9, &value, &error));
  ASSERT_MESSAGE (error, "field 'r': is not a whole number");
  g_assert_false (yihu_json_read_int (json, "s", TRUE, 0, 9, &value, &error));
  ASSERT_MESSAGE (error, "field 's': is not a whole number");
  g_assert_false (yihu_json_read_int (json, "b", TRUE, 0, 9, &value, &error));
  ASSERT_MESSAGE (error, "field 'b': is missing");
}

static void
test_read_bool (void)
{
  g_autoptr (json_t) json = parse ("{\"t\":true,\"f\":false,\"n\":1}");
  g_autoptr (GError) error = NULL;
  gboolean value = TRUE;

  g_assert_true (yihu_json_read_bool (json, "f", TRUE, &value, &error));
  g_assert_false (value);
  g_assert_true (yihu_json_read_bool (json, "t", TRUE, &value, &error));
  g_assert_true (value);
  g_assert_true (yihu_json_read_bool (json, "x", FALSE, &value, &error));
  g_assert_true (value);
  g_assert_false (yihu_json_read_bool (json, "n", TRUE, &value, &error));
  ASSERT_MESSAGE (error, "field 'n': is not true or false");
}

static void
test_read_object_and_array (void)
{
  g_autoptr (json_t) json = parse ("{\"o\":{\"a\":1},\"l\":[1,2,3]}");
  g_autoptr (GError) error = NULL;
  const json_t *value = NULL;

  g_assert_true (yihu_json_read_object (json, "o", TRUE, &value, &error));
  g_assert_cmpuint (json_object_size (value), ==, 1);
  g_assert_false (yihu_json_read_object (json, "l", TRUE, &value, &error));
  ASSERT_MESSAGE (error, "field 'l': is not an object");
  g_assert_true (yihu_json_read_array (json, "l", TRUE, 3, &value, &error));
  g_assert_cmpuint (json_array_size (value), ==, 3);
  g_assert_false (yihu_json_read_array (json, "l", TRUE, 2, &value, &error));
  ASSERT_MESSAGE (error, "field 'l': has more than 2 items");
  g_assert_false (yihu_json_read_array (json, "o", TRUE, 2, &value, &error));
  ASSERT_MESSAGE (error, "field 'o': is not an array");
  g_assert_true (yihu_json_read_array (json, "x", FALSE, 2, &value, &error));

  /* What is no object has no members. */
  g_assert_false (yihu_json_read_array (json_object_get (json, "l"), "x", TRUE, 2, &value, &error));
  ASSERT_MESSAGE (error, "field 'x': is missing");
}

static void
test_printing_text (void)
{
  g_autofree char *name = yihu_json_print_text ("营口\"12349\"\n");
  g_autofree char *broken = yihu_json_print_text ("\xff");

  g_assert_cmpstr (name, ==, "\"营口\\\"12349\\\"\\n\"");
  g_assert_cmpstr (broken, ==, "\"\"");
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/bounded-json/depth", test_depth);
  g_test_add_func ("/base/bounded-json/size", test_size);
  g_test_add_func ("/base/bounded-json/refused", test_refused_texts);
  g_test_add_func ("/base/bounded-json/printing", test_printing);
  g_test_add_func ("/base/bounded-json/printing-text", test_printing_text);
  g_test_add_func ("/base/bounded-json/memory", test_memory_is_from_glib);
  g_test_add_func ("/base/bounded-json/text", test_read_text);
  g_test_add_func ("/base/bounded-json/int", test_read_int);
  g_test_add_func ("/base/bounded-json/bool", test_read_bool);
  g_test_add_func ("/base/bounded-json/object-array", test_read_object_and_array);
  return g_test_run ();
}
