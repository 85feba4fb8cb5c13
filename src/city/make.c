/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes the files of a city: one CSV per kind, ready for import in the order of the kinds; the
 * accounts with a column of passwords; callers.csv, a sample of elders for those who phone; and the
 * base map. Elders and kin stream through two buffers. */

#include "city/make.h"

#include "city/base-map-writer.h"
#include "city/census.h"
#include "wire/record-csv.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (1024 * 1024)
#define MAX_CALLERS 20000

typedef struct
{
  int fd;
  char *path;
  GString *buffer;
} YihuSheet;

static gboolean
sheet_flush (YihuSheet *self, GError **error)
{
  gsize done = 0;

  while (done < self->buffer->len)
    {
      gssize n = write (self->fd, self->buffer->str + done, self->buffer->len - done);

      if (n < 0)
        {
          g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno), "writing %s: %s",
                       self->path, g_strerror (errno));
          return FALSE;
        }
      done += (gsize) n;
    }
  g_string_truncate (self->buffer, 0);
  return TRUE;
}

static gboolean
sheet_open (YihuSheet *self, const char *directory, const char *name, GError **error)
{
  self->path = g_build_filename (directory, name, NULL);
  self->buffer = g_string_sized_new (BUFFER_BYTES + 4096);
  self->fd = g_open (self->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (self->fd < 0)
    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno), "writing %s: %s",
                 self->path, g_strerror (errno));
  return self->fd >= 0;
}

static gboolean
sheet_close (YihuSheet *self, gboolean ok, GError **error)
{
  ok = ok && sheet_flush (self, error); /* @ok: the sheet is open */
  if (self->path != NULL && self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  if (self->buffer != NULL)
    g_string_free (self->buffer, TRUE);
  return ok;
}

static gboolean
sheet_append (YihuSheet *self, gconstpointer record, GError **error)
{
  yihu_record_csv_append (record, self->buffer);
  return self->buffer->len < BUFFER_BYTES || sheet_flush (self, error);
}

static gboolean
write_records (const YihuMakeOptions *options,
               const YihuRecordType *type,
               GPtrArray *records,
               GError **error)
{
  g_autofree char *name = g_strconcat (type->name, ".csv", NULL);
  YihuSheet sheet = { 0 };
  gboolean ok = sheet_open (&sheet, options->directory, name, error);

  if (ok)
    yihu_record_csv_append_header (type, sheet.buffer);
  for (guint i = 0; i < records->len && ok; i++)
    ok = sheet_append (&sheet, g_ptr_array_index (records, i), error);
  return sheet_close (&sheet, ok, error);
}

static gboolean
write_divisions (const YihuMakeOptions *options, YihuPlan *plan, GError **error)
{
  g_autoptr (GPtrArray) divisions = g_ptr_array_new_with_free_func (yihu_record_unref);

  for (guint i = 0; i < yihu_plan_get_n_areas (plan); i++)
    {
      const YihuArea *area = yihu_plan_get_area (plan, i);
      g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, area->code);
      YihuDivision *division = yihu_division_new (id);

      division->record.division = area->code;
      division->name = g_strdup (area->name);
      division->level = area->level;
      g_ptr_array_add (divisions, division);
    }
  return write_records (options, &yihu_division_type, divisions, error);
}

/* The columns of an account and its password; the file is for its owner alone, as all of them. */
static gboolean
write_accounts (const YihuMakeOptions *options, YihuCatalogue *catalogue, GError **error)
{
  static const char *const header[] = { "id",   "division", "login",    "name",    "role",
                                        "seat", "provider", "disabled", "password" };
  static const char *const roles[] = { "operator", "supervisor", "reviewer",   "administrator",
                                       "auditor",  "provider",   "switchboard" };
  YihuSheet sheet = { 0 };
  gboolean ok = sheet_open (&sheet, options->directory, "accounts.csv", error);

  if (ok)
    yihu_csv_append_row (sheet.buffer, header, G_N_ELEMENTS (header));
  for (guint i = 0; i < catalogue->accounts->len && ok; i++)
    {
      const YihuAccount *account = g_ptr_array_index (catalogue->accounts, i);
      g_autofree char *division = g_strdup_printf ("%" G_GINT64_FORMAT, account->record.division);
      g_autofree char *demo = yihu_city_demo_password (account->login);
      const char *password = options->has_demo_passwords ? demo : options->password;
      const char *const cells[] = { account->record.id,
                                    division,
                                    account->login,
                                    account->name,
                                    roles[account->role],
                                    account->seat != NULL ? account->seat : "",
                                    account->provider != NULL ? account->provider : "",
                                    "0",
                                    password != NULL ? password : "" };

      yihu_csv_append_row (sheet.buffer, cells, G_N_ELEMENTS (cells));
    }
  return sheet_close (&sheet, ok, error);
}

typedef struct
{
  const YihuMakeOptions *options;
  YihuSheet elders;
  YihuSheet kin;
  YihuSheet callers;
  guint n; /* elders seen */
} YihuPeopleSheets;

