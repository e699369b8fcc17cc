/*
 * loop.c - see loop.h.
 */
#include "runtime/loop.h"

#include "base/clock.h"
#include "base/log.h"
#include "runtime/backoff.h"
#include "runtime/lane.h"
#include "runtime/loop_metrics.h"
#include "runtime/partition.h"
#include "runtime/stop.h"
#include "store/horizon.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    POLL_IDLE_MS = 100,     /* nothing is open: wake for housekeeping             */
    POLL_BUSY_MS = 2,       /* a lane works: come back to collect it              */
    CLAIM_RETRY_MS = 500,   /* a claim that could not be made now                 */
    FENCED_RETRY_MS = 3000, /* another worker claimed what the broker calls ours  */
    LANE_ATTEMPTS_MAX = 12,
    LANE_WAIT_MS = 50,
    DRAIN_MAX = 256, /* records of one turn */
    REFRESH_MS = 1000,
    HORIZON_MS = 10000,
    SOURCE_NAME_MAX = 1024,
};

/* The reading thread waits here: short, so that lanes are collected meanwhile. */
static const struct backoff_policy stall_policy = {.first_ms = 20, .ceiling_ms = 500};

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

static struct loop_lane *loop_lane_of(struct loop *loop, int32_t partition)
{
    return &loop->lanes[(size_t)partition % loop->settings->lane_count];
}

/* ---- partitions: drop, claim, assign ---- */

/* The open batch of a lane and the claims of its partitions are void. */
static void lane_forget(struct loop *loop, struct loop_lane *lane, int64_t wait_ms)
{
    batch_clear(lane->filling);
    loop->settings->ops->extra_clear(lane->filling->extra);
    for (size_t i = 0; i < loop->partitions.count; i++)
        if (loop_lane_of(loop, loop->partitions.list[i].number) == lane)
            partition_drop(&loop->partitions.list[i], wait_ms);
}

static enum status loop_assign(struct loop *loop, struct error *error)
{
    struct source_start starts[BATCH_PART_MAX];
    size_t count = partitions_starts(&loop->partitions, starts);

    return source_assign(loop->settings->source, starts, count, error);
}

static enum status loop_register(struct loop *loop, struct db *db, struct error *error)
{
    struct source_identity identity;
    struct source_known known;
    enum status status;

    if (loop->registered)
        return OK;
    status = source_identify(loop->settings->source, &identity, error);
    if (status == OK)
        status = source_register(db, &identity, error, &known);
    if (status != OK)
        return status;
    loop->source_id = known.source_id;
    loop->source_halt = known.halt;
    buffer_clear(&loop->source_name);
    leaf_source(identity.kind, text_of(identity.cluster_id), text_of(identity.topic),
                known.generation, &loop->source_name);
    loop_metrics_source(&loop->metrics, &identity);
    loop->registered = true;
    return OK;
}

static void claimed_log(const struct partition *partition)
{
    if (partition->state == PARTITION_HALTED)
        log_error("partition_halted", "a partition is halted; an operator must look",
                  LOG_INT("partition", partition->number),
                  LOG_TEXT("reason", partition->position.halt_reason));
    else
        log_info("partition_claimed", "claimed a partition",
                 LOG_INT("partition", partition->number),
                 LOG_INT("next_offset", partition->position.next_offset),
                 LOG_INT("epoch", partition->position.epoch));
}

static enum status claim_one(struct loop *loop, struct partition *partition, struct error *error)
{
    struct db *db = NULL;
    enum status status = lane_db(loop_lane_of(loop, partition->number)->lane, error, &db);

    if (status == OK)
        status = loop_register(loop, db, error);
    if (status == OK)
        status = partition_claim(partition, db, loop->settings->source, loop->source_id,
                                 loop->settings->worker, error);
    if (status == OK && partition->state == PARTITION_ACTIVE && loop->source_halt != NULL)
        status = partition_halt(partition, db, loop->source_halt, error);
    if (status != OK)
        return status;
    loop->settings->ops->claimed(loop->state, &partition->position);
    claimed_log(partition);
    return OK;
}

static void claim_away(struct loop *loop, const struct error *error)
{
    if (error->cause == CAUSE_SOURCE)
        log_gate_away(&loop->source_gate, source_server(loop->settings->source), error);
    else
        log_gate_away(&loop->database_gate, "postgresql", error);
}

/* A part that was dropped from the open batch has to leave with it first. */
static bool claim_is_due(struct loop *loop, const struct partition *partition, int64_t now_us)
{
    struct loop_lane *lane = loop_lane_of(loop, partition->number);

    return partition->state == PARTITION_WAITING && now_us >= partition->claim_after_us &&
           lane_is_idle(lane->lane) && batch_part_find(lane->filling, partition->number) == NULL;
}

