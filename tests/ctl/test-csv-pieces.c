/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Cutting CSV files: every piece has the header, no row is lost, doubled or cut, whatever the size
 * of the pieces. */

#include "ctl/csv-pieces.h"

#include <string.h>

static void
check_all_sizes (const char *header, const char *const *rows, guint n_rows)
{
  g_autoptr (GString) text = g_string_new (header);

  for (guint i = 0; i < n_rows; i++)
    g_string_append (text, rows[i]);
  for (gsize max_bytes = 1; max_bytes < text->len + 10; max_bytes++)
    {
      g_autoptr (GString) joined = g_string_new (header);
      YihuCsvPieces pieces;
      guint line = 0, last_line = 1;
      GBytes *next;

      yihu_csv_pieces_init (&pieces, text->str, text->len, NULL);
      while ((next = yihu_csv_pieces_next (&pieces, max_bytes, &line)) != NULL)
        {
          g_autoptr (GBytes) piece = next;
          gsize size;
          const char *data = g_bytes_get_data (piece, &size);

          g_assert_cmpuint (size, >, strlen (header));
          g_assert_cmpmem (data, strlen (header), header, strlen (header));
          g_assert_cmpuint (line, >, last_line);
          last_line = line;
          g_string_append_len (joined, data + strlen (header), (gssize) (size - strlen (header)));
        }
      g_assert_cmpstr (joined->str, ==, text->str);
    }
}

static void
test_rows (void)
{
  const char *const rows[] = { "1,a\n", "2,\"b\nb\"\n", "3,\"\"\"\n\"\n", "4,d\r\n", "5,e" };

  check_all_sizes ("id,name\n", rows, G_N_ELEMENTS (rows));
}

static void
test_line_numbers (void)
{
  const char *text = "id\n1\n\"2\n2\"\n3\n";
  YihuCsvPieces pieces;
  guint line = 0;

  yihu_csv_pieces_init (&pieces, text, strlen (text), NULL);
  for (guint i = 0; i < 3; i++)
    {
      static const guint expected[] = { 2, 3, 5 };
      g_autoptr (GBytes) piece = yihu_csv_pieces_next (&pieces, 1, &line);

      g_assert_nonnull (piece);
      g_assert_cmpuint (line, ==, expected[i]);
    }
  g_assert_null (yihu_csv_pieces_next (&pieces, 1, &line));
}

static void
test_header_only (void)
{
  YihuCsvPieces pieces;
  guint line;

  yihu_csv_pieces_init (&pieces, "id,name", 7, NULL);
  g_assert_null (yihu_csv_pieces_next (&pieces, 100, &line));
  yihu_csv_pieces_init (&pieces, "", 0, NULL);
  g_assert_null (yihu_csv_pieces_next (&pieces, 100, &line));
}

/* Quoted ids, blanks around them, blank lines, rows that cannot be read: the lines of the others
 * stay what they are. */
static void
test_repeats (void)
{
  static const char text[] = "name, id \na,1\nb,\"2\n2\"\n\nc,1\nd, 1 \ne,3\n\"f\" ,1\ng\nh,\ni,\n"
                             "j,\"2\n2\"\nk,4\n";
  static const YihuCsvRepeat expected[] = { { 6, 2 }, { 7, 2 }, { 13, 3 } };
  g_autoptr (GArray) repeats = yihu_csv_list_repeats (text, strlen (text));
  g_autoptr (GString) left = g_string_new (NULL);
  YihuCsvPieces pieces;
  GBytes *next;
  guint line;

  g_assert_cmpmem (repeats->data, repeats->len * sizeof (YihuCsvRepeat), expected, sizeof expected);
  yihu_csv_pieces_init (&pieces, text, strlen (text), repeats);
  while ((next = yihu_csv_pieces_next (&pieces, 1000, &line)) != NULL)
    {
      g_autoptr (GBytes) piece = next;
      gsize size;
      const char *data = g_bytes_get_data (piece, &size);

      g_string_append_printf (left, "%u:%.*s", line, (int) (size - pieces.header_length),
                              data + pieces.header_length);
    }
  g_assert_cmpstr (left->str, ==, "2:a,1\nb,\"2\n2\"\n\n8:e,3\n\"f\" ,1\ng\nh,\ni,\n15:k,4\n");
}

static void
test_no_repeats (void)
{
  static const char *const texts[] = {
    "", "id", "name\na\na\n", "id\n\xcd\xf5\n\xcd\xf5\n", "id\n\n\n", "\"id\n1\n1\n"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GArray) repeats = yihu_csv_list_repeats (texts[i], strlen (texts[i]));

      g_assert_cmpuint (repeats->len, ==, 0);
    }
  g_array_unref (yihu_csv_list_repeats (NULL, 0)); /* an empty file */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/csv-pieces/rows", test_rows);
  g_test_add_func ("/ctl/csv-pieces/line-numbers", test_line_numbers);
  g_test_add_func ("/ctl/csv-pieces/header-only", test_header_only);
  g_test_add_func ("/ctl/csv-pieces/repeats", test_repeats);
  g_test_add_func ("/ctl/csv-pieces/no-repeats", test_no_repeats);
  return g_test_run ();
}
