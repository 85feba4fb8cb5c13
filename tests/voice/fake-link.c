/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A link that only remembers. */

#include "fake-link.h"

#include <string.h>

struct _TestLink
{
  YihuLink parent_instance;
  GPtrArray *commands; /* (owned) YihuCommand */
};

G_DEFINE_FINAL_TYPE (TestLink, test_link, YIHU_TYPE_LINK)

static void
test_link_send (YihuLink *link, YihuCommand *command)
{
  g_ptr_array_add (TEST_LINK (link)->commands, yihu_command_ref (command));
}

static void
test_link_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_LINK (object)->commands);
  G_OBJECT_CLASS (test_link_parent_class)->finalize (object);
}

static void
test_link_class_init (TestLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_link_finalize;
  YIHU_LINK_CLASS (klass)->send = test_link_send;
}

static void
test_link_init (TestLink *self)
{
  self->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_command_unref);
}

TestLink *
test_link_new (void)
{
  return g_object_new (TEST_TYPE_LINK, NULL);
}

static void
append_word (GString *text, const char *word)
{
  if (word == NULL)
    return;
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, word);
}

static const char *
get_text (YihuCommand *command, const char *name)
{
  return json_string_value (json_object_get (command->args, name));
}

char *
test_link_print_calls (TestLink *self, const char *call)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->commands->len; i++)
    {
      YihuCommand *command = self->commands->pdata[i];

      if (!g_str_has_prefix (command->name, "call.")
          || (call != NULL && strcmp (call, command->object) != 0))
        continue;
      append_word (text, command->name + strlen ("call."));
      append_word (text, get_text (command, "seat"));
      append_word (text, get_text (command, "ended_by"));
    }
  return g_string_free (text, FALSE);
}

char *
test_link_print_seat (TestLink *self, const char *seat)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->commands->len; i++)
    {
      YihuCommand *command = self->commands->pdata[i];

      if (strcmp (command->name, "seat.set") == 0 && strcmp (command->object, seat) == 0)
        append_word (text, get_text (command, "state"));
    }
  return g_string_free (text, FALSE);
}

YihuCommand *
test_link_find (TestLink *self, const char *name, guint n)
{
  for (guint i = 0; i < self->commands->len; i++)
    {
      YihuCommand *command = self->commands->pdata[i];

      if (strcmp (command->name, name) == 0 && n-- == 0)
        return command;
    }
  return NULL;
}

guint
test_link_count (TestLink *self, const char *name)
{
  guint n = 0;

  while (test_link_find (self, name, n) != NULL)
    n++;
  return n;
}
