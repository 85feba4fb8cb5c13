/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Records to and from CSV by their field tables. A column is a field, or id, or division; what a
 * column means beyond its kind (a telephone number, a position, a birth day, an identity number) is
 * decided once, when the header is read. Messages name the column and the fault, never the value.
 * docs/import.md lists the columns of each kind. */

#include "wire/record-csv.h"

#include "base/division-code.h"
#include "base/error.h"
#include "base/geo-point.h"
#include "base/number.h"
#include "base/person-id.h"
#include "base/phone-number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_AGE 130

typedef enum
{
  COLUMN_ID,
  COLUMN_DIVISION,
  COLUMN_TEXT,
  COLUMN_INT,
  COLUMN_ENUM,
  COLUMN_PHONE,
  COLUMN_DEGREES,
  COLUMN_BIRTH,
  COLUMN_PERSON_ID,
} ColumnMeaning;

typedef struct
{
  const char *name;
  ColumnMeaning meaning;
  const YihuField *field; /* NULL for id and division */
} Column;

struct _YihuRecordCsv
{
  const YihuRecordType *type;
  GArray *columns; /* (element-type Column) (owned): as in the header */
  char *area_code;
  int today;
};

/* --- columns --- */

static const char *
column_name (const YihuField *field)
{
  if (strcmp (field->name, "lat_e7") == 0)
    return "lat";
  if (strcmp (field->name, "lon_e7") == 0)
    return "lon";
  return field->name;
}

static gboolean
is_phone (const YihuRecordType *type, const char *name)
{
  return strcmp (name, "phone") == 0 || strcmp (name, "phone2") == 0
         || (strcmp (type->name, "call") == 0 && strcmp (name, "number") == 0);
}

static ColumnMeaning
column_meaning (const YihuRecordType *type, const YihuField *field)
{
  if (field->kind == YIHU_FIELD_ENUM)
    return COLUMN_ENUM;
  if (column_name (field) != field->name)
    return COLUMN_DEGREES;
  if (strcmp (field->name, "birth") == 0)
    return COLUMN_BIRTH;
  if (field->kind == YIHU_FIELD_INT)
    return COLUMN_INT;
  if (strcmp (field->name, "id_card") == 0)
    return COLUMN_PERSON_ID;
  return is_phone (type, field->name) ? COLUMN_PHONE : COLUMN_TEXT;
}

static gboolean
find_column (const YihuRecordType *type, const char *name, Column *column)
{
  if (strcmp (name, "id") == 0 || strcmp (name, "division") == 0)
    {
      gboolean is_id = name[0] == 'i';

      *column = (Column){ is_id ? "id" : "division", is_id ? COLUMN_ID : COLUMN_DIVISION, NULL };
      return TRUE;
    }
  for (guint i = 0; i < type->n_fields; i++)
    if (strcmp (column_name (&type->fields[i]), name) == 0)
      {
        const YihuField *field = &type->fields[i];

        *column = (Column){ column_name (field), column_meaning (type, field), field };
        return TRUE;
      }
  return FALSE;
}

static gboolean
has_column (const YihuRecordCsv *self, const char *name)
{
  for (guint i = 0; i < self->columns->len; i++)
    if (strcmp (g_array_index (self->columns, Column, i).name, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
check_required (const YihuRecordCsv *self, GError **error)
{
  const char *missing = has_column (self, "id") ? NULL : "id";

  for (guint i = 0; i < self->type->n_fields && missing == NULL; i++)
    if ((self->type->fields[i].flags & YIHU_FIELD_REQUIRED)
        && !has_column (self, column_name (&self->type->fields[i])))
      missing = self->type->fields[i].name;
  if (missing == NULL)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s: column '%s' is missing",
               self->type->name, missing);
  return FALSE;
}

static gboolean
add_column (YihuRecordCsv *self, const char *header, GError **error)
{
  g_autofree char *name = g_strstrip (g_strdup (header));
  Column column;

  if (!find_column (self->type, name, &column))
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s: column '%.64s' is unknown",
                 self->type->name, name);
  else if (has_column (self, name))
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s: column '%s' is repeated",
                 self->type->name, name);
  else
    {
      g_array_append_val (self->columns, column);
      return TRUE;
    }
  return FALSE;
}

