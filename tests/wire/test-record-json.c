/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Records from JSON: what is ignored, what is refused and how the fault is named, by the field
 * tables of every kind. */

#include "base/error.h"
#include "domain/kinds.h"
#include "wire/record-json.h"

#include <string.h>

static json_t *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  json_t *json = yihu_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  return json;
}

static void
assert_refused (const YihuRecordType *type, const json_t *json, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_record_from_json (type, json, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_faults (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { "[]", "kin: a record is an object" },
    { "{}", "field 'id': is missing" },
    { "{\"id\":7}", "field 'id': is not a text" },
    { "{\"id\":\"\"}", "field 'id': is empty" },
    { "{\"id\":\"1234567890123456789012345678901234567\"}", "field 'id': is longer than 36 bytes" },
    { "{\"id\":\"k\",\"version\":-1}", "field 'version': is outside 0..9223372036854775807" },
    { "{\"id\":\"k\",\"division\":1000000000000}", "field 'division': is outside 0..999999999999" },
    { "{\"id\":\"k\"}", "field 'elder': is missing" },
    { "{\"id\":\"k\",\"elder\":\"\"}", "field 'elder': is empty" },
    { "{\"id\":\"k\",\"elder\":null}", "field 'elder': is not a text" },
    { "{\"id\":\"k\",\"elder\":\"e\",\"name\":\"n\",\"rank\":100}",
      "field 'rank': is outside 0..99" },
    { "{\"id\":\"k\",\"elder\":\"e\",\"name\":\"n\",\"rank\":\"1\"}",
      "field 'rank': is not a whole number" },
    { "{\"id\":\"k\",\"elder\":\"e\",\"name\":\"n\",\"rank\":1.0}",
      "field 'rank': is not a whole number" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (json_t) json = parse (cases[i].text);

      assert_refused (&yihu_kin_type, json, cases[i].message);
    }
}

static void
test_enums (void)
{
  g_autoptr (json_t) json = parse ("{\"id\":\"s\",\"state\":\"ready\"}");
  g_autoptr (YihuSeat) seat = yihu_record_from_json (&yihu_seat_type, json, NULL);
  g_autoptr (YihuSeat) empty = NULL;

  g_assert_cmpint (seat->state, ==, YIHU_SEAT_READY);
  json_object_set_new (json, "state", json_string ("Ready"));
  assert_refused (&yihu_seat_type, json, "field 'state': is none of its values");
  json_object_set_new (json, "state", json_integer (1));
  assert_refused (&yihu_seat_type, json, "field 'state': is not a text");
  json_object_del (json, "state");
  empty = yihu_record_from_json (&yihu_seat_type, json, NULL);
  g_assert_cmpint (empty->state, ==, 0);
}

static void
test_unknown_members_are_ignored (void)
{
  g_autoptr (json_t) json = parse ("{\"id\":\"s\",\"from_tomorrow\":{\"a\":[1]}}");
  g_autoptr (YihuSeat) seat = yihu_record_from_json (&yihu_seat_type, json, NULL);
  g_autoptr (json_t) written = yihu_record_to_json (seat, TRUE);

  g_assert_null (json_object_get (written, "from_tomorrow"));
}

/* The birth day of somebody registered in a call may be unknown; its range holds otherwise. */
static void
test_zero_is_unknown (void)
{
  g_autoptr (json_t) json = parse ("{\"id\":\"e\",\"name\":\"n\",\"birth\":0}");
  g_autoptr (YihuElder) elder = yihu_record_from_json (&yihu_elder_type, json, NULL);
  g_autoptr (json_t) division = parse ("{\"id\":\"1\",\"name\":\"n\",\"level\":0}");

  g_assert_cmpint (elder->birth, ==, 0);
  json_object_set_new (json, "birth", json_integer (1));
  assert_refused (&yihu_elder_type, json, "field 'birth': is outside 18800101..21001231");
  assert_refused (&yihu_division_type, division, "field 'level': is outside 1..5");
  json_object_del (division, "level");
  assert_refused (&yihu_division_type, division, "field 'level': is missing");
}

/* A camera reaches a console without its address and its password. */
static void
test_server_fields (void)
{
  g_autoptr (YihuCamera) camera = yihu_camera_new ("c");
  g_autoptr (YihuCamera) copy = NULL;
  g_autoptr (json_t) json = NULL;

  camera->institution = g_strdup ("i");
  camera->name = g_strdup ("hall");
  camera->address = g_strdup ("rtsp://192.0.2.1/");
  camera->password = g_strdup ("secret");
  json = yihu_record_to_json (camera, FALSE);
  g_assert_null (json_object_get (json, "address"));
  g_assert_null (json_object_get (json, "password"));
  copy = yihu_record_from_json (&yihu_camera_type, json, NULL);
  g_assert_nonnull (copy);
  g_assert_null (copy->password);
}

static void
test_no_server_field_ever_leaks (void)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      const YihuRecordType *type = yihu_record_types[i];
      g_autoptr (YihuRecord) record = yihu_record_new (type, "x");
      g_autoptr (json_t) json = NULL;

      for (guint j = 0; j < type->n_fields; j++)
        if (type->fields[j].kind == YIHU_FIELD_TEXT)
          yihu_record_set_text (record, &type->fields[j], "x");
        else
          yihu_record_set_int (record, &type->fields[j], 1);
      json = yihu_record_to_json (record, FALSE);
      for (guint j = 0; j < type->n_fields; j++)
        g_assert_cmpint (json_object_get (json, type->fields[j].name) == NULL, ==,
                         (type->fields[j].flags & YIHU_FIELD_SERVER) != 0);
    }
}

