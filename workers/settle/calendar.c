/*
 * calendar.c - sawa-settle calendar --corridor CODE [--from DATE] [--until DATE] [--book FILE]
 *              [--format table|csv]
 *
 * The windows of a corridor whose business date lies in [from, until), as its versions have them:
 * business date, sequence, opens, cut-off and value date. With --book they are those of a file that
 * is not loaded yet, and no database is asked. Nothing is written, and it does not matter whether
 * the windows are open: those that are keep what they were opened with.
 *
 * What the calendars do not cover is not shown: the answer says so and is 1, never a guess.
 */
#include "settle.h"

#include "base/zone_file.h"
#include "runtime/book_file.h"
#include "settle_sql.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WINDOWS_MAX = 50000, /* of one version: ten years, a dozen cut-offs a day */
    ANSWER_SIZE_MAX = 64 * 1024 * 1024,
    BEFORE_DAYS = 62, /* CALENDAR_SEARCH_MAX and a bit: the window before the first is in them */
    SPAN_DAYS = 14,
    BOOK_BLOCK_SIZE = 1024 * 1024,
    BOOK_SIZE_MAX = 512 * 1024 * 1024,
    LOCAL_TEXT_SIZE = 32,
};

struct timetable {
    const char *code;
    const char *book; /* NULL: the database's */
    bool csv;
    calendar_date from;
    calendar_date until;  /* not part of it */
    struct window newest; /* the last of the versions so far; window_id 0: none */
    size_t version_count;
    size_t window_count;
    bool is_cut; /* something of the span is not covered */
    struct window *windows;
    struct buffer out;
    struct buffer notes; /* what was announced late, below the table */
};

/* ---- a line ---- */

/* 2026-03-02T10:00+03:00, as the corridor's clock shows it. */
static void local_format(const struct zone *zone, int64_t instant_us, char text[LOCAL_TEXT_SIZE])
{
    int32_t offset = zone_offset_at(zone, instant_us);
    int32_t east = abs(offset);
    char shown[INSTANT_TEXT_SIZE];

    instant_format(instant_us + offset * US_PER_SECOND, shown);
    snprintf(text, LOCAL_TEXT_SIZE, "%.16s%c%02d:%02d", shown, offset < 0 ? '-' : '+', east / 3600,
             east / 60 % 60);
}

static void line_add(struct timetable *timetable, const struct corridor *corridor,
                     const struct window *window, calendar_date value_date)
{
    char date[DATE_TEXT_SIZE];
    char value[DATE_TEXT_SIZE];
    char opens[INSTANT_TEXT_SIZE];
    char cut_off[INSTANT_TEXT_SIZE];
    char local_opens[LOCAL_TEXT_SIZE];
    char local_cut_off[LOCAL_TEXT_SIZE];
    bool is_half =
        calendar_half_day_ends(&corridor->calendar, window->business_date) != HALF_DAY_NONE;

    date_format(window->business_date, date);
    date_format(value_date, value);
    instant_format(window->opens_at_us, opens);
    instant_format(window->cut_off_us, cut_off);
    local_format(corridor->zone, window->opens_at_us, local_opens);
    local_format(corridor->zone, window->cut_off_us, local_cut_off);
    buffer_format(&timetable->out,
                  timetable->csv ? "%lld,%s,%d,%.16sZ,%.16sZ,%s,%s,%s,%s,%d\n"
                                 : "%-14lld %s/%-3d %.16sZ %.16sZ %s %s %-10s %-4s %7d\n",
                  (long long)window->window_id, date, window->sequence, opens, cut_off, local_opens,
                  local_cut_off, value,
                  is_half          ? "half"
                  : timetable->csv ? ""
                                   : "-",
                  corridor->version);
}

static void head_add(struct timetable *timetable)
{
    if (timetable->csv)
        buffer_string(&timetable->out, "window_id,business_date,sequence,opens_at,cut_off,"
                                       "opens_at_local,cut_off_local,value_date,day,version\n");
    else
        buffer_format(&timetable->out, "%-14s %-14s %-17s %-17s %-22s %-22s %-10s %-4s %7s\n",
                      "window", "date", "opens (UTC)", "cut-off (UTC)", "opens (local)",
                      "cut-off (local)", "value date", "day", "version");
}

