/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Telephone numbers. Three steps: unwrap (tel:, sip:, angle brackets), clean (full width to ASCII,
 * separators away, extension apart), recognise (mobile, landline, short code, 400/800, foreign).
 * What is not recognised is no number: a wrong guess would show a stranger's card to an operator.
 * docs/numbers.md has the forms and the reasons. */

#include "base/phone-number.h"

#include <string.h>

#define MAX_EXTENSION_DIGITS 6
#define COUNTRY "+86"
#define COUNTRY_LENGTH 3

static gboolean
all_digits (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* --- recognising: @digits are clean --- */

static gboolean
is_mobile (const char *digits)
{
  return strlen (digits) == 11 && digits[0] == '1' && digits[1] >= '3';
}

/* Cards of things: 13 digits from 106 or 14. */
static gboolean
is_thing (const char *digits)
{
  return strlen (digits) == 13
         && (g_str_has_prefix (digits, "106") || g_str_has_prefix (digits, "14"));
}

static gboolean
is_service (const char *digits)
{
  return strlen (digits) == 10
         && (g_str_has_prefix (digits, "400") || g_str_has_prefix (digits, "800"));
}

static gboolean
is_short_code (const char *digits)
{
  gsize length = strlen (digits);

  return length >= 3 && length <= 6 && digits[0] != '0';
}

/* Length of the area code at the start of @digits, without its leading 0: "10", "2x", then three
 * digits, whose second is 0 only in 90x. 0 where there is none. */
static gsize
area_length (const char *digits)
{
  if (g_str_has_prefix (digits, "10") || (digits[0] == '2' && g_ascii_isdigit (digits[1])))
    return 2;
  if (digits[0] >= '3' && digits[0] <= '9' && g_ascii_isdigit (digits[1])
      && g_ascii_isdigit (digits[2]) && (digits[1] != '0' || digits[0] == '9'))
    return 3;
  return 0;
}

/* @digits: area code without its 0, then the local part. */
static gboolean
is_landline (const char *digits)
{
  gsize area = area_length (digits);
  gsize length = strlen (digits);

  return area > 0 && (length == area + 7 || length == area + 8) && digits[area] != '0';
}

/* A local part alone. 1 and 9 begin short codes and mobiles, 0 the trunk prefix. */
static gboolean
is_local (const char *digits)
{
  gsize length = strlen (digits);

  return (length == 7 || length == 8) && digits[0] >= '2' && digits[0] <= '8';
}

/* What follows the country code, or the whole where @has_country is FALSE. */
static char *
recognise_national (const char *digits, gboolean has_country)
{
  const char *after_zero = digits[0] == '0' ? digits + 1 : digits;

  if (is_mobile (after_zero) || (digits == after_zero && is_thing (digits)))
    return g_strconcat (COUNTRY, after_zero, NULL);
  if (digits == after_zero && is_service (digits))
    return g_strdup (digits);
  if ((has_country || digits != after_zero) && is_landline (after_zero))
    return g_strconcat (COUNTRY, after_zero, NULL);
  return NULL;
}

static char *
recognise_international (const char *digits)
{
  gsize length = strlen (digits);

  if (g_str_has_prefix (digits, "86"))
    {
      if (is_short_code (digits + 2) && (digits[2] == '1' || digits[2] == '9'))
        return g_strdup (digits + 2); /* some trunks write +8612349 */
      return recognise_national (digits + 2, TRUE);
    }
  return length >= 8 && length <= 15 && digits[0] != '0' ? g_strconcat ("+", digits, NULL) : NULL;
}

static char *
recognise_local (const char *digits, const char *area_code)
{
  g_autofree char *whole = NULL;

  if (!is_local (digits) || area_code == NULL || area_code[0] != '0' || !all_digits (area_code))
    return NULL;
  whole = g_strconcat (area_code + 1, digits, NULL);
  if (area_length (whole) != strlen (area_code + 1))
    return NULL;
  return g_strconcat (COUNTRY, whole, NULL);
}

/* @text: digits with an optional leading '+'. */
static char *
recognise (const char *text, const char *area_code)
{
  g_autofree char *number = NULL;

  if (!all_digits (text + (*text == '+')))
    return NULL;
  if (*text == '+')
    return recognise_international (text + 1);
  if (g_str_has_prefix (text, "00"))
    return recognise_international (text + 2);
  if (is_short_code (text))
    return g_strdup (text);
  number = recognise_national (text, FALSE);
  if (number == NULL)
    number = recognise_local (text, area_code);
  if (number == NULL && g_str_has_prefix (text, "86"))
    number = recognise_national (text + 2, TRUE);
  return g_steal_pointer (&number);
}

/* --- cleaning --- */

static gunichar
to_ascii (gunichar character)
{
  if (character >= 0xff01 && character <= 0xff5e)
    return character - 0xfee0;
  if (character == 0x3000 || character == 0xa0)
    return ' ';
  if ((character >= 0x2010 && character <= 0x2015) || character == 0x2212)
    return '-';
  return character;
}

/* The user part of a SIP or tel address, or the text itself. Changes @text. */
static char *
unwrap (char *text)
{
  char *open = strchr (text, '<');
  char *user = g_strstrip (open != NULL ? open + 1 : text);
  gboolean is_sip = g_ascii_strncasecmp (user, "sip:", 4) == 0;
  gboolean is_sips = g_ascii_strncasecmp (user, "sips:", 5) == 0;
  gboolean is_tel = g_ascii_strncasecmp (user, "tel:", 4) == 0;
  char *extension;

  if (open == NULL && !is_sip && !is_sips && !is_tel)
    return user;
  user += is_sip || is_tel ? 4 : is_sips ? 5 : 0;
  user[strcspn (user, "@>?")] = '\0';
  extension = strstr (user, ";ext=");
  if (extension != NULL)
    {
      extension[0] = ',';
      memmove (extension + 1, extension + 5, strlen (extension + 5) + 1);
    }
  user[strcspn (user, ";")] = '\0';
  return user;
}

/* Length in bytes of a word at @text that announces an extension; 0: none. */
static gsize
extension_word_length (const char *text)
{
  static const char *const words[] = {
    "转分机", "转接", "转", "分机", "ext.", "ext", "x", "#", ","
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strncasecmp (text, words[i], strlen (words[i])) == 0)
      return strlen (words[i]);
  return 0;
}

typedef struct
{
  char digits[YIHU_PHONE_NUMBER_MAX + 1]; /* may begin with '+' */
  char extension[YIHU_PHONE_NUMBER_MAX + 1]; /* after a word or comma; empty: none */
  gsize last_hyphen; /* where in digits the last hyphen was; 0: none */
} CleanNumber;

static gboolean
append_character (char *text, char character)
{
  gsize length = strlen (text);

  if (length >= YIHU_PHONE_NUMBER_MAX)
    return FALSE;
  text[length] = character;
  text[length + 1] = '\0';
  return TRUE;
}

/* FALSE at a character that has no place in a number. */
static gboolean
clean (const char *text, CleanNumber *number)
{
  char *target = number->digits;

  memset (number, 0, sizeof *number);
  while (*text != '\0')
    {
      gsize word = extension_word_length (text);

      if (word > 0 && target == number->digits && *number->digits != '\0')
        {
          target = number->extension;
          text += word;
          continue;
        }
      if (g_ascii_isdigit (*text) || (*text == '+' && *number->digits == '\0'))
        append_character (target, *text);
      else if (*text == '-' && target == number->digits)
        number->last_hyphen = strlen (number->digits);
      else if (strchr (" \t.-()", *text) == NULL)
        return FALSE;
      text++;
    }
  return target == number->digits
         || (all_digits (number->extension) && strlen (number->extension) <= MAX_EXTENSION_DIGITS);
}

/* Only a whole subscriber's number has extensions, not a short code. */
static char *
with_extension (const char *digits, const char *extension, const char *area_code)
{
  g_autofree char *number = recognise (digits, area_code);

  if (number == NULL || is_short_code (number) || strlen (extension) > MAX_EXTENSION_DIGITS)
    return NULL;
  return g_strconcat (number, ",", extension, NULL);
}

/* "0417-2817331-8001": what stands behind the last hyphen is an extension where what stands before
 * it is already whole. */
static char *
with_hyphen_extension (const CleanNumber *number, const char *area_code)
{
  g_autofree char *head = g_strndup (number->digits, number->last_hyphen);
  const char *tail = number->digits + number->last_hyphen;

  return number->last_hyphen > 0 && *tail != '\0' ? with_extension (head, tail, area_code) : NULL;
}

char *
yihu_phone_number_normalize (const char *raw, const char *area_code)
{
  CleanNumber number;
  GString *ascii;
  g_autofree char *text = NULL;
  char *result;

  if (raw == NULL || !g_utf8_validate (raw, -1, NULL))
    return NULL;
  ascii = g_string_sized_new (YIHU_PHONE_NUMBER_MAX);
  for (const char *p = raw; *p != '\0' && ascii->len < YIHU_PHONE_NUMBER_MAX;
       p = g_utf8_next_char (p))
    g_string_append_unichar (ascii, to_ascii (g_utf8_get_char (p)));
  text = g_string_free (ascii, FALSE);
  if (strlen (raw) > YIHU_PHONE_NUMBER_MAX && strchr (text, '@') == NULL)
    return NULL; /* cut in the middle: the rest could belong to the number */
  if (!clean (unwrap (text), &number))
    return NULL;
  if (*number.extension != '\0')
    return with_extension (number.digits, number.extension, area_code);
  result = with_hyphen_extension (&number, area_code);
  return result != NULL ? result : recognise (number.digits, area_code);
}

/* --- showing: @normalized is what normalize() made --- */

typedef struct
{
  const char *rest; /* without +86; with the extension */
  gsize length; /* of rest, without the extension */
  gsize area; /* 0: not a landline */
  gboolean is_national;
} Parts;

static Parts
split (const char *normalized)
{
  Parts parts = { normalized, 0, 0, FALSE };
  g_autofree char *digits = NULL;

  parts.is_national = g_str_has_prefix (normalized, COUNTRY);
  if (parts.is_national)
    parts.rest += COUNTRY_LENGTH;
  parts.length = strcspn (parts.rest, ",");
  digits = g_strndup (parts.rest, parts.length);
  if (parts.is_national && !is_mobile (digits) && !is_thing (digits) && is_landline (digits))
    parts.area = area_length (digits);
  return parts;
}

static gboolean
parts_are_mobile (const Parts *parts)
{
  return parts->is_national && parts->area == 0 && parts->length == 11;
}

char *
yihu_phone_number_format (const char *normalized)
{
  Parts parts;
  GString *text;

  if (normalized == NULL)
    return g_strdup ("");
  parts = split (normalized);
  text = g_string_new (NULL);
  if (parts.area > 0)
    {
      gsize local = parts.length - parts.area;

      g_string_append_printf (text, "0%.*s-%.4s %.*s", (int) parts.area, parts.rest,
                              parts.rest + parts.area, (int) local - 4,
                              parts.rest + parts.area + 4);
    }
  else if (parts_are_mobile (&parts))
    g_string_append_printf (text, "%.3s %.4s %.4s", parts.rest, parts.rest + 3, parts.rest + 7);
  else if (!parts.is_national && parts.length == 10 && *parts.rest != '+')
    g_string_append_printf (text, "%.3s %.3s %.4s", parts.rest, parts.rest + 3, parts.rest + 6);
  else
    g_string_append_len (text, parts.rest, (gssize) parts.length);
  if (parts.rest[parts.length] == ',')
    g_string_append_printf (text, "-%s", parts.rest + parts.length + 1);
  return g_string_free (text, FALSE);
}

static void
append_masked (GString *text, const char *digits, gsize length, gsize n_shown)
{
  gsize hidden = length > n_shown ? length - n_shown : length;

  for (gsize i = 0; i < hidden; i++)
    g_string_append_c (text, '*');
  g_string_append_len (text, digits + hidden, (gssize) (length - hidden));
}

char *
yihu_phone_number_mask (const char *normalized)
{
  Parts parts;
  GString *text;

  if (normalized == NULL)
    return g_strdup ("");
  parts = split (normalized);
  if (!parts.is_national && (parts.length <= 6 || (parts.length == 10 && *parts.rest != '+')))
    return g_strndup (parts.rest, parts.length); /* public numbers hide nobody */

  text = g_string_new (NULL);
  if (parts.area > 0)
    {
      g_string_append_printf (text, "0%.*s-", (int) parts.area, parts.rest);
      append_masked (text, parts.rest + parts.area, parts.length - parts.area, 4);
    }
  else if (parts_are_mobile (&parts))
    {
      g_string_append_len (text, parts.rest, 3);
      append_masked (text, parts.rest + 3, parts.length - 3, 4);
    }
  else
    append_masked (text, parts.rest, parts.length, 4);
  return g_string_free (text, FALSE);
}

char *
yihu_phone_number_reverse (const char *normalized)
{
  Parts parts;
  GString *text;

  if (normalized == NULL)
    return g_strdup ("");
  parts = split (normalized);
  text = g_string_sized_new (parts.length + 2);
  for (gsize i = parts.length; i > 0; i--)
    if (g_ascii_isdigit (parts.rest[i - 1]))
      g_string_append_c (text, parts.rest[i - 1]);
  if (parts.area > 0)
    g_string_append_c (text, '0');
  return g_string_free (text, FALSE);
}
