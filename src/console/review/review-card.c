/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The card of the order under review. Revealing is a request to the server, which writes the audit
 * row before it answers; nothing is unmasked without that answer, and another order masks again. */

#include "console/review/review-card.h"

#include "base/person-id.h"
#include "base/phone-number.h"
#include "console/format.h"
#include "console/masking.h"
#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIN_REASON_CHARS 2

enum
{
  ROW_ELDER,
  ROW_PHONE,
  ROW_ADDRESS,
  ROW_PROVIDER,
  ROW_MONEY,
  ROW_NOTE,
  N_ROWS,
};

struct _YihuReviewCard
{
  GtkWidget parent_instance;

  YihuBook *book; /* (owned) */
  YihuReviewItem *item; /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable) of a reveal under way */
  char *id_card; /* (owned) (nullable) while revealed */
  gint64 reveal_until_us; /* monotonic; 0: masked */

  YihuPanel *panel;
  GtkWidget *rows;
  GtkWidget *values[N_ROWS];
  GtkWidget *id_row;
  GtkWidget *id_value;
  GtkWidget *countdown;
  GtkMenuButton *reveal;
  GtkPopover *popover;
  GtkEntry *reason;
  GtkWidget *refusal;
  GtkWidget *confirm;
};

G_DEFINE_FINAL_TYPE (YihuReviewCard, yihu_review_card, GTK_TYPE_WIDGET)

static const char *
text_or (const char *text, const char *otherwise)
{
  return text != NULL && *text != '\0' ? text : otherwise;
}

/* Pieces that are there, with dots between. */
static char *
join_pieces (const char *const *pieces, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      if (pieces[i] == NULL || *pieces[i] == '\0')
        continue;
      if (text->len > 0)
        g_string_append (text, " · ");
      g_string_append (text, pieces[i]);
    }
  return g_string_free (text, FALSE);
}

static char *
make_elder_text (YihuReviewCard *self, const YihuElder *elder, gboolean revealed)
{
  int today = yihu_date_from_us (yihu_book_get_now_us (self->book));
  g_autofree char *line = yihu_words_person_line (elder, today);
  const char *pieces[] = {
    revealed ? elder->name : yihu_review_item_get_masked_name (self->item),
    line,
    yihu_words_ability (elder->ability),
  };

  return join_pieces (pieces, G_N_ELEMENTS (pieces));
}

static char *
make_phone_text (const YihuElder *elder, gboolean revealed)
{
  const char *phone = text_or (elder->phone, elder->phone2);

  if (phone == NULL || *phone == '\0')
    return g_strdup (_ ("none"));
  return revealed ? yihu_phone_number_format (phone) : yihu_phone_number_mask (phone);
}

/* Masked, the address ends at the community. */
static char *
make_address_text (YihuReviewCard *self, const YihuElder *elder, gboolean revealed)
{
  const YihuOrder *order = yihu_review_item_get_order (self->item);
  gint64 division = order->record.division;
  const char *county = yihu_book_get_division_name (
      self->book, yihu_division_code_get_parent (division, YIHU_DIVISION_LEVEL_COUNTY));
  g_autofree char *first = g_strdup (county);
  g_autofree char *second = g_strdup (yihu_book_get_division_name (
      self->book, yihu_division_code_get_parent (division, YIHU_DIVISION_LEVEL_STREET)));

  if (revealed && elder->address != NULL && *elder->address != '\0')
    return g_strdup (elder->address);
  return g_strconcat (first, second, yihu_review_item_get_community (self->item), " ••••", NULL);
}

static char *
make_provider_text (const YihuProvider *provider)
{
  g_autofree char *stars = provider != NULL ? yihu_format_star (provider->stars) : NULL;
  g_autofree char *phone = provider != NULL && provider->phone != NULL && *provider->phone != '\0'
                               ? yihu_phone_number_format (provider->phone)
                               : NULL;
  const char *pieces[] = { provider != NULL ? provider->name : _ ("unknown"), stars, phone };

  return join_pieces (pieces, G_N_ELEMENTS (pieces));
}

static char *
make_money_text (const YihuOrder *order)
{
  g_autofree char *price = yihu_format_money (order->price_fen);
  g_autofree char *subsidy = yihu_format_money (order->subsidy_fen);
  g_autofree char *own = yihu_format_money (MAX (0, order->price_fen - order->subsidy_fen));

  return g_strdup_printf (_ ("%s   subsidy %s   own part %s"), price, subsidy, own);
}

static void
card_set_row (YihuReviewCard *self, int row, const char *text)
{
  yihu_label_set (self->values[row], text);
  gtk_widget_set_visible (gtk_widget_get_parent (self->values[row]), *text != '\0');
}

