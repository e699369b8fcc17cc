/*
 * position.h - how far each partition has been applied, and who may move it.
 *
 * (1) next_offset and epoch never go back (I4); the database refuses it too.
 * (2) Only the holder of the newest epoch moves a position (I7).
 * (3) A position moves in the transaction of its effects, or not at all.
 *
 *   position_claim   epoch + 1; waits for what the old owner has in flight
 *   tx_begin
 *     position_lock  first of all: the rows of the batch, in order, or FENCED
 *     ... effects ...
 *     position_move  compare-and-set; its row count is known before COMMIT is sent
 *   tx_commit
 *
 * HALTED. A position with a halt_reason moves for nobody: position_lock refuses it, a claim tells
 * of it. Only an operator leads out (replay/): the reason is cleared, the position passes a gap
 * that is recorded, or a new generation of the source is opened; position_resumed tells which.
 */
#ifndef SAWA_STORE_POSITION_H
#define SAWA_STORE_POSITION_H

#include "base/ports.h"
#include "store/db.h"

enum { HALT_REASON_SIZE = 64, POSITION_BATCH_MAX = 1024 };

/* The last record delivered from a partition: by it we know the topic again. */
struct anchor {
    int64_t offset; /* -1: none yet */
    int64_t time_ms;
    uint32_t crc32c; /* of key and value */
};

struct position {
    int32_t source_id;
    int32_t partition;
    int64_t next_offset; /* first offset without effects       */
    int64_t start_offset;
    int64_t epoch;        /* fencing token, one more each claim */
    int64_t watermark_us; /* newest acceptance time seen; INT64_MIN: none */
    struct anchor anchor;
    char halt_reason[HALT_REASON_SIZE]; /* "": not halted */
};

/* One partition's part of a batch. */
struct position_move {
    int32_t partition;
    int64_t epoch;
    int64_t expected;
    int64_t next_offset;
    int64_t watermark_us;
    struct anchor anchor; /* offset -1: the old one stays */
};

/* The current generation of a topic. */
struct source_known {
    int32_t source_id;
    int32_t generation;
    const char *halt; /* why nothing of it may be read: a literal; NULL: it is as we know it */
};

/* Finds the current generation; the first is made. A topic with fewer partitions than it had is
 * another topic or a broken one: halt says so, and every partition we know of it is halted. */
must_use enum status source_register(struct db *db, const struct source_identity *identity,
                                     struct error *error, struct source_known *ret_known);

/* Takes the partition: epoch + 1. A partition nobody has read starts at start_offset. Waits for
 * what the old owner has in flight; where that lasts longer than the lock time-out, ends the old
 * owner's backend and answers RETRY. *ret_position is untouched unless the answer is OK. */
must_use enum status position_claim(struct db *db, int32_t source_id, int32_t partition,
                                    int64_t start_offset, const char *owner, struct error *error,
                                    struct position *ret_position);

/* Locks the rows of a batch in (topic, partition) order within tx. ret_held[i]: moves[i] is ours,
 * is not halted and stands at its expected offset. RETRY with CAUSE_FENCED where any is not (2). */
must_use enum status position_lock(struct db *db, int32_t source_id,
                                   const struct position_move *moves, size_t count,
                                   struct error *error, bool *ret_held);

/* Moves all of them within tx. CAUSE_FENCED: fewer rows than partitions; roll back (2). */
must_use enum status position_move(struct db *db, int32_t source_id,
                                   const struct position_move *moves, size_t count,
                                   struct error *error);

/* Halts a partition we hold. Already halted or not ours any more: OK, nothing changes. */
must_use enum status position_halt(struct db *db, const struct position *position,
                                   const char *reason, struct error *error);

/* Which of these partitions, halted when we claimed them, may be claimed again. *ret_superseded: a
 * newer generation of the source is there, so the source is to be registered anew. */
must_use enum status position_resumed(struct db *db, int32_t source_id, const int32_t *partitions,
                                      size_t count, struct error *error, bool *ret_resumed,
                                      bool *ret_superseded);

/* Gives positions back at a clean stop. */
must_use enum status position_release(struct db *db, int32_t source_id,
                                      const struct position_move *moves, size_t count,
                                      struct error *error);

/* Aborts if after breaks (1) against what was last seen. */
void assert_position_state(const struct position *before, const struct position *after);

#endif
