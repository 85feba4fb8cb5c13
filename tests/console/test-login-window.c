/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The log-in window in each of its states, with real keys: what it asks, what it says, where the
 * focus is, and that a lock holds. With YIHU_SCREENS set each state leaves a picture there (see
 * look.h). */

#include "base/error.h"
#include "console/application.h"
#include "console/login-window.h"
#include "console/words.h"
#include "look.h"
#include "screen-stage.h"

typedef struct
{
  YihuScreenStage screen; /* for keys */
  AdwApplication *application; /* (owned) */
  YihuLoginWindow *window;
  guint n_submitted;
  char *code;
  guint n_confirmed;
} LoginStage;

static void
on_submitted (YihuLoginWindow *window, const char *login, const char *password, LoginStage *stage)
{
  stage->n_submitted++;
}

static void
on_code (YihuLoginWindow *window, const char *code, LoginStage *stage)
{
  g_free (stage->code);
  stage->code = g_strdup (code);
}

static void
on_confirmed (YihuLoginWindow *window, LoginStage *stage)
{
  stage->n_confirmed++;
}

static void
open_window (LoginStage *stage)
{
  static guint n_opened = 0;
  g_autofree char *id = g_strdup_printf ("cn.yihu.TestLogin%u", ++n_opened);

  stage->application =
      g_object_new (ADW_TYPE_APPLICATION, "application-id", id, "flags", G_APPLICATION_NON_UNIQUE,
                    "resource-base-path", YIHU_RESOURCE_PATH, NULL);
  g_assert_true (g_application_register (G_APPLICATION (stage->application), NULL, NULL));
  stage->window = yihu_login_window_new (GTK_APPLICATION (stage->application), "sup01");
  g_signal_connect (stage->window, "submitted", G_CALLBACK (on_submitted), stage);
  g_signal_connect (stage->window, "code", G_CALLBACK (on_code), stage);
  g_signal_connect (stage->window, "confirmed", G_CALLBACK (on_confirmed), stage);
  stage->screen.window = GTK_WINDOW (stage->window);
  gtk_window_present (stage->screen.window);
  yihu_screen_stage_wait_until (gtk_widget_get_mapped (GTK_WIDGET (stage->window)));
  yihu_screen_stage_settle ();
}

static void
close_window (LoginStage *stage)
{
  gpointer window = stage->window;

  g_object_add_weak_pointer (window, &window);
  gtk_window_destroy (window);
  yihu_screen_stage_wait_until (window == NULL);
  g_clear_object (&stage->application);
  g_clear_pointer (&stage->code, g_free);
}

static GtkWidget *
child (LoginStage *stage, const char *name)
{
  return GTK_WIDGET (
      gtk_widget_get_template_child (GTK_WIDGET (stage->window), YIHU_TYPE_LOGIN_WINDOW, name));
}

static gboolean
has_focus (LoginStage *stage, const char *name)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (stage->window));

  return focus != NULL
         && (focus == child (stage, name) || gtk_widget_is_ancestor (focus, child (stage, name)));
}

static void
type_text (LoginStage *stage, const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      const char key[] = { *c, '\0' };

      yihu_screen_stage_press (&stage->screen, key);
    }
}

static void
test_password (void)
{
  LoginStage stage = { 0 };

  open_window (&stage);
  g_assert_true (has_focus (&stage, "password"));
  type_text (&stage, "secret");
  yihu_screen_stage_press (&stage.screen, "Return");
  yihu_screen_stage_wait_until (stage.n_submitted == 1);
  yihu_login_window_fail (stage.window, "wrong");
  g_assert_true (has_focus (&stage, "password"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child (&stage, "password"))), ==, "");
  look_keep (GTK_WIDGET (stage.window), "login-wrong");
  close_window (&stage);
}

