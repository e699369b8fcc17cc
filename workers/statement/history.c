/*
 * history.c - list, show, findings, original, and the lists of release and policy: what is stored
 * already. They write nothing.
 */
#include "load.h"
#include "original.h"
#include "profiles.h"
#include "statement.h"

#include "statement_sql.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum {
    CELL_SIZE = 256,
    COLUMNS_MAX = 16,
    PAGE_SIZE_MAX = 64 * 1024 * 1024,
    PARAMS_SIZE_MAX = 64 * 1024,
    LIMIT_DEFAULT = 100,
    LIMIT_MAX = 1000 * 1000,
};

/* ---- rows as a page ---- */

enum cell { CELL_TEXT, CELL_NUMBER, CELL_DATE, CELL_MONEY, CELL_INSTANT };

struct column {
    const char *key; /* of JSON, and the heading */
    enum cell cell;
};

/* A question and what its answer looks like. Money is in the currency of its row. */
struct view {
    const char *sql;
    const struct column *columns;
    int column_count;
    int currency_column;
};

static void money_cell(const struct view *view, const struct result *rows, int row, int column,
                       char text[CELL_SIZE])
{
    struct statement_amount amount;
    char digits[STATEMENT_AMOUNT_TEXT_SIZE];
    currency which;

    if (!statement_currency_parse(text_trim(result_text(rows, row, view->currency_column)), &which))
        which = CURRENCY_NONE;
    amount = statement_amount_of(result_int64(rows, row, column), which);
    statement_amount_format(&amount, digits);
    snprintf(text, CELL_SIZE, "%s", digits);
}

static void instant_cell(const struct result *rows, int row, int column, char text[CELL_SIZE])
{
    char instant[INSTANT_TEXT_SIZE];

    instant_format(result_instant(rows, row, column), instant);
    snprintf(text, CELL_SIZE, "%s", instant);
}

static void cell_format(const struct view *view, const struct result *rows, int row, int column,
                        char text[CELL_SIZE])
{
    text[0] = '\0';
    if (result_is_null(rows, row, column))
        return;
    switch (view->columns[column].cell) {
    case CELL_TEXT: text_show(result_text(rows, row, column), text, CELL_SIZE); break;
    case CELL_NUMBER:
        snprintf(text, CELL_SIZE, "%lld", (long long)result_int64(rows, row, column));
        break;
    case CELL_DATE: date_format(result_date(rows, row, column), text); break;
    case CELL_MONEY: money_cell(view, rows, row, column, text); break;
    case CELL_INSTANT: instant_cell(rows, row, column, text); break;
    }
}

static bool is_right(const struct view *view, int column)
{
    return view->columns[column].cell == CELL_NUMBER || view->columns[column].cell == CELL_MONEY;
}

static int column_width(const struct view *view, const struct result *rows, int column)
{
    size_t width = strlen(view->columns[column].key);

    for (int row = 0; row < result_rows(rows); row++) {
        char text[CELL_SIZE];

        cell_format(view, rows, row, column, text);
        width = strlen(text) > width ? strlen(text) : width;
    }
    return (int)width;
}

/* row -1: the headings. */
static void table_line(const struct view *view, const struct result *rows, int row,
                       const int *widths, struct buffer *out)
{
    for (int column = 0; column < view->column_count; column++) {
        char text[CELL_SIZE];

        if (row < 0)
            snprintf(text, sizeof text, "%s", view->columns[column].key);
        else
            cell_format(view, rows, row, column, text);
        buffer_format(out, is_right(view, column) ? "%s%*s" : "%s%-*s", column == 0 ? "" : "  ",
                      column == view->column_count - 1 ? 0 : widths[column], text);
    }
    buffer_byte(out, '\n');
}

static void table_print(const struct view *view, const struct result *rows, struct buffer *out)
{
    int widths[COLUMNS_MAX];

    assert(view->column_count <= COLUMNS_MAX);
    for (int column = 0; column < view->column_count; column++)
        widths[column] = column_width(view, rows, column);
    for (int row = -1; row < result_rows(rows); row++)
        table_line(view, rows, row, widths, out);
}

static void json_cell(const struct view *view, const struct result *rows, int row, int column,
                      struct buffer *out)
{
    char text[CELL_SIZE];

