/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Words for enums: tables in the order of the enums, marked for translation here and nowhere else.
 * Sentences for errors are in words-error.c. Knows no widget. */

#include "console/words.h"

#include "base/person-id.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *
pick (const char *const *words, guint n_words, gint64 value)
{
  if (value < 0 || value >= n_words)
    return "?";
  return _ (words[value]);
}
#define PICK(words, value) pick (words, G_N_ELEMENTS (words), value)

const char *
yihu_words_role (gint64 role)
{
  static const char *const words[] = { N_ ("Operator"),      N_ ("Supervisor"), N_ ("Reviewer"),
                                       N_ ("Administrator"), N_ ("Auditor"),    N_ ("Provider"),
                                       N_ ("Switchboard"),   N_ ("Device") };

  return PICK (words, role);
}

const char *
yihu_words_urgency (gint64 urgency)
{
  static const char *const words[] = { N_ ("Query"), N_ ("Ordinary"), N_ ("Pressing"),
                                       N_ ("Urgent") };

  return PICK (words, urgency);
}

const char *
yihu_words_urgency_badge (gint64 urgency)
{
  static const char *const words[] = { N_ ("○ Query"), N_ ("● Ordinary"), N_ ("◆ Pressing"),
                                       N_ ("▲ Urgent") };

  return PICK (words, urgency);
}

const char *
yihu_words_urgency_class (gint64 urgency)
{
  static const char *const classes[] = { "p0", "p1", "p2", "p3" };

  return classes[CLAMP (urgency, 0, 3)];
}

const char *
yihu_words_call_state (gint64 state)
{
  static const char *const words[] = { N_ ("Queued"),  N_ ("Ringing"), N_ ("Talking"),
                                       N_ ("Wrap-up"), N_ ("Closed"),  N_ ("Missed") };

  return PICK (words, state);
}

const char *
yihu_words_call_outcome (gint64 outcome)
{
  static const char *const words[] = { N_ ("No outcome yet"), N_ ("Order placed"),
                                       N_ ("Advice given"),   N_ ("Emergency"),
                                       N_ ("False alarm"),    N_ ("No voice"),
                                       N_ ("Other") };

  return PICK (words, outcome);
}

const char *
yihu_words_order_state (gint64 state)
{
  static const char *const words[] = { N_ ("Waiting for acceptance"),
                                       N_ ("Accepted"),
                                       N_ ("Arrived"),
                                       N_ ("In service"),
                                       N_ ("Finished"),
                                       N_ ("Approved"),
                                       N_ ("Returned by review"),
                                       N_ ("Cancelled") };

  return PICK (words, state);
}

typedef struct
{
  const char *verb;
  const char *wish;
  const char *done;
} VerbWords;

static const VerbWords order_verbs[] = {
  { "create", N_ ("New order"), N_ ("Placed") },
  { "accept", N_ ("Accept"), N_ ("Accepted") },
  { "decline", N_ ("Decline"), N_ ("Declined") },
  { "cancel", N_ ("Cancel the order"), N_ ("Cancelled") },
  { "arrive", N_ ("Arrive"), N_ ("Arrived") },
  { "start", N_ ("Start"), N_ ("Started") },
  { "finish", N_ ("Finish"), N_ ("Finished") },
  { "approve", N_ ("Approve"), N_ ("Approved") },
  { "return", N_ ("Return"), N_ ("Returned by review") },
  { "resubmit", N_ ("Resubmit"), N_ ("Resubmitted") },
};

static const VerbWords *
find_verb (const char *verb)
{
  for (guint i = 0; i < G_N_ELEMENTS (order_verbs); i++)
    if (g_strcmp0 (order_verbs[i].verb, verb) == 0)
      return &order_verbs[i];
  return NULL;
}

const char *
yihu_words_order_verb (const char *verb)
{
  const VerbWords *words = find_verb (verb);

  return words != NULL ? _ (words->wish) : "?";
}