static void
test_locked (void)
{
  LoginStage stage = { 0 };
  GtkWidget *submit;

  open_window (&stage);
  submit = child (&stage, "submit");
  yihu_login_window_lock (stage.window, "locked", 3600);
  g_assert_false (gtk_widget_get_sensitive (submit));
  look_keep (GTK_WIDGET (stage.window), "login-locked");
  type_text (&stage, "x");
  yihu_screen_stage_press (&stage.screen, "Return");
  yihu_screen_stage_settle ();
  g_assert_cmpuint (stage.n_submitted, ==, 0);
  yihu_login_window_lock (stage.window, "locked", 1);
  yihu_screen_stage_wait_until (gtk_widget_get_sensitive (submit));
  type_text (&stage, "x"); /* a refusal empties the entry */
  yihu_screen_stage_press (&stage.screen, "Return");
  yihu_screen_stage_wait_until (stage.n_submitted == 1);
  close_window (&stage);
}

static void
test_factor (void)
{
  static const char *const codes[] = { "ABCDE-FGHIJ", "KLMNO-PQRST", "UVWXY-Z2345", "23456-ABCDE",
                                       "BCDEF-GHIJK", "LMNOP-QRSTU", "VWXYZ-23456", "34567-BCDEF",
                                       "CDEFG-HIJKL", "MNOPQ-RSTUV", NULL };
  LoginStage stage = { 0 };

  open_window (&stage);
  yihu_login_window_ask_code (stage.window, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                              "otpauth://totp/Yihu:sup01?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                              "&issuer=Yihu&algorithm=SHA1&digits=6&period=30",
                              "");
  yihu_screen_stage_settle ();
  g_assert_true (has_focus (&stage, "code"));
  g_assert_true (gtk_widget_get_mapped (child (&stage, "qr")));
  look_keep (GTK_WIDGET (stage.window), "login-enrol");
  type_text (&stage, "123456");
  yihu_screen_stage_press (&stage.screen, "Return");
  yihu_screen_stage_wait_until (g_strcmp0 (stage.code, "123456") == 0);

  yihu_login_window_ask_code (stage.window, NULL, NULL, "wrong");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child (&stage, "code"))), ==, "");
  g_assert_false (gtk_widget_get_visible (child (&stage, "enrolment")));
  look_keep (GTK_WIDGET (stage.window), "login-code");

  yihu_login_window_show_recovery (stage.window, codes);
  yihu_screen_stage_settle ();
  g_assert_true (has_focus (&stage, "kept"));
  look_keep (GTK_WIDGET (stage.window), "login-recovery");
  yihu_screen_stage_press (&stage.screen, "Return");
  yihu_screen_stage_wait_until (stage.n_confirmed == 1);
  close_window (&stage);
}

/* What can go wrong, in the program's own words: none of it makes the window wider than it was, or
 * higher than the display of a county office. */
static void
test_sentences (void)
{
  static const struct
  {
    YihuError code;
    const char *name;
  } errors[] = {
    { YIHU_ERROR_UNAUTHORIZED, "login-password" }, { YIHU_ERROR_OFFLINE, "login-offline" },
    { YIHU_ERROR_TIMEOUT, "login-too-old" },       { YIHU_ERROR_CERT_EXPIRED, "login-clock" },
    { YIHU_ERROR_DISABLED, "login-disabled" },     { YIHU_ERROR_LOCKED, "login-key-store" },
  };
  LoginStage stage = { 0 };
  int width;

  open_window (&stage);
  width = gtk_widget_get_width (GTK_WIDGET (stage.window));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (YIHU_ERROR, errors[i].code, "test");
      g_autofree char *words = yihu_words_login_error (error);

      yihu_login_window_fail (stage.window, words);
      yihu_screen_stage_settle ();
      look_keep (GTK_WIDGET (stage.window), errors[i].name);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (stage.window)), ==, width);
      g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (stage.window)), <=, 768);
    }
  close_window (&stage);
}

int
main (int argc, char **argv)
{
  yihu_screen_stage_init_tests (&argc, &argv);
  g_test_add_func ("/console/login-window/password", test_password);
  g_test_add_func ("/console/login-window/locked", test_locked);
  g_test_add_func ("/console/login-window/factor", test_factor);
  g_test_add_func ("/console/login-window/sentences", test_sentences);
  return g_test_run ();
}
