/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuCamera. */

#include "domain/camera.h"

#include "domain/record-table.h"

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuCamera, institution, YIHU_FIELD_REQUIRED, 36),
  YIHU_TEXT_FIELD (YihuCamera, name, YIHU_FIELD_REQUIRED, 96),
  YIHU_TEXT_FIELD (YihuCamera, address, YIHU_FIELD_REQUIRED | YIHU_FIELD_SERVER, 256),
  YIHU_TEXT_FIELD (YihuCamera, user, YIHU_FIELD_SERVER, 64),
  YIHU_TEXT_FIELD (YihuCamera, password, YIHU_FIELD_SERVER, 64),
};

YIHU_RECORD_TYPE (YihuCamera, yihu_camera, "camera")
