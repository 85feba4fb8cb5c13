/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Figures: bounds of counts, of the lists and of the divisions; a refused text changes nothing. */

#include "base/error.h"
#include "wire/figures.h"

static json_t *
parse (const char *text)
{
  json_t *json = yihu_json_parse (text, -1, 0, NULL);

  g_assert_nonnull (json);
  return json;
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "{\"calls_today\":-1}",
    "{\"calls_today\":\"1\"}",
    "{\"calls_today\":1.5}",
    "{\"calls_by_hour\":[1,2]}",
    "{\"calls_by_hour\":{}}",
    "{\"orders_by_category\":[1,2,3,4,5,6,7,8,9,10,11,\"12\"]}",
    "{\"orders_by_category\":[1,2,3,4,5,6,7,8,9,10,11,12,13]}",
    "{\"orders_by_category\":[1,2,3,4,5,6,7,8,9,10,11,-2]}",
    "{\"divisions\":[[210802000000,1,0]]}",
    "{\"divisions\":[[210802000000,1,0,101]]}",
    "{\"divisions\":[[210802000000,1,0,-2]]}",
    "{\"divisions\":[[-1,1,0,100]]}",
    "{\"divisions\":[[1000000000000,1,0,100]]}",
    "{\"divisions\":[7]}",
  };
  g_autofree YihuFigures *figures = g_new0 (YihuFigures, 1);

  figures->waiting = 77;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (json_t) json = parse (texts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (yihu_figures_from_json (json, figures, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
      g_assert_cmpint (figures->waiting, ==, 77);
    }
}

static void
test_missing_members_are_zero (void)
{
  g_autofree YihuFigures *figures = g_new0 (YihuFigures, 1);
  g_autoptr (json_t) json = parse ("{\"talking\":3}");

  figures->waiting = 77;
  g_assert_true (yihu_figures_from_json (json, figures, NULL));
  g_assert_cmpint (figures->waiting, ==, 0);
  g_assert_cmpint (figures->talking, ==, 3);
  g_assert_cmpuint (figures->n_divisions, ==, 0);
}

static void
test_number_of_divisions (void)
{
  g_autofree YihuFigures *figures = g_new0 (YihuFigures, 1);
  g_autoptr (json_t) json = NULL;
  g_autoptr (GError) error = NULL;

  figures->n_divisions = YIHU_FIGURES_MAX_DIVISIONS;
  for (guint i = 0; i < figures->n_divisions; i++)
    figures->divisions[i].division = i + 1;
  json = yihu_figures_to_json (figures);
  figures->n_divisions = 0;
  g_assert_true (yihu_figures_from_json (json, figures, NULL));
  g_assert_cmpuint (figures->n_divisions, ==, YIHU_FIGURES_MAX_DIVISIONS);
  g_assert_cmpint (figures->divisions[YIHU_FIGURES_MAX_DIVISIONS - 1].division, ==,
                   YIHU_FIGURES_MAX_DIVISIONS);

  json_array_append (json_object_get (json, "divisions"),
                     json_array_get (json_object_get (json, "divisions"), 0));
  g_assert_false (yihu_figures_from_json (json, figures, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/figures/refused", test_refused);
  g_test_add_func ("/wire/figures/missing", test_missing_members_are_zero);
  g_test_add_func ("/wire/figures/divisions", test_number_of_divisions);
  return g_test_run ();
}
