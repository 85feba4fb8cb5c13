/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Import of a CSV piece in two stages: a reader's thread parses and checks each row by itself, then
 * the writer checks what rows refer to and stores them, some hundred a job, so that live commands
 * get their turn in between. Records that exist are replaced. Where a piece is only checked, the
 * reader looks what rows refer to, and the writer hears nothing of it.
 *
 * Personal data: messages name lines and fields, never contents. */

#include "server/work/import.h"

#include "base/csv.h"
#include "base/error.h"
#include "base/person-id.h"
#include "wire/record-csv.h"

#define ROWS_PER_JOB 500
#define MAX_REPORTED 100

typedef struct
{
  YihuRecord *record; /* (owned) */
  gint64 line;
} Row;

typedef struct
{
  YihuReaders *readers; /* (owned) */
  YihuWriter *writer; /* (owned) */
  YihuActor *actor; /* (owned) */
  YihuImportOptions options;
  char *area_code;
  GBytes *text; /* (owned) */
  GPtrArray *rows; /* (owned) Row: those that can be read */
  guint next; /* first row of the running job */
  YihuImportReport report;
  gint64 kept_accepted; /* before the running job, which may run twice */
  guint kept_refused;
  gint64 kept_more;
  GError *error;
  YihuImportDoneFunc done;
  gpointer data;
} Import;

static void
row_free (gpointer data)
{
  Row *row = data;

  yihu_record_unref (row->record);
  g_free (row);
}

static void
refusal_free (gpointer data)
{
  g_free (((YihuImportRefusal *) data)->message);
  g_free (data);
}

static void
import_free (Import *self)
{
  g_object_unref (self->readers);
  g_object_unref (self->writer);
  yihu_actor_unref (self->actor);
  g_free (self->area_code);
  g_bytes_unref (self->text);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->report.refused);
  g_clear_error (&self->error);
  g_free (self);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  gint64 left = (*(YihuImportRefusal *const *) a)->line;
  gint64 right = (*(YihuImportRefusal *const *) b)->line;

  return (left > right) - (left < right);
}

static void
import_finish (Import *self, const GError *error)
{
  g_ptr_array_sort (self->report.refused, compare_lines);
  self->done (error == NULL ? &self->report : NULL, error, self->data);
  import_free (self);
}

/* Accounts have passwords, seats belong to the switchboard. */
gboolean
yihu_import_allows_kind (const YihuRecordType *type)
{
  return type != NULL && type != &yihu_account_type && type != &yihu_seat_type;
}

static void
refuse (Import *self, gint64 line, const char *message)
{
  YihuImportRefusal *refusal;

  if (self->report.refused->len >= MAX_REPORTED)
    {
      self->report.more_refused++;
      return;
    }
  refusal = g_new0 (YihuImportRefusal, 1);
  refusal->line = line;
  refusal->message = g_strdup (message);
  g_ptr_array_add (self->report.refused, refusal);
}

/* First stage: text to records. */

static gint64
get_line (Import *self, YihuCsvReader *reader)
{
  return self->options.first_line + (gint64) yihu_csv_reader_get_line (reader) - 2;
}

static gboolean
is_blank (char **cells, guint n_cells)
{
  return n_cells == 0 || (n_cells == 1 && *cells[0] == '\0');
}

static YihuRecord *
parse_cells (Import *self, YihuRecordCsv *csv, char **cells, guint n_cells, GError **error)
{
  g_autoptr (YihuRecord) record =
      yihu_record_csv_parse (csv, (const char *const *) cells, n_cells, error);

  if (record == NULL)
    return NULL;
  if (record->type == &yihu_division_type)
    record->division = yihu_division_code_parse (record->id);
  if (record->type == &yihu_division_type && record->division == 0)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                           "field 'id': is not a division code");
      return NULL;
    }
  return g_steal_pointer (&record);
}

