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
 *     stands on the suspense account, until an entry of its own explains it.
 * (4) Unlike reopen.c it may be decided about a payment whose bank contradicts itself: nothing is
 *     paid by it.
 */
#include "settle.h"

#include "domain/amount.h"

#include "settle_sql.h"

#include <getopt.h>
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

struct abandoning {
    struct settle *settle;
    struct business *tx;
    struct window window;
    calendar_date day;
    struct result *rows; /* what is settled outside now */
};

/* The columns of abandon.sql. */
enum { GONE_ID, GONE_DIRECTION, GONE_AMOUNT, GONE_CURRENCY, SUSPENSE, OBLIGATION };

static enum status payments_abandon(struct abandoning *abandoning, struct error *error)
{
    struct effects *effects = &abandoning->tx->effects;
    struct params params;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, abandoning->window.window_id);
    params_date(&params, abandoning->day);
    params_int64(&params, abandoning->tx->commit_id);
    status = db_run_once(abandoning->tx->db, settle_sql_abandon, &params, error, &abandoning->rows);
    for (int i = 0; status == OK && i < result_rows(abandoning->rows); i++) {
        struct uuid instruction_id = result_uuid(abandoning->rows, i, GONE_ID);

        effects_row(effects, "abandoned_instruction", 2);
        effects_text(effects, (struct text){(const char *)instruction_id.bytes, 16});
        effects_int64(effects, abandoning->day);
    }
    return status;
}

/* (3): the obligation, which stands again since the payment was undone, as book.c books it with
 * the suspense account in the place of the nostro. */
static struct leg leg_of(const struct result *rows, int row)
{
    bool collects = text_is(result_text(rows, row, GONE_DIRECTION), "COLLECT");
    int32_t suspense = (int32_t)result_int64(rows, row, SUSPENSE);
    int32_t obligation = (int32_t)result_int64(rows, row, OBLIGATION);

    return (struct leg){
        .debit_account_id = collects ? suspense : obligation,
        .credit_account_id = collects ? obligation : suspense,
        .amount_minor = result_int64(rows, row, GONE_AMOUNT),
    };
}

static enum status payments_book(struct abandoning *abandoning, struct error *error)
{
    size_t count = (size_t)result_rows(abandoning->rows);
    struct leg *legs = arena_alloc(&abandoning->settle->arena, count * sizeof *legs);

    assert(legs != NULL);
    for (size_t i = 0; i < count; i++)
        legs[i] = leg_of(abandoning->rows, (int)i);
    return settle_post(abandoning->settle, abandoning->tx, abandoning->window.window_id,
                       abandoning->day, result_text(abandoning->rows, 0, GONE_CURRENCY), legs,
                       count, error);
}

/* Where something else of it waits (1), it stays as it is. */
static enum status state_move(struct abandoning *abandoning, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;
    bool waits;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, abandoning->window.window_id);
    status = db_run_once(abandoning->tx->db, settle_sql_waiting, &params, error, &rows);
    waits = status == OK && result_rows(rows) > 0;
    result_free(rows);
    if (status != OK || waits)
        return status;
    return settle_move(abandoning->tx, &abandoning->window, WINDOW_INSTRUCTED, NULL, error);
}

/* DUPLICATE: somebody was quicker. */
static enum status abandon_steps(struct abandoning *abandoning, struct error *error)
{
    enum status status = settle_lock(abandoning->tx, &abandoning->window, error);

    if (status == OK && abandoning->window.state != WINDOW_FAILED)
        return DUPLICATE;
    if (status == OK)
        status = payments_abandon(abandoning, error);
    if (status == OK && result_rows(abandoning->rows) == 0)
        return DUPLICATE;
    if (status == OK)
        status = payments_book(abandoning, error);
    return status == OK ? state_move(abandoning, error) : status;
}

