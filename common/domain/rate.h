/*
 * rate.h - exchange rates: decimals with ten fraction digits, kept as int64.
 *
 * A rate is quote units per one base unit: KES 1.00 = NGN 11.25 is the rate
 * 11.25, stored as 112500000000. Zero means "no rate" and is never a rate.
 *
 * (1) No rate and no converted amount passes through a binary float.
 * (2) A conversion is one exact product and one division whose rounding is named.
 */
#ifndef SAWA_DOMAIN_RATE_H
#define SAWA_DOMAIN_RATE_H

#include "domain/amount.h"
#include "domain/reason.h"

enum { RATE_SCALE = 10, RATE_TEXT_SIZE = 24 };

#define RATE_ONE INT64_C(10000000000) /* 10^RATE_SCALE: one to one */

/* Reads "11.25": digits, optionally '.' and digits. False: not so, zero, too large, or digits
 * other than zero beyond the tenth. */
must_use bool rate_parse(struct text text, int64_t *ret_rate);

/* unscaled x 10^-scale (Avro and database decimals), scale 0..18; false as in rate_parse, and
 * for what is negative. */
must_use bool rate_of_decimal(__int128 unscaled, int scale, int64_t *ret_rate);

/* The shortest exact text: "11.25", "3", terminated. Returns the length. */
size_t rate_format(int64_t rate, char text[RATE_TEXT_SIZE]);

/* (2): amount (base) in target (quote): amount x rate. False: does not fit int64. */
must_use bool rate_convert(struct amount amount, int64_t rate, currency target,
                           enum rounding rounding, struct amount *ret_amount);

/* What is wrong with a payment's amounts and rate (0: none) where the two must agree as rounding
 * says: REASON_RATE_MISSING, REASON_AMOUNT_OFF_RATE, or REASON_NONE. Amounts of one currency need
 * no rate and are not compared. */
enum reason rate_check(struct amount instructed, struct amount settled, int64_t rate,
                       enum rounding rounding);

/* (2): amount (quote) in target (base): amount / rate. False: does not fit int64. */
must_use bool rate_convert_back(struct amount amount, int64_t rate, currency target,
                                enum rounding rounding, struct amount *ret_amount);

#endif
