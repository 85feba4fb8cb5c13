/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The order form. Three drop-downs feed each other (category -> items -> offers); what the program
 * sets itself while it refills them is told from what the person chose by `filling`. The form's
 * whole content is one short text (order-draft in this file's to_text), so parking, saving and
 * restoring are the same thing. */

#include "console/desk/order-form.h"

#include "base/error.h"
#include "base/identifier.h"
#include "console/desk/offer-words.h"
#include "console/format.h"
#include "console/panel.h"
#include "console/text-list.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_OFFERS 40
#define DRAFT_GROUP "order"
#define DEFAULT_LEAD_MINUTES 120
#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

struct _YihuOrderForm
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  YihuCatalogue *catalogue; /* (owned) */
  YihuTodoModel *model; /* (owned) (nullable) */
  YihuElder *elder; /* (owned) (nullable) */
  GPtrArray *items; /* (owned) YihuServiceItem of the category */
  GPtrArray *offers; /* (owned) YihuOffer of the item */
  GArray *categories; /* (owned) gint64: those that have items, as listed */

  GtkWidget *panel;
  GtkDropDown *category;
  GtkDropDown *item;
  GtkDropDown *provider;
  GtkDropDown *urgency;
  GtkEditable *due;
  GtkTextView *note;
  GtkWidget *price;
  GtkWidget *sentence;
  GtkWidget *save;
  GtkWidget *advice;

  guint filling; /* > 0: changes are the program's own */
  gboolean touched; /* a choice was made by the person */
};

G_DEFINE_FINAL_TYPE (YihuOrderForm, yihu_order_form, GTK_TYPE_BOX)

static guint changed_signal;

static void form_fill_offers (YihuOrderForm *self);

static YihuServiceItem *
form_get_item (YihuOrderForm *self)
{
  guint selected = gtk_drop_down_get_selected (self->item);

  return selected < self->items->len ? g_ptr_array_index (self->items, selected) : NULL;
}

static YihuOffer *
form_get_offer (YihuOrderForm *self)
{
  guint selected = gtk_drop_down_get_selected (self->provider);

  return selected < self->offers->len ? g_ptr_array_index (self->offers, selected) : NULL;
}

static gint64
form_get_category (YihuOrderForm *self)
{
  guint selected = gtk_drop_down_get_selected (self->category);

  return selected < self->categories->len ? g_array_index (self->categories, gint64, selected) : -1;
}

static gint64
form_get_default_due_us (YihuOrderForm *self, gint64 now_us)
{
  YihuServiceItem *item = form_get_item (self);
  gint64 lead = item != NULL && item->lead_minutes > 0 ? item->lead_minutes : DEFAULT_LEAD_MINUTES;
  gint64 step_us = 5 * MINUTE_US;

  return (now_us + lead * MINUTE_US + step_us - 1) / step_us * step_us;
}

static void
form_fill (YihuOrderForm *self, GtkDropDown *list, GtkStringList *texts, guint selected)
{
  self->filling++;
  yihu_text_list_fill (list, texts, selected);
  self->filling--;
}

/* The time that an empty arrival means; it moves with the clock. */
static void
form_show_default_due (YihuOrderForm *self)
{
  gint64 now_us = yihu_book_get_now_us (self->book);
  g_autofree char *due = yihu_format_due (form_get_default_due_us (self, now_us), now_us);
  g_autofree char *hint = g_strdup_printf (_ ("%s by default; 14:30, 11-22 09:00, +30"), due);

  if (g_strcmp0 (gtk_entry_get_placeholder_text (GTK_ENTRY (self->due)), hint) != 0)
    gtk_entry_set_placeholder_text (GTK_ENTRY (self->due), hint);
}

static void
form_show_price (YihuOrderForm *self)
{
  YihuOffer *offer = form_get_offer (self);
  g_autofree char *price = offer != NULL ? yihu_offer_describe_price (offer) : NULL;

  yihu_label_set (self->price, price);
  form_show_default_due (self);
}

static void
form_fill_offers (YihuOrderForm *self)
{
  YihuServiceItem *item = form_get_item (self);
  YihuGeoPoint home = { 0, 0 };
  GtkStringList *texts = gtk_string_list_new (NULL);

  if (self->elder != NULL)
    home = yihu_geo_point_from_e7 (self->elder->lat_e7, self->elder->lon_e7);
  g_ptr_array_unref (self->offers);
  self->offers =
      yihu_catalogue_rank_offers (self->catalogue, item != NULL ? item->record.id : "", home);
  if (self->offers->len > MAX_OFFERS)
    g_ptr_array_set_size (self->offers, MAX_OFFERS);
  for (guint i = 0; i < self->offers->len; i++)
    {
      const YihuOffer *offer = g_ptr_array_index (self->offers, i);
      guint load = self->model != NULL
                       ? yihu_todo_model_count_load (self->model, offer->provider->record.id)
                       : 0;
      g_autofree char *text = yihu_offer_describe (offer, load);

      gtk_string_list_append (texts, text);
    }
  form_fill (self, self->provider, texts, 0);
  form_show_price (self);
}

