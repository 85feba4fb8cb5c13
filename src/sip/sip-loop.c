/* SPDX-License-Identifier: GPL-3.0-or-later */

/* sofia's GSource lives in an inner GMainContext. A bridge source in the outer context polls the
 * inner one's descriptors and lets it dispatch. Invariant: prepare, query, check and dispatch of
 * the inner context happen in this order once per turn of the outer loop, which is why prepare
 * never says "ready" itself (the outer loop would then skip check). */

#include "sip/sip-loop.h"

#include <sofia-sip/su.h>
#include <sofia-sip/su_glib.h>
#include <sofia-sip/su_log.h>
#include <string.h>

#define MAX_FDS 64

typedef struct
{
  GSource source;
  GMainContext *inner;
  int priority;
  GPollFD fds[MAX_FDS];
  gpointer tags[MAX_FDS];
  int n_fds;
} Bridge;

struct _YihuSipLoop
{
  GMainContext *inner;
  GSource *bridge;
  GSource *sofia;
  su_root_t *root;
};

static void
bridge_watch (Bridge *self, const GPollFD *fds, int n_fds)
{
  gboolean same = n_fds == self->n_fds;

  for (int i = 0; same && i < n_fds; i++)
    same = fds[i].fd == self->fds[i].fd && fds[i].events == self->fds[i].events;
  if (same)
    return;
  for (int i = 0; i < self->n_fds; i++)
    g_source_remove_unix_fd (&self->source, self->tags[i]);
  self->n_fds = n_fds;
  for (int i = 0; i < n_fds; i++)
    {
      self->fds[i] = fds[i];
      self->tags[i] = g_source_add_unix_fd (&self->source, fds[i].fd, fds[i].events);
    }
}

static gboolean
bridge_prepare (GSource *source, int *timeout_ms)
{
  Bridge *self = (Bridge *) source;
  GPollFD fds[MAX_FDS];
  gboolean ready = g_main_context_prepare (self->inner, &self->priority);
  int n_fds = g_main_context_query (self->inner, self->priority, timeout_ms, fds, MAX_FDS);

  bridge_watch (self, fds, MIN (n_fds, MAX_FDS));
  if (ready)
    *timeout_ms = 0;
  return FALSE;
}

static gboolean
bridge_check (GSource *source)
{
  Bridge *self = (Bridge *) source;

  for (int i = 0; i < self->n_fds; i++)
    self->fds[i].revents = g_source_query_unix_fd (source, self->tags[i]);
  return g_main_context_check (self->inner, self->priority, self->fds, self->n_fds);
}

static gboolean
bridge_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  g_main_context_dispatch (((Bridge *) source)->inner);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs bridge_funcs = {
  bridge_prepare, bridge_check, bridge_dispatch, NULL, NULL, NULL
};

/* sofia complains of strangers' packets on stderr, with their addresses. */
G_GNUC_PRINTF (2, 0)
static void
on_sofia_log (void *stream, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);

  g_debug ("sofia: %s", g_strchomp (text));
}

YihuSipLoop *
yihu_sip_loop_new (void)
{
  YihuSipLoop *self = g_new0 (YihuSipLoop, 1);

  su_init ();
  su_log_redirect (NULL, on_sofia_log, NULL);
  self->inner = g_main_context_new ();
  g_main_context_acquire (self->inner);
  self->root = su_glib_root_create (NULL);
  self->sofia = su_glib_root_gsource (self->root);
  g_source_attach (self->sofia, self->inner);

  self->bridge = g_source_new (&bridge_funcs, sizeof (Bridge));
  ((Bridge *) self->bridge)->inner = self->inner;
  g_source_set_name (self->bridge, "yihu-sip");
  g_source_attach (self->bridge, g_main_context_get_thread_default ());
  return self;
}

void
yihu_sip_loop_free (YihuSipLoop *self)
{
  if (self == NULL)
    return;
  g_source_destroy (self->bridge);
  g_source_unref (self->bridge);
  su_root_destroy (self->root);
  g_main_context_release (self->inner);
  g_main_context_unref (self->inner);
  su_deinit ();
  g_free (self);
}

su_root_t *
yihu_sip_loop_get_root (YihuSipLoop *self)
{
  return self->root;
}

static gboolean
on_deadline (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

gboolean
yihu_sip_loop_wait (YihuSipLoop *self, const gboolean *done, guint timeout_ms)
{
  gboolean late = FALSE;
  g_autoptr (GSource) deadline = g_timeout_source_new (timeout_ms);

  g_source_set_callback (deadline, on_deadline, &late, NULL);
  g_source_attach (deadline, self->inner);
  while (!*done && !late)
    g_main_context_iteration (self->inner, TRUE);
  g_source_destroy (deadline);
  return *done;
}
