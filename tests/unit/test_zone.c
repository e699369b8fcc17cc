/*
 * test_zone.c - dates, time zones from the system's database, and the rule for gaps and overlaps.
 *
 * Expected instants are facts: 2026-03-29 01:00 UTC is when Europe's clocks jump.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/zone_file.h"
#include "domain/date.h"
#include "domain/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static struct arena arena;

static struct text zone_bytes(const char *name)
{
    struct text bytes;
    struct error error;

    arena_done(&arena);
    arena_init(&arena, 64 * 1024, 1024 * 1024);
    assert_int_equal(zone_file_read(text_of(name), &arena, &error, &bytes), OK);
    return bytes;
}

static void load(const char *name, struct zone *zone)
{
    assert_true(zone_parse(zone_bytes(name), zone));
    arena_done(&arena);
}

/* "2026-03-29", minute of day -> microseconds, as UTC. */
static int64_t utc(const char *date_text, int minute)
{
    calendar_date date = DATE_NONE;

    assert_true(date_parse(text_of(date_text), &date));
    return (int64_t)date * US_PER_DAY + minute * 60 * US_PER_SECOND;
}

static int64_t local(const struct zone *zone, const char *date_text, int minute)
{
    calendar_date date = DATE_NONE;

    assert_true(date_parse(text_of(date_text), &date));
    return zone_instant_of_local(zone, date, minute);
}

static void dates_count_days(void **state)
{
    calendar_date before = date_of(1, 1, 1) - 1;
    int year;
    int month;
    int day;

    (void)state;
    assert_int_equal(date_of(1970, 1, 1), 0);
    assert_int_equal(date_of(2000, 1, 1), 10957);
    assert_int_equal(date_of(2000, 2, 29), 10957 + 59);
    assert_int_equal(date_weekday(date_of(2026, 3, 1)), SUNDAY);
    assert_int_equal(date_weekday(date_of(1969, 12, 31)), WEDNESDAY);
    for (year = 1; year <= 9999; year += year < 1890 || year > 2110 ? 97 : 1)
        for (month = 1; month <= 12; month++)
            for (day = 1; day <= date_days_in_month(year, month); day++) {
                calendar_date date = date_of(year, month, day);
                int again_year;
                int again_month;
                int again_day;

                assert_true(date > before);
                before = date;
                date_parts(date, &again_year, &again_month, &again_day);
                assert_int_equal(again_year, year);
                assert_int_equal(again_month, month);
                assert_int_equal(again_day, day);
            }
}

