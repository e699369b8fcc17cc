/*
 * test_window.c - windows: ids, the life as drawn, membership, and the calendar behind them.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/zone_file.h"
#include "domain/schedule.h"
#include "domain/window.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* ---- ids and life ---- */

static void ids_name_their_place(void **state)
{
    int64_t id = window_id_make(7, date_of(2026, 3, 1), 2);

    (void)state;
    assert_int_equal(id, (int64_t)7 << 32 | (int64_t)(date_of(2026, 3, 1) - 10957) << 8 | 2);
    assert_int_equal(window_id_corridor(id), 7);
    assert_int_equal(window_id_date(id), date_of(2026, 3, 1));
    assert_int_equal(window_id_sequence(id), 2);
    id = window_id_make(INT32_MAX, date_of(9999, 12, 31), 255);
    assert_int_equal(window_id_corridor(id), INT32_MAX);
    assert_int_equal(window_id_date(id), date_of(9999, 12, 31));
    assert_int_equal(window_id_sequence(id), 255);
}

/* Reads "A --f--> B --g--> C" from one line of the header; returns how many arrows it has and
 * counts those that are rows of the table. */
static size_t count_arrows(char *line, size_t *in_table)
{
    size_t arrows = 0;
    char *rest = strchr(line, '*');
    char *from = rest == NULL ? NULL : strtok_r(rest + 1, " \n", &rest);

    for (;;) {
        char *arrow = from == NULL ? NULL : strtok_r(NULL, " \n", &rest);
        char *to = arrow == NULL ? NULL : strtok_r(NULL, " \n", &rest);
        const struct window_transition *transition;
        enum window_state from_state;
        enum window_state to_state;
        size_t size = arrow == NULL ? 0 : strlen(arrow);

        if (to == NULL || size < 6 || strncmp(arrow, "--", 2) != 0 ||
            strcmp(arrow + size - 3, "-->") != 0)
            return arrows;
        assert_true(window_state_parse(text_of(from), &from_state));
        assert_true(window_state_parse(text_of(to), &to_state));
        transition = window_transition(from_state, to_state);
        assert_non_null(transition);
        assert_true(text_equal((struct text){arrow + 2, size - 5}, text_of(transition->function)));
        arrows++;
        (*in_table)++;
        from = to;
    }
}

static void table_and_drawing_are_the_same(void **state)
{
    FILE *header = fopen("common/domain/window.h", "r");
    char line[256];
    size_t arrows = 0;
    size_t in_table = 0;
    size_t rows;

    (void)state;
    assert_non_null(header);
    while (fgets(line, sizeof line, header) != NULL)
        if (strncmp(line, " *   ", 5) == 0 && strstr(line, "-->") != NULL)
            arrows += count_arrows(line, &in_table);
    fclose(header);
    (void)window_transitions(&rows);
    assert_int_equal(arrows, rows);
    assert_int_equal(in_table, rows);
}

/* A row of window_transition in a change: ('OPEN', 'CLOSING', 'settle_begin'), */
static bool is_arrow_row(const char *line)
{
    char from[16];
    char to[16];
    char function[24];
    enum window_state from_state;
    enum window_state to_state;
    const struct window_transition *transition;

    if (sscanf(line, "    ('%15[A-Z]', '%15[A-Z]', '%23[a-z_]')", from, to, function) != 3 ||
        strncmp(function, "settle_", strlen("settle_")) != 0)
        return false;
    assert_true(window_state_parse(text_of(from), &from_state));
    assert_true(window_state_parse(text_of(to), &to_state));
    transition = window_transition(from_state, to_state);
    assert_non_null(transition);
    assert_string_equal(function, transition->function);
    return true;
}

static void table_and_database_are_the_same(void **state)
{
    glob_t changes;
    char line[256];
    size_t arrows = 0;
    size_t rows;

    (void)state;
    assert_int_equal(glob("schemas/postgres/deploy/*.sql", 0, NULL, &changes), 0);
    for (size_t i = 0; i < changes.gl_pathc; i++) {
        FILE *change = fopen(changes.gl_pathv[i], "r");

        assert_non_null(change);
        while (fgets(line, sizeof line, change) != NULL)
            arrows += is_arrow_row(line);
        fclose(change);
    }
    globfree(&changes);
    (void)window_transitions(&rows);
    assert_int_equal(arrows, rows);
}

