/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A text as a QR code: black on white with its quiet zone, whatever the theme, because cameras read
 * it. (transfer full) (nullable): NULL where the text is too long. */
GdkTexture *yihu_qr_code_new (const char *text);

G_END_DECLS
