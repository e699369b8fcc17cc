/*
 * kafka_nudge.c - see kafka_nudge.h.
 */
#include "bus/kafka_nudge.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { NUDGE_LOOK_MS = 5, NUDGE_ASK_MS = 200, VERSION_WITH_BACKOFF = 0x02020000 };

struct kafka_nudge {
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    const char *topic;
    int32_t partition; /* atomic */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool stopping; /* under mutex */
};

/* Waits one look; true when asked to stop. */
static bool nudge_wait(struct kafka_nudge *nudge)
{
    struct timespec until;
    bool stopping;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += NUDGE_LOOK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&nudge->mutex);
    if (!nudge->stopping)
        pthread_cond_timedwait(&nudge->changed, &nudge->mutex, &until);
    stopping = nudge->stopping;
    pthread_mutex_unlock(&nudge->mutex);
    return stopping;
}

static void nudge_ask(struct kafka_nudge *nudge)
{
    int32_t partition = __atomic_load_n(&nudge->partition, __ATOMIC_RELAXED);
    int64_t low;
    int64_t high;

    if (partition >= 0)
        rd_kafka_query_watermark_offsets(nudge->client, nudge->topic, partition, &low, &high,
                                         NUDGE_ASK_MS);
}

static void *nudge_thread(void *argument)
{
    struct kafka_nudge *nudge = argument;
    size_t peak = 0;

    while (!nudge_wait(nudge)) {
        size_t length = rd_kafka_queue_length(nudge->queue);

        if (length > peak)
            peak = length;
        if (peak < NUDGE_PEAK_MIN || length > peak / 2)
            continue;
        nudge_ask(nudge);
        peak = length;
    }
    return NULL;
}

struct kafka_nudge *kafka_nudge_start(rd_kafka_t *client, const char *topic)
{
    struct kafka_nudge *nudge;

    if (rd_kafka_version() >= VERSION_WITH_BACKOFF)
        return NULL;
    nudge = calloc(1, sizeof *nudge);
    if (nudge == NULL)
        return NULL;
    nudge->client = client;
    nudge->topic = topic;
    nudge->partition = -1;
    nudge->queue = rd_kafka_queue_get_consumer(client);
    pthread_mutex_init(&nudge->mutex, NULL);
    pthread_cond_init(&nudge->changed, NULL);
    if (nudge->queue != NULL &&
        pthread_create(&nudge->thread, NULL, nudge_thread, nudge) == 0)
        return nudge;
    if (nudge->queue != NULL)
        rd_kafka_queue_destroy(nudge->queue);
    free(nudge);
    return NULL;
}

void kafka_nudge_stop(struct kafka_nudge *nudge)
{
    if (nudge == NULL)
        return;
    pthread_mutex_lock(&nudge->mutex);
    nudge->stopping = true;
    pthread_cond_broadcast(&nudge->changed);
    pthread_mutex_unlock(&nudge->mutex);
    pthread_join(nudge->thread, NULL);
    rd_kafka_queue_destroy(nudge->queue);
    pthread_mutex_destroy(&nudge->mutex);
    pthread_cond_destroy(&nudge->changed);
    free(nudge);
}

void kafka_nudge_partition(struct kafka_nudge *nudge, int32_t partition)
{
    if (nudge != NULL)
        __atomic_store_n(&nudge->partition, partition, __ATOMIC_RELAXED);
}
