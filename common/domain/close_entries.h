/*
 * close_entries.h - what the close of a window books.
 *
 *   to collect     debit NOSTRO       credit OBLIGATION of who pays
 *   to pay         debit OBLIGATION   credit NOSTRO          of who is paid, part by part
 *   handed over    OBLIGATION of a member against that of who settles for it
 *   funded         debit PREFUNDING   credit OBLIGATION      of what was placed beforehand
 *   gain or loss   FX_POSITION against FX_GAIN_LOSS          fx_gain.h
 *   carried over   nothing: it stays on the OBLIGATION account
 *
 * Payments and charges were booked as they came, debit who owes, credit who is owed; what charges
 * leave with us stands on accounts of ours (fee_own_account).
 *
 * (1) Each entry is one balanced pair in the window's currency (journal.h): all of them sum to
 *     zero (I2).
 * (2) They come in the order of the positions, kind after kind as above: one window gives one
 *     list of lines (I9).
 * (3) What they do to the OBLIGATION account of a participant is its net and what it carried in,
 *     less what it carries out: afterwards it owes what goes on to the next window, and no more.
 * (4) NOSTRO moves by what is instructed, entry by entry as instruction by instruction, and
 *     PREFUNDING by what is funded.
 *
 * Cost: O(positions), no memory but the caller's. What is settled has been proved before
 * (settlement_prove), so nothing here can fail.
 */
#ifndef SAWA_DOMAIN_CLOSE_ENTRIES_H
#define SAWA_DOMAIN_CLOSE_ENTRIES_H

#include "domain/fx_gain.h"
#include "domain/settlement_limit.h"

struct close_accounts {
    currency currency; /* of all of them */
    int32_t nostro_id;
    const int32_t *obligation_ids; /* by participant index */
    const int32_t *prefunding_ids; /* the same; NULL: nobody is prefunded; 0: placed nothing */
    int32_t fx_position_id;        /* unused where nothing is exchanged */
    int32_t fx_gain_id;
};

/* What of positions is paid part by part: a customer's payment each. */
struct close_parts {
    const size_t *counts;  /* one per position */
    const int64_t *minors; /* of all positions, in their order; within what each is paid */
    size_t count;
};

/* A decided window. */
struct close_case {
    const struct settlement_terms *terms;
    const struct net_positions *positions;
    const struct settled *settled;   /* one per position */
    const struct fx_gain *gain;      /* NULL: nothing was exchanged */
    const struct close_parts *parts; /* NULL: every position is paid as a whole */
};

/* What moves between an account of ours and a participant's obligation, when it pays us or is
 * paid: of an instruction, of what is undone or done again of it later. */
struct journal_entry instruction_entry(bool collects, int32_t own_account_id,
                                       int32_t obligation_account_id, struct amount amount);

/* How many entries a window of that many positions and parts has at most: each position has two
 * sides, of which each is instructed or funded, or one due that is handed over whole; each part is
 * one more; and what the locks brought. */
size_t close_entries_room(size_t position_count, size_t part_count);

/* Fills ret_entries, which has that room; returns how many there are. */
size_t close_entries(const struct close_case *decided, const struct close_accounts *accounts,
                     struct journal_entry *ret_entries);

#endif
