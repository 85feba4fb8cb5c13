/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Forms by matter. The list is a key file in the draft "forms:OWNER": one group a parked matter,
 * and the group "open". A parked matter without text would be a lie, so it never stays in the list.
 */

#include "console/desk/drafts.h"

#define OPEN_GROUP "open"

struct _YihuDrafts
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  char *list_name; /* (owned) */
  YihuDraftMatter *open; /* (owned) */
  GPtrArray *parked; /* (owned) YihuDraftMatter */
};

G_DEFINE_FINAL_TYPE (YihuDrafts, yihu_drafts, G_TYPE_OBJECT)

void
yihu_draft_matter_free (YihuDraftMatter *matter)
{
  g_free (matter->name);
  g_free (matter->call);
  g_free (matter->elder);
  g_free (matter->title);
  g_free (matter);
}

static YihuDraftMatter *
matter_new (const char *name, const char *call, const char *elder, const char *title)
{
  YihuDraftMatter *matter = g_new0 (YihuDraftMatter, 1);

  matter->name = g_strdup (name);
  matter->call = g_strdup (call != NULL ? call : "");
  matter->elder = g_strdup (elder != NULL ? elder : "");
  matter->title = g_strdup (title != NULL ? title : "");
  return matter;
}

static void
matter_write (GKeyFile *file, const char *group, const YihuDraftMatter *matter)
{
  g_key_file_set_string (file, group, "name", matter->name);
  g_key_file_set_string (file, group, "call", matter->call);
  g_key_file_set_string (file, group, "elder", matter->elder);
  g_key_file_set_string (file, group, "title", matter->title);
}

static YihuDraftMatter *
matter_read (GKeyFile *file, const char *group)
{
  YihuDraftMatter *matter = g_new0 (YihuDraftMatter, 1);
  char **members[] = { &matter->name, &matter->call, &matter->elder, &matter->title };
  static const char *const keys[] = { "name", "call", "elder", "title" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      *members[i] = g_key_file_get_string (file, group, keys[i], NULL);
      if (*members[i] == NULL)
        *members[i] = g_strdup ("");
    }
  return matter;
}

static void
drafts_write_list (YihuDrafts *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;

  matter_write (file, OPEN_GROUP, self->open);
  for (guint i = 0; i < self->parked->len; i++)
    {
      const YihuDraftMatter *matter = g_ptr_array_index (self->parked, i);

      matter_write (file, matter->name, matter);
    }
  text = g_key_file_to_data (file, NULL, NULL);
  yihu_book_save_draft (self->book, self->list_name, text);
}

static void
drafts_read_list (YihuDrafts *self)
{
  g_autofree char *text = yihu_book_load_draft (self->book, self->list_name);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (text == NULL || !g_key_file_load_from_data (file, text, -1, 0, NULL))
    return;
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      YihuDraftMatter *matter = matter_read (file, groups[i]);

      if (g_str_equal (groups[i], OPEN_GROUP))
        {
          yihu_draft_matter_free (self->open);
          self->open = matter;
        }
      else
        g_ptr_array_add (self->parked, matter);
    }
}

static gboolean
drafts_find (YihuDrafts *self, const char *name, guint *index)
{
  for (guint i = 0; i < self->parked->len; i++)
    if (g_str_equal (((YihuDraftMatter *) g_ptr_array_index (self->parked, i))->name, name))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

static void
yihu_drafts_finalize (GObject *object)
{
  YihuDrafts *self = YIHU_DRAFTS (object);

  g_clear_object (&self->book);
  g_free (self->list_name);
  yihu_draft_matter_free (self->open);
  g_ptr_array_unref (self->parked);
  G_OBJECT_CLASS (yihu_drafts_parent_class)->finalize (object);
}

static void
yihu_drafts_class_init (YihuDraftsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_drafts_finalize;
}

static void
yihu_drafts_init (YihuDrafts *self)
{
  self->parked = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_draft_matter_free);
  self->open = matter_new ("order:", "", "", "");
}

