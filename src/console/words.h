/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "domain/kinds.h"

/* The one place that turns enums and errors into what a person reads. English in the source, the
 * translation from gettext. Values outside an enum (a newer server) read as "?". */

G_BEGIN_DECLS

const char *yihu_words_role (gint64 role);
const char *yihu_words_urgency (gint64 urgency); /* "Urgent" */
const char *yihu_words_urgency_badge (gint64 urgency); /* "▲ Urgent": shape and word */
const char *yihu_words_urgency_class (gint64 urgency); /* CSS class of the badge: "p3" */
const char *yihu_words_call_state (gint64 state);
const char *yihu_words_call_outcome (gint64 outcome);
const char *yihu_words_order_state (gint64 state);
const char *yihu_words_order_verb (const char *verb); /* "accept" -> "Accept" */
const char *yihu_words_order_step (const char *verb); /* "accept" -> "Accepted" */
const char *yihu_words_seat_state (gint64 state);
const char *yihu_words_sex (gint64 sex);
const char *yihu_words_living (gint64 living);
const char *yihu_words_ability (gint64 ability);
const char *yihu_words_subsidy (gint64 subsidy);
const char *yihu_words_risk (gint64 risk);
const char *yihu_words_category (gint64 category);
const char *yihu_words_institution_type (gint64 type);
const char *yihu_words_book_state (gint64 state);
const char *const *yihu_words_stream_states (void); /* 7, index YihuStreamState */

/* "Woman · 82 · lives alone" of an elder; @today yyyymmdd. (transfer full) */
char *yihu_words_person_line (const YihuElder *elder, int today);
int yihu_words_age (const YihuElder *elder, int today); /* -1: birth unknown */

/* A sentence for the person at the desk; never the technical message. (transfer full) */
char *yihu_words_error (const GError *error);
char *yihu_words_fetch (const YihuFetchProgress *progress); /* what the first load is doing */
/* Why the centre did not take a command. (transfer full) */
char *yihu_words_refusal (const char *command, const GError *error);
char *yihu_words_login_error (const GError *error);
/* @factor: (nullable): what YihuLoginRefusal says of it. "" where nothing went wrong so far. */
char *yihu_words_login_refusal (const GError *error, const char *factor);
/* What a refused command wanted: "New order", "Close the call". */
const char *yihu_words_command (const char *name);

G_END_DECLS
