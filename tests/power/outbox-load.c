/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A desk that decides and never reaches the centre: commands go through the real outbox into a real
 * desk file, several at a time as in a shift, and each key that was reported as kept goes to
 * standard output, one a line. Runs until it is killed.
 *
 * outbox-load DIRECTORY    submits; with YIHU_TEST_SYNCHRONOUS=NORMAL the control
 * outbox-load DIRECTORY -  opens what is left and prints the keys that can be read and sent */

#include "cache/desk-file.h"
#include "client/outbox.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE 6

static const char key_bytes[] = "the key of the desk, 32 bytes...";

typedef struct
{
  YihuDeskFile *desk;
  YihuOutbox *outbox;
} Load;

typedef struct
{
  Load *load;
  YihuCommand *command; /* (owned) */
} Kept;

static GBytes *
seal (const char *key, const char *text, gpointer desk)
{
  return yihu_desk_file_seal (desk, "outbox", key, text);
}

static char *
unseal (const char *key, GBytes *sealed, gpointer desk, GError **error)
{
  return yihu_desk_file_open_sealed (desk, "outbox", key, sealed, error);
}

static const YihuOutboxKeeper keeper = { .seal = seal, .open = unseal };

static gboolean
put_overlay (YihuDatabase *database, gpointer data, GError **error)
{
  Kept *kept = data;
  g_autoptr (YihuNote) note = yihu_record_new (&yihu_note_type, kept->command->key);

  note->elder = g_strdup ("e1");
  note->text = g_strdup ("asked for lunch at eleven, door code unchanged");
  return yihu_desk_file_put_overlay (kept->load->desk, kept->command->key, note, error);
}

static void submit (Load *load);

static void
on_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  Kept *kept = data;
  g_autoptr (GError) error = NULL;

  if (!yihu_outbox_finish (YIHU_OUTBOX (object), result, &error))
    g_error ("not kept: %s", error->message);
  printf ("%s\n", kept->command->key);
  submit (kept->load);
  yihu_command_unref (kept->command);
  g_free (kept);
}

static void
submit (Load *load)
{
  static guint n;
  g_autofree char *object = g_strdup_printf ("elder-%u", n++);
  g_autoptr (GPtrArray) commands = g_ptr_array_new ();
  Kept *kept = g_new0 (Kept, 1);

  kept->load = load;
  kept->command = yihu_command_new ("note.add", object, 0, g_get_real_time ());
  g_ptr_array_add (commands, kept->command);
  yihu_outbox_append_async (load->outbox, commands, put_overlay, kept, NULL, on_kept, kept);
}

static void
list (Load *load)
{
  g_autoptr (GPtrArray) rows = yihu_outbox_list (load->outbox);

  for (guint i = 0; i < rows->len; i++)
    {
      YihuOutboxRow *row = g_ptr_array_index (rows, i);
      g_autoptr (GPtrArray) overlay = yihu_desk_file_list_overlay_of (load->desk, row->key);

      if (row->state == YIHU_OUTBOX_WAITING && row->command != NULL && overlay->len == 1)
        printf ("%s\n", row->key);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (YihuWorkerThread) thread = yihu_worker_thread_new ("outbox");
  g_autoptr (GBytes) key = g_bytes_new_static (key_bytes, YIHU_DESK_KEY_BYTES);
  g_autoptr (GError) error = NULL;
  Load load = { 0 };

  G_STATIC_ASSERT (sizeof key_bytes - 1 == YIHU_DESK_KEY_BYTES);
  if (argc < 2 || (load.desk = yihu_desk_file_open (argv[1], &error)) == NULL)
    g_error ("no desk file: %s", error != NULL ? error->message : "give a directory");
  yihu_desk_file_set_keys (load.desk, key, key);
  if (g_strcmp0 (g_getenv ("YIHU_TEST_SYNCHRONOUS"), "NORMAL") == 0
      && !yihu_database_exec (yihu_desk_file_get_database (load.desk), "PRAGMA synchronous=NORMAL",
                              &error))
    g_error ("%s", error->message);
  load.outbox = yihu_outbox_new_threaded (yihu_desk_file_get_database (load.desk), thread, &keeper,
                                          load.desk, &error);
  if (load.outbox == NULL)
    g_error ("no outbox: %s", error->message);
  if (argc > 2)
    {
      list (&load);
      yihu_outbox_close (load.outbox);
      g_object_unref (load.outbox);
      yihu_desk_file_close (load.desk);
      return 0;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  for (guint i = 0; i < AT_ONCE; i++)
    submit (&load);
  while (TRUE)
    g_main_context_iteration (NULL, TRUE);
}
