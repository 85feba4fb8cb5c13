/* SPDX-License-Identifier: GPL-3.0-or-later */

/* data-soup BODY: a server of libsoup alone, with glibc's malloc, that answers everything with
 * BODY, as JSON. Second control of data.http: what of an answer's cost is the library's, before a
 * line of ours runs. Prints its port and runs until it is ended. */

#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer body)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body,
                                    strlen (body));
}

int
main (int argc, char **argv)
{
  g_autoptr (SoupServer) server = soup_server_new ("server-header", "yihu", NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GSList *addresses;

  if (argc != 2)
    return 64;
  soup_server_add_handler (server, NULL, on_request, argv[1], NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL))
    return 1;
  addresses = soup_server_get_uris (server);
  printf ("%d\n", g_uri_get_port (addresses->data));
  fflush (stdout);
  g_slist_free_full (addresses, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
  return 0;
}
