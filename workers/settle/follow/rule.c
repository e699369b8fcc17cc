/*
 * rule.c - a bank that says the opposite of what was final: two people say which word is true.
 *
 *   rule show      which instructions, what their bank said, what was proposed of it
 *   rule propose   ruling            a maker: PAID or NOT_PAID, by which word of the bank's
 *   rule approve   ruling_approval   a checker, under another login, within a day: the breaks, the
 *                  instruction, the booking and the expected item, in one transaction
 *   the loop       FAILED -> INSTRUCTED where nothing else of the window waits
 *
 *   known      PAID                                      NOT_PAID
 *   REJECTED   RESTORED: made after all                  STANDS: it may be instructed again
 *   SETTLED    STANDS                                    REJECTED: then fail.c follows
 *   RETURNED   STANDS                                    -
 *
 * (1) A contradiction is a break from the moment it is read, by a trigger; nothing resolves it but
 *     this, and until then nobody instructs the payment again or releases its file.
 * (2) What is approved is a digest of every word the bank ever said about the payment. Another
 *     answer in between, and it is proposed anew.
 * (3) RESTORED books the payment once more and expects it once more, beside the withdrawn item: all
 *     days before stay as they were (I10). Not where another attempt was made: that would be two.
 * (4) Which of these follows is the database's to say (ruling_effect), as is the day.
 */
#include "follow/follow.h"

#include "domain/amount.h"
#include "said.h"
#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

/* The columns of rule_show.sql. */
enum {
    INSTRUCTION_ID,
    DIRECTION,
    PARTICIPANT,
    AMOUNT,
    CURRENCY,
    STATUS,
    WINDOW_ID,
    ATTEMPT,
    SAID,
    RULING_ID,
    OUTCOME,
    EVIDENCE,
    EFFECT,
    DIGEST,
    MAKER,
    PROPOSED_BY,
    CHECKER,
    APPROVED_BY,
};

/* ---- the worker: the window goes on ---- */

static enum status rule_steps(struct following *following, struct error *error)
{
    enum status status = settle_lock(following->tx, &following->window, error);

    if (status == OK && following->window.state != WINDOW_FAILED)
        return DUPLICATE;
    return status == OK ? follow_go_on(following, error) : status;
}

static int64_t rule_done(const struct following *following)
{
    log_info("window_goes_on", "what a bank had rejected was made after all, by two people's word",
             LOG_INT("window_id", following->window.window_id));
    return 1;
}

static const struct follow_kind rulings = {.action = "ruled",
                                           .windows = settle_sql_rule_windows,
                                           .steps = rule_steps,
                                           .overtaken = {"a_window_goes_on_when_all_is_decided"},
                                           .done = rule_done};

enum status settle_rule(struct settle *settle, int64_t now_us, struct error *error,
                        int64_t *ret_ruled)
{
    return follow_windows(settle, &rulings, now_us, error, ret_ruled);
}

/* ---- propose ---- */

static enum status propose(struct business *tx, struct said *said, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_uuid(&params, &said->instruction_id);
    params_string(&params, said->outcome);
    params_string(&params, said->evidence);
    params_string(&params, said->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, settle_sql_rule_propose, &params, error, &rows);
    if (status == OK) {
        said->number = result_int64(rows, 0, 0);
        said_effect(tx, "ruling", said->number, result_text(rows, 0, 1));
    }
    result_free(rows);
    return status;
}

/* ---- approve ---- */

/* (3): nothing is booked where it stands as it was. */
static enum status approve(struct business *tx, struct said *said, struct error *error)
{
    static const struct said_approval approval = {
        .what = "ruling",
        .look = "sawa settle rule show",
        .table = "ruling_approval",
        .effect = "ruling_approval effect",
        .find = settle_sql_rule_proposal,
        .approve = settle_sql_rule_approve,
        .journal = settle_sql_rule_journal,
        .expect = settle_sql_rule_expect,
    };

    return said_approve(tx, said, &approval, error);
}

/* ---- show ---- */

static void instruction_print(const struct result *rows, int row)
{
    struct uuid instruction_id = result_uuid(rows, row, INSTRUCTION_ID);
    char money[AMOUNT_TEXT_SIZE];
    char id[UUID_TEXT_SIZE];

    uuid_format(&instruction_id, id);
    printf("%s %.*s %.*s %s %.*s, attempt %lld of window %lld: %.*s\n  the bank said: %.*s\n", id,
           TEXT_ARG(result_text(rows, row, DIRECTION)),
           TEXT_ARG(result_text(rows, row, PARTICIPANT)),
           money_told(rows, row, AMOUNT, CURRENCY, money),
           TEXT_ARG(result_text(rows, row, CURRENCY)), (long long)result_int64(rows, row, ATTEMPT),
           (long long)result_int64(rows, row, WINDOW_ID), TEXT_ARG(result_text(rows, row, STATUS)),
           TEXT_ARG(result_text(rows, row, SAID)));
}

static void ruling_print(const struct result *rows, int row)
{
    struct digest digest = result_digest(rows, row, DIGEST);
    char hex[2 * SHA256_SIZE + 1];

    digest_format(&digest, hex);
    printf("  ruling %lld: %.*s, so %.*s; by %.*s", (long long)result_int64(rows, row, RULING_ID),
           TEXT_ARG(result_text(rows, row, OUTCOME)), TEXT_ARG(result_text(rows, row, EFFECT)),
           TEXT_ARG(result_text(rows, row, EVIDENCE)));
    said_person("; proposed by ", rows, row, MAKER);
    if (result_text(rows, row, CHECKER).size > 0)
        said_person("; approved by ", rows, row, CHECKER);
    else
        printf("; waits for another person");
    printf("\n    digest %s\n", hex);
}

static void rulings_print(const struct result *rows)
{
    struct uuid last = {{0}};

    for (int i = 0; i < result_rows(rows); i++) {
        struct uuid instruction_id = result_uuid(rows, i, INSTRUCTION_ID);

        if (i == 0 || memcmp(&last, &instruction_id, sizeof last) != 0)
            instruction_print(rows, i);
        last = instruction_id;
        if (result_int64(rows, i, RULING_ID) > 0)
            ruling_print(rows, i);
    }
    if (result_rows(rows) == 0)
        printf("no bank contradicts itself\n");
}

static enum status show(struct settle *settle, const struct said *said, struct error *error)
{
    struct result *rows = NULL;
    enum status status = said_rows(settle->session.db, settle_sql_rule_show, said, error, &rows);

    if (status == OK)
        rulings_print(rows);
    result_free(rows);
    return status;
}

/* ---- the command ---- */

static bool is_proposal(const struct said *said)
{
    return said->has_instruction && said->outcome != NULL && said->evidence != NULL &&
           (strcmp(said->outcome, "PAID") == 0 || strcmp(said->outcome, "NOT_PAID") == 0) &&
           string_has_words(said->evidence);
}

int rule_command(struct program_run *run, int argc, char **argv)
{
    static const struct said_desk desk = {
        .letters = "iuebg#",
        .wants = "propose wants --instruction, --outcome PAID or NOT_PAID, and --evidence; approve "
                 "the number of the ruling",
        .actions = {"ruling", "ruling_approval"},
        .propose = propose,
        .approve = approve,
        .is_proposal = is_proposal,
        .show = show,
    };

    return said_command(run, argc, argv, &desk);
}
