/*
 * statement_value.c - amounts and dates as statements have them; see statement.h.
 */
#include "domain/statement.h"

#include <stdio.h>

static int scale_of(currency which)
{
    char code[CURRENCY_CODE_SIZE];
    currency known;

    currency_code(which, code);
    return currency_parse(text_of(code), &known) ? currency_scale(known) : 2;
}

bool statement_currency_parse(struct text code, currency *ret_currency)
{
    if (code.size != CURRENCY_CODE_SIZE - 1)
        return false;
    for (size_t i = 0; i < code.size; i++)
        if (code.data[i] < 'A' || code.data[i] > 'Z')
            return false;
    *ret_currency =
        CURRENCY((currency)code.data[0], (currency)code.data[1], (currency)code.data[2]);
    return true;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* One more decimal digit; false: it would not fit. */
static bool push_digit(int64_t *value, char digit)
{
    return !__builtin_mul_overflow(*value, 10, value) &&
           !__builtin_add_overflow(*value, digit - '0', value);
}

/* Cuts text at the mark. False: a byte that is neither digit nor the one mark, or no digit. */
static bool split_decimal(struct text text, char mark, struct text *ret_whole,
                          struct text *ret_fraction)
{
    size_t whole = 0;

    while (whole < text.size && is_digit(text.data[whole]))
        whole++;
    *ret_whole = (struct text){text.data, whole};
    *ret_fraction = (struct text){NULL, 0};
    if (whole == text.size)
        return whole > 0;
    if (text.data[whole] != mark)
        return false;
    *ret_fraction = (struct text){text.data + whole + 1, text.size - whole - 1};
    for (size_t i = 0; i < ret_fraction->size; i++)
        if (!is_digit(ret_fraction->data[i]))
            return false;
    return whole + ret_fraction->size > 0;
}

/* The digits of fraction that count: at least scale, more only up to the last that is not zero. */
static size_t significant(struct text fraction, size_t scale)
{
    size_t count = fraction.size;

    while (count > scale && fraction.data[count - 1] == '0')
        count--;
    return count;
}

bool statement_amount_parse(struct text text, char decimal_mark, currency which,
                            struct statement_amount *ret_amount, bool *ret_excess)
{
    struct text whole;
    struct text fraction;
    size_t scale = (size_t)scale_of(which);
    size_t digits;
    int64_t minor = 0;

    if (!split_decimal(text_trim(text), decimal_mark, &whole, &fraction))
        return false;
    digits = significant(fraction, scale);
    if (digits > STATEMENT_SCALE_MAX)
        return false;
    for (size_t i = 0; i < whole.size; i++)
        if (!push_digit(&minor, whole.data[i]))
            return false;
    for (size_t i = 0; i < digits || i < scale; i++)
        if (!push_digit(&minor, i < fraction.size ? fraction.data[i] : '0'))
            return false;
    *ret_excess = digits > scale;
    *ret_amount = (struct statement_amount){
        .minor = minor,
        .currency = which,
        .scale = (uint8_t)(digits > scale ? digits : scale),
        .present = true,
    };
    return true;
}

struct statement_amount statement_amount_of(int64_t minor, currency which)
{
    return (struct statement_amount){.minor = minor,
                                     .currency = which,
                                     .scale = (uint8_t)scale_of(which),
                                     .present = true};
}

/* Digits from the right, with the mark before the last scale of them. */
static char *put_amount(uint64_t minor, int scale, char *end)
{
    char *at = end;

    for (int written = 0; minor > 0 || written <= scale; written++, minor /= 10) {
        if (written == scale && scale > 0)
            *--at = '.';
        *--at = (char)('0' + minor % 10);
    }
    return at;
}

size_t statement_amount_format(const struct statement_amount *amount,
                               char text[STATEMENT_AMOUNT_TEXT_SIZE])
{
    uint64_t minor = amount->minor < 0 ? 0 - (uint64_t)amount->minor : (uint64_t)amount->minor;
    char digits[STATEMENT_AMOUNT_TEXT_SIZE];
    char *end = digits + sizeof digits;
    char *at;
    size_t size;

    assert(amount->present);
    assert(amount->scale <= STATEMENT_SCALE_MAX);
    at = put_amount(minor, amount->scale, end);
    if (amount->minor < 0)
        *--at = '-';
    size = (size_t)(end - at);
    memcpy(text, at, size);
    text[size] = '\0';
    return size;
}

__int128 statement_amount_exact(const struct statement_amount *amount)
{
    static const int64_t powers[STATEMENT_SCALE_MAX + 1] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
    };

    assert(amount->present);
    assert(amount->scale <= STATEMENT_SCALE_MAX);
    return (__int128)amount->minor * powers[STATEMENT_SCALE_MAX - amount->scale];
}

void statement_exact_format(__int128 exact, char text[STATEMENT_EXACT_TEXT_SIZE])
{
    unsigned __int128 left = exact < 0 ? -(unsigned __int128)exact : (unsigned __int128)exact;
    char digits[STATEMENT_EXACT_TEXT_SIZE];
    int fraction = STATEMENT_SCALE_MAX;
    size_t at = sizeof digits;

    while (fraction > 2 && left % 10 == 0) {
        left /= 10;
        fraction--;
    }
    digits[--at] = '\0';
    for (int written = 0; left > 0 || written <= fraction; written++) {
        if (written == fraction)
            digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(left % 10));
        left /= 10;
        assert(at > 2);
    }
    snprintf(text, STATEMENT_EXACT_TEXT_SIZE, "%s%s", exact < 0 ? "-" : "", digits + at);
}
