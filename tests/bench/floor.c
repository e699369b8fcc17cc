/*
 * floor.c - how soon could any client of these two servers commit a row for each record?
 *
 *   floor TOPIC PARTITIONS RECORDS ROWS DSN NAME=VALUE...      (properties of librdkafka)
 *
 * Reads a topic and, for as many records as have come since the last COMMIT, copies the next rows
 * of ROWS (a binary COPY of payment, made before) into payment and commits: one connection, one
 * transaction after the other, nothing decoded, decided or kept beside the rows. What a worker's
 * latency has beyond that is its own.
 *
 * Prints per transaction and partition: partition, first offset, offset after the last, time of the
 * answer to COMMIT in ms since 1970. Compiled and run by latency.py. SIGTERM ends it; exit code 0
 * says that RECORDS records have been committed.
 */
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "client.h"

enum { PARTITIONS_MAX = 64, BATCH_MAX = 50000, POLL_MS = 5 };
enum { FILE_HEAD = 19 }; /* signature, flags, length of the extension: none */

static volatile sig_atomic_t ended;

struct span {
    int64_t first;
    int64_t next;
};

struct rows {
    const unsigned char *at;
    const unsigned char *end;
};

static unsigned be(const unsigned char *bytes, int count)
{
    unsigned value = 0;

    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static bool rows_open(const char *path, struct rows *rows)
{
    int file = open(path, O_RDONLY);
    struct stat stat;
    void *bytes;

    if (file < 0 || fstat(file, &stat) != 0 || stat.st_size <= FILE_HEAD)
        return false;
    bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (bytes == MAP_FAILED)
        return false;
    rows->at = (const unsigned char *)bytes + FILE_HEAD;
    rows->end = (const unsigned char *)bytes + stat.st_size;
    return true;
}

/* The bytes of the next rows; 0: there are not as many. */
static size_t rows_take(struct rows *rows, int64_t count)
{
    const unsigned char *begin = rows->at;

    for (; count > 0; count--) {
        unsigned fields = rows->end - rows->at < 2 ? 0xffff : be(rows->at, 2);

        if (fields == 0xffff) /* the trailer */
            return 0;
        rows->at += 2;
        for (; fields > 0; fields--) {
            unsigned size = be(rows->at, 4);

            rows->at += 4 + (size == 0xffffffff ? 0 : size);
        }
    }
    return (size_t)(rows->at - begin);
}

static bool said(PGconn *connection, const char *statement, ExecStatusType wanted)
{
    PGresult *answer = PQexec(connection, statement);
    bool good = PQresultStatus(answer) == wanted;

    PQclear(answer);
    return good;
}

static bool copy_ended(PGconn *connection)
{
    PGresult *answer = PQgetResult(connection);
    bool good = PQresultStatus(answer) == PGRES_COMMAND_OK;

    PQclear(answer);
    return good && PQgetResult(connection) == NULL;
}

static bool store(PGconn *connection, struct rows *rows, int64_t count)
{
    static const char head[FILE_HEAD] = "PGCOPY\n\377\r\n"; /* then a NUL, and two zero words */
    const char *bytes = (const char *)rows->at;
    size_t size = rows_take(rows, count);

    return size > 0 && said(connection, "BEGIN", PGRES_COMMAND_OK) &&
           said(connection, "COPY sawa.payment FROM STDIN (FORMAT binary)", PGRES_COPY_IN) &&
           PQputCopyData(connection, head, FILE_HEAD) == 1 &&
           PQputCopyData(connection, bytes, (int)size) == 1 &&
           PQputCopyEnd(connection, NULL) == 1 && copy_ended(connection) &&
           said(connection, "COMMIT", PGRES_COMMAND_OK);
}

/* What has come, up to a batch; waits for the first record alone. -1: an error. */
static int64_t read_some(rd_kafka_t *client, struct span *spans)
{
    int64_t count = 0;
    rd_kafka_message_t *message;

    while (count < BATCH_MAX &&
           (message = rd_kafka_consumer_poll(client, count == 0 ? POLL_MS : 0)) != NULL) {
        struct span *span = &spans[message->partition];

        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (span->next != message->offset)
                return -1;
            span->next++;
            count++;
        } else if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            fprintf(stderr, "floor: %s\n", rd_kafka_message_errstr(message));
            return -1;
        }
        rd_kafka_message_destroy(message);
    }
    return count;
}

static void tell(struct span *spans, int partitions)
{
    double ms = clock_seconds(CLOCK_REALTIME) * 1000;

    for (int i = 0; i < partitions; i++) {
        if (spans[i].next > spans[i].first)
            printf("%d %lld %lld %.3f\n", i, (long long)spans[i].first, (long long)spans[i].next,
                   ms);
        spans[i].first = spans[i].next;
    }
}

static bool run(rd_kafka_t *client, PGconn *connection, struct rows *rows, int partitions,
                int64_t records)
{
    struct span spans[PARTITIONS_MAX] = {0};

    while (ended == 0) {
        int64_t count = read_some(client, spans);

        if (count == 0)
            continue;
        if (count < 0 || !store(connection, rows, count)) {
            fprintf(stderr, "floor: %s\n", PQerrorMessage(connection));
            return false;
        }
        tell(spans, partitions);
        records -= count;
    }
    return records == 0;
}

static void end(int signal)
{
    ended = signal;
}

int main(int argc, char **argv)
{
    int partitions = argc < 7 ? 0 : (int)strtol(argv[2], NULL, 10);
    bool is_asked = partitions > 0 && partitions <= PARTITIONS_MAX;
    PGconn *connection = is_asked ? PQconnectdb(argv[5]) : NULL;
    rd_kafka_t *client =
        is_asked ? client_make(RD_KAFKA_CONSUMER, NULL, argc - 6, argv + 6) : NULL;
    struct rows rows;
    bool good = signal(SIGTERM, end) != SIG_ERR && client != NULL &&
                PQstatus(connection) == CONNECTION_OK && rows_open(argv[4], &rows) &&
                client_begin(client, argv[1], partitions) &&
                run(client, connection, &rows, partitions, strtoll(argv[3], NULL, 10));

    PQfinish(connection);
    if (client != NULL) {
        rd_kafka_consumer_close(client);
        rd_kafka_destroy(client);
    }
    return good ? 0 : 1;
}