static void one_door_refuses_other_ways(void **state)
{
    struct window window = {.window_id = 5, .state = WINDOW_OPEN};
    struct error error;

    (void)state;
    assert_int_equal(window_move(&window, WINDOW_CLOSING, &error), OK);
    assert_int_equal(window_move(&window, WINDOW_OPEN, &error), REJECT);
    assert_int_equal(window.state, WINDOW_CLOSING);
    assert_string_equal(error.primary, "could not move window 5 to OPEN");
    assert_string_equal(error.detail, "it is CLOSING");
    assert_string_equal(error.hint, "from CLOSING a window goes to: CLOSED HELD");
    window.state = WINDOW_SETTLED;
    for (int to = 0; to < WINDOW_STATE_COUNT; to++)
        if (to != WINDOW_FAILED)
            assert_int_equal(window_move(&window, (enum window_state)to, &error), REJECT);
    assert_string_equal(error.hint, "from SETTLED a window goes to: FAILED"); /* money came back */
}

/* ---- membership ---- */

static void the_record_that_passes_the_cut_off_is_the_next_windows(void **state)
{
    static const struct window windows[] = {{.opens_at_us = 0, .cut_off_us = 100},
                                            {.opens_at_us = 100, .cut_off_us = 200},
                                            {.opens_at_us = 200, .cut_off_us = 300}};
    static const int64_t cuts[] = {WINDOW_NO_CUT, WINDOW_NO_CUT, WINDOW_NO_CUT};
    static const int64_t cut_by_grace[] = {4, WINDOW_NO_CUT, WINDOW_NO_CUT};
    struct window_view view = {windows, cuts, 3};
    struct window_cursor cursor;

    (void)state;
    assert_int_equal(window_of(&view, 99, 3), 0);
    assert_int_equal(window_of(&view, 100, 4), 1);
    assert_int_equal(window_of(&view, 299, 5), 2);
    assert_true(window_of(&view, 300, 6) == WINDOW_NONE);
    view.cuts = cut_by_grace;
    assert_int_equal(window_of(&view, 50, 3), 0);
    assert_int_equal(window_of(&view, 50, 4), 1);
    window_cursor_begin(&cursor, &view);
    assert_int_equal(window_cursor_at(&cursor, 50, 3), 0);
    assert_false(window_cursor_is_late(&cursor, 50));
    assert_int_equal(window_cursor_at(&cursor, 50, 4), 1);
    assert_true(window_cursor_is_late(&cursor, 50)); /* before 100: late, and says so */
    assert_false(window_cursor_is_late(&cursor, 100));
    assert_true(window_cursor_at(&cursor, 300, 5) == WINDOW_NONE);
    assert_true(window_cursor_at(&cursor, 300, 6) == WINDOW_NONE);
}

static void crossings_are_the_first_offsets_past_each_cut_off(void **state)
{
    static const struct window windows[] = {{.opens_at_us = 0, .cut_off_us = 100},
                                            {.opens_at_us = 100, .cut_off_us = 200},
                                            {.opens_at_us = 200, .cut_off_us = 300}};
    static const int64_t offsets[] = {10, 11, 15, 16};
    static const int64_t watermarks[] = {90, 100, 250, 250};
    struct window_crossing crossings[3];

    (void)state;
    assert_int_equal(window_cut_crossings(windows, 3, 80, offsets, watermarks, 4, crossings), 2);
    assert_int_equal(crossings[0].index, 0);
    assert_int_equal(crossings[0].cut_offset, 11);
    assert_int_equal(crossings[1].index, 1);
    assert_int_equal(crossings[1].cut_offset, 15);
    assert_int_equal(window_cut_crossings(windows, 3, 100, offsets, watermarks, 4, crossings), 1);
    assert_int_equal(crossings[0].index, 1);
    assert_int_equal(window_cut_crossings(windows, 3, WINDOW_WATERMARK_NONE, offsets + 2,
                                          watermarks + 2, 2, crossings),
                     2);
    assert_int_equal(crossings[0].cut_offset, 15);
    assert_int_equal(window_cut_crossings(windows, 3, 80, offsets, watermarks, 0, crossings), 0);
}

