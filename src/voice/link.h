/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/seat.h"
#include "wire/command.h"

/* Where the switchboard's events go. It never waits for an answer: a call is answered with or
 * without a server. YihuServerLink is the real one; tests keep a list. Main thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_LINK (yihu_link_get_type ())
G_DECLARE_DERIVABLE_TYPE (YihuLink, yihu_link, YIHU, LINK, GObject)

struct _YihuLinkClass
{
  GObjectClass parent_class;

  void (*send) (YihuLink *self, YihuCommand *command);
};

void yihu_link_send (YihuLink *self, YihuCommand *command); /* takes no reference */

G_END_DECLS
