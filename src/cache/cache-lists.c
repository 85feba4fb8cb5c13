/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reading records and lists of the city, the overlay laid over them. A list is read from the city
 * in its order, then overlay records of its kind replace, join or leave it and it is put in order
 * again; overlays are few, so that costs nothing while there are none. */

#include "base/error.h"
#include "base/phone-number.h"
#include "cache/cache-private.h"

#include <string.h>

#define MAX_SHARED_NUMBER 50 /* elders behind one number: more is a switchboard of a home */

gboolean
yihu_cache_read_rows (YihuCache *self,
                      const YihuRecordType *type,
                      YihuRows *rows,
                      guint first_column,
                      GPtrArray *records,
                      GError **error)
{
  g_autoptr (GError) local = NULL;

  while (yihu_rows_next (rows, &local))
    {
      gpointer record = yihu_snapshot_file_read (self->city, type, rows, first_column, error);

      if (record == NULL)
        return FALSE;
      g_ptr_array_add (records, record);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func (yihu_record_unref);
}

gpointer
yihu_cache_get_base (YihuCache *self, const YihuRecordType *type, const char *id, GError **error)
{
  g_autoptr (GPtrArray) records = new_list ();
  g_autoptr (YihuRows) rows = NULL;
  g_autofree char *sql = NULL;

  if (self->city == NULL || type == &yihu_account_type)
    return NULL;
  sql = g_strdup_printf ("SELECT %s FROM %s WHERE id = ?1",
                         yihu_snapshot_file_columns (self->city, type), type->name);
  rows = yihu_database_query (yihu_snapshot_file_get_database (self->city), sql, error, "s", id);
  if (rows == NULL || !yihu_cache_read_rows (self, type, rows, 0, records, error)
      || records->len == 0)
    return NULL;
  return yihu_record_ref (g_ptr_array_index (records, 0));
}

typedef struct
{
  const YihuRecordType *type;
  guint state_mask; /* 0: all */
  const char *elder; /* (nullable) */
  const char *call; /* (nullable) */
  const char *order; /* (nullable) */
} Filter;

static gboolean
text_is (gconstpointer record, const char *field_name, const char *wanted)
{
  const YihuField *field;

  if (wanted == NULL)
    return TRUE;
  field = yihu_record_type_find_field (YIHU_RECORD (record)->type, field_name);
  return field != NULL && strcmp (yihu_record_get_text (record, field), wanted) == 0;
}

static gboolean
filter_has (const Filter *filter, gconstpointer record)
{
  const YihuField *state = yihu_record_type_find_field (filter->type, "state");

  if (filter->state_mask != 0
      && (state == NULL || !(filter->state_mask & (1u << yihu_record_get_int (record, state)))))
    return FALSE;
  return text_is (record, "elder", filter->elder) && text_is (record, "call", filter->call)
         && text_is (record, "service_order", filter->order);
}

static void
remove_record (GPtrArray *records, const char *id)
{
  for (guint i = 0; i < records->len; i++)
    if (strcmp (YIHU_RECORD (g_ptr_array_index (records, i))->id, id) == 0)
      {
        g_ptr_array_remove_index (records, i);
        return;
      }
}

/* Lays the overlay of the filter's kind over @records and restores their order. */
static gboolean
lay_over (YihuCache *self,
          const Filter *filter,
          GPtrArray *records,
          GCompareFunc compare,
          GError **error)
{
  g_autoptr (GPtrArray) overlay = yihu_desk_file_list_overlay (self->desk, filter->type, error);

  if (overlay == NULL)
    return FALSE;
  for (guint i = 0; i < overlay->len; i++)
    {
      YihuRecord *record = g_ptr_array_index (overlay, i);
      g_autoptr (GError) local = NULL;
      g_autoptr (YihuRecord) base = yihu_cache_get_base (self, filter->type, record->id, &local);

      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (base != NULL && base->version > record->version)
        continue;
      remove_record (records, record->id);
      if (filter_has (filter, record))
        g_ptr_array_add (records, yihu_record_ref (record));
    }
  if (overlay->len > 0)
    g_ptr_array_sort (records, compare);
  return TRUE;
}

static GPtrArray *
list (YihuCache *self,
      const Filter *filter,
      const char *tail,
      const char *argument,
      guint limit,
      GCompareFunc compare,
      GError **error)
{
  g_autoptr (GPtrArray) records = new_list ();

  if (self->city != NULL)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT %s FROM %s %s",
                                              yihu_snapshot_file_columns (self->city, filter->type),
                                              filter->type->name, tail);
      g_autoptr (YihuRows) rows =
          yihu_database_query (yihu_snapshot_file_get_database (self->city), sql, error,
                               argument != NULL ? "is" : "i", (gint64) limit, argument);

      if (rows == NULL || !yihu_cache_read_rows (self, filter->type, rows, 0, records, error))
        return NULL;
    }
  if (!lay_over (self, filter, records, compare, error))
    return NULL;
  if (records->len > limit)
    g_ptr_array_set_size (records, (int) limit);
  return g_steal_pointer (&records);
}

