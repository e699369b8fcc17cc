/*
 * exceed.c - two people let a net debit pass its cap, in one window and up to one amount.
 *
 *   exceed propose   cap_exception            a maker: window, participant, how much, why
 *   exceed approve   cap_exception_approval   a checker, under another login, within a day
 *   exceed show      both
 *
 * The window closes by itself then, where its net debit is within what was approved: nothing is
 * ever cut (domain/settlement_limit.h (5)). The corridor's own cap stays as it is; a new one is a
 * new version of the corridor, and counts as soon as it is in force.
 */
#include "settle.h"

#include "domain/amount.h"

#include "settle_sql.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* The columns of exceed_list.sql. */
enum exception_column {
    EXCEPTION_ID,
    WINDOW_ID,
    PARTICIPANT_ID,
    PARTICIPANT,
    CAP,
    CURRENCY,
    REASON,
    MAKER,
    PROPOSED_BY,
    CHECKER,
    APPROVED_BY,
};

struct exceed_arguments {
    int64_t exception_id; /* what stands behind approve */
    int64_t window_id;
    const char *participant;
    const char *amount;
    const char *reason;
    const char *by;
};

static bool option_take(int option, struct exceed_arguments *arguments)
{
    switch (option) {
    case 'w': return text_to_int64(text_of(optarg), &arguments->window_id);
    case 'p': arguments->participant = optarg; return true;
    case 'a': arguments->amount = optarg; return true;
    case 'r': arguments->reason = optarg; return true;
    case 'b': arguments->by = optarg; return true;
    default: return false;
    }
}

static bool arguments_read(int argc, char **argv, struct exceed_arguments *arguments)
{
    static const struct option known[] = {{"window", required_argument, NULL, 'w'},
                                          {"participant", required_argument, NULL, 'p'},
                                          {"amount", required_argument, NULL, 'a'},
                                          {"reason", required_argument, NULL, 'r'},
                                          {"by", required_argument, NULL, 'b'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!option_take(option, arguments))
            return false;
    }
    if (optind < argc && !text_to_int64(text_of(argv[optind++]), &arguments->exception_id))
        return false;
    return optind == argc;
}

static enum status list_read(struct db *db, const struct exceed_arguments *arguments,
                             struct error *error, struct result **ret_rows)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    if (arguments->window_id == 0)
        params_null(&params);
    else
        params_int64(&params, arguments->window_id);
    if (arguments->exception_id == 0)
        params_null(&params);
    else
        params_int64(&params, arguments->exception_id);
    return db_run_once(db, settle_sql_exceed_list, &params, error, ret_rows);
}

static void exception_print(const struct result *rows, int row)
{
    struct amount amount = {.minor = result_int64(rows, row, CAP)};
    struct text checker = result_text(rows, row, CHECKER);
    char money[AMOUNT_TEXT_SIZE] = "?";

    if (currency_parse(result_text(rows, row, CURRENCY), &amount.currency))
        amount_format(amount, money);
    printf("exception %lld: window %lld, %.*s up to %s %.*s, proposed by %.*s: %.*s; %s%.*s\n",
           (long long)result_int64(rows, row, EXCEPTION_ID),
           (long long)result_int64(rows, row, WINDOW_ID),
           TEXT_ARG(result_text(rows, row, PARTICIPANT)), money,
           TEXT_ARG(result_text(rows, row, CURRENCY)), TEXT_ARG(result_text(rows, row, MAKER)),
           TEXT_ARG(result_text(rows, row, REASON)),
           checker.size == 0 ? "waits for another person" : "approved by ", TEXT_ARG(checker));
}

static void exception_effect(struct business *tx, const char *table, int64_t window_id,
                             int64_t participant_id, int64_t minor)
{
    effects_row(&tx->effects, table, 3);
    effects_int64(&tx->effects, window_id);
    effects_int64(&tx->effects, participant_id);
    effects_int64(&tx->effects, minor);
}

/* ---- propose ---- */

static enum status unknown(const struct exceed_arguments *arguments, struct error *error)
{
    error_set(error, REJECT, "there is no window %lld, or no participant %.35s",
              (long long)arguments->window_id, arguments->participant);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "held windows: sawa settle show --state HELD");
}

static enum status amount_take(const struct exceed_arguments *arguments, struct text code,
                               struct error *error, int64_t *ret_minor)
{
    struct amount amount;
    currency in_currency;
    bool excess = false;

    if (currency_parse(code, &in_currency) &&
        amount_parse(text_of(arguments->amount), '.', false, in_currency, &amount, &excess) &&
        amount.minor > 0) {
        *ret_minor = amount.minor;
        return OK;
    }
    error_set(error, REJECT, "%.40s is not an amount of %.*s", arguments->amount, TEXT_ARG(code));
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "write it in units, with the decimals of the currency: 1200.50");
}

