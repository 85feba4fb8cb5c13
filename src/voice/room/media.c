/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The media thread: a timerfd of 20 ms; missed ticks are caught up, so no sample is lost. One mutex
 * guards rooms and legs; the thread holds it for one tick, everybody else for a few instructions.
 * Sockets are drained at most MAX_DRAIN packets a tick, so a flood at one leg cannot stop the
 * others. Only legs in a room are received and fed. */

#define _GNU_SOURCE
#include "voice/room/media.h"

#include "base/error.h"
#include "voice/room/rtp-packet.h"

#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 20000000
#define TICK_MS 20
#define MAX_CATCH_UP 50 /* after a long stop of the machine sound of the past helps nobody */
#define MAX_DRAIN 64
#define TOS_EXPEDITED 184
#define BIND_TRIES 16

struct _YihuMediaLeg
{
  YihuLeg *leg; /* (owned) */
  int fd;
  guint port;
  YihuMediaRoom *room; /* (nullable) */
};

struct _YihuMediaRoom
{
  YihuRoom *room; /* (owned) */
  GPtrArray *legs; /* (owned) YihuMediaLeg, not owned */
};

struct _YihuMedia
{
  char *host; /* (owned) */
  GThread *thread;
  int timer_fd;
  int stop_fd;
  GMutex lock;
  GPtrArray *rooms; /* (owned) YihuMediaRoom, not owned */
  GHashTable *legs; /* (owned) YihuLeg -> YihuMediaLeg */
};

/* Arrival by the kernel's clock where it is there: the tick's own time would look like jitter. */
static gint64
read_arrival_us (struct msghdr *message)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
      {
        const struct timespec *t = (const struct timespec *) CMSG_DATA (c);
        return (gint64) t->tv_sec * G_USEC_PER_SEC + t->tv_nsec / 1000;
      }
  return g_get_real_time ();
}

static void
drain_socket (YihuMediaLeg *leg)
{
  for (guint i = 0; i < MAX_DRAIN; i++)
    {
      guint8 data[YIHU_RTP_MAX_BYTES];
      struct sockaddr_storage from = { 0 };
      union
      {
        struct cmsghdr align;
        char bytes[CMSG_SPACE (sizeof (struct timespec))];
      } control;
      struct iovec iov = { data, sizeof data };
      struct msghdr message = { .msg_name = &from,
                                .msg_namelen = sizeof from,
                                .msg_iov = &iov,
                                .msg_iovlen = 1,
                                .msg_control = &control,
                                .msg_controllen = sizeof control };
      ssize_t length = recvmsg (leg->fd, &message, MSG_DONTWAIT);

      if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
      if (length > 0 && (message.msg_flags & MSG_TRUNC) == 0)
        yihu_leg_receive (leg->leg, data, (gsize) length, (struct sockaddr *) &from,
                          read_arrival_us (&message));
    }
}

static void
send_packet (YihuLeg *leg,
             const guint8 *packet,
             gsize length,
             const struct sockaddr *to,
             socklen_t to_length,
             gpointer data)
{
  YihuMediaLeg *media_leg = g_hash_table_lookup (((YihuMedia *) data)->legs, leg);

  /* A packet that cannot leave now is as lost as one that gets lost later. */
  (void) !sendto (media_leg->fd, packet, length, MSG_DONTWAIT | MSG_NOSIGNAL, to, to_length);
}

static void
tick (YihuMedia *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rooms->len; i++)
    {
      YihuMediaRoom *room = self->rooms->pdata[i];

      for (guint k = 0; k < room->legs->len; k++)
        drain_socket (room->legs->pdata[k]);
      yihu_room_tick (room->room, send_packet, self, NULL);
    }
  g_mutex_unlock (&self->lock);
}

/* Sound cannot wait for a busy machine. Without the right to it (CAP_SYS_NICE, LimitRTPRIO) the
 * thread runs like any other. */
static void
ask_for_priority (void)
{
  const struct sched_param parameters = { .sched_priority = 10 };

  pthread_setschedparam (pthread_self (), SCHED_RR, &parameters);
}

static gpointer
run (gpointer data)
{
  YihuMedia *self = data;
  struct pollfd fds[] = { { self->timer_fd, POLLIN, 0 }, { self->stop_fd, POLLIN, 0 } };

  ask_for_priority ();
  while (poll (fds, G_N_ELEMENTS (fds), -1) >= 0 || errno == EINTR)
    {
      guint64 n_ticks;

      if (fds[1].revents != 0)
        break;
      if (read (self->timer_fd, &n_ticks, sizeof n_ticks) != sizeof n_ticks)
        continue;
      for (n_ticks = MIN (n_ticks, MAX_CATCH_UP); n_ticks > 0; n_ticks--)
        tick (self);
    }
  return NULL;
}

YihuMedia *
yihu_media_new (const char *host)
{
  const struct itimerspec every = { { 0, TICK_NS }, { 0, TICK_NS } };
  YihuMedia *self = g_new0 (YihuMedia, 1);

  self->host = g_strdup (host);
  self->rooms = g_ptr_array_new ();
  self->legs = g_hash_table_new (NULL, NULL);
  g_mutex_init (&self->lock);
  self->timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  self->stop_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  timerfd_settime (self->timer_fd, 0, &every, NULL);
  self->thread = g_thread_new ("yihu-media", run, self);
  return self;
}

