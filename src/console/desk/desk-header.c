/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The header of the desk. It shows; the seat button's action belongs to the window. */

#include "console/desk/desk-header.h"

#include "console/format.h"
#include "console/widgets.h"
#include "console/words.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _YihuDeskHeader
{
  GtkBox parent_instance;

  GtkWidget *seat_state;
  GtkWidget *seat_label;
  GtkWidget *today;
  GtkWidget *ringing;
  GtkWidget *waiting;
  GtkWidget *tasks;
  GtkWidget *age;
  GtkWidget *clock;
};

G_DEFINE_FINAL_TYPE (YihuDeskHeader, yihu_desk_header, GTK_TYPE_BOX)

static void
yihu_desk_header_class_init (YihuDeskHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/cn/yihu/Console/ui/desk/desk-header.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuDeskHeader, seat_state);
  gtk_widget_class_bind_template_child (widget_class, YihuDeskHeader, seat_label);
  gtk_widget_class_bind_template_child (widget_class, YihuDeskHeader, today);
  gtk_widget_class_bind_template_child (widget_class, YihuDeskHeader, ringing);
  gtk_widget_class_bind_template_child (widget_class, YihuDeskHeader, waiting);
  gtk_widget_class_bind_template_child (widget_class, YihuDeskHeader, tasks);
  gtk_widget_class_bind_template_child (widget_class, YihuDeskHeader, age);
  gtk_widget_class_bind_template_child (widget_class, YihuDeskHeader, clock);
}

static void
yihu_desk_header_init (YihuDeskHeader *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
yihu_desk_header_new (void)
{
  return g_object_new (YIHU_TYPE_DESK_HEADER, NULL);
}

void
yihu_desk_header_set_seat (YihuDeskHeader *self, const char *seat, const char *name)
{
  g_autofree char *text = seat != NULL && *seat != '\0'
                              ? g_strdup_printf (_ ("Seat %s · %s"), seat, name)
                              : g_strdup (name);

  yihu_label_set (self->seat_label, text);
}

void
yihu_desk_header_set_state (YihuDeskHeader *self, YihuSeatState state)
{
  static const char *const classes[] = { "away", "ready", "ringing", "busy", "wrapup", "offline" };
  static const char *const shapes[] = { "○", "●", "▲", "●", "◆", "✕" };
  g_autofree char *text = g_strdup_printf ("%s %s", shapes[state], yihu_words_seat_state (state));
  g_autofree char *spoken = g_strdup_printf (_ ("Seat state: %s"), yihu_words_seat_state (state));

  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->seat_state)), text) == 0)
    return;
  gtk_button_set_label (GTK_BUTTON (self->seat_state), text);
  yihu_widget_set_name (self->seat_state, spoken);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    yihu_widget_set_class (self->seat_state, classes[i], i == state);
}

void
yihu_desk_header_set_today (YihuDeskHeader *self, guint n_answered, gint64 mean_us)
{
  g_autofree char *mean = yihu_format_wait (mean_us);
  g_autofree char *text =
      n_answered > 0 ? g_strdup_printf (_ ("Answered today %u · mean %s"), n_answered, mean)
                     : g_strdup (_ ("Answered today 0"));

  yihu_label_set (self->today, text);
}

void
yihu_desk_header_set_counters (YihuDeskHeader *self,
                               guint n_ringing,
                               guint n_waiting,
                               gint64 longest_us,
                               gboolean urgent,
                               guint n_tasks)
{
  g_autofree char *longest = yihu_format_wait (longest_us);
  g_autofree char *ringing = g_strdup_printf (_ ("Ringing %u"), n_ringing);
  g_autofree char *waiting = n_waiting > 0
                                 ? g_strdup_printf (_ ("Queue %u · longest %s"), n_waiting, longest)
                                 : g_strdup (_ ("Queue 0"));
  g_autofree char *tasks = g_strdup_printf (_ ("To do %u"), n_tasks);

  yihu_label_set (self->ringing, ringing);
  yihu_label_set (self->waiting, waiting);
  yihu_label_set (self->tasks, tasks);
  yihu_widget_set_class (self->waiting, "urgent", urgent);
}

void
yihu_desk_header_set_time (YihuDeskHeader *self,
                           gint64 now_us,
                           YihuBookState state,
                           gint64 synced_at_us)
{
  g_autofree char *clock = yihu_format_clock (now_us);
  g_autofree char *age = yihu_format_age (now_us - synced_at_us);
  g_autofree char *data = NULL;

  if (state == YIHU_BOOK_ONLINE)
    data = g_strdup (_ ("Data live"));
  else if (synced_at_us <= 0)
    data = g_strdup (_ ("No data yet"));
  else
    data = g_strdup_printf (_ ("Data %s"), age);
  yihu_inscription_set (self->clock, clock);
  yihu_label_set (self->age, data);
  yihu_widget_set_class (self->age, "ok", state == YIHU_BOOK_ONLINE);
  yihu_widget_set_class (self->age, "p2t", state != YIHU_BOOK_ONLINE);
}

void
yihu_desk_header_set_narrow (YihuDeskHeader *self, gboolean narrow)
{
  gtk_widget_set_visible (self->ringing, !narrow);
}
