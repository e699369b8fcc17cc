/*
 * open.c - windows ahead of time: sawa-settle open [--from DATE] [--until DATE], and the worker.
 *
 * Every corridor version makes the windows whose business date lies between its own beginning and
 * that of the next version. Asking again opens what is missing and changes nothing else; a span
 * that starts behind the newest window is begun at that window, so that no hole stays between.
 *
 * (1) A window keeps the version it was opened with, its times and its value date, also one that
 *     was opened ahead and has not begun: a version begins on its effective_from, or behind the
 *     last business date that an older one has windows of. Its first window opens where the last of
 *     the older one closes, whatever both versions' cut-offs and calendars are, so that windows
 *     neither overlap nor leave a hole.
 * (2) A window is opened with its value date: where the calendars end before that, none is.
 */
#include "settle.h"

#include "base/zone_file.h"
#include "domain/book_document.h"
#include "settle_sql.h"

#include <getopt.h>
#include <stdio.h>

enum { WINDOWS_MAX = 20000 };

struct opening {
    struct settle *settle;
    int64_t from_us;
    int64_t until_us;
    int64_t opened_count;
    int32_t corridor_id; /* whose versions are being opened */
    int64_t reached_us;  /* its newest cut-off, INT64_MIN: no window yet */
};

/* One corridor version as the database keeps it. */
struct version {
    int32_t corridor_id;
    int32_t version;
    calendar_date begins_on;
    calendar_date ends_before; /* DATE_NONE: it is the newest */
    struct book_document document;
    int64_t opened_to_us;  /* newest cut-off of the corridor; INT64_MAX: no window yet */
    int64_t older_to_us;   /* that of older versions; INT64_MIN: none */
    int64_t newer_from_us; /* where the first window of newer ones opens; INT64_MAX: none */
};

static struct version version_of(const struct result *rows, int row)
{
    return (struct version){
        .corridor_id = (int32_t)result_int64(rows, row, 0),
        .version = (int32_t)result_int64(rows, row, 1),
        .begins_on = result_date(rows, row, 3),
        .ends_before = result_is_null(rows, row, 4) ? DATE_NONE : result_date(rows, row, 4),
        .document = {result_text(rows, row, 5), result_text(rows, row, 6)},
        .opened_to_us = result_is_null(rows, row, 7) ? INT64_MAX : result_instant(rows, row, 7),
        .older_to_us = result_is_null(rows, row, 8) ? INT64_MIN : result_instant(rows, row, 8),
        .newer_from_us = result_is_null(rows, row, 9) ? INT64_MAX : result_instant(rows, row, 9),
    };
}

static bool version_has(const struct version *version, calendar_date business_date)
{
    return business_date >= version->begins_on &&
           (version->ends_before == DATE_NONE || business_date < version->ends_before);
}

/* By its business date, and between the windows of older and newer versions that are open: where a
 * change of the time zone turns days round, a day of one may end behind that of the next. */
static bool version_takes(const struct version *version, const struct window *window)
{
    return version_has(version, window->business_date) &&
           window->cut_off_us > version->older_to_us &&
           window->cut_off_us <= version->newer_from_us;
}

/* The windows that belong to the version, packed to the front; returns how many. The first of a
 * version opens at reached_us, where the older one has come to (1). */
static size_t windows_of_version(const struct version *version, int64_t reached_us,
                                 struct window *windows, size_t count)
{
    bool is_first = reached_us != INT64_MIN && reached_us == version->older_to_us;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (version_takes(version, &windows[i]))
            windows[kept++] = windows[i];
    }
    return is_first ? schedule_windows_behind(windows, kept, 0, reached_us) : kept;
}

/* The value dates of windows; returns of how many of them it is certain (2). */
static size_t value_dates(const struct corridor *corridor, const struct window *windows,
                          size_t count, int32_t *ret_dates)
{
    size_t known = 0;

    while (known < count &&
           corridor_value_date(corridor, windows[known].business_date, &ret_dates[known]))
        known++;
    return known;
}

static enum status windows_insert(struct opening *opening, const struct corridor *corridor,
                                  const struct window *windows, size_t count,
                                  const int32_t *value_dates_of, struct error *error)
{
    struct arena *arena = &opening->settle->arena;
    int64_t *instants = arena_alloc(arena, 3 * (count + 1) * sizeof *instants);
    int32_t *numbers = arena_alloc(arena, 2 * (count + 1) * sizeof *numbers);
    struct params params;
    struct result *rows = NULL;
    enum status status;

    assert(instants != NULL && numbers != NULL);
    for (size_t i = 0; i < count; i++) {
        instants[i] = windows[i].window_id;
        instants[count + i] = windows[i].opens_at_us;
        instants[2 * count + i] = windows[i].cut_off_us;
        numbers[i] = windows[i].business_date;
        numbers[count + i] = windows[i].sequence;
    }
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_int64_array(&params, instants, count);
    params_date_array(&params, numbers, count);
    params_int32_array(&params, numbers + count, count);
    params_instant_array(&params, instants + count, count);
    params_instant_array(&params, instants + 2 * count, count);
    params_int32(&params, corridor->grace_seconds);
    params_date_array(&params, value_dates_of, count);
    status =
        db_run_once(opening->settle->session.db, settle_sql_window_insert, &params, error, &rows);
    if (status == OK)
        opening->opened_count += result_affected(rows);
    result_free(rows);
    return status;
}

