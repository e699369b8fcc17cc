/*
 * calendar.c - see calendar.h.
 */
#include "domain/calendar.h"

#include <stdlib.h>

void assert_calendar_state(const struct calendar *calendar)
{
    assert(calendar->weekend < 1 << 7);
    assert(calendar->weekend != WEEKEND_WHOLE_WEEK);
    for (size_t i = 1; i < calendar->holiday_count; i++)
        assert(calendar->holidays[i - 1] < calendar->holidays[i]); /* (1) */
    for (size_t i = 0; i < calendar->worked_count; i++) {
        assert(i == 0 || calendar->worked[i - 1] < calendar->worked[i]);    /* (1) */
        assert(calendar->weekend & 1 << date_weekday(calendar->worked[i])); /* (3) */
        assert(calendar_is_business_day(calendar, calendar->worked[i]));    /* (1) */
    }
    for (size_t i = 0; i < calendar->half_day_count; i++) {
        assert(i == 0 || calendar->half_days[i - 1].date < calendar->half_days[i].date); /* (1) */
        assert(calendar_is_business_day(calendar, calendar->half_days[i].date));         /* (3) */
    }
}

/* ---- rows ---- */

static enum status refuse_row(struct error *error, const char *file, size_t line,
                              const char *problem)
{
    (void)error_configuration(error, "could not read %s", file);
    error->line = (int64_t)line;
    (void)error_detail(error, "line %zu: %s", line, problem);
    return error_hint(error, "a row is country,date,name: KE,2026-12-12,Jamhuri Day");
}

/* The field before the next comma; moves on behind it. */
static struct text take_field(struct text *row)
{
    const char *comma = row->size == 0 ? NULL : memchr(row->data, ',', row->size);
    struct text field = {row->data, comma == NULL ? row->size : (size_t)(comma - row->data)};
    size_t used = comma == NULL ? row->size : field.size + 1;

    row->data += used;
    row->size -= used;
    return text_trim(field);
}

static struct text take_line(struct text *rest)
{
    const char *end = memchr(rest->data, '\n', rest->size);
    struct text line = {rest->data, end == NULL ? rest->size : (size_t)(end - rest->data)};
    size_t used = end == NULL ? rest->size : line.size + 1;

    rest->data += used;
    rest->size -= used;
    return text_trim(line);
}

static bool parse_row(struct text row, struct holiday *ret_holiday)
{
    struct text country = take_field(&row);
    struct text date = take_field(&row);

    if (country.size < 2 || !text_copy(country, ret_holiday->country, COUNTRY_SIZE))
        return false;
    return date_parse(date, &ret_holiday->date);
}

static size_t count_lines(struct text csv)
{
    size_t count = 1;

    for (size_t i = 0; i < csv.size; i++)
        count += csv.data[i] == '\n';
    return count;
}

static bool is_row(struct text line)
{
    return line.size > 0 && line.data[0] != '#' && !text_is(line, "country,date,name");
}

enum status holidays_parse(struct text csv, const char *file, struct arena *arena,
                           struct error *error, struct holiday_list *ret_list)
{
    size_t lines = count_lines(csv);
    struct holiday *holidays;
    size_t count = 0;
    size_t number = 0;

    if (lines > HOLIDAYS_MAX)
        return refuse_row(error, file, HOLIDAYS_MAX, "more than 20000 rows");
    holidays = arena_alloc(arena, lines * sizeof *holidays);
    if (holidays == NULL)
        return refuse_row(error, file, 1, "the file needs more memory than its ceiling");
    while (csv.size > 0) {
        struct text line = take_line(&csv);

        number++;
        if (!is_row(line))
            continue;
        if (!parse_row(line, &holidays[count++]))
            return refuse_row(error, file, number, "neither a country nor a date");
    }
    *ret_list = (struct holiday_list){holidays, count};
    return OK;
}

/* ---- joining ---- */

static calendar_date first_of_year(calendar_date date)
{
    int year;
    int month;
    int day;

    date_parts(date, &year, &month, &day);
    return date_of(year, 1, 1);
}

static calendar_date last_of_year(calendar_date date)
{
    int year;
    int month;
    int day;

    date_parts(date, &year, &month, &day);
    return date_of(year, 12, 31);
}

static int compare_dates(const void *left, const void *right)
{
    calendar_date a = *(const calendar_date *)left;
    calendar_date b = *(const calendar_date *)right;

    return (a > b) - (a < b);
}

static size_t sort_unique(calendar_date *dates, size_t count)
{
    size_t kept = 0;

    if (count > 0)
        qsort(dates, count, sizeof *dates, compare_dates);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || dates[kept - 1] != dates[i])
            dates[kept++] = dates[i];
    return kept;
}

