/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/cache.h"
#include "cache/search.h"
#include "client/live.h"
#include "client/outbox.h"
#include "client/snapshot-fetch.h"
#include "console/key-ring.h"

/* Where client and cache meet: the one object from which the screens read the city and through
 * which they change it. It logs in (online, or offline from what the last log-in left), fetches the
 * snapshot, keeps the cache at the feed, writes overlay and outbox in one transaction, and tells
 * what changed. Main thread; heavy work runs on its worker thread and comes back as GTask results;
 * nothing here blocks above 2 ms. */

G_BEGIN_DECLS

#define YIHU_TYPE_BOOK (yihu_book_get_type ())
G_DECLARE_FINAL_TYPE (YihuBook, yihu_book, YIHU, BOOK, GObject)

typedef enum
{
  YIHU_BOOK_CLOSED, /* nobody is logged in */
  YIHU_BOOK_FETCHING, /* first snapshot on its way: see progress */
  YIHU_BOOK_OFFLINE, /* cache only */
  YIHU_BOOK_CATCHING_UP,
  YIHU_BOOK_ONLINE,
  YIHU_BOOK_REFUSED, /* see the error: logged out by the server (UNAUTHORIZED), it speaks a newer
                        protocol (VERSION), the copy was withdrawn (WIPE) or has been used too long
                        without the server (TIMEOUT); in the last two it is closed */
} YihuBookState;

/* Signals:
 *  "record-changed" (YihuRecord *record): detail = kind name ("record-changed::call"); from the
 * feed or by own submit "record-removed" (const char *id): detail = kind name "reset" (): a new
 * snapshot is in; read everything again "refused" (YihuCommand *command, const GError *error): the
 * server refused; a decision is due "figures" (const YihuFigures *figures) Properties (notify):
 * "state" (int), "progress" (double 0..1), "pending" (uint commands unanswered), "undecided"
 * (uint), "synced-at-us" (int64: newest moment at which the cache was known to equal the server),
 * "latency-ms" (int), "basemap" (string: its path, once it is there), "key-place" (int).
 *
 * Each account has a directory of its own under @cache_directory, named by its login: what one
 * person decided is never sent under another's name. */
YihuBook *yihu_book_new (const char *server_url, const char *cache_directory, YihuClock *clock);

/* Online if the server answers, else offline from the cache (OFFLINE where there is none for this
 * login). The same login again where the state is REFUSED: the copy stays open whatever comes, and
 * a failure leaves everything as it was. */
