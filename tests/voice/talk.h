/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "phone/phone.h"

/* What tests of telephones share: letting people talk. */

/* Turns the loop for so long: sound needs real time. */
void talk_for (guint ms);

/* Until each of the calls (the second nullable) hears something louder than -26 dBFS RMS, and @ms
 * longer: the way of the first packet takes as long as the machine likes. */
void talk_when_heard (YihuPhoneCall *one, YihuPhoneCall *other, guint ms);