static void
form_fill_items (YihuOrderForm *self)
{
  GtkStringList *texts = gtk_string_list_new (NULL);

  g_ptr_array_unref (self->items);
  self->items = yihu_catalogue_list_items (self->catalogue, form_get_category (self));
  for (guint i = 0; i < self->items->len; i++)
    gtk_string_list_append (texts, ((YihuServiceItem *) g_ptr_array_index (self->items, i))->name);
  form_fill (self, self->item, texts, 0);
  form_fill_offers (self);
}

static void
form_fill_categories (YihuOrderForm *self)
{
  GtkStringList *texts = gtk_string_list_new (NULL);

  g_array_set_size (self->categories, 0);
  for (gint64 category = 0; category <= YIHU_CATEGORY_ADVICE; category++)
    {
      g_autoptr (GPtrArray) items = yihu_catalogue_list_items (self->catalogue, category);

      if (items->len == 0)
        continue;
      g_array_append_val (self->categories, category);
      gtk_string_list_append (texts, yihu_words_category (category));
    }
  form_fill (self, self->category, texts, 0);
  form_fill_items (self);
}

static void
form_fill_urgencies (YihuOrderForm *self)
{
  GtkStringList *texts = gtk_string_list_new (NULL);

  for (gint64 urgency = YIHU_URGENCY_QUERY; urgency <= YIHU_URGENCY_URGENT; urgency++)
    gtk_string_list_append (texts, yihu_words_urgency_badge (urgency));
  form_fill (self, self->urgency, texts, YIHU_URGENCY_GENERAL);
}

static void
form_emit_changed (YihuOrderForm *self)
{
  if (self->filling > 0)
    return;
  yihu_alert_label_say (self->sentence, "");
  g_signal_emit (self, changed_signal, 0);
}

static void
form_touch (YihuOrderForm *self)
{
  self->touched = TRUE;
  form_emit_changed (self);
}

static void
on_category_selected (YihuOrderForm *self)
{
  if (self->filling > 0)
    return;
  form_fill_items (self);
  if (form_get_category (self) == YIHU_CATEGORY_EMERGENCY)
    gtk_drop_down_set_selected (self->urgency, YIHU_URGENCY_URGENT);
  form_touch (self);
}

static void
on_item_selected (YihuOrderForm *self)
{
  if (self->filling > 0)
    return;
  form_fill_offers (self);
  form_touch (self);
}

static void
on_choice_selected (YihuOrderForm *self)
{
  if (self->filling > 0)
    return;
  form_show_price (self);
  form_touch (self);
}

static void
form_dress_list (YihuOrderForm *self, GtkDropDown *list, GCallback on_selected)
{
  yihu_text_list_dress (list);
  g_signal_connect_object (list, "notify::selected", on_selected, self, G_CONNECT_SWAPPED);
}

/* Items or prices changed under the form: keep the choices where they still exist. */
static void
on_catalogue_changed (YihuOrderForm *self)
{
  g_autofree char *text = yihu_order_form_to_text (self);

  self->filling++;
  form_fill_categories (self);
  yihu_order_form_load_text (self, text);
  self->filling--;
}

static void
yihu_order_form_dispose (GObject *object)
{
  YihuOrderForm *self = YIHU_ORDER_FORM (object);

  g_clear_object (&self->book);
  g_clear_object (&self->catalogue);
  g_clear_object (&self->model);
  g_clear_pointer (&self->elder, yihu_elder_unref);
  G_OBJECT_CLASS (yihu_order_form_parent_class)->dispose (object);
}

static void
yihu_order_form_finalize (GObject *object)
{
  YihuOrderForm *self = YIHU_ORDER_FORM (object);

  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->offers);
  g_array_unref (self->categories);
  G_OBJECT_CLASS (yihu_order_form_parent_class)->finalize (object);
}

static void
yihu_order_form_class_init (YihuOrderFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = yihu_order_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_order_form_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (YIHU_TYPE_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/cn/yihu/Console/ui/desk/order-form.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, panel);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, category);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, item);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, provider);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, urgency);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, due);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, note);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, price);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, sentence);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, save);
  gtk_widget_class_bind_template_child (widget_class, YihuOrderForm, advice);
}

