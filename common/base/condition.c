/*
 * condition.c - see condition.h.
 */
#include "base/condition.h"

enum { NS_PER_MS = 1000 * 1000, NS_PER_SECOND = 1000 * NS_PER_MS };

void condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

struct timespec condition_deadline(int64_t wait_ms)
{
    struct timespec deadline;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += (time_t)(wait_ms / 1000);
    deadline.tv_nsec += (long)(wait_ms % 1000) * NS_PER_MS;
    if (deadline.tv_nsec >= NS_PER_SECOND) {
        deadline.tv_sec++;
        deadline.tv_nsec -= NS_PER_SECOND;
    }
    return deadline;
}

bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                    const struct timespec *deadline)
{
    return pthread_cond_timedwait(condition, mutex, deadline) == 0;
}
