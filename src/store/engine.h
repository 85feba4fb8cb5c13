/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql/database.h"

/* What a database engine must be able to do for the store: one connection that runs statements
 * with parameters ?1, ?2 … in their numbers' order, and knows the words of its own dialect. The
 * statements themselves stand once, in the files of store/, in the subset that all engines speak.
 *
 * Errors as in store.h; OFFLINE: the connection broke, what was under way may or may not have been
 * committed; yihu_engine_reconnect() makes it new. */

G_BEGIN_DECLS

typedef struct _YihuEngine YihuEngine;
typedef struct _YihuEngineClass YihuEngineClass;
typedef struct _YihuCursor YihuCursor;
typedef struct _YihuCursorClass YihuCursorClass;

typedef enum
{
  YIHU_ENGINE_READ, /* one state of the data until the end */
  YIHU_ENGINE_WRITE, /* each statement tells its own failure */
  YIHU_ENGINE_WRITE_GROUP, /* a write's failure may be told later, at a read or at the commit */
} YihuEngineMode;

/* Texts of tables are written with these words in braces. */
typedef struct
{
  const char *word; /* "{text}" */
  const char *meaning;
} YihuEngineWord;

struct _YihuEngineClass
{
  const YihuEngineWord *words; /* ends with NULL */

  void (*free) (YihuEngine *self);
  YihuEngine *(*open_reader) (YihuEngine *self, GError **error);
  gboolean (*reconnect) (YihuEngine *self, GError **error);
  gboolean (*begin) (YihuEngine *self, YihuEngineMode mode, GError **error);
  gboolean (*commit) (YihuEngine *self, GError **error);
  void (*rollback) (YihuEngine *self);
  gboolean (*savepoint) (YihuEngine *self, GError **error);
  gboolean (*release) (YihuEngine *self, GError **error);
  void (*rollback_to) (YihuEngine *self);
  gboolean (*checkpoint) (YihuEngine *self, GError **error);
  /* (nullable): between TRUE and FALSE queries only say what will be asked, give no rows and cost
   * no round trip. */
  void (*set_prefetching) (YihuEngine *self, gboolean is_prefetching);

  /* (nullable): statements that still run at this monotonic time end with TIMEOUT; 0: none. */
  void (*set_deadline) (YihuEngine *self, gint64 deadline_us);

  gboolean (*run) (YihuEngine *self,
                   const char *sql,
                   const YihuSqlValue *values,
                   guint n_values,
                   GError **error);
  /* @is_stream: many rows; no other statement until the cursor is freed. */
  YihuCursor *(*query) (YihuEngine *self,
                        const char *sql,
                        const YihuSqlValue *values,
                        guint n_values,
                        gboolean is_stream,
                        GError **error);

  gboolean (*exec) (YihuEngine *self, const char *sql, GError **error); /* several statements */
  gboolean (*get_version) (YihuEngine *self, gint64 *version, GError **error);
  gboolean (*set_version) (YihuEngine *self, gint64 version, GError **error);
  GPtrArray *(*list_tables) (YihuEngine *self, GError **error); /* (element-type utf8) */
  /* Name to kind: "i", "s" or "b". (element-type utf8 utf8) */
  GHashTable *(*list_columns) (YihuEngine *self, const char *table, GError **error);
};

struct _YihuEngine
{
  const YihuEngineClass *klass;
};

struct _YihuCursorClass
{
  gboolean (*next) (YihuCursor *self, GError **error);
  gint64 (*get_int) (YihuCursor *self, guint column);
  const char *(*get_text) (YihuCursor *self, guint column);
  GBytes *(*get_blob) (YihuCursor *self, guint column);
  void (*free) (YihuCursor *self);
};

struct _YihuCursor
{
  const YihuCursorClass *klass;
};

static inline void
yihu_engine_free (YihuEngine *self)
{
  if (self != NULL)
    self->klass->free (self);
}

/* FALSE at the end without error. */
static inline gboolean
yihu_cursor_next (YihuCursor *self, GError **error)
{
  return self->klass->next (self, error);
}

static inline gint64
yihu_cursor_get_int (YihuCursor *self, guint column)
{
  return self->klass->get_int (self, column);
}

/* (transfer none) until next(); NULL for NULL */
static inline const char *
yihu_cursor_get_text (YihuCursor *self, guint column)
{
  return self->klass->get_text (self, column);
}

/* (transfer full) */
static inline GBytes *
yihu_cursor_get_blob (YihuCursor *self, guint column)
{
  return self->klass->get_blob (self, column);
}

static inline void
yihu_cursor_free (YihuCursor *self)
{
  if (self != NULL)
    self->klass->free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuEngine, yihu_engine_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCursor, yihu_cursor_free)

G_END_DECLS
