/*
 * rate.c - see rate.h.
 */
#include "domain/rate.h"

static __int128 ten_to_the(int exponent)
{
    __int128 power = 1;

    assert(exponent >= 0 && exponent <= 18);
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* Splits off what follows the '.'; false where there is a '.' and nothing behind it. */
static bool split_fraction(struct text text, struct text *ret_whole, struct text *ret_fraction)
{
    const char *mark = text.size == 0 ? NULL : memchr(text.data, '.', text.size);
    size_t whole_size = mark == NULL ? text.size : (size_t)(mark - text.data);

    *ret_whole = (struct text){text.data, whole_size};
    *ret_fraction = (struct text){NULL, 0};
    if (mark == NULL)
        return true;
    *ret_fraction = (struct text){mark + 1, text.size - whole_size - 1};
    return ret_fraction->size > 0;
}

/* The fraction without zeros that mean nothing. */
static struct text trim_zeros(struct text fraction)
{
    while (fraction.size > 0 && fraction.data[fraction.size - 1] == '0')
        fraction.size--;
    return fraction;
}

/* Digits only, at most 18: false otherwise. An empty text is 0. */
static bool digits_value(struct text digits, int64_t *ret_value)
{
    if (digits.size > 0 && digits.data[0] == '-')
        return false;
    if (digits.size > 0)
        return text_to_int64(digits, ret_value);
    *ret_value = 0;
    return true;
}

bool rate_parse(struct text text, int64_t *ret_rate)
{
    struct text whole;
    struct text fraction;
    int64_t units;
    int64_t parts;

    if (!split_fraction(text, &whole, &fraction) || whole.size == 0)
        return false;
    fraction = trim_zeros(fraction);
    if (fraction.size > RATE_SCALE)
        return false;
    if (!digits_value(whole, &units) || !digits_value(fraction, &parts))
        return false;
    parts *= (int64_t)ten_to_the(RATE_SCALE - (int)fraction.size);
    return rate_of_decimal((__int128)units * RATE_ONE + parts, RATE_SCALE, ret_rate);
}

bool rate_of_decimal(__int128 unscaled, int scale, int64_t *ret_rate)
{
    __int128 factor = ten_to_the(scale > RATE_SCALE ? scale - RATE_SCALE : RATE_SCALE - scale);

    assert(scale >= 0 && scale <= 18);
    if (scale > RATE_SCALE && unscaled % factor != 0)
        return false;
    if (scale > RATE_SCALE)
        unscaled /= factor;
    else if (__builtin_mul_overflow(unscaled, factor, &unscaled))
        return false;
    if (unscaled <= 0 || unscaled > INT64_MAX)
        return false;
    *ret_rate = (int64_t)unscaled;
    return true;
}

size_t rate_format(int64_t rate, char text[RATE_TEXT_SIZE])
{
    char digits[RATE_TEXT_SIZE];
    size_t count = 0;
    size_t length = 0;
    size_t dropped = 0;

    assert(rate >= 0);
    for (; rate > 0 || count <= RATE_SCALE; rate /= 10)
        digits[count++] = (char)('0' + rate % 10);
    while (dropped < RATE_SCALE && digits[dropped] == '0')
        dropped++;
    while (count > dropped) {
        if (count == RATE_SCALE)
            text[length++] = '.';
        text[length++] = digits[--count];
    }
    assert(length < RATE_TEXT_SIZE);
    text[length] = '\0';
    return length;
}

static bool fits_int64(__int128 minor, currency target, struct amount *ret_amount)
{
    if (minor < INT64_MIN || minor > INT64_MAX)
        return false;
    *ret_amount = (struct amount){(int64_t)minor, target};
    return true;
}

bool rate_convert(struct amount amount, int64_t rate, currency target, enum rounding rounding,
                  struct amount *ret_amount)
{
    int shift = RATE_SCALE + currency_scale(amount.currency) - currency_scale(target);

    assert(rate > 0);
    assert(shift > 0); /* scales are 0..3: one division is always enough (2) */
    return fits_int64(divide_rounded((__int128)amount.minor * rate, ten_to_the(shift), rounding),
                      target, ret_amount);
}

bool rate_convert_back(struct amount amount, int64_t rate, currency target, enum rounding rounding,
                       struct amount *ret_amount)
{
    int shift = RATE_SCALE + currency_scale(target) - currency_scale(amount.currency);

    assert(rate > 0);
    assert(shift > 0 && shift <= 13); /* 2^63 x 10^13 stays far below 2^127 (2) */
    return fits_int64(divide_rounded(amount.minor * ten_to_the(shift), rate, rounding), target,
                      ret_amount);
}

enum reason rate_check(struct amount instructed, struct amount settled, int64_t rate,
                       enum rounding rounding)
{
    struct amount expected;

    if (instructed.currency == settled.currency)
        return REASON_NONE;
    if (rate == 0)
        return REASON_RATE_MISSING;
    if (!rate_convert(instructed, rate, settled.currency, rounding, &expected) ||
        expected.minor != settled.minor)
        return REASON_AMOUNT_OFF_RATE;
    return REASON_NONE;
}
