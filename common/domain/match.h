/*
 * match.h - which expected items and which statement entries explain each other, and what is left.
 *
 * Passes, the most precise first; a pass sees only what no pass before it has matched:
 *
 *   1  MATCH_BY_REFERENCE    reference, amount, currency, account: one to one
 *   2  MATCH_BY_END_TO_END   end-to-end id or UETR, amount, currency, account: one to one
 *   5  MATCH_BY_AMOUNT_DATE  amount, currency, account, dates near: only where unique both ways,
 *                            and only for items and entries whose references point at nothing
 *
 * Passes 1 and 2 take keys that one item and one entry share alone before keys that several share.
 * Where several share one key with everything equal, they are paired in the order of their dates;
 * where keys contradict each other (an item has one reference with this entry, another with that),
 * nobody is matched: AMBIGUOUS.
 *
 * WHAT IS LEFT becomes a break, by the first row that holds ("related": same account and a
 * reference in common):
 *
 *   subject  condition                                                break
 *   either   several might explain it, and nothing decides            AMBIGUOUS
 *   both     related, all equal, but the dates are too far apart      DATE
 *   entry    related and equal to an item that is matched             DUPLICATE_AT_BANK
 *   item     related and equal to an entry that is matched            DUPLICATE_IN_BOOKS
 *   entry    related to a matched item, amount the other way round    RETURNED
 *   both     related, currencies differ                               CURRENCY
 *   both     related, a return: opposite sign, or equal otherwise     RETURNED
 *   both     related, opposite sign                                   DIRECTION
 *   both     related, bank short by no more than the fee tolerance    FEE_VARIANCE
 *   both     related, amounts differ otherwise                        AMOUNT
 *   entry    the bank calls it a return                               RETURNED
 *   item     its last day has passed                                  MISSING_AT_BANK
 *   item     its last day has not passed                              none: not due
 *   entry    money in                                                 UNIDENTIFIED_RECEIPT
 *   entry    money out                                                MISSING_IN_BOOKS
 *
 * "Both" gives two breaks of one type, each with the other as its first candidate.
 *
 * LIFE OF A BREAK, as table break_item keeps it. The database refuses every other arrow.
 *
 *   OPEN --> ASSIGNED --> PROPOSED --> APPROVED --> RESOLVED
 *   PROPOSED --> ASSIGNED
 *   OPEN --> RESOLVED
 *   ASSIGNED --> RESOLVED
 *   PROPOSED --> RESOLVED
 *
 * What is matched after all is RESOLVED from wherever it is. APPROVED is for breaks of which
 * somebody keeps who the second person was: so far contradictions of banks, which are no match's to
 * find or to resolve (workers/settle/rule.c).
 *
 * (1) Each item and entry is in exactly one place: a match, a break, or not due (I13).
 * (2) Amount, sign, currency, account, and being a return are vetoes: no match differs in them.
 * (3) The result depends on the set of inputs alone, never on their order or on who else works
 *     (I14). Ties are broken by content, then by id, so ids must be made from content.
 * (4) O(n log n); no more than MATCH_CANDIDATES_MAX candidates are kept per break.
 */
#ifndef SAWA_DOMAIN_MATCH_H
#define SAWA_DOMAIN_MATCH_H

#include "base/arena.h"
#include "base/uuid.h"
#include "domain/currency.h"
#include "domain/date.h"

enum {
    MATCH_CANDIDATES_MAX = 8,
    MATCH_ITEMS_MAX = 4 * 1024 * 1024, /* of both sides together */
    MATCH_REFERENCES_MAX = 16,         /* of one item            */
};

/* Kinds are compared with their own kind only: who wants a text to count as two, lists it twice.
 * Texts that say nothing (empty, NONREF, NOTPROVIDED) are passed over. */
enum match_reference_kind {
    MATCH_REFERENCE = 1, /* pass 1: instruction id, customer reference, servicer reference */
    MATCH_END_TO_END,    /* pass 2 */
    MATCH_UETR,          /* pass 2 */
};

struct match_reference {
    enum match_reference_kind kind;
    struct text value; /* as normalised by the caller on both sides */
};

/* An expected item or a statement entry. */
struct match_item {
    struct uuid id;
    int32_t account_id;
    currency currency;
    int64_t amount_minor;    /* positive: money in; never 0 */
    calendar_date date_from; /* item: earliest and latest day; entry: booking and value date, */
    calendar_date date_to;   /* the earlier one first                                         */
    bool is_return; /* entry: the bank calls it a reversal or return; item: expected as one */
    const struct match_reference *references;
    size_t reference_count;
};

struct match_rules {
    int32_t reference_days;   /* passes 1 and 2: days an entry may lie outside the item's dates */
    int32_t amount_days;      /* pass 5: the same                                              */
    int64_t fee_minor;        /* fee tolerance: the larger of this and ...                     */
    int32_t fee_basis_points; /* ... this part of the expected amount                          */
    calendar_date as_of;      /* last day that the statements cover                            */
};

/* What a rule set begins with; as_of is set by the caller. */
#define MATCH_RULES_STANDARD                                                                       \
    ((struct match_rules){.reference_days = 10,                                                    \
                          .amount_days = 3,                                                        \
                          .fee_minor = 5,                                                          \
                          .fee_basis_points = 100})

enum match_rule { MATCH_BY_REFERENCE = 1, MATCH_BY_END_TO_END = 2, MATCH_BY_AMOUNT_DATE = 5 };

struct match {
    struct uuid expected_item_id;
    struct uuid entry_id;
    enum match_rule rule;
    int32_t score;           /* 1000: certain */
    int32_t date_difference; /* days the entry lies before (-) or after (+) the item's dates */
};

enum break_type {
    BREAK_MISSING_AT_BANK = 1,
    BREAK_MISSING_IN_BOOKS,
    BREAK_AMOUNT,
    BREAK_CURRENCY,
    BREAK_DATE,
    BREAK_DUPLICATE_AT_BANK,
    BREAK_DUPLICATE_IN_BOOKS,
    BREAK_FEE_VARIANCE,
    BREAK_FX_VARIANCE, /* a later pass */
    BREAK_DIRECTION,
    BREAK_AMBIGUOUS,
    BREAK_RETURNED,
    BREAK_UNIDENTIFIED_RECEIPT,
    BREAK_TYPE_COUNT,
};

struct match_candidate {
    struct uuid id; /* of the other side */
    int32_t score;
    const char *reason; /* "same reference, other amount" */
};

struct match_break {
    enum break_type type;
    bool is_entry; /* what id is: an entry, else an expected item */
    struct uuid id;
    const struct match_candidate *candidates; /* the likeliest first */
    size_t candidate_count;
};

struct match_result {
    struct match *matches; /* by content of the expected item */
    size_t match_count;
    struct match_break *breaks; /* items, then entries, each by content */
    size_t break_count;
    size_t not_due_count; /* items that may still come */
};

/* Everything lives in the arena; inputs are borrowed until it is reset. False: the arena is full,
 * or there are more inputs than MATCH_ITEMS_MAX. */
must_use bool match_run(const struct match_item *items, size_t item_count,
                        const struct match_item *entries, size_t entry_count,
                        const struct match_rules *rules, struct arena *arena,
                        struct match_result *ret_result);

const char *break_type_name(enum break_type type); /* "missing_at_bank", as stored */
const char *match_rule_name(enum match_rule rule); /* "reference" */

/* Aborts unless result has each input exactly once (1). */
void assert_match_result_state(const struct match_result *result, size_t item_count,
                               size_t entry_count);

#endif
