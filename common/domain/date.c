/*
 * date.c - see date.h. Years are counted from March, so that a leap day ends its year.
 */
#include "domain/date.h"

#include <stdio.h>

enum {
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    DAYS_OF_ERA = 146097,  /* 400 years       */
};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    assert(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && is_leap(year));
}

calendar_date date_of(int year, int month, int day)
{
    int shifted;
    int days;

    if (year < 1 || year > 9999 || month < 1 || month > 12)
        return DATE_NONE; /* (1) */
    if (day < 1 || day > date_days_in_month(year, month))
        return DATE_NONE;
    shifted = month > 2 ? year : year - 1;
    days = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + days - DAYS_TO_1970;
}

void date_parts(calendar_date date, int *ret_year, int *ret_month, int *ret_day)
{
    int days;
    int era;
    int year;
    int month;

    assert(date != DATE_NONE);
    assert(date >= date_of(1, 1, 1) && date <= date_of(9999, 12, 31)); /* (1) */
    days = date + DAYS_TO_1970;
    era = days / DAYS_OF_ERA;
    days %= DAYS_OF_ERA;
    year = (days - days / 1460 + days / 36524 - days / 146096) / 365;
    days -= 365 * year + year / 4 - year / 100;
    month = (5 * days + 2) / 153;
    *ret_day = days - (153 * month + 2) / 5 + 1;
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = era * 400 + year + (*ret_month <= 2);
}

enum weekday date_weekday(calendar_date date)
{
    int since_monday = (date % 7 + 7 + THURSDAY) % 7; /* 1970-01-01 was a Thursday */

    assert(date != DATE_NONE);
    return (enum weekday)since_monday;
}

static int digits_at(struct text text, size_t at, size_t count)
{
    int value = 0;

    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

bool date_parse(struct text text, calendar_date *ret_date)
{
    calendar_date date;

    if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-')
        return false;
    date = date_of(digits_at(text, 0, 4), digits_at(text, 5, 2), digits_at(text, 8, 2));
    if (date == DATE_NONE)
        return false;
    *ret_date = date;
    return true;
}

static enum date_verdict date_near(int year, int month, int day, calendar_date *ret_date)
{
    bool adjusted = month == 2 && day <= 30 && day > date_days_in_month(year, 2);

    *ret_date = date_of(year, month, adjusted ? date_days_in_month(year, 2) : day);
    if (*ret_date == DATE_NONE)
        return DATE_IMPOSSIBLE;
    return adjusted ? DATE_ADJUSTED : DATE_GOOD;
}

enum date_verdict date_parse_short(struct text digits, calendar_date *ret_date)
{
    int year = digits_at(digits, 0, 2);

    assert(text_has_digits(digits, 6));
    return date_near(year + (year < 80 ? 2000 : 1900), digits_at(digits, 2, 2),
                     digits_at(digits, 4, 2), ret_date);
}

enum date_verdict date_parse_plain(struct text digits, calendar_date *ret_date)
{
    assert(text_has_digits(digits, 8));
    return date_near(digits_at(digits, 0, 4), digits_at(digits, 4, 2), digits_at(digits, 6, 2),
                     ret_date);
}

/* Statements print millions of dates, so no format string is read for each. */
static void put_digits(char *at, int count, int number)
{
    for (int i = count - 1; i >= 0; i--, number /= 10)
        at[i] = (char)('0' + number % 10);
}

void date_format(calendar_date date, char text[DATE_TEXT_SIZE])
{
    int year;
    int month;
    int day;

    date_parts(date, &year, &month, &day);
    put_digits(text, 4, year);
    text[4] = '-';
    put_digits(text + 5, 2, month);
    text[7] = '-';
    put_digits(text + 8, 2, day);
    text[10] = '\0';
}
