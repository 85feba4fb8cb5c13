/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a console fetches: its snapshot, the changes since its cursor, the base map. Big files are
 * mapped, never read into memory. */

#include "server/http/routes.h"

#include "base/error.h"
#include "server/work/accounts.h"
#include "wire/protocol.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define MAX_CHANGES 5000
#define MAX_CHANGES_BYTES (8 * 1024 * 1024)
#define OCTETS "application/octet-stream"
#define SQLITE_MAGIC "SQLite format 3"

static void
answer_file (YihuExchange *exchange, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &error);
  g_autoptr (GBytes) bytes = NULL;

  if (file == NULL)
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  bytes = g_mapped_file_get_bytes (file);
  yihu_exchange_answer_bytes (exchange, OCTETS, bytes);
}

static void
set_header (YihuExchange *exchange, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (exchange->message), name,
                                value);
}

static void
set_header_int (YihuExchange *exchange, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  set_header (exchange, name, text);
}

/* Snapshot. */

static const char *
get_request_header (YihuExchange *exchange, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (exchange->message),
                                       name);
}

static void
answer_building (YihuExchange *exchange, const YihuSnapshotProgress *progress)
{
  static const char *const stages[] = { "waiting", "rows", "indexes", "packing" };
  int stage = __atomic_load_n (&progress->stage, __ATOMIC_ACQUIRE);

  set_header (exchange, "Retry-After", "1");
  yihu_exchange_answer (
      exchange, SOUP_STATUS_ACCEPTED,
      json_pack ("{s:s, s:I, s:I}", "building", stages[stage], "done",
                 (json_int_t) __atomic_load_n (&progress->done, __ATOMIC_RELAXED), "total",
                 (json_int_t) __atomic_load_n (&progress->total, __ATOMIC_RELAXED)));
}

/* The whole file, or the part that was asked for: libsoup would copy the file to cut it. */
static void
answer_packed (YihuExchange *exchange, const YihuSnapshot *snapshot, const char *etag)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (snapshot->path, FALSE, &error);
  g_autoptr (GBytes) bytes = file != NULL ? g_mapped_file_get_bytes (file) : NULL;
  const char *condition = get_request_header (exchange, "If-Range");
  YihuByteRange range;

  if (bytes == NULL)
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  yihu_byte_range_parse (&range, get_request_header (exchange, "Range"),
                         (gint64) g_bytes_get_size (bytes));
  if (condition != NULL && strcmp (condition, etag) != 0)
    range.kind = YIHU_BYTE_RANGE_WHOLE;
  yihu_exchange_answer_range (exchange, YIHU_SNAPSHOT_CONTENT_TYPE, bytes, &range);
}

static void
on_snapshot (const YihuSnapshot *snapshot,
             const YihuSnapshotProgress *progress,
             const GError *error,
             gpointer data)
{
  g_autoptr (YihuExchange) exchange = data;
  g_autofree char *etag = NULL;

  if (error != NULL)
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  if (snapshot == NULL)
    {
      answer_building (exchange, progress);
      return;
    }
  etag = g_strdup_printf ("\"%s\"", snapshot->hash);
  set_header (exchange, "ETag", etag);
  set_header_int (exchange, "X-Yihu-Seq", snapshot->seq);
  set_header_int (exchange, "X-Yihu-Epoch", snapshot->epoch);
  set_header_int (exchange, "X-Yihu-Plain-Bytes", snapshot->plain_bytes);
  set_header (exchange, "X-Yihu-Blake2b", snapshot->hash);
  answer_packed (exchange, snapshot, etag);
}

/* The hash in an If-Range of ours; NULL: none. */
static char *
read_condition (YihuExchange *exchange)
{
  const char *condition = get_request_header (exchange, "If-Range");
  gsize length = condition != NULL ? strlen (condition) : 0;

  if (length < 3 || condition[0] != '"' || condition[length - 1] != '"')
    return NULL;
  return g_strndup (condition + 1, length - 2);
}

