/*
 * close.c - one window, from the gate to COMMIT; see settle.h (1) to (3).
 *
 *   gate           exclusive: ingest holds it shared while it adds to the window
 *   window_lock    state, now that nobody adds any more
 *   cut            where each partition ends; a watermark cut that ingest stored stays
 *   fold           what is pending joins the totals
 *   holds          a person, or an FX lock or rate that is not there yet, holds the window, never
 *                  a payment
 *   customers      the payments that are instructed one by one, where the corridor says so
 *   limits         what was carried to it, who is held to what: limit.h
 *   book           obligations, nets, proof, instructions, expected items, journal; or a net beyond
 *                  a limit holds the window
 *   rates          the rate it settled at and what its locks brought
 *   state, events for others, leaf, COMMIT
 *
 * Restart: whatever is tried again after COMMIT finds the window closed and does nothing.
 */
#include "close/closing.h"

#include "announce.h"
#include "fx/fx.h"
#include "limits/limit.h"
#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

static const char *const cut_names[] = {
    [CUT_WATERMARK] = "GRACE", /* all have passed: a partition that is new since then */
    [CUT_GRACE] = "GRACE",
    [CUT_COMMAND] = "COMMAND",
};

static enum status run_on_window(struct closing *closing, const char *sql, struct error *error,
                                 struct result **ret_rows)
{
    return settle_on_id(closing->settle->session.db, sql, closing->window.window_id, error,
                        ret_rows);
}

/* ---- reading, after the gate ---- */

static enum status window_read(struct closing *closing, struct error *error)
{
    struct result *rows = NULL;
    enum status status = run_on_window(closing, settle_sql_window_lock, error, &rows);

    if (status != OK)
        return status;
    if (result_rows(rows) == 0) {
        result_free(rows);
        error_set(error, FATAL, "there is no window %lld", (long long)closing->window.window_id);
        error->exit_code = EXIT_USAGE;
        return error_hint(error, "list windows with: sawa settle show");
    }
    closing->corridor_id = (int32_t)result_int64(rows, 0, 0);
    closing->corridor_version = (int32_t)result_int64(rows, 0, 1);
    closing->window.business_date = result_date(rows, 0, 2);
    closing->value_date = result_date(rows, 0, 4);
    (void)text_copy(result_text(rows, 0, 5), closing->held_for, sizeof closing->held_for);
    if (!window_state_parse(result_text(rows, 0, 3), &closing->window.state))
        status = error_set(error, FATAL, "window %lld is in a state unknown to this version",
                           (long long)closing->window.window_id);
    result_free(rows);
    return status;
}

static enum status corridor_read(struct closing *closing, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, closing->corridor_id);
    params_int32(&params, closing->corridor_version);
    status =
        db_run_once(closing->settle->session.db, settle_sql_corridor_read, &params, error, &rows);
    if (status != OK)
        return status;
    assert(result_rows(rows) == 1); /* a foreign key of settlement_window */
    if (!settlement_model_parse(result_text(rows, 0, 0), &closing->model))
        status = error_set(error, FATAL, "a corridor nets by a model unknown to this version");
    if (!currency_parse(result_text(rows, 0, 1), &closing->currency))
        status =
            error_set(error, FATAL, "a corridor settles in a currency unknown to this version");
    closing->nostro_account_id = (int32_t)result_int64(rows, 0, 2);
    closing->instructs_payments = result_bool(rows, 0, 3);
    result_free(rows);
    return status;
}

static enum status totals_read(struct closing *closing, struct error *error)
{
    struct result *rows = NULL;
    enum status status = run_on_window(closing, settle_sql_fold_totals, error, &rows);

    if (status == OK && result_rows(rows) == 1) {
        closing->fold_id = result_int64(rows, 0, 0);
        closing->payment_count = result_int64(rows, 0, 1);
        closing->late_count = result_int64(rows, 0, 2);
        closing->gross_minor = result_int64(rows, 0, 3);
    }
    result_free(rows);
    return status;
}

static enum status pairs_read(struct closing *closing, struct error *error)
{
    struct result *rows = NULL;
    enum status status = run_on_window(closing, settle_sql_fold_pairs, error, &rows);
    size_t count;

    if (status != OK)
        return status;
    count = (size_t)result_rows(rows);
    closing->pairs = arena_alloc(&closing->settle->arena, (count + 1) * sizeof *closing->pairs);
    if (closing->pairs == NULL) {
        result_free(rows);
        return error_set(error, FATAL, "a window has more than %zu pairs", count);
    }
    for (size_t i = 0; i < count; i++) {
        closing->pairs[i] = (struct pair){
            .debtor_id = (int32_t)result_int64(rows, (int)i, 0),
            .creditor_id = (int32_t)result_int64(rows, (int)i, 1),
            .payment_count = result_int64(rows, (int)i, 2),
            .minor = result_int64(rows, (int)i, 3),
        };
    }
    closing->pair_count = count;
    result_free(rows);
    return OK;
}

