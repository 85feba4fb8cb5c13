/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Texts out of requests of strangers. A call with a strange header is still somebody's call for
 * help: what cannot be read is shortened or left out, the call itself is never refused here. */

#include "sip/sip-header.h"

#include <sofia-sip/sip_header.h>
#include <sofia-sip/url.h>
#include <string.h>

static char *
dup_bounded (const char *text)
{
  g_autofree char *cut = g_strndup (text, YIHU_SIP_MAX_VALUE);
  const char *end;

  /* The cut may have split a character. */
  if (!g_utf8_validate (cut, -1, &end))
    cut[end - cut] = '\0';
  return g_steal_pointer (&cut);
}

static char *
dup_user (const url_t *url)
{
  g_autofree char *user = NULL;

  if (url == NULL || url->url_user == NULL || strlen (url->url_user) > 3 * YIHU_SIP_MAX_VALUE)
    return g_strdup ("");
  user = g_strdup (url->url_user);
  url_unescape (user, url->url_user);
  /* "+86417…;phone-context=…" and "03:password" carry more than the user. */
  user[strcspn (user, ";:")] = '\0';
  return dup_bounded (user);
}

char *
yihu_sip_dup_caller (const sip_t *sip)
{
  g_autofree char *user = NULL;

  if (sip == NULL || sip->sip_from == NULL)
    return g_strdup ("");
  user = dup_user (sip->sip_from->a_url);
  if (g_ascii_strcasecmp (user, "anonymous") == 0 || g_ascii_strcasecmp (user, "unknown") == 0)
    user[0] = '\0';
  return g_steal_pointer (&user);
}

char *
yihu_sip_dup_called (const sip_t *sip)
{
  if (sip == NULL || sip->sip_request == NULL)
    return g_strdup ("");
  return dup_user (sip->sip_request->rq_url);
}

char *
yihu_sip_dup_header (const sip_t *sip, const char *name)
{
  for (const sip_unknown_t *header = sip != NULL ? sip->sip_unknown : NULL; header != NULL;
       header = header->un_next)
    {
      if (header->un_name == NULL || g_ascii_strcasecmp (header->un_name, name) != 0)
        continue;
      if (header->un_value == NULL || strlen (header->un_value) > YIHU_SIP_MAX_VALUE
          || !g_utf8_validate (header->un_value, -1, NULL))
        return NULL;
      return g_strstrip (g_strdup (header->un_value));
    }
  return NULL;
}

gboolean
yihu_sip_is_emergency (const sip_t *sip)
{
  return sip != NULL && sip->sip_priority != NULL && sip->sip_priority->g_string != NULL
         && g_ascii_strcasecmp (sip->sip_priority->g_string, "emergency") == 0;
}
