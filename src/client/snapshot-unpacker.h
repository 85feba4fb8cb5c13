/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A packed snapshot on its way to disk: takes the bytes as they come, unpacks and hashes them, and
 * can go on after a break, in this run at the very byte, in a later one at the last mark. Knows no
 * network. One thread at a time, beside which a thread of its own hashes and writes; blocks on the
 * disk only, its end until what was fed is written. */

G_BEGIN_DECLS

/* What the server announces. */
typedef struct
{
  char hash[65]; /* hex BLAKE2b-256 of the packed bytes; "" = nothing begun */
  gint64 bytes; /* packed */
  gint64 plain_bytes;
} YihuSnapshotLabel;

/* A place where a later run can go on: the packed bytes before @offset are @plain_offset bytes of
 * the file. */
typedef struct
{
  YihuSnapshotLabel label;
  gint64 offset;
  gint64 plain_offset;
} YihuUnpackMark;

#define YIHU_UNPACK_MARK_KEY_BYTES 32

typedef struct _YihuSnapshotUnpacker YihuSnapshotUnpacker;

/* Writes "@file.part" (0600) and "@file.mark". A mark counts only under the @key that it was
 * written with (32 bytes, the scope's), and only for the part that it fits; else the work begins
 * anew. */
YihuSnapshotUnpacker *yihu_snapshot_unpacker_new (const char *file, GBytes *key, GError **error);
void yihu_snapshot_unpacker_free (YihuSnapshotUnpacker *self); /* leaves the files */

/* Begins anew. FULL where the disk has no room for it, INVALID where sizes make no sense. */
gboolean yihu_snapshot_unpacker_begin (YihuSnapshotUnpacker *self,
                                       const YihuSnapshotLabel *label,
                                       GError **error);
const YihuSnapshotLabel *yihu_snapshot_unpacker_get_label (YihuSnapshotUnpacker *self);
gint64 yihu_snapshot_unpacker_get_offset (YihuSnapshotUnpacker *self); /* packed bytes so far */

/* CORRUPT where these are not the bytes announced. What the disk refuses may come with a later
 * call.
 */
gboolean yihu_snapshot_unpacker_feed (YihuSnapshotUnpacker *self,
                                      const guint8 *data,
                                      gsize size,
                                      GError **error);

/* Makes sure that a later run can go on near here. */
gboolean yihu_snapshot_unpacker_keep (YihuSnapshotUnpacker *self, GError **error);

/* All has come: the hash is compared, the file synced and put in its place. CORRUPT where it is not
 * what was announced; then nothing of it is left. */
gboolean yihu_snapshot_unpacker_finish (YihuSnapshotUnpacker *self, GError **error);
void yihu_snapshot_unpacker_discard (YihuSnapshotUnpacker *self);

/* The bytes of a mark, and back (FALSE: malformed or of another key). @state: what the hash needs
 * to go on, opaque. */
GByteArray *yihu_unpack_mark_encode (const YihuUnpackMark *mark, gconstpointer state, GBytes *key);
gboolean yihu_unpack_mark_decode (YihuUnpackMark *mark,
                                  gpointer state,
                                  const guint8 *data,
                                  gsize size,
                                  GBytes *key);
gsize yihu_unpack_mark_get_state_size (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSnapshotUnpacker, yihu_snapshot_unpacker_free)

G_END_DECLS