static void
take_row (Import *self, GHashTable *lines, YihuRecord *record, gint64 line)
{
  g_autoptr (YihuRecord) owned = record;
  gpointer first = g_hash_table_lookup (lines, record->id);
  Row *row;

  if (first != NULL)
    {
      g_autofree char *message =
          g_strdup_printf ("field 'id': stands in line %d already", GPOINTER_TO_INT (first));

      refuse (self, line, message);
      return;
    }
  g_hash_table_insert (lines, record->id, GINT_TO_POINTER ((int) line));
  row = g_new0 (Row, 1);
  row->record = g_steal_pointer (&owned);
  row->line = line;
  g_ptr_array_add (self->rows, row);
}

static void
parse_rows (Import *self, YihuCsvReader *reader, YihuRecordCsv *csv)
{
  g_autoptr (GHashTable) lines = g_hash_table_new (g_str_hash, g_str_equal);

  while (!yihu_csv_reader_is_at_end (reader))
    {
      g_autoptr (GError) error = NULL;
      YihuRecord *record = NULL;
      char **cells = NULL;
      guint n_cells = 0;

      if (!yihu_csv_reader_next (reader, &cells, &n_cells, &error))
        {
          if (error == NULL)
            return;
          refuse (self, get_line (self, reader), error->message);
          continue;
        }
      if (is_blank (cells, n_cells))
        continue;
      record = parse_cells (self, csv, cells, n_cells, &error);
      if (record == NULL)
        refuse (self, get_line (self, reader), error->message);
      else
        take_row (self, lines, record, get_line (self, reader));
    }
}

/* Second stage: references, then the store. */

static const struct
{
  const YihuRecordType *type;
  const char *field;
  const YihuRecordType *target;
  gboolean gives_division; /* the row belongs where its target is */
} references[] = {
  { &yihu_price_type, "provider", &yihu_provider_type, FALSE },
  { &yihu_price_type, "item", &yihu_service_item_type, FALSE },
  { &yihu_camera_type, "institution", &yihu_institution_type, TRUE },
  { &yihu_kin_type, "elder", &yihu_elder_type, TRUE },
  { &yihu_device_type, "elder", &yihu_elder_type, TRUE },
  { &yihu_call_type, "elder", &yihu_elder_type, TRUE },
  { &yihu_order_type, "elder", &yihu_elder_type, TRUE },
  { &yihu_order_type, "item", &yihu_service_item_type, FALSE },
  { &yihu_order_type, "provider", &yihu_provider_type, FALSE },
  { &yihu_order_step_type, "service_order", &yihu_order_type, TRUE },
  { &yihu_note_type, "elder", &yihu_elder_type, TRUE },
};

static gboolean
check_reference (YihuStore *store, YihuRecord *record, guint index, GError **error)
{
  const YihuField *field = yihu_record_type_find_field (record->type, references[index].field);
  const char *id = yihu_record_get_text (record, field);
  gint64 version = 0;
  gint64 division = 0;

  if (*id == '\0')
    return TRUE;
  if (!yihu_store_find_head (store, references[index].target, id, &version, &division, error))
    return FALSE;
  if (version == 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field '%s': there is no such %s",
                   field->name, references[index].target->name);
      return FALSE;
    }
  if (references[index].gives_division)
    record->division = division;
  return TRUE;
}

/* An elder must live somewhere; what else has a division must have a known one. */
static gboolean
check_division (YihuStore *store, const YihuRecord *record, GError **error)
{
  char id[24];
  gint64 version = 0;

  if (record->type == &yihu_division_type
      || (record->division == 0 && record->type != &yihu_elder_type))
    return TRUE;
  g_snprintf (id, sizeof id, "%" G_GINT64_FORMAT, record->division);
  if (!yihu_store_find_head (store, &yihu_division_type, id, &version, NULL, error))
    return FALSE;
  if (version > 0)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                       "field 'division': is not a known division");
  return FALSE;
}

