/*
 * stream.c - see stream.h.
 */
#include "runtime/stream.h"

#include "base/log.h"
#include "bus/file_source.h"
#include "bus/kafka_source.h"
#include "runtime/backoff.h"
#include "runtime/loop.h"
#include "runtime/options.h"
#include "runtime/stop.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_NAME_SIZE = 64, SECRET_MAX = 4096 };

/* A key of the worker itself: <name>.<rest>. */
static const char *own_string(const struct program_run *run, const struct worker_ops *ops,
                              const char *rest)
{
    char key[KEY_NAME_SIZE];

    snprintf(key, sizeof key, "%s.%s", ops->name, rest);
    return config_string(run->config, key);
}

/* ---- where records come from ---- */

enum status stream_kafka_properties(const struct config *config, struct error *error,
                                    struct kafka_property *ret_properties, size_t *ret_count)
{
    size_t count = 0;
    const struct config_pair *pairs = config_section(config, "kafka", &count);

    if (count > KAFKA_PROPERTIES_MAX)
        return error_configuration(error, "more than %d kafka.* properties", KAFKA_PROPERTIES_MAX);
    for (size_t i = 0; i < count; i++)
        ret_properties[i] = (struct kafka_property){pairs[i].name, pairs[i].value};
    *ret_count = count;
    return OK;
}

static enum status kafka_open(const struct program_run *run, const struct worker_ops *ops,
                              struct error *error, struct source **ret_source)
{
    struct kafka_property properties[KAFKA_PROPERTIES_MAX];
    struct kafka_settings settings = {.brokers = config_string(run->config, "kafka.brokers"),
                                      .topic = own_string(run, ops, "topic"),
                                      .group = own_string(run, ops, "group"),
                                      .client_id = run->program->name,
                                      .properties = properties};
    enum status status =
        stream_kafka_properties(run->config, error, properties, &settings.property_count);

    if (settings.brokers == NULL) {
        error_configuration(error, "kafka.brokers is not set");
        return error_hint(error, "set it, or %s.source to another source", ops->name);
    }
    return status == OK ? kafka_source_open(&settings, error, ret_source) : status;
}

/* A run that ends when nothing comes reads what is there: a file grows no more. */
static enum status file_open(const struct program_run *run, const struct worker_ops *ops,
                             struct error *error, struct source **ret_source)
{
    struct file_settings settings = {
        .path = own_string(run, ops, "path"),
        .label = config_string(run->config, "file.label"),
        .topic = own_string(run, ops, "topic"),
        .complete = config_int(run->config, "batch.stop_after_idle") > 0};
    enum status status;

    if (settings.path == NULL) {
        error_configuration(error, "%s.path is not set", ops->name);
        return error_hint(error, "it names the file or the folder to read");
    }
    status = stream_schemas_open(run->config, error, &settings.registry);
    return status == OK ? file_source_open(&settings, error, ret_source) : status;
}

/* In the order of the values of <name>.source. */
static const struct source_kind {
    const char *name;
    enum status (*open)(const struct program_run *run, const struct worker_ops *ops,
                        struct error *error, struct source **ret_source);
} source_kinds[] = {{"kafka", kafka_open}, {"file", file_open}};

static const struct source_kind *source_kind_of(const struct program_run *run,
                                                const struct worker_ops *ops)
{
    const char *name = own_string(run, ops, "source");

    for (size_t i = 0; i < COUNT_OF(source_kinds); i++)
        if (strcmp(source_kinds[i].name, name) == 0)
            return &source_kinds[i];
    abort(); /* the configuration lets no other through */
}

enum status stream_schemas_open(const struct config *config, struct error *error,
                                struct registry **ret_registry)
{
    const struct registry_config settings = {
        .directory = config_string(config, "schema.directory"),
        .base_url = config_string(config, "schema.registry_url"),
        .ca_file = config_string(config, "schema.registry_ca"),
    };

    return registry_open(&settings, error, ret_registry);
}