bool holidays_cover(const struct holiday_list *list, const char *country, calendar_date *ret_from,
                    calendar_date *ret_to)
{
    calendar_date first = INT32_MAX;
    calendar_date last = INT32_MIN;

    for (size_t i = 0; i < list->count; i++) {
        calendar_date date = list->holidays[i].date;

        if (strcmp(list->holidays[i].country, country) != 0)
            continue;
        first = date < first ? date : first;
        last = date > last ? date : last;
    }
    if (first > last)
        return false;
    *ret_from = first_of_year(first);
    *ret_to = last_of_year(last);
    return true;
}

bool holidays_make_business_day(const struct holiday_list *list, const struct country_days *country,
                                calendar_date date)
{
    if (country->weekend & 1 << date_weekday(date))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (list->holidays[i].date == date &&
            strcmp(list->holidays[i].country, country->country) == 0)
            return false;
    return true;
}

/* What a calendar is made of, and the room it is made in. */
struct joining {
    const struct holiday_list *list;
    const struct country_days *countries;
    size_t country_count;
    const struct day_override *overrides;
    size_t override_count;
    calendar_date *holidays;
    calendar_date *worked;
    struct half_day *half_days;
};

static const struct country_days *joined_country(const struct joining *joining, const char *country)
{
    for (size_t i = 0; i < joining->country_count; i++)
        if (strcmp(joining->countries[i].country, country) == 0)
            return &joining->countries[i];
    return NULL;
}

static bool is_worked_through(const struct joining *joining, const char *country,
                              calendar_date date)
{
    for (size_t i = 0; i < joining->override_count; i++) {
        const struct day_override *override = &joining->overrides[i];

        if (override->date == date && override->kind == DAY_BUSINESS &&
            strcmp(override->country, country) == 0)
            return true;
    }
    return false;
}

/* Appends the holidays of one country, late ones too. */
static size_t add_holidays(const struct joining *joining, const char *country, calendar_date *dates)
{
    size_t count = 0;

    for (size_t i = 0; i < joining->list->count; i++) {
        const struct holiday *holiday = &joining->list->holidays[i];

        if (strcmp(holiday->country, country) == 0 &&
            !is_worked_through(joining, country, holiday->date))
            dates[count++] = holiday->date;
    }
    for (size_t i = 0; i < joining->override_count; i++)
        if (joining->overrides[i].kind == DAY_HOLIDAY &&
            strcmp(joining->overrides[i].country, country) == 0)
            dates[count++] = joining->overrides[i].date;
    return count;
}

/* True where each country works on this day of the joined weekend: it is none of its own, or it
 * says so. */
static bool all_work(const struct joining *joining, calendar_date date)
{
    for (size_t i = 0; i < joining->country_count; i++) {
        const struct country_days *country = &joining->countries[i];

        if (country->weekend & 1 << date_weekday(date) &&
            !is_worked_through(joining, country->country, date))
            return false;
    }
    return true;
}

static bool has_date(const calendar_date *dates, size_t count, calendar_date date)
{
    return count > 0 && bsearch(&date, dates, count, sizeof date, compare_dates) != NULL;
}

static void join_worked(const struct joining *joining, struct calendar *calendar)
{
    size_t count = 0;

    for (size_t i = 0; i < joining->override_count; i++) {
        calendar_date date = joining->overrides[i].date;

        if (joining->overrides[i].kind == DAY_BUSINESS && calendar_covers(calendar, date) &&
            calendar->weekend & 1 << date_weekday(date) && all_work(joining, date) &&
            !has_date(calendar->holidays, calendar->holiday_count, date))
            joining->worked[count++] = date;
    }
    calendar->worked = joining->worked;
    calendar->worked_count = sort_unique(joining->worked, count);
}

static int compare_half_days(const void *left, const void *right)
{
    const struct half_day *a = left;
    const struct half_day *b = right;

    return a->date != b->date ? compare_dates(&a->date, &b->date)
                              : (a->until_us > b->until_us) - (a->until_us < b->until_us);
}

/* Half days of all countries; where two share a date the one that ends first. */
static void join_half_days(const struct joining *joining, struct calendar *calendar)
{
    size_t count = 0;
    size_t kept = 0;

    for (size_t i = 0; i < joining->override_count; i++) {
        const struct day_override *override = &joining->overrides[i];

        if (override->kind == DAY_HALF && joined_country(joining, override->country) != NULL &&
            calendar_covers(calendar, override->date) &&
            calendar_is_business_day(calendar, override->date)) /* (3) */
            joining->half_days[count++] = (struct half_day){override->date, override->until_us};
    }
    if (count > 0)
        qsort(joining->half_days, count, sizeof *joining->half_days, compare_half_days);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || joining->half_days[kept - 1].date != joining->half_days[i].date)
            joining->half_days[kept++] = joining->half_days[i];
    calendar->half_days = joining->half_days;
    calendar->half_day_count = kept;
}

