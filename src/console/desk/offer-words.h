/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/desk/catalogue.h"

/* An offer as the operator reads it out. Both (transfer full). */

G_BEGIN_DECLS

/* "安康护理站 · 837 m · ★4.8 · ¥48 (subsidy ¥40) · free"; @load: open orders of the provider. */
char *yihu_offer_describe (const YihuOffer *offer, guint load);
/* "Price ¥48 · subsidy ¥40 · pays ¥8" */
char *yihu_offer_describe_price (const YihuOffer *offer);

G_END_DECLS