/* Everything taken from it is committed by now, or was given up with its claim. */
static bool halt_is_due(struct loop *loop, const struct partition *partition)
{
    struct loop_lane *lane = loop_lane_of(loop, partition->number);

    return partition->state == PARTITION_HALTING && lane_is_idle(lane->lane) &&
           batch_part_find(lane->filling, partition->number) == NULL;
}

static enum status halt_one(struct loop *loop, struct partition *partition, struct error *error)
{
    struct db *db = NULL;
    enum status status = lane_db(loop_lane_of(loop, partition->number)->lane, error, &db);

    if (status == OK)
        status = partition_halt(partition, db, partition->halting_for, error);
    if (status == OK)
        claimed_log(partition);
    return status;
}

/* Partitions that are to halt and whose last batch is through. */
static enum status loop_halts(struct loop *loop, struct error *error, bool *ret_changed)
{
    for (size_t i = 0; i < loop->partitions.count; i++) {
        struct partition *partition = &loop->partitions.list[i];
        enum status status;

        if (!halt_is_due(loop, partition))
            continue;
        status = halt_one(loop, partition, error);
        if (status == FATAL)
            return status;
        *ret_changed = *ret_changed || status == OK; /* else again in the next turn */
    }
    return OK;
}

static enum status loop_claims(struct loop *loop, struct error *error, bool *ret_changed)
{
    int64_t now_us = clock_monotonic_us();

    for (size_t i = 0; i < loop->partitions.count; i++) {
        struct partition *partition = &loop->partitions.list[i];
        enum status status;

        if (!claim_is_due(loop, partition, now_us))
            continue;
        health_waits(loop->settings->health, loop->settings->db.lock_timeout_ms);
        status = claim_one(loop, partition, error);
        if (status == FATAL)
            return status;
        if (status != OK) {
            partition_drop(partition, CLAIM_RETRY_MS);
            claim_away(loop, error);
            break;
        }
        log_gate_back(&loop->database_gate, "postgresql");
        *ret_changed = true;
    }
    return OK;
}

static enum status loop_claim(struct loop *loop, struct error *error)
{
    bool changed = false;
    enum status status = loop_halts(loop, error, &changed);

    if (status == OK)
        status = loop_claims(loop, error, &changed);
    return status == OK && changed ? loop_assign(loop, error) : status;
}

/* ---- reading ---- */

/* A rebalance: what is in flight is finished or rolled back first, what is open is dropped. */
static void lanes_forget(struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++) {
        struct loop_lane *lane = &loop->lanes[i];

        while (!lane_wait(lane->lane, LANE_WAIT_MS))
            health_beat(loop->settings->health);
        lane_forget(loop, lane, 0);
    }
}

static void loop_take_partitions(struct loop *loop)
{
    int32_t numbers[BATCH_PART_MAX];
    size_t count = source_partitions(loop->settings->source, numbers, BATCH_PART_MAX);

    partitions_set(&loop->partitions, numbers, count);
}

/* One poll may both revoke and assign, and tells of the last only: open batches go here too. */
static void loop_assigned(struct loop *loop)
{
    lanes_forget(loop);
    loop_metrics_forget(&loop->metrics, &loop->partitions);
    loop_take_partitions(loop);
    loop->registered = false; /* the topic may have been made anew */
    loop->assigned = true;
    log_info("partitions_assigned", "the broker assigned partitions",
             LOG_INT("partitions", (int64_t)loop->partitions.count));
}

static void loop_revoked(struct loop *loop)
{
    lanes_forget(loop);
    loop_metrics_forget(&loop->metrics, &loop->partitions);
    partitions_clear(&loop->partitions);
    loop->assigned = false;
    log_info("partitions_revoked", "the broker took the partitions back");
}

static enum status loop_halt(struct loop *loop, struct partition *partition, const char *reason,
                             struct error *error)
{
    struct loop_lane *lane = loop_lane_of(loop, partition->number);
    struct db *db = NULL;
    enum status status;

    while (!lane_wait(lane->lane, LANE_WAIT_MS))
        health_beat(loop->settings->health);
    status = lane_db(lane->lane, error, &db);
    if (status == OK)
        status = position_halt(db, &partition->position, reason, error);
    if (status == FATAL)
        return status;
    lane_forget(loop, lane, 0); /* the claim finds the halt in the row */
    return OK;
}

/* The broker said no; its range says why. Where it does not, an operator compares. */
static const char *out_of_range_reason(struct loop *loop, const struct partition *partition)
{
    struct error ignored;
    int64_t low = 0;
    int64_t high = 0;

    if (source_range(loop->settings->source, partition->number, &low, &high, &ignored) != OK)
        return "offset_out_of_range";
    if (partition->position.next_offset < low)
        return "records_expired_before_they_were_read";
    return partition->position.next_offset > high ? "topic_shorter_than_position"
                                                  : "offset_out_of_range";
}

