/*
 * show.c - show and history, for people; they read only.
 */
#include "corridor.h"

#include "base/clock.h"
#include "corridor_sql.h"
#include "domain/corridor_lines.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* ---- show ---- */

struct show {
    const char *code; /* NULL: all */
    int64_t version;  /* 0: by day */
    calendar_date day;
};

/* --version is every program's own: a version stands behind its corridor. */
static bool show_read(int argc, char **argv, struct show *show)
{
    static const struct option known[] = {{"date", required_argument, NULL, 'd'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option != 'd' || !date_parse(text_of(optarg), &show->day))
            return false;
    }
    if (optind < argc)
        show->code = argv[optind++];
    if (optind < argc && !(text_to_int64(text_of(argv[optind++]), &show->version) &&
                           show->version >= 1 && show->version <= INT32_MAX))
        return false;
    return optind == argc && (show->version == 0 || show->day == DATE_NONE);
}

static enum status show_all(struct work *work, calendar_date day, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_date(&params, day);
    status = db_run_once(work->session.db, corridor_sql_corridor_latest, &params, error, &rows);
    if (status != OK)
        return status;
    printf("%-15s %7s %-12s %-13s %-8s %-20s %12s\n", "corridor", "version", "from", "model",
           "settles", "account", "participants");
    for (int i = 0; i < result_rows(rows); i++) {
        char from[DATE_TEXT_SIZE];

        date_format(result_date(rows, i, 2), from);
        printf("%-15.*s %7lld %-12s %-13.*s %-8.*s %-20.*s %12lld\n",
               TEXT_ARG(result_text(rows, i, 0)), (long long)result_int64(rows, i, 1), from,
               TEXT_ARG(result_text(rows, i, 3)), TEXT_ARG(result_text(rows, i, 4)),
               TEXT_ARG(result_text(rows, i, 5)), (long long)result_int64(rows, i, 6));
    }
    result_free(rows);
    return OK;
}

static enum status none_there(const struct show *show, struct error *error)
{
    error_set(error, REJECT, "there is no such version of corridor %.15s", show->code);
    error_hint(error, "sawa corridor history shows all of them");
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

static void version_print(const struct corridor *corridor, struct text digest)
{
    struct buffer lines;

    buffer_init(&lines, CORRIDOR_LINES_MAX);
    corridor_lines(corridor, &lines);
    printf("corridor %.*s version %d\n%.*sdigest: %.*s\n", TEXT_ARG(corridor->code),
           corridor->version, TEXT_ARG(buffer_view(&lines)), TEXT_ARG(digest));
    buffer_done(&lines);
}

static enum status version_show(struct work *work, const struct result *rows, struct error *error)
{
    const struct book_document document = {result_text(rows, 0, 2), result_text(rows, 0, 3)};
    struct draft held;
    enum status status = draft_read_stored(work, &document, "the stored definition", error, &held);

