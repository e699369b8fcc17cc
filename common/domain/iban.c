/*
 * iban.c - see iban.h.
 */
#include "domain/iban.h"

enum { IBAN_SIZE_MIN = 15, IBAN_SIZE_MAX = 34 };

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool iban_is_valid(struct text text)
{
    unsigned rest = 0;

    if (text.size < IBAN_SIZE_MIN || text.size > IBAN_SIZE_MAX || !is_capital(text.data[0]) ||
        !is_capital(text.data[1]))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[(i + 4) % text.size];

        if (c >= '0' && c <= '9')
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (is_capital(c))
            rest = (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
        else
            return false;
    }
    return rest == 1;
}
