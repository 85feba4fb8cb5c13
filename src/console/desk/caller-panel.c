/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who is calling? Candidates as a list (Up, Down, Enter), or two ways on: find with F3, register
 * here. Rebuilt only when the question changes, so a choice under way stays. */

#include "console/desk/caller-panel.h"

#include "base/person-id.h"
#include "base/phone-number.h"
#include "console/desk/register-form.h"
#include "console/line-row.h"
#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

struct _YihuCallerPanel
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  char *area_code; /* (owned) */
  char *number; /* (owned) */
  GPtrArray *candidates; /* (owned) (nullable) */
  GtkWidget *panel;
  GtkWidget *stack;
  GtkWidget *list;
  GtkWidget *words;
  GtkWidget *form;
};

G_DEFINE_FINAL_TYPE (YihuCallerPanel, yihu_caller_panel, GTK_TYPE_BOX)

enum
{
  CHOSEN,
  REGISTERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, YihuCallerPanel *self)
{
  guint index = (guint) gtk_list_box_row_get_index (row);

  if (self->candidates != NULL && index < self->candidates->len)
    g_signal_emit (self, signals[CHOSEN], 0, g_ptr_array_index (self->candidates, index));
}

static void
on_register_clicked (YihuCallerPanel *self)
{
  yihu_register_form_begin (YIHU_REGISTER_FORM (self->form), self->number, self->area_code);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->form);
  gtk_widget_child_focus (self->form, GTK_DIR_TAB_FORWARD);
}

static void
on_form_dismissed (YihuCallerPanel *self)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "unknown");
}

static void
on_form_submitted (YihuCallerPanel *self, gpointer elder)
{
  g_signal_emit (self, signals[REGISTERED], 0, elder);
}

static void
yihu_caller_panel_finalize (GObject *object)
{
  YihuCallerPanel *self = YIHU_CALLER_PANEL (object);

  g_clear_object (&self->book);
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  g_free (self->number);
  g_free (self->area_code);
  G_OBJECT_CLASS (yihu_caller_panel_parent_class)->finalize (object);
}

static void
yihu_caller_panel_class_init (YihuCallerPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_caller_panel_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[REGISTERED] = g_signal_new ("registered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
yihu_caller_panel_init (YihuCallerPanel *self)
{
}

static GtkWidget *
caller_make_unknown (YihuCallerPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *find = gtk_button_new_with_label (_ ("Find the elder (F3)"));
  GtkWidget *add = gtk_button_new_with_label (_ ("Register the elder"));

  self->words = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->words), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->words), 0.0f);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (find), "win.search");
  g_signal_connect_object (add, "clicked", G_CALLBACK (on_register_clicked), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (buttons), find);
  gtk_box_append (GTK_BOX (buttons), add);
  gtk_box_append (GTK_BOX (box), self->words);
  gtk_box_append (GTK_BOX (box), buttons);
  return box;
}

static GtkWidget *
caller_make_list (YihuCallerPanel *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (self->list, "rich");
  yihu_widget_set_name (self->list, _ ("Who is calling?"));
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated), self, 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 220);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  return scrolled;
}

GtkWidget *
yihu_caller_panel_new (YihuBook *book, const char *area_code)
{
  YihuCallerPanel *self = g_object_new (YIHU_TYPE_CALLER_PANEL, NULL);

  self->book = g_object_ref (book);
  self->area_code = g_strdup (area_code);
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  self->form = yihu_register_form_new (book);
  gtk_stack_add_named (GTK_STACK (self->stack), caller_make_list (self), "several");
  gtk_stack_add_named (GTK_STACK (self->stack), caller_make_unknown (self), "unknown");
  gtk_stack_add_named (GTK_STACK (self->stack), self->form, "register");
  g_signal_connect_object (self->form, "submitted", G_CALLBACK (on_form_submitted), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form, "dismissed", G_CALLBACK (on_form_dismissed), self,
                           G_CONNECT_SWAPPED);
  self->panel = yihu_panel_new (_ ("Who is calling?"), self->stack);
  gtk_widget_set_hexpand (self->panel, TRUE);
  gtk_box_append (GTK_BOX (self), self->panel);
  return GTK_WIDGET (self);
}

static void
caller_fill_list (YihuCallerPanel *self, GPtrArray *candidates)
{
  int today = yihu_date_from_us (yihu_book_get_now_us (self->book));
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  for (guint i = 0; i < candidates->len; i++)
    {
      YihuElder *elder = g_ptr_array_index (candidates, i);
      GtkWidget *line = yihu_line_row_new ();
      g_autofree char *person = yihu_words_person_line (elder, today);
      g_autofree char *title = g_strdup_printf ("%s · %s", elder->name, person);
      const char *place = yihu_book_get_division_name (self->book, elder->record.division);
      g_autofree char *spoken = g_strdup_printf ("%s, %s", title, place);

      yihu_line_row_set_urgency (YIHU_LINE_ROW (line), -1);
      yihu_line_row_set_title (YIHU_LINE_ROW (line), title);
      yihu_line_row_set_subtitle (YIHU_LINE_ROW (line), place);
      gtk_list_box_append (GTK_LIST_BOX (self->list), line);
      yihu_widget_set_name (gtk_widget_get_parent (line), spoken);
    }
}

void
yihu_caller_panel_show (YihuCallerPanel *self,
                        YihuCallerKind kind,
                        GPtrArray *candidates,
                        const char *number)
{
  g_autofree char *shown = *number != '\0' ? yihu_phone_number_format (number) : g_strdup ("");
  g_autofree char *words = NULL;

  if (self->candidates == candidates && g_strcmp0 (self->number, number) == 0)
    return;
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  self->candidates = g_ptr_array_ref (candidates);
  g_free (self->number);
  self->number = g_strdup (number);
  yihu_panel_set_note (YIHU_PANEL (self->panel), shown);
  if (kind == YIHU_CALLER_SEVERAL)
    {
      caller_fill_list (self, candidates);
      gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "several");
      return;
    }
  words = kind == YIHU_CALLER_UNKNOWN
              ? g_strdup_printf (_ ("The number %s belongs to nobody in the register. Ask who is "
                                    "calling, then find the elder or register a new one; the "
                                    "number is added."),
                                 shown)
              : g_strdup (_ ("The caller withholds the number. Ask who is calling, then find the "
                             "elder or register a new one."));
  yihu_label_set (self->words, words);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "unknown");
}

void
yihu_caller_panel_say (YihuCallerPanel *self, const char *sentence)
{
  yihu_register_form_say (YIHU_REGISTER_FORM (self->form), sentence);
}

void
yihu_caller_panel_focus (YihuCallerPanel *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (GTK_STACK (self->stack));

  gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
}
