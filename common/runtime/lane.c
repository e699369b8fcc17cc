/*
 * lane.c - see lane.h.
 */
#include "runtime/lane.h"

#include "base/clock.h"
#include "base/log.h"
#include "runtime/backoff.h"
#include "runtime/metric_table.h"
#include "store/batch_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum lane_state { LANE_IDLE, LANE_BUSY, LANE_DONE, LANE_STOPPING };

enum { REFUSALS_MAX = 256 }; /* rows of one batch that only the store refuses */

static const struct backoff_policy retry_policy = {.first_ms = 5, .ceiling_ms = 1000};

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

/* A row had no partition of its day: made outside the transaction, for every day of the batch. */
static enum status days_make(struct lane *lane, struct error *error)
{
    int32_t today = (int32_t)(clock_now_us() / US_PER_DAY);
    enum status status = day_ensure(lane->db, "batch_raw", today, error);

    if (status == OK && lane->settings.ops->days != NULL)
        status = lane->settings.ops->days(lane->batch, lane->db, error);
    return status;
}

static bool partition_is_missing(const struct error *error)
{
    return strcmp(error->code, "23514") == 0 && error->subject[0] == '\0';
}

/* One attempt, and what can be put right at once. */
static enum status lane_attempt(struct lane *lane, struct error *error)
{
    const struct commit_context context = {.ops = lane->settings.ops,
                                           .db = lane->db,
                                           .worker = lane->settings.worker,
                                           .source_name = lane->source_name};
    enum status status = commit_attempt(&context, lane->batch, error);

    if (status == RETRY && partition_is_missing(error)) {
        struct error making;
        enum status made = days_make(lane, &making);

        if (made != OK && made != RETRY) {
            *error = making;
            return made;
        }
    }
    return status;
}

/* True when trying the same batch again can help (3): an unknown outcome or a dead connection
 * cannot, they need a claim. */
static bool may_try_again(const struct lane *lane, enum status status, const struct error *error)
{
    if (status == DUPLICATE || status == REJECT)
        return true;
    return status == RETRY && error->cause != CAUSE_UNKNOWN && !db_is_broken(lane->db);
}

/* DUPLICATE, REJECT: the store found what validate let pass. The worker learns it, so each such
 * attempt takes a refused row off the batch, or looks every row up: progress, with its own end. */
static bool is_refusal(enum status status)
{
    return status == DUPLICATE || status == REJECT;
}

/* Before the next attempt; false: asked to stop while waiting. */
static bool retry_prepare(struct lane *lane, enum status status, const struct error *error,
                          struct backoff *backoff)
{
    if (is_refusal(status)) {
        if (lane->settings.ops->refused != NULL)
            lane->settings.ops->refused(lane->batch, status, error);
        return true;
    }
    if (error->cause == CAUSE_FENCED || partition_is_missing(error))
        return true; /* put right already */
    return backoff_wait(backoff) != BACKOFF_STOPPED;
}

static void attempt_failed(enum status status, const struct error *error)
{
    char class[3] = {error->code[0], error->code[0] == '\0' ? '\0' : error->code[1]};

    if (status != FATAL)
        metric_add(metric_of(METRIC_ATTEMPTS_FAILED,
                             METRIC_LABEL("sqlstate_class", class[0] == '\0' ? "none" : class)),
                   1);
}

static enum status lane_work(struct lane *lane, struct error *error)
{
    struct backoff backoff;
    enum status status = OK;
    int attempts = 0;
    int refusals = 0;

    backoff_init(&backoff, &retry_policy, (uint64_t)clock_monotonic_us());
    while (attempts < lane->settings.attempts_max && refusals < REFUSALS_MAX) {
        status = lane_attempt(lane, error);
        if (status == OK)
            return status;
        attempt_failed(status, error);
        if (!may_try_again(lane, status, error))
            return status;
        attempts += is_refusal(status) ? 0 : 1;
        refusals += is_refusal(status) ? 1 : 0;
        if (!retry_prepare(lane, status, error, &backoff))
            break;
    }
    if (is_refusal(status))
        error->status = status = FATAL; /* no row was to blame: a bug, not data */
    return status;
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
    pthread_condattr_t monotonic;
    enum status status;

    if (lane == NULL)
        return error_set(error, FATAL, "out of memory for a lane");
    lane->settings = *settings;
    status = db_open(&settings->db, error, &lane->db);
    if (status != OK) {
        free(lane);
        return status;
    }
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&lane->mutex, NULL);
    pthread_cond_init(&lane->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
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
    struct timespec deadline;
    bool free_now;
    int answer = 0;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += (time_t)(timeout_ms / 1000);
    deadline.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&lane->mutex);
    while (lane->state == LANE_BUSY && answer == 0)
        answer = pthread_cond_timedwait(&lane->changed, &lane->mutex, &deadline);
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
