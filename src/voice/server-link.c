/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The thread on which the event post lives, and the way to it: a ringing telephone never waits for
 * the disk. Events go there in the order in which they were sent (sources of one priority run in
 * their order); the secret comes back as a source of the context that made the link. Opening and
 * stopping wait for the thread: they happen before the calls begin and after they have ended. */

#include "voice/server-link.h"

#include "voice/event-post.h"

struct _YihuServerLink
{
  YihuLink parent_instance;

  GMainContext *home; /* (owned): of who made the link */
  GMainContext *away; /* (owned): of the thread */
  GMainLoop *loop; /* (owned): runs in the thread */
  GThread *thread; /* (owned) (nullable): NULL once joined */
  YihuEventPost *post; /* (owned) (nullable): the thread's */
  GBytes *secret; /* (owned) (nullable): as it is known at home */

  GMutex lock; /* protects the members below */
  GBytes *new_secret; /* (owned) (nullable): not yet told at home */
  GSource *news; /* (owned) (nullable): will tell it */
};

static guint secret_signal;

G_DEFINE_FINAL_TYPE (YihuServerLink, yihu_server_link, YIHU_TYPE_LINK)

static gpointer
run_thread (gpointer data)
{
  YihuServerLink *self = data;

  g_main_context_push_thread_default (self->away);
  g_main_loop_run (self->loop);
  g_clear_pointer (&self->post, yihu_event_post_free);
  while (g_main_context_iteration (self->away, FALSE))
    ; /* answers that were on their way end here */
  g_main_context_pop_thread_default (self->away);
  return NULL;
}

static void
run_away (YihuServerLink *self, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, self->away);
}

/* The secret's way home */

static gboolean
on_news (gpointer data)
{
  YihuServerLink *self = data;
  g_autoptr (GBytes) secret = NULL;

  g_mutex_lock (&self->lock);
  secret = g_steal_pointer (&self->new_secret);
  g_clear_pointer (&self->news, g_source_unref);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->secret, g_bytes_unref);
  self->secret = g_bytes_ref (secret);
  g_signal_emit (self, secret_signal, 0, secret);
  return G_SOURCE_REMOVE;
}

static void
tell_secret (gpointer data, GBytes *secret)
{
  YihuServerLink *self = data;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->new_secret, g_bytes_unref);
  self->new_secret = g_bytes_ref (secret);
  if (self->news == NULL)
    {
      self->news = g_idle_source_new ();
      g_source_set_priority (self->news, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->news, on_news, self, NULL);
      g_source_attach (self->news, self->home);
    }
  g_mutex_unlock (&self->lock);
}

/* Sending */

typedef struct
{
  YihuServerLink *link; /* not owned: it joins the thread before it goes */
  YihuCommand *command; /* (owned) */
} Letter;

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  yihu_command_unref (letter->command);
  g_free (letter);
}

static gboolean
on_letter (gpointer data)
{
  Letter *letter = data;

  yihu_event_post_send (letter->link->post, letter->command);
  return G_SOURCE_REMOVE;
}

static void
yihu_server_link_send (YihuLink *link, YihuCommand *command)
{
  YihuServerLink *self = YIHU_SERVER_LINK (link);
  Letter *letter = g_new0 (Letter, 1);

  letter->link = self;
  letter->command = yihu_command_ref (command);
  run_away (self, on_letter, letter, letter_free);
}

/* The object */

static void
yihu_server_link_dispose (GObject *object)
{
  yihu_server_link_stop (YIHU_SERVER_LINK (object));
  G_OBJECT_CLASS (yihu_server_link_parent_class)->dispose (object);
}

static void
yihu_server_link_finalize (GObject *object)
{
  YihuServerLink *self = YIHU_SERVER_LINK (object);

  g_main_loop_unref (self->loop);
  g_main_context_unref (self->away);
  g_main_context_unref (self->home);
  g_clear_pointer (&self->secret, g_bytes_unref);
  g_clear_pointer (&self->new_secret, g_bytes_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (yihu_server_link_parent_class)->finalize (object);
}

static void
yihu_server_link_class_init (YihuServerLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = yihu_server_link_dispose;
  object_class->finalize = yihu_server_link_finalize;
  YIHU_LINK_CLASS (klass)->send = yihu_server_link_send;
  secret_signal = g_signal_new ("secret", YIHU_TYPE_SERVER_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
}

static void
yihu_server_link_init (YihuServerLink *self)
{
  g_mutex_init (&self->lock);
  self->home = g_main_context_ref_thread_default ();
  self->away = g_main_context_new ();
  self->loop = g_main_loop_new (self->away, FALSE);
}

typedef struct
{
  YihuServerLink *link;
  const YihuEventPostConfig *config;
  YihuClock *clock;
  GError *error;
  GMutex lock;
  GCond done;
  gboolean is_done;
} Opening;

static gboolean
on_open (gpointer data)
{
  Opening *opening = data;
  YihuServerLink *self = opening->link;

  self->post =
      yihu_event_post_new (opening->config, opening->clock, tell_secret, self, &opening->error);
  if (self->post != NULL && yihu_event_post_get_secret (self->post) != NULL)
    self->secret = g_bytes_ref (yihu_event_post_get_secret (self->post));
  g_mutex_lock (&opening->lock);
  opening->is_done = TRUE;
  g_cond_signal (&opening->done);
  g_mutex_unlock (&opening->lock);
  return G_SOURCE_REMOVE;
}

static gboolean
open_post (Opening *opening, GError **error)
{
  g_mutex_init (&opening->lock);
  g_cond_init (&opening->done);
  run_away (opening->link, on_open, opening, NULL);
  g_mutex_lock (&opening->lock);
  while (!opening->is_done)
    g_cond_wait (&opening->done, &opening->lock);
  g_mutex_unlock (&opening->lock);
  g_cond_clear (&opening->done);
  g_mutex_clear (&opening->lock);
  if (opening->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&opening->error));
  return FALSE;
}

YihuServerLink *
yihu_server_link_new (const char *server,
                      const char *login,
                      const char *password,
                      const char *data_dir,
                      YihuTrust *trust,
                      YihuClock *clock,
                      GError **error)
{
  g_autoptr (YihuServerLink) self = g_object_new (YIHU_TYPE_SERVER_LINK, NULL);
  YihuEventPostConfig config = { server, login, password, data_dir, trust };
  Opening opening = { .link = self, .config = &config, .clock = clock };

  self->thread = g_thread_new ("server-link", run_thread, self);
  return open_post (&opening, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
on_start (gpointer data)
{
  yihu_event_post_start (((YihuServerLink *) data)->post);
  return G_SOURCE_REMOVE;
}

void
yihu_server_link_start (YihuServerLink *self)
{
  run_away (self, on_start, self, NULL);
}

static gboolean
on_stop (gpointer data)
{
  g_main_loop_quit (((YihuServerLink *) data)->loop);
  return G_SOURCE_REMOVE;
}

void
yihu_server_link_stop (YihuServerLink *self)
{
  if (self->thread == NULL)
    return;
  run_away (self, on_stop, self, NULL); /* behind everything that was sent */
  g_thread_join (g_steal_pointer (&self->thread));
  if (self->news != NULL)
    g_source_destroy (self->news);
  g_clear_pointer (&self->news, g_source_unref);
}

GBytes *
yihu_server_link_get_secret (YihuServerLink *self)
{
  return self->secret;
}