enum status stream_key_file(const struct config *config, struct error *error,
                            unsigned char ret_key[SEAL_KEY_SIZE])
{
    struct buffer secret;
    enum status status;

    buffer_init(&secret, SECRET_MAX);
    status = config_secret(config, "batch.key_file", &secret, error);
    if (status == OK && !key_parse(buffer_view(&secret), ret_key)) {
        status = error_configuration(error, "batch.key_file does not hold a key");
        error_hint(error, "it holds 64 hexadecimal digits: openssl rand -hex 32");
    }
    if (secret.data != NULL)
        explicit_bzero(secret.data, secret.capacity);
    buffer_done(&secret);
    return status;
}

static void settings_read(const struct program_run *run, const struct worker_ops *ops,
                          const char *worker, struct loop_settings *settings)
{
    const struct config *config = run->config;

    settings->ops = ops;
    settings->config = config;
    settings->worker = worker;
    settings->db = (struct db_settings){
        .dsn = config_string(config, OPTION_DATABASE_DSN),
        .application = run->program->name,
        .statement_timeout_ms = (int)config_int(config, "batch.statement_timeout"),
        .lock_timeout_ms = (int)config_int(config, "batch.lock_timeout")};
    settings->lane_count = (size_t)config_int(config, "batch.lanes");
    settings->limits.records_max =
        (size_t)config_int(config, "batch.records_max") / settings->lane_count;
    settings->limits.bytes_max =
        (size_t)config_int(config, "batch.bytes_max") / settings->lane_count;
    if (settings->limits.records_max == 0)
        settings->limits.records_max = 1;
    settings->linger_ms = config_int(config, "batch.linger");
    settings->parked.parked_max = config_int(config, "batch.parked_max_per_minute");
    settings->parked.share_percent = config_int(config, "batch.parked_share_max");
    settings->scope = config_string(config, "batch.key_scope");
    settings->stop_after_idle_ms = config_int(config, "batch.stop_after_idle");
}

static enum status health_open(const struct program_run *run, struct error *error,
                               struct health **ret_health)
{
    const struct health_options options = {
        .listen = config_string(run->config, OPTION_HTTP_LISTEN),
        .heartbeat_ms = config_int(run->config, OPTION_HTTP_HEARTBEAT)};

    return health_start(&options, error, ret_health);
}

/* A server that is away at the start is waited for, as it is later. */
static enum status loop_until_stopped(const struct loop_settings *settings, struct error *error)
{
    struct backoff backoff;
    struct log_gate gate = {0};
    enum status status;

    backoff_init(&backoff, &backoff_default, (uint64_t)(uintptr_t)settings);
    for (;;) {
        status = loop_run(settings, error);
        if (status != RETRY)
            return status;
        log_gate_away(&gate, "postgresql", error);
        health_beat(settings->health);
        if (backoff_wait(&backoff) != BACKOFF_AGAIN)
            return OK;
    }
}

/* Large buffers grow by mapping: what they leave behind goes back to the system; few arenas,
 * because the client frees on one thread what it allocated on another. */
static void memory_set_up(void)
{
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 2);
}

int stream_run(struct program_run *run, const struct worker_ops *ops)
{
    char worker[WORKER_ID_SIZE];
    const struct source_kind *kind = source_kind_of(run, ops);
    struct loop_settings settings = {.source_name = kind->name};
    struct error error;
    enum status status;

    memory_set_up();
    settings_read(run, ops, options_worker_id(run->config, worker), &settings);
    status = stream_key_file(run->config, &error, settings.key_file);
    if (status == OK)
        status = health_open(run, &error, &settings.health);
    if (status == OK)
        status = kind->open(run, ops, &error, &settings.source);
    if (status == OK)
        status = loop_until_stopped(&settings, &error);
    source_close(settings.source);
    health_stop(settings.health);
    explicit_bzero(settings.key_file, sizeof settings.key_file);
    if (status != OK) {
        log_error_of("worker_failed", &error);
        return program_fail(&error);
    }
    log_info("worker_stopped", "stopped as asked");
    return EXIT_OK;
}
