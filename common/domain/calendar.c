/*
 * calendar.c - see calendar.h.
 */
#include "domain/calendar.h"

#include <stdlib.h>

void assert_calendar_state(const struct calendar *calendar)
{
    assert(calendar->weekend < 1 << 7);
    assert(calendar->weekend != (1 << 7) - 1);
    for (size_t i = 1; i < calendar->holiday_count; i++)
        assert(calendar->holidays[i - 1] < calendar->holidays[i]); /* (1) */
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

/* Appends the days of one country; narrows what the calendar covers (2). */
static size_t add_country(const struct holiday_list *list, const char *country,
                          struct calendar *calendar, calendar_date *dates)
{
    calendar_date first = INT32_MAX;
    calendar_date last = INT32_MIN;
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        calendar_date date = list->holidays[i].date;

        if (strcmp(list->holidays[i].country, country) != 0)
            continue;
        dates[count++] = date;
        first = date < first ? date : first;
        last = date > last ? date : last;
    }
    if (count == 0)
        return 0;
    if (first_of_year(first) > calendar->covered_from)
        calendar->covered_from = first_of_year(first);
    if (last_of_year(last) < calendar->covered_to)
        calendar->covered_to = last_of_year(last);
    return count;
}

static enum status refuse_country(struct error *error, const char *country)
{
    (void)error_configuration(error, "could not build a calendar");
    (void)text_copy(text_of(country), error->subject, sizeof error->subject);
    return error_detail(error, "country %s has no holidays", country);
}

enum status calendar_build(const struct holiday_list *list, const char (*countries)[COUNTRY_SIZE],
                           size_t country_count, uint8_t weekend, struct arena *arena,
                           struct error *error, struct calendar *ret_calendar)
{
    struct calendar calendar = {.weekend = weekend,
                                .covered_from = INT32_MIN,
                                .covered_to = INT32_MAX};
    calendar_date *dates = arena_alloc(arena, (list->count * country_count + 1) * sizeof *dates);
    size_t count = 0;

    assert(country_count > 0);
    if (dates == NULL)
        return error_configuration(error, "the calendars need more memory than their ceiling");
    for (size_t i = 0; i < country_count; i++) {
        size_t added = add_country(list, countries[i], &calendar, dates + count);

        if (added == 0)
            return refuse_country(error, countries[i]);
        count += added;
    }
    calendar.holidays = dates;
    calendar.holiday_count = sort_unique(dates, count);
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
        return false;
    return calendar->holiday_count == 0 ||
           bsearch(&date, calendar->holidays, calendar->holiday_count, sizeof date,
                   compare_dates) == NULL;
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
