/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Hashing and checking of passwords off the main loop, at most two at once. */

#include "server/http/password-pool.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define OPERATIONS 2
#define MEMORY_BYTES (19 * 1024 * 1024)
#define MAX_QUEUE 128

struct _YihuPasswordPool
{
  GMainContext *context; /* (owned) */
  GThreadPool *threads; /* (owned) */
};

typedef struct
{
  GMainContext *context; /* (owned) */
  char *hash; /* verify: to check against; hash: the result */
  char *password;
  gboolean is_right;
  gboolean is_known; /* verify: there is such an account */
  YihuPasswordVerifyFunc verified;
  YihuPasswordHashFunc hashed;
  gpointer data;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_main_context_unref (job->context);
  sodium_memzero (job->password, strlen (job->password));
  g_free (job->password);
  g_free (job->hash);
  g_free (job);
}

static gboolean
on_job_ready (gpointer data)
{
  Job *job = data;

  if (job->verified != NULL)
    job->verified (job->is_right && job->is_known, job->data);
  else
    job->hashed (job->hash, job->data);
  return G_SOURCE_REMOVE;
}

char *
yihu_password_hash (const char *password)
{
  char hash[crypto_pwhash_STRBYTES];

  if (crypto_pwhash_str_alg (hash, password, strlen (password), OPERATIONS, MEMORY_BYTES,
                             crypto_pwhash_ALG_ARGON2ID13)
      != 0)
    return NULL;
  return g_strdup (hash);
}

/* A hash that no password has, for accounts that do not exist; made by whoever needs it first, in
 * a thread of the pool. */
static const char *
get_dummy (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      char *hash = yihu_password_hash ("");

      g_once_init_leave (&once, (gsize) (hash != NULL ? hash : g_strdup ("none")));
    }
  return (const char *) once;
}

static void
run_job (gpointer data, gpointer user_data)
{
  Job *job = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  if (job->verified != NULL)
    job->is_right = crypto_pwhash_str_verify (job->is_known ? job->hash : get_dummy (),
                                              job->password, strlen (job->password))
                    == 0;
  else
    job->hash = yihu_password_hash (job->password);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_job_ready, job, job_free);
  g_source_set_static_name (source, "yihu-password");
  g_source_attach (source, job->context);
}

YihuPasswordPool *
yihu_password_pool_new (void)
{
  YihuPasswordPool *self = g_new0 (YihuPasswordPool, 1);

  self->context = g_main_context_ref_thread_default ();
  self->threads = g_thread_pool_new (run_job, NULL, 2, FALSE, NULL);
  return self;
}

void
yihu_password_pool_free (YihuPasswordPool *self)
{
  g_thread_pool_free (self->threads, FALSE, TRUE);
  g_main_context_unref (self->context);
  g_free (self);
}

static gboolean
push (YihuPasswordPool *self, Job *job, GError **error)
{
  if (g_thread_pool_unprocessed (self->threads) < MAX_QUEUE)
    return g_thread_pool_push (self->threads, job, error);
  job_free (job);
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_BUSY, "too many log-ins at once");
  return FALSE;
}

static Job *
job_new (YihuPasswordPool *self, const char *password, gpointer data)
{
  Job *job = g_new0 (Job, 1);

  job->context = g_main_context_ref (self->context);
  job->password = g_strdup (password);
  job->data = data;
  return job;
}

gboolean
yihu_password_pool_verify (YihuPasswordPool *self,
                           const char *hash,
                           const char *password,
                           YihuPasswordVerifyFunc func,
                           gpointer data,
                           GError **error)
{
  Job *job = job_new (self, password, data);

  job->hash = g_strdup (hash);
  job->is_known = hash != NULL;
  job->verified = func;
  return push (self, job, error);
}

gboolean
yihu_password_pool_hash (YihuPasswordPool *self,
                         const char *password,
                         YihuPasswordHashFunc func,
                         gpointer data,
                         GError **error)
{
  Job *job = job_new (self, password, data);

  job->hashed = func;
  return push (self, job, error);
}
