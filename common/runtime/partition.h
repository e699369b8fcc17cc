/*
 * partition.h - the partitions of this worker: claimed, read, halted.
 *
 *                claim OK                      fenced, outcome unknown, connection lost
 *   WAITING ------------------> ACTIVE -------------------------------------------> WAITING
 *      |  ^                       |  \
 *      |  | claim RETRY (later)   |   \ too many parked, or a record above what can be kept:
 *      +--+                       |    +--> HALTING --+  what was taken is committed first
 *      |       out of range,      |                   | its batch is committed
 *      |       anchor differs     v                   v
 *      +--------------------> HALTED <----------------+
 *           halted already        |
 *                                 +--> WAITING   an operator accepted: seen within a second
 *
 * A partition is in this table while the broker says it is ours; a rebalance empties the table.
 *
 * (1) Nothing is read from a partition that is not ACTIVE.
 * (2) position.next_offset is where the next record is expected: behind everything that was put
 *     into a batch, committed or not. A drop goes back to WAITING, so the claim tells it anew.
 * (3) Reading starts at the anchor, the last record delivered before: the first record must be
 *     it again, or the topic is another one. Not of a queue, which cannot be read again.
 * (4) One record we know, the pin, is looked at again and again, beside the reading: as long as it
 *     is the same, so is the topic. It is the anchor of the claim, else the first record taken
 *     after it; not a later one, because that may come from a topic that was made anew meanwhile.
 * (5) Each claim starts the count of parked records anew: who accepts a halt for too many parked
 *     gets at least as many further as the limit allows.
 * (6) A position that lies outside what the broker says it has halts the partition only when it
 *     does so for OUTSIDE_MS: a broker that has just come back may not know all it has yet.
 */
#ifndef SAWA_RUNTIME_PARTITION_H
#define SAWA_RUNTIME_PARTITION_H

#include "codec/archive/archive.h"
#include "domain/merkle.h"
#include "runtime/batch.h"
#include "runtime/parked_rate.h"
#include "store/keyring.h"

enum partition_state { PARTITION_WAITING, PARTITION_ACTIVE, PARTITION_HALTING, PARTITION_HALTED };

struct partitions;

struct partition {
    int32_t number;
    enum partition_state state;
    const char *halting_for;   /* HALTING: the reason */
    struct position position;  /* (2) */
    bool anchor_awaited;       /* (3) */
    int64_t claim_after_us;    /* monotonic: WAITING, not before */
    int64_t outside_since_us;  /* (6); 0: it does not */
    int64_t committed_offset;  /* what is durable, and the timestamp of the last record of it; */
    int64_t committed_ms;      /* -1: not known */
    int64_t caught_up_us;      /* wall clock: when nothing lay behind it last; 0: never so far */
    struct anchor pin;         /* (4); offset -1: none yet */
    struct parked_rate parked; /* (5) */
    int64_t taken;             /* since the last turn of the loop */
    int64_t refused;           /* of those, by decode             */

    /* The archive of what the open batch holds of it. */
    bool archiving;
    struct partitions *home;
    struct archive_writer *writer;
    struct merkle *tree;
    unsigned char seed[SEAL_KEY_SIZE];
};

struct partitions {
    struct archive_press *press; /* compresses for all */
    struct buffer_pool spares;   /* memory of sealed parts, from batch to batch */
    size_t last;                 /* the one found last: records of one come in runs */
    size_t count;
    struct partition list[BATCH_PART_MAX];
};

void partitions_init(struct partitions *partitions);
void partitions_done(struct partitions *partitions);

/* Forgets all and takes these, WAITING. */
void partitions_set(struct partitions *partitions, const int32_t *numbers, size_t count);
void partitions_clear(struct partitions *partitions);
struct partition *partitions_find(struct partitions *partitions, int32_t number);

/* Back to WAITING; a claim is tried after wait_ms. */
void partition_drop(struct partition *partition, int64_t wait_ms);

/* An operator accepted: from HALTED to WAITING. */
void partition_resume(struct partition *partition);

/* Where to read from, for all that are ACTIVE: the anchor where there is one (3). */
size_t partitions_starts(const struct partitions *partitions, struct source_start *starts);

/* Claims one partition at the database and checks it against the broker's range; answers OK when
 * it is ACTIVE or HALTED now, RETRY when it has to wait. */
must_use enum status partition_claim(struct partition *partition, struct db *db,
                                     struct source *source, int32_t source_id, const char *owner,
                                     struct error *error);

/* ACTIVE to HALTING: it takes no more, what it has taken is committed, then it halts. reason is a
 * literal. */
void partition_halting(struct partition *partition, const char *reason);

/* Halts a partition we hold, in its row and here. */
must_use enum status partition_halt(struct partition *partition, struct db *db, const char *reason,
                                    struct error *error);

/* What to do with a record that was delivered. */
enum delivery {
    DELIVERY_NEW,     /* the next one: take it                            */
    DELIVERY_OLD,     /* before next_offset, or the anchor again: skip it */
    DELIVERY_FOREIGN, /* the anchor differs: halt                         */
};
enum delivery partition_receive(struct partition *partition, const struct record *record);

/* Adds the record to the archive of the open batch. */
must_use enum status partition_archive(struct partition *partition, const struct record *record,
                                       struct error *error);

/* Ends the archive: seals it into part under the batch's key. */
must_use enum status partition_seal(struct partition *partition, struct batch *batch,
                                    struct batch_part *part, struct error *error);

/* True when what was seen at the pin is another record (4). */
bool partition_pin_differs(const struct partition *partition, const struct source_glance *glance);

uint32_t record_crc32c(const struct record *record);

#endif
