/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Words and values of the fields of a card. Decides nothing about who may see: that is the caller's
 * @unlocked. Knows no widget. */

#include "console/desk/card-fields.h"

#include "console/masking.h"
#include "console/words.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct
{
  const char *name;
  const char *words;
} field_words[] = {
  { "name", N_ ("Name") },
  { "appellation", N_ ("Form of address") },
  { "sex", N_ ("Sex") },
  { "birth", N_ ("Born") },
  { "phone", N_ ("Phone") },
  { "phone2", N_ ("Second phone") },
  { "address", N_ ("Address") },
  { "living", N_ ("Lives") },
  { "ability", N_ ("Ability") },
  { "risk", N_ ("Risk") },
  { "conditions", N_ ("Illnesses") },
  { "medicines", N_ ("Medicine") },
  { "allergies", N_ ("Allergy") },
  { "mobility", N_ ("Mobility") },
  { "hospital", N_ ("Contracted hospital") },
  { "key_holder", N_ ("Key holder") },
  { "dialect", N_ ("Dialect") },
  { "remarks", N_ ("Remarks") },
};

const char *
yihu_card_field_words (const YihuField *field)
{
  for (guint i = 0; i < G_N_ELEMENTS (field_words); i++)
    if (g_str_equal (field_words[i].name, field->name))
      return _ (field_words[i].words);
  return field->name;
}

static gboolean
is_phone (const YihuField *field)
{
  return g_str_equal (field->name, "phone") || g_str_equal (field->name, "phone2");
}

gboolean
yihu_card_field_is_masked (const YihuField *field)
{
  return is_phone (field) || g_str_equal (field->name, "address");
}

gboolean
yihu_card_field_is_long (const YihuField *field)
{
  return field->kind == YIHU_FIELD_TEXT && field->highest >= 256;
}

const char *
yihu_card_field_choice_words (const YihuField *field, gint64 value)
{
  if (g_str_equal (field->name, "sex"))
    return yihu_words_sex (value);
  if (g_str_equal (field->name, "living"))
    return yihu_words_living (value);
  if (g_str_equal (field->name, "ability"))
    return yihu_words_ability (value);
  return yihu_words_risk (value);
}

guint
yihu_card_field_count_choices (const YihuField *field)
{
  return g_strv_length ((char **) field->nicks);
}

char *
yihu_card_field_dup_text (const YihuElder *elder, const YihuField *field)
{
  gint64 value;

  if (is_phone (field))
    return yihu_show_phone (yihu_record_get_text (elder, field), TRUE);
  if (field->kind == YIHU_FIELD_TEXT)
    return g_strdup (yihu_record_get_text (elder, field));
  value = yihu_record_get_int (elder, field);
  if (value == 0)
    return g_strdup ("");
  return g_strdup_printf ("%04d-%02d-%02d", (int) (value / 10000), (int) (value / 100 % 100),
                          (int) (value % 100));
}

char *
yihu_card_field_dup_shown (const YihuElder *elder, const YihuField *field, gboolean unlocked)
{
  g_autofree char *text = NULL;

  if (field->kind == YIHU_FIELD_ENUM)
    return g_strdup (yihu_card_field_choice_words (field, yihu_record_get_int (elder, field)));
  text = yihu_card_field_dup_text (elder, field);
  if (*text == '\0')
    return g_strdup ("—");
  if (unlocked || !yihu_card_field_is_masked (field))
    return g_steal_pointer (&text);
  return is_phone (field) ? yihu_show_phone (yihu_record_get_text (elder, field), FALSE)
                          : g_strdup (_ ("masked"));
}

gboolean
yihu_card_field_is_same (const YihuField *field, const YihuElder *a, const YihuElder *b)
{
  return field->kind == YIHU_FIELD_TEXT
             ? strcmp (yihu_record_get_text (a, field), yihu_record_get_text (b, field)) == 0
             : yihu_record_get_int (a, field) == yihu_record_get_int (b, field);
}

void
yihu_card_field_copy (const YihuField *field, YihuElder *to, const YihuElder *from)
{
  if (field->kind == YIHU_FIELD_TEXT)
    yihu_record_set_text (to, field, yihu_record_get_text (from, field));
  else
    yihu_record_set_int (to, field, yihu_record_get_int (from, field));
}