static enum status out_of_range_receive(struct loop *loop, int32_t number, struct error *error)
{
    struct partition *partition = partitions_find(&loop->partitions, number);

    if (partition == NULL || partition->state != PARTITION_ACTIVE)
        return OK;
    return loop_halt(loop, partition, out_of_range_reason(loop, partition), error);
}

static void loop_broken(struct loop *loop, const struct source_event *event)
{
    const struct partition *partition = partitions_find(&loop->partitions, event->partition);

    if (partition == NULL || partition->state != PARTITION_ACTIVE)
        return;
    loop->broken.reason = event->reason;
    loop->broken.partition = partition->number;
    loop->broken.epoch = partition->position.epoch;
}

/* What was read before the damage counts: its batches go first. */
static enum status loop_halt_broken(struct loop *loop, struct error *error)
{
    struct partition *partition = partitions_find(&loop->partitions, loop->broken.partition);
    struct loop_lane *lane = loop_lane_of(loop, loop->broken.partition);
    enum status status;

    if (loop->broken.reason == NULL)
        return OK;
    if (partition == NULL || partition->state != PARTITION_ACTIVE ||
        partition->position.epoch != loop->broken.epoch) {
        loop->broken.reason = NULL;
        return OK;
    }
    if (!lane_is_idle(lane->lane) || batch_part_find(lane->filling, partition->number) != NULL)
        return OK;
    status = loop_halt(loop, partition, loop->broken.reason, error);
    if (status == OK)
        loop->broken.reason = NULL;
    return status == RETRY ? OK : status; /* the database is away: the next turn tries again */
}

/* What is wrong with a record before anybody looks into it. */
static enum reason record_refusal(const struct record *record)
{
    static const enum reason of_objection[] = {
        [RECORD_FINE] = REASON_NONE,
        [RECORD_DELIVERED_TOO_OFTEN] = REASON_DELIVERED_TOO_OFTEN,
        [RECORD_WITHOUT_ID] = REASON_MESSAGE_ID_MISSING,
    };

    assert((size_t)record->objection < COUNT_OF(of_objection));
    if (record->objection != RECORD_FINE)
        return of_objection[record->objection];
    return record->value.size > RECORD_VALUE_MAX ? REASON_VALUE_OVERSIZED : REASON_NONE;
}

/* decode, and what follows from its answer. RETRY: the schema source is away. */
static enum status record_decode(struct loop *loop, struct batch *batch, struct batch_part *part,
                                 const struct record *record, void *row, struct error *error)
{
    enum reason reason = record_refusal(record);
    enum status status = OK;

    if (reason == REASON_NONE)
        status = loop->settings->ops->decode(loop->state, record, batch, part, row, &reason, error);
    if (status == RETRY || status == FATAL)
        return status;
    if (reason != REASON_NONE)
        batch_keep(batch, record);
    batch_decided(batch, reason == REASON_NONE ? OK : REJECT, reason);
    return OK;
}

static enum status record_take(struct loop *loop, struct partition *partition,
                               const struct record *record, struct error *error)
{
    struct batch *batch = loop_lane_of(loop, partition->number)->filling;
    struct batch_part *part = batch_part_open(batch, &partition->position);
    int64_t before = part == NULL ? 0 : part->move.next_offset;
    void *row = part == NULL ? NULL : batch_add(batch, part, record);
    enum status status;

    if (row == NULL)
        return error_set(error, FATAL, "out of memory for a batch");
    status = record_decode(loop, batch, part, record, row, error);
    if (status != OK) {
        batch_take_back(batch, part, record, before);
        return status;
    }
    part->move.anchor =
        (struct anchor){record->offset, record->timestamp_ms, record_crc32c(record)};
    partition->position.next_offset = part->move.next_offset;
    partition->position.watermark_us = part->move.watermark_us;
    if (partition->pin.offset < 0)
        partition->pin = part->move.anchor;
    partition->taken++;
    partition->refused += batch->records[batch->record_count - 1].decoded == REJECT ? 1 : 0;
    return partition_archive(partition, record, error);
}

/* Nothing behind offset: control records between are passed, so that lag reaches zero. */
static enum status offset_pass(struct loop *loop, struct partition *partition, int64_t offset,
                               struct error *error)
{
    struct batch_part *part;

    if (offset <= partition->position.next_offset)
        return OK;
    part = batch_part_open(loop_lane_of(loop, partition->number)->filling, &partition->position);
    if (part == NULL)
        return error_set(error, FATAL, "out of memory for a batch");
    part->move.next_offset = offset;
    partition->position.next_offset = offset;
    return OK;
}

/* It cannot be parked, for it cannot be kept, and it must not be passed unseen: the partition halts
 * at it, once everything before it is committed. */
