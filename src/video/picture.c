/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pictures over GstVideoFrame. The planes stay where the decoder put them; the only copy is the one
 * to the screen's format. */

#include "video/picture.h"

#include <gst/video/video.h>
#include <libyuv.h>

struct _YihuPicture
{
  GstVideoFrame frame; /* mapped; holds the buffer */
};

YihuPicture *
yihu_picture_new (gpointer sample)
{
  YihuPicture *self;
  GstVideoInfo info;
  GstCaps *caps = gst_sample_get_caps (sample);
  GstBuffer *buffer = gst_sample_get_buffer (sample);

  if (caps == NULL || buffer == NULL || !gst_video_info_from_caps (&info, caps)
      || GST_VIDEO_INFO_FORMAT (&info) != GST_VIDEO_FORMAT_I420)
    return NULL;
  self = g_new0 (YihuPicture, 1);
  if (!gst_video_frame_map (&self->frame, &info, buffer, GST_MAP_READ))
    {
      g_free (self);
      return NULL;
    }
  return self;
}

void
yihu_picture_free (YihuPicture *self)
{
  if (self == NULL)
    return;
  gst_video_frame_unmap (&self->frame);
  g_free (self);
}

int
yihu_picture_get_width (YihuPicture *self)
{
  return GST_VIDEO_FRAME_WIDTH (&self->frame);
}

int
yihu_picture_get_height (YihuPicture *self)
{
  return GST_VIDEO_FRAME_HEIGHT (&self->frame);
}

double
yihu_picture_get_aspect (YihuPicture *self)
{
  const GstVideoInfo *info = &self->frame.info;
  double par = GST_VIDEO_INFO_PAR_D (info) > 0
                   ? (double) GST_VIDEO_INFO_PAR_N (info) / GST_VIDEO_INFO_PAR_D (info)
                   : 1;

  return par * yihu_picture_get_width (self) / yihu_picture_get_height (self);
}

/* What the stream says; where it says nothing, the usual: HD is BT.709, smaller is BT.601. */
static const struct YuvConstants *
find_matrix (const GstVideoInfo *info)
{
  gboolean full = info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  gboolean hd = info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709
                || (info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN
                    && GST_VIDEO_INFO_HEIGHT (info) >= 720);

  if (hd)
    return full ? &kYuvF709Constants : &kYuvH709Constants;
  return full ? &kYuvJPEGConstants : &kYuvI601Constants;
}

void
yihu_picture_convert (YihuPicture *self,
                      guint8 *pixels,
                      int stride,
                      int width,
                      int height,
                      guint8 *scratch)
{
  g_autofree guint8 *own = NULL;
  const guint8 *plane[3];
  int plane_stride[3];

  g_return_if_fail (width > 0 && height > 0 && width % 2 == 0 && height % 2 == 0);

  for (guint i = 0; i < 3; i++)
    {
      plane[i] = GST_VIDEO_FRAME_PLANE_DATA (&self->frame, i);
      plane_stride[i] = GST_VIDEO_FRAME_PLANE_STRIDE (&self->frame, i);
    }
  if (width != yihu_picture_get_width (self) || height != yihu_picture_get_height (self))
    {
      gsize area = (gsize) width * height;
      guint8 *to = scratch != NULL ? scratch : (own = g_malloc (area * 3 / 2));

      I420Scale (plane[0], plane_stride[0], plane[1], plane_stride[1], plane[2], plane_stride[2],
                 yihu_picture_get_width (self), yihu_picture_get_height (self), to, width,
                 to + area, width / 2, to + area * 5 / 4, width / 2, width, height,
                 width < yihu_picture_get_width (self) ? kFilterBox : kFilterBilinear);
      plane[0] = to;
      plane[1] = to + area;
      plane[2] = to + area * 5 / 4;
      plane_stride[0] = width;
      plane_stride[1] = plane_stride[2] = width / 2;
    }
  I420ToARGBMatrix (plane[0], plane_stride[0], plane[1], plane_stride[1], plane[2], plane_stride[2],
                    pixels, stride, find_matrix (&self->frame.info), width, height);
}
