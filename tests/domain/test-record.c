/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every kind by its field table: copies are equal and deep, each changed member is noticed, each
 * limit holds one unit on each side, tables and enums agree. */

#include "base/error.h"
#include "domain/kinds.h"
#include "domain/record.h"

#include <string.h>

static void
fill_field (gpointer record, const YihuField *field)
{
  if (field->kind == YIHU_FIELD_TEXT)
    yihu_record_set_text (record, field, field->name);
  else
    yihu_record_set_int (record, field, field->kind == YIHU_FIELD_ENUM ? 1 : field->highest);
}

/* A valid record with no member at its default. */
static gpointer
make_full (const YihuRecordType *type)
{
  YihuRecord *record = yihu_record_new (type, "id-1");

  record->version = 3;
  record->division = G_GINT64_CONSTANT (210802001003);
  for (guint i = 0; i < type->n_fields; i++)
    fill_field (record, &type->fields[i]);
  return record;
}

static void
test_copies_are_equal_and_deep (gconstpointer data)
{
  const YihuRecordType *type = data;
  g_autoptr (YihuRecord) record = make_full (type);
  g_autoptr (YihuRecord) copy = yihu_record_dup (record);

  g_assert_true (yihu_record_equal (record, copy));
  g_assert_true (yihu_record_equal (copy, record));
  g_assert_true (record->id != copy->id);
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].kind == YIHU_FIELD_TEXT)
      g_assert_true (yihu_record_get_text (record, &type->fields[i])
                     != yihu_record_get_text (copy, &type->fields[i]));
}

static void
test_each_change_is_noticed (gconstpointer data)
{
  const YihuRecordType *type = data;
  g_autoptr (YihuRecord) record = make_full (type);
  g_autoptr (YihuRecord) other_id = yihu_record_dup (record);
  g_autoptr (YihuRecord) other_version = yihu_record_dup (record);
  g_autoptr (YihuRecord) other_division = yihu_record_dup (record);

  yihu_record_take (other_id->id, g_strdup ("id-2"));
  other_version->version++;
  other_division->division++;
  g_assert_false (yihu_record_equal (record, other_id));
  g_assert_false (yihu_record_equal (record, other_version));
  g_assert_false (yihu_record_equal (record, other_division));
  for (guint i = 0; i < type->n_fields; i++)
    {
      g_autoptr (YihuRecord) changed = yihu_record_dup (record);

      if (type->fields[i].kind == YIHU_FIELD_TEXT)
        yihu_record_set_text (changed, &type->fields[i], "other");
      else
        yihu_record_set_int (changed, &type->fields[i], 0);
      g_assert_false (yihu_record_equal (record, changed));
      g_assert_false (yihu_record_equal (changed, record));
    }
}

static void
assert_valid (gconstpointer record)
{
  g_autoptr (GError) error = NULL;

  yihu_record_validate (record, &error);
  g_assert_no_error (error);
}

/* The message names the kind and the field, and not the value. */
static void
assert_invalid (const YihuRecord *record, const char *field)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *start = g_strdup_printf ("%s: field '%s' ", record->type->name, field);

  g_assert_false (yihu_record_validate (record, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, start));
  g_assert_null (strstr (error->message, "xxx"));
}

static void
check_text_limits (YihuRecord *record, const YihuField *field)
{
  g_autofree char *longest = g_strnfill ((gsize) field->highest, 'x');
  g_autofree char *too_long = g_strnfill ((gsize) field->highest + 1, 'x');

  yihu_record_set_text (record, field, longest);
  assert_valid (record);
  yihu_record_set_text (record, field, too_long);
  assert_invalid (record, field->name);
  yihu_record_set_text (record, field, "\xff");
  assert_invalid (record, field->name);
  yihu_record_set_text (record, field, NULL);
  if (field->flags & YIHU_FIELD_REQUIRED)
    assert_invalid (record, field->name);
  else
    assert_valid (record);
}