static enum status abandon_window(struct settle *settle, int64_t window_id, calendar_date day,
                                  int64_t now_us, struct error *error, int64_t *abandoned)
{
    struct business tx;
    struct abandoning abandoning = {.settle = settle,
                                    .tx = &tx,
                                    .window = {.window_id = window_id},
                                    .day = day};
    enum status status =
        business_begin(settle->session.db, "abandoned", settle->session.worker, now_us, error, &tx);
    int64_t count;

    if (status != OK)
        return status;
    arena_reset(&settle->arena);
    status = abandon_steps(&abandoning, error);
    count = status == OK ? result_rows(abandoning.rows) : 0;
    result_free(abandoning.rows);
    /* The time ran out in this very moment (2). */
    if (status != OK && strcmp(error->subject, "a_payment_is_abandoned_by_approval") == 0)
        status = DUPLICATE;
    if (status == DUPLICATE) {
        business_abandon(&tx);
        return OK;
    }
    status = business_finish(&tx, status, error);
    if (status == OK)
        log_info("payments_settled_outside", "payments are settled outside, by approval",
                 LOG_INT("window_id", window_id), LOG_INT("payments", count));
    *abandoned += status == OK ? count : 0;
    return status;
}

enum status settle_abandon(struct settle *settle, int64_t now_us, struct error *error,
                           int64_t *ret_abandoned)
{
    struct params params;
    struct result *rows = NULL;
    int64_t abandoned = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_instant(&params, now_us);
    status =
        db_run_once(settle->session.db, settle_sql_abandonment_approved, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = abandon_window(settle, result_int64(rows, i, 0), result_date(rows, i, 1), now_us,
                                error, &abandoned);
    result_free(rows);
    if (status == OK)
        *ret_abandoned = abandoned;
    return status;
}

/* ---- people ---- */

struct abandon_arguments {
    int64_t window_id; /* 0: none */
    struct uuid instruction_id;
    bool has_instruction;
    const char *reason;
    const char *by;
    const char *digest; /* NULL: as stored */
};

static bool option_take(int option, struct abandon_arguments *arguments)
{
    switch (option) {
    case 'w': return text_to_int64(text_of(optarg), &arguments->window_id);
    case 'i':
        arguments->has_instruction = true;
        return uuid_parse(text_of(optarg), &arguments->instruction_id);
    case 'r': arguments->reason = optarg; return true;
    case 'b': arguments->by = optarg; return true;
    case 'g': arguments->digest = optarg; return true;
    default: return false;
    }
}

static bool arguments_read(int argc, char **argv, struct abandon_arguments *arguments)
{
    static const struct option known[] = {{"window", required_argument, NULL, 'w'},
                                          {"instruction", required_argument, NULL, 'i'},
                                          {"reason", required_argument, NULL, 'r'},
                                          {"by", required_argument, NULL, 'b'},
                                          {"digest", required_argument, NULL, 'g'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!option_take(option, arguments))
            return false;
    }
    return optind == argc;
}

static enum status nothing_waits(struct error *error)
{
    error_set(error, REJECT, "no such payment was rejected, or came back, and waits");
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "failed windows: sawa settle show --state FAILED; what waits: "
                             "sawa settle abandon show --window ID");
}

/* Refused where there is nothing to show. The caller frees *ret_rows. */
static enum status waiting_read(struct db *db, const struct abandon_arguments *arguments,
                                struct error *error, struct result **ret_rows)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    if (arguments->window_id > 0)
        params_int64(&params, arguments->window_id);
    else
        params_null(&params);
    if (arguments->has_instruction)
        params_uuid(&params, &arguments->instruction_id);
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

static struct digest digest_at(const struct result *rows, int column)
{
    struct digest digest;

    memcpy(digest.bytes, result_text(rows, 0, column).data, SHA256_SIZE);
    return digest;
}

