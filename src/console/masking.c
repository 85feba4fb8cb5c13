/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Masking on screen. Decides nothing about who may see: that is the caller's @unlocked. */

#include "console/masking.h"

#include "base/phone-number.h"

#include <glib/gi18n.h>

char *
yihu_show_phone (const char *normalized, gboolean unlocked)
{
  if (normalized == NULL || *normalized == '\0')
    return g_strdup ("");
  return unlocked ? yihu_phone_number_format (normalized) : yihu_phone_number_mask (normalized);
}

char *
yihu_show_phones (const YihuElder *elder, gboolean unlocked)
{
  g_autofree char *first = yihu_show_phone (elder->phone, unlocked);
  g_autofree char *second = yihu_show_phone (elder->phone2, unlocked);

  if (*first == '\0' && *second == '\0')
    return g_strdup ("—");
  return g_strconcat (first, *first != '\0' && *second != '\0' ? "　" : "", second, NULL);
}

char *
yihu_show_address (const YihuElder *elder, const char *division, gboolean unlocked)
{
  if (unlocked && elder->address != NULL && *elder->address != '\0')
    return g_strdup (elder->address);
  if (unlocked)
    return g_strdup (division);
  return *division != '\0' ? g_strdup_printf (_ ("%s (masked)"), division)
                           : g_strdup (_ ("masked"));
}

char *
yihu_show_call_origin (const YihuCall *call, const char *division)
{
  g_autofree char *number = yihu_show_phone (call->number, FALSE);

  if (*number == '\0' || *division == '\0')
    return g_strconcat (number, division, NULL);
  return g_strdup_printf ("%s · %s", number, division);
}
