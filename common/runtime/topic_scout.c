/*
 * topic_scout.c - see topic_scout.h.
 */
#include "runtime/topic_scout.h"

#include "base/condition.h"

#include <stdlib.h>

enum { SCOUT_RETRY_MS = 1000, SCOUT_STOP_MS = 1000 };

struct topic_scout {
    struct source *source;
    int64_t every_ms;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool stopping; /* under mutex, as what follows */
    bool ended;
    bool known;
    struct source_identity identity;
};

static void scout_wait(struct topic_scout *scout, int64_t wait_ms)
{
    struct timespec deadline = condition_deadline(wait_ms);

    while (!scout->stopping && condition_wait(&scout->changed, &scout->mutex, &deadline))
        continue;
}

static void *scout_thread(void *argument)
{
    struct topic_scout *scout = argument;
    struct source_identity identity;
    struct error away; /* who reads the source hears of it too, and says it */

    pthread_mutex_lock(&scout->mutex);
    while (!scout->stopping) {
        enum status status;

        pthread_mutex_unlock(&scout->mutex);
        status = source_identify(scout->source, &identity, &away);
        pthread_mutex_lock(&scout->mutex);
        if (status == OK) {
            scout->identity = identity;
            scout->known = true;
        }
        scout_wait(scout, status == OK ? scout->every_ms : SCOUT_RETRY_MS);
    }
    scout->ended = true;
    pthread_cond_broadcast(&scout->changed);
    pthread_mutex_unlock(&scout->mutex);
    return NULL;
}

enum status topic_scout_start(struct source *source, int64_t every_ms, struct error *error,
                              struct topic_scout **ret_scout)
{
    struct topic_scout *scout = calloc(1, sizeof *scout);

    if (scout == NULL)
        return error_set(error, FATAL, "out of memory for a thread that asks for the topic");
    scout->source = source;
    scout->every_ms = every_ms;
    pthread_mutex_init(&scout->mutex, NULL);
    condition_init(&scout->changed);
    if (pthread_create(&scout->thread, NULL, scout_thread, scout) != 0) {
        free(scout);
        return error_set(error, FATAL, "could not start a thread");
    }
    *ret_scout = scout;
    return OK;
}

bool topic_scout_latest(struct topic_scout *scout, struct source_identity *ret_identity)
{
    bool known;

    pthread_mutex_lock(&scout->mutex);
    known = scout->known;
    if (known)
        *ret_identity = scout->identity;
    pthread_mutex_unlock(&scout->mutex);
    return known;
}

bool topic_scout_stop(struct topic_scout *scout)
{
    struct timespec deadline = condition_deadline(SCOUT_STOP_MS);
    bool ended;

    if (scout == NULL)
        return true;
    pthread_mutex_lock(&scout->mutex);
    scout->stopping = true;
    pthread_cond_broadcast(&scout->changed);
    while (!scout->ended && condition_wait(&scout->changed, &scout->mutex, &deadline))
        continue;
    ended = scout->ended;
    pthread_mutex_unlock(&scout->mutex);
    if (!ended) {
        pthread_detach(scout->thread); /* it keeps its memory */
        return false;
    }
    pthread_join(scout->thread, NULL);
    pthread_mutex_destroy(&scout->mutex);
    pthread_cond_destroy(&scout->changed);
    free(scout);
    return true;
}
