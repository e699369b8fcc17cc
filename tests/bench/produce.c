/*
 * produce.c - records at a steady rate, and when each was handed over, at little cost.
 *
 *   produce TOPIC PARTITIONS RATE COUNT EVENTS TIMES NAME=VALUE...   (properties of librdkafka)
 *
 * Sends the first COUNT records of the record file EVENTS (support/trafficlib/wire.py), RATE a
 * second, each with the time of the call as its timestamp. TIMES-<partition> are made: those
 * timestamps in ms, int64 of this machine, in the order of offsets. Prints the seconds it took;
 * exit code 0 says that the broker has confirmed every record. Compiled and run by latency.py:
 * what measures must not take the processor of what is measured.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client.h"

enum { PARTITIONS_MAX = 64, TICK_US = 2000, FLUSH_MS = 60000 };

/* wire.py: RECORD, little-endian without gaps */
struct record {
    uint32_t size; /* of what follows it */
    uint16_t partition;
    int16_t key_size;
    int32_t value_size;
    int64_t timestamp_ms;
} __attribute__((packed));

static int64_t refused;

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *argument)
{
    (void)client;
    (void)argument;
    refused += message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
}

static bool times_open(const char *prefix, int partitions, FILE **files)
{
    for (int i = 0; i < partitions; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s-%d", prefix, i);
        files[i] = fopen(path, "wb");
        if (files[i] == NULL)
            return false;
    }
    return true;
}

static bool times_close(int partitions, FILE **files)
{
    bool good = true;

    for (int i = 0; i < partitions; i++)
        good = fclose(files[i]) == 0 && good;
    return good;
}

/* One record, and its time; where the queue is full it is waited for. */
static bool send_one(rd_kafka_t *client, rd_kafka_topic_t *topic, const struct record *record,
                 FILE **files)
{
    const char *key = (const char *)(record + 1);
    size_t key_size = record->key_size < 0 ? 0 : (size_t)record->key_size;
    int64_t now_ms = (int64_t)(clock_seconds(CLOCK_REALTIME) * 1000);

    for (;;) {
        rd_kafka_resp_err_t code = rd_kafka_producev(
            client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(record->partition),
            RD_KAFKA_V_KEY(key, key_size),
            RD_KAFKA_V_VALUE((void *)(key + key_size), (size_t)record->value_size),
            RD_KAFKA_V_TIMESTAMP(now_ms), RD_KAFKA_V_END);

        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            return fwrite(&now_ms, sizeof now_ms, 1, files[record->partition]) == 1;
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            return false;
        rd_kafka_poll(client, 1);
    }
}

static bool send_all(rd_kafka_t *client, rd_kafka_topic_t *topic, const char *bytes, double rate,
                     int64_t count, FILE **files)
{
    double begin = clock_seconds(CLOCK_MONOTONIC);

    for (int64_t sent = 0; sent < count; usleep(TICK_US)) {
        int64_t due = (int64_t)((clock_seconds(CLOCK_MONOTONIC) - begin) * rate);

        for (; sent < count && sent < due; sent++) {
            const struct record *record = (const struct record *)bytes;

            if (record->value_size < 0 || !send_one(client, topic, record, files))
                return false;
            bytes += sizeof record->size + record->size;
        }
        rd_kafka_poll(client, 0);
    }
    printf("%.3f\n", clock_seconds(CLOCK_MONOTONIC) - begin);
    return rd_kafka_flush(client, FLUSH_MS) == RD_KAFKA_RESP_ERR_NO_ERROR && refused == 0;
}

static const char *events_open(const char *path)
{
    FILE *file = fopen(path, "rb");
    void *bytes;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return NULL;
    bytes = mmap(NULL, (size_t)ftell(file), PROT_READ, MAP_PRIVATE | MAP_POPULATE, fileno(file), 0);
    return bytes == MAP_FAILED ? NULL : bytes;
}

int main(int argc, char **argv)
{
    int partitions = argc < 8 ? 0 : (int)strtol(argv[2], NULL, 10);
    bool is_asked = partitions > 0 && partitions <= PARTITIONS_MAX;
    rd_kafka_t *client =
        is_asked ? client_make(RD_KAFKA_PRODUCER, delivered, argc - 7, argv + 7) : NULL;
    rd_kafka_topic_t *topic = client == NULL ? NULL : rd_kafka_topic_new(client, argv[1], NULL);
    const char *bytes = client == NULL ? NULL : events_open(argv[5]);
    FILE *files[PARTITIONS_MAX];
    bool good = topic != NULL && bytes != NULL && times_open(argv[6], partitions, files) &&
                send_all(client, topic, bytes, strtod(argv[3], NULL), strtoll(argv[4], NULL, 10),
                         files) &&
                times_close(partitions, files);

    if (topic != NULL)
        rd_kafka_topic_destroy(topic);
    if (client != NULL)
        rd_kafka_destroy(client);
    return good ? 0 : 1;
}
