/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A PostgreSQL of the test's own: data in a temporary directory, a Unix socket in it and no other
 * door, running as an ordinary user even where the test is root's. Ends with the test, whatever
 * happens. The empty data directory is made once in a build tree and unpacked from then on. */

G_BEGIN_DECLS

typedef struct _Cluster Cluster;

Cluster *cluster_new (void); /* made and running */
/* A standby of a running cluster, following it under @name. */
Cluster *cluster_new_standby (Cluster *primary, const char *name);
void cluster_free (Cluster *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Cluster, cluster_free)

void cluster_start (Cluster *self);
void cluster_stop (Cluster *self); /* as an administrator would */
void cluster_kill (Cluster *self); /* as a power cut would, but for the disk's cache */
void cluster_promote (Cluster *self); /* waits until it takes writes */
const char *cluster_get_directory (Cluster *self); /* of the socket */

/* Makes a database, as a copy of @template where that is not NULL, and tells its address. */
char *cluster_make_database (Cluster *self, const char *name, const char *template);
char *cluster_dup_address (Cluster *self, const char *database);
void cluster_exec (Cluster *self, const char *database, const char *sql);
gint64 cluster_query_int (Cluster *self, const char *database, const char *sql);

G_END_DECLS
