/*
 * loop_claim.c - which partitions are ours, and from where they are read.
 */
#include "runtime/loop_work.h"

#include "base/clock.h"

void loop_lane_await(struct loop *loop, struct loop_lane *lane)
{
    while (!lane_wait(lane->lane, LANE_WAIT_MS))
        health_beat(loop->settings->health);
}

void loop_lane_forget(struct loop *loop, struct loop_lane *lane, int64_t wait_ms)
{
    loop_lane_await(loop, lane);
    batch_clear(lane->filling);
    loop->settings->ops->extra_clear(lane->filling->extra);
    for (size_t i = 0; i < loop->partitions.count; i++)
        if (loop_lane_of(loop, loop->partitions.list[i].number) == lane)
            partition_drop(&loop->partitions.list[i], wait_ms);
}

static void lanes_forget(struct loop *loop)
{
    for (size_t i = 0; i < loop->settings->lane_count; i++)
        loop_lane_forget(loop, &loop->lanes[i], 0);
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

void loop_claimed_log(const struct partition *partition)
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
    loop_claimed_log(partition);
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

enum status loop_claim(struct loop *loop, struct error *error)
{
    bool changed = false;
    enum status status = loop_halt_due(loop, error, &changed);

    if (status == OK)
        status = loop_claims(loop, error, &changed);
    return status == OK && changed ? loop_assign(loop, error) : status;
}

void loop_take_partitions(struct loop *loop)
{
    int32_t numbers[BATCH_PART_MAX];
    size_t count = source_partitions(loop->settings->source, numbers, BATCH_PART_MAX);

    partitions_set(&loop->partitions, numbers, count);
}

void loop_assigned(struct loop *loop)
{
    lanes_forget(loop);
    loop_metrics_forget(&loop->metrics, &loop->partitions);
    loop_take_partitions(loop);
    loop->registered = false; /* the topic may have been made anew */
    loop->assigned = true;
    log_info("partitions_assigned", "the broker assigned partitions",
             LOG_INT("partitions", (int64_t)loop->partitions.count));
}

void loop_revoked(struct loop *loop)
{
    lanes_forget(loop);
    loop_metrics_forget(&loop->metrics, &loop->partitions);
    partitions_clear(&loop->partitions);
    loop->assigned = false;
    log_info("partitions_revoked", "the broker took the partitions back");
}

void loop_superseded(struct loop *loop)
{
    lanes_forget(loop);
    loop_take_partitions(loop);
    loop->registered = false;
    log_info("source_superseded", "a new generation of the topic was opened; claiming it");
}
