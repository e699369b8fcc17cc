/*
 * fx.c - the rate a window settles at and what its locks brought: read before the close decides,
 * a reason to hold it, booked with the close.
 *
 *   fx_decide  policy of the corridor version ── none: nothing is read, nothing is stored
 *              volume and locks of the window ── from its deltas, never from payments
 *              quotes, the rate, the gain     ── domain/fx_rate.h, domain/fx_gain.h
 *   fx_gain_of what book.c books of it: FX_POSITION against FX_GAIN_LOSS
 *   fx_write   window_fx, window_fx_lock
 *
 * (1) Rate and locks are those of the window's last instant, whenever the close runs; a rate that
 *     is missing or stale holds the window, and it closes by itself when one comes.
 * (2) A window without payments exchanges nothing and needs no rate.
 * (3) Windows of one corridor draw on a lock that payments name in the order of their cut-offs: the
 *     later one waits for the earlier one.
 */
#include "fx/fx.h"

#include "domain/fx_gain.h"
#include "domain/fx_rate.h"
#include "settle_sql.h"

#include <stdio.h>

enum { PAIRS_MAX = 6 }; /* three pairs, each in two directions */

/* Columns of fx_quotes.sql and fx_locks.sql. */
enum { QUOTE_ID, QUOTE_BASE, QUOTE_QUOTED, QUOTE_BID, QUOTE_MID, QUOTE_ASK, QUOTE_FROM, QUOTE_TO };
enum {
    LOCK_ID,
    LOCK_OF_WINDOW,
    LOCK_BASE,
    LOCK_QUOTED,
    LOCK_RATE,
    LOCK_NOTIONAL,
    LOCK_FROM,
    LOCK_TO,
    LOCK_DRAWN,
    LOCK_CLAIMED,
    LOCK_USED_FROM,
    LOCK_USED_TO,
};

struct window_fx {
    struct fx_policy policy;
    int32_t position_account_id;
    int32_t gain_account_id;
    currency source;
    currency settlement;
    int64_t as_of_us;
    struct amount volume;
    struct fx_quote *quotes;
    size_t quote_count;
    struct fx_lock *locks;
    size_t lock_count;
    struct fx_choice choice;
    struct fx_gain gain;
};

static enum status no_memory(struct error *error)
{
    return error_set(error, FATAL, "out of memory for the rates and locks of a window");
}

static enum status unknown_version(struct error *error, const char *what)
{
    return error_set(error, FATAL, "the rates of a corridor name %s unknown to this version", what);
}

static enum status run_on_window(const struct closing *closing, const char *sql,
                                 struct error *error, struct result **ret_rows)
{
    return settle_on_id(closing->settle->session.db, sql, closing->window.window_id, error,
                        ret_rows);
}

/* ---- reading ---- */

static enum status policy_take(const struct closing *closing, const struct result *rows,
                               struct window_fx *fx, struct error *error)
{
    fx->policy.source = arena_text(&closing->settle->arena, result_text(rows, 0, 0));
    fx->policy.max_age_minutes = (int32_t)result_int64(rows, 0, 2);
    fx->position_account_id = (int32_t)result_int64(rows, 0, 5);
    fx->gain_account_id = (int32_t)result_int64(rows, 0, 6);
    fx->as_of_us = result_instant(rows, 0, 9);
    if (fx->policy.source.data == NULL)
        return no_memory(error);
    if (!fx_side_parse(result_text(rows, 0, 1), &fx->policy.side))
        return unknown_version(error, "a side");
    if (!result_is_null(rows, 0, 3) && !currency_parse(result_text(rows, 0, 3), &fx->policy.pivot))
        return unknown_version(error, "a pivot");
    if (!rounding_parse(result_text(rows, 0, 4), &fx->policy.rounding))
        return unknown_version(error, "a rounding");
    if (!currency_parse(result_text(rows, 0, 7), &fx->source) ||
        !currency_parse(result_text(rows, 0, 8), &fx->settlement))
        return unknown_version(error, "a currency");
    return OK;
}