/* ---- states ---- */

/* Moves the window in memory and in its row; no arrow, or another state in the row: an error. */
static enum status state_move(struct closing *closing, enum window_state to,
                              const char *hold_reason, struct error *error)
{
    const char *from = window_state_name(closing->window.state);
    struct effects *effects = &closing->tx->effects;
    struct params params;
    struct result *rows = NULL;
    enum status status = window_move(&closing->window, to, error);

    if (status != OK)
        return status;
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_string(&params, from);
    params_string(&params, window_state_name(to));
    params_string(&params, hold_reason);
    status =
        db_run_once(closing->settle->session.db, settle_sql_window_move, &params, error, &rows);
    if (status == OK)
        assert(result_affected(rows) == 1); /* the row is locked (2) */
    result_free(rows);
    effects_row(effects, "settlement_window", 2);
    effects_int64(effects, closing->window.window_id);
    effects_text(effects, text_of(window_state_name(to)));
    return status;
}

/* ---- the steps ---- */

static void cut_effects(struct closing *closing, const struct result *rows)
{
    struct effects *effects = &closing->tx->effects;

    for (int i = 0; i < result_rows(rows); i++) {
        effects_row(effects, "window_cut", 5);
        effects_int64(effects, closing->window.window_id);
        effects_int64(effects, result_int64(rows, i, 0));
        effects_int64(effects, result_int64(rows, i, 1));
        effects_int64(effects, result_int64(rows, i, 2));
        effects_text(effects, result_text(rows, i, 3));
    }
}

/* Closing without a single cut would put what is still to come behind the window, unseen. */
static enum status sources_missing(struct error *error)
{
    error_set(error, REJECT, "could not close a window: no source of payments is known");
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "settle.payment_topics must name the topics that ingest reads");
}

static enum status settle_cut(struct closing *closing, enum cut_kind kind, struct error *error)
{
    struct settle *settle = closing->settle;
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_string(&params, cut_names[kind]);
    params_text_array(&params, settle->topics, settle->topic_count);
    status = db_run_once(settle->session.db, settle_sql_cut, &params, error, NULL);
    if (status == OK)
        status = run_on_window(closing, settle_sql_cuts, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = sources_missing(error);
    if (status == OK)
        cut_effects(closing, rows);
    result_free(rows);
    return status;
}

/* *ret_missing: how many FX locks of the window's payments are not stored. */
static enum status locks_check(struct closing *closing, struct error *error, int64_t *ret_missing)
{
    struct result *rows = NULL;
    enum status status = run_on_window(closing, settle_sql_missing_locks, error, &rows);

    if (status == OK)
        *ret_missing = result_int64(rows, 0, 0);
    result_free(rows);
    return status;
}

/* Why the window must not close now; an empty reason: it may. */
static enum status what_holds(struct closing *closing, struct error *error,
                              char ret_reason[HOLD_REASON_SIZE])
{
    int64_t missing = 0;
    enum status status =
        hold_by_hand(closing->settle->session.db, closing->window.window_id, error, ret_reason);

    if (status != OK || ret_reason[0] != '\0')
        return status;
    status = locks_check(closing, error, &missing);
    if (status == OK && missing > 0)
        snprintf(ret_reason, HOLD_REASON_SIZE, "fx_lock_missing: %lld", (long long)missing);
    return status == OK && missing == 0 ? fx_decide(closing, error, ret_reason) : status;
}

/* Gate, then state: DUPLICATE where somebody has closed it before us. */
static enum status settle_begin(struct closing *closing, struct error *error)
{
    enum status status = run_on_window(closing, settle_sql_gate, error, NULL);

    if (status == OK)
        status = window_read(closing, error);
    if (status != OK)
        return status;
    if (closing->window.state != WINDOW_OPEN && closing->window.state != WINDOW_CLOSING &&
        closing->window.state != WINDOW_HELD)
        return DUPLICATE;
    return corridor_read(closing, error);
}

static enum status settle_hold(struct closing *closing, const char *reason, struct error *error)
{
    return state_move(closing, WINDOW_HELD, reason, error);
}

/* CLOSING -> CLOSED, and further: to INSTRUCTED with something to pay, else to SETTLED. Or nothing,
 * where reason says what it has to wait for. */
static enum status settle_book(struct closing *closing, struct error *error,
                               char reason[HOLD_REASON_SIZE])
{
    bool instructed = false;
    enum status status = totals_read(closing, error);

    if (status == OK)
        status = pairs_read(closing, error);
    if (status == OK)
        status = charges_read(closing, error);
    if (status == OK)
        status = customers_read(closing, error);
    if (status == OK)
        status = limits_read(closing, error);
    if (status == OK)
        status = book_window(closing, error, &instructed, reason);
    if (status != OK || reason[0] != '\0')
        return status;
    status = fx_write(closing, error);
    if (status == OK)
        status = state_move(closing, WINDOW_CLOSED, NULL, error);
    if (status == OK)
        status = state_move(closing, instructed ? WINDOW_INSTRUCTED : WINDOW_SETTLED, NULL, error);
    return status == OK ? announce_window(closing, error) : status;
}

/* All steps within the transaction. DUPLICATE: there is nothing to commit. */
static enum status close_steps(struct closing *closing, enum cut_kind kind, struct error *error,
                               enum close_outcome *ret_outcome)
{
    enum status status = settle_begin(closing, error);
    bool was_held = closing->window.state == WINDOW_HELD;
    char reason[HOLD_REASON_SIZE] = "";

