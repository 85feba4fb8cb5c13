/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads the sample of callers and draws from it. Shares: 86 of 100 calls come from the elder's own
 * number, 6 from kin, 5 from an unknown number, 3 withheld. */

#include "city/caller-book.h"

#include "base/csv.h"
#include "base/error.h"
#include "base/person-id.h"
#include "base/phone-number.h"
#include "city/phone-book.h"

#include <string.h>

#define AREA_CODE "0417"
#define N_COLUMNS 8
#define UNKNOWN_NUMBERS G_GUINT64_CONSTANT (2999000000) /* indices no household reaches */

typedef struct
{
  char *name;
  char *phone;
  char *kin_phone;
  const char *kin_relation; /* interned */
  guint8 age;
  guint8 risk;
  gboolean is_male;
  gboolean is_out;
} Entry;

struct _YihuCallerBook
{
  GArray *entries; /* (owned) Entry */
  GHashTable *by_phone; /* (owned) number to index + 1; numbers owned by the entries */
  YihuSpeech *speech; /* (not owned) */
  guint64 seed;
  YihuRandom random;
  guint n_unknown;
};

void
yihu_caller_card_free (YihuCallerCard *card)
{
  g_free (card->name);
  g_free (card->number);
  g_free (card->sent);
  g_free (card);
}

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  g_free (entry->phone);
  g_free (entry->kin_phone);
}

static void
add_entry (YihuCallerBook *self, char **cells, int today)
{
  Entry entry = { 0 };

  entry.name = g_strdup (cells[1]);
  entry.is_male = g_str_equal (cells[2], "male");
  entry.age = (guint8) CLAMP (yihu_date_get_age (atoi (cells[3]), today), 0, 120);
  entry.phone = g_strdup (cells[4]);
  entry.kin_phone = g_strdup (cells[5]);
  entry.kin_relation = g_intern_string (cells[6]);
  entry.risk = (guint8) CLAMP (atoi (cells[7]), 0, 9);
  g_array_append_val (self->entries, entry);
  g_hash_table_insert (self->by_phone, entry.phone, GUINT_TO_POINTER (self->entries->len));
}

static gboolean
read_entries (YihuCallerBook *self, const char *text, gsize length, int today, GError **error)
{
  g_autoptr (YihuCsvReader) reader = yihu_csv_reader_new (text, length, error);
  g_autoptr (GError) problem = NULL;
  char **cells;
  guint n;

  if (reader == NULL)
    return FALSE;
  while (yihu_csv_reader_next (reader, &cells, &n, &problem))
    {
      if (n != N_COLUMNS)
        {
          g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "line %u has %u cells, not %d",
                       yihu_csv_reader_get_line (reader), n, N_COLUMNS);
          return FALSE;
        }
      if (yihu_csv_reader_get_line (reader) > 1)
        add_entry (self, cells, today);
    }
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else if (self->entries->len == 0)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "there are no callers");
  else
    return TRUE;
  return FALSE;
}