    for (size_t i = 0; status == OK && i < held.book.corridor_count; i++) {
        const struct corridor *corridor = &held.book.corridors[i];

        if (corridor->corridor_id == result_int64(rows, 0, 0) &&
            corridor->version == result_int64(rows, 0, 1))
            version_print(corridor, result_text(rows, 0, 4));
    }
    return status;
}

static enum status show_one(struct work *work, const struct show *show, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_string(&params, show->code);
    if (show->version == 0)
        params_null(&params);
    else
        params_int32(&params, (int32_t)show->version);
    params_date(&params, show->day);
    status = db_run_once(work->session.db, corridor_sql_version_find, &params, error, &rows);
    if (status == OK)
        status = result_rows(rows) == 0 ? none_there(show, error) : version_show(work, rows, error);
    result_free(rows);
    return status;
}

int show_command(struct program_run *run, int argc, char **argv)
{
    struct show show = {.day = DATE_NONE};
    struct work work;
    struct error error;
    enum status status;

    if (!show_read(argc, argv, &show))
        return program_usage(run, "a corridor's code, and which version of it?");
    if (work_start(run, &error, &work) != OK)
        return program_fail(&error);
    if (show.day == DATE_NONE)
        show.day = (calendar_date)(work.now_us / US_PER_DAY);
    status = show.code == NULL ? show_all(&work, show.day, &error) : show_one(&work, &show, &error);
    work_done(&work);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- history ---- */

/* "ann" or, where a login is shared, "ann (sawa_maker)". */
static void person_format(struct text login, struct text person, char *text, size_t size)
{
    if (person.size == 0)
        snprintf(text, size, "%.*s", TEXT_ARG(login));
    else
        snprintf(text, size, "%.*s (%.*s)", TEXT_ARG(person), TEXT_ARG(login));
}

static void instant_show(const struct result *rows, int row, int column, char *text)
{
    if (result_is_null(rows, row, column))
        text[0] = '\0';
    else
        instant_format(result_instant(rows, row, column), text);
}

static void how_it_came(const struct result *rows, int row, char *text, size_t size)
{
    char maker[160];
    char checker[160];
    char at[INSTANT_TEXT_SIZE];

    person_format(result_text(rows, row, 7), result_text(rows, row, 8), maker, sizeof maker);
    person_format(result_text(rows, row, 9), result_text(rows, row, 10), checker, sizeof checker);
    instant_show(rows, row, 11, at);
    if (result_int64(rows, row, 5) == 0)
        snprintf(text, size, "from before changes were kept");
    else if (text_is(result_text(rows, row, 6), "BOOTSTRAP"))
        snprintf(text, size, "change %lld, first load by %s, %s",
                 (long long)result_int64(rows, row, 5), maker, at);
    else
        snprintf(text, size, "change %lld, proposed by %s, approved by %s, %s",
                 (long long)result_int64(rows, row, 5), maker, checker, at);
}

static enum status versions_print(struct work *work, const char *code, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_string(&params, code);
    status = db_run_once(work->session.db, corridor_sql_versions, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        char from[DATE_TEXT_SIZE];
        char first[DATE_TEXT_SIZE] = "none yet";
        char how[480];

        date_format(result_date(rows, i, 2), from);
        if (!result_is_null(rows, i, 3))
            date_format(result_date(rows, i, 3), first);
        how_it_came(rows, i, how, sizeof how);
        printf("corridor %.*s version %lld from %s, first window %s, digest %.16s\n  %s\n",
               TEXT_ARG(result_text(rows, i, 0)), (long long)result_int64(rows, i, 1), from, first,
               result_text(rows, i, 4).data, how);
    }
    result_free(rows);
    return status;
}

static void change_print(const struct result *rows, int row)
{
    char maker[160];
    char checker[160];
    char instants[3][INSTANT_TEXT_SIZE];

    person_format(result_text(rows, row, 2), result_text(rows, row, 3), maker, sizeof maker);
    person_format(result_text(rows, row, 6), result_text(rows, row, 7), checker, sizeof checker);
    instant_show(rows, row, 4, instants[0]);
    instant_show(rows, row, 5, instants[1]);
    instant_show(rows, row, 8, instants[2]);
    printf("change %lld %.*s, proposed by %s at %s, ", (long long)result_int64(rows, row, 0),
           TEXT_ARG(result_text(rows, row, 1)), maker, instants[0]);
    if (instants[2][0] == '\0')
        printf("until %s", instants[1]);
    else
        printf("decided by %s at %s", checker, instants[2]);
    printf(", digest %.*s\n", TEXT_ARG(result_text(rows, row, 9)));
    if (result_text(rows, row, 10).size > 0)
        printf("  %.*s\n", TEXT_ARG(result_text(rows, row, 10)));
}

static enum status changes_print(struct work *work, struct error *error)
{
    struct result *rows = NULL;
    enum status status = db_run(work->session.db, corridor_sql_changes, NULL, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        change_print(rows, i);
    result_free(rows);
    return status;
}

int history_command(struct program_run *run, int argc, char **argv)
{
    struct work work;
    struct error error;
    enum status status;

    if (argc > 2)
        return program_usage(run, "the code of one corridor, or none for all");
    if (work_start(run, &error, &work) != OK)
        return program_fail(&error);
    status = versions_print(&work, argc == 2 ? argv[1] : NULL, &error);
    if (status == OK && argc == 1)
        status = changes_print(&work, &error);
    work_done(&work);
    return status == OK ? EXIT_OK : program_fail(&error);
}
