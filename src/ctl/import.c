/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files to the server: CSV in pieces, accounts one by one, the base map whole. The server judges
 * each row; this reports what it said. */

#include "ctl/import.h"

#include "base/bounded-json.h"
#include "base/error.h"
#include "base/person-id.h"
#include "ctl/csv-pieces.h"
#include "ctl/csv-repeats.h"
#include "ctl/link.h"
#include "domain/account.h"
#include "wire/record-csv.h"
#include "wire/record-json.h"

#include <string.h>

#define PIECE_BYTES (4 * 1024 * 1024)
#define MAX_REFUSED_ROWS 10000
#define MAX_TOLD_REPEATS 100
#define MAX_ACCOUNTS_BYTES (4 * 1024 * 1024)

static gboolean
report_piece (const json_t *answer, YihuImportResult *result, GError **error)
{
  const json_t *refused = NULL;
  gint64 accepted = 0, more = 0;
  json_t *row;
  size_t i;

  if (!yihu_json_read_int (answer, "accepted", TRUE, 0, G_MAXINT32, &accepted, error)
      || !yihu_json_read_array (answer, "refused", FALSE, MAX_REFUSED_ROWS, &refused, error)
      || !yihu_json_read_int (answer, "more_refused", FALSE, 0, G_MAXINT32, &more, error))
    return FALSE;
  json_array_foreach (refused, i, row)
  {
    const char *message = "";
    gint64 line = 0;

    if (!yihu_json_read_int (row, "line", TRUE, 0, G_MAXUINT32, &line, error)
        || !yihu_json_read_text (row, "message", TRUE, 1024, &message, error))
      return FALSE;
    g_printerr ("  line %" G_GINT64_FORMAT ": %s\n", line, message);
  }
  if (more > 0)
    g_printerr ("  and %" G_GINT64_FORMAT " rows more\n", more);
  result->accepted += accepted;
  result->refused += (refused != NULL ? (gint64) json_array_size (refused) : 0) + more;
  return TRUE;
}

/* In the server's words. */
static void
report_repeats (const GArray *repeats)
{
  for (guint i = 0; i < MIN (repeats->len, MAX_TOLD_REPEATS); i++)
    {
      const YihuCsvRepeat *repeat = &g_array_index (repeats, YihuCsvRepeat, i);

      g_printerr ("  line %u: field 'id': stands in line %u already\n", repeat->line,
                  repeat->first_line);
    }
  if (repeats->len > MAX_TOLD_REPEATS)
    g_printerr ("  and %u rows more\n", repeats->len - MAX_TOLD_REPEATS);
}

/* @mode: as docs/protocol.md has it. */
static gboolean
send_pieces (YihuSession *session,
             const YihuRecordType *type,
             const char *path,
             GMappedFile *file,
             const GArray *repeats,
             const char *mode,
             const YihuImportOptions *options,
             YihuImportResult *result,
             GError **error)
{
  YihuCsvPieces pieces;
  GBytes *next;
  guint line = 0;

  yihu_csv_pieces_init (&pieces, g_mapped_file_get_contents (file), g_mapped_file_get_length (file),
                        repeats);
  while ((next = yihu_csv_pieces_next (&pieces, PIECE_BYTES, &line)) != NULL)
    {
      g_autoptr (GBytes) piece = next;
      g_autofree char *target =
          g_strdup_printf ("/v1/import/%s?mode=%s&first_line=%u&area=%s&quiet=%d", type->name, mode,
                           line, options->area_code, options->quiet);
      g_autoptr (json_t) answer =
          yihu_ctl_upload (session, "POST", target, "text/csv", piece, error);

      if (answer == NULL || !report_piece (answer, result, error))
        {
          g_prefix_error (error, "%s, from line %u: ", path, line);
          return FALSE;
        }
      g_printerr ("%s: %.0f %%\r", type->name, 100.0 * pieces.position / pieces.length);
    }
  return TRUE;
}

