/*
 * show.c - sawa-settle show [--json] [--state STATE] [--window ID] [--limit N], and
 * sawa-settle simulate [--json] --window ID.
 *
 * One line per window, the newest first; with --window also its net positions, what it is charged
 * and the rate it settled at. JSON has the same figures, one object per window and line, amounts as
 * strings in the currency's unit.
 */
#include "settle.h"

#include "domain/amount.h"
#include "fx/fx.h"
#include "settle_sql.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHOW_LIMIT = 40, LINE_SIZE_MAX = 16 * 1024 * 1024 };

struct show {
    struct db *db;
    bool json;
    const char *state;
    int64_t window_id; /* 0: any */
    int32_t limit;
};

const char *money_told(const struct result *rows, int row, int column, int currency_column,
                       char text[AMOUNT_TEXT_SIZE])
{
    struct amount amount = {.minor = result_int64(rows, row, column)};

    if (currency_parse(result_text(rows, row, currency_column), &amount.currency))
        amount_format(amount, text);
    else
        snprintf(text, AMOUNT_TEXT_SIZE, "%lld", (long long)amount.minor);
    return text;
}

/* Columns of show_nets.sql behind the net: what else became of a position, above zero is paid. */
static const struct {
    int column;
    const char *told;
    const char *key;
} beyond[] = {
    {6, "carried in", "carried_in"},
    {7, "joined in its group", "joined"},
    {8, "carried out", "carried_out"},
    {9, "taken of what it placed", "prefunded"},
};

/* What --window shows beside the line of the window; NULL without it. */
struct detail {
    struct result *nets;
    struct result *charges;
    struct result *fx;
    struct result *fx_locks;
};

static enum status detail_rows(const struct show *show, const char *sql, struct error *error,
                               struct result **ret_rows)
{
    return settle_on_id(show->db, sql, show->window_id, error, ret_rows);
}

static enum status detail_read(const struct show *show, struct error *error,
                               struct detail *ret_detail)
{
    enum status status;

    *ret_detail = (struct detail){NULL, NULL, NULL, NULL};
    if (show->window_id == 0)
        return OK;
    status = detail_rows(show, settle_sql_show_nets, error, &ret_detail->nets);
    if (status == OK)
        status = detail_rows(show, settle_sql_show_charges, error, &ret_detail->charges);
    if (status == OK)
        status = detail_rows(show, settle_sql_show_fx, error, &ret_detail->fx);
    if (status == OK)
        status = detail_rows(show, settle_sql_show_fx_locks, error, &ret_detail->fx_locks);
    return status;
}

static void detail_free(struct detail *detail)
{
    result_free(detail->nets);
    result_free(detail->charges);
    result_free(detail->fx);
    result_free(detail->fx_locks);
}

/* ---- for people ---- */

static void print_window(const struct result *rows, int row)
{
    char date[DATE_TEXT_SIZE];
    char cut_off[INSTANT_TEXT_SIZE];
    char gross[AMOUNT_TEXT_SIZE];
    char net[AMOUNT_TEXT_SIZE];

    date_format(result_date(rows, row, 2), date);
    instant_format(result_instant(rows, row, 6), cut_off);
    money_told(rows, row, 10, 8, gross);
    money_told(rows, row, 11, 8, net);
    printf("%-14lld %-9.*s %s/%lld %-11.*s %.16s %10lld %18s %18s %.*s %.*s\n",
           (long long)result_int64(rows, row, 0), TEXT_ARG(result_text(rows, row, 1)), date,
           (long long)result_int64(rows, row, 3), TEXT_ARG(result_text(rows, row, 4)), cut_off,
           (long long)result_int64(rows, row, 9), gross, net, TEXT_ARG(result_text(rows, row, 8)),
           TEXT_ARG(result_text(rows, row, 5)));
}

/* What became of a net beside being instructed; nothing where that is all. */
static void print_beyond(const struct result *nets, int row)
{
    for (size_t i = 0; i < COUNT_OF(beyond); i++) {
        char amount[AMOUNT_TEXT_SIZE];

        if (result_int64(nets, row, beyond[i].column) == 0)
            continue;
        money_told(nets, row, beyond[i].column, 5, amount);
        printf("  %s %s", beyond[i].told, amount);
    }
    printf("\n");
}

