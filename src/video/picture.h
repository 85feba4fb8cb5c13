/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* One decoded picture (I420) as it came out of the decoder, immutable. Scaling and conversion go
 * through libyuv: straight to the size and the byte order that the screen wants. Any thread. */

G_BEGIN_DECLS

typedef struct _YihuPicture YihuPicture;

/* @sample: a GstSample. Returns: (transfer full) (nullable): NULL where it is no I420 picture. */
YihuPicture *yihu_picture_new (gpointer sample);
void yihu_picture_free (YihuPicture *self);
int yihu_picture_get_width (YihuPicture *self);
int yihu_picture_get_height (YihuPicture *self);
double yihu_picture_get_aspect (YihuPicture *self); /* width / height as it is to be seen */

/* Writes @width x @height pixels (both even) of bytes B, G, R, 255: cairo's RGB24 on little-endian
 * machines. @scratch: (nullable): at least width * height * 3 / 2 bytes, else it is allocated. */
void yihu_picture_convert (YihuPicture *self,
                           guint8 *pixels,
                           int stride,
                           int width,
                           int height,
                           guint8 *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuPicture, yihu_picture_free)

G_END_DECLS
