/*
 * cause.c - what a break type means to a person.
 */
#include "report.h"

static const struct {
    const char *type;
    const char *cause;
} causes[] = {
    {"missing_at_bank", "Expected by the books, and its last day has passed without a booking."},
    {"missing_in_books", "Paid out by the bank, and nothing in the books expects it."},
    {"amount", "A reference in common, and another amount."},
    {"currency", "A reference in common, and another currency."},
    {"date", "A reference in common, and dates too far apart."},
    {"duplicate_at_bank", "Booked a second time: its equal is matched already."},
    {"duplicate_in_books", "Expected a second time: its equal is matched already."},
    {"fee_variance", "A reference in common; the bank is short by what a fee may be."},
    {"fx_variance", "A reference in common; the difference is what a rate may be."},
    {"direction", "A reference in common, and the opposite sign."},
    {"ambiguous", "Several might explain it, and nothing decides between them."},
    {"returned", "The bank gave it back."},
    {"contradiction", "The bank said the opposite of what was final: two people say what it did."},
    {"unidentified_receipt", "Received by the bank, and nothing in the books expects it."},
};

const char *break_cause(struct text type)
{
    for (size_t i = 0; i < COUNT_OF(causes); i++) {
        if (text_is(type, causes[i].type))
            return causes[i].cause;
    }
    return "";
}
