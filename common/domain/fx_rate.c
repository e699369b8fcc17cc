/*
 * fx_rate.c - see fx_rate.h. The numbers in brackets are its invariants.
 */
#include "domain/fx_rate.h"

#define MINUTE_US INT64_C(60000000)

static const char *const side_names[] =
    {[SIDE_BID] = "BID", [SIDE_MID] = "MID", [SIDE_ASK] = "ASK"};

static const char *const answer_names[] = {[FX_FOUND] = "found",
                                           [FX_RATE_MISSING] = "rate_missing",
                                           [FX_RATE_STALE] = "rate_stale",
                                           [FX_RATE_UNFIT] = "rate_out_of_range"};

const char *fx_side_name(enum fx_side side)
{
    assert(side >= SIDE_BID && side <= SIDE_ASK);
    return side_names[side];
}

bool fx_side_parse(struct text name, enum fx_side *ret_side)
{
    for (int side = SIDE_BID; side <= SIDE_ASK; side++)
        if (text_is(name, side_names[side])) {
            *ret_side = (enum fx_side)side;
            return true;
        }
    return false;
}

const char *fx_answer_name(enum fx_answer answer)
{
    assert((size_t)answer < COUNT_OF(answer_names));
    return answer_names[answer];
}

/* ---- one leg ---- */

static int64_t side_of(const struct fx_quote *quote, enum fx_side side)
{
    switch (side) {
    case SIDE_BID: return quote->bid;
    case SIDE_ASK: return quote->ask;
    default: return quote->mid;
    }
}

/* Who sells the one buys the other. */
static enum fx_side side_across(enum fx_side side, bool is_inverse)
{
    return is_inverse ? (enum fx_side)(SIDE_BID + SIDE_ASK - side) : side;
}

static int64_t leg_rate(const struct fx_leg *leg, enum fx_side side)
{
    return side_of(leg->quote, side_across(side, leg->is_inverse));
}

/* Whether quote speaks of the pair, by the policy's source and with its side (4), at or before. */
static bool is_of_pair(const struct fx_policy *policy, currency from, currency to, int64_t at_us,
                       const struct fx_quote *quote, struct fx_leg *ret_leg)
{
    bool is_direct = quote->base_currency == from && quote->quote_currency == to;
    bool is_inverse = quote->base_currency == to && quote->quote_currency == from;
    struct fx_leg leg = {quote, is_inverse};

    if (!is_direct && !is_inverse)
        return false;
    if (!text_equal(quote->source, policy->source) || quote->valid_from_us > at_us)
        return false;
    if (leg_rate(&leg, policy->side) == 0)
        return false;
    *ret_leg = leg;
    return true;
}

static bool holds_at(const struct fx_policy *policy, int64_t at_us, const struct fx_quote *quote)
{
    return at_us < quote->valid_until_us &&
           at_us - quote->valid_from_us <= policy->max_age_minutes * MINUTE_US;
}

/* (1) */
static bool is_before(const struct fx_leg *leg, const struct fx_leg *best)
{
    if (leg->quote->valid_from_us != best->quote->valid_from_us)
        return leg->quote->valid_from_us > best->quote->valid_from_us;
    if (leg->is_inverse != best->is_inverse)
        return best->is_inverse;
    return uuid_compare(&leg->quote->event_id, &best->quote->event_id) > 0;
}

static enum fx_answer leg_choose(const struct fx_policy *policy, currency from, currency to,
                                 int64_t at_us, const struct fx_quote *quotes, size_t count,
                                 struct fx_leg *ret_leg)
{
    enum fx_answer answer = FX_RATE_MISSING;
    struct fx_leg best = {NULL, false};
    struct fx_leg leg;

    for (size_t i = 0; i < count; i++) {
        if (!is_of_pair(policy, from, to, at_us, &quotes[i], &leg))
            continue;
        if (answer == FX_RATE_MISSING)
            answer = FX_RATE_STALE;
        if (!holds_at(policy, at_us, leg.quote))
            continue;
        if (answer != FX_FOUND || is_before(&leg, &best))
            best = leg;
        answer = FX_FOUND;
    }
    if (answer == FX_FOUND)
        *ret_leg = best;
    return answer;
}

/* ---- the rate ---- */

bool fx_rate_along(const struct fx_leg *legs, size_t count, enum fx_side side,
                   enum rounding rounding, int64_t *ret_rate)
{
    __int128 product = 1; /* of two rates: below 2^126 */
    __int128 divisor = 1;
    bool is_scaled = false; /* one leg as quoted brings the ten digits that the rate needs */
    __int128 rate;

    assert(count >= 1 && count <= FX_LEGS_MAX);
    for (size_t i = 0; i < count; i++) {
        int64_t one = leg_rate(&legs[i], side);

        assert(one > 0);
        if (legs[i].is_inverse) {
            product *= RATE_ONE;
            divisor *= one;
        } else {
            product *= one;
            divisor *= is_scaled ? RATE_ONE : 1;
            is_scaled = true;
        }
    }
    if (!is_scaled)
        product *= RATE_ONE;                           /* at most 10^30: only inverse legs */
    rate = divide_rounded(product, divisor, rounding); /* (3) */
    if (rate <= 0 || rate > INT64_MAX)
        return false;
    *ret_rate = (int64_t)rate;
    return true;
}

/* (2): from the given currency to the pivot, and on from there. */
static enum fx_answer pivot_choose(const struct fx_policy *policy, currency from, currency to,
                                   int64_t at_us, const struct fx_quote *quotes, size_t count,
                                   struct fx_leg *legs)
{
    enum fx_answer first = leg_choose(policy, from, policy->pivot, at_us, quotes, count, &legs[0]);
    enum fx_answer second = leg_choose(policy, policy->pivot, to, at_us, quotes, count, &legs[1]);

    if (first == FX_RATE_MISSING || second == FX_RATE_MISSING)
        return FX_RATE_MISSING;
    return first == FX_FOUND ? second : first;
}

enum fx_answer fx_rate_choose(const struct fx_policy *policy, currency from, currency to,
                              int64_t at_us, const struct fx_quote *quotes, size_t count,
                              struct fx_choice *ret_choice)
{
    struct fx_choice choice = {.leg_count = 1};
    enum fx_answer answer;
    bool has_pivot = policy->pivot != CURRENCY_NONE && policy->pivot != from && policy->pivot != to;

    assert(from != to);
    assert(policy->max_age_minutes > 0);
    answer = leg_choose(policy, from, to, at_us, quotes, count, &choice.legs[0]);
    if (answer == FX_RATE_MISSING && has_pivot) {
        answer = pivot_choose(policy, from, to, at_us, quotes, count, choice.legs);
        choice.leg_count = 2;
    }
    if (answer != FX_FOUND)
        return answer;
    if (!fx_rate_along(choice.legs, choice.leg_count, policy->side, policy->rounding, &choice.rate))
        return FX_RATE_UNFIT;
    *ret_choice = choice;
    return FX_FOUND;
}
