/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The overlay in the desk file. A row counts from its command until the feed has passed the answer;
 * one that was refused is held back, so that sending again shows it again. */

#include "cache/desk-private.h"

#include "base/error.h"
#include "wire/record-json.h"

#define KIND "overlay"

/* What the seal is bound to: the record, not the command, whose key changes when it is sent again.
 */
static char *
make_id (const char *kind, const char *id)
{
  return g_strdup_printf ("%s %s", kind, id);
}

static GBytes *
seal_body (YihuDeskFile *self, const char *kind, const char *id, const char *body, GError **error)
{
  g_autofree char *bound = make_id (kind, id);

  return yihu_desk_file_seal_or_fail (self, KIND, bound, body, error);
}

gboolean
yihu_desk_file_put_overlay (YihuDeskFile *self,
                            const char *command_key,
                            gconstpointer record,
                            GError **error)
{
  const YihuRecord *row = record;
  g_autoptr (json_t) json = yihu_record_to_json (record, FALSE);
  g_autofree char *body = yihu_json_print (json);
  g_autoptr (GBytes) sealed = seal_body (self, row->type->name, row->id, body, error);

  return sealed != NULL
         && yihu_database_run (self->database,
                               "INSERT INTO overlay (command, kind, id, body, sealed)"
                               " VALUES (?1, ?2, ?3, '', ?4)",
                               error, "sssb", command_key, row->type->name, row->id, sealed);
}

gboolean
yihu_desk_file_settle_overlay (YihuDeskFile *self,
                               const char *command_key,
                               gint64 seq,
                               GError **error)
{
  return yihu_database_run (self->database, "UPDATE overlay SET seq = ?2 WHERE command = ?1", error,
                            "si", command_key, seq);
}

/* Asks before it writes: a write is a disk flush, and most batches settle nothing. */
gboolean
yihu_desk_file_reach_overlay (YihuDeskFile *self, gint64 cursor, GError **error)
{
  gint64 reached = 0;

  if (!yihu_database_query_int (self->database,
                                "SELECT count(*) FROM overlay WHERE seq > 0 AND seq <= ?1",
                                &reached, error, "i", cursor))
    return FALSE;
  return reached == 0
         || yihu_database_run (self->database, "DELETE FROM overlay WHERE seq > 0 AND seq <= ?1",
                               error, "i", cursor);
}

gboolean
yihu_desk_file_hold_overlay (YihuDeskFile *self, const char *command_key, GError **error)
{
  return yihu_database_run (self->database, "UPDATE overlay SET held = 1 WHERE command = ?1", error,
                            "s", command_key);
}

gboolean
yihu_desk_file_release_overlay (YihuDeskFile *self,
                                const char *command_key,
                                const char *new_key,
                                GError **error)
{
  return yihu_database_run (self->database,
                            "UPDATE overlay SET held = 0, command = ?2 WHERE command = ?1", error,
                            "ss", command_key, new_key);
}

gboolean
yihu_desk_file_drop_overlay (YihuDeskFile *self, const char *command_key, GError **error)
{
  return yihu_database_run (self->database, "DELETE FROM overlay WHERE command = ?1", error, "s",
                            command_key);
}

gboolean
yihu_desk_file_sweep_overlay (YihuDeskFile *self,
                              const char *const *keys,
                              gint64 cursor,
                              GError **error)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, "SELECT DISTINCT command FROM overlay WHERE seq = 0",
                           error, "");

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    if (!g_strv_contains (keys, yihu_rows_get_text (rows, 0)))
      g_ptr_array_add (orphans, g_strdup (yihu_rows_get_text (rows, 0)));
  g_clear_pointer (&rows, yihu_rows_free);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; i < orphans->len; i++)
    if (!yihu_desk_file_drop_overlay (self, g_ptr_array_index (orphans, i), error))
      return FALSE;
  return yihu_desk_file_reach_overlay (self, cursor, error);
}

gint64
yihu_desk_file_count_overlay (YihuDeskFile *self)
{
  gint64 count = 0;

  yihu_database_query_int (self->database, "SELECT count(*) FROM overlay WHERE held = 0", &count,
                           NULL, "");
  return count;
}

/* --- reading --- */

