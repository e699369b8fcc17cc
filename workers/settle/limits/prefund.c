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
#include "said.h"

#include "domain/amount.h"
#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

static void prefunding_effect(struct business *tx, const char *table, int64_t participant_id,
                              int64_t minor)
{
    effects_row(&tx->effects, table, 2);
    effects_int64(&tx->effects, participant_id);
    effects_int64(&tx->effects, minor);
}

/* ---- propose ---- */

static enum status unknown(const struct said *said, struct error *error)
{
    error_set(error, REJECT, "there is no participant %.35s, or no account %.35s",
              said->participant, said->account);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "--account is one of ours at a bank, as the corridor book has it");
}

static enum status proposal_insert(struct business *tx, const struct said *said,
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
    params_date(&params, said->date);
    params_string(&params, said->reference);
    params_string(&params, said->reason);
    params_string(&params, said->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, settle_sql_prefund_insert, &params, error, &rows);
    if (status == OK)
        *ret_id = result_int64(rows, 0, 0);
    result_free(rows);
    return status;
}

static enum status propose(struct business *tx, struct said *said, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    int64_t minor = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_string(&params, said->participant);
    params_string(&params, said->account);
    status = db_run_once(tx->db, settle_sql_prefund_find, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = unknown(said, error);
    if (status == OK)
        status = said_amount(said, result_text(rows, 0, 2), error, &minor);
    if (status == OK)
        status =
            proposal_insert(tx, said, rows, said->give_back ? -minor : minor, error, &said->number);
    result_free(rows);
    return status;
}

/* ---- approve ---- */

static enum status no_proposal(const struct said *said, struct error *error)
{
    error_set(error, REJECT, "there is no prefunding %lld", (long long)said->number);
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

static enum status approval_insert(struct business *tx, const struct said *said,
                                   const struct result *rows, struct error *error)
{
    struct params params;

    prefunding_effect(tx, "prefunding_approval", result_int64(rows, 0, 0),
                      result_int64(rows, 0, 2));
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->number);
    params_int32(&params, (int32_t)result_int64(rows, 0, 0));
    params_int64(&params, result_int64(rows, 0, 2));
    params_text(&params, result_text(rows, 0, 3));
    params_text(&params, result_text(rows, 0, 4));
    params_text(&params, result_text(rows, 0, 5));
    params_string(&params, said->by);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, settle_sql_prefund_approve, &params, error, NULL);
}

static enum status approve(struct business *tx, struct said *said, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->number);
    status = db_run_once(tx->db, settle_sql_prefund_find_proposal, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = no_proposal(said, error);
    if (status == OK)
        status = approval_insert(tx, said, rows, error);
    result_free(rows);
    if (status != OK)
        return status;
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->number);
    status = db_run_once(tx->db, settle_sql_prefund_account, &params, error, NULL);
    return status == OK ? prefunding_book(tx, said->number, error) : status;
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

static enum status show(struct settle *settle, const struct said *said, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_string(&params, said->participant);
    status = db_run_once(settle->session.db, settle_sql_prefund_show, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        row_print(rows, i);
    result_free(rows);
    return status;
}

/* ---- the command ---- */

static bool is_proposal(const struct said *said)
{
    return said->participant != NULL && said->account != NULL && said->amount != NULL &&
           said->date != DATE_NONE && string_has_words(said->reference) &&
           string_has_words(said->reason);
}

static void done(const struct said *said, bool approves)
{
    printf("prefunding %lld %s\n", (long long)said->number,
           approves ? "approved and booked" : "waits for another person");
}

int prefund_command(struct program_run *run, int argc, char **argv)
{
    static const struct said_desk desk = {
        .letters = "pkadfrbv#",
        .wants = "propose wants --participant, --account, --amount, --date, --reference and "
                 "--reason; approve the number of the proposal",
        .actions = {"prefunding", "prefunding_approval"},
        .propose = propose,
        .approve = approve,
        .is_proposal = is_proposal,
        .done = done,
        .show = show,
    };

    return said_command(run, argc, argv, &desk);
}