static enum status refuse_country(struct error *error, const char *country)
{
    (void)error_configuration(error, "could not build a calendar");
    (void)text_copy(text_of(country), error->subject, sizeof error->subject);
    return error_detail(error, "country %s has no holidays", country);
}

static enum status refuse_weekends(struct error *error)
{
    (void)error_configuration(error, "could not build a calendar");
    return error_detail(error, "together the weekends of its countries are the whole week");
}

/* Weekends, holidays, and the years all of them cover (2). */
static enum status join_countries(const struct joining *joining, struct error *error,
                                  struct calendar *calendar)
{
    size_t count = 0;

    for (size_t i = 0; i < joining->country_count; i++) {
        const struct country_days *country = &joining->countries[i];
        calendar_date from;
        calendar_date to;

        if (!holidays_cover(joining->list, country->country, &from, &to))
            return refuse_country(error, country->country);
        calendar->covered_from = from > calendar->covered_from ? from : calendar->covered_from;
        calendar->covered_to = to < calendar->covered_to ? to : calendar->covered_to;
        calendar->weekend |= country->weekend;
        count += add_holidays(joining, country->country, joining->holidays + count);
    }
    calendar->holidays = joining->holidays;
    calendar->holiday_count = sort_unique(joining->holidays, count);
    return calendar->weekend == WEEKEND_WHOLE_WEEK ? refuse_weekends(error) : OK;
}

enum status calendar_build(const struct holiday_list *list, const struct country_days *countries,
                           size_t country_count, const struct day_override *overrides,
                           size_t override_count, struct arena *arena, struct error *error,
                           struct calendar *ret_calendar)
{
    struct calendar calendar = {.covered_from = INT32_MIN, .covered_to = INT32_MAX};
    struct joining joining = {list,           countries, country_count, overrides,
                              override_count, NULL,      NULL,          NULL};
    size_t days = (list->count + override_count) * country_count + 1;
    enum status status;

    assert(country_count > 0);
    joining.holidays = arena_alloc(arena, days * sizeof *joining.holidays);
    joining.worked = arena_alloc(arena, (override_count + 1) * sizeof *joining.worked);
    joining.half_days = arena_alloc(arena, (override_count + 1) * sizeof *joining.half_days);
    if (joining.holidays == NULL || joining.worked == NULL || joining.half_days == NULL)
        return error_configuration(error, "the calendars need more memory than their ceiling");
    status = join_countries(&joining, error, &calendar);
    if (status != OK)
        return status;
    join_worked(&joining, &calendar);
    join_half_days(&joining, &calendar);
    assert_calendar_state(&calendar);
    *ret_calendar = calendar;
    return OK;
}

/* ---- asking ---- */

bool calendar_covers(const struct calendar *calendar, calendar_date date)
{
    return date >= calendar->covered_from && date <= calendar->covered_to;
}

bool calendar_is_business_day(const struct calendar *calendar, calendar_date date)
{
    assert(calendar_covers(calendar, date));
    if (calendar->weekend & 1 << date_weekday(date))
        return has_date(calendar->worked, calendar->worked_count, date);
    return !has_date(calendar->holidays, calendar->holiday_count, date);
}

int64_t calendar_half_day_ends(const struct calendar *calendar, calendar_date date)
{
    for (size_t i = 0; i < calendar->half_day_count; i++)
        if (calendar->half_days[i].date == date)
            return calendar->half_days[i].until_us;
    return HALF_DAY_NONE;
}

static bool search_business_day(const struct calendar *calendar, calendar_date date, int step,
                                calendar_date *ret_date)
{
    for (int i = 0; i < CALENDAR_SEARCH_MAX && calendar_covers(calendar, date); i++, date += step)
        if (calendar_is_business_day(calendar, date)) {
            *ret_date = date;
            return true;
        }
    return false;
}

bool calendar_next_business_day(const struct calendar *calendar, calendar_date date,
                                calendar_date *ret_date)
{
    return search_business_day(calendar, date, 1, ret_date);
}

bool calendar_previous_business_day(const struct calendar *calendar, calendar_date date,
                                    calendar_date *ret_date)
{
    return search_business_day(calendar, date - 1, -1, ret_date);
}
