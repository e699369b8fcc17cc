/*
 * amount.c - see amount.h. The numbers in brackets are its invariants.
 */
#include "domain/amount.h"

enum { DECIMAL_SCALE_MAX = 18 };

static const char *const rounding_names[] = {
    [ROUND_HALF_EVEN] = "HALF_EVEN",
    [ROUND_HALF_UP] = "HALF_UP",
    [ROUND_DOWN] = "DOWN",
    [ROUND_UP] = "UP",
};

const char *rounding_name(enum rounding rounding)
{
    assert((size_t)rounding < COUNT_OF(rounding_names));
    return rounding_names[rounding];
}

bool rounding_parse(struct text name, enum rounding *ret_rounding)
{
    for (size_t i = 0; i < COUNT_OF(rounding_names); i++)
        if (text_equal(name, text_of(rounding_names[i]))) {
            *ret_rounding = (enum rounding)i;
            return true;
        }
    return false;
}

static int64_t power_of_ten(int exponent)
{
    static const int64_t powers[DECIMAL_SCALE_MAX + 1] = {
        INT64_C(1),
        INT64_C(10),
        INT64_C(100),
        INT64_C(1000),
        INT64_C(10000),
        INT64_C(100000),
        INT64_C(1000000),
        INT64_C(10000000),
        INT64_C(100000000),
        INT64_C(1000000000),
        INT64_C(10000000000),
        INT64_C(100000000000),
        INT64_C(1000000000000),
        INT64_C(10000000000000),
        INT64_C(100000000000000),
        INT64_C(1000000000000000),
        INT64_C(10000000000000000),
        INT64_C(100000000000000000),
        INT64_C(1000000000000000000),
    };

    assert(exponent >= 0 && exponent <= DECIMAL_SCALE_MAX);
    return powers[exponent];
}

bool amount_add(struct amount left, struct amount right, struct amount *ret_sum)
{
    int64_t minor;

    assert(left.currency == right.currency); /* (2) */
    if (__builtin_add_overflow(left.minor, right.minor, &minor))
        return false; /* (1) */
    *ret_sum = (struct amount){minor, left.currency};
    return true;
}

bool amount_subtract(struct amount left, struct amount right, struct amount *ret_rest)
{
    int64_t minor;

    assert(left.currency == right.currency); /* (2) */
    if (__builtin_sub_overflow(left.minor, right.minor, &minor))
        return false; /* (1) */
    *ret_rest = (struct amount){minor, left.currency};
    return true;
}

bool amount_negate(struct amount amount, struct amount *ret_negated)
{
    if (amount.minor == INT64_MIN)
        return false; /* (1) */
    *ret_negated = (struct amount){-amount.minor, amount.currency};
    return true;
}

/* Whether a rest (not zero, as magnitude) moves the quotient away from zero. */
static bool rest_rounds_up(__int128 quotient, __int128 rest, __int128 divisor,
                           enum rounding rounding)
{
    __int128 missing = divisor - rest;

    switch (rounding) {
    case ROUND_HALF_EVEN: return rest > missing || (rest == missing && quotient % 2 != 0);
    case ROUND_HALF_UP:   return rest >= missing;
    case ROUND_DOWN:      return false;
    case ROUND_UP:        return true;
    }
    assert(false);
    return false;
}

__int128 divide_rounded(__int128 value, __int128 divisor, enum rounding rounding)
{
    __int128 quotient;
    __int128 rest;

    assert(divisor > 0);
    quotient = value / divisor;
    rest = value % divisor;
    if (rest == 0 || !rest_rounds_up(quotient, rest < 0 ? -rest : rest, divisor, rounding))
        return quotient;
    return value < 0 ? quotient - 1 : quotient + 1;
}

/* value / divisor where that is whole. Nearly all values fit 64 bits, which divide much faster. */
static bool divide_exact(__int128 *value, int64_t divisor)
{
    if (*value >= INT64_MIN && *value <= INT64_MAX) {
        int64_t narrow = (int64_t)*value;

        *value = narrow / divisor;
        return narrow % divisor == 0;
    }
    if (*value % divisor != 0)
        return false;
    *value /= divisor;
    return true;
}

bool amount_of_decimal(__int128 unscaled, int scale, currency in, struct amount *ret_amount)
{
    int shift = currency_scale(in) - scale;
    int64_t factor;

    assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    factor = power_of_ten(shift < 0 ? -shift : shift);
    if (shift < 0 && !divide_exact(&unscaled, factor))
        return false;
    if (shift >= 0 && __builtin_mul_overflow(unscaled, (__int128)factor, &unscaled))
        return false;
    if (unscaled < INT64_MIN || unscaled > INT64_MAX)
        return false; /* (1) */
    *ret_amount = (struct amount){(int64_t)unscaled, in};
    return true;
}

/* What amount_parse has seen so far. The value is kept negative: INT64_MIN has no opposite. */
struct amount_scan {
    int64_t value;
    int digits;
    int decimals; /* -1 before the mark */
    int scale;
    bool excess;
};

/* Takes one digit; false where the value leaves int64 (1). */
static bool scan_digit(struct amount_scan *scan, int digit)
{
    scan->digits = 1;
    if (scan->decimals >= 0 && scan->decimals == scan->scale) {
        scan->excess = scan->excess || digit != 0;
        return true;
    }
    if (scan->decimals >= 0)
        scan->decimals++;
    return !__builtin_mul_overflow(scan->value, 10, &scan->value) &&
           !__builtin_sub_overflow(scan->value, digit, &scan->value);
}

