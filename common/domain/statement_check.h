/*
 * statement_check.h - does a statement add up, and does it follow the one before?
 *
 * (1) A check gives findings and changes nothing else: no balance is filled in, no
 *     sign flipped, no entry left out. Where another reading would add up, the
 *     finding names it and a person decides.
 * (2) Sums are exact and per currency.
 * (3) What the checks need of an entry they take when it is counted; it may be gone when the
 *     statement ends (statement.h (5)).
 *
 *   statement_count(&statement);                takes what was added since the last call
 *   statement_check(&statement);                what one statement can show by itself
 *   statement_check_next(&chain, &statement);   against the last one of its account
 */
#ifndef SAWA_DOMAIN_STATEMENT_CHECK_H
#define SAWA_DOMAIN_STATEMENT_CHECK_H

#include "domain/statement.h"

/* Takes the entries that were added since the last call into the sums and the digest of entries;
 * they are complete and do not change any more. detail_sum_differs. */
void statement_count(struct statement *statement);

/* Counts what is left, then: closing_missing, opening_computed, balance_mismatch, forward_valued,
 * currency_differs, control_total_wrong. */
void statement_check(struct statement *statement);

/* True when opening + booked entries, as far as counted, = closing, as the balances stand. False
 * where one of them is missing. */
bool statement_adds_up(const struct statement *statement);

/* What is remembered of the last statement of one account. */
struct statement_link {
    struct digest account; /* of id and currency */
    struct digest content;
    struct statement_amount closing;
    calendar_date closing_date;
    bool has_number;
    int64_t number;
    int32_t page;
};

enum { STATEMENT_LINKS_MAX = 256 };

/* The last statement of each account of a file, or of the store: a loader may seed it. Over
 * STATEMENT_LINKS_MAX accounts the oldest is forgotten, and only these checks with it. */
struct statement_chain {
    struct statement_link links[STATEMENT_LINKS_MAX];
    size_t link_count;
    size_t next_index;
};

/* duplicate_statement, continuity_broken, page_missing, number_gap; then remembers statement. */
void statement_check_next(struct statement_chain *chain, struct statement *statement);

#endif
