/*
 * date.h - civil dates: days since 1970-01-01 in the proleptic Gregorian calendar.
 *
 * A date is what a bank wrote or a calendar says: no time zone ever moves it.
 * Which date an instant falls on is a question for zone.h.
 *
 * (1) A date is within the years 1 to 9999, or DATE_NONE.
 */
#ifndef SAWA_DOMAIN_DATE_H
#define SAWA_DOMAIN_DATE_H

#include "base/text.h"

typedef int32_t calendar_date;

#define DATE_NONE INT32_MIN

enum { DATE_TEXT_SIZE = 12 };

enum weekday { MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

/* DATE_NONE where there is no such day. */
calendar_date date_of(int year, int month, int day);

void date_parts(calendar_date date, int *ret_year, int *ret_month, int *ret_day);
int date_days_in_month(int year, int month);
enum weekday date_weekday(calendar_date date);

/* Reads 2026-02-28 and nothing else. False: not so, or there is no such day. */
must_use bool date_parse(struct text text, calendar_date *ret_date);

/* Six digits YYMMDD, of 1980 to 2079, or eight YYYYMMDD, which text begins with. 29 and 30 February
 * where there are none become the last day of the month: ADJUSTED. IMPOSSIBLE: *ret_date is
 * DATE_NONE. */
enum date_verdict { DATE_GOOD, DATE_ADJUSTED, DATE_IMPOSSIBLE };
must_use enum date_verdict date_parse_short(struct text digits, calendar_date *ret_date);
must_use enum date_verdict date_parse_plain(struct text digits, calendar_date *ret_date);

/* 2026-02-28, terminated. */
void date_format(calendar_date date, char text[DATE_TEXT_SIZE]);

#endif