gboolean
yihu_import_file (YihuSession *session,
                  const YihuRecordType *type,
                  const char *path,
                  const YihuImportOptions *options,
                  YihuImportResult *result,
                  GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  g_autoptr (GArray) repeats = NULL;
  YihuImportResult checked = { 0, 0 };
  YihuImportResult of_file = { 0, 0 };

  if (file == NULL)
    return FALSE;
  repeats =
      yihu_csv_list_repeats (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
  report_repeats (repeats);
  if (options->all_or_nothing
      && !send_pieces (session, type, path, file, repeats, "check", options, &checked, error))
    return FALSE;
  if ((!options->all_or_nothing || checked.refused + repeats->len == 0)
      && !send_pieces (session, type, path, file, repeats, "rows", options, &of_file, error))
    return FALSE;
  of_file.refused += checked.refused + repeats->len;
  g_printerr ("%s: %" G_GINT64_FORMAT " rows accepted, %" G_GINT64_FORMAT " refused%s\n",
              type->name, of_file.accepted, of_file.refused,
              options->all_or_nothing && of_file.refused > 0 ? "; nothing of the file was imported"
                                                             : "");
  result->accepted += of_file.accepted;
  result->refused += of_file.refused;
  return TRUE;
}

gboolean
yihu_import_account (YihuSession *session,
                     gconstpointer account,
                     const char *password,
                     GError **error)
{
  g_autoptr (json_t) body = json_object ();
  g_autoptr (json_t) answer = NULL;

  json_object_set_new (body, "account", yihu_record_to_json (account, FALSE));
  json_object_set_new (body, "password", json_string (password));
  answer = yihu_session_request_sync (session, "POST", "/v1/accounts", body, 60, NULL, error);
  return answer != NULL;
}

/* Reads the header of accounts.csv without its password column, whose place is returned (-1: there
 * is none). */
static YihuRecordCsv *
accounts_header (char **fields, guint n_fields, int *password, GError **error)
{
  g_autoptr (GPtrArray) header = g_ptr_array_new ();

  *password = -1;
  for (guint i = 0; i < n_fields; i++)
    if (strcmp (fields[i], "password") == 0)
      *password = (int) i;
    else
      g_ptr_array_add (header, fields[i]);
  if (*password < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "column 'password' is missing");
      return NULL;
    }
  return yihu_record_csv_new (&yihu_account_type, (const char *const *) header->pdata, header->len,
                              "", yihu_date_from_us (g_get_real_time ()), error);
}

static gboolean
import_account_row (YihuSession *session,
                    YihuRecordCsv *csv,
                    char **fields,
                    guint n_fields,
                    int password,
                    GError **error)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new ();
  g_autoptr (YihuAccount) account = NULL;

  if ((guint) password >= n_fields || *fields[password] == '\0')
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field 'password' is missing");
      return FALSE;
    }
  for (guint i = 0; i < n_fields; i++)
    if (i != (guint) password)
      g_ptr_array_add (cells, fields[i]);
  account = yihu_record_csv_parse (csv, (const char *const *) cells->pdata, cells->len, error);
  return account != NULL && yihu_import_account (session, account, fields[password], error);
}

gboolean
yihu_import_accounts (YihuSession *session,
                      const char *path,
                      YihuImportResult *result,
                      GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (YihuCsvReader) reader = NULL;
  g_autoptr (YihuRecordCsv) csv = NULL;
  char **fields;
  guint n_fields;
  gsize length;
  int password;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  if (length > MAX_ACCOUNTS_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "%s: more than %d bytes", path,
                   MAX_ACCOUNTS_BYTES);
      return FALSE;
    }
  reader = yihu_csv_reader_new (text, length, error);
  if (reader == NULL || !yihu_csv_reader_next (reader, &fields, &n_fields, error))
    return FALSE;
  csv = accounts_header (fields, n_fields, &password, error);
  if (csv == NULL)
    return FALSE;
  while (!yihu_csv_reader_is_at_end (reader))
    {
      g_autoptr (GError) problem = NULL;

      if (!yihu_csv_reader_next (reader, &fields, &n_fields, &problem) && problem == NULL)
        break;
      if (problem == NULL
          && import_account_row (session, csv, fields, n_fields, password, &problem))
        {
          result->accepted++;
          continue;
        }
      g_printerr ("  line %u: %s\n", yihu_csv_reader_get_line (reader), problem->message);
      result->refused++;
    }
  return TRUE;
}

gboolean
yihu_import_map (YihuSession *session, const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  g_autoptr (GBytes) body = file != NULL ? g_mapped_file_get_bytes (file) : NULL;
  g_autoptr (json_t) answer = NULL;

  if (body == NULL)
    return FALSE;
  answer = yihu_ctl_upload (session, "PUT", "/v1/basemap", "application/vnd.sqlite3", body, error);
  return answer != NULL;
}

gboolean
yihu_import_directory (YihuSession *session,
                       const char *directory,
                       const YihuImportOptions *options,
                       YihuImportResult *result,
                       GError **error)
{
  g_autofree char *accounts = g_build_filename (directory, "accounts.csv", NULL);
  gboolean found = FALSE;

  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autofree char *name = g_strconcat (yihu_record_types[i]->name, ".csv", NULL);
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      found = TRUE;
      if (!yihu_import_file (session, yihu_record_types[i], path, options, result, error))
        return FALSE;
    }
  if (g_file_test (accounts, G_FILE_TEST_EXISTS))
    return yihu_import_accounts (session, accounts, result, error);
  if (!found)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "%s holds no file like elder.csv",
                 directory);
  return found;
}
