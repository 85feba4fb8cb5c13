/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* An elder 老人 of the register. ID number and history are the server's alone; the other personal
 * fields are sealed in the cache and masked on screen unless a live call or a logged reason unlocks
 * them. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_SEX_FEMALE,
  YIHU_SEX_MALE,
} YihuSex;

typedef enum
{
  YIHU_LIVING_WITH_FAMILY,
  YIHU_LIVING_ALONE,
  YIHU_LIVING_EMPTY_NEST,
  YIHU_LIVING_BEREAVED,
  YIHU_LIVING_INSTITUTION,
} YihuLiving;

typedef enum
{
  YIHU_ABILITY_ABLE,
  YIHU_ABILITY_MILD,
  YIHU_ABILITY_MODERATE,
  YIHU_ABILITY_SEVERE,
  YIHU_ABILITY_DEMENTIA,
} YihuAbility;

typedef enum
{
  YIHU_SUBSIDY_NONE,
  YIHU_SUBSIDY_A,
  YIHU_SUBSIDY_B,
  YIHU_SUBSIDY_C,
} YihuSubsidy;

typedef enum
{
  YIHU_RISK_NORMAL,
  YIHU_RISK_RAISED,
  YIHU_RISK_HIGH,
} YihuRisk;

typedef enum
{
  YIHU_ELDER_ACTIVE,
  YIHU_ELDER_MOVED,
  YIHU_ELDER_DECEASED,
} YihuElderStatus;

typedef struct
{
  YihuRecord record;
  char *name;
  char *appellation; /* 称呼: how to address */
  gint64 sex; /* YihuSex */
  gint64 birth; /* yyyymmdd */
  char *phone; /* E.164 */
  char *phone2; /* E.164 */
  char *address;
  gint64 lat_e7; /* WGS-84, 1e-7 degree; 0/0 unknown */
  gint64 lon_e7;
  gint64 living; /* YihuLiving */
  gint64 ability; /* YihuAbility */
  gint64 subsidy; /* YihuSubsidy */
  gint64 risk; /* YihuRisk */
  char *conditions;
  char *medicines;
  char *allergies;
  char *mobility;
  char *hospital; /* contracted hospital */
  char *key_holder;
  char *dialect;
  char *remarks;
  gint64 status; /* YihuElderStatus */
  char *id_card;
  char *history;
  char *id_tail; /* the last six of id_card, which stays on the server; filled by the server */
} YihuElder;

YIHU_DEFINE_RECORD (YihuElder, yihu_elder)

#define YIHU_ELDER_ID_TAIL 6 /* characters */

/* (transfer full) (nullable): the tail of the ID number, from the number itself where it is there.
 */
char *yihu_elder_dup_id_tail (const YihuElder *self);

G_END_DECLS
