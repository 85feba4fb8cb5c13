/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reading the text of a statement: parameters in PostgreSQL's manner, and which rows it concerns,
 * so that what was fetched ahead is forgotten when it is written. The house's statements are
 * simple: capital key words, one table written at a time. */

#include "store/postgres/statement.h"

#include <string.h>

static char *
translate (const char *sql)
{
  GString *text = g_string_sized_new (strlen (sql) + 8);
  gboolean is_quoted = FALSE;

  for (const char *at = sql; *at != '\0'; at++)
    {
      if (*at == '\'')
        is_quoted = !is_quoted;
      g_string_append_c (text, *at == '?' && !is_quoted && g_ascii_isdigit (at[1]) ? '$' : *at);
    }
  return g_string_free (text, FALSE);
}

/* The name at @at, with or without quotes. */
static char *
read_name (const char *at)
{
  gsize length;

  while (*at == ' ' || *at == '(' || *at == '"')
    at++;
  length = strspn (at, "abcdefghijklmnopqrstuvwxyz_0123456789");
  return g_strndup (at, length);
}

static void
add_tables (GPtrArray *tables, const char *sql, const char *word)
{
  for (const char *at = strstr (sql, word); at != NULL; at = strstr (at + 1, word))
    {
      g_autofree char *name = read_name (at + strlen (word));

      if (*name != '\0')
        g_ptr_array_add (tables, g_steal_pointer (&name));
    }
}

/* "… WHERE id = ?1" at the end, with or without quotes. */
static char *
find_read_key (const char *sql)
{
  const char *at = strstr (sql, " WHERE ");
  g_autofree char *name = NULL;

  if (at == NULL || strstr (at + 1, " WHERE ") != NULL || !g_str_has_suffix (sql, " = ?1"))
    return NULL;
  at += strlen (" WHERE ");
  name = read_name (at);
  if (strlen (at) > strlen (name) + strlen ("\"\" = ?1"))
    return NULL;
  return g_steal_pointer (&name);
}

/* "INSERT INTO t (id, …" or "INSERT INTO t(id, …": ?1 stands in the first column. */
static char *
find_written_key (const char *sql)
{
  const char *at = g_str_has_prefix (sql, "INSERT INTO ") ? strchr (sql, '(') : NULL;

  return at != NULL ? read_name (at + 1) : NULL;
}

YihuPgStatement *
yihu_pg_statement_new (const char *sql, guint number)
{
  YihuPgStatement *self = g_new0 (YihuPgStatement, 1);
  g_autoptr (GPtrArray) tables = g_ptr_array_new ();

  self->sql = g_strdup (sql);
  self->text = translate (sql);
  g_snprintf (self->name, sizeof self->name, "s%u", number);
  self->is_write = !g_str_has_prefix (sql, "SELECT ");
  if (self->is_write)
    {
      add_tables (tables, sql, "INSERT INTO ");
      add_tables (tables, sql, "UPDATE ");
      add_tables (tables, sql, "DELETE FROM ");
      self->key_column = find_written_key (sql);
    }
  else
    {
      add_tables (tables, sql, " FROM ");
      add_tables (tables, sql, " JOIN ");
      self->key_column = tables->len == 1 ? find_read_key (sql) : NULL;
    }
  g_ptr_array_add (tables, NULL);
  self->tables = (char **) g_ptr_array_free (g_steal_pointer (&tables), FALSE);
  return self;
}

void
yihu_pg_statement_free (YihuPgStatement *self)
{
  g_free (self->sql);
  g_free (self->text);
  g_free (self->key_column);
  g_strfreev (self->tables);
  g_free (self);
}
