/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What administrators do: imports. */

#include "server/http/routes.h"

#include "base/error.h"
#include "base/person-id.h"
#include "server/work/import.h"
#include "wire/record-json.h"

static void
on_imported (const YihuImportReport *report, const GError *error, gpointer data)
{
  g_autoptr (YihuExchange) exchange = data;
  json_t *refused;

  if (error != NULL)
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  refused = json_array ();
  for (guint i = 0; i < report->refused->len; i++)
    {
      YihuImportRefusal *refusal = g_ptr_array_index (report->refused, i);

      json_array_append_new (refused, json_pack ("{s:I, s:s}", "line", (json_int_t) refusal->line,
                                                 "message", refusal->message));
    }
  yihu_exchange_answer (exchange, SOUP_STATUS_OK,
                        json_pack ("{s:I, s:o, s:I}", "accepted", (json_int_t) report->accepted,
                                   "refused", refused, "more_refused",
                                   (json_int_t) report->more_refused));
}

static gboolean
read_import_options (YihuExchange *exchange, YihuImportOptions *options, GError **error)
{
  static const char *const modes[] = { "rows", "all", "check" }; /* YihuImportMode */
  const char *mode = yihu_exchange_query_text (exchange, "mode");
  const char *area = yihu_exchange_query_text (exchange, "area");
  gint64 quiet = 0;

  options->type = yihu_record_type_find (exchange->object);
  options->first_line = 2;
  options->area_code = area != NULL ? area : exchange->server->area_code;
  options->today = yihu_date_from_us (yihu_clock_get_now_us (exchange->server->clock));
  if (!yihu_import_allows_kind (options->type))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND,
                           "records of this kind cannot be imported");
      return FALSE;
    }
  while (mode != NULL && options->mode < G_N_ELEMENTS (modes)
         && !g_str_equal (mode, modes[options->mode]))
    options->mode++;
  if (options->mode == G_N_ELEMENTS (modes))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                           "parameter 'mode': must be 'rows', 'all' or 'check'");
      return FALSE;
    }
  if (!yihu_exchange_query_int (exchange, "first_line", 1, G_MAXINT32, &options->first_line, error)
      || !yihu_exchange_query_int (exchange, "quiet", 0, 1, &quiet, error))
    return FALSE;
  options->quiet = quiet;
  return TRUE;
}

void
yihu_route_import (YihuExchange *exchange)
{
  YihuServer *server = exchange->server;
  YihuImportOptions options = { 0 };
  g_autoptr (GBytes) body = yihu_exchange_get_body (exchange);
  g_autoptr (GError) error = NULL;

  if (!read_import_options (exchange, &options, &error))
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_import_start (server->readers, server->writer, exchange->actor, &options, body,
                       on_imported, yihu_exchange_pause (exchange));
}
