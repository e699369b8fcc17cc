/*
 * stream.c - see stream.h.
 */
#include "runtime/stream.h"

#include "base/log.h"
#include "runtime/backoff.h"
#include "runtime/loop.h"
#include "runtime/options.h"
#include "runtime/stop.h"

#include <malloc.h>
#include <stdlib.h>

enum { SECRET_MAX = 4096 };

enum status stream_key_file_of(const struct config *config, const char *key, struct error *error,
                               unsigned char ret_key[SEAL_KEY_SIZE])
{
    struct buffer secret;
    enum status status;

    buffer_init(&secret, SECRET_MAX);
    status = config_secret(config, key, &secret, error);
    if (status == OK && !key_parse(buffer_view(&secret), ret_key)) {
        status = error_configuration(error, "%s does not hold a key", key);
        error_hint(error, "it holds 64 hexadecimal digits: openssl rand -hex 32");
    }
    if (secret.data != NULL)
        explicit_bzero(secret.data, secret.capacity);
    buffer_done(&secret);
    return status;
}

enum status stream_key_file(const struct config *config, struct error *error,
                            unsigned char ret_key[SEAL_KEY_SIZE])
{
    return stream_key_file_of(config, "batch.key_file", error, ret_key);
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
        .lock_timeout_ms = (int)config_int(config, "batch.lock_timeout"),
        .by_key = true};
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
    struct loop_settings settings = {0};
    struct error error;
    enum status status;

    memory_set_up();
    settings_read(run, ops, options_worker_id(run->config, worker), &settings);
    status = stream_key_file(run->config, &error, settings.key_file);
    if (status == OK)
        status = health_open(run, &error, &settings.health);
    if (status == OK)
        status = stream_source_open(run, ops, &error, &settings.source);
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