static void
yihu_order_form_init (YihuOrderForm *self)
{
  self->items = g_ptr_array_new ();
  self->offers = g_ptr_array_new ();
  self->categories = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
yihu_order_form_new (YihuBook *book, YihuCatalogue *catalogue, YihuTodoModel *model)
{
  YihuOrderForm *self = g_object_new (YIHU_TYPE_ORDER_FORM, NULL);

  self->book = g_object_ref (book);
  self->catalogue = g_object_ref (catalogue);
  self->model = model != NULL ? g_object_ref (model) : NULL;
  form_dress_list (self, self->category, G_CALLBACK (on_category_selected));
  form_dress_list (self, self->item, G_CALLBACK (on_item_selected));
  form_dress_list (self, self->provider, G_CALLBACK (on_choice_selected));
  form_dress_list (self, self->urgency, G_CALLBACK (on_choice_selected));
  form_fill_urgencies (self);
  form_fill_categories (self);
  g_signal_connect_object (self->due, "changed", G_CALLBACK (form_emit_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_text_view_get_buffer (self->note), "changed",
                           G_CALLBACK (form_emit_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (catalogue, "changed", G_CALLBACK (on_catalogue_changed), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
yihu_order_form_set_elder (YihuOrderForm *self, YihuElder *elder)
{
  guint selected = gtk_drop_down_get_selected (self->provider);
  YihuOffer *offer = form_get_offer (self);
  g_autofree char *chosen = offer != NULL ? g_strdup (offer->provider->record.id) : NULL;
  gboolean same = elder != NULL && self->elder != NULL
                  && g_str_equal (elder->record.id, self->elder->record.id);

  if (elder == self->elder)
    return;
  if (elder != NULL)
    yihu_elder_ref (elder);
  g_clear_pointer (&self->elder, yihu_elder_unref);
  self->elder = elder;
  form_fill_offers (self);
  /* The same person in a newer version: the provider that was chosen stays chosen. */
  for (guint i = 0; same && selected > 0 && i < self->offers->len; i++)
    if (g_strcmp0 (((YihuOffer *) g_ptr_array_index (self->offers, i))->provider->record.id, chosen)
        == 0)
      {
        self->filling++;
        gtk_drop_down_set_selected (self->provider, i);
        self->filling--;
      }
}

char *
yihu_order_form_dup_note (YihuOrderForm *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->note);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

gboolean
yihu_order_form_is_dirty (YihuOrderForm *self)
{
  return self->touched || *gtk_editable_get_text (self->due) != '\0'
         || gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->note)) > 0;
}

gboolean
yihu_order_form_is_begun (YihuOrderForm *self)
{
  return self->touched;
}

void
yihu_order_form_begin (YihuOrderForm *self)
{
  if (!self->touched)
    form_touch (self);
}

void
yihu_order_form_focus (YihuOrderForm *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->note));
}

char *
yihu_order_form_to_text (YihuOrderForm *self)
{
  g_autoptr (GKeyFile) draft = g_key_file_new ();
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->note);
  GtkTextIter start, end;
  g_autofree char *note = NULL;
  YihuServiceItem *item = form_get_item (self);
  YihuOffer *offer = form_get_offer (self);

  if (!yihu_order_form_is_dirty (self))
    return NULL;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  note = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_key_file_set_string (draft, DRAFT_GROUP, "note", note);
  g_key_file_set_string (draft, DRAFT_GROUP, "due", gtk_editable_get_text (self->due));
  g_key_file_set_integer (draft, DRAFT_GROUP, "urgency",
                          (int) gtk_drop_down_get_selected (self->urgency));
  if (self->touched && item != NULL)
    g_key_file_set_string (draft, DRAFT_GROUP, "item", item->record.id);
  if (self->touched && offer != NULL)
    g_key_file_set_string (draft, DRAFT_GROUP, "provider", offer->provider->record.id);
  return g_key_file_to_data (draft, NULL, NULL);
}

static void
form_select_item (YihuOrderForm *self, const char *id)
{
  YihuServiceItem *item = yihu_catalogue_get_item (self->catalogue, id);

  for (guint i = 0; item != NULL && i < self->categories->len; i++)
    if (g_array_index (self->categories, gint64, i) == item->category)
      gtk_drop_down_set_selected (self->category, i);
  form_fill_items (self);
  for (guint i = 0; i < self->items->len; i++)
    if (g_strcmp0 (((YihuRecord *) g_ptr_array_index (self->items, i))->id, id) == 0)
      gtk_drop_down_set_selected (self->item, i);
  form_fill_offers (self);
}

static void
form_select_provider (YihuOrderForm *self, const char *id)
{
  for (guint i = 0; i < self->offers->len; i++)
    if (g_strcmp0 (((YihuOffer *) g_ptr_array_index (self->offers, i))->provider->record.id, id)
        == 0)
      gtk_drop_down_set_selected (self->provider, i);
  form_show_price (self);
}

void
yihu_order_form_load_text (YihuOrderForm *self, const char *text)
{
  g_autoptr (GKeyFile) draft = g_key_file_new ();
  gboolean filled = text != NULL && g_key_file_load_from_data (draft, text, -1, 0, NULL);
  g_autofree char *note = filled ? g_key_file_get_string (draft, DRAFT_GROUP, "note", NULL) : NULL;
  g_autofree char *due = filled ? g_key_file_get_string (draft, DRAFT_GROUP, "due", NULL) : NULL;
  g_autofree char *item = filled ? g_key_file_get_string (draft, DRAFT_GROUP, "item", NULL) : NULL;
  g_autofree char *provider =
      filled ? g_key_file_get_string (draft, DRAFT_GROUP, "provider", NULL) : NULL;
  int urgency =
      filled ? g_key_file_get_integer (draft, DRAFT_GROUP, "urgency", NULL) : YIHU_URGENCY_GENERAL;

  self->filling++;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->note), note != NULL ? note : "", -1);
  gtk_editable_set_text (self->due, due != NULL ? due : "");
  gtk_drop_down_set_selected (self->urgency,
                              (guint) CLAMP (urgency, YIHU_URGENCY_QUERY, YIHU_URGENCY_URGENT));
  if (item != NULL)
    form_select_item (self, item);
  else if (self->categories->len > 0)
    {
      gtk_drop_down_set_selected (self->category, 0);
      form_fill_items (self);
    }
  if (provider != NULL)
    form_select_provider (self, provider);
  self->touched = item != NULL;
  self->filling--;
  yihu_alert_label_say (self->sentence, "");
}

