/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Bindings with a timer each. Short times (at most a minute) on purpose: a phone that lost its
 * network is noticed soon, and a switchboard that was started anew knows its seats again soon. */

#include "voice/sip/registrar.h"

#define LEAST_SECONDS 5
#define GRACE_MS 4000 /* a refresh may be on its way */

typedef struct
{
  YihuRegistrar *registrar;
  char *seat; /* (owned) */
  char *contact; /* (owned) */
  GSource *timer; /* (owned) */
} Binding;

struct _YihuRegistrar
{
  YihuClock *clock; /* (owned) */
  YihuRegistrarFunc on_change;
  gpointer data;
  GHashTable *bindings; /* (owned) seat -> Binding */
};

static void
binding_stop (Binding *binding)
{
  if (binding->timer != NULL)
    g_source_destroy (binding->timer);
  g_clear_pointer (&binding->timer, g_source_unref);
}

static void
binding_free (gpointer data)
{
  Binding *binding = data;

  binding_stop (binding);
  g_free (binding->seat);
  g_free (binding->contact);
  g_free (binding);
}

YihuRegistrar *
yihu_registrar_new (YihuClock *clock, YihuRegistrarFunc on_change, gpointer data)
{
  YihuRegistrar *self = g_new0 (YihuRegistrar, 1);

  self->clock = g_object_ref (clock);
  self->on_change = on_change;
  self->data = data;
  self->bindings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, binding_free);
  return self;
}

void
yihu_registrar_free (YihuRegistrar *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->bindings);
  g_object_unref (self->clock);
  g_free (self);
}

static void
unbind (YihuRegistrar *self, const char *seat)
{
  g_autofree char *copy = g_strdup (seat);

  if (g_hash_table_remove (self->bindings, seat))
    self->on_change (self->data, copy, NULL);
}

static void
on_expired (gpointer data)
{
  Binding *binding = data;

  unbind (binding->registrar, binding->seat);
}

guint
yihu_registrar_bind (YihuRegistrar *self, const char *seat, const char *contact, guint expires_s)
{
  Binding *binding = g_hash_table_lookup (self->bindings, seat);
  guint granted_s = CLAMP (expires_s, LEAST_SECONDS, YIHU_REGISTRAR_MAX_SECONDS);
  gboolean is_change;

  if (expires_s == 0)
    {
      /* Only the phone that is bound may take itself away, not the one that it replaced. */
      if (binding != NULL && g_strcmp0 (binding->contact, contact) == 0)
        unbind (self, seat);
      return 0;
    }
  if (binding == NULL)
    {
      binding = g_new0 (Binding, 1);
      binding->registrar = self;
      binding->seat = g_strdup (seat);
      g_hash_table_insert (self->bindings, binding->seat, binding);
    }
  is_change = g_strcmp0 (binding->contact, contact) != 0;
  if (is_change)
    {
      g_free (binding->contact);
      binding->contact = g_strdup (contact);
    }
  binding_stop (binding);
  binding->timer =
      yihu_clock_add_timer (self->clock, granted_s * 1000 + GRACE_MS, on_expired, binding, NULL);
  if (is_change)
    self->on_change (self->data, seat, contact);
  return granted_s;
}

const char *
yihu_registrar_find (YihuRegistrar *self, const char *seat)
{
  Binding *binding = g_hash_table_lookup (self->bindings, seat);

  return binding != NULL ? binding->contact : NULL;
}
