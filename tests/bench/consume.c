/*
 * consume.c - what does the Kafka client alone cost, and what the client and the evidence that
 * Sawa keeps of every record?
 *
 *   consume count    TOPIC PARTITIONS NAME=VALUE...      (properties of librdkafka)
 *   consume evidence TOPIC PARTITIONS NAME=VALUE...
 *
 * Reads a topic from its beginning to the end that was there at the start, one record at a time as
 * the worker does. "count" only counts. "evidence" also makes, with the bare libraries, what no
 * ingest can do without: the salted hash of the record and its share of a Merkle tree, digests of a
 * payment's content and transfer (of DIGEST_SIZES bytes), and zstd of its bytes in pieces of
 * 64 KiB. Nothing is decoded, decided or stored: what the worker takes beyond that is its own.
 *
 * Prints records, bytes, seconds from the first record to the last, and CPU seconds of the process.
 * Compiled and run by ingest.py, which passes the worker's own properties.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <zstd.h>

#include "client.h"

enum { PIECE_SIZE = 64 * 1024, RECORD_MAX = 64 * 1024, PARTITIONS_MAX = 64, FRAME_HEAD = 28 };
enum { SALT_SIZE = 16, COMPRESSION_LEVEL = -3 };
static const size_t DIGEST_SIZES[] = {200, 50};
enum { POLL_MS = 100, SILENT_POLLS_MAX = 300 };

struct seen {
    int64_t records;
    int64_t bytes;
    double first;
    double last;
    int ends; /* partitions that are read to their end */
};

/* ---- evidence ---- */

struct evidence {
    ZSTD_CCtx *zstd;
    size_t sizes[PARTITIONS_MAX];
    char pieces[PARTITIONS_MAX][PIECE_SIZE + RECORD_MAX];
    char packed[2 * (PIECE_SIZE + RECORD_MAX)];
    unsigned char digest[SHA256_DIGEST_LENGTH];
    uint64_t packed_size;
};

static struct evidence *evidence_new(void)
{
    struct evidence *evidence = calloc(1, sizeof *evidence);

    if (evidence == NULL)
        return NULL;
    evidence->zstd = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(evidence->zstd, ZSTD_c_compressionLevel, COMPRESSION_LEVEL);
    return evidence;
}

static void hash(struct evidence *evidence, const void *head, size_t head_size, const void *bytes,
                 size_t size)
{
    SHA256_CTX context;

    SHA256_Init(&context);
    SHA256_Update(&context, head, head_size);
    SHA256_Update(&context, bytes, size);
    SHA256_Final(evidence->digest, &context);
}

static void evidence_add(struct evidence *evidence, const rd_kafka_message_t *message)
{
    int partition = message->partition;
    char *piece = evidence->pieces[partition];
    char *frame = piece + evidence->sizes[partition];
    size_t size = FRAME_HEAD + message->key_len + message->len;
    unsigned char head[1 + 2 * SHA256_DIGEST_LENGTH] = {0};

    memset(frame, 0, FRAME_HEAD);
    memcpy(frame + FRAME_HEAD, message->key, message->key_len);
    memcpy(frame + FRAME_HEAD + message->key_len, message->payload, message->len);
    evidence->sizes[partition] += size;
    hash(evidence, head, 1 + SALT_SIZE, frame, size);
    hash(evidence, head, sizeof head, frame, 0);
    for (size_t i = 0; i < sizeof DIGEST_SIZES / sizeof DIGEST_SIZES[0]; i++)
        hash(evidence, head, 0, frame, size < DIGEST_SIZES[i] ? size : DIGEST_SIZES[i]);
    if (evidence->sizes[partition] < PIECE_SIZE)
        return;
    evidence->packed_size +=
        ZSTD_compress2(evidence->zstd, evidence->packed, sizeof evidence->packed, piece,
                       evidence->sizes[partition]);
    evidence->sizes[partition] = 0;
}

static bool evidence_can_hold(const rd_kafka_message_t *message)
{
    return message->partition < PARTITIONS_MAX &&
           FRAME_HEAD + message->key_len + message->len <= RECORD_MAX;
}

/* ---- reading ---- */

/* False: an error that is not the end of a partition. */
static bool take(const rd_kafka_message_t *message, struct evidence *evidence, struct seen *seen)
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
        seen->first = clock_seconds(CLOCK_MONOTONIC);
    seen->bytes += (int64_t)(message->len + message->key_len);
    if (evidence != NULL && !evidence_can_hold(message))
        return false;
    if (evidence != NULL)
        evidence_add(evidence, message);
    return true;
}

static bool read_all(rd_kafka_t *client, int partitions, struct evidence *evidence,
                     struct seen *seen)
{
    int silent = 0;
    bool good = true;

    while (good && seen->ends < partitions && silent < SILENT_POLLS_MAX) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, POLL_MS);

        silent = message == NULL ? silent + 1 : 0;
        if (message == NULL)
            continue;
        good = take(message, evidence, seen);
        rd_kafka_message_destroy(message);
    }
    seen->last = clock_seconds(CLOCK_MONOTONIC);
    return good && seen->ends == partitions;
}

int main(int argc, char **argv)
{
    struct seen seen = {0};
    struct rusage usage;
    int partitions = argc < 5 ? 0 : (int)strtol(argv[3], NULL, 10);
    rd_kafka_t *client =
        partitions > 0 ? client_make(RD_KAFKA_CONSUMER, NULL, argc - 4, argv + 4) : NULL;
    struct evidence *evidence =
        argc > 1 && strcmp(argv[1], "evidence") == 0 ? evidence_new() : NULL;
    bool good = client != NULL && client_begin(client, argv[2], partitions) &&
                read_all(client, partitions, evidence, &seen);

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
