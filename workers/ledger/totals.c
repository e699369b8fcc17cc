/*
 * totals.c - see ledger.h. Pure: no database, no output.
 */
#include "ledger.h"

struct total *totals_of(struct totals *totals, struct text code)
{
    struct total *total;

    for (size_t i = 0; i < totals->count; i++)
        if (text_is(code, totals->of[i].currency))
            return &totals->of[i];
    if (totals->count == TOTALS_MAX)
        return NULL;
    total = &totals->of[totals->count++];
    *total = (struct total){0};
    (void)text_copy(code, total->currency, sizeof total->currency);
    return total;
}

void total_add(struct total *total, int64_t opening_minor, int64_t debit_minor,
               int64_t credit_minor)
{
    __int128 balance = (__int128)opening_minor + debit_minor - credit_minor;

    total->debit += debit_minor;
    total->credit += credit_minor;
    if (balance > 0)
        total->balance_debit += balance;
    else
        total->balance_credit -= balance;
}

bool total_is_balanced(const struct total *total)
{
    return total->debit == total->credit && total->debit == total->entries_minor &&
           total->balance_debit == total->balance_credit;
}

/* Decimal digits of value into the end of text; returns where they begin. */
static size_t digits_write(unsigned __int128 value, int scale, char *text, size_t at)
{
    int written = 0;

    do {
        if (scale > 0 && written == scale)
            text[--at] = '.';
        text[--at] = (char)('0' + (int)(value % 10));
        value /= 10;
        written++;
    } while (value > 0 || written <= scale);
    return at;
}

struct text money_text(__int128 minor, struct text code, char text[MONEY_TEXT_SIZE])
{
    currency known = CURRENCY_NONE;
    bool is_known = currency_parse(code, &known);
    unsigned __int128 size = minor < 0 ? -(unsigned __int128)minor : (unsigned __int128)minor;
    size_t end = MONEY_TEXT_SIZE - sizeof " minor";
    size_t at = digits_write(size, is_known ? currency_scale(known) : 0, text, end);

    if (minor < 0)
        text[--at] = '-';
    if (!is_known) {
        memcpy(text + end, " minor", sizeof " minor" - 1);
        end += sizeof " minor" - 1;
    }
    return (struct text){text + at, end - at};
}
