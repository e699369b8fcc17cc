/*
 * line_value.c - see line_value.h. The number in brackets is its invariant.
 */
#include "codec/line/line_value.h"

#include "base/clock.h"
#include "domain/date.h"

enum { DECIMAL_DIGITS_MAX = 38, INSTANT_FRACTION_MAX = 6 };
enum { INSTANT_SIZE_MIN = 20, OFFSET_HOUR_MAX = 23 };

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t digits_at(struct text text, size_t at)
{
    size_t count = 0;

    while (at + count < text.size && is_digit(text.data[at + count]))
        count++;
    return count;
}

/* ---- decimals ---- */

/* Splits at the point; false where the form of line_value.h is not kept. */
static bool decimal_parts(struct text text, struct text *ret_whole, struct text *ret_fraction)
{
    size_t at = text.size > 0 && text.data[0] == '-' ? 1 : 0;
    size_t whole = digits_at(text, at);
    size_t fraction = 0;

    if (whole == 0 || (whole > 1 && text.data[at] == '0'))
        return false;
    *ret_whole = (struct text){text.data + at, whole};
    at += whole;
    if (at < text.size && text.data[at] == '.') {
        fraction = digits_at(text, at + 1);
        if (fraction == 0)
            return false;
        at += 1 + fraction;
    }
    *ret_fraction = (struct text){text.data + at - fraction, fraction};
    return at == text.size;
}

static __int128 digits_add(__int128 value, struct text digits)
{
    for (size_t i = 0; i < digits.size; i++)
        value = value * 10 + (digits.data[i] - '0');
    return value;
}

static bool decimal_read(struct text text, struct slot *slot)
{
    struct text whole;
    struct text fraction;
    bool negative = text.size > 0 && text.data[0] == '-';

    if (!decimal_parts(text, &whole, &fraction))
        return false;
    while (fraction.size > 0 && fraction.data[fraction.size - 1] == '0')
        fraction.size--; /* 10.50 and 10.5 are one number */
    slot->scale = (int)fraction.size;
    slot->form = SLOT_OVERFLOW;
    if (whole.size + fraction.size > DECIMAL_DIGITS_MAX)
        return true;
    slot->form = SLOT_DECIMAL;
    slot->decimal = digits_add(digits_add(0, whole), fraction);
    if (negative)
        slot->decimal = -slot->decimal;
    return true;
}

/* ---- instants ---- */

static bool two_digits(const char *at, int max, int *ret_value)
{
    if (!is_digit(at[0]) || !is_digit(at[1]))
        return false;
    *ret_value = (at[0] - '0') * 10 + (at[1] - '0');
    return *ret_value <= max;
}

/* hh:mm:ss; a leap second has no instant of its own. */
static bool clock_read(const char *at, int64_t *ret_seconds)
{
    int hour;
    int minute;
    int second;

    if (!two_digits(at, 23, &hour) || at[2] != ':' || !two_digits(at + 3, 59, &minute) ||
        at[5] != ':' || !two_digits(at + 6, 59, &second))
        return false;
    *ret_seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* .123456, at most six digits; none at all is fine. */
static bool fraction_read(struct text *rest, int64_t *ret_us)
{
    int64_t us = 0;
    size_t count;

    *ret_us = 0;
    if (rest->size == 0 || rest->data[0] != '.')
        return true;
    count = digits_at(*rest, 1);
    if (count == 0 || count > INSTANT_FRACTION_MAX)
        return false; /* (1) */
    for (size_t i = 0; i < INSTANT_FRACTION_MAX; i++)
        us = us * 10 + (i < count ? rest->data[1 + i] - '0' : 0);
    *ret_us = us;
    *rest = (struct text){rest->data + 1 + count, rest->size - 1 - count};
    return true;
}

/* Z, or +hh:mm, -hh:mm: seconds east of UTC. */
static bool offset_read(struct text rest, int64_t *ret_seconds)
{
    int hour;
    int minute;

    *ret_seconds = 0;
    if (text_is(rest, "Z"))
        return true;
    if (rest.size != 6 || (rest.data[0] != '+' && rest.data[0] != '-') || rest.data[3] != ':' ||
        !two_digits(rest.data + 1, OFFSET_HOUR_MAX, &hour) ||
        !two_digits(rest.data + 4, 59, &minute))
        return false;
    *ret_seconds = (hour * 3600 + minute * 60) * (rest.data[0] == '-' ? -1 : 1);
    return true;
}

static bool instant_read(struct text text, int64_t *ret_us)
{
    struct text rest = {text.data + 19, text.size - 19};
    calendar_date date;
    int64_t seconds;
    int64_t fraction_us;
    int64_t offset;

    if (text.size < INSTANT_SIZE_MIN || text.data[10] != 'T' ||
        !date_parse((struct text){text.data, 10}, &date) || !clock_read(text.data + 11, &seconds) ||
        !fraction_read(&rest, &fraction_us) || !offset_read(rest, &offset))
        return false;
    *ret_us = (int64_t)date * US_PER_DAY + (seconds - offset) * US_PER_SECOND + fraction_us;
    return true;
}

/* A whole number too large for int64 is out of range, not unreadable. */
static bool micros_read(struct text text, struct slot *slot)
{
    struct text whole;
    struct text fraction;

    if (!decimal_parts(text, &whole, &fraction) || fraction.size > 0)
        return false;
    slot->form = text_to_int64(text, &slot->number) ? SLOT_NUMBER : SLOT_OVERFLOW;
    return true;
}

static bool time_read(enum line_value_kind kind, struct text text, struct slot *slot)
{
    int64_t us;

    if (kind != LINE_VALUE_STRING && micros_read(text, slot))
        return true;
    if (kind == LINE_VALUE_NUMBER || text.size < INSTANT_SIZE_MIN || !instant_read(text, &us))
        return false;
    slot->form = SLOT_NUMBER;
    slot->number = us;
    return true;
}

/* ---- texts and symbols ---- */

static bool symbol_read(const struct column *column, struct text text, struct slot *slot)
{
    for (int i = 0; column->symbols[i] != NULL; i++) {
        if (!text_is(text, column->symbols[i]))
            continue;
        slot->form = SLOT_NUMBER;
        slot->number = 1 + i;
        return true;
    }
    return false;
}

bool line_value_read(const struct column *column, enum line_value_kind kind, struct text text,
                     struct slot *slot)
{
    switch (column->type) {
    case COLUMN_DECIMAL: return decimal_read(text, slot);
    case COLUMN_TIME: return time_read(kind, text, slot);
    case COLUMN_ENUM: return kind != LINE_VALUE_NUMBER && symbol_read(column, text, slot);
    case COLUMN_TEXT:
    case COLUMN_UUID: break;
    }
    if (kind == LINE_VALUE_NUMBER)
        return false;
    slot->form = SLOT_TEXT;
    slot->text = text;
    return true;
}