/* A partition is read in random batches by readers of random speed; cuts are stored by watermark
 * or, at random moments, by a close that came first. Whoever reads again with the stored cuts
 * must find the same window for every offset (1). */
static void membership_is_a_function_of_offset_and_cut(void **state)
{
    enum { RECORDS = 2000, COUNT = 12 };
    static int64_t times[RECORDS];
    static int64_t watermarks[RECORDS];
    static int64_t offsets[RECORDS];
    static size_t first_answers[RECORDS];

    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        uint64_t random = seed;
        struct window windows[COUNT];
        int64_t cuts[COUNT];
        struct window_view view = {windows, cuts, COUNT};
        struct window_crossing crossings[COUNT];
        struct window_cursor cursor;
        int64_t watermark = WINDOW_WATERMARK_NONE;
        int64_t offset = 0;

        for (size_t i = 0; i < COUNT; i++) {
            windows[i] = (struct window){.opens_at_us = (int64_t)i * 200,
                                         .cut_off_us = (int64_t)i * 200 + 200};
            cuts[i] = WINDOW_NO_CUT;
        }
        for (size_t i = 0; i < RECORDS; i++) {
            times[i] = (int64_t)i + (int64_t)(next_random(&random) % 150);
            watermark = times[i] > watermark ? times[i] : watermark;
            watermarks[i] = watermark;
            offset += 1 + (int64_t)(next_random(&random) % 3);
            offsets[i] = offset;
        }
        for (size_t begin = 0, end; begin < RECORDS; begin = end) {
            int64_t before = begin == 0 ? WINDOW_WATERMARK_NONE : watermarks[begin - 1];
            size_t count;

            end = begin + 1 + next_random(&random) % 97;
            end = end > RECORDS ? RECORDS : end;
            window_cursor_begin(&cursor, &view);
            for (size_t i = begin; i < end; i++) {
                first_answers[i] = window_cursor_at(&cursor, watermarks[i], offsets[i]);
                assert_true(first_answers[i] == window_of(&view, watermarks[i], offsets[i]));
            }
            count = window_cut_crossings(windows, COUNT, before, offsets + begin,
                                         watermarks + begin, end - begin, crossings);
            for (size_t i = 0; i < count; i++)
                if (cuts[crossings[i].index] == WINDOW_NO_CUT)
                    cuts[crossings[i].index] = crossings[i].cut_offset;
            for (size_t i = 0; i < COUNT && next_random(&random) % 8 == 0; i++)
                if (cuts[i] == WINDOW_NO_CUT) {
                    cuts[i] = offsets[end - 1] + 1; /* grace: where the partition stands */
                    break;
                }
        }
        assert_window_view_state(&view);
        window_cursor_begin(&cursor, &view);
        for (size_t i = 0; i < RECORDS; i++) {
            size_t by_cut = 0;

            while (by_cut < COUNT && cuts[by_cut] <= offsets[i])
                by_cut++;
            assert_true(window_cursor_at(&cursor, watermarks[i], offsets[i]) == first_answers[i]);
            assert_true(by_cut == COUNT || by_cut == first_answers[i]);
        }
    }
}

/* ---- calendars and schedules ---- */

static const char holidays[] = "country,date,name\n"
                               "# facts\n"
                               "KE,2026-06-01,Madaraka Day\n"
                               "NG,2026-06-12,Democracy Day\n"
                               "KE,2026-12-25,Christmas Day\n"
                               "NG,2026-12-25,Christmas Day\n";

static void make_calendar(struct calendar *calendar)
{
    static const struct country_days countries[] = {{"KE", WEEKEND_SATURDAY_SUNDAY},
                                                    {"NG", WEEKEND_SATURDAY_SUNDAY}};
    struct holiday_list list;
    struct error error;

    arena_done(&arena);
    arena_init(&arena, 256 * 1024, 1024 * 1024);
    assert_int_equal(holidays_parse(TEXT(holidays), "h.csv", &arena, &error, &list), OK);
    assert_int_equal(list.count, 4);
    assert_int_equal(calendar_build(&list, countries, 2, NULL, 0, &arena, &error, calendar), OK);
}

