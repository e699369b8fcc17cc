/*
 * position.c - position show, and position halt.
 *
 * A halt reaches the worker at the lock of its next batch: what is in flight is committed, what is
 * open is dropped and read again after the accept.
 */
#include "replay.h"

#include "base/clock.h"
#include "replay_sql.h"

#include <stdio.h>

/* ---- show ---- */

enum cell { CELL_TEXT, CELL_INT, CELL_BOOL, CELL_INSTANT };

static const struct column {
    const char *key;
    enum cell cell;
} columns[] = {
    {"topic", CELL_TEXT},         {"kind", CELL_TEXT},         {"cluster_id", CELL_TEXT},
    {"generation", CELL_INT},     {"newest", CELL_BOOL},       {"partition", CELL_INT},
    {"start_offset", CELL_INT},   {"next_offset", CELL_INT},   {"epoch", CELL_INT},
    {"owner", CELL_TEXT},         {"watermark", CELL_INSTANT}, {"anchor_offset", CELL_INT},
    {"anchor_time_ms", CELL_INT}, {"halt_reason", CELL_TEXT},  {"halted_at", CELL_INSTANT},
    {"parked", CELL_INT},         {"gap", CELL_INT},           {"operator_reason", CELL_TEXT},
};

enum {
    COLUMN_TOPIC = 0,
    COLUMN_GENERATION = 3,
    COLUMN_NEWEST,
    COLUMN_PARTITION,
    COLUMN_START,
    COLUMN_NEXT,
    COLUMN_EPOCH,
    COLUMN_OWNER,
    COLUMN_WATERMARK,
    COLUMN_ANCHOR,
    COLUMN_HALT_REASON = 13,
    COLUMN_HALTED_AT,
    COLUMN_PARKED,
    COLUMN_GAP,
    COLUMN_OPERATOR_REASON,
};

static void json_cell(struct buffer *out, const struct result *rows, int row, int column)
{
    char instant[INSTANT_TEXT_SIZE];

    buffer_format(out, "%s\"%s\":", column == 0 ? "{" : ",", columns[column].key);
    if (result_is_null(rows, row, column)) {
        buffer_string(out, "null");
        return;
    }
    switch (columns[column].cell) {
    case CELL_TEXT: buffer_json(out, result_text(rows, row, column)); break;
    case CELL_INT: buffer_format(out, "%lld", (long long)result_int64(rows, row, column)); break;
    case CELL_BOOL: buffer_string(out, result_bool(rows, row, column) ? "true" : "false"); break;
    case CELL_INSTANT:
        instant_format(result_instant(rows, row, column), instant);
        buffer_json(out, text_of(instant));
        break;
    }
}

static void json_row(struct buffer *out, const struct result *rows, int row)
{
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        json_cell(out, rows, row, (int)i);
    buffer_string(out, "}\n");
}

static void print_instant(struct buffer *out, const char *word, const struct result *rows, int row,
                          int column)
{
    char instant[INSTANT_TEXT_SIZE];

    if (result_is_null(rows, row, column))
        return;
    instant_format(result_instant(rows, row, column), instant);
    buffer_format(out, "  %s %.19sZ", word, instant);
}

static void print_number(struct buffer *out, const char *word, const struct result *rows, int row,
                         int column)
{
    if (!result_is_null(rows, row, column) && result_int64(rows, row, column) != 0)
        buffer_format(out, "  %s %lld", word, (long long)result_int64(rows, row, column));
}

static void print_halt(struct buffer *out, const struct result *rows, int row)
{
    if (result_is_null(rows, row, COLUMN_HALT_REASON))
        return;
    buffer_format(out, "\n  ! halted: %.*s", TEXT_ARG(result_text(rows, row, COLUMN_HALT_REASON)));
    print_instant(out, "since", rows, row, COLUMN_HALTED_AT);
    if (!result_is_null(rows, row, COLUMN_OPERATOR_REASON))
        buffer_format(out, "  (%.*s)", TEXT_ARG(result_text(rows, row, COLUMN_OPERATOR_REASON)));
}

