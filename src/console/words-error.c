/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sentences for errors and for refused commands. The technical message stays in the log; a person
 * reads what happened and what to do next. */

#include "console/words.h"

#include "base/error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

static const char *
error_sentence (YihuError code)
{
  switch (code)
    {
    case YIHU_ERROR_INVALID:
      return _ ("Something in the form is not right. Please check it.");
    case YIHU_ERROR_TOO_LARGE:
      return _ ("The text is too long.");
    case YIHU_ERROR_UNAUTHORIZED:
      return _ ("The log-in has expired. Please log in again; nothing is lost.");
    case YIHU_ERROR_FORBIDDEN:
      return _ ("Your account may not do this in this district.");
    case YIHU_ERROR_NOT_FOUND:
      return _ ("This record is no longer there.");
    case YIHU_ERROR_CONFLICT:
      return _ ("Somebody else changed this first. Please look at it again.");
    case YIHU_ERROR_REJECTED:
      return _ ("This step is no longer possible in the present state.");
    case YIHU_ERROR_RESNAPSHOT:
      return _ ("The local copy is too old; a new one is being fetched.");
    case YIHU_ERROR_KEY_REUSED:
      return _ ("This was already sent in another form. Send it again to make a new one.");
    case YIHU_ERROR_UNKNOWN:
      return _ ("The server does not know this step. It may be older than this desk.");
    case YIHU_ERROR_VERSION:
      return _ ("The server is newer than this desk. Please update the desk; the local copy and "
                "what waits to be sent are kept.");
    case YIHU_ERROR_DISABLED:
      return _ ("This account has been closed. Ask the administrator of the centre.");
    case YIHU_ERROR_SECOND_FACTOR:
      return _ ("The centre asks for the second factor. Please log in again; nothing is lost.");
    case YIHU_ERROR_TRIES:
      return _ ("Too many wrong tries. Please wait a little before the next one.");
    case YIHU_ERROR_QUOTA:
      return _ ("You have looked at as many protected entries as you may for now. Ask your "
                "supervisor if more are needed; this request has been logged.");
    case YIHU_ERROR_BUSY:
      return _ ("The server is busy. Please try again in a moment.");
    case YIHU_ERROR_OFFLINE:
      return _ ("The centre cannot be reached.");
    case YIHU_ERROR_TIMEOUT:
      return _ ("The centre did not answer in time.");
    case YIHU_ERROR_FULL:
      return _ ("The disk is full: nothing could be saved. Your text stays in the form; free some "
                "space and save again.");
    case YIHU_ERROR_CORRUPT:
      return _ ("A local file is damaged; it is being rebuilt. What waits to be sent is kept.");
    case YIHU_ERROR_LOCKED:
      return _ ("The key of the local copy is not to be had.");
    case YIHU_ERROR_WIPE:
      return _ ("The centre has withdrawn this account's access: the local copy and its keys have "
                "been removed. What was not yet sent stays sealed on this computer.");
    case YIHU_ERROR_CERT_EXPIRED:
      return _ (
          "The centre's certificate is out of date, or this computer's clock is wrong. Please "
          "tell the administrator; the local copy stays usable.");
    case YIHU_ERROR_CERT_NAME:
      return _ ("The certificate at this address belongs to another name. Check the server's "
                "address; do not enter a password.");
    case YIHU_ERROR_CERT_UNKNOWN:
      return _ (
          "This computer does not know who vouches for the centre's certificate. Do not enter "
          "a password; please tell the administrator.");
    case YIHU_ERROR_CERT_NEEDED:
      return _ (
          "The centre admits only computers with a certificate of their own, and this one has "
          "none that it accepts. Please tell the administrator.");
    default:
      return _ ("It did not work. Please try again; your text is kept.");
    }
}

char *
yihu_words_error (const GError *error)
{
  if (error == NULL)
    return g_strdup ("");
  if (error->domain == YIHU_ERROR)
    return g_strdup (error_sentence (error->code));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return g_strdup (error_sentence (YIHU_ERROR_FULL));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_strdup (error_sentence (YIHU_ERROR_TIMEOUT));
  return g_strdup (error_sentence (YIHU_ERROR_FAILED));
}

