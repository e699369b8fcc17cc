/*
 * announce.c - what became of a window is told to others: events into the outbox, in the
 * transaction that makes it so. sawa-relay numbers and publishes them (workers/relay/publish.h).
 *
 *   closed    window_closed, one net_position each, one instruction each
 *   reopened  one instruction for each next attempt
 *   settled   window_settled
 *                                                           key: the window, so in order
 *
 * What they say is read back from the rows just written: an event cannot tell another story than
 * the books. Their names follow from what they are about, and with them their message ids. What
 * banks do with instructions is told by workers/relay/announce.c.
 */
#include "announce.h"

#include "close/closing.h"
#include "settle_sql.h"

static enum status announce(struct business *tx, const char *sql, int64_t window_id,
                            currency in_currency, struct error *error)
{
    struct effects *effects = &tx->effects;
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, window_id);
    params_int64(&params, tx->commit_id);
    params_int32(&params, currency_scale(in_currency));
    status = db_run_once(tx->db, sql, &params, error, &rows);
    if (status == OK && result_affected(rows) > 0) {
        effects_row(effects, "outbox", 2);
        effects_int64(effects, window_id);
        effects_int64(effects, result_affected(rows));
    }
    result_free(rows);
    return status;
}

enum status announce_window(struct closing *closing, struct error *error)
{
    return announce(closing->tx, settle_sql_announce, closing->window.window_id, closing->currency,
                    error);
}

static enum status currency_of(struct text code, struct error *error, currency *ret_currency)
{
    if (currency_parse(code, ret_currency))
        return OK;
    return error_set(error, FATAL, "a window is in a currency unknown to this version");
}

enum status announce_attempts(struct business *tx, int64_t window_id, struct text code,
                              struct error *error)
{
    currency in_currency = CURRENCY_NONE;
    enum status status = currency_of(code, error, &in_currency);

    return status == OK ? announce(tx, settle_sql_announce_attempts, window_id, in_currency, error)
                        : status;
}

enum status announce_settled(struct business *tx, int64_t window_id, struct text code,
                             struct error *error)
{
    currency in_currency = CURRENCY_NONE;
    enum status status = currency_of(code, error, &in_currency);

    return status == OK ? announce(tx, settle_sql_announce_settled, window_id, in_currency, error)
                        : status;
}