YihuRecordCsv *
yihu_record_csv_new (const YihuRecordType *type,
                     const char *const *header,
                     guint n_columns,
                     const char *area_code,
                     int today,
                     GError **error)
{
  g_autoptr (YihuRecordCsv) self = g_new0 (YihuRecordCsv, 1);

  g_return_val_if_fail (type != NULL && header != NULL, NULL);

  self->type = type;
  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  self->area_code = g_strdup (area_code);
  self->today = today;
  for (guint i = 0; i < n_columns; i++)
    if (!add_column (self, header[i], error))
      return NULL;
  return check_required (self, error) ? g_steal_pointer (&self) : NULL;
}

void
yihu_record_csv_free (YihuRecordCsv *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->columns);
  g_free (self->area_code);
  g_free (self);
}

/* --- cells --- */

/* The parsers of cells return what is wrong with a cell, or NULL. */

static const char *
parse_int (const char *cell, gint64 *value)
{
  return yihu_number_parse (cell, G_MININT64, G_MAXINT64, value) ? NULL : "is not a whole number";
}

static const char *
parse_degrees (const char *cell, const YihuField *field, gint64 *value)
{
  double degrees;
  char *end;

  if (strspn (cell, "0123456789.-") != strlen (cell))
    return "is not in decimal degrees";
  degrees = g_ascii_strtod (cell, &end);
  if (end == cell || *end != '\0')
    return "is not in decimal degrees";
  if (fabs (degrees) > (double) field->highest / 1e7)
    return "is outside the globe";
  *value = yihu_geo_e7 (degrees);
  return NULL;
}

/* yyyymmdd or yyyy-mm-dd; 0 where it has another form. */
static int
parse_date (const char *cell)
{
  gboolean has_hyphens = strlen (cell) == 10 && cell[4] == '-' && cell[7] == '-';
  int value = 0;

  if (!has_hyphens && strlen (cell) != 8)
    return 0;
  for (guint i = 0; cell[i] != '\0'; i++)
    {
      if (has_hyphens && (i == 4 || i == 7))
        continue;
      if (!g_ascii_isdigit (cell[i]))
        return 0;
      value = value * 10 + (cell[i] - '0');
    }
  return value;
}

static const char *
parse_birth (const YihuRecordCsv *self, const char *cell, gint64 *value)
{
  int date = parse_date (cell);

  if (date == 0)
    return "is not of the form yyyy-mm-dd";
  if (!yihu_date_is_valid (date))
    return "is no day of the calendar";
  if (date > self->today)
    return "lies in the future";
  if (yihu_date_get_age (date, self->today) > MAX_AGE)
    return "gives an age above 130";
  *value = date;
  return NULL;
}

static const char *
set_division (YihuRecord *record, const char *cell)
{
  if (strcmp (cell, "0") == 0)
    return NULL;
  record->division = yihu_division_code_parse (cell);
  return record->division == 0 ? "is not a division code of 2, 4, 6, 9 or 12 digits" : NULL;
}

static const char *
set_phone (const YihuRecordCsv *self, YihuRecord *record, const YihuField *field, const char *cell)
{
  g_autofree char *number = yihu_phone_number_normalize (cell, self->area_code);

  if (number == NULL)
    return "is not a telephone number";
  yihu_record_set_text (record, field, number);
  return NULL;
}

static const char *
set_person_id (const YihuRecordCsv *self,
               YihuRecord *record,
               const YihuField *field,
               const char *cell)
{
  g_autofree char *clean = NULL;

  if (yihu_person_id_check (cell, self->today, &clean) == YIHU_PERSON_ID_INVALID)
    return "is not a valid identity number";
  yihu_record_set_text (record, field, clean);
  return NULL;
}

static const char *
set_enum (YihuRecord *record, const YihuField *field, const char *cell)
{
  int value = yihu_field_find_nick (field, cell);

  if (value < 0)
    return "is none of its values";
  yihu_record_set_int (record, field, value);
  return NULL;
}