YihuDrafts *
yihu_drafts_new (YihuBook *book, const char *owner)
{
  YihuDrafts *self = g_object_new (YIHU_TYPE_DRAFTS, NULL);

  self->book = g_object_ref (book);
  self->list_name = g_strconcat ("forms:", owner, NULL);
  drafts_read_list (self);
  return self;
}

const YihuDraftMatter *
yihu_drafts_get_open (YihuDrafts *self)
{
  return self->open;
}

/* Takes @next. */
static char *
drafts_change (YihuDrafts *self, const char *text, YihuDraftMatter *next, gboolean *parked)
{
  guint index;

  *parked = FALSE;
  if (g_str_equal (self->open->name, next->name))
    {
      yihu_draft_matter_free (self->open);
      self->open = next;
      drafts_write_list (self);
      return g_strdup (text);
    }
  yihu_book_save_draft (self->book, self->open->name, text);
  if (text != NULL)
    {
      g_ptr_array_add (self->parked, g_steal_pointer (&self->open));
      *parked = TRUE;
    }
  else
    g_clear_pointer (&self->open, yihu_draft_matter_free);
  self->open = next;
  if (drafts_find (self, next->name, &index))
    g_ptr_array_remove_index (self->parked, index);
  drafts_write_list (self);
  return yihu_drafts_load_open (self);
}

char *
yihu_drafts_open (YihuDrafts *self,
                  const char *text,
                  const char *call,
                  const char *elder,
                  const char *title,
                  gboolean *parked)
{
  gboolean in_call = call != NULL && *call != '\0';
  g_autofree char *name =
      g_strconcat ("order:", in_call ? call : (elder != NULL ? elder : ""), NULL);

  return drafts_change (self, text, matter_new (name, call, elder, title), parked);
}

char *
yihu_drafts_open_parked (YihuDrafts *self, const char *text, const char *name, gboolean *parked)
{
  const YihuDraftMatter *matter = yihu_drafts_find_parked (self, name);

  g_return_val_if_fail (matter != NULL, NULL);

  return drafts_change (self, text,
                        matter_new (matter->name, matter->call, matter->elder, matter->title),
                        parked);
}

void
yihu_drafts_save (YihuDrafts *self, const char *text)
{
  yihu_book_save_draft (self->book, self->open->name, text);
}

void
yihu_drafts_set_person (YihuDrafts *self, const char *elder, const char *title)
{
  YihuDraftMatter *matter = self->open;

  if (g_str_equal (matter->elder, elder) && g_str_equal (matter->title, title))
    return;
  g_free (matter->elder);
  g_free (matter->title);
  matter->elder = g_strdup (elder);
  matter->title = g_strdup (title);
  drafts_write_list (self);
}

void
yihu_drafts_note (YihuDrafts *self,
                  const char *name,
                  const char *elder,
                  const char *title,
                  gboolean kept)
{
  guint index;

  if (drafts_find (self, name, &index) == kept)
    return;
  if (kept)
    g_ptr_array_add (self->parked, matter_new (name, "", elder, title));
  else
    g_ptr_array_remove_index (self->parked, index);
  drafts_write_list (self);
}

char *
yihu_drafts_load_open (YihuDrafts *self)
{
  char *text = yihu_book_load_draft (self->book, self->open->name);

  if (text != NULL && *text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

GPtrArray *
yihu_drafts_list_parked (YihuDrafts *self)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_draft_matter_free);

  for (guint i = 0; i < self->parked->len; i++)
    {
      const YihuDraftMatter *each = g_ptr_array_index (self->parked, i);

      g_ptr_array_add (copy, matter_new (each->name, each->call, each->elder, each->title));
    }
  return copy;
}

const YihuDraftMatter *
yihu_drafts_find_parked (YihuDrafts *self, const char *name)
{
  guint index;

  return drafts_find (self, name, &index) ? g_ptr_array_index (self->parked, index) : NULL;
}
