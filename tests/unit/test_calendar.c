/*
 * test_calendar.c - weekends of several countries, days announced late, half days, and the day the
 * money of a window moves.
 *
 * 2026-03-01 is a Sunday. EG rests on Friday and Saturday, KE on Saturday and Sunday, TS (a
 * settlement system) on Sunday alone.
 */
#include "base/clock.h"
#include "base/zone_file.h"
#include "domain/schedule.h"
#include "domain/value_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MARCH(day) date_of(2026, 3, day)
#define HOUR_US (3600 * US_PER_SECOND)

static const struct country_days egypt = {"EG", 1 << FRIDAY | 1 << SATURDAY};
static const struct country_days kenya = {"KE", WEEKEND_SATURDAY_SUNDAY};
static const struct country_days system_days = {"TS", 1 << SUNDAY};

static struct arena arena;

static int64_t noon(calendar_date date)
{
    return date * US_PER_DAY + 12 * HOUR_US;
}

static struct calendar join(const struct country_days *countries, size_t count,
                            const struct day_override *overrides, size_t override_count)
{
    struct holiday_list list;
    struct calendar calendar;
    struct error error;

    arena_done(&arena);
    arena_init(&arena, 256 * 1024, 1024 * 1024);
    assert_int_equal(holidays_parse(TEXT("EG,2026-03-11,a\nKE,2026-03-11,b\nKE,2026-03-18,c\n"
                                         "TS,2026-03-31,d\n"),
                                    "h.csv", &arena, &error, &list),
                     OK);
    assert_int_equal(calendar_build(&list, countries, count, overrides, override_count, &arena,
                                    &error, &calendar),
                     OK);
    return calendar;
}

/* Sunday to Saturday from date on: x rests. */
static void expect_week(const struct calendar *calendar, calendar_date date, const char *expected)
{
    char found[8] = "";

    for (int i = 0; i < 7; i++)
        found[i] = calendar_is_business_day(calendar, date + i) ? '.' : 'x';
    assert_string_equal(found, expected);
}

static void each_country_has_its_weekend(void **state)
{
    const struct country_days both[] = {egypt, kenya};
    struct calendar calendar;

    (void)state;
    calendar = join(&egypt, 1, NULL, 0);
    expect_week(&calendar, MARCH(1), ".....xx");
    calendar = join(&kenya, 1, NULL, 0);
    expect_week(&calendar, MARCH(1), "x.....x");
    calendar = join(&system_days, 1, NULL, 0);
    expect_week(&calendar, MARCH(1), "x......");
    calendar = join(both, 2, NULL, 0);
    expect_week(&calendar, MARCH(1), "x....xx");
    expect_week(&calendar, MARCH(8), "x..x.xx");
    arena_done(&arena);
}

static void weekends_that_leave_no_day_are_refused(void **state)
{
    const struct country_days both[] = {{"EG", 0x0f}, {"KE", 0x70}};
    struct holiday_list list;
    struct calendar calendar;
    struct error error;

    (void)state;
    arena_init(&arena, 256 * 1024, 1024 * 1024);
    assert_int_equal(holidays_parse(TEXT("EG,2026-03-11,a\nKE,2026-03-11,b\n"), "h.csv", &arena,
                                    &error, &list),
                     OK);
    assert_int_equal(calendar_build(&list, both, 2, NULL, 0, &arena, &error, &calendar), FATAL);
    assert_string_equal(error.detail, "together the weekends of its countries are the whole week");
    arena_done(&arena);
}

/* A day is worked through where every country that rests on it says so. */
static void overrides_change_their_own_country(void **state)
{
    const struct country_days both[] = {egypt, kenya};
    const struct day_override overrides[] = {
        {"KE", MARCH(17), DAY_HOLIDAY, 0},  {"KE", MARCH(18), DAY_BUSINESS, 0},
        {"KE", MARCH(11), DAY_BUSINESS, 0}, /* EG still rests */
        {"KE", MARCH(15), DAY_BUSINESS, 0}, /* a Sunday, EG works anyway */
        {"KE", MARCH(21), DAY_BUSINESS, 0}, /* a Saturday: EG rests  */
        {"EG", MARCH(28), DAY_BUSINESS, 0}, {"KE", MARCH(28), DAY_BUSINESS, 0},
        {"NG", MARCH(4), DAY_HOLIDAY, 0}, /* not of this calendar */
    };
    struct calendar calendar = join(both, 2, overrides, COUNT_OF(overrides));

    (void)state;
    expect_week(&calendar, MARCH(1), "x....xx");
    expect_week(&calendar, MARCH(8), "x..x.xx");
    expect_week(&calendar, MARCH(15), "..x..xx");
    expect_week(&calendar, MARCH(22), "x....x.");
    assert_int_equal(calendar.worked_count, 2);
    arena_done(&arena);
}

