/*
 * lane.c - see lane.h.
 */
#include "runtime/lane.h"

#include "base/condition.h"
#include "runtime/attempt.h"

#include <stdlib.h>

enum lane_state { LANE_IDLE, LANE_BUSY, LANE_DONE, LANE_STOPPING };

struct lane {
    struct lane_settings settings;
    struct db *db; /* (1) */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    enum lane_state state; /* under mutex */
    struct batch *batch;
    struct text source_name;
    enum status outcome;
    struct error error;
};

/* ---- the thread ---- */

static enum status lane_work(struct lane *lane, struct error *error)
{
    const struct commit_context context = {.ops = lane->settings.ops,
                                           .db = lane->db,
                                           .worker = lane->settings.worker,
                                           .source_name = lane->source_name};

    return attempt_until_decided(&context, lane->batch, lane->settings.attempts_max, error);
}

static void *lane_thread(void *argument)
{
    struct lane *lane = argument;

    pthread_mutex_lock(&lane->mutex);
    for (;;) {
        while (lane->state != LANE_BUSY && lane->state != LANE_STOPPING)
            pthread_cond_wait(&lane->changed, &lane->mutex);
        if (lane->state == LANE_STOPPING)
            break;
        pthread_mutex_unlock(&lane->mutex);
        lane->outcome = lane_work(lane, &lane->error);
        pthread_mutex_lock(&lane->mutex);
        lane->state = LANE_DONE;
        pthread_cond_broadcast(&lane->changed);
    }
    pthread_mutex_unlock(&lane->mutex);
    return NULL;
}

/* ---- the reading thread's side ---- */

enum status lane_start(const struct lane_settings *settings, struct error *error,
                       struct lane **ret_lane)
{
    struct lane *lane = calloc(1, sizeof *lane);
    enum status status;

    if (lane == NULL)
        return error_set(error, FATAL, "out of memory for a lane");
    lane->settings = *settings;
    status = db_open(&settings->db, error, &lane->db);
    if (status != OK) {
        free(lane);
        return status;
    }
    pthread_mutex_init(&lane->mutex, NULL);
    condition_init(&lane->changed);
    if (pthread_create(&lane->thread, NULL, lane_thread, lane) != 0) {
        db_close(lane->db);
        free(lane);
        return error_set(error, FATAL, "could not start a thread");
    }
    *ret_lane = lane;
    return OK;
}

static enum lane_state lane_state(struct lane *lane)
{
    enum lane_state state;

    pthread_mutex_lock(&lane->mutex);
    state = lane->state;
    pthread_mutex_unlock(&lane->mutex);
    return state;
}

bool lane_is_idle(struct lane *lane)
{
    return lane_state(lane) == LANE_IDLE;
}

bool lane_is_done(struct lane *lane)
{
    return lane_state(lane) == LANE_DONE;
}

bool lane_wait(struct lane *lane, int64_t timeout_ms)
{
    struct timespec deadline = condition_deadline(timeout_ms);
    bool free_now;

    pthread_mutex_lock(&lane->mutex);
    while (lane->state == LANE_BUSY && condition_wait(&lane->changed, &lane->mutex, &deadline))
        continue;
    free_now = lane->state != LANE_BUSY;
    pthread_mutex_unlock(&lane->mutex);
    return free_now;
}

void lane_stop(struct lane *lane)
{
    if (lane == NULL)
        return;
    pthread_mutex_lock(&lane->mutex);
    while (lane->state == LANE_BUSY)
        pthread_cond_wait(&lane->changed, &lane->mutex);
    lane->state = LANE_STOPPING;
    pthread_cond_broadcast(&lane->changed);
    pthread_mutex_unlock(&lane->mutex);
    pthread_join(lane->thread, NULL);
    pthread_mutex_destroy(&lane->mutex);
    pthread_cond_destroy(&lane->changed);
    db_close(lane->db);
    free(lane);
}

enum status lane_db(struct lane *lane, struct error *error, struct db **ret_db)
{
    enum status status = OK;

    assert(lane_state(lane) != LANE_BUSY); /* (1) */
    if (db_is_broken(lane->db))
        status = db_reopen(lane->db, error);
    if (status == OK)
        *ret_db = lane->db;
    return status;
}

void lane_submit(struct lane *lane, struct batch *batch, struct text source_name)
{
    assert_batch_state(batch);
    pthread_mutex_lock(&lane->mutex);
    assert(lane->state == LANE_IDLE);
    lane->batch = batch;
    lane->source_name = source_name;
    lane->state = LANE_BUSY;
    pthread_cond_broadcast(&lane->changed);
    pthread_mutex_unlock(&lane->mutex);
}

enum status lane_collect(struct lane *lane, struct error *ret_error)
{
    enum status outcome;

    pthread_mutex_lock(&lane->mutex);
    assert(lane->state == LANE_DONE);
    lane->state = LANE_IDLE;
    lane->batch = NULL;
    outcome = lane->outcome;
    *ret_error = lane->error;
    pthread_mutex_unlock(&lane->mutex);
    return outcome;
}
