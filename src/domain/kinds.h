/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every kind of record, for code that treats them alike. */

#include "domain/account.h"
#include "domain/call.h"
#include "domain/camera.h"
#include "domain/device.h"
#include "domain/division.h"
#include "domain/elder.h"
#include "domain/institution.h"
#include "domain/kin.h"
#include "domain/note.h"
#include "domain/order-step.h"
#include "domain/order.h"
#include "domain/price.h"
#include "domain/provider.h"
#include "domain/seat.h"
#include "domain/service-item.h"