/* Evenly spread over the register, so that callers come from everywhere. */
static void
append_caller (YihuPeopleSheets *self, const YihuElder *elder, const YihuHousehold *household)
{
  guint64 wanted = MIN (self->options->n_elders, MAX_CALLERS);
  guint64 before = self->n * wanted / self->options->n_elders;
  const char *kin_phone = "";
  const char *kin_relation = "";
  g_autofree char *birth = g_strdup_printf ("%" G_GINT64_FORMAT, elder->birth);
  g_autofree char *risk = g_strdup_printf ("%" G_GINT64_FORMAT, elder->risk);

  if ((self->n + 1) * wanted / self->options->n_elders == before || elder->phone == NULL
      || elder->living == YIHU_LIVING_INSTITUTION || elder->status != YIHU_ELDER_ACTIVE)
    return;
  for (guint i = 0; i < household->kin->len; i++)
    {
      const YihuKin *kin = g_ptr_array_index (household->kin, i);

      if (g_strcmp0 (kin->elder, elder->record.id) == 0 && g_strcmp0 (kin->relation, "老伴") != 0)
        {
          kin_phone = kin->phone;
          kin_relation = kin->relation;
          break;
        }
    }
  const char *const cells[] = { elder->record.id,
                                elder->name,
                                elder->sex == YIHU_SEX_MALE ? "male" : "female",
                                birth,
                                elder->phone,
                                kin_phone,
                                kin_relation,
                                risk };
  yihu_csv_append_row (self->callers.buffer, cells, G_N_ELEMENTS (cells));
}

static gboolean
on_household (const YihuHousehold *household, gpointer data, GError **error)
{
  YihuPeopleSheets *self = data;

  for (guint i = 0; i < household->n_elders; i++)
    {
      append_caller (self, household->elders[i], household);
      self->n++;
      if (!sheet_append (&self->elders, household->elders[i], error))
        return FALSE;
    }
  for (guint i = 0; i < household->kin->len; i++)
    if (!sheet_append (&self->kin, g_ptr_array_index (household->kin, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
write_people (const YihuMakeOptions *options, YihuCatalogue *catalogue, GError **error)
{
  static const char *const header[] = { "elder", "name",      "sex",          "birth",
                                        "phone", "kin_phone", "kin_relation", "risk" };
  YihuPeopleSheets sheets = { .options = options };
  gboolean ok = sheet_open (&sheets.elders, options->directory, "elder.csv", error)
                && sheet_open (&sheets.kin, options->directory, "kin.csv", error)
                && sheet_open (&sheets.callers, options->directory, "callers.csv", error);

  if (ok)
    {
      yihu_record_csv_append_header (&yihu_elder_type, sheets.elders.buffer);
      yihu_record_csv_append_header (&yihu_kin_type, sheets.kin.buffer);
      yihu_csv_append_row (sheets.callers.buffer, header, G_N_ELEMENTS (header));
      ok = yihu_census_take (catalogue, options->as_of, options->n_elders, on_household, &sheets,
                             error);
    }
  ok = sheet_close (&sheets.elders, ok, ok ? error : NULL);
  ok = sheet_close (&sheets.kin, ok, ok ? error : NULL);
  return sheet_close (&sheets.callers, ok, ok ? error : NULL);
}

/* Stands there only when everything else does: whoever keeps cities compares it. */
static gboolean
write_mark (const YihuMakeOptions *options, const char *path, GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("yihu-city %d elders=%u seed=%" G_GUINT64_FORMAT
                       " as-of=%d rtsp-port=%u%s\n",
                       YIHU_CITY_EDITION, options->n_elders, options->seed, options->as_of,
                       options->rtsp_port, options->has_demo_passwords ? " demo-passwords" : "");

  return g_file_set_contents (path, text, -1, error);
}

gboolean
yihu_make_city (const YihuMakeOptions *options, GError **error)
{
  g_autoptr (YihuPlan) plan = yihu_plan_new (options->seed);
  g_autoptr (YihuPeople) people = yihu_people_new (options->as_of);
  g_autoptr (YihuCatalogue) catalogue =
      yihu_catalogue_new (plan, people, options->seed, options->rtsp_port);
  g_autofree char *map = g_build_filename (options->directory, "basemap.db", NULL);
  g_autofree char *mark = g_build_filename (options->directory, "made.txt", NULL);

  if (g_mkdir_with_parents (options->directory, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno),
                   "making the directory %s: %s", options->directory, g_strerror (errno));
      return FALSE;
    }
  g_unlink (mark);
  return write_divisions (options, plan, error)
         && write_records (options, &yihu_provider_type, catalogue->providers, error)
         && write_records (options, &yihu_service_item_type, catalogue->items, error)
         && write_records (options, &yihu_price_type, catalogue->prices, error)
         && write_records (options, &yihu_institution_type, catalogue->institutions, error)
         && write_records (options, &yihu_camera_type, catalogue->cameras, error)
         && write_accounts (options, catalogue, error) && write_people (options, catalogue, error)
         && yihu_base_map_write (plan, map, error) && write_mark (options, mark, error);
}
