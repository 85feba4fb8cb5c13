/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The small kinds in memory: a table by id for each, and their order by id worked out when it is
 * asked for and kept until something changes. */

#include "console/book-shelf.h"

#include <string.h>

typedef struct
{
  const YihuRecordType *type;
  GHashTable *records; /* id (of the record) -> record (owned) */
  GPtrArray *sorted; /* (owned) (nullable) */
} Board;

struct _YihuBookShelf
{
  Board boards[7];
};

static const YihuRecordType *const kinds[] = {
  &yihu_division_type,    &yihu_provider_type, &yihu_service_item_type, &yihu_price_type,
  &yihu_institution_type, &yihu_camera_type,   &yihu_seat_type,
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == G_N_ELEMENTS (((YihuBookShelf *) NULL)->boards));

static Board *
find_board (YihuBookShelf *self, const YihuRecordType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->boards); i++)
    if (self->boards[i].type == type)
      return &self->boards[i];
  return NULL;
}

YihuBookShelf *
yihu_book_shelf_load (YihuCache *cache, GError **error)
{
  g_autoptr (YihuBookShelf) self = g_new0 (YihuBookShelf, 1);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      self->boards[i].type = kinds[i];
      self->boards[i].records =
          g_hash_table_new_full (g_str_hash, g_str_equal, NULL, yihu_record_unref);
    }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GPtrArray) records = yihu_cache_list_all (cache, kinds[i], error);

      if (records == NULL)
        return NULL;
      for (guint j = 0; j < records->len; j++)
        yihu_book_shelf_put (self, g_ptr_array_index (records, j));
    }
  return g_steal_pointer (&self);
}

void
yihu_book_shelf_free (YihuBookShelf *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->boards); i++)
    {
      g_clear_pointer (&self->boards[i].sorted, g_ptr_array_unref);
      g_clear_pointer (&self->boards[i].records, g_hash_table_unref);
    }
  g_free (self);
}

gboolean
yihu_book_shelf_holds (YihuBookShelf *self, const YihuRecordType *type)
{
  return find_board (self, type) != NULL;
}

void
yihu_book_shelf_put (YihuBookShelf *self, gpointer record)
{
  Board *board = find_board (self, YIHU_RECORD (record)->type);
  YihuRecord *before;

  g_return_if_fail (board != NULL);

  before = g_hash_table_lookup (board->records, YIHU_RECORD (record)->id);
  if (before != NULL && before->version > YIHU_RECORD (record)->version)
    return;
  g_hash_table_replace (board->records, YIHU_RECORD (record)->id, yihu_record_ref (record));
  g_clear_pointer (&board->sorted, g_ptr_array_unref);
}

void
yihu_book_shelf_remove (YihuBookShelf *self, const YihuRecordType *type, const char *id)
{
  Board *board = find_board (self, type);

  g_return_if_fail (board != NULL);

  if (g_hash_table_remove (board->records, id))
    g_clear_pointer (&board->sorted, g_ptr_array_unref);
}

gpointer
yihu_book_shelf_peek (YihuBookShelf *self, const YihuRecordType *type, const char *id)
{
  Board *board = find_board (self, type);

  return board != NULL ? g_hash_table_lookup (board->records, id) : NULL;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (YIHU_RECORD (*(gpointer *) a)->id, YIHU_RECORD (*(gpointer *) b)->id);
}

static void
sort_board (Board *board)
{
  GHashTableIter iter;
  gpointer record;

  board->sorted = g_ptr_array_new_full (g_hash_table_size (board->records), yihu_record_unref);
  g_hash_table_iter_init (&iter, board->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    g_ptr_array_add (board->sorted, yihu_record_ref (record));
  g_ptr_array_sort (board->sorted, compare_ids);
}

static gpointer
ref_record (gconstpointer record, gpointer data)
{
  return yihu_record_ref ((gpointer) record);
}

GPtrArray *
yihu_book_shelf_list (YihuBookShelf *self, const YihuRecordType *type)
{
  Board *board = find_board (self, type);

  g_return_val_if_fail (board != NULL, NULL);

  if (board->sorted == NULL)
    sort_board (board);
  return g_ptr_array_copy (board->sorted, ref_record, NULL);
}
