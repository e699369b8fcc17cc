/*
 * loop_read.c - an event of the source into the batch of its lane.
 */
#include "runtime/loop_work.h"

#include "runtime/stop.h"

enum {
    POLL_IDLE_MS = 100, /* nothing is open: wake for housekeeping */
    POLL_BUSY_MS = 2,   /* a lane works: come back to collect it  */
    DRAIN_MAX = 256,    /* records of one turn                    */
};

/* What is wrong with a record before anybody looks into it. */
static enum reason record_refusal(const struct record *record)
{
    static const enum reason of_objection[] = {
        [RECORD_FINE] = REASON_NONE,
        [RECORD_DELIVERED_OFTEN] = REASON_NONE, /* decoded all the same: record_decode */
        [RECORD_DELIVERED_TOO_OFTEN] = REASON_DELIVERED_TOO_OFTEN,
        [RECORD_WITHOUT_ID] = REASON_MESSAGE_ID_MISSING,
    };

    assert((size_t)record->objection < COUNT_OF(of_objection));
    if (of_objection[record->objection] != REASON_NONE)
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
    if (record->objection == RECORD_DELIVERED_OFTEN)
        batch_doubt(batch, REASON_DELIVERED_TOO_OFTEN);
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
    case SOURCE_OUT_OF_RANGE: return loop_out_of_range(loop, event->partition, error);
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

static int poll_timeout_ms(struct loop *loop)
{
    if (loop->source_has_more)
        return 0;
    if (loop_is_busy(loop) || loop_is_open(loop))
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

void loop_give_back(struct loop *loop)
{
    if (loop->stalled)
        source_release(loop->settings->source);
    loop->stalled = false;
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

enum status loop_read(struct loop *loop, struct error *error)
{
    struct loop_lane *blocked = lane_in_the_way(loop);

    if (blocked != NULL) {
        lane_wait(blocked->lane, LANE_WAIT_MS);
        return OK;
    }
    return loop->stalled ? loop_unstall(loop, error) : loop_drain(loop, error);
}
