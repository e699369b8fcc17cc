/*
 * zone_rule.c - see zone_rule.h.
 */
#include "domain/zone_rule.h"

enum { SECONDS_PER_DAY = 86400, HOURS_MAX = 167, DAY_DEFAULT_SECONDS = 2 * 3600 };

/* What is not yet read. Every take_ moves on and answers whether it found its thing. */
struct rule_scan {
    const char *at;
    const char *end;
};

static bool take_char(struct rule_scan *scan, char wanted)
{
    if (scan->at == scan->end || *scan->at != wanted)
        return false;
    scan->at++;
    return true;
}

static bool is_digit(const struct rule_scan *scan)
{
    return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
}

static bool take_number(struct rule_scan *scan, int max, int *ret_number)
{
    int number = 0;

    if (!is_digit(scan))
        return false;
    for (; is_digit(scan); scan->at++) {
        number = number * 10 + (*scan->at - '0');
        if (number > max)
            return false;
    }
    *ret_number = number;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* EET or <+02>: at least three characters; what they are does not matter to us. */
static bool take_name(struct rule_scan *scan)
{
    const char *begin = scan->at;

    if (take_char(scan, '<')) {
        while (scan->at < scan->end && *scan->at != '>')
            scan->at++;
        return take_char(scan, '>') && scan->at - begin >= 5;
    }
    while (scan->at < scan->end && is_letter(*scan->at))
        scan->at++;
    return scan->at - begin >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct rule_scan *scan, int hours_max, int32_t *ret_seconds)
{
    bool negative = take_char(scan, '-');
    int hours;
    int minutes = 0;
    int seconds = 0;

    if (!negative)
        (void)take_char(scan, '+');
    if (!take_number(scan, hours_max, &hours))
        return false;
    if (take_char(scan, ':') && !take_number(scan, 59, &minutes))
        return false;
    if (take_char(scan, ':') && !take_number(scan, 59, &seconds))
        return false;
    *ret_seconds = (hours * 3600 + minutes * 60 + seconds) * (negative ? -1 : 1);
    return true;
}

static bool take_month_week(struct rule_scan *scan, struct zone_change *change)
{
    change->kind = ZONE_DAY_MONTH_WEEK;
    return take_number(scan, 12, &change->month) && change->month >= 1 && take_char(scan, '.') &&
           take_number(scan, 5, &change->week) && change->week >= 1 && take_char(scan, '.') &&
           take_number(scan, 6, &change->day);
}

static bool take_day(struct rule_scan *scan, struct zone_change *change)
{
    if (take_char(scan, 'M'))
        return take_month_week(scan, change);
    change->kind = ZONE_DAY_ZERO_BASED;
    if (!take_char(scan, 'J'))
        return take_number(scan, 365, &change->day);
    change->kind = ZONE_DAY_JULIAN;
    return take_number(scan, 365, &change->day) && change->day >= 1;
}

/* ,day[/time] */
static bool take_change(struct rule_scan *scan, struct zone_change *ret_change)
{
    struct zone_change change = {.seconds = DAY_DEFAULT_SECONDS};

    if (!take_char(scan, ',') || !take_day(scan, &change))
        return false;
    if (take_char(scan, '/') && !take_time(scan, HOURS_MAX, &change.seconds))
        return false;
    *ret_change = change;
    return true;
}

/* An offset counts west of UTC; ours count east. */
static bool take_offset(struct rule_scan *scan, int32_t *ret_seconds)
{
    int32_t west;

    if (!take_time(scan, 24, &west))
        return false;
    *ret_seconds = -west;
    return true;
}

static bool take_summer(struct rule_scan *scan, struct zone_rule *rule)
{
    rule->has_summer = true;
    rule->summer_seconds = rule->standard_seconds + 3600;
    if (!take_name(scan))
        return false;
    if (scan->at < scan->end && *scan->at != ',' && !take_offset(scan, &rule->summer_seconds))
        return false;
    return take_change(scan, &rule->summer_begins) && take_change(scan, &rule->summer_ends);
}

bool zone_rule_parse(struct text text, struct zone_rule *ret_rule)
{
    struct rule_scan scan = {text.data, text.data + text.size};
    struct zone_rule rule = {.present = true};

    if (!take_name(&scan) || !take_offset(&scan, &rule.standard_seconds))
        return false;
    if (scan.at < scan.end && !take_summer(&scan, &rule))
        return false;
    if (scan.at != scan.end)
        return false;
    *ret_rule = rule;
    return true;
}

/* The day of Mm.w.d in a year: the w-th weekday of the month, week 5 being its last. */
static calendar_date month_week_day(const struct zone_change *change, int year)
{
    calendar_date first = date_of(year, change->month, 1);
    int wanted = (change->day + 6) % 7; /* POSIX counts from Sunday, we from Monday */
    int day = (wanted - (int)date_weekday(first) + 7) % 7 + 7 * (change->week - 1);

    while (day >= date_days_in_month(year, change->month))
        day -= 7;
    return first + day;
}

static calendar_date change_date(const struct zone_change *change, int year)
{
    bool leap = date_days_in_month(year, 2) == 29;

    switch (change->kind) {
    case ZONE_DAY_MONTH_WEEK: return month_week_day(change, year);
    case ZONE_DAY_JULIAN:
        return date_of(year, 1, 1) + change->day - 1 + (leap && change->day >= 60);
    case ZONE_DAY_ZERO_BASED: return date_of(year, 1, 1) + change->day;
    }
    assert(false);
    return DATE_NONE;
}

/* The change as seconds since 1970 UTC; offset is what holds just before it. */
static int64_t change_seconds(const struct zone_change *change, int year, int32_t offset)
{
    return (int64_t)change_date(change, year) * SECONDS_PER_DAY + change->seconds - offset;
}

/* The local year, kept within what dates can say. */
static int year_at(int64_t seconds)
{
    int64_t days = seconds / SECONDS_PER_DAY - (seconds % SECONDS_PER_DAY < 0);
    int year;
    int month;
    int day;

    if (days < date_of(2, 1, 1))
        return 2;
    if (days > date_of(9998, 12, 31))
        return 9998;
    date_parts((calendar_date)days, &year, &month, &day);
    return year;
}

int32_t zone_rule_offset_at(const struct zone_rule *rule, int64_t seconds)
{
    int year;
    int64_t begins;
    int64_t ends;
    bool summer;

    assert(rule->present);
    if (!rule->has_summer)
        return rule->standard_seconds;
    year = year_at(seconds + rule->standard_seconds);
    begins = change_seconds(&rule->summer_begins, year, rule->standard_seconds);
    ends = change_seconds(&rule->summer_ends, year, rule->summer_seconds);
    if (begins < ends)
        summer = seconds >= begins && seconds < ends;
    else
        summer = seconds >= begins || seconds < ends; /* south of the equator */
    return summer ? rule->summer_seconds : rule->standard_seconds;
}
