/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/* The common form of every record: an immutable, reference-counted struct described by one field
 * table. The table alone knows names, offsets, ranges and who may see a field; JSON (wire/), SQL
 * (sql/, store/, cache/) and CSV go through it, so a field is written down once.
 *
 * A record is built in one place (yihu_record_new(), set members, then share it) and never changed
 * afterwards; a change is yihu_record_dup(), set, with a higher version. References may be taken
 * and dropped in any thread. */

G_BEGIN_DECLS

typedef struct _YihuRecord YihuRecord;
typedef struct _YihuRecordType YihuRecordType;
typedef struct _YihuField YihuField;

typedef enum
{
  YIHU_FIELD_TEXT, /* char *, owned, NULL = "" */
  YIHU_FIELD_INT, /* gint64 */
  YIHU_FIELD_ENUM, /* gint64 index into nicks; text on the wire and in SQL */
} YihuFieldKind;

typedef enum
{
  YIHU_FIELD_PLAIN = 0,
  YIHU_FIELD_REQUIRED = 1 << 0,
  YIHU_FIELD_PERSONAL = 1 << 1, /* sealed in the cache, masked on screen, never in a log */
  YIHU_FIELD_SERVER = 1 << 2, /* never leaves the server in feed or snapshot */
  YIHU_FIELD_CARD = 1 << 3, /* of the card that a desk may change field by field */
} YihuFieldFlags;

struct _YihuField
{
  const char *name; /* JSON key, SQL and CSV column */
  YihuFieldKind kind;
  YihuFieldFlags flags;
  gsize offset;
  gint64 lowest; /* INT */
  gint64 highest; /* INT; TEXT: most bytes */
  const char *const *nicks; /* ENUM, NULL-terminated */
};

struct _YihuRecordType
{
  const char *name; /* kind on the wire and table name: "elder" */
  gsize size;
  const YihuField *fields; /* without id, version, division, which every record has */
  guint n_fields;
};

struct _YihuRecord
{
  const YihuRecordType *type;
  char *id; /* (owned) 1..36 bytes */
  gint64 version; /* from 1; 0 = not yet stored */
  gint64 division; /* 12-digit code; 0 = belongs to the whole tenant */
};

#define YIHU_RECORD(record) ((YihuRecord *) (record))

gpointer yihu_record_new (const YihuRecordType *type, const char *id);
gpointer yihu_record_ref (gpointer record);
void yihu_record_unref (gpointer record);
gpointer yihu_record_dup (gconstpointer record); /* deep copy, same id and version, to be changed */
gboolean yihu_record_equal (gconstpointer a, gconstpointer b);

/* Range, length, nick and required checks of all fields; names the field (YIHU_ERROR_INVALID). A
 * number that is not required may be 0 = unknown outside its range (an elder without birth day). */
gboolean yihu_record_validate (gconstpointer record, GError **error);

const YihuField *yihu_record_type_find_field (const YihuRecordType *type, const char *name);
const char *yihu_record_get_text (gconstpointer record,
                                  const YihuField *field); /* never NULL; ENUM: nick */
gint64 yihu_record_get_int (gconstpointer record, const YihuField *field);
void yihu_record_set_text (gpointer record, const YihuField *field, const char *value);
void yihu_record_set_int (gpointer record, const YihuField *field, gint64 value);
int yihu_field_find_nick (const YihuField *field, const char *nick); /* -1: none */

/* Sets a text member of a record under construction. */
#define yihu_record_take(member, value) (g_free (member), (member) = (value))

/* All kinds, in the order in which they may be imported (what is referred to comes first). */
extern const YihuRecordType *const yihu_record_types[];
extern const guint yihu_n_record_types;
const YihuRecordType *yihu_record_type_find (const char *name);

/* Cleanup function for g_autoptr of every record struct. */
#define YIHU_DEFINE_RECORD(TypeName, type_name)                                                    \
  extern const YihuRecordType type_name##_type;                                                    \
  static inline TypeName *type_name##_new (const char *id)                                         \
  {                                                                                                \
    return yihu_record_new (&type_name##_type, id);                                                \
  }                                                                                                \
  static inline TypeName *type_name##_ref (TypeName *self)                                         \
  {                                                                                                \
    return yihu_record_ref (self);                                                                 \
  }                                                                                                \
  static inline void type_name##_unref (TypeName *self)                                            \
  {                                                                                                \
    yihu_record_unref (self);                                                                      \
  }                                                                                                \
  G_DEFINE_AUTOPTR_CLEANUP_FUNC (TypeName, type_name##_unref)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuRecord, yihu_record_unref)

G_END_DECLS
