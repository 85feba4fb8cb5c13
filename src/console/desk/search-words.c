/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The sentences of the search. Numbers are masked: only what somebody typed himself is said again.
 */

#include "console/desk/search-words.h"

#include "console/format.h"
#include "console/masking.h"
#include "console/words.h"

#include <glib/gi18n.h>
#include <string.h>

#define SHOWN_OF_ID 4 /* last characters */

static YihuSearchNote
note_nobody (const YihuSearchResult *result)
{
  YihuSearchNote note = {
    "avatar-default-symbolic", _ ("Nobody found in the local copy"),
    _ ("Fewer letters find more. A new caller is registered from the call.")
  };

  if (result->address_waits)
    note.text = _ ("Nobody has this name. To look through addresses, type a third character.");
  else if (result->has_more)
    note.text = _ ("Not all could be looked through: type more of it.");
  return note;
}

YihuSearchNote
yihu_search_note (const YihuSearchResult *result)
{
  switch (result != NULL ? result->kind : YIHU_SEARCH_NOTHING)
    {
    case YIHU_SEARCH_NOTHING:
      return (YihuSearchNote){ "system-search-symbolic", _ ("Find an elder"),
                               _ ("Name, pinyin or initials; the end of a telephone or ID number, "
                                  "also of kin; number of a terminal; part of an address.") };
    case YIHU_SEARCH_TOO_SHORT:
      return (YihuSearchNote){ "content-loading-symbolic", _ ("Go on typing"),
                               _ ("Three digits at least.") };
    case YIHU_SEARCH_TOO_LONG:
      return (YihuSearchNote){ "dialog-warning-symbolic", _ ("That is too long"),
                               _ ("At most 64 characters can be searched for.") };
    case YIHU_SEARCH_UNREADABLE:
      return (YihuSearchNote){ "dialog-warning-symbolic", _ ("That cannot be searched for"),
                               _ ("It has control characters, or neither letters nor digits.") };
    case YIHU_SEARCH_DIGITS:
    case YIHU_SEARCH_LETTERS:
    case YIHU_SEARCH_CODE:
    case YIHU_SEARCH_NAME:
    default:
      return note_nobody (result);
    }
}

YihuSearchNote
yihu_search_note_failed (void)
{
  return (YihuSearchNote){ "dialog-error-symbolic", _ ("The search failed"),
                           _ ("The local copy could not be read; it is fetched again if it is "
                              "damaged. Calls still show their card.") };
}

YihuSearchNote
yihu_search_note_loading (void)
{
  return (YihuSearchNote){ "folder-download-symbolic", _ ("The local copy is on its way"),
                           _ ("Searching begins when it is here.") };
}

char *
yihu_search_words_count (const YihuSearchResult *result)
{
  guint count = result->hits->len;

  if (count == 0)
    return g_strdup ("");
  if (result->has_more)
    return g_strdup_printf (_ ("The first %u; go on typing."), count);
  if (result->address_waits)
    return g_strdup_printf (_ ("%u found by name; addresses from the third character on."), count);
  return g_strdup_printf (_ ("%u found"), count);
}

char *
yihu_search_words_title (const YihuSearchHit *hit, int today)
{
  g_autofree char *person = yihu_words_person_line (hit->elder, today);

  return g_strdup_printf ("%s · %s", hit->elder->name, person);
}

/* By what somebody was met, where his name does not say it. */
static char *
met_words (const YihuSearchHit *hit, const char *typed)
{
  g_autofree char *phone = NULL;
  const char *tail = hit->elder->id_tail;

  switch (hit->met)
    {
    case YIHU_SEARCH_MET_KIN_PHONE:
      phone = yihu_show_phone (hit->number, FALSE);
      return g_strdup_printf ("%s %s",
                              hit->relation != NULL && *hit->relation != '\0' ? hit->relation
                                                                              : _ ("Kin"),
                              phone);
    case YIHU_SEARCH_MET_ID:
      return g_strdup_printf (_ ("ID number ****%s"), tail != NULL && strlen (tail) > SHOWN_OF_ID
                                                          ? tail + strlen (tail) - SHOWN_OF_ID
                                                          : "");
    case YIHU_SEARCH_MET_DEVICE:
      return g_strdup_printf (_ ("Terminal %s"), hit->number);
    case YIHU_SEARCH_MET_ADDRESS:
      return g_strdup_printf (_ ("Address has “%s”"), typed);
    case YIHU_SEARCH_MET_NAME:
    case YIHU_SEARCH_MET_ASIDE:
    case YIHU_SEARCH_MET_PHONE:
    default:
      return yihu_show_phone (hit->number != NULL ? hit->number : hit->elder->phone, FALSE);
    }
}

char *
yihu_search_words_subtitle (const YihuSearchHit *hit, const char *place, const char *typed)
{
  g_autofree char *met = met_words (hit, typed);

  if (*met == '\0' || *place == '\0')
    return g_strconcat (place, met, NULL);
  return g_strdup_printf ("%s · %s", place, met);
}

char *
yihu_search_words_figure (const YihuSearchHit *hit, gint64 now_us, const char **css_class)
{
  *css_class = NULL;
  if (hit->n_open > 0)
    {
      *css_class = "p2t";
      return g_strdup_printf (_ ("◆ %u open"), (guint) hit->n_open);
    }
  return hit->contact_at_us > 0 ? yihu_format_age (now_us - hit->contact_at_us) : g_strdup ("");
}
