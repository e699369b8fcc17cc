/*
 * lane.c - the door of runtime/lane.h with a task of the scheduler in place of the thread.
 *
 * What decides (attempt.c, commit.c) is the real code; a thread, its mutex and its condition are
 * not. A lane leaves IDLE and comes back to it only by calls of its reader, so lane_is_idle is no
 * seam: nothing can happen between two of them.
 */
#include "runtime/lane.h"

#include "runtime/attempt.h"
#include "workers.h"

#include <stdlib.h>

enum lane_state { LANE_IDLE, LANE_BUSY, LANE_DONE, LANE_STOPPING, LANE_ENDED };

enum { LONG_US = 1000 * 1000 * MS };

struct lane {
    struct lane_settings settings;
    struct db *db;
    struct task *task;
    struct task *reader;
    enum lane_state state;
    struct batch *batch;
    struct text source_name;
    size_t lost; /* parts of its batch that are dropped: at first, before it was submitted */
    enum status outcome;
    struct error error;
};

static size_t parts_dropped(const struct batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->part_count; i++)
        count += batch->parts[i].dropped ? 1 : 0;
    return count;
}

static void lane_work(struct lane *lane)
{
    const struct commit_context context = {.ops = lane->settings.ops,
                                           .db = lane->db,
                                           .worker = lane->settings.worker,
                                           .source_name = lane->source_name};

    lane->outcome =
        attempt_until_decided(&context, lane->batch, lane->settings.attempts_max, &lane->error);
    lane->state = LANE_DONE;
    task_wake(lane->reader);
}

static void lane_main(void *argument)
{
    struct lane *lane = argument;

    while (lane->state != LANE_STOPPING) {
        if (lane->state == LANE_BUSY)
            lane_work(lane);
        else
            task_sleep_us(LONG_US);
    }
    lane->state = LANE_ENDED;
    task_wake(lane->reader);
}

enum status lane_start(const struct lane_settings *settings, struct error *error,
                       struct lane **ret_lane)
{
    struct lane *lane = calloc(1, sizeof *lane);
    enum status status;

    assert(lane != NULL);
    lane->settings = *settings;
    lane->reader = task_current();
    status = db_open(&settings->db, error, &lane->db);
    if (status != OK) {
        free(lane);
        return status;
    }
    lane->task = task_start(task_worker(), lane_main, lane);
    *ret_lane = lane;
    return OK;
}

bool lane_is_idle(struct lane *lane)
{
    return lane->state == LANE_IDLE;
}

bool lane_is_done(struct lane *lane)
{
    seam("lane_is_done");
    return lane->state == LANE_DONE;
}

bool lane_wait(struct lane *lane, int64_t timeout_ms)
{
    seam("lane_wait");
    if (lane->state == LANE_BUSY)
        task_sleep_us(timeout_ms * MS);
    return lane->state != LANE_BUSY;
}

void lane_stop(struct lane *lane)
{
    if (lane == NULL)
        return;
    while (lane->state == LANE_BUSY)
        task_sleep_us(LONG_US);
    lane->state = LANE_STOPPING;
    task_wake(lane->task);
    while (lane->state != LANE_ENDED)
        task_sleep_us(LONG_US);
    db_close(lane->db);
    free(lane);
}

enum status lane_db(struct lane *lane, struct error *error, struct db **ret_db)
{
    enum status status = OK;

    assert(lane->state != LANE_BUSY); /* (1) of lane.h */
    if (db_is_broken(lane->db))
        status = db_reopen(lane->db, error);
    if (status == OK)
        *ret_db = lane->db;
    return status;
}

void lane_submit(struct lane *lane, struct batch *batch, struct text source_name)
{
    assert_batch_state(batch);
    assert(lane->state == LANE_IDLE);
    lane->batch = batch;
    lane->lost = parts_dropped(batch);
    lane->source_name = source_name;
    lane->state = LANE_BUSY;
    task_wake(lane->task);
    seam("lane_submit");
}

enum status lane_collect(struct lane *lane, struct error *ret_error)
{
    seam("lane_collect");
    assert(lane->state == LANE_DONE);
    lane->state = LANE_IDLE;
    if (lane->outcome == OK)
        world.lost_parts += (int64_t)(parts_dropped(lane->batch) - lane->lost);
    lane->batch = NULL;
    *ret_error = lane->error;
    return lane->outcome;
}
