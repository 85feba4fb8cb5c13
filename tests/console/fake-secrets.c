/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The specification is the Secret Service API of freedesktop.org. Locked, every call that needs an
 * item open leads to a prompt that is never completed, not even when it is dismissed. */

#include "fake-secrets.h"

#include "../client/fake-server.h"

#include <string.h>

#define SERVICE_PATH "/org/freedesktop/secrets"
#define COLLECTION_PATH "/org/freedesktop/secrets/aliases/default"
#define PROMPT_PATH "/org/freedesktop/secrets/prompt/1"
#define ITEM_PREFIX "/org/freedesktop/secrets/collection/default/"
#define NO_PROMPT "/"

static const char interfaces[] =
    "<node>"
    "<interface name='org.freedesktop.Secret.Service'>"
    "<method name='OpenSession'><arg direction='in' type='s'/><arg direction='in' type='v'/>"
    "<arg direction='out' type='v'/><arg direction='out' type='o'/></method>"
    "<method name='SearchItems'><arg direction='in' type='a{ss}'/>"
    "<arg direction='out' type='ao'/><arg direction='out' type='ao'/></method>"
    "<method name='Unlock'><arg direction='in' type='ao'/>"
    "<arg direction='out' type='ao'/><arg direction='out' type='o'/></method>"
    "<method name='GetSecrets'><arg direction='in' type='ao'/><arg direction='in' type='o'/>"
    "<arg direction='out' type='a{o(oayays)}'/></method>"
    "<method name='ReadAlias'><arg direction='in' type='s'/><arg direction='out' "
    "type='o'/></method>"
    "<property name='Collections' type='ao' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Collection'>"
    "<method name='CreateItem'><arg direction='in' type='a{sv}'/>"
    "<arg direction='in' type='(oayays)'/><arg direction='in' type='b'/>"
    "<arg direction='out' type='o'/><arg direction='out' type='o'/></method>"
    "<property name='Locked' type='b' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Item'>"
    "<method name='Delete'><arg direction='out' type='o'/></method>"
    "<property name='Locked' type='b' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Prompt'>"
    "<method name='Prompt'><arg direction='in' type='s'/></method><method name='Dismiss'/>"
    "<signal name='Completed'><arg type='b'/><arg type='v'/></signal>"
    "</interface>"
    "</node>";

typedef struct
{
  FakeSecrets *store;
  char *path;
  GVariant *attributes; /* a{ss} */
  GBytes *secret;
  guint registration;
} Item;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_dbus_connection_unregister_object (item->store->connection, item->registration);
  g_variant_unref (item->attributes);
  g_bytes_unref (item->secret);
  g_free (item->path);
  g_free (item);
}

static gboolean
item_fits (const Item *item, GVariant *wanted)
{
  GVariantIter iter;
  const char *name, *value, *has;

  g_variant_iter_init (&iter, wanted);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
    if (!g_variant_lookup (item->attributes, name, "&s", &has) || strcmp (has, value) != 0)
      return FALSE;
  return TRUE;
}

/* --- answers --- */

static void
open_session (FakeSecrets *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  const char *algorithm;

  g_variant_get_child (parameters, 0, "&s", &algorithm);
  if (strcmp (algorithm, "plain") == 0)
    g_dbus_method_invocation_return_value (call, g_variant_new ("(vo)", g_variant_new_string (""),
                                                                SERVICE_PATH "/session/1"));
  else
    g_dbus_method_invocation_return_error (call, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED,
                                           "only plain");
}

static void
search_items (FakeSecrets *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  g_autoptr (GVariant) wanted = g_variant_get_child_value (parameters, 0);
  GVariantBuilder open, locked;

  g_variant_builder_init (&open, G_VARIANT_TYPE ("ao"));
  g_variant_builder_init (&locked, G_VARIANT_TYPE ("ao"));
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (item_fits (item, wanted))
        g_variant_builder_add (self->is_locked ? &locked : &open, "o", item->path);
    }
  g_dbus_method_invocation_return_value (call, g_variant_new ("(aoao)", &open, &locked));
}

