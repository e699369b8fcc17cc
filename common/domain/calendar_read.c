/*
 * calendar_read.c - weekends, days announced late, and what a corridor version makes of them, from
 * a corridor book: see calendar.h and corridor.h.
 *
 * A version of a corridor never changes, so it knows what was known when it took effect: weekends
 * that hold by then, overrides that were announced by then. What is announced later wants a new
 * version of every corridor it concerns; a book where one is missing is refused (5), because the
 * day would silently be what it was.
 */
#include "domain/corridor_work.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const weekday_names[] = {"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                            "FRIDAY", "SATURDAY", "SUNDAY"};
static const char *const kind_names[] =
    {[DAY_HOLIDAY] = "HOLIDAY", [DAY_BUSINESS] = "BUSINESS", [DAY_HALF] = "HALF"};

const char *day_kind_name(enum day_kind kind)
{
    assert((size_t)kind < COUNT_OF(kind_names));
    return kind_names[kind];
}

/* ---- countries ---- */

static bool has_holidays(const struct book_reader *reader, const char *country)
{
    for (size_t i = 0; i < reader->holidays.count; i++)
        if (strcmp(reader->holidays.holidays[i].country, country) == 0)
            return true;
    return false;
}

static void refuse_country(struct book_reader *reader, int line, const char *key, struct text name)
{
    const char *valid[512];
    size_t count = 0;

    for (size_t i = 0; i < reader->holidays.count && count < COUNT_OF(valid); i++) {
        const char *country = reader->holidays.holidays[i].country;

        if (count == 0 || strcmp(valid[count - 1], country) != 0)
            valid[count++] = country;
    }
    config_refuse_name(&reader->take, line, key, name, "a country with holidays", valid, count);
}

static void take_country(struct book_reader *reader, const struct config_node *map,
                         char country[COUNTRY_SIZE])
{
    struct text name = config_take_text(&reader->take, map, "country", 64);

    if (!reader->take.failed &&
        (!text_copy(name, country, COUNTRY_SIZE) || !has_holidays(reader, country)))
        refuse_country(reader, config_tree_child(map, "country")->line, "country", name);
}

/* ---- weekends ---- */

static uint8_t take_weekdays(struct book_reader *reader, const struct config_node *map)
{
    const struct config_node *list = config_take_node(&reader->take, map, "days", CONFIG_LIST);
    uint8_t weekend = 0;

    if (list == NULL)
        return 0;
    for (const struct config_node *node = list->first; node != NULL && !reader->take.failed;
         node = node->next) {
        size_t day = 0;

        while (day < COUNT_OF(weekday_names) && !text_is(text_of(node->value), weekday_names[day]))
            day++;
        if (day == COUNT_OF(weekday_names))
            config_refuse_name(&reader->take, node->line, "days", text_of(node->value),
                               "a day of the week", weekday_names, COUNT_OF(weekday_names));
        else
            weekend |= (uint8_t)(1 << day);
    }
    if (!reader->take.failed && weekend == WEEKEND_WHOLE_WEEK)
        config_refuse(&reader->take, list->line, "days", "no day is left to work on", NULL);
    return weekend;
}

static void read_weekend(struct book_reader *reader, const struct config_node *map)
{
    static const char *const keys[] = {"country", "days", "effective_from"};
    struct book_weekend weekend = {.effective_from = DATE_NONE, .line = map->line};

    config_take_keys(&reader->take, map, keys, COUNT_OF(keys));
    take_country(reader, map, weekend.days.country);
    weekend.days.weekend = take_weekdays(reader, map);
    if (config_take_has(&reader->take, map, "effective_from"))
        weekend.effective_from = book_date(reader, map, "effective_from");
    for (size_t i = 0; i < reader->weekend_count; i++)
        if (strcmp(reader->weekends[i].days.country, weekend.days.country) == 0 &&
            reader->weekends[i].effective_from == weekend.effective_from)
            config_refuse(&reader->take, map->line, "weekends",
                          "this country has one from that day on already", NULL);
    reader->weekends[reader->weekend_count++] = weekend;
}

