/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Search as you type. Each keystroke starts one search on the book's thread and cancels the one
 * before; an answer replaces the rows in one step. No table: a table's rebuild alone costs 100 ms
 * in GTK 4.8. */

#include "console/desk/search-panel.h"

#include "base/person-id.h"
#include "console/desk/record-item.h"
#include "console/line-row.h"
#include "console/masking.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

#define MAX_RESULTS 50

struct _YihuSearchPanel
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  GtkWidget *entry;
  GtkWidget *list;
  GtkWidget *words;
  GListStore *store; /* (owned) YihuRecordItem of YihuElder */
  GtkSingleSelection *selection; /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  gboolean searching;
  gboolean choose_when_ready; /* Enter was faster than the answer */
};

G_DEFINE_FINAL_TYPE (YihuSearchPanel, yihu_search_panel, GTK_TYPE_BOX)

enum
{
  CHOSEN,
  DISMISSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void search_choose (YihuSearchPanel *self);

static void
search_show_words (YihuSearchPanel *self, const char *text)
{
  guint count = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  g_autofree char *words = NULL;

  if (*text == '\0')
    words = g_strdup (_ ("Name, pinyin, initials or the last digits of a number."));
  else if (count == 0)
    words = g_strdup (_ ("Nobody found in the local copy."));
  else if (count == MAX_RESULTS)
    words = g_strdup_printf (_ ("The first %u; go on typing."), count);
  else
    words = g_strdup_printf (_ ("%u found"), count);
  yihu_label_set (self->words, words);
}

static void
on_search_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuSearchPanel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) elders = yihu_book_search_finish (YIHU_BOOK (source), result, &error);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; elders != NULL && i < elders->len; i++)
    g_ptr_array_add (items, yihu_record_item_new (g_ptr_array_index (elders, i)));
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)),
                       items->pdata, items->len);
  self->searching = FALSE;
  search_show_words (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  if (self->choose_when_ready)
    search_choose (self);
}

static void
on_entry_changed (YihuSearchPanel *self)
{
  g_autofree char *text =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->searching = *text != '\0';
  self->choose_when_ready = FALSE;
  if (*text == '\0')
    {
      g_list_store_remove_all (self->store);
      search_show_words (self, text);
      return;
    }
  yihu_book_search_async (self->book, text, MAX_RESULTS, self->cancellable, on_search_ready,
                          g_object_ref (self));
}

static void
search_choose (YihuSearchPanel *self)
{
  YihuRecordItem *item = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr (YihuElder) elder = NULL;

  self->choose_when_ready = self->searching;
  if (item == NULL || self->searching)
    return;
  elder = yihu_elder_ref (yihu_record_item_get (item));
  yihu_search_panel_close (self);
  g_signal_emit (self, signals[CHOSEN], 0, elder);
}

static void
search_move (YihuSearchPanel *self, int by)
{
  guint count = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  int selected = (int) gtk_single_selection_get_selected (self->selection) + by;

  if (count == 0)
    return;
  selected = CLAMP (selected, 0, (int) count - 1);
  gtk_single_selection_set_selected (self->selection, (guint) selected);
  gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", (guint) selected);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                YihuSearchPanel *self)
{
  switch (keyval)
    {
    case GDK_KEY_Down:
      search_move (self, 1);
      return TRUE;
    case GDK_KEY_Up:
      search_move (self, -1);
      return TRUE;
    case GDK_KEY_Escape:
      yihu_search_panel_close (self);
      g_signal_emit (self, signals[DISMISSED], 0);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
on_cell_setup (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  GtkWidget *row = yihu_line_row_new ();

  yihu_line_row_set_urgency (YIHU_LINE_ROW (row), -1);
  gtk_list_item_set_child (cell, row);
}

static void
on_cell_bind (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuSearchPanel *self)
{
  YihuElder *elder = yihu_record_item_get (gtk_list_item_get_item (cell));
  YihuLineRow *row = YIHU_LINE_ROW (gtk_list_item_get_child (cell));
  int today = yihu_date_from_us (yihu_book_get_now_us (self->book));
  const char *place = yihu_book_get_division_name (self->book, elder->record.division);
  g_autofree char *person = yihu_words_person_line (elder, today);
  g_autofree char *phone = yihu_show_phone (elder->phone, FALSE);
  g_autofree char *title = g_strdup_printf ("%s · %s", elder->name, person);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", place, phone);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", title, subtitle);

  yihu_line_row_set_title (row, title);
  yihu_line_row_set_subtitle (row, subtitle);
  yihu_line_row_set_spoken (row, spoken);
}

static void
on_list_activate (GtkListView *list, guint position, YihuSearchPanel *self)
{
  gtk_single_selection_set_selected (self->selection, position);
  search_choose (self);
}

static void
yihu_search_panel_dispose (GObject *object)
{
  YihuSearchPanel *self = YIHU_SEARCH_PANEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_search_panel_parent_class)->dispose (object);
}

static void
yihu_search_panel_finalize (GObject *object)
{
  YihuSearchPanel *self = YIHU_SEARCH_PANEL (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->selection);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (yihu_search_panel_parent_class)->finalize (object);
}

static void
yihu_search_panel_class_init (YihuSearchPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_search_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_search_panel_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
search_make_entry (YihuSearchPanel *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->entry = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->entry), 64);
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_PRIMARY,
                                     "system-search-symbolic");
  gtk_widget_set_size_request (self->entry, 520, -1);
  yihu_widget_set_name (self->entry, _ ("Find an elder"));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (self->entry, keys);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, 0);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_entry_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (search_choose), self,
                           G_CONNECT_SWAPPED);
}

static GtkWidget *
search_make_list (YihuSearchPanel *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->store = g_list_store_new (YIHU_TYPE_RECORD_ITEM);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->store)));
  g_signal_connect (factory, "setup", G_CALLBACK (on_cell_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_cell_bind), self);
  self->list = gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory);
  gtk_widget_add_css_class (self->list, "rich");
  yihu_widget_set_name (self->list, _ ("Found"));
  g_signal_connect_object (self->list, "activate", G_CALLBACK (on_list_activate), self, 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_widget_set_size_request (scrolled, -1, 420);
  return scrolled;
}

static void
yihu_search_panel_init (YihuSearchPanel *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 8);
  gtk_widget_add_css_class (GTK_WIDGET (self), "search-card");
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  search_make_entry (self);
  self->words = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->words), 0.0f);
  gtk_widget_add_css_class (self->words, "dim-label");
  gtk_box_append (GTK_BOX (self), self->entry);
  gtk_box_append (GTK_BOX (self), self->words);
  gtk_box_append (GTK_BOX (self), search_make_list (self));
}

GtkWidget *
yihu_search_panel_new (YihuBook *book)
{
  YihuSearchPanel *self = g_object_new (YIHU_TYPE_SEARCH_PANEL, NULL);

  self->book = g_object_ref (book);
  search_show_words (self, "");
  return GTK_WIDGET (self);
}

void
yihu_search_panel_open (YihuSearchPanel *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

void
yihu_search_panel_close (YihuSearchPanel *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