static void line_print(const struct result *rows, int row)
{
    struct amount amount = {.minor = result_int64(rows, row, AMOUNT)};
    struct uuid instruction_id = result_uuid(rows, row, INSTRUCTION_ID);
    struct digest digest;
    char money[AMOUNT_TEXT_SIZE] = "?";
    char hex[2 * SHA256_SIZE + 1];
    char id[UUID_TEXT_SIZE];

    memcpy(digest.bytes, result_text(rows, row, DIGEST).data, SHA256_SIZE);
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

static enum status propose(struct settle *settle, const struct abandon_arguments *arguments,
                           const struct result *rows, struct error *error)
{
    struct digest digest = digest_at(rows, DIGEST);
    struct params params;
    struct business tx;
    enum status status = business_begin(settle->session.db, "abandonment", settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    abandonment_effect(&tx, "abandonment", &arguments->instruction_id, &digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_uuid(&params, &arguments->instruction_id);
    params_string(&params, arguments->reason);
    params_bytes(&params, digest.bytes, SHA256_SIZE);
    params_string(&params, arguments->by);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, settle_sql_abandonment_insert, &params, error, NULL);
    return settle_explain(business_finish(&tx, status, error), error);
}

static enum status approve(struct settle *settle, const struct abandon_arguments *arguments,
                           const struct result *rows, struct error *error)
{
    struct digest digest = digest_at(rows, PROPOSED_DIGEST);
    struct params params;
    struct business tx;
    enum status status = business_begin(settle->session.db, "abandonment_approval",
                                        settle->session.worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    abandonment_effect(&tx, "abandonment_approval", &arguments->instruction_id, &digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, result_int64(rows, 0, PROPOSAL_ID));
    params_bytes(&params, digest.bytes, SHA256_SIZE);
    params_text(&params, result_text(rows, 0, MAKER));
    params_text(&params, result_text(rows, 0, PROPOSED_BY));
    params_string(&params, arguments->by);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, settle_sql_abandonment_approve, &params, error, NULL);
    return settle_explain(business_finish(&tx, status, error), error);
}

/* Whether there is a proposal, and it is the one somebody looked at. */
static enum status proposal_check(const struct abandon_arguments *arguments,
                                  const struct result *rows, struct error *error)
{
    struct digest digest;
    char hex[2 * SHA256_SIZE + 1];

    if (result_int64(rows, 0, PROPOSAL_ID) == 0) {
        error_set(error, REJECT, "nobody proposed to settle this payment outside");
        error->exit_code = EXIT_REFUSED;
        return error_hint(error, "sawa settle abandon propose --instruction ID --reason TEXT");
    }
    digest = digest_at(rows, PROPOSED_DIGEST);
    digest_format(&digest, hex);
    if (arguments->digest == NULL || strcmp(arguments->digest, hex) == 0)
        return OK;
    error_set(error, REJECT, "the newest proposal has another digest");
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "look at it again: sawa settle abandon show");
}

/* ---- the verbs ---- */

typedef enum status abandon_verb(struct settle *settle, const struct abandon_arguments *arguments,
                                 const struct result *rows, struct error *error);

static enum status show_verb(struct settle *settle, const struct abandon_arguments *arguments,
                             const struct result *rows, struct error *error)
{
    (void)settle;
    (void)arguments;
    (void)error;
    waiting_print(rows, "could be settled outside");
    return OK;
}

static enum status propose_verb(struct settle *settle, const struct abandon_arguments *arguments,
                                const struct result *rows, struct error *error)
{
    enum status status = propose(settle, arguments, rows, error);

    if (status == OK)
        waiting_print(rows, "proposed to be settled outside");
    return status;
}

static enum status approve_verb(struct settle *settle, const struct abandon_arguments *arguments,
                                const struct result *rows, struct error *error)
{
    enum status status = proposal_check(arguments, rows, error);

    if (status == OK)
        status = approve(settle, arguments, rows, error);
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
    struct abandon_arguments arguments = {.reason = "", .by = ""};
    struct result *rows = NULL;
    struct settle settle;
    struct error error;
    enum status status;

    if (verb == NULL)
        return program_usage(run, "show, propose or approve?");
    if (!arguments_read(argc - 1, argv + 1, &arguments) ||
        (!arguments.has_instruction && (verb != show_verb || arguments.window_id <= 0)) ||
        (verb == propose_verb && !string_has_words(arguments.reason)))
        return program_usage(run, "which payment? --instruction ID; show takes --window ID too, "
                                  "propose wants --reason");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = waiting_read(settle.session.db, &arguments, &error, &rows);
    if (status == OK)
        status = verb(&settle, &arguments, rows, &error);
    result_free(rows);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}
