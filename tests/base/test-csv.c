/* SPDX-License-Identifier: GPL-3.0-or-later */

/* CSV: RFC 4180 and its edges, bad rows that do not stop the rest, limits, random round trips. */

#include "base/csv.h"
#include "base/error.h"

#include <string.h>

static YihuCsvReader *
open_text (const char *text, gssize length)
{
  g_autoptr (GError) error = NULL;
  YihuCsvReader *reader =
      yihu_csv_reader_new (text, length < 0 ? strlen (text) : (gsize) length, &error);

  g_assert_no_error (error);
  return reader;
}

/* Rows as "a|b|c;" and bad rows as "!LINE;". */
static char *
read_all (const char *text, gssize length)
{
  g_autoptr (YihuCsvReader) reader = open_text (text, length);
  GString *rows = g_string_new (NULL);
  char **fields;
  guint n_fields;

  while (!yihu_csv_reader_is_at_end (reader))
    {
      g_autoptr (GError) error = NULL;

      if (yihu_csv_reader_next (reader, &fields, &n_fields, &error))
        {
          g_autofree char *row = g_strjoinv ("|", fields);

          g_assert_cmpuint (g_strv_length (fields), ==, n_fields);
          g_string_append_printf (rows, "%s;", row);
        }
      else
        {
          g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
          g_string_append_printf (rows, "!%u;", yihu_csv_reader_get_line (reader));
        }
    }
  g_assert_false (yihu_csv_reader_next (reader, &fields, &n_fields, NULL));
  return g_string_free (rows, FALSE);
}

static void
test_texts (void)
{
  static const struct
  {
    const char *text;
    const char *rows;
  } cases[] = {
    { "", "" },
    { "\n\n", "" },
    { "a,b\n", "a|b;" },
    { "a,b", "a|b;" },
    { "a,b\r\nc,d\r\n", "a|b;c|d;" },
    { "a,b\rc,d", "a|b;c|d;" },
    { "\xef\xbb\xbf"
      "a,b\n",
      "a|b;" },
    { "a,,\n,,b\n", "a||;||b;" },
    { "a\n\n\nb\n", "a;b;" },
    { "\"a,b\",\"c\"\"d\"\n", "a,b|c\"d;" },
    { "\"a\nb\",c\nd,e", "a\nb|c;d|e;" },
    { "\"a\r\nb\"\r\nc", "a\r\nb;c;" },
    { "\"\",\"\"\n", "|;" },
    { "\"\"\n", ";" },
    { " a , b \n", " a | b ;" },
    { "王,李\n", "王|李;" },
    { "a\"b,c\nd,e\n", "!1;d|e;" },
    { "\"a\"b,c\nd,e\n", "!1;d|e;" },
    { "a\n\"open\nb\n", "a;!2;" },
    { "\"a\nb\"x,c\nd\n", "!1;d;" },
    { "\"", "!1;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *rows = read_all (cases[i].text, -1);

      g_assert_cmpstr (rows, ==, cases[i].rows);
    }
}

static void
test_line_numbers (void)
{
  g_autoptr (YihuCsvReader) reader = open_text ("a\n\n\"b\nb\",1\r\nc\n", -1);
  static const guint lines[] = { 1, 3, 5 };
  char **fields;
  guint n_fields;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_assert_true (yihu_csv_reader_next (reader, &fields, &n_fields, NULL));
      g_assert_cmpuint (yihu_csv_reader_get_line (reader), ==, lines[i]);
    }
  g_assert_true (yihu_csv_reader_is_at_end (reader));
}

static void
test_message_names_the_line (void)
{
  g_autoptr (YihuCsvReader) reader = open_text ("a\n\"secret\"x\n", -1);
  g_autoptr (GError) error = NULL;
  char **fields;
  guint n_fields;

  g_assert_true (yihu_csv_reader_next (reader, &fields, &n_fields, &error));
  g_assert_false (yihu_csv_reader_next (reader, &fields, &n_fields, &error));
  g_assert_true (g_str_has_prefix (error->message, "line 2: "));
  g_assert_null (strstr (error->message, "secret"));
}