void yihu_book_login_async (YihuBook *self,
                            const char *login,
                            const char *password,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
gboolean yihu_book_login_finish (YihuBook *self, GAsyncResult *result, GError **error);
/* The copy may be opened again without the server. Nothing is waited for: what is being written is
 * finished, and the files are closed, by a thread, before they are opened again or erased. */
void yihu_book_close (YihuBook *self);
/* Closes for the last time, and waits until all is on disk: for the end of the program. */
void yihu_book_end (YihuBook *self);
void yihu_book_logout (YihuBook *self); /* the same, but the keys of the copy are erased */

/* Where the key of the copy lies for a start without the server. */
typedef enum
{
  YIHU_KEY_PLACE_UNKNOWN, /* not kept yet */
  YIHU_KEY_PLACE_STORE, /* the person's secret store */
  YIHU_KEY_PLACE_FILE, /* the desk file, under the password alone: there is no store */
} YihuKeyPlace;
void yihu_book_set_key_ring (YihuBook *self, YihuKeyRing *ring); /* (nullable); before a log-in */
YihuKeyPlace yihu_book_get_key_place (YihuBook *self);

/* After the server withdrew the copy (REFUSED, YIHU_ERROR_WIPE): how many commands stay sealed. */
gint64 yihu_book_get_left_sealed (YihuBook *self);

/* How long nobody may touch the console before it covers itself: the server says. */
guint yihu_book_get_lock_minutes (YihuBook *self);
/* Is it the password of the open log-in? Needs neither server nor disk. FALSE where nobody is
 * logged in. */
gboolean yihu_book_check_password (YihuBook *self, const char *password);

YihuBookState yihu_book_get_state (YihuBook *self);
/* (nullable): of a snapshot on its way, the first or a later one; "progress" tells of changes */
const YihuFetchProgress *yihu_book_get_fetch (YihuBook *self);
const GError *yihu_book_get_error (YihuBook *self); /* (nullable) why it is offline or refused */
gboolean yihu_book_is_disk_full (YihuBook *self); /* offline for want of room on this computer */
YihuAccount *yihu_book_get_account (YihuBook *self);
YihuSession *yihu_book_get_session (YihuBook *self); /* SIP credentials, camera grants, reveals */
YihuDivisionRange yihu_book_get_scope (YihuBook *self);
gint64 yihu_book_get_now_us (YihuBook *self); /* server time */
gint64 yihu_book_get_synced_at_us (YihuBook *self);
gint64 yihu_book_count_elders (YihuBook *self);
guint yihu_book_get_pending (YihuBook *self);
guint yihu_book_get_undecided (YihuBook *self);
/* How many times faster than life the field staff of a demo city work; 1 in a real one. */
double yihu_book_get_visit_pace (YihuBook *self);
void yihu_book_set_visit_pace (YihuBook *self, double pace);
void yihu_book_watch_figures (YihuBook *self, gboolean on);

/* Small and fast, on the main thread: each below 1 ms. As in cache.h. */
GPtrArray *yihu_book_find_by_phone (YihuBook *self, const char *normalized);
gpointer yihu_book_get (YihuBook *self,
                        const YihuRecordType *type,
                        const char *id); /* (transfer full) (nullable) */
GPtrArray *yihu_book_list_kin (YihuBook *self, const char *elder);
GPtrArray *yihu_book_list_all (YihuBook *self,
                               const YihuRecordType *type); /* small kinds; kept in memory */
GPtrArray *yihu_book_list_steps (YihuBook *self, const char *order);
GPtrArray *yihu_book_list_notes (YihuBook *self,
                                 const char *elder,
                                 const char *call,
                                 const char *order,
                                 guint limit);
const char *yihu_book_get_division_name (YihuBook *self,
                                         gint64 division); /* "建丰街道"; "" where unknown */

/* On the worker thread. finish: (transfer full). A newer search cancels the older one by its
 * cancellable, also in the middle of a walk. */
void yihu_book_search_async (YihuBook *self,
                             const char *text,
                             guint limit,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data);
YihuSearchResult *yihu_book_search_finish (YihuBook *self, GAsyncResult *result, GError **error);
void yihu_book_list_orders_async (YihuBook *self,
                                  guint state_mask,
                                  const char *elder,
                                  guint limit,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
GPtrArray *
yihu_book_list_orders_finish (YihuBook *self, GAsyncResult *result, GError **error); /* YihuOrder */
void yihu_book_list_calls_async (YihuBook *self,
                                 guint state_mask,
                                 const char *elder,
                                 guint limit,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
GPtrArray *
yihu_book_list_calls_finish (YihuBook *self, GAsyncResult *result, GError **error); /* YihuCall */

/* Path of the base map package once it is there (downloaded at log-in, kept for offline).
 * (nullable) */
const char *yihu_book_get_basemap (YihuBook *self);

/* Makes a change: overlay (the record as it will be; nullable) and outbox row in one durable
 * transaction off the main thread, then the command is on its way and the screens are told. Changes
 * are kept in the order of the calls. finish: FALSE only where it could not be written (disk full):
 * the form must keep its text until then. */
void yihu_book_submit_async (YihuBook *self,
                             YihuCommand *command,
                             gpointer overlay,
                             GAsyncReadyCallback callback,
                             gpointer data);
gboolean yihu_book_submit_finish (YihuBook *self, GAsyncResult *result, GError **error);
GPtrArray *yihu_book_list_outbox (YihuBook *self); /* YihuOutboxRow */

/* A decision on a command that waits for one. @instead: (nullable) with SEND, another command for
 * the same object; @overlay: (nullable) then, the record as that one will make it. */
void yihu_book_decide_async (YihuBook *self,
                             const char *key,
                             YihuOutboxDecision decision,
                             YihuCommand *instead,
                             gpointer overlay,
                             GAsyncReadyCallback callback,
                             gpointer data);
gboolean yihu_book_decide_finish (YihuBook *self, GAsyncResult *result, GError **error);

void yihu_book_save_draft (YihuBook *self,
                           const char *name,
                           const char *text); /* written within 1 s, off the main thread */
char *yihu_book_load_draft (YihuBook *self, const char *name);

G_END_DECLS