static gboolean
check_row (YihuStore *store, Import *self, YihuRecord *record, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (references); i++)
    if (references[i].type == record->type && !check_reference (store, record, i, error))
      return FALSE;
  return check_division (store, record, error)
         && yihu_actor_check (self->actor, record->division, error);
}

/* A copy, because the job may run twice and the row is shared once it is saved. */
static gboolean
store_row (YihuWork *work, Import *self, const YihuRecord *record, GError **error)
{
  g_autoptr (YihuRecord) old = NULL;
  g_autoptr (YihuRecord) next = yihu_record_dup (record);
  gint64 version = 0;
  gint64 division = 0;

  if (!yihu_store_find_head (work->store, record->type, record->id, &version, &division, error))
    return FALSE;
  if (version > 0)
    {
      old = yihu_record_new (record->type, record->id);
      old->version = version;
      old->division = division;
    }
  return yihu_work_save (work, next, old, !self->options.quiet, error);
}

static gboolean
is_refusal (const GError *error)
{
  return error->domain == YIHU_ERROR
         && (error->code == YIHU_ERROR_INVALID || error->code == YIHU_ERROR_FORBIDDEN);
}

/* TRUE where the row is good; FALSE without @error where it was refused. */
static gboolean
check_or_refuse (YihuStore *store, Import *self, Row *row, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (check_row (store, self, row->record, &local_error))
    return TRUE;
  if (is_refusal (local_error))
    refuse (self, row->line, local_error->message);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
store_rows (YihuWork *work, Import *self, guint end, GError **error)
{
  for (guint i = self->next; i < end; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);
      GError *local_error = NULL;

      if (check_or_refuse (work->store, self, row, &local_error))
        {
          if (!store_row (work, self, row->record, error))
            return FALSE;
          self->report.accepted++;
        }
      else if (local_error != NULL)
        {
          g_propagate_error (error, local_error);
          return FALSE;
        }
    }
  return TRUE;
}

/* Are all rows good? */
static gboolean
check_all (YihuStore *store, Import *self, GError **error)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      GError *local_error = NULL;

      check_or_refuse (store, self, g_ptr_array_index (self->rows, i), &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, local_error);
          return FALSE;
        }
    }
  return TRUE;
}

static gint64
count_refused (Import *self)
{
  return self->report.refused->len + self->report.more_refused;
}

static void
check_only (YihuStore *store, Import *self)
{
  gint64 before = count_refused (self);

  if (check_all (store, self, &self->error))
    self->report.accepted = self->rows->len - (count_refused (self) - before);
}

static void
parse_text (YihuStore *store, gpointer data)
{
  Import *self = data;
  gsize length = 0;
  const char *text = g_bytes_get_data (self->text, &length);
  g_autoptr (YihuCsvReader) reader = yihu_csv_reader_new (text, length, &self->error);
  g_autoptr (YihuRecordCsv) csv = NULL;
  char **cells = NULL;
  guint n_cells = 0;

  if (reader == NULL)
    return;
  if (!yihu_csv_reader_next (reader, &cells, &n_cells, &self->error))
    {
      if (self->error == NULL)
        g_set_error_literal (&self->error, YIHU_ERROR, YIHU_ERROR_INVALID,
                             "the file has no header");
      return;
    }
  csv = yihu_record_csv_new (self->options.type, (const char *const *) cells, n_cells,
                             self->area_code, self->options.today, &self->error);
  if (csv == NULL)
    return;
  parse_rows (self, reader, csv);
  if (self->options.mode == YIHU_IMPORT_CHECK)
    check_only (store, self);
}

static guint
get_end (Import *self)
{
  if (self->options.mode == YIHU_IMPORT_ALL)
    return self->rows->len;
  return MIN (self->next + ROWS_PER_JOB, self->rows->len);
}

