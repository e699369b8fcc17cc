/*
 * attempt.c - see attempt.h.
 */
#include "runtime/attempt.h"

#include "base/clock.h"
#include "runtime/backoff.h"
#include "runtime/metric_table.h"
#include "store/batch_store.h"

#include <string.h>

enum { REFUSALS_MAX = 256 }; /* rows of one batch that only the store refuses */

static const struct backoff_policy retry_policy = {.first_ms = 5, .ceiling_ms = 1000};

/* A row had no partition of its day: made outside the transaction, for every day of the batch. */
static enum status days_make(const struct commit_context *context, const struct batch *batch,
                             struct error *error)
{
    int32_t today = (int32_t)(clock_now_us() / US_PER_DAY);
    enum status status = day_ensure(context->db, "batch_raw", today, error);

    if (status == OK && context->ops->days != NULL)
        status = context->ops->days(batch, context->db, error);
    return status;
}

static bool partition_is_missing(const struct error *error)
{
    return strcmp(error->code, "23514") == 0 && error->subject[0] == '\0';
}

/* One attempt, and what can be put right at once. */
static enum status attempt_once(const struct commit_context *context, struct batch *batch,
                                struct error *error)
{
    enum status status = commit_attempt(context, batch, error);

    if (status == RETRY && partition_is_missing(error)) {
        struct error making;
        enum status made = days_make(context, batch, &making);

        if (made != OK && made != RETRY) {
            *error = making;
            return made;
        }
    }
    return status;
}

/* (2): an unknown outcome or a dead connection need a claim. */
static bool may_try_again(const struct commit_context *context, enum status status,
                          const struct error *error)
{
    if (status == DUPLICATE || status == REJECT)
        return true;
    return status == RETRY && error->cause != CAUSE_UNKNOWN && !db_is_broken(context->db);
}

/* DUPLICATE, REJECT: the store found what validate let pass. The worker learns it, so each such
 * attempt takes a refused row off the batch, or looks every row up: progress, with its own end. */
static bool is_refusal(enum status status)
{
    return status == DUPLICATE || status == REJECT;
}

/* Before the next attempt; false: asked to stop while waiting. */
static bool retry_prepare(const struct commit_context *context, struct batch *batch,
                          enum status status, const struct error *error, struct backoff *backoff)
{
    if (is_refusal(status)) {
        if (context->ops->refused != NULL)
            context->ops->refused(batch, status, error);
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

enum status attempt_until_decided(const struct commit_context *context, struct batch *batch,
                                  int attempts_max, struct error *error)
{
    struct backoff backoff;
    enum status status = OK;
    int attempts = 0;
    int refusals = 0;

    backoff_init(&backoff, &retry_policy, (uint64_t)clock_monotonic_us());
    while (attempts < attempts_max && refusals < REFUSALS_MAX) {
        status = attempt_once(context, batch, error);
        if (status == OK)
            return status;
        attempt_failed(status, error);
        if (!may_try_again(context, status, error))
            return status;
        attempts += is_refusal(status) ? 0 : 1;
        refusals += is_refusal(status) ? 1 : 0;
        if (!retry_prepare(context, batch, status, error, &backoff))
            break;
    }
    if (is_refusal(status))
        error->status = status = FATAL; /* no row was to blame: a bug, not data */
    return status;
}
