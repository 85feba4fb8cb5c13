/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads lines as they come, one at a time; a line beyond the limit is skipped whole. */

#include "city/control.h"

#include <string.h>

#define MAX_LINE_BYTES 4096

struct _YihuControl
{
  GDataInputStream *lines; /* (owned) */
  GCancellable *cancellable; /* (owned) */
  YihuControlFunc func;
  gpointer data;
};

typedef struct
{
  YihuControl *control; /* (not owned); not touched after cancelling */
  GCancellable *cancellable; /* (owned) */
} Reading;

static void read_next (YihuControl *self);

static void
take_line (YihuControl *self, char *line)
{
  g_auto (GStrv) words = NULL;

  g_strstrip (line);
  if (*line == '\0' || *line == '#' || strlen (line) > MAX_LINE_BYTES
      || !g_utf8_validate (line, -1, NULL))
    return;
  words = g_strsplit (line, " ", 3);
  self->func ((const char *const *) words, g_strv_length (words), self->data);
}

static void
on_line_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;
  g_autofree char *line =
      g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (object), result, NULL, NULL);
  gboolean is_cancelled = g_cancellable_is_cancelled (reading->cancellable);
  g_autoptr (GCancellable) cancellable = reading->cancellable;
  YihuControl *self = reading->control;

  g_free (reading);
  if (is_cancelled)
    return;
  if (line == NULL)
    {
      self->func (NULL, 0, self->data);
      return;
    }
  take_line (self, line);
  if (!g_cancellable_is_cancelled (cancellable))
    read_next (self);
}

static void
read_next (YihuControl *self)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->control = self;
  reading->cancellable = g_object_ref (self->cancellable);
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, self->cancellable,
                                       on_line_ready, reading);
}

YihuControl *
yihu_control_new (GInputStream *input, YihuControlFunc func, gpointer data)
{
  YihuControl *self = g_new0 (YihuControl, 1);

  self->lines = g_data_input_stream_new (input);
  self->cancellable = g_cancellable_new ();
  self->func = func;
  self->data = data;
  read_next (self);
  return self;
}

void
yihu_control_free (YihuControl *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->lines);
  g_free (self);
}
