/*
 * announce.c - a closed window is told to others: its events go into the outbox, in the transaction
 * that closes it. sawa-relay numbers and publishes them (workers/relay/publish.h).
 *
 *   window_closed, one net_position each, one instruction each      key: the window, so in order
 *
 * What they say is read back from the rows just written: an event cannot tell another story than
 * the books. Their names follow from what they are about, and with them their message ids.
 */
#include "settle.h"

#include "settle_sql.h"

enum status announce_window(struct closing *closing, struct error *error)
{
    struct effects *effects = &closing->tx->effects;
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_int64(&params, closing->tx->commit_id);
    params_int32(&params, currency_scale(closing->currency));
    status = db_run_once(closing->settle->session.db, settle_sql_announce, &params, error, &rows);
    if (status == OK && result_affected(rows) > 0) {
        effects_row(effects, "outbox", 2);
        effects_int64(effects, closing->window.window_id);
        effects_int64(effects, result_affected(rows));
    }
    result_free(rows);
    return status;
}
