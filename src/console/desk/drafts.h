/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"

/* Half-written forms: which one is open and which are parked, by the matter they belong to (a call,
 * or an elder outside a call). The texts and this list itself are drafts of the book, so all of it
 * is there again after a crash. */

G_BEGIN_DECLS

typedef struct
{
  char *name; /* draft: "order:CALL" or "order:ELDER" */
  char *call; /* "" outside a call */
  char *elder; /* "" nobody yet */
  char *title; /* what the row says: the elder's name */
} YihuDraftMatter;

void yihu_draft_matter_free (YihuDraftMatter *matter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuDraftMatter, yihu_draft_matter_free)

#define YIHU_TYPE_DRAFTS (yihu_drafts_get_type ())
G_DECLARE_FINAL_TYPE (YihuDrafts, yihu_drafts, YIHU, DRAFTS, GObject)

/* @owner: seat or login whose forms these are. */
YihuDrafts *yihu_drafts_new (YihuBook *book, const char *owner);

/* The matter that is open now; never NULL. */
const YihuDraftMatter *yihu_drafts_get_open (YihuDrafts *self);

/* Opens another matter: the one before is parked where @text (its form now) is not NULL. Returns:
 * (transfer full) (nullable) the text of the matter opened. @parked (out): whether it was parked.
 */
char *yihu_drafts_open (YihuDrafts *self,
                        const char *text,
                        const char *call,
                        const char *elder,
                        const char *title,
                        gboolean *parked);

/* Opens a parked matter under its own name. */
char *
yihu_drafts_open_parked (YihuDrafts *self, const char *text, const char *name, gboolean *parked);

/* The open matter: its form changed (NULL: empty), or another person belongs to it. */
void yihu_drafts_save (YihuDrafts *self, const char *text);
void yihu_drafts_set_person (YihuDrafts *self, const char *elder, const char *title);

/* A text kept elsewhere, under the draft @name, for @elder: stands among the parked while @kept. */
void yihu_drafts_note (YihuDrafts *self,
                       const char *name,
                       const char *elder,
                       const char *title,
                       gboolean kept);

char *yihu_drafts_load_open (YihuDrafts *self); /* text of the open matter; (nullable) */
GPtrArray *yihu_drafts_list_parked (YihuDrafts *self); /* (transfer full) YihuDraftMatter */
const YihuDraftMatter *yihu_drafts_find_parked (YihuDrafts *self,
                                                const char *name); /* (nullable) */

G_END_DECLS
