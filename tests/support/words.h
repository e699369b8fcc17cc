/*
 * words.h - what the C drivers of scenarios read from standard input: numbers and names parted by
 * blanks. What is malformed ends the driver with 2: its scenario made it.
 */
#ifndef SAWA_TESTS_SUPPORT_WORDS_H
#define SAWA_TESTS_SUPPORT_WORDS_H

#include "domain/currency.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static inline void malformed(const char *what)
{
    fprintf(stderr, "%s is malformed\n", what);
    exit(2);
}

static inline int64_t number(void)
{
    int64_t value;

    if (scanf("%" SCNd64, &value) != 1)
        malformed("a number");
    return value;
}

/* Valid until the next one. */
static inline const char *word(void)
{
    static char word[32];

    if (scanf("%31s", word) != 1)
        malformed("a word");
    return word;
}

static inline currency currency_of(const char *code)
{
    currency found = CURRENCY_NONE;

    if (!currency_parse(text_of(code), &found))
        malformed("a currency");
    return found;
}

#endif
