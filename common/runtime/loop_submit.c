/*
 * loop_submit.c - a batch that is due goes to its lane; what comes back is believed.
 */
#include "runtime/loop_work.h"

#include "base/clock.h"
#include "runtime/stop.h"

enum { FENCED_RETRY_MS = 3000 }; /* another worker claimed what the broker calls ours */

bool loop_is_busy(struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++)
        if (!lane_is_idle(loop->lanes[i].lane))
            return true;
    return false;
}

bool loop_is_open(const struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++)
        if (!batch_is_empty(loop->lanes[i].filling))
            return true;
    return false;
}

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

enum status loop_submit(struct loop *loop, struct error *error)
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

/* A dropped part may have more in the open batch of its lane: that goes too, and is one loss. */
static void fenced_forget(struct loop *loop, struct loop_lane *lane)
{
    for (size_t i = 0; i < lane->working->part_count; i++) {
        const struct batch_part *lost = &lane->working->parts[i];
        struct batch_part *open = batch_part_find(lane->filling, lost->move.partition);

        if (!lost->dropped || lost->told)
            continue;
        log_warn("partition_fenced", "another worker holds a partition",
                 LOG_INT("partition", lost->move.partition), LOG_INT("epoch", lost->move.epoch));
        loop_metrics_fenced(&loop->metrics);
        if (open != NULL)
            open->dropped = open->told = true;
    }
}

enum status loop_lane_finished(struct loop *loop, struct loop_lane *lane, struct error *error)
{
    enum status status = lane_collect(lane->lane, error);

    if (status == OK) {
        fenced_forget(loop, lane);
        committed(loop, lane);
    } else if (status == RETRY) {
        loop_metrics_retried(&loop->metrics, error);
        log_gate_away(&loop->database_gate, "postgresql", error);
        loop_lane_forget(loop, lane, CLAIM_RETRY_MS); /* claim again, believe what it returns */
        status = OK;
    }
    batch_clear(lane->working);
    loop->settings->ops->extra_clear(lane->working->extra);
    return status;
}

enum status loop_collect(struct loop *loop, struct error *error)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++) {
        enum status status = OK;

        if (lane_is_done(loop->lanes[i].lane))
            status = loop_lane_finished(loop, &loop->lanes[i], error);
        if (status != OK)
            return status;
    }
    return loop_halt_broken(loop, error);
}
