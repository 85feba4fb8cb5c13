/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The chooser of a reason. Nothing is chosen beforehand: a reason that nobody chose would be no
 * reason. Digits choose while no text is written, so that a reveal takes three keys. */

#include "console/desk/reveal-card.h"

#include "console/keys.h"
#include "console/masking.h"
#include "console/words.h"

#include <glib/gi18n.h>

#define MAX_DETAIL_CHARS 100 /* with the reason before it below the server's 512 bytes */
#define MIN_OTHER_CHARS 4
#define TEXT_CHARS 44

enum
{
  WHAT_CARD,
  WHAT_ID_CARD,
  N_WHATS
};

static const struct
{
  const char *field; /* as the server calls it */
  const char *words;
} whats[N_WHATS] = {
  { "card", N_ ("Telephone numbers and address") },
  { "id_card", N_ ("ID number") },
};

/* The last one is told in words of one's own. */
static const char *const reasons[] = {
  N_ ("Call-back to the elder or the family"),
  N_ ("Order or visit under way"),
  N_ ("Hospital, police or rescue need it"),
  N_ ("Check of the register with the person"),
  N_ ("Another reason"),
};
#define N_REASONS G_N_ELEMENTS (reasons)
#define OTHER_REASON (N_REASONS - 1)

struct _YihuRevealCard
{
  YihuOverCard parent_instance;

  YihuBook *book; /* (owned) */
  char *elder; /* (owned) (nullable): NULL while closed */
  GCancellable *cancellable; /* (owned) (nullable) while the centre is asked */
  GtkWidget *whats[N_WHATS];
  GtkWidget *reasons[N_REASONS];
  GtkWidget *detail;
  GtkWidget *confirm;
};

G_DEFINE_FINAL_TYPE (YihuRevealCard, yihu_reveal_card, YIHU_TYPE_OVER_CARD)

static guint revealed_signal;

static void
card_say (YihuRevealCard *self, const char *sentence)
{
  yihu_over_card_say (YIHU_OVER_CARD (self), sentence);
}

static guint
find_active (GtkWidget *const *buttons, guint n_buttons)
{
  guint i = 0;

  while (i < n_buttons && !gtk_check_button_get_active (GTK_CHECK_BUTTON (buttons[i])))
    i++;
  return i;
}

static void
card_set_asking (YihuRevealCard *self, gboolean asking)
{
  g_clear_object (&self->cancellable);
  self->cancellable = asking ? g_cancellable_new () : NULL;
  gtk_widget_set_sensitive (self->confirm, !asking);
}

static void
card_close (YihuRevealCard *self)
{
  g_cancellable_cancel (self->cancellable);
  card_set_asking (self, FALSE);
  g_clear_pointer (&self->elder, g_free);
  yihu_over_card_hide (YIHU_OVER_CARD (self));
}

/* --- asking the centre --- */

/* (transfer full) (nullable): NULL after a sentence was said. In the operator's language: people
 * read the audit. */
static char *
card_dup_reason (YihuRevealCard *self)
{
  guint which = find_active (self->reasons, N_REASONS);
  g_autofree char *detail =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->detail))));

  if (which == N_REASONS)
    {
      card_say (self, _ ("Choose a reason first: 1 to 5."));
      gtk_widget_grab_focus (self->reasons[0]);
      return NULL;
    }
  if (which == OTHER_REASON && g_utf8_strlen (detail, -1) < MIN_OTHER_CHARS)
    {
      card_say (self, _ ("Write the reason in a few words."));
      gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->detail));
      return NULL;
    }
  if (which == OTHER_REASON)
    return g_steal_pointer (&detail);
  return *detail != '\0' ? g_strdup_printf (_ ("%s: %s"), _ (reasons[which]), detail)
                         : g_strdup (_ (reasons[which]));
}

static void
on_revealed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuRevealCard) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *value = yihu_session_reveal_finish (YIHU_SESSION (object), result, &error);
  g_autofree char *words = NULL;
  g_autofree char *elder = NULL;
  gboolean whole;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->elder == NULL)
    return;
  card_set_asking (self, FALSE);
  if (error != NULL)
    {
      words = yihu_words_error (error);
      card_say (self, words);
      return;
    }
  elder = g_strdup (self->elder);
  whole = find_active (self->whats, N_WHATS) == WHAT_CARD;
  card_close (self);
  g_signal_emit (self, revealed_signal, 0, elder, whole ? NULL : value);
}

void
yihu_reveal_card_confirm (YihuRevealCard *self)
{
  YihuSession *session = yihu_book_get_session (self->book);
  YihuBookState state = yihu_book_get_state (self->book);
  g_autofree char *reason = NULL;

  if (self->elder == NULL || self->cancellable != NULL || (reason = card_dup_reason (self)) == NULL)
    return;
  if (session == NULL || (state != YIHU_BOOK_ONLINE && state != YIHU_BOOK_CATCHING_UP))
    {
      card_say (self, _ ("The centre is offline: a reveal must be logged there."));
      return;
    }
  card_say (self, _ ("Asking the centre…"));
  card_set_asking (self, TRUE);
  yihu_session_reveal_async (session, self->elder, whats[find_active (self->whats, N_WHATS)].field,
                             reason, self->cancellable, on_revealed, g_object_ref (self));
}

