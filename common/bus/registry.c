/*
 * registry.c - see registry.h. The numbers in brackets are its invariants.
 *
 * Who calls: codec contexts, each in its thread, only when they meet an id for the first time; so
 * one lock around a whole request is no bottleneck. On restart everything is asked again.
 */
#include "bus/registry.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "bus/registry_http.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LISTED_MAX = 256,
    NEGATIVE_MAX = 256,
    URL_MAX = 512,
    PATH_SIZE = 1024,
    TIMEOUT_MS = 2000,
    NEGATIVE_MS = 1000,
    NEGATIVE_MS_MAX = 60 * 1000,
};

/* A schema of the directory: an entry of the allow-list. */
struct listed_schema {
    uint32_t id;
    struct text text; /* in the arena */
    struct digest digest;
};

/* An id the registry does not know, and until when we believe that (2). */
struct negative_answer {
    uint32_t id;
    int64_t until_us;
    int64_t wait_us; /* 0: the place is free */
};

struct registry {
    pthread_mutex_t mutex; /* guards everything below, and the one request at a time */
    char directory[PATH_SIZE - 256];
    char base_url[URL_MAX - 32];
    struct http_client *http; /* NULL: the directory is the source */
    struct arena arena;       /* the directory's texts, for the registry's life */
    struct listed_schema listed[LISTED_MAX];
    size_t listed_count;
    struct negative_answer negatives[NEGATIVE_MAX];
    size_t negative_next;
    int64_t negative_us;
    int64_t (*now_us)(void);
    uint64_t request_count;
};

static enum status list_schema(void *user, uint32_t schema_id, const char *file,
                               struct error *error)
{
    struct registry *registry = user;
    struct listed_schema *listed = &registry->listed[registry->listed_count];
    char path[PATH_SIZE];
    enum status status;

    if (registry->listed_count == LISTED_MAX)
        return error_configuration(error, "could not read the schemas: more than %d", LISTED_MAX);
    if ((size_t)snprintf(path, sizeof path, "%s/%s", registry->directory, file) >= sizeof path)
        return error_configuration(error, "could not read the schemas: a file name is too long");
    status = file_read(path, SCHEMA_TEXT_MAX, &registry->arena, error, &listed->text);
    if (status != OK)
        return status;
    if (!avro_schema_digest(listed->text, &listed->digest)) {
        error_configuration(error, "could not read schema file %.120s", file);
        return error_detail(error, "it is no JSON");
    }
    listed->id = schema_id;
    registry->listed_count++;
    return OK;
}

static enum status list_directory(struct registry *registry, const char *directory,
                                  struct error *error)
{
    struct text ids;
    char path[PATH_SIZE];
    enum status status;

    if (!text_copy(text_of(directory), registry->directory, sizeof registry->directory))
        return error_configuration(error, "could not read the schemas: the folder's name is too "
                                          "long");
    snprintf(path, sizeof path, "%s/ids.json", registry->directory);
    status = file_read(path, SCHEMA_TEXT_MAX, &registry->arena, error, &ids);
    if (status != OK)
        return status;
    return avro_schema_ids(ids, list_schema, registry, error);
}

static enum status take_base(struct registry *registry, const struct registry_config *config,
                             struct error *error)
{
    struct text base = text_of(config->base_url);

    while (base.size > 0 && base.data[base.size - 1] == '/')
        base.size--;
    if (!http_url_is_plain(config->base_url) ||
        !text_copy(base, registry->base_url, sizeof registry->base_url)) {
        error_configuration(error, "could not use the schema registry's address");
        return error_hint(error, "http:// or https://, a host and a path; no user, no query");
    }
    registry->http =
        http_client_new(config->ca_file, config->timeout_ms > 0 ? config->timeout_ms : TIMEOUT_MS);
    return OK;
}

static enum status configure(struct registry *registry, const struct registry_config *config,
                             struct error *error)
{
    if (config->directory == NULL && config->base_url == NULL)
        return error_configuration(error, "there is no source of schemas: neither a directory nor "
                                          "a registry is named");
    if (config->directory != NULL) {
        enum status status = list_directory(registry, config->directory, error);

        if (status != OK)
            return status;
    }
    return config->base_url == NULL ? OK : take_base(registry, config, error);
}

enum status registry_open(const struct registry_config *config, struct error *error,
                          struct registry **ret_registry)
{
    struct registry *registry = calloc(1, sizeof *registry);
    enum status status;

    assert(registry != NULL);
    pthread_mutex_init(&registry->mutex, NULL);
    arena_init(&registry->arena, SCHEMA_TEXT_MAX, (size_t)LISTED_MAX * SCHEMA_TEXT_MAX);
    registry->now_us = config->now_us != NULL ? config->now_us : clock_monotonic_us;
    registry->negative_us = 1000 * (config->negative_ms > 0 ? config->negative_ms : NEGATIVE_MS);
    status = configure(registry, config, error);
    if (status != OK) {
        registry_free(registry);
        return status;
    }
    *ret_registry = registry;
    return OK;
}

void registry_free(struct registry *registry)
{
    if (registry == NULL)
        return;
    http_client_free(registry->http);
    arena_done(&registry->arena);
    pthread_mutex_destroy(&registry->mutex);
    free(registry);
}

static enum status unknown_schema(struct error *error, uint32_t schema_id)
{
    error_set(error, REJECT, "there is no schema %lu", (unsigned long)schema_id);
    return error_hint(error, "register it, or add it to ids.json");
}

static enum status fetch_listed(struct registry *registry, uint32_t schema_id,
                                struct buffer *ret_text, struct error *error)
{
    for (size_t i = 0; i < registry->listed_count; i++) {
        if (registry->listed[i].id != schema_id)
            continue;
        buffer_text(ret_text, registry->listed[i].text);
        return OK;
    }
    return unknown_schema(error, schema_id);
}

