/*
 * commit.h - one attempt to make a batch true: a single transaction, in this order.
 *
 *   BEGIN
 *     position_lock       all positions of the batch, or FENCED          (I7)
 *     worker validate     set-based reads, verdicts
 *     worker apply        set-based writes of what is OK
 *     parked, raw records, batch rows                                    (I5)
 *     audit leaf                                                         (I6)
 *     position_move       compare-and-set, counted                       (I4)
 *   COMMIT                its lost reply is CAUSE_UNKNOWN
 *
 * The truth about a position is the row, moved in the transaction of the effects.
 */
#ifndef SAWA_RUNTIME_COMMIT_H
#define SAWA_RUNTIME_COMMIT_H

#include "runtime/worker.h"
#include "store/keyring.h"

struct commit_context {
    const struct worker_ops *ops;
    struct db *db;
    const char *worker;      /* commit_log.worker */
    struct text source_name; /* as leaves name it */
};

/* OK: committed. RETRY: rolled back; with CAUSE_FENCED the parts that are lost are marked dropped
 * and the rest may be tried again. DUPLICATE: the store found an id that validate did not look
 * for. REJECT: error->line is the tuple at fault. FATAL: stop. */
must_use enum status commit_attempt(const struct commit_context *context, struct batch *batch,
                                    struct error *error);

#endif