YihuCallerBook *
yihu_caller_book_new (const char *path, YihuSpeech *speech, guint64 seed, int today, GError **error)
{
  g_autoptr (YihuCallerBook) self = g_new0 (YihuCallerBook, 1);
  g_autofree char *text = NULL;
  gsize length;

  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  self->by_phone = g_hash_table_new (g_str_hash, g_str_equal);
  self->speech = speech;
  self->seed = seed;
  self->random = yihu_random_new (seed, "callers", 0);
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  if (!read_entries (self, text, length, today, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
yihu_caller_book_free (YihuCallerBook *self)
{
  g_hash_table_unref (self->by_phone);
  g_array_unref (self->entries);
  g_free (self);
}

guint
yihu_caller_book_get_n_elders (YihuCallerBook *self)
{
  return self->entries->len;
}

/* Trunks write the same number in many ways. */
static char *
write_as_trunk (YihuRandom *random, const char *number)
{
  double chance = yihu_random_unit (random);
  const char *digits = number + strlen ("+86");
  gboolean is_landline;

  if (!g_str_has_prefix (number, "+86"))
    return g_strdup (number);
  is_landline = digits[0] != '1';
  if (chance < 0.7)
    return g_strconcat (is_landline ? "0" : "", digits, NULL);
  if (chance < 0.9)
    return g_strdup (number);
  return g_strconcat (chance < 0.95 ? "0086" : "86", digits, NULL);
}

static const char *
draw_kind (YihuRandom *random)
{
  double chance = yihu_random_unit (random);

  return chance < 0.63   ? "order"
         : chance < 0.82 ? "advice"
         : chance < 0.90 ? "company"
         : chance < 0.98 ? "emergency"
                         : "silence";
}

static YihuCallerCard *
new_card (YihuCallerBook *self, int index)
{
  YihuCallerCard *card = g_new0 (YihuCallerCard, 1);
  Entry *entry = index >= 0 ? &g_array_index (self->entries, Entry, index) : NULL;

  card->elder = index;
  card->relation = "";
  card->name = g_strdup (entry != NULL ? entry->name : "");
  card->age = entry != NULL ? entry->age : 0;
  card->is_male = entry != NULL ? entry->is_male : yihu_random_chance (&self->random, 0.4);
  if (entry != NULL)
    entry->is_out = TRUE;
  return card;
}

/* An elder who is not on the telephone; for an emergency rather one at risk. -1: all are. */
static int
draw_elder (YihuCallerBook *self, gboolean is_emergency)
{
  int found = -1;

  for (guint tries = 0; tries < 200; tries++)
    {
      guint index = yihu_random_below (&self->random, self->entries->len);
      const Entry *entry = &g_array_index (self->entries, Entry, index);

      if (entry->is_out)
        continue;
      found = (int) index;
      if (!is_emergency || entry->risk > 0 || tries > 4)
        break;
    }
  return found;
}

static void
set_number (YihuCallerBook *self, YihuCallerCard *card, const char *number)
{
  card->number = g_strdup (number);
  card->sent = *number != '\0' ? write_as_trunk (&self->random, number) : g_strdup ("anonymous");
}

YihuCallerCard *
yihu_caller_book_draw (YihuCallerBook *self)
{
  double chance = yihu_random_unit (&self->random);
  const char *kind = draw_kind (&self->random);
  gboolean is_emergency = g_str_equal (kind, "emergency");
  int index = chance < 0.92 ? draw_elder (self, is_emergency) : -1;
  const Entry *entry = index >= 0 ? &g_array_index (self->entries, Entry, index) : NULL;
  YihuCallerCard *card = new_card (self, index);

  if (entry != NULL && chance >= 0.86 && *entry->kin_phone != '\0')
    {
      kind = "kin";
      is_emergency = FALSE;
      card->relation = entry->kin_relation;
      card->is_male = g_strcmp0 (entry->kin_relation, "儿子") == 0;
      set_number (self, card, entry->kin_phone);
    }
  else if (entry != NULL)
    set_number (self, card, entry->phone);
  else if (chance < 0.97)
    {
      g_autofree char *number =
          yihu_phone_book_mobile (self->seed, UNKNOWN_NUMBERS + self->n_unknown++ % 900000);

      set_number (self, card, number);
    }
  else
    set_number (self, card, "");
  card->is_emergency = is_emergency;
  card->is_one_key =
      is_emergency && *card->number != '\0' && yihu_random_chance (&self->random, 0.4);
  card->phrase = yihu_speech_draw (self->speech, kind, &self->random);
  return card;
}

YihuCallerCard *
yihu_caller_book_lookup (YihuCallerBook *self, const char *number, const char *phrase)
{
  gboolean is_withheld = g_str_equal (number, "anonymous");
  g_autofree char *normal = is_withheld ? NULL : yihu_phone_number_normalize (number, AREA_CODE);
  guint index;
  int found;
  YihuCallerCard *card;

  if (normal == NULL && !is_withheld)
    return NULL;
  index = normal != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (self->by_phone, normal)) : 0;
  card = new_card (self, (int) index - 1);
  card->number = g_strdup (normal != NULL ? normal : "");
  card->sent = g_strdup (number);
  found = phrase != NULL && *phrase != '\0' ? yihu_speech_find (self->speech, phrase) : -1;
  card->phrase =
      found >= 0 ? (guint) found : yihu_speech_draw (self->speech, "order", &self->random);
  card->is_emergency = g_str_equal (yihu_speech_get_kind (self->speech, card->phrase), "emergency");
  return card;
}

void
yihu_caller_book_release (YihuCallerBook *self, const YihuCallerCard *card)
{
  if (card->elder >= 0)
    g_array_index (self->entries, Entry, card->elder).is_out = FALSE;
}

char *
yihu_caller_card_dup_number (const YihuCallerCard *card)
{
  if (*card->number == '\0')
    return g_strdup ("anonymous");
  if (g_str_has_prefix (card->number, "+86417"))
    return g_strconcat ("0417-", card->number + strlen ("+86417"), NULL);
  return g_strdup (card->number + (g_str_has_prefix (card->number, "+86") ? 3 : 0));
}