static gboolean
finish_piece (YihuWork *work, Import *self, GError **error)
{
  g_autofree char *what = g_strconcat ("import.", self->options.type->name, NULL);
  g_autofree char *reason =
      g_strdup_printf ("accepted %" G_GINT64_FORMAT ", refused %" G_GINT64_FORMAT,
                       self->report.accepted, count_refused (self));

  if (self->options.quiet && self->report.accepted > 0)
    yihu_work_bump_epoch (work);
  return yihu_work_audit (work, self->actor, what, "", reason, error);
}

static gboolean
run_rows (YihuWork *work, gpointer data, GError **error)
{
  Import *self = data;
  guint end = get_end (self);

  self->report.accepted = self->kept_accepted;
  self->report.more_refused = self->kept_more;
  g_ptr_array_set_size (self->report.refused, self->kept_refused);

  if (self->options.mode == YIHU_IMPORT_ALL)
    {
      if (self->report.refused->len == 0 && !check_all (work->store, self, error))
        return FALSE;
      if (self->report.refused->len > 0)
        return finish_piece (work, self, error);
    }
  return store_rows (work, self, end, error)
         && (end < self->rows->len || finish_piece (work, self, error));
}

/* See YihuWriterPrefetchFunc: what check_row() and store_row() will ask for. */
static void
prefetch_head (YihuWork *work, const YihuRecordType *type, const char *id)
{
  gint64 version = 0;
  gint64 division = 0;

  if (*id != '\0')
    yihu_store_find_head (work->store, type, id, &version, &division, NULL);
}

static void
prefetch_row (YihuWork *work, const YihuRecord *record)
{
  g_autofree char *division = g_strdup_printf ("%" G_GINT64_FORMAT, record->division);

  for (guint i = 0; i < G_N_ELEMENTS (references); i++)
    if (references[i].type == record->type)
      prefetch_head (work, references[i].target,
                     yihu_record_get_text (record,
                                           yihu_record_type_find_field (record->type,
                                                                        references[i].field)));
  prefetch_head (work, &yihu_division_type, record->division != 0 ? division : "");
  prefetch_head (work, record->type, record->id);
}

static void
prefetch_rows (YihuWork *work, gpointer data)
{
  Import *self = data;
  guint end = get_end (self);

  for (guint i = self->next; i < end; i++)
    prefetch_row (work, ((const Row *) g_ptr_array_index (self->rows, i))->record);
}

static void on_rows_done (const GError *error, gpointer data);

static void
push_rows (Import *self)
{
  g_autoptr (GError) error = NULL;

  self->kept_accepted = self->report.accepted;
  self->kept_refused = self->report.refused->len;
  self->kept_more = self->report.more_refused;
  if (!yihu_writer_push_prefetched (self->writer, prefetch_rows, run_rows, on_rows_done, self,
                                    &error))
    import_finish (self, error);
}

static void
on_rows_done (const GError *error, gpointer data)
{
  Import *self = data;

  self->next = get_end (self);
  if (error != NULL || self->next >= self->rows->len)
    import_finish (self, error);
  else
    push_rows (self);
}

static void
on_text_parsed (gpointer data)
{
  Import *self = data;

  if (self->error != NULL || self->options.mode == YIHU_IMPORT_CHECK)
    import_finish (self, self->error);
  else
    push_rows (self);
}

void
yihu_import_start (YihuReaders *readers,
                   YihuWriter *writer,
                   YihuActor *actor,
                   const YihuImportOptions *options,
                   GBytes *text,
                   YihuImportDoneFunc done,
                   gpointer data)
{
  Import *self = g_new0 (Import, 1);
  g_autoptr (GError) error = NULL;

  self->readers = g_object_ref (readers);
  self->writer = g_object_ref (writer);
  self->actor = yihu_actor_ref (actor);
  self->options = *options;
  self->area_code = g_strdup (options->area_code);
  self->options.area_code = self->area_code;
  self->text = g_bytes_ref (text);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->report.refused = g_ptr_array_new_with_free_func (refusal_free);
  self->done = done;
  self->data = data;
  if (!yihu_readers_push (readers, parse_text, on_text_parsed, self, &error))
    import_finish (self, error);
}
