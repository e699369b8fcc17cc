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
 * (3) An id follows from window, participant, counterparty, direction, customer's payment and
 *     attempt: what is tried again names the same payment (book.c (3)).
 * (4) A bank that says afterwards that it paid what it had rejected contradicts itself: nothing of
 *     the window is approved, instructed or released until somebody has asked it.
 */
#include "follow/follow.h"

#include "announce.h"
#include "domain/amount.h"
#include "said.h"
#include "settle_sql.h"

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
    OF_PAYMENT,
};

/* The columns of reinstruction_find.sql. */
enum proposal_column { PROPOSAL_ID, DAY, PROPOSAL_REASON, DIGEST, MAKER, PROPOSED_BY, CHECKER };

static enum status waiting_read(struct db *db, int64_t window_id, struct error *error,
                                struct result **ret_rows)
{
    return settle_on_id(db, settle_sql_waiting, window_id, error, ret_rows);
}

/* ---- the worker: what was approved ---- */

/* (3) */
static struct uuid attempt_id(int64_t window_id, const struct result *rows, int row)
{
    struct uuid event_id = result_uuid(rows, row, OF_PAYMENT);
    char payment[1 + UUID_HEX_SIZE];
    char name[160];

    instruction_payment_name(&event_id, payment);
    snprintf(name, sizeof name, "instruction/%lld/%lld/%lld/%.*s%s/%lld", (long long)window_id,
             (long long)result_int64(rows, row, PARTICIPANT_ID),
             (long long)result_int64(rows, row, COUNTERPARTY_ID),
             TEXT_ARG(result_text(rows, row, DIRECTION)), payment,
             (long long)result_int64(rows, row, ATTEMPT) + 1);
    return uuid_of_name(text_of(name));
}

static void attempt_effect(struct following *following, const struct uuid *id, int row)
{
    struct effects *effects = &following->tx->effects;

    effects_row(effects, "instruction_attempt", 3);
    effects_text(effects, (struct text){(const char *)id->bytes, 16});
    effects_int64(effects, result_int64(following->rows, row, ATTEMPT) + 1);
    effects_int64(effects, result_int64(following->rows, row, AMOUNT));
}

static enum status attempts_insert(struct following *following, struct error *error)
{
    size_t count = (size_t)result_rows(following->rows);
    struct uuid *ids = arena_alloc(&following->settle->arena, 2 * count * sizeof *ids);
    struct params params;

    assert(ids != NULL);
    for (size_t i = 0; i < count; i++) {
        ids[i] = attempt_id(following->window.window_id, following->rows, (int)i);
        ids[count + i] = result_uuid(following->rows, (int)i, INSTRUCTION_ID);
        attempt_effect(following, &ids[i], (int)i);
    }
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, following->tx->commit_id);
    params_date(&params, following->day);
    params_uuid_array(&params, ids, count);
    params_uuid_array(&params, ids + count, count);
    return db_run_once(following->tx->db, settle_sql_reinstruct, &params, error, NULL);
}

static enum status items_insert(struct following *following, struct error *error)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, following->tx->commit_id);
    params_int64(&params, following->window.window_id);
    return db_run_once(following->tx->db, settle_sql_reinstruct_items, &params, error, NULL);
}

/* As book.c books an instruction. */
static size_t entry_of(const struct result *rows, int row, currency in_currency,
                       struct journal_entry entries[FOLLOW_ENTRIES_MAX])
{
    struct amount amount = {result_int64(rows, row, AMOUNT), in_currency};

    entries[0] = instruction_entry(text_is(result_text(rows, row, DIRECTION), "COLLECT"),
                                   (int32_t)result_int64(rows, row, NOSTRO),
                                   (int32_t)result_int64(rows, row, OBLIGATION), amount);
    return 1;
}

/* DUPLICATE: somebody was quicker. */
static enum status reopen_steps(struct following *following, struct error *error)
{
    struct window *window = &following->window;
    enum status status = settle_lock(following->tx, window, error);

    if (status == OK && window->state != WINDOW_FAILED)
        return DUPLICATE;
    if (status == OK)
        status = settle_move(following->tx, window, WINDOW_REOPENED, NULL, error);
    if (status == OK)
        status = waiting_read(following->tx->db, window->window_id, error, &following->rows);
    if (status == OK)
        status = attempts_insert(following, error);
    if (status == OK)
        status = items_insert(following, error);
    if (status == OK)
        status = follow_book(following, CURRENCY, entry_of, error);
    if (status == OK)
        status = settle_move(following->tx, window, WINDOW_INSTRUCTED, NULL, error);
    return status == OK ? announce_attempts(following->tx, window->window_id,
                                            result_text(following->rows, 0, CURRENCY), error)
                        : status;
}

static int64_t reopen_done(const struct following *following)
{
    log_info("window_reopened", "what a bank rejected is instructed again, by approval",
             LOG_INT("window_id", following->window.window_id));
    return 1;
}

/* Something was rejected, or contradicted, or the time ran out in this very moment (1) (4). */
static const struct follow_kind reinstructions =
    {.action = "reinstruct",
     .windows = settle_sql_reinstruction_approved,
     .steps = reopen_steps,
     .overtaken = {"a_window_is_reopened_by_approval", "i3_attempt_follows_a_rejected_one"},
     .done = reopen_done};

enum status settle_reopen(struct settle *settle, int64_t now_us, struct error *error,
                          int64_t *ret_reopened)
{
    return follow_windows(settle, &reinstructions, now_us, error, ret_reopened);
}

