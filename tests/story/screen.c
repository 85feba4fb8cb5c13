/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reading by AT-SPI and typing by xdotool. Polls with deadlines (the bus has no "it is there now");
 * knows nothing of what the names mean. */

#include "screen.h"

#include <string.h>

/* libatspi 2.46 declares no automatic cleanups. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiStateSet, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiText, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiEditableText, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAction, g_object_unref)

#define POLL_US 20000
#define MAX_DEPTH 60

struct _Screen
{
  AtspiAccessible *application;
};

typedef gboolean (*Match) (AtspiAccessible *node, const char *wanted);

static gboolean
is_visible (AtspiAccessible *node)
{
  g_autoptr (AtspiStateSet) states = atspi_accessible_get_state_set (node);

  /* GTK 4.8 says "showing" of windows only; what was hidden is not "visible". */
  return states != NULL && atspi_state_set_contains (states, ATSPI_STATE_VISIBLE);
}

static char *
node_get_text (AtspiAccessible *node)
{
  g_autoptr (AtspiText) text = atspi_accessible_get_text_iface (node);

  return text != NULL ? atspi_text_get_text (text, 0, -1, NULL) : NULL;
}

static gboolean
match_name (AtspiAccessible *node, const char *wanted)
{
  g_autofree char *name = atspi_accessible_get_name (node, NULL);

  return g_strcmp0 (name, wanted) == 0;
}

static gboolean
match_part (AtspiAccessible *node, const char *wanted)
{
  g_autofree char *name = atspi_accessible_get_name (node, NULL);
  g_autofree char *text = NULL;

  if (name != NULL && strstr (name, wanted) != NULL)
    return TRUE;
  text = node_get_text (node);
  return text != NULL && strstr (text, wanted) != NULL;
}

/* A label often bears the name of its field: the field is the one that can be written into. */
static gboolean
match_field (AtspiAccessible *node, const char *wanted)
{
  g_autoptr (AtspiEditableText) editable = NULL;

  if (!match_name (node, wanted))
    return FALSE;
  editable = atspi_accessible_get_editable_text_iface (node);
  return editable != NULL;
}

static AtspiAccessible *
find_below (AtspiAccessible *node, Match match, const char *wanted, int depth)
{
  int n_children;

  if (depth > MAX_DEPTH || (depth > 0 && !is_visible (node)))
    return NULL;
  if (match (node, wanted))
    return g_object_ref (node);
  n_children = atspi_accessible_get_child_count (node, NULL);
  for (int i = 0; i < n_children; i++)
    {
      g_autoptr (AtspiAccessible) child = atspi_accessible_get_child_at_index (node, i, NULL);
      AtspiAccessible *found = child != NULL ? find_below (child, match, wanted, depth + 1) : NULL;

      if (found != NULL)
        return found;
    }
  return NULL;
}

static AtspiAccessible *
screen_find (Screen *self, Match match, const char *wanted)
{
  return find_below (self->application, match, wanted, 0);
}

static AtspiAccessible *
screen_wait_for (Screen *self, Match match, const char *wanted, guint deadline_s)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) deadline_s * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < deadline)
    {
      AtspiAccessible *found = screen_find (self, match, wanted);

      if (found != NULL)
        return found;
      g_usleep (POLL_US);
    }
  screen_dump (self);
  screen_shoot ("failed");
  g_error ("“%s” did not appear on the screen within %u s", wanted, deadline_s);
}

Screen *
screen_new (guint pid, guint deadline_s)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) deadline_s * G_USEC_PER_SEC;
  Screen *self = g_new0 (Screen, 1);

  atspi_init ();
  while (g_get_monotonic_time () < deadline)
    {
      g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);
      int n_children = atspi_accessible_get_child_count (desktop, NULL);

      for (int i = 0; i < n_children; i++)
        {
          g_autoptr (AtspiAccessible) child =
              atspi_accessible_get_child_at_index (desktop, i, NULL);

          if (child != NULL && atspi_accessible_get_process_id (child, NULL) == pid
              && atspi_accessible_get_child_count (child, NULL) > 0)
            {
              /* Nothing remembered: what is stale may hold itself, and emptying such a cache never
               * ends. */
              atspi_accessible_set_cache_mask (child, ATSPI_CACHE_NONE);
              self->application = g_steal_pointer (&child);
              return self;
            }
        }
      g_usleep (POLL_US);
    }
  g_error ("the program with pid %u did not appear on the accessibility bus", pid);
}

