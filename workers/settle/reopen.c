/*
 * reopen.c - what a bank rejected, or sent back, is instructed again, once, by approval.
 *
 *   reopen show       what waits, with the bank's reasons, and the digest of it
 *   reopen propose    a maker: reinstruction            (day, reason, digest, a day to approve it)
 *   reopen approve    a checker: reinstruction_approval (the same digest, under another login)
 *   the loop, follow  FAILED -> REOPENED -> INSTRUCTED: the next attempt of each, its expected item
 *                     and its booking, in one transaction
 *
 * (1) The digest is of exactly what waits, and is the database's: once something else is rejected,
 *     or is instructed again, it is another one, and the approval ends with it.
 * (2) At most one attempt of a payment is neither rejected nor returned, and an attempt repeats the
 *     one before it to the last unit; the database refuses anything else (i3_one_live_attempt and
 *     its neighbours).
 * (3) An id follows from window, participant, counterparty, direction and attempt: what is tried
 *     again names the same payment (book.c (3)).
 * (4) A bank that says afterwards that it paid what it had rejected contradicts itself: nothing of
 *     the window is approved, instructed or released until somebody has asked it.
 */
#include "settle.h"

#include "domain/amount.h"

#include "settle_sql.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* The columns of waiting.sql. */
enum waiting_column {
    INSTRUCTION_ID,
    PARTICIPANT_ID,
    COUNTERPARTY_ID,
    DIRECTION,
    AMOUNT,
    CURRENCY,
    NOSTRO,
    OBLIGATION,
    ATTEMPT,
    REASON,
    WITHDRAWN_ON,
    PARTICIPANT,
};

/* The columns of reinstruction_find.sql. */
enum proposal_column { PROPOSAL_ID, DAY, PROPOSAL_REASON, DIGEST, MAKER, PROPOSED_BY, CHECKER };

static enum status waiting_read(struct db *db, int64_t window_id, struct error *error,
                                struct result **ret_rows)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, window_id);
    return db_run_once(db, settle_sql_waiting, &params, error, ret_rows);
}

/* ---- the worker: what was approved ---- */

struct reopening {
    struct settle *settle;
    struct business *tx;
    struct window window;
    calendar_date day;
    struct result *rows; /* what waits */
};

/* (3) */
static struct uuid attempt_id(int64_t window_id, const struct result *rows, int row)
{
    char name[128];

    snprintf(name, sizeof name, "instruction/%lld/%lld/%lld/%.*s/%lld", (long long)window_id,
             (long long)result_int64(rows, row, PARTICIPANT_ID),
             (long long)result_int64(rows, row, COUNTERPARTY_ID),
             TEXT_ARG(result_text(rows, row, DIRECTION)),
             (long long)result_int64(rows, row, ATTEMPT) + 1);
    return uuid_of_name(text_of(name));
}

static void attempt_effect(struct reopening *reopening, const struct uuid *id, int row)
{
    struct effects *effects = &reopening->tx->effects;

    effects_row(effects, "instruction_attempt", 3);
    effects_text(effects, (struct text){(const char *)id->bytes, 16});
    effects_int64(effects, result_int64(reopening->rows, row, ATTEMPT) + 1);
    effects_int64(effects, result_int64(reopening->rows, row, AMOUNT));
}

static enum status attempts_insert(struct reopening *reopening, struct error *error)
{
    size_t count = (size_t)result_rows(reopening->rows);
    struct uuid *ids = arena_alloc(&reopening->settle->arena, 2 * count * sizeof *ids);
    struct params params;

    assert(ids != NULL);
    for (size_t i = 0; i < count; i++) {
        ids[i] = attempt_id(reopening->window.window_id, reopening->rows, (int)i);
        ids[count + i] = result_uuid(reopening->rows, (int)i, INSTRUCTION_ID);
        attempt_effect(reopening, &ids[i], (int)i);
    }
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, reopening->tx->commit_id);
    params_date(&params, reopening->day);
    params_uuid_array(&params, ids, count);
    params_uuid_array(&params, ids + count, count);
    return db_run_once(reopening->tx->db, settle_sql_reinstruct, &params, error, NULL);
}

static enum status items_insert(struct reopening *reopening, struct error *error)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, reopening->tx->commit_id);
    params_int64(&params, reopening->window.window_id);
    return db_run_once(reopening->tx->db, settle_sql_reinstruct_items, &params, error, NULL);
}

/* As book.c books an instruction. */
static struct leg leg_of(const struct result *rows, int row)
{
    bool collects = text_is(result_text(rows, row, DIRECTION), "COLLECT");
    int32_t nostro = (int32_t)result_int64(rows, row, NOSTRO);
    int32_t obligation = (int32_t)result_int64(rows, row, OBLIGATION);

