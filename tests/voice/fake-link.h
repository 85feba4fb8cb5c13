/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "voice/link.h"

/* Keeps what the switchboard tells the server. */

#define TEST_TYPE_LINK (test_link_get_type ())
G_DECLARE_FINAL_TYPE (TestLink, test_link, TEST, LINK, YihuLink)

TestLink *test_link_new (void);

/* "call.begin call.offer 03 call.answer 03": verbs of one call (NULL: of all), in order, with seat
 * or who ended it. (transfer full) */
char *test_link_print_calls (TestLink *self, const char *call);
/* "away ready ringing": states of one seat. (transfer full) */
char *test_link_print_seat (TestLink *self, const char *seat);
YihuCommand *test_link_find (TestLink *self, const char *name, guint n); /* n-th; (nullable) */
guint test_link_count (TestLink *self, const char *name);
