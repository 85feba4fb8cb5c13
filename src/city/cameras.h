/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* All cameras of the city behind one RTSP port of loopback. Each plays one of the films at the
 * place where the clock says; nothing runs while nobody watches. */

G_BEGIN_DECLS

typedef struct _YihuCameras YihuCameras;

typedef enum
{
  YIHU_CAMERA_WORKS,
  YIHU_CAMERA_SILENT, /* answers, plays, sends one picture and then nothing */
  YIHU_CAMERA_DEAD, /* there is no such path */
} YihuCameraCondition;

/* @port 0: the kernel's choice. */
YihuCameras *yihu_cameras_new (guint port, GError **error);
void yihu_cameras_free (YihuCameras *self);
guint yihu_cameras_get_port (YihuCameras *self);

/* Films from @directory, made there where they are missing; blocks, run it in a thread before the
 * first camera is added. */
gboolean yihu_cameras_load_clips (YihuCameras *self, const char *directory, GError **error);

/* A path "/ID/sub" that shows a room. Main thread. */
void yihu_cameras_add (YihuCameras *self, const char *id, const char *room);
gboolean
yihu_cameras_set_condition (YihuCameras *self, const char *id, YihuCameraCondition condition);
guint yihu_cameras_get_n_cameras (YihuCameras *self);
guint yihu_cameras_get_n_watchers (YihuCameras *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCameras, yihu_cameras_free)

G_END_DECLS
