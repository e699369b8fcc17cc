/*
 * report.h - one account at the end of one business date: everything a report says.
 *
 *   gather.c   one snapshot of the database -> struct report
 *   json.c     canonical JSON: what the digest is of
 *   csv.c      the same figures as rows
 *   html.c     the same figures as one page
 *   main.c     accounts, dates, files
 *
 * (1) All figures come from one snapshot (REPEATABLE READ); every format prints the same struct.
 * (2) The proof is shown from both sides; what is left is shown, never forced (I10).
 * (3) Asked again about a past date, the same rows give the same report, as-at that date.
 * (4) Amounts are exact decimal texts; none passes through a double.
 */
#ifndef SAWA_REPORT_REPORT_H
#define SAWA_REPORT_REPORT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "domain/amount.h"
#include "domain/proof.h"
#include "runtime/session.h"
#include "store/business.h"

enum { REPORT_SIZE_MAX = 1024 * 1024 * 1024, REPORT_PARAMS_MAX = 1024 * 1024 };

/* An outstanding item of either side. */
struct report_item {
    struct uuid id;
    calendar_date date;
    int32_t age;
    int64_t amount_minor;
    struct text reference, end_to_end_id, party, break_type;
};

struct report_rule {
    struct text rule;
    int64_t day_count, day_minor;
    int64_t to_date_count, to_date_minor, difference_minor;
};

struct report_candidate {
    int64_t break_id;
    int64_t rank;
    int64_t amount_minor;
    calendar_date date;
    struct text reference, reason;
};

struct report_break {
    int64_t break_id;
    struct text type;
    const char *cause; /* a sentence for the type */
    bool is_entry;
    int64_t amount_minor;
    calendar_date opened_on, date;
    int32_t age; /* since it was opened */
    struct text reference, end_to_end_id, party;
    const struct report_candidate *candidates;
    size_t candidate_count;
};

struct report_movement {
    int64_t opening, added, closed, closing;
};

struct report_controls {
    int64_t statement_count, held_count;
    int64_t entry_credit_count, entry_credit_minor, entry_debit_count, entry_debit_minor;
    int64_t item_credit_count, item_credit_minor, item_debit_count, item_debit_minor;
};

struct report {
    int32_t account_id;
    struct text account, servicer_bic, servicer_account;
    currency currency;
    calendar_date business_date;
    bool has_bank; /* false: no statement and no opening up to the date */
    calendar_date bank_date;
    struct text bank_statement, bank_format;
    struct proof proof;
    struct report_item *bank_items, *book_items;
    size_t bank_item_count, book_item_count;
    struct report_rule *rules;
    size_t rule_count;
    struct report_break *breaks;
    size_t break_count;
    struct report_candidate *candidates;
    size_t candidate_count;
    struct report_movement movement;
    struct report_controls controls;
    struct digest digest; /* SHA-256 of the JSON without this field */
};

enum report_format { REPORT_LINE, REPORT_JSON, REPORT_CSV, REPORT_HTML };

/* Fills everything but the digest, within the caller's snapshot. report holds the account's row
 * and the date already; texts live in the arena. */
must_use enum status report_gather(struct db *db, struct arena *arena, struct report *report,
                                   struct error *error);

void report_line(const struct report *report, struct buffer *out);
void report_json(const struct report *report, struct buffer *out); /* digest: report_json_done */
void report_json_done(const struct report *report, struct buffer *out);
void report_csv(const struct report *report, struct buffer *out);
void report_html(const struct report *report, struct buffer *out);

/* Minor units of the report's currency as text. Returns text. */
const char *report_money(const struct report *report, int64_t minor, char text[AMOUNT_TEXT_SIZE]);

/* Holds: the bank's balance is known and nothing is unexplained. */
static inline bool report_is_proven(const struct report *report)
{
    return report->has_bank && report->proof.unexplained_minor == 0;
}

/* A sentence about a break type as stored. */
const char *break_cause(struct text type);

#endif