/* "state IN ('placed', …)" or "1". */
static char *
make_state_condition (const YihuRecordType *type, guint mask)
{
  const YihuField *state = yihu_record_type_find_field (type, "state");
  g_autoptr (GString) sql = g_string_new ("state IN (");

  if (mask == 0)
    return g_strdup ("1");
  for (guint i = 0; state->nicks[i] != NULL; i++)
    if (mask & (1u << i))
      g_string_append_printf (sql, "%s'%s'", g_str_has_suffix (sql->str, "(") ? "" : ", ",
                              state->nicks[i]);
  g_string_append_c (sql, ')');
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (YIHU_RECORD (*(gpointer *) a)->id, YIHU_RECORD (*(gpointer *) b)->id);
}

#define DEFINE_COMPARE(name, Type, member, sign)                                                   \
  static int name (gconstpointer a, gconstpointer b)                                               \
  {                                                                                                \
    const Type *left = *(const Type *const *) a;                                                   \
    const Type *right = *(const Type *const *) b;                                                  \
                                                                                                   \
    if (left->member != right->member)                                                             \
      return left->member < right->member ? -(sign) : (sign);                                      \
    return (sign) *compare_ids (a, b);                                                             \
  }

DEFINE_COMPARE (compare_kin, YihuKin, rank, 1)
DEFINE_COMPARE (compare_due, YihuOrder, due_at_us, 1)
DEFINE_COMPARE (compare_due_newest, YihuOrder, due_at_us, -1)
DEFINE_COMPARE (compare_steps, YihuOrderStep, at_us, 1)
DEFINE_COMPARE (compare_calls_newest, YihuCall, ring_at_us, -1)
DEFINE_COMPARE (compare_notes_newest, YihuNote, at_us, -1)

GPtrArray *
yihu_cache_list_kin (YihuCache *self, const char *elder, GError **error)
{
  Filter filter = { .type = &yihu_kin_type, .elder = elder };

  return list (self, &filter, "WHERE elder = ?2 ORDER BY rank, id LIMIT ?1", elder, 100,
               compare_kin, error);
}

GPtrArray *
yihu_cache_list_all (YihuCache *self, const YihuRecordType *type, GError **error)
{
  Filter filter = { .type = type };

  return list (self, &filter, "ORDER BY id LIMIT ?1", NULL, G_MAXINT, compare_ids, error);
}

GPtrArray *
yihu_cache_list_orders (YihuCache *self,
                        guint state_mask,
                        const char *elder,
                        guint limit,
                        GError **error)
{
  Filter filter = { .type = &yihu_order_type, .state_mask = state_mask, .elder = elder };
  g_autofree char *states = make_state_condition (&yihu_order_type, state_mask);
  g_autofree char *tail =
      elder != NULL
          ? g_strdup_printf ("WHERE elder = ?2 AND %s ORDER BY due_at_us DESC, id DESC LIMIT ?1",
                             states)
          : g_strdup_printf ("WHERE %s ORDER BY due_at_us, id LIMIT ?1", states);

  return list (self, &filter, tail, elder, limit, elder != NULL ? compare_due_newest : compare_due,
               error);
}

GPtrArray *
yihu_cache_list_steps (YihuCache *self, const char *order, GError **error)
{
  Filter filter = { .type = &yihu_order_step_type, .order = order };

  return list (self, &filter, "WHERE service_order = ?2 ORDER BY at_us, id LIMIT ?1", order, 1000,
               compare_steps, error);
}

GPtrArray *
yihu_cache_list_calls (YihuCache *self,
                       guint state_mask,
                       const char *elder,
                       guint limit,
                       GError **error)
{
  Filter filter = { .type = &yihu_call_type, .state_mask = state_mask, .elder = elder };
  g_autofree char *states = make_state_condition (&yihu_call_type, state_mask);
  g_autofree char *tail = g_strdup_printf ("WHERE %s%s ORDER BY ring_at_us DESC, id DESC LIMIT ?1",
                                           elder != NULL ? "elder = ?2 AND " : "", states);

  return list (self, &filter, tail, elder, limit, compare_calls_newest, error);
}

