/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One row of a provider's orders as the server sends it: whatever is taken must lead to a command
 * that can be read again, step by step until there is none. */

#include "base/bounded-json.h"
#include "city/visit.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
walk (YihuVisit *visit)
{
  for (guint i = 0; i < 8 && yihu_visit_get_verb (visit) != NULL; i++)
    {
      g_autoptr (YihuCommand) command = yihu_visit_make_command (visit, 1790000000000000);
      g_autoptr (json_t) json = yihu_command_to_json (command);
      g_autoptr (YihuCommand) again = yihu_command_from_json (json, NULL);

      g_assert_true (again != NULL || strlen (visit->order->record.id) == 0);
      g_assert_cmpfloat (yihu_visit_draw_delay_s (visit, 50), >=, 0);
      yihu_visit_advance (visit, NULL);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (json_t) json = NULL;
  g_autoptr (YihuVisit) visit = NULL;

  yihu_json_init ();
  json = yihu_json_parse ((const char *) data, (gssize) size, 0, NULL);
  if (json != NULL)
    visit = yihu_visit_new (json, 1, NULL);
  if (visit != NULL)
    walk (visit);
  return 0;
}
