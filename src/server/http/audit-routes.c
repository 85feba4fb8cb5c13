/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The audit for its auditor: rows, pages of the check, and the server's own anchors. A page of the
 * check is asked for by the tool, which keeps its place: no reader is held longer than a page. */

#include "server/http/routes.h"

#include "base/error.h"
#include "store/sqlite/backup.h"

#include <string.h>

/* What a reader's thread finds, and how to answer it. */
typedef struct _Question Question;
struct _Question
{
  YihuExchange *exchange; /* (owned) */
  gint64 limit;
  gint64 after;
  json_t *rows; /* (owned) (nullable) */
  YihuAuditWalk walk;
  char *anchors_path; /* (nullable) */
  json_t *answer; /* (owned) */
  GError *error;
};

static void
question_free (Question *self)
{
  yihu_exchange_unref (self->exchange);
  g_clear_pointer (&self->rows, json_decref);
  g_clear_pointer (&self->answer, json_decref);
  g_clear_error (&self->error);
  g_free (self->anchors_path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_found (gpointer data)
{
  g_autoptr (Question) self = data;

  if (self->error != NULL)
    yihu_exchange_answer_error (self->exchange, self->error);
  else
    yihu_exchange_answer (self->exchange, SOUP_STATUS_OK, json_incref (self->answer));
}

static Question *
question_new (YihuExchange *exchange)
{
  Question *self = g_new0 (Question, 1);

  self->exchange = yihu_exchange_ref (exchange);
  return self;
}

static void
ask (Question *self, YihuReaderFunc run)
{
  YihuExchange *exchange = self->exchange;

  if (self->error == NULL
      && yihu_readers_push (exchange->server->readers, run, on_found, self, &self->error))
    yihu_exchange_unref (yihu_exchange_pause (exchange));
  else
    on_found (self);
}

/* Rows. */

static gboolean
on_audit_row (const YihuAuditRow *row, gpointer data)
{
  Question *self = data;

  json_array_append_new (self->rows,
                         json_pack ("{s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "number",
                                    (json_int_t) row->number, "at_us", (json_int_t) row->at_us,
                                    "account", row->account, "device", row->device, "what",
                                    row->what, "object", row->object, "reason", row->reason,
                                    "previous_hash", row->previous_hash, "hash", row->hash));
  return TRUE;
}

static void
read_rows (YihuStore *store, gpointer data)
{
  Question *self = data;

  self->rows = json_array ();
  if (yihu_store_each_audit (store, self->after, (guint) self->limit, on_audit_row, self,
                             &self->error))
    self->answer = json_pack ("{s:O}", "audit", self->rows);
}

void
yihu_route_audit (YihuExchange *exchange)
{
  Question *self = question_new (exchange);

  self->limit = 100;
  if (yihu_exchange_query_int (exchange, "after", 0, G_MAXINT64, &self->after, &self->error))
    yihu_exchange_query_int (exchange, "limit", 1, 1000, &self->limit, &self->error);
  ask (self, read_rows);
}

/* Check. */

static void
read_page (YihuStore *store, gpointer data)
{
  Question *self = data;
  YihuAuditWalk *walk = &self->walk;

  if (yihu_store_walk_audit (store, walk, (guint) self->limit, &self->error))
    self->answer = json_pack ("{s:I, s:s, s:I, s:I, s:s}", "number", (json_int_t) walk->number,
                              "hash", walk->hash, "rows", (json_int_t) walk->n_rows, "bad",
                              (json_int_t) walk->bad, "why", yihu_audit_fault_get_nick (walk->why));
}

static gboolean
read_place (YihuExchange *exchange, Question *self, GError **error)
{
  const char *hash = yihu_exchange_query_text (exchange, "hash");
  gint64 after = 0;

  self->limit = YIHU_AUDIT_PAGE;
  if (!yihu_exchange_query_int (exchange, "after", 0, G_MAXINT64, &after, error)
      || !yihu_exchange_query_int (exchange, "limit", 1, YIHU_AUDIT_PAGE, &self->limit, error))
    return FALSE;
  if (after > 0 && (hash == NULL || strlen (hash) != YIHU_AUDIT_HASH_LENGTH))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "parameter 'hash': must be the hash of row 'after'");
      return FALSE;
    }
  yihu_audit_walk_init (&self->walk, after, after > 0 ? hash : "");
  return TRUE;
}

void
yihu_route_audit_verify (YihuExchange *exchange)
{
  Question *self = question_new (exchange);

  read_place (exchange, self, &self->error);
  ask (self, read_page);
}

/* Anchors. */

static void
read_anchors (YihuStore *store, gpointer data)
{
  Question *self = data;
  g_autoptr (GArray) anchors = NULL;
  g_autofree char *text = NULL;

  if (!g_file_test (self->anchors_path, G_FILE_TEST_EXISTS))
    text = g_strdup ("");
  else if (!g_file_get_contents (self->anchors_path, &text, NULL, &self->error))
    return;
  anchors = yihu_anchors_parse (text, NULL, &self->error);
  if (anchors != NULL)
    self->answer = json_pack ("{s:s}", "anchors", text);
}

void
yihu_route_audit_anchors (YihuExchange *exchange)
{
  Question *self = question_new (exchange);

  self->anchors_path = g_build_filename (exchange->server->data_dir, YIHU_ANCHOR_FILE, NULL);
  ask (self, read_anchors);
}