/* A country as somebody knows it on that day: Saturday and Sunday where the book says nothing. */
static struct country_days country_on(const struct book_reader *reader, const char *country,
                                      calendar_date known_on)
{
    struct country_days days = {.weekend = WEEKEND_SATURDAY_SUNDAY};
    calendar_date newest = DATE_NONE;

    (void)text_copy(text_of(country), days.country, COUNTRY_SIZE);
    for (size_t i = 0; i < reader->weekend_count; i++) {
        const struct book_weekend *weekend = &reader->weekends[i];

        if (strcmp(weekend->days.country, country) != 0 || weekend->effective_from > known_on ||
            weekend->effective_from < newest)
            continue;
        newest = weekend->effective_from;
        days.weekend = weekend->days.weekend;
    }
    return days;
}

/* ---- overrides ---- */

static void take_half_day(struct book_reader *reader, const struct config_node *map,
                          struct book_override *override)
{
    const struct zone *zone;
    int32_t minutes = 0;

    override->until = config_take_text(&reader->take, map, "until", 8);
    if (!reader->take.failed && !book_minutes(override->until, &minutes))
        config_refuse_value(&reader->take, config_tree_child(map, "until"),
                            "is not a time of the day", "write \"12:00\", in quotes");
    zone = book_zone(reader, map, "time_zone", &override->time_zone);
    if (!reader->take.failed)
        override->day.until_us = zone_instant_of_local(zone, override->day.date, minutes);
}

static void take_reason(struct book_reader *reader, const struct config_node *map,
                        struct book_override *override)
{
    bool is_line = true;

    override->reason = config_take_text(&reader->take, map, "reason", 200);
    for (size_t i = 0; i < override->reason.size; i++)
        is_line = is_line && (unsigned char) override->reason.data[i] >= ' ';
    if (!reader->take.failed && !is_line)
        config_refuse(&reader->take, map->line, "reason", "not one line of text", NULL);
}

/* The override changes what its country's day is, within the years the country covers. */
static void check_day(struct book_reader *reader, const struct config_node *map,
                      const struct book_override *override)
{
    const struct day_override *day = &override->day;
    const struct config_node *date = config_tree_child(map, "date");
    struct country_days country = country_on(reader, day->country, day->date);
    calendar_date from = DATE_NONE;
    calendar_date to = DATE_NONE;
    bool is_business;

    if (!holidays_cover(&reader->holidays, day->country, &from, &to) || day->date < from ||
        day->date > to) {
        config_refuse_value(&reader->take, date, "is outside the years of this country's holidays",
                            "the holiday file needs rows for that year");
        return;
    }
    is_business = holidays_make_business_day(&reader->holidays, &country, day->date);
    if (day->kind == DAY_BUSINESS && is_business)
        config_refuse_value(&reader->take, date, "is a business day of this country anyway",
                            "BUSINESS is for a holiday, or a weekend day, that is worked through");
    else if (day->kind == DAY_HOLIDAY && !is_business)
        config_refuse_value(&reader->take, date, "is no business day of this country anyway", NULL);
    else if (day->kind == DAY_HALF && !is_business)
        config_refuse_value(&reader->take, date, "is no business day of this country",
                            "only a business day can end early");
}

static void check_double(struct book_reader *reader, const struct config_node *map,
                         const struct book_override *override)
{
    char problem[96];

    for (size_t i = 0; i < reader->override_count; i++) {
        const struct book_override *other = &reader->overrides[i];

        if (other->day.date != override->day.date ||
            strcmp(other->day.country, override->day.country) != 0)
            continue;
        snprintf(problem, sizeof problem, "this country has one for that day already, in line %d",
                 other->line);
        config_refuse(&reader->take, map->line, "overrides", problem, NULL);
    }
}

static void read_override(struct book_reader *reader, const struct config_node *map)
{
    static const char *const keys[] = {"country", "date",  "announced", "day",
                                       "reason",  "until", "time_zone"};
    struct book_override override = {.line = map->line};

    config_take_keys(&reader->take, map, keys, COUNT_OF(keys));
    take_country(reader, map, override.day.country);
    override.day.date = book_date(reader, map, "date");
    override.announced = book_date(reader, map, "announced");
    override.day.kind = (enum day_kind)config_take_choice(&reader->take, map, "day", kind_names,
                                                          COUNT_OF(kind_names));
    take_reason(reader, map, &override);
    if (override.day.kind == DAY_HALF)
        take_half_day(reader, map, &override);
    else if (config_take_has(&reader->take, map, "until") ||
             config_take_has(&reader->take, map, "time_zone"))
        config_refuse(&reader->take, map->line, "until", "only a half day has an end", NULL);
    if (!reader->take.failed && override.announced > override.day.date)
        config_refuse_value(&reader->take, config_tree_child(map, "announced"),
                            "is after the day itself", "what has passed is not changed any more");
    if (!reader->take.failed)
        check_day(reader, map, &override);
    if (!reader->take.failed)
        check_double(reader, map, &override);
    reader->overrides[reader->override_count++] = override;
}