GPtrArray *
yihu_cache_list_notes (YihuCache *self,
                       const char *elder,
                       const char *call,
                       const char *order,
                       guint limit,
                       GError **error)
{
  Filter filter = { .type = &yihu_note_type, .elder = elder, .call = call, .order = order };
  const char *argument = call != NULL ? call : order != NULL ? order : elder;
  const char *column = call != NULL ? "call" : order != NULL ? "service_order" : "elder";
  g_autofree char *tail = NULL;

  g_return_val_if_fail (argument != NULL, NULL);

  /* The narrowest of the given conditions is enough for the index; notes are asked for by one. */
  filter.elder = column[0] == 'e' ? elder : NULL;
  filter.call = column[0] == 'c' ? call : NULL;
  filter.order = column[0] == 's' ? order : NULL;
  tail = g_strdup_printf ("WHERE %s = ?2 ORDER BY at_us DESC, id DESC LIMIT ?1", column);
  return list (self, &filter, tail, argument, limit, compare_notes_newest, error);
}

/* --- screen-pop --- */

static gboolean
numbers_equal (const char *stored, const char *asked)
{
  gsize length = stored != NULL ? strcspn (stored, ",") : 0;

  return length > 0 && length == strcspn (asked, ",") && memcmp (stored, asked, length) == 0;
}

static gboolean
elder_has_number (const YihuElder *elder, const char *number)
{
  return numbers_equal (elder->phone, number) || numbers_equal (elder->phone2, number);
}

/* The rank of the first of the elder's kin with the number; -1: none has it. */
static gboolean
find_kin_rank (YihuCache *self, const char *elder, const char *number, gint64 *rank, GError **error)
{
  g_autoptr (GPtrArray) kin = yihu_cache_list_kin (self, elder, error);

  *rank = -1;
  if (kin == NULL)
    return FALSE;
  for (guint i = 0; i < kin->len && *rank < 0; i++)
    if (numbers_equal (((YihuKin *) g_ptr_array_index (kin, i))->phone, number))
      *rank = ((YihuKin *) g_ptr_array_index (kin, i))->rank;
  return TRUE;
}

typedef struct
{
  YihuElder *elder;
  gint64 rank; /* -1: the number is the elder's own */
} Owner;

static int
compare_owners (gconstpointer a, gconstpointer b)
{
  const Owner *left = a;
  const Owner *right = b;

  return left->rank < right->rank ? -1 : left->rank > right->rank;
}

/* Elders with the number of their own first, then those whose kin have it, by the rank of the kin.
 */
static gboolean
add_owners (YihuCache *self, const char *number, GPtrArray *elders, GError **error)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT %s FROM elder"
                       " WHERE n IN (SELECT elder FROM number_key WHERE key = ?1) LIMIT %d",
                       yihu_snapshot_file_columns (self->city, &yihu_elder_type),
                       MAX_SHARED_NUMBER);
  g_autoptr (GPtrArray) found = new_list ();
  g_autoptr (GArray) owners = g_array_new (FALSE, FALSE, sizeof (Owner));
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (self->city), sql, error, "i",
                           yihu_snapshot_file_number_key (self->city, number));

  if (rows == NULL || !yihu_cache_read_rows (self, &yihu_elder_type, rows, 0, found, error))
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    {
      Owner owner = { g_ptr_array_index (found, i), -1 };
      gboolean is_own = elder_has_number (owner.elder, number);

      if (!is_own && !find_kin_rank (self, owner.elder->record.id, number, &owner.rank, error))
        return FALSE;
      if (is_own || owner.rank >= 0)
        g_array_append_val (owners, owner);
    }
  g_array_sort (owners, compare_owners);
  for (guint i = 0; i < owners->len; i++)
    g_ptr_array_add (elders, yihu_elder_ref (g_array_index (owners, Owner, i).elder));
  return TRUE;
}

/* A person registered or given a number while the server is away must be found by it. */
static gboolean
lay_elders_over (YihuCache *self, const char *number, GPtrArray *elders, GError **error)
{
  g_autoptr (GPtrArray) overlay = yihu_desk_file_list_overlay (self->desk, &yihu_elder_type, error);

  if (overlay == NULL)
    return FALSE;
  for (guint i = 0; i < overlay->len; i++)
    {
      YihuElder *elder = g_ptr_array_index (overlay, i);
      g_autoptr (YihuElder) current = NULL;
      g_autoptr (GError) local = NULL;

      current = yihu_cache_get (self, &yihu_elder_type, elder->record.id, &local);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (current == NULL || !yihu_record_equal (current, elder))
        continue;
      if (elder_has_number (elder, number))
        {
          remove_record (elders, elder->record.id);
          g_ptr_array_insert (elders, 0, yihu_elder_ref (elder));
        }
    }
  return TRUE;
}

GPtrArray *
yihu_cache_find_by_phone (YihuCache *self, const char *normalized, GError **error)
{
  g_autoptr (GPtrArray) elders = new_list ();

  if (normalized == NULL || *normalized == '\0')
    return g_steal_pointer (&elders);
  if (self->city != NULL && self->key != NULL && !add_owners (self, normalized, elders, error))
    return NULL;
  if (!lay_elders_over (self, normalized, elders, error))
    return NULL;
  return g_steal_pointer (&elders);
}
