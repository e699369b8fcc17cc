/*
 * prefund.c - money that participants place beforehand, recorded by two people.
 *
 *   prefund propose   prefunding            a maker: who, how much, on which account of ours, when
 *   prefund approve   prefunding_approval   a checker, under another login, within a day:
 *                     the balance, the booking and the expected item, in one transaction
 *   prefund show      balances, what windows took of them, what waits for a second person
 *
 *   placed       debit NOSTRO, credit its PREFUNDING     expected: money in
 *   given back   debit its PREFUNDING, credit NOSTRO     expected: money out, paid by hand
 *   taken        debit its PREFUNDING, credit its OBLIGATION, when a window closes: limit.c
 *
 * (1) The balance is the database's: triggers move it, no role may write it, and it is never below
 *     zero. The account PREFUNDING stands at the same figure.
 * (2) The balance counts from the approval on: two people answer that the money is there, or comes
 *     on its value date. Until the statement shows it the proof lists it as open (I10).
 */
#include "settle.h"

#include "domain/amount.h"

#include "settle_sql.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct prefund_arguments {
    int64_t prefunding_id; /* what stands behind approve */
    const char *participant;
    const char *account;
    const char *amount;
    const char *reference;
    const char *reason;
    const char *by;
    calendar_date date;
    bool give_back;
};

static bool option_take(int option, struct prefund_arguments *arguments)
{
    switch (option) {
    case 'p': arguments->participant = optarg; return true;
    case 'k': arguments->account = optarg; return true;
    case 'a': arguments->amount = optarg; return true;
    case 'd': return date_parse(text_of(optarg), &arguments->date);
    case 'f': arguments->reference = optarg; return true;
    case 'r': arguments->reason = optarg; return true;
    case 'b': arguments->by = optarg; return true;
    case 'g': arguments->give_back = true; return true;
    default: return false;
    }
}

static bool arguments_read(int argc, char **argv, struct prefund_arguments *arguments)
{
    static const struct option known[] = {{"participant", required_argument, NULL, 'p'},
                                          {"account", required_argument, NULL, 'k'},
                                          {"amount", required_argument, NULL, 'a'},
                                          {"date", required_argument, NULL, 'd'},
                                          {"reference", required_argument, NULL, 'f'},
                                          {"reason", required_argument, NULL, 'r'},
                                          {"by", required_argument, NULL, 'b'},
                                          {"give-back", no_argument, NULL, 'g'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!option_take(option, arguments))
            return false;
    }
    if (optind < argc && !text_to_int64(text_of(argv[optind++]), &arguments->prefunding_id))
        return false;
    return optind == argc;
}

static void prefunding_effect(struct business *tx, const char *table, int64_t participant_id,
                              int64_t minor)
{
    effects_row(&tx->effects, table, 2);
    effects_int64(&tx->effects, participant_id);
    effects_int64(&tx->effects, minor);
}

/* ---- propose ---- */

static enum status unknown(const struct prefund_arguments *arguments, struct error *error)
{
    error_set(error, REJECT, "there is no participant %.35s, or no account %.35s",
              arguments->participant, arguments->account);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "--account is one of ours at a bank, as the corridor book has it");
}

/* Signed: what is given back is below zero. */
static enum status amount_take(const struct prefund_arguments *arguments, struct text code,
                               struct error *error, int64_t *ret_minor)
{
    struct amount amount;
    currency in_currency;
    bool excess = false;

    if (currency_parse(code, &in_currency) &&
        amount_parse(text_of(arguments->amount), '.', false, in_currency, &amount, &excess) &&
        amount.minor > 0) {
        *ret_minor = arguments->give_back ? -amount.minor : amount.minor;
        return OK;
    }
    error_set(error, REJECT, "%.40s is not an amount of %.*s", arguments->amount, TEXT_ARG(code));
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "write it in units, with the decimals of the currency: 1200.50");
}