static enum status record_halt_at(struct loop *loop, struct partition *partition,
                                  const struct record *record, struct error *error)
{
    enum status status = offset_pass(loop, partition, record->offset, error);

    if (status != OK)
        return status;
    log_warn("record_above_ceiling", "a record is larger than can be kept",
             LOG_INT("partition", record->partition), LOG_INT("offset", record->offset),
             LOG_INT("bytes", (int64_t)(record->key.size + record->value.size)));
    partition_halting(partition, "record_above_ceiling");
    return OK;
}

static enum status record_receive(struct loop *loop, const struct record *record,
                                  struct error *error)
{
    struct partition *partition = partitions_find(&loop->partitions, record->partition);

    if (partition == NULL || partition->state != PARTITION_ACTIVE)
        return OK;
    switch (partition_receive(partition, record)) {
    case DELIVERY_OLD: loop_metrics_passed(&loop->metrics); return OK;
    case DELIVERY_FOREIGN: return loop_halt(loop, partition, "anchor_differs", error);
    default: break;
    }
    return record_is_above_ceiling(record) ? record_halt_at(loop, partition, record, error)
                                           : record_take(loop, partition, record, error);
}

static enum status end_receive(struct loop *loop, int32_t number, int64_t offset,
                               struct error *error)
{
    struct partition *partition = partitions_find(&loop->partitions, number);

    return partition == NULL || partition->state != PARTITION_ACTIVE
               ? OK
               : offset_pass(loop, partition, offset, error);
}

static enum status event_handle(struct loop *loop, const struct source_event *event,
                                struct error *error)
{
    switch (event->kind) {
    case SOURCE_RECORD: return record_receive(loop, &event->record, error);
    case SOURCE_END: return end_receive(loop, event->partition, event->offset, error);
    case SOURCE_ASSIGNED: loop_assigned(loop); return OK;
    case SOURCE_REVOKED: loop_revoked(loop); return OK;
    case SOURCE_OUT_OF_RANGE: return out_of_range_receive(loop, event->partition, error);
    case SOURCE_DAMAGED: loop_broken(loop, event); return OK;
    case SOURCE_AWAY:
        if (event->error.exit_code == EXIT_FAILED)
            loop->unread = event->error;
        log_gate_away(&loop->source_gate, source_server(loop->settings->source), &event->error);
        return OK;
    case SOURCE_IDLE: return OK;
    }
    return OK;
}

static bool any_lane_busy(struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++)
        if (!lane_is_idle(loop->lanes[i].lane))
            return true;
    return false;
}

static bool any_lane_open(const struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++)
        if (!batch_is_empty(loop->lanes[i].filling))
            return true;
    return false;
}

static int poll_timeout_ms(struct loop *loop)
{
    if (loop->source_has_more)
        return 0;
    if (any_lane_busy(loop) || any_lane_open(loop))
        return POLL_BUSY_MS;
    return POLL_IDLE_MS;
}

static bool any_lane_full(const struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++)
        if (batch_is_full(loop->lanes[i].filling))
            return true;
    return false;
}

/* Back-pressure is not polling: a lane's batch is full and the lane still works. */
static struct loop_lane *lane_in_the_way(struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++)
        if (batch_is_full(loop->lanes[i].filling) && !lane_is_idle(loop->lanes[i].lane))
            return &loop->lanes[i];
    return NULL;
}

static void loop_stall(struct loop *loop, const struct error *error)
{
    loop->stalled = true;
    loop->held_epoch =
        partitions_find(&loop->partitions, loop->held.record.partition)->position.epoch;
    log_gate_away(&loop->decode_gate, "decoding", error);
}

/* Claimed again meanwhile: what lies before the record may have to be read again, so it waits for
 * its turn, or what lies between would be passed over. */
static bool held_is_stale(struct loop *loop)
{
    const struct partition *partition =
        partitions_find(&loop->partitions, loop->held.record.partition);

    return partition == NULL || partition->position.epoch != loop->held_epoch;
}

/* The record that could not be decoded is tried again; it stays ours until then. */
static enum status loop_unstall(struct loop *loop, struct error *error)
{
    enum status status = OK;

    if (backoff_wait(&loop->stall) == BACKOFF_STOPPED)
        return OK;
    if (!held_is_stale(loop))
        status = record_receive(loop, &loop->held.record, error);
    if (status == RETRY)
        return OK;
    log_gate_back(&loop->decode_gate, "decoding");
    backoff_reset(&loop->stall);
    loop->stalled = false;
    source_release(loop->settings->source);
    return status;
}

static enum status loop_poll(struct loop *loop, struct error *error)
{
    struct source_event *event = &loop->held;
    enum status status = source_poll(loop->settings->source, poll_timeout_ms(loop), event, error);

