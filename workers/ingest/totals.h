/*
 * totals.h - what the payments of a batch add up to, found in one look at each row.
 *
 *   rows that are OK --> pairs   (window, fee, debtor, creditor): count, late, minor units
 *                    --> locks   (window, FX lock): volume, first and last acceptance
 *                    --> whether the small tables of ids have anything to take
 *
 * (1) pairs ascend by window, fee (payments first), debtor, creditor; none stands twice.
 * (2) A sum that does not fit 64 bits is FATAL, never a wrapped number (I11).
 */
#ifndef SAWA_INGEST_TOTALS_H
#define SAWA_INGEST_TOTALS_H

#include "ingest.h"

/* What one pair of participants adds to one window: by its payments, or by one of their fees, or
 * the tax on it. */
struct pair {
    int64_t window_id;
    int32_t fee_number; /* 0: the payments themselves; negative: the tax on that fee */
    int32_t debtor_id;
    int32_t creditor_id;
    int32_t debit_account_id;
    int32_t credit_account_id;
    currency currency;
    int32_t count;
    int32_t late;
    int64_t minor;
    __int128 volume_minor; /* of payments, source currency: see ingest_row */
};

/* What the payments of a window that name one lock come to. */
struct window_lock {
    int64_t window_id;
    struct uuid lock_id;
    __int128 volume_minor;
    int64_t first_us; /* when the first and the last of them was accepted */
    int64_t last_us;
};

struct totals {
    size_t pair_count;
    struct pair *pairs; /* (1) */
    size_t lock_count;
    struct window_lock *locks; /* by window, then lock, each once */
    size_t payment_count;
    bool any_id_without_day;
    bool any_on_another_day; /* accepted on another day than the event's */
};

/* What the totals hold lives in arena. */
must_use enum status totals_collect(const struct batch *batch, struct arena *arena,
                                    struct totals *ret_totals, struct error *error);

#endif
