/*
 * calendar.h - business days: weekends and public holidays of one or several countries.
 *
 * Holidays come as CSV, one row per country and day ("country,date,name"); a country may
 * also be a settlement system such as TARGET2. Each country has its own weekend, and days that
 * are otherwise than both say, because that was announced late (struct day_override). A calendar
 * joins several countries: a day is a business day only where it is one in each of them.
 *
 *   EG  weekend Fri Sat    ..xx... ..xx...        a country: its override, else holiday or weekend
 *   KE  weekend Sat Sun    ...xx.. ...xx..
 *   joined                 ..xxx.. ..xxx..
 *
 * A half day is a business day that ends early, at an instant: that of the country that ends first.
 * It says nothing about money that moves that day, only about cut-offs: see schedule.h.
 *
 * (1) Holidays, worked days and half days ascend strictly. No day is two of them, but a worked day
 *     may be a half day.
 * (2) A calendar speaks only of the years that every one of its countries has rows for: asking
 *     beyond is answered "not covered", never guessed.
 * (3) A worked day lies on the joined weekend, a half day is a business day.
 */
#ifndef SAWA_DOMAIN_CALENDAR_H
#define SAWA_DOMAIN_CALENDAR_H

#include "base/arena.h"
#include "base/error.h"
#include "domain/date.h"

enum {
    COUNTRY_SIZE = 9,        /* "KE", "TARGET2", terminated */
    HOLIDAYS_MAX = 20000,    /* rows of one file            */
    OVERRIDES_MAX = 2000,    /* of one corridor book        */
    CALENDAR_SEARCH_MAX = 60 /* days without a business day: more is a wrong calendar */
};

#define WEEKEND_SATURDAY_SUNDAY ((uint8_t)(1 << SATURDAY | 1 << SUNDAY))
#define WEEKEND_WHOLE_WEEK ((uint8_t)((1 << 7) - 1)) /* of joined countries: never a business day */
#define HALF_DAY_NONE INT64_MAX

struct holiday {
    char country[COUNTRY_SIZE];
    calendar_date date;
};

/* The rows of a CSV file, in file order. */
struct holiday_list {
    const struct holiday *holidays;
    size_t count;
};

/* One of the countries that a calendar joins. */
struct country_days {
    char country[COUNTRY_SIZE];
    uint8_t weekend; /* bit per enum weekday */
};

enum day_kind {
    DAY_HOLIDAY,  /* a business day otherwise           */
    DAY_BUSINESS, /* a holiday or weekend day otherwise */
    DAY_HALF,     /* a business day that ends early     */
};

/* What one country's day is, whatever its weekend and its holidays say. */
struct day_override {
    char country[COUNTRY_SIZE];
    calendar_date date;
    enum day_kind kind;
    int64_t until_us; /* DAY_HALF: the instant it ends */
};

struct half_day {
    calendar_date date;
    int64_t until_us;
};

struct calendar {
    uint8_t weekend; /* bit per enum weekday, of any of the countries */
    const calendar_date *holidays;
    size_t holiday_count;
    const calendar_date *worked; /* business days, though on that weekend */
    size_t worked_count;
    const struct half_day *half_days;
    size_t half_day_count;
    calendar_date covered_from;
    calendar_date covered_to; /* last day covered */
};

/* Reads "country,date,name" with a header line and '#' comments. file is for messages. */
must_use enum status holidays_parse(struct text csv, const char *file, struct arena *arena,
                                    struct error *error, struct holiday_list *ret_list);

/* What a country's day is by its weekend and its holidays alone: an override that says the same
 * is a mistake. */
bool holidays_make_business_day(const struct holiday_list *list, const struct country_days *country,
                                calendar_date date);

/* The years a country has rows for, from 1 January to 31 December; false: it has none. */
must_use bool holidays_cover(const struct holiday_list *list, const char *country,
                             calendar_date *ret_from, calendar_date *ret_to);

/* Joins the countries; overrides of others are passed over, and no country has two for one date.
 * FATAL with EXIT_CONFIGURATION: a country (error->subject) has no row, or together their weekends
 * are the whole week. */
must_use enum status calendar_build(const struct holiday_list *list,
                                    const struct country_days *countries, size_t country_count,
                                    const struct day_override *overrides, size_t override_count,
                                    struct arena *arena, struct error *error,
                                    struct calendar *ret_calendar);

/* (2) */
bool calendar_covers(const struct calendar *calendar, calendar_date date);

/* date is covered. */
bool calendar_is_business_day(const struct calendar *calendar, calendar_date date);

/* When a half day ends; HALF_DAY_NONE for every other day. */
int64_t calendar_half_day_ends(const struct calendar *calendar, calendar_date date);

/* The first business day at or after date; false where the calendar ends before one (2). */
must_use bool calendar_next_business_day(const struct calendar *calendar, calendar_date date,
                                         calendar_date *ret_date);

/* The last business day before date; false likewise. */
must_use bool calendar_previous_business_day(const struct calendar *calendar, calendar_date date,
                                             calendar_date *ret_date);

void assert_calendar_state(const struct calendar *calendar); /* (1), (3) */

#endif
