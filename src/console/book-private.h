/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/worker-thread.h"
#include "cache/desk-login.h"
#include "console/book-shelf.h"
#include "console/book.h"

/* What the files of the book share. Who may touch what:
 *   desk    main thread: reads of the city and the overlay; writes nothing
 *   writer  writer thread: the feed and snapshots into the city, drafts, the kept log-in
 *   reader  reader thread: searches and lists
 *   keeper  desk thread, which is the outbox's: what a person decides, and what became of it
 * The pointers themselves change in the main thread only, while the thread in question is idle.
 *
 * The keys thread uses none of them. It opens the files (nobody else has them yet), brings keys to
 * their place, which may be silent for seconds, and erases; in this order, so that an opening never
 * meets an erasing. Closing does not wait for it; so its tasks have no source object (the last
 * reference to the book must not end there) but hold the book in their callback's data. */

G_BEGIN_DECLS

struct _YihuBook
{
  GObject parent_instance;

  char *server_url;
  char *cache_directory;
  YihuClock *clock; /* (owned) */

  YihuSession *session; /* (owned) */
  YihuLive *live; /* (owned) (nullable) */
  YihuOutbox *outbox; /* (owned) (nullable) */
  YihuAccount *account; /* (owned) (nullable) */
  YihuDivisionRange scope;
  char *login; /* (owned) (nullable) */
  char *password; /* (owned) (nullable): for a log-in after the server came back; wiped at close */

  YihuBookState state;
  GError *error; /* (owned) (nullable) */
  YihuFetchProgress fetch;
  gint64 synced_at_us;
  gint64 synced_kept_us; /* what the file has */
  gint64 n_elders;
  char *basemap; /* (owned) (nullable) */

  gboolean is_usable; /* logged in and a city can be read */
  gboolean is_logging_in; /* again, in the background */
  gboolean is_fetching;
  gboolean needs_snapshot;
  gboolean is_refused;
  gboolean watch_figures;
  double visit_pace;

  GCancellable *cancellable; /* (owned) (nullable): of everything since the log-in */
  YihuWorkerThread *writer_thread; /* (owned) (nullable) */
  YihuWorkerThread *reader_thread; /* (owned) (nullable) */
  YihuWorkerThread *desk_thread; /* (owned) (nullable) */
  YihuWorkerThread *keys_thread; /* (owned): of the book's whole life: opening, keys, erasing */
  YihuCache *desk; /* (owned) (nullable) */
  /* (owned) of their threads, which alone read these two, also while they end. */
  YihuCache *writer;
  YihuCache *reader;
  gboolean has_files; /* of this log-in */
  YihuDeskFile *keeper; /* (owned) (nullable) */
  YihuBookShelf *shelf; /* (owned) (nullable) */

  YihuKeyRing *ring; /* (owned) (nullable) */
  YihuKeyPlace key_place;
  gint64 left_sealed;
  gint64 offline_us; /* how long the copy may do without the server */
  gint64 time_us; /* the server's clock at @time_at_us of ours, which is monotonic */
  gint64 time_at_us;
  gint64 heard_us; /* server time: when it last said so itself */
  GSource *time_timer; /* (owned) (nullable): keeps how late it is */

  guint attempt; /* of getting back to the server */
  GSource *retry_timer; /* (owned) (nullable) */

  guint generation; /* of the feed: counts up with each start of the live connection */
  guint failed_generation; /* writer thread only: a batch of it failed, the rest must not follow */
  GQueue *untold; /* GPtrArray of YihuEvent: applied, not yet told to the screens */
  guint told; /* events of the first array that have been told */
  GSource *tell_source; /* (owned) (nullable) */

  GHashTable *drafts; /* name -> text: not yet written */
  GSource *draft_timer; /* (owned) (nullable) */
};

enum
{
  YIHU_BOOK_SIGNAL_CHANGED,
  YIHU_BOOK_SIGNAL_REMOVED,
  YIHU_BOOK_SIGNAL_RESET,
  YIHU_BOOK_SIGNAL_REFUSED,
  YIHU_BOOK_SIGNAL_FIGURES,
  YIHU_BOOK_N_SIGNALS,
};
extern guint yihu_book_signals[YIHU_BOOK_N_SIGNALS];

/* book.c */
void yihu_book_update_state (YihuBook *self);
void yihu_book_take_error (YihuBook *self, GError *error); /* (transfer full) (nullable) */
void yihu_book_set_progress (YihuBook *self, const YihuFetchProgress *progress);
void yihu_book_set_basemap (YihuBook *self, const char *path);
void yihu_book_set_synced_at_us (YihuBook *self, gint64 at_us);
void yihu_book_tell_changed (YihuBook *self, gpointer record);
void yihu_book_tell_removed (YihuBook *self, const YihuRecordType *type, const char *id);
void yihu_book_notify (YihuBook *self, const char *property);
void yihu_book_clear_timer (GSource **timer);

/* A read of the city failed: damage means a new snapshot. Clears @error. */
void yihu_book_take_read_error (YihuBook *self, GError **error);

/* book-files.c: caches, threads and snapshots */
void yihu_book_open_files_async (YihuBook *self,
                                 gboolean online,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
/* The answer has no source object. @fits: (out): the city there is belongs to this log-in. */
gboolean
yihu_book_open_files_finish (YihuBook *self, GAsyncResult *result, gboolean *fits, GError **error);
void yihu_book_close_files (YihuBook *self);
void yihu_book_fetch_snapshot_async (YihuBook *self, GAsyncReadyCallback callback, gpointer data);
gboolean yihu_book_fetch_snapshot_finish (YihuBook *self, GAsyncResult *result, GError **error);

char *yihu_book_make_directory (YihuBook *self); /* of the account that logs in */

/* book-login.c: getting to the server and back to it */
void yihu_book_go_live (YihuBook *self);
void yihu_book_refuse (YihuBook *self, GError *error); /* takes @error */
void yihu_book_come_back_later (YihuBook *self);
gboolean yihu_book_city_fits (YihuBook *self, YihuCache *cache);

/* book-feed.c: events into the file and on to the screens */
void yihu_book_connect_live (YihuBook *self);
void yihu_book_forget_feed (YihuBook *self);
gint64 yihu_book_get_heard_at_us (YihuBook *self);

/* book-outbox.c: what a person decides */
extern const YihuOutboxKeeper yihu_book_keeper; /* its data is the keeper's YihuDeskFile */
void yihu_book_connect_outbox (YihuBook *self);

/* book-keys.c: the kept log-in, the time without the server, log-out and wipe */
void yihu_book_keep_login (YihuBook *self);
void yihu_book_set_server_time (YihuBook *self, gint64 time_us, gint64 heard_us);
void yihu_book_begin_time (YihuBook *self);
void yihu_book_wipe (YihuBook *self, GError *why); /* takes @why */

/* book-drafts.c */
void yihu_book_flush_drafts (YihuBook *self);

G_END_DECLS