/* *ret_fx: NULL without a policy. */
static enum status policy_read(const struct closing *closing, struct error *error,
                               struct window_fx **ret_fx)
{
    struct result *rows = NULL;
    enum status status = run_on_window(closing, settle_sql_fx_policy, error, &rows);
    struct window_fx *fx = NULL;

    if (status == OK && result_rows(rows) == 1) {
        fx = arena_alloc(&closing->settle->arena, sizeof *fx);
        status = fx == NULL ? no_memory(error) : policy_take(closing, rows, fx, error);
    }
    if (status == OK)
        *ret_fx = fx;
    result_free(rows);
    return status;
}

static void out_of_range(char reason[HOLD_REASON_SIZE])
{
    snprintf(reason, HOLD_REASON_SIZE, "fx_out_of_range: a sum or a worth passes 64 bits");
}

/* *ret_any: the window has payments. An older program's deltas are no sum to settle by. */
static enum status volume_read(const struct closing *closing, struct window_fx *fx,
                               struct error *error, char reason[HOLD_REASON_SIZE], bool *ret_any)
{
    struct result *rows = NULL;
    enum status status = run_on_window(closing, settle_sql_fx_volume, error, &rows);

    if (status == OK && result_int64(rows, 0, 1) > 0)
        snprintf(reason, HOLD_REASON_SIZE,
                 "fx_volume_unknown: %lld commits of an older sawa-ingest",
                 (long long)result_int64(rows, 0, 1));
    else if (status == OK && result_int64(rows, 0, 0) > 0 && result_is_null(rows, 0, 2))
        out_of_range(reason);
    else if (status == OK && result_int64(rows, 0, 0) > 0)
        fx->volume = (struct amount){result_int64(rows, 0, 2), fx->source};
    if (status == OK)
        *ret_any = result_int64(rows, 0, 0) > 0;
    result_free(rows);
    return status;
}

/* ---- quotes ---- */

struct pairs {
    char codes[2 * PAIRS_MAX][CURRENCY_CODE_SIZE];
    struct text base[PAIRS_MAX];
    struct text quoted[PAIRS_MAX];
    struct text side[PAIRS_MAX];
    size_t count;
};

static void pair_add(struct pairs *pairs, currency from, currency to, enum fx_side side)
{
    char *base = pairs->codes[2 * pairs->count];
    char *quoted = pairs->codes[2 * pairs->count + 1];

    assert(pairs->count < PAIRS_MAX);
    currency_code(from, base);
    currency_code(to, quoted);
    pairs->base[pairs->count] = text_of(base);
    pairs->quoted[pairs->count] = text_of(quoted);
    pairs->side[pairs->count++] = text_of(fx_side_name(side));
}

/* Both directions: an inverse quote is read on its other side. */
static void pairs_add(struct pairs *pairs, currency from, currency to, enum fx_side side)
{
    pair_add(pairs, from, to, side);
    pair_add(pairs, to, from, (enum fx_side)(SIDE_BID + SIDE_ASK - side));
}

static void pairs_make(const struct window_fx *fx, struct pairs *pairs)
{
    const struct fx_policy *policy = &fx->policy;

    pairs->count = 0;
    pairs_add(pairs, fx->source, fx->settlement, policy->side);
    if (policy->pivot == CURRENCY_NONE)
        return;
    pairs_add(pairs, fx->source, policy->pivot, policy->side);
    pairs_add(pairs, policy->pivot, fx->settlement, policy->side);
}

static bool quote_take(const struct window_fx *fx, const struct result *rows, int row,
                       struct fx_quote *quote)
{
    *quote = (struct fx_quote){
        .event_id = result_uuid(rows, row, QUOTE_ID),
        .source = fx->policy.source,
        .bid = result_int64(rows, row, QUOTE_BID),
        .mid = result_int64(rows, row, QUOTE_MID),
        .ask = result_int64(rows, row, QUOTE_ASK),
        .valid_from_us = result_instant(rows, row, QUOTE_FROM),
        .valid_until_us = result_instant(rows, row, QUOTE_TO),
    };
    return currency_parse(result_text(rows, row, QUOTE_BASE), &quote->base_currency) &&
           currency_parse(result_text(rows, row, QUOTE_QUOTED), &quote->quote_currency);
}