static void
card_show_person (YihuReviewCard *self)
{
  const YihuElder *elder = yihu_review_item_get_elder (self->item);
  gboolean revealed = self->reveal_until_us != 0;
  g_autofree char *who = NULL;
  g_autofree char *phone = NULL;
  g_autofree char *address = NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->reveal), elder != NULL);
  yihu_label_set (self->id_value, revealed ? self->id_card : _ ("•••••• not shown"));
  if (elder == NULL)
    {
      card_set_row (self, ROW_ELDER, _ ("not in this register"));
      card_set_row (self, ROW_PHONE, "");
      card_set_row (self, ROW_ADDRESS, "");
      return;
    }
  who = make_elder_text (self, elder, revealed);
  phone = make_phone_text (elder, revealed);
  address = make_address_text (self, elder, revealed);
  card_set_row (self, ROW_ELDER, who);
  card_set_row (self, ROW_PHONE, phone);
  card_set_row (self, ROW_ADDRESS, address);
}

static char *
make_note (YihuReviewItem *item)
{
  guint wrong = yihu_review_item_count (item, YIHU_REVIEW_WRONG);
  guint doubt = yihu_review_item_count (item, YIHU_REVIEW_DOUBT);
  g_autofree char *first = wrong > 0 ? g_strdup_printf (_ ("▲ %d wrong"), (int) wrong) : NULL;
  g_autofree char *second = doubt > 0 ? g_strdup_printf (_ ("◆ %d doubtful"), (int) doubt) : NULL;
  const char *pieces[] = { first, second, wrong + doubt == 0 ? _ ("✓ All passed") : NULL,
                           yihu_words_order_state (yihu_review_item_get_order (item)->state) };

  return join_pieces (pieces, G_N_ELEMENTS (pieces));
}

static void
card_show_order (YihuReviewCard *self)
{
  const YihuOrder *order = yihu_review_item_get_order (self->item);
  const YihuServiceItem *service = yihu_review_item_get_service (self->item);
  g_autofree char *title = g_strdup_printf ("%s   %s", yihu_review_item_get_number (self->item),
                                            service != NULL ? service->name : "");
  g_autofree char *note = make_note (self->item);
  g_autofree char *provider = make_provider_text (yihu_review_item_get_provider (self->item));
  g_autofree char *money = make_money_text (order);
  g_autofree char *request =
      order->state == YIHU_ORDER_RETURNED && order->reason != NULL && *order->reason != '\0'
          ? g_strdup_printf (_ ("Returned: %s"), order->reason)
          : g_strdup (text_or (order->note, ""));

  yihu_panel_set_title (self->panel, title);
  yihu_panel_set_note (self->panel, note);
  card_set_row (self, ROW_PROVIDER, provider);
  card_set_row (self, ROW_MONEY, money);
  card_set_row (self, ROW_NOTE, request);
}

static void
card_mask (YihuReviewCard *self)
{
  self->reveal_until_us = 0;
  g_clear_pointer (&self->id_card, g_free);
  yihu_label_set (self->countdown, "");
  if (self->item != NULL)
    card_show_person (self);
}

static void
on_revealed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuReviewCard) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *value = yihu_session_reveal_finish (YIHU_SESSION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->book == NULL)
    return;
  g_clear_object (&self->cancellable);
  gtk_widget_set_sensitive (self->confirm, TRUE);
  if (error != NULL)
    {
      g_autofree char *sentence = yihu_words_error (error);

      yihu_label_set (self->refusal, sentence);
      return;
    }
  g_free (self->id_card);
  self->id_card = g_strdup (text_or (value, _ ("none in the register")));
  self->reveal_until_us = g_get_monotonic_time () + YIHU_REVEAL_S * (gint64) G_USEC_PER_SEC;
  gtk_editable_set_text (GTK_EDITABLE (self->reason), "");
  gtk_popover_popdown (self->popover);
  card_show_person (self);
  yihu_review_card_tick (self);
}

static void
on_confirm (YihuReviewCard *self)
{
  const YihuElder *elder = self->item != NULL ? yihu_review_item_get_elder (self->item) : NULL;
  YihuSession *session = yihu_book_get_session (self->book);
  const char *reason = gtk_editable_get_text (GTK_EDITABLE (self->reason));

  if (elder == NULL || !gtk_widget_get_sensitive (self->confirm))
    return;
  if (session == NULL || yihu_book_get_state (self->book) == YIHU_BOOK_OFFLINE)
    {
      yihu_label_set (self->refusal, _ ("The centre is offline: a reveal must be logged there."));
      return;
    }
  yihu_label_set (self->refusal, "");
  gtk_widget_set_sensitive (self->confirm, FALSE);
  self->cancellable = g_cancellable_new ();
  yihu_session_reveal_async (session, elder->record.id, "id_card", reason, self->cancellable,
                             on_revealed, g_object_ref (self));
}