static void a_half_day_ends_with_the_country_that_ends_first(void **state)
{
    const struct country_days both[] = {egypt, kenya};
    const struct day_override overrides[] = {
        {"KE", MARCH(3), DAY_HALF, noon(MARCH(3))},
        {"EG", MARCH(3), DAY_HALF, noon(MARCH(3)) - HOUR_US},
        {"EG", MARCH(18), DAY_HALF, noon(MARCH(18))}, /* a holiday in KE */
        {"KE", MARCH(2), DAY_HALF, noon(MARCH(2))},
    };
    struct calendar calendar = join(both, 2, overrides, COUNT_OF(overrides));

    (void)state;
    assert_int_equal(calendar.half_day_count, 2);
    assert_int_equal(calendar_half_day_ends(&calendar, MARCH(2)), noon(MARCH(2)));
    assert_int_equal(calendar_half_day_ends(&calendar, MARCH(3)), noon(MARCH(3)) - HOUR_US);
    assert_int_equal(calendar_half_day_ends(&calendar, MARCH(18)), HALF_DAY_NONE);
    assert_int_equal(calendar_half_day_ends(&calendar, MARCH(4)), HALF_DAY_NONE);
    arena_done(&arena);
}

/* ---- windows on half days ---- */

static struct zone utc_zone = {.type_count = 1};

static struct window window_at(const struct schedule *schedule, int64_t instant_us)
{
    struct window window;

    assert_true(schedule_window_at(schedule, instant_us, &window));
    return window;
}

/* Tuesday 3 ends at noon, its end included; Wednesday 4 ends before its first cut-off. */
static void what_a_half_day_does_not_close_is_the_next_days_first(void **state)
{
    static const int32_t cut_offs[] = {600, 720, 960};
    const struct day_override overrides[] = {
        {"KE", MARCH(3), DAY_HALF, noon(MARCH(3))},
        {"KE", MARCH(4), DAY_HALF, noon(MARCH(4)) - 3 * HOUR_US},
    };
    struct calendar calendar = join(&kenya, 1, overrides, 2);
    struct schedule schedule = {7, &utc_zone, &calendar, cut_offs, 3};
    struct window window = window_at(&schedule, noon(MARCH(3)) - 1);

    (void)state;
    assert_int_equal(window.window_id, window_id_make(7, MARCH(3), 2));
    for (int64_t at = noon(MARCH(3)); at < noon(MARCH(5)) - 2 * HOUR_US; at += HOUR_US / 2) {
        struct window next = window_at(&schedule, at);

        assert_int_equal(next.window_id, window_id_make(7, MARCH(5), 1));
        assert_int_equal(next.opens_at_us, noon(MARCH(3)));
        assert_int_equal(next.cut_off_us, noon(MARCH(5)) - 2 * HOUR_US);
    }
    assert_true(schedule_window_after(&schedule, &window, &window));
    assert_int_equal(window.window_id, window_id_make(7, MARCH(5), 1));
    arena_done(&arena);
}

/* ---- one version after the other ---- */

static void a_new_version_begins_where_the_old_one_ends(void **state)
{
    struct window windows[] = {
        {.window_id = 4, .opens_at_us = 100, .cut_off_us = 200},  /* was opened before: stays */
        {.window_id = 5, .opens_at_us = 200, .cut_off_us = 310},  /* behind, by an id before  */
        {.window_id = 9, .opens_at_us = 310, .cut_off_us = 290},  /* across the last one      */
        {.window_id = 10, .opens_at_us = 320, .cut_off_us = 400}, /* the first behind it      */
        {.window_id = 11, .opens_at_us = 400, .cut_off_us = 500},
    };

    (void)state;
    assert_int_equal(schedule_windows_behind(windows, COUNT_OF(windows), 6, 300), 3);
    assert_int_equal(windows[0].window_id, 4);
    assert_int_equal(windows[0].opens_at_us, 100);
    assert_int_equal(windows[1].window_id, 10);
    assert_int_equal(windows[1].opens_at_us, 300);
    assert_int_equal(windows[2].window_id, 11);
    assert_int_equal(windows[2].opens_at_us, 400);
}

/* ---- the day the money moves ---- */

static void expect_value_date(const struct value_rule *rule, calendar_date business_date,
                              calendar_date expected)
{
    calendar_date found = DATE_NONE;

    assert_true(value_date_of(rule, business_date, &found));
    assert_int_equal(found, expected);
}