    buffer_format(out, "%s\"%s\":", column == 0 ? "{" : ",", view->columns[column].key);
    cell_format(view, rows, row, column, text);
    if (result_is_null(rows, row, column))
        buffer_string(out, "null");
    else if (view->columns[column].cell == CELL_NUMBER)
        buffer_string(out, text);
    else
        buffer_json(out, view->columns[column].cell == CELL_TEXT ? result_text(rows, row, column)
                                                                 : text_of(text));
}

static void json_print(const struct view *view, const struct result *rows, struct buffer *out)
{
    for (int row = 0; row < result_rows(rows); row++) {
        for (int column = 0; column < view->column_count; column++)
            json_cell(view, rows, row, column, out);
        buffer_string(out, "}\n");
    }
}

static enum status rows_read(struct program_run *run, const char *sql, struct params *params,
                             struct error *error, struct result **ret_rows)
{
    struct session session;
    enum status status = session_open(run, error, &session);

    if (status != OK)
        return status;
    status = db_run_once(session.db, sql, params, error, ret_rows);
    session_done(&session);
    return status;
}

/* ---- the options they have in common ---- */

struct question {
    const char *account, *state, *severity;
    calendar_date from, to;
    int64_t limit;
    bool json;
    int64_t number; /* 0: none was given */
};

static bool option_take(int option, const char *value, struct question *question)
{
    switch (option) {
    case 'a': question->account = value; return true;
    case 's': question->state = value; return true;
    case 'v': question->severity = value; return true;
    case 'f': return date_parse(text_of(value), &question->from);
    case 't': return date_parse(text_of(value), &question->to);
    case 'l':
        return text_to_int64(text_of(value), &question->limit) && question->limit > 0 &&
               question->limit <= LIMIT_MAX;
    case 'j': question->json = true; return true;
    default: return false;
    }
}

/* Options, then a number or none. EXIT_OK, or what the program ends with. */
static int question_read(struct program_run *run, int argc, char **argv, const struct option *known,
                         struct question *ret_question)
{
    struct question question = {.account = "",
                                .state = "",
                                .severity = "",
                                .from = DATE_NONE,
                                .to = DATE_NONE,
                                .limit = LIMIT_DEFAULT};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        if (!option_take(option, optarg, &question))
            return program_usage(run, "no such option, or not its value");
    if (argc - optind > 1 ||
        (argc - optind == 1 &&
         (!text_to_int64(text_of(argv[optind]), &question.number) || question.number <= 0)))
        return program_usage(run, "one number at most");
    *ret_question = question;
    return EXIT_OK;
}

static int answer(struct program_run *run, const struct view *view, struct params *params,
                  const struct question *question)
{
    struct result *rows = NULL;
    struct buffer out;
    struct error error;

    if (rows_read(run, view->sql, params, &error, &rows) != OK)
        return program_fail(&error);
    buffer_init(&out, PAGE_SIZE_MAX);
    if (question->json)
        json_print(view, rows, &out);
    else
        table_print(view, rows, &out);
    result_free(rows);
    return program_answer(&out, EXIT_OK);
}

/* ---- the commands ---- */

static void params_day(struct params *params, calendar_date date)
{
    if (date == DATE_NONE)
        params_null(params);
    else
        params_date(params, date);
}