static void print_nets(const struct result *nets)
{
    for (int i = 0; i < result_rows(nets); i++) {
        char owes[AMOUNT_TEXT_SIZE];
        char is_owed[AMOUNT_TEXT_SIZE];
        char net[AMOUNT_TEXT_SIZE];

        money_told(nets, i, 2, 5, owes);
        money_told(nets, i, 3, 5, is_owed);
        money_told(nets, i, 4, 5, net);
        printf("  %-14.*s %-14.*s owes %18s  is owed %18s  net %18s %.*s",
               TEXT_ARG(result_text(nets, i, 0)), TEXT_ARG(result_text(nets, i, 1)), owes, is_owed,
               net, TEXT_ARG(result_text(nets, i, 5)));
        print_beyond(nets, i);
    }
}

/* Who pays whom: an empty code is ourselves. */
static struct text party_told(struct text code)
{
    return code.size == 0 ? TEXT("(ourselves)") : code;
}

static void print_charges(const struct result *charges)
{
    for (int i = 0; i < result_rows(charges); i++) {
        char amount[AMOUNT_TEXT_SIZE];

        money_told(charges, i, 5, 6, amount);
        printf("  %-14.*s %.*s of %lld payments: %.*s pays %.*s %s %.*s\n",
               TEXT_ARG(result_text(charges, i, 0)), TEXT_ARG(result_text(charges, i, 1)),
               (long long)result_int64(charges, i, 4),
               TEXT_ARG(party_told(result_text(charges, i, 2))),
               TEXT_ARG(party_told(result_text(charges, i, 3))), amount,
               TEXT_ARG(result_text(charges, i, 6)));
    }
}

/* ---- for machines ---- */

static void json_money(struct buffer *out, const char *key, const struct result *rows, int row,
                       int column, int currency_column)
{
    char text[AMOUNT_TEXT_SIZE];

    money_told(rows, row, column, currency_column, text);
    buffer_format(out, ",\"%s\":\"%s\"", key, text);
}

static void json_text(struct buffer *out, const char *key, struct text value)
{
    buffer_format(out, ",\"%s\":", key);
    buffer_json(out, value);
}

