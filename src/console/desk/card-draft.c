/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Drafts of cards as text. It comes from this account's own sealed file; still, what no card can
 * have (another version wrote it) makes the draft one of the present card. */

#include "console/desk/card-draft.h"

#define PREFIX "card-"
#define SEEN "seen"
#define FORM "form"

char *
yihu_card_draft_dup_name (const char *elder)
{
  return g_strconcat (PREFIX, elder, NULL);
}

gboolean
yihu_card_draft_is_name (const char *name)
{
  return g_str_has_prefix (name, PREFIX);
}

GKeyFile *
yihu_card_draft_load (YihuBook *book, const char *elder)
{
  g_autofree char *name = yihu_card_draft_dup_name (elder);
  g_autofree char *text = yihu_book_load_draft (book, name);
  g_autoptr (GKeyFile) draft = g_key_file_new ();

  if (text == NULL || *text == '\0'
      || !g_key_file_load_from_data (draft, text, (gsize) -1, G_KEY_FILE_NONE, NULL))
    return NULL;
  return g_steal_pointer (&draft);
}

void
yihu_card_draft_save (YihuBook *book, const char *elder, GKeyFile *draft)
{
  g_autofree char *name = yihu_card_draft_dup_name (elder);
  g_autofree char *text = g_key_file_to_data (draft, NULL, NULL);

  yihu_book_save_draft (book, name, text);
}

void
yihu_card_draft_set (GKeyFile *draft,
                     const YihuField *field,
                     const YihuElder *seen,
                     const char *form)
{
  if (field->kind == YIHU_FIELD_TEXT)
    g_key_file_set_string (draft, SEEN, field->name, yihu_record_get_text (seen, field));
  else
    g_key_file_set_int64 (draft, SEEN, field->name, yihu_record_get_int (seen, field));
  g_key_file_set_string (draft, FORM, field->name, form);
}

char *
yihu_card_draft_dup_form (GKeyFile *draft, const YihuField *field)
{
  return g_key_file_get_string (draft, FORM, field->name, NULL);
}

static void
set_seen (YihuElder *seen, const YihuField *field, GKeyFile *draft)
{
  g_autofree char *text = g_key_file_get_string (draft, SEEN, field->name, NULL);

  if (text == NULL)
    return;
  if (field->kind == YIHU_FIELD_TEXT)
    yihu_record_set_text (seen, field, text);
  else
    yihu_record_set_int (seen, field, g_ascii_strtoll (text, NULL, 10));
}

YihuElder *
yihu_card_draft_dup_seen (GKeyFile *draft, const YihuElder *elder)
{
  g_autoptr (YihuElder) seen = yihu_record_dup (elder);

  for (guint i = 0; draft != NULL && i < yihu_elder_type.n_fields; i++)
    if (yihu_elder_type.fields[i].flags & YIHU_FIELD_CARD)
      set_seen (seen, &yihu_elder_type.fields[i], draft);
  return yihu_record_validate (seen, NULL) ? g_steal_pointer (&seen) : yihu_record_dup (elder);
}