static void without_a_lag_it_is_the_business_date(void **state)
{
    struct calendar calendar = join(&kenya, 1, NULL, 0);

    (void)state;
    for (int roll = ROLL_FOLLOWING; roll <= ROLL_PRECEDING; roll++) {
        struct value_rule rule = {0, (enum roll_convention)roll, &calendar, &calendar};

        for (calendar_date date = date_of(2026, 1, 1); date <= date_of(2026, 12, 31); date++)
            if (calendar_is_business_day(&calendar, date))
                expect_value_date(&rule, date, date);
    }
    arena_done(&arena);
}

static void the_lag_counts_days_of_the_settlement_system(void **state)
{
    const struct day_override overrides[] = {{"TS", MARCH(6), DAY_HOLIDAY, 0},
                                             {"KE", MARCH(10), DAY_HOLIDAY, 0}};
    struct arena first = {0};
    struct calendar counted = join(&system_days, 1, overrides, 2);
    struct calendar joined;
    struct value_rule rule = {2, ROLL_FOLLOWING, &counted, &joined};

    (void)state;
    first = arena;
    arena = (struct arena){0};
    joined = join(&kenya, 1, overrides, 2);
    /* Thursday 5: Saturday 7 (TS works) and Monday 9; Friday 6 is no day of TS. */
    expect_value_date(&rule, MARCH(5), MARCH(9));
    /* Saturday counts for TS, but nobody can pay then. */
    rule.lag = 1;
    expect_value_date(&rule, MARCH(5), MARCH(9));
    /* Monday 9 and one day: Tuesday 10, a holiday of KE, goes to Wednesday 11, one too, and
     * so to Thursday 12. */
    expect_value_date(&rule, MARCH(9), MARCH(12));
    rule.roll = ROLL_PRECEDING;
    expect_value_date(&rule, MARCH(9), MARCH(9));
    arena_done(&first);
    arena_done(&arena);
}

/* 2026-03-31, a Tuesday, is a holiday of TS: the next day is another month. */
static void conventions_roll_their_way(void **state)
{
    const struct country_days both[] = {kenya, system_days};
    const struct day_override overrides[] = {{"KE", MARCH(30), DAY_HOLIDAY, 0}};
    struct calendar calendar = join(both, 2, overrides, 1);
    struct value_rule rule = {0, ROLL_FOLLOWING, &calendar, &calendar};
    calendar_date date;

    (void)state;
    assert_true(value_date_roll(&rule, MARCH(31), &date));
    assert_int_equal(date, date_of(2026, 4, 1));
    rule.roll = ROLL_MODIFIED_FOLLOWING;
    assert_true(value_date_roll(&rule, MARCH(31), &date));
    assert_int_equal(date, MARCH(27));
    assert_true(value_date_roll(&rule, MARCH(14), &date));
    assert_int_equal(date, MARCH(16));
    rule.roll = ROLL_PRECEDING;
    assert_true(value_date_roll(&rule, MARCH(14), &date));
    assert_int_equal(date, MARCH(13));
    /* (1) never before the business date: forward where back would be. */
    expect_value_date(&rule, MARCH(31), date_of(2026, 4, 1));
    rule.roll = ROLL_MODIFIED_FOLLOWING;
    expect_value_date(&rule, MARCH(31), date_of(2026, 4, 1));
    arena_done(&arena);
}

static void beyond_the_calendar_nothing_is_said(void **state)
{
    struct calendar calendar = join(&kenya, 1, NULL, 0);
    struct value_rule rule = {2, ROLL_FOLLOWING, &calendar, &calendar};
    calendar_date date = 7;

    (void)state;
    assert_true(value_date_of(&rule, date_of(2026, 12, 29), &date));
    assert_int_equal(date, date_of(2026, 12, 31));
    date = 7;
    assert_false(value_date_of(&rule, date_of(2026, 12, 30), &date));
    assert_int_equal(date, 7);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_country_has_its_weekend),
        cmocka_unit_test(weekends_that_leave_no_day_are_refused),
        cmocka_unit_test(overrides_change_their_own_country),
        cmocka_unit_test(a_half_day_ends_with_the_country_that_ends_first),
        cmocka_unit_test(what_a_half_day_does_not_close_is_the_next_days_first),
        cmocka_unit_test(a_new_version_begins_where_the_old_one_ends),
        cmocka_unit_test(without_a_lag_it_is_the_business_date),
        cmocka_unit_test(the_lag_counts_days_of_the_settlement_system),
        cmocka_unit_test(conventions_roll_their_way),
        cmocka_unit_test(beyond_the_calendar_nothing_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
