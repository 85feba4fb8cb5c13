/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Typed search text, and whole searches of it over a small city that is made once. Whatever is
 * typed, the pieces of mixed typing are the text, and a search answers. */

#include "cache/search.h"
#include "snapshot/snapshot.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *directory;
static YihuCache *cache;

static void
remove_city (void)
{
  static const char *const files[] = { "city.db", "city.db-wal", "city.db-shm",
                                       "desk.db", "desk.db-wal", "desk.db-shm" };

  yihu_cache_close (cache);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (directory, files[i], NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
  g_free (directory);
}

static void
make_city (void)
{
  static const char *const names[] = { "王秀英",      "郑思琪", "单国强", "尉迟恭",
                                       "买买提·古丽", "吕玉兰", "欧阳修" };
  guint8 bytes[YIHU_SNAPSHOT_KEY_BYTES] = { 0 };
  g_autoptr (GBytes) key = g_bytes_new (bytes, sizeof bytes);
  g_autoptr (YihuSnapshotFile) file = NULL;
  g_autofree char *path = NULL;

  directory = g_dir_make_tmp ("yihu-fuzz-XXXXXX", NULL);
  path = g_build_filename (directory, "city.db", NULL);
  file = yihu_snapshot_file_create (path, key, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *id = g_strdup_printf ("E%u", i);
      g_autoptr (YihuElder) elder = yihu_elder_new (id);

      elder->name = g_strdup (names[i]);
      elder->phone = g_strdup_printf ("+861387904441%u", i);
      elder->id_card = g_strdup_printf ("2108041942030400%uX", 20 + i);
      elder->address = g_strdup_printf ("站前区建丰街道%u号楼", i);
      g_assert_true (yihu_snapshot_file_put (file, elder, NULL));
    }
  g_assert_true (yihu_snapshot_file_finish (file, 0, 1, 1, 1, 1, NULL));
  cache = yihu_cache_open (directory, key, NULL);
  g_assert_true (yihu_cache_has_city (cache));
  atexit (remove_city);
}

static void
check_text (const char *typed)
{
  g_autoptr (YihuSearchText) text = yihu_search_text_new (typed);

  for (guint i = 0; i < text->n_cuts; i++)
    {
      const YihuSearchCut *cut = &text->cuts[i];
      g_autoptr (GString) pieces = g_string_new (NULL);

      for (guint j = 0; j < cut->n_pieces; j++)
        g_string_append (pieces, cut->pieces[j]);
      g_assert_cmpstr (pieces->str, ==, text->text);
      g_assert_cmpuint (strlen (cut->initials), ==, cut->n_pieces);
    }
  yihu_search_text_matches_pinyin (text, "zhengsiqi");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *typed = g_strndup ((const char *) data, size);
  g_autoptr (YihuSearchResult) result = NULL;

  if (cache == NULL)
    make_city ();
  check_text (typed);
  result = yihu_cache_search (cache, typed, 0, 1, 20, NULL, NULL);
  g_assert_nonnull (result);
  g_assert_cmpuint (result->hits->len, <=, 20);
  return 0;
}
