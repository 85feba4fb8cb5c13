/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The list of all kinds, in the order in which they may be imported: what is referred to first. */

#include "domain/kinds.h"

#include <string.h>

const YihuRecordType *const yihu_record_types[] = {
  &yihu_division_type, &yihu_account_type,     &yihu_provider_type, &yihu_service_item_type,
  &yihu_price_type,    &yihu_institution_type, &yihu_camera_type,   &yihu_elder_type,
  &yihu_kin_type,      &yihu_device_type,      &yihu_seat_type,     &yihu_call_type,
  &yihu_order_type,    &yihu_order_step_type,  &yihu_note_type,
};
const guint yihu_n_record_types = G_N_ELEMENTS (yihu_record_types);

const YihuRecordType *
yihu_record_type_find (const char *name)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    if (strcmp (yihu_record_types[i]->name, name) == 0)
      return yihu_record_types[i];
  return NULL;
}