/* The list of an optional key; NULL: none, or it failed. */
static const struct config_node *optional_list(struct book_reader *reader,
                                               const struct config_node *map, const char *key)
{
    return config_take_has(&reader->take, map, key)
               ? config_take_node(&reader->take, map, key, CONFIG_LIST)
               : NULL;
}

static void read_weekends(struct book_reader *reader, const struct config_node *root)
{
    const struct config_node *list = optional_list(reader, root, "weekends");

    if (list == NULL)
        return;
    reader->weekends = book_memory(reader, list->count, sizeof *reader->weekends);
    for (const struct config_node *node = list->first; node != NULL && !reader->take.failed;
         node = node->next)
        read_weekend(reader, node);
}

static void read_overrides(struct book_reader *reader, const struct config_node *root)
{
    const struct config_node *list = optional_list(reader, root, "overrides");

    if (list == NULL)
        return;
    if (list->count > OVERRIDES_MAX)
        config_refuse(&reader->take, list->line, "overrides", "more than 2000", NULL);
    reader->overrides = book_memory(reader, list->count, sizeof *reader->overrides);
    for (const struct config_node *node = list->first; node != NULL && !reader->take.failed;
         node = node->next)
        read_override(reader, node);
}

void book_days_read(struct book_reader *reader, const struct config_node *root)
{
    read_weekends(reader, root);
    read_overrides(reader, root);
}

/* ---- of a corridor version ---- */

/* Appends the countries under key, as they are known when the version takes effect. */
static size_t take_countries(struct book_reader *reader, const struct config_node *map,
                             const char *key, const struct corridor *corridor,
                             struct country_days *countries)
{
    const struct config_node *list = config_take_node(&reader->take, map, key, CONFIG_LIST);
    char name[COUNTRY_SIZE];
    size_t count = 0;

    if (list == NULL)
        return 0;
    if (list->count == 0 || list->count > CORRIDOR_CALENDARS_MAX)
        config_refuse(&reader->take, list->line, key, "needs 1 to 8 countries", NULL);
    for (const struct config_node *node = list->first; node != NULL && !reader->take.failed;
         node = node->next) {
        if (!text_copy(text_of(node->value), name, sizeof name) || !has_holidays(reader, name))
            refuse_country(reader, node->line, key, text_of(node->value));
        else
            countries[count++] = country_on(reader, name, corridor->effective_from);
    }
    return count;
}

static bool corridor_joins(const struct corridor *corridor, const char *country)
{
    for (size_t i = 0; i < corridor->country_count; i++)
        if (strcmp(corridor->countries[i].country, country) == 0)
            return true;
    return false;
}

/* What was announced by the day the version takes effect, of its countries. */
static void choose_overrides(struct book_reader *reader, struct corridor *corridor)
{
    const struct book_override **chosen =
        book_memory(reader, reader->override_count, sizeof(struct book_override *));
    size_t count = 0;

    for (size_t i = 0; chosen != NULL && i < reader->override_count; i++)
        if (reader->overrides[i].announced <= corridor->effective_from &&
            corridor_joins(corridor, reader->overrides[i].day.country))
            chosen[count++] = &reader->overrides[i];
    corridor->overrides = chosen;
    corridor->override_count = count;
}

static void build(struct book_reader *reader, const struct config_node *map, const char *key,
                  const struct corridor *corridor, const struct country_days *countries,
                  size_t count, struct calendar *ret_calendar)
{
    struct day_override *days = book_memory(reader, corridor->override_count, sizeof *days);
    struct error why;

    if (reader->take.failed)
        return;
    for (size_t i = 0; i < corridor->override_count; i++)
        days[i] = corridor->overrides[i]->day;
    if (calendar_build(&reader->holidays, countries, count, days, corridor->override_count,
                       reader->arena, &why, ret_calendar) != OK)
        config_refuse(&reader->take, config_tree_child(map, key)->line, key,
                      why.detail[0] == '\0' ? why.primary : why.detail, NULL);
}

