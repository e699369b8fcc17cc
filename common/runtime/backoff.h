/*
 * backoff.h - how long to leave a server alone that did not answer.
 *
 * The n-th wait lies between half and all of first_ms * 2^n, at most ceiling_ms; the
 * half that varies comes from a seed, so workers that lost the same server do not come
 * back in one moment and a test sees the same waits every time.
 *
 *   backoff_init(&backoff, &backoff_default, seed);
 *   while ((status = db_connect(...)) == RETRY) {
 *       log_gate_away(&gate, "postgresql", error);
 *       if (backoff_wait(&backoff) != BACKOFF_AGAIN)
 *           return RETRY;                       (stopped, or the end was reached)
 *   }
 *   backoff_reset(&backoff);
 */
#ifndef SAWA_RUNTIME_BACKOFF_H
#define SAWA_RUNTIME_BACKOFF_H

#include "base/status.h"

struct backoff_policy {
    int64_t first_ms;
    int64_t ceiling_ms;
    int64_t end_ms; /* since the first failure; 0: never gives up */
};

extern const struct backoff_policy backoff_default; /* 100 ms, 15 s, never */

struct backoff {
    struct backoff_policy policy;
    uint64_t random; /* state of the generator */
    int attempt;
    int64_t since_us; /* monotonic instant of the first failure, while attempt > 0 */
};

enum backoff_answer {
    BACKOFF_AGAIN,   /* waited: try again              */
    BACKOFF_STOPPED, /* stop was asked while waiting   */
    BACKOFF_ENDED,   /* end_ms has passed: give up     */
};

void backoff_init(struct backoff *backoff, const struct backoff_policy *policy, uint64_t seed);
void backoff_reset(struct backoff *backoff); /* it worked */

/* Counts a failure at now_us (monotonic): the wait in ms (>= 1), never past the end; -1 once the
 * end has passed. Reads no clock. */
must_use int64_t backoff_next_ms(struct backoff *backoff, int64_t now_us);

/* The same by the clock, and waits through stop_wait. */
must_use enum backoff_answer backoff_wait(struct backoff *backoff);

#endif
