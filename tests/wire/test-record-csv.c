/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Records from CSV: headers, what is normalised, what is refused and how; every kind there and
 * back. */

#include "base/error.h"
#include "domain/kinds.h"
#include "wire/record-csv.h"
#include "wire/record-json.h"

#include <string.h>

#define TODAY 20250701

static YihuRecordCsv *
open_header (const YihuRecordType *type, const char *header, GError **error)
{
  g_auto (GStrv) names = g_strsplit (header, ",", -1);

  return yihu_record_csv_new (type, (const char *const *) names, g_strv_length (names), "0417",
                              TODAY, error);
}

static gpointer
parse_row (const YihuRecordType *type, const char *header, const char *row, GError **error)
{
  g_autoptr (YihuRecordCsv) csv = open_header (type, header, NULL);
  g_auto (GStrv) cells = g_strsplit (row, ",", -1);

  g_assert_nonnull (csv);
  return yihu_record_csv_parse (csv, (const char *const *) cells, g_strv_length (cells), error);
}

static void
test_headers (void)
{
  static const struct
  {
    const char *header;
    const char *message; /* NULL: accepted */
  } rows[] = {
    { "id,name", NULL },
    { "name,id", NULL },
    { " id , name ,lat,lon,division", NULL },
    { "name", "elder: column 'id' is missing" },
    { "id", "elder: column 'name' is missing" },
    { "id,name,lat_e7", "elder: column 'lat_e7' is unknown" },
    { "id,name,version", "elder: column 'version' is unknown" },
    { "id,name,Phone", "elder: column 'Phone' is unknown" },
    { "id,name,", "elder: column '' is unknown" },
    { "id,name,id", "elder: column 'id' is repeated" },
    { "id,name,lat,lat", "elder: column 'lat' is repeated" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuRecordCsv) csv = open_header (&yihu_elder_type, rows[i].header, &error);

      g_assert_cmpint (csv != NULL, ==, rows[i].message == NULL);
      if (rows[i].message == NULL)
        continue;
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_whole_elder (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuElder) elder =
      parse_row (&yihu_elder_type,
                 "id,division,name,birth,phone,phone2,lat,lon,sex,living,id_card,remarks",
                 "e1,210802001003, 王秀英 ,1941-03-07,2817331,138 3790 4412,40.6671234,"
                 "-122.5,male,alone,21080219410307002 2,x",
                 &error);

  g_assert_null (elder);
  g_assert_cmpstr (error->message, ==, "field 'id_card': is not a valid identity number");
  g_clear_error (&error);

  elder = parse_row (&yihu_elder_type,
                     "id,division,name,birth,phone,phone2,lat,lon,sex,living,id_card,remarks",
                     "e1,210802001003, 王秀英 ,1941-03-07,2817331,138 3790 4412,40.6671234,"
                     "-122.5,male,alone,130503670401001,",
                     &error);
  g_assert_no_error (error);
  g_assert_cmpstr (elder->record.id, ==, "e1");
  g_assert_cmpint (elder->record.version, ==, 0);
  g_assert_cmpint (elder->record.division, ==, G_GINT64_CONSTANT (210802001003));
  g_assert_cmpstr (elder->name, ==, "王秀英");
  g_assert_cmpint (elder->birth, ==, 19410307);
  g_assert_cmpstr (elder->phone, ==, "+864172817331");
  g_assert_cmpstr (elder->phone2, ==, "+8613837904412");
  g_assert_cmpint (elder->lat_e7, ==, 406671234);
  g_assert_cmpint (elder->lon_e7, ==, -1225000000);
  g_assert_cmpint (elder->sex, ==, YIHU_SEX_MALE);
  g_assert_cmpint (elder->living, ==, YIHU_LIVING_ALONE);
  g_assert_cmpstr (elder->id_card, ==, "130503196704010016");
  g_assert_null (elder->remarks);
}

static void
test_refused_cells (void)
{
  static const struct
  {
    const char *column;
    const char *cell;
    const char *fault; /* NULL: accepted */
  } rows[] = {
    { "birth", "19410307", NULL },
    { "birth", "1941-3-7", "is not of the form yyyy-mm-dd" },
    { "birth", "1941/03/07", "is not of the form yyyy-mm-dd" },
    { "birth", "1941030x", "is not of the form yyyy-mm-dd" },
    { "birth", "1949-02-29", "is no day of the calendar" },
    { "birth", "1948-02-29", NULL },
    { "birth", "2025-07-01", NULL },
    { "birth", "2025-07-02", "lies in the future" },
    { "birth", "1894-07-01", "gives an age above 130" },
    { "birth", "1894-07-02", NULL },
    { "birth", "", NULL },
    { "phone", "anonymous", "is not a telephone number" },
    { "phone", "", NULL },
    { "phone2", "13837904412x", "is not a telephone number" },
    { "lat", "90", NULL },
    { "lat", "90.0000001", "is outside the globe" },
    { "lat", "-90", NULL },
    { "lon", "180.1", "is outside the globe" },
    { "lon", "nan", "is not in decimal degrees" },
    { "lon", "1e2", "is not in decimal degrees" },
    { "lon", "0x10", "is not in decimal degrees" },
    { "lon", "12.3.4", "is not in decimal degrees" },
    { "lon", "-", "is not in decimal degrees" },
    { "sex", "Male", "is none of its values" },
    { "sex", "1", "is none of its values" },
    { "division", "21080", "is not a division code of 2, 4, 6, 9 or 12 digits" },
    { "division", "210802", NULL },
    { "division", "0", NULL },
    { "id_card", "110105194912310021", "is not a valid identity number" },
    { "id_card", "11010519491231002x", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *header = g_strconcat ("id,name,", rows[i].column, NULL);
      g_autofree char *row = g_strconcat ("e,n,", rows[i].cell, NULL);
      g_autofree char *message = g_strdup_printf ("field '%s': %s", rows[i].column, rows[i].fault);
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuElder) elder = parse_row (&yihu_elder_type, header, row, &error);

      g_assert_cmpint (elder != NULL, ==, rows[i].fault == NULL);
      if (rows[i].fault != NULL)
        g_assert_cmpstr (error->message, ==, message);
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *cell;
    gboolean is_accepted;
  } rows[] = { { "0", TRUE },          { "80", TRUE },     { "100000000", TRUE },
               { "100000001", FALSE }, { "-1", FALSE },    { "+1", FALSE },
               { "1.0", FALSE },       { "1 000", FALSE }, { "99999999999999999999", FALSE },
               { "x", FALSE },         { "", TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *row = g_strconcat ("p,a,b,", rows[i].cell, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuPrice) price =
          parse_row (&yihu_price_type, "id,provider,item,price_fen", row, &error);

      g_assert_cmpint (price != NULL, ==, rows[i].is_accepted);
      g_assert_cmpint (error != NULL, ==, !rows[i].is_accepted);
    }
}

static void
test_rows_of_wrong_length (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse_row (&yihu_elder_type, "id,name", "e", &error));
  g_assert_cmpstr (error->message, ==, "the row has 1 cells, the header 2");
  g_clear_error (&error);
  g_assert_null (parse_row (&yihu_elder_type, "id,name", "e,n,x", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
}

static void
test_required_cells (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse_row (&yihu_elder_type, "id,name", "e, ", &error));
  g_assert_cmpstr (error->message, ==, "elder: field 'name' is missing");
  g_clear_error (&error);
  g_assert_null (parse_row (&yihu_elder_type, "id,name", ",n", &error));
  g_assert_cmpstr (error->message, ==, "elder: field 'id' must have 1 to 36 bytes");
  g_clear_error (&error);
  g_assert_null (parse_row (&yihu_division_type, "id,name,level", "1,n,", &error));
  g_assert_cmpstr (error->message, ==, "division: field 'level' is outside 1..5");
}

/* The number of an order is no telephone number; that of a call is. */
static void
test_which_number_is_a_phone (void)
{
  g_autoptr (YihuOrder) order =
      parse_row (&yihu_order_type, "id,elder,item,provider,number", "o,e,i,p,20250701-0001", NULL);
  g_autoptr (YihuCall) call =
      parse_row (&yihu_call_type, "id,number,number_raw", "c,2817331,2817331", NULL);

  g_assert_cmpstr (order->number, ==, "20250701-0001");
  g_assert_cmpstr (call->number, ==, "+864172817331");
  g_assert_cmpstr (call->number_raw, ==, "2817331");
}

static void
test_accounts_have_no_password (void)
{
  g_autoptr (GString) header = g_string_new (NULL);

  yihu_record_csv_append_header (&yihu_account_type, header);
  g_assert_cmpstr (header->str, ==,
                   "id,division,login,name,role,seat,provider,disabled,wiped_at_us\n");
}

static gpointer
load_golden (const YihuRecordType *type)
{
  g_autofree char *file = g_strdup_printf ("record-%s.json", type->name);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "golden", file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (json_t) json = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  json = yihu_json_parse (text, -1, 0, NULL);
  return yihu_record_from_json (type, json, NULL);
}

/* Every kind, with every field set, and once empty as far as allowed. */
static void
test_round_trip (gconstpointer data)
{
  const YihuRecordType *type = data;
  g_autoptr (YihuRecord) record = load_golden (type);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (YihuCsvReader) reader = NULL;
  g_autoptr (YihuRecordCsv) csv = NULL;
  g_autoptr (YihuRecord) copy = NULL;
  g_autoptr (GError) error = NULL;
  char **fields;
  guint n_fields;

  record->version = 0; /* has no column */
  yihu_record_csv_append_header (type, text);
  yihu_record_csv_append (record, text);
  reader = yihu_csv_reader_new (text->str, text->len, NULL);
  g_assert_true (yihu_csv_reader_next (reader, &fields, &n_fields, NULL));
  g_assert_cmpuint (n_fields, ==, type->n_fields + 2);
  csv = yihu_record_csv_new (type, (const char *const *) fields, n_fields, NULL, TODAY, &error);
  g_assert_no_error (error);
  g_assert_true (yihu_csv_reader_next (reader, &fields, &n_fields, NULL));
  copy = yihu_record_csv_parse (csv, (const char *const *) fields, n_fields, &error);
  g_assert_no_error (error);
  g_assert_true (yihu_record_equal (copy, record));
}

/* docs/import.md names every column of every kind that is imported. */
static void
test_documentation (void)
{
  static const YihuRecordType *const types[] = { &yihu_division_type, &yihu_account_type,
                                                 &yihu_provider_type, &yihu_service_item_type,
                                                 &yihu_price_type,    &yihu_institution_type,
                                                 &yihu_camera_type,   &yihu_elder_type,
                                                 &yihu_kin_type,      &yihu_device_type };
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "docs", "import.md", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *title = g_strdup_printf ("## `%s`", types[i]->name);
      const char *section = strstr (text, title);
      g_autofree char *own = NULL;
      g_autoptr (GString) header = g_string_new (NULL);
      g_auto (GStrv) columns = NULL;

      g_assert_nonnull (section);
      own = g_strndup (section, strcspn (section + 2, "#") + 2);
      yihu_record_csv_append_header (types[i], header);
      columns = g_strsplit (g_strchomp (header->str), ",", -1);
      for (guint j = 2; columns[j] != NULL; j++) /* id and division stand at the head */
        {
          g_autofree char *row = g_strdup_printf ("| `%s` | ", columns[j]);

          if (strstr (own, row) == NULL)
            g_error ("docs/import.md: %s lacks column %s", types[i]->name, columns[j]);
        }
    }
}

static void
test_positions_are_exact (void)
{
  static const gint64 values[] = { 1, -1, 9999999, -9999999, 10000001, 406671234, -899999999 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (YihuProvider) provider = yihu_provider_new ("p");
      g_autoptr (YihuProvider) copy = NULL;
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GString) header = g_string_new (NULL);

      provider->name = g_strdup ("n");
      provider->lat_e7 = values[i];
      provider->lon_e7 = values[i];
      yihu_record_csv_append_header (&yihu_provider_type, header);
      yihu_record_csv_append (provider, text);
      g_string_truncate (header, header->len - 1);
      g_string_truncate (text, text->len - 1);
      copy = parse_row (&yihu_provider_type, header->str, text->str, NULL);
      g_assert_true (yihu_record_equal (provider, copy));
    }
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/record-csv/headers", test_headers);
  g_test_add_func ("/wire/record-csv/elder", test_whole_elder);
  g_test_add_func ("/wire/record-csv/refused", test_refused_cells);
  g_test_add_func ("/wire/record-csv/numbers", test_numbers);
  g_test_add_func ("/wire/record-csv/length", test_rows_of_wrong_length);
  g_test_add_func ("/wire/record-csv/required", test_required_cells);
  g_test_add_func ("/wire/record-csv/phones", test_which_number_is_a_phone);
  g_test_add_func ("/wire/record-csv/accounts", test_accounts_have_no_password);
  g_test_add_func ("/wire/record-csv/positions", test_positions_are_exact);
  g_test_add_func ("/wire/record-csv/documentation", test_documentation);
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autofree char *path =
          g_strconcat ("/wire/record-csv/round-trip/", yihu_record_types[i]->name, NULL);

      g_test_add_data_func (path, yihu_record_types[i], test_round_trip);
    }
  return g_test_run ();
}
