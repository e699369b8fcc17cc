/*
 * amount.h - money: int64 minor units and a currency.
 *
 * (1) Arithmetic is checked: what does not fit int64 is refused, never wrapped (I11).
 * (2) Two amounts meet only in one currency; mixing them is a bug and aborts.
 * (3) Text becomes minor units digit by digit; no amount passes through a double.
 * (4) A split conserves the total: largest remainder, ties to the earlier part (I11).
 */
#ifndef SAWA_DOMAIN_AMOUNT_H
#define SAWA_DOMAIN_AMOUNT_H

#include "base/buffer.h"
#include "domain/currency.h"

struct amount {
    int64_t minor;
    currency currency;
};

enum { AMOUNT_TEXT_SIZE = 28 }; /* "-9223372036854775.807" and more */

/* How a quotient that is not whole becomes whole; every division names one. */
enum rounding {
    ROUND_HALF_EVEN,
    ROUND_HALF_UP, /* halves away from zero */
    ROUND_DOWN,    /* towards zero */
    ROUND_UP,      /* away from zero */
};

const char *rounding_name(enum rounding rounding); /* "HALF_EVEN", as stored */
must_use bool rounding_parse(struct text name, enum rounding *ret_rounding);

/* (1): false where the result does not fit. */
must_use bool amount_add(struct amount left, struct amount right, struct amount *ret_sum);
must_use bool amount_subtract(struct amount left, struct amount right, struct amount *ret_rest);
must_use bool amount_negate(struct amount amount, struct amount *ret_negated);

/* value / divisor, rounded as named; divisor > 0. Exact over 128 bits. */
__int128 divide_rounded(__int128 value, __int128 divisor, enum rounding rounding);

/* unscaled x 10^-scale as minor units of currency (Avro and database decimals): false when
 * digits beyond the currency's are not zero, or it does not fit. scale 0..18. */
must_use bool amount_of_decimal(__int128 unscaled, int scale, currency currency,
                                struct amount *ret_amount);

/* Reads digits, one decimal mark, digits (ISO 20022: mark '.'; MT: ','). At least one digit, a
 * leading '-' only if it is allowed, no blanks. Trailing zeros beyond the currency's decimals are
 * fine; other excess digits are not: *ret_excess tells that it failed for them alone. */
must_use bool amount_parse(struct text text, char decimal_mark, bool minus_allowed,
                           currency currency, struct amount *ret_amount, bool *ret_excess);

/* "1234.50" with exactly the currency's decimals, '-' in front, terminated. Returns the length. */
size_t amount_format(struct amount amount, char text[AMOUNT_TEXT_SIZE]);

/* (4): parts[i] of total by weights[i] >= 0, not all zero. False: the weights overflow. */
must_use bool amount_split(struct amount total, const int64_t *weights, size_t count,
                           int64_t *ret_parts);

#endif
