/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How a field table is written; included by the .c files of the kinds only. */

#include <stddef.h>

#define YIHU_TIME_MAX_US G_GINT64_CONSTANT (4102444800000000) /* 2100-01-01 */

#define YIHU_TEXT_FIELD(TypeName, member, flags, max_bytes)                                        \
  {                                                                                                \
#member, YIHU_FIELD_TEXT, flags, offsetof(TypeName, member), 0, max_bytes, NULL                \
  }
#define YIHU_INT_FIELD(TypeName, member, flags, lowest, highest)                                   \
  {                                                                                                \
#member, YIHU_FIELD_INT, flags, offsetof(TypeName, member), lowest, highest, NULL              \
  }
#define YIHU_ENUM_FIELD(TypeName, member, flags, nicks)                                            \
  {                                                                                                \
#member, YIHU_FIELD_ENUM, flags, offsetof(TypeName, member), 0, 0, nicks                       \
  }
#define YIHU_RECORD_TYPE(TypeName, type_name, kind_name)                                           \
  const YihuRecordType type_name##_type = { kind_name, sizeof (TypeName), fields,                  \
                                            G_N_ELEMENTS (fields) };