int list_command(struct program_run *run, int argc, char **argv)
{
    static const struct option known[] = {
        {"account", required_argument, NULL, 'a'},
        {"state", required_argument, NULL, 's'},
        {"from", required_argument, NULL, 'f'},
        {"to", required_argument, NULL, 't'},
        {"limit", required_argument, NULL, 'l'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    static const struct column columns[] = {
        {"statement", CELL_NUMBER}, {"file", CELL_NUMBER},     {"account", CELL_TEXT},
        {"format", CELL_TEXT},      {"number", CELL_TEXT},     {"opening", CELL_MONEY},
        {"closing", CELL_MONEY},    {"currency", CELL_TEXT},   {"closing_date", CELL_DATE},
        {"state", CELL_TEXT},       {"held_for", CELL_TEXT},   {"received_at", CELL_INSTANT},
        {"entries", CELL_NUMBER},   {"findings", CELL_NUMBER}, {"proposal", CELL_NUMBER},
        {"file_name", CELL_TEXT},
    };
    const struct view view = {statement_sql_list, columns, COUNT_OF(columns), 7};
    struct question question;
    struct params params;
    int code = question_read(run, argc, argv, known, &question);

    if (code != EXIT_OK || question.number != 0)
        return code != EXIT_OK ? code : program_usage(run, "list takes no number: show does");
    params_init(&params, PARAMS_SIZE_MAX);
    params_string(&params, question.account);
    params_string(&params, question.state);
    params_day(&params, question.from);
    params_day(&params, question.to);
    params_int32(&params, (int32_t)question.limit);
    return answer(run, &view, &params, &question);
}

/* The columns of held.sql. */
enum { HELD_FILE, HELD_STATE = 3, HELD_REASON = 4, HELD_SINCE = 11 };

/* One that did not load has no entries to show: why, and where they are. */
static void held_print(const struct result *rows, int64_t statement_id)
{
    char since[INSTANT_TEXT_SIZE];

    if (result_rows(rows) == 0) {
        fprintf(stderr, "sawa-statement: no statement has that number: sawa-statement list\n");
        return;
    }
    if (text_is(result_text(rows, 0, HELD_STATE), "LOADED"))
        return;
    instant_format(result_instant(rows, 0, HELD_SINCE), since);
    fprintf(stderr,
            "sawa-statement: statement %lld is %s for %.*s since %s; its entries are in its file:"
            " sawa-statement original %lld | sawa-statement parse -\n",
            (long long)statement_id,
            text_is(result_text(rows, 0, HELD_STATE), "HELD") ? "held" : "refused, it was held",
            TEXT_ARG(result_text(rows, 0, HELD_REASON)), since,
            (long long)result_int64(rows, 0, HELD_FILE));
}

static enum status held_tell(struct program_run *run, int64_t statement_id, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, statement_id);
    status = rows_read(run, statement_sql_held, &params, error, &rows);
    if (status == OK)
        held_print(rows, statement_id);
    result_free(rows);
    return status;
}

int show_command(struct program_run *run, int argc, char **argv)
{
    static const struct option known[] = {
        {"limit", required_argument, NULL, 'l'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    static const struct column columns[] = {
        {"position", CELL_NUMBER},
        {"value_date", CELL_DATE},
        {"booking_date", CELL_DATE},
        {"amount", CELL_MONEY},
        {"currency", CELL_TEXT},
        {"reversal", CELL_TEXT},
        {"kind", CELL_TEXT},
        {"transaction_code", CELL_TEXT},
        {"return_reason", CELL_TEXT},
        {"end_to_end_id", CELL_TEXT},
        {"customer_reference", CELL_TEXT},
        {"servicer_reference", CELL_TEXT},
        {"remittance", CELL_TEXT},
    };
    const struct view view = {statement_sql_show, columns, COUNT_OF(columns), 4};
    struct question question;
    struct params params;
    struct error error;
    int code = question_read(run, argc, argv, known, &question);

    if (code != EXIT_OK || question.number == 0)
        return code != EXIT_OK ? code : program_usage(run, "which statement?");
    if (held_tell(run, question.number, &error) != OK)
        return program_fail(&error);
    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, question.number);
    params_int32(&params, (int32_t)question.limit);
    return answer(run, &view, &params, &question);
}

int findings_command(struct program_run *run, int argc, char **argv)
{
    static const struct option known[] = {
        {"severity", required_argument, NULL, 'v'},
        {"limit", required_argument, NULL, 'l'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    static const struct column columns[] = {
        {"statement", CELL_NUMBER}, {"file", CELL_NUMBER},    {"severity", CELL_TEXT},
        {"code", CELL_TEXT},        {"entry", CELL_NUMBER},   {"line", CELL_NUMBER},
        {"text", CELL_TEXT},        {"file_name", CELL_TEXT},
    };
    const struct view view = {statement_sql_findings, columns, COUNT_OF(columns), 0};
    struct question question;
    struct params params;
    int code = question_read(run, argc, argv, known, &question);

    if (code != EXIT_OK)
        return code;
    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, question.number);
    params_string(&params, question.severity);
    params_int32(&params, (int32_t)question.limit);
    return answer(run, &view, &params, &question);
}

/* ---- what was proposed, and which findings hold ---- */

static int list_of_proposals(struct program_run *run, int argc, char **argv, bool about_policy)
{
    static const struct option known[] = {
        {"limit", required_argument, NULL, 'l'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    static const struct column columns[] = {
        {"proposal", CELL_NUMBER},    {"action", CELL_TEXT},      {"statement", CELL_NUMBER},
        {"finding", CELL_TEXT},       {"account", CELL_TEXT},     {"state", CELL_TEXT},
        {"maker", CELL_TEXT},         {"proposed_by", CELL_TEXT}, {"proposed_at", CELL_INSTANT},
        {"expires_at", CELL_INSTANT}, {"checker", CELL_TEXT},     {"decided_by", CELL_TEXT},
        {"decided_at", CELL_INSTANT}, {"reason", CELL_TEXT},      {"decided_for", CELL_TEXT},
    };
    const struct view view = {statement_sql_release_list, columns, COUNT_OF(columns), 0};
    struct question question;
    struct params params;
    int code = question_read(run, argc, argv, known, &question);

    if (code != EXIT_OK || question.number != 0)
        return code != EXIT_OK ? code : program_usage(run, "list takes no number");
    params_init(&params, PARAMS_SIZE_MAX);
    params_bool(&params, about_policy);
    params_int32(&params, (int32_t)question.limit);
    return answer(run, &view, &params, &question);
}

int release_list(struct program_run *run, int argc, char **argv)
{
    return list_of_proposals(run, argc, argv, false);
}

int policy_history(struct program_run *run, int argc, char **argv)
{
    return list_of_proposals(run, argc, argv, true);
}

static void params_shipped(struct params *params)
{
    struct text codes[FINDING_COUNT];
    struct text severities[FINDING_COUNT];
    bool holds[FINDING_COUNT];
    struct hold_policy shipped;
    size_t count = 0;

    hold_policy_init(&shipped);
    for (int code = FINDING_NONE + 1; code < FINDING_COUNT; code++) {
        if (finding_is_refusal((enum finding_code)code))
            continue;
        codes[count] = text_of(finding_name((enum finding_code)code));
        severities[count] = text_of(severity_name(finding_severity((enum finding_code)code)));
        holds[count] = shipped.holds[code];
        count++;
    }
    params_text_array(params, codes, count);
    params_text_array(params, severities, count);
    params_bool_array(params, holds, count);
}

int policy_list(struct program_run *run, int argc, char **argv)
{
    static const struct option known[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
    static const struct column columns[] = {
        {"finding", CELL_TEXT},    {"severity", CELL_TEXT}, {"shipped", CELL_TEXT},
        {"policy", CELL_TEXT},     {"account", CELL_TEXT},  {"since", CELL_INSTANT},
        {"proposal", CELL_NUMBER},
    };
    const struct view view = {statement_sql_policy_list, columns, COUNT_OF(columns), 0};
    struct question question;
    struct params params;
    int code = question_read(run, argc, argv, known, &question);

    if (code != EXIT_OK || question.number != 0)
        return code != EXIT_OK ? code : program_usage(run, "list takes no number");
    params_init(&params, PARAMS_SIZE_MAX);
    params_shipped(&params);
    return answer(run, &view, &params, &question);
}

/* ---- the original ---- */

static enum status bytes_print(void *context, struct text piece, struct error *error)
{
    (void)context;
    if (fwrite(piece.data, 1, piece.size, stdout) == piece.size)
        return OK;
    error_set(error, FATAL, "could not write the original");
    error->exit_code = EXIT_FAILED;
    return error_hint(error, "is the disk full?");
}

static enum status original_print(struct program_run *run, int64_t file_id, struct error *error)
{
    struct original_seal seal = {.present = false};
    struct session session;
    enum status status = original_seal_read(run->config, error, &seal);

    if (status != OK)
        return status;
    status = session_open(run, error, &session);
    if (status != OK)
        return status;
    status = original_read(session.db, &seal, file_id, bytes_print, NULL, error);
    session_done(&session);
    return status == OK && fflush(stdout) != 0 ? bytes_print(NULL, (struct text){"", 1}, error)
                                               : status;
}

int original_command(struct program_run *run, int argc, char **argv)
{
    static const struct option known[] = {{NULL, 0, NULL, 0}};
    struct question question;
    struct error error;
    int code = question_read(run, argc, argv, known, &question);

    if (code != EXIT_OK || question.number == 0)
        return code != EXIT_OK ? code : program_usage(run, "which file?");
    return original_print(run, question.number, &error) == OK ? EXIT_OK : program_fail(&error);
}

int profiles_command(struct program_run *run, int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return program_usage(run, "profiles takes no arguments");
    profiles_print(stdout);
    printf("CSV files are read by profiles in YAML: --csv-profile FILE, see schemas/statements.\n");
    return EXIT_OK;
}
