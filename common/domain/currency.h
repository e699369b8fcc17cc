/*
 * currency.h - the currencies we know and how many minor units each has.
 *
 * The table is ISO 4217 for Africa and the main settlement currencies. A scale
 * never comes from a text or a message, always from here (UGX, XOF, RWF: 0;
 * TND, LYD: 3). Retired codes may be read in old files and are never written.
 *
 * A currency is a small value: its ISO code packed in 32 bits, so it compares,
 * sorts and switches like an integer and prints with currency_code().
 */
#ifndef SAWA_DOMAIN_CURRENCY_H
#define SAWA_DOMAIN_CURRENCY_H

#include "base/text.h"

typedef uint32_t currency; /* 'K' << 16 | 'E' << 8 | 'S'; CURRENCY_NONE is 0 */

#define CURRENCY_NONE ((currency)0)
#define CURRENCY(a, b, c) ((currency)((a) << 16 | (b) << 8 | (c)))

enum { CURRENCY_CODE_SIZE = 4, CURRENCY_COUNT_MAX = 256 };

/* Three capital letters that the table knows. False: unknown. */
must_use bool currency_parse(struct text code, currency *ret_currency);

/* Decimals of the minor unit: 0, 2 or 3. Aborts on a currency that the table does not know. */
int currency_scale(currency currency);

/* True for codes that are read in old files only. */
bool currency_is_retired(currency currency);

/* Every currency of the table, retired ones too: index from 0 to currency_count() - 1. */
size_t currency_count(void);
currency currency_at(size_t index);

/* Terminated ISO code. */
void currency_code(currency currency, char code[CURRENCY_CODE_SIZE]);

#endif
