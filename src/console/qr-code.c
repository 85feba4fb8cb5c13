/* SPDX-License-Identifier: GPL-3.0-or-later */

/* libqrencode gives one byte a module; here they become squares of whole pixels. */

#include "console/qr-code.h"

#include <qrencode.h>

#define MODULE_PX 4
#define QUIET_MODULES 4 /* ISO/IEC 18004, 7.3.7 */
#define BYTES_PER_PX 3

static void
paint_module (guint8 *pixels, guint stride, guint column, guint row)
{
  for (guint y = 0; y < MODULE_PX; y++)
    memset (pixels + (row * MODULE_PX + y) * stride + column * MODULE_PX * BYTES_PER_PX, 0,
            MODULE_PX * BYTES_PER_PX);
}

GdkTexture *
yihu_qr_code_new (const char *text)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  g_autoptr (GBytes) bytes = NULL;
  guint side;
  guint stride;
  guint8 *pixels;

  if (code == NULL)
    return NULL;
  side = ((guint) code->width + 2 * QUIET_MODULES) * MODULE_PX;
  stride = side * BYTES_PER_PX;
  pixels = g_malloc ((gsize) stride * side);
  memset (pixels, 0xff, (gsize) stride * side);
  for (guint row = 0; row < (guint) code->width; row++)
    for (guint column = 0; column < (guint) code->width; column++)
      if (code->data[row * (guint) code->width + column] & 1)
        paint_module (pixels, stride, column + QUIET_MODULES, row + QUIET_MODULES);
  QRcode_free (code);
  bytes = g_bytes_new_take (pixels, (gsize) stride * side);
  return gdk_memory_texture_new ((int) side, (int) side, GDK_MEMORY_R8G8B8, bytes, stride);
}
