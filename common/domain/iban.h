/*
 * iban.h - whether a text is an IBAN.
 *
 * ISO 13616: a country, two check digits, and capitals and digits such that, with the first four
 * characters last and letters as 10 to 35, the number leaves 1 when divided by 97. Tables of
 * lengths disagree for several African countries, so the check digits decide (formats: reference
 * data).
 */
#ifndef SAWA_DOMAIN_IBAN_H
#define SAWA_DOMAIN_IBAN_H

#include "base/text.h"

bool iban_is_valid(struct text text);

#endif
