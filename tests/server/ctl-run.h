/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fixture.h"

/* yihu-ctl as a person runs it, against the server of this process. */

typedef struct
{
  gboolean is_done;
  int exit;
  char *out;
  char *err;
} Run;

void run_clear (Run *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* @words: separated by one blank each. */
Run run (Fixture *self, const char *password, const char *words);
/* @code: (nullable): the second factor */
Run run_with_code (Fixture *self, const char *password, const char *code, const char *words);
