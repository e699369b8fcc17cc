/*
 * mt_field.h - the contents of single MT fields, without their neighbours.
 *
 * Pure functions on borrowed text: what a field says, and whether it has the shape
 * of its tag at all (18). They decide nothing about the message.
 */
#ifndef SAWA_CODEC_SWIFT_MT_MT_FIELD_H
#define SAWA_CODEC_SWIFT_MT_MT_FIELD_H

#include "domain/statement.h"

/* :25: with BIC and currency split off (24). */
struct mt_account {
    struct text id;
    struct text servicer_bic;
    currency currency; /* CURRENCY_NONE: not named */
    bool is_iban;      /* the check digits are right */
};

/* :60a: :62a: :64: :65:. */
struct mt_balance {
    bool credit;
    struct text date;     /* YYMMDD */
    struct text currency; /* empty: not named (9) */
    struct text amount;
};

/* The first line of :61:. */
struct mt_line {
    struct text value_date; /* YYMMDD */
    struct text entry_date; /* MMDD, empty where absent or blank (4) */
    bool credit;            /* effective direction: RC takes money out (1) */
    bool reversal;
    bool expected; /* EC, ED (25) */
    struct text amount;
    struct text type;               /* four characters as they come, trimmed (23) */
    struct text customer_reference; /* NONREF is absent (21) */
    struct text servicer_reference;
    struct text rest; /* text behind a customer reference that is padded to its 16 characters */
};

/* :90C: :90D:. */
struct mt_total {
    bool has_count;
    int64_t count;
    struct text currency;
    struct text amount;
};

struct mt_account mt_account_of(struct text field);
must_use bool mt_balance_of(struct text field, struct mt_balance *ret_balance);
must_use bool mt_line_of(struct text field, struct mt_line *ret_line);
must_use bool mt_total_of(struct text field, struct mt_total *ret_total);

/* MMDD in the year nearest to near (3); DATE_NONE where no such year has the day. */
calendar_date mt_date_near(int month, int day, calendar_date near);

/* MT amounts: the comma is the decimal mark; decimal_point and grouping_point as in a profile. */
must_use bool mt_amount_of(struct text text, bool decimal_point, bool grouping_point,
                           currency which, struct statement_amount *ret_amount, bool *ret_excess);

#endif
