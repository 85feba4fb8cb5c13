/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* argon2id takes memory and time by design: two threads of its own, so that a storm of log-ins can
 * neither fill the memory nor hold up anything else. Main context. */

G_BEGIN_DECLS

typedef struct _YihuPasswordPool YihuPasswordPool;

#define YIHU_PASSWORD_MIN 8 /* bytes */
#define YIHU_PASSWORD_MAX 256

YihuPasswordPool *yihu_password_pool_new (void);
void yihu_password_pool_free (YihuPasswordPool *self); /* finishes what is queued */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuPasswordPool, yihu_password_pool_free)

typedef void (*YihuPasswordVerifyFunc) (gboolean is_right, gpointer data);
typedef void (*YihuPasswordHashFunc) (const char *hash, gpointer data); /* NULL: no memory */

/* @hash NULL: there is no such account; takes the same time and says no. FALSE with
 * YIHU_ERROR_BUSY when too many wait; then the function is not called. */
gboolean yihu_password_pool_verify (YihuPasswordPool *self,
                                    const char *hash,
                                    const char *password,
                                    YihuPasswordVerifyFunc func,
                                    gpointer data,
                                    GError **error);
gboolean yihu_password_pool_hash (YihuPasswordPool *self,
                                  const char *password,
                                  YihuPasswordHashFunc func,
                                  gpointer data,
                                  GError **error);

char *yihu_password_hash (const char *password); /* (nullable), in the caller's thread */

G_END_DECLS