static bool scan_number(struct amount_scan *scan, struct text text, char decimal_mark)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        if (c == decimal_mark && scan->decimals < 0)
            scan->decimals = 0;
        else if (c < '0' || c > '9' || !scan_digit(scan, c - '0'))
            return false;
    }
    return scan->digits > 0;
}

bool amount_parse(struct text text, char decimal_mark, bool minus_allowed, currency in,
                  struct amount *ret_amount, bool *ret_excess)
{
    bool negative = minus_allowed && text.size > 0 && text.data[0] == '-';
    struct amount_scan scan = {.decimals = -1, .scale = currency_scale(in)};
    int missing;

    *ret_excess = false;
    if (negative)
        text = (struct text){text.data + 1, text.size - 1};
    if (!scan_number(&scan, text, decimal_mark))
        return false;
    missing = scan.scale - (scan.decimals < 0 ? 0 : scan.decimals);
    if (__builtin_mul_overflow(scan.value, power_of_ten(missing), &scan.value))
        return false; /* (1) */
    if (!negative && scan.value == INT64_MIN)
        return false; /* (1) */
    *ret_excess = scan.excess;
    if (scan.excess)
        return false;
    *ret_amount = (struct amount){negative ? scan.value : -scan.value, in};
    return true;
}

size_t amount_format(struct amount amount, char text[AMOUNT_TEXT_SIZE])
{
    uint64_t rest = amount.minor < 0 ? 0 - (uint64_t)amount.minor : (uint64_t)amount.minor;
    int scale = currency_scale(amount.currency);
    char reversed[AMOUNT_TEXT_SIZE];
    size_t size = 0;
    size_t length = 0;

    for (int digits = 0; rest > 0 || digits <= scale; digits++) {
        if (scale > 0 && digits == scale)
            reversed[size++] = '.';
        reversed[size++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (amount.minor < 0)
        reversed[size++] = '-';
    assert(size < AMOUNT_TEXT_SIZE);
    while (size > 0)
        text[length++] = reversed[--size];
    text[length] = '\0';
    return length;
}

/* A split in the making. Shares are magnitudes, so both signs of the total round alike. */
struct split {
    unsigned __int128 magnitude;
    uint64_t weight_sum;
    const int64_t *weights;
    size_t count;
};

static uint64_t split_share(const struct split *split, size_t index)
{
    return (uint64_t)(split->magnitude * (uint64_t)split->weights[index] / split->weight_sum);
}

static uint64_t split_remainder(const struct split *split, size_t index)
{
    return (uint64_t)(split->magnitude * (uint64_t)split->weights[index] % split->weight_sum);
}

static size_t split_count_from(const struct split *split, uint64_t threshold)
{
    size_t count = 0;

    for (size_t i = 0; i < split->count; i++)
        count += split_remainder(split, i) >= threshold;
    return count;
}

/* The highest threshold that at least `units` remainders reach. Searched by value, so a split
 * of any size needs no memory: 63 passes over the weights. */
static uint64_t split_threshold(const struct split *split, size_t units)
{
    uint64_t low = 0;
    uint64_t high = split->weight_sum;

    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;

        if (split_count_from(split, middle) >= units)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* (4): one more unit for each remainder above the threshold, then for those at it, in order. */
static void split_hand_out(const struct split *split, uint64_t units, int64_t direction,
                           int64_t *parts)
{
    uint64_t threshold = units == 0 ? 0 : split_threshold(split, units);
    uint64_t at_threshold;

    if (units == 0)
        return;
    assert(threshold > 0); /* a part without weight never gets a unit */
    at_threshold = units - split_count_from(split, threshold + 1);
    for (size_t i = 0; i < split->count; i++) {
        uint64_t remainder = split_remainder(split, i);
        bool gets_one = remainder > threshold || (remainder == threshold && at_threshold > 0);

        at_threshold -= gets_one && remainder == threshold;
        parts[i] += gets_one ? direction : 0;
    }
    assert(at_threshold == 0);
}

static bool weights_sum(const int64_t *weights, size_t count, uint64_t *ret_sum)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        assert(weights[i] >= 0);
        if (__builtin_add_overflow(sum, weights[i], &sum))
            return false;
    }
    assert(sum > 0);
    *ret_sum = (uint64_t)sum;
    return true;
}

static void assert_split_conserves(struct amount total, const int64_t *parts, size_t count)
{
    __int128 sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += parts[i];
    assert(sum == total.minor); /* (4) */
}

bool amount_split(struct amount total, const int64_t *weights, size_t count, int64_t *ret_parts)
{
    struct split split = {.weights = weights, .count = count};
    bool negative = total.minor < 0;
    uint64_t left;

    if (!weights_sum(weights, count, &split.weight_sum))
        return false;
    split.magnitude = negative ? 0 - (uint64_t)total.minor : (uint64_t)total.minor;
    left = (uint64_t)split.magnitude;
    for (size_t i = 0; i < count; i++) {
        uint64_t share = split_share(&split, i);

        left -= share;
        ret_parts[i] = negative ? (int64_t)(0 - share) : (int64_t)share;
    }
    split_hand_out(&split, left, negative ? -1 : 1, ret_parts);
    assert_split_conserves(total, ret_parts, count);
    return true;
}