static enum status quotes_take(const struct closing *closing, const struct result *rows,
                               struct window_fx *fx, struct error *error)
{
    size_t count = (size_t)result_rows(rows);

    fx->quotes = arena_alloc(&closing->settle->arena, (count + 1) * sizeof *fx->quotes);
    if (fx->quotes == NULL)
        return no_memory(error);
    for (size_t i = 0; i < count; i++)
        if (!quote_take(fx, rows, (int)i, &fx->quotes[fx->quote_count++]))
            return unknown_version(error, "a currency");
    return OK;
}

static enum status quotes_read(const struct closing *closing, struct window_fx *fx,
                               struct error *error)
{
    struct result *rows = NULL;
    struct pairs pairs;
    struct params params;
    enum status status;

    pairs_make(fx, &pairs);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_text_array(&params, pairs.base, pairs.count);
    params_text_array(&params, pairs.quoted, pairs.count);
    params_text_array(&params, pairs.side, pairs.count);
    params_text(&params, fx->policy.source);
    params_int32(&params, closing->corridor_id);
    params_instant(&params, fx->as_of_us);
    params_int32(&params, fx->policy.max_age_minutes);
    status = db_run_once(closing->settle->session.db, settle_sql_fx_quotes, &params, error, &rows);
    if (status == OK)
        status = quotes_take(closing, rows, fx, error);
    result_free(rows);
    return status;
}

/* ---- locks ---- */

/* False: what payments claim of it passes 64 bits, or a currency is unknown. */
static bool lock_take(const struct result *rows, int row, struct fx_lock *lock)
{
    *lock = (struct fx_lock){
        .lock_id = result_uuid(rows, row, LOCK_ID),
        .is_of_window = result_bool(rows, row, LOCK_OF_WINDOW),
        .rate = result_int64(rows, row, LOCK_RATE),
        .notional_minor = result_int64(rows, row, LOCK_NOTIONAL),
        .valid_from_us = result_instant(rows, row, LOCK_FROM),
        .valid_until_us = result_instant(rows, row, LOCK_TO),
        .drawn_minor = result_int64(rows, row, LOCK_DRAWN),
        .used_from_us = result_instant(rows, row, LOCK_USED_FROM),
        .used_until_us = result_instant(rows, row, LOCK_USED_TO),
    };
    if (result_is_null(rows, row, LOCK_CLAIMED))
        return false;
    lock->claimed_minor = result_int64(rows, row, LOCK_CLAIMED);
    return currency_parse(result_text(rows, row, LOCK_BASE), &lock->base_currency) &&
           currency_parse(result_text(rows, row, LOCK_QUOTED), &lock->quote_currency);
}

static enum status locks_read(const struct closing *closing, struct window_fx *fx,
                              struct error *error, char reason[HOLD_REASON_SIZE])
{
    struct result *rows = NULL;
    enum status status = run_on_window(closing, settle_sql_fx_gate, error, NULL);

    if (status == OK)
        status = run_on_window(closing, settle_sql_fx_locks, error, &rows);
    if (status == OK) {
        fx->lock_count = (size_t)result_rows(rows);
        fx->locks = arena_alloc(&closing->settle->arena, (fx->lock_count + 1) * sizeof *fx->locks);
        status = fx->locks == NULL ? no_memory(error) : OK;
    }
    for (size_t i = 0; status == OK && i < fx->lock_count; i++)
        if (!lock_take(rows, (int)i, &fx->locks[i]))
            out_of_range(reason);
    result_free(rows);
    return status;
}

