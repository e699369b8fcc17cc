/*
 * loop_halt.c - when a partition stops, why, and how it goes on.
 */
#include "runtime/loop_work.h"

enum status loop_halt(struct loop *loop, struct partition *partition, const char *reason,
                      struct error *error)
{
    struct loop_lane *lane = loop_lane_of(loop, partition->number);
    struct db *db = NULL;
    enum status status;

    loop_lane_await(loop, lane);
    status = lane_db(lane->lane, error, &db);
    if (status == OK)
        status = position_halt(db, &partition->position, reason, error);
    if (status == FATAL)
        return status;
    loop_lane_forget(loop, lane, 0); /* the claim finds the halt in the row */
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

enum status loop_out_of_range(struct loop *loop, int32_t number, struct error *error)
{
    struct partition *partition = partitions_find(&loop->partitions, number);

    if (partition == NULL || partition->state != PARTITION_ACTIVE)
        return OK;
    return loop_halt(loop, partition, out_of_range_reason(loop, partition), error);
}

void loop_broken(struct loop *loop, const struct source_event *event)
{
    const struct partition *partition = partitions_find(&loop->partitions, event->partition);

    if (partition == NULL || partition->state != PARTITION_ACTIVE)
        return;
    loop->broken.reason = event->reason;
    loop->broken.partition = partition->number;
    loop->broken.epoch = partition->position.epoch;
}

/* What was read before the damage counts: its batches go first. */
enum status loop_halt_broken(struct loop *loop, struct error *error)
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

void loop_watch_parked(struct loop *loop, int64_t now_us)
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
        loop_claimed_log(partition);
    return status;
}

enum status loop_halt_due(struct loop *loop, struct error *error, bool *ret_changed)
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

static size_t halted_collect(struct loop *loop, int32_t *numbers)
{
    size_t count = 0;

    for (size_t i = 0; i < loop->partitions.count; i++)
        if (loop->partitions.list[i].state == PARTITION_HALTED)
            numbers[count++] = loop->partitions.list[i].number;
    return count;
}

enum status loop_watch_halted(struct loop *loop, struct error *error)
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

enum status loop_watch_pins(struct loop *loop, struct error *error)
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
    if (!glance.there) /* expired, or the topic is shorter now? a claim asks for the range */
        loop_lane_forget(loop, loop_lane_of(loop, partition->number), 0);
    else if (partition_pin_differs(partition, &glance))
        return loop_halt(loop, partition, "anchor_differs", error);
    return OK;
}