static void
get_secrets (FakeSecrets *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  g_autofree const char **paths = NULL;
  const char *session;
  GVariantBuilder secrets;

  g_variant_get (parameters, "(^a&o&o)", &paths, &session);
  g_variant_builder_init (&secrets, G_VARIANT_TYPE ("a{o(oayays)}"));
  for (guint i = 0; i < self->items->len && !self->is_locked; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (g_strv_contains (paths, item->path))
        g_variant_builder_add (&secrets, "{o(o@ay@ays)}", item->path, session,
                               g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, NULL, 0, 1),
                               g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, item->secret,
                                                         TRUE),
                               "text/plain");
    }
  g_dbus_method_invocation_return_value (call, g_variant_new ("(a{o(oayays)})", &secrets));
}

static void
return_paths (GDBusMethodInvocation *call, GVariant *paths, const char *prompt)
{
  g_dbus_method_invocation_return_value (call, g_variant_new ("(@aoo)", paths, prompt));
}

static void
unlock (FakeSecrets *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  if (self->is_locked)
    return_paths (call, g_variant_new_objv (NULL, 0), PROMPT_PATH);
  else
    return_paths (call, g_variant_get_child_value (parameters, 0), NO_PROMPT);
}

static void on_call (GDBusConnection *connection,
                     const char *sender,
                     const char *path,
                     const char *interface,
                     const char *method,
                     GVariant *parameters,
                     GDBusMethodInvocation *call,
                     gpointer data);
static GVariant *on_get (GDBusConnection *connection,
                         const char *sender,
                         const char *path,
                         const char *interface,
                         const char *name,
                         GError **error,
                         gpointer data);
static const GDBusInterfaceVTable vtable = { on_call, on_get, NULL, { 0 } };

static guint
add_object (FakeSecrets *self, const char *path, const char *interface)
{
  g_autoptr (GError) error = NULL;
  guint id =
      g_dbus_connection_register_object (self->connection, path,
                                         g_dbus_node_info_lookup_interface (self->node, interface),
                                         &vtable, self, NULL, &error);

  g_assert_no_error (error);
  return id;
}

static void
remove_like (FakeSecrets *self, GVariant *attributes)
{
  for (guint i = self->items->len; i > 0; i--)
    if (item_fits (g_ptr_array_index (self->items, i - 1), attributes))
      g_ptr_array_remove_index (self->items, i - 1);
}

static void
create_item (FakeSecrets *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  g_autoptr (GVariant) properties = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) secret = g_variant_get_child_value (parameters, 1);
  g_autoptr (GVariant) value = g_variant_get_child_value (secret, 2);
  Item *item;

  if (self->is_locked)
    {
      g_dbus_method_invocation_return_dbus_error (call, "org.freedesktop.Secret.Error.IsLocked",
                                                  "locked");
      return;
    }
  item = g_new0 (Item, 1);
  item->store = self;
  item->path = g_strdup_printf (ITEM_PREFIX "%u", ++self->n_made);
  item->attributes = g_variant_lookup_value (properties, "org.freedesktop.Secret.Item.Attributes",
                                             G_VARIANT_TYPE ("a{ss}"));
  g_assert_nonnull (item->attributes);
  item->secret = g_variant_get_data_as_bytes (value);
  item->registration = add_object (self, item->path, "org.freedesktop.Secret.Item");
  remove_like (self, item->attributes);
  g_ptr_array_add (self->items, item);
  g_dbus_method_invocation_return_value (call, g_variant_new ("(oo)", item->path, NO_PROMPT));
}