/* (3) */
static enum status earlier_check(const struct closing *closing, const struct window_fx *fx,
                                 struct error *error, char reason[HOLD_REASON_SIZE])
{
    struct uuid *ids = arena_alloc(&closing->settle->arena, (fx->lock_count + 1) * sizeof *ids);
    struct result *rows = NULL;
    struct params params;
    size_t count = 0;
    enum status status;

    if (ids == NULL)
        return no_memory(error);
    for (size_t i = 0; i < fx->lock_count; i++)
        if (!fx->locks[i].is_of_window)
            ids[count++] = fx->locks[i].lock_id;
    if (count == 0)
        return OK;
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_uuid_array(&params, ids, count);
    status = db_run_once(closing->settle->session.db, settle_sql_fx_earlier, &params, error, &rows);
    if (status == OK && result_int64(rows, 0, 0) > 0)
        snprintf(reason, HOLD_REASON_SIZE, "fx_lock_shared: %lld earlier windows draw on it first",
                 (long long)result_int64(rows, 0, 0));
    result_free(rows);
    return status;
}

/* ---- the decision ---- */

/* "rate_stale: KES/USD of CENTRAL-BANK at 2026-03-02T12:59:59.999999Z" (1) */
static void rate_decide(struct window_fx *fx, char reason[HOLD_REASON_SIZE])
{
    enum fx_answer answer = fx_rate_choose(&fx->policy, fx->source, fx->settlement, fx->as_of_us,
                                           fx->quotes, fx->quote_count, &fx->choice);
    char codes[2][CURRENCY_CODE_SIZE];
    char instant[INSTANT_TEXT_SIZE];

    if (answer == FX_FOUND)
        return;
    currency_code(fx->source, codes[0]);
    currency_code(fx->settlement, codes[1]);
    instant_format(fx->as_of_us, instant);
    snprintf(reason, HOLD_REASON_SIZE, "%s: %s/%s %s of %.*s at %s", fx_answer_name(answer),
             codes[0], codes[1], fx_side_name(fx->policy.side), TEXT_ARG(fx->policy.source),
             instant);
}

static void gain_decide(struct window_fx *fx, char reason[HOLD_REASON_SIZE])
{
    if (!fx_gain_decide(fx->volume, fx->choice.rate, fx->settlement, fx->policy.rounding, fx->locks,
                        fx->lock_count, &fx->gain))
        out_of_range(reason);
}

enum status fx_decide(struct closing *closing, struct error *error,
                      char ret_reason[HOLD_REASON_SIZE])
{
    struct window_fx *fx = NULL;
    bool any = false;
    enum status status = policy_read(closing, error, &fx);

    closing->fx = NULL;
    if (status != OK || fx == NULL)
        return status;
    status = volume_read(closing, fx, error, ret_reason, &any);
    if (status != OK || !any || ret_reason[0] != '\0')
        return status; /* (2) */
    status = quotes_read(closing, fx, error);
    if (status == OK)
        status = locks_read(closing, fx, error, ret_reason);
    if (status == OK && ret_reason[0] == '\0')
        status = earlier_check(closing, fx, error, ret_reason);
    if (status == OK && ret_reason[0] == '\0')
        rate_decide(fx, ret_reason);
    if (status == OK && ret_reason[0] == '\0')
        gain_decide(fx, ret_reason);
    if (status == OK && ret_reason[0] == '\0')
        closing->fx = fx;
    return status;
}

/* ---- writing ---- */

static void fx_effect(const struct closing *closing)
{
    const struct window_fx *fx = closing->fx;
    struct effects *effects = &closing->tx->effects;

    effects_row(effects, "window_fx", 6);
    effects_int64(effects, closing->window.window_id);
    effects_int64(effects, fx->choice.rate);
    effects_int64(effects, fx->volume.minor);
    effects_int64(effects, fx->gain.worth_minor);
    effects_int64(effects, fx->gain.covered_minor);
    effects_int64(effects, fx->gain.result_minor);
}