/* Each text one byte too long, each number one unit outside, in every kind. */
static void
test_limits_of_every_field (void)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      const YihuRecordType *type = yihu_record_types[i];

      for (guint j = 0; j < type->n_fields; j++)
        {
          const YihuField *field = &type->fields[j];
          g_autoptr (YihuRecord) record = yihu_record_new (type, "x");
          g_autoptr (json_t) json = NULL;
          g_autoptr (GError) error = NULL;
          g_autofree char *text = NULL;
          g_autofree char *start = g_strdup_printf ("field '%s': ", field->name);

          if (field->kind == YIHU_FIELD_ENUM)
            continue;
          for (guint k = 0; k < type->n_fields; k++)
            if (type->fields[k].flags & YIHU_FIELD_REQUIRED)
              {
                if (type->fields[k].kind == YIHU_FIELD_TEXT)
                  yihu_record_set_text (record, &type->fields[k], "x");
                else
                  yihu_record_set_int (record, &type->fields[k], type->fields[k].lowest);
              }
          text = g_strnfill ((gsize) field->highest % 100000 + 1, 'x');
          json = yihu_record_to_json (record, TRUE);
          json_object_set_new (json, field->name,
                               field->kind == YIHU_FIELD_TEXT ? json_string (text)
                                                              : json_integer (field->highest + 1));
          g_assert_null (yihu_record_from_json (type, json, &error));
          g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
          g_assert_true (g_str_has_prefix (error->message, start));
          g_assert_null (strstr (error->message, "xx"));
        }
    }
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/record-json/faults", test_faults);
  g_test_add_func ("/wire/record-json/enums", test_enums);
  g_test_add_func ("/wire/record-json/unknown", test_unknown_members_are_ignored);
  g_test_add_func ("/wire/record-json/zero", test_zero_is_unknown);
  g_test_add_func ("/wire/record-json/server-fields", test_server_fields);
  g_test_add_func ("/wire/record-json/leaks", test_no_server_field_ever_leaks);
  g_test_add_func ("/wire/record-json/limits", test_limits_of_every_field);
  return g_test_run ();
}
