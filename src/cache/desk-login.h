/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/desk-file.h"

/* What a log-in leaves for a start without the server: who it was, what may be seen, the keys, and
 * for how long. It is kept as one parcel under a key that argon2id makes from the password (19 MiB,
 * two passes, as the server does for its own hashes). The parcel lies in the desk file or, where
 * the computer has a safer place, there: the file then only knows that it is elsewhere.
 *
 * Time without the server is counted from the newest moment at which it was heard, by a clock that
 * cannot be turned back behind what was already seen: both moments are kept sealed. */

G_BEGIN_DECLS

typedef struct
{
  YihuAccount *account; /* (owned) */
  gint64 lo;
  gint64 hi;
  GBytes *scope_key; /* (owned) */
  GBytes *desk_key; /* (owned) (nullable): an older server has none */
  gint64 at_us; /* server time */
  gint64 offline_us; /* how long the copy may be used without the server */
  gint64 clock_offset_us; /* server time minus ours */
  gint64 heard_us; /* set by unlocking: when the server was last heard, server time */
} YihuDeskLogin;

void yihu_desk_login_free (YihuDeskLogin *self);

/* Wraps @login. @parcel, @salt: (out) (transfer full). Takes some 20 ms: not in the main thread. */
gboolean yihu_desk_login_wrap (const YihuDeskLogin *login,
                               const char *password,
                               GBytes **salt,
                               GBytes **parcel,
                               GError **error);

/* @parcel: (nullable): it lies elsewhere. */
gboolean yihu_desk_file_keep_login (YihuDeskFile *self,
                                    const char *login,
                                    GBytes *salt,
                                    GBytes *parcel,
                                    GError **error);

/* Whether the parcel of @login lies elsewhere; NOT_FOUND where no log-in is kept. */
gboolean yihu_desk_file_find_login (YihuDeskFile *self,
                                    const char *login,
                                    gboolean *is_elsewhere,
                                    GError **error);

/* What is laid elsewhere: the parcel with its salt, so that it opens by itself even where the file
 * has not heard of it. (transfer full) */
GBytes *yihu_desk_login_pack (GBytes *salt, GBytes *parcel);

/* Opens the parcel and sets the keys of the file. @elsewhere: (nullable): what was packed, where
 * the file has no parcel. @now_us: our clock. UNAUTHORIZED for a wrong password, TIMEOUT where the
 * server was last heard too long ago, LOCKED where the parcel is not to be had. (transfer full) */
YihuDeskLogin *yihu_desk_file_unlock (YihuDeskFile *self,
                                      const char *login,
                                      const char *password,
                                      GBytes *elsewhere,
                                      gint64 now_us,
                                      GError **error);
gboolean yihu_desk_file_forget_logins (YihuDeskFile *self, GError **error);

/* Keeps that it is @now_us (server time as far as we know it), and with @heard that the server was
 * heard from then. Never goes back. */
gboolean
yihu_desk_file_note_time (YihuDeskFile *self, gint64 now_us, gboolean heard, GError **error);

/* Whether this copy was made, or wiped, after @wiped_at_us of the account (0: never wiped); and,
 * with the keys set, that it was. */
gboolean yihu_desk_file_knows_wipe (YihuDeskFile *self, gint64 wiped_at_us);
gboolean yihu_desk_file_note_wipe (YihuDeskFile *self, gint64 wiped_at_us, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuDeskLogin, yihu_desk_login_free)

G_END_DECLS