static void json_nets(struct buffer *out, const struct result *nets)
{
    buffer_string(out, ",\"net_positions\":[");
    for (int i = 0; i < result_rows(nets); i++) {
        buffer_string(out, i == 0 ? "{\"participant\":" : ",{\"participant\":");
        buffer_json(out, result_text(nets, i, 0));
        json_text(out, "counterparty", result_text(nets, i, 1));
        json_money(out, "owes", nets, i, 2, 5);
        json_money(out, "is_owed", nets, i, 3, 5);
        json_money(out, "net", nets, i, 4, 5);
        for (size_t j = 0; j < COUNT_OF(beyond); j++)
            json_money(out, beyond[j].key, nets, i, beyond[j].column, 5);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void json_charges(struct buffer *out, const struct result *charges)
{
    buffer_string(out, ",\"charges\":[");
    for (int i = 0; i < result_rows(charges); i++) {
        buffer_string(out, i == 0 ? "{\"fee\":" : ",{\"fee\":");
        buffer_json(out, result_text(charges, i, 0));
        json_text(out, "kind", result_text(charges, i, 1));
        json_text(out, "debtor", result_text(charges, i, 2));
        json_text(out, "creditor", result_text(charges, i, 3));
        buffer_format(out, ",\"payments\":%lld", (long long)result_int64(charges, i, 4));
        json_money(out, "amount", charges, i, 5, 6);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void json_window(struct buffer *out, const struct result *rows, int row,
                        const struct detail *detail)
{
    char date[DATE_TEXT_SIZE];
    char cut_off[INSTANT_TEXT_SIZE];

    date_format(result_date(rows, row, 2), date);
    instant_format(result_instant(rows, row, 6), cut_off);
    buffer_format(out, "{\"window_id\":%lld", (long long)result_int64(rows, row, 0));
    json_text(out, "corridor", result_text(rows, row, 1));
    json_text(out, "business_date", text_of(date));
    date_format(result_date(rows, row, 12), date);
    json_text(out, "value_date", text_of(date));
    buffer_format(out, ",\"sequence\":%lld", (long long)result_int64(rows, row, 3));
    json_text(out, "state", result_text(rows, row, 4));
    json_text(out, "hold_reason", result_text(rows, row, 5));
    json_text(out, "cut_off", text_of(cut_off));
    json_text(out, "model", result_text(rows, row, 7));
    json_text(out, "currency", result_text(rows, row, 8));
    buffer_format(out, ",\"payments\":%lld", (long long)result_int64(rows, row, 9));
    json_money(out, "gross", rows, row, 10, 8);
    json_money(out, "net", rows, row, 11, 8);
    if (detail->nets != NULL) {
        json_nets(out, detail->nets);
        json_charges(out, detail->charges);
        fx_json(out, detail->fx, detail->fx_locks);
    }
    buffer_string(out, "}\n");
}

/* ---- the command ---- */

static enum status show_window(const struct show *show, const struct result *rows, int row,
                               struct error *error)
{
    struct detail detail;
    struct buffer line;
    enum status status = detail_read(show, error, &detail);

    buffer_init(&line, LINE_SIZE_MAX);
    if (status == OK && show->json)
        json_window(&line, rows, row, &detail);
    else if (status == OK)
        print_window(rows, row);
    if (status == OK && !show->json && detail.nets != NULL) {
        print_nets(detail.nets);
        print_charges(detail.charges);
        fx_print(detail.fx, detail.fx_locks);
    }
    fwrite(line.data, 1, line.size, stdout);
    buffer_done(&line);
    detail_free(&detail);
    return status;
}

static enum status show_windows(const struct show *show, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_string(&params, show->state);
    if (show->window_id == 0)
        params_null(&params);
    else
        params_int64(&params, show->window_id);
    params_int32(&params, show->limit);
    status = db_run_once(show->db, settle_sql_show, &params, error, &rows);
    if (status == OK && !show->json)
        printf("%-14s %-9s %-12s %-11s %-16s %10s %18s %18s\n", "window", "corridor", "date",
               "state", "cut-off (UTC)", "payments", "gross", "net");
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = show_window(show, rows, i, error);
    result_free(rows);
    return status;
}

static bool options_read(int argc, char **argv, struct show *show)
{
    static const struct option known[] = {
        {"json", no_argument, NULL, 'j'},
        {"state", required_argument, NULL, 's'},
        {"window", required_argument, NULL, 'w'},
        {"limit", required_argument, NULL, 'l'},
        {NULL, 0, NULL, 0},
    };
    int64_t number = 0;
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == '?')
            return false;
        if ((option == 'w' || option == 'l') && !text_to_int64(text_of(optarg), &number))
            return false;
        if (option == 'j')
            show->json = true;
        else if (option == 's')
            show->state = optarg;
        else if (option == 'w')
            show->window_id = number;
        else
            show->limit = (int32_t)number;
    }
    return optind == argc && show->limit > 0;
}

int show_command(struct program_run *run, int argc, char **argv)
{
    struct show show = {.limit = SHOW_LIMIT};
    struct settle settle;
    struct error error;
    enum status status;

    if (!options_read(argc, argv, &show))
        return program_usage(run, "--state takes a state, --window and --limit take numbers");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    show.db = settle.session.db;
    status = show_windows(&show, &error);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- what would be ---- */

static enum status simulated_look(void *context, struct error *error)
{
    return show_windows(context, error);
}

int simulate_command(struct program_run *run, int argc, char **argv)
{
    struct show show = {.limit = 1};
    enum close_outcome outcome = CLOSE_NOTHING;
    struct settle settle;
    struct error error;
    enum status status;

    if (!options_read(argc, argv, &show) || show.window_id == 0 || show.state != NULL)
        return program_usage(run, "which window? --window ID");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    show.db = settle.session.db;
    status = settle_simulate_window(&settle, show.window_id, clock_now_us(), simulated_look, &show,
                                    &error, &outcome);
    settle_done(&settle);
    if (status != OK)
        return program_fail(&error);
    if (!show.json)
        printf("simulated: nothing stored%s\n", outcome == CLOSE_HELD ? "; it would be held"
                                                : outcome == CLOSE_NOTHING
                                                    ? "; it is closed already, or held as before"
                                                    : "");
    return outcome == CLOSE_HELD ? EXIT_FAILED : EXIT_OK;
}