void
yihu_route_snapshot (YihuExchange *exchange)
{
  YihuServer *server = exchange->server;
  gint64 schema = YIHU_SNAPSHOT_SCHEMA;
  g_autofree char *hash = read_condition (exchange);
  g_autoptr (GError) error = NULL;

  if (yihu_exchange_query_int (exchange, "schema", 0, G_MAXINT32, &schema, &error)
      && schema != YIHU_SNAPSHOT_SCHEMA)
    g_set_error (&error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "this server makes schema %d only",
                 YIHU_SNAPSHOT_SCHEMA);
  if (error != NULL)
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_snapshot_shelf_request (server->shelf, exchange->actor->scope,
                                 yihu_hub_get_tenant (server->hub), hash, on_snapshot,
                                 yihu_exchange_pause (exchange));
}

/* Changes. */

typedef struct
{
  YihuExchange *exchange; /* (owned) */
  gint64 since;
  gint64 epoch;
  gint64 limit;
  gint64 to;
  guint n_rows;
  YihuTenant tenant;
  GString *text; /* (owned) */
  GError *error;
} Changes;

static gboolean
on_feed_row (const YihuFeedRow *row, gpointer data)
{
  Changes *self = data;
  const YihuActor *actor = self->exchange->actor;
  const YihuRecordType *type = yihu_record_type_find (row->kind);

  self->n_rows++;
  self->to = row->seq;
  if (type != NULL && yihu_role_gets_kind (yihu_actor_get_role (actor), type)
      && yihu_actor_sees (actor, row->division))
    {
      if (self->text->str[self->text->len - 1] != '[')
        g_string_append_c (self->text, ',');
      g_string_append (self->text, row->body);
    }
  return self->text->len < MAX_CHANGES_BYTES;
}

static gboolean
read_feed (YihuStore *store, Changes *self)
{
  if (!yihu_store_get_tenant (store, &self->tenant, &self->error))
    return FALSE;
  if (self->epoch != self->tenant.epoch || self->since < self->tenant.floor
      || self->since > self->tenant.seq)
    {
      g_set_error_literal (&self->error, YIHU_ERROR, YIHU_ERROR_RESNAPSHOT,
                           "the cursor is too old or of another epoch");
      return FALSE;
    }
  self->text = g_string_sized_new (64 * 1024);
  g_string_printf (self->text, "{\"from\":%" G_GINT64_FORMAT ",\"ev\":[", self->since);
  self->to = self->since;
  return yihu_store_each_feed (store, self->since, self->limit, on_feed_row, self, &self->error);
}

static void
read_changes (YihuStore *store, gpointer data)
{
  Changes *self = data;

  if (!yihu_store_begin (store, FALSE, &self->error))
    return;
  if (read_feed (store, self))
    g_string_append_printf (self->text,
                            "],\"to\":%" G_GINT64_FORMAT ",\"epoch\":%" G_GINT64_FORMAT
                            ",\"more\":%s}",
                            self->to, self->tenant.epoch,
                            self->to < self->tenant.seq ? "true" : "false");
  yihu_store_rollback (store);
}

static void
on_changes_read (gpointer data)
{
  Changes *self = data;

  if (self->error == NULL)
    yihu_exchange_answer_text (self->exchange, SOUP_STATUS_OK,
                               g_string_free (g_steal_pointer (&self->text), FALSE));
  else if (g_error_matches (self->error, YIHU_ERROR, YIHU_ERROR_RESNAPSHOT))
    yihu_exchange_answer (self->exchange, SOUP_STATUS_GONE,
                          json_pack ("{s:s, s:s, s:b, s:I, s:I}", "error", "resnapshot", "message",
                                     self->error->message, "resnapshot", TRUE, "floor",
                                     (json_int_t) self->tenant.floor, "epoch",
                                     (json_int_t) self->tenant.epoch));
  else
    yihu_exchange_answer_error (self->exchange, self->error);
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  yihu_exchange_unref (self->exchange);
  g_clear_error (&self->error);
  g_free (self);
}

void
yihu_route_changes (YihuExchange *exchange)
{
  Changes *self = g_new0 (Changes, 1);

  self->exchange = yihu_exchange_ref (exchange);
  self->limit = MAX_CHANGES;
  self->epoch = yihu_hub_get_tenant (exchange->server->hub)->epoch;
  if (yihu_exchange_query_int (exchange, "since", 0, G_MAXINT64, &self->since, &self->error)
      && yihu_exchange_query_int (exchange, "epoch", 0, G_MAXINT64, &self->epoch, &self->error)
      && yihu_exchange_query_int (exchange, "limit", 1, MAX_CHANGES, &self->limit, &self->error)
      && yihu_readers_push (exchange->server->readers, read_changes, on_changes_read, self,
                            &self->error))
    yihu_exchange_unref (yihu_exchange_pause (exchange));
  else
    on_changes_read (self);
}