static enum status proposal_insert(struct business *tx, const struct prefund_arguments *arguments,
                                   const struct result *found, int64_t minor, struct error *error,
                                   int64_t *ret_id)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    prefunding_effect(tx, "prefunding", result_int64(found, 0, 0), minor);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, (int32_t)result_int64(found, 0, 0));
    params_int32(&params, (int32_t)result_int64(found, 0, 1));
    params_int64(&params, minor);
    params_text(&params, result_text(found, 0, 2));
    params_date(&params, arguments->date);
    params_string(&params, arguments->reference);
    params_string(&params, arguments->reason);
    params_string(&params, arguments->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, settle_sql_prefund_insert, &params, error, &rows);
    if (status == OK)
        *ret_id = result_int64(rows, 0, 0);
    result_free(rows);
    return status;
}

static enum status propose(struct business *tx, struct prefund_arguments *arguments,
                           struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    int64_t minor = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_string(&params, arguments->participant);
    params_string(&params, arguments->account);
    status = db_run_once(tx->db, settle_sql_prefund_find, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = unknown(arguments, error);
    if (status == OK)
        status = amount_take(arguments, result_text(rows, 0, 2), error, &minor);
    if (status == OK)
        status = proposal_insert(tx, arguments, rows, minor, error, &arguments->prefunding_id);
    result_free(rows);
    return status;
}

/* ---- approve ---- */

static enum status no_proposal(const struct prefund_arguments *arguments, struct error *error)
{
    error_set(error, REJECT, "there is no prefunding %lld", (long long)arguments->prefunding_id);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "what waits: sawa settle prefund show");
}

/* Both sides of the balance, on the day it is approved. */
static enum status prefunding_book(struct business *tx, int64_t prefunding_id, struct error *error)
{
    const char *const statements[] = {settle_sql_prefund_journal, settle_sql_prefund_item};
    calendar_date today = (calendar_date)(clock_now_us() / US_PER_DAY);
    enum status status = OK;

    for (size_t i = 0; status == OK && i < COUNT_OF(statements); i++) {
        struct params params;

        params_init(&params, SETTLE_PARAMS_MAX);
        params_int64(&params, prefunding_id);
        params_int64(&params, tx->commit_id);
        params_date(&params, today);
        status = db_run_once(tx->db, statements[i], &params, error, NULL);
    }
    return status;
}

static enum status approval_insert(struct business *tx, const struct prefund_arguments *arguments,
                                   const struct result *rows, struct error *error)
{
    struct params params;

    prefunding_effect(tx, "prefunding_approval", result_int64(rows, 0, 0),
                      result_int64(rows, 0, 2));
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->prefunding_id);
    params_int32(&params, (int32_t)result_int64(rows, 0, 0));
    params_int64(&params, result_int64(rows, 0, 2));
    params_text(&params, result_text(rows, 0, 3));
    params_text(&params, result_text(rows, 0, 4));
    params_text(&params, result_text(rows, 0, 5));
    params_string(&params, arguments->by);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, settle_sql_prefund_approve, &params, error, NULL);
}

static enum status approve(struct business *tx, struct prefund_arguments *arguments,
                           struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->prefunding_id);
    status = db_run_once(tx->db, settle_sql_prefund_find_proposal, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = no_proposal(arguments, error);
    if (status == OK)
        status = approval_insert(tx, arguments, rows, error);
    result_free(rows);
    if (status != OK)
        return status;
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->prefunding_id);
    status = db_run_once(tx->db, settle_sql_prefund_account, &params, error, NULL);
    return status == OK ? prefunding_book(tx, arguments->prefunding_id, error) : status;
}

/* ---- show ---- */

