/*
 * client.h - the bare Kafka client of the programs beside this file, and their clock.
 */
#ifndef SAWA_BENCH_CLIENT_H
#define SAWA_BENCH_CLIENT_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static inline double clock_seconds(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What is told of every record sent; a consumer has none. */
typedef void report_fn(rd_kafka_t *client, const rd_kafka_message_t *message, void *argument);

/* With these NAME=VALUE properties, which are taken apart; NULL: one was refused. */
static inline rd_kafka_t *client_make(rd_kafka_type_t type, report_fn *report, int count,
                                      char **properties)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char said[256];
    rd_kafka_t *client;

    for (int i = 0; i < count; i++) {
        char *value = strchr(properties[i], '=');

        if (value == NULL)
            return NULL;
        *value++ = '\0';
        if (rd_kafka_conf_set(conf, properties[i], value, said, sizeof said) != RD_KAFKA_CONF_OK) {
            fprintf(stderr, "client: %s\n", said);
            return NULL;
        }
    }
    rd_kafka_conf_set_dr_msg_cb(conf, report);
    client = rd_kafka_new(type, conf, said, sizeof said);
    if (client != NULL && type == RD_KAFKA_CONSUMER)
        rd_kafka_poll_set_consumer(client);
    return client;
}

/* All partitions, each from its beginning. */
static inline bool client_begin(rd_kafka_t *client, const char *topic, int partitions)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    rd_kafka_resp_err_t code;

    for (int i = 0; i < partitions; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = 0;
    code = rd_kafka_assign(client, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

#endif
