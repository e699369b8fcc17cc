/*
 * worker.h - a worker as a struct of verbs.
 *
 *   decode    bytes -> row, one record at a time, no I/O   reading thread
 *   validate  set-based reads, then a verdict per record   lane thread, in the transaction
 *   apply     set-based writes of what is left OK          lane thread, in the transaction
 *
 * The runtime does the rest, the same for all: positions, raw records, parked records, batch
 * rows, the audit leaf, COMMIT, and what follows from its answer (loop.h).
 *
 * (1) decode and validate give verdicts; apply has none of its own: every check of every record
 *     precedes the first write.
 * (2) validate may run several times for one batch (a retry): it starts from the verdicts of
 *     decode each time and leaves nothing behind in between.
 *     A record in doubt (batch_doubt) is looked up like any, and never left OK.
 * (3) A verdict other than OK, DUPLICATE or REJECT does not exist per record. decode answers
 *     RETRY when it cannot tell now (the schema source is away): the loop stalls and asks again.
 */
#ifndef SAWA_RUNTIME_WORKER_H
#define SAWA_RUNTIME_WORKER_H

#include "base/config.h"
#include "domain/leaf.h"
#include "runtime/batch.h"
#include "store/db.h"
#include "store/position.h"

struct worker_ops {
    const char *name;   /* "ingest": commit_log.action, and the word in logs and metrics */
    size_t row_size;    /* what decode makes of one record */

    /* The state of the reading thread: schemas, reference data. db is for its reads. */
    enum status (*open)(const struct config *config, struct db *db, struct error *error,
                        void **ret_state);
    void (*close)(void *state);

    /* Reads reference data anew, between batches; cheap when nothing changed. */
    enum status (*refresh)(void *state, struct db *db, struct error *error);

    /* A partition was claimed; its records follow from position.next_offset on. */
    void (*claimed)(void *state, const struct position *position);

    /* What a batch carries beside its rows; cleared when the batch is. */
    void *(*extra_new)(void);
    void (*extra_clear)(void *extra);
    void (*extra_free)(void *extra);

    /* Fills row. OK, or REJECT with *ret_reason, RETRY, FATAL (3). */
    enum status (*decode)(void *state, const struct record *record, struct batch *batch,
                          struct batch_part *part, void *row, enum reason *ret_reason,
                          struct error *error);

    enum status (*validate)(struct batch *batch, struct db *db, struct error *error);
    enum status (*apply)(struct batch *batch, struct db *db, struct effects *effects,
                         struct error *error);

    /* The store refused what validate let pass: DUPLICATE (an id nobody looked for) or REJECT (the
     * tuple error->line). Changes the batch so that the next attempt knows. */
    void (*refused)(struct batch *batch, enum status status, const struct error *error);

    /* Makes missing day partitions for the batch, outside a transaction. NULL: none needed. */
    enum status (*days)(const struct batch *batch, struct db *db, struct error *error);
};

#endif