static void read_value_rule(struct book_reader *reader, const struct config_node *map,
                            struct corridor *corridor)
{
    const char *names[] = {roll_convention_name(ROLL_FOLLOWING),
                           roll_convention_name(ROLL_MODIFIED_FOLLOWING),
                           roll_convention_name(ROLL_PRECEDING)};

    if (config_take_has(&reader->take, map, "settlement_lag"))
        corridor->settlement_lag =
            (int32_t)config_take_int(&reader->take, map, "settlement_lag", 0, SETTLEMENT_LAG_MAX);
    if (config_take_has(&reader->take, map, "roll_convention"))
        corridor->roll =
            (enum roll_convention)config_take_choice(&reader->take, map, "roll_convention", names,
                                                     COUNT_OF(names));
}

void book_calendars_read(struct book_reader *reader, const struct config_node *map,
                         struct corridor *corridor)
{
    struct country_days *countries =
        book_memory(reader, 2 * (size_t)CORRIDOR_CALENDARS_MAX, sizeof *countries);
    size_t joined;

    if (countries == NULL)
        return;
    joined = take_countries(reader, map, "calendars", corridor, countries);
    corridor->country_count = joined;
    if (config_take_has(&reader->take, map, "settlement_calendars"))
        corridor->country_count +=
            take_countries(reader, map, "settlement_calendars", corridor, countries + joined);
    corridor->countries = countries;
    read_value_rule(reader, map, corridor);
    choose_overrides(reader, corridor);
    build(reader, map, "calendars", corridor, countries, joined, &corridor->calendar);
    corridor->settlement_calendar = corridor->calendar;
    corridor->settles_elsewhere = corridor->country_count > joined;
    if (corridor->settles_elsewhere)
        build(reader, map, "settlement_calendars", corridor, countries + joined,
              corridor->country_count - joined, &corridor->settlement_calendar);
}

/* ---- what was announced reaches every corridor (5) ---- */

static bool is_in_force(const struct book_reader *reader, size_t index, calendar_date date)
{
    const struct corridor *corridor = &reader->corridors[index];
    const struct corridor *next = index + 1 < reader->corridor_count ? corridor + 1 : NULL;

    return corridor->effective_from <= date &&
           (next == NULL || !text_equal(next->code, corridor->code) || next->effective_from > date);
}

/* The version in force on date knows what was announced on known_from. */
static void check_reach(struct book_reader *reader, int line, const char *key, const char *country,
                        calendar_date known_from, calendar_date date)
{
    char from[DATE_TEXT_SIZE];
    char to[DATE_TEXT_SIZE];
    char problem[160];
    char hint[160];

    for (size_t i = 0; i < reader->corridor_count && !reader->take.failed; i++) {
        const struct corridor *corridor = &reader->corridors[i];

        if (!corridor_joins(corridor, country) || !is_in_force(reader, i, date) ||
            corridor->effective_from >= known_from)
            continue;
        date_format(known_from, from);
        date_format(date, to);
        snprintf(problem, sizeof problem,
                 "does not reach corridor %.*s: its version %d, in force on %s, is older",
                 TEXT_ARG(corridor->code), corridor->version, to);
        snprintf(hint, sizeof hint,
                 "write a new version of that corridor with effective_from from %s to %s", from,
                 to);
        config_refuse(&reader->take, line, key, problem, hint);
    }
}

void book_days_check(struct book_reader *reader)
{
    for (size_t i = 0; i < reader->weekend_count && !reader->take.failed; i++) {
        const struct book_weekend *weekend = &reader->weekends[i];

        check_reach(reader, weekend->line, "weekends", weekend->days.country,
                    weekend->effective_from, weekend->effective_from);
    }
    for (size_t i = 0; i < reader->override_count && !reader->take.failed; i++) {
        const struct book_override *override = &reader->overrides[i];

        check_reach(reader, override->line, "overrides", override->day.country, override->announced,
                    override->day.date);
    }
}
