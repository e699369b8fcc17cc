/*
 * model.h - what must be true, from the producer's list alone.
 *
 * Naive on purpose: loops over a list, no state of the runtime, no memory between commits but what
 * the store holds. Every commit is judged before it is applied, the end once more as a whole.
 *
 *   I1  per event id exactly one record has effects; it is the first of its id in its partition
 *   I4  a batch starts where the position stands, the position moves to its end, epochs never fall;
 *       at the end batches cover [start, next_offset) once
 *   I5  each record of a batch is applied, a counted duplicate of what is applied, or parked with
 *       the reason it deserves; its bytes open, and the archive holds exactly the batch's records
 *   I6  one commit_log row and one leaf per transaction, its ranges those of its batches
 *   I7  no batch stands under an epoch older than its partition's at the moment of COMMIT
 *   I8  (main.c) once healed, every position reaches the end within bounded time
 */
#ifndef SAWA_SIM_MODEL_H
#define SAWA_SIM_MODEL_H

#include "domain/reason.h"
#include "store.h"

/* One record as it was produced. */
struct produced {
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms;
    int64_t visible_us; /* when the broker has it */
    int32_t event_id;
    int64_t amount;
    enum reason reason; /* what decode must say */
    struct text key;
    struct text value;
};

struct producer {
    uint64_t again_percent; /* how many records carry an id that was sent before */
    size_t count;
    struct produced records[PRODUCED_MAX]; /* by partition, offsets rising */
    int64_t low[SIM_PARTITIONS_MAX];
    int64_t end[SIM_PARTITIONS_MAX]; /* behind the last record and its control records */
};

extern struct producer producer;

void producer_begin(int64_t from_us, int64_t until_us);
const struct produced *produced_at(int32_t partition, int64_t offset); /* NULL: a control record */
const struct produced *produced_from(int32_t partition, int64_t offset); /* first at or behind */

void model_commit(const struct sim_tx *tx); /* before it is applied */
void model_end(void);

#endif