static void
delete_item (FakeSecrets *self, const char *path, GDBusMethodInvocation *call)
{
  for (guint i = 0; i < self->items->len; i++)
    if (strcmp (((Item *) g_ptr_array_index (self->items, i))->path, path) == 0)
      {
        g_ptr_array_remove_index (self->items, i);
        break;
      }
  g_dbus_method_invocation_return_value (call, g_variant_new ("(o)", NO_PROMPT));
}

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *call,
         gpointer data)
{
  FakeSecrets *self = data;

  self->n_calls++;
  if (self->is_silent)
    g_ptr_array_add (self->unanswered, call);
  else if (strcmp (method, "OpenSession") == 0)
    open_session (self, parameters, call);
  else if (strcmp (method, "SearchItems") == 0)
    search_items (self, parameters, call);
  else if (strcmp (method, "Unlock") == 0)
    unlock (self, parameters, call);
  else if (strcmp (method, "GetSecrets") == 0)
    get_secrets (self, parameters, call);
  else if (strcmp (method, "CreateItem") == 0)
    create_item (self, parameters, call);
  else if (strcmp (method, "Delete") == 0)
    delete_item (self, path, call);
  else if (strcmp (method, "ReadAlias") == 0)
    g_dbus_method_invocation_return_value (call, g_variant_new ("(o)", COLLECTION_PATH));
  else
    {
      self->n_prompts += strcmp (method, "Prompt") == 0;
      g_dbus_method_invocation_return_value (call, NULL);
    }
}

static GVariant *
on_get (GDBusConnection *connection,
        const char *sender,
        const char *path,
        const char *interface,
        const char *name,
        GError **error,
        gpointer data)
{
  FakeSecrets *self = data;
  const char *collections[] = { COLLECTION_PATH };

  return strcmp (name, "Locked") == 0 ? g_variant_new_boolean (self->is_locked)
                                      : g_variant_new_objv (collections, 1);
}

/* --- the store --- */

FakeSecrets *
fake_secrets_new (const char *bus_address)
{
  FakeSecrets *self = g_new0 (FakeSecrets, 1);
  g_autoptr (GError) error = NULL;

  self->connection =
      g_dbus_connection_new_for_address_sync (bus_address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  self->node = g_dbus_node_info_new_for_xml (interfaces, &error);
  g_assert_no_error (error);
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->unanswered = g_ptr_array_new ();
  add_object (self, SERVICE_PATH, "org.freedesktop.Secret.Service");
  add_object (self, COLLECTION_PATH, "org.freedesktop.Secret.Collection");
  add_object (self, PROMPT_PATH, "org.freedesktop.Secret.Prompt");
  return self;
}

void
fake_secrets_free (FakeSecrets *self)
{
  for (guint i = 0; i < self->unanswered->len; i++)
    g_dbus_method_invocation_return_dbus_error (g_ptr_array_index (self->unanswered, i),
                                                "org.freedesktop.DBus.Error.Failed", "too late");
  fake_secrets_hide (self);
  g_ptr_array_unref (self->unanswered);
  g_ptr_array_unref (self->items);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_dbus_node_info_unref (self->node);
  g_free (self);
}

static void
on_named (GDBusConnection *connection, const char *name, gpointer named)
{
  *(gboolean *) named = TRUE;
}

void
fake_secrets_show (FakeSecrets *self)
{
  static gboolean named;

  named = FALSE;
  self->name_id =
      g_bus_own_name_on_connection (self->connection, "org.freedesktop.secrets",
                                    G_BUS_NAME_OWNER_FLAGS_NONE, on_named, NULL, &named, NULL);
  fake_wait (named);
}

void
fake_secrets_hide (FakeSecrets *self)
{
  if (self->name_id != 0)
    g_bus_unown_name (self->name_id);
  self->name_id = 0;
  g_dbus_connection_flush_sync (self->connection, NULL, NULL);
}

GBytes *
fake_secrets_find (FakeSecrets *self, const char *server, const char *login)
{
  g_autoptr (GVariant) wanted =
      g_variant_ref_sink (g_variant_new_parsed ("{'server': %s, 'login': %s}", server, login));

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (item_fits (item, wanted))
        return g_bytes_ref (item->secret);
    }
  return NULL;
}
