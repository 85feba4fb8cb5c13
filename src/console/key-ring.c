/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The secret store by libsecret. Whatever goes wrong there is one thing for us: the key is not to
 * be had, and the caller has another way. A store may also be silent (it asks for its password in a
 * window that nobody sees), so a call is given up after a while. */

#include "console/key-ring.h"

#include "base/error.h"

#include <libsecret/secret.h>

#define PATIENCE_MS 8000

struct _YihuKeyRing
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (YihuKeyRing, yihu_key_ring, G_TYPE_OBJECT)

static const SecretSchema schema = {
  .name = "cn.yihu.Console.Login",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
                  { "login", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

static void
yihu_key_ring_class_init (YihuKeyRingClass *klass)
{
}

static void
yihu_key_ring_init (YihuKeyRing *self)
{
}

YihuKeyRing *
yihu_key_ring_new (void)
{
  return g_object_new (YIHU_TYPE_KEY_RING, NULL);
}

/* A deadline for one call: the main loop cancels it, the call runs in a thread of its own. */
typedef struct
{
  GCancellable *cancellable; /* (owned) */
  GSource *source; /* (owned) */
} Deadline;

static gboolean
on_late (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
deadline_begin (Deadline *deadline)
{
  deadline->cancellable = g_cancellable_new ();
  deadline->source = g_timeout_source_new (PATIENCE_MS);
  g_source_set_callback (deadline->source, on_late, g_object_ref (deadline->cancellable),
                         g_object_unref);
  g_source_attach (deadline->source, NULL);
}

static void
deadline_end (Deadline *deadline)
{
  g_source_destroy (deadline->source);
  g_source_unref (deadline->source);
  g_clear_object (&deadline->cancellable);
}

static gboolean
fail (GError *problem, const char *attempt, GError **error)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED, "%s the secret store: %s", attempt,
               problem != NULL ? problem->message : "no answer");
  g_clear_error (&problem);
  return FALSE;
}

gboolean
yihu_key_ring_store (YihuKeyRing *self,
                     const char *server,
                     const char *login,
                     GBytes *parcel,
                     GError **error)
{
  g_autofree char *text =
      g_base64_encode (g_bytes_get_data (parcel, NULL), g_bytes_get_size (parcel));
  g_autofree char *label = g_strdup_printf ("颐呼 12349 (%s)", login);
  GError *problem = NULL;
  Deadline deadline;
  gboolean good;

  deadline_begin (&deadline);
  good = secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, label, text,
                                     deadline.cancellable, &problem, "server", server, "login",
                                     login, NULL);
  deadline_end (&deadline);
  return good || fail (problem, "put into", error);
}

GBytes *
yihu_key_ring_find (YihuKeyRing *self, const char *server, const char *login, GError **error)
{
  GError *problem = NULL;
  Deadline deadline;
  char *text;
  guchar *data;
  gsize size;

  deadline_begin (&deadline);
  text = secret_password_lookup_sync (&schema, deadline.cancellable, &problem, "server", server,
                                      "login", login, NULL);
  deadline_end (&deadline);
  if (problem != NULL)
    {
      fail (problem, "ask", error);
      return NULL;
    }
  if (text == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "the secret store has no such key");
      return NULL;
    }
  data = g_base64_decode (text, &size);
  secret_password_free (text);
  return g_bytes_new_take (data, size);
}

gboolean
yihu_key_ring_remove (YihuKeyRing *self, const char *server, const char *login, GError **error)
{
  GError *problem = NULL;
  Deadline deadline;

  deadline_begin (&deadline);
  secret_password_clear_sync (&schema, deadline.cancellable, &problem, "server", server, "login",
                              login, NULL);
  deadline_end (&deadline);
  return problem == NULL || fail (problem, "remove from", error);
}
