/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* org.freedesktop.secrets as far as libsecret asks for it: one collection, the algorithm "plain",
 * and the moods of real stores. In the main context of the test, on a connection of its own. */

typedef struct
{
  GDBusConnection *connection;
  GDBusNodeInfo *node;
  guint name_id;
  GPtrArray *items; /* Item */
  guint n_made; /* items so far, for their paths */

  gboolean is_locked;
  gboolean is_silent; /* no call is answered */
  GPtrArray *unanswered; /* GDBusMethodInvocation */
  guint n_prompts; /* windows that were to be shown: nobody answers them */
  guint n_calls;
} FakeSecrets;

FakeSecrets *fake_secrets_new (const char *bus_address);
void fake_secrets_free (FakeSecrets *self);
void fake_secrets_show (FakeSecrets *self); /* takes the name; returns when it is there */
void fake_secrets_hide (FakeSecrets *self); /* gives the name up: there is no store */

/* The secret of the item with these attributes. (transfer full) (nullable): there is none */
GBytes *fake_secrets_find (FakeSecrets *self, const char *server, const char *login);