    return (struct leg){
        .debit_account_id = collects ? nostro : obligation,
        .credit_account_id = collects ? obligation : nostro,
        .amount_minor = result_int64(rows, row, AMOUNT),
    };
}

static enum status attempts_book(struct reopening *reopening, struct error *error)
{
    size_t count = (size_t)result_rows(reopening->rows);
    struct leg *legs = arena_alloc(&reopening->settle->arena, count * sizeof *legs);

    assert(legs != NULL);
    for (size_t i = 0; i < count; i++)
        legs[i] = leg_of(reopening->rows, (int)i);
    return settle_post(reopening->settle, reopening->tx, reopening->window.window_id,
                       reopening->day, result_text(reopening->rows, 0, CURRENCY), legs, count,
                       error);
}

/* DUPLICATE: somebody was quicker. */
static enum status reopen_steps(struct reopening *reopening, struct error *error)
{
    struct window *window = &reopening->window;
    enum status status = settle_lock(reopening->tx, window, error);

    if (status == OK && window->state != WINDOW_FAILED)
        return DUPLICATE;
    if (status == OK)
        status = settle_move(reopening->tx, window, WINDOW_REOPENED, NULL, error);
    if (status == OK)
        status = waiting_read(reopening->tx->db, window->window_id, error, &reopening->rows);
    if (status == OK)
        status = attempts_insert(reopening, error);
    if (status == OK)
        status = items_insert(reopening, error);
    if (status == OK)
        status = attempts_book(reopening, error);
    if (status == OK)
        status = settle_move(reopening->tx, window, WINDOW_INSTRUCTED, NULL, error);
    return status == OK ? announce_attempts(reopening->tx, window->window_id,
                                            result_text(reopening->rows, 0, CURRENCY), error)
                        : status;
}

static enum status reopen_window(struct settle *settle, int64_t window_id, calendar_date day,
                                 int64_t now_us, struct error *error, int64_t *reopened)
{
    struct business tx;
    struct reopening reopening = {.settle = settle,
                                  .tx = &tx,
                                  .window = {.window_id = window_id},
                                  .day = day};
    enum status status = business_begin(settle->session.db, "reinstruct", settle->session.worker,
                                        now_us, error, &tx);

    if (status != OK)
        return status;
    arena_reset(&settle->arena);
    status = reopen_steps(&reopening, error);
    result_free(reopening.rows);
    /* Something was rejected, or contradicted, or the time ran out in this very moment (1) (4). */
    if (status != OK && (strcmp(error->subject, "a_window_is_reopened_by_approval") == 0 ||
                         strcmp(error->subject, "i3_attempt_follows_a_rejected_one") == 0))
        status = DUPLICATE;
    if (status == DUPLICATE) {
        business_abandon(&tx);
        return OK;
    }
    status = business_finish(&tx, status, error);
    if (status == OK)
        log_info("window_reopened", "what a bank rejected is instructed again, by approval",
                 LOG_INT("window_id", window_id));
    *reopened += status == OK;
    return status;
}

enum status settle_reopen(struct settle *settle, int64_t now_us, struct error *error,
                          int64_t *ret_reopened)
{
    struct result *rows = NULL;
    int64_t reopened = 0;
    enum status status =
        db_run(settle->session.db, settle_sql_reinstruction_approved, NULL, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = reopen_window(settle, result_int64(rows, i, 0), result_date(rows, i, 1), now_us,
                               error, &reopened);
    result_free(rows);
    if (status == OK)
        *ret_reopened = reopened;
    return status;
}

/* ---- people ---- */

struct reopen_arguments {
    int64_t window_id;
    const char *reason;
    const char *by;
    const char *digest; /* NULL: as stored */
    calendar_date date; /* DATE_NONE: the first day that can be */
};

static bool option_take(int option, struct reopen_arguments *arguments)
{
    switch (option) {
    case 'w': return text_to_int64(text_of(optarg), &arguments->window_id);
    case 'd': return date_parse(text_of(optarg), &arguments->date);
    case 'r': arguments->reason = optarg; return true;
    case 'b': arguments->by = optarg; return true;
    case 'g': arguments->digest = optarg; return true;
    default: return false;
    }
}

static bool arguments_read(int argc, char **argv, struct reopen_arguments *arguments)
{
    static const struct option known[] = {{"window", required_argument, NULL, 'w'},
                                          {"date", required_argument, NULL, 'd'},
                                          {"reason", required_argument, NULL, 'r'},
                                          {"by", required_argument, NULL, 'b'},
                                          {"digest", required_argument, NULL, 'g'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!option_take(option, arguments))
            return false;
    }
    return optind == argc && arguments->window_id > 0;
}

static enum status nothing_waits(const struct reopen_arguments *arguments, struct error *error)
{
    error_set(error, REJECT, "nothing of window %lld waits to be instructed again",
              (long long)arguments->window_id);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "failed windows: sawa settle show --state FAILED");
}

