/*
 * csv_profile.h - what a bank's or an operator's CSV file looks like, declared in YAML.
 *
 *   name: example-bank            columns:                    labels:
 *   meaning: what it is for         booking_date: Date          "Account No": account
 *   format: csv                     text: [Details, Branch]     "Closing Balance": closing_balance
 *   dates: dmy                      credit: Money in
 *   decimal_mark: "."               debit: Money out
 *   grouping_mark: ","              balance: Balance
 *   signs: columns
 *
 * schemas/statements holds the profiles we ship, and its README.md every key. Nothing about a bank
 * is in code: what differs is a key here (62).
 *
 * (1) A file is recognised by its header row: it holds the names of all columns of the profile.
 *     Without a header the profile is named by whoever reads the file, and columns are numbers.
 * (2) All texts live in the arena they were read into.
 */
#ifndef SAWA_CODEC_CSV_CSV_PROFILE_H
#define SAWA_CODEC_CSV_CSV_PROFILE_H

#include "base/config_take.h"
#include "domain/statement.h"

enum { CSV_COLUMNS_MAX = 64, CSV_WORDS_MAX = 8, CSV_LABELS_MAX = 16 };

enum csv_field {
    CSV_BOOKING_DATE,
    CSV_VALUE_DATE,
    CSV_AMOUNT,
    CSV_CREDIT,
    CSV_DEBIT,
    CSV_MARK,
    CSV_CURRENCY,
    CSV_BALANCE,
    CSV_FEE,
    CSV_STATUS,
    CSV_CODE,
    CSV_REFERENCE,
    CSV_CUSTOMER_REFERENCE,
    CSV_END_TO_END,
    CSV_NAME,
    CSV_PARTY_ACCOUNT,
    CSV_TEXT, /* may be several columns */
    CSV_FIELD_COUNT,
};

struct csv_column {
    enum csv_field field;
    struct text name; /* in the header */
    int64_t number;   /* without a header: 1 is the first */
};

enum csv_signs {
    CSV_SIGNED,   /* one column, negative is money out                                       */
    CSV_INVERTED, /* one column, positive is money out                                       */
    CSV_COLUMNS,  /* one column for each direction, without signs                            */
    CSV_NEGATIVE, /* the same, and the debit column has a minus                              */
    CSV_MARKS,    /* one column without signs, and one with a word for the direction         */
};

enum csv_dates { CSV_YMD, CSV_DMY, CSV_MDY };

/* What a row outside the table says, by the word it begins with. */
enum csv_label {
    CSV_LABEL_ACCOUNT,
    CSV_LABEL_ACCOUNT_NAME,
    CSV_LABEL_CURRENCY,
    CSV_LABEL_OPENING,
    CSV_LABEL_CLOSING,
    CSV_LABEL_TOTALS, /* the row's own amount columns are the control totals */
};

struct csv_words {
    struct text words[CSV_WORDS_MAX];
    size_t count;
};

struct csv_profile {
    struct text name, meaning;
    enum statement_format format; /* CSV or MOBILE_MONEY */
    char delimiter;
    bool has_header;
    struct csv_column columns[CSV_COLUMNS_MAX];
    size_t column_count;
    bool newest_first;
    enum csv_dates dates;
    char decimal_mark;  /* 0: amounts are minor units */
    char grouping_mark; /* 0: none */
    enum csv_signs signs;
    struct csv_words credit_marks, debit_marks;
    struct csv_words booked, pending; /* words of the status column */
    bool fee_is_entry;   /* an entry of its own beside the row's, else a charge in it */
    currency currency;   /* where the file names none; CURRENCY_NONE: it must */
    struct text account; /* the same */
    struct {
        struct text word;
        enum csv_label label;
    } labels[CSV_LABELS_MAX];
    size_t label_count;
};

/* FATAL names file, line and key. */
must_use enum status csv_profile_read(struct text yaml, const char *file, struct arena *arena,
                                      struct error *error, struct csv_profile *ret_profile);

/* Without regard to case. */
bool csv_words_have(const struct csv_words *words, struct text word);
bool csv_is_word(struct text word, struct text text);

#endif
