/*
 * abandon.c - what was rejected, or came back, is not instructed again: it is settled outside.
 *
 *   abandon show      what waits, with its digest, and what was proposed
 *   abandon propose   a maker: abandonment           (one payment; how it is settled instead)
 *   abandon approve   a checker: abandonment_approval (the same digest, under another login)
 *   the loop, follow  the obligation moves to SUSPENSE, in one transaction per window; where
 *                     nothing else of it waits, FAILED -> INSTRUCTED, and then SETTLED as ever
 *
 * (1) A decision per payment: of two that wait one may be instructed again and the other not.
 * (2) The database refuses the same person twice, an approval that is late or about something else,
 *     and another attempt of what is settled outside, for ever.
 * (3) The participant owes nothing of it any more, and is owed nothing: what is left to be done
 *     stands on the suspense account, until two people clear it: suspense.c.
 * (4) Unlike reopen.c it may be decided about a payment whose bank contradicts itself: nothing is
 *     paid by it.
 */
#include "follow/follow.h"

#include "domain/amount.h"
#include "said.h"
#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

/* The columns of abandonment_show.sql. */
enum {
    INSTRUCTION_ID,
    DIRECTION,
    PARTICIPANT,
    AMOUNT,
    CURRENCY,
    UNDONE_REASON,
    DIGEST,
    PROPOSAL_ID,
    MAKER,
    PROPOSED_BY,
    PROPOSED_REASON,
    PROPOSED_DIGEST,
};

/* ---- the worker: what was approved ---- */

/* The columns of abandon.sql. */
enum { GONE_ID, GONE_DIRECTION, GONE_AMOUNT, GONE_CURRENCY, SUSPENSE, OBLIGATION };

static enum status payments_abandon(struct following *following, struct error *error)
{
    struct effects *effects = &following->tx->effects;
    enum status status = follow_read(following, settle_sql_abandon, error);

    for (int i = 0; status == OK && i < result_rows(following->rows); i++) {
        struct uuid instruction_id = result_uuid(following->rows, i, GONE_ID);

        effects_row(effects, "abandoned_instruction", 2);
        effects_text(effects, (struct text){(const char *)instruction_id.bytes, 16});
        effects_int64(effects, following->day);
    }
    return status;
}

/* (3): the obligation, which stands again since the payment was undone, as book.c books it with
 * the suspense account in the place of the nostro. */
static size_t entry_of(const struct result *rows, int row, currency in_currency,
                       struct journal_entry entries[FOLLOW_ENTRIES_MAX])
{
    struct amount amount = {result_int64(rows, row, GONE_AMOUNT), in_currency};

    entries[0] = instruction_entry(text_is(result_text(rows, row, GONE_DIRECTION), "COLLECT"),
                                   (int32_t)result_int64(rows, row, SUSPENSE),
                                   (int32_t)result_int64(rows, row, OBLIGATION), amount);
    return 1;
}

/* DUPLICATE: somebody was quicker. */
static enum status abandon_steps(struct following *following, struct error *error)
{
    enum status status = settle_lock(following->tx, &following->window, error);

    if (status == OK && following->window.state != WINDOW_FAILED)
        return DUPLICATE;
    if (status == OK)
        status = payments_abandon(following, error);
    if (status == OK && result_rows(following->rows) == 0)
        return DUPLICATE;
    if (status == OK)
        status = follow_book(following, GONE_CURRENCY, entry_of, error);
    return status == OK ? follow_go_on(following, error) : status; /* (1) */
}

static int64_t abandon_done(const struct following *following)
{
    int64_t count = result_rows(following->rows);

    log_info("payments_settled_outside", "payments are settled outside, by approval",
             LOG_INT("window_id", following->window.window_id), LOG_INT("payments", count));
    return count;
}

/* The time ran out in this very moment (2). */
static const struct follow_kind abandonments = {.action = "abandoned",
                                                .windows = settle_sql_abandonment_approved,
                                                .takes_now = true,
                                                .steps = abandon_steps,
                                                .overtaken = {"a_payment_is_abandoned_by_approval"},
                                                .done = abandon_done};

enum status settle_abandon(struct settle *settle, int64_t now_us, struct error *error,
                           int64_t *ret_abandoned)
{
    return follow_windows(settle, &abandonments, now_us, error, ret_abandoned);
}

/* ---- people ---- */

static enum status nothing_waits(struct error *error)
{
    error_set(error, REJECT, "no such payment was rejected, or came back, and waits");
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "failed windows: sawa settle show --state FAILED; what waits: "
                             "sawa settle abandon show --window ID");
}

/* Refused where there is nothing to show. The caller frees *ret_rows. */
static enum status waiting_read(struct db *db, const struct said *said, struct error *error,
                                struct result **ret_rows)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    if (said->window_id > 0)
        params_int64(&params, said->window_id);
    else
        params_null(&params);
    if (said->has_instruction)
        params_uuid(&params, &said->instruction_id);
    else
        params_null(&params);
    status = db_run_once(db, settle_sql_abandonment_show, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0) {
        result_free(rows);
        return nothing_waits(error);
    }
    if (status == OK)
        *ret_rows = rows;
    return status;
}