static void
check_int_limits (YihuRecord *record, const YihuField *field, gint64 lowest, gint64 highest)
{
  gboolean zero_is_unknown = field->kind == YIHU_FIELD_INT && !(field->flags & YIHU_FIELD_REQUIRED);

  yihu_record_set_int (record, field, highest);
  assert_valid (record);
  yihu_record_set_int (record, field, lowest);
  assert_valid (record);
  yihu_record_set_int (record, field, highest + 1);
  assert_invalid (record, field->name);
  yihu_record_set_int (record, field, lowest - 1);
  if (lowest != 1 || !zero_is_unknown)
    assert_invalid (record, field->name);
  yihu_record_set_int (record, field, 0);
  if (zero_is_unknown || (lowest <= 0 && highest >= 0))
    assert_valid (record);
  else
    assert_invalid (record, field->name);
}

static void
test_limits (gconstpointer data)
{
  const YihuRecordType *type = data;

  for (guint i = 0; i < type->n_fields; i++)
    {
      const YihuField *field = &type->fields[i];
      g_autoptr (YihuRecord) record = make_full (type);

      assert_valid (record);
      if (field->kind == YIHU_FIELD_TEXT)
        check_text_limits (record, field);
      else if (field->kind == YIHU_FIELD_INT)
        check_int_limits (record, field, field->lowest, field->highest);
      else
        check_int_limits (record, field, 0, g_strv_length ((char **) field->nicks) - 1);
    }
}

static void
test_common_members (gconstpointer data)
{
  const YihuRecordType *type = data;
  g_autoptr (YihuRecord) record = make_full (type);

  yihu_record_take (record->id, g_strdup ("123456789012345678901234567890123456"));
  assert_valid (record);
  yihu_record_take (record->id, g_strdup ("1234567890123456789012345678901234567"));
  assert_invalid (record, "id");
  yihu_record_take (record->id, g_strdup (""));
  assert_invalid (record, "id");
  yihu_record_take (record->id, g_strdup ("x"));
  record->division = G_GINT64_CONSTANT (999999999999);
  assert_valid (record);
  record->division++;
  assert_invalid (record, "division");
  record->division = -1;
  assert_invalid (record, "division");
}

/* Names are lower-case identifiers, distinct, and found; nicks are distinct and found. */
static void
test_table (gconstpointer data)
{
  const YihuRecordType *type = data;

  g_assert_true (yihu_record_type_find (type->name) == type);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const YihuField *field = &type->fields[i];

      g_assert_true (yihu_record_type_find_field (type, field->name) == field);
      g_assert_cmpuint (strspn (field->name, "abcdefghijklmnopqrstuvwxyz_0123456789"), ==,
                        strlen (field->name));
      g_assert_cmpuint (field->offset, >=, sizeof (YihuRecord));
      g_assert_cmpuint (field->offset + sizeof (gint64), <=, type->size);
      for (guint j = 0; j < i; j++)
        g_assert_cmpuint (field->offset, !=, type->fields[j].offset);
      g_assert_cmpint (field->nicks != NULL, ==, field->kind == YIHU_FIELD_ENUM);
      for (int j = 0; field->nicks != NULL && field->nicks[j] != NULL; j++)
        g_assert_cmpint (yihu_field_find_nick (field, field->nicks[j]), ==, j);
    }
  g_assert_null (yihu_record_type_find_field (type, "id"));
  g_assert_null (yihu_record_type_find_field (type, "nothing"));
}

/* Every member of the struct is in the table: the fields fill it without a gap. */
static void
test_no_member_is_forgotten (gconstpointer data)
{
  const YihuRecordType *type = data;

  g_assert_cmpuint (type->size, ==, sizeof (YihuRecord) + type->n_fields * sizeof (gint64));
}

