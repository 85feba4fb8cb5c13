/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sofia-sip/sip.h>

/* What is read from the headers of a request, bounded and valid UTF-8. */

G_BEGIN_DECLS

#define YIHU_SIP_MAX_VALUE 128 /* bytes of an own header or a user part that are looked at */

/* The caller's number as it was sent: user part of From; "" where it is withheld. (transfer full)
 */
char *yihu_sip_dup_caller (const sip_t *sip);

/* User part of the request URI: whom the caller dialled. (transfer full) */
char *yihu_sip_dup_called (const sip_t *sip);

/* Value of a header that sofia has no type for. (transfer full) (nullable): NULL where there is
 * none, or where it is longer than YIHU_SIP_MAX_VALUE or not UTF-8. */
char *yihu_sip_dup_header (const sip_t *sip, const char *name);

gboolean yihu_sip_is_emergency (const sip_t *sip); /* Priority: emergency */

G_END_DECLS