static void business_days_are_those_of_both_ends(void **state)
{
    struct calendar calendar;
    calendar_date date = 7;

    (void)state;
    make_calendar(&calendar);
    assert_int_equal(calendar.holiday_count, 3);
    assert_false(calendar_is_business_day(&calendar, date_of(2026, 6, 1)));
    assert_false(calendar_is_business_day(&calendar, date_of(2026, 6, 12)));
    assert_false(calendar_is_business_day(&calendar, date_of(2026, 6, 13)));
    assert_true(calendar_is_business_day(&calendar, date_of(2026, 6, 15)));
    assert_true(calendar_next_business_day(&calendar, date_of(2026, 6, 12), &date));
    assert_int_equal(date, date_of(2026, 6, 15));
    assert_true(calendar_previous_business_day(&calendar, date_of(2026, 6, 15), &date));
    assert_int_equal(date, date_of(2026, 6, 11));
    assert_true(calendar_covers(&calendar, date_of(2026, 12, 31)));
    assert_false(calendar_covers(&calendar, date_of(2027, 1, 1)));
    assert_false(calendar_next_business_day(&calendar, date_of(2027, 1, 1), &date));
    arena_done(&arena);
}

static void holidays_are_refused_with_their_line(void **state)
{
    static const struct country_days countries[] = {{"KE", WEEKEND_SATURDAY_SUNDAY},
                                                    {"XX", WEEKEND_SATURDAY_SUNDAY}};
    struct holiday_list list = {NULL, 0};
    struct calendar calendar;
    struct error error;

    (void)state;
    arena_init(&arena, 256 * 1024, 1024 * 1024);
    assert_int_equal(holidays_parse(TEXT("country,date,name\n\nKE,2026-02-30,x\n"), "h.csv", &arena,
                                    &error, &list),
                     FATAL);
    assert_string_equal(error.primary, "could not read h.csv");
    assert_string_equal(error.detail, "line 3: neither a country nor a date");
    assert_int_equal(error.line, 3);
    assert_int_equal(holidays_parse(TEXT(holidays), "h.csv", &arena, &error, &list), OK);
    assert_int_equal(calendar_build(&list, countries, 2, NULL, 0, &arena, &error, &calendar),
                     FATAL);
    assert_string_equal(error.detail, "country XX has no holidays");
    arena_done(&arena);
}

static void load_zone(const char *name, struct zone *zone)
{
    struct arena bytes_arena;
    struct text bytes;
    struct error error;

    arena_init(&bytes_arena, 64 * 1024, 256 * 1024);
    assert_int_equal(zone_file_read(text_of(name), &bytes_arena, &error, &bytes), OK);
    assert_true(zone_parse(bytes, zone));
    arena_done(&bytes_arena);
}

/* 2026-06-12 is a Friday and a holiday in Nigeria, so Thursday's last cut-off at 16:00 (13:00 UTC)
 * opens Monday's first window. */
static void quiet_days_fall_into_the_next_first_window(void **state)
{
    static const int32_t cut_offs[] = {600, 960};
    static struct zone nairobi;
    struct calendar calendar;
    struct schedule schedule = {3, &nairobi, &calendar, cut_offs, 2};
    int64_t thursday_16 = (int64_t)date_of(2026, 6, 11) * US_PER_DAY + 13 * 3600 * US_PER_SECOND;
    struct window window;
    struct window after;

    (void)state;
    load_zone("Africa/Nairobi", &nairobi);
    make_calendar(&calendar);
    assert_true(schedule_window_at(&schedule, thursday_16 - 1, &window));
    assert_int_equal(window.window_id, window_id_make(3, date_of(2026, 6, 11), 2));
    assert_int_equal(window.cut_off_us, thursday_16);
    assert_true(schedule_window_at(&schedule, thursday_16, &window));
    assert_int_equal(window.window_id, window_id_make(3, date_of(2026, 6, 15), 1));
    assert_int_equal(window.opens_at_us, thursday_16);
    assert_int_equal(window.cut_off_us,
                     (int64_t)date_of(2026, 6, 15) * US_PER_DAY + 7 * 3600 * US_PER_SECOND);
    assert_true(schedule_window_after(&schedule, &window, &after));
    assert_int_equal(after.window_id, window_id_make(3, date_of(2026, 6, 15), 2));
    assert_int_equal(after.opens_at_us, window.cut_off_us);
    assert_false(schedule_window_at(&schedule, (int64_t)date_of(2027, 1, 5) * US_PER_DAY, &window));
    arena_done(&arena);
}

