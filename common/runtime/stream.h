/*
 * stream.h - the run command of a streaming worker: configuration, source, health, loop.
 *
 * A worker's topic and group are its own keys, <name>.topic and <name>.group. The rest is the same
 * for all: its rows stand in STREAM_OPTIONS("<name>"), which a worker puts among its own.
 *
 *   <name>.source: kafka    the partitions of <name>.topic, shared out by the group; kafka.*
 *   <name>.source: stream   RabbitMQ streams: <name>.streams, or the one named <name>.topic; amqp.*
 */
#ifndef SAWA_RUNTIME_STREAM_H
#define SAWA_RUNTIME_STREAM_H

#include "base/config.h"
#include "bus/registry.h"
#include "runtime/program.h"
#include "runtime/worker.h"

/* clang-format off */
#define STREAM_OPTIONS(worker)                                                                     \
    {.key = worker ".source", .type = OPTION_ENUM, .standard = "kafka", .values = "kafka|stream",  \
     .meaning = "where events come from: a Kafka topic, or RabbitMQ streams"},                     \
    {.key = worker ".streams", .type = OPTION_STRING,                                              \
     .meaning = "streams by commas, in the order of their partitions; not set: the topic's name"}, \
    {.key = "kafka.brokers", .type = OPTION_STRING,                                                \
     .meaning = "host:port of one or more Kafka brokers, by commas; a Kafka source wants it"},     \
    {.key = "kafka.*", .type = OPTION_SECTION,                                                     \
     .meaning = "every other librdkafka property, passed through"},                                \
    {.key = "amqp.url_file", .type = OPTION_SECRET_FILE,                                           \
     .meaning = "holds amqps://user:password@host:port/vhost; a RabbitMQ source wants it"},        \
    {.key = "amqp.ca_file", .type = OPTION_PATH,                                                   \
     .meaning = "CA file of the broker's certificate; amqps wants it"},                            \
    {.key = "amqp.cert_file", .type = OPTION_PATH,                                                 \
     .meaning = "certificate we show the broker; not set: none"},                                  \
    {.key = "amqp.key_file", .type = OPTION_PATH,                                                  \
     .meaning = "the private key of amqp.cert_file"},                                              \
    {.key = "amqp.heartbeat", .type = OPTION_DURATION_MS, .standard = "30s", .min = 1000,          \
     .max = 600000, .meaning = "both sides give a silent connection up after twice this"},         \
    {.key = "amqp.prefetch", .type = OPTION_INT, .standard = "1000", .min = 1, .max = 65535,       \
     .unit = "records", .meaning = "how many records of a stream may be on their way"},            \
    {.key = "schema.directory", .type = OPTION_PATH,                                               \
     .meaning = "folder with ids.json and the schemas that are allowed"},                          \
    {.key = "schema.registry_url", .type = OPTION_STRING,                                          \
     .meaning = "schema registry; not set: the directory is the source"},                          \
    {.key = "schema.registry_ca", .type = OPTION_PATH,                                             \
     .meaning = "CA file of the registry's certificate"},                                          \
    {.key = "batch.records_max", .type = OPTION_INT, .standard = "50000", .min = 1,                \
     .max = 1000000, .unit = "records", .meaning = "ceiling of one transaction"},                  \
    {.key = "batch.bytes_max", .type = OPTION_SIZE_BYTES, .standard = "16MiB", .min = 65536,       \
     .max = 1073741824, .meaning = "ceiling of the raw records of one transaction"},               \
    {.key = "batch.linger", .type = OPTION_DURATION_MS, .standard = "500ms", .min = 1,             \
     .max = 60000, .meaning = "how long a batch may wait to grow while the worker is behind"},     \
    {.key = "batch.lanes", .type = OPTION_INT, .standard = "2", .min = 1, .max = 8,                \
     .unit = "connections", .meaning = "how many transactions may be under way at once"},          \
    {.key = "batch.key_file", .type = OPTION_SECRET_FILE, .required = true,                        \
     .meaning = "32 bytes as hex: seals the keys that seal raw records"},                          \
    {.key = "batch.key_scope", .type = OPTION_STRING, .standard = "cell",                          \
     .meaning = "country or cell whose monthly key seals raw records"},                            \
    {.key = "batch.stop_after_idle", .type = OPTION_DURATION_MS, .standard = "0ms",                \
     .max = 86400000, .meaning = "ends when nothing came for so long; 0ms: runs until stopped"},   \
    {.key = "batch.statement_timeout", .type = OPTION_DURATION_MS, .standard = "60s", .min = 100,  \
     .max = 3600000, .meaning = "PostgreSQL gives up a statement after this"},                     \
    {.key = "batch.lock_timeout", .type = OPTION_DURATION_MS, .standard = "5s", .min = 100,        \
     .max = 600000, .meaning = "PostgreSQL gives up waiting for a lock after this"}
/* clang-format on */

/* Where writer schemas come from, by the schema.* keys. The caller frees *ret_registry. */
must_use enum status stream_schemas_open(const struct config *config, struct error *error,
                                         struct registry **ret_registry);

/* Runs the worker until asked to stop; the exit code of the program. */
must_use int stream_run(struct program_run *run, const struct worker_ops *ops);

#endif
