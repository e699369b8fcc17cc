/*
 * watch.c - no answer by the bank's time: sawa_payment_files_unanswered. `sawa relay status` and
 * `sawa status` say the same to people.
 */
#include "relay.h"

#include "relay_sql.h"
#include "runtime/metric_table.h"

enum { WATCH_INTERVAL_US = 10 * 1000000 };

enum status relay_watch(struct relay *relay, struct error *error)
{
    int64_t now_us = clock_monotonic_us();
    struct result *rows = NULL;
    enum status status;

    if (relay->watched_at_us != 0 && now_us - relay->watched_at_us < WATCH_INTERVAL_US)
        return OK;
    relay->watched_at_us = now_us;
    status = relay_sql(relay, relay_sql_unanswered, NULL, error, &rows);
    if (status == OK)
        metric_set(metric_of(METRIC_UNANSWERED_FILES), result_int64(rows, 0, 0));
    result_free(rows);
    return status;
}