static void print_row(struct buffer *out, const struct result *rows, int row)
{
    buffer_format(out, "%.*s:%lld/%lld%s", TEXT_ARG(result_text(rows, row, COLUMN_TOPIC)),
                  (long long)result_int64(rows, row, COLUMN_GENERATION),
                  (long long)result_int64(rows, row, COLUMN_PARTITION),
                  result_bool(rows, row, COLUMN_NEWEST) ? "" : " (superseded)");
    if (result_is_null(rows, row, COLUMN_NEXT)) {
        buffer_string(out, "  never read\n");
        return;
    }
    buffer_format(out, "  next %lld", (long long)result_int64(rows, row, COLUMN_NEXT));
    print_number(out, "start", rows, row, COLUMN_START);
    print_number(out, "epoch", rows, row, COLUMN_EPOCH);
    if (!result_is_null(rows, row, COLUMN_OWNER))
        buffer_format(out, "  owner %.*s", TEXT_ARG(result_text(rows, row, COLUMN_OWNER)));
    print_instant(out, "watermark", rows, row, COLUMN_WATERMARK);
    print_number(out, "anchor", rows, row, COLUMN_ANCHOR);
    print_number(out, "parked", rows, row, COLUMN_PARKED);
    print_number(out, "accepted gap", rows, row, COLUMN_GAP);
    print_halt(out, rows, row);
    buffer_byte(out, '\n');
}

static enum status positions_print(struct db *db, const struct arguments *arguments,
                                   struct buffer *out, struct error *error)
{
    struct source_filter filter;
    struct params params;
    struct result *rows = NULL;
    enum status status = source_filter_read(arguments->source, error, &filter);

    if (status != OK)
        return status;
    params_init(&params, REPLAY_PARAMS_MAX);
    source_filter_params(&filter, &params);
    status = db_run_once(db, replay_sql_positions, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        (arguments->json ? json_row : print_row)(out, rows, i);
    result_free(rows);
    return status;
}

int position_show(struct program_run *run, const struct arguments *arguments)
{
    struct session session = {0};
    struct buffer out;
    struct error error;
    enum status status = session_open(run, &error, &session);

    buffer_init(&out, REPLAY_OUT_MAX);
    if (status == OK)
        status = positions_print(session.db, arguments, &out, &error);
    session_done(&session);
    if (status == OK)
        return program_answer(&out, EXIT_OK);
    buffer_done(&out);
    return program_fail(&error);
}

/* ---- halt ---- */

static enum status halt_look(struct db *db, const struct source_row *source,
                             const struct arguments *arguments, struct error *error,
                             int *ret_to_halt)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    *ret_to_halt = 0;
    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, source->source_id);
    params_int32(&params, arguments->partition);
    status = db_run_once(db, replay_sql_positions_read, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0) {
        error_set(error, REJECT, "no such partition has been read yet, so none can be halted");
        error->exit_code = EXIT_REFUSED;
        status = REJECT;
    }
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        bool halted = !result_is_null(rows, i, 2);

        printf("%s:%d/%lld at %lld: %s%.*s\n", source->topic, source->generation,
               (long long)result_int64(rows, i, 0), (long long)result_int64(rows, i, 1),
               halted ? "is halted already: " : "halts at its next batch",
               halted ? (int)result_text(rows, i, 2).size : 0,
               halted ? result_text(rows, i, 2).data : "");
        *ret_to_halt += halted ? 0 : 1;
    }
    result_free(rows);
    return status;
}

static enum status halt_fill(struct decision *decision, const struct source_row *source,
                             struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, source->source_id);
    params_int32(&params, decision->arguments->partition);
    params_string(&params, "halted_by_operator");
    status = db_run_once(decision->tx.db, replay_sql_positions_halt, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0) /* (3) */
        status = error_set(error, REJECT, "they were halted meanwhile");
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = decision_note(decision, "halted", source->source_id,
                               (int32_t)result_int64(rows, i, 0), -1, error);
    result_free(rows);
    return status;
}

static enum status halt_execute(struct program_run *run, struct session *session,
                                const struct source_row *source, const struct arguments *arguments,
                                struct error *error)
{
    struct decision decision;
    enum status status = decision_begin(run, session, "position_halt", arguments, error, &decision);

    if (status != OK)
        return status;
    status = halt_fill(&decision, source, error);
    return business_finish(&decision.tx, status, error);
}

int position_halt_verb(struct program_run *run, const struct arguments *arguments)
{
    struct session session = {0};
    struct source_row source;
    struct error error;
    int to_halt = 0;
    enum status status;

    if (arguments->source == NULL)
        return program_usage(run, "halt wants --source");
    status = session_open(run, &error, &session);
    if (status == OK)
        status = source_row_find(session.db, arguments->source, &error, &source);
    if (status == OK)
        status = halt_look(session.db, &source, arguments, &error, &to_halt);
    if (status == OK && to_halt > 0 && arguments->execute)
        status = halt_execute(run, &session, &source, arguments, &error);
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    if (to_halt > 0)
        dry_run_print(arguments);
    return EXIT_OK;
}