static void row_print(const struct result *rows, int row)
{
    struct amount amount = {.minor = result_int64(rows, row, 2)};
    struct amount taken = {.minor = result_int64(rows, row, 3)};
    char money[2][AMOUNT_TEXT_SIZE] = {"?", "?"};

    if (currency_parse(result_text(rows, row, 1), &amount.currency)) {
        taken.currency = amount.currency;
        amount_format(amount, money[0]);
        amount_format(taken, money[1]);
    }
    if (result_is_null(rows, row, 4))
        printf("%-14.*s balance %18s %.*s, windows took %s\n", TEXT_ARG(result_text(rows, row, 0)),
               money[0], TEXT_ARG(result_text(rows, row, 1)), money[1]);
    else
        printf("%-14.*s prefunding %lld: %s %.*s proposed by %.*s: %.*s\n",
               TEXT_ARG(result_text(rows, row, 0)), (long long)result_int64(rows, row, 4), money[0],
               TEXT_ARG(result_text(rows, row, 1)), TEXT_ARG(result_text(rows, row, 5)),
               TEXT_ARG(result_text(rows, row, 6)));
}

static enum status show(struct settle *settle, const struct prefund_arguments *arguments,
                        struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_string(&params, arguments->participant);
    status = db_run_once(settle->session.db, settle_sql_prefund_show, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        row_print(rows, i);
    result_free(rows);
    return status;
}

/* ---- the command ---- */

typedef enum status prefund_step(struct business *tx, struct prefund_arguments *arguments,
                                 struct error *error);

static enum status step_commit(struct settle *settle, const char *action, prefund_step *step,
                               struct prefund_arguments *arguments, struct error *error)
{
    struct business tx;
    enum status status = business_begin(settle->session.db, action, settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = step(&tx, arguments, error);
    return settle_explain(business_finish(&tx, status, error), error);
}

enum prefund_verb { VERB_SHOW, VERB_PROPOSE, VERB_APPROVE, VERB_COUNT };

static enum prefund_verb verb_find(const char *name)
{
    static const char *const names[] = {"show", "propose", "approve"};
    enum prefund_verb verb = VERB_SHOW;

    while (verb < VERB_COUNT && strcmp(names[verb], name) != 0)
        verb++;
    return verb;
}

static bool is_complete(enum prefund_verb verb, const struct prefund_arguments *arguments)
{
    if (verb == VERB_PROPOSE)
        return arguments->participant != NULL && arguments->account != NULL &&
               arguments->amount != NULL && arguments->date != DATE_NONE &&
               string_has_words(arguments->reference) && string_has_words(arguments->reason) &&
               arguments->prefunding_id == 0;
    return verb != VERB_APPROVE || arguments->prefunding_id > 0;
}

static enum status verb_run(struct settle *settle, enum prefund_verb verb,
                            struct prefund_arguments *arguments, struct error *error)
{
    enum status status = OK;

    if (verb == VERB_PROPOSE)
        status = step_commit(settle, "prefunding", propose, arguments, error);
    if (verb == VERB_APPROVE)
        status = step_commit(settle, "prefunding_approval", approve, arguments, error);
    if (status == OK && verb != VERB_SHOW)
        printf("prefunding %lld %s\n", (long long)arguments->prefunding_id,
               verb == VERB_PROPOSE ? "waits for another person" : "approved and booked");
    return status == OK ? show(settle, arguments, error) : status;
}

int prefund_command(struct program_run *run, int argc, char **argv)
{
    enum prefund_verb verb = argc < 2 ? VERB_COUNT : verb_find(argv[1]);
    struct prefund_arguments arguments = {.reason = "",
                                          .by = "",
                                          .reference = "",
                                          .date = DATE_NONE};
    struct settle settle;
    struct error error;
    enum status status;

    if (verb == VERB_COUNT)
        return program_usage(run, "show, propose or approve?");
    if (!arguments_read(argc - 1, argv + 1, &arguments) || !is_complete(verb, &arguments))
        return program_usage(run, "propose wants --participant, --account, --amount, --date, "
                                  "--reference and --reason; approve the number of the proposal");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = verb_run(&settle, verb, &arguments, &error);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}