static void dates_are_read_strictly(void **state)
{
    static const char *const wrong[] = {"",           "2026-2-28",  "2026-02-29",  "2025-13-01",
                                        "2026-00-10", "20260228",   "2026-02-28 ", "2026/02/28",
                                        "0000-01-01", "2026-02-3x", "-026-02-28",  "2026-04-31"};
    calendar_date date = 7;
    char text[DATE_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(date_parse(text_of(wrong[i]), &date));
    assert_int_equal(date, 7);
    assert_true(date_parse(TEXT("2024-02-29"), &date));
    date_format(date, text);
    assert_string_equal(text, "2024-02-29");
}

static void fixed_zones_shift_only(void **state)
{
    struct zone nairobi;
    struct zone nowhere;

    (void)state;
    load("Africa/Nairobi", &nairobi);
    load("UTC", &nowhere);
    assert_int_equal(zone_offset_at(&nairobi, utc("2026-03-01", 0)), 3 * 3600);
    assert_int_equal(local(&nairobi, "2026-03-01", 16 * 60), utc("2026-03-01", 13 * 60));
    assert_int_equal(local(&nairobi, "2026-03-01", 24 * 60), utc("2026-03-01", 21 * 60));
    assert_int_equal(zone_date_at(&nairobi, utc("2026-03-01", 21 * 60)), date_of(2026, 3, 2));
    assert_int_equal(zone_date_at(&nairobi, utc("2026-03-01", 21 * 60) - 1), date_of(2026, 3, 1));
    assert_int_equal(local(&nowhere, "1969-12-31", 1439), -60 * US_PER_SECOND);
    assert_int_equal(zone_date_at(&nowhere, -1), -1);
}

/* Berlin jumps from 02:00 to 03:00 on 2026-03-29 and back from 03:00 to 02:00 on 2026-10-25;
 * 2050 is beyond the explicit transitions: the footer decides. */
static void gaps_and_overlaps_follow_the_rule(void **state)
{
    struct zone berlin;

    (void)state;
    load("Europe/Berlin", &berlin);
    assert_int_equal(local(&berlin, "2026-03-29", 119), utc("2026-03-29", 59));
    assert_int_equal(local(&berlin, "2026-03-29", 120), utc("2026-03-29", 60));
    assert_int_equal(local(&berlin, "2026-03-29", 150), utc("2026-03-29", 60));
    assert_int_equal(local(&berlin, "2026-03-29", 180), utc("2026-03-29", 60));
    assert_int_equal(local(&berlin, "2026-03-29", 181), utc("2026-03-29", 61));
    assert_int_equal(local(&berlin, "2026-10-25", 119), utc("2026-10-24", 1439));
    assert_int_equal(local(&berlin, "2026-10-25", 120), utc("2026-10-25", 0));
    assert_int_equal(local(&berlin, "2026-10-25", 150), utc("2026-10-25", 30));
    assert_int_equal(local(&berlin, "2026-10-25", 180), utc("2026-10-25", 120));
    assert_int_equal(local(&berlin, "2050-03-27", 150), utc("2050-03-27", 60));
    assert_int_equal(local(&berlin, "2050-10-30", 150), utc("2050-10-30", 30));
    assert_int_equal(zone_offset_at(&berlin, utc("2026-03-29", 60)), 7200);
    assert_int_equal(zone_offset_at(&berlin, utc("2026-03-29", 60) - 1), 3600);
}

/* Cairo's summer ends at midnight: 24:00 of 2026-10-29 happens twice; Casablanca goes back for
 * Ramadan; Apia left out a whole day in 2011; Sao Tome changed its standard time in 2018. */
static void unusual_zones_keep_the_order(void **state)
{
    static const char *const names[] = {"Africa/Cairo",        "Africa/Casablanca", "Pacific/Apia",
                                        "Africa/Sao_Tome",     "Europe/Dublin",     "America/Nuuk",
                                        "Australia/Lord_Howe", "Africa/El_Aaiun",   "Asia/Gaza",
                                        "America/Sao_Paulo"};
    struct zone zone;

    (void)state;
    load("Africa/Cairo", &zone);
    assert_int_equal(local(&zone, "2026-10-29", 1439), utc("2026-10-29", 1259));
    load("Pacific/Apia", &zone);
    assert_int_equal(local(&zone, "2011-12-30", 600), utc("2011-12-30", 600));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        int64_t before = INT64_MIN;

        load(names[i], &zone);
        for (calendar_date date = date_of(2011, 12, 1); date < date_of(2012, 2, 1); date++)
            for (int minute = 0; minute <= 1440; minute += 10) {
                int64_t instant = zone_instant_of_local(&zone, date, minute);

                assert_true(instant >= before);
                before = instant;
            }
        for (calendar_date date = date_of(2018, 1, 1); date < date_of(2045, 1, 1); date += 1)
            for (int minute = 0; minute <= 1440; minute += 60) {
                int64_t instant = zone_instant_of_local(&zone, date, minute);

                assert_true(instant >= before);
                before = instant;
            }
    }
}

/* THE RULE, by its own words, every minute around every change of two years. */
static void the_rule_is_the_first_instant_that_shows_it(void **state)
{
    static const char *const names[] = {"Europe/Berlin", "Africa/Casablanca", "America/Nuuk",
                                        "Australia/Lord_Howe", "Africa/Cairo"};
    struct zone zone;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        load(names[i], &zone);
        for (calendar_date date = date_of(2026, 1, 1); date < date_of(2028, 1, 1); date++) {
            int64_t noon = (int64_t)date * US_PER_DAY;
            int64_t wanted = (int64_t)date * 1440 - 90;
            int64_t instant = noon - US_PER_DAY;

            if (zone_offset_at(&zone, noon - US_PER_DAY) ==
                zone_offset_at(&zone, noon + US_PER_DAY))
                continue;
            for (int minute = 0; minute <= 1440; minute++) {
                wanted = (int64_t)date * 1440 + minute;
                while (instant / 60000000 + zone_offset_at(&zone, instant) / 60 < wanted)
                    instant += 60 * US_PER_SECOND;
                assert_int_equal(zone_instant_of_local(&zone, date, minute), instant);
            }
        }
    }
}

/* The C library reads the same files: a second opinion on 40 years of every hour. */
static void the_c_library_agrees(void **state)
{
    static const char *const names[] = {"Africa/Nairobi",      "Africa/Lagos",
                                        "Africa/Johannesburg", "Africa/Lusaka",
                                        "Africa/Abidjan",      "Africa/Accra",
                                        "Africa/Kampala",      "Africa/Cairo",
                                        "Europe/Berlin",       "Africa/Casablanca",
                                        "America/New_York",    "Africa/Windhoek",
                                        "Europe/Dublin",       "Australia/Sydney",
                                        "America/Nuuk"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct zone zone;

        load(names[i], &zone);
        setenv("TZ", names[i], 1);
        tzset();
        for (int64_t hour = -10 * 8766; hour < 100 * 8766; hour += 5) {
            time_t seconds = (time_t)(hour * 3600 - 1);
            struct tm parts;

            localtime_r(&seconds, &parts);
            if (zone_offset_at(&zone, (int64_t)seconds * US_PER_SECOND) != parts.tm_gmtoff)
                fail_msg("%s at %lld", names[i], (long long)seconds);
        }
    }
}