    if (status != OK)
        return status;
    loop->source_has_more = event->kind == SOURCE_RECORD;
    if (event->kind == SOURCE_RECORD || event->kind == SOURCE_END) {
        log_gate_back(&loop->source_gate, source_server(loop->settings->source));
        loop->unread.status = OK;
    }
    status = event_handle(loop, event, error);
    if (status == RETRY && event->kind == SOURCE_RECORD) {
        loop_stall(loop, error);
        return OK;
    }
    if (event->kind == SOURCE_RECORD)
        source_release(loop->settings->source);
    return status == RETRY ? OK : status;
}

/* What the client holds already is taken at one go: the other steps of a turn cost more than a
 * record. Ends early where a lane's batch is full, so that it can be handed over. */
static enum status loop_drain(struct loop *loop, struct error *error)
{
    enum status status = loop_poll(loop, error);

    for (int taken = 1; taken < DRAIN_MAX; taken++) {
        if (status != OK || !loop->source_has_more || loop->stalled || any_lane_full(loop))
            break;
        status = loop_poll(loop, error);
    }
    return status;
}

static enum status loop_read(struct loop *loop, struct error *error)
{
    struct loop_lane *blocked = lane_in_the_way(loop);

    if (blocked != NULL) {
        lane_wait(blocked->lane, LANE_WAIT_MS);
        return OK;
    }
    return loop->stalled ? loop_unstall(loop, error) : loop_drain(loop, error);
}

/* ---- submitting ---- */

/* More than half a batch waits at the broker: worth waiting for, up to linger_ms. */
static bool lane_is_behind(struct loop *loop, const struct loop_lane *lane)
{
    int64_t waiting = 0;

    for (size_t i = 0; i < loop->partitions.count; i++) {
        const struct partition *partition = &loop->partitions.list[i];
        int64_t high;

        if (loop_lane_of(loop, partition->number) != lane || partition->state != PARTITION_ACTIVE)
            continue;
        high = source_high(loop->settings->source, partition->number);
        waiting +=
            high > partition->position.next_offset ? high - partition->position.next_offset : 0;
    }
    return waiting > (int64_t)lane->filling->limits.records_max / 2;
}

static bool batch_is_due(struct loop *loop, const struct loop_lane *lane)
{
    const struct batch *batch = lane->filling;
    int64_t age_us = clock_monotonic_us() - batch->opened_at_us;

    if (batch_is_empty(batch))
        return false;
    if (batch_is_full(batch) || age_us >= loop->settings->linger_ms * 1000 || stop_asked())
        return true;
    return !loop->source_has_more && !lane_is_behind(loop, lane);
}

static enum status batch_seal(struct loop *loop, struct batch *batch, struct error *error)
{
    batch->key = &loop->key;
    batch->rereads = loop->settings->source->ops->rereads;
    for (size_t i = 0; i < batch->part_count; i++) {
        struct batch_part *part = &batch->parts[i];
        struct partition *partition = partitions_find(&loop->partitions, part->move.partition);
        enum status status;

        assert(partition != NULL);
        status = partition_seal(partition, batch, part, error);
        if (status != OK)
            return status;
    }
    return OK;
}

static enum status lane_hand_over(struct loop *loop, struct loop_lane *lane, struct error *error)
{
    struct batch *batch = lane->filling;
    enum status status = batch_seal(loop, batch, error);

    if (status != OK)
        return status;
    lane->filling = lane->working;
    lane->working = batch;
    lane_submit(lane->lane, batch, buffer_view(&loop->source_name));
    return OK;
}

static enum status loop_submit(struct loop *loop, struct error *error)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++) {
        struct loop_lane *lane = &loop->lanes[i];
        enum status status = OK;

        if (lane_is_idle(lane->lane) && batch_is_due(loop, lane))
            status = lane_hand_over(loop, lane, error);
        if (status != OK)
            return status;
    }
    return OK;
}

/* ---- collecting ---- */

/* Records of a part that decode let pass and the store refused: second reports and such. */
static int64_t refused_late(const struct batch *batch, size_t part)
{
    int64_t count = 0;

    for (size_t i = 0; batch->parts[part].counts[REJECT] > 0 && i < batch->record_count; i++)
        count += batch->records[i].part == part && batch->records[i].verdict == REJECT &&
                         batch->records[i].decoded == OK
                     ? 1
                     : 0;
    return count;
}

/* What is durable now: lag is counted from there. */
static void partition_committed(struct partition *partition, const struct batch_part *part)
{
    partition->committed_offset = part->move.next_offset;
    if (part->move.anchor.offset >= 0)
        partition->committed_ms = part->move.anchor.time_ms;
}

