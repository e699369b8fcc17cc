/*
 * source.c - see source.h.
 */
#include "source.h"

#include "model.h"

#include <stdlib.h>

enum { MEMBERS_MAX = 256, SESSION_US = 3000 * MS, LATE_MOST_US = 5000 * MS, FETCH_US = 200 };

struct reading {
    bool assigned; /* ours, as we know it         */
    bool active;   /* source_assign named it (1)  */
    bool end_told;
    int64_t next;
};

struct member {
    struct source source;
    int worker;
    bool dead;
    bool in_group;
    int64_t seen_at_us; /* its last poll */
    bool noticed;       /* a rebalance waits to be told, from notice_at_us on */
    int64_t notice_at_us;
    bool revoked; /* told REVOKED, ASSIGNED follows */
    bool given[SIM_PARTITIONS_MAX];
    struct reading readings[SIM_PARTITIONS_MAX];
    char *held; /* bytes of the record that is out */
    size_t held_size;
};

static struct {
    struct member *members[MEMBERS_MAX];
    size_t count;
    int64_t away_until_us;
    int64_t foreign_until_us;
} broker;

void group_begin(void)
{
    memset(&broker, 0, sizeof broker);
}

/* ---- the group ---- */

static void member_give(struct member *member, const bool *given)
{
    memcpy(member->given, given, sizeof member->given);
    member->noticed = true;
    member->notice_at_us =
        world.now_us + (fault_strikes(FAULT_NOTICE_LATE) ? chance_us(MS, LATE_MOST_US) : 0);
}

void group_rebalance(void)
{
    struct member *live[MEMBERS_MAX];
    size_t count = 0;
    size_t shift;

    for (size_t i = 0; i < broker.count; i++)
        if (broker.members[i]->in_group)
            live[count++] = broker.members[i];
    if (count == 0)
        return;
    shift = chance(count);
    for (size_t i = 0; i < count; i++) {
        bool given[SIM_PARTITIONS_MAX] = {false};

        for (size_t p = 0; p < (size_t)world.partition_count; p++)
            given[p] = (p + shift) % count == i;
        member_give(live[i], given);
    }
    trace("- rebalance of %zu", count);
}

static bool session_is_over(const struct member *member)
{
    return member->in_group && world.now_us - member->seen_at_us >= SESSION_US;
}

void group_turn(void)
{
    bool changed = false;

    for (size_t i = 0; i < broker.count; i++) {
        struct member *member = broker.members[i];
        bool stopped = member->dead || world.workers[member->worker].paused_until_us > world.now_us;

        if (stopped && session_is_over(member)) {
            member->in_group = false;
            changed = true;
        }
    }
    if (changed)
        group_rebalance();
}

int64_t group_next_us(void)
{
    int64_t next_us = INT64_MAX;

    for (size_t i = 0; i < broker.count; i++)
        if (broker.members[i]->dead && broker.members[i]->in_group &&
            broker.members[i]->seen_at_us + SESSION_US < next_us)
            next_us = broker.members[i]->seen_at_us + SESSION_US;
    return next_us;
}

void member_died(struct member *member)
{
    if (member != NULL)
        member->dead = true;
}

void group_heal(void)
{
    broker.away_until_us = 0;
    broker.foreign_until_us = 0;
    for (size_t i = 0; i < broker.count; i++)
        if (broker.members[i]->dead)
            broker.members[i]->in_group = false;
    group_rebalance();
}

/* ---- what the broker has ---- */

static int64_t broker_high(int32_t partition)
{
    int64_t offset = producer.low[partition];
    const struct produced *record;

    while ((record = produced_from(partition, offset)) != NULL &&
           record->visible_us <= world.now_us)
        offset = record->offset + 1;
    return record == NULL ? producer.end[partition] : offset;
}

static bool broker_is_away(void)
{
    if (fault_strikes(FAULT_BROKER_AWAY))
        broker.away_until_us = world.now_us + chance_us(10 * MS, 2000 * MS);
    return broker.away_until_us > world.now_us;
}

/* ---- polling ---- */

static struct reading *reading_choose(struct member *member, int32_t *ret_partition)
{
    int32_t from = (int32_t)chance((uint64_t)world.partition_count);

    for (int32_t i = 0; i < world.partition_count; i++) {
        *ret_partition = (from + i) % world.partition_count;
        if (member->readings[*ret_partition].active)
            return &member->readings[*ret_partition];
    }
    return NULL;
}

