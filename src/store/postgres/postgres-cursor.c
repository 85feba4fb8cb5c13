/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads rows in PostgreSQL's binary form: numbers of four or eight bytes, texts and bytes as they
 * are. A cursor stands on one result with many rows, or on a stream that brings a result for each
 * row. */

#include "store/postgres/postgres-cursor.h"

#include <string.h>

/* Rows of one result, or of a stream of results with one row each. */
typedef struct
{
  YihuCursor cursor;

  YihuPgConnection *stream; /* (nullable) */
  PGresult *result; /* (nullable) */
  gboolean is_owner;
  int row;
  int end;
} PostgresCursor;

static gboolean
cursor_next (YihuCursor *cursor, GError **error)
{
  PostgresCursor *self = (PostgresCursor *) cursor;

  if (self->stream == NULL)
    return ++self->row < self->end;
  PQclear (self->result);
  self->result = yihu_pg_connection_stream_next (self->stream, error);
  self->row = 0;
  return self->result != NULL;
}

static gint64
cursor_get_int (YihuCursor *cursor, guint column)
{
  PostgresCursor *self = (PostgresCursor *) cursor;
  const char *value = PQgetvalue (self->result, self->row, (int) column);
  gint64 wide;
  gint32 narrow;

  switch (PQgetlength (self->result, self->row, (int) column))
    {
    case 8:
      memcpy (&wide, value, sizeof wide);
      return GINT64_FROM_BE (wide);
    case 4:
      memcpy (&narrow, value, sizeof narrow);
      return (gint32) GINT32_FROM_BE (narrow);
    default: /* NULL */
      return 0;
    }
}

static const char *
cursor_get_text (YihuCursor *cursor, guint column)
{
  PostgresCursor *self = (PostgresCursor *) cursor;

  if (PQgetisnull (self->result, self->row, (int) column))
    return NULL;
  return PQgetvalue (self->result, self->row, (int) column);
}

static GBytes *
cursor_get_blob (YihuCursor *cursor, guint column)
{
  PostgresCursor *self = (PostgresCursor *) cursor;

  return g_bytes_new (PQgetvalue (self->result, self->row, (int) column),
                      (gsize) PQgetlength (self->result, self->row, (int) column));
}

static void
cursor_free (YihuCursor *cursor)
{
  PostgresCursor *self = (PostgresCursor *) cursor;

  if (self->is_owner)
    PQclear (self->result);
  if (self->stream != NULL)
    yihu_pg_connection_stream_end (self->stream);
  g_free (self);
}

static const YihuCursorClass postgres_cursor_class = { cursor_next, cursor_get_int, cursor_get_text,
                                                       cursor_get_blob, cursor_free };

YihuCursor *
yihu_pg_cursor_new (const YihuPgSlot *slot, gboolean is_owner)
{
  PostgresCursor *self = g_new0 (PostgresCursor, 1);

  self->cursor.klass = &postgres_cursor_class;
  self->result = slot->result;
  self->is_owner = is_owner;
  self->row = slot->first_row - 1;
  self->end = slot->first_row + slot->n_rows;
  return &self->cursor;
}

YihuCursor *
yihu_pg_cursor_new_stream (YihuPgConnection *connection)
{
  PostgresCursor *self = g_new0 (PostgresCursor, 1);

  self->cursor.klass = &postgres_cursor_class;
  self->stream = connection;
  self->is_owner = TRUE;
  return &self->cursor;
}