const char *
yihu_words_order_step (const char *verb)
{
  const VerbWords *words = find_verb (verb);

  return words != NULL ? _ (words->done) : "?";
}

const char *
yihu_words_seat_state (gint64 state)
{
  static const char *const words[] = { N_ ("Away"),    N_ ("Ready"),   N_ ("Ringing"),
                                       N_ ("Talking"), N_ ("Wrap-up"), N_ ("Line off") };

  return PICK (words, state);
}

const char *
yihu_words_sex (gint64 sex)
{
  static const char *const words[] = { N_ ("Woman"), N_ ("Man") };

  return PICK (words, sex);
}

const char *
yihu_words_living (gint64 living)
{
  static const char *const words[] = { N_ ("With family"), N_ ("Lives alone"), N_ ("Empty nest"),
                                       N_ ("Bereaved of child"), N_ ("In an institution") };

  return PICK (words, living);
}

const char *
yihu_words_ability (gint64 ability)
{
  static const char *const words[] = { N_ ("Able"), N_ ("Mild disability"),
                                       N_ ("Moderate disability"), N_ ("Severe disability"),
                                       N_ ("Dementia") };

  return PICK (words, ability);
}

const char *
yihu_words_subsidy (gint64 subsidy)
{
  static const char *const words[] = { N_ ("No subsidy"), N_ ("Subsidy class A"),
                                       N_ ("Subsidy class B"), N_ ("Subsidy class C") };

  return PICK (words, subsidy);
}

const char *
yihu_words_risk (gint64 risk)
{
  static const char *const words[] = { N_ ("Normal risk"), N_ ("◆ Raised risk"),
                                       N_ ("▲ High risk") };

  return PICK (words, risk);
}

const char *
yihu_words_category (gint64 category)
{
  static const char *const words[] = {
    N_ ("Meals"),          N_ ("Cleaning"), N_ ("Bathing"),        N_ ("Medical help"),
    N_ ("Escort"),         N_ ("Errands"),  N_ ("Company"),        N_ ("Repairs"),
    N_ ("Rehabilitation"), N_ ("Culture"),  N_ ("Emergency help"), N_ ("Advice")
  };

  return PICK (words, category);
}

const char *
yihu_words_institution_type (gint64 type)
{
  static const char *const words[] = { N_ ("Care institution"), N_ ("Community centre"),
                                       N_ ("Hospital") };

  return PICK (words, type);
}

const char *
yihu_words_book_state (gint64 state)
{
  static const char *const words[] = { N_ ("Logged out"),       N_ ("Fetching the register"),
                                       N_ ("Centre offline"),   N_ ("Catching up"),
                                       N_ ("Centre connected"), N_ ("Refused by the centre") };

  return PICK (words, state);
}

const char *const *
yihu_words_stream_states (void)
{
  static const char *const words[] = {
    N_ ("Off"),           N_ ("Connecting"),           N_ ("Waiting for a picture"),
    N_ ("Live"),          N_ ("Picture stands still"), N_ ("No connection, trying again"),
    N_ ("Camera refused")
  };
  static const char *translated[G_N_ELEMENTS (words) + 1];

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    translated[i] = _ (words[i]);
  return translated;
}

int
yihu_words_age (const YihuElder *elder, int today)
{
  return elder->birth > 0 ? yihu_date_get_age ((int) elder->birth, today) : -1;
}

char *
yihu_words_person_line (const YihuElder *elder, int today)
{
  int age = yihu_words_age (elder, today);

  if (age < 0)
    return g_strdup_printf ("%s · %s", yihu_words_sex (elder->sex),
                            yihu_words_living (elder->living));
  /* Translators: sex, age in years, how the person lives. */
  return g_strdup_printf (_ ("%s · %d · %s"), yihu_words_sex (elder->sex), age,
                          yihu_words_living (elder->living));
}