static enum status too_early(calendar_date earliest, struct error *error)
{
    char text[DATE_TEXT_SIZE];

    date_format(earliest, text);
    error_set(error, REJECT, "it cannot be paid on a day before it was withdrawn");
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "--date %s, or later", text);
}

static enum status no_business_day(calendar_date next, struct error *error)
{
    char text[DATE_TEXT_SIZE];

    date_format(next, text);
    error_set(error, REJECT, "the corridor's bank does not pay on that day");
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "the next business day: --date %s", text);
}

/* What is to be proposed: its day and digest. */
struct proposal {
    calendar_date day;
    struct digest digest;
};

/* As if it were on date; DATE_NONE: on the first day that the books allow. */
static enum status proposal_on(struct db *db, const struct reopen_arguments *arguments,
                               calendar_date date, struct error *error,
                               struct proposal *ret_proposal)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->window_id);
    if (date == DATE_NONE)
        params_null(&params);
    else
        params_date(&params, date);
    params_instant(&params, clock_now_us());
    status = db_run_once(db, settle_sql_reinstruction_day, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = nothing_waits(arguments, error);
    if (status == OK && result_date(rows, 0, 0) < result_date(rows, 0, 1))
        status = too_early(result_date(rows, 0, 1), error);
    if (status == OK) {
        ret_proposal->day = result_date(rows, 0, 0);
        memcpy(ret_proposal->digest.bytes, result_text(rows, 0, 2).data, SHA256_SIZE);
    }
    result_free(rows);
    return status;
}

/* A day that was asked for is taken as it is or refused; without one it is the next that is a
 * business day. */
static enum status proposal_make(struct settle *settle, const struct reopen_arguments *arguments,
                                 struct error *error, struct proposal *ret_proposal)
{
    struct db *db = settle->session.db;
    calendar_date day = DATE_NONE;
    enum status status = proposal_on(db, arguments, arguments->date, error, ret_proposal);

    if (status == OK)
        status = settle_payment_day(settle, arguments->window_id, ret_proposal->day, error, &day);
    if (status != OK || day == ret_proposal->day)
        return status;
    if (arguments->date != DATE_NONE)
        return no_business_day(day, error);
    return proposal_on(db, arguments, day, error, ret_proposal);
}

static void line_print(const struct result *rows, int row)
{
    struct amount amount = {.minor = result_int64(rows, row, AMOUNT)};
    char money[AMOUNT_TEXT_SIZE] = "?";
    char date[DATE_TEXT_SIZE];
    char id[UUID_TEXT_SIZE];
    struct uuid instruction_id = result_uuid(rows, row, INSTRUCTION_ID);

    if (currency_parse(result_text(rows, row, CURRENCY), &amount.currency))
        amount_format(amount, money);
    date_format(result_date(rows, row, WITHDRAWN_ON), date);
    uuid_format(&instruction_id, id);
    printf("  %s %-7.*s %-14.*s %18s %.*s  attempt %lld, rejected %s %.*s\n", id,
           TEXT_ARG(result_text(rows, row, DIRECTION)),
           TEXT_ARG(result_text(rows, row, PARTICIPANT)), money,
           TEXT_ARG(result_text(rows, row, CURRENCY)), (long long)result_int64(rows, row, ATTEMPT),
           date, TEXT_ARG(result_text(rows, row, REASON)));
}

static enum status waiting_print(struct db *db, int64_t window_id, const char *verb,
                                 const struct proposal *proposal, struct error *error)
{
    char hex[2 * SHA256_SIZE + 1];
    char date[DATE_TEXT_SIZE];
    struct result *rows = NULL;
    enum status status = waiting_read(db, window_id, error, &rows);

    date_format(proposal->day, date);
    digest_format(&proposal->digest, hex);
    if (status == OK)
        printf("window %lld, %s on %s:\n", (long long)window_id, verb, date);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        line_print(rows, i);
    if (status == OK)
        printf("digest %s\n", hex);
    result_free(rows);
    return status;
}

static void reinstruction_effect(struct business *tx, const char *table, int64_t window_id,
                                 const struct digest *digest)
{
    effects_row(&tx->effects, table, 2);
    effects_int64(&tx->effects, window_id);
    effects_text(&tx->effects, (struct text){(const char *)digest->bytes, SHA256_SIZE});
}

