/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

/* The only door for JSON from outside: size, depth, duplicate keys and UTF-8 are checked before a
 * tree is built; the readers check type, range and length of one member and name it in their error
 * (YIHU_ERROR_INVALID "field 'due_at_us': ..."). Call yihu_json_init() first in every main(). */

G_BEGIN_DECLS

#define YIHU_JSON_MAX_BYTES (1024 * 1024)
#define YIHU_JSON_MAX_DEPTH 64

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

void yihu_json_init (void); /* jansson allocates by g_malloc(), hashes with a random seed */

/* @max_bytes 0 means YIHU_JSON_MAX_BYTES. Returns: (transfer full): an object or an array. */
json_t *yihu_json_parse (const char *text, gssize length, gsize max_bytes, GError **error);
char *yihu_json_print (const json_t *json); /* compact; keys in the order of insertion */
char *yihu_json_print_text (const char *text); /* quoted and escaped; "" where it is not UTF-8 */

/* Readers: FALSE with error when wrong; a missing optional member leaves the default and returns
 * TRUE. */
gboolean yihu_json_read_text (const json_t *object,
                              const char *key,
                              gboolean required,
                              gsize max_bytes,
                              const char **value,
                              GError **error); /* (transfer none) */
gboolean yihu_json_read_int (const json_t *object,
                             const char *key,
                             gboolean required,
                             gint64 lowest,
                             gint64 highest,
                             gint64 *value,
                             GError **error);
gboolean yihu_json_read_bool (const json_t *object,
                              const char *key,
                              gboolean required,
                              gboolean *value,
                              GError **error);
gboolean yihu_json_read_object (const json_t *object,
                                const char *key,
                                gboolean required,
                                const json_t **value,
                                GError **error);
gboolean yihu_json_read_array (const json_t *object,
                               const char *key,
                               gboolean required,
                               gsize max_items,
                               const json_t **value,
                               GError **error);

G_END_DECLS