char *
yihu_words_refusal (const char *command, const GError *error)
{
  if (g_strcmp0 (command, "order.create") == 0
      && g_error_matches (error, YIHU_ERROR, YIHU_ERROR_REJECTED))
    return g_strdup (_ ("The centre does not take this order: the provider is suspended or no "
                        "longer offers the item, or the person is no longer served. Place it "
                        "with another provider."));
  if (g_strcmp0 (command, "elder.add-phone") == 0
      && g_error_matches (error, YIHU_ERROR, YIHU_ERROR_CONFLICT))
    return g_strdup (
        _ ("This card has two telephone numbers already, so the number that called was "
           "not added. Take one away (Ctrl+E) and send it again, or drop it."));
  return yihu_words_error (error);
}

char *
yihu_words_login_error (const GError *error)
{
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED))
    return g_strdup (_ ("Account or password is wrong."));
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_BUSY))
    return g_strdup (_ ("Very many people are logging in just now. Please try again in a moment."));
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE)
      || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND))
    return g_strdup (_ ("The centre cannot be reached, and this computer holds no copy for this "
                        "account. Check the network and try again."));
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT))
    return g_strdup (_ ("The centre cannot be reached, and the copy for this account is too old to "
                        "work without it."));
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_CORRUPT))
    return g_strdup (_ ("The register arrived damaged twice and was thrown away. Please try again, "
                        "and tell the centre if it stays so."));
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_FULL))
    return g_strdup (_ ("This computer's disk has no room for the register. Free some space and "
                        "log in again; what has come so far is kept."));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_strdup (_ ("Cancelled. What has come so far is kept for the next time."));
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_LOCKED))
    return g_strdup (_ ("The centre cannot be reached, and the key store of this computer, which "
                        "holds the key of the local copy, does not give it. Unlock the store and "
                        "try again."));
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN))
    return g_strdup (_ ("This account is disabled or may not use this desk."));
  return yihu_words_error (error);
}

static char *
fetch_step (const YihuFetchProgress *progress)
{
  int percent = progress->total > 0 ? (int) (progress->done * 100 / progress->total) : 0;

  switch (progress->stage)
    {
    case YIHU_FETCH_BUILDING:
      return progress->total > 0
                 ? g_strdup_printf (_ ("The centre is preparing the register: %d %%"), percent)
                 : g_strdup (_ ("The centre is preparing the register…"));
    case YIHU_FETCH_RECEIVING:
      return g_strdup_printf (_ ("Fetching the register of the city: %.1f of %.1f MB"),
                              (double) progress->done / 1e6, (double) progress->total / 1e6);
    case YIHU_FETCH_CHECKING:
      return g_strdup (_ ("Checking the register…"));
    default:
      return g_strdup (_ ("Asking the centre for the register…"));
    }
}

char *
yihu_words_fetch (const YihuFetchProgress *progress)
{
  g_autofree char *step = fetch_step (progress);

  if (!progress->is_second)
    return g_steal_pointer (&step);
  return g_strdup_printf (_ ("The first copy was damaged on its way. Once more: %s"), step);
}

char *
yihu_words_login_refusal (const GError *error, const char *factor)
{
  if (!g_error_matches (error, YIHU_ERROR, YIHU_ERROR_SECOND_FACTOR))
    return yihu_words_login_error (error);
  if (g_strcmp0 (factor, "wrong") == 0)
    return g_strdup (_ ("This code is wrong or was used before. Wait for the next one."));
  if (g_strcmp0 (factor, "lost") == 0)
    return g_strdup (_ ("The centre cannot check the second factor of this account any more. An "
                        "administrator has to reset it."));
  return g_strdup ("");
}

const char *
yihu_words_command (const char *name)
{
  static const struct
  {
    const char *name;
    const char *words;
  } commands[] = {
    { "order.create", N_ ("New order") },
    { "order.cancel", N_ ("Cancel the order") },
    { "order.resubmit", N_ ("Resubmit the order") },
    { "order.approve", N_ ("Approve the order") },
    { "order.return", N_ ("Return the order") },
    { "note.add", N_ ("Note") },
    { "elder.register", N_ ("Register an elder") },
    { "elder.update", N_ ("Change the card") },
    { "elder.add-phone", N_ ("Add a telephone number") },
    { "call.identify", N_ ("Say who is calling") },
    { "call.close", N_ ("Close the call") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (commands[i].name, name) == 0)
      return _ (commands[i].words);
  return name;
}
