/*
 * fuzz_book.c - anything at all as a corridor book, a holiday file or a time zone.
 *
 * The first byte chooses: 0 a corridor file and, after a 0 byte, its holiday file; 1 the holiday
 * file alone; 2 the bytes of a zone file (TZif); 3 the footer rule of one.
 *
 * Must hold: what is accepted keeps the invariants of its header, and answers every question that
 * settlement asks of it: offsets, local times, business days, windows.
 */
#include "base/zone_file.h"
#include "domain/corridor.h"
#include "fuzz.h"

enum { ARENA_BLOCK = 256 * 1024, ARENA_MAX = 64 * 1024 * 1024, DAYS = 800, WINDOWS_MAX = 64 };

#define FIRST_DAY (date_of(2026, 1, 1))

static enum status read_nothing(const void *context, struct text name, struct arena *arena,
                                struct error *error, struct text *ret_bytes)
{
    (void)name;
    (void)arena;
    (void)error;
    *ret_bytes = *(const struct text *)context;
    return OK;
}

/* ---- zones ---- */

static void ask_zone(const struct zone *zone)
{
    static const int64_t instants_us[] = {
        INT64_MIN,        -INT64_C(62135596800000000), -1,        0, 1700000000000000,
        2147483648000000, INT64_C(4102444800000000),   INT64_MAX,
    };

    for (size_t i = 0; i < COUNT_OF(instants_us); i++)
        (void)zone_offset_at(zone, instants_us[i]);
    for (int day = 0; day < DAYS; day += 37) {
        calendar_date date = FIRST_DAY + day;
        int64_t midnight_us = zone_instant_of_local(zone, date, 0);
        int64_t next_us = zone_instant_of_local(zone, date, ZONE_MINUTES_OF_DAY);

        (void)zone_date_at(zone, midnight_us);
        (void)zone_date_at(zone, next_us);
    }
}

static void run_zone(struct text bytes)
{
    struct zone zone;

    if (!zone_parse(bytes, &zone))
        return;
    assert_zone_state(&zone);
    ask_zone(&zone);
}

static void run_rule(struct text bytes)
{
    struct zone zone = {.type_count = 1};

    if (!zone_rule_parse(bytes, &zone.rule))
        return;
    assert(zone.rule.present);
    ask_zone(&zone);
}

/* ---- calendars ---- */

static void run_holidays(struct text csv, struct arena *arena)
{
    static const struct country_days countries[] = {{"KE", WEEKEND_SATURDAY_SUNDAY}};
    struct holiday_list list;
    struct calendar calendar;
    struct error error;
    calendar_date next;

    if (holidays_parse(csv, "holidays.csv", arena, &error, &list) != OK)
        return;
    assert(list.count <= HOLIDAYS_MAX);
    if (calendar_build(&list, countries, 1, NULL, 0, arena, &error, &calendar) != OK)
        return;
    assert_calendar_state(&calendar);
    for (int day = 0; day < DAYS; day += 11) {
        if (!calendar_covers(&calendar, FIRST_DAY + day))
            continue;
        if (calendar_next_business_day(&calendar, FIRST_DAY + day, &next))
            assert(next >= FIRST_DAY + day && calendar_is_business_day(&calendar, next));
    }
}

/* ---- books ---- */

static void ask_corridor(const struct corridor_book *book, const struct corridor *corridor)
{
    static struct window windows[WINDOWS_MAX];
    struct schedule schedule = corridor_schedule(corridor);
    const struct corridor *found = corridor_find(book, corridor->code, corridor->effective_from);
    int64_t from_us = INT64_C(1767225600000000); /* 2026-01-01 */
    calendar_date value_date;
    bool complete = false;
    size_t count;

    assert(found != NULL && text_equal(found->code, corridor->code));
    for (size_t i = 0; i < corridor->participant_count; i++)
        assert(corridor_participant(corridor, corridor->participants[i]->code) == i);
    assert(corridor_account(book, corridor->nostro->code) == corridor->nostro);
    count = schedule_windows(&schedule, from_us, from_us + INT64_C(30) * 86400 * 1000000,
                             WINDOWS_MAX, windows, &complete);
    for (size_t i = 0; i < count; i++) {
        assert(windows[i].opens_at_us < windows[i].cut_off_us);
        assert(i == 0 || windows[i].opens_at_us == windows[i - 1].cut_off_us);
        if (corridor_value_date(corridor, windows[i].business_date, &value_date))
            assert(value_date >= windows[i].business_date);
    }
}

static void run_book(struct text rest, struct arena *arena)
{
    struct text yaml = fuzz_copy(fuzz_until(&rest, '\0'));
    struct text holidays = fuzz_copy(rest);
    struct corridor_sources sources = {zone_file_source(), {read_nothing, &holidays}};
    struct corridor_book book;
    struct error error;
    enum status status = corridor_book_read(yaml, "book.yaml", &sources, arena, &error, &book);

    assert(status == OK || (status == FATAL && error.exit_code == EXIT_CONFIGURATION));
    if (status == OK)
        assert_corridor_book_state(&book);
    for (size_t i = 0; status == OK && i < book.corridor_count; i++)
        ask_corridor(&book, &book.corridors[i]);
    fuzz_free(yaml);
    fuzz_free(holidays);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text rest = {(const char *)data, size};
    uint8_t choice = fuzz_byte(&rest);
    struct text bytes = fuzz_copy(rest);
    struct arena arena;

    arena_init(&arena, ARENA_BLOCK, ARENA_MAX);
    switch (choice % 4) {
    case 0: run_book(bytes, &arena); break;
    case 1: run_holidays(bytes, &arena); break;
    case 2: run_zone(bytes); break;
    case 3: run_rule(bytes); break;
    }
    arena_done(&arena);
    fuzz_free(bytes);
    return 0;
}
