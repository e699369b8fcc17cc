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

static void ruling_effect(struct business *tx, const char *table, int64_t ruling_id,
                          struct text digest)
{
    effects_row(&tx->effects, table, 2);
    effects_int64(&tx->effects, ruling_id);
    effects_text(&tx->effects, digest);
}

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
        ruling_effect(tx, "ruling", said->number, result_text(rows, 0, 1));
    }
    result_free(rows);
    return status;
}

/* ---- approve ---- */

static enum status no_proposal(const struct said *said, struct error *error)
{
    error_set(error, REJECT, "there is no ruling %lld", (long long)said->number);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "what waits: sawa settle rule show");
}

static enum status on_ruling(struct business *tx, const char *sql, int64_t ruling_id,
                             struct error *error, struct result **ret_rows)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, ruling_id);
    return db_run_once(tx->db, sql, &params, error, ret_rows);
}

static enum status approval_insert(struct business *tx, const struct said *said,
                                   const struct result *asked, struct error *error)
{
    struct text digest = result_text(asked, 0, 0);
    struct params params;
    struct result *rows = NULL;
    enum status status;

    ruling_effect(tx, "ruling_approval", said->number, digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->number);
    params_bytes(&params, digest.data, digest.size);
    params_text(&params, result_text(asked, 0, 1));
    params_text(&params, result_text(asked, 0, 2));
    params_string(&params, said->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, settle_sql_rule_approve, &params, error, &rows);
    if (status == OK) {
        effects_row(&tx->effects, "ruling_approval effect", 1);
        effects_text(&tx->effects, result_text(rows, 0, 0));
    }
    result_free(rows);
    return status;
}

/* (3): nothing where it stands as it was. */
static enum status ruling_book(struct business *tx, int64_t ruling_id, struct error *error)
{
    struct result *rows = NULL;
    enum status status = on_ruling(tx, settle_sql_rule_journal, ruling_id, error, &rows);

    if (status == OK && result_rows(rows) > 0) {
        effects_row(&tx->effects, "journal_entry", 3);
        for (int i = 0; i < 3; i++)
            effects_int64(&tx->effects, result_int64(rows, 0, i));
    }
    result_free(rows);
    return status == OK ? on_ruling(tx, settle_sql_rule_expect, ruling_id, error, NULL) : status;
}

static enum status approve(struct business *tx, struct said *said, struct error *error)
{
    struct result *asked = NULL;
    enum status status = on_ruling(tx, settle_sql_rule_proposal, said->number, error, &asked);

    if (status == OK && result_rows(asked) == 0)
        status = no_proposal(said, error);
    if (status == OK)
        status = said_digest(said, result_text(asked, 0, 0), "sawa settle rule show", error);
    if (status == OK)
        status = approval_insert(tx, said, asked, error);
    if (status == OK)
        status = ruling_book(tx, said->number, error);
    result_free(asked);
    return status;
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
    struct digest digest;
    char hex[2 * SHA256_SIZE + 1];

    assert(result_text(rows, row, DIGEST).size == SHA256_SIZE);
    memcpy(digest.bytes, result_text(rows, row, DIGEST).data, SHA256_SIZE);
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
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    if (said->has_instruction)
        params_uuid(&params, &said->instruction_id);
    else
        params_null(&params);
    if (said->number > 0)
        params_int64(&params, said->number);
    else
        params_null(&params);
    status = db_run_once(settle->session.db, settle_sql_rule_show, &params, error, &rows);
    if (status == OK)
        rulings_print(rows);
    result_free(rows);
    return status;
}

/* ---- the command ---- */

/* Every verb ends by showing; show does nothing else. */
static const struct verb {
    const char *name;
    const char *action;
    said_step *step;
} verbs[] = {{"show", NULL, NULL},
             {"propose", "ruling", propose},
             {"approve", "ruling_approval", approve}};

static const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (strcmp(name, verbs[i].name) == 0)
            return &verbs[i];
    return NULL;
}

static bool is_complete(const struct verb *verb, const struct said *said)
{
    if (verb->step == propose)
        return said->has_instruction && said->outcome != NULL && said->evidence != NULL &&
               (strcmp(said->outcome, "PAID") == 0 || strcmp(said->outcome, "NOT_PAID") == 0) &&
               string_has_words(said->evidence) && said->number == 0;
    return verb->step != approve || said->number > 0;
}

int rule_command(struct program_run *run, int argc, char **argv)
{
    const struct verb *verb = argc < 2 ? NULL : verb_find(argv[1]);
    struct said said;
    struct settle settle;
    struct error error;
    enum status status = OK;

    if (verb == NULL)
        return program_usage(run, "show, propose or approve?");
    if (!said_read(argc - 1, argv + 1, "iuebg#", &said) || !is_complete(verb, &said))
        return program_usage(run, "propose wants --instruction, --outcome PAID or NOT_PAID, and "
                                  "--evidence; approve the number of the ruling");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    if (verb->step != NULL)
        status = said_commit(&settle, verb->action, verb->step, &said, &error);
    if (status == OK)
        status = show(&settle, &said, &error);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}
