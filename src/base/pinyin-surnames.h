/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Surnames whose reading the general table does not give, and the double surnames. Private to
 * pinyin.c. */

G_BEGIN_DECLS

typedef struct
{
  const char *hanzi; /* one or two characters */
  const char *readings; /* a syllable a character, separated by a space */
} YihuSurname;

/* The longest surname with which @name begins; NULL where none of the lists has it. A double
 * surname counts only where a given name follows it. */
const YihuSurname *yihu_surname_find (const char *name);

G_END_DECLS