static void committed(struct loop *loop, struct loop_lane *lane)
{
    const struct batch *batch = lane->working;
    int64_t now_us = clock_monotonic_us();

    loop_metrics_committed(&loop->metrics, batch);
    log_debug("batch_committed", "a batch is committed", LOG_INT("commit_id", batch->commit_id),
              LOG_INT("records", (int64_t)batch->record_count));
    for (size_t i = 0; i < batch->part_count; i++) {
        const struct batch_part *part = &batch->parts[i];
        struct partition *partition = partitions_find(&loop->partitions, part->move.partition);

        if (!part->dropped)
            source_hint(loop->settings->source, part->move.partition, part->move.next_offset);
        if (partition != NULL && part->dropped)
            partition_drop(partition, FENCED_RETRY_MS);
        if (partition == NULL || part->dropped)
            continue;
        partition_committed(partition, part);
        parked_rate_add(&partition->parked, now_us, 0, refused_late(batch, i));
    }
}

/* A dropped part may have more in the open batch of its lane: that goes too. */
static void fenced_forget(struct loop *loop, struct loop_lane *lane)
{
    for (size_t i = 0; i < lane->working->part_count; i++) {
        const struct batch_part *lost = &lane->working->parts[i];
        struct batch_part *open = batch_part_find(lane->filling, lost->move.partition);

        if (!lost->dropped)
            continue;
        log_warn("partition_fenced", "another worker holds a partition",
                 LOG_INT("partition", lost->move.partition), LOG_INT("epoch", lost->move.epoch));
        loop_metrics_fenced(&loop->metrics);
        if (open != NULL)
            open->dropped = true;
    }
}

static enum status lane_finished(struct loop *loop, struct loop_lane *lane, struct error *error)
{
    enum status status = lane_collect(lane->lane, error);

    if (status == OK) {
        fenced_forget(loop, lane);
        committed(loop, lane);
    } else if (status == RETRY) {
        loop_metrics_retried(&loop->metrics, error);
        log_gate_away(&loop->database_gate, "postgresql", error);
        lane_forget(loop, lane, CLAIM_RETRY_MS); /* claim again, believe what it returns */
        status = OK;
    }
    batch_clear(lane->working);
    loop->settings->ops->extra_clear(lane->working->extra);
    return status;
}

static enum status loop_collect(struct loop *loop, struct error *error)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++) {
        enum status status = OK;

        if (lane_is_done(loop->lanes[i].lane))
            status = lane_finished(loop, &loop->lanes[i], error);
        if (status != OK)
            return status;
    }
    return loop_halt_broken(loop, error);
}

/* ---- housekeeping ---- */

static enum status key_refresh(struct loop *loop, struct error *error)
{
    int32_t month = month_of_day((int32_t)(clock_now_us() / US_PER_DAY));

    if (loop->key.key_id > 0 && (loop->key.month == month || any_lane_busy(loop)))
        return OK; /* current, or a batch in flight still reads it */
    return keyring_get(loop->db, loop->settings->key_file, loop->settings->scope, month, error,
                       &loop->key);
}

/* Who holds the horizon back costs every worker: dead rows stay. */
static enum status horizon_look(struct loop *loop, struct error *error)
{
    int64_t now_us = clock_monotonic_us();
    int64_t age = 0;
    enum status status;

    if (now_us < loop->horizon_at_us)
        return OK;
    status = horizon_age(loop->db, error, &age);
    if (status == OK) {
        metric_set(metric_of(METRIC_XID_HORIZON_AGE), age);
        loop->horizon_at_us = now_us + HORIZON_MS * 1000;
    }
    return status;
}

static enum status loop_refresh(struct loop *loop, struct error *error)
{
    enum status status = db_is_broken(loop->db) ? db_reopen(loop->db, error) : OK;

    if (status == OK)
        status = key_refresh(loop, error);
    if (status == OK)
        status = horizon_look(loop, error);
    if (status == OK)
        status = loop->settings->ops->refresh(loop->state, loop->db, error);
    return status;
}

/* Too many parked: the partition takes no more, what it has taken is committed, then it halts. */
static void parked_watch(struct loop *loop, int64_t now_us)
{
    for (size_t i = 0; i < loop->partitions.count; i++) {
        struct partition *partition = &loop->partitions.list[i];

        if (partition->state != PARTITION_ACTIVE)
            continue;
        if (partition->taken > 0)
            parked_rate_add(&partition->parked, now_us, partition->taken, partition->refused);
        partition->taken = partition->refused = 0;
        if (parked_rate_exceeds(&partition->parked, now_us, &loop->settings->parked))
            partition_halting(partition, "parked_rate_exceeded");
    }
}

static size_t halted_collect(struct loop *loop, int32_t *numbers)
{
    size_t count = 0;

    for (size_t i = 0; i < loop->partitions.count; i++)
        if (loop->partitions.list[i].state == PARTITION_HALTED)
            numbers[count++] = loop->partitions.list[i].number;
    return count;
}

/* A newer generation of the topic is there: all positions are others now. */
static void loop_superseded(struct loop *loop)
{
    lanes_forget(loop);
    loop_take_partitions(loop);
    loop->registered = false;
    log_info("source_superseded", "a new generation of the topic was opened; claiming it");
}

