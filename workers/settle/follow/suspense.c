/*
 * suspense.c - what was settled outside is explained: two people clear it from suspense.
 *
 *   suspense show      what is left of each payment, since when, and what was proposed of it
 *   suspense propose   suspense_clearing            a maker: how much, against what, why
 *   suspense approve   suspense_clearing_approval   a checker, under another login, within a day:
 *                      what is left, the booking and the expected item, in one transaction
 *
 *   --purpose      against                 when
 *   NOSTRO         our account at a bank   money goes out or comes in: expected on its statement
 *   OBLIGATION     the participant's       it owes it, or is owed it, again; nothing instructs it
 *   BANK_CHARGES   of the currency         a bank kept it, or the participant bears the charge
 *   GAIN_LOSS      of the currency         nobody pays it any more, or claims it
 *
 *   we owed it (PAY)       debit SUSPENSE, credit the other     at a bank: money out
 *   we were owed (COLLECT) debit the other, credit SUSPENSE     at a bank: money in
 *
 * (1) Per payment, in one amount or in several: never beyond what is left of it. What is left is
 *     the database's: triggers move it, no role may write it.
 * (2) What is approved is a digest of all of it, and of what was left before: where another
 *     clearing came between, it is proposed anew.
 * (3) It is booked on the corridor's first business date that is open, which the database finds.
 *
 * It stands here, not with the ledger: it ends a decision that abandon.c began, by the same desk,
 * about the same payment. `sawa ledger suspense` holds it against the books.
 */
#include "said.h"

#include "domain/amount.h"
#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

/* The columns of suspense_show.sql. */
enum {
    INSTRUCTION_ID,
    DIRECTION,
    PARTICIPANT,
    AMOUNT,
    LEFT,
    CURRENCY,
    BOOKED_ON,
    REASON,
    CLEARING_ID,
    ASKED,
    PURPOSE,
    ACCOUNT,
    VALUE_DATE,
    REFERENCE,
    ASKED_REASON,
    DIGEST,
    MAKER,
    PROPOSED_BY,
    CHECKER,
    APPROVED_BY,
    CLEARED_ON,
    COMMIT_ID,
};

static bool moves_money(const struct said *said)
{
    return said->purpose != NULL && strcmp(said->purpose, "NOSTRO") == 0;
}

/* ---- propose ---- */

static enum status unknown(const struct said *said, const struct result *rows, struct error *error)
{
    if (result_rows(rows) == 0) {
        error_set(error, REJECT, "no such payment was settled outside");
        error->exit_code = EXIT_REFUSED;
        return error_hint(error, "what stands in suspense: sawa settle suspense show");
    }
    error_set(error, REJECT, "there is no account %.35s", said->account);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "--account is one of ours at a bank, as the corridor book has it");
}

static void proposal_params(struct params *params, const struct business *tx,
                            const struct said *said, const struct result *found, int64_t minor)
{
    params_init(params, SETTLE_PARAMS_MAX);
    params_uuid(params, &said->instruction_id);
    params_int64(params, minor);
    params_string(params, said->purpose);
    if (said->account == NULL)
        params_null(params);
    else
        params_int32(params, (int32_t)result_int64(found, 0, 1));
    if (said->date == DATE_NONE)
        params_null(params);
    else
        params_date(params, said->date);
    params_string(params, said->reference);
    params_string(params, said->reason);
    params_string(params, said->by);
    params_int64(params, tx->commit_id);
}

static enum status proposal_insert(struct business *tx, struct said *said,
                                   const struct result *found, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    int64_t minor = 0;
    enum status status = said_amount(said, result_text(found, 0, 0), error, &minor);

    if (status != OK)
        return status;
    proposal_params(&params, tx, said, found, minor);
    status = db_run_once(tx->db, settle_sql_suspense_propose, &params, error, &rows);
    if (status == OK) {
        said->number = result_int64(rows, 0, 0);
        said_effect(tx, "suspense_clearing", said->number, result_text(rows, 0, 1));
    }
    result_free(rows);
    return status;
}

static enum status propose(struct business *tx, struct said *said, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_uuid(&params, &said->instruction_id);
    params_string(&params, said->account);
    status = db_run_once(tx->db, settle_sql_suspense_find, &params, error, &rows);
    if (status == OK &&
        (result_rows(rows) == 0 || (said->account != NULL && result_is_null(rows, 0, 1))))
        status = unknown(said, rows, error);
    if (status == OK)
        status = proposal_insert(tx, said, rows, error);
    result_free(rows);
    return status;
}

/* ---- approve ---- */

static enum status approve(struct business *tx, struct said *said, struct error *error)
{
    static const struct said_approval approval = {
        .what = "clearing",
        .look = "sawa settle suspense show",
        .table = "suspense_clearing_approval",
        .find = settle_sql_suspense_proposal,
        .approve = settle_sql_suspense_approve,
        .journal = settle_sql_suspense_journal,
        .expect = settle_sql_suspense_expect,
    };

