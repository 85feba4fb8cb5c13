/* SPDX-License-Identifier: GPL-3.0-or-later */

/* JSON from outside, behind limits. One linear scan refuses what is too large or too deep before
 * jansson builds anything; jansson refuses repeated keys, bad UTF-8, NUL in strings and trailing
 * bytes. Messages name the field and the fault and never quote the value, which may be personal. */

#include "base/bounded-json.h"

#include "base/error.h"

#include <string.h>

#define PRINT_ROOM 4096

void
yihu_json_init (void)
{
  json_set_alloc_funcs (g_malloc, g_free);
  json_object_seed (0);
}

static gboolean
depth_is_bounded (const char *text, gsize length)
{
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    switch (text[i])
      {
      case '"':
        in_string = !in_string;
        break;
      case '\\':
        if (in_string)
          i++;
        break;
      case '{':
      case '[':
        if (!in_string && ++depth > YIHU_JSON_MAX_DEPTH)
          return FALSE;
        break;
      case '}':
      case ']':
        if (!in_string && depth > 0)
          depth--;
        break;
      default:
        break;
      }
  return TRUE;
}

json_t *
yihu_json_parse (const char *text, gssize length, gsize max_bytes, GError **error)
{
  gsize n_bytes;
  json_error_t problem;
  json_t *json;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  n_bytes = length < 0 ? strlen (text) : (gsize) length;
  if (n_bytes > (max_bytes != 0 ? max_bytes : YIHU_JSON_MAX_BYTES))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "JSON of %" G_GSIZE_FORMAT " bytes",
                   n_bytes);
      return NULL;
    }
  if (!depth_is_bounded (text, n_bytes))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "JSON nested deeper than %d",
                   YIHU_JSON_MAX_DEPTH);
      return NULL;
    }
  json = json_loadb (n_bytes > 0 ? text : "", n_bytes, JSON_REJECT_DUPLICATES, &problem);
  if (json == NULL)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "JSON is malformed at byte %d (code %d)",
                 problem.position, json_error_code (&problem));
  return json;
}

/* Most of what is said fits into the room; the rest is gone through a second time. */
char *
yihu_json_print (const json_t *json)
{
  const gsize flags = JSON_COMPACT | JSON_ENCODE_ANY;
  char room[PRINT_ROOM];
  gsize length = json_dumpb (json, room, sizeof room, flags);
  char *text;

  if (length <= sizeof room)
    return g_strndup (room, length);
  text = g_malloc (length + 1);
  json_dumpb (json, text, length, flags);
  text[length] = '\0';
  return text;
}

char *
yihu_json_print_text (const char *text)
{
  g_autoptr (json_t) json = json_string (text);

  return json != NULL ? yihu_json_print (json) : g_strdup ("\"\"");
}

static gboolean G_GNUC_PRINTF (3, 4)
    refuse (GError **error, const char *key, const char *format, ...)
{
  g_autofree char *fault = NULL;
  va_list arguments;

  va_start (arguments, format);
  fault = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "field '%s': %s", key, fault);
  return FALSE;
}

/* Sets @member to NULL where an optional member is missing. */
static gboolean
read_member (const json_t *object,
             const char *key,
             gboolean required,
             const json_t **member,
             GError **error)
{
  *member = json_object_get (object, key);
  return *member != NULL || !required || refuse (error, key, "is missing");
}

gboolean
yihu_json_read_text (const json_t *object,
                     const char *key,
                     gboolean required,
                     gsize max_bytes,
                     const char **value,
                     GError **error)
{
  const json_t *member;

  if (!read_member (object, key, required, &member, error))
    return FALSE;
  if (member == NULL)
    return TRUE;
  if (!json_is_string (member))
    return refuse (error, key, "is not a text");
  if (json_string_length (member) > max_bytes)
    return refuse (error, key, "is longer than %" G_GSIZE_FORMAT " bytes", max_bytes);
  *value = json_string_value (member);
  return TRUE;
}

gboolean
yihu_json_read_int (const json_t *object,
                    const char *key,
                    gboolean required,
                    gint64 lowest,
                    gint64 highest,
                    gint64 *value,
                    GError **error)
{
  const json_t *member;

  if (!read_member (object, key, required, &member, error))
    return FALSE;
  if (member == NULL)
    return TRUE;
  if (!json_is_integer (member))
    return refuse (error, key, "is not a whole number");
  if (json_integer_value (member) < lowest || json_integer_value (member) > highest)
    return refuse (error, key, "is outside %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, lowest,
                   highest);
  *value = json_integer_value (member);
  return TRUE;
}

gboolean
yihu_json_read_bool (const json_t *object,
                     const char *key,
                     gboolean required,
                     gboolean *value,
                     GError **error)
{
  const json_t *member;

  if (!read_member (object, key, required, &member, error))
    return FALSE;
  if (member == NULL)
    return TRUE;
  if (!json_is_boolean (member))
    return refuse (error, key, "is not true or false");
  *value = json_is_true (member);
  return TRUE;
}

gboolean
yihu_json_read_object (const json_t *object,
                       const char *key,
                       gboolean required,
                       const json_t **value,
                       GError **error)
{
  const json_t *member;

  if (!read_member (object, key, required, &member, error))
    return FALSE;
  if (member == NULL)
    return TRUE;
  if (!json_is_object (member))
    return refuse (error, key, "is not an object");
  *value = member;
  return TRUE;
}

gboolean
yihu_json_read_array (const json_t *object,
                      const char *key,
                      gboolean required,
                      gsize max_items,
                      const json_t **value,
                      GError **error)
{
  const json_t *member;

  if (!read_member (object, key, required, &member, error))
    return FALSE;
  if (member == NULL)
    return TRUE;
  if (!json_is_array (member))
    return refuse (error, key, "is not an array");
  if (json_array_size (member) > max_items)
    return refuse (error, key, "has more than %" G_GSIZE_FORMAT " items", max_items);
  *value = member;
  return TRUE;
}
