/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A power cut for one program: LD_PRELOAD=…/libyihu-power.so YIHU_POWER_DIR=/its/data program, then
 * SIGUSR2. Everything that was changed in files below YIHU_POWER_DIR and not synced since is taken
 * back, newest first, and the program leaves with status 9.
 *
 * What counts as safe: the bytes and the length of a file after fsync() or fdatasync() of that file
 * returned; the making, renaming and removing of a name after fsync() of its directory. Files are
 * told by device and inode, so a renamed or unlinked file keeps its history.
 *
 * A thread of its own waits for the signal and takes the one lock for ever: no other thread can
 * finish a write or a sync after it, so nothing is acknowledged that was then taken back. A sync
 * counts only for what had been written when it began.
 *
 * Not modelled: torn pages, disks that lie, writes through mmap (SQLite's -shm is made anew anyway)
 * and through stdio, whose calls cannot be intercepted. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The prototypes of what is replaced differ in their attributes between libc versions. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

typedef enum
{
  BYTES, /* and the length */
  CREATED,
  RENAMED,
  REMOVED,
} Kind;

typedef struct Change
{
  struct Change *older;
  unsigned long serial;
  Kind kind;
  dev_t device; /* of the file, or of the directory */
  ino_t inode;
  off_t offset;
  off_t length_before;
  size_t n_bytes;
  char *bytes;
  char *path; /* CREATED, REMOVED, RENAMED: the name before */
  char *path_after; /* RENAMED */
  char *saved; /* another name for what was removed or replaced (nullable) */
  bool is_safe;
} Change;

/* Our own descriptor of each file that was ever written. It is never closed: closing any descriptor
 * of a file drops every lock that the process holds on it, and SQLite lives by them. */
typedef struct Opened
{
  struct Opened *next;
  dev_t device;
  ino_t inode;
  int file;
} Opened;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Change *newest;
static unsigned long n_changes;
static Opened *opened;
static char root[PATH_MAX]; /* empty: nothing is watched */
static unsigned n_saved;

#define REAL(name) ((__typeof__ (&name)) find_real (#name))

static void *
find_real (const char *name)
{
  return dlsym (RTLD_NEXT, name);
}

/* What is watched. */

static bool
is_below_root (const char *path)
{
  size_t length = strlen (root);

  return length > 0 && strncmp (path, root, length) == 0 && path[length] == '/';
}

static bool
get_path (int file, char *path)
{
  char link[64];
  ssize_t length;

  snprintf (link, sizeof link, "/proc/self/fd/%d", file);
  length = readlink (link, path, PATH_MAX - 1);
  if (length < 0)
    return false;
  path[length] = '\0';
  return true;
}

static bool
is_watched (int file, struct stat *status)
{
  char path[PATH_MAX];

  return root[0] != '\0' && fstat (file, status) == 0 && S_ISREG (status->st_mode)
         && get_path (file, path) && is_below_root (path);
}

/* Names may be relative, and the file need not be there: the directory is made absolute. */
static bool
resolve (int directory, const char *name, char *path)
{
  char copy[PATH_MAX];
  char where[PATH_MAX] = "";
  char *slash;

  if (root[0] == '\0' || strlen (name) >= PATH_MAX)
    return false;
  if (name[0] != '/' && directory != AT_FDCWD && !get_path (directory, where))
    return false;
  snprintf (copy, sizeof copy, "%s%s%s", where, where[0] != '\0' ? "/" : "", name);
  slash = strrchr (copy, '/');
  if (slash == NULL)
    return false;
  *slash = '\0';
  if (realpath (copy[0] != '\0' ? copy : "/", where) == NULL
      || strlen (where) + strlen (slash + 1) + 2 > PATH_MAX)
    return false;
  snprintf (path, PATH_MAX, "%.2000s/%.2000s", where, slash + 1);
  return is_below_root (path);
}

/* The log; the caller holds the lock. */

static Change *
add_change (Kind kind, const struct stat *status)
{
  Change *change = calloc (1, sizeof *change);

  change->serial = ++n_changes;
  change->kind = kind;
  change->device = status->st_dev;
  change->inode = status->st_ino;
  change->older = newest;
  newest = change;
  return change;
}

static int
find_file (dev_t device, ino_t inode)
{
  for (const Opened *at = opened; at != NULL; at = at->next)
    if (at->device == device && at->inode == inode)
      return at->file;
  return -1;
}

static int
ensure_file (const char *path, const struct stat *status)
{
  int file = find_file (status->st_dev, status->st_ino);
  Opened *entry;

  if (file >= 0)
    return file;
  entry = calloc (1, sizeof *entry);
  entry->device = status->st_dev;
  entry->inode = status->st_ino;
  entry->file = (int) syscall (SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
  if (entry->file < 0)
    abort ();
  entry->next = opened;
  opened = entry;
  return entry->file;
}

/* Before @length bytes at @offset of the file at @path change. */
static void
note_change (const char *path, const struct stat *status, off_t offset, size_t length)
{
  Change *change = add_change (BYTES, status);
  int file = ensure_file (path, status);

  change->offset = offset;
  change->length_before = status->st_size;
  if (offset >= status->st_size)
    return;
  change->n_bytes = length;
  if ((off_t) length > status->st_size - offset)
    change->n_bytes = (size_t) (status->st_size - offset);
  change->bytes = malloc (change->n_bytes + 1);
  if (syscall (SYS_pread64, file, change->bytes, change->n_bytes, offset)
      != (ssize_t) change->n_bytes)
    abort ();
}

static void
note_bytes (int file, off_t offset, size_t length)
{
  struct stat status;
  char path[64];

  snprintf (path, sizeof path, "/proc/self/fd/%d", file);
  if (is_watched (file, &status))
    note_change (path, &status, offset, length);
}

static Change *
note_name (Kind kind, const char *path)
{
  char directory[PATH_MAX];
  struct stat status;
  Change *change;

  snprintf (directory, sizeof directory, "%s", path);
  *strrchr (directory, '/') = '\0';
  if (stat (directory, &status) != 0)
    return NULL;
  change = add_change (kind, &status);
  change->path = strdup (path);
  return change;
}

/* Keeps what stands at @path under another name. */
static void
save_file (Change *change, const char *path)
{
  char saved[PATH_MAX + 32];

  snprintf (saved, sizeof saved, "%s.power-%u", path, n_saved++);
  if (change != NULL && link (path, saved) == 0)
    change->saved = strdup (saved);
}

static void
forget (Change *change)
{
  if (change->saved != NULL)
    syscall (SYS_unlink, change->saved);
  free (change->bytes);
  free (change->path);
  free (change->path_after);
  free (change->saved);
  free (change);
}

static void
drop_safe (void)
{
  Change **at = &newest;

  while (*at != NULL)
    if ((*at)->is_safe)
      {
        Change *change = *at;

        *at = change->older;
        forget (change);
      }
    else
      at = &(*at)->older;
}

/* The cut. */

static void
undo (Change *change)
{
  int file;

  switch (change->kind)
    {
    case BYTES:
      file = find_file (change->device, change->inode);
      if (syscall (SYS_ftruncate, file, change->length_before) != 0
          || (change->n_bytes > 0
              && syscall (SYS_pwrite64, file, change->bytes, change->n_bytes, change->offset)
                     != (ssize_t) change->n_bytes))
        abort ();
      break;
    case CREATED:
      syscall (SYS_unlink, change->path);
      break;
    case RENAMED:
      syscall (SYS_rename, change->path_after, change->path);
      if (change->saved != NULL)
        syscall (SYS_rename, change->saved, change->path_after);
      break;
    case REMOVED:
      if (change->saved != NULL)
        syscall (SYS_rename, change->saved, change->path);
      break;
    }
}

static void
stand_still (int signal)
{
  for (;;)
    pause ();
}

/* Other threads go on in memory. One that looks at a mapped file which is shorter now (SQLite's
 * index of its journal) must not end the process before all is undone. */
static void *
wait_for_cut (void *data)
{
  const struct sigaction still = { .sa_handler = stand_still };
  sigset_t *signals = data;
  int signal = 0;

  while (sigwait (signals, &signal) != 0)
    ;
  pthread_mutex_lock (&lock); /* for ever */
  sigaction (SIGBUS, &still, NULL);
  for (Change *change = newest; change != NULL; change = change->older)
    undo (change);
  _exit (9);
}

__attribute__ ((constructor)) static void
begin (void)
{
  static sigset_t signals;
  const char *directory = getenv ("YIHU_POWER_DIR");
  pthread_t thread;

  if (directory == NULL || realpath (directory, root) == NULL)
    return;
  sigemptyset (&signals);
  sigaddset (&signals, SIGUSR2);
  pthread_sigmask (SIG_BLOCK, &signals, NULL); /* all later threads inherit this */
  pthread_create (&thread, NULL, wait_for_cut, &signals);
  pthread_detach (thread);
}

__attribute__ ((destructor)) static void
end (void)
{
  for (Change *change = newest; change != NULL; change = change->older)
    change->is_safe = true;
  drop_safe ();
}

/* Syncs. */

static int
sync_file (int file, int (*real) (int))
{
  struct stat status;
  unsigned long last;
  int result;

  if (root[0] == '\0' || fstat (file, &status) != 0)
    return real (file);
  pthread_mutex_lock (&lock);
  last = n_changes;
  pthread_mutex_unlock (&lock);
  result = real (file);
  if (result != 0)
    return result;
  pthread_mutex_lock (&lock);
  for (Change *change = newest; change != NULL; change = change->older)
    if (change->serial <= last && change->device == status.st_dev && change->inode == status.st_ino)
      change->is_safe = true;
  drop_safe ();
  pthread_mutex_unlock (&lock);
  return result;
}

int
fsync (int file)
{
  return sync_file (file, REAL (fsync));
}

int
fdatasync (int file)
{
  return sync_file (file, REAL (fdatasync));
}

/* Bytes. */

static ssize_t
write_at (int file, const void *data, size_t length, off_t offset)
{
  ssize_t result;

  pthread_mutex_lock (&lock);
  note_bytes (file, offset, length);
  result = syscall (SYS_pwrite64, file, data, length, offset);
  pthread_mutex_unlock (&lock);
  return result;
}

ssize_t
pwrite (int file, const void *data, size_t length, off_t offset)
{
  return write_at (file, data, length, offset);
}

ssize_t
pwrite64 (int file, const void *data, size_t length, off64_t offset)
{
  return write_at (file, data, length, offset);
}

static off_t
find_offset (int file)
{
  if (fcntl (file, F_GETFL) & O_APPEND)
    return (off_t) syscall (SYS_lseek, file, 0, SEEK_END);
  return (off_t) syscall (SYS_lseek, file, 0, SEEK_CUR);
}

ssize_t
write (int file, const void *data, size_t length)
{
  struct stat status;
  ssize_t result;

  if (!is_watched (file, &status))
    return syscall (SYS_write, file, data, length);
  pthread_mutex_lock (&lock);
  note_bytes (file, find_offset (file), length);
  result = syscall (SYS_write, file, data, length);
  pthread_mutex_unlock (&lock);
  return result;
}

static size_t
count (const struct iovec *parts, int n_parts)
{
  size_t length = 0;

  for (int i = 0; i < n_parts; i++)
    length += parts[i].iov_len;
  return length;
}

ssize_t
writev (int file, const struct iovec *parts, int n_parts)
{
  struct stat status;
  ssize_t result;

  if (!is_watched (file, &status))
    return syscall (SYS_writev, file, parts, n_parts);
  pthread_mutex_lock (&lock);
  note_bytes (file, find_offset (file), count (parts, n_parts));
  result = syscall (SYS_writev, file, parts, n_parts);
  pthread_mutex_unlock (&lock);
  return result;
}

ssize_t
pwritev (int file, const struct iovec *parts, int n_parts, off_t offset)
{
  ssize_t result;

  pthread_mutex_lock (&lock);
  note_bytes (file, offset, count (parts, n_parts));
  result = syscall (SYS_pwritev, file, parts, n_parts, offset, 0);
  pthread_mutex_unlock (&lock);
  return result;
}

static int
set_length (int file, off_t length)
{
  struct stat status;
  int result;

  pthread_mutex_lock (&lock);
  if (is_watched (file, &status))
    {
      off_t lost = status.st_size > length ? status.st_size - length : 0;

      note_bytes (file, length, (size_t) lost);
    }
  result = (int) syscall (SYS_ftruncate, file, length);
  pthread_mutex_unlock (&lock);
  return result;
}

int
ftruncate (int file, off_t length)
{
  return set_length (file, length);
}

int
ftruncate64 (int file, off64_t length)
{
  return set_length (file, length);
}

/* Names. */

static int
open_at (int directory, const char *name, int flags, mode_t mode)
{
  char path[PATH_MAX];
  struct stat status;
  bool is_there;
  int file;

  if ((flags & (O_CREAT | O_TRUNC)) == 0 || !resolve (directory, name, path))
    return (int) syscall (SYS_openat, directory, name, flags, mode);
  pthread_mutex_lock (&lock);
  is_there = lstat (path, &status) == 0;
  if (is_there && (flags & O_TRUNC) && S_ISREG (status.st_mode))
    note_change (path, &status, 0, (size_t) status.st_size);
  file = (int) syscall (SYS_openat, directory, name, flags, mode);
  if (file >= 0 && !is_there)
    note_name (CREATED, path);
  pthread_mutex_unlock (&lock);
  return file;
}

static mode_t
read_mode (int flags, va_list arguments)
{
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (arguments, mode_t) : 0;
}

#define DEFINE_OPEN(name)                                                                          \
  int name (const char *path, int flags, ...)                                                      \
  {                                                                                                \
    va_list arguments;                                                                             \
    mode_t mode;                                                                                   \
                                                                                                   \
    va_start (arguments, flags);                                                                   \
    mode = read_mode (flags, arguments);                                                           \
    va_end (arguments);                                                                            \
    return open_at (AT_FDCWD, path, flags, mode);                                                  \
  }

DEFINE_OPEN (open)
DEFINE_OPEN (open64)

#define DEFINE_OPENAT(name)                                                                        \
  int name (int directory, const char *path, int flags, ...)                                       \
  {                                                                                                \
    va_list arguments;                                                                             \
    mode_t mode;                                                                                   \
                                                                                                   \
    va_start (arguments, flags);                                                                   \
    mode = read_mode (flags, arguments);                                                           \
    va_end (arguments);                                                                            \
    return open_at (directory, path, flags, mode);                                                 \
  }

DEFINE_OPENAT (openat)
DEFINE_OPENAT (openat64)

static int
rename_at (int from_directory, const char *from, int to_directory, const char *to)
{
  char path[PATH_MAX];
  char path_after[PATH_MAX];
  Change *change = NULL;
  int result;

  if (!resolve (from_directory, from, path) || !resolve (to_directory, to, path_after))
    return (int) syscall (SYS_renameat, from_directory, from, to_directory, to);
  pthread_mutex_lock (&lock);
  change = note_name (RENAMED, path);
  if (change != NULL)
    change->path_after = strdup (path_after);
  save_file (change, path_after);
  result = (int) syscall (SYS_renameat, from_directory, from, to_directory, to);
  if (result != 0 && change != NULL)
    {
      change->is_safe = true; /* nothing happened */
      drop_safe ();
    }
  pthread_mutex_unlock (&lock);
  return result;
}

int
rename (const char *from, const char *to)
{
  return rename_at (AT_FDCWD, from, AT_FDCWD, to);
}

int
renameat (int from_directory, const char *from, int to_directory, const char *to)
{
  return rename_at (from_directory, from, to_directory, to);
}

static int
remove_at (int directory, const char *name, int flags)
{
  char path[PATH_MAX];
  Change *change;
  int result;

  if ((flags & AT_REMOVEDIR) || !resolve (directory, name, path))
    return (int) syscall (SYS_unlinkat, directory, name, flags);
  pthread_mutex_lock (&lock);
  change = note_name (REMOVED, path);
  save_file (change, path);
  result = (int) syscall (SYS_unlinkat, directory, name, flags);
  if (result != 0 && change != NULL)
    {
      change->is_safe = true;
      drop_safe ();
    }
  pthread_mutex_unlock (&lock);
  return result;
}

int
unlink (const char *path)
{
  return remove_at (AT_FDCWD, path, 0);
}

int
unlinkat (int directory, const char *path, int flags)
{
  return remove_at (directory, path, flags);
}
