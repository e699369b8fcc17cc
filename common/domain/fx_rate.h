/*
 * fx_rate.h - the rate a window settles at: which quote is in force, on which side, and across a
 * pivot where nobody quotes the pair itself.
 *
 *   quotes of the policy's source ── in force at the instant, young enough ──> one per pair
 *
 *       KES/USD                      as quoted
 *       USD/KES                      its inverse: BID of the one is 1 / ASK of the other
 *       KES/ZAR, then ZAR/USD        across the pivot, each leg as quoted or inverse
 *
 * (1) A quote is in force in [valid_from, valid_until), and young for max_age_us after valid_from.
 *     Of those the one with the newest valid_from counts; of equals the one as quoted, then the
 *     one with the greater event id. So order of arrival decides nothing (I14).
 * (2) The pivot is asked only where no quote of the pair was given by then, in either direction: a
 *     pair that is quoted, and stale, is stale. Which way a rate is found must not turn because
 *     one quote is late.
 * (3) A rate is one exact product and one division over 128 bits, whose rounding is the policy's:
 *     ten fraction digits, like every rate (rate.h). What does not fit is no rate.
 * (4) A quote without the side that is asked for is no quote: mid never stands in for bid.
 */
#ifndef SAWA_DOMAIN_FX_RATE_H
#define SAWA_DOMAIN_FX_RATE_H

#include "base/uuid.h"
#include "domain/rate.h"

enum fx_side { SIDE_BID = 1, SIDE_MID, SIDE_ASK };

enum { FX_AGE_MINUTES_MAX = 30 * 24 * 60, FX_LEGS_MAX = 2, FX_SOURCE_MAX = 140 /* bytes */ };

/* What a corridor version says about its rates. */
struct fx_policy {
    struct text source; /* who quotes; empty: the corridor has no policy */
    enum fx_side side;
    int32_t max_age_minutes;
    currency pivot; /* CURRENCY_NONE: none */
    enum rounding rounding;
};

/* One RATE event. Sides that were not quoted are 0. */
struct fx_quote {
    struct uuid event_id;
    struct text source;
    currency base_currency;
    currency quote_currency;
    int64_t bid;
    int64_t mid;
    int64_t ask;
    int64_t valid_from_us;
    int64_t valid_until_us;
};

enum fx_answer {
    FX_FOUND,
    FX_RATE_MISSING, /* nobody has quoted it by then                              */
    FX_RATE_STALE,   /* it was quoted, and what was quoted no longer holds        */
    FX_RATE_UNFIT,   /* rounds to nothing, or is too large for ten digits (3)     */
};

struct fx_leg {
    const struct fx_quote *quote;
    bool is_inverse;
};

struct fx_choice {
    int64_t rate; /* units of the wanted currency per unit of the given one */
    struct fx_leg legs[FX_LEGS_MAX];
    size_t leg_count;
};

const char *fx_side_name(enum fx_side side); /* "BID", as stored */
must_use bool fx_side_parse(struct text name, enum fx_side *ret_side);
const char *fx_answer_name(enum fx_answer answer); /* "rate_stale": a window is held for it */

/* The rate from one currency to another at an instant; quotes in any order, of any pair and source.
 * Anything but FX_FOUND leaves *ret_choice untouched. */
must_use enum fx_answer fx_rate_choose(const struct fx_policy *policy, currency from, currency to,
                                       int64_t at_us, const struct fx_quote *quotes, size_t count,
                                       struct fx_choice *ret_choice);

/* (3): the rate along legs. False: it does not fit. */
must_use bool fx_rate_along(const struct fx_leg *legs, size_t count, enum fx_side side,
                            enum rounding rounding, int64_t *ret_rate);

#endif
