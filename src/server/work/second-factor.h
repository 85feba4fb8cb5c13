/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/work.h"

/* The second factor of an account: a TOTP seed, the last code that was used, and recovery codes.
 * Kept in the store as one sealed blob an account, under a key that is not in the store, so that a
 * stolen copy of the store shows no seed. Writer's thread, inside its transaction. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_FACTOR_PASSED,
  YIHU_FACTOR_ENROL, /* there is a seed, but nobody has shown yet that he has it */
  YIHU_FACTOR_ASKED, /* no code came with the password */
  YIHU_FACTOR_WRONG, /* wrong, used before, or too old */
  YIHU_FACTOR_LOST, /* does not open with this server's key: an administrator must reset it */
} YihuFactorAnswer;

typedef struct
{
  YihuFactorAnswer answer;
  GBytes *seed; /* ENROL: to be shown once more (owned) (nullable) */
  GStrv recovery; /* PASSED at the enrolment: shown this once (owned) (nullable) */
  gboolean used_recovery; /* PASSED by one of them */
} YihuFactorResult;

void yihu_factor_result_clear (YihuFactorResult *result);

/* Asks the second factor of @account; makes a seed where there is none. @code: (nullable): six
 * digits or a recovery code. FALSE only for an outage. */
gboolean yihu_second_factor_ask (YihuWork *work,
                                 GBytes *key,
                                 const char *account,
                                 const char *code,
                                 YihuFactorResult *result,
                                 GError **error);
/* The next log-in enrols anew. */
gboolean yihu_second_factor_reset (YihuWork *work, const char *account, GError **error);

#define YIHU_RECOVERY_CODES 10

G_END_DECLS