void
screen_free (Screen *self)
{
  g_clear_object (&self->application);
  g_free (self);
}

static void
run_xdotool (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                     &status, &error)
      || !g_spawn_check_wait_status (status, &error))
    g_error ("xdotool: %s", error->message);
}

void
screen_key (Screen *self, const char *key)
{
  run_xdotool ((const char *[]){ "xdotool", "key", "--delay", "30", key, NULL });
}

void
screen_type (Screen *self, const char *text)
{
  run_xdotool ((const char *[]){ "xdotool", "type", "--delay", "40", text, NULL });
}

gboolean
screen_has (Screen *self, const char *name)
{
  g_autoptr (AtspiAccessible) found = screen_find (self, match_name, name);

  return found != NULL;
}

gboolean
screen_has_part (Screen *self, const char *part)
{
  g_autoptr (AtspiAccessible) found = screen_find (self, match_part, part);

  return found != NULL;
}

void
screen_wait (Screen *self, const char *name, guint deadline_s)
{
  g_autoptr (AtspiAccessible) found = screen_wait_for (self, match_name, name, deadline_s);
}

void
screen_wait_part (Screen *self, const char *part, guint deadline_s)
{
  g_autoptr (AtspiAccessible) found = screen_wait_for (self, match_part, part, deadline_s);
}

void
screen_wait_gone (Screen *self, const char *name, guint deadline_s)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) deadline_s * G_USEC_PER_SEC;

  while (screen_has (self, name))
    {
      if (g_get_monotonic_time () > deadline)
        g_error ("“%s” is still on the screen after %u s", name, deadline_s);
      g_usleep (POLL_US);
    }
}

char *
screen_get_text (Screen *self, const char *name)
{
  g_autoptr (AtspiAccessible) found = screen_wait_for (self, match_field, name, 10);

  return node_get_text (found);
}

void
screen_set_text (Screen *self, const char *name, const char *text)
{
  g_autoptr (AtspiAccessible) found = screen_wait_for (self, match_field, name, 10);
  g_autoptr (AtspiEditableText) editable = atspi_accessible_get_editable_text_iface (found);
  g_autoptr (GError) error = NULL;

  if (editable == NULL || !atspi_editable_text_set_text_contents (editable, text, &error))
    g_error ("“%s” takes no text: %s", name, error != NULL ? error->message : "not editable");
}

void
screen_activate (Screen *self, const char *name)
{
  g_autoptr (AtspiAccessible) found = screen_wait_for (self, match_name, name, 10);
  g_autoptr (AtspiAction) action = atspi_accessible_get_action_iface (found);

  if (action == NULL || !atspi_action_do_action (action, 0, NULL))
    g_error ("“%s” cannot be activated", name);
}

static void
dump_below (AtspiAccessible *node, int depth)
{
  g_autofree char *name = atspi_accessible_get_name (node, NULL);
  g_autofree char *role = atspi_accessible_get_role_name (node, NULL);
  g_autofree char *text = node_get_text (node);
  int n_children = atspi_accessible_get_child_count (node, NULL);

  if ((name != NULL && *name != '\0') || (text != NULL && *text != '\0'))
    g_printerr ("%*s[%s]%s %s | %s\n", depth, "", role, is_visible (node) ? "" : " (hidden)",
                name != NULL ? name : "", text != NULL ? text : "");
  for (int i = 0; i < n_children && depth < MAX_DEPTH; i++)
    {
      g_autoptr (AtspiAccessible) child = atspi_accessible_get_child_at_index (node, i, NULL);

      if (child != NULL)
        dump_below (child, depth + 1);
    }
}

void
screen_dump (Screen *self)
{
  dump_below (self->application, 0);
}

void
screen_shoot (const char *name)
{
  const char *build = g_getenv ("YIHU_BUILD_DIR");
  g_autofree char *directory = g_build_filename (build, "screens", NULL);
  g_autofree char *file = g_strdup_printf ("%s.png", name);
  g_autofree char *path = g_build_filename (directory, file, NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (directory, 0755);
  if (!g_spawn_sync (NULL,
                     (char *[]){ (char *) "import", (char *) "-window", (char *) "root", path,
                                 NULL },
                     NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error))
    g_warning ("no picture: %s", error->message);
}
