/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A full disk for SQLite's files below @directory in this process, by SQLite's own way of putting
 * another system call under it; other files are written as ever. One directory at a time; from any
 * thread. */
void full_disk_begin (const char *directory);
void full_disk_end (void);
