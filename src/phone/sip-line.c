/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The shared stack. Lines are found again by a thread-private table without references, so the
 * last phone that goes takes the stack along: sofia knows no two stacks on one port, and a stack a
 * phone would cost a thread and a port each. An event is delivered to the target bound to its
 * handle; only a new INVITE is looked up by the user part of its request URI. */

#include "phone/sip-line.h"

#include "base/error.h"
#include "sip/sip-header.h"
#include "sip/sip-loop.h"

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_status.h>

#define START_MS 5000
#define SHUTDOWN_MS 1500

struct _YihuSipLine
{
  int references;
  int depth; /* events being handled */
  char *host; /* (owned) */
  guint port;
  YihuSipLoop *loop; /* (owned) */
  nua_t *nua;
  GHashTable *users; /* (owned) user -> YihuSipTarget */
  gboolean has_params;
  gboolean is_down;
};

static GPrivate lines_private = G_PRIVATE_INIT ((GDestroyNotify) g_hash_table_unref);

static GHashTable *
get_lines (void)
{
  GHashTable *lines = g_private_get (&lines_private);

  if (lines == NULL)
    {
      lines = g_hash_table_new (g_str_hash, g_str_equal);
      g_private_set (&lines_private, lines);
    }
  return lines;
}

static void
on_new_invite (YihuSipLine *self, const YihuSipEvent *event)
{
  g_autofree char *user = yihu_sip_dup_called (event->sip);
  YihuSipTarget *target = g_hash_table_lookup (self->users, user);

  if (target != NULL)
    {
      target->on_event (target, event);
      return;
    }
  nua_respond (event->handle, SIP_404_NOT_FOUND, TAG_END ());
  nua_handle_destroy (event->handle);
}

static void
read_port (YihuSipLine *self, tagi_t tags[])
{
  const sip_contact_t *contact = NULL;

  tl_gets (tags, NTATAG_CONTACT_REF (contact), TAG_END ());
  if (contact != NULL && contact->m_url->url_port != NULL)
    self->port = (guint) g_ascii_strtoull (contact->m_url->url_port, NULL, 10);
  self->has_params = TRUE;
}

static void
on_nua_event (nua_event_t event,
              int status,
              char const *phrase,
              nua_t *nua,
              YihuSipLine *self,
              nua_handle_t *handle,
              YihuSipTarget *target,
              sip_t const *sip,
              tagi_t tags[])
{
  YihuSipEvent copy = { event, status, phrase, handle, sip };

  yihu_sip_line_ref (self);
  self->depth++;
  if (event == nua_r_get_params)
    read_port (self, tags);
  else if (event == nua_r_shutdown)
    self->is_down = status >= 200;
  else if (target != NULL)
    target->on_event (target, &copy);
  else if (event == nua_i_invite && sip != NULL)
    on_new_invite (self, &copy);
  yihu_sip_line_unref (self); /* never frees at this depth */
  self->depth--;
}

/* Asked before sofia-sip is: where it cannot bind, it loses its loop. */
static gboolean
can_bind (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  g_autoptr (GSocketAddress) place = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (address == NULL)
    return TRUE; /* a name: sofia looks it up */
  place = g_inet_socket_address_new (address, 0);
  socket = g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_DATAGRAM,
                         G_SOCKET_PROTOCOL_UDP, NULL);
  return socket != NULL && g_socket_bind (socket, place, FALSE, NULL);
}

static void
line_open (YihuSipLine *self)
{
  g_autofree char *url = g_strdup_printf ("sip:%s:*;transport=udp", self->host);

  self->loop = yihu_sip_loop_new ();
  self->nua =
      nua_create (yihu_sip_loop_get_root (self->loop), on_nua_event, self, NUTAG_URL (url),
                  NUTAG_MEDIA_ENABLE (0), NUTAG_AUTOALERT (0), NUTAG_AUTOANSWER (0),
                  NUTAG_SESSION_TIMER (0), SIPTAG_USER_AGENT_STR ("yihu-phone/1"), TAG_END ());
  if (self->nua != NULL)
    {
      nua_get_params (self->nua, TAG_ANY (), TAG_END ());
      yihu_sip_loop_wait (self->loop, &self->has_params, START_MS);
    }
}

static gboolean
line_start (YihuSipLine *self, GError **error)
{
  if (can_bind (self->host))
    line_open (self);
  if (self->port != 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "no SIP port could be bound on %s",
               self->host);
  return FALSE;
}

static void
line_free (YihuSipLine *self)
{
  GHashTable *lines = get_lines ();

  if (g_hash_table_lookup (lines, self->host) == self)
    g_hash_table_remove (lines, self->host);
  if (self->nua != NULL)
    {
      self->references++; /* the events of the shutdown take and drop references */
      nua_shutdown (self->nua);
      yihu_sip_loop_wait (self->loop, &self->is_down, SHUTDOWN_MS);
      nua_destroy (self->nua);
    }
  yihu_sip_loop_free (self->loop);
  g_hash_table_unref (self->users);
  g_free (self->host);
  g_free (self);
}

static gboolean
on_free_later (gpointer data)
{
  yihu_sip_line_unref (data);
  return G_SOURCE_REMOVE;
}

YihuSipLine *
yihu_sip_line_acquire (const char *bind_host, GError **error)
{
  YihuSipLine *self = g_hash_table_lookup (get_lines (), bind_host);

  if (self != NULL)
    return yihu_sip_line_ref (self);
  self = g_new0 (YihuSipLine, 1);
  self->references = 1;
  self->host = g_strdup (bind_host);
  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!line_start (self, error))
    {
      line_free (self);
      return NULL;
    }
  g_hash_table_insert (get_lines (), self->host, self);
  return self;
}

YihuSipLine *
yihu_sip_line_ref (YihuSipLine *self)
{
  self->references++;
  return self;
}

void
yihu_sip_line_unref (YihuSipLine *self)
{
  if (self->references == 1 && self->depth > 0)
    {
      /* Inside an event of this very stack, which cannot end under its own feet. */
      g_autoptr (GSource) idle = g_idle_source_new ();

      g_source_set_callback (idle, on_free_later, self, NULL);
      g_source_attach (idle, g_main_context_get_thread_default ());
      return;
    }
  if (--self->references == 0)
    line_free (self);
}

const char *
yihu_sip_line_get_host (YihuSipLine *self)
{
  return self->host;
}

guint
yihu_sip_line_get_port (YihuSipLine *self)
{
  return self->port;
}

nua_t *
yihu_sip_line_get_nua (YihuSipLine *self)
{
  return self->nua;
}

void
yihu_sip_line_add_user (YihuSipLine *self, const char *user, YihuSipTarget *target)
{
  if (!g_hash_table_contains (self->users, user))
    g_hash_table_insert (self->users, g_strdup (user), target);
}

void
yihu_sip_line_remove_user (YihuSipLine *self, const char *user, YihuSipTarget *target)
{
  if (g_hash_table_lookup (self->users, user) == target)
    g_hash_table_remove (self->users, user);
}

void
yihu_sip_line_bind (nua_handle_t *handle, YihuSipTarget *target)
{
  nua_handle_bind (handle, target);
}

void
yihu_sip_line_release (nua_handle_t **handle)
{
  nua_handle_t *taken = g_steal_pointer (handle);

  if (taken == NULL)
    return;
  nua_handle_bind (taken, NULL);
  nua_handle_destroy (taken);
}

void
yihu_sip_line_wait (YihuSipLine *self, const gboolean *done, guint timeout_ms)
{
  if (self->depth == 0)
    yihu_sip_loop_wait (self->loop, done, timeout_ms);
}
