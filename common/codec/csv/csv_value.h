/*
 * csv_value.h - single values of a CSV file as its profile has them written; pure.
 */
#ifndef SAWA_CODEC_CSV_CSV_VALUE_H
#define SAWA_CODEC_CSV_CSV_VALUE_H

#include "codec/csv/csv_profile.h"

enum { CSV_TIME_SIZE = 12 };

/* 2026-03-01, 1/3/26, 01-Mar-2026, 20260301, in the profile's order; a time behind it as it is
 * written, "12:05:00", empty where there is none. IMPOSSIBLE: no such day, or something else. */
enum date_verdict csv_time_of(struct text text, enum csv_dates order, calendar_date *ret_date,
                              char time[CSV_TIME_SIZE]);

/* 1,234.50, -1234.5, 1234.5-, (1,234.50), KES 1,234.50: by the profile's marks, which must stand
 * where they can. False: not so, or more decimals than the currency has (61). */
must_use bool csv_amount_of(struct text text, const struct csv_profile *profile, currency which,
                            struct statement_amount *ret_amount);

#endif