static const char *
set_number (const YihuRecordCsv *self, YihuRecord *record, const Column *column, const char *cell)
{
  gint64 value = 0;
  const char *fault;

  if (column->meaning == COLUMN_DEGREES)
    fault = parse_degrees (cell, column->field, &value);
  else if (column->meaning == COLUMN_BIRTH)
    fault = parse_birth (self, cell, &value);
  else
    fault = parse_int (cell, &value);
  yihu_record_set_int (record, column->field, value);
  return fault;
}

/* @cell is trimmed and not empty. */
static const char *
set_cell (const YihuRecordCsv *self, YihuRecord *record, const Column *column, const char *cell)
{
  switch (column->meaning)
    {
    case COLUMN_ID:
      yihu_record_take (record->id, g_strdup (cell));
      return NULL;
    case COLUMN_DIVISION:
      return set_division (record, cell);
    case COLUMN_TEXT:
      yihu_record_set_text (record, column->field, cell);
      return NULL;
    case COLUMN_PHONE:
      return set_phone (self, record, column->field, cell);
    case COLUMN_PERSON_ID:
      return set_person_id (self, record, column->field, cell);
    case COLUMN_ENUM:
      return set_enum (record, column->field, cell);
    case COLUMN_INT:
    case COLUMN_DEGREES:
    case COLUMN_BIRTH:
      return set_number (self, record, column, cell);
    default:
      g_return_val_if_reached ("is not understood");
    }
}

gpointer
yihu_record_csv_parse (YihuRecordCsv *self, const char *const *cells, guint n_cells, GError **error)
{
  g_autoptr (YihuRecord) record = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (n_cells != self->columns->len)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "the row has %u cells, the header %u",
                   n_cells, self->columns->len);
      return NULL;
    }
  record = yihu_record_new (self->type, "");
  for (guint i = 0; i < n_cells; i++)
    {
      const Column *column = &g_array_index (self->columns, Column, i);
      g_autofree char *cell = g_strstrip (g_strdup (cells[i]));
      const char *fault = *cell != '\0' ? set_cell (self, record, column, cell) : NULL;

      if (fault == NULL)
        continue;
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field '%s': %s", column->name, fault);
      return NULL;
    }
  return yihu_record_validate (record, error) ? g_steal_pointer (&record) : NULL;
}

/* --- writing --- */

void
yihu_record_csv_append_header (const YihuRecordType *type, GString *text)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_ptr_array_add (names, (gpointer) "id");
  g_ptr_array_add (names, (gpointer) "division");
  for (guint i = 0; i < type->n_fields; i++)
    g_ptr_array_add (names, (gpointer) column_name (&type->fields[i]));
  yihu_csv_append_row (text, (const char *const *) names->pdata, names->len);
}

static char *
print_degrees (gint64 e7)
{
  guint64 size = (guint64) (e7 < 0 ? -e7 : e7);

  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%07" G_GUINT64_FORMAT, e7 < 0 ? "-" : "",
                          size / 10000000, size % 10000000);
}

static char *
print_field (const YihuRecordType *type, const YihuField *field, gconstpointer record)
{
  ColumnMeaning meaning = column_meaning (type, field);
  gint64 value;

  if (field->kind != YIHU_FIELD_INT)
    return g_strdup (yihu_record_get_text (record, field));
  value = yihu_record_get_int (record, field);
  if (value == 0)
    return g_strdup ("");
  if (meaning == COLUMN_DEGREES)
    return print_degrees (value);
  if (meaning == COLUMN_BIRTH)
    return g_strdup_printf ("%04d-%02d-%02d", (int) (value / 10000), (int) (value / 100 % 100),
                            (int) (value % 100));
  return g_strdup_printf ("%" G_GINT64_FORMAT, value);
}

void
yihu_record_csv_append (gconstpointer record, GString *text)
{
  const YihuRecord *self = record;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (cells, g_strdup (self->id));
  g_ptr_array_add (cells, self->division != 0
                              ? g_strdup_printf ("%012" G_GINT64_FORMAT, self->division)
                              : g_strdup (""));
  for (guint i = 0; i < self->type->n_fields; i++)
    g_ptr_array_add (cells, print_field (self->type, &self->type->fields[i], record));
  yihu_csv_append_row (text, (const char *const *) cells->pdata, cells->len);
}
