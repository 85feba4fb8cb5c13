/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A slower disk: LD_PRELOAD, and each fsync() and fdatasync() takes YIHU_SYNC_DELAY_US longer. An
 * office SSD needs 500 to 5,000, a hard disk 8,000; the disks of test machines often need none. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void
wait_for_disk (void)
{
  const char *delay_us = getenv ("YIHU_SYNC_DELAY_US");

  if (delay_us != NULL)
    usleep ((useconds_t) atoi (delay_us));
}

int
fsync (int file)
{
  int (*real) (int) = (int (*) (int)) dlsym (RTLD_NEXT, "fsync");

  wait_for_disk ();
  return real (file);
}

int
fdatasync (int file)
{
  int (*real) (int) = (int (*) (int)) dlsym (RTLD_NEXT, "fdatasync");

  wait_for_disk ();
  return real (file);
}