    if (status == OK && closing->window.state != WINDOW_CLOSING)
        status = state_move(closing, WINDOW_CLOSING, NULL, error);
    if (status == OK)
        status = settle_cut(closing, kind, error);
    if (status == OK)
        status = fold_window(closing->settle->session.db, closing->window.window_id, error);
    if (status == OK)
        status = what_holds(closing, error, reason);
    if (status == OK && reason[0] == '\0')
        status = settle_book(closing, error, reason);
    if (status != OK)
        return status;
    if (was_held && reason[0] != '\0' && strcmp(reason, closing->held_for) == 0)
        return DUPLICATE; /* held as before */
    *ret_outcome = reason[0] != '\0' ? CLOSE_HELD : CLOSE_DONE;
    return reason[0] != '\0' ? settle_hold(closing, reason, error) : OK;
}

enum status settle_close_window(struct settle *settle, int64_t window_id, enum cut_kind kind,
                                int64_t now_us, struct error *error,
                                enum close_outcome *ret_outcome)
{
    struct business tx;
    struct closing closing = {.settle = settle,
                              .tx = &tx,
                              .now_us = now_us,
                              .window = {.window_id = window_id}};
    enum close_outcome outcome = CLOSE_NOTHING;
    enum status status =
        business_begin(settle->session.db, "close", settle->session.worker, now_us, error, &tx);

    if (status != OK)
        return status;
    arena_reset(&settle->arena);
    status = close_steps(&closing, kind, error, &outcome);
    if (status == DUPLICATE) {
        business_abandon(&tx);
        *ret_outcome = CLOSE_NOTHING;
        return OK;
    }
    status = business_finish(&tx, status, error);
    if (status == OK)
        *ret_outcome = outcome;
    return status;
}

enum status settle_simulate_window(struct settle *settle, int64_t window_id, int64_t now_us,
                                   enum status (*look)(void *context, struct error *error),
                                   void *context, struct error *error,
                                   enum close_outcome *ret_outcome)
{
    struct business tx;
    struct closing closing = {.settle = settle,
                              .tx = &tx,
                              .now_us = now_us,
                              .window = {.window_id = window_id}};
    enum close_outcome outcome = CLOSE_NOTHING;
    enum status status =
        business_begin(settle->session.db, "simulate", settle->session.worker, now_us, error, &tx);

    if (status != OK)
        return status;
    arena_reset(&settle->arena);
    status = close_steps(&closing, CUT_COMMAND, error, &outcome);
    if (status == OK || status == DUPLICATE)
        status = look(context, error);
    business_abandon(&tx);
    if (status == OK)
        *ret_outcome = outcome;
    return status;
}

/* ---- what is due ---- */

static void outcome_log(int64_t window_id, enum close_outcome outcome)
{
    if (outcome == CLOSE_DONE)
        log_info("window_closed", "window closed", LOG_INT("window_id", window_id));
    else if (outcome == CLOSE_HELD)
        log_warn("window_held", "window held: sawa settle show says by whom, or for what",
                 LOG_INT("window_id", window_id));
}

enum status settle_close_due(struct settle *settle, int64_t now_us, struct error *error,
                             int64_t *ret_closed)
{
    struct params params;
    struct result *rows = NULL;
    int64_t closed = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_instant(&params, now_us);
    params_text_array(&params, settle->topics, settle->topic_count);
    status = db_run_once(settle->session.db, settle_sql_due, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        enum cut_kind kind = result_bool(rows, i, 1) ? CUT_WATERMARK : CUT_GRACE;
        enum close_outcome outcome = CLOSE_NOTHING;

        status =
            settle_close_window(settle, result_int64(rows, i, 0), kind, now_us, error, &outcome);
        if (status == OK)
            outcome_log(result_int64(rows, i, 0), outcome);
        closed += outcome == CLOSE_DONE;
    }
    result_free(rows);
    if (status == OK)
        *ret_closed = closed;
    return status;
}
