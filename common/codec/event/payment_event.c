/*
 * payment_event.c - see payment_event.h. The numbers in brackets are its invariants.
 */
#include "codec/event/payment_event.h"

#include "base/clock.h"
#include "codec/event/columns.h"
#include "codec/event/field.h"

enum { CONTENT_VERSION = 1, CONTENT_VERSION_WITH_RETURN = 2 };

#define SLOT(column) (&slots[PAYMENT_COLUMN_##column])

static enum reason check_texts(const struct slot *slots, struct payment *payment)
{
    CHECK(field_event_id_text(SLOT(EVENT_ID)));
    CHECK(field_text(SLOT(CORRIDOR), &payment->corridor));
    CHECK(field_text(SLOT(DEBTOR_AGENT), &payment->debtor_agent));
    CHECK(field_text(SLOT(CREDITOR_AGENT), &payment->creditor_agent));
    CHECK(field_text(SLOT(TRANSACTION_ID), &payment->transaction_id));
    CHECK(field_text(SLOT(END_TO_END_ID), &payment->end_to_end_id));
    if (SLOT(RETURN_ID)->form != SLOT_EMPTY)
        CHECK(field_text(SLOT(RETURN_ID), &payment->return_id));
    return field_uuid(SLOT(LOCK_ID), REASON_TEXT_INVALID, &payment->has_lock, &payment->lock_id);
}

static enum reason check_ids(const struct slot *slots, struct payment *payment)
{
    CHECK(field_event_id(SLOT(EVENT_ID), &payment->event_id, &payment->event_id_is_text));
    CHECK(field_uuid(SLOT(UETR), REASON_UETR_INVALID, &payment->has_uetr, &payment->uetr));
    return payment->return_id.size > 0 && payment->kind != PAYMENT_REFUNDED
               ? REASON_RETURN_ID_UNEXPECTED
               : REASON_NONE; /* (4) */
}

/* A fee of zero is no fee, whatever its currency. */
static bool has_fee(const struct slot *slot)
{
    return slot->form == SLOT_OVERFLOW || (slot->form == SLOT_DECIMAL && slot->decimal != 0);
}

static enum reason check_money(const struct slot *slots, struct payment *payment)
{
    currency instructed;
    currency settlement;
    currency fee = CURRENCY_NONE;

    payment->has_fee = has_fee(SLOT(FEE_AMOUNT));
    CHECK(field_currency(SLOT(INSTRUCTED_CURRENCY), &instructed));
    CHECK(field_currency(SLOT(SETTLEMENT_CURRENCY), &settlement));
    if (payment->has_fee)
        CHECK(field_currency(SLOT(FEE_CURRENCY), &fee));
    CHECK(field_amount(SLOT(INSTRUCTED_AMOUNT), instructed, &payment->instructed_amount));
    CHECK(field_amount(SLOT(SETTLEMENT_AMOUNT), settlement, &payment->settlement_amount));
    if (payment->has_fee)
        CHECK(field_amount(SLOT(FEE_AMOUNT), fee, &payment->fee));
    CHECK(field_is_positive(payment->instructed_amount));
    CHECK(field_is_positive(payment->settlement_amount));
    if (payment->has_fee)
        CHECK(field_is_positive(payment->fee));
    return REASON_NONE;
}

/* As it was said: most corridors never look at it, and what nobody needs is no reason to park. */
static struct text text_said(const struct slot *slot)
{
    return slot->form == SLOT_TEXT ? slot->text : TEXT("");
}

static void take_customer(const struct slot *slots, struct customer *customer)
{
    customer->debtor =
        (struct party){text_said(SLOT(DEBTOR_NAME)), text_said(SLOT(DEBTOR_ACCOUNT)),
                       text_said(SLOT(DEBTOR_COUNTRY)), text_said(SLOT(DEBTOR_TOWN))};
    customer->creditor =
        (struct party){text_said(SLOT(CREDITOR_NAME)), text_said(SLOT(CREDITOR_ACCOUNT)),
                       text_said(SLOT(CREDITOR_COUNTRY)), text_said(SLOT(CREDITOR_TOWN))};
    customer->purpose = text_said(SLOT(PURPOSE));
}

static enum reason check_fields(const struct slot *slots, struct payment *payment)
{
    payment->kind = (enum payment_kind)SLOT(KIND)->number;
    payment->channel = (enum payment_channel)SLOT(CHANNEL)->number;
    CHECK(check_texts(slots, payment));
    CHECK(check_ids(slots, payment));
    CHECK(check_money(slots, payment));
    if (SLOT(RATE)->form != SLOT_EMPTY)
        CHECK(field_rate(SLOT(RATE), &payment->rate));
    return field_time(SLOT(ACCEPTANCE_TIME), &payment->acceptance_time_us);
}

static struct text kind_symbol(const struct payment *payment)
{
    return column_symbol(payment_columns(), PAYMENT_COLUMN_KIND, payment->kind);
}

static struct text channel_symbol(const struct payment *payment)
{
    return column_symbol(payment_columns(), PAYMENT_COLUMN_CHANNEL, payment->channel);
}

static void digest_transfer(struct payment *payment, struct canonical *canonical)
{
    canonical_begin(canonical, 0);
    canonical_text(canonical, payment->debtor_agent);
    canonical_text(canonical, payment->transaction_id);
    canonical_text(canonical, kind_symbol(payment));
    canonical_int64(canonical, true, payment->acceptance_time_us / US_PER_DAY);
    if (payment->return_id.size > 0)
        canonical_text(canonical, payment->return_id);
    payment->transfer_id = canonical_end(canonical);
}

/* (3): the order and the form are for ever; another list takes another version. */
static void digest_content(struct payment *payment, struct canonical *canonical)
{
    bool returns = payment->return_id.size > 0;

    canonical_begin(canonical, returns ? CONTENT_VERSION_WITH_RETURN : CONTENT_VERSION);
    canonical_uuid(canonical, true, &payment->event_id);
    canonical_text(canonical, kind_symbol(payment));
    canonical_text(canonical, payment->corridor);
    canonical_text(canonical, payment->debtor_agent);
    canonical_text(canonical, payment->creditor_agent);
    canonical_text(canonical, payment->transaction_id);
    canonical_text(canonical, payment->end_to_end_id);
    canonical_uuid(canonical, payment->has_uetr, &payment->uetr);
    canonical_text(canonical, channel_symbol(payment));
    canonical_amount(canonical, true, payment->instructed_amount);
    canonical_amount(canonical, true, payment->settlement_amount);
    canonical_amount(canonical, payment->has_fee, payment->fee);
    canonical_int64(canonical, payment->rate != 0, payment->rate);
    canonical_uuid(canonical, payment->has_lock, &payment->lock_id);
    canonical_int64(canonical, true, payment->acceptance_time_us);
    if (returns)
        canonical_text(canonical, payment->return_id);
    payment->content_digest = canonical_end(canonical);
}

enum reason payment_of_slots(const struct slot *slots, struct canonical *canonical,
                             struct payment *payment)
{
    CHECK(check_fields(slots, payment));
    take_customer(slots, &payment->customer);
    digest_transfer(payment, canonical);
    digest_content(payment, canonical);
    return REASON_NONE;
}