static struct negative_answer *find_negative(struct registry *registry, uint32_t schema_id)
{
    for (size_t i = 0; i < NEGATIVE_MAX; i++)
        if (registry->negatives[i].wait_us > 0 && registry->negatives[i].id == schema_id)
            return &registry->negatives[i];
    return NULL;
}

/* (2): doubles while the id is asked again; a new id takes the oldest place. */
static void keep_negative(struct registry *registry, uint32_t schema_id)
{
    struct negative_answer *negative = find_negative(registry, schema_id);
    const int64_t wait_us_max = INT64_C(1000) * NEGATIVE_MS_MAX;

    if (negative == NULL) {
        negative = &registry->negatives[registry->negative_next];
        registry->negative_next = (registry->negative_next + 1) % NEGATIVE_MAX;
        *negative = (struct negative_answer){.id = schema_id, .wait_us = registry->negative_us};
    } else {
        negative->wait_us *= 2;
    }
    if (negative->wait_us > wait_us_max)
        negative->wait_us = wait_us_max;
    negative->until_us = registry->now_us() + negative->wait_us;
}

static bool is_known_unknown(struct registry *registry, uint32_t schema_id)
{
    const struct negative_answer *negative = find_negative(registry, schema_id);

    return negative != NULL && registry->now_us() < negative->until_us;
}

/* (3) */
static bool text_is_allowed(const struct registry *registry, struct text text)
{
    struct digest digest;

    if (registry->directory[0] == '\0')
        return true;
    if (!avro_schema_digest(text, &digest))
        return false;
    for (size_t i = 0; i < registry->listed_count; i++)
        if (digest_equal(&digest, &registry->listed[i].digest))
            return true;
    return false;
}

static enum status not_now(struct error *error, long code)
{
    error_set(error, RETRY, "could not ask the schema registry");
    error_detail(error, "HTTP status %ld", code);
    if (code == 404)
        return error_hint(error, "no registry answers there: check schema.registry_url and what "
                                 "stands before it; nothing is parked for this");
    return error_hint(error, "records wait until it answers; nothing is parked for this");
}

/* What the answer says. "There is none" and "not that one" are negative; nonsense is an outage. */
static enum status read_answer(struct registry *registry, uint32_t schema_id, long code,
                               struct text answer, struct buffer *ret_text, struct error *error)
{
    size_t start = ret_text->size;
    struct text text;

    if (code == 404 && avro_schema_is_absent(answer)) {
        keep_negative(registry, schema_id);
        return unknown_schema(error, schema_id);
    }
    if (code != 200 || !avro_schema_of_answer(answer, ret_text))
        return not_now(error, code);
    text = (struct text){ret_text->data, ret_text->size - start};
    if (text.size > 0) /* else there may be no bytes at all */
        text.data += start;
    if (text_is_allowed(registry, text))
        return OK;
    keep_negative(registry, schema_id);
    error_set(error, REJECT, "schema %lu is not on the allow-list", (unsigned long)schema_id);
    return error_hint(error, "if it is right, add its file to the schema directory");
}

static enum status ask(struct registry *registry, uint32_t schema_id, struct buffer *answer,
                       struct buffer *ret_text, struct error *error)
{
    char url[URL_MAX];
    bool is_oversized;
    long code;
    enum status status;

    snprintf(url, sizeof url, "%s/schemas/ids/%lu", registry->base_url, (unsigned long)schema_id);
    registry->request_count++;
    status = http_get(registry->http, url, answer, error, &code, &is_oversized);
    if (status != OK)
        return status;
    if (!is_oversized || code != 200)
        return read_answer(registry, schema_id, code, buffer_view(answer), ret_text, error);
    keep_negative(registry, schema_id);
    return error_set(error, REJECT, "schema %lu is larger than 256 KiB", (unsigned long)schema_id);
}

static enum status fetch_remote(struct registry *registry, uint32_t schema_id,
                                struct buffer *ret_text, struct error *error)
{
    struct buffer answer;
    enum status status;

    if (is_known_unknown(registry, schema_id))
        return unknown_schema(error, schema_id);
    buffer_init(&answer, SCHEMA_TEXT_MAX); /* (1) */
    status = ask(registry, schema_id, &answer, ret_text, error);
    buffer_done(&answer);
    return status;
}

static enum status fetch(void *user, uint32_t schema_id, struct buffer *ret_text,
                         struct error *error)
{
    struct registry *registry = user;
    enum status status;

    pthread_mutex_lock(&registry->mutex);
    status = registry->http == NULL ? fetch_listed(registry, schema_id, ret_text, error)
                                    : fetch_remote(registry, schema_id, ret_text, error);
    pthread_mutex_unlock(&registry->mutex);
    return status;
}

struct schema_source registry_source(struct registry *registry)
{
    return (struct schema_source){fetch, registry};
}

bool registry_find(struct registry *registry, struct text schema, uint32_t *ret_id)
{
    struct digest digest;

    if (!avro_schema_digest(schema, &digest))
        return false;
    for (size_t i = 0; i < registry->listed_count; i++) { /* never changes: no lock */
        if (!digest_equal(&digest, &registry->listed[i].digest))
            continue;
        *ret_id = registry->listed[i].id;
        return true;
    }
    return false;
}

uint64_t registry_request_count(struct registry *registry)
{
    uint64_t count;

    pthread_mutex_lock(&registry->mutex);
    count = registry->request_count;
    pthread_mutex_unlock(&registry->mutex);
    return count;
}