static void note_add(struct timetable *timetable, const struct book_override *override)
{
    char date[DATE_TEXT_SIZE];
    char announced[DATE_TEXT_SIZE];
    char reason[256];

    date_format(override->day.date, date);
    date_format(override->announced, announced);
    text_show(override->reason, reason, sizeof reason);
    buffer_format(&timetable->notes, "%s %s %s", date, override->day.country,
                  day_kind_name(override->day.kind));
    if (override->day.kind == DAY_HALF)
        buffer_format(&timetable->notes, " until %.*s %.*s", TEXT_ARG(override->until),
                      TEXT_ARG(override->time_zone));
    buffer_format(&timetable->notes, ", announced %s: %s\n", announced, reason);
}

/* ---- the versions, in their order ---- */

/* From which day on the calendar says what a window is: the first one needs the one before it. */
static calendar_date first_known(const struct schedule *schedule, calendar_date from,
                                 calendar_date until)
{
    struct window window;

    while (from < until && !schedule_window_at(schedule, from * US_PER_DAY, &window))
        from++;
    return from;
}

static void windows_add(struct timetable *timetable, const struct corridor *corridor, size_t count,
                        calendar_date from, calendar_date until)
{
    for (size_t i = 0; i < count; i++) {
        const struct window *window = &timetable->windows[i];
        calendar_date value_date;

        if (window->business_date < from || window->business_date >= until)
            continue;
        if (!corridor_value_date(corridor, window->business_date, &value_date)) {
            timetable->is_cut = true;
            return;
        }
        line_add(timetable, corridor, window, value_date);
        timetable->window_count++;
    }
}

/* Of the windows those of the version, behind those of the versions before it. */
static size_t windows_choose(struct timetable *timetable, size_t count, calendar_date from,
                             calendar_date until)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (timetable->windows[i].business_date >= from &&
            timetable->windows[i].business_date < until)
            timetable->windows[kept++] = timetable->windows[i];
    if (timetable->newest.window_id != 0)
        kept = schedule_windows_behind(timetable->windows, kept, timetable->newest.window_id,
                                       timetable->newest.cut_off_us);
    if (kept > 0)
        timetable->newest = timetable->windows[kept - 1];
    return kept;
}

/* The version makes the windows of [begins_on, ends_before), DATE_NONE: it is the last. */
static void version_add(struct timetable *timetable, const struct corridor *corridor,
                        calendar_date begins_on, calendar_date ends_before)
{
    struct schedule schedule = corridor_schedule(corridor);
    calendar_date begin = timetable->from - BEFORE_DAYS;
    calendar_date end = timetable->until;
    bool complete = false;
    calendar_date known;
    size_t count;

    timetable->version_count++;
    if (begin < begins_on)
        begin = begins_on;
    if (ends_before != DATE_NONE && ends_before < end)
        end = ends_before;
    if (begin >= end)
        return;
    for (size_t i = 0; i < corridor->override_count; i++)
        if (corridor->overrides[i]->day.date >= timetable->from &&
            corridor->overrides[i]->day.date >= begin && corridor->overrides[i]->day.date < end)
            note_add(timetable, corridor->overrides[i]);
    known = first_known(&schedule, begin - 1, end + 1);
    timetable->is_cut = timetable->is_cut || (known >= begin && known >= timetable->from);
    if (known > end)
        return;
    count = schedule_windows(&schedule, known * US_PER_DAY, (end + 1) * US_PER_DAY, WINDOWS_MAX,
                             timetable->windows, &complete);
    timetable->is_cut = timetable->is_cut || !complete;
    count = windows_choose(timetable, count, begin, end);
    windows_add(timetable, corridor, count, timetable->from, end);
}

/* ---- where they come from ---- */

static enum status none_found(const struct timetable *timetable, struct error *error)
{
    error_set(error, FATAL, "there is no corridor %s", timetable->code);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, timetable->book == NULL ? "list them with: sawa corridor show"
                                                     : "a corridor is named by its code: KES-NGN");
}

static enum status from_file(struct timetable *timetable, struct arena *arena, struct error *error)
{
    struct book_document document;
    struct corridor_book book;
    enum status status = book_read_file(timetable->book, arena, error, &document, &book);

    for (size_t i = 0; status == OK && i < book.corridor_count; i++) {
        const struct corridor *corridor = &book.corridors[i];
        bool is_last =
            i + 1 == book.corridor_count || !text_equal(corridor[1].code, corridor->code);

        if (text_is(corridor->code, timetable->code))
            version_add(timetable, corridor, corridor->effective_from,
                        is_last ? DATE_NONE : corridor[1].effective_from);
    }
    return status;
}

