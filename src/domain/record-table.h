/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How a field table is written; included by the .c files of the kinds only. */

#include <stddef.h>

#define YIHU_TIME_MAX_US G_GINT64_CONSTANT (4102444800000000) /* 2100-01-01 */

#define YIHU_TEXT_FIELD(TypeName, member, flag_mask, max_bytes)                                    \
  {                                                                                                \
    .name = #member, .kind = YIHU_FIELD_TEXT, .flags = flag_mask,                                  \
    .offset = offsetof (TypeName, member), .highest = max_bytes                                    \
  }
#define YIHU_INT_FIELD(TypeName, member, flag_mask, least, most)                                   \
  {                                                                                                \
    .name = #member, .kind = YIHU_FIELD_INT, .flags = flag_mask,                                   \
    .offset = offsetof (TypeName, member), .lowest = least, .highest = most                        \
  }
#define YIHU_ENUM_FIELD(TypeName, member, flag_mask, all_nicks)                                    \
  {                                                                                                \
    .name = #member, .kind = YIHU_FIELD_ENUM, .flags = flag_mask,                                  \
    .offset = offsetof (TypeName, member), .nicks = all_nicks                                      \
  }
#define YIHU_RECORD_TYPE(TypeName, type_name, kind_name)                                           \
  const YihuRecordType type_name##_type = { kind_name, sizeof (TypeName), fields,                  \
                                            G_N_ELEMENTS (fields) };