    return said_approve(tx, said, &approval, error);
}

/* ---- show ---- */

static void item_print(const struct result *rows, int row)
{
    struct uuid instruction_id = result_uuid(rows, row, INSTRUCTION_ID);
    char money[2][AMOUNT_TEXT_SIZE];
    char date[DATE_TEXT_SIZE];
    char id[UUID_TEXT_SIZE];

    uuid_format(&instruction_id, id);
    date_format(result_date(rows, row, BOOKED_ON), date);
    printf("%s %-7.*s %-14.*s %18s %.*s left of %s, since %s: %.*s\n", id,
           TEXT_ARG(result_text(rows, row, DIRECTION)),
           TEXT_ARG(result_text(rows, row, PARTICIPANT)),
           money_told(rows, row, LEFT, CURRENCY, money[0]),
           TEXT_ARG(result_text(rows, row, CURRENCY)),
           money_told(rows, row, AMOUNT, CURRENCY, money[1]), date,
           TEXT_ARG(result_text(rows, row, REASON)));
}

static void clearing_end(const struct result *rows, int row)
{
    struct digest digest;
    char date[DATE_TEXT_SIZE];
    char hex[2 * SHA256_SIZE + 1];

    if (result_int64(rows, row, COMMIT_ID) > 0) {
        date_format(result_date(rows, row, CLEARED_ON), date);
        said_person("    approved by ", rows, row, CHECKER);
        printf(", booked %s: entry %lld/1\n", date, (long long)result_int64(rows, row, COMMIT_ID));
        return;
    }
    digest = result_digest(rows, row, DIGEST);
    digest_format(&digest, hex);
    printf("    digest %s\n", hex);
}

static void clearing_print(const struct result *rows, int row)
{
    char money[AMOUNT_TEXT_SIZE];
    char date[DATE_TEXT_SIZE];

    printf("  clearing %lld: %s %.*s as %.*s", (long long)result_int64(rows, row, CLEARING_ID),
           money_told(rows, row, ASKED, CURRENCY, money),
           TEXT_ARG(result_text(rows, row, CURRENCY)), TEXT_ARG(result_text(rows, row, PURPOSE)));
    if (!result_is_null(rows, row, VALUE_DATE)) {
        date_format(result_date(rows, row, VALUE_DATE), date);
        printf(" on %.*s, %s, reference %.*s", TEXT_ARG(result_text(rows, row, ACCOUNT)), date,
               TEXT_ARG(result_text(rows, row, REFERENCE)));
    }
    said_person(", proposed by ", rows, row, MAKER);
    printf(": %.*s\n", TEXT_ARG(result_text(rows, row, ASKED_REASON)));
    clearing_end(rows, row);
}

static void items_print(const struct result *rows)
{
    struct uuid last = {{0}};

    for (int i = 0; i < result_rows(rows); i++) {
        struct uuid instruction_id = result_uuid(rows, i, INSTRUCTION_ID);

        if (i == 0 || memcmp(&last, &instruction_id, sizeof last) != 0)
            item_print(rows, i);
        last = instruction_id;
        if (result_int64(rows, i, CLEARING_ID) > 0)
            clearing_print(rows, i);
    }
    if (result_rows(rows) == 0)
        printf("nothing stands in suspense\n");
}

static enum status show(struct settle *settle, const struct said *said, struct error *error)
{
    struct result *rows = NULL;
    enum status status =
        said_rows(settle->session.db, settle_sql_suspense_show, said, error, &rows);

    if (status == OK)
        items_print(rows);
    result_free(rows);
    return status;
}

/* ---- the command ---- */

/* Money that moves is named, and nothing else is. */
static bool is_named(const struct said *said)
{
    if (moves_money(said))
        return said->account != NULL && said->date != DATE_NONE &&
               string_has_words(said->reference);
    return said->account == NULL && said->date == DATE_NONE && said->reference[0] == '\0';
}

static bool is_proposal(const struct said *said)
{
    return said->has_instruction && said->amount != NULL && said->purpose != NULL &&
           string_has_words(said->reason) && is_named(said);
}

int suspense_command(struct program_run *run, int argc, char **argv)
{
    static const struct said_desk desk = {
        .letters = "iaokdfrbg#",
        .wants = "propose wants --instruction, --amount, --purpose and --reason; --account, --date "
                 "and --reference where the purpose is NOSTRO, and only there; approve the number "
                 "of the clearing",
        .actions = {"suspense_clearing", "suspense_clearing_approval"},
        .propose = propose,
        .approve = approve,
        .is_proposal = is_proposal,
        .show = show,
    };

    return said_command(run, argc, argv, &desk);
}
