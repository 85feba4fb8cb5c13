/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The table of codes: every code has its own wire string, both ways; statuses are those of the
 * protocol. */

#include "base/error.h"

static void
test_wire_strings (void)
{
  for (guint i = 0; i < YIHU_N_ERRORS; i++)
    {
      const char *wire = yihu_error_get_wire (i);

      g_assert_nonnull (wire);
      g_assert_cmpstr (wire, !=, "");
      g_assert_cmpint (yihu_error_from_wire (wire), ==, i);
    }
  g_assert_cmpint (yihu_error_from_wire ("from a newer version"), ==, YIHU_ERROR_FAILED);
  g_assert_cmpint (yihu_error_from_wire (NULL), ==, YIHU_ERROR_FAILED);
}

static void
test_statuses (void)
{
  static const struct
  {
    YihuError code;
    guint status;
  } known[] = {
    { YIHU_ERROR_INVALID, 400 },   { YIHU_ERROR_UNAUTHORIZED, 401 }, { YIHU_ERROR_FORBIDDEN, 403 },
    { YIHU_ERROR_NOT_FOUND, 404 }, { YIHU_ERROR_CONFLICT, 409 },     { YIHU_ERROR_RESNAPSHOT, 410 },
    { YIHU_ERROR_TOO_LARGE, 413 }, { YIHU_ERROR_KEY_REUSED, 422 },   { YIHU_ERROR_VERSION, 426 },
    { YIHU_ERROR_BUSY, 429 },      { YIHU_ERROR_OFFLINE, 503 },      { YIHU_ERROR_TIMEOUT, 504 },
    { YIHU_ERROR_FULL, 507 },      { YIHU_ERROR_CERT_EXPIRED, 525 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_assert_cmpuint (yihu_error_get_status (known[i].code), ==, known[i].status);
      g_assert_cmpint (yihu_error_from_status (known[i].status), ==, known[i].code);
    }
  for (guint i = 0; i < YIHU_N_ERRORS; i++)
    {
      g_assert_cmpuint (yihu_error_get_status (i), >=, 400);
      g_assert_cmpuint (yihu_error_get_status (i), <, 600);
    }
  g_assert_cmpint (yihu_error_from_status (418), ==, YIHU_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/wire", test_wire_strings);
  g_test_add_func ("/base/error/status", test_statuses);
  return g_test_run ();
}
