/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sealed backups, from a disk that was elsewhere: what opens ends where its last chunk ends. */

#define _GNU_SOURCE
#include "store/sealed-file.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YihuSealKey key = { .has_secret = TRUE };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = memfd_create ("sealed", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  path = g_strdup_printf ("/proc/self/fd/%d", fd);
  memset (key.secret_key, 1, sizeof key.secret_key);
  crypto_scalarmult_base (key.public_key, key.secret_key);
  g_assert_cmpint (yihu_sealed_file_open (path, NULL, &key, NULL, &error), ==, error == NULL);
  close (fd);
  return 0;
}
