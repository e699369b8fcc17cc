/*
 * show.c - archive show: every day, how large, until when it is kept, in which file, and why it
 * stays although it is old enough.
 *
 * What holds a day is asked for days that are due, and for the one that --day names: to ask reads
 * the day's rows.
 */
#include "archive.h"

#include "archive_sql.h"
#include "base/clock.h"

#include <stdio.h>

enum {
    COLUMN_PARENT,
    COLUMN_DAY,
    COLUMN_ROWS,
    COLUMN_ESTIMATED,
    COLUMN_SIZE,
    COLUMN_STATE,
    COLUMN_FILE,
    COLUMN_SHA256,
    COLUMN_DECIDED_AT
};

struct show {
    const struct program_run *run;
    const struct arguments *arguments;
    struct db *db;
    calendar_date today;
    struct buffer out;
};

/* A day seen, and what holds it. */
struct day_seen {
    const struct result *rows;
    int row;
    calendar_date day;
    calendar_date keep_until;   /* the first day it may go */
    const struct result *holds; /* NULL: not asked */
};

static bool is_due(const struct show *show, const struct day_seen *seen)
{
    return show->today >= seen->keep_until &&
           result_is_null(seen->rows, seen->row, COLUMN_DECIDED_AT);
}

/* ---- text ---- */

static const char *standing(const struct show *show, const struct day_seen *seen)
{
    if (!result_is_null(seen->rows, seen->row, COLUMN_DECIDED_AT))
        return "was let go, and is not dropped yet: the next expire goes on";
    if (!is_due(show, seen))
        return "is kept";
    if (seen->holds == NULL || result_rows(seen->holds) == 0)
        return "may go";
    return "is old enough, and held";
}

static void print_holds(struct buffer *out, const struct result *holds)
{
    for (int i = 0; holds != NULL && i < result_rows(holds); i++)
        buffer_format(out, "  ! %.*s: %lld, such as %.*s\n", TEXT_ARG(result_text(holds, i, 0)),
                      (long long)result_int64(holds, i, 1), TEXT_ARG(result_text(holds, i, 2)));
}

static void print_day(struct show *show, const struct day_seen *seen)
{
    const struct result *rows = seen->rows;
    char day[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    int row = seen->row;

    date_format(seen->day, day);
    date_format(seen->keep_until, until);
    buffer_format(&show->out, "%-10.*s %s  %s%lld rows  %lld bytes  keep until %s  %s\n",
                  TEXT_ARG(result_text(rows, row, COLUMN_PARENT)), day,
                  result_bool(rows, row, COLUMN_ESTIMATED) ? "~" : "",
                  (long long)result_int64(rows, row, COLUMN_ROWS),
                  (long long)result_int64(rows, row, COLUMN_SIZE), until, standing(show, seen));
    if (!result_is_null(rows, row, COLUMN_FILE))
        buffer_format(&show->out, "  file %.*s  SHA-256 %.*s\n",
                      TEXT_ARG(result_text(rows, row, COLUMN_FILE)),
                      TEXT_ARG(result_text(rows, row, COLUMN_SHA256)));
    print_holds(&show->out, seen->holds);
}

/* ---- JSON ---- */

static void json_text(struct buffer *out, const char *key, const struct result *rows, int row,
                      int column)
{
    buffer_format(out, ",\"%s\":", key);
    if (result_is_null(rows, row, column))
        buffer_string(out, "null");
    else
        buffer_json(out, result_text(rows, row, column));
}

static void json_holds(struct buffer *out, const struct result *holds)
{
    if (holds == NULL) {
        buffer_string(out, "null");
        return;
    }
    buffer_byte(out, '[');
    for (int i = 0; i < result_rows(holds); i++) {
        buffer_format(out, "%s{\"by\":%lld", i == 0 ? "" : ",",
                      (long long)result_int64(holds, i, 1));
        json_text(out, "hold", holds, i, 0);
        json_text(out, "example", holds, i, 2);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void json_day(struct show *show, const struct day_seen *seen)
{
    const struct result *rows = seen->rows;
    struct buffer *out = &show->out;
    char day[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    int row = seen->row;

    date_format(seen->day, day);
    date_format(seen->keep_until, until);
    buffer_format(out, "{\"day\":\"%s\",\"keep_until\":\"%s\",\"rows\":%lld,\"estimated\":%s", day,
                  until, (long long)result_int64(rows, row, COLUMN_ROWS),
                  result_bool(rows, row, COLUMN_ESTIMATED) ? "true" : "false");
    buffer_format(out, ",\"size\":%lld,\"due\":%s,\"expired\":%s",
                  (long long)result_int64(rows, row, COLUMN_SIZE),
                  is_due(show, seen) ? "true" : "false",
                  result_is_null(rows, row, COLUMN_DECIDED_AT) ? "false" : "true");
    json_text(out, "table", rows, row, COLUMN_PARENT);
    json_text(out, "state", rows, row, COLUMN_STATE);
    json_text(out, "file", rows, row, COLUMN_FILE);
    json_text(out, "sha256", rows, row, COLUMN_SHA256);
    buffer_string(out, ",\"holds\":");
    json_holds(out, seen->holds);
    buffer_string(out, "}\n");
}

/* ---- the verb ---- */

static enum status holds_ask(struct show *show, const struct day_seen *seen, struct error *error,
                             struct result **ret_holds)
{
    struct params params;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_text(&params, result_text(seen->rows, seen->row, COLUMN_PARENT));
    params_date(&params, seen->day);
    return db_run_once(show->db, archive_sql_holds, &params, error, ret_holds);
}

static enum status day_show(struct show *show, const struct result *rows, int row,
                            struct error *error)
{
    struct day_seen seen = {.rows = rows, .row = row, .day = result_date(rows, row, COLUMN_DAY)};
    struct result *holds = NULL;
    enum status status = OK;
    char parent[16];

    if (show->arguments->day != DATE_NONE && show->arguments->day != seen.day)
        return OK;
    text_copy(result_text(rows, row, COLUMN_PARENT), parent, sizeof parent);
    seen.keep_until = seen.day + (int32_t)keep_days(show->run, parent);
    if (is_due(show, &seen) || show->arguments->day != DATE_NONE)
        status = holds_ask(show, &seen, error, &holds);
    seen.holds = holds;
    if (status == OK)
        (show->arguments->json ? json_day : print_day)(show, &seen);
    result_free(holds);
    return status;
}

static enum status days_show(struct show *show, struct error *error)
{
    struct result *rows = NULL;
    enum status status = db_run(show->db, archive_sql_days, NULL, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = day_show(show, rows, i, error);
    result_free(rows);
    return status;
}

int show_verb(struct program_run *run, const struct arguments *arguments)
{
    struct show show = {.run = run,
                        .arguments = arguments,
                        .today = (int32_t)(clock_now_us() / US_PER_DAY)};
    struct session session = {0};
    struct error error;
    enum status status = session_open(run, &error, &session);

    buffer_init(&show.out, ARCHIVE_OUT_MAX);
    show.db = session.db;
    if (status == OK)
        status = days_show(&show, &error);
    session_done(&session);
    if (status == OK)
        return program_answer(&show.out, EXIT_OK);
    buffer_done(&show.out);
    return program_fail(&error);
}
