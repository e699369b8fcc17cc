/*
 * calendar.h - business days: weekends and public holidays of one or several countries.
 *
 * Holidays come as CSV, one row per country and day ("country,date,name"); a country may
 * also be a settlement system such as TARGET2. A calendar joins several countries: a day is
 * a business day only where it is one in each of them.
 *
 * (1) Holidays ascend strictly.
 * (2) A calendar speaks only of the years that every one of its countries has rows for: asking
 *     beyond is answered "not covered", never guessed.
 */
#ifndef SAWA_DOMAIN_CALENDAR_H
#define SAWA_DOMAIN_CALENDAR_H

#include "base/arena.h"
#include "base/error.h"
#include "domain/date.h"

enum {
    COUNTRY_SIZE = 9,        /* "KE", "TARGET2", terminated */
    HOLIDAYS_MAX = 20000,    /* rows of one file            */
    CALENDAR_SEARCH_MAX = 60 /* days without a business day: more is a wrong calendar */
};

#define WEEKEND_SATURDAY_SUNDAY ((uint8_t)(1 << SATURDAY | 1 << SUNDAY))

struct holiday {
    char country[COUNTRY_SIZE];
    calendar_date date;
};

/* The rows of a CSV file, in file order. */
struct holiday_list {
    const struct holiday *holidays;
    size_t count;
};

struct calendar {
    uint8_t weekend; /* bit per enum weekday */
    const calendar_date *holidays;
    size_t holiday_count;
    calendar_date covered_from;
    calendar_date covered_to; /* last day covered */
};

/* Reads "country,date,name" with a header line and '#' comments. file is for messages. */
must_use enum status holidays_parse(struct text csv, const char *file, struct arena *arena,
                                    struct error *error, struct holiday_list *ret_list);

/* Joins the countries. FATAL with EXIT_CONFIGURATION: a country (error->subject) has no row. */
must_use enum status calendar_build(const struct holiday_list *list,
                                    const char (*countries)[COUNTRY_SIZE], size_t country_count,
                                    uint8_t weekend, struct arena *arena, struct error *error,
                                    struct calendar *ret_calendar);

/* (2) */
bool calendar_covers(const struct calendar *calendar, calendar_date date);

/* date is covered. */
bool calendar_is_business_day(const struct calendar *calendar, calendar_date date);

/* The first business day at or after date; false where the calendar ends before one (2). */
must_use bool calendar_next_business_day(const struct calendar *calendar, calendar_date date,
                                         calendar_date *ret_date);

/* The last business day before date; false likewise. */
must_use bool calendar_previous_business_day(const struct calendar *calendar, calendar_date date,
                                             calendar_date *ret_date);

void assert_calendar_state(const struct calendar *calendar); /* (1) */

#endif