static gboolean
form_fail (YihuOrderForm *self, gpointer field, const char *sentence, GError **error)
{
  yihu_alert_label_say (self->sentence, sentence);
  gtk_widget_grab_focus (field);
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID, "the order form is not complete");
  return FALSE;
}

static gboolean
form_check (YihuOrderForm *self, gint64 now_us, gint64 *due_us, GError **error)
{
  const char *due = gtk_editable_get_text (self->due);

  *due_us =
      *due != '\0' ? yihu_format_parse_due (due, now_us) : form_get_default_due_us (self, now_us);
  if (self->elder == NULL)
    return form_fail (self, self->note, _ ("Say first whose order it is: F3 finds an elder."),
                      error);
  if (form_get_item (self) == NULL)
    return form_fail (self, self->item, _ ("Choose a service item."), error);
  if (form_get_offer (self) == NULL)
    return form_fail (self, self->provider, _ ("No provider offers this item. Choose another."),
                      error);
  if (*due_us < 0)
    return form_fail (self, self->due,
                      _ ("The arrival time is not understood. Write 14:30, 11-22 09:00 or +30."),
                      error);
  if (*due_us < now_us - MINUTE_US)
    return form_fail (self, self->due, _ ("The arrival time is in the past."), error);
  return TRUE;
}

YihuOrder *
yihu_order_form_build (YihuOrderForm *self, gint64 now_us, GError **error)
{
  g_autofree char *id = yihu_identifier_new ();
  g_autoptr (YihuOrder) order = NULL;
  YihuOffer *offer = form_get_offer (self);
  gint64 due_us;

  if (!form_check (self, now_us, &due_us, error))
    return NULL;
  order = yihu_order_new (id);
  order->record.division = self->elder->record.division;
  order->elder = g_strdup (self->elder->record.id);
  order->item = g_strdup (form_get_item (self)->record.id);
  order->provider = g_strdup (offer->provider->record.id);
  order->state = YIHU_ORDER_PLACED;
  order->urgency = gtk_drop_down_get_selected (self->urgency);
  order->placed_at_us = now_us;
  order->due_at_us = due_us;
  order->price_fen = offer->price_fen;
  order->subsidy_fen = offer->subsidy_fen;
  order->note = yihu_order_form_dup_note (self);
  if (!yihu_record_validate (order, error))
    {
      yihu_alert_label_say (self->sentence, _ ("The note is too long."));
      gtk_widget_grab_focus (GTK_WIDGET (self->note));
      return NULL;
    }
  return g_steal_pointer (&order);
}

void
yihu_order_form_say (YihuOrderForm *self, const char *sentence)
{
  yihu_alert_label_say (self->sentence, sentence);
}

void
yihu_order_form_set_note (YihuOrderForm *self, const char *note)
{
  yihu_panel_set_note (YIHU_PANEL (self->panel), note);
}

void
yihu_order_form_set_freshness (YihuOrderForm *self,
                               YihuBookState state,
                               gint64 synced_at_us,
                               gint64 now_us)
{
  yihu_panel_set_freshness (YIHU_PANEL (self->panel), state, synced_at_us, now_us);
  form_show_default_due (self);
}

GtkButton *
yihu_order_form_get_save_button (YihuOrderForm *self)
{
  return GTK_BUTTON (self->save);
}

GtkButton *
yihu_order_form_get_advice_button (YihuOrderForm *self)
{
  return GTK_BUTTON (self->advice);
}
