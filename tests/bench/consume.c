/*
 * consume.c - how fast is the Kafka client alone? Reads a topic from its beginning to the end that
 * was there at the start, one record at a time as the worker does, and only counts.
 *
 *   consume TOPIC PARTITIONS NAME=VALUE...      (properties of librdkafka)
 *
 * Prints records, bytes, seconds from the first record to the last, and CPU seconds of the process.
 * Compiled and run by ingest.py, which passes the worker's own properties.
 */
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { POLL_MS = 100, SILENT_POLLS_MAX = 300 };

struct seen {
    int64_t records;
    int64_t bytes;
    double first;
    double last;
    int ends; /* partitions that are read to their end */
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static rd_kafka_t *client_make(int count, char **properties)
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
            fprintf(stderr, "consume: %s\n", said);
            return NULL;
        }
    }
    client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, said, sizeof said);
    if (client != NULL)
        rd_kafka_poll_set_consumer(client);
    return client;
}

static bool begin(rd_kafka_t *client, const char *topic, int partitions)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    rd_kafka_resp_err_t code;

    for (int i = 0; i < partitions; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = 0;
    code = rd_kafka_assign(client, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* False: an error that is not the end of a partition. */
static bool take(const rd_kafka_message_t *message, struct seen *seen)
{
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        seen->ends++;
        return true;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        fprintf(stderr, "consume: %s\n", rd_kafka_message_errstr(message));
        return false;
    }
    if (seen->records++ == 0)
        seen->first = now();
    seen->bytes += (int64_t)(message->len + message->key_len);
    return true;
}

static bool read_all(rd_kafka_t *client, int partitions, struct seen *seen)
{
    int silent = 0;
    bool good = true;

    while (good && seen->ends < partitions && silent < SILENT_POLLS_MAX) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, POLL_MS);

        silent = message == NULL ? silent + 1 : 0;
        if (message == NULL)
            continue;
        good = take(message, seen);
        rd_kafka_message_destroy(message);
    }
    seen->last = now();
    return good && seen->ends == partitions;
}

int main(int argc, char **argv)
{
    struct seen seen = {0};
    struct rusage usage;
    int partitions = argc < 4 ? 0 : (int)strtol(argv[2], NULL, 10);
    rd_kafka_t *client = partitions > 0 ? client_make(argc - 3, argv + 3) : NULL;
    bool good =
        client != NULL && begin(client, argv[1], partitions) && read_all(client, partitions, &seen);

    getrusage(RUSAGE_SELF, &usage);
    printf("%lld %lld %.6f %.3f\n", (long long)seen.records, (long long)seen.bytes,
           seen.last - seen.first,
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    if (client != NULL) {
        rd_kafka_consumer_close(client);
        rd_kafka_destroy(client);
    }
    return good ? 0 : 1;
}
