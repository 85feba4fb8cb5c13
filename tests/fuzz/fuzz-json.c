/* SPDX-License-Identifier: GPL-3.0-or-later */

/* JSON from the wire: whatever parses is offered to every reader; what a reader accepts must
 * survive being written and read again unchanged. */

#include "wire/command.h"
#include "wire/event.h"
#include "wire/figures.h"
#include "wire/record-json.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_record (const json_t *json)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autoptr (YihuRecord) record = yihu_record_from_json (yihu_record_types[i], json, NULL);
      g_autoptr (YihuRecord) copy = NULL;
      g_autoptr (json_t) written = NULL;

      if (record == NULL)
        continue;
      written = yihu_record_to_json (record, TRUE);
      copy = yihu_record_from_json (yihu_record_types[i], written, NULL);
      g_assert_true (copy != NULL && yihu_record_equal (record, copy));
    }
}

static void
check_event (const json_t *json)
{
  g_autoptr (YihuEvent) event = yihu_event_from_json (json, NULL);
  g_autoptr (json_t) written = event != NULL ? yihu_event_to_json (event) : NULL;
  g_autoptr (YihuEvent) copy = event != NULL ? yihu_event_from_json (written, NULL) : NULL;

  g_assert_true (event == NULL || (copy != NULL && copy->seq == event->seq));
}

static void
check_command (const json_t *json)
{
  g_autoptr (YihuCommand) command = yihu_command_from_json (json, NULL);
  g_autoptr (json_t) written = command != NULL ? yihu_command_to_json (command) : NULL;
  g_autoptr (YihuCommand) copy = command != NULL ? yihu_command_from_json (written, NULL) : NULL;
  g_autofree char *hash = command != NULL ? yihu_command_dup_hash (command) : NULL;
  g_autofree char *again = copy != NULL ? yihu_command_dup_hash (copy) : NULL;

  g_assert_cmpstr (hash, ==, again);
}

static void
check_reply (const json_t *json)
{
  g_autoptr (YihuReply) reply = yihu_reply_from_json (json, NULL);
  g_autoptr (json_t) written = reply != NULL ? yihu_reply_to_json (reply) : NULL;
  g_autoptr (YihuReply) copy = reply != NULL ? yihu_reply_from_json (written, NULL) : NULL;

  g_assert_true (reply == NULL || (copy != NULL && copy->state == reply->state));
}

static void
check_figures (const json_t *json)
{
  static YihuFigures figures, copy; /* large */
  g_autoptr (json_t) written = NULL;

  if (!yihu_figures_from_json (json, &figures, NULL))
    return;
  written = yihu_figures_to_json (&figures);
  g_assert_true (yihu_figures_from_json (written, &copy, NULL));
  g_assert_cmpuint (copy.n_divisions, ==, figures.n_divisions);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (json_t) json = yihu_json_parse ((const char *) data, (gssize) size, 0, NULL);

  if (json == NULL)
    return 0;
  check_record (json);
  check_event (json);
  check_command (json);
  check_reply (json);
  check_figures (json);
  return 0;
}