void
yihu_reveal_card_leave (YihuRevealCard *self)
{
  if (self->elder != NULL)
    card_close (self);
}

/* --- choosing --- */

static void
on_chosen (YihuRevealCard *self)
{
  card_say (self, "");
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                YihuRevealCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  guint which = keyval >= GDK_KEY_KP_1 ? keyval - GDK_KEY_KP_1 : keyval - GDK_KEY_1;

  if (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)
      || gtk_widget_is_ancestor (gtk_root_get_focus (root), self->detail))
    return FALSE;
  if (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter)
    {
      if (gtk_root_get_focus (root) == self->confirm)
        return FALSE;
      yihu_reveal_card_confirm (self);
      return TRUE;
    }
  if (which >= N_REASONS)
    return FALSE;
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->reasons[which]), TRUE);
  if (which == OTHER_REASON)
    gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->detail));
  else
    gtk_widget_grab_focus (self->reasons[which]);
  return TRUE;
}

/* --- making --- */

static void
card_add_heading (YihuRevealCard *self, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), TEXT_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (label), TEXT_CHARS);
  gtk_widget_add_css_class (label, "dim-label");
  yihu_over_card_add (YIHU_OVER_CARD (self), label);
}

static GtkWidget *
card_add_choice (YihuRevealCard *self, const char *words, guint digit, GtkWidget *group)
{
  GtkWidget *button = gtk_check_button_new ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  char cap[] = { (char) ('0' + digit), '\0' };

  if (digit > 0)
    gtk_box_append (GTK_BOX (line), yihu_keycap_new (cap));
  gtk_box_append (GTK_BOX (line), gtk_label_new (words));
  gtk_check_button_set_child (GTK_CHECK_BUTTON (button), line);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), (GtkCheckButton *) group);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  yihu_over_card_add (YIHU_OVER_CARD (self), button);
  return button;
}

static void
card_add_detail (YihuRevealCard *self)
{
  self->detail = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->detail), MAX_DETAIL_CHARS);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->detail), _ ("Reason in more words"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->detail), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Reason in more words"), -1);
  g_signal_connect_object (self->detail, "activate", G_CALLBACK (yihu_reveal_card_confirm), self,
                           G_CONNECT_SWAPPED);
  yihu_over_card_add (YIHU_OVER_CARD (self), self->detail);
}

static void
yihu_reveal_card_dispose (GObject *object)
{
  YihuRevealCard *self = YIHU_REVEAL_CARD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->elder, g_free);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_reveal_card_parent_class)->dispose (object);
}

static void
yihu_reveal_card_class_init (YihuRevealCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_reveal_card_dispose;
  revealed_signal = g_signal_new ("revealed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
yihu_reveal_card_init (YihuRevealCard *self)
{
  YihuOverCard *over = YIHU_OVER_CARD (self);
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autofree char *lead =
      g_strdup_printf (_ ("Shown for %d seconds. The centre logs who asked, for whom, and why."),
                       YIHU_REVEAL_S);

  card_add_heading (self, lead);
  for (guint i = 0; i < N_WHATS; i++)
    self->whats[i] = card_add_choice (self, _ (whats[i].words), 0, i > 0 ? self->whats[0] : NULL);
  card_add_heading (self, _ ("Why?"));
  for (guint i = 0; i < N_REASONS; i++)
    self->reasons[i] =
        card_add_choice (self, _ (reasons[i]), i + 1, i > 0 ? self->reasons[0] : NULL);
  card_add_detail (self);
  yihu_over_card_add_button (over, _ ("Leave (Esc)"), FALSE, G_CALLBACK (yihu_reveal_card_leave));
  self->confirm = yihu_over_card_add_button (over, _ ("Show (Enter)"), TRUE,
                                             G_CALLBACK (yihu_reveal_card_confirm));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, 0);
}

GtkWidget *
yihu_reveal_card_new (YihuBook *book)
{
  YihuRevealCard *self = g_object_new (YIHU_TYPE_REVEAL_CARD, NULL);

  self->book = g_object_ref (book);
  yihu_over_card_set_name (YIHU_OVER_CARD (self), _ ("Show what is masked"));
  return GTK_WIDGET (self);
}

void
yihu_reveal_card_open (YihuRevealCard *self, YihuElder *elder, gboolean unlocked)
{
  g_autofree char *title = g_strdup_printf (_ ("Show what is masked: %s"), elder->name);

  if (self->elder != NULL)
    return;
  self->elder = g_strdup (elder->record.id);
  gtk_widget_set_sensitive (self->whats[WHAT_CARD], !unlocked);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->whats[unlocked ? WHAT_ID_CARD : WHAT_CARD]),
                               TRUE);
  for (guint i = 0; i < N_REASONS; i++)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (self->reasons[i]), FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->detail), "");
  card_say (self, "");
  yihu_over_card_set_title (YIHU_OVER_CARD (self), title);
  yihu_over_card_show (YIHU_OVER_CARD (self), self->reasons[0]);
}
