/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* A camera of an institution. Address and password stay on the server: a console gets a grant for a
 * time (docs/protocol.md, camera grants). */

G_BEGIN_DECLS

typedef struct
{
  YihuRecord record;
  char *institution;
  char *name;
  char *address; /* rtsp://host:port/path */
  char *user;
  char *password;
} YihuCamera;

YIHU_DEFINE_RECORD (YihuCamera, yihu_camera)

G_END_DECLS