static enum status halted_look(struct loop *loop, struct error *error)
{
    int32_t numbers[BATCH_PART_MAX];
    bool resumed[BATCH_PART_MAX];
    size_t count = halted_collect(loop, numbers);
    bool superseded = false;
    enum status status;

    if (count == 0 || !loop->registered)
        return OK;
    status =
        position_resumed(loop->db, loop->source_id, numbers, count, error, resumed, &superseded);
    if (status == OK && superseded)
        loop_superseded(loop);
    for (size_t i = 0; status == OK && !superseded && i < count; i++)
        if (resumed[i])
            partition_resume(partitions_find(&loop->partitions, numbers[i]));
    return status;
}

/* ---- the pin: is the topic still the one we know? ---- */

static void pin_look(struct loop *loop)
{
    for (size_t i = 1; i <= loop->partitions.count; i++) {
        size_t at = (loop->looked_at + i) % loop->partitions.count;
        const struct partition *partition = &loop->partitions.list[at];

        if (partition->state != PARTITION_ACTIVE || partition->pin.offset < 0)
            continue;
        if (source_look(loop->settings->source, partition->number, partition->pin.offset))
            loop->looked_at = at;
        return;
    }
}

/* No record stands there any more. Whether it has expired or the topic is shorter now, a claim
 * tells: it asks for the range. */
static void pin_gone(struct loop *loop, const struct partition *partition)
{
    struct loop_lane *lane = loop_lane_of(loop, partition->number);

    while (!lane_wait(lane->lane, LANE_WAIT_MS))
        health_beat(loop->settings->health);
    lane_forget(loop, lane, 0);
}

static enum status pin_watch(struct loop *loop, struct error *error)
{
    struct source_glance glance;
    struct partition *partition;

    if (!source_seen(loop->settings->source, &glance)) {
        pin_look(loop);
        return OK;
    }
    partition = partitions_find(&loop->partitions, glance.partition);
    if (!glance.answered || partition == NULL || partition->state != PARTITION_ACTIVE ||
        partition->pin.offset != glance.offset)
        return OK;
    if (!glance.there)
        pin_gone(loop, partition);
    else if (partition_pin_differs(partition, &glance))
        return loop_halt(loop, partition, "anchor_differs", error);
    return OK;
}

static enum status loop_tick(struct loop *loop, struct error *error)
{
    int64_t now_us = clock_monotonic_us();
    enum status status;

    health_beat(loop->settings->health);
    parked_watch(loop, now_us);
    if (any_lane_open(loop) || any_lane_busy(loop) || !loop->assigned)
        loop->idle_since_us = now_us;
    if (now_us < loop->refresh_at_us)
        return OK;
    loop->refresh_at_us = now_us + REFRESH_MS * 1000;
    loop_metrics_partitions(&loop->metrics, loop->settings->source, &loop->partitions);
    status = loop_refresh(loop, error);
    if (status == OK)
        status = halted_look(loop, error);
    if (status == OK)
        status = pin_watch(loop, error);
    if (status == RETRY) {
        log_gate_away(&loop->database_gate, "postgresql", error);
        health_ready(loop->settings->health, false, "the database is away");
        return OK;
    }
    if (status == OK)
        health_ready(loop->settings->health, true, "");
    return status;
}

static bool loop_is_over(const struct loop *loop)
{
    int64_t idle_us = loop->idle_since_us == 0 ? 0 : clock_monotonic_us() - loop->idle_since_us;

    return stop_asked() || (loop->settings->stop_after_idle_ms > 0 &&
                            idle_us >= loop->settings->stop_after_idle_ms * 1000);
}

/* ---- beginning and end ---- */

static enum status lane_open(struct loop *loop, struct loop_lane *lane, struct error *error)
{
    const struct loop_settings *settings = loop->settings;
    const struct lane_settings made = {.ops = settings->ops,
                                       .db = settings->db,
                                       .worker = settings->worker,
                                       .attempts_max = LANE_ATTEMPTS_MAX};

    for (size_t i = 0; i < 2; i++)
        lane->extras[i] = settings->ops->extra_new();
    lane->filling = batch_new(&settings->limits, settings->ops->row_size, lane->extras[0]);
    lane->working = batch_new(&settings->limits, settings->ops->row_size, lane->extras[1]);
    if (lane->filling == NULL || lane->working == NULL)
        return error_set(error, FATAL, "out of memory for batches");
    lane->filling->spares = &loop->partitions.spares;
    lane->working->spares = &loop->partitions.spares;
    return lane_start(&made, error, &lane->lane);
}

static enum status loop_open(struct loop *loop, struct error *error)
{
    const struct loop_settings *settings = loop->settings;
    enum status status = db_open(&settings->db, error, &loop->db);

