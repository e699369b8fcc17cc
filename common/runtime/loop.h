/*
 * loop.h - the loop every streaming worker runs: exactly once, by the position row.
 *
 *   while (!stop_asked()) {
 *       loop_claim    partitions that are ours but WAITING: claim, check, assign
 *       loop_read     one event of the source into the batch of its lane
 *       loop_submit   batches that are due, to lanes that are idle
 *       loop_collect  what lanes have finished: hint, or drop and claim again
 *       loop_tick     heartbeat, lag, reload
 *   }
 *
 * 1. apply has no verdicts of its own: every check of every record precedes the first write.
 * 2. The truth about a position is the row, moved in the transaction of the effects; the offset
 *    the broker is told is a hint.
 * 3. One vocabulary of answers (status.h) replaces special cases.
 * 4. Replay is the same loop with another source.
 * 5. There are two duplicates. A position duplicate (read again after a crash) is dropped by its
 *    offset before decoding; an event duplicate is known after decoding, in validate.
 * 6. Decisions stay pure: validate loads what the batch needs and calls the domain.
 * 7. One bad record does not cost the batch its neighbours: the store names it, it is judged,
 *    the rest goes on.
 *
 * A partition that is halted stays ours and is looked at each second: once an operator has accepted
 * (replay/), it is claimed again; once a newer generation of the topic is there, all are.
 *
 * When a batch is due: a lane is idle and (the source has nothing more now and is not far ahead,
 * or the batch is full, or it is linger_ms old). So batches are small and prompt while the worker
 * keeps up, and grow to records_max when it is behind.
 */
#ifndef SAWA_RUNTIME_LOOP_H
#define SAWA_RUNTIME_LOOP_H

#include "runtime/health.h"
#include "runtime/parked_rate.h"
#include "runtime/worker.h"

enum { LANES_MAX = 8 };

struct loop_settings {
    const struct worker_ops *ops;
    const struct config *config;
    struct source *source; /* open; the caller closes it */
    struct db_settings db;
    const char *worker;    /* owner of positions, commit_log.worker */
    struct batch_limits limits;
    size_t lane_count;
    int64_t linger_ms;
    struct parked_limits parked; /* when a partition halts instead of parking the world */
    unsigned char key_file[SEAL_KEY_SIZE];
    const char *scope; /* of data keys */
    int64_t stop_after_idle_ms; /* 0: runs until asked to stop; for one-shot runs and tests */
    struct health *health;
};

/* Runs until asked to stop (OK), or until going on would be wrong (FATAL). A run that ends by
 * stop_after_idle has failed (FATAL, EXIT_FAILED) where a partition is halted or the source
 * waits for what it cannot pass over: not everything was read. */
must_use enum status loop_run(const struct loop_settings *settings, struct error *error);

#endif