void
yihu_media_free (YihuMedia *self)
{
  const guint64 one = 1;

  if (self == NULL)
    return;
  (void) !write (self->stop_fd, &one, sizeof one);
  g_thread_join (self->thread);
  g_warn_if_fail (self->rooms->len == 0 && g_hash_table_size (self->legs) == 0);
  close (self->timer_fd);
  close (self->stop_fd);
  g_ptr_array_unref (self->rooms);
  g_hash_table_unref (self->legs);
  g_mutex_clear (&self->lock);
  g_free (self->host);
  g_free (self);
}

const char *
yihu_media_get_host (YihuMedia *self)
{
  return self->host;
}

static gboolean
bind_once (YihuMediaLeg *leg, GSocketAddress *any)
{
  struct sockaddr_storage address;
  socklen_t length = sizeof address;

  if (!g_socket_address_to_native (any, &address, sizeof address, NULL))
    return FALSE;
  leg->fd = socket (address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (leg->fd < 0
      || bind (leg->fd, (struct sockaddr *) &address,
               (socklen_t) g_socket_address_get_native_size (any))
             < 0
      || getsockname (leg->fd, (struct sockaddr *) &address, &length) < 0)
    return FALSE;
  leg->port = ntohs (address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &address)->sin6_port
                                                   : ((struct sockaddr_in *) &address)->sin_port);
  return TRUE;
}

/* RTP wants an even port (RFC 3550, section 11); the kernel gives every second time one. */
static gboolean
bind_leg (YihuMediaLeg *leg, const char *host, GError **error)
{
  const int one = 1;
  const int tos = TOS_EXPEDITED;
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (host, 0);

  for (guint i = 0; any != NULL && i < BIND_TRIES; i++)
    {
      if (bind_once (leg, any) && (leg->port % 2 == 0 || i == BIND_TRIES - 1))
        {
          setsockopt (leg->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
          setsockopt (leg->fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
          return TRUE;
        }
      if (leg->fd >= 0)
        close (leg->fd);
      leg->fd = -1;
    }
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "no port for sound on %s: %s", host,
               g_strerror (errno));
  return FALSE;
}

YihuMediaLeg *
yihu_media_add_leg (YihuMedia *self, GError **error)
{
  YihuMediaLeg *leg = g_new0 (YihuMediaLeg, 1);

  leg->fd = -1;
  if (!bind_leg (leg, self->host, error))
    {
      g_free (leg);
      return NULL;
    }
  leg->leg = yihu_leg_new ();
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->legs, leg->leg, leg);
  g_mutex_unlock (&self->lock);
  return leg;
}

static void
leave_locked (YihuMediaLeg *leg)
{
  if (leg->room == NULL)
    return;
  g_ptr_array_remove_fast (leg->room->legs, leg);
  yihu_room_remove (leg->room->room, leg->leg);
  leg->room = NULL;
}

void
yihu_media_remove_leg (YihuMedia *self, YihuMediaLeg *leg)
{
  g_mutex_lock (&self->lock);
  leave_locked (leg);
  g_hash_table_remove (self->legs, leg->leg);
  g_mutex_unlock (&self->lock);
  close (leg->fd);
  yihu_leg_free (leg->leg);
  g_free (leg);
}

guint
yihu_media_leg_get_port (YihuMediaLeg *leg)
{
  return leg->port;
}

void
yihu_media_set_remote (YihuMedia *self, YihuMediaLeg *leg, const YihuSessionDescription *remote)
{
  g_mutex_lock (&self->lock);
  yihu_leg_set_remote (leg->leg, remote);
  g_mutex_unlock (&self->lock);
}

void
yihu_media_get_quality (YihuMedia *self, YihuMediaLeg *leg, YihuLegQuality *quality)
{
  g_mutex_lock (&self->lock);
  yihu_leg_get_quality (leg->leg, quality);
  g_mutex_unlock (&self->lock);
}

guint
yihu_media_get_silence_ms (YihuMedia *self, YihuMediaLeg *leg)
{
  guint n_ticks;

  g_mutex_lock (&self->lock);
  n_ticks = yihu_leg_get_silent_ticks (leg->leg);
  g_mutex_unlock (&self->lock);
  return n_ticks * TICK_MS;
}

YihuMediaRoom *
yihu_media_add_room (YihuMedia *self)
{
  YihuMediaRoom *room = g_new0 (YihuMediaRoom, 1);

  room->room = yihu_room_new ();
  room->legs = g_ptr_array_new ();
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->rooms, room);
  g_mutex_unlock (&self->lock);
  return room;
}

void
yihu_media_remove_room (YihuMedia *self, YihuMediaRoom *room)
{
  g_mutex_lock (&self->lock);
  while (room->legs->len > 0)
    leave_locked (room->legs->pdata[0]);
  g_ptr_array_remove_fast (self->rooms, room);
  g_mutex_unlock (&self->lock);
  yihu_room_free (room->room);
  g_ptr_array_unref (room->legs);
  g_free (room);
}

void
yihu_media_join (YihuMedia *self, YihuMediaRoom *room, YihuMediaLeg *leg)
{
  g_mutex_lock (&self->lock);
  leave_locked (leg);
  leg->room = room;
  g_ptr_array_add (room->legs, leg);
  yihu_room_add (room->room, leg->leg);
  g_mutex_unlock (&self->lock);
}
