/*
 * source.c - which incarnation of a topic is meant, and what the broker has of it now.
 */
#include "replay.h"

#include "replay_sql.h"
#include "runtime/stream.h"

/* False: it is no name. */
static bool source_name_split(const char *name, char topic[256], int32_t *ret_generation)
{
    const char *colon = strrchr(name, ':');
    size_t size = colon == NULL ? strlen(name) : (size_t)(colon - name);
    int64_t generation = 0; /* the newest */

    if (colon != NULL && (!text_to_int64(text_of(colon + 1), &generation) || generation < 1 ||
                          generation > INT32_MAX))
        return false;
    *ret_generation = (int32_t)generation;
    return text_copy((struct text){name, size}, topic, 256) && size > 0;
}

enum status source_filter_read(const char *source, struct error *error,
                               struct source_filter *ret_filter)
{
    struct source_filter filter = {.is_named = source != NULL};

    if (source != NULL && !source_name_split(source, filter.topic, &filter.generation)) {
        error_set(error, REJECT, "%.80s is no TOPIC or TOPIC:GENERATION", source);
        error->exit_code = EXIT_USAGE;
        return REJECT;
    }
    *ret_filter = filter;
    return OK;
}

void source_filter_params(const struct source_filter *filter, struct params *params)
{
    params_string(params, filter->is_named ? filter->topic : NULL);
    params_int32(params, filter->generation);
}

static enum status source_refuse(const char *name, int rows, struct error *error)
{
    error_set(error, REJECT,
              rows == 0 ? "there is no source %.80s" : "several clusters have a topic %.80s", name);
    error->exit_code = rows == 0 ? EXIT_USAGE : EXIT_REFUSED;
    return error_hint(error, "sources are shown by: sawa replay position show");
}

static void source_take(const struct result *row, struct source_row *source)
{
    *source = (struct source_row){.source_id = (int32_t)result_int64(row, 0, 0),
                                  .generation = (int32_t)result_int64(row, 0, 1),
                                  .partitions = (int32_t)result_int64(row, 0, 2),
                                  .newest = result_bool(row, 0, 3)};
    text_copy(result_text(row, 0, 4), source->kind, sizeof source->kind);
    text_copy(result_text(row, 0, 5), source->cluster_id, sizeof source->cluster_id);
    text_copy(result_text(row, 0, 6), source->topic, sizeof source->topic);
}

enum status source_row_find(struct db *db, const char *name, struct error *error,
                            struct source_row *ret_source)
{
    struct params params;
    struct result *row = NULL;
    char topic[256];
    int32_t generation = 0;
    enum status status;

    if (!source_name_split(name, topic, &generation))
        return source_refuse(name, 0, error);
    params_init(&params, REPLAY_PARAMS_MAX);
    params_string(&params, topic);
    params_int32(&params, generation);
    status = db_run_once(db, replay_sql_source_find, &params, error, &row);
    if (status == OK && result_rows(row) != 1)
        status = source_refuse(name, result_rows(row), error);
    if (status == OK)
        source_take(row, ret_source);
    result_free(row);
    return status;
}

/* ---- the broker ---- */

static enum status broker_open(const struct program_run *run, const struct source_row *source,
                               struct error *error, struct source **ret_broker)
{
    struct kafka_property properties[KAFKA_PROPERTIES_MAX];
    struct kafka_settings settings = {.topic = source->topic, .client_id = run->program->name};
    enum status status = stream_kafka_settings(run->config, properties, error, &settings);

    if (status == OK && (settings.brokers == NULL || strcmp(source->kind, "KAFKA") != 0))
        return error_configuration(error, "kafka.brokers is not set, or the source is not Kafka");
    return status == OK ? kafka_source_open(&settings, error, ret_broker) : status;
}

static enum status identity_check(struct source *broker, const struct source_row *source,
                                  struct error *error, int32_t *ret_partitions)
{
    struct source_identity identity;
    enum status status = source_identify(broker, &identity, error);

    if (status != OK)
        return status;
    if (strcmp(identity.cluster_id, source->cluster_id) != 0) {
        error_set(error, REJECT, "kafka.brokers is another cluster than the source's");
        error_detail(error, "%.100s, the source is of %.100s", identity.cluster_id,
                     source->cluster_id);
        error->exit_code = EXIT_REFUSED;
        return REJECT;
    }
    if (identity.partition_count > REPLAY_PARTITIONS_MAX)
        return error_set(error, FATAL, "more than %d partitions", REPLAY_PARTITIONS_MAX);
    *ret_partitions = identity.partition_count;
    return OK;
}

enum status ranges_read(const struct program_run *run, const struct source_row *source,
                        struct error *error, struct range *ret_ranges, int32_t *ret_partitions)
{
    struct source *broker = NULL;
    int32_t partitions = 0;
    enum status status = broker_open(run, source, error, &broker);

    if (status == OK)
        status = identity_check(broker, source, error, &partitions);
    for (int32_t i = 0; status == OK && i < partitions; i++)
        status = source_range(broker, i, &ret_ranges[i].low, &ret_ranges[i].high, error);
    if (status == OK)
        *ret_partitions = partitions;
    if (status == RETRY)
        error->exit_code = EXIT_DEPENDENCY;
    source_close(broker);
    return status;
}