/* Summer from the third of January to the first: two changes in two days, which no zone has. */
static void a_clock_turned_forth_and_back_in_two_days_has_an_answer(void **state)
{
    struct zone zone = {.type_count = 1};
    calendar_date first = date_of(2026, 12, 30);

    (void)state;
    assert_true(zone_rule_parse(TEXT("CEET-2EES1,2,0/5"), &zone.rule));
    for (int day = 0; day < 7; day++)
        for (int minute = 0; minute < 24 * 60; minute++) {
            int64_t local = ((int64_t)(first + day) * 24 * 60 + minute) * 60;
            int64_t instant = zone_instant_of_local(&zone, first + day, minute) / US_PER_SECOND;

            assert_true(instant + zone_offset_at(&zone, instant * US_PER_SECOND) >= local);
            assert_true(instant - 1 + zone_offset_at(&zone, (instant - 1) * US_PER_SECOND) < local);
        }
}

static void rules_are_read_in_every_form(void **state)
{
    static const char *const right[] = {"UTC0",
                                        "EET-2EEST,M3.5.0/3,M10.5.0/4",
                                        "<+01>-1",
                                        "EST5EDT,M3.2.0,M11.1.0",
                                        "IST-1GMT0,M10.5.0,M3.5.0/1",
                                        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                                        "XXX3EDT4,0/0,J365/23",
                                        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                                        "EET-2EEST,M3.4.4/50,M10.4.4/50",
                                        "AAA-24:59:59"};
    static const char *const wrong[] = {"",
                                        "U0",
                                        "UTC",
                                        "UTC0x",
                                        "UTC25",
                                        "<+>0",
                                        "<+01-1",
                                        "EET-2EEST",
                                        "EET-2EEST,M3.5.0",
                                        "EET-2EEST,M13.5.0,M10.5.0",
                                        "EET-2EEST,M3.6.0,M10.5.0",
                                        "EET-2EEST,M3.5.7,M10.5.0",
                                        "EET-2EEST,J0,J365",
                                        "EET-2EEST,J1,366",
                                        "EET-2EEST,M3.5.0/168,M10.5.0",
                                        "EET-2EEST,M3.5.0,M10.5.0,",
                                        "EET-99999999999999999999",
                                        "EET--2",
                                        "EET-2:60"};
    struct zone_rule rule;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(right); i++)
        assert_true(zone_rule_parse(text_of(right[i]), &rule));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(zone_rule_parse(text_of(wrong[i]), &rule));
}

/* A cut or changed file is refused or read, and what is read obeys the invariants. */
static void damaged_files_do_no_harm(void **state)
{
    static struct zone zone;
    struct text bytes = zone_bytes("Europe/Berlin");
    char *copy = malloc(bytes.size);

    (void)state;
    assert_non_null(copy);
    for (size_t size = 0; size < bytes.size; size++) {
        memcpy(copy, bytes.data, size);
        assert_false(zone_parse((struct text){copy, size}, &zone));
    }
    for (size_t i = 0; i < bytes.size; i++) {
        memcpy(copy, bytes.data, bytes.size);
        for (int bit = 0; bit < 8; bit++) {
            copy[i] = (char)(bytes.data[i] ^ 1 << bit);
            if (!zone_parse((struct text){copy, bytes.size}, &zone))
                continue;
            assert_zone_state(&zone);
            (void)zone_instant_of_local(&zone, date_of(2026, 3, 29), 150);
            (void)zone_instant_of_local(&zone, date_of(2050, 10, 30), 150);
        }
    }
    free(copy);
    arena_done(&arena);
}

static void zone_names_cannot_leave_the_folder(void **state)
{
    struct text bytes;
    struct error error;

    (void)state;
    arena_init(&arena, 64 * 1024, 1024 * 1024);
    assert_int_equal(zone_file_read(TEXT("../../../etc/passwd"), &arena, &error, &bytes), FATAL);
    assert_string_equal(error.primary, "could not read a file below " ZONE_FOLDER);
    assert_int_equal(zone_file_read(TEXT("Africa"), &arena, &error, &bytes), FATAL);
    assert_string_equal(error.detail, "it is not a regular file");
    assert_int_equal(zone_file_read(TEXT("Africa/Wakanda"), &arena, &error, &bytes), FATAL);
    assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_count_days),
        cmocka_unit_test(dates_are_read_strictly),
        cmocka_unit_test(fixed_zones_shift_only),
        cmocka_unit_test(gaps_and_overlaps_follow_the_rule),
        cmocka_unit_test(unusual_zones_keep_the_order),
        cmocka_unit_test(the_rule_is_the_first_instant_that_shows_it),
        cmocka_unit_test(the_c_library_agrees),
        cmocka_unit_test(a_clock_turned_forth_and_back_in_two_days_has_an_answer),
        cmocka_unit_test(rules_are_read_in_every_form),
        cmocka_unit_test(damaged_files_do_no_harm),
        cmocka_unit_test(zone_names_cannot_leave_the_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