static void
test_defaults (gconstpointer data)
{
  const YihuRecordType *type = data;
  g_autoptr (YihuRecord) record = yihu_record_new (type, "x");

  g_assert_true (record->type == type);
  g_assert_cmpint (record->version, ==, 0);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const YihuField *field = &type->fields[i];

      if (field->kind == YIHU_FIELD_TEXT)
        g_assert_cmpstr (yihu_record_get_text (record, field), ==, "");
      else
        g_assert_cmpint (yihu_record_get_int (record, field), ==, 0);
      if (field->kind == YIHU_FIELD_ENUM)
        g_assert_cmpstr (yihu_record_get_text (record, field), ==, field->nicks[0]);
    }
}

/* --- single things --- */

static void
test_kinds_are_distinct (void)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (yihu_record_types[i]->name, !=, yihu_record_types[j]->name);
  g_assert_null (yihu_record_type_find ("nothing"));
}

static void
test_null_text_equals_empty (void)
{
  g_autoptr (YihuKin) left = yihu_kin_new ("k");
  g_autoptr (YihuKin) right = yihu_kin_new ("k");
  g_autoptr (YihuNote) note = yihu_note_new ("k");

  right->name = g_strdup ("");
  g_assert_true (yihu_record_equal (left, right));
  g_assert_false (yihu_record_equal (left, note));
}

static gpointer
take_and_drop (gpointer record)
{
  for (guint i = 0; i < 20000; i++)
    yihu_record_unref (yihu_record_ref (record));
  return NULL;
}

static void
test_references_from_threads (void)
{
  YihuElder *elder = yihu_elder_new ("e");
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("refs", take_and_drop, elder);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpstr (elder->record.id, ==, "e");
  yihu_elder_unref (elder);
}