/* One row of corridor_documents. */
static enum status from_row(struct timetable *timetable, const struct result *rows, int row,
                            struct arena *arena, struct error *error)
{
    struct book_document document = {result_text(rows, row, 5), result_text(rows, row, 6)};
    calendar_date ends = result_is_null(rows, row, 4) ? DATE_NONE : result_date(rows, row, 4);
    struct corridor_book book;
    enum status status;

    arena_reset(arena);
    status = book_document_read(&document, "the stored definition", zone_file_source(), arena,
                                error, &book);
    for (size_t i = 0; status == OK && i < book.corridor_count; i++)
        if (text_is(book.corridors[i].code, timetable->code) &&
            book.corridors[i].version == result_int64(rows, row, 1))
            version_add(timetable, &book.corridors[i], result_date(rows, row, 3), ends);
    return status;
}

static enum status from_database(struct timetable *timetable, struct settle *settle,
                                 struct error *error)
{
    struct result *rows = NULL;
    enum status status =
        db_run(settle->session.db, settle_sql_corridor_documents, NULL, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        if (text_is(result_text(rows, i, 2), timetable->code))
            status = from_row(timetable, rows, i, &settle->arena, error);
    result_free(rows);
    return status;
}

static enum status timetable_read(struct timetable *timetable, const struct program_run *run,
                                  struct error *error)
{
    struct settle settle;
    struct arena arena;
    enum status status;

    if (timetable->book != NULL) {
        arena_init(&arena, BOOK_BLOCK_SIZE, BOOK_SIZE_MAX);
        status = from_file(timetable, &arena, error);
        arena_done(&arena);
    } else {
        status = settle_start(run, error, &settle);
        if (status != OK)
            return status;
        status = from_database(timetable, &settle, error);
        settle_done(&settle);
    }
    return status == OK && timetable->version_count == 0 ? none_found(timetable, error) : status;
}

/* ---- the command ---- */

static bool option_read(struct timetable *timetable, int option, const char *value)
{
    switch (option) {
    case 'c': timetable->code = value; return true;
    case 'b': timetable->book = value; return true;
    case 'f': return date_parse(text_of(value), &timetable->from);
    case 'u': return date_parse(text_of(value), &timetable->until);
    case 'o':
        timetable->csv = strcmp(value, "csv") == 0;
        return timetable->csv || strcmp(value, "table") == 0;
    default: return false;
    }
}

static bool options_read(int argc, char **argv, struct timetable *timetable)
{
    static const struct option known[] = {
        {"corridor", required_argument, NULL, 'c'}, {"book", required_argument, NULL, 'b'},
        {"from", required_argument, NULL, 'f'},     {"until", required_argument, NULL, 'u'},
        {"format", required_argument, NULL, 'o'},   {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        if (!option_read(timetable, option, optarg))
            return false;
    if (timetable->until == DATE_NONE)
        timetable->until = timetable->from + SPAN_DAYS;
    return optind == argc && timetable->code != NULL && timetable->from < timetable->until;
}

static int timetable_answer(struct timetable *timetable)
{
    if (!timetable->csv && timetable->notes.size > 0) {
        buffer_byte(&timetable->out, '\n');
        buffer_text(&timetable->out, buffer_view(&timetable->notes));
    }
    if (timetable->is_cut)
        fprintf(stderr,
                "%s: its calendars do not cover the whole span; what is beyond them is not"
                " shown\n",
                timetable->code);
    return program_answer(&timetable->out, timetable->is_cut ? EXIT_FAILED : EXIT_OK);
}

int calendar_command(struct program_run *run, int argc, char **argv)
{
    struct timetable timetable = {.from = (calendar_date)(clock_now_us() / US_PER_DAY),
                                  .until = DATE_NONE};
    struct error error;
    int code;

    if (!options_read(argc, argv, &timetable))
        return program_usage(run, "which corridor? --corridor CODE; --from and --until are dates, "
                                  "the first before the second; --format is table or csv");
    timetable.windows = malloc(WINDOWS_MAX * sizeof *timetable.windows);
    assert(timetable.windows != NULL);
    buffer_init(&timetable.out, ANSWER_SIZE_MAX);
    buffer_init(&timetable.notes, ANSWER_SIZE_MAX);
    head_add(&timetable);
    if (timetable_read(&timetable, run, &error) == OK)
        code = timetable_answer(&timetable);
    else
        code = program_fail(&error);
    free(timetable.windows);
    buffer_done(&timetable.notes);
    buffer_done(&timetable.out);
    return code;
}