static enum status exception_insert(struct business *tx, const struct exceed_arguments *arguments,
                                    int32_t participant_id, int64_t minor, struct error *error,
                                    int64_t *ret_id)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    exception_effect(tx, "cap_exception", arguments->window_id, participant_id, minor);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->window_id);
    params_int32(&params, participant_id);
    params_int64(&params, minor);
    params_string(&params, arguments->reason);
    params_string(&params, arguments->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, settle_sql_exceed_insert, &params, error, &rows);
    if (status == OK)
        *ret_id = result_int64(rows, 0, 0);
    result_free(rows);
    return status;
}

static enum status propose_steps(struct business *tx, const struct exceed_arguments *arguments,
                                 struct error *error, int64_t *ret_id)
{
    struct params params;
    struct result *rows = NULL;
    int64_t minor = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->window_id);
    params_string(&params, arguments->participant);
    status = db_run_once(tx->db, settle_sql_exceed_find, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = unknown(arguments, error);
    if (status == OK)
        status = amount_take(arguments, result_text(rows, 0, 1), error, &minor);
    if (status == OK)
        status = exception_insert(tx, arguments, (int32_t)result_int64(rows, 0, 0), minor, error,
                                  ret_id);
    result_free(rows);
    return status;
}

static enum status propose_verb(struct settle *settle, struct exceed_arguments *arguments,
                                struct error *error)
{
    struct business tx;
    enum status status = business_begin(settle->session.db, "cap_exception", settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = propose_steps(&tx, arguments, error, &arguments->exception_id);
    return settle_explain(business_finish(&tx, status, error), error);
}

/* ---- approve ---- */

static enum status approval_insert(struct business *tx, const struct exceed_arguments *arguments,
                                   const struct result *rows, struct error *error)
{
    struct params params;

    exception_effect(tx, "cap_exception_approval", result_int64(rows, 0, WINDOW_ID),
                     result_int64(rows, 0, PARTICIPANT_ID), result_int64(rows, 0, CAP));
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->exception_id);
    params_int64(&params, result_int64(rows, 0, WINDOW_ID));
    params_int32(&params, (int32_t)result_int64(rows, 0, PARTICIPANT_ID));
    params_int64(&params, result_int64(rows, 0, CAP));
    params_text(&params, result_text(rows, 0, MAKER));
    params_text(&params, result_text(rows, 0, PROPOSED_BY));
    params_string(&params, arguments->by);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, settle_sql_exceed_approve, &params, error, NULL);
}

static enum status no_exception(const struct exceed_arguments *arguments, struct error *error)
{
    error_set(error, REJECT, "there is no exception %lld", (long long)arguments->exception_id);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "what waits: sawa settle exceed show --window ID");
}

static enum status approve_verb(struct settle *settle, struct exceed_arguments *arguments,
                                struct error *error)
{
    struct business tx;
    struct result *rows = NULL;
    enum status status = business_begin(settle->session.db, "cap_exception_approval",
                                        settle->session.worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = list_read(tx.db, arguments, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = no_exception(arguments, error);
    if (status == OK)
        status = approval_insert(&tx, arguments, rows, error);
    result_free(rows);
    return settle_explain(business_finish(&tx, status, error), error);
}

static enum status show_verb(struct settle *settle, struct exceed_arguments *arguments,
                             struct error *error)
{
    (void)settle;
    (void)arguments;
    (void)error;
    return OK; /* every verb ends by showing */
}

/* ---- the command ---- */

typedef enum status exceed_verb(struct settle *settle, struct exceed_arguments *arguments,
                                struct error *error);

static exceed_verb *verb_find(const char *name)
{
    if (strcmp(name, "show") == 0)
        return show_verb;
    if (strcmp(name, "propose") == 0)
        return propose_verb;
    return strcmp(name, "approve") == 0 ? approve_verb : NULL;
}

static bool is_complete(exceed_verb *verb, const struct exceed_arguments *arguments)
{
    if (verb == propose_verb)
        return arguments->window_id > 0 && arguments->participant != NULL &&
               arguments->amount != NULL && string_has_words(arguments->reason) &&
               arguments->exception_id == 0;
    return verb != approve_verb || arguments->exception_id > 0;
}

static enum status exceptions_print(struct settle *settle, const struct exceed_arguments *arguments,
                                    struct error *error)
{
    struct result *rows = NULL;
    enum status status = list_read(settle->session.db, arguments, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        exception_print(rows, i);
    result_free(rows);
    return status;
}

int exceed_command(struct program_run *run, int argc, char **argv)
{
    exceed_verb *verb = argc < 2 ? NULL : verb_find(argv[1]);
    struct exceed_arguments arguments = {.reason = "", .by = ""};
    struct settle settle;
    struct error error;
    enum status status;

    if (verb == NULL)
        return program_usage(run, "show, propose or approve?");
    if (!arguments_read(argc - 1, argv + 1, &arguments) || !is_complete(verb, &arguments))
        return program_usage(run, "propose wants --window, --participant, --amount and --reason; "
                                  "approve the number of the exception");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = verb(&settle, &arguments, &error);
    if (status == OK)
        status = exceptions_print(&settle, &arguments, &error);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}