static enum status propose(struct settle *settle, const struct reopen_arguments *arguments,
                           const struct proposal *proposal, struct error *error)
{
    struct params params;
    struct business tx;
    enum status status = business_begin(settle->session.db, "reinstruction", settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    reinstruction_effect(&tx, "reinstruction", arguments->window_id, &proposal->digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->window_id);
    params_date(&params, proposal->day);
    params_string(&params, arguments->reason);
    params_bytes(&params, proposal->digest.bytes, SHA256_SIZE);
    params_string(&params, arguments->by);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, settle_sql_reinstruction_insert, &params, error, NULL);
    return settle_explain(business_finish(&tx, status, error), error);
}

static enum status proposal_find(struct db *db, const struct reopen_arguments *arguments,
                                 struct error *error, struct proposal *ret_proposal,
                                 struct result **ret_row)
{
    char hex[2 * SHA256_SIZE + 1];
    struct params params;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->window_id);
    status = db_run_once(db, settle_sql_reinstruction_find, &params, error, ret_row);
    if (status != OK)
        return status;
    if (result_rows(*ret_row) == 0)
        return nothing_waits(arguments, error);
    ret_proposal->day = result_date(*ret_row, 0, DAY);
    memcpy(ret_proposal->digest.bytes, result_text(*ret_row, 0, DIGEST).data, SHA256_SIZE);
    digest_format(&ret_proposal->digest, hex);
    if (arguments->digest == NULL || strcmp(arguments->digest, hex) == 0)
        return OK;
    error_set(error, REJECT, "the newest proposal has another digest");
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "look at it again: sawa settle reopen show");
}

static enum status approve(struct settle *settle, const struct reopen_arguments *arguments,
                           const struct proposal *proposal, const struct result *row,
                           struct error *error)
{
    struct params params;
    struct business tx;
    enum status status = business_begin(settle->session.db, "reinstruction_approval",
                                        settle->session.worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    reinstruction_effect(&tx, "reinstruction_approval", arguments->window_id, &proposal->digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, result_int64(row, 0, PROPOSAL_ID));
    params_bytes(&params, proposal->digest.bytes, SHA256_SIZE);
    params_text(&params, result_text(row, 0, MAKER));
    params_text(&params, result_text(row, 0, PROPOSED_BY));
    params_string(&params, arguments->by);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, settle_sql_reinstruction_approve, &params, error, NULL);
    return settle_explain(business_finish(&tx, status, error), error);
}

/* ---- the verbs ---- */

typedef enum status reopen_verb(struct settle *settle, const struct reopen_arguments *arguments,
                                struct error *error);

static enum status show_verb(struct settle *settle, const struct reopen_arguments *arguments,
                             struct error *error)
{
    struct proposal proposal;
    enum status status = proposal_make(settle, arguments, error, &proposal);

    return status == OK ? waiting_print(settle->session.db, arguments->window_id,
                                        "could be instructed again", &proposal, error)
                        : status;
}

static enum status propose_verb(struct settle *settle, const struct reopen_arguments *arguments,
                                struct error *error)
{
    struct proposal proposal;
    enum status status = proposal_make(settle, arguments, error, &proposal);

    if (status == OK)
        status = propose(settle, arguments, &proposal, error);
    return status == OK ? waiting_print(settle->session.db, arguments->window_id,
                                        "proposed to be instructed again", &proposal, error)
                        : status;
}

static enum status approve_verb(struct settle *settle, const struct reopen_arguments *arguments,
                                struct error *error)
{
    struct result *row = NULL;
    struct proposal proposal;
    enum status status = proposal_find(settle->session.db, arguments, error, &proposal, &row);

    if (status == OK)
        status = approve(settle, arguments, &proposal, row, error);
    result_free(row);
    return status == OK ? waiting_print(settle->session.db, arguments->window_id,
                                        "approved to be instructed again", &proposal, error)
                        : status;
}

static reopen_verb *verb_find(const char *name)
{
    if (strcmp(name, "show") == 0)
        return show_verb;
    if (strcmp(name, "propose") == 0)
        return propose_verb;
    return strcmp(name, "approve") == 0 ? approve_verb : NULL;
}

int reopen_command(struct program_run *run, int argc, char **argv)
{
    reopen_verb *verb = argc < 2 ? NULL : verb_find(argv[1]);
    struct reopen_arguments arguments = {.reason = "", .by = "", .date = DATE_NONE};
    struct settle settle;
    struct error error;
    enum status status;

    if (verb == NULL)
        return program_usage(run, "show, propose or approve?");
    if (!arguments_read(argc - 1, argv + 1, &arguments) ||
        (verb == propose_verb && !string_has_words(arguments.reason)))
        return program_usage(run, "which window? --window ID; propose wants --reason too");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = verb(&settle, &arguments, &error);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}
