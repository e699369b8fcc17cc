/*
 * fx_gain.h - what the locks of a window are worth against the rate it settles at.
 *
 *   volume of the window, source currency
 *       ├─ payments that name a lock ──────── covered by that lock, up to what is left of it
 *       ├─ payments that name none ────────── covered by the locks of the window, in their order
 *       └─ what no lock covers ────────────── worth the rate, and nothing else
 *
 *   result of a lock = what it covers at the lock's rate - the same at the settlement rate
 *
 * We hold the volume in source currency and owe it in settlement currency: a lock that gives more
 * of the latter than the rate does is a gain.
 *
 * (1) A lock covers only while it is in force: one of the window at the window's last instant, one
 *     that payments name when each of them was accepted. One payment outside, and it covers none:
 *     nothing says which of them it should.
 * (2) A lock covers no more than is left of its notional amount. A notional amount in settlement
 *     currency is as much source currency as the lock's own rate makes it, rounded DOWN.
 * (3) Each worth is one exact product and one division, rounded to minor units as the policy says;
 *     the result is their exact difference.
 * (4) What the payments of a lock come to below zero (more came back than went out) takes nothing
 *     from it.
 */
#ifndef SAWA_DOMAIN_FX_GAIN_H
#define SAWA_DOMAIN_FX_GAIN_H

#include "base/uuid.h"
#include "domain/journal.h"
#include "domain/rate.h"

enum fx_cover {
    COVER_IN_FORCE = 1,
    COVER_OUT_OF_VALIDITY, /* (1)                                                       */
    COVER_OTHER_PAIR,      /* of source and target where the window settles in a third  */
};

/* A lock as one window uses it. */
struct fx_lock {
    struct uuid lock_id;
    bool is_of_window; /* the lock names the window; else payments name the lock */
    currency base_currency;
    currency quote_currency;
    int64_t rate;
    int64_t notional_minor; /* in base currency */
    int64_t valid_from_us;
    int64_t valid_until_us;
    int64_t drawn_minor;   /* source currency that other windows had of it   */
    int64_t claimed_minor; /* source currency of the payments that name it   */
    int64_t used_from_us;  /* the first and the last of them was accepted;   */
    int64_t used_until_us; /* the window's last instant where none names it  */
    /* decided */
    enum fx_cover cover;
    int64_t covered_minor;    /* source currency     */
    int64_t lock_worth_minor; /* settlement currency */
    int64_t rate_worth_minor;
};

struct fx_gain {
    int64_t worth_minor;   /* of the whole volume at the rate, settlement currency */
    int64_t covered_minor; /* source currency */
    int64_t result_minor;  /* above zero: a gain */
};

const char *fx_cover_name(enum fx_cover cover); /* "IN_FORCE", as stored */

/* Decides every lock, in the order given; volume_minor: all payments, those with locks included.
 * False: a worth or a sum does not fit 64 bits (I11), and what was decided means nothing. */
must_use bool fx_gain_decide(struct amount volume, int64_t rate, currency settlement,
                             enum rounding rounding, struct fx_lock *locks, size_t count,
                             struct fx_gain *ret_gain);

/* The entry that books a result: a gain is owed to us by the other side of the lock, a loss by us.
 * False: there is nothing to book. */
must_use bool fx_gain_entry(const struct fx_gain *gain, int32_t position_account_id,
                            int32_t gain_account_id, currency settlement,
                            struct journal_entry *ret_entry);

#endif