/* The nick at the value of each enum's last member is the last nick, and some are spelt out. */
static void
test_enums_agree_with_nicks (void)
{
  static const struct
  {
    const YihuRecordType *type;
    const char *field;
    int value;
    const char *nick;
    gboolean is_last;
  } rows[] = {
    { &yihu_account_type, "role", YIHU_ROLE_OPERATOR, "operator", FALSE },
    { &yihu_account_type, "role", YIHU_ROLE_REVIEWER, "reviewer", FALSE },
    { &yihu_account_type, "role", YIHU_ROLE_AUDITOR, "auditor", FALSE },
    { &yihu_account_type, "role", YIHU_ROLE_DEVICE, "device", TRUE },
    { &yihu_elder_type, "sex", YIHU_SEX_MALE, "male", TRUE },
    { &yihu_elder_type, "living", YIHU_LIVING_ALONE, "alone", FALSE },
    { &yihu_elder_type, "living", YIHU_LIVING_INSTITUTION, "institution", TRUE },
    { &yihu_elder_type, "ability", YIHU_ABILITY_DEMENTIA, "dementia", TRUE },
    { &yihu_elder_type, "subsidy", YIHU_SUBSIDY_C, "c", TRUE },
    { &yihu_elder_type, "risk", YIHU_RISK_HIGH, "high", TRUE },
    { &yihu_elder_type, "status", YIHU_ELDER_DECEASED, "deceased", TRUE },
    { &yihu_call_type, "state", YIHU_CALL_TALKING, "talking", FALSE },
    { &yihu_call_type, "state", YIHU_CALL_MISSED, "missed", TRUE },
    { &yihu_call_type, "urgency", YIHU_URGENCY_URGENT, "urgent", TRUE },
    { &yihu_call_type, "ended_by", YIHU_CALL_ENDED_BY_SWITCHBOARD, "switchboard", TRUE },
    { &yihu_call_type, "outcome", YIHU_OUTCOME_FALSE_ALARM, "false-alarm", FALSE },
    { &yihu_call_type, "outcome", YIHU_OUTCOME_OTHER, "other", TRUE },
    { &yihu_order_type, "state", YIHU_ORDER_FINISHED, "finished", FALSE },
    { &yihu_order_type, "state", YIHU_ORDER_CANCELLED, "cancelled", TRUE },
    { &yihu_order_type, "urgency", YIHU_URGENCY_URGENT, "urgent", TRUE },
    { &yihu_order_step_type, "from", YIHU_ORDER_CANCELLED, "cancelled", TRUE },
    { &yihu_order_step_type, "to", YIHU_ORDER_CANCELLED, "cancelled", TRUE },
    { &yihu_seat_type, "state", YIHU_SEAT_OFFLINE, "offline", TRUE },
    { &yihu_seat_type, "state", YIHU_SEAT_RINGING, "ringing", FALSE },
    { &yihu_provider_type, "status", YIHU_PROVIDER_SUSPENDED, "suspended", TRUE },
    { &yihu_institution_type, "type", YIHU_INSTITUTION_HOSPITAL, "hospital", TRUE },
    { &yihu_service_item_type, "category", YIHU_CATEGORY_REHABILITATION, "rehabilitation", FALSE },
    { &yihu_service_item_type, "category", YIHU_CATEGORY_ADVICE, "advice", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const YihuField *field = yihu_record_type_find_field (rows[i].type, rows[i].field);

      g_assert_cmpstr (field->nicks[rows[i].value], ==, rows[i].nick);
      if (rows[i].is_last)
        g_assert_null (field->nicks[rows[i].value + 1]);
      g_assert_cmpint (yihu_field_find_nick (field, "no such nick"), ==, -1);
    }
}

/* What never leaves the server, and what is never in a log: by name, so that a slip in a table is
 * seen. */
static void
test_secrets (void)
{
  static const struct
  {
    const YihuRecordType *type;
    const char *fields;
    YihuFieldFlags flag;
  } rows[] = {
    { &yihu_elder_type, "id_card history", YIHU_FIELD_SERVER },
    { &yihu_camera_type, "address user password", YIHU_FIELD_SERVER },
    { &yihu_elder_type,
      "name appellation phone phone2 address lat_e7 lon_e7 conditions medicines allergies mobility "
      "hospital key_holder dialect remarks id_card history id_tail",
      YIHU_FIELD_PERSONAL },
    { &yihu_kin_type, "name phone place", YIHU_FIELD_PERSONAL },
    { &yihu_device_type, "place", YIHU_FIELD_PERSONAL },
    { &yihu_call_type, "number_raw number note", YIHU_FIELD_PERSONAL },
    { &yihu_order_type, "note", YIHU_FIELD_PERSONAL },
    { &yihu_note_type, "text", YIHU_FIELD_PERSONAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) names = g_strsplit (rows[i].fields, " ", -1);

      for (guint j = 0; j < rows[i].type->n_fields; j++)
        {
          const YihuField *field = &rows[i].type->fields[j];

          g_assert_cmpint ((field->flags & rows[i].flag) != 0, ==,
                           g_strv_contains ((const char *const *) names, field->name));
        }
    }
}

static void
add_for_all (const char *name, GTestDataFunc function)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/domain/record/%s/%s", name, yihu_record_types[i]->name);

      g_test_add_data_func (path, yihu_record_types[i], function);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_all ("copies", test_copies_are_equal_and_deep);
  add_for_all ("changes", test_each_change_is_noticed);
  add_for_all ("limits", test_limits);
  add_for_all ("common", test_common_members);
  add_for_all ("table", test_table);
  add_for_all ("members", test_no_member_is_forgotten);
  add_for_all ("defaults", test_defaults);
  g_test_add_func ("/domain/record/kinds", test_kinds_are_distinct);
  g_test_add_func ("/domain/record/null-text", test_null_text_equals_empty);
  g_test_add_func ("/domain/record/threads", test_references_from_threads);
  g_test_add_func ("/domain/record/enums", test_enums_agree_with_nicks);
  g_test_add_func ("/domain/record/secrets", test_secrets);
  return g_test_run ();
}
