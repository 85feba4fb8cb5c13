/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Words for an offer. */

#include "console/desk/offer-words.h"

#include "console/format.h"

#include <glib/gi18n.h>

char *
yihu_offer_describe (const YihuOffer *offer, guint load)
{
  g_autofree char *distance =
      offer->distance_m >= 0 ? yihu_format_distance (offer->distance_m) : g_strdup ("—");
  g_autofree char *star = yihu_format_star (offer->provider->stars);
  g_autofree char *price = yihu_format_money (offer->price_fen);
  g_autofree char *subsidy = yihu_format_money (offer->subsidy_fen);
  gboolean busy = offer->provider->capacity > 0 && load >= (guint) offer->provider->capacity;
  GString *text = g_string_new (offer->provider->name);

  g_string_append_printf (text, " · %s", distance);
  if (*star != '\0')
    g_string_append_printf (text, " · %s", star);
  g_string_append_printf (text, " · %s", price);
  if (offer->subsidy_fen > 0)
    g_string_append_printf (text, _ (" (subsidy %s)"), subsidy);
  g_string_append_printf (text, " · %s", busy ? _ ("busy") : _ ("free"));
  return g_string_free (text, FALSE);
}

char *
yihu_offer_describe_price (const YihuOffer *offer)
{
  g_autofree char *price = yihu_format_money (offer->price_fen);
  g_autofree char *subsidy = yihu_format_money (offer->subsidy_fen);
  g_autofree char *pays = yihu_format_money (offer->price_fen - offer->subsidy_fen);

  return g_strdup_printf (_ ("Price %s · subsidy %s · pays %s"), price, subsidy, pays);
}