/* Its position has passed it: what is wrong with its bytes can do no harm but to be noticed. */
static bool is_applied(const struct produced *record)
{
    return record->offset < store.positions[record->partition].row.next_offset;
}

static struct text held_put(struct member *member, size_t at, struct text bytes)
{
    if (bytes.data == NULL)
        return bytes;
    memcpy(member->held + at, bytes.data, bytes.size);
    return (struct text){member->held + at, bytes.size};
}

static void record_deliver(struct member *member, const struct produced *record,
                           struct source_event *event)
{
    member->held_size = record->key.size + record->value.size + 1;
    member->held = malloc(member->held_size);
    assert(member->held != NULL);
    *event = (struct source_event){.kind = SOURCE_RECORD,
                                   .partition = record->partition,
                                   .offset = record->offset,
                                   .record = {.partition = record->partition,
                                              .offset = record->offset,
                                              .timestamp_ms = record->timestamp_ms,
                                              .key = held_put(member, 0, record->key),
                                              .value = held_put(member, record->key.size,
                                                                record->value)}};
    if (record->value.size > 0 && is_applied(record) && fault_strikes(FAULT_ANCHOR_FOREIGN))
        member->held[record->key.size] ^= 0x55;
    trace("%d receives %d/%lld", member->worker, record->partition, (long long)record->offset);
}

/* The next record of the reading; or one before it, once more. */
static const struct produced *record_next(struct reading *reading, int32_t partition)
{
    const struct produced *record = produced_from(partition, reading->next);

    if (fault_strikes(FAULT_DELIVERED_AGAIN)) {
        int64_t back = reading->next - (int64_t)chance(4);
        const struct produced *again = produced_from(partition, back);

        if (again != NULL && again->offset < reading->next)
            return again;
    }
    if (record == NULL || record->visible_us > world.now_us)
        return NULL;
    reading->next = record->offset + 1;
    if (world.plant == PLANT_RECORD_SKIPPED && chance(50) == 0)
        return record_next(reading, partition);
    return record;
}

static bool end_tell(struct reading *reading, int32_t partition, struct source_event *event)
{
    int64_t high = broker_high(partition);

    if (reading->end_told && reading->next >= high)
        return false;
    reading->end_told = true;
    if (high > reading->next)
        state_reached(STATE_CONTROL_PASSED, 1);
    reading->next = high > reading->next ? high : reading->next;
    *event = (struct source_event){.kind = SOURCE_END, .partition = partition, .offset = high};
    return true;
}

static bool reading_poll(struct member *member, struct source_event *event)
{
    int32_t partition = 0;
    struct reading *reading = reading_choose(member, &partition);
    const struct produced *record;

    if (reading == NULL)
        return false;
    if (fault_strikes(FAULT_OUT_OF_RANGE)) {
        *event = (struct source_event){.kind = SOURCE_OUT_OF_RANGE, .partition = partition};
        return true;
    }
    record = record_next(reading, partition);
    if (record == NULL)
        return end_tell(reading, partition, event);
    reading->end_told = false;
    record_deliver(member, record, event);
    return true;
}

static void member_take(struct member *member)
{
    for (size_t p = 0; p < SIM_PARTITIONS_MAX; p++)
        member->readings[p] = (struct reading){.assigned = member->given[p]};
    member->noticed = false;
    member->revoked = false;
}

static bool notice_poll(struct member *member, struct source_event *event)
{
    if (!member->in_group) { /* expelled while it did not poll: joins again */
        member->in_group = true;
        group_rebalance();
    }
    if (!member->noticed || member->notice_at_us > world.now_us)
        return false;
    if (!member->revoked && fault_strikes(FAULT_REVOKED_FIRST)) {
        memset(member->readings, 0, sizeof member->readings);
        member->revoked = true;
        *event = (struct source_event){.kind = SOURCE_REVOKED};
        return true;
    }
    member_take(member);
    *event = (struct source_event){.kind = SOURCE_ASSIGNED};
    return true;
}

static void poll_faults(const struct member *member)
{
    if (fault_strikes(FAULT_REBALANCE))
        group_rebalance();
    if (fault_strikes(FAULT_STOP))
        world.workers[member->worker].stop = true;
}

static enum status sim_poll(struct source *source, int timeout_ms, struct source_event *ret_event,
                            struct error *error)
{
    struct member *member = (struct member *)source;

