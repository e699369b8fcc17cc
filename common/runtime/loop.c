/*
 * loop.c - see loop.h: the turn, the housekeeping, beginning and end.
 */
#include "runtime/loop_work.h"

#include "base/clock.h"
#include "runtime/stop.h"
#include "store/horizon.h"

#include <stdlib.h>
#include <string.h>

enum {
    LANE_ATTEMPTS_MAX = 12,
    REFRESH_MS = 1000,
    HORIZON_MS = 10000,
    SOURCE_NAME_MAX = 1024,
};

/* The reading thread waits here: short, so that lanes are collected meanwhile. */
static const struct backoff_policy stall_policy = {.first_ms = 20, .ceiling_ms = 500};

static enum status key_refresh(struct loop *loop, struct error *error)
{
    int32_t month = month_of_day((int32_t)(clock_now_us() / US_PER_DAY));

    if (loop->key.key_id > 0 && (loop->key.month == month || loop_is_busy(loop)))
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

static enum status loop_tick(struct loop *loop, struct error *error)
{
    int64_t now_us = clock_monotonic_us();
    enum status status;

    health_beat(loop->settings->health);
    loop_watch_parked(loop, now_us);
    if (loop_is_open(loop) || loop_is_busy(loop) || !loop->assigned)
        loop->idle_since_us = now_us;
    if (now_us < loop->refresh_at_us)
        return OK;
    loop->refresh_at_us = now_us + REFRESH_MS * 1000;
    loop_metrics_partitions(&loop->metrics, loop->settings->source, &loop->partitions);
    status = loop_refresh(loop, error);
    if (status == OK)
        status = loop_watch_halted(loop, error);
    if (status == OK)
        status = loop_watch_pins(loop, error);
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

/* Finishes what is in flight and gives the positions back. */
static void loop_finish(struct loop *loop)
{
    struct error ignored;

    loop_give_back(loop);
    for (size_t i = 0; i < loop->settings->lane_count; i++) {
        struct loop_lane *lane = &loop->lanes[i];

        if (lane->lane == NULL)
            continue;
        loop_lane_await(loop, lane);
        if (lane_is_done(lane->lane) && loop_lane_finished(loop, lane, &ignored) != OK)
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

        if (partition->state != PARTITION_HALTED && partition->state != PARTITION_WAITING)
            continue;
        if (partition->state == PARTITION_HALTED) {
            error_set(error, FATAL, "a partition is halted: not everything was read");
            error_detail(error, "partition %d: %s", partition->number,
                         partition->position.halt_reason);
            error_hint(error, "an operator must look: sawa status");
        } else {
            error_set(error, FATAL, "a partition could not be claimed: not everything was read");
            error_detail(error, "partition %d", partition->number);
            error_hint(error, "the log says what was away; run it again");
        }
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
