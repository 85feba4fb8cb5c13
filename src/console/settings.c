/* SPDX-License-Identifier: GPL-3.0-or-later */

/* GSettings ends the program where its schema is missing, as it is in a build folder that nobody
 * pointed to: so the schema is looked up first. */

#include "console/settings.h"

#define SCHEMA "cn.yihu.Console"

char *
yihu_settings_dup_text (const char *key)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      source != NULL ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;
  g_autoptr (GSettings) settings = NULL;
  g_autofree char *text = NULL;

  if (schema == NULL || !g_settings_schema_has_key (schema, key))
    return NULL;
  settings = g_settings_new_full (schema, NULL, NULL);
  text = g_settings_get_string (settings, key);
  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}
