/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keeps the calls under way. A caller who is done stays some seconds longer, because his phone may
 * only be dropped when its sound has ended in its own thread. */

#include "city/callers.h"

#include "base/phone-number.h"

#include <math.h>
#include <string.h>

#define KEEP_MS 4000
#define MOST_WAIT_S 3600.0
#define FLEETING_SHARE 0.01

struct _YihuCallers
{
  YihuClock *clock; /* (owned) */
  YihuCallerBook *book; /* (not owned) */
  YihuCallersOptions options;
  char *uri; /* (owned) */
  YihuCallersPhoneFunc make_phone;
  YihuCallersEventFunc on_event;
  gpointer data;
  YihuArrivals arrivals;
  YihuRandom moods;
  gint64 started_at_us; /* monotonic */
  GPtrArray *callers; /* (owned) (element-type YihuCaller): active and just over */
  guint n_active;
  GSource *next; /* (owned) (nullable) */
  GSource *sweep; /* (owned) (nullable) */
};

YihuCallers *
yihu_callers_new (YihuClock *clock,
                  YihuCallerBook *book,
                  const YihuCallersOptions *options,
                  YihuCallersPhoneFunc make_phone,
                  YihuCallersEventFunc on_event,
                  gpointer data)
{
  YihuCallers *self = g_new0 (YihuCallers, 1);

  self->clock = g_object_ref (clock);
  self->book = book;
  self->options = *options;
  self->uri = g_strdup (options->uri);
  self->make_phone = make_phone;
  self->on_event = on_event;
  self->data = data;
  self->arrivals = yihu_arrivals_new (options->seed, options->peak_per_hour, options->is_flat);
  self->moods = yihu_random_new (options->seed, "moods", 0);
  self->callers = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
yihu_callers_free (YihuCallers *self)
{
  clear_source (&self->next);
  clear_source (&self->sweep);
  yihu_callers_hang_up (self, NULL);
  g_ptr_array_unref (self->callers);
  g_clear_object (&self->clock);
  g_free (self->uri);
  g_free (self);
}

guint
yihu_callers_get_n_active (YihuCallers *self)
{
  return self->n_active;
}

static void
on_sweep (gpointer data)
{
  YihuCallers *self = data;

  g_clear_pointer (&self->sweep, g_source_unref);
  for (guint i = self->callers->len; i-- > 0;)
    if (yihu_caller_is_over (g_ptr_array_index (self->callers, i)))
      g_ptr_array_remove_index_fast (self->callers, i);
}

static char *
describe (const YihuCallerCard *card, const char *number, const char *what, const char *detail)
{
  if (*detail != '\0' || !g_str_equal (what, "dialling"))
    return g_strdup_printf ("call %s %s%s%s", number, what, *detail != '\0' ? " " : "", detail);
  if (card->elder < 0)
    return g_strdup_printf ("call %s dialling unknown", number);
  return g_strdup_printf ("call %s dialling %s %d%s%s%s", number, card->name, card->age,
                          *card->relation != '\0' ? " " : "", card->relation,
                          card->is_emergency ? " emergency" : "");
}

static void
on_caller (YihuCaller *caller, const char *what, const char *detail, gpointer data)
{
  YihuCallers *self = data;
  const YihuCallerCard *card = yihu_caller_get_card (caller);
  g_autofree char *number = yihu_caller_card_dup_number (card);
  g_autofree char *line = describe (card, number, what, detail);

  self->on_event (line, self->data);
  if (!g_str_equal (what, "ended"))
    return;
  self->n_active--;
  yihu_caller_book_release (self->book, card);
  if (self->sweep == NULL)
    self->sweep = yihu_clock_add_timer (self->clock, KEEP_MS, on_sweep, self, NULL);
}

static void
begin_call (YihuCallers *self, YihuCallerCard *card, gboolean may_be_fleeting)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuPhone) phone = self->make_phone (card, self->data, &error);
  YihuCallerMood mood = {
    .patience_s = yihu_random_log_normal (&self->moods, self->options.patience_median_s, 0.5),
    .talk_s = yihu_random_log_normal (&self->moods, self->options.talk_median_s, 0.45),
    .is_fleeting = yihu_random_chance (&self->moods, FLEETING_SHARE) && may_be_fleeting,
  };
  YihuCaller *caller;

  if (phone == NULL)
    {
      g_autofree char *line = g_strdup_printf ("warning phone %s", error->message);

      self->on_event (line, self->data);
      yihu_caller_book_release (self->book, card);
      yihu_caller_card_free (card);
      return;
    }
  caller = yihu_caller_new (self->clock, phone, card, &mood, on_caller, self);
  g_ptr_array_add (self->callers, caller);
  self->n_active++;
  yihu_caller_dial (caller, self->uri);
}

static void set_next (YihuCallers *self);

static void
on_next (gpointer data)
{
  YihuCallers *self = data;

  g_clear_pointer (&self->next, g_source_unref);
  if (self->n_active < self->options.most)
    begin_call (self, yihu_caller_book_draw (self->book), TRUE);
  else
    self->on_event ("warning callers all lines of the simulator are in use", self->data);
  set_next (self);
}

static void
set_next (YihuCallers *self)
{
  double passed = (double) (yihu_clock_get_monotonic_us (self->clock) - self->started_at_us) / 1e6;
  double wait = yihu_arrivals_next (&self->arrivals, self->options.start_second + passed);

  if (wait == HUGE_VAL)
    return;
  self->next = yihu_clock_add_timer (self->clock, (guint) (MIN (wait, MOST_WAIT_S * 24) * 1000),
                                     on_next, self, NULL);
}

void
yihu_callers_start (YihuCallers *self)
{
  self->started_at_us = yihu_clock_get_monotonic_us (self->clock);
  if (self->next == NULL)
    set_next (self);
}

gboolean
yihu_callers_call (YihuCallers *self, const char *number, const char *phrase)
{
  YihuCallerCard *card = yihu_caller_book_lookup (self->book, number, phrase);

  if (card == NULL)
    return FALSE;
  begin_call (self, card, FALSE);
  return TRUE;
}

guint
yihu_callers_hang_up (YihuCallers *self, const char *number)
{
  g_autofree char *normal = number != NULL ? yihu_phone_number_normalize (number, "0417") : NULL;
  guint n = 0;

  for (guint i = 0; i < self->callers->len; i++)
    {
      YihuCaller *caller = g_ptr_array_index (self->callers, i);
      const YihuCallerCard *card = yihu_caller_get_card (caller);

      if (yihu_caller_is_over (caller)
          || (number != NULL && g_strcmp0 (card->number, normal != NULL ? normal : "") != 0))
        continue;
      yihu_caller_hang_up (caller);
      n++;
    }
  return n;
}