/* A body that this program cannot read (an older one wrote it) hides nothing. */
static YihuRecord *
read_body (YihuDeskFile *self, YihuRows *rows, GError **error)
{
  const YihuRecordType *type = yihu_record_type_find (yihu_rows_get_text (rows, 0));
  g_autofree char *bound = make_id (yihu_rows_get_text (rows, 0), yihu_rows_get_text (rows, 1));
  g_autoptr (GBytes) sealed = yihu_rows_get_blob (rows, 2);
  g_autofree char *body = yihu_desk_file_open_sealed (self, KIND, bound, sealed, error);
  g_autoptr (json_t) json = body != NULL ? yihu_json_parse (body, -1, 0, error) : NULL;

  return json != NULL && type != NULL ? yihu_record_from_json (type, json, error) : NULL;
}

static YihuRecord *
read_or_say (YihuDeskFile *self, YihuRows *rows)
{
  g_autoptr (GError) error = NULL;
  YihuRecord *record = read_body (self, rows, &error);

  if (error != NULL)
    g_message ("a row of the overlay cannot be read: %s", error->message);
  return record;
}

static GPtrArray *
read_all (YihuDeskFile *self, YihuRows *taken, GError **error)
{
  g_autoptr (YihuRows) rows = taken;
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (GError) local = NULL;

  if (rows == NULL)
    return NULL;
  while (yihu_rows_next (rows, &local))
    {
      YihuRecord *record = read_or_say (self, rows);

      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  if (local == NULL)
    return g_steal_pointer (&records);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

GPtrArray *
yihu_desk_file_list_overlay (YihuDeskFile *self, const YihuRecordType *type, GError **error)
{
  return read_all (self,
                   yihu_database_query (self->database,
                                        "SELECT kind, id, sealed FROM overlay WHERE n IN"
                                        " (SELECT max(n) FROM overlay WHERE kind = ?1 AND held = 0"
                                        " GROUP BY id) ORDER BY n",
                                        error, "s", type->name),
                   error);
}

GPtrArray *
yihu_desk_file_list_overlay_of (YihuDeskFile *self, const char *command_key)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *records = read_all (
      self,
      yihu_database_query (self->database,
                           "SELECT kind, id, sealed FROM overlay WHERE command = ?1 ORDER BY n",
                           &error, "s", command_key),
      &error);

  return records != NULL ? records : g_ptr_array_new_with_free_func (yihu_record_unref);
}

gpointer
yihu_desk_file_get_overlay (YihuDeskFile *self,
                            const YihuRecordType *type,
                            const char *id,
                            GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database,
                           "SELECT kind, id, sealed FROM overlay WHERE kind = ?1 AND id = ?2"
                           " AND held = 0 ORDER BY n DESC LIMIT 1",
                           error, "ss", type->name, id);

  if (rows == NULL)
    return NULL;
  if (yihu_rows_next (rows, &local))
    return read_or_say (self, rows);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* --- what an older program left --- */

static gboolean
seal_row (YihuDeskFile *self, gint64 n, GError **error)
{
  g_autofree char *kind = NULL;
  g_autofree char *id = NULL;
  g_autofree char *body = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, "SELECT kind, id, body FROM overlay WHERE n = ?1", error,
                           "i", n);

  if (rows == NULL || !yihu_rows_next (rows, error))
    return FALSE;
  kind = g_strdup (yihu_rows_get_text (rows, 0));
  id = g_strdup (yihu_rows_get_text (rows, 1));
  body = g_strdup (yihu_rows_get_text (rows, 2));
  g_clear_pointer (&rows, yihu_rows_free);
  sealed = seal_body (self, kind, id, body, error);
  return sealed != NULL
         && yihu_database_run (self->database,
                               "UPDATE overlay SET body = '', sealed = ?2 WHERE n = ?1", error,
                               "ib", n, sealed);
}

gboolean
yihu_desk_file_seal_plain_overlay (YihuDeskFile *self, GError **error)
{
  gint64 n = 0;
  g_autoptr (GError) local = NULL;

  while (yihu_database_query_int (self->database, "SELECT min(n) FROM overlay WHERE body <> ''", &n,
                                  &local, "")
         && n > 0)
    if (!seal_row (self, n, error))
      return FALSE;
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
