/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Each call keeps the result that its callback is given, runs the main context until it is there,
 * and finishes it; the result is gone when the call returns, so that it keeps no book alive. */

#include "book-waits.h"

#include "../client/fake-server.h"
#include "../server/fixture.h"
#include "domain/kinds.h"

gboolean
waits_log_in (YihuBook *book, const char *login, const char *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  yihu_book_login_async (book, login, password, NULL, fake_on_ready, &result);
  fake_wait (result != NULL);
  return yihu_book_login_finish (book, result, error);
}

gboolean
waits_submit (YihuBook *book, YihuCommand *command, gpointer overlay, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  yihu_book_submit_async (book, command, overlay, fake_on_ready, &result);
  fake_wait (result != NULL);
  return yihu_book_submit_finish (book, result, error);
}

gboolean
waits_place_order (YihuBook *book, const char *id, GError **error)
{
  g_autoptr (YihuCommand) command = fixture_new_order (id, "e1");
  g_autoptr (YihuOrder) order = yihu_order_new (id);

  order->record.division = 210802001001;
  order->elder = g_strdup ("e1");
  order->item = g_strdup ("i1");
  order->provider = g_strdup ("p1");
  return waits_submit (book, command, order, error);
}
