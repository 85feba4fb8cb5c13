/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The secret store by libsecret. Whatever goes wrong there is one thing for us: the key is not to
 * be had, and the caller has another way. A store may also be silent (it asks for its password in a
 * window that nobody sees), and libsecret then waits for the end of that window whatever its
 * cancellable says. So each call runs in a main context of its own, which is simply left after a
 * while; what is left there is never heard of again.
 *
 * libsecret keeps its connection to the store, but learns of the store's end in the context of the
 * call that made it: so each call ends with letting go of it. */

#include "console/key-ring.h"

#include "base/error.h"

#include <libsecret/secret.h>

#define PATIENCE_MS 8000
#define GRACE_MS 300 /* for the answer to a cancelled call */

struct _YihuKeyRing
{
  GObject parent_instance;

  guint patience_ms;
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
  self->patience_ms = PATIENCE_MS;
}

YihuKeyRing *
yihu_key_ring_new (void)
{
  return g_object_new (YIHU_TYPE_KEY_RING, NULL);
}

void
yihu_key_ring_set_patience_ms (YihuKeyRing *self, guint patience_ms)
{
  g_return_if_fail (YIHU_IS_KEY_RING (self));
  self->patience_ms = patience_ms;
}

/* --- one call --- */

/* Counted, because an answer may come after the call was left. */
typedef struct
{
  GMainContext *context; /* (owned) */
  GCancellable *cancellable; /* (owned): of the call in libsecret */
  GAsyncResult *result; /* (owned) (nullable) */
  GSList *sources; /* (owned): they hold the call */
  gboolean is_left;
} Call;

static void
call_clear (gpointer data)
{
  Call *call = data;

  g_clear_object (&call->result);
  g_clear_object (&call->cancellable);
  g_main_context_unref (call->context);
}

static void
call_unref (gpointer call)
{
  g_atomic_rc_box_release_full (call, call_clear);
}

static void
add_source (Call *call, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, g_atomic_rc_box_acquire (call), call_unref);
  g_source_attach (source, call->context);
  call->sources = g_slist_prepend (call->sources, source);
}

static gboolean
on_grace_over (gpointer data)
{
  ((Call *) data)->is_left = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_late (gpointer data)
{
  Call *call = data;

  if (!g_cancellable_is_cancelled (call->cancellable))
    add_source (call, g_timeout_source_new (GRACE_MS), on_grace_over);
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
on_caller_cancelled (GCancellable *caller, gpointer data)
{
  return on_late (data);
}

/* The callback of libsecret; takes over a reference to the call. */
static void
on_answer (GObject *object, GAsyncResult *result, gpointer data)
{
  Call *call = data;

  call->result = g_object_ref (result);
  call_unref (call);
}

static Call *
call_begin (YihuKeyRing *self, GCancellable *caller)
{
  Call *call = g_atomic_rc_box_new0 (Call);

  call->context = g_main_context_new ();
  call->cancellable = g_cancellable_new ();
  add_source (call, g_timeout_source_new (self->patience_ms), on_late);
  if (caller != NULL)
    add_source (call, g_cancellable_source_new (caller), G_SOURCE_FUNC (on_caller_cancelled));
  g_main_context_push_thread_default (call->context);
  return call;
}

/* FALSE: there is no answer. */
static gboolean
call_wait (Call *call)
{
  while (call->result == NULL && !call->is_left)
    g_main_context_iteration (call->context, TRUE);
  secret_service_disconnect ();
  while (g_main_context_iteration (call->context, FALSE))
    continue;
  g_main_context_pop_thread_default (call->context);
  for (GSList *l = call->sources; l != NULL; l = l->next)
    g_source_destroy (l->data);
  g_slist_free_full (g_steal_pointer (&call->sources), (GDestroyNotify) g_source_unref);
  return call->result != NULL;
}

static gboolean
fail (GError *problem, const char *attempt, GError **error)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED, "%s the secret store: %s", attempt,
               problem != NULL ? problem->message : "no answer");
  g_clear_error (&problem);
  return FALSE;
}

/* --- what is asked --- */

gboolean
yihu_key_ring_store (YihuKeyRing *self,
                     const char *server,
                     const char *login,
                     GBytes *parcel,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *text =
      g_base64_encode (g_bytes_get_data (parcel, NULL), g_bytes_get_size (parcel));
  g_autofree char *label = g_strdup_printf ("颐呼 12349 (%s)", login);
  Call *call = call_begin (self, cancellable);
  GError *problem = NULL;
  gboolean good;

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, text, call->cancellable,
                         on_answer, g_atomic_rc_box_acquire (call), "server", server, "login",
                         login, NULL);
  good = call_wait (call) && secret_password_store_finish (call->result, &problem);
  call_unref (call);
  return good || fail (problem, "put into", error);
}

GBytes *
yihu_key_ring_find (YihuKeyRing *self,
                    const char *server,
                    const char *login,
                    GCancellable *cancellable,
                    GError **error)
{
  Call *call = call_begin (self, cancellable);
  GError *problem = NULL;
  char *text = NULL;
  gboolean answered;
  guchar *data;
  gsize size;

  secret_password_lookup (&schema, call->cancellable, on_answer, g_atomic_rc_box_acquire (call),
                          "server", server, "login", login, NULL);
  answered = call_wait (call);
  if (answered)
    text = secret_password_lookup_finish (call->result, &problem);
  call_unref (call);
  if (!answered || problem != NULL)
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
  Call *call = call_begin (self, NULL);
  GError *problem = NULL;
  gboolean answered;

  secret_password_clear (&schema, call->cancellable, on_answer, g_atomic_rc_box_acquire (call),
                         "server", server, "login", login, NULL);
  answered = call_wait (call);
  if (answered)
    secret_password_clear_finish (call->result, &problem);
  call_unref (call);
  return (answered && problem == NULL) || fail (problem, "remove from", error);
}
