/*
 * loop_work.h - what the files of the loop share; nobody else includes it.
 *
 *   loop_claim.c   which partitions are ours: claim, assign, give up, claim again
 *   loop_read.c    an event of the source into the batch of its lane; waiting, where it must wait
 *   loop_submit.c  a batch that is due goes to its lane; what comes back is believed
 *   loop_halt.c    when a partition stops, why, and how it goes on
 *   loop.c         the turn, the housekeeping, beginning and end
 *
 * All of it runs in the reading thread. A lane's `working` batch belongs to the lane's thread from
 * lane_submit to lane_collect (lane.h); nothing here looks into it meanwhile.
 */
#ifndef SAWA_RUNTIME_LOOP_WORK_H
#define SAWA_RUNTIME_LOOP_WORK_H

#include "base/log.h"
#include "runtime/backoff.h"
#include "runtime/lane.h"
#include "runtime/loop.h"
#include "runtime/loop_metrics.h"
#include "runtime/partition.h"

enum {
    CLAIM_RETRY_MS = 500, /* a claim that could not be made now        */
    LANE_WAIT_MS = 50,    /* between two heartbeats, while a lane works */
};

struct loop_lane {
    struct lane *lane;
    struct batch *filling;
    struct batch *working;
    void *extras[2];
};

struct loop {
    const struct loop_settings *settings;
    void *state;   /* the worker's */
    struct db *db; /* reference data and keys */
    struct partitions partitions;
    bool assigned;   /* the source has told which partitions are ours */
    bool registered; /* source_id is known */
    int32_t source_id;
    const char *source_halt; /* why nothing of the source may be read; NULL: nothing is wrong */
    struct buffer source_name;
    struct data_key key;
    struct loop_lane lanes[LANES_MAX];
    struct { /* a partition that cannot be read on: halted once all before that is committed */
        const char *reason; /* NULL: none */
        int32_t partition;
        int64_t epoch; /* a later claim reads, and finds it, anew */
    } broken;
    bool source_has_more; /* the last poll gave a record */
    struct error unread;  /* status OK: the source keeps nothing back */
    bool stalled;         /* decode answered RETRY: held is tried again, nothing is polled */
    struct source_event held;
    int64_t held_epoch; /* of its partition: a later claim reads it again in its turn */
    struct backoff stall;
    int64_t refresh_at_us;
    int64_t horizon_at_us;
    size_t looked_at; /* partition whose pin was looked at last */
    int64_t idle_since_us;
    struct log_gate database_gate;
    struct log_gate source_gate;
    struct log_gate decode_gate;
    struct loop_metrics metrics;
};

static inline struct loop_lane *loop_lane_of(struct loop *loop, int32_t partition)
{
    return &loop->lanes[(size_t)partition % loop->settings->lane_count];
}

/* ---- loop_claim.c ---- */

/* Claims what waits, halts what is to halt, and tells the source where to read from. */
must_use enum status loop_claim(struct loop *loop, struct error *error);

/* The source gave us partitions, took them back, or its topic has a newer generation: what is in
 * flight is finished first, what is open is dropped. One poll may both revoke and assign, and tells
 * of the last only: open batches go at either. */
void loop_assigned(struct loop *loop);
void loop_revoked(struct loop *loop);
void loop_superseded(struct loop *loop);

/* The partitions the source calls ours, all WAITING. */
void loop_take_partitions(struct loop *loop);

/* Waits for a lane that works, with heartbeats. */
void loop_lane_await(struct loop *loop, struct loop_lane *lane);

/* What a lane has in flight is finished; its open batch and the claims of its partitions are void,
 * and made again after wait_ms. */
void loop_lane_forget(struct loop *loop, struct loop_lane *lane, int64_t wait_ms);

/* What a claim, or a halt, found. */
void loop_claimed_log(const struct partition *partition);

/* ---- loop_read.c ---- */

/* What the source has at hand, up to a full batch; waits where a full batch's lane works still. */
must_use enum status loop_read(struct loop *loop, struct error *error);

/* A record that waits to be decoded is the client's again: the next run of the loop, with the same
 * source, reads it anew from its position. */
void loop_give_back(struct loop *loop);

/* ---- loop_submit.c ---- */

must_use enum status loop_submit(struct loop *loop, struct error *error);
must_use enum status loop_collect(struct loop *loop, struct error *error);

/* Takes the answer of a lane that is DONE. RETRY of the lane is OK here: its partitions are claimed
 * again. FATAL: the loop ends. */
must_use enum status loop_lane_finished(struct loop *loop, struct loop_lane *lane,
                                        struct error *error);

/* A lane works; a batch is begun. */
bool loop_is_busy(struct loop *loop);
bool loop_is_open(const struct loop *loop);

/* ---- loop_halt.c ---- */

/* Halts now. What its lane has in flight is finished first, what is open is dropped. */
must_use enum status loop_halt(struct loop *loop, struct partition *partition, const char *reason,
                               struct error *error);

/* The broker has nothing at our position. */
must_use enum status loop_out_of_range(struct loop *loop, int32_t number, struct error *error);

/* The source cannot go on behind what it delivered: that is committed, then the partition halts. */
void loop_broken(struct loop *loop, const struct source_event *event);
must_use enum status loop_halt_broken(struct loop *loop, struct error *error);

/* Partitions that are HALTING and whose last batch is through. */
must_use enum status loop_halt_due(struct loop *loop, struct error *error, bool *ret_changed);

/* Too many parked: the partition takes no more, what it has taken is committed, then it halts. */
void loop_watch_parked(struct loop *loop, int64_t now_us);

/* Has an operator cleared a halt, or is there a newer generation of the topic? */
must_use enum status loop_watch_halted(struct loop *loop, struct error *error);

/* Is the topic still the one we know? One pin a turn (partition.h (4)). */
must_use enum status loop_watch_pins(struct loop *loop, struct error *error);

#endif