    assert(settings->lane_count > 0 && settings->lane_count <= LANES_MAX);
    buffer_init(&loop->source_name, SOURCE_NAME_MAX);
    partitions_init(&loop->partitions);
    backoff_init(&loop->stall, &stall_policy, (uint64_t)clock_now_us());
    loop_metrics_init(&loop->metrics);
    if (status == OK)
        status = settings->ops->open(settings->config, loop->db, error, &loop->state);
    if (status == OK)
        status = loop_refresh(loop, error);
    for (size_t i = 0; status == OK && i < settings->lane_count; i++)
        status = lane_open(loop, &loop->lanes[i], error);
    loop_take_partitions(loop); /* what the source was given before this run of the loop */
    loop->assigned = loop->partitions.count > 0;
    loop->idle_since_us = clock_monotonic_us();
    return status;
}

/* Nobody owns what we held; the next claim needs no wait and `sawa status` shows it. */
static void lane_release(struct loop *loop, struct loop_lane *lane)
{
    struct position_move moves[BATCH_PART_MAX];
    struct error error;
    struct db *db = NULL;
    size_t count = 0;

    for (size_t i = 0; i < loop->partitions.count; i++) {
        const struct partition *partition = &loop->partitions.list[i];

        if (loop_lane_of(loop, partition->number) == lane && partition->state == PARTITION_ACTIVE)
            moves[count++] = (struct position_move){.partition = partition->number,
                                                    .epoch = partition->position.epoch};
    }
    if (count > 0 && (lane_db(lane->lane, &error, &db) != OK ||
                      position_release(db, loop->source_id, moves, count, &error) != OK))
        log_error_of("release_failed", &error);
}

/* A record that waits to be decoded is the client's again: the next run of the loop, with the same
 * source, reads it anew from its position. */
static void held_give_back(struct loop *loop)
{
    if (loop->stalled)
        source_release(loop->settings->source);
    loop->stalled = false;
}

/* Finishes what is in flight and gives the positions back. */
static void loop_finish(struct loop *loop)
{
    struct error ignored;

    held_give_back(loop);
    for (size_t i = 0; i < loop->settings->lane_count; i++) {
        struct loop_lane *lane = &loop->lanes[i];

        if (lane->lane == NULL)
            continue;
        while (!lane_wait(lane->lane, LANE_WAIT_MS))
            health_beat(loop->settings->health);
        if (lane_is_done(lane->lane) && lane_finished(loop, lane, &ignored) != OK)
            log_error_of("batch_failed_at_stop", &ignored);
        lane_release(loop, lane);
    }
}

static void loop_done(struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++) {
        struct loop_lane *lane = &loop->lanes[i];

        lane_stop(lane->lane);
        batch_free(lane->filling);
        batch_free(lane->working);
        for (size_t j = 0; j < 2; j++)
            loop->settings->ops->extra_free(lane->extras[j]);
    }
    partitions_done(&loop->partitions);
    if (loop->state != NULL)
        loop->settings->ops->close(loop->state);
    buffer_done(&loop->source_name);
    explicit_bzero(loop->key.key, sizeof loop->key.key);
    db_close(loop->db);
}

/* A run that ended because nothing came: was that all there is? */
static enum status loop_account(const struct loop *loop, struct error *error)
{
    if (stop_asked())
        return OK;
    for (size_t i = 0; i < loop->partitions.count; i++) {
        const struct partition *partition = &loop->partitions.list[i];

        if (partition->state != PARTITION_HALTED)
            continue;
        error_set(error, FATAL, "a partition is halted: not everything was read");
        error_detail(error, "partition %d: %s", partition->number, partition->position.halt_reason);
        error_hint(error, "an operator must look: sawa status");
        error->exit_code = EXIT_FAILED;
        return FATAL;
    }
    if (loop->unread.status == OK)
        return OK;
    *error = loop->unread;
    return error->status = FATAL;
}

static enum status loop_turn(struct loop *loop, struct error *error)
{
    enum status status = loop_claim(loop, error);

    if (status == OK)
        status = loop_read(loop, error);
    if (status == OK)
        status = loop_submit(loop, error);
    if (status == OK)
        status = loop_collect(loop, error);
    if (status == OK)
        status = loop_tick(loop, error);
    return status;
}

enum status loop_run(const struct loop_settings *settings, struct error *error)
{
    struct loop *loop = calloc(1, sizeof *loop);
    enum status status;

    if (loop == NULL)
        return error_set(error, FATAL, "out of memory for the loop");
    loop->settings = settings;
    status = loop_open(loop, error);
    while (status == OK && !loop_is_over(loop)) /* only here: a batch begun is finished */
        status = loop_turn(loop, error);
    health_ready(settings->health, false, "stopping");
    loop_finish(loop);
    if (status == OK)
        status = loop_account(loop, error);
    loop_done(loop);
    free(loop);
    return status;
}