static void
on_reason_changed (YihuReviewCard *self)
{
  const char *reason = gtk_editable_get_text (GTK_EDITABLE (self->reason));
  g_autofree char *stripped = g_strstrip (g_strdup (reason));

  gtk_widget_set_sensitive (self->confirm, self->cancellable == NULL
                                               && g_utf8_strlen (stripped, -1) >= MIN_REASON_CHARS);
}

static void
yihu_review_card_dispose (GObject *object)
{
  YihuReviewCard *self = YIHU_REVIEW_CARD (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->id_card, g_free);
  g_clear_pointer ((GtkWidget **) &self->panel, gtk_widget_unparent);
  g_clear_object (&self->item);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_review_card_parent_class)->dispose (object);
}

static void
yihu_review_card_class_init (YihuReviewCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = yihu_review_card_dispose;
  g_type_ensure (YIHU_TYPE_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/cn/yihu/Console/ui/review/review-card.ui");
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, panel);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, rows);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, id_row);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, countdown);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, reveal);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, popover);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, reason);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, refusal);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewCard, confirm);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
yihu_review_card_init (YihuReviewCard *self)
{
  static const char *const keys[] = { N_ ("Elder"),    N_ ("Telephone"), N_ ("Address"),
                                      N_ ("Provider"), N_ ("Amount"),    N_ ("Request") };

  G_STATIC_ASSERT (G_N_ELEMENTS (keys) == N_ROWS);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int row = 0; row < N_ROWS; row++)
    gtk_box_append (GTK_BOX (self->rows), yihu_pair_new (_ (keys[row]), &self->values[row]));
  gtk_box_append (GTK_BOX (self->id_row), yihu_pair_new (_ ("ID number"), &self->id_value));
  gtk_widget_add_css_class (self->id_value, "num");
  yihu_widget_set_name (GTK_WIDGET (self->reveal), _ ("Reveal…"));
  g_signal_connect_object (self->confirm, "clicked", G_CALLBACK (on_confirm), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reason, "activate", G_CALLBACK (on_confirm), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reason, "changed", G_CALLBACK (on_reason_changed), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
yihu_review_card_new (YihuBook *book)
{
  YihuReviewCard *self = g_object_new (YIHU_TYPE_REVIEW_CARD, NULL);

  self->book = g_object_ref (book);
  yihu_review_card_show (self, NULL);
  return GTK_WIDGET (self);
}

void
yihu_review_card_show (YihuReviewCard *self, YihuReviewItem *item)
{
  const char *before = NULL;
  const char *after = NULL;

  g_return_if_fail (YIHU_IS_REVIEW_CARD (self));

  if (self->item != NULL)
    before = yihu_review_item_get_order (self->item)->record.id;
  if (item != NULL)
    after = yihu_review_item_get_order (item)->record.id;
  if (g_strcmp0 (before, after) != 0)
    {
      if (self->cancellable != NULL)
        g_cancellable_cancel (self->cancellable);
      g_clear_object (&self->cancellable);
      gtk_popover_popdown (self->popover);
      yihu_label_set (self->refusal, "");
      on_reason_changed (self);
      card_mask (self);
    }
  g_set_object (&self->item, item);
  if (item == NULL)
    {
      yihu_panel_set_title (self->panel, _ ("Order"));
      yihu_panel_set_note (self->panel, "");
      yihu_panel_set_state (self->panel, YIHU_PANEL_EMPTY, _ ("No order is open"));
      return;
    }
  yihu_panel_set_state (self->panel, YIHU_PANEL_CONTENT, NULL);
  card_show_order (self);
  card_show_person (self);
}

void
yihu_review_card_ask_reason (YihuReviewCard *self)
{
  if (self->item == NULL || yihu_review_item_get_elder (self->item) == NULL)
    return;
  gtk_menu_button_popup (self->reveal);
  gtk_widget_grab_focus (GTK_WIDGET (self->reason));
}

void
yihu_review_card_tick (YihuReviewCard *self)
{
  gint64 left_us = self->reveal_until_us - g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (self->reveal_until_us == 0)
    return;
  if (left_us <= 0)
    {
      card_mask (self);
      return;
    }
  text = g_strdup_printf (_ ("masked again in %d s"),
                          (int) ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
  yihu_label_set (self->countdown, text);
}
