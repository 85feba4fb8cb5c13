/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reveals: read, check district and reason, write the audit row; the value goes out after the
 * commit only, so nothing is shown that is not in the audit. */

#include "server/work/reveal.h"

#include "base/error.h"

#include <string.h>

#define CAMERA_GRANT_US (10 * G_TIME_SPAN_MINUTE)
#define MAX_REASON 512

typedef struct
{
  YihuActor *actor; /* (owned) */
  char *object;
  char *field; /* (nullable): a camera */
  char *reason;
  YihuRevealQuota quota;
  GError *refusal; /* (owned) (nullable): over the quota, which is written down too */
  YihuRevealed revealed;
  YihuRevealDoneFunc done;
  gpointer data;
} Reveal;

static void
revealed_clear (YihuRevealed *revealed)
{
  g_clear_pointer (&revealed->value, g_free);
  g_clear_pointer (&revealed->url, g_free);
  g_clear_pointer (&revealed->user, g_free);
  g_clear_pointer (&revealed->password, g_free);
}

static void
on_reveal_done (const GError *error, gpointer data)
{
  Reveal *self = data;

  if (error == NULL)
    error = self->refusal;
  self->done (error == NULL ? &self->revealed : NULL, error, self->data);
  g_clear_error (&self->refusal);
  yihu_actor_unref (self->actor);
  g_free (self->object);
  g_free (self->field);
  g_free (self->reason);
  revealed_clear (&self->revealed);
  g_free (self);
}

static gboolean
check_reason (const Reveal *self, GError **error)
{
  if (self->reason != NULL && *self->reason != '\0' && strlen (self->reason) <= MAX_REASON)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                       "field 'reason': must be given, in at most 512 bytes");
  return FALSE;
}

static gboolean
count_since (YihuWork *work, const Reveal *self, gint64 span_us, gint64 *count, GError **error)
{
  return yihu_store_count_reveals (work->store, self->actor->account->record.id,
                                   yihu_work_get_now_us (work) - span_us, count, error);
}

/* FALSE with an outage only; over the quota self->refusal is set and the refusal is in the audit,
 * where supervisors' auditors look for people who look too much. */
static gboolean
check_quota (YihuWork *work, Reveal *self, GError **error)
{
  gint64 in_hour = 0;
  gint64 in_day = 0;

  g_clear_error (&self->refusal);
  if (!count_since (work, self, G_TIME_SPAN_HOUR, &in_hour, error)
      || !count_since (work, self, G_TIME_SPAN_DAY, &in_day, error))
    return FALSE;
  if (in_hour < self->quota.per_hour && in_day < self->quota.per_day)
    return TRUE;
  g_set_error (&self->refusal, YIHU_ERROR, YIHU_ERROR_QUOTA,
               "this account has seen %" G_GINT64_FORMAT " hidden entries in an hour and "
               "%" G_GINT64_FORMAT " in a day: that is all it may",
               in_hour, in_day);
  return yihu_work_audit (work, self->actor, "quota.reveal", self->object, self->reason, error);
}

static gboolean
run_elder (YihuWork *work, gpointer data, GError **error)
{
  Reveal *self = data;
  g_autofree char *what = g_strconcat ("reveal.", self->field, NULL);
  g_autoptr (YihuElder) elder = NULL;

  revealed_clear (&self->revealed);
  if (!check_reason (self, error))
    return FALSE;
  if (!g_str_equal (self->field, "id_card") && !g_str_equal (self->field, "history")
      && !g_str_equal (self->field, "card"))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                           "field 'field': can be 'id_card', 'history' or 'card'");
      return FALSE;
    }
  elder = yihu_work_load (work, &yihu_elder_type, self->object, error);
  if (elder == NULL || !yihu_actor_check (self->actor, elder->record.division, error)
      || !check_quota (work, self, error))
    return FALSE;
  if (self->refusal != NULL)
    return TRUE;
  if (!yihu_work_audit (work, self->actor, what, self->object, self->reason, error))
    return FALSE;
  /* "card": the console has name, number and address itself and only asks whether it may. */
  if (g_str_equal (self->field, "card"))
    self->revealed.value = g_strdup ("");
  else
    self->revealed.value = g_strdup (
        yihu_record_get_text (elder, yihu_record_type_find_field (&yihu_elder_type, self->field)));
  return TRUE;
}

static gboolean
run_camera (YihuWork *work, gpointer data, GError **error)
{
  Reveal *self = data;
  g_autoptr (YihuCamera) camera = NULL;

  revealed_clear (&self->revealed);
  if (!check_reason (self, error))
    return FALSE;
  camera = yihu_work_load (work, &yihu_camera_type, self->object, error);
  if (camera == NULL || !yihu_actor_check (self->actor, camera->record.division, error)
      || !yihu_work_audit (work, self->actor, "camera.grant", self->object, self->reason, error))
    return FALSE;
  self->revealed.url = g_strdup (camera->address);
  self->revealed.user = g_strdup (camera->user);
  self->revealed.password = g_strdup (camera->password);
  self->revealed.until_us = yihu_work_get_now_us (work) + CAMERA_GRANT_US;
  return TRUE;
}

static void
push (YihuWriter *writer,
      YihuActor *actor,
      YihuWriterFunc run,
      const char *object,
      const char *field,
      const char *reason,
      const YihuRevealQuota *quota,
      YihuRevealDoneFunc done,
      gpointer data)
{
  Reveal *self = g_new0 (Reveal, 1);
  g_autoptr (GError) error = NULL;

  self->actor = yihu_actor_ref (actor);
  self->object = g_strdup (object);
  self->field = g_strdup (field);
  self->reason = g_strdup (reason);
  if (quota != NULL)
    self->quota = *quota;
  self->done = done;
  self->data = data;
  if (!yihu_writer_push (writer, run, on_reveal_done, self, &error))
    on_reveal_done (error, self);
}

void
yihu_reveal_elder (YihuWriter *writer,
                   YihuActor *actor,
                   const char *elder,
                   const char *field,
                   const char *reason,
                   const YihuRevealQuota *quota,
                   YihuRevealDoneFunc done,
                   gpointer data)
{
  push (writer, actor, run_elder, elder, field, reason, quota, done, data);
}

void
yihu_reveal_camera (YihuWriter *writer,
                    YihuActor *actor,
                    const char *camera,
                    const char *reason,
                    YihuRevealDoneFunc done,
                    gpointer data)
{
  push (writer, actor, run_camera, camera, NULL, reason, NULL, done, data);
}
