/*
 * fx_gain.c - see fx_gain.h. The numbers in brackets are its invariants.
 */
#include "domain/fx_gain.h"

static const char *const cover_names[] = {[COVER_IN_FORCE] = "IN_FORCE",
                                          [COVER_OUT_OF_VALIDITY] = "OUT_OF_VALIDITY",
                                          [COVER_OTHER_PAIR] = "OTHER_PAIR"};

const char *fx_cover_name(enum fx_cover cover)
{
    assert(cover >= COVER_IN_FORCE && cover <= COVER_OTHER_PAIR);
    return cover_names[cover];
}

static int64_t smaller(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

static bool is_inverse(const struct fx_lock *lock, currency source)
{
    return lock->quote_currency == source;
}

/* (1) */
static enum fx_cover cover_of(const struct fx_lock *lock, currency source, currency settlement)
{
    bool is_ours = (lock->base_currency == source && lock->quote_currency == settlement) ||
                   (lock->base_currency == settlement && lock->quote_currency == source);

    if (!is_ours)
        return COVER_OTHER_PAIR;
    return lock->used_from_us >= lock->valid_from_us && lock->used_until_us < lock->valid_until_us
               ? COVER_IN_FORCE
               : COVER_OUT_OF_VALIDITY;
}

/* (2): what the lock can still cover, in source currency. A notional amount beyond 64 bits of it
 * covers whatever 64 bits can hold. */
static int64_t capacity_of(const struct fx_lock *lock, currency source)
{
    struct amount whole = {lock->notional_minor, lock->base_currency};

    if (lock->cover != COVER_IN_FORCE)
        return 0;
    if (is_inverse(lock, source) && !rate_convert(whole, lock->rate, source, ROUND_DOWN, &whole))
        whole = (struct amount){INT64_MAX, source};
    return whole.minor > lock->drawn_minor ? whole.minor - lock->drawn_minor : 0;
}

/* (3) */
static bool worths_reckon(struct fx_lock *lock, currency source, int64_t rate, currency settlement,
                          enum rounding rounding)
{
    struct amount covered = {lock->covered_minor, source};
    struct amount at_lock = {0, settlement};
    struct amount at_rate = {0, settlement};
    bool fits = true;

    if (covered.minor > 0)
        fits = (is_inverse(lock, source)
                    ? rate_convert_back(covered, lock->rate, settlement, rounding, &at_lock)
                    : rate_convert(covered, lock->rate, settlement, rounding, &at_lock)) &&
               rate_convert(covered, rate, settlement, rounding, &at_rate);
    lock->lock_worth_minor = at_lock.minor;
    lock->rate_worth_minor = at_rate.minor;
    return fits;
}

/* What payments that name no lock come to; false: it does not fit. */
static bool rest_of(struct amount volume, const struct fx_lock *locks, size_t count,
                    int64_t *ret_rest)
{
    __int128 rest = volume.minor;

    for (size_t i = 0; i < count; i++)
        rest -= locks[i].claimed_minor;
    if (rest > INT64_MAX)
        return false;
    *ret_rest = rest > 0 ? (int64_t)rest : 0;
    return true;
}

static bool gain_add(struct fx_gain *gain, const struct fx_lock *lock)
{
    int64_t result;

    return !__builtin_sub_overflow(lock->lock_worth_minor, lock->rate_worth_minor, &result) &&
           !__builtin_add_overflow(gain->result_minor, result, &gain->result_minor) &&
           !__builtin_add_overflow(gain->covered_minor, lock->covered_minor,
                                   &gain->covered_minor) &&
           gain->result_minor > INT64_MIN; /* a loss is booked without its sign */
}

bool fx_gain_decide(struct amount volume, int64_t rate, currency settlement, enum rounding rounding,
                    struct fx_lock *locks, size_t count, struct fx_gain *ret_gain)
{
    struct fx_gain gain = {0, 0, 0};
    struct amount worth;
    int64_t rest;

    assert(rate > 0);
    assert(volume.currency != settlement);
    if (!rest_of(volume, locks, count, &rest) ||
        !rate_convert(volume, rate, settlement, rounding, &worth))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct fx_lock *lock = &locks[i];
        int64_t capacity;
        int64_t taken;

        lock->cover = cover_of(lock, volume.currency, settlement);
        capacity = capacity_of(lock, volume.currency);
        lock->covered_minor = smaller(lock->claimed_minor > 0 ? lock->claimed_minor : 0, capacity);
        taken = lock->is_of_window ? smaller(rest, capacity - lock->covered_minor) : 0;
        lock->covered_minor += taken; /* (4) */
        rest -= taken;
        if (!worths_reckon(lock, volume.currency, rate, settlement, rounding) ||
            !gain_add(&gain, lock))
            return false;
    }
    gain.worth_minor = worth.minor;
    *ret_gain = gain;
    return true;
}

bool fx_gain_entry(const struct fx_gain *gain, int32_t position_account_id, int32_t gain_account_id,
                   currency settlement, struct journal_entry *ret_entry)
{
    int64_t result = gain->result_minor;
    struct amount amount = {result < 0 ? -result : result, settlement};

    if (result == 0)
        return false;
    *ret_entry = result > 0 ? journal_entry_make(position_account_id, gain_account_id, amount)
                            : journal_entry_make(gain_account_id, position_account_id, amount);
    return true;
}
