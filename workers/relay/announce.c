/*
 * announce.c - what becomes of instructions on their way is told to others: an event for each into
 * the outbox, in the transaction that moves it.
 *
 *   PENDING ── written ──> SENT ── answers ──> ACCEPTED, SETTLED, REJECTED, RETURNED
 *
 * An instruction comes into a state once: the event is named after both, and told once. Key is the
 * window, as of what the settle worker tells (workers/settle/announce.c).
 */
#include "relay.h"

#include "relay_sql.h"

enum status relay_announce(struct relay *relay, struct business *tx, const struct uuid *ids,
                           const struct text *reasons, const struct text *returned, size_t count,
                           struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    if (count == 0)
        return OK;
    params_init(&params, RELAY_PARAMS_MAX);
    params_int64(&params, tx->commit_id);
    params_uuid_array(&params, ids, count);
    params_text_array(&params, reasons, count);
    params_text_array(&params, returned, count);
    status = relay_sql(relay, relay_sql_announce_statuses, &params, error, &rows);
    if (status == OK && result_affected(rows) > 0) {
        effects_row(&tx->effects, "outbox", 1);
        effects_int64(&tx->effects, result_affected(rows));
    }
    result_free(rows);
    return status;
}
