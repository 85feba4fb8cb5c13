/* SPDX-License-Identifier: GPL-3.0-or-later */

/* CSV files: the first row is the header of any kind that takes it; what parses must survive being
 * written and read again. */

#include "wire/record-csv.h"

#include <stdint.h>

#define TODAY 20250701

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_round_trip (gconstpointer record)
{
  const YihuRecordType *type = ((const YihuRecord *) record)->type;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (YihuCsvReader) reader = NULL;
  g_autoptr (YihuRecordCsv) csv = NULL;
  g_autoptr (YihuRecord) copy = NULL;
  char **fields;
  guint n_fields;

  yihu_record_csv_append_header (type, text);
  yihu_record_csv_append (record, text);
  reader = yihu_csv_reader_new (text->str, text->len, NULL);
  g_assert_true (yihu_csv_reader_next (reader, &fields, &n_fields, NULL));
  csv = yihu_record_csv_new (type, (const char *const *) fields, n_fields, "0417", TODAY, NULL);
  g_assert_nonnull (csv);
  g_assert_true (yihu_csv_reader_next (reader, &fields, &n_fields, NULL));
  copy = yihu_record_csv_parse (csv, (const char *const *) fields, n_fields, NULL);
  g_assert_true (copy != NULL && yihu_record_equal (copy, record));
  g_assert_true (yihu_csv_reader_is_at_end (reader));
}

static void
read_rows (YihuCsvReader *reader, YihuRecordCsv *csv)
{
  char **fields;
  guint n_fields;

  while (!yihu_csv_reader_is_at_end (reader))
    {
      g_autoptr (YihuRecord) record = NULL;

      if (!yihu_csv_reader_next (reader, &fields, &n_fields, NULL))
        continue;
      record = yihu_record_csv_parse (csv, (const char *const *) fields, n_fields, NULL);
      if (record != NULL)
        check_round_trip (record);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autoptr (YihuCsvReader) reader = yihu_csv_reader_new ((const char *) data, size, NULL);
      g_autoptr (YihuRecordCsv) csv = NULL;
      char **header;
      guint n_columns;

      if (reader == NULL || !yihu_csv_reader_next (reader, &header, &n_columns, NULL))
        return 0;
      csv = yihu_record_csv_new (yihu_record_types[i], (const char *const *) header, n_columns,
                                 "0417", TODAY, NULL);
      if (csv != NULL)
        read_rows (reader, csv);
    }
  return 0;
}
