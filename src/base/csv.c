/* SPDX-License-Identifier: GPL-3.0-or-later */

/* CSV after RFC 4180. The reader copies one row at a time into its buffer, with the fields one
 * after another, each ended by NUL; a row that breaks a rule is skipped to its next line end, and
 * reading goes on behind it. */

#include "base/csv.h"

#include "base/error.h"

#include <string.h>

struct _YihuCsvReader
{
  const char *next; /* the first byte that was not read */
  const char *end;
  guint line; /* of the row just read */
  guint next_line; /* of @next */
  GString *buffer; /* (owned) */
  gsize starts[YIHU_CSV_MAX_COLUMNS];
  char *fields[YIHU_CSV_MAX_COLUMNS + 1];
};

static gboolean
check_utf8 (const char *text, gsize length, GError **error)
{
  const char *bad;
  g_autofree char *converted = NULL;

  if (g_utf8_validate (text, (gssize) length, &bad))
    return TRUE;
  converted = g_convert (text, (gssize) length, "UTF-8", "GB18030", NULL, NULL, NULL);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "not UTF-8 at byte %" G_GSIZE_FORMAT "%s",
               (gsize) (bad - text), converted != NULL ? "; the text reads as GB 18030" : "");
  return FALSE;
}

YihuCsvReader *
yihu_csv_reader_new (const char *text, gsize length, GError **error)
{
  YihuCsvReader *self;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  if (!check_utf8 (length > 0 ? text : "", length, error))
    return NULL;
  self = g_new0 (YihuCsvReader, 1);
  self->next = length > 0 ? text : "";
  self->end = self->next + length;
  self->next_line = 1;
  self->buffer = g_string_new (NULL);
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    self->next += 3;
  return self;
}

void
yihu_csv_reader_free (YihuCsvReader *self)
{
  if (self == NULL)
    return;
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

static gboolean
at (const YihuCsvReader *self, char character)
{
  return self->next < self->end && *self->next == character;
}

/* Steps over LF, CRLF or CR. FALSE where there is none. */
static gboolean
skip_line_end (YihuCsvReader *self)
{
  if (at (self, '\r'))
    {
      self->next++;
      if (at (self, '\n'))
        self->next++;
    }
  else if (at (self, '\n'))
    self->next++;
  else
    return FALSE;
  self->next_line++;
  return TRUE;
}

static void
skip_blank_lines (YihuCsvReader *self)
{
  while (skip_line_end (self))
    ;
}

static gboolean
refuse_row (YihuCsvReader *self, const char *fault, GError **error)
{
  while (self->next < self->end && *self->next != '\n' && *self->next != '\r')
    self->next++;
  skip_line_end (self);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "line %u: %s", self->line, fault);
  return FALSE;
}

/* Reads behind the opening quote until the closing one. Returns: what is wrong, or NULL. */
static const char *
read_quoted (YihuCsvReader *self)
{
  for (self->next++; self->next < self->end; self->next++)
    {
      if (self->buffer->len > YIHU_CSV_MAX_ROW_BYTES)
        return "the row is too long";
      if (*self->next == '"')
        {
          self->next++;
          if (!at (self, '"'))
            return self->next == self->end || strchr (",\r\n", *self->next) != NULL
                       ? NULL
                       : "something stands behind a closing quote";
        }
      else if (*self->next == '\n')
        self->next_line++;
      g_string_append_c (self->buffer, *self->next);
    }
  return "a quote is not closed";
}

static const char *
read_plain (YihuCsvReader *self)
{
  for (; self->next < self->end && strchr (",\r\n", *self->next) == NULL; self->next++)
    {
      if (*self->next == '"')
        return "a quote stands inside an unquoted field";
      if (self->buffer->len > YIHU_CSV_MAX_ROW_BYTES)
        return "the row is too long";
      g_string_append_c (self->buffer, *self->next);
    }
  return NULL;
}

static const char *
read_row (YihuCsvReader *self, guint *n_fields)
{
  const char *fault;

  g_string_truncate (self->buffer, 0);
  for (*n_fields = 0;;)
    {
      if (*n_fields == YIHU_CSV_MAX_COLUMNS)
        return "the row has too many fields";
      self->starts[(*n_fields)++] = self->buffer->len;
      fault = at (self, '"') ? read_quoted (self) : read_plain (self);
      if (fault != NULL)
        return fault;
      g_string_append_c (self->buffer, '\0');
      if (!at (self, ','))
        return NULL;
      self->next++;
    }
}

gboolean
yihu_csv_reader_next (YihuCsvReader *self, char ***fields, guint *n_fields, GError **error)
{
  const char *fault;

  g_return_val_if_fail (self != NULL && fields != NULL && n_fields != NULL, FALSE);

  skip_blank_lines (self);
  self->line = self->next_line;
  if (self->next == self->end)
    return FALSE;
  if ((fault = read_row (self, n_fields)) != NULL)
    return refuse_row (self, fault, error);
  skip_line_end (self);
  for (guint i = 0; i < *n_fields; i++)
    self->fields[i] = self->buffer->str + self->starts[i];
  self->fields[*n_fields] = NULL;
  *fields = self->fields;
  return TRUE;
}

guint
yihu_csv_reader_get_line (YihuCsvReader *self)
{
  return self->line;
}

gboolean
yihu_csv_reader_is_at_end (YihuCsvReader *self)
{
  skip_blank_lines (self);
  return self->next == self->end;
}

static gboolean
needs_quotes (const char *field)
{
  return strpbrk (field, ",\"\r\n") != NULL;
}

static void
append_field (GString *text, const char *field)
{
  if (!needs_quotes (field))
    {
      g_string_append (text, field);
      return;
    }
  g_string_append_c (text, '"');
  for (; *field != '\0'; field++)
    {
      if (*field == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *field);
    }
  g_string_append_c (text, '"');
}

/* A row of one empty field is written as "", because a blank line is no row. */
void
yihu_csv_append_row (GString *text, const char *const *fields, guint n_fields)
{
  for (guint i = 0; i < n_fields; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_field (text, fields[i] != NULL ? fields[i] : "");
    }
  if (n_fields == 1 && (fields[0] == NULL || *fields[0] == '\0'))
    g_string_append (text, "\"\"");
  g_string_append (text, "\n");
}
