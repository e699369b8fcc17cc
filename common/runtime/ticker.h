/*
 * ticker.h - the verb run of a worker that works between events: one turn, a pause, the next.
 *
 *   health pages up -> (beat, tick, ready or not, wait)* -> health pages down
 *
 * For programs on a session that look at the database again and again: settle, reconcile, relay.
 * After RETRY the session waits with back-off and connects anew; a turn in hand is always finished.
 */
#ifndef SAWA_RUNTIME_TICKER_H
#define SAWA_RUNTIME_TICKER_H

#include "runtime/session.h"

struct ticker {
    const char *ends; /* action of the last log line where it ends with an error: "relay_ends" */
    enum status (*tick)(void *context, struct error *error);
    void *context;
    struct session *session;
    int64_t interval_ms;
};

/* Until stop is asked, or a turn fails for good. Returns the exit code. */
must_use int ticker_run(const struct program_run *run, const struct ticker *ticker);

#endif