static void calendar_ends(const struct corridor *corridor)
{
    log_warn("calendar_ends", "a corridor's holidays do not reach as far as windows are opened",
             LOG_TEXT("corridor", corridor->code));
}

/* Stores those of the version that are missing, each with its value date. */
static enum status windows_open(struct opening *opening, const struct version *version,
                                const struct corridor *corridor, struct window *windows,
                                size_t count, struct error *error)
{
    int32_t *dates = arena_alloc(&opening->settle->arena, (count + 1) * sizeof *dates);
    size_t known;

    assert(dates != NULL);
    count = windows_of_version(version, opening->reached_us, windows, count);
    known = value_dates(corridor, windows, count, dates);
    if (known < count)
        calendar_ends(corridor);
    if (known == 0)
        return OK;
    if (windows[known - 1].cut_off_us > opening->reached_us)
        opening->reached_us = windows[known - 1].cut_off_us;
    return windows_insert(opening, corridor, windows, known, dates, error);
}

static enum status corridor_open(struct opening *opening, const struct version *version,
                                 const struct corridor *corridor, struct error *error)
{
    struct schedule schedule = corridor_schedule(corridor);
    struct window *windows = arena_alloc(&opening->settle->arena, WINDOWS_MAX * sizeof *windows);
    int64_t from_us = /* a hole would send its payments into the window behind it */
        version->opened_to_us < opening->from_us ? version->opened_to_us : opening->from_us;
    bool complete = false;
    size_t count;

    assert(windows != NULL);
    count =
        schedule_windows(&schedule, from_us, opening->until_us, WINDOWS_MAX, windows, &complete);
    if (!complete)
        calendar_ends(corridor);
    return windows_open(opening, version, corridor, windows, count, error);
}

/* How far the corridor has come, and in it the versions before this one: also by what this run has
 * opened. Rows ascend by corridor and version. */
static void version_follow(struct opening *opening, struct version *version)
{
    bool is_next = opening->corridor_id == version->corridor_id;

    if (!is_next) {
        opening->corridor_id = version->corridor_id;
        opening->reached_us =
            version->opened_to_us == INT64_MAX ? INT64_MIN : version->opened_to_us;
    } else if (version->opened_to_us == INT64_MAX || opening->reached_us > version->opened_to_us) {
        version->older_to_us = opening->reached_us;
    }
}

static enum status version_open(struct opening *opening, const struct version *version,
                                struct error *error)
{
    struct corridor_book book;
    enum status status;

    arena_reset(&opening->settle->arena);
    status = book_document_read(&version->document, "the stored definition", zone_file_source(),
                                &opening->settle->arena, error, &book);
    for (size_t i = 0; status == OK && i < book.corridor_count; i++) {
        if (book.corridors[i].corridor_id == version->corridor_id &&
            book.corridors[i].version == version->version)
            status = corridor_open(opening, version, &book.corridors[i], error);
    }
    return status;
}

static enum status opening_run(struct opening *opening, struct error *error)
{
    struct result *rows = NULL;
    enum status status =
        db_run(opening->settle->session.db, settle_sql_corridor_documents, NULL, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        struct version version = version_of(rows, i);

        version_follow(opening, &version);
        status = version_open(opening, &version, error);
    }
    result_free(rows);
    return status;
}

enum status settle_open(struct settle *settle, int64_t now_us, struct error *error,
                        int64_t *ret_opened)
{
    struct opening opening = {.settle = settle,
                              .from_us = now_us,
                              .until_us = now_us + settle->ahead_days * US_PER_DAY};
    enum status status = opening_run(&opening, error);

    if (status == OK)
        *ret_opened = opening.opened_count;
    return status;
}

/* ---- the command ---- */

/* Midnight UTC of a date in text: windows that hold any part of the span are opened. */
static bool instant_of_date(const char *text, int64_t *ret_instant_us)
{
    calendar_date date;

    if (!date_parse(text_of(text), &date))
        return false;
    *ret_instant_us = date * US_PER_DAY;
    return true;
}

static bool options_read(int argc, char **argv, struct opening *opening)
{
    static const struct option known[] = {
        {"from", required_argument, NULL, 'f'},
        {"until", required_argument, NULL, 'u'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        int64_t *instant_us = option == 'f' ? &opening->from_us : &opening->until_us;

        if (option == '?' || !instant_of_date(optarg, instant_us))
            return false;
    }
    return optind == argc && opening->from_us <= opening->until_us;
}

int open_command(struct program_run *run, int argc, char **argv)
{
    struct settle settle;
    struct opening opening = {.settle = &settle};
    struct error error;
    enum status status;

    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    opening.from_us = clock_now_us();
    opening.until_us = opening.from_us + settle.ahead_days * US_PER_DAY;
    if (!options_read(argc, argv, &opening)) {
        settle_done(&settle);
        return program_usage(run, "--from and --until are dates, the first not after the second");
    }
    status = opening_run(&opening, &error);
    settle_done(&settle);
    if (status != OK)
        return program_fail(&error);
    printf("windows opened: %lld\n", (long long)opening.opened_count);
    return EXIT_OK;
}
