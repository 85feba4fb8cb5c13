/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The files are our own, but they may have been edited: everything goes through the parsers of the
 * import. */

#include "city/city-files.h"

#include "base/csv.h"
#include "base/error.h"
#include "city/make.h"
#include "wire/record-csv.h"

static char *
read_file (const char *directory, const char *kind, gsize *length, GError **error)
{
  g_autofree char *name = g_strconcat (kind, ".csv", NULL);
  g_autofree char *path = g_build_filename (directory, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, length, error);
  return text;
}

static gboolean
read_rows (YihuCsvReader *reader, const YihuRecordType *type, GPtrArray *records, GError **error)
{
  g_autoptr (YihuRecordCsv) parser = NULL;
  g_autoptr (GError) problem = NULL;
  char **cells;
  guint n;

  while (yihu_csv_reader_next (reader, &cells, &n, &problem))
    {
      gpointer record;

      if (parser == NULL)
        {
          parser = yihu_record_csv_new (type, (const char *const *) cells, n, "0417",
                                        YIHU_CITY_AS_OF, error);
          if (parser == NULL)
            return FALSE;
          continue;
        }
      record = yihu_record_csv_parse (parser, (const char *const *) cells, n, error);
      if (record == NULL)
        {
          g_prefix_error (error, "line %u: ", yihu_csv_reader_get_line (reader));
          return FALSE;
        }
      g_ptr_array_add (records, record);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

GPtrArray *
yihu_city_read_records (const char *directory, const YihuRecordType *type, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  gsize length = 0;
  g_autofree char *text = read_file (directory, type->name, &length, error);
  g_autoptr (YihuCsvReader) reader = NULL;

  if (text == NULL)
    return NULL;
  reader = yihu_csv_reader_new (text, length, error);
  if (reader != NULL && read_rows (reader, type, records, error))
    return g_steal_pointer (&records);
  g_prefix_error (error, "%s.csv: ", type->name);
  return NULL;
}

static void
free_staff (gpointer data)
{
  YihuStaffLogin *staff = data;

  g_free (staff->login);
  g_free (staff->provider);
  g_free (staff->password);
  g_free (staff);
}

enum
{
  COLUMN_LOGIN = 2,
  COLUMN_ROLE = 4,
  COLUMN_PROVIDER = 6,
  COLUMN_PASSWORD = 8,
  N_COLUMNS,
};

GPtrArray *
yihu_city_read_staff (const char *directory, const char *password, GError **error)
{
  g_autoptr (GPtrArray) staff = g_ptr_array_new_with_free_func (free_staff);
  gsize length = 0;
  g_autofree char *text = read_file (directory, "accounts", &length, error);
  g_autoptr (YihuCsvReader) reader =
      text != NULL ? yihu_csv_reader_new (text, length, error) : NULL;
  g_autoptr (GError) problem = NULL;
  char **cells;
  guint n;

  if (reader == NULL)
    return NULL;
  while (yihu_csv_reader_next (reader, &cells, &n, &problem))
    {
      YihuStaffLogin *login;

      if (n != N_COLUMNS || g_strcmp0 (cells[COLUMN_ROLE], "provider") != 0)
        continue;
      login = g_new0 (YihuStaffLogin, 1);
      login->login = g_strdup (cells[COLUMN_LOGIN]);
      login->provider = g_strdup (cells[COLUMN_PROVIDER]);
      login->password =
          g_strdup (*cells[COLUMN_PASSWORD] != '\0' ? cells[COLUMN_PASSWORD] : password);
      g_ptr_array_add (staff, login);
    }
  if (problem == NULL)
    return g_steal_pointer (&staff);
  g_propagate_prefixed_error (error, g_steal_pointer (&problem), "accounts.csv: ");
  return NULL;
}