/* The base map: one file, replaced as a whole; its ETag is its hash, kept beside it. */

static char *
get_map_path (YihuServer *server)
{
  return g_build_filename (server->data_dir, "basemap.db", NULL);
}

static char *
get_tag_path (YihuServer *server)
{
  return g_build_filename (server->data_dir, "basemap.etag", NULL);
}

void
yihu_route_get_basemap (YihuExchange *exchange)
{
  g_autofree char *path = get_map_path (exchange->server);
  g_autofree char *tag_path = get_tag_path (exchange->server);
  g_autofree char *tag = NULL;
  const char *known =
      soup_message_headers_get_one (soup_server_message_get_request_headers (exchange->message),
                                    "If-None-Match");

  if (!g_file_get_contents (tag_path, &tag, NULL, NULL))
    {
      g_autoptr (GError) error =
          g_error_new_literal (YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no base map yet");

      yihu_exchange_answer_error (exchange, error);
      return;
    }
  set_header (exchange, "ETag", tag);
  if (g_strcmp0 (known, tag) == 0)
    yihu_exchange_answer_text (exchange, SOUP_STATUS_NOT_MODIFIED, g_strdup (""));
  else
    answer_file (exchange, path);
}

typedef struct
{
  YihuExchange *exchange; /* (owned) */
  GBytes *body; /* (owned) */
  char *path;
  char *tag_path;
  char *tag;
  GError *error;
} MapPut;

static void
map_put_free (MapPut *self)
{
  yihu_exchange_unref (self->exchange);
  g_bytes_unref (self->body);
  g_free (self->path);
  g_free (self->tag_path);
  g_free (self->tag);
  g_clear_error (&self->error);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MapPut, map_put_free)

static void
write_map (YihuStore *store, gpointer data)
{
  MapPut *self = data;
  gsize length = 0;
  const guchar *bytes = g_bytes_get_data (self->body, &length);
  guchar hash[16];
  char hex[2 * sizeof hash + 1];

  if (length < 100 || memcmp (bytes, SQLITE_MAGIC, sizeof SQLITE_MAGIC) != 0)
    {
      g_set_error_literal (&self->error, YIHU_ERROR, YIHU_ERROR_INVALID,
                           "this is not a base map package");
      return;
    }
  crypto_generichash (hash, sizeof hash, bytes, length, NULL, 0);
  sodium_bin2hex (hex, sizeof hex, hash, sizeof hash);
  self->tag = g_strdup_printf ("\"%s\"", hex);
  if (g_file_set_contents_full (self->path, (const char *) bytes, length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &self->error))
    g_file_set_contents_full (self->tag_path, self->tag, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                              &self->error);
  if (g_error_matches (self->error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    {
      g_clear_error (&self->error);
      g_set_error_literal (&self->error, YIHU_ERROR, YIHU_ERROR_FULL, "no space for the base map");
    }
}

static void
on_map_noted (const GError *error, gpointer data)
{
  g_autoptr (MapPut) self = data;

  if (error != NULL)
    yihu_exchange_answer_error (self->exchange, error);
  else
    yihu_exchange_answer (self->exchange, SOUP_STATUS_OK, json_pack ("{s:s}", "etag", self->tag));
}

static void
on_map_written (gpointer data)
{
  MapPut *self = data;

  if (self->error == NULL)
    {
      yihu_accounts_note (self->exchange->server->writer, self->exchange->actor, "basemap.put",
                          self->tag, NULL, on_map_noted, self);
      return;
    }
  yihu_exchange_answer_error (self->exchange, self->error);
  map_put_free (self);
}

void
yihu_route_put_basemap (YihuExchange *exchange)
{
  YihuServer *server = exchange->server;
  g_autoptr (MapPut) self = g_new0 (MapPut, 1);
  g_autoptr (GError) error = NULL;

  self->exchange = yihu_exchange_ref (exchange);
  self->body = yihu_exchange_get_body (exchange);
  self->path = get_map_path (server);
  self->tag_path = get_tag_path (server);
  if (!yihu_readers_push (server->readers, write_map, on_map_written, self, &error))
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  yihu_exchange_unref (yihu_exchange_pause (exchange));
  g_steal_pointer (&self);
}