static void
test_limits (void)
{
  g_autofree char *commas = g_strnfill (YIHU_CSV_MAX_COLUMNS, ',');
  g_autofree char *too_many = g_strconcat (commas, "\nb\n", NULL);
  g_autofree char *many = g_strconcat (commas + 1, "\nb\n", NULL);
  g_autofree char *long_field = g_strnfill (2 * YIHU_CSV_MAX_ROW_BYTES, 'x');
  g_autofree char *long_row = g_strconcat (long_field, "\nb\n", NULL);
  g_autofree char *long_quoted = g_strconcat ("\"", long_field, "\"\nb\n", NULL);
  g_autofree char *first = read_all (too_many, -1);
  g_autofree char *second = read_all (many, -1);
  g_autofree char *third = read_all (long_row, -1);
  g_autofree char *fourth = read_all (long_quoted, -1);

  g_assert_cmpstr (first, ==, "!1;b;");
  g_assert_cmpstr (second + strlen (second) - 3, ==, ";b;");
  g_assert_cmpstr (third, ==, "!1;b;");
  g_assert_cmpstr (fourth, ==, "!1;b;");
}

static void
test_encodings (void)
{
  g_autoptr (GError) error = NULL;

  /* "id,王" in GB 18030. */
  g_assert_null (yihu_csv_reader_new ("id,\xcd\xf5\n", 6, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "not UTF-8 at byte 3; the text reads as GB 18030");
  g_clear_error (&error);

  g_assert_null (yihu_csv_reader_new ("id,\xff\xff", 5, &error));
  g_assert_cmpstr (error->message, ==, "not UTF-8 at byte 3");
  g_clear_error (&error);

  g_assert_null (yihu_csv_reader_new ("a\0b", 3, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
}

/* The text need not end with NUL. */
static void
test_bounded_text (void)
{
  g_autofree char *rows = read_all ("a,b\nc,dXXXX", 7);
  g_autofree char *quoted = read_all ("\"a\"\"XX", 4);
  g_autofree char *end_of_line = read_all ("a\r\nXX", 2);

  g_assert_cmpstr (rows, ==, "a|b;c|d;");
  g_assert_cmpstr (quoted, ==, "!1;");
  g_assert_cmpstr (end_of_line, ==, "a;");
}

static char *
random_field (void)
{
  static const char *const pieces[] = { "a", ",", "\"", "\n", "\r", " ", "王", "" };
  GString *field = g_string_new (NULL);

  for (int i = g_test_rand_int_range (0, 6); i > 0; i--)
    g_string_append (field, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
  return g_string_free (field, FALSE);
}

static void
test_random_round_trips (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      guint n = (guint) g_test_rand_int_range (1, 6);
      g_auto (GStrv) fields = g_new0 (char *, n + 1);
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (YihuCsvReader) reader = NULL;
      char **found;
      guint n_found;

      for (guint i = 0; i < n; i++)
        fields[i] = random_field ();
      yihu_csv_append_row (text, (const char *const *) fields, n);
      yihu_csv_append_row (text, (const char *const *) fields, n);
      reader = open_text (text->str, (gssize) text->len);
      for (guint i = 0; i < 2; i++)
        {
          g_assert_true (yihu_csv_reader_next (reader, &found, &n_found, NULL));
          g_assert_true (g_strv_equal ((const char *const *) found, (const char *const *) fields));
        }
      g_assert_true (yihu_csv_reader_is_at_end (reader));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/csv/texts", test_texts);
  g_test_add_func ("/base/csv/lines", test_line_numbers);
  g_test_add_func ("/base/csv/message", test_message_names_the_line);
  g_test_add_func ("/base/csv/limits", test_limits);
  g_test_add_func ("/base/csv/encodings", test_encodings);
  g_test_add_func ("/base/csv/bounded", test_bounded_text);
  g_test_add_func ("/base/csv/random", test_random_round_trips);
  return g_test_run ();
}
