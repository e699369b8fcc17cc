/*
 * limit.h - what a window is held to beyond its model, as close.c and book.c see it.
 *
 *   limits_read     what is known before anything is netted        close.c, under the gate
 *   limits_parties  who has to be in the book because of it        book.c, as it begins
 *   limits_decide   what becomes of the nets (domain/settlement_limit.h), or why it waits
 *   limits_write    what is carried, handed over, taken from balances
 *
 * (1) A corridor without limits costs one look, and books as if there were none.
 * (2) What is carried goes to the next window that is not closed, whose row is locked before that
 *     is decided: a close of that window has it all, or comes before and is not carried to.
 * (3) Rows are locked in this order: the window, the next window, balances by participant.
 * (4) Everything carried, handed over and taken is stored before the proof, which names its sums.
 */
#ifndef SAWA_SETTLE_LIMIT_H
#define SAWA_SETTLE_LIMIT_H

#include "close/closing.h"
#include "domain/settlement_limit.h"

/* What windows before left over for one position. */
struct carried {
    int32_t participant_id;
    int32_t counterparty_id; /* 0: the settlement agent */
    struct net_payment minor;
};

/* A participant that is held to more than the others. */
struct member {
    int32_t participant_id;
    int32_t through_id; /* who settles for it: itself, or another */
    bool is_prefunded;
    int64_t cap_minor; /* NET_DEBIT_UNCAPPED: none */
};

struct limits {
    int64_t minimum_minor;
    struct carried *carried;
    size_t carried_count;
    struct member *members; /* ascending */
    size_t member_count;
    int64_t next_window_id; /* 0: none is open, or there is no minimum */
    int32_t next_version;
};

/* The positions of a window as a book has them, and what becomes of them. */
struct limit_case {
    struct closing *closing;
    const struct limits *limits;
    const int32_t *participant_ids; /* ascending; nets point into them */
    const int32_t *account_ids;     /* their obligation accounts */
    size_t participant_count;
    struct net_positions *nets;
    struct settled *settled; /* one per position */
    struct settlement_terms terms;
    struct participant_terms *participant_terms; /* terms.participants */
    struct settlement_proof proof;
    int32_t *prefunding_ids; /* accounts of who is funded, by index; NULL: nobody is */
};

/* Into closing->limits, which lives in the window's arena. */
must_use enum status limits_read(struct closing *closing, struct error *error);

/* How many places limits_parties may need at most for a book of count participants. */
size_t limits_room(const struct limits *limits, size_t count);

/* Adds who joins because something was carried to it, or because it settles for others. ids has
 * room; it comes and stays in order, without doubles. */
void limits_parties(const struct limits *limits, int32_t *ids, size_t *count);

/* Fills settled, terms and proof. ret_reason: empty, or why the window has to wait. */
must_use enum status limits_decide(struct limit_case *limit_case, struct error *error,
                                   char ret_reason[HOLD_REASON_SIZE]);

/* (4). Fills prefunding_ids. */
must_use enum status limits_write(struct limit_case *limit_case, struct error *error);

#endif
