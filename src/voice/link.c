/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The abstract link. */

#include "voice/link.h"

G_DEFINE_ABSTRACT_TYPE (YihuLink, yihu_link, G_TYPE_OBJECT)

static void
yihu_link_class_init (YihuLinkClass *klass)
{
}

static void
yihu_link_init (YihuLink *self)
{
}

void
yihu_link_send (YihuLink *self, YihuCommand *command)
{
  YIHU_LINK_GET_CLASS (self)->send (self, command);
}
