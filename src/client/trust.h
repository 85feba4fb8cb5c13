/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

/* Whom a client believes over TLS, and how it proves who it is itself: the authority that signed
 * the server's certificate, and a certificate of this computer where the server asks for one.
 * Immutable and reference-counted; any thread. A session without one believes what the system
 * believes. */

G_BEGIN_DECLS

typedef struct _YihuTrust YihuTrust;

/* @ca_file: (nullable): certificates (PEM) of authorities; NULL: those of the system.
 * @certificate_file: (nullable): certificate and private key of this computer in one PEM file.
 * NULL with an error that names the file where one cannot be read. (transfer full) */
YihuTrust *yihu_trust_new (const char *ca_file, const char *certificate_file, GError **error);
YihuTrust *yihu_trust_ref (YihuTrust *self);
void yihu_trust_unref (YihuTrust *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuTrust, yihu_trust_unref)

/* @self: (nullable) */
void yihu_trust_prepare_session (YihuTrust *self, SoupSession *soup);
/* Before sending: shows our certificate where asked, and notes why the server's is not good. */
void yihu_trust_prepare_message (YihuTrust *self, SoupMessage *message);
/* Where @problem came from a certificate: sets YIHU_ERROR_CERT_* with the reason and returns TRUE.
 */
gboolean yihu_trust_explain (SoupMessage *message, const GError *problem, GError **error);

G_END_DECLS
