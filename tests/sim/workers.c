/*
 * workers.c - see workers.h.
 */
#include "workers.h"

#include "base/clock.h"
#include "runtime/backoff.h"
#include "runtime/loop.h"
#include "source.h"
#include "store.h"

#include <stdio.h>
#include <stdlib.h>

enum { RESTART_MOST_US = 4000 * MS, LOCK_TIMEOUT_MS = 2000, NAME_SIZE = 32 };

static bool ending;

/* As stream.c: a server that is away at the start is waited for, with the same source. */
static void loop_until_stopped(const struct loop_settings *settings)
{
    struct backoff backoff;
    struct error error;
    enum status status;

    backoff_init(&backoff, &backoff_default, (uint64_t)clock_monotonic_us());
    for (;;) {
        status = loop_run(settings, &error);
        if (status == OK)
            return;
        if (status != RETRY)
            violation("I8", "a worker ended with %s: %s; %s", status_name(status), error.primary,
                      error.detail);
        state_reached(STATE_LOOP_RESTARTS, 1);
        if (backoff_wait(&backoff) != BACKOFF_AGAIN)
            return;
    }
}

static void worker_main(void *argument)
{
    struct sim_worker *worker = argument;
    char name[NAME_SIZE];
    struct loop_settings settings =
        {.ops = &toy_ops,
         .source = member_source(worker->member),
         .db = {.dsn = "sim", .application = "sim", .lock_timeout_ms = LOCK_TIMEOUT_MS},
         .worker = name,
         .limits = {.records_max = 1 + (size_t)(world.seed % 12), .bytes_max = 1 << 20},
         .lane_count = world.lane_count,
         .linger_ms = 1 + (int64_t)(world.seed % 500),
         .scope = "sim"};

    snprintf(name, sizeof name, "worker-%d", worker->index);
    loop_until_stopped(&settings);
    source_close(settings.source);
    store_worker_died(worker->index);
    state_reached(STATE_CLEAN_STOPS, 1);
    trace("%d has stopped", worker->index);
    worker->alive = false;
    worker->ended = ending;
    worker->restart_at_us = world.now_us + chance_us(MS, RESTART_MOST_US);
}

static void worker_start(struct sim_worker *worker)
{
    worker->alive = true;
    worker->stop = ending;
    worker->incarnation++;
    worker->member = member_join(worker->index);
    task_start(worker->index, worker_main, worker);
    trace("%d starts", worker->index);
}

void workers_begin(void)
{
    ending = false;
    for (size_t i = 0; i < world.worker_count; i++)
        world.workers[i] =
            (struct sim_worker){.index = (int)i,
                                .restart_at_us = world.now_us + chance_us(0, 500 * MS)};
}

void workers_turn(void)
{
    for (size_t i = 0; i < world.worker_count; i++) {
        struct sim_worker *worker = &world.workers[i];

        if (!worker->alive && !worker->ended && worker->restart_at_us <= world.now_us)
            worker_start(worker);
    }
}

int64_t workers_next_us(void)
{
    int64_t next_us = INT64_MAX;

    for (size_t i = 0; i < world.worker_count; i++) {
        const struct sim_worker *worker = &world.workers[i];

        if (!worker->alive && !worker->ended && worker->restart_at_us < next_us)
            next_us = worker->restart_at_us;
    }
    return next_us;
}

void worker_crash(int index)
{
    struct sim_worker *worker = &world.workers[index];

    trace("%d crashes", index);
    worker->alive = false;
    worker->restart_at_us = world.now_us + chance_us(MS, RESTART_MOST_US);
    store_worker_died(index);
    member_died(worker->member);
    tasks_abandon(index);
}

void workers_heal(void)
{
    for (size_t i = 0; i < world.worker_count; i++)
        world.workers[i].paused_until_us = 0;
}

void workers_ask_to_stop(void)
{
    ending = true;
    for (size_t i = 0; i < world.worker_count; i++) {
        world.workers[i].stop = true;
        world.workers[i].ended = !world.workers[i].alive;
    }
}

bool workers_have_ended(void)
{
    for (size_t i = 0; i < world.worker_count; i++)
        if (!world.workers[i].ended)
            return false;
    return true;
}
