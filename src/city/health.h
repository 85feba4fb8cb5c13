/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/random.h"
#include "domain/elder.h"

/* Illnesses, what is taken against them, allergies and what somebody can still do, so that they fit
 * each other and the age. Invented shares; no medical advice. */

G_BEGIN_DECLS

typedef struct _YihuHealth YihuHealth;

YihuHealth *yihu_health_new (void);
void yihu_health_free (YihuHealth *self);

/* Fills conditions, medicines, allergies, mobility, ability, risk, remarks and history of @elder,
 * whose sex, birth and living are set. */
void yihu_health_fill (YihuHealth *self, YihuElder *elder, int age, int year, YihuRandom *random);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuHealth, yihu_health_free)

G_END_DECLS
