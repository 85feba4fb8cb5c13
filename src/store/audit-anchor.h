/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/audit-chain.h"

/* Anchors: lines outside the store, one a day, each the number and the hash of the audit chain's
 * newest row. Whoever rewrites the whole chain, or cuts off its end, has to change them, too; and
 * copies of them are kept elsewhere. They hold no personal data. A line, fields by single blanks:
 *
 *   yihu-anchor 1 day   2026-11-22T00:00:03Z NUMBER HASH [SIGNATURE]
 *   yihu-anchor 1 restored …        the store was restored to this row: anchors of higher rows
 *                                   above this line are void
 *
 * SIGNATURE is Ed25519 over the line up to it, in hex. */

G_BEGIN_DECLS

#define YIHU_ANCHOR_MAX_LINE 512

typedef enum
{
  YIHU_ANCHOR_DAY,
  YIHU_ANCHOR_RESTORED,
} YihuAnchorKind;

typedef struct
{
  YihuAnchorKind kind;
  gint64 at_us; /* whole seconds */
  gint64 number; /* 0 in an empty chain, and then without hash: "-" */
  char hash[YIHU_AUDIT_HASH_LENGTH + 1];
  gboolean is_signed; /* when read: with a signature that fits the key */
  gboolean is_void; /* when a file is read: a later line "restored" took it back */
} YihuAnchor;

/* A pair of keys; the secret half only where the server signs. */
typedef struct
{
  guint8 public_key[32];
  guint8 secret_key[64];
  gboolean has_secret;
} YihuAnchorKey;

/* Makes @path (0600, the secret) and @path.pub. REJECTED where one is there already. */
gboolean yihu_anchor_key_create (const char *path, GError **error);
/* Either of the two files. */
gboolean yihu_anchor_key_load (const char *path, YihuAnchorKey *key, GError **error);

/* @key: (nullable). (transfer full): without line end */
char *yihu_anchor_format (const YihuAnchor *anchor, const YihuAnchorKey *key);
/* @key: (nullable): with one, a line whose signature is missing or wrong is refused. INVALID. */
gboolean
yihu_anchor_parse (const char *line, const YihuAnchorKey *key, YihuAnchor *anchor, GError **error);

/* Adds a line to @path (made 0600) and syncs it. A last line without its end is an append that a
 * power cut or a full disk broke off: it is cut away first, and passed over by who reads. */
gboolean yihu_anchor_append (const char *path, const char *line, GError **error);
/* All anchors of a file in its order, and the line of the first bad one in the error's message.
 * (transfer full) (element-type YihuAnchor); a file that is not there holds none. */
GArray *yihu_anchors_load (const char *path, const YihuAnchorKey *key, GError **error);
GArray *yihu_anchors_parse (const char *text, const YihuAnchorKey *key, GError **error);

/* The next anchor to look at behind row @after, by number; NULL: none. @anchors sorted by
 * yihu_anchors_sort(). */
void yihu_anchors_sort (GArray *anchors);
const YihuAnchor *yihu_anchors_find_next (const GArray *anchors, gint64 after);

G_END_DECLS
