/*
 * open.c - windows ahead of time: sawa-settle open [--from DATE] [--until DATE], and the worker.
 *
 * Every corridor version makes the windows whose business date lies in [effective_from, the next
 * version's effective_from). Asking again opens what is missing and changes nothing else; a span
 * that starts behind the newest window is begun at that window, so that no hole stays between.
 */
#include "book_file.h"
#include "settle.h"

#include "settle_sql.h"

#include <getopt.h>
#include <stdio.h>

enum { WINDOWS_MAX = 20000 };

struct opening {
    struct settle *settle;
    int64_t from_us;
    int64_t until_us;
    int64_t opened_count;
};

/* One corridor version as the database keeps it. */
struct version {
    int32_t corridor_id;
    int32_t version;
    calendar_date effective_from;
    calendar_date effective_until; /* DATE_NONE: it is the newest */
    struct book_document document;
    int64_t opened_to_us; /* newest cut-off of the corridor; INT64_MAX: no window yet */
};

static struct version version_of(const struct result *rows, int row)
{
    return (struct version){
        .corridor_id = (int32_t)result_int64(rows, row, 0),
        .version = (int32_t)result_int64(rows, row, 1),
        .effective_from = result_date(rows, row, 3),
        .effective_until = result_is_null(rows, row, 4) ? DATE_NONE : result_date(rows, row, 4),
        .document = {result_text(rows, row, 5), result_text(rows, row, 6)},
        .opened_to_us = result_is_null(rows, row, 7) ? INT64_MAX : result_instant(rows, row, 7),
    };
}

static bool version_has(const struct version *version, calendar_date business_date)
{
    return business_date >= version->effective_from &&
           (version->effective_until == DATE_NONE || business_date < version->effective_until);
}

/* The windows that belong to the version, packed to the front; returns how many. */
static size_t windows_of_version(const struct version *version, struct window *windows,
                                 size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (version_has(version, windows[i].business_date))
            windows[kept++] = windows[i];
    }
    return kept;
}

static enum status windows_insert(struct opening *opening, const struct corridor *corridor,
                                  const struct window *windows, size_t count, struct error *error)
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
    status =
        settle_run(opening->settle->session.db, settle_sql_window_insert, &params, error, &rows);
    if (status == OK)
        opening->opened_count += result_affected(rows);
    result_free(rows);
    return status;
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
        log_warn("calendar_ends", "a corridor's holidays do not reach as far as windows are opened",
                 LOG_TEXT("corridor", corridor->code));
    count = windows_of_version(version, windows, count);
    return count == 0 ? OK : windows_insert(opening, corridor, windows, count, error);
}

static enum status version_open(struct opening *opening, const struct version *version,
                                struct error *error)
{
    struct corridor_book book;
    enum status status;

    arena_reset(&opening->settle->arena);
    status = book_read_stored(&version->document, &opening->settle->arena, error, &book);
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

        status = version_open(opening, &version, error);
    }
    result_free(rows);
    return status;
}

enum status settle_open(struct settle *settle, int64_t now_us, struct error *error,
                        int64_t *ret_opened)
{
    struct opening opening = {settle, now_us, now_us + settle->ahead_days * US_PER_DAY, 0};
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
