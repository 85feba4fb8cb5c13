/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql/database.h"

/* The format of the console's file of the city: tables of all kinds that a console may hold, sealed
 * personal fields, and search keys. The server writes it (a snapshot), the cache reads it and
 * applies the feed to it; so its schema and its row writer are here, once. Schema number:
 * YIHU_SNAPSHOT_SCHEMA.
 *
 * Personal fields of a record (YIHU_FIELD_PERSONAL) are one sealed column (sealed.h, sealer.h)
 * under a key derived from the scope key and the file's salt. Identifiers stand as 16 bytes
 * (yihu_database_set_packed_ids()); an elder's or kin's enum at its first value is NULL. What
 * search needs stays readable: pinyin, initials, keyed hashes of names' beginnings and of whole
 * numbers, reversed tails of numbers, address parts of three characters. Divisions, providers,
 * items, prices, institutions, cameras (without address), numbers of devices are plain. */

G_BEGIN_DECLS

#define YIHU_SNAPSHOT_KEY_BYTES 32
#define YIHU_SNAPSHOT_TAIL_DIGITS 6 /* of a phone number stay readable, for the search by tail */

typedef struct _YihuSnapshotFile YihuSnapshotFile;

/* @create: make an empty file with tables but without the search indexes
 * (yihu_snapshot_file_finish() makes them). Otherwise opens with @mode; another schema is
 * YIHU_ERROR_VERSION, damage YIHU_ERROR_CORRUPT, a wrong key UNAUTHORIZED. Returns: (transfer full)
 */
YihuSnapshotFile *yihu_snapshot_file_create (const char *path, GBytes *key, GError **error);
YihuSnapshotFile *
yihu_snapshot_file_open (const char *path, GBytes *key, YihuDatabaseMode mode, GError **error);
void yihu_snapshot_file_close (YihuSnapshotFile *self);

/* Makes the dictionary that shortens personal fields from sample records, and keeps it (sealed) in
 * the file; a few thousand of them over all districts. Before the first put. */
gboolean yihu_snapshot_file_train (YihuSnapshotFile *self, GPtrArray *records, GError **error);

YihuDatabase *yihu_snapshot_file_get_database (YihuSnapshotFile *self);

/* Inserts or replaces one record with its search keys, unless a newer version is there. (Under
 * construction each record may come once only, and cannot be removed.) Kinds without a table here
 * are ignored. Use inside a transaction for many rows. */
gboolean yihu_snapshot_file_put (YihuSnapshotFile *self, gconstpointer record, GError **error);
gboolean yihu_snapshot_file_remove (YihuSnapshotFile *self,
                                    const YihuRecordType *type,
                                    const char *id,
                                    GError **error);

/* Columns to select for a record of @type (prefix nullable), and the reader that unseals. */
const char *yihu_snapshot_file_columns (YihuSnapshotFile *self, const YihuRecordType *type);
gpointer yihu_snapshot_file_read (YihuSnapshotFile *self,
                                  const YihuRecordType *type,
                                  YihuRows *rows,
                                  guint first_column,
                                  GError **error);

/* The key of a normalised number in table number_key (key, elder = n of the elder it belongs to or
 * whose kin have it, kin = n of these or 0); compare the unsealed numbers, hashes may meet. -1: no
 * number, or no key. An extension does not count: the exchange shows the number without it. */
gint64 yihu_snapshot_file_number_key (YihuSnapshotFile *self, const char *normalized);

/* The range @from <= key < @to of all numbers that end with @reversed, which is read from behind
 * and of which the first YIHU_SNAPSHOT_TAIL_DIGITS digits count. */
void yihu_snapshot_file_tail_range (const char *reversed, gint64 *from, gint64 *to);

/* The range @from <= name_hash < @to of column elder.name_hash in which every name lies that begins
 * with the typed characters (the first three count; compare the unsealed name), and the same of
 * elder.given_hash for given names (the first two count). Written for a whole name, @from is the
 * column's value. */
void
yihu_snapshot_file_hash_name (YihuSnapshotFile *self, const char *typed, gint64 *from, gint64 *to);
void
yihu_snapshot_file_hash_given (YihuSnapshotFile *self, const char *typed, gint64 *from, gint64 *to);

/* Server: indexes, meta (lo, hi, epoch, seq, made_at_us), close and sync. */
gboolean yihu_snapshot_file_finish (YihuSnapshotFile *self,
                                    gint64 lo,
                                    gint64 hi,
                                    gint64 epoch,
                                    gint64 seq,
                                    gint64 made_at_us,
                                    GError **error);

/* Server: reads every page of a finished file, a few seconds for a large one; CORRUPT where its
 * trees are not sound. Consoles trust the hash of a file that was checked here. */
gboolean yihu_snapshot_file_check (const char *path, GError **error);
gint64 yihu_snapshot_file_get_meta (YihuSnapshotFile *self,
                                    const char *name); /* "seq", "lo", "hi", "epoch", … */
gboolean yihu_snapshot_file_set_meta (YihuSnapshotFile *self,
                                      const char *name,
                                      gint64 value,
                                      GError **error);
gboolean yihu_snapshot_file_set_cursor (YihuSnapshotFile *self, gint64 seq, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSnapshotFile, yihu_snapshot_file_close)

G_END_DECLS