static void line_print(const struct result *rows, int row)
{
    struct amount amount = {.minor = result_int64(rows, row, AMOUNT)};
    struct uuid instruction_id = result_uuid(rows, row, INSTRUCTION_ID);
    struct digest digest = result_digest(rows, row, DIGEST);
    char money[AMOUNT_TEXT_SIZE] = "?";
    char hex[2 * SHA256_SIZE + 1];
    char id[UUID_TEXT_SIZE];

    digest_format(&digest, hex);
    uuid_format(&instruction_id, id);
    if (currency_parse(result_text(rows, row, CURRENCY), &amount.currency))
        amount_format(amount, money);
    printf("  %s %-7.*s %-14.*s %18s %.*s  undone: %.*s\n    digest %s\n", id,
           TEXT_ARG(result_text(rows, row, DIRECTION)),
           TEXT_ARG(result_text(rows, row, PARTICIPANT)), money,
           TEXT_ARG(result_text(rows, row, CURRENCY)),
           TEXT_ARG(result_text(rows, row, UNDONE_REASON)), hex);
    if (result_int64(rows, row, PROPOSAL_ID) > 0)
        printf("    proposed by %.*s%s%.*s: %.*s\n", TEXT_ARG(result_text(rows, row, MAKER)),
               result_text(rows, row, PROPOSED_BY).size > 0 ? ", " : "",
               TEXT_ARG(result_text(rows, row, PROPOSED_BY)),
               TEXT_ARG(result_text(rows, row, PROPOSED_REASON)));
}

static void waiting_print(const struct result *rows, const char *verb)
{
    printf("%s:\n", verb);
    for (int i = 0; i < result_rows(rows); i++)
        line_print(rows, i);
}

static void abandonment_effect(struct business *tx, const char *table,
                               const struct uuid *instruction_id, const struct digest *digest)
{
    effects_row(&tx->effects, table, 2);
    effects_text(&tx->effects, (struct text){(const char *)instruction_id->bytes, 16});
    effects_text(&tx->effects, (struct text){(const char *)digest->bytes, SHA256_SIZE});
}

static enum status propose(struct settle *settle, const struct said *said,
                           const struct result *rows, struct error *error)
{
    struct digest digest = result_digest(rows, 0, DIGEST);
    struct params params;
    struct business tx;
    enum status status = business_begin(settle->session.db, "abandonment", settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    abandonment_effect(&tx, "abandonment", &said->instruction_id, &digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_uuid(&params, &said->instruction_id);
    params_string(&params, said->reason);
    params_bytes(&params, digest.bytes, SHA256_SIZE);
    params_string(&params, said->by);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, settle_sql_abandonment_insert, &params, error, NULL);
    return settle_explain(business_finish(&tx, status, error), error);
}

static enum status approve(struct settle *settle, const struct said *said,
                           const struct result *rows, struct error *error)
{
    struct digest digest = result_digest(rows, 0, PROPOSED_DIGEST);
    struct params params;
    struct business tx;
    enum status status = business_begin(settle->session.db, "abandonment_approval",
                                        settle->session.worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    abandonment_effect(&tx, "abandonment_approval", &said->instruction_id, &digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, result_int64(rows, 0, PROPOSAL_ID));
    params_bytes(&params, digest.bytes, SHA256_SIZE);
    params_text(&params, result_text(rows, 0, MAKER));
    params_text(&params, result_text(rows, 0, PROPOSED_BY));
    params_string(&params, said->by);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, settle_sql_abandonment_approve, &params, error, NULL);
    return settle_explain(business_finish(&tx, status, error), error);
}

/* Whether there is a proposal, and it is the one somebody looked at. */
static enum status proposal_check(const struct said *said, const struct result *rows,
                                  struct error *error)
{
    struct digest proposed;

    if (result_int64(rows, 0, PROPOSAL_ID) == 0) {
        error_set(error, REJECT, "nobody proposed to settle this payment outside");
        error->exit_code = EXIT_REFUSED;
        return error_hint(error, "sawa settle abandon propose --instruction ID --reason TEXT");
    }
    proposed = result_digest(rows, 0, PROPOSED_DIGEST);
    return said_digest(said, &proposed, "sawa settle abandon show", error);
}

/* ---- the verbs ---- */

typedef enum status abandon_verb(struct settle *settle, const struct said *said,
                                 const struct result *rows, struct error *error);

static enum status show_verb(struct settle *settle, const struct said *said,
                             const struct result *rows, struct error *error)
{
    (void)settle;
    (void)said;
    (void)error;
    waiting_print(rows, "could be settled outside");
    return OK;
}

static enum status propose_verb(struct settle *settle, const struct said *said,
                                const struct result *rows, struct error *error)
{
    enum status status = propose(settle, said, rows, error);

    if (status == OK)
        waiting_print(rows, "proposed to be settled outside");
    return status;
}

static enum status approve_verb(struct settle *settle, const struct said *said,
                                const struct result *rows, struct error *error)
{
    enum status status = proposal_check(said, rows, error);

    if (status == OK)
        status = approve(settle, said, rows, error);
    if (status == OK)
        waiting_print(rows, "approved to be settled outside");
    return status;
}

static abandon_verb *verb_find(const char *name)
{
    if (strcmp(name, "show") == 0)
        return show_verb;
    if (strcmp(name, "propose") == 0)
        return propose_verb;
    return strcmp(name, "approve") == 0 ? approve_verb : NULL;
}

int abandon_command(struct program_run *run, int argc, char **argv)
{
    abandon_verb *verb = argc < 2 ? NULL : verb_find(argv[1]);
    struct said said;
    struct result *rows = NULL;
    struct settle settle;
    struct error error;
    enum status status;

    if (verb == NULL)
        return program_usage(run, "show, propose or approve?");
    if (!said_read(argc - 1, argv + 1, "wirbg", &said) ||
        (!said.has_instruction && (verb != show_verb || said.window_id <= 0)) ||
        (verb == propose_verb && !string_has_words(said.reason)))
        return program_usage(run, "which payment? --instruction ID; show takes --window ID too, "
                                  "propose wants --reason");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = waiting_read(settle.session.db, &said, &error, &rows);
    if (status == OK)
        status = verb(&settle, &said, rows, &error);
    result_free(rows);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}