static enum status fx_insert(const struct closing *closing, struct error *error)
{
    const struct window_fx *fx = closing->fx;
    const struct fx_leg *legs = fx->choice.legs;
    bool has_pivot = fx->choice.leg_count == 2;
    char codes[2][CURRENCY_CODE_SIZE];
    struct params params;

    currency_code(fx->source, codes[0]);
    currency_code(fx->settlement, codes[1]);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_int64(&params, closing->tx->commit_id);
    params_text(&params, fx->policy.source);
    params_string(&params, fx_side_name(fx->policy.side));
    params_string(&params, rounding_name(fx->policy.rounding));
    params_instant(&params, fx->as_of_us);
    params_string(&params, codes[0]);
    params_string(&params, codes[1]);
    params_int64(&params, fx->choice.rate);
    for (size_t i = 0; i < FX_LEGS_MAX; i++) {
        if (i == 1 && !has_pivot) {
            params_null(&params);
            params_null(&params);
            continue;
        }
        params_uuid(&params, &legs[i].quote->event_id);
        params_bool(&params, legs[i].is_inverse);
    }
    params_int64(&params, fx->volume.minor);
    params_int64(&params, fx->gain.worth_minor);
    params_int64(&params, fx->gain.covered_minor);
    params_int64(&params, fx->gain.result_minor);
    fx_effect(closing);
    return db_run_once(closing->settle->session.db, settle_sql_window_fx_insert, &params, error,
                       NULL);
}

static void lock_effect(const struct closing *closing, const struct fx_lock *lock)
{
    struct effects *effects = &closing->tx->effects;

    effects_row(effects, "window_fx_lock", 5);
    effects_int64(effects, closing->window.window_id);
    effects_text(effects, (struct text){(const char *)lock->lock_id.bytes, 16});
    effects_int64(effects, lock->covered_minor);
    effects_int64(effects, lock->lock_worth_minor);
    effects_int64(effects, lock->rate_worth_minor);
}

static enum status locks_insert(const struct closing *closing, struct error *error)
{
    const struct window_fx *fx = closing->fx;
    struct arena *arena = &closing->settle->arena;
    size_t count = fx->lock_count;
    struct uuid *ids = arena_alloc(arena, (count + 1) * sizeof *ids);
    struct text *covers = arena_alloc(arena, (count + 1) * sizeof *covers);
    int64_t *numbers = arena_alloc(arena, (4 * count + 1) * sizeof *numbers);
    struct params params;

    if (ids == NULL || covers == NULL || numbers == NULL)
        return no_memory(error);
    for (size_t i = 0; i < count; i++) {
        const struct fx_lock *lock = &fx->locks[i];

        ids[i] = lock->lock_id;
        covers[i] = text_of(fx_cover_name(lock->cover));
        numbers[i] = lock->claimed_minor;
        numbers[count + i] = lock->covered_minor;
        numbers[2 * count + i] = lock->lock_worth_minor;
        numbers[3 * count + i] = lock->rate_worth_minor;
        lock_effect(closing, lock);
    }
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_uuid_array(&params, ids, count);
    params_text_array(&params, covers, count);
    for (size_t i = 0; i < 4; i++)
        params_int64_array(&params, numbers + i * count, count);
    return db_run_once(closing->settle->session.db, settle_sql_window_fx_lock_insert, &params,
                       error, NULL);
}

const struct fx_gain *fx_gain_of(const struct closing *closing, struct close_accounts *accounts)
{
    const struct window_fx *fx = closing->fx;

    if (fx == NULL)
        return NULL;
    assert(fx->settlement == accounts->currency);
    accounts->fx_position_id = fx->position_account_id;
    accounts->fx_gain_id = fx->gain_account_id;
    return &fx->gain;
}

enum status fx_write(const struct closing *closing, struct error *error)
{
    enum status status;

    if (closing->fx == NULL)
        return OK;
    status = fx_insert(closing, error);
    return status == OK && closing->fx->lock_count > 0 ? locks_insert(closing, error) : status;
}
