/*
 * columns.h - what we read of each event, as tables: the reader's side of schema resolution, the
 * keys of a JSON line, the names of a CSV header.
 *
 * The .avsc files in schemas/avro are the same list, for people and producers; a test compares
 * the two.
 * Personal data (debtor and creditor) is read, and goes no further than customer_event.h lets it:
 * no digest and no table has it in clear.
 */
#ifndef SAWA_CODEC_EVENT_COLUMNS_H
#define SAWA_CODEC_EVENT_COLUMNS_H

#include "codec/event/slot.h"

enum payment_column {
    PAYMENT_COLUMN_EVENT_ID,
    PAYMENT_COLUMN_KIND,
    PAYMENT_COLUMN_CORRIDOR,
    PAYMENT_COLUMN_DEBTOR_AGENT,
    PAYMENT_COLUMN_CREDITOR_AGENT,
    PAYMENT_COLUMN_TRANSACTION_ID,
    PAYMENT_COLUMN_END_TO_END_ID,
    PAYMENT_COLUMN_UETR,
    PAYMENT_COLUMN_CHANNEL,
    PAYMENT_COLUMN_INSTRUCTED_AMOUNT,
    PAYMENT_COLUMN_INSTRUCTED_CURRENCY,
    PAYMENT_COLUMN_SETTLEMENT_AMOUNT,
    PAYMENT_COLUMN_SETTLEMENT_CURRENCY,
    PAYMENT_COLUMN_RATE,
    PAYMENT_COLUMN_LOCK_ID,
    PAYMENT_COLUMN_FEE_AMOUNT,
    PAYMENT_COLUMN_FEE_CURRENCY,
    PAYMENT_COLUMN_ACCEPTANCE_TIME,
    PAYMENT_COLUMN_DEBTOR_ACCOUNT, /* from here on personal data */
    PAYMENT_COLUMN_CREDITOR_ACCOUNT,
    PAYMENT_COLUMN_DEBTOR_NAME, /* from here on of its second version */
    PAYMENT_COLUMN_DEBTOR_COUNTRY,
    PAYMENT_COLUMN_DEBTOR_TOWN,
    PAYMENT_COLUMN_CREDITOR_NAME,
    PAYMENT_COLUMN_CREDITOR_COUNTRY,
    PAYMENT_COLUMN_CREDITOR_TOWN,
    PAYMENT_COLUMN_PURPOSE,
    PAYMENT_COLUMN_RETURN_ID, /* of its third version, and no personal data */
    PAYMENT_COLUMN_COUNT,
};

enum fx_column {
    FX_COLUMN_EVENT_ID,
    FX_COLUMN_KIND,
    FX_COLUMN_SOURCE,
    FX_COLUMN_CORRIDOR,
    FX_COLUMN_BASE_CURRENCY,
    FX_COLUMN_QUOTE_CURRENCY,
    FX_COLUMN_RATE,
    FX_COLUMN_LOCK_ID,
    FX_COLUMN_NOTIONAL_AMOUNT,
    FX_COLUMN_VALID_FROM,
    FX_COLUMN_VALID_UNTIL,
    FX_COLUMN_BID,
    FX_COLUMN_ASK,
    FX_COLUMN_SETTLEMENT_WINDOW,
    FX_COLUMN_COUNT,
};

const struct column_set *payment_columns(void);
const struct column_set *fx_columns(void);

/* The symbol of a number that decode_run gave for an enum column. */
struct text column_symbol(const struct column_set *columns, size_t column, int64_t number);

#endif
