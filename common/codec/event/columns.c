/*
 * columns.c - see columns.h.
 */
#include "codec/event/columns.h"

#include "domain/fx.h"
#include "domain/payment.h"

/* The slot's number of a symbol is 1 + index: the values of the domain's enums. */
static const char *const payment_kinds[] = {"COMPLETED", "REVERSED", "REFUNDED", NULL};
static const char *const payment_channels[] = {"WALLET", "MOBILE_MONEY", "CARD",
                                               "BANK",   "USSD",         NULL};
static const char *const fx_kinds[] = {"RATE", "LOCK", NULL};

_Static_assert(PAYMENT_COMPLETED == 1 && PAYMENT_REFUNDED == 3, "order of payment_kinds");
_Static_assert(CHANNEL_WALLET == 1 && CHANNEL_USSD == 5, "order of payment_channels");
_Static_assert(FX_RATE == 1 && FX_LOCK == 2, "order of fx_kinds");

#define REQUIRED(column_name, column_type) .name = (column_name), .type = (column_type)
#define OPTIONAL(column_name, column_type) REQUIRED(column_name, column_type), .is_optional = true

static const struct column payment_column_list[PAYMENT_COLUMN_COUNT] = {
    [PAYMENT_COLUMN_EVENT_ID] = {REQUIRED("event_id", COLUMN_UUID)},
    [PAYMENT_COLUMN_KIND] = {REQUIRED("kind", COLUMN_ENUM), .symbols = payment_kinds},
    [PAYMENT_COLUMN_CORRIDOR] = {REQUIRED("corridor", COLUMN_TEXT)},
    [PAYMENT_COLUMN_DEBTOR_AGENT] = {REQUIRED("debtor_agent", COLUMN_TEXT)},
    [PAYMENT_COLUMN_CREDITOR_AGENT] = {REQUIRED("creditor_agent", COLUMN_TEXT)},
    [PAYMENT_COLUMN_TRANSACTION_ID] = {REQUIRED("transaction_id", COLUMN_TEXT)},
    [PAYMENT_COLUMN_END_TO_END_ID] = {REQUIRED("end_to_end_id", COLUMN_TEXT)},
    [PAYMENT_COLUMN_UETR] = {OPTIONAL("uetr", COLUMN_UUID)},
    [PAYMENT_COLUMN_CHANNEL] = {REQUIRED("channel", COLUMN_ENUM), .symbols = payment_channels},
    [PAYMENT_COLUMN_INSTRUCTED_AMOUNT] = {REQUIRED("instructed_amount", COLUMN_DECIMAL)},
    [PAYMENT_COLUMN_INSTRUCTED_CURRENCY] = {REQUIRED("instructed_currency", COLUMN_TEXT)},
    [PAYMENT_COLUMN_SETTLEMENT_AMOUNT] = {REQUIRED("settlement_amount", COLUMN_DECIMAL)},
    [PAYMENT_COLUMN_SETTLEMENT_CURRENCY] = {REQUIRED("settlement_currency", COLUMN_TEXT)},
    [PAYMENT_COLUMN_RATE] = {OPTIONAL("rate", COLUMN_DECIMAL)},
    [PAYMENT_COLUMN_LOCK_ID] = {OPTIONAL("lock_id", COLUMN_UUID)},
    [PAYMENT_COLUMN_FEE_AMOUNT] = {OPTIONAL("fee_amount", COLUMN_DECIMAL)},
    [PAYMENT_COLUMN_FEE_CURRENCY] = {OPTIONAL("fee_currency", COLUMN_TEXT)},
    [PAYMENT_COLUMN_ACCEPTANCE_TIME] = {REQUIRED("acceptance_time", COLUMN_TIME)},
    [PAYMENT_COLUMN_DEBTOR_ACCOUNT] = {OPTIONAL("debtor_account", COLUMN_TEXT)},
    [PAYMENT_COLUMN_CREDITOR_ACCOUNT] = {OPTIONAL("creditor_account", COLUMN_TEXT)},
    [PAYMENT_COLUMN_DEBTOR_NAME] = {OPTIONAL("debtor_name", COLUMN_TEXT)},
    [PAYMENT_COLUMN_DEBTOR_COUNTRY] = {OPTIONAL("debtor_country", COLUMN_TEXT)},
    [PAYMENT_COLUMN_DEBTOR_TOWN] = {OPTIONAL("debtor_town", COLUMN_TEXT)},
    [PAYMENT_COLUMN_CREDITOR_NAME] = {OPTIONAL("creditor_name", COLUMN_TEXT)},
    [PAYMENT_COLUMN_CREDITOR_COUNTRY] = {OPTIONAL("creditor_country", COLUMN_TEXT)},
    [PAYMENT_COLUMN_CREDITOR_TOWN] = {OPTIONAL("creditor_town", COLUMN_TEXT)},
    [PAYMENT_COLUMN_PURPOSE] = {OPTIONAL("purpose", COLUMN_TEXT)},
    [PAYMENT_COLUMN_RETURN_ID] = {OPTIONAL("return_id", COLUMN_TEXT)},
};

static const struct column fx_column_list[FX_COLUMN_COUNT] = {
    [FX_COLUMN_EVENT_ID] = {REQUIRED("event_id", COLUMN_UUID)},
    [FX_COLUMN_KIND] = {REQUIRED("kind", COLUMN_ENUM), .symbols = fx_kinds},
    [FX_COLUMN_SOURCE] = {REQUIRED("source", COLUMN_TEXT), .fallback = "unspecified"},
    [FX_COLUMN_CORRIDOR] = {OPTIONAL("corridor", COLUMN_TEXT)},
    [FX_COLUMN_BASE_CURRENCY] = {REQUIRED("base_currency", COLUMN_TEXT)},
    [FX_COLUMN_QUOTE_CURRENCY] = {REQUIRED("quote_currency", COLUMN_TEXT)},
    [FX_COLUMN_RATE] = {REQUIRED("rate", COLUMN_DECIMAL)},
    [FX_COLUMN_LOCK_ID] = {OPTIONAL("lock_id", COLUMN_UUID)},
    [FX_COLUMN_NOTIONAL_AMOUNT] = {OPTIONAL("notional_amount", COLUMN_DECIMAL)},
    [FX_COLUMN_VALID_FROM] = {REQUIRED("valid_from", COLUMN_TIME)},
    [FX_COLUMN_VALID_UNTIL] = {REQUIRED("valid_until", COLUMN_TIME)},
    [FX_COLUMN_BID] = {OPTIONAL("bid", COLUMN_DECIMAL)},
    [FX_COLUMN_ASK] = {OPTIONAL("ask", COLUMN_DECIMAL)},
    [FX_COLUMN_SETTLEMENT_WINDOW] = {OPTIONAL("settlement_window", COLUMN_TEXT)},
};

static const struct column_set payment_set = {payment_column_list, PAYMENT_COLUMN_COUNT, NULL};
static const struct column_set fx_set = {fx_column_list, FX_COLUMN_COUNT, NULL};

const struct column_set *payment_columns(void)
{
    return &payment_set;
}

const struct column_set *fx_columns(void)
{
    return &fx_set;
}

struct text column_symbol(const struct column_set *columns, size_t column, int64_t number)
{
    assert(column < columns->count);
    assert(columns->columns[column].type == COLUMN_ENUM);
    assert(number >= 1);
    return text_of(columns->columns[column].symbols[number - 1]);
}
