/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Entries of the feed that must be refused or skipped. */

#include "base/error.h"
#include "domain/kinds.h"
#include "wire/event.h"

static YihuEvent *
read_event (const char *text, GError **error)
{
  g_autoptr (json_t) json = yihu_json_parse (text, -1, 0, NULL);

  g_assert_nonnull (json);
  return yihu_event_from_json (json, error);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "{}",
    "[]",
    "[1,\"seat\",\"03\",\"u\"]",
    "[\"1\",\"seat\",\"03\",\"u\",1,{\"id\":\"03\",\"version\":1}]",
    "[1,7,\"03\",\"u\",1,{\"id\":\"03\",\"version\":1}]",
    "[1,\"seat\",3,\"u\",1,{\"id\":\"03\",\"version\":1}]",
    "[1,\"seat\",\"03\",0,1,{\"id\":\"03\",\"version\":1}]",
    "[1,\"seat\",\"03\",\"u\",\"1\",{\"id\":\"03\",\"version\":1}]",
    "[1,\"seat\",\"03\",\"x\",1,{\"id\":\"03\",\"version\":1}]",
    "[1,\"seat\",\"03\",\"u\",1]",
    "[1,\"seat\",\"03\",\"u\",1,null]",
    "[1,\"seat\",\"03\",\"u\",1,{\"id\":\"04\",\"version\":1}]",
    "[1,\"seat\",\"03\",\"u\",1,{\"id\":\"03\",\"version\":2}]",
    "[1,\"seat\",\"03\",\"u\",1,{\"id\":\"03\",\"version\":1,\"state\":\"x\"}]",
    "[-1,\"seat\",\"03\",\"d\",1]",
    "[1,\"seat\",\"03\",\"d\",-1]",
    "[1,\"seat\",\"\",\"d\",1]",
    "[1,\"seat\",\"1234567890123456789012345678901234567\",\"d\",1]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_event (texts[i], &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
    }
}

static void
test_unknown_kind_is_skipped (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_event ("[1,\"drone\",\"d1\",\"u\",1,{\"id\":\"d1\"}]", &error));
  g_assert_no_error (error);
  g_assert_null (read_event ("[1,\"drone\",\"d1\",\"new-op\",1]", &error));
  g_assert_no_error (error);
}

static void
test_more_items_are_ignored (void)
{
  g_autoptr (YihuEvent) event =
      read_event ("[1,\"seat\",\"03\",\"u\",1,{\"id\":\"03\",\"version\":1},\"later\"]", NULL);

  g_assert_nonnull (event);
  g_assert_true (event->type == &yihu_seat_type);
  g_assert_cmpstr (event->record->id, ==, "03");
}

static void
test_only_an_upsert_keeps_the_row (void)
{
  g_autoptr (YihuSeat) seat = yihu_seat_new ("03");
  g_autoptr (YihuEvent) upsert = NULL;
  g_autoptr (YihuEvent) revoke = NULL;

  seat->record.version = 9;
  upsert = yihu_event_new (1, YIHU_EVENT_UPSERT, seat);
  revoke = yihu_event_new (2, YIHU_EVENT_REVOKE, seat);
  g_assert_true (upsert->record == YIHU_RECORD (seat));
  g_assert_null (revoke->record);
  g_assert_cmpint (revoke->version, ==, 9);
  g_assert_cmpstr (revoke->id, ==, "03");
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/event/refused", test_refused);
  g_test_add_func ("/wire/event/unknown-kind", test_unknown_kind_is_skipped);
  g_test_add_func ("/wire/event/more-items", test_more_items_are_ignored);
  g_test_add_func ("/wire/event/rows", test_only_an_upsert_keeps_the_row);
  return g_test_run ();
}