    (void)error;
    assert(member->held == NULL); /* the last one was released */
    seam("poll");
    member->seen_at_us = world.now_us;
    poll_faults(member);
    *ret_event = (struct source_event){.kind = SOURCE_IDLE};
    if (notice_poll(member, ret_event))
        return OK;
    if (broker_is_away()) {
        ret_event->kind = SOURCE_AWAY;
        error_set(&ret_event->error, RETRY, "the broker cannot be reached");
        task_sleep_us((int64_t)timeout_ms * MS + FETCH_US);
        return OK;
    }
    if (!reading_poll(member, ret_event))
        task_sleep_us((int64_t)timeout_ms * MS + FETCH_US);
    return OK;
}

static void sim_release(struct source *source)
{
    struct member *member = (struct member *)source;

    assert(member->held != NULL);
    memset(member->held, 0xee, member->held_size); /* (3) */
    free(member->held);
    member->held = NULL;
}

static size_t sim_partitions(struct source *source, int32_t *partitions, size_t max)
{
    const struct member *member = (const struct member *)source;
    size_t count = 0;

    for (int32_t p = 0; p < world.partition_count && count < max; p++)
        if (member->readings[p].assigned)
            partitions[count++] = p;
    return count;
}

static enum status sim_assign(struct source *source, const struct source_start *starts,
                              size_t count, struct error *error)
{
    struct member *member = (struct member *)source;

    seam("assign");
    state_reached(STATE_ASSIGNED_STALLED, member->held != NULL ? 1 : 0);
    if (fault_strikes(FAULT_ASSIGN_REFUSED)) {
        state_reached(STATE_REFUSED_STALLED, member->held != NULL ? 1 : 0);
        return error_set(error, RETRY, "could not assign partitions");
    }
    for (size_t p = 0; p < SIM_PARTITIONS_MAX; p++)
        member->readings[p].active = false;
    for (size_t i = 0; i < count; i++) {
        struct reading *reading = &member->readings[starts[i].partition];

        assert(reading->assigned && starts[i].offset >= producer.low[starts[i].partition]);
        reading->active = true;
        reading->end_told = false;
        reading->next = starts[i].offset;
    }
    return OK;
}

static enum status sim_identify(struct source *source, struct source_identity *ret_identity,
                                struct error *error)
{
    (void)source;
    seam("identify");
    if (broker_is_away())
        return error_set(error, RETRY, "the broker cannot be reached");
    *ret_identity = (struct source_identity){.kind = "KAFKA",
                                             .cluster_id = "sim",
                                             .topic = "events",
                                             .partition_count = world.partition_count};
    return OK;
}

static enum status sim_range(struct source *source, int32_t partition, int64_t *ret_low,
                             int64_t *ret_high, struct error *error)
{
    (void)source;
    seam("range");
    if (broker_is_away())
        return error_set(error, RETRY, "the broker cannot be reached");
    if (fault_strikes(FAULT_RANGE_FOREIGN))
        broker.foreign_until_us = world.now_us + 200 * MS;
    *ret_low = producer.low[partition];
    *ret_high = broker.foreign_until_us > world.now_us ? *ret_low : broker_high(partition);
    return OK;
}

static int64_t sim_high(struct source *source, int32_t partition)
{
    (void)source;
    return broker_high(partition);
}

/* (4) */
static void sim_hint(struct source *source, int32_t partition, int64_t next_offset)
{
    (void)source;
    if (next_offset > store.positions[partition].row.next_offset)
        violation("I4", "partition %d: the broker is told %lld before it is committed", partition,
                  (long long)next_offset);
}

static void sim_close(struct source *source)
{
    struct member *member = (struct member *)source;

    member->dead = true;
    if (member->in_group) {
        member->in_group = false;
        group_rebalance();
    }
}

static const struct source_ops sim_ops = {.rereads = true,
                                          .poll = sim_poll,
                                          .release = sim_release,
                                          .partitions = sim_partitions,
                                          .assign = sim_assign,
                                          .identify = sim_identify,
                                          .range = sim_range,
                                          .high = sim_high,
                                          .hint = sim_hint,
                                          .close = sim_close};

struct member *member_join(int worker)
{
    struct member *member = calloc(1, sizeof *member);

    assert(member != NULL && broker.count < MEMBERS_MAX);
    member->source.ops = &sim_ops;
    member->worker = worker;
    member->in_group = true;
    member->seen_at_us = world.now_us;
    broker.members[broker.count++] = member;
    group_rebalance();
    return member;
}

struct source *member_source(struct member *member)
{
    return &member->source;
}
