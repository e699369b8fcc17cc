/*
 * attempt.h - a batch is tried until it is decided: what follows from each answer of the store.
 *
 *   commit_attempt says   next
 *   OK                    decided: committed, but for parts that are dropped
 *   RETRY                 the same batch again after a back-off; at once where the cause was put
 *                         right (FENCED parts are dropped, a missing day is made)
 *   DUPLICATE, REJECT     the worker learns it (worker_ops.refused), then again
 *   FATAL                 decided: stop
 *
 * (1) Every retry has an end: attempts_max, and a ceiling of rows that only the store refuses.
 * (2) An unknown outcome and a dead connection are never tried again here: nothing is resent, a
 *     new claim decides (faults: COMMIT reply lost).
 *
 * lane.h is the thread around it; apart from it, so that tests drive the decision without threads.
 */
#ifndef SAWA_RUNTIME_ATTEMPT_H
#define SAWA_RUNTIME_ATTEMPT_H

#include "runtime/commit.h"

/* OK, RETRY (not committed, or not known: claim again) or FATAL. Waits through stop_wait only. */
must_use enum status attempt_until_decided(const struct commit_context *context,
                                           struct batch *batch, int attempts_max,
                                           struct error *error);

#endif
