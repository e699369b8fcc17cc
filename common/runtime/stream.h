/*
 * stream.h - the run command of a streaming worker: configuration, source, health, loop.
 *
 * A worker's topic and group are its own keys, <name>.topic and <name>.group, and so is where its
 * records come from (stream_source.h). The rest is shared: its rows stand in STREAM_OPTIONS, which
 * a worker puts among its own.
 */
#ifndef SAWA_RUNTIME_STREAM_H
#define SAWA_RUNTIME_STREAM_H

#include "runtime/stream_source.h"

/* clang-format off */
#define STREAM_OPTIONS STREAM_OPTIONS_OF(true)

/* The same for a program that has verbs without a key: needed false. */
#define STREAM_OPTIONS_OF(needed)                                                                  \
    SOURCE_OPTIONS,                                                                                \
    {.key = "schema.directory", .type = OPTION_PATH,                                               \
     .meaning = "folder with ids.json and the schemas that are allowed"},                          \
    {.key = "schema.registry_url", .type = OPTION_STRING,                                          \
     .meaning = "schema registry; not set: the directory is the source"},                          \
    {.key = "schema.registry_ca", .type = OPTION_PATH,                                             \
     .meaning = "CA file of the registry's certificate"},                                          \
    {.key = "batch.records_max", .type = OPTION_INT, .standard = "40000", .min = 1,                \
     .max = 1000000, .unit = "records", .meaning = "ceiling of one transaction"},                  \
    {.key = "batch.bytes_max", .type = OPTION_SIZE_BYTES, .standard = "16MiB", .min = 65536,       \
     .max = 1073741824, .meaning = "ceiling of the raw records of one transaction"},               \
    {.key = "batch.linger", .type = OPTION_DURATION_MS, .standard = "500ms", .min = 1,             \
     .max = 60000, .meaning = "how long a batch may wait to grow while the worker is behind"},     \
    {.key = "batch.lanes", .type = OPTION_INT, .standard = "2", .min = 1, .max = 8,                \
     .unit = "connections", .meaning = "how many transactions may be under way at once"},          \
    {.key = "batch.parked_max_per_minute", .type = OPTION_INT, .standard = "1000",                 \
     .max = 1000000000, .unit = "records",                                                         \
     .meaning = "parked of a partition and minute that are let pass whatever their share; "        \
                "0: it never halts for them"},                                                     \
    {.key = "batch.parked_share_max", .type = OPTION_INT, .standard = "50", .min = 1, .max = 100,  \
     .unit = "percent",                                                                            \
     .meaning = "above that, a share of the records of the minute beyond which it halts"},         \
    {.key = "batch.key_file", .type = OPTION_SECRET_FILE, .required = (needed),                    \
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

/* The key of batch.key_file. FATAL, EXIT_CONFIGURATION: not set, or it holds no key. */
must_use enum status stream_key_file(const struct config *config, struct error *error,
                                     unsigned char ret_key[SEAL_KEY_SIZE]);

/* The same of a program that has the file under another key. */
must_use enum status stream_key_file_of(const struct config *config, const char *key,
                                        struct error *error, unsigned char ret_key[SEAL_KEY_SIZE]);

/* Runs the worker until asked to stop; the exit code of the program. */
must_use int stream_run(struct program_run *run, const struct worker_ops *ops);

#endif
