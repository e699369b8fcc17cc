/*
 * condition.h - condition variables that wait by the monotonic clock.
 *
 *   condition_init(&thing->changed);
 *   deadline = condition_deadline(wait_ms);
 *   pthread_mutex_lock(&thing->mutex);
 *   while (!thing->ready && condition_wait(&thing->changed, &thing->mutex, &deadline))
 *       continue;
 *
 * A deadline is made once, so that waking for nothing does not make the wait longer.
 */
#ifndef SAWA_BASE_CONDITION_H
#define SAWA_BASE_CONDITION_H

#include "base/status.h"

#include <pthread.h>
#include <time.h>

void condition_init(pthread_cond_t *condition);

/* wait_ms from now on. */
struct timespec condition_deadline(int64_t wait_ms);

/* False: the deadline has passed. The mutex is held, as for pthread_cond_wait. */
must_use bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                             const struct timespec *deadline);

#endif
