/*
 * kafka_probe.c - see kafka_probe.h.
 */
#include "bus/kafka_probe.h"

#include "base/crc32c.h"

#include <pthread.h>
#include <stdlib.h>

enum { PROBE_WAIT_MS = 3000 };

enum probe_state { PROBE_IDLE, PROBE_ASKED, PROBE_ANSWERED, PROBE_STOPPING };

struct kafka_probe {
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    enum probe_state state; /* under mutex, as what follows */
    struct source_glance glance;
};

static bool is_gone(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
           code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE ||
           code == RD_KAFKA_RESP_ERR__PARTITION_EOF;
}

/* What stands at the offset, or that nothing does; an error that says neither is no answer. */
static void message_read(const rd_kafka_message_t *message, struct source_glance *glance)
{
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        glance->answered = is_gone(message->err);
        return;
    }
    glance->answered = true;
    glance->there = message->offset == glance->offset;
    glance->timestamp_ms = rd_kafka_message_timestamp(message, NULL);
    glance->crc32c = crc32c(crc32c(0, (struct text){message->key, message->key_len}),
                            (struct text){message->payload, message->len});
}

static void look(struct kafka_probe *probe, struct source_glance *glance)
{
    rd_kafka_message_t *message;

    glance->answered = glance->there = false;
    if (rd_kafka_consume_start(probe->topic, glance->partition, glance->offset) != 0)
        return;
    message = rd_kafka_consume(probe->topic, glance->partition, PROBE_WAIT_MS);
    if (message != NULL) {
        message_read(message, glance);
        rd_kafka_message_destroy(message);
    }
    rd_kafka_consume_stop(probe->topic, glance->partition);
}

static void *probe_thread(void *argument)
{
    struct kafka_probe *probe = argument;

    pthread_mutex_lock(&probe->mutex);
    for (;;) {
        struct source_glance glance;

        while (probe->state != PROBE_ASKED && probe->state != PROBE_STOPPING)
            pthread_cond_wait(&probe->changed, &probe->mutex);
        if (probe->state == PROBE_STOPPING)
            break;
        glance = probe->glance;
        pthread_mutex_unlock(&probe->mutex);
        look(probe, &glance);
        pthread_mutex_lock(&probe->mutex);
        probe->glance = glance;
        if (probe->state == PROBE_ASKED)
            probe->state = PROBE_ANSWERED;
    }
    pthread_mutex_unlock(&probe->mutex);
    return NULL;
}

static void probe_free(struct kafka_probe *probe, rd_kafka_t *client)
{
    if (probe != NULL && probe->topic != NULL)
        rd_kafka_topic_destroy(probe->topic);
    rd_kafka_destroy(client);
    free(probe);
}

struct kafka_probe *kafka_probe_start(rd_kafka_t *client, const char *topic)
{
    struct kafka_probe *probe = calloc(1, sizeof *probe);

    if (probe == NULL || (probe->topic = rd_kafka_topic_new(client, topic, NULL)) == NULL) {
        probe_free(probe, client);
        return NULL;
    }
    probe->client = client;
    pthread_mutex_init(&probe->mutex, NULL);
    pthread_cond_init(&probe->changed, NULL);
    if (pthread_create(&probe->thread, NULL, probe_thread, probe) == 0)
        return probe;
    probe_free(probe, client);
    return NULL;
}

void kafka_probe_stop(struct kafka_probe *probe)
{
    if (probe == NULL)
        return;
    pthread_mutex_lock(&probe->mutex);
    probe->state = PROBE_STOPPING;
    pthread_cond_broadcast(&probe->changed);
    pthread_mutex_unlock(&probe->mutex);
    pthread_join(probe->thread, NULL);
    pthread_mutex_destroy(&probe->mutex);
    pthread_cond_destroy(&probe->changed);
    probe_free(probe, probe->client);
}

bool kafka_probe_ask(struct kafka_probe *probe, int32_t partition, int64_t offset)
{
    bool asked;

    pthread_mutex_lock(&probe->mutex);
    asked = probe->state == PROBE_IDLE;
    if (asked) {
        probe->glance = (struct source_glance){.partition = partition, .offset = offset};
        probe->state = PROBE_ASKED;
        pthread_cond_broadcast(&probe->changed);
    }
    pthread_mutex_unlock(&probe->mutex);
    return asked;
}

bool kafka_probe_answer(struct kafka_probe *probe, struct source_glance *ret_glance)
{
    bool answered;

    pthread_mutex_lock(&probe->mutex);
    answered = probe->state == PROBE_ANSWERED;
    if (answered) {
        *ret_glance = probe->glance;
        probe->state = PROBE_IDLE;
    }
    pthread_mutex_unlock(&probe->mutex);
    return answered;
}