static void windows_touch_and_end_with_the_calendar(void **state)
{
    static const int32_t cut_offs[] = {600, 960, 1440};
    static struct zone zone;
    static struct window windows[1000];
    struct calendar calendar;
    struct schedule schedule = {3, &zone, &calendar, cut_offs, 3};
    int64_t from = (int64_t)date_of(2026, 2, 1) * US_PER_DAY;
    int64_t until = (int64_t)date_of(2026, 11, 1) * US_PER_DAY;
    bool complete = false;
    size_t count;

    (void)state;
    load_zone("Europe/Berlin", &zone);
    make_calendar(&calendar);
    count = schedule_windows(&schedule, from, until, COUNT_OF(windows), windows, &complete);
    assert_true(complete);
    assert_true(count > 500 && count < 1000);
    assert_true(windows[0].opens_at_us <= from && windows[count - 1].cut_off_us > until);
    for (size_t i = 1; i < count; i++) {
        struct window again;

        assert_int_equal(windows[i].opens_at_us, windows[i - 1].cut_off_us);
        assert_true(windows[i].window_id > windows[i - 1].window_id);
        assert_true(schedule_window_at(&schedule, windows[i].opens_at_us, &again));
        assert_int_equal(again.window_id, windows[i].window_id);
        assert_true(schedule_window_at(&schedule, windows[i].cut_off_us - 1, &again));
        assert_int_equal(again.window_id, windows[i].window_id);
    }
    assert_int_equal(schedule_windows(&schedule, from, until, 10, windows, &complete), 10);
    assert_false(complete);
    (void)schedule_windows(&schedule, from, until + 400 * US_PER_DAY, 1000, windows, &complete);
    assert_false(complete);
    arena_done(&arena);
}

/* 2026-03-29 is a Sunday: on a calendar without weekends, cut-offs at 02:15 and 02:45 both mean
 * 01:00 UTC, so only the first closes a window that day. */
static void cut_offs_in_a_gap_close_one_window(void **state)
{
    static const int32_t cut_offs[] = {135, 165, 600};
    static struct zone berlin;
    struct calendar calendar = {.covered_from = date_of(2026, 1, 1),
                                .covered_to = date_of(2026, 12, 31)};
    struct schedule schedule = {9, &berlin, &calendar, cut_offs, 3};
    int64_t jump = (int64_t)date_of(2026, 3, 29) * US_PER_DAY + 3600 * US_PER_SECOND;
    struct window window;

    (void)state;
    load_zone("Europe/Berlin", &berlin);
    assert_true(schedule_window_at(&schedule, jump - 1, &window));
    assert_int_equal(window.cut_off_us, jump);
    assert_int_equal(window.sequence, 1);
    assert_true(schedule_window_after(&schedule, &window, &window));
    assert_int_equal(window.opens_at_us, jump);
    assert_int_equal(window.sequence, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_name_their_place),
        cmocka_unit_test(table_and_drawing_are_the_same),
        cmocka_unit_test(table_and_database_are_the_same),
        cmocka_unit_test(one_door_refuses_other_ways),
        cmocka_unit_test(the_record_that_passes_the_cut_off_is_the_next_windows),
        cmocka_unit_test(crossings_are_the_first_offsets_past_each_cut_off),
        cmocka_unit_test(membership_is_a_function_of_offset_and_cut),
        cmocka_unit_test(business_days_are_those_of_both_ends),
        cmocka_unit_test(holidays_are_refused_with_their_line),
        cmocka_unit_test(quiet_days_fall_into_the_next_first_window),
        cmocka_unit_test(windows_touch_and_end_with_the_calendar),
        cmocka_unit_test(cut_offs_in_a_gap_close_one_window),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
