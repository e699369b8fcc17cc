/*
 * value_date.c - see value_date.h.
 */
#include "domain/value_date.h"

const char *roll_convention_name(enum roll_convention roll)
{
    static const char *const names[] = {
        [ROLL_FOLLOWING] = "FOLLOWING",
        [ROLL_MODIFIED_FOLLOWING] = "MODIFIED_FOLLOWING",
        [ROLL_PRECEDING] = "PRECEDING",
    };

    assert((size_t)roll < COUNT_OF(names));
    return names[roll];
}

bool calendar_add_business_days(const struct calendar *calendar, calendar_date date, int32_t n,
                                calendar_date *ret_date)
{
    assert(n >= 0 && n <= SETTLEMENT_LAG_MAX);
    for (int32_t i = 0; i < n; i++)
        if (!calendar_next_business_day(calendar, date + 1, &date))
            return false;
    *ret_date = date;
    return true;
}

/* The first day from date on, in steps of 1 or -1, that is a business day for all. */
static bool search(const struct value_rule *rule, calendar_date date, int step,
                   calendar_date *ret_date)
{
    for (int i = 0; i < CALENDAR_SEARCH_MAX; i++, date += step) {
        if (!calendar_covers(rule->counted, date) || !calendar_covers(rule->joined, date))
            return false; /* (3) */
        if (calendar_is_business_day(rule->counted, date) &&
            calendar_is_business_day(rule->joined, date)) {
            *ret_date = date;
            return true;
        }
    }
    return false;
}

static bool is_same_month(calendar_date left, calendar_date right)
{
    int year[2];
    int month[2];
    int day;

    date_parts(left, &year[0], &month[0], &day);
    date_parts(right, &year[1], &month[1], &day);
    return year[0] == year[1] && month[0] == month[1];
}

bool value_date_roll(const struct value_rule *rule, calendar_date date, calendar_date *ret_date)
{
    calendar_date rolled;

    if (!search(rule, date, rule->roll == ROLL_PRECEDING ? -1 : 1, &rolled))
        return false;
    if (rule->roll == ROLL_MODIFIED_FOLLOWING && !is_same_month(date, rolled) &&
        !search(rule, date, -1, &rolled))
        return false;
    *ret_date = rolled;
    return true;
}

bool value_date_of(const struct value_rule *rule, calendar_date business_date,
                   calendar_date *ret_date)
{
    calendar_date date;

    if (!calendar_add_business_days(rule->counted, business_date, rule->lag, &date) ||
        !value_date_roll(rule, date, &date))
        return false;
    if (date < business_date && !search(rule, business_date, 1, &date))
        return false;
    assert(date >= business_date); /* (1) */
    *ret_date = date;
    return true;
}