/* ---- people ---- */

static enum status nothing_waits(const struct said *said, struct error *error)
{
    error_set(error, REJECT, "nothing of window %lld waits to be instructed again",
              (long long)said->window_id);
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
static enum status proposal_on(struct db *db, const struct said *said, calendar_date date,
                               struct error *error, struct proposal *ret_proposal)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->window_id);
    if (date == DATE_NONE)
        params_null(&params);
    else
        params_date(&params, date);
    params_instant(&params, clock_now_us());
    status = db_run_once(db, settle_sql_reinstruction_day, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = nothing_waits(said, error);
    if (status == OK && result_date(rows, 0, 0) < result_date(rows, 0, 1))
        status = too_early(result_date(rows, 0, 1), error);
    if (status == OK) {
        ret_proposal->day = result_date(rows, 0, 0);
        ret_proposal->digest = result_digest(rows, 0, 2);
    }
    result_free(rows);
    return status;
}

/* A day that was asked for is taken as it is or refused; without one it is the next that is a
 * business day. */
static enum status proposal_make(struct settle *settle, const struct said *said,
                                 struct error *error, struct proposal *ret_proposal)
{
    struct db *db = settle->session.db;
    calendar_date day = DATE_NONE;
    enum status status = proposal_on(db, said, said->date, error, ret_proposal);

    if (status == OK)
        status = settle_payment_day(settle, said->window_id, ret_proposal->day, error, &day);
    if (status != OK || day == ret_proposal->day)
        return status;
    if (said->date != DATE_NONE)
        return no_business_day(day, error);
    return proposal_on(db, said, day, error, ret_proposal);
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

static enum status propose(struct settle *settle, const struct said *said,
                           const struct proposal *proposal, struct error *error)
{
    struct params params;
    struct business tx;
    enum status status = business_begin(settle->session.db, "reinstruction", settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    reinstruction_effect(&tx, "reinstruction", said->window_id, &proposal->digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->window_id);
    params_date(&params, proposal->day);
    params_string(&params, said->reason);
    params_bytes(&params, proposal->digest.bytes, SHA256_SIZE);
    params_string(&params, said->by);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, settle_sql_reinstruction_insert, &params, error, NULL);
    return settle_explain(business_finish(&tx, status, error), error);
}

static enum status proposal_find(struct db *db, const struct said *said, struct error *error,
                                 struct proposal *ret_proposal, struct result **ret_row)
{
    enum status status =
        settle_on_id(db, settle_sql_reinstruction_find, said->window_id, error, ret_row);

    if (status != OK)
        return status;
    if (result_rows(*ret_row) == 0)
        return nothing_waits(said, error);
    ret_proposal->day = result_date(*ret_row, 0, DAY);
    ret_proposal->digest = result_digest(*ret_row, 0, DIGEST);
    return said_digest(said, &ret_proposal->digest, "sawa settle reopen show", error);
}

static enum status approve(struct settle *settle, const struct said *said,
                           const struct proposal *proposal, const struct result *row,
                           struct error *error)
{
    struct params params;
    struct business tx;
    enum status status = business_begin(settle->session.db, "reinstruction_approval",
                                        settle->session.worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    reinstruction_effect(&tx, "reinstruction_approval", said->window_id, &proposal->digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, result_int64(row, 0, PROPOSAL_ID));
    params_bytes(&params, proposal->digest.bytes, SHA256_SIZE);
    params_text(&params, result_text(row, 0, MAKER));
    params_text(&params, result_text(row, 0, PROPOSED_BY));
    params_string(&params, said->by);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, settle_sql_reinstruction_approve, &params, error, NULL);
    return settle_explain(business_finish(&tx, status, error), error);
}

/* ---- the verbs ---- */

typedef enum status reopen_verb(struct settle *settle, const struct said *said,
                                struct error *error);

static enum status show_verb(struct settle *settle, const struct said *said, struct error *error)
{
    struct proposal proposal;
    enum status status = proposal_make(settle, said, error, &proposal);

    return status == OK ? waiting_print(settle->session.db, said->window_id,
                                        "could be instructed again", &proposal, error)
                        : status;
}

static enum status propose_verb(struct settle *settle, const struct said *said, struct error *error)
{
    struct proposal proposal;
    enum status status = proposal_make(settle, said, error, &proposal);

    if (status == OK)
        status = propose(settle, said, &proposal, error);
    return status == OK ? waiting_print(settle->session.db, said->window_id,
                                        "proposed to be instructed again", &proposal, error)
                        : status;
}

static enum status approve_verb(struct settle *settle, const struct said *said, struct error *error)
{
    struct result *row = NULL;
    struct proposal proposal;
    enum status status = proposal_find(settle->session.db, said, error, &proposal, &row);

    if (status == OK)
        status = approve(settle, said, &proposal, row, error);
    result_free(row);
    return status == OK ? waiting_print(settle->session.db, said->window_id,
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
    struct said said;
    struct settle settle;
    struct error error;
    enum status status;

    if (verb == NULL)
        return program_usage(run, "show, propose or approve?");
    if (!said_read(argc - 1, argv + 1, "wdrbg", &said) || said.window_id <= 0 ||
        (verb == propose_verb && !string_has_words(said.reason)))
        return program_usage(run, "which window? --window ID; propose wants --reason too");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = verb(&settle, &said, &error);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}
